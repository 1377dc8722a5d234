"""The paper's tables, from runs: one function a table, named as in paper.yaml."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from saigen.papers.dbm.toy_tables import gradients as gradients
from saigen.papers.dbm.toy_tables import meeting_times as meeting_times
from saigen.papers.dbm.toy_tables import probes as probes
from saigen.papers.dbm.toy_tables import toy as toy
from saigen.papers.dbm.toy_tables import toy_energies as toy_energies
from saigen.papers.dbm.toy_tables import unbiasedness as unbiasedness
from saigen.tables import aggregate, final, final_by_label

Frames = Mapping[str, pd.DataFrame]

#: Experiments in which machines of thresholded images are trained.
TRAINED = (
    "training",
    "half",
    "training_fashion",
    "variations",
    "anatomy",
    "anatomy_fashion",
)
#: The long runs among them.
LONG = ("anatomy", "anatomy_fashion")
#: What is compared at equal work.
EQUAL = ("curve_fd_sample", "curve_fd_gibbs", "curve_log_likelihood", "curve_log_z_error")
#: What a curve is held against: the last evaluation alone measures it.
REFERENCES = (
    "curve_fd_floor",
    "curve_fd_means",
    "curve_fd_noise",
    "curve_log_likelihood_of_means",
)
#: Those with several units a pixel.
GREY = ("grey", "grey_fashion", "colour")
_RUN = ["experiment", "learner", "centre", "seed"]
_PHASES = ("positive", "negative")


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
    return _each(runs, TRAINED, lambda frame: final(frame, metrics))


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


def curves(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return what was measured along the steps, beside the work done by then.

    `work` is products of a state with a weight matrix, a chain, since the start. The references
    (floor, means, noise) are of as many images as the curve, and the same at every step.
    """
    return _each(runs, tuple(name for name in TRAINED if name not in LONG), _along_steps)


def long_curves(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the same along the long runs, up to where they are taken apart."""
    return _each(runs, LONG, _along_steps)


def sweeps(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return sweeps and meeting times of both phases along the steps: a row a run and step."""
    metrics = [f"{name}_{phase}" for name in ("sweeps", "longest", "tau") for phase in _PHASES]
    return _each(runs, TRAINED, lambda frame: _wide(frame[frame["metric"].isin(metrics)]))


def equal_compute(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return each run's curve at the work that all methods of its panel have done.

    A diverged run has a row without numbers, and is not waited for.
    """
    table = curves(runs, published)
    table = table[table["status"] != "diverged"]
    rows = []
    for _, panel in table.groupby(["experiment", "centre", "seed"], sort=False):
        budget = panel.groupby("learner")["work"].max().min()
        for _, run in panel.groupby("learner", sort=False):
            run = run.sort_values("step")
            row = {name: run[name].iloc[0] for name in [*_RUN, "status"]} | {"work": budget}
            for metric in EQUAL:
                # Before its first evaluation a run has no value; then the first one stands.
                row[metric] = float(np.interp(budget, run["work"], run[metric]))
            rows.append(row)
    everyone = machines(runs, published)[[*_RUN, "status"]]
    lost = everyone[everyone["status"] == "diverged"].to_dict("records")
    return pd.DataFrame([*rows, *lost])


def rates(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return every learning rate's last numbers, and which has the best likelihood of a cell."""
    finals = final(runs["rates"], ["fd_sample", "fd_gibbs", "log_likelihood"])
    best = finals.groupby(["learner", "centre", "seed"])["log_likelihood"].transform("max")
    return finals.assign(chosen=finals["log_likelihood"].eq(best))


def ablation(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return local mode initialisation by centre, marginalisation and initial weights."""
    metrics = ["fd_sample", "log_likelihood", "unique_modes"]
    finals = _each(runs, ("training", "half"), lambda frame: final(frame, metrics))
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
    metrics = [f"{name}_{phase}" for name in names for phase in _PHASES]

    def of(frame: pd.DataFrame) -> pd.DataFrame:
        told = frame.loc[frame["metric"].isin(metrics), "learner"].unique()
        ends = final(frame, metrics)
        return ends[ends["learner"].isin(told)]

    table = _each(runs, TRAINED, of)
    if "variations" not in runs:
        return table.assign(differs=np.nan)
    return table.merge(_differences(runs["variations"]), on=_RUN, how="left")


def chains(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the Fréchet distance along Gibbs chains: a row a run, start and length."""

    def of(frame: pd.DataFrame) -> pd.DataFrame:
        rows = _long(frame, "chain_fd_", "sweeps", "start", "fd")
        return rows.astype({"sweeps": int})

    return _each(runs, LONG, of)


def modes(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return how many different modes local searches from noise reach: a row a run."""
    metrics = ["modes_unique", "modes_commonest", "modes_unique_of_data"]
    return _each(runs, LONG, lambda frame: final(frame, metrics))


def completions(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the error of completed pixels: a row a run, mask and way."""

    return _each(runs, LONG, lambda frame: _long(frame, "completion_", "mask", "how", "error"))


def frechet(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return Fréchet distances, ours and published, each in the column of its protocol.

    Inception FIDs and distances by a classifier of ours are never one column. Ours are of the
    method's samples; `floor` lies between training and test images; `means` is that of units drawn
    independently at their means. `dataset` tells the images' side, `bits` is units a channel.
    """
    metrics = ["fd_sample", "fd_floor", "fd_means", "fid_sample"]
    ours = _each(runs, GREY, lambda frame: final(frame, metrics))
    names = {data: f"inception_fid_{data}" for data in ("mnist", "fashion_mnist", "cifar10")}
    by = dict(zip(GREY, names.values(), strict=True))
    rows = [
        {
            "model": f"{learner}, centre {centre}",
            "source": "this replication",
            "experiment": experiment,
            "dataset": ", ".join(runs[experiment].attrs.get("datasets", ())),
            "bits": bits,
            "classifier_fd": cell["fd_sample"].mean(skipna=False),
            by[experiment]: cell["fid_sample"].mean(skipna=False),
            "classifier_floor": cell["fd_floor"].mean(),
            "classifier_means": cell["fd_means"].mean(),
            "n": len(cell),
        }
        for (experiment, learner, centre, bits), cell in ours.groupby(
            [*_RUN[:-1], "bits"], sort=False
        )
    ]
    table = pd.concat([published["fid"].rename(columns=names), pd.DataFrame(rows)])
    return table.astype({"bits": "Int64", "n": "Int64"})  # published rows have neither


def _long(frame: pd.DataFrame, prefix: str, name: str, label: str, value: str) -> pd.DataFrame:
    """Return the ends of metrics `<prefix><name>/<label>`: a row a run, name and label."""
    labelled = frame["metric"].str.contains("/", regex=False)
    wide = final_by_label(frame[~labelled | frame["metric"].str.startswith(prefix)], [label])
    metrics = [metric for metric in wide.columns if metric.startswith(prefix)]
    rows = wide.melt(wide.columns.drop(metrics), metrics, name, value)
    return rows.assign(**{name: rows[name].str.removeprefix(prefix)})


def _each(runs: Frames, names: tuple[str, ...], reduce) -> pd.DataFrame:
    parts = [reduce(runs[name]).assign(experiment=name) for name in names if name in runs]
    frame = pd.concat(parts, ignore_index=True)
    return frame[["experiment", *frame.columns.drop("experiment")]]


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    labels = [name for name in rows.columns if name not in ("metric", "value")]
    wide = rows.set_index([*labels, "metric"])["value"].unstack("metric")
    return wide.reset_index().rename_axis(columns=None)


def _along_steps(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a run's curves with the work done: products are means over calls of many steps."""
    wide = _wide(frame[frame["metric"].str.startswith("curve_") | (frame["metric"] == "products")])
    parts = []
    for _, run in wide.sort_values("step").groupby(["variant", "seed"], sort=False):
        taken = np.diff(run["step"], prepend=0)
        known = {name: run[name].max() for name in REFERENCES if name in run}
        work = (run["products"].fillna(0.0) * taken).cumsum()
        parts.append(run.assign(**known, work=work))
    table = pd.concat(parts, ignore_index=True).drop(columns="products")
    # A run that diverged before its first evaluation has none.
    return table.dropna(subset=["curve_fd_sample"]) if "curve_fd_sample" in table else table


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
    return pd.DataFrame(rows, columns=[*_RUN, "differs"])
