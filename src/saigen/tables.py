"""Tables: a paper's `tables.py` holds one function a table, named as in paper.yaml.

A table function maps (runs, published) to a frame: `runs[experiment]` is tidy, with a row for
every run, step and metric; `published[name]` is a file of published numbers. The frame is written
as CSV for programs, Markdown for people, and a passport that says where it comes from.
"""

import importlib
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from saigen.changed import changed_notes, changed_settings
from saigen.errors import SaigenError
from saigen.files import sha256, write_json, write_text
from saigen.markdown import table
from saigen.paper import Paper
from saigen.products import read_csv, refuse_changed
from saigen.published import published, word_among_numbers
from saigen.records import (
    Record,
    data_notes,
    diverged,
    judge_notes,
    origin,
    precision_notes,
    refuse_mixed,
    tidy,
)
from saigen.stats import bootstrap_mean
from saigen.unfit import unfit

Frames = Mapping[str, pd.DataFrame]
#: Rows of a table that its Markdown shows.
READABLE = 200


def build_table(
    paper: Paper, name: str, scale: str, records: Sequence[Record], target: Path
) -> None:
    """Build one table of a paper and write `target` (.csv), with .md and .json beside it.

    Args:
      paper: the paper.
      name: the table, as paper.yaml names it.
      scale: of its runs.
      records: the runs of the experiments that the table reads.
      target: a path that ends in .csv.

    Raises:
      SaigenError: runs of one experiment were judged by different networks, or read different
        data under one name; or, where no setting was changed, the function asks for a column that
        is not there, or returns none. Of changed runs the table says then why it was not made.
    """
    refuse_mixed(records)
    entry = paper.tables[name]
    function = function_of(paper, "tables", name)
    runs, beside = tidy(paper, records), published(paper)
    changed = changed_settings(paper, scale, records)
    try:
        with asking(paper):
            frame = function(runs, beside)
        if frame.columns.empty:
            raise SaigenError(f"papers/{paper.name}/tables.py: `{name}` returned no columns")
    except Exception as problem:
        if not changed:
            raise
        frame = pd.DataFrame({"not made": [unfit(problem)]})
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
        "changed": changed,
        "notes": [
            *changed_notes(changed),
            *entry.notes,
            *data_notes(records),
            *judge_notes(records),
            *precision_notes(records),
        ],
        "scale": scale,
        "digest": sha256(target),
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


@contextmanager
def asking(paper: Paper) -> Iterator[None]:
    """Say in one line where a paper's code stumbles over what it reads.

    Tables are looked at as they are read, so that the fault is in the code or in published numbers:
    a column that is not there, or a word among numbers. Other faults are the code's own, and raised
    as they are.

    Raises:
      SaigenError: it does.
    """
    try:
        yield
    except (KeyError, TypeError, ValueError) as problem:
        places = traceback.extract_tb(problem.__traceback__)
        ours = [place for place in places if Path(place.filename).is_relative_to(paper.folder)]
        if isinstance(problem, KeyError):
            files = ", ".join(entry.file for entry in paper.published.values())
            told = f"asks for a column that is not there: {problem}"
            told += f"; the published numbers are in {files}" if files else ""
        else:
            word = word_among_numbers(paper)
            told = word and f"fails ({problem}); {word}"
        if not (ours and told):
            raise
        raise SaigenError(f"{ours[-1].filename}, line {ours[-1].lineno}: {told}") from problem


def read_table(path: Path) -> pd.DataFrame:
    """Read a table that the pipeline wrote.

    Raises:
      SaigenError: it, or its passport, is damaged, or it was changed since it was written.
    """
    frame = read_csv(path)
    refuse_changed(path)
    return frame


def images_of(runs: pd.DataFrame) -> str:
    """Return the names of the datasets that an experiment's runs read."""
    return ", ".join(runs.attrs.get("datasets", ()))


def final(runs: pd.DataFrame, metrics: Sequence[str] | None = None) -> pd.DataFrame:
    """Return what each run ended with: one row for every run, one column a metric.

    Runs come in the order in which the frame has them.

    A value is NaN where the run diverged, where its last value is not a number, or where that
    value lies before the run's own last step: what was measured along the way is not an end.

    Args:
      runs: a tidy frame; what is not `step`, `metric` or `value` tells its runs apart.
      metrics: which metrics; all by default. Those named have a column even if no run has them.
    """
    labels, run = _told_apart(runs)
    rows = runs.assign(run=run)
    everyone = rows.drop_duplicates("run").set_index("run")[labels].sort_index()
    rows = rows.sort_values("step", kind="stable")
    last = rows.drop_duplicates(["run", "metric"], keep="last")
    ended = last["step"] == last["run"].map(rows.groupby("run")["step"].max())
    if "status" in labels:
        ended &= last["status"] != "diverged"
    wide = last.assign(value=last["value"].where(ended)).pivot(
        index="run", columns="metric", values="value"
    )
    wide = wide.reindex(columns=rows["metric"].unique() if metrics is None else list(metrics))
    return everyone.join(wide).reset_index(drop=True)


def final_by_label(runs: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return `final` of the metrics called `what/label/…`: a row a run and label.

    A run that has none of them, because it diverged before, has a row without numbers at each
    label that other runs have.

    Args:
      runs: a tidy frame; metrics with fewer labels are left aside.
      names: the columns of the labels, in their order; labels that are all numbers become such.

    Returns:
      The labels of runs, `names`, and one column a `what`.
    """
    parts = runs["metric"].str.split("/", n=len(names), expand=True)
    parts = parts.reindex(columns=range(len(names) + 1))
    keys, run = _told_apart(runs)
    ended = runs["step"] == runs.groupby(run)["step"].transform("max")
    kept = parts[len(names)].notna()
    measured = runs.assign(metric=parts[0], value=runs["value"].where(ended))[kept]
    for place, name in enumerate(names, start=1):
        labels = parts.loc[kept, place]
        numbers = pd.to_numeric(labels, errors="coerce")
        measured[name] = numbers if numbers.notna().all() else labels
    silent = runs.loc[~run.isin(run[kept]), [*keys, "step"]].drop_duplicates(keys)
    if len(silent):
        everywhere = measured[["metric", *names]].drop_duplicates()
        measured = pd.concat([measured, silent.merge(everywhere, how="cross")])
    return final(measured)


def _told_apart(runs: pd.DataFrame) -> tuple[list[str], pd.Series]:
    """Return the columns that tell a tidy frame's runs apart, and each row's run by number."""
    labels = [name for name in runs.columns if name not in ("step", "metric", "value")]
    # Without dropna=False a run with an empty setting would belong to no group.
    return labels, runs.groupby(labels, sort=False, dropna=False).ngroup()


def aggregate(runs: pd.DataFrame, by: Sequence[str], value: str) -> pd.DataFrame:
    """Return n, mean and a seeded 95% bootstrap interval of `value` over the seeds of each group.

    A group with a diverged run has no mean and no interval, and that run counts in n: the mean of
    those that came through would be of the lucky ones.

    Args:
      runs: one row a run, with a column `seed`, and `status` where runs may have diverged.
      by: the columns that make a group.
      value: the column to average.

    Returns:
      Columns `by`, n, mean, low, high, values (every seed's value, in the order of the seeds; nan
      is a run without one).
    """
    rows = []
    for labels, group in runs.groupby(list(by), sort=False, dropna=False):
        group = group.sort_values("seed")
        values = group[value]
        if "status" in group:
            values = values.mask(group["status"] == "diverged")
        interval = bootstrap_mean(values)
        rows.append(
            {
                **dict(zip(by, labels, strict=True)),
                "n": len(group),
                "mean": interval.value,
                "low": interval.low,
                "high": interval.high,
                "values": " ".join(f"{number:.6g}" for number in values),
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
