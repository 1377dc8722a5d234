"""Claims on first weights before training, by the activations they make: part 2, E8."""

import math

import pandas as pd

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    slope_of,
    within,
)
from saigen.claims.finding import number
from saigen.errors import SaigenError
from saigen.papers.optimisation_lecture.claims.reading import (
    Tables,
    measured,
    over_seeds,
    slope_of_mean,
)
from saigen.stats import Interval


def _by_layer(tables: Tables, metric: str, of: str) -> pd.DataFrame:
    """Return what was measured of one kind of network: [seed, layer]."""
    rows = measured(tables, "activations", metric)
    return rows[rows["of"] == of].pivot(index="seed", columns="label", values="value")


@claim(
    "E8-he",
    says="He's first weights keep the size of ReLU activations through depth; Xavier's halve it",
    where="Part 2, E8",
    published="theory: E[h²] × 1 and × ½ a layer",
    needs="standard",
    tables=["measurements"],
)
def he(tables: Tables) -> Finding:
    """The slope of ln E[h²] over twenty layers is 0 ± 0.05 for He, −ln 2 ± 0.05 for Xavier.

    E is over units, inputs and seeds, before the logarithm; the interval a bootstrap over seeds.
    """
    return _sizes({k: _by_layer(tables, "second_moment", f"relu/{k}") for k in ("he", "xavier")})


@claim(
    "E8-backward",
    says="Going back through ReLUs gradients keep their size under He's weights, Xavier's halve it",
    where="Part 2, E8",
    published="theory: E[g²] × 1 and × ½ a layer",
    needs="standard",
    tables=["measurements"],
)
def backward(tables: Tables) -> Finding:
    """The slope of ln E[g²] over layers, counted from the end, is as in E8-he."""
    squares = {k: _by_layer(tables, "gradient", f"relu/{k}") ** 2 for k in ("he", "xavier")}
    return _sizes({k: table.rename(columns=lambda layer: -layer) for k, table in squares.items()})


def _sizes(squares: dict[str, pd.DataFrame]) -> Finding:
    """Judge how squares [seed, layer] grow: not at all for `he`, by a half for `xavier`."""
    return all_of(
        {
            "He": within(slope_of_mean(squares["he"]), 0.05),
            "Xavier": within(slope_of_mean(squares["xavier"]), 0.05, -math.log(2.0)),
        }
    )


@claim(
    "E8-extremes",
    says="Too large first weights saturate tanh units, too small ones bring them down to nothing",
    where="Part 2, E8",
    published="histograms",
    needs="quick",
    tables=["measurements"],
)
def extremes(tables: Tables) -> Finding:
    """In layer 5: over half of tanh units are beyond 0.95 at sd 1; their sd is < 1e-3 at 0.01."""
    saturated = _by_layer(tables, "saturated", "tanh/sd_1")[5]
    small = _by_layer(tables, "std", "tanh/sd_0.01")[5]
    return all_of(
        {
            "saturated": above(over_seeds(saturated), 0.5),
            "down to nothing": below(over_seeds(small), 1e-3),
        }
    )


@claim(
    "E8-xavier",
    says="Through five layers of tanh Xavier's first weights neither saturate units nor lose them",
    where="Part 2, E8",
    published="histograms",
    needs="quick",
    tables=["measurements"],
)
def xavier(tables: Tables) -> Finding:
    """The deviation in layer 5 stays above 0.25 with fewer than 10% beyond 0.95."""
    std = _by_layer(tables, "std", "tanh/xavier")[5]
    saturated = _by_layer(tables, "saturated", "tanh/xavier")[5]
    return all_of(
        {
            "spread": above(over_seeds(std), 0.25),
            "saturated": below(over_seeds(saturated), 0.1),
        }
    )


@claim(
    "E8-xavier-deep",
    says="Through twenty layers of tanh Xavier's first weights keep activations spread",
    where="Part 2, E8",
    published="histograms of five layers",
    needs="quick",
    tables=["measurements"],
)
def xavier_deep(tables: Tables) -> Finding:
    """The slope of ln deviation over ln layer is 0 ± 0.1, over seeds; He's is told beside.

    At ±0.1 the twentieth layer's deviation is 26% less than the first's, or 35% more.
    """
    rows = measured(tables, "activations", "std").rename(columns={"value": "std"})
    if rows["label"].max() < 20:
        raise SaigenError("fewer than twenty layers at this scale")
    slopes = {
        kind: slope_of(rows[rows["of"] == f"tanh/{kind}"], "std", along="label")
        for kind in ("xavier", "he")
    }
    own = slopes["xavier"]
    note = f"He's slope {number(slopes['he'].value, 2)}"
    return within(Interval(own.value, own.low, own.high, own.n, note), 0.1)
