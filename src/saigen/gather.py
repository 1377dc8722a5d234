"""What a paper's runs cost and where they come from: tables/costs.csv and provenance.json."""

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from saigen.files import write_json, write_text
from saigen.records import Record

COSTS = ("experiment", "runs", "steps", "cpu_seconds", "wall_seconds", "startup_cpu_seconds")


def write_costs(records: Sequence[Record], target: Path) -> None:
    """Write what each experiment cost, and the share that start-up took of it.

    Start-up is importing TensorFlow, building, tracing and compiling: CPU time before a run's
    first call returned, the first call included.

    Args:
      records: the paper's runs.
      target: results/<scale>/<paper>/tables/costs.csv.
    """
    rows = [{name: record.facts.get(name, 1) for name in COSTS} for record in records]
    frame = pd.DataFrame(rows, columns=list(COSTS)).assign(runs=1)
    by_experiment = frame.groupby("experiment", sort=False).sum().reset_index()
    total = by_experiment.drop(columns="experiment").sum().to_frame().T.assign(experiment="all")
    costs = pd.concat([by_experiment, total[list(by_experiment.columns)]], ignore_index=True)
    costs = costs.astype({"runs": int, "steps": int})
    costs["startup_share"] = costs["startup_cpu_seconds"] / costs["cpu_seconds"]
    write_text(target, costs.round(4).to_csv(index=False, lineterminator="\n"))


def write_provenance(records: Sequence[Record], target: Path) -> None:
    """Write the data, stamps, commits and code that a paper's runs come from."""
    datasets: dict[str, dict] = {}
    stamps: list[dict] = []
    commits: set[str] = set()
    code: dict[str, str] = {}
    for record in records:
        facts = record.facts
        for name, digest in facts["datasets"].items():
            datasets[name] = {"digest": digest, "facts": public(facts.get("data_facts", {}))}
        stamps += [stamp for stamp in facts["stamps"] if stamp not in stamps]
        commits |= {facts["commit"]} - {None}
        code[facts["experiment"]] = facts["code"]
    content = {"datasets": datasets, "stamps": stamps, "commits": sorted(commits), "code": code}
    write_json(target, content)


def public(data_facts: dict) -> dict:
    """Return a dataset's facts without this machine's folders: provenance is made to be shared."""
    sources = str(data_facts.get("source", "")).split(", ")
    # What a path begins with, up to its last part; in `https://…` no part begins with a slash.
    shown = [re.sub(r"(?<![:/\w])/.*/", "…/", source) for source in sources]
    return data_facts | {"source": ", ".join(shown)}
