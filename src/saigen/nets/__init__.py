"""Network blocks and optimisers that more than one paper uses."""
