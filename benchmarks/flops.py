"""Floating-point operations of a step by hand: products of matrices and convolutions alone.

A multiplication and an addition are two. Norms, activations, losses, draws and optimisers are left
out, so that a share of the peak says how much of the time goes into what the peak is made of.
A pass backwards through a layer is two products, one where its input or its weight needs none.
"""

from collections.abc import Sequence
from itertools import pairwise


def dense(*units: int) -> int:
    """Return multiply-adds of one example through affine maps between layers of these sizes."""
    return sum(ins * outs for ins, outs in pairwise(units))


def conv(side: int, size: int, ins: int, outs: int) -> int:
    """Return multiply-adds of one image through a convolution.

    Args:
      side: of the map that it makes; of the map that it reads where it is transposed.
      size: of the kernel.
      ins, outs: channels.
    """
    return side * side * size * size * ins * outs


def training(batch: int, layers: Sequence[int]) -> float:
    """Return the FLOPs of a step: forward, and backward to all but the data.

    Args:
      batch: examples.
      layers: multiply-adds of each layer, the one that reads the data first.
    """
    return 2.0 * batch * (3 * sum(layers) - layers[0])
