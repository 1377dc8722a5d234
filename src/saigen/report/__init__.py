"""The replication report: one page that holds all it shows, and can be read without a network."""

from saigen.report.build import build

__all__ = ["build"]
