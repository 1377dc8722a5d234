"""PAPER.md: a paper's page, generated from paper.yaml, its claims, and its code's docstrings.

Departures stand in two places, each where it is read: the larger ones in paper.yaml, and a
`Departure:` paragraph in the docstring of the code that departs. The page gathers both, and a test
holds it in step.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from saigen.claims import claims_in
from saigen.config import Config, load_config
from saigen.experiment import Value
from saigen.grid import experiment_runs
from saigen.markdown import table
from saigen.paper import Paper
from saigen.scales import SCALES

_DEPARTURE = re.compile(r"Departure:\s*(.+?)(?=\n\s*\n|\n\s*[A-Z][\w ]*:\s|\Z)", re.DOTALL)


def departures_in_code(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (place, text) of every `Departure:` in the docstrings of a paper's code."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                continue
            for text in _DEPARTURE.findall(ast.get_docstring(node) or ""):
                name = "" if isinstance(node, ast.Module) else f", `{node.name}`"
                yield f"`{path.relative_to(folder)}`{name}", " ".join(text.split())


def paper_page(paper: Paper) -> str:
    """Return the text of PAPER.md."""
    cited = paper.citation
    link = f", arXiv:{cited.arxiv}" if cited.arxiv else ""
    lines = [
        "<!-- Written by `saigen page`; edit paper.yaml, claims and docstrings instead. -->",
        f"# {paper.title}",
        "",
        f"{', '.join(cited.authors)}; {cited.venue}{link}.",
        "",
        _flat(paper.what),
        "",
        f"    snakemake --cores all --config scale=standard papers={paper.name}",
        "",
        "## Claims and their tests",
        "",
        *_table(
            ["id", "claim", "where", "test", "needs"],
            [
                [c.id, c.says, c.where, c.test.__doc__ or "", c.needs]
                for c in claims_in(paper.module("claims"), paper.tables)
            ],
        ),
        "",
        "## Experiments",
        "",
        "Beside each: what the scales change, and how many runs that makes.",
    ]
    configs = {scale: load_config({"scale": scale}) for scale in SCALES}
    for name in paper.experiments:
        lines += ["", *_experiment(paper, name, configs)]
    tables = [[f"`{n}`", entry.where or "", entry.what] for n, entry in paper.tables.items()]
    figures = [[f"`{n}`", entry.where or "", entry.caption] for n, entry in paper.figures.items()]
    for title, rows in (("Tables", tables), ("Figures", figures)):
        lines += ["", f"## {title}", "", *_table(["name", "in the paper", "what"], rows)]
    if paper.published:
        lines += ["", "## Published numbers", ""]
        lines += [f"- `{p.file}`: {p.where}, {p.exactness}" for p in paper.published.values()]
    lines += ["", "## Departures", ""]
    departures = [
        [d.what, d.paper or "", d.official or "", d.ours, d.why] for d in paper.departures
    ]
    lines += _table(["what", "paper", "official code", "here", "why"], departures)
    told = [f"- {place}: {text}" for place, text in departures_in_code(paper.folder)]
    if told:
        lines += ["", "In the code, where it departs:", "", *told]
    return "\n".join(lines) + "\n"


def _experiment(paper: Paper, name: str, configs: Mapping[str, Config]) -> list[str]:
    """Return the section of one experiment: what it is, its sizes by scale, its cases."""
    entry = paper.experiments[name]
    changed = {key for scale in entry.scales.values() for key in scale} | set(entry.factors)
    changed.discard("runs_per_job")  # it says nothing of what is run
    rows = []
    for key in (key for key in entry.settings if key in changed):
        values = [entry.scales.get(scale, {}).get(key, entry.settings[key]) for scale in SCALES]
        told = ["", *map(_value, values)]
        rows.append([f"`{key}`", *("″" if a == b else b for a, b in pairwise(told))])
    runs = [len(experiment_runs(paper, name, config)) for config in configs.values()]
    rows.append(["runs", *map(str, runs)])
    lines = [f"### `{name}`", "", _flat(entry.what), "", *_table(["", *SCALES], rows)]
    if entry.variants:
        listed = [f"`{n}` ({_changes(changes)})" for n, changes in entry.variants.items()]
        lines += ["", f"Variants: {', '.join(listed)}."]
    cases = [
        f"- where {_changes(case.when)}{f', at {case.scale}' if case.scale else ''}: "
        f"{_changes(case.set)}" + (f"; {_flat(case.why)}" if case.why else "")
        for case in entry.cases
    ]
    return [*lines, "", *cases] if cases else lines


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a Markdown table, without columns that are empty throughout."""
    kept = [i for i, name in enumerate(columns) if not name or any(row[i] for row in rows)]
    head, *cells = ([row[i] for i in kept] for row in (columns, *rows))
    return [_flat(line) for line in table(head, cells)]


def _flat(text: str) -> str:
    """Return a text on one line: paper.yaml and docstrings are wrapped."""
    return " ".join(text.split())


def _changes(changes: Mapping[str, Value]) -> str:
    return ", ".join(f"{key} {_value(value)}" for key, value in changes.items()) or "as it is"


def _value(value: Value) -> str:
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    return "–" if value == "" else str(value)
