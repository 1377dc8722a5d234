"""What all tests share: a quiet TensorFlow, set up as a run sets it up, and a small paper."""

import json
import os
import sys

import pytest
from hypothesis import settings

from saigen.paper import parse_paper

# No deadline: the first example of a test may trace a graph.
settings.register_profile("saigen", deadline=None, max_examples=50)
settings.load_profile("saigen")


def pytest_configure(config):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def pytest_collection_modifyitems(config, items):
    """Set TensorFlow up before any test computes with it; where none imports it, neither do we."""
    if "tensorflow" in sys.modules:
        _set_up()


@pytest.fixture(scope="session")
def tensorflow():
    """TensorFlow, set up, for a test whose module does not import it."""
    return _set_up()


def _set_up():
    from saigen.engine import device

    device.set_up(intra_op_threads=1, device="cpu")
    return device.tf


@pytest.fixture
def toy_paper():
    """Make a paper of one experiment; keyword arguments change its entry.

    `others` are further experiments: what each changes in that entry, by name.
    """

    def make(others=None, **changes):
        experiment = {
            "what": "A toy.",
            "train": "saigen.papers.toy.training:train",
            "dataset": "digits",
            "params": {"steps": 100, "learning_rate": 0.1, "hard": True, "codes": "01"},
            **changes,
        }
        more = {name: {**experiment, **other} for name, other in (others or {}).items()}
        # JSON is YAML.
        return parse_paper("toy", _paper_text({"toy": experiment, **more}), "papers/toy/paper.yaml")

    return make


def _paper_text(experiments):
    entries = {
        "title": "Toys",
        "what": "About toys.",
        "citation": {"authors": ["A. Author"], "venue": "Venue 2026"},
        "experiments": experiments,
    }
    return json.dumps(entries)
