"""Runs of several experiments as one frame: what the tables of trained machines begin with."""

from collections.abc import Callable, Mapping

import pandas as pd

from saigen.tables import final_by_label

Frames = Mapping[str, pd.DataFrame]

#: Experiments in which machines of thresholded images are trained.
TRAINED = (
    "training",
    "half",
    "training_fashion",
    "variations",
    "depths",
    "anatomy",
    "anatomy_fashion",
)
#: The long runs among them.
LONG = ("anatomy", "anatomy_fashion")
#: Those with several units a pixel.
GREY = ("grey", "grey_fashion", "colour")
#: What tells a run of one experiment from the others.
RUN = ["experiment", "learner", "centre", "seed"]
#: Standard error of log Z (nats) up to which it says what it says.
MOST_LOG_Z_ERROR = 0.3
#: The two phases of a gradient, as metrics end with them.
PHASES = ("positive", "negative")


def by_label(frame: pd.DataFrame, prefix: str, name: str, label: str, value: str) -> pd.DataFrame:
    """Return the ends of metrics `<prefix><name>/<label>`: a row a run, name and label."""
    labelled = frame["metric"].str.contains("/", regex=False)
    wide = final_by_label(frame[~labelled | frame["metric"].str.startswith(prefix)], [label])
    metrics = [metric for metric in wide.columns if metric.startswith(prefix)]
    rows = wide.melt(wide.columns.drop(metrics), metrics, name, value)
    return rows.assign(**{name: rows[name].str.removeprefix(prefix)})


def each(
    runs: Frames, names: tuple[str, ...], reduce: Callable[[pd.DataFrame], pd.DataFrame]
) -> pd.DataFrame:
    """Return what `reduce` makes of every experiment that was run, one below the other."""
    parts = [reduce(runs[name]).assign(experiment=name) for name in names if name in runs]
    frame = pd.concat(parts, ignore_index=True)
    return frame[["experiment", *frame.columns.drop("experiment")]]


def by_metric(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a tidy frame with a column a metric: a row a run and step."""
    labels = [name for name in rows.columns if name not in ("metric", "value")]
    wide = rows.set_index([*labels, "metric"])["value"].unstack("metric")
    return wide.reset_index().rename_axis(columns=None)
