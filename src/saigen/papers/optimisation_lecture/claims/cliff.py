"""Claims on the cliff in a recurrent network's loss, and on clipping: part 4, E19.

The slide has the rule and a picture; what clipping does to descents from all over the cliff is our
question to it.
"""

import pandas as pd

from saigen.claims import Finding, above, all_of, below, claim
from saigen.papers.optimisation_lecture.claims.reading import (
    Tables,
    exact,
    measured,
    over_seeds,
    value_of,
    worst_of,
)
from saigen.stats import paired_difference


def _starts(tables: Tables, metric: str) -> pd.DataFrame:
    """Return what was measured over many starts: [seed, clip/threshold]."""
    rows = measured(tables, "cliff_starts", metric)
    return rows.pivot(index="seed", columns="label", values="value")


def _gains(tables: Tables, metric: str) -> Finding:
    """Judge that it is lower with the norm's clip than without, at both thresholds (paired)."""
    table = _starts(tables, metric)
    return all_of(
        {
            f"v = {label.partition('/')[2]}": below(
                paired_difference(table[label], table["none/0"])
            )
            for label in table.columns
            if label.startswith("global norm")
        }
    )


@claim(
    "E19-cliff",
    says="Loss surfaces of recurrent networks have cliffs, and a step there flies far away",
    where="Part 4, E19",
    published="a picture; reference 1.2e5 times the median slope, and a step of 426",
    needs="quick",
    tables=["measurements"],
)
def cliff(tables: Tables) -> Finding:
    """The steepest slope of the grid is over 10⁴ times the median.

    Of descents from everywhere some make a step longer than the frame is wide: a share above 0,
    over seeds.
    """
    slope = measured(tables, "cliff", "slope")
    steep = value_of(slope, label="max") / value_of(slope, label="median")
    thrown = _starts(tables, "thrown")["none/0"]
    return all_of(
        {"slope": above(exact(steep), 1e4), "share thrown": above(over_seeds(thrown), 0.0)}
    )


@claim(
    "E19-clipping",
    says="Clipping the gradient by its norm keeps its direction, and bounds the step",
    where="Part 4, E19",
    published="g ← g v / ‖g‖",
    needs="quick",
    tables=["measurements"],
)
def clipping(tables: Tables) -> Finding:
    """From every start the norm's clip turns nothing, and no step is longer than η v.

    Clipping element by element turns gradients by over 1°.
    """
    turned, reach = _starts(tables, "turned"), _starts(tables, "reach")
    norms = [label for label in reach.columns if label.startswith("global norm")]
    elements = [label for label in reach.columns if label.startswith("element-wise")]
    return all_of(
        {
            "norm turns (°)": below(worst_of(turned[norms].max(axis=1), "max"), 1e-3),
            "longest step over η v": below(worst_of(reach[norms].max(axis=1), "max"), 1.0 + 1e-9),
            "element turns (°)": above(worst_of(turned[elements].max(axis=1), "min"), 1.0),
        }
    )


@claim(
    "E19-keeps",
    says="Clipping by norm keeps descents at the cliff",
    where="Part 4, E19",
    published="a picture: without clipping the point is thrown away",
    needs="quick",
    tables=["measurements"],
)
def keeps(tables: Tables) -> Finding:
    """Fewer descents leave the frame than without clipping, at both thresholds (paired).

    From starts all over it, the same for each; over seeds.
    """
    return _gains(tables, "left")


@claim(
    "E19-lowest",
    says="With its gradient clipped by norm a descent sees a lower loss on its way",
    where="Part 4, E19",
    published="reference: least loss 0.0048 and 0.00015 at v = 1 and 0.1, 0.0130 without",
    needs="quick",
    tables=["measurements"],
)
def clipped_on_its_way(tables: Tables) -> Finding:
    """The least loss of all steps, the mean over starts, is lower at both thresholds (paired)."""
    return _gains(tables, "lowest")


@claim(
    "E19-end",
    says="With its gradient clipped by norm a descent ends at a lower loss",
    where="Part 4, E19",
    published="not on the slide; a point thrown away may lie on a plateau as low as any",
    needs="quick",
    tables=["measurements"],
)
def clipped_at_its_end(tables: Tables) -> Finding:
    """The loss of the last 50 steps, the mean over starts, is lower at both thresholds (paired)."""
    return _gains(tables, "end")
