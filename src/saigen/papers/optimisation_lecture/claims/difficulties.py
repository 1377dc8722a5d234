"""Claims on what makes networks hard to optimise: part 4."""

import math

import numpy as np

from saigen.claims import Finding, above, all_of, below, claim, trend
from saigen.papers.optimisation_lecture.claims.reading import (
    Tables,
    exact,
    measured,
    over_seeds,
    value_of,
)


@claim(
    "E16-noise",
    says="The noise of small minibatches carries out of local minima",
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
    says="In wide networks local minima are about as low as one another",
    where="Part 4, E16",
    published="in words, after Goodfellow et al.",
    needs="quick",
    tables=["measurements"],
)
def width(tables: Tables) -> Finding:
    """The spread of final losses over first weights falls with the width, over seeds."""
    rows = measured(tables, "widths", "mse")
    rows["width"] = rows["of"].astype(float)
    spread = rows.groupby(["seed", "width"])["value"].std().rename("spread").reset_index()
    return trend(spread, "spread", along="width", direction="falls")


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
    """Both thresholds reach lower than without; the norm's clip turns nothing."""
    lowest = measured(tables, "cliff", "lowest").set_index("label")["value"]
    turned = measured(tables, "cliff", "turned").set_index("label")["value"]
    norms = [label for label in lowest.index if label.startswith("global norm")]
    elements = [label for label in lowest.index if label.startswith("element-wise")]
    return all_of(
        {
            "lower": below(exact(float(lowest[norms].max() / lowest["none/0"])), 1.0),
            "norm turns (°)": below(exact(float(turned[norms].max())), 1e-3),
            "element turns (°)": above(exact(float(turned[elements].max())), 1.0),
        }
    )


@claim(
    "E20-long-term",
    says="Through time a gradient is multiplied again and again: it vanishes or explodes",
    where="Part 4, E20",
    published="theory: λᵗ",
    needs="smoke",
    tables=["measurements"],
)
def long_term(tables: Tables) -> Finding:
    """The slope of ln ‖∂h_t/∂h_{t−lag}‖ over the lag is ln ρ, for every ρ (linear units)."""
    rows = measured(tables, "long_term", "norm")
    rows[["radius", "lag"]] = rows["label"].str.split("/", expand=True).astype(float)
    worst = 0.0
    for (radius, _), part in rows.groupby(["radius", "seed"]):
        slope = np.polyfit(part["lag"], np.log(part["value"]), 1)[0]
        worst = max(worst, abs(float(slope) - math.log(radius)))
    return below(exact(worst, rows["seed"].nunique(), "largest error of a slope"), 1e-3)


@claim(
    "E20-tanh",
    says="Saturating units hold an exploding gradient back, and make a vanishing one worse",
    where="Part 4, E20",
    published="in words",
    needs="quick",
    tables=["measurements"],
)
def tanh(tables: Tables) -> Finding:
    """At ρ = 1.1 the norm through tanh is below the linear one after 50 steps, over seeds."""
    plain = measured(tables, "long_term", "norm").set_index(["seed", "label"])["value"]
    through = measured(tables, "long_term", "tanh").set_index(["seed", "label"])["value"]
    gap = np.log(through.xs("1.1/50", level="label")) - np.log(plain.xs("1.1/50", level="label"))
    return below(over_seeds(gap), 0.0)


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
