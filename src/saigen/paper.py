"""paper.yaml: what a reader needs to know about a paper, validated on load.

The file names the experiments (factors, fixed parameters, dataset, seeds), what each scale
changes, the figures and tables with their place in the paper, the published numbers, and the
departures. This module holds its shape; `grid` turns it into runs.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError, model_validator

from saigen.errors import SaigenError, UsageError, did_you_mean
from saigen.experiment import Experiment, Name, Scalar, Strict
from saigen.files import parse_yaml
from saigen.fingerprint import file_of
from saigen.scales import SCALES
from saigen.trainers import fault_of
from saigen.twice import key_given_twice
from saigen.validation import explain

PAPERS = Path(__file__).parent / "papers"

#: Each paper is a target of Snakemake and a folder of results/<scale>: names that rules or folders
#: have already. A test compares them with the rules.
RESERVED = frozenset(SCALES) | {
    *("all", "claims", "data", "dataset", "figure", "figures", "gather", "judge", "report"),
    *("replication_report", "table", "tables", "train", "train_all"),
    *("benchmarks", "logs"),
}


class Citation(Strict):
    authors: list[str]
    venue: str
    arxiv: str | None = None
    url: str | None = None


class Published(Strict):
    """A file of published numbers, where they stand in the paper, and how exact they are."""

    file: str
    where: str
    exactness: str


class Table(Strict):
    what: str
    experiments: list[Name]
    where: str | None = None
    notes: list[str] = []


class Figure(Strict):
    caption: str
    tables: list[Name] = []
    #: Experiments whose `samples.npz` the figure shows.
    samples: list[Name] = []
    where: str | None = None


class Departure(Strict):
    """Where the paper, its official code and this replication differ."""

    what: str
    ours: str
    why: str
    paper: str | None = None
    official: str | None = None


class Paper(Strict):
    """The whole of paper.yaml."""

    name: str
    title: str
    what: str
    citation: Citation
    experiments: dict[Name, Experiment]
    tables: dict[Name, Table] = {}
    figures: dict[Name, Figure] = {}
    published: dict[Name, Published] = {}
    departures: list[Departure] = []

    @model_validator(mode="after")
    def _names_agree(self) -> "Paper":
        if "costs" in self.tables:
            raise ValueError("`tables.costs`: another name is wanted; every paper has that one")
        for kind, products in (("tables", self.tables), ("figures", self.figures)):
            for name, product in products.items():
                for used, known in (
                    (getattr(product, "experiments", []), self.experiments),
                    (getattr(product, "samples", []), self.experiments),
                    (getattr(product, "tables", []), self.tables),
                ):
                    for word in used:
                        if word not in known:
                            hint = did_you_mean(word, known)
                            raise ValueError(f"`{kind}.{name}` names `{word}`{hint}")
        return self

    @model_validator(mode="after")
    def _joins_agree(self) -> "Paper":
        for name, experiment in self.experiments.items():
            for scale, host in experiment.joins.items():
                spot = f"experiments.{name}.joins.{scale}: {host}"
                if host not in self.experiments:
                    hint = did_you_mean(host, self.experiments)
                    raise ValueError(f"`{spot}`: not an experiment{hint}")
                if scale in self.experiments[host].joins or host == name:
                    raise ValueError(f"`{spot}`: an experiment that joins none is wanted")
                if experiment.timing or self.experiments[host].timing:
                    raise ValueError(f"`{spot}`: a timing experiment trains alone")
        return self

    def together(self, name: str, scale: str) -> list[str]:
        """Return the experiments that one process trains with `name` at a scale, it included.

        The first is the one that the others join.
        """
        host = self.experiments[name].joins.get(scale, name)  # pyright: ignore[reportArgumentType]
        guests = [other for other, e in self.experiments.items() if e.joins.get(scale) == host]
        return [host, *guests]

    def values_of(self, key: str) -> list[Scalar]:
        """Return every value that a factor or parameter has in some experiment, lists by item."""
        having = [e for e in self.experiments.values() if key in {*e.params, *e.factors}]
        told = [settings[key] for e in having for settings in e.stated if key in settings]
        return [item for value in told for item in (value if isinstance(value, list) else [value])]

    @property
    def folder(self) -> Path:
        return PAPERS / self.name

    def module(self, part: str) -> str:
        """Return the dotted name of one of the paper's modules: `figures`, `tables`, `claims`."""
        return f"saigen.papers.{self.name}.{part}"


def paper_names() -> list[str]:
    """Return the names of all papers: the folders that hold a paper.yaml, but no `_template`."""
    return sorted(p.parent.name for p in PAPERS.glob("[a-z]*/paper.yaml"))


def taken(name: str) -> str:
    """Say why a paper cannot have a reserved name, and which others it cannot have."""
    others = ", ".join(sorted(RESERVED - {name}))
    return f"`{name}` is a name of the workflow's own and cannot be a paper's (nor can {others})"


@cache
def load_paper(name: str) -> Paper:
    """Load and check one paper's paper.yaml.

    Raises:
      UsageError: no such paper.
      SaigenError: the file has an unknown key or a wrong type; the message names both. Or the
        paper's name is one of the workflow's own, or a module that it needs is missing.
    """
    path = PAPERS / name / "paper.yaml"
    if not path.is_file():
        raise UsageError(f"`{name}` is not a paper here{did_you_mean(name, paper_names())}")
    if name in RESERVED:
        raise SaigenError(f"papers/{name}: {taken(name)}; rename the folder")
    where = f"papers/{name}/paper.yaml"
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SaigenError(f"{where}: not UTF-8; save it in that encoding") from None
    found = parse_paper(name, text, where)
    for trainer, experiment in {e.train: key for key, e in found.experiments.items()}.items():
        if fault := fault_of(trainer, name):
            raise SaigenError(f"{where}: `experiments.{experiment}.train`: {fault}")
    # (Every paper is judged, be it that it claims nothing.)
    for part, wanted in (("claims", True), ("figures", found.figures), ("tables", found.tables)):
        if wanted and file_of(found.module(part)) is None:
            lacks = f"papers/{name}/{part}.py is missing"
            raise SaigenError(f"{lacks}; `saigen new` makes one to begin with")
    return found


def parse_paper(name: str, text: str, where: str) -> Paper:
    """Parse and check the text of a paper.yaml; `where` names it in messages."""
    try:
        content: Any = parse_yaml(text)
        twice = key_given_twice(text)
    except yaml.YAMLError as error:
        raise SaigenError(f"{where}: not valid YAML: {error}") from None
    if twice:
        raise SaigenError(f"{where}: {twice}")
    if not isinstance(content, dict):
        raise SaigenError(f"{where}: a mapping is wanted, with `title`, `experiments` and so on")
    if "name" in content:
        spot = f"`name: {content['name']}` is not a setting"
        raise SaigenError(f"{where}: {spot}: a paper is called as its folder is; take the line out")
    try:
        return Paper.model_validate({"name": name, **content})
    except ValidationError as error:
        raise SaigenError(explain(error, Paper, where)) from None
