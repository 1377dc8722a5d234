"""Runs of a paper as a training would have left them, to be kept and restored."""

import json

import numpy as np

from saigen.claims import COLUMNS
from saigen.config import load_config
from saigen.files import sha256, write_json, write_text
from saigen.fingerprint import code_of
from saigen.grid import experiment_runs
from saigen.kept import ARCHIVE
from saigen.paper import load_paper

PAPER = "gumbel_softmax"
CONFIG = load_config({"scale": "quick", "papers": [PAPER]})
LOADED = load_paper(PAPER)
#: What tables want of run.json beside what a test is about.
ENDED = {
    "status": "finished",
    "steps": 1,
    "params": {},
    "stamps": [],
    "commit": None,
} | dict.fromkeys(("cpu_seconds", "wall_seconds", "startup_cpu_seconds"), 1.0)


def runs_of(experiment, count=2, config=CONFIG):
    return experiment_runs(LOADED, experiment, config)[:count]


def publish(results, run, **changes):
    place = run.folder(results)
    facts = {"paper": run.paper, "experiment": run.experiment, "variant": run.variant}
    facts |= {"seed": run.seed, "scale": run.scale, "identity": run.identity, **ENDED}
    facts |= {"code": code_of(run.trainer), "datasets": {}}
    facts |= {"data_facts": {"source": "mirror /home/me/x"}}
    write_text(place / "metrics.csv", "step,metric,value,wall_seconds\n1,loss,0.1,2.0\n")
    np.savez_compressed(place / "samples.npz", images=np.arange(9))
    write_json(place / "run.json", facts | changes)


def published(tmp_path):
    """Return (results with four runs that stand, folder of what is kept, results with none)."""
    results, kept, other = (tmp_path / name for name in ("results", "kept", "other"))
    for experiment in ("structured_prediction", "distribution"):
        for run in runs_of(experiment):
            publish(results, run)
    return results, kept, other


def products(results):
    """Make all products of a paper that has run, and return their paths in its folder."""
    folder, made = results / "quick" / PAPER, []

    def make(path, content):
        write_text(folder / path, content)
        made.append(path)

    for table in LOADED.tables:
        for suffix, content in (("csv", "cell,mean\na,1\n"), ("md", "| a |"), ("json", "{}")):
            make(f"tables/{table}.{suffix}", content)
    make("tables/costs.csv", "experiment,runs\nall,4\n")
    for figure, entry in LOADED.figures.items():
        make(f"figures/{figure}.svg", "<svg/>")
        make(f"figures/{figure}.png", "PNG")
        drawn = {table: sha256(folder / "tables" / f"{table}.csv") for table in entry.tables}
        make(f"figures/{figure}.json", json.dumps({"tables": drawn}))
    make("provenance.json", "{}")
    make("claims.csv", ",".join(COLUMNS) + "\n")
    make("claims.json", "{}")
    return made


def archive(kept):
    return kept / "quick" / PAPER / ARCHIVE


def told(call, *given, config=CONFIG):
    lines = []
    call(config, *given, lines.append)
    return "\n".join(lines)
