"""Published runs, read back as tidy tables: job records say what to read, nothing is guessed."""

import zipfile
import zlib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from saigen.engine.run_folder import COLUMNS
from saigen.errors import SaigenError
from saigen.paper import Paper
from saigen.products import damaged, read_mapping
from saigen.run_facts import refuse_facts

#: What the libraries raise on a damaged npz; RuntimeError where one flipped bit says that a member
#: is locked, or packed otherwise.
_UNREADABLE = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True)
class Record:
    """One published run.

    Attributes:
      folder: where it lies.
      facts: its run.json.
    """

    folder: Path
    facts: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.facts['experiment']}/{self.facts['variant']}/seed{self.facts['seed']}"

    def metrics(self) -> pd.DataFrame:
        """Return metrics.csv: step, metric, value, wall_seconds.

        Raises:
          SaigenError: it is missing or damaged.
        """
        try:
            found = pd.read_csv(self.folder / "metrics.csv")
            if tuple(found.columns) != COLUMNS or found.empty:
                raise ValueError(f"no rows under {','.join(COLUMNS)}")
            # Every call is logged at its last step, that of a run which diverges too.
            last, steps = found["step"].iloc[-1], self.facts["steps"]
            if last != steps or found["wall_seconds"].isna().any():
                raise ValueError(f"it is cut at step {last} of {steps}")
        except (OSError, ValueError) as problem:
            raise self._damaged("metrics.csv", problem) from None
        return found

    def samples(self) -> dict[str, np.ndarray]:
        """Return samples.npz, empty where the run left none.

        Raises:
          SaigenError: it is damaged.
        """
        path = self.folder / "samples.npz"
        if not path.is_file():
            return {}
        try:
            with np.load(path, allow_pickle=False) as content:
                return {name: content[name] for name in content.files}
        except _UNREADABLE as problem:
            raise self._damaged("samples.npz", problem) from None

    def _damaged(self, file: str, problem: Exception) -> SaigenError:
        mend = f"delete {self.folder} and its job's record, and run again"
        return damaged(self.folder / file, problem, mend)


def origin(records: Iterable[Record]) -> dict[str, Any]:
    """Return what is behind some runs: seeds by experiment, digests of data, precisions."""
    seeds: dict[str, set[int]] = {}
    datasets: dict[str, str] = {}
    precisions: set[str] = set()
    for record in records:
        seeds.setdefault(record.facts["experiment"], set()).add(record.facts["seed"])
        datasets |= record.facts["datasets"]
        precisions |= {stamp.get("precision", "float32") for stamp in record.facts["stamps"]}
    return {
        "seeds": {name: sorted(found) for name, found in seeds.items()},
        "datasets": datasets,
        "precision": sorted(precisions),
    }


def read_records(
    job_records: Iterable[Path], experiments: Container[str] | None = None
) -> list[Record]:
    """Return the runs that job records name.

    Args:
      job_records: paths results/<scale>/<paper>/<experiment>/jobs/<job>.json.
      experiments: whose runs to return, where a job trained several; all by default.

    Raises:
      SaigenError: a job record or a run is missing or damaged; the message says what to do.
    """
    found = []
    for path in job_records:
        try:
            paper_folder = path.parents[2]
            runs = [str(entry["run"]) for entry in read_mapping(path)["runs"]]
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            raise SaigenError(f"{path}: missing or damaged; delete it and run again") from None
        for run in runs:
            if experiments is not None and run.partition("/")[0] not in experiments:
                continue
            folder = paper_folder / run
            try:
                facts = read_mapping(folder / "run.json")
            except (OSError, ValueError):
                raise SaigenError(
                    f"{folder}: the run is missing or damaged; delete {path} and run again: "
                    "runs that still stand are not trained again"
                ) from None
            refuse_facts(facts, folder, path)
            found.append(Record(folder, facts))
    return found


def tidy(paper: Paper, records: Sequence[Record]) -> dict[str, pd.DataFrame]:
    """Return one tidy frame an experiment: settings, variant, seed, status, step, metric, value.

    Args:
      paper: the paper that the runs belong to; settings are those that tell its variants apart.
      records: runs of any of its experiments.

    Returns:
      Frames, each with `attrs`: `datasets`, the names of what its runs read, and `judges`, those of
      the networks they were judged by.
    """
    frames: dict[str, list[pd.DataFrame]] = {}
    told: dict[str, dict[str, set[str]]] = {}
    for record in records:
        facts = record.facts
        frame = record.metrics().drop(columns="wall_seconds")
        # Where a run diverged, its last step may stand twice: as it was logged, and as it ended.
        frame = frame.drop_duplicates(["step", "metric"], keep="last", ignore_index=True)
        experiment = paper.experiments[facts["experiment"]]
        varied = dict.fromkeys([*experiment.factors, *chain(*experiment.variants.values())])
        factors = {name: _cell(facts["params"].get(name)) for name in varied}
        labels = {**factors, **{name: facts[name] for name in ("variant", "seed", "status")}}
        for place, (name, value) in enumerate(labels.items()):
            frame.insert(place, name, value)
        frames.setdefault(facts["experiment"], []).append(frame)
        about = told.setdefault(facts["experiment"], {"judges": set(), "datasets": set()})
        about["judges"].update(facts.get("judges", {}))
        about["datasets"].update(facts["datasets"])
    whole = {name: pd.concat(parts, ignore_index=True) for name, parts in frames.items()}
    for name, frame in whole.items():
        frame.attrs.update({key: sorted(found) for key, found in told[name].items()})
    return whole


def _cell(value: Any) -> Any:
    """Return a setting as one cell of a table: a list or a mapping as its text."""
    return str(value) if isinstance(value, list | dict) else value


def diverged(records: Sequence[Record]) -> list[str]:
    """Return the names of the runs that diverged, with the step."""
    return [
        f"{record.name} at step {record.facts['steps']}"
        for record in records
        if record.facts["status"] == "diverged"
    ]


def precision_notes(records: Sequence[Record]) -> list[str]:
    """Return what a reader must know of the arithmetic: nothing where all of it was float32."""
    reduced = [name for name in origin(records)["precision"] if name != "float32"]
    return [f"Precision: {name} in products" for name in reduced]


def judge_notes(records: Sequence[Record]) -> list[str]:
    """Return by which Inception graph runs were judged; a classifier stands in the data's note."""
    digests = {record.facts.get("judges", {}).get("Inception") for record in records} - {None}
    return [
        f"Judged by Inception, the frozen graph of 2015-12-05 (digest {digest}), but for what is "
        "named as the classifier's"
        for digest in sorted(digests)
    ]


def refuse_mixed(records: Sequence[Record]) -> None:
    """Refuse runs of one experiment on one dataset whose numbers are not comparable.

    Raises:
      SaigenError: they were judged by different networks, or read different content under the
        same name.
    """
    first: dict[tuple[str, str], tuple[Record, dict[str, str]]] = {}
    for record in records:
        if "judges" not in record.facts:  # published before records told
            continue
        for name, digest in record.facts["datasets"].items():
            protocol = {name: digest, **record.facts["judges"]}
            key = record.facts["experiment"], name
            other, expected = first.setdefault(key, (record, protocol))
            if protocol != expected:
                raise SaigenError(
                    f"{other.folder} and {record.folder} are not comparable: {_said(expected)} "
                    f"against {_said(protocol)}; delete the older one and run again"
                )


def _said(protocol: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {digest[:8]}" for name, digest in protocol.items())


def data_notes(records: Sequence[Record]) -> list[str]:
    """Return what a reader must know of the data: which set, and whatever is special about it."""
    notes = {}
    for record in records:
        for name in record.facts["datasets"]:
            facts = record.facts.get("data_facts", {})
            parts = [facts.get("what"), facts.get("note")]
            notes[name] = "; ".join(part for part in parts if part)
    return [f"Data: {name}: {text}" if text else f"Data: {name}" for name, text in notes.items()]
