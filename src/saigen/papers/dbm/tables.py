"""The paper's tables, from runs: one function a table, named as in paper.yaml."""

from collections.abc import Mapping

import pandas as pd

from saigen.tables import aggregate, final

Frames = Mapping[str, pd.DataFrame]


def errors(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the mean final test error of each learning rate beside the published one."""
    means = aggregate(final(runs["rates"], ["test_error"]), ["learning_rate"], "test_error")
    beside = published["table1"].rename(columns={"error": "published"})
    return means.merge(beside, on="learning_rate", how="left")


def curves(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the test error of every run and step."""
    rows = runs["rates"]
    return rows[rows["metric"] == "test_error"]
