"""Names and colours that the figures share."""

from collections.abc import Mapping, Sequence

import matplotlib
import pandas as pd

from saigen.figures import COLOURBLIND
from saigen.papers.optimisation_lecture.tables import BOOK_RATES as BOOK_RATES
from saigen.records import Record

Tables = Mapping[str, pd.DataFrame]
Samples = Sequence[Record]

METHODS = {
    "sgd": "SGD",
    "momentum": "Momentum",
    "nesterov": "Nesterov",
    "adagrad": "AdaGrad",
    "rmsprop": "RMSProp",
    "adadelta": "AdaDelta",
    "adam": "Adam",
}
COLOURS = dict(zip(METHODS, COLOURBLIND, strict=False))
INITIALS = {
    "zeros": "zeros",
    "ones": "ones",
    "sd_1": "sd 1",
    "sd_0.01": "sd 0.01",
    "normal": "sd 0.01",
    "xavier": "Xavier",
    "he": "He",
}
INITIAL_COLOURS = dict(zip(INITIALS, matplotlib.color_sequences["Dark2"], strict=False))
INITIAL_COLOURS["normal"] = INITIAL_COLOURS["sd_0.01"]


def measured(tables: Tables, experiment: str, metric: str) -> pd.DataFrame:
    """Return the rows of one metric of one small experiment; labels as numbers where they are."""
    table = tables["measurements"]
    rows = table[(table["experiment"] == experiment) & (table["metric"] == metric)].copy()
    numbers = pd.to_numeric(rows["label"], errors="coerce")
    rows["label"] = numbers if numbers.notna().all() else rows["label"].fillna("").astype(str)
    return rows


def arrays_of(samples: Samples, experiment: str, **settings: object) -> dict:
    """Return the arrays of an experiment with these settings, of its first seed."""
    found = [
        run
        for run in samples
        if run.facts["experiment"] == experiment
        and all(run.facts["params"].get(name) == value for name, value in settings.items())
    ]
    # Runs come in the order of their jobs, which need not be that of the seeds.
    return min(found, key=lambda run: run.facts["seed"]).samples() if found else {}
