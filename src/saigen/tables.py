"""Tables: a paper's `tables.py` holds one function a table, named as in paper.yaml.

A table function maps (runs, published) to a frame: `runs[experiment]` is tidy, with a row for
every run, step and metric; `published[name]` is a file of published numbers. The frame is written
as CSV for programs, Markdown for people, and a passport that says where it comes from.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from saigen.errors import SaigenError
from saigen.files import write_json, write_text
from saigen.markdown import table
from saigen.paper import Paper
from saigen.records import Record, data_notes, diverged, origin, precision_notes, tidy
from saigen.stats import bootstrap_mean

Frames = Mapping[str, pd.DataFrame]
#: Rows of a table that its Markdown shows.
READABLE = 200


def build_table(paper: Paper, name: str, records: Sequence[Record], target: Path) -> None:
    """Build one table of a paper and write `target` (.csv), with .md and .json beside it.

    Args:
      paper: the paper.
      name: the table, as paper.yaml names it.
      records: the runs of the experiments that the table reads.
      target: results/<scale>/<paper>/tables/<name>.csv.
    """
    entry = paper.tables[name]
    function = function_of(paper, "tables", name)
    frame = function(tidy(paper, records), published(paper))
    write_text(target, frame.to_csv(index=False, lineterminator="\n"))
    write_text(target.with_suffix(".md"), markdown(frame))
    passport = {
        "name": name,
        "what": entry.what,
        "where": entry.where,
        "experiments": entry.experiments,
        "runs": len(records),
        "diverged": diverged(records),
        **origin(records),
        "notes": [*entry.notes, *data_notes(records), *precision_notes(records)],
        "scale": target.parts[-4],
    }
    write_json(target.with_suffix(".json"), passport)


def function_of(paper: Paper, part: str, name: str) -> Callable:
    """Return the function `name` of a paper's tables.py or figures.py.

    Raises:
      SaigenError: the module has no such function.
    """
    module = importlib.import_module(paper.module(part))
    function = getattr(module, name, None)
    if function is None:
        raise SaigenError(
            f"papers/{paper.name}/{part}.py has no function `{name}`, which paper.yaml names"
        )
    return function


def published(paper: Paper) -> dict[str, pd.DataFrame]:
    """Return the paper's files of published numbers, by name."""
    return {
        name: pd.read_csv(paper.folder / entry.file, comment="#")
        for name, entry in paper.published.items()
    }


def final(runs: pd.DataFrame, metrics: Sequence[str] | None = None) -> pd.DataFrame:
    """Return each run's last value of each metric, one row a run, one column a metric.

    Args:
      runs: a tidy frame.
      metrics: which metrics; all by default.
    """
    chosen = runs if metrics is None else runs[runs["metric"].isin(list(metrics))]
    labels = [name for name in runs.columns if name not in ("step", "metric", "value")]
    last = chosen.sort_values("step", kind="stable").groupby([*labels, "metric"], sort=False)
    wide = last["value"].last().unstack("metric")
    return wide.reset_index().rename_axis(columns=None)


def aggregate(runs: pd.DataFrame, by: Sequence[str], value: str) -> pd.DataFrame:
    """Return n, mean and a seeded 95% bootstrap interval of `value` over the seeds of each group.

    Args:
      runs: one row a run, with a column `seed`.
      by: the columns that make a group.
      value: the column to average.

    Returns:
      Columns `by`, n, mean, low, high, values (every seed's value, in the order of the seeds).
    """
    rows = []
    for labels, group in runs.groupby(list(by), sort=False):
        group = group.sort_values("seed")
        interval = bootstrap_mean(group[value])
        rows.append(
            {
                **dict(zip(by, labels, strict=True)),
                "n": len(group),
                "mean": interval.value,
                "low": interval.low,
                "high": interval.high,
                "values": " ".join(f"{number:.6g}" for number in group[value]),
            }
        )
    return pd.DataFrame(rows)


def markdown(frame: pd.DataFrame) -> str:
    """Return a frame as a Markdown table for reading: four significant digits, `READABLE` rows."""

    def cell(value: object) -> str:
        if pd.api.types.is_scalar(value) and pd.isna(value):
            return "–"
        return f"{value:.4g}" if isinstance(value, float) else str(value)

    shown = frame.head(READABLE).itertuples(index=False)
    lines = [*table([*map(str, frame.columns)], ([*map(cell, row)] for row in shown))]
    if len(frame) > READABLE:
        lines += [
            "",
            f"The first {READABLE} of {len(frame)} rows; the CSV beside this has them all.",
        ]
    return "\n".join(lines) + "\n"
