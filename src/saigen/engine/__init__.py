"""Everything a training process needs, once, for every paper."""
