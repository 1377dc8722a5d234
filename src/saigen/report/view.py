"""What a caller tells the report about a paper; the rest is read from the results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from saigen.paper import Paper


@dataclass(frozen=True)
class Departure:
    """A place where the paper, its official code and this project do not do the same."""

    what: str
    paper: str = ""
    ours: str = ""
    why: str = ""
    official: str = ""


@dataclass(frozen=True)
class PaperView:
    """A paper as its paper.yaml describes it.

    Attributes:
      name: the folder under results/<scale>/, such as `gumbel_softmax`.
      title: of the paper.
      citation: any of `authors` (list or text), `venue`, `arxiv` (identifier), `url`.
      what: one or two sentences: what the paper does, for somebody who has not read it.
      experiments: what each is about, by name.
      figures, tables: those to show, in order: a name, or a mapping with `name` and optionally
        `what` and `where` (figure or table of the paper). What else the results hold follows.
      departures: `Departure`s, or mappings with the same keys.
      published: where published numbers come from: `{name: {where, exactness, ...}}`.
    """

    name: str
    title: str
    citation: Mapping[str, Any] = field(default_factory=dict)
    what: str = ""
    experiments: Mapping[str, str] = field(default_factory=dict)
    figures: Sequence[str | Mapping[str, Any]] = ()
    tables: Sequence[str | Mapping[str, Any]] = ()
    departures: Sequence[Departure | Mapping[str, str]] = ()
    published: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def view_of(paper: Paper) -> PaperView:
    """Return what the report is told of a paper, in the words of its paper.yaml."""
    return PaperView(
        name=paper.name,
        title=paper.title,
        citation=paper.citation.model_dump(exclude_none=True),
        what=paper.what,
        experiments={name: entry.what for name, entry in paper.experiments.items()},
        figures=[
            {"name": name, "what": entry.caption, "where": entry.where or ""}
            for name, entry in paper.figures.items()
        ],
        tables=[
            {"name": name, "what": entry.what, "where": entry.where or ""}
            for name, entry in paper.tables.items()
        ],
        departures=[entry.model_dump(exclude_none=True) for entry in paper.departures],
        published={name: entry.model_dump() for name, entry in paper.published.items()},
    )


def listed(entries: Sequence[str | Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the entries of a list of figures or tables by name, each as a mapping."""
    mappings = [{"name": e} if isinstance(e, str) else dict(e) for e in entries]
    return {entry["name"]: entry for entry in mappings}


def departures(view: PaperView) -> list[Departure]:
    """Return the departures of a paper as `Departure`s; keys that it has not are ignored."""
    known = Departure.__dataclass_fields__
    return [
        d
        if isinstance(d, Departure)
        else Departure(**{key: str(text) for key, text in d.items() if key in known})
        for d in view.departures
    ]


def authors(citation: Mapping[str, Any]) -> str:
    """Write the authors of a citation in one line."""
    names = citation.get("authors", "")
    return names if isinstance(names, str) else ", ".join(map(str, names))


def links(citation: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (label, address) of the paper's pages: only http(s), never another scheme."""
    found = []
    if citation.get("arxiv"):
        identifier = str(citation["arxiv"])
        found.append((f"arXiv:{identifier}", f"https://arxiv.org/abs/{identifier}"))
    url = str(citation.get("url") or "")
    if url.startswith(("https://", "http://")):
        found.append((url.split("//", 1)[1].split("/", 1)[0], url))
    return found
