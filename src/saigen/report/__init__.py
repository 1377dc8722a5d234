"""The replication report: one page that holds all it shows, and can be read without a network."""

from saigen.report.build import build
from saigen.report.view import Departure, PaperView

__all__ = ["Departure", "PaperView", "build"]
