"""Claims about the grids of learning rates: bests, means and spreads. Source: the result tables.

Claims against Adam wait for `paper`. At `standard` runs have a fiftieth of the published
iterations, in most cells Fletcher-Reeves has hardly learned by then, and the published curves too
have Adam ahead at first.
"""

from saigen.claims import Finding, all_of, below, claim, lowest
from saigen.papers.cg_gan.claims.reading import (
    CELL,
    Tables,
    at_equal_rates,
    distances,
    over_grids,
)
from saigen.papers.cg_gan.names import RULES


@claim(
    "B1",
    says="Fletcher-Reeves's best FID is lower than gradient descent's, with momentum 0.9 or none",
    where="Abstract",
    published="constant rates, CIFAR-10: 26.02 (FR) against 30.34 (SGD) and 34.42 (momentum)",
    tables=["bests"],
)
def lower(tables: Tables) -> Finding:
    """The best of FR, the published best rule, is below SGD's and momentum 0.9's, by data and seed.

    In logarithms. B7 has the other rules, and B7-fr momentum 0.5, which the paper has not.
    """
    return all_of(
        {other: below(over_grids(tables, "best", "fr", other)) for other in ("sgd", "momentum9")}
    )


@claim(
    "B1-grid",
    says="Fletcher-Reeves reaches a lower FID than both at equal learning rates, on average",
    where="Ours: the abstract's claim for the whole grid",
    published="not stated",
    tables=["grid"],
)
def lower_at_equal_rates(tables: Tables) -> Finding:
    """FR is below SGD and below momentum 0.9 over cells of the grid, paired on rates.

    In logarithms. The sample is learning rates, whose cells are means over seeds.
    """
    return all_of(
        {other: below(at_equal_rates(tables, "fr", other)) for other in ("sgd", "momentum9")}
    )


@claim(
    "B2",
    says="Conjugate gradients are on average better than Adam over learning rates",
    where="Abstract",
    published="top 10: 29.63 (FR) against 51.16 (Adam)",
    needs="paper",
    tables=["bests"],
)
def on_average(tables: Tables) -> Finding:
    """The mean of FR's best two fifths of the grid is below that of Adam's, by data and seed.

    In logarithms.
    """
    return below(over_grids(tables, "best_k", "fr", "adam"))


@claim(
    "B2-grid",
    says="Conjugate gradients are on average better than Adam over all learning rates of the grid",
    where="Ours: the abstract's claim for the whole grid",
    published="not stated",
    needs="paper",
    tables=["grid"],
)
def on_average_over_all(tables: Tables) -> Finding:
    """FR's distance is below Adam's over cells of the grid, paired on rates, in logarithms."""
    return below(at_equal_rates(tables, "fr", "adam"))


@claim(
    "B2-best",
    says="Adam's best is lower than Fletcher-Reeves's",
    where="Result tables of the released code",
    published="19.38 (Adam) against 26.02 (FR)",
    needs="paper",
    tables=["bests"],
)
def adams_best(tables: Tables) -> Finding:
    """The best of Adam's grid is below that of FR's, paired on data and seed, in logarithms."""
    return below(over_grids(tables, "best", "adam", "fr"))


@claim(
    "B3",
    says="Fletcher-Reeves is the best rule over constant learning rates",
    where="Result tables of the released code",
    published="top 10: 29.63, the others 33.70 to 34.82; top 1: 26.02, the others 28.94 to 30.31",
    tables=["grid"],
)
def fletcher_reeves(tables: Tables) -> Finding:
    """On digits FR has the lowest distance of all seven rules, paired on learning rates (Holm).

    In logarithms.
    """
    runs = tables["grid"].query("data == 'digits'")
    cells = distances(runs[runs["optimiser"].isin(RULES)])
    return lowest(cells, "frechet", of="fr", by="optimiser", paired_on=CELL)


@claim(
    "B4",
    says="The best trials of conjugate gradients spread less over learning rates than Adam's",
    where="Abstract and result tables",
    published="standard deviation of the top 10: 2.26 (FR) against 33.71 (Adam)",
    needs="paper",
    tables=["bests"],
)
def spread(tables: Tables) -> Finding:
    """The standard deviation of the best two fifths is smaller for FR, by data and seed.

    In logarithms.
    """
    return below(over_grids(tables, "best_k_spread", "fr", "adam"))


@claim(
    "B4-grid",
    says="Over the whole grid the distances of conjugate gradients deviate less than Adam's",
    where="Ours: the abstract's claim for the whole grid",
    published="not stated",
    needs="paper",
    tables=["bests"],
)
def spread_of_all(tables: Tables) -> Finding:
    """The standard deviation over the whole grid is smaller for FR, by data and seed.

    In logarithms. One cell that an optimiser fails in may decide it.
    """
    return below(over_grids(tables, "spread", "fr", "adam"))
