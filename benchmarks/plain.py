"""What the PyTorch sides share: styles, weights by Saigen's names, draws, optimisers.

Kernels are [height, width, in, out] in Saigen (transposed convolutions [.., .., out, in]), and the
same permutation makes both what PyTorch wants.

TensorFlow's SAME puts the odd row of a border at the end, PyTorch's padding at the start: the two
are the same in a mirror. Where a workload has such borders, its PyTorch side reads mirrored kernels
and mirrored images, so that neither side pays for a border of its own.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks.arithmetic import SAVINGS


class Style(NamedTuple):
    """How the PyTorch side is run."""

    channels_last: bool
    fused: bool
    compiled: bool
    #: Whether it has the savings of Saigen's side that a plain step has not.
    savings: bool = False


_PLAIN = {
    "eager": Style(False, False, False),
    "plus": Style(True, True, False),
    "compile": Style(True, True, True),
}
STYLES = _PLAIN | {name + SAVINGS: style._replace(savings=True) for name, style in _PLAIN.items()}

#: Each bit of a byte: [bit, 1].
_BITS = 2 ** torch.arange(8, dtype=torch.uint8)[:, None]


class Draws:
    """Where a step's draws come from: PyTorch's own generator, or what was recorded.

    Args:
      recorded: by name; None to draw.
    """

    def __init__(self, recorded: Mapping[str, np.ndarray] | None = None) -> None:
        self._recorded = recorded

    def rows(self, examples: int, batch: int, name: str = "rows") -> Tensor:
        """Return [batch] indices of examples."""
        return self._told(name, lambda: torch.randint(examples, (batch,))).long()

    def uniform(self, name: str, *shape: int) -> Tensor:
        """Return draws in [0, 1)."""
        return self._told(name, lambda: torch.rand(shape))

    def coins(self, name: str, style: Style, *shape: int) -> Tensor:
        """Return fair coins in {0, 1}: uniform numbers below ½, or bits of random words."""

        def draw() -> Tensor:
            if not style.savings:
                return (torch.rand(shape) < 0.5).float()
            count = math.prod(shape)
            words = torch.empty(-(-count // 32), dtype=torch.int32).random_(-(2**31), 2**31)
            on = (words.view(torch.uint8) & _BITS) != 0
            return on.flatten()[:count].float().view(shape)

        return self._told(name, draw)

    def normal(self, name: str, *shape: int) -> Tensor:
        """Return standard normal draws."""
        return self._told(name, lambda: torch.randn(shape))

    def gumbel(self, name: str, *shape: int) -> Tensor:
        """Return standard Gumbel draws; recorded ones are known up to a constant a variable."""
        return self._told(name, lambda: -torch.empty(shape).exponential_().log())

    def _told(self, name: str, draw: Callable[[], Tensor]) -> Tensor:
        return draw() if self._recorded is None else torch.from_numpy(self._recorded[name])


class Plain:
    """PyTorch's side of a workload.

    Args:
      step: takes draws, makes one step, returns the scalar that both sides tell.
    """

    def __init__(self, step: Callable[[Draws], Any]) -> None:
        self._step = step

    def step(self, count: int = 1) -> float:
        """Take steps; return the last one's number."""
        found = [self._step(Draws()) for _ in range(count)]
        return float(found[-1])

    def step_on(self, recorded: Mapping[str, np.ndarray]) -> float:
        """Take one step on recorded draws."""
        return float(self._step(Draws(recorded)))


def parameters(
    weights: Mapping[str, np.ndarray], style: Style, prefix: str = "", mirrored: bool = False
) -> dict[str, Tensor]:
    """Return weights whose names begin with `prefix`, without it, ready to be trained."""
    return {
        name.removeprefix(prefix): tensor(value, style, mirrored).requires_grad_()
        for name, value in weights.items()
        if name.startswith(prefix)
    }


def tensor(value: np.ndarray, style: Style, mirrored: bool = False) -> Tensor:
    """Return a weight as PyTorch wants it."""
    if value.ndim != 4:
        return torch.tensor(np.ascontiguousarray(value))
    value = value[::-1, ::-1] if mirrored else value
    found = torch.tensor(np.ascontiguousarray(value.transpose(3, 2, 0, 1)))
    return found.contiguous(memory_format=_format(style))


def mirror_rows(weight: np.ndarray, side: int) -> np.ndarray:
    """Return the weight [side · side · channel, out] of an affine map of mirrored features."""
    places = weight.reshape(side, side, -1, weight.shape[-1])
    return places[::-1, ::-1].reshape(weight.shape)


def flat(maps: Tensor) -> Tensor:
    """Return [batch, height · width · channel], in TensorFlow's order, of maps."""
    return maps.permute(0, 2, 3, 1).flatten(1)


def unflat(rows: Tensor, side: int, style: Style) -> Tensor:
    """Return maps of [batch, side · side · channel]; `flat` the other way."""
    maps = rows.unflatten(1, (side, side, -1)).permute(0, 3, 1, 2)
    return maps.contiguous(memory_format=_format(style))


def images_of(array: np.ndarray, mirrored: bool = False) -> Tensor:
    """Return images [example, height, width, channel] as a tensor of that order."""
    return torch.from_numpy(np.ascontiguousarray(array[:, ::-1, ::-1] if mirrored else array))


def channels_first(images: Tensor, style: Style) -> Tensor:
    """Return a batch [batch, height, width, channel] as a network of this style wants it."""
    return images.permute(0, 3, 1, 2).contiguous(memory_format=_format(style))


def compiled(function: Callable, style: Style, dynamic: bool = False) -> Callable:
    """Return the function, compiled where the style says so; `dynamic` where shapes change."""
    return torch.compile(function, dynamic=dynamic) if style.compiled else function


def rectified(x: Tensor, slope: float, style: Style) -> Tensor:
    """Return max(x, slope x); as a product with its mask, which has no second derivative."""
    if style.savings:
        return x * torch.where(x > 0.0, 1.0, slope)
    return F.leaky_relu(x, slope) if slope else F.relu(x)


def adam(
    weights: Iterable[Tensor], rate: float, betas: tuple[float, float], style: Style
) -> torch.optim.Optimizer:
    """Return Adam."""
    return torch.optim.Adam(list(weights), rate, betas, fused=style.fused or None)


def momentum(
    weights: Iterable[Tensor], rate: float, style: Style, decay: float = 0.0
) -> torch.optim.Optimizer:
    """Return gradient descent with momentum 0.9."""
    fused = style.fused or None
    return torch.optim.SGD(list(weights), rate, 0.9, weight_decay=decay, fused=fused)


def descend(optimiser: torch.optim.Optimizer, loss: Tensor, weights: Iterable[Tensor]) -> None:
    """Take one step on the gradient of a loss with respect to these weights alone."""
    optimiser.zero_grad(set_to_none=True)
    loss.backward(inputs=list(weights))
    optimiser.step()


def _format(style: Style) -> torch.memory_format:
    return torch.channels_last if style.channels_last else torch.contiguous_format
