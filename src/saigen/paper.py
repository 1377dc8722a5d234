"""paper.yaml: what a reader needs to know about a paper, validated on load.

The file names the experiments (factors, fixed parameters, dataset, seeds), what each scale
changes, the figures and tables with their place in the paper, the published numbers, and the
departures. This module holds its shape; `grid` turns it into runs.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from saigen.errors import SaigenError, UsageError, did_you_mean
from saigen.files import parse_yaml
from saigen.fingerprint import file_of
from saigen.scales import SCALES, Scale
from saigen.validation import explain, large_enough, typed

PAPERS = Path(__file__).parent / "papers"

Scalar = bool | int | float | str
Value = Scalar | list[Scalar]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


#: Each paper is a target of Snakemake and a folder of results/<scale>: names that rules or folders
#: have already. A test compares them with the rules.
RESERVED = frozenset(SCALES) | {
    *("all", "claims", "data", "dataset", "figure", "figures", "gather", "judge", "report"),
    *("replication_report", "table", "tables", "train", "train_all"),
    *("benchmarks", "logs"),
}


class Strict(BaseModel):
    """A model in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Citation(Strict):
    authors: list[str]
    venue: str
    arxiv: str | None = None
    url: str | None = None


class Case(Strict):
    """Parameters that hold only for some variants: `when` names factors, `set` the values.

    With a `scale` they hold at that scale alone, over what it changes for all variants.
    """

    when: dict[str, Scalar | list[Scalar]]
    set: dict[str, Value]
    scale: Scale | None = None
    why: str | None = None

    def covers(self, factors: dict[str, Value]) -> bool:
        """Say whether every factor named by `when` has one of its values."""
        return all(
            factors.get(name) in (wanted if isinstance(wanted, list) else [wanted])
            for name, wanted in self.when.items()
        )


class Experiment(Strict):
    """One experiment: the product of its factors (or its named variants) times its seeds.

    Attributes:
      what: a sentence for a reader.
      train: the trainer, `module:function`.
      dataset: its name; none where nothing is read.
      factors: levels by parameter; every combination is a variant.
      variants: in place of factors: named variants, and the parameters that each sets.
      params: parameters at full size.
      cases: parameters that hold for some variants only: a rate chosen on validation, say.
      seeds: runs of each variant.
      runs_per_job: runs in one process.
      joins: by scale, the experiment in whose process this one trains, so that TensorFlow starts
        once.
      memory_mb: what a process needs; a cluster's scheduler is asked for it.
      gpu: whether a GPU is worth having.
      timing: it measures seconds, so nothing else may run beside it.
      work: products whose sum is the work of an evaluation, of settings `curve_*` (and of `test_*`
        for what the last adds) without that prefix, and of numbers; none: the product of them all.
        A product's last factors are what goes on in rounds. `saigen plan` prices by it.
      scales: what a scale changes of `params`, `factors`, `seeds`, `runs_per_job`, `dataset`.
    """

    what: str
    train: Annotated[str, Field(pattern=r"^[a-z0-9_.]+:[a-z0-9_]+$")]
    dataset: str | None = None
    factors: dict[Name, list[Scalar]] = {}
    variants: dict[Name, dict[str, Value]] = {}
    params: dict[Name, Value] = {}
    cases: list[Case] = []
    seeds: Annotated[int, Field(ge=1)] = 1
    runs_per_job: Annotated[int, Field(ge=1)] = 1
    joins: dict[Scale, Name] = {}
    memory_mb: int = 2000
    gpu: bool = False
    timing: bool = False
    work: tuple[tuple[int | Name, ...], ...] = ()
    scales: dict[Scale, dict[str, Value]] = {}

    @property
    def settings(self) -> dict[str, Value]:
        """Every setting that a scale or an override may name, with a value that shows its type."""
        general = {"seeds": self.seeds, "runs_per_job": self.runs_per_job}
        return {**self.params, **self.factors, **general, "dataset": self.dataset or ""}

    def setting(self, key: str, value: Any) -> Value:
        """Return `value` as the setting `key` wants it.

        Raises:
          ValueError: it is not one that `key` can have; the message says what is wanted.
        """
        found = large_enough(key, typed(value, self.settings[key]))
        if key in self.factors:
            words = [level for level in self.factors[key] if isinstance(level, str)]
            for level in found:
                if isinstance(level, str) and level not in words:
                    raise ValueError(f"`{level}` is not a level{did_you_mean(level, words)}")
            if not found or len(set(found)) < len(found):
                raise ValueError("a list of different levels is wanted")
        return found

    def parameter(self, key: str, value: Any) -> Value:
        """Return `value` in the type of the parameter `key`; ValueError says what is wanted."""
        return large_enough(key, typed(value, self.params[key]))

    @model_validator(mode="after")
    def _settings_agree(self) -> "Experiment":
        for scale, changes in self.scales.items():
            _check(f"scales.{scale}", "a setting", changes, self.settings, self.setting)
        for case in self.cases:
            _check("cases.when", "a factor", case.when, self.factors, self.setting)
            _check("cases.set", "a parameter", case.set, self.params, self.parameter)
        for name in {factor for product in self.work for factor in product}:
            if isinstance(name, str) and not {f"curve_{name}", f"test_{name}"} & set(self.params):
                raise ValueError(f"`work`: there is no parameter `curve_{name}` or `test_{name}`")
        for name, changes in self.variants.items():
            _check(f"variants.{name}", "a parameter", changes, self.params, self.parameter)
        return self


def _check(
    spot: str,
    kind: str,
    changes: Mapping[str, Any],
    known: Iterable[str],
    read: Callable[[str, Any], Value],
) -> None:
    """Refuse a key that is not known, or a value that `read` refuses."""
    for key, value in changes.items():
        if key not in known:
            raise ValueError(f"`{spot}.{key}` is not {kind}{did_you_mean(key, known)}")
        try:
            read(key, value)
        except ValueError as error:
            raise ValueError(f"`{spot}.{key}: {value}`: {error}") from None


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
        paper's name is one of the workflow's own.
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
    for experiment, entry in found.experiments.items():
        module = entry.train.partition(":")[0]
        if file_of(module) is None:
            spot = f"`experiments.{experiment}.train`"
            raise SaigenError(f"{where}: {spot}: there is no module {module} (module:function)")
    return found


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
