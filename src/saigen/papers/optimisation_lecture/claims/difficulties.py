"""Claims on what makes networks hard to optimise: part 4, without its saddle and its cliff."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from saigen.claims import Finding, above, all_of, below, claim, trend, within
from saigen.claims.finding import number
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
    "E16-batches",
    says="Smaller minibatches carry more descents out of a local minimum",
    where="Part 4, E16",
    published="in words; reference 0, 0, 0, 87.5% at B = all, 100, 10, 1",
    needs="standard",
    tables=["measurements"],
)
def batches(tables: Tables) -> Finding:
    """The share that escapes falls from B = 1 to 10, 100 and the whole batch: Page's test, by seed.

    One size can decide it; the shares are told.
    """
    rows = measured(tables, "basins", "escaped").rename(columns={"value": "escaped"})
    # The whole batch, 0 in the labels, is the largest of all.
    rows["batch"] = rows["label"].replace(0.0, np.inf).rank(method="dense")
    found = trend(rows, "escaped", along="batch", direction="falls", better="higher")
    # A trend may come from one size alone: the shares say from which.
    shares = ", ".join(number(share, 2) for share in rows.groupby("batch")["escaped"].mean())
    return replace(found, why=f"{found.why}; mean shares {shares}, the smallest batch first")


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
