"""Functions of two variables on which optimisers are shown, with their starts and minima.

They take NumPy arrays or tensors, and import no TensorFlow: the figures draw them too.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Landscape:
    """A function of two variables.

    Attributes:
      value: (x, y, cosine) → f of arrays or tensors of one shape; the cosine is their library's.
      start: where descents begin.
      minima: its global minima; none for a function without a lower bound.
      window: (x low, x high, y low, y high) of a picture.
    """

    value: Callable[[Any, Any, Callable], Any]
    start: tuple[float, float]
    minima: tuple[tuple[float, float], ...]
    window: tuple[float, float, float, float]

    def __call__(self, x: Any, y: Any, cos: Callable = np.cos) -> Any:
        """Return f(x, y); give `cos=tf.cos` with tensors."""
        return self.value(x, y, cos)


LANDSCAPES = {
    # Saitō 2016, section 6.1: a valley that is 20 times as curved across as along.
    "valley": Landscape(
        lambda x, y, cos: x**2 / 20.0 + y**2, (-7.0, 2.0), ((0.0, 0.0),), (-8.0, 8.0, -3.0, 3.0)
    ),
    # Rosenbrock 1960.
    "rosenbrock": Landscape(
        lambda x, y, cos: (1.0 - x) ** 2 + 100.0 * (y - x**2) ** 2,
        (-1.2, 1.0),
        ((1.0, 1.0),),
        (-2.0, 2.0, -1.0, 3.0),
    ),
    "beale": Landscape(
        lambda x, y, cos: (
            (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2
        ),
        (1.0, 1.5),
        ((3.0, 0.5),),
        (-1.0, 4.5, -1.5, 2.0),
    ),
    "booth": Landscape(
        lambda x, y, cos: (x + 2.0 * y - 7.0) ** 2 + (2.0 * x + y - 5.0) ** 2,
        (-8.0, 8.0),
        ((1.0, 3.0),),
        (-10.0, 10.0, -10.0, 10.0),
    ),
    "himmelblau": Landscape(
        lambda x, y, cos: (x**2 + y - 11.0) ** 2 + (x + y**2 - 7.0) ** 2,
        (0.0, -1.0),
        (
            (3.0, 2.0),
            (-2.805118, 3.131312),
            (-3.779310, -3.283186),
            (3.584428, -1.848126),
        ),
        (-5.0, 5.0, -5.0, 5.0),
    ),
    "matyas": Landscape(
        lambda x, y, cos: 0.26 * (x**2 + y**2) - 0.48 * x * y,
        (-8.0, 4.0),
        ((0.0, 0.0),),
        (-10.0, 10.0, -10.0, 10.0),
    ),
    "saddle": Landscape(lambda x, y, cos: x**2 - y**2, (1.0, 1e-4), (), (-1.5, 1.5, -1.5, 1.5)),
    "monkey_saddle": Landscape(
        lambda x, y, cos: x**3 - 3.0 * x * y**2, (0.6, 1e-2), (), (-1.5, 1.5, -1.5, 1.5)
    ),
    "rastrigin": Landscape(
        lambda x, y, cos: (
            20.0 + x**2 + y**2 - 10.0 * (cos(2.0 * math.pi * x) + cos(2.0 * math.pi * y))
        ),
        (2.3, -1.6),
        ((0.0, 0.0),),
        (-3.0, 3.0, -3.0, 3.0),
    ),
    # A constant gradient of 3 in each variable: what an optimiser makes of it is its step size.
    "slope": Landscape(lambda x, y, cos: 3.0 * (x + y), (0.0, 0.0), (), (-1.0, 1.0, -1.0, 1.0)),
}
