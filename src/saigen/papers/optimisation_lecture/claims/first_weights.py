"""Claims on first weights and what is learnt from them: part 2, E9 to E11."""

import numpy as np

from saigen.claims import Finding, above, all_of, below, claim, difference, ratio, within
from saigen.papers.optimisation_lecture.claims.reading import Tables, measured, worst_of


@claim(
    "E9-constants",
    says="Constant first weights make all units of a layer equal, and training keeps them so",
    where="Part 2, E9",
    published="as one unit, whatever the width",
    needs="smoke",
    tables=["measurements", "regression"],
)
def constants(tables: Tables) -> Finding:
    """No spread within a layer before training, and one distinct hidden unit of fifty after.

    The spread is over the layer's largest unit, and below 1e-9.
    """
    across = measured(tables, "activations", "across")
    across = across[across["of"].str.endswith(("/zeros", "/ones"))]["value"]
    rows = tables["regression"]
    units = rows[rows["initial"].isin(["zeros", "ones"])]["units"].dropna()
    return all_of(
        {
            "spread": below(worst_of(across, "max", "layers"), 1e-9),
            "distinct units": within(worst_of(units, "max", "networks"), 0.5, 1.0),
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
            "constants, least": above(worst_of(constant, "min", "networks"), 1.0),
            "He, largest": below(worst_of(he, "max", "networks"), 1.0),
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
    says=(
        "In 2000 steps of SGD at 0.01 a deep network of ReLUs learns from Xavier's or He's "
        "weights, not from zeros or sd 0.01"
    ),
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
            "learnt, least": above(worst_of(learnt, "min", "networks"), 0.8),
            "stuck, largest": below(worst_of(stuck, "max", "networks"), 0.2),
        }
    )
