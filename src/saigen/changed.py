"""Settings that a user changed: runs held against those that paper.yaml asks for at their scale.

A verdict is of the runs there are. Where `overrides` or `seeds` made others of them, whoever reads
it, a table or a figure must know. It is seen from the runs themselves: they may have been kept, and
put back elsewhere.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from saigen.config import Config
from saigen.grid import experiment_runs
from saigen.paper import Paper
from saigen.records import Record

#: Of more values than these their number is told.
_FEW = 8

#: A run as it is compared: its variant, and its settings as text.
_Run = tuple[str, Mapping[str, str]]


def changed_settings(paper: Paper, scale: str, records: Sequence[Record]) -> dict[str, str]:
    """Return what was changed, by experiment: only those that are not as paper.yaml has them.

    Args:
      paper: whose runs they are.
      scale: their scale.
      records: runs of any of its experiments, of each all that there are.

    Returns:
      Such as {"lab": "steps 780 (78000), seeds 1 (3)"}: in brackets what the scale has.
    """
    own = Config.model_validate({"scale": scale})
    found = {}
    for name in dict.fromkeys(record.facts["experiment"] for record in records):
        here = [record.facts for record in records if record.facts["experiment"] == name]
        there = experiment_runs(paper, name, own)
        ours = [(f["variant"], _settings(f["params"], f["datasets"])) for f in here]
        theirs = [(run.variant, _settings(run.params, [run.dataset or ""])) for run in there]
        told = _changes(["dataset", *paper.experiments[name].factors], ours, theirs)
        seeds, wanted = len({f["seed"] for f in here}), len({run.seed for run in there})
        if seeds != wanted:
            told.append(f"seeds {seeds} ({wanted})")
        if told:
            found[name] = ", ".join(told)
    return found


def changed_notes(changed: Mapping[str, str]) -> list[str]:
    """Return what a reader must know of changed settings: a line an experiment."""
    return [
        f"Changed settings of {name}, in brackets the scale's own: {told}"
        for name, told in changed.items()
    ]


def _changes(factors: Sequence[str], ours: Sequence[_Run], theirs: Sequence[_Run]) -> list[str]:
    """Return each setting that differs, with its values.

    Of a factor the levels are compared, since others may have been chosen; of what else there is
    the values variant by variant, and those of a variant that the scale has not with any.
    """
    here, there = _values(ours), _values(theirs)
    changed = {key for key in factors if set(here[key]) != set(there[key])}
    own = dict(theirs)
    for variant, settings in ours:
        for key in settings.keys() - {*factors}:
            values = [own[variant].get(key)] if variant in own else there.get(key, [])
            if settings[key] not in values:
                changed.add(key)
    return [
        f"{key} {_said(here[key])} ({_said(there.get(key, []))})" for key in here if key in changed
    ]


def _settings(params: Mapping[str, Any], datasets: Iterable[str]) -> dict[str, str]:
    texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in params.items()}
    return {"dataset": " and ".join(sorted(datasets)), **texts}


def _values(runs: Sequence[_Run]) -> dict[str, list[str]]:
    """Return the values of each setting, each once, in the order of the runs."""
    found: dict[str, dict[str, None]] = {}
    for _, settings in runs:
        for key, value in settings.items():
            found.setdefault(key, {})[value] = None
    return {key: list(values) for key, values in found.items()}


def _said(values: Sequence[str]) -> str:
    if len(values) > _FEW:
        return f"{len(values)} values"
    return ", ".join(value or "none" for value in values)
