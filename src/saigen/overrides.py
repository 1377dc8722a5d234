"""`overrides` of config.yaml: the names that exist, and values such as their paper.yaml has.

Whether a setting counts something is in a trainer's code, which takes seconds to import. paper.yaml
tells it well enough: by every value that it gives the setting. What words a trainer knows it does
not: there may be more than it names.
"""

from collections.abc import Mapping

from saigen.errors import UsageError, did_you_mean
from saigen.experiment import Value
from saigen.paper import Paper, load_paper, paper_names

Overrides = Mapping[str, Mapping[str, Mapping[str, Value]]]


def check_overrides(overrides: Overrides, where: str) -> None:
    """Refuse what no paper, experiment or setting of that name can have.

    Args:
      overrides: paper -> experiment -> setting -> value.
      where: how messages name the file.

    Raises:
      UsageError: such a name does not exist, or a value is not one that the setting can have.
    """
    for name, experiments in overrides.items():
        if name not in paper_names():
            hint = did_you_mean(name, paper_names())
            raise UsageError(f"{where}: `overrides.{name}` is not a paper here{hint}")
        paper = load_paper(name)
        for experiment, changes in experiments.items():
            if experiment not in paper.experiments:
                hint = did_you_mean(experiment, paper.experiments)
                raise UsageError(
                    f"{where}: `overrides.{name}.{experiment}` is not an experiment of {name}{hint}"
                )
            known = paper.experiments[experiment]
            for key, value in changes.items():
                spot = f"overrides.{name}.{experiment}.{key}"
                if key not in known.settings:
                    hint = did_you_mean(key, known.settings)
                    raise UsageError(
                        f"{where}: `{spot}: {value}` is not a setting of {name}{hint} "
                        f"See `saigen settings {name}`."
                    )
                try:
                    _refuse_negative(paper, key, known.setting(key, value))
                except ValueError as error:
                    raise UsageError(f"{where}: `{spot}: {value}`: {error}") from None


def _refuse_negative(paper: Paper, key: str, value: Value) -> None:
    """Refuse a negative number where paper.yaml has only whole numbers from 0 up.

    Raises:
      ValueError: the message says what is wanted.
    """
    counts = all(type(each) is int and each >= 0 for each in paper.values_of(key))
    below = [
        each
        for each in (value if isinstance(value, list) else [value])
        if type(each) is int and each < 0
    ]
    if counts and below:
        raise ValueError("at least 0 is wanted")
