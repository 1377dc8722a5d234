"""Saigen (再現): re-runs papers, and says of every claim whether it came out again."""

__version__ = "0.1.0"
