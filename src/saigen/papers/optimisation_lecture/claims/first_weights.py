"""Claims on first weights: part 2."""

import math

import numpy as np

from saigen.claims import Finding, above, all_of, below, claim, difference, ratio, within
from saigen.papers.optimisation_lecture.claims.reading import Tables, exact, measured, over_seeds
from saigen.stats import Interval


def _of(tables: Tables, metric: str, of: str):
    rows = measured(tables, "activations", metric)
    return rows[rows["of"] == of]


@claim(
    "E8-he",
    says="He's first weights keep the size of ReLU activations through depth; Xavier's halve it",
    where="Part 2, E8",
    published="theory: E[h²] × 1 and × ½ a layer",
    needs="quick",
    tables=["measurements"],
)
def he(tables: Tables) -> Finding:
    """The slope of ln E[h²] over layers is 0 ± 0.1 for He, −ln 2 ± 0.1 for Xavier, over seeds."""

    def slopes(kind: str) -> Interval:
        rows = _of(tables, "second_moment", f"relu/{kind}")
        return over_seeds(
            rows.groupby("seed").apply(
                lambda one: np.polyfit(one["label"], np.log(one["value"]), 1)[0],
                include_groups=False,
            )
        )

    return all_of(
        {
            "He": within(slopes("he"), 0.1),
            "Xavier": within(slopes("xavier"), 0.1, -math.log(2.0)),
        }
    )


@claim(
    "E8-backward",
    says="Going back through ReLUs gradients keep their size under He's weights, Xavier's halve it",
    where="Part 2, E8",
    published="theory: E[g²] × 1 and × ½ a layer",
    needs="quick",
    tables=["measurements"],
)
def backward(tables: Tables) -> Finding:
    """The slope of ln E[g²] over layers, counted from the end, is as in E8-he, over seeds."""

    def slopes(kind: str) -> Interval:
        rows = _of(tables, "gradient", f"relu/{kind}")
        return over_seeds(
            rows.groupby("seed").apply(
                lambda one: -2.0 * np.polyfit(one["label"], np.log(one["value"]), 1)[0],
                include_groups=False,
            )
        )

    return all_of(
        {
            "He": within(slopes("he"), 0.1),
            "Xavier": within(slopes("xavier"), 0.1, -math.log(2.0)),
        }
    )


@claim(
    "E8-extremes",
    says="Too large first weights saturate, too small ones leave no diversity",
    where="Part 2, E8",
    published="histograms",
    needs="quick",
    tables=["measurements"],
)
def extremes(tables: Tables) -> Finding:
    """In layer 5: over half of tanh units are beyond 0.95 at sd 1; their sd is < 1e-3 at 0.01."""
    saturated = _of(tables, "saturated", "tanh/sd_1")
    small = _of(tables, "std", "tanh/sd_0.01")
    return all_of(
        {
            "saturated": above(over_seeds(saturated[saturated["label"] == 5]["value"]), 0.5),
            "no diversity": below(over_seeds(small[small["label"] == 5]["value"]), 1e-3),
        }
    )


@claim(
    "E8-xavier",
    says="Xavier's first weights keep tanh activations spread through the layers",
    where="Part 2, E8",
    published="histograms",
    needs="quick",
    tables=["measurements"],
)
def xavier(tables: Tables) -> Finding:
    """The deviation in layer 5 stays above 0.25 with fewer than 10% beyond 0.95."""
    std, saturated = _of(tables, "std", "tanh/xavier"), _of(tables, "saturated", "tanh/xavier")
    return all_of(
        {
            "spread": above(over_seeds(std[std["label"] == 5]["value"]), 0.25),
            "saturated": below(over_seeds(saturated[saturated["label"] == 5]["value"]), 0.1),
        }
    )


@claim(
    "E9-constants",
    says="Constant first weights make all units of a layer equal, and training keeps them so",
    where="Part 2, E9",
    published="as one unit, whatever the width",
    needs="smoke",
    tables=["measurements", "regression"],
)
def constants(tables: Tables) -> Finding:
    """No spread within a layer before training, and one distinct hidden unit of fifty after."""
    across = measured(tables, "activations", "across")
    across = across[across["of"].str.endswith(("/zeros", "/ones"))]["value"].max()
    rows = tables["regression"]
    units = rows[rows["initial"].isin(["zeros", "ones"])]["units"].dropna()
    return all_of(
        {
            "spread": below(exact(float(across), 6), 1e-9),
            "distinct units": within(exact(float(units.max()), len(units)), 0.5, 1.0),
        }
    )


@claim(
    "E10-constants",
    says="Constant first weights fit no better than a single unit can; He's do",
    where="Part 2, E10",
    published="in words",
    needs="quick",
    tables=["regression", "measurements"],
)
def floor(tables: Tables) -> Finding:
    """From zeros and ones every loss is above the best fit of one unit, from He's weights below.

    Of all three activations, after training; the fit is by least squares.
    """
    rows = tables["regression"]
    rows = rows[rows["method"] == "sgd"]
    last = rows[rows["step"] == rows["step"].max()]
    alone = measured(tables, "single_unit", "mse").set_index("label")["value"]
    share = last["mse"].fillna(np.inf) / last["activation"].map(alone)
    constant = share[last["initial"].isin(["zeros", "ones"])]
    he = share[last["initial"] == "he"]
    return all_of(
        {
            "constants, least": above(exact(float(constant.min()), len(constant)), 1.0),
            "He, largest": below(exact(float(he.max()), len(he)), 1.0),
        }
    )


@claim(
    "E10-early",
    says="He's first weights learn faster than small random ones (sd 0.01)",
    where="Part 2, E10",
    published="in words",
    needs="quick",
    tables=["regression"],
)
def early(tables: Tables) -> Finding:
    """At step 500 the loss from He's weights is below a tenth of that from 0.01: tanh and ReLU."""
    rows = tables["regression"]
    rows = rows[(rows["method"] == "sgd") & (rows["step"] == 500)]
    return all_of(
        {
            name: below(
                ratio(
                    rows[rows["activation"] == name],
                    "mse",
                    of="he",
                    against="sd_0.01",
                    by="initial",
                ),
                0.1,
            )
            for name in ("tanh", "relu")
        }
    )


@claim(
    "E10-xavier",
    says="Xavier's first weights are the ones for tanh, in a two-layer network of one input",
    where="Part 2, E10",
    published="in words",
    needs="quick",
    tables=["regression"],
)
def xavier_for_tanh(tables: Tables) -> Finding:
    """After training tanh's loss from Xavier's weights is below that from He's (paired).

    He's deviation of the first layer is √2 there, Xavier's 0.2: which is larger is no matter of
    tanh alone.
    """
    rows = tables["regression"]
    rows = rows[(rows["method"] == "sgd") & (rows["activation"] == "tanh")]
    last = rows[rows["step"] == rows["step"].max()]
    return below(difference(last, "mse", of="xavier", against="he", by="initial"))


@claim(
    "E11-deep",
    says="A deep network of ReLUs learns from Xavier's or He's weights, not from zeros or sd 0.01",
    where="Part 2, E11",
    published="reference: 91.9% and 93.4% against 11.35%",
    needs="standard",
    tables=["digits"],
)
def deep(tables: Tables) -> Finding:
    """Test accuracy is above 80% for He and Xavier, below 20% for zeros and sd 0.01, every seed.

    What diverged has learnt nothing: its accuracy counts as 0.
    """
    rows = tables["digits"]
    rows = rows[rows["experiment"] == "deep_first_weights"].set_index("initial")
    rows = rows["test_accuracy"].mask(rows["status"] == "diverged").fillna(0.0)
    learnt, stuck = rows[["he", "xavier"]], rows[["zeros", "normal"]]
    return all_of(
        {
            "learnt, least": above(exact(float(learnt.min()), len(learnt)), 0.8),
            "stuck, largest": below(exact(float(stuck.max()), len(stuck)), 0.2),
        }
    )
