"""Claims on what tells learning from plain optimisation: part 3."""

import numpy as np

from saigen.claims import Finding, above, all_of, below, claim, within
from saigen.papers.optimisation_lecture.claims.reading import (
    Tables,
    measured,
    over_seeds,
    worst_of,
)


@claim(
    "E12-likelihood",
    says="The likelihood tells the better distribution; its maximum is the mean and the deviation",
    where="Part 3, E12",
    published="A above B",
    needs="smoke",
    tables=["measurements"],
)
def likelihood(tables: Tables) -> Finding:
    """ln L of N(5,2) is above N(8,2)'s, the maximum above every grid point, in every draw."""
    rows = measured(tables, "likelihood", "log_likelihood")
    wide = rows.pivot(index="seed", columns="label", values="value")
    gap = wide["N(5,2)"] - wide["N(8,2)"]
    top = wide["maximum"] - wide["best of grid"]
    return all_of(
        {
            "A above B": above(worst_of(gap, "min"), 0.0),
            "maximum": above(worst_of(top, "min"), 0.0),
        }
    )


@claim(
    "E12-logs",
    says="The logarithm makes a product that underflows a sum that does not",
    where="Part 3, E12",
    published="in words",
    needs="smoke",
    tables=["measurements"],
)
def logs(tables: Tables) -> Finding:
    """The product of densities is 0 in float64 before 1000 points, the sum of 5000 logs finite.

    In every draw.
    """
    points = measured(tables, "likelihood", "underflow")["value"]
    finite = measured(tables, "likelihood", "logs_finite")["value"]
    return all_of(
        {
            "underflows": below(worst_of(points, "max"), 1000.0),
            "logs": above(worst_of(finite, "min"), 0.5),
        }
    )


@claim(
    "E12-losses",
    says="Squares are the likelihood of Gaussian noise, cross-entropy that of a Bernoulli",
    where="Part 3, E12",
    published="theory",
    needs="smoke",
    tables=["measurements"],
)
def losses(tables: Tables) -> Finding:
    """The line of least squares is the most likely one of Gaussian noise, and not of Laplace's.

    Of a Bernoulli the least cross-entropy is at the mean, to a step of the grid. In every draw.
    """
    rows = measured(tables, "likelihood", "least_squares")
    squares = rows.pivot(index="seed", columns="label", values="value")
    entropy = measured(tables, "likelihood", "cross_entropy")["value"]
    return all_of(
        {
            "Gaussian": below(worst_of(squares["normal"], "max"), 1e-4),
            "Laplace": above(worst_of(squares["Laplace"], "min"), 1e-3),
            "cross-entropy": below(worst_of(entropy, "max"), 1.1e-3),
        }
    )


@claim(
    "E13-minibatch",
    says="A minibatch's gradient is unbiased, and its error falls as 1/√B",
    where="Part 3, E13",
    published="theory; reference E‖g_B − g‖² × B = 74.8, 76.0, 77.5",
    needs="quick",
    tables=["measurements"],
)
def minibatch(tables: Tables) -> Finding:
    """The log-log slope of E‖g_B − g‖² over B is −1 ± 0.1, that of ‖mean g_B − g‖ −1/2 ± 0.1.

    The mean of so many unbiased draws is off by their noise alone, which falls as 1/√B; a bias
    would stay. Over seeds.
    """

    def slopes(metric: str):
        return (
            measured(tables, "gradient_noise", metric)
            .groupby("seed")
            .apply(
                lambda one: np.polyfit(np.log(one["label"]), np.log(one["value"]), 1)[0],
                include_groups=False,
            )
        )

    return all_of(
        {
            "noise": within(over_seeds(slopes("noise")), 0.1, -1.0),
            "bias": within(over_seeds(slopes("bias")), 0.1, -0.5),
        }
    )


@claim(
    "E14-surrogate",
    says="The 0-1 loss has no slope; its surrogate goes on lowering after 0-1 is 0",
    where="Part 3, E14",
    published="in words",
    needs="quick",
    tables=["measurements"],
)
def surrogate(tables: Tables) -> Finding:
    """Small moves from random weights leave 0-1 as it is, in over 99 of 100 cases, over seeds.

    By descent on cross-entropy 0-1 comes to 0 and is 0 at the end, on every seed; after it is
    cross-entropy falls and the margin grows, over seeds.
    """
    flat = measured(tables, "surrogate", "flat")["value"]
    wrong = measured(tables, "surrogate", "zero_one")["value"]

    def change(metric: str):
        wide = measured(tables, "surrogate", metric).pivot(
            index="seed", columns="label", values="value"
        )
        return wide["end"] - wide["solved"]

    return all_of(
        {
            "flat": above(over_seeds(flat), 0.99),
            "0-1 at the end": below(worst_of(wrong, "max"), 1e-9),
            "cross-entropy": below(over_seeds(change("cross_entropy")), 0.0),
            "margin": above(over_seeds(change("margin")), 0.0),
        }
    )


@claim(
    "E15-early-stopping",
    says="The minimum of the training loss is not the best on new data: stop early",
    where="Part 3, E15",
    published="two curves",
    needs="quick",
    tables=["measurements"],
)
def early_stopping(tables: Tables) -> Finding:
    """At the end the test error is above its least, and the training error below what it was there.

    Both as differences of logarithms, over draws of the data.
    """

    def change(metric: str):
        wide = measured(tables, "early_stopping", metric).pivot(
            index="seed", columns="label", values="value"
        )
        return np.log(wide["end"]) - np.log(wide["best"])

    return all_of(
        {
            "test rises": above(over_seeds(change("test")), np.log(1.05)),
            "training falls": below(over_seeds(change("train")), 0.0),
        }
    )
