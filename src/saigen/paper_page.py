"""PAPER.md: a paper's page, generated from paper.yaml, its claims, and its code's docstrings.

Departures stand in two places, each where it is read: the larger ones in paper.yaml, and a
`Departure:` paragraph in the docstring of the code that departs. The page gathers both, and a test
holds it in step.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

from saigen.claims import Claim, claims_of
from saigen.paper import Paper
from saigen.scales import SCALES

_DEPARTURE = re.compile(r"Departure:\s*(.+?)(?=\n\s*\n|\n\s*[A-Z][\w ]*:\s|\Z)", re.DOTALL)


def claims_in(paper: Paper) -> list[Claim]:
    """Return a paper's claims: its module's list CLAIMS, or those the module defines."""
    module = importlib.import_module(paper.module("claims"))
    return claims_of(getattr(module, "CLAIMS", module))


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
        " ".join(paper.what.split()),
        "",
        f"    snakemake --cores all --config scale=standard papers={paper.name}",
        "",
        "## Experiments",
        "",
        "| experiment | what | seeds | " + " | ".join(SCALES) + " |",
        "|" + "---|" * (3 + len(SCALES)),
    ]
    for name, entry in paper.experiments.items():
        sizes = [_changes(entry.scales.get(scale, {})) for scale in SCALES]
        row = [f"`{name}`", " ".join(entry.what.split()), str(entry.seeds), *sizes]
        lines.append("| " + " | ".join(row) + " |")
    lines += ["", "## Claims and their tests", "", "| id | claim | where | test | needs |"]
    lines.append("|---|---|---|---|---|")
    for each in claims_in(paper):
        test = " ".join((each.test.__doc__ or "").split())
        lines.append(f"| {each.id} | {each.says} | {each.where} | {test} | {each.needs} |")
    lines += ["", "## Published numbers", ""]
    lines += [f"- `{p.file}`: {p.where}, {p.exactness}" for p in paper.published.values()]
    lines += ["", "## Departures", "", "| what | paper | official code | here | why |"]
    lines.append("|---|---|---|---|---|")
    for d in paper.departures:
        row = [d.what, d.paper or "", d.official or "", d.ours, d.why]
        lines.append("| " + " | ".join(" ".join(cell.split()) for cell in row) + " |")
    told = [f"- {place}: {text}" for place, text in departures_in_code(paper.folder)]
    if told:
        lines += ["", "In the code, where it departs:", "", *told]
    return "\n".join(lines) + "\n"


def _changes(changes: dict) -> str:
    return ", ".join(f"{key} {value}" for key, value in changes.items()) or "as published"
