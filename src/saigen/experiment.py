"""An experiment of paper.yaml: its factors, parameters and seeds, and what a scale changes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from saigen.errors import did_you_mean
from saigen.scales import Scale
from saigen.validation import MOST_SEEDS, in_bounds, typed

Scalar = bool | int | float | str
Value = Scalar | list[Scalar]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]

#: What no factor or parameter can be called: every run has these beside its own.
RESERVED = frozenset(
    {"dataset", "metric", "runs_per_job", "seed", "seeds", "status", "step", "value", "variant"}
)


class Strict(BaseModel):
    """A model in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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
      variants: named variants, and the parameters that each sets; beside factors, times these.
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
      priced_by: settings that decide what a step costs, where few do; none: all do. `saigen plan`
        measures one variant of each combination of them.
      scales: what a scale changes of `params`, `factors`, `seeds`, `runs_per_job`, `dataset`.
    """

    what: str
    train: Annotated[str, Field(pattern=r"^[a-z0-9_.]+:[a-z0-9_]+$")]
    dataset: str | None = None
    factors: dict[Name, list[Scalar]] = {}
    variants: dict[Name, dict[str, Value]] = {}
    params: dict[Name, Value] = {}
    cases: list[Case] = []
    seeds: Annotated[int, Field(ge=1, le=MOST_SEEDS)] = 1
    runs_per_job: Annotated[int, Field(ge=1)] = 1
    joins: dict[Scale, Name] = {}
    memory_mb: Annotated[int, Field(ge=1)] = 2000
    gpu: bool = False
    timing: bool = False
    work: tuple[tuple[int | Name, ...], ...] = ()
    priced_by: tuple[Name, ...] = ()
    scales: dict[Scale, dict[str, Value]] = {}

    @property
    def settings(self) -> dict[str, Value]:
        """Every setting that a scale or an override may name, with a value that shows its type."""
        general = {"seeds": self.seeds, "runs_per_job": self.runs_per_job}
        return {**self.params, **self.factors, **general, "dataset": self.dataset or ""}

    @property
    def stated(self) -> list[Mapping[str, Any]]:
        """Every place of this entry that gives factors and parameters their values."""
        cases = [case.set for case in self.cases]
        return [self.params, self.factors, *self.variants.values(), *cases, *self.scales.values()]

    def setting(self, key: str, value: Any) -> Value:
        """Return `value` as the setting `key` wants it.

        Raises:
          ValueError: it is not one that `key` can have; the message says what is wanted.
        """
        found = in_bounds(key, typed(value, self.settings[key]))
        if key in self.factors:
            words = [level for level in self.factors[key] if isinstance(level, str)]
            for level in found:
                if isinstance(level, str) and level not in words:
                    raise ValueError(f"`{level}` is not a level{did_you_mean(level, words)}")
            _refuse_alike(found)
        return found

    def parameter(self, key: str, value: Any) -> Value:
        """Return `value` in the type of the parameter `key`; ValueError says what is wanted."""
        return in_bounds(key, typed(value, self.params[key]))

    @model_validator(mode="after")
    def _names_are_free(self) -> "Experiment":
        taken = ", ".join(sorted(RESERVED))
        for kind, names in (("factors", self.factors), ("params", self.params)):
            for name in RESERVED & names.keys():
                raise ValueError(f"`{kind}.{name}`: every run has that name; nor can it be {taken}")
        return self

    @model_validator(mode="after")
    def _levels_differ(self) -> "Experiment":
        for name, levels in self.factors.items():
            try:
                _refuse_alike(levels)
            except ValueError as error:
                raise ValueError(f"`factors.{name}: {levels}`: {error}") from None
        return self

    @model_validator(mode="after")
    def _settings_agree(self) -> "Experiment":
        for kind, own in (("params", self.params), ("factors", self.factors)):
            _check(kind, "a setting", own, own, in_bounds)
        for scale, changes in self.scales.items():
            _check(f"scales.{scale}", "a setting", changes, self.settings, self.setting)
        for case in self.cases:
            _check("cases.when", "a factor", case.when, self.factors, self.setting)
            _check("cases.set", "a parameter", case.set, self.params, self.parameter)
        for name in {factor for product in self.work for factor in product}:
            if isinstance(name, str) and not {f"curve_{name}", f"test_{name}"} & set(self.params):
                raise ValueError(f"`work`: there is no parameter `curve_{name}` or `test_{name}`")
        for name in self.priced_by:
            if name not in {*self.params, *self.factors}:
                hint = did_you_mean(name, {*self.params, *self.factors})
                raise ValueError(f"`priced_by`: `{name}` is not a parameter{hint}")
        for name, changes in self.variants.items():
            _check(f"variants.{name}", "a parameter", changes, self.params, self.parameter)
        return self


def _refuse_alike(levels: Sequence[Scalar]) -> None:
    """Refuse levels of a factor that would make no variant, one without a name, or one twice."""
    if not levels or "" in levels or len(set(levels)) < len(levels):
        raise ValueError("a list of different levels is wanted, none of them empty")


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
