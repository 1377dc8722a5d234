"""An override has the kind of numbers that paper.yaml gives its setting."""

import pytest

from saigen.config import load_config
from saigen.errors import UsageError

PAPER = "optimisation_lecture"


def override(experiment, **changes):
    return load_config({"overrides": {PAPER: {experiment: changes}}})


@pytest.mark.parametrize(
    ("experiment", "changes", "told"),
    [
        ("batch_norm", {"hidden": [100, -5]}, "at least 0 is wanted"),
        ("batch_norm", {"examples": -3}, "at least 0 is wanted"),
        ("transfer", {"per_class": -1}, "at least 0 is wanted"),
    ],
)
def test_a_value_that_paper_yaml_speaks_against_is_refused(experiment, changes, told):
    with pytest.raises(UsageError) as caught:
        override(experiment, **changes)
    ((key, value),) = changes.items()
    spot = f"config.yaml: `overrides.{PAPER}.{experiment}.{key}: {value}`: "
    assert str(caught.value).startswith(spot + told)


@pytest.mark.parametrize(
    "changes",
    [
        # Words are the trainer's, which may know more than paper.yaml names.
        {"optimiser": "adamw", "initial": "xavier"},
        {"hidden": 7, "examples": 0, "learning_rate": -0.1},
        {"dataset": "my_own"},
    ],
)
def test_what_it_does_not_speak_against_is_not(changes):
    assert override("batch_norm", **changes).overrides
