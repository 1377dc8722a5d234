"""Building the report: read each paper's results, fill the page, write it whole."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
from pydantic import BaseModel

from saigen.changed import changed_notes
from saigen.errors import SaigenError, UsageError, did_you_mean
from saigen.files import write_text
from saigen.paper import Citation, Paper
from saigen.products import Passport, Provenance, read_passport
from saigen.report import figures, provenance, tables, verdicts
from saigen.report.tables import Costs
from saigen.report.text import Slugs, duration, said
from saigen.scales import SCALES

MEANING = {
    "smoke": "every rule and code path on small synthetic data; no number here means anything",
    "quick": "real data, reduced sizes and steps: minutes on a laptop, first impressions only",
    "standard": "the published protocol where hours on one machine allow it, reduced elsewhere",
    "paper": "the published protocol, whatever it costs",
}


@dataclass(frozen=True)
class PaperPage:
    """All that the page shows of one paper; `about` is its paper.yaml."""

    about: Paper
    anchor: str
    links: list[tuple[str, str]]
    rows: list[verdicts.Row]
    counts: list[tuple[verdicts.Badge, int]]
    figures: list[figures.FigureView]
    tables: list[tables.TableView]
    costs: Costs
    provenance: provenance.Provenance
    changed: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)


def build(results: Path, scale: str, papers: Sequence[Paper], target: Path) -> Path:
    """Write the report of one scale as a single self-contained HTML page.

    The page loads nothing and runs nothing; the same results give the same bytes. What is
    missing or damaged is told in the page where it would have stood.

    Args:
      results: the folder with `<paper>/` in it, or the one with `<scale>/<paper>/`.
      scale: smoke, quick, standard or paper.
      papers: in the order they are shown.
      target: the page, replaced atomically.

    Returns:
      `target`.

    Raises:
      UsageError: no such scale.
    """
    if scale not in SCALES:
        raise UsageError(f"no scale `{scale}`{did_you_mean(scale, SCALES)}")
    folder = Path(results) / scale if (Path(results) / scale).is_dir() else Path(results)
    slugs = Slugs()
    for taken in ("top", "summary", "papers"):
        slugs(taken)
    pages = [_paper(folder, scale, paper, slugs) for paper in papers]
    everything = [row for page in pages for row in page.rows]
    html = (
        _environment()
        .get_template("page.html.j2")
        .render(
            scale=scale,
            scales=SCALES,
            meaning=MEANING,
            papers=pages,
            counts=verdicts.counts(everything),
            claims=len(everything),
            runs=sum(page.costs.runs for page in pages),
            cpu=duration(sum(page.costs.cpu_seconds for page in pages)),
            style=_resource("style.css"),
        )
    )
    write_text(target, html)
    return Path(target)


def _paper(folder: Path, scale: str, paper: Paper, slugs: Slugs) -> PaperPage:
    home, shown = folder / paper.name, f"results/{scale}/{paper.name}"
    anchor = slugs("paper", paper.name)
    rows, no_claims = verdicts.read(home / "claims.csv", paper.name, slugs)
    record, no_record = _json(home / "provenance.json", Provenance)
    judged, _ = _json(home / "claims.json")
    problems = {"claims": no_claims, "provenance": no_record}
    captions = {name: (entry.caption, entry.where) for name, entry in paper.figures.items()}
    headings = {name: (entry.what, entry.where) for name, entry in paper.tables.items()}
    drawn, filled = _told(home / "figures", captions), _told(home / "tables", headings)
    if not (home / "figures").is_dir():
        problems["figures"] = f"{shown}/figures is not there: nothing was drawn at this scale."
    elif not drawn:
        problems["figures"] = "No figures."
    if not filled:
        problems["tables"] = "No tables."
    return PaperPage(
        about=paper,
        anchor=anchor,
        links=_links(paper.citation),
        rows=rows,
        counts=verdicts.counts(rows),
        figures=[
            figures.view(
                home / "figures",
                f"{shown}/figures",
                slugs("figure", paper.name, entry["name"]),
                entry,
                scale,
                home / "tables",
            )
            for entry in drawn
        ],
        tables=[
            tables.view(
                home / "tables" / f"{entry['name']}.csv",
                f"{shown}/tables/{entry['name']}.csv",
                slugs("table", paper.name, entry["name"]),
                entry,
                scale,
            )
            for entry in filled
        ],
        costs=tables.costs(home / "tables" / "costs.csv"),
        provenance=provenance.view(record, judged, paper.published),
        changed=changed_notes(judged.get("changed", {})),
        problems={part: told for part, told in problems.items() if told},
    )


def _links(citation: Citation) -> list[tuple[str, str]]:
    """Return (label, address) of the paper's pages: only http(s), never another scheme."""
    found = []
    if citation.arxiv:
        found.append((f"arXiv:{citation.arxiv}", f"https://arxiv.org/abs/{citation.arxiv}"))
    url = citation.url or ""
    if url.startswith(("https://", "http://")):
        found.append((url.split("//", 1)[1].split("/", 1)[0], url))
    return found


def _told(folder: Path, entries: dict[str, tuple[str, str | None]]) -> list[dict[str, Any]]:
    """Return what paper.yaml lists, in its order, each with the JSON beside the product.

    The JSON wins over paper.yaml: it says what was made, not what was meant to be. What else lies
    there is of another version of paper.yaml, and no word of this one.
    """
    told = []
    for name, (what, where) in entries.items():
        path = folder / f"{name}.json"
        found, wrong = _json(path)
        kept = {key: value for key, value in found.items() if value not in (None, "")}
        damage = wrong if path.is_file() else ""
        told.append({"what": what, "where": where or "", **kept, "name": name, "damage": damage})
    return told


def _json(path: Path, kind: type[BaseModel] = Passport) -> tuple[dict[str, Any], str]:
    if not path.is_file():
        return {}, f"{path.name} is not there."
    try:
        return read_passport(path, kind), ""
    except SaigenError as problem:
        return {}, said(problem, path.parent)


def _resource(name: str) -> str:
    return resources.files("saigen.report").joinpath(name).read_text(encoding="utf-8")


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(_resource),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
