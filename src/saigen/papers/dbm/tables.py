"""The paper's tables, from runs: one function a table, named as in paper.yaml."""

import numpy as np
import pandas as pd

from saigen.papers.dbm.curve_tables import curves as curves
from saigen.papers.dbm.curve_tables import equal_compute as equal_compute
from saigen.papers.dbm.curve_tables import long_curves as long_curves
from saigen.papers.dbm.curve_tables import sweeps as sweeps
from saigen.papers.dbm.frames import (
    GREY,
    LONG,
    MOST_LOG_Z_ERROR,
    PHASES,
    RUN,
    TRAINED,
    Frames,
    by_label,
    each,
)
from saigen.papers.dbm.toy_tables import gradients as gradients
from saigen.papers.dbm.toy_tables import meeting_times as meeting_times
from saigen.papers.dbm.toy_tables import probes as probes
from saigen.papers.dbm.toy_tables import toy as toy
from saigen.papers.dbm.toy_tables import toy_energies as toy_energies
from saigen.papers.dbm.toy_tables import toy_slopes as toy_slopes
from saigen.papers.dbm.toy_tables import unbiasedness as unbiasedness
from saigen.tables import aggregate, final, images_of


def machines(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the last measurement of every trained machine: a row a run."""
    metrics = [
        "fd_mode",
        "fd_sample",
        "fd_gibbs",
        "fd_floor",
        "fd_means",
        "fd_noise",
        "unique_modes",
        "search_sweeps",
        "reconstruction_error",
        "log_likelihood",
        "log_z",
        "log_z_error",
        "log_likelihood_of_means",
    ]
    return each(runs, TRAINED, lambda frame: final(frame, metrics))


def training(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the mean over seeds of what counts, for every method and centre."""
    finals = machines(runs, published)
    by = ["experiment", "learner", "centre"]
    parts = [
        aggregate(finals, by, metric).assign(metric=metric)
        for metric in (
            "fd_sample",
            "fd_gibbs",
            "fd_mode",
            "fd_floor",
            "fd_means",
            "fd_noise",
            "log_likelihood",
            "log_likelihood_of_means",
            "unique_modes",
        )
    ]
    table = pd.concat(parts, ignore_index=True)
    return table[["metric", *table.columns.drop("metric")]]


def rates(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return every learning rate's last numbers, and which is the likeliest of a cell.

    Where log Z is not known (`log_z_error` above 0.3 nats) a run is no candidate.
    """
    metrics = [
        "fd_sample",
        "fd_gibbs",
        "fd_means",
        "log_likelihood",
        "log_z_error",
        "log_likelihood_of_means",
    ]
    finals = final(runs["rates"], metrics)
    known = finals["log_likelihood"].where(finals["log_z_error"] <= MOST_LOG_Z_ERROR)
    best = known.groupby([finals[name] for name in ("learner", "centre", "seed")]).transform("max")
    return finals.assign(likeliest=known.eq(best))


def ablation(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return local mode initialisation by centre, marginalisation and initial weights."""
    metrics = [
        *("fd_sample", "fd_means", "log_likelihood", "log_likelihood_of_means"),
        "unique_modes",
    ]
    finals = each(runs, ("training", "half"), lambda frame: final(frame, metrics))
    finals = finals[finals["learner"].str.startswith("lmi")]
    return finals.assign(
        marginal=finals["learner"].str.contains("marginal"),
        init=finals["learner"].map(_initial_weights),
    )


def readings(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return of every run by local modes how many first proposals were accepted, and the gaps.

    `longest_search` is the sweeps of its slowest local search, the Gibbs sweep after it included.
    `differs` is the largest difference of a final number of the same seed, as coded or as
    specified, from the run without Metropolis–Hastings; empty where there is no such pair.
    """
    names = ("accepted", "smallest_gap", "longest_search")
    metrics = [f"{name}_{phase}" for name in names for phase in PHASES]

    def of(frame: pd.DataFrame) -> pd.DataFrame:
        told = frame.loc[frame["metric"].isin(metrics), "learner"].unique()
        ends = final(frame, metrics)
        return ends[ends["learner"].isin(told)]

    table = each(runs, TRAINED, of)
    if "variations" not in runs:
        return table.assign(differs=np.nan)
    return table.merge(_differences(runs["variations"]), on=RUN, how="left")


def chains(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the Fréchet distance along Gibbs chains: a row a run, start and length."""

    def of(frame: pd.DataFrame) -> pd.DataFrame:
        rows = by_label(frame, "chain_fd_", "sweeps", "start", "fd")
        return rows.astype({"sweeps": int})

    return each(runs, LONG, of)


def modes(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return how many different modes searches from noise reach, over searches: a row a run."""
    metrics = ["modes_unique", "modes_commonest", "modes_unique_of_data"]
    return each(runs, LONG, lambda frame: final(frame, metrics))


def completions(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the error of completed pixels: a row a run, mask and way."""

    return each(runs, LONG, lambda frame: by_label(frame, "completion_", "mask", "how", "error"))


def grey_machines(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the last distances of every grey and coloured machine: a row a run."""
    metrics = ["fd_sample", "fd_mode", "fd_gibbs", "fd_floor", "fd_means", "fid_sample"]
    return each(runs, GREY, lambda frame: final(frame, metrics))


def frechet(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return Fréchet distances, ours and published, each in the column of its protocol.

    Inception FIDs and distances by a classifier of ours are never one column. Both are of samples
    after local mode initialisation, which is LMI's sampler and not that of PCD; the one in
    `classifier_fd_gibbs` is of long Gibbs chains. `floor` lies between training and test images;
    `means` is that of units drawn independently at their means. `dataset` tells the images' side,
    `bits` is units a channel.
    """
    ours = grey_machines(runs, published)
    names = {data: f"inception_fid_{data}" for data in ("mnist", "fashion_mnist", "cifar10")}
    by = dict(zip(GREY, names.values(), strict=True))
    rows = [
        {
            "model": f"{learner}, centre {centre}",
            "source": "this replication",
            "experiment": experiment,
            "dataset": images_of(runs[experiment]),
            "bits": bits,
            "classifier_fd": cell["fd_sample"].mean(skipna=False),
            "classifier_fd_gibbs": cell["fd_gibbs"].mean(skipna=False),
            by[experiment]: cell["fid_sample"].mean(skipna=False),
            "classifier_floor": cell["fd_floor"].mean(),
            "classifier_means": cell["fd_means"].mean(),
            "n": len(cell),
        }
        for (experiment, learner, centre, bits), cell in ours.groupby(
            [*RUN[:-1], "bits"], sort=False
        )
    ]
    table = pd.concat([published["fid"].rename(columns=names), pd.DataFrame(rows)])
    return table.astype({"bits": "Int64", "n": "Int64"})  # published rows have neither


def _initial_weights(learner: str) -> str:
    return next((kind for kind in ("normal", "small") if kind in learner), "orthogonal")


def _differences(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the largest difference of a final number from that of `lmi`, by reading and seed."""
    finals = final(runs)
    numbers = [
        name
        for name in set(runs["metric"])
        # How long the chains would have been is the one thing that may differ.
        if not name.startswith(("tau_", "accepted", "smallest_gap"))
    ]
    rows = []
    for (centre, seed), part in finals.groupby(["centre", "seed"]):
        part = part.set_index("learner")
        for reading in ("as_coded", "as_specified"):
            if reading in part.index and "lmi" in part.index:
                gap = (part.loc[reading, numbers] - part.loc["lmi", numbers]).abs().max()
                if part.loc[reading, "status"] != part.loc["lmi", "status"]:
                    gap = np.inf  # one of the two diverged
                rows.append(["variations", reading, centre, seed, float(gap)])
    return pd.DataFrame(rows, columns=[*RUN, "differs"])
