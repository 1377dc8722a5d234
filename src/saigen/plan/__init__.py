"""What a scale will cost on this machine, before it is spent."""
