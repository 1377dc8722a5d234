"""Claims on what makes networks hard to optimise: part 4."""

import math

import numpy as np
import pandas as pd

from saigen.claims import Finding, above, all_of, below, claim, trend, within
from saigen.papers.optimisation_lecture.claims.reading import (
    Tables,
    exact,
    measured,
    over_seeds,
    value_of,
)


@claim(
    "E16-noise",
    says="The noise of single examples carries out of local minima",
    where="Part 4, E16",
    published="in words; reference 0, 0, 0, 87.5% at B = all, 100, 10, 1",
    needs="quick",
    tables=["measurements"],
)
def noise(tables: Tables) -> Finding:
    """More runs escape with B = 1 than with the whole batch, by more than a tenth, over seeds."""
    wide = measured(tables, "basins", "escaped").pivot(
        index="seed", columns="label", values="value"
    )
    return above(over_seeds(wide[1.0] - wide[0.0]), 0.1)


@claim(
    "E16-width",
    says="The wider a network, the less the losses differ that descents end at",
    where="Part 4, E16",
    published="in words, after Goodfellow et al.: local minima are about as low as one another",
    needs="quick",
    tables=["measurements"],
)
def width(tables: Tables) -> Finding:
    """The deviation of final losses over first weights falls with the width, over seeds."""
    return trend(_spreads(tables), "spread", along="width", direction="falls")


@claim(
    "E16-relative",
    says="The wider a network, the less these losses differ in proportion to their mean, too",
    where="Part 4, E16",
    published="in words, after Goodfellow et al.: local minima are about as low as one another",
    needs="quick",
    tables=["measurements"],
)
def width_in_proportion(tables: Tables) -> Finding:
    """Their deviation over their mean falls with the width, over seeds."""
    return trend(_spreads(tables), "relative", along="width", direction="falls")


def _spreads(tables: Tables) -> pd.DataFrame:
    """Return the deviation of final losses by seed and width, and what it is of their mean.

    A copy that diverged leaves its cell without either.
    """
    rows = measured(tables, "widths", "mse")
    rows["width"] = rows["of"].astype(float)
    losses = rows.groupby(["seed", "width"])["value"]
    spread, mean = losses.std(), losses.mean()
    known = np.isfinite(mean)
    table = pd.DataFrame({"spread": spread.where(known), "relative": (spread / mean).where(known)})
    return table.reset_index()


@claim(
    "E18-plateau",
    says="A saturated sigmoid learns slowly under squares; cross-entropy takes the plateau away",
    where="Part 4, E18",
    published="reference: 22,063 against 22 steps from z = −10",
    needs="quick",
    tables=["measurements"],
)
def plateau(tables: Tables) -> Finding:
    """From z = −10 squares need over 100 times as many steps; from −2 under 5 times."""
    rows = measured(tables, "plateau", "steps")

    def share(start: int) -> float:
        squares = value_of(rows, label=f"squares/{start}")
        return squares / value_of(rows, label=f"cross-entropy/{start}")

    return all_of(
        {"z = −10": above(exact(share(-10)), 100.0), "z = −2": below(exact(share(-2)), 5.0)}
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
    """The steepest slope of the grid is over 10⁴ times the median; a step is longer than 10."""
    slope = measured(tables, "cliff", "slope")
    steep = value_of(slope, label="max") / value_of(slope, label="median")
    step = value_of(measured(tables, "cliff", "largest_step"), label="none/0")
    return all_of({"slope": above(exact(steep), 1e4), "step": above(exact(step), 10.0)})


@claim(
    "E19-clipping",
    says="Clipping the gradient by its norm keeps the direction and ends lower",
    where="Part 4, E19",
    published="g ← g v / ‖g‖",
    needs="quick",
    tables=["measurements"],
)
def clipping(tables: Tables) -> Finding:
    """The norm's clip turns nothing; at both thresholds the last 50 losses are lower on average."""
    turned = measured(tables, "cliff", "turned").set_index("label")["value"]
    norms, elements = (turned.index[turned.index.str.startswith(name)]
                       for name in ("global norm", "element-wise"))  # fmt: skip
    return all_of(
        {
            "norm turns (°)": below(exact(float(turned[norms].max())), 1e-3),
            "element turns (°)": above(exact(float(turned[elements].max())), 1.0),
            "ends lower": below(exact(_clipped(tables, "end")), 1.0),
        }
    )


@claim(
    "E19-lowest",
    says="With its gradient clipped by norm a descent sees a lower loss on its way",
    where="Part 4, E19",
    published="reference: least loss 0.0048 and 0.00015 at v = 1 and 0.1, 0.0130 without",
    needs="quick",
    tables=["measurements"],
)
def clipped_on_its_way(tables: Tables) -> Finding:
    """At both thresholds the least loss of all steps is below that without clipping."""
    return below(exact(_clipped(tables, "lowest")), 1.0)


def _clipped(tables: Tables, metric: str) -> float:
    """Return the worse threshold's loss over that without clipping."""
    losses = measured(tables, "cliff", metric).set_index("label")["value"]
    clipped = losses[losses.index.str.startswith("global norm")]
    return float(clipped.max() / losses["none/0"])


@claim(
    "E20-long-term",
    says="Through time a gradient is multiplied again and again: it vanishes or explodes",
    where="Part 4, E20",
    published="theory: λᵗ",
    needs="quick",
    tables=["measurements"],
)
def long_term(tables: Tables) -> Finding:
    """The slope of a gradient's ln norm over the lag is ln ρ ± 0.05, for every ρ, over seeds.

    Of linear units with random normal weights, scaled to the spectral radius ρ.
    """
    rows = measured(tables, "long_term", "norm")
    rows[["radius", "lag"]] = rows["label"].str.split("/", expand=True).astype(float)
    slopes = rows.groupby(["radius", "seed"]).apply(
        lambda one: np.polyfit(one["lag"], np.log(one["value"]), 1)[0], include_groups=False
    )
    return all_of(
        {
            f"ρ = {radius:g}": within(over_seeds(of_radius), 0.05, math.log(radius))
            for radius, of_radius in slopes.groupby("radius")
        }
    )


@claim(
    "E20-tanh",
    says="Saturating units hold an exploding gradient back, and make a vanishing one worse",
    where="Part 4, E20",
    published="in words",
    needs="quick",
    tables=["measurements"],
)
def tanh(tables: Tables) -> Finding:
    """After 50 steps the norm through tanh is below the linear one, at ρ below and above 1."""
    plain = measured(tables, "long_term", "norm").set_index(["seed", "label"])["value"]
    through = measured(tables, "long_term", "tanh").set_index(["seed", "label"])["value"]
    gaps = np.log(through) - np.log(plain)
    return all_of(
        {
            f"ρ = {radius}": below(over_seeds(gaps.xs(f"{radius}/50", level="label")))
            for radius in ("1.1", "1.5", "0.5", "0.9")
        }
    )


@claim(
    "E20-starts",
    says="Where the global structure is poor, descent finds the minimum from the right start alone",
    where="Part 4",
    published="in words",
    needs="quick",
    tables=["measurements"],
)
def starts(tables: Tables) -> Finding:
    """On Rastrigin's function one start succeeds in under 5%, a hundred starts in over 50%."""
    wide = measured(tables, "many_starts", "success").pivot(
        index="seed", columns="label", values="value"
    )
    return all_of(
        {"one": below(over_seeds(wide[1.0]), 0.05), "hundred": above(over_seeds(wide[100.0]), 0.5)}
    )
