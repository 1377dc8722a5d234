"""Tables along the steps: distances and likelihoods, work, sweeps and meeting times."""

import numpy as np
import pandas as pd

from saigen.papers.dbm.frames import LONG, PHASES, RUN, TRAINED, Frames, by_metric, each
from saigen.tables import final

#: The methods without pre-training that local modes are held against.
EXISTING = ("cd_10", "pcd_10", "gibbs_ucd")
#: What is compared at equal work.
EQUAL = ("curve_fd_sample", "curve_fd_gibbs", "curve_log_likelihood", "curve_log_z_error")
#: What a curve is held against: the last evaluation alone measures it.
REFERENCES = (
    "curve_fd_floor",
    "curve_fd_means",
    "curve_fd_noise",
    "curve_log_likelihood_of_means",
)


def curves(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return what was measured along the steps, beside the work done by then.

    `work` is products of a state with a weight matrix, a chain, since the start. The references
    (floor, means, noise) are of as many images as the curve, and the same at every step.
    """
    return each(runs, tuple(name for name in TRAINED if name not in LONG), _along_steps)


def long_curves(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the same along the long runs, up to where they are taken apart."""
    return each(runs, LONG, _along_steps)


def sweeps(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return sweeps and meeting times of both phases along the steps: a row a run and step."""
    metrics = [f"{name}_{phase}" for name in ("sweeps", "longest", "tau") for phase in PHASES]
    return each(runs, TRAINED, lambda frame: by_metric(frame[frame["metric"].isin(metrics)]))


def equal_compute(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return each run's curve at the work that LMI and all existing methods have done.

    Between evaluations a curve is a straight line over the logarithm of the work: it rises fast at
    first, and a straight line over work lies below it there.
    A run that ended with less work stands with its last numbers, and `work` is its own. A diverged
    run has a row without numbers, and is not waited for.
    """
    table = curves(runs, published)
    table = table[table["status"] != "diverged"]
    rows = []
    for _, panel in table.groupby(["experiment", "centre", "seed"], sort=False):
        done = panel.groupby("learner")["work"].max()
        # Of the others `pretrained` does little: its greedy stage is cheap.
        budget = done[done.index.isin(["lmi", *EXISTING])].min()
        for _, run in panel.groupby("learner", sort=False):
            run = run.sort_values("step")
            row = {name: run[name].iloc[0] for name in [*RUN, "status"]}
            row["work"] = min(budget, run["work"].max())
            for metric in EQUAL:
                # Before its first evaluation a run has no value; then the first one stands.
                row[metric] = float(np.interp(np.log(budget), np.log(run["work"]), run[metric]))
            rows.append(row)
    everyone = each(runs, TRAINED, lambda frame: final(frame, []))[[*RUN, "status"]]
    lost = everyone[everyone["status"] == "diverged"].to_dict("records")
    return pd.DataFrame([*rows, *lost])


def _along_steps(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a run's curves with the work done: products are means over calls of many steps."""
    wide = by_metric(
        frame[frame["metric"].str.startswith("curve_") | (frame["metric"] == "products")]
    )
    parts = []
    for _, run in wide.sort_values("step").groupby(["variant", "seed"], sort=False):
        taken = np.diff(run["step"], prepend=0)
        known = {name: run[name].max() for name in REFERENCES if name in run}
        work = (run["products"].fillna(0.0) * taken).cumsum()
        parts.append(run.assign(**known, work=work))
    table = pd.concat(parts, ignore_index=True).drop(columns="products")
    # A run that diverged before its first evaluation has none.
    return table.dropna(subset=["curve_fd_sample"]) if "curve_fd_sample" in table else table
