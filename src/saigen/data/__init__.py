"""Datasets: found, checked against their digests, and prepared for training.

dataset = prepare("mnist", "results/data/mnist.npz", folder="data")
dataset.images("train")  # [50000, 28, 28, 1] uint8
"""

from saigen.data.dataset import Dataset, load
from saigen.data.preparation import Reach, prepare, reachable
from saigen.data.registry import Entry, describe, names

__all__ = ["Dataset", "Entry", "Reach", "describe", "load", "names", "prepare", "reachable"]
