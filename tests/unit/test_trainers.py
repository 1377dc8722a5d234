"""The trainer that paper.yaml names is looked up, and told with the nearest where it is not."""

import ast

import pytest

from saigen import paper as papers
from saigen import trainers
from saigen.errors import SaigenError
from saigen.fingerprint import PACKAGE
from saigen.trainers import fault_of

TEMPLATE = "saigen.papers._template"


@pytest.mark.parametrize(
    ("trainer", "fault"),
    [
        ("training:train", ""),
        ("training:trian", "has no function `trian`; did you mean `train`?"),
        # It is there, but inside another function.
        ("training:test_error", "has no function `test_error`; known: _flat, train"),
        ("trainer:train", "there is no module saigen.papers._template.trainer (module:function); "
         "did you mean `saigen.papers._template.training`?"),
    ],
)  # fmt: skip
def test_a_trainer_that_is_not_there_is_told_with_the_nearest(trainer, fault):
    assert fault_of(f"{TEMPLATE}.{trainer}", "_template").endswith(fault)
    assert bool(fault) == bool(fault_of(f"{TEMPLATE}.{trainer}", "_template"))


def test_a_module_of_another_package_is_no_trainer():
    assert "no module numpy (module" in fault_of("numpy:train", "_template")


@pytest.mark.parametrize(
    "text",
    [
        "def train(params, dataset): ...",
        "from saigen.papers.toy.common import train",
        "from saigen.papers.toy.common import build as train",
        "from saigen.papers.toy.common import *",
        "train = partial(build, deep=True)",
        "train: Trainer = build",
        "wide, (train, narrow) = build()",
        "if deep:\n    pass\nelse:\n    def train(params, dataset): ...",
        "try:\n    import fast\nexcept ImportError:\n    from saigen.papers.toy.slow import train",
    ],
)
def test_however_a_module_comes_to_its_function_it_is_found(monkeypatch, text):
    monkeypatch.setattr(trainers, "parsed", lambda module: ast.parse(text))
    assert fault_of(f"{TEMPLATE}.training:train", "_template") == ""
    if "*" not in text:
        assert "no function `other`" in fault_of(f"{TEMPLATE}.training:other", "_template")


def test_paper_yaml_says_where_it_names_it(monkeypatch, tmp_path):
    text = (PACKAGE / "papers/_template/paper.yaml").read_text(encoding="utf-8")
    monkeypatch.setattr(papers, "PAPERS", tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/paper.yaml").write_text(text.replace("training:train", "training:trian"))
    said = r"papers/mine/paper\.yaml: `experiments\.rates\.train`: .* no function `trian`; did you"
    with pytest.raises(SaigenError, match=said):
        papers.load_paper("mine")
