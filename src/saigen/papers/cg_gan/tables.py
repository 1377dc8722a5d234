"""The paper's tables, from runs: one function a table, named as in paper.yaml."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from saigen.papers.cg_gan.names import RULES
from saigen.papers.cg_gan.selection import best_mean, expected_best_mean, kept
from saigen.tables import final

Frames = Mapping[str, pd.DataFrame]

#: What is kept of a run's end.
JUDGED = ["frechet", "frechet_floor", "score_share", "classes_drawn", "precision", "recall"]
SHARES = ["d_capped", "g_capped", "d_negative", "g_negative"]


def toy_ends(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return where every game ended: a row a method, kind of gradients and pair of rates."""
    frame = runs["toy"]
    parts = frame["metric"].str.split("/", expand=True)
    frame = frame.assign(metric=parts[0], rate_x=parts[1], rate_y=parts[2])
    frame = frame[frame["metric"].isin(["x", "y", "first"])]
    labels = ["method", "gradients", "rate_x", "rate_y"]
    wide = frame.pivot(index=labels, columns="metric", values="value").reset_index()
    wide = wide.astype({"rate_x": float, "rate_y": float}).rename_axis(columns=None)
    return wide.assign(distance=np.hypot(wide["x"], wide["y"]))


def grid(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the end of every run of both grids, with its lowest distance on the way.

    Shares of β at the cap and below 0 by the rule alone are means over the run and its tensors.
    """
    return pd.concat(
        [
            _ends(runs[name]).assign(data=data)
            for name, data in (("grid", "digits"), ("grid_fashion", "clothes"))
        ],
        ignore_index=True,
    )


def coefficients(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the end of every run with c below 1."""
    return _ends(runs["coefficients"]).assign(data="digits")


def wider_rates(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the end of every run of gradient descent beyond the published grid."""
    return _ends(runs["wider_rates"]).assign(data="digits")


def forms(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the end of every run of the rules in other forms."""
    return _ends(runs["forms"])


def schedules(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the end of every run with a learning rate that falls."""
    return _ends(runs["schedules"])


def bests(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return best, best-k mean and spreads of every optimiser over the grid of learning rates.

    A grid with a diverged run has neither mean nor spread: those of the others would be of the
    lucky ones.
    """
    rows = []
    for (data, optimiser, seed), cell in grid(runs, published).groupby(
        ["data", "optimiser", "seed"], sort=False
    ):
        values = np.sort(_values(cell))
        k = kept(len(values))
        rows.append(
            {
                "data": data,
                "optimiser": optimiser,
                "seed": seed,
                "trials": len(values),
                "diverged": int(np.isinf(values).sum()),
                "best": values[0],
                "k": k,
                "best_k": best_mean(values, k),
                "best_k_spread": _spread(values[:k]),
                "mean": np.nan if np.isinf(values).any() else values.mean(),
                "spread": _spread(values),
            }
        )
    return pd.DataFrame(rows)


def _spread(values: np.ndarray) -> float:
    return np.nan if len(values) < 2 or np.isinf(values).any() else float(values.std(ddof=1))


def selection(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the best and the mean of the best k, as published and at equal numbers of trials.

    Ours: gradient descent's trials are its grid; a rule's are its grid at every c. `as_published`
    takes the same k of both; `equal_trials` what k of as many trials as gradient descent's give on
    average; `same_share` the same share of each one's trials. `inert` is `equal_trials` if β had
    no effect: each trial of the rule replaced by gradient descent's at the same learning rates.
    """
    plain, scaled = grid(runs, published), coefficients(runs, published)
    plain = plain[plain["data"] == "digits"]
    plain, scaled = (frame.assign(distance=_values(frame)) for frame in (plain, scaled))
    rates = ["d_rate", "g_rate"]
    rows = []
    for (rule, seed), scaled_trials in scaled.groupby(["optimiser", "seed"], sort=False):
        of_seed = plain[plain["seed"] == seed]
        descent = of_seed[of_seed["optimiser"] == "sgd"]
        first = of_seed[of_seed["optimiser"] == rule]
        if first.empty or descent.empty:
            continue
        trials = pd.concat([first, first[rates].merge(scaled_trials)])
        inert = trials[rates].merge(descent[[*rates, "distance"]])["distance"].to_numpy()
        values, n = trials["distance"].to_numpy(), min(len(descent), len(trials))
        k = kept(len(descent))
        rows.append(
            {
                "optimiser": rule,
                "seed": seed,
                "trials": len(values),
                "sgd_trials": len(descent),
                "k": k,
                "sgd": best_mean(descent["distance"].to_numpy(), k),
                "as_published": best_mean(values, k),
                "equal_trials": expected_best_mean(values, n, k),
                "inert": expected_best_mean(inert, n, k),
                "same_share": best_mean(values, kept(len(values))),
                "sgd_best": descent["distance"].min(),
                "best": values.min(),
                "best_equal_trials": expected_best_mean(values, n, 1),
                "inert_best": expected_best_mean(inert, n, 1),
            }
        )
    return pd.DataFrame(rows)


def published_bests(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the published top 1 and top 10, with the trials that they were chosen from.

    if_inert, for the rules of β: what gradient descent's own top 10 would be from their trials, if
    β had no effect and its grid stood there three times: with evenly spaced values between its best
    and the best that its mean asks for, the mean of the first ten thirds.
    """
    table = published["cifar10_resnet"]
    descent = table[table["optimiser"] == "sgd"].set_index("schedule")
    gap = (descent["top10"] - descent["top1"]) / 4.5  # ten evenly spaced values
    times = table["trials"] / table["schedule"].map(descent["trials"])
    places = [np.floor(np.arange(10) / n).mean() for n in times]
    inert = table["schedule"].map(descent["top1"]) + table["schedule"].map(gap) * places
    return table.assign(if_inert=inert.round(2).where(table["optimiser"].isin(RULES)))


def _ends(frame: pd.DataFrame) -> pd.DataFrame:
    ends = final(frame, [*JUDGED, *SHARES])
    labels = [name for name in ends.columns if name not in (*JUDGED, *SHARES)]
    curve = frame[frame["metric"] == "frechet"].groupby(labels, dropna=False)["value"].min()
    shares = frame[frame["metric"].isin(SHARES)]
    shares = shares.groupby([*labels, "metric"], dropna=False)["value"].mean().unstack("metric")
    kept_columns = [name for name in ends.columns if name not in SHARES]
    ends = ends[kept_columns].merge(curve.rename("lowest").reset_index(), on=labels, how="left")
    return ends.merge(shares.reset_index(), on=labels, how="left")


def _values(rows: pd.DataFrame) -> np.ndarray:
    """Return final distances, infinite where a run diverged."""
    return rows["frechet"].mask(rows["status"] == "diverged", np.inf).fillna(np.inf).to_numpy()
