"""One folder a paper; a paper never imports another."""
