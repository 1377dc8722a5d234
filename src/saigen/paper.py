"""paper.yaml: what a reader needs to know about a paper, validated on load.

The file names the experiments (factors, fixed parameters, dataset, seeds), what each scale
changes, the figures and tables with their place in the paper, the published numbers, and the
departures. This module holds its shape; `grid` turns it into runs.
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from saigen.errors import SaigenError, UsageError, did_you_mean
from saigen.files import parse_yaml
from saigen.validation import explain

SCALES = ("smoke", "quick", "standard", "paper")
Scale = Literal["smoke", "quick", "standard", "paper"]
PAPERS = Path(__file__).parent / "papers"

Scalar = bool | int | float | str
Value = Scalar | list[Scalar]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
#: What a scale or an override may change besides the experiment's own parameters.
GENERAL = ("dataset", "seeds", "runs_per_job")


class Strict(BaseModel):
    """A model in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Citation(Strict):
    authors: list[str]
    venue: str
    arxiv: str | None = None
    url: str | None = None


class Case(Strict):
    """Parameters that hold only for some variants: `when` names factors, `set` the values."""

    when: dict[str, Scalar | list[Scalar]]
    set: dict[str, Value]
    why: str | None = None

    def covers(self, factors: dict[str, Value]) -> bool:
        """Say whether every factor named by `when` has one of its values."""
        return all(
            factors.get(name) in (wanted if isinstance(wanted, list) else [wanted])
            for name, wanted in self.when.items()
        )


class Experiment(Strict):
    """One experiment: the product of its factors (or its named variants) times its seeds."""

    what: str
    train: Annotated[str, Field(pattern=r"^[a-z0-9_.]+:[a-z0-9_]+$")]
    dataset: str | None = None
    factors: dict[Name, list[Scalar]] = {}
    variants: dict[Name, dict[str, Value]] = {}
    params: dict[Name, Value] = {}
    cases: list[Case] = []
    seeds: Annotated[int, Field(ge=1)] = 1
    runs_per_job: Annotated[int, Field(ge=1)] = 1
    memory_mb: int = 2000
    gpu: bool = False
    #: A timing experiment measures seconds, so nothing else may run beside it.
    timing: bool = False
    scales: dict[Scale, dict[str, Value | None]] = {}

    @model_validator(mode="after")
    def _known_keys(self) -> "Experiment":
        allowed = {*self.params, *self.factors, *GENERAL}
        for scale, changes in self.scales.items():
            for key in changes:
                if key not in allowed:
                    hint = did_you_mean(key, allowed)
                    raise ValueError(f"`scales.{scale}.{key}` is not a setting{hint}")
        for case in self.cases:
            for key in case.when:
                if key not in self.factors:
                    hint = did_you_mean(key, self.factors)
                    raise ValueError(f"`cases.when.{key}` is not a factor{hint}")
            for key in case.set:
                if key not in self.params:
                    hint = did_you_mean(key, self.params)
                    raise ValueError(f"`cases.set.{key}` is not a parameter{hint}")
        for name, changes in self.variants.items():
            for key in changes:
                if key not in self.params:
                    hint = did_you_mean(key, self.params)
                    raise ValueError(f"`variants.{name}.{key}` is not a parameter{hint}")
        return self


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

    @property
    def folder(self) -> Path:
        return PAPERS / self.name

    def module(self, part: str) -> str:
        """Return the dotted name of one of the paper's modules: `figures`, `tables`, `claims`."""
        return f"saigen.papers.{self.name}.{part}"


def paper_names() -> list[str]:
    """Return the names of all papers: the folders that hold a paper.yaml, but no `_template`."""
    return sorted(p.parent.name for p in PAPERS.glob("[a-z]*/paper.yaml"))


@cache
def load_paper(name: str) -> Paper:
    """Load and check one paper's paper.yaml.

    Raises:
      UsageError: no such paper.
      SaigenError: the file has an unknown key or a wrong type; the message names both.
    """
    path = PAPERS / name / "paper.yaml"
    if not path.is_file():
        raise UsageError(f"`{name}` is not a paper here{did_you_mean(name, paper_names())}")
    return parse_paper(name, path.read_text(encoding="utf-8"), f"papers/{name}/paper.yaml")


def parse_paper(name: str, text: str, where: str) -> Paper:
    """Parse and check the text of a paper.yaml; `where` names it in messages."""
    try:
        content: Any = parse_yaml(text)
    except yaml.YAMLError as error:
        raise SaigenError(f"{where}: not valid YAML: {error}") from None
    if not isinstance(content, dict):
        raise SaigenError(f"{where}: a mapping is wanted, with `title`, `experiments` and so on")
    try:
        return Paper.model_validate({"name": name, **content})
    except ValidationError as error:
        raise SaigenError(explain(error, Paper, where)) from None
