"""What learning rates decide: common, tuned, small and falling ones."""

from dataclasses import replace

import numpy as np
import pandas as pd

from saigen.claims import Finding, above, all_of, below, claim, difference, ratio, within
from saigen.claims.runs import chosen_by_others, measurements
from saigen.errors import SaigenError
from saigen.papers.resnet20.claims.runs import Tables, after, h1_and, runs_of
from saigen.papers.resnet20.optimisers import PAGE


@claim(
    "C3-equal-rates",
    says="At one common rate of 1e-3 Adam, AMSGrad and RMSProp lead Momentum",
    where="Learning rates H3",
    published="the laboratory's earlier programs",
    needs="standard",
    tables=["final"],
)
def equal_rates(tables: Tables) -> Finding:
    """Momentum's running loss over the last epoch is above those of Adam, AMSGrad and RMSProp.

    Under H3, paired over seeds, at the end of the runs: 5 epochs at `standard`, 200 at `paper`.
    """
    rows = runs_of(tables, "rate_tables", table="h3")
    found = all_of(
        {
            name: above(difference(rows, "loss", of="momentum", against=name, by="optimiser"))
            for name in ("adam", "amsgrad", "rmsprop")
        }
    )
    return after(found, rows)


@claim(
    "C3-adagrad",
    says="At that common rate AdaGrad, too, leads Momentum",
    where="Learning rates H3",
    published="prediction: adaptive methods lead",
    needs="standard",
    tables=["final"],
)
def adagrad_leads(tables: Tables) -> Finding:
    """Momentum's running loss over the last epoch is above AdaGrad's, as in C3-equal-rates."""
    rows = runs_of(tables, "rate_tables", table="h3")
    return after(
        above(difference(rows, "loss", of="momentum", against="adagrad", by="optimiser")), rows
    )


@claim(
    "C4-momentum",
    says="Momentum 0.9 at a small rate α trains as gradient descent at 10 α",
    where="Equations",
    published="theory: effective rate α/(1 − 0.9)",
    needs="quick",
    tables=["final"],
)
def momentum_is_ten_times(tables: Tables) -> Finding:
    """Final running losses within 10%; and those of equal rates differ by more.

    At the end of the runs: 80 iterations at `quick`, 5 epochs at `standard`, 30 at `paper`.
    """
    rows = runs_of(tables, "small_rates")
    found = all_of(
        {
            "10 α": within(
                ratio(rows, "loss", of="momentum", against="sgd", by="variant"), 0.1, 1.0
            ),
            "α": below(ratio(rows, "loss", of="momentum", against="sgd_same", by="variant"), 0.9),
        }
    )
    return after(found, rows)


@claim(
    "C5-tuning",
    says=(
        "Tuning each optimiser's rate brings the running training losses of the optimisers closer "
        "together"
    ),
    where="Learning-rate sensitivity",
    published="prediction",
    needs="standard",
    tables=["sensitivity"],
)
def tuning(tables: Tables) -> Finding:
    """The spread (sd over optimisers of log loss) at the best of five rates minus that at H1's.

    Of the page's six. Below 0, paired over seeds, at the end of the runs: 2 epochs at `standard`,
    30 at `paper`. For each seed the best rate is that with the least mean log loss over the other
    seeds, a diverged run being worst: chosen on the seed itself it would look better than it is.
    How many lie at an end of the grid, beyond which a better one may lie, is told.
    """
    table = tables["sensitivity"]
    table = table[table["optimiser"].isin(PAGE)]
    values = table["values"].astype(str).str.split()
    long = table.assign(value=values).explode("value")
    long["seed"] = long.groupby(["optimiser", "multiplier"]).cumcount()
    # A value that is not a number is a diverged run's.
    long["value"] = np.log(long["value"].astype(float)).fillna(np.inf)
    losses = long.pivot(index=["optimiser", "multiplier"], columns="seed", values="value")
    at_h1 = losses[np.isclose(losses.index.get_level_values("multiplier"), 1.0)]
    if np.isinf(at_h1).any(axis=None):
        raise SaigenError("a run at H1's own rates diverged: they have no spread")
    best = [chosen_by_others(part.T) for _, part in losses.groupby(level="optimiser")]
    parts = []
    for seed in losses:
        tuned = losses.loc[[rate[seed] for rate in best], seed]
        for level, chosen in (("best", tuned), ("h1", at_h1[seed])):
            parts.append({"level": level, "seed": seed, "spread": _spread(chosen)})
    found = below(difference(pd.DataFrame(parts), "spread", of="best", against="h1", by="level"))
    grid = losses.index.get_level_values("multiplier")
    chosen = [rate[seed][1] for rate in best for seed in losses]
    ends = sum(multiplier in (grid.min(), grid.max()) for multiplier in chosen)
    told = f"{found.why}; {ends} of {len(chosen)} best rates are at an end of the grid"
    return after(replace(found, why=told), table)


@claim(
    "C5-programs",
    says=(
        "Rates of each optimiser's own (H1) bring them closer together than one common rate (H3), "
        "on the same data"
    ),
    where="Learning rates H1 and H3",
    published="prediction",
    needs="standard",
    tables=["final", "curves"],
)
def programs(tables: Tables) -> Finding:
    """The spread (sd over optimisers of log running loss) under H1 minus that under H3, below 0.

    Paired over seeds, after as many steps under each: 5 epochs at `standard`, 200 at `paper`. Of
    the page's six without SGD, which the program of H3 lacks. H3's rates are taken on H1's data,
    augmented and standardised (`h3_augmented`); what else differs is RMSProp's decay, 0.99 against
    0.9, and Momentum's penalty, which H3 has not.
    """
    parts = []
    both = h1_and("h3_augmented", tables)
    for table, rows in zip(("h1", "h3"), both, strict=True):
        rows = measurements(rows, "loss")
        spreads = np.log(rows["measured"]).groupby(rows["seed"]).agg(_spread)
        parts.append(spreads.rename("spread").reset_index().assign(table=table))
    found = below(difference(pd.concat(parts), "spread", of="h1", against="h3", by="table"))
    return after(found, both[1])


@claim(
    "C7-constant",
    says="For Adam and AMSGrad a constant rate of 1e-3 beats 1e-3/√n, n the epoch",
    where="Iiduka 2020, arXiv:2002.09647",
    published="in words, of a constant against a diminishing rate, to 200 epochs; there β fall too",
    needs="standard",
    tables=["final"],
)
def constant_rate(tables: Tables) -> Finding:
    """Running loss over the last epoch, constant minus diminishing, below 0, paired over seeds.

    At the end of the runs: 10 epochs at `standard`, 200 at `paper`.
    """
    rows = runs_of(tables, "diminishing")
    found = all_of(
        {
            str(name): below(difference(part, "loss", of=0.0, against=1.0, by="inverse_root"))
            for name, part in rows.groupby("optimiser")
        }
    )
    return after(found, rows)


def _spread(logs: pd.Series) -> float:
    """Return the standard deviation; infinite where a run diverged."""
    return float(logs.std()) if np.isfinite(logs).all() else np.inf
