"""Classifiers of scored sets are kept with the runs, and make the same set elsewhere."""

import json

import pytest

from saigen.data import judge, prepare
from saigen.data.dataset import save
from saigen.errors import SaigenError
from saigen.kept_judges import judges_of, put_back
from saigen.metrics import classifier

NAME = "synthetic_digits_16px"


def made(data, steps, lines=None):
    """Prepare the set as another machine would: with other weights by another count of steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classifier, "STEPS", steps)
        tell = (lambda line: None) if lines is None else lines.append
        return prepare(NAME, data / f"{NAME}.npz", folder=data, log=tell)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """(folder of prepared sets, the scored set in it)."""
    data = tmp_path_factory.mktemp("here")
    return data, made(data, 20)


def records(digest):
    return [json.dumps({"datasets": {NAME: digest, "mnist": "m" * 64}}).encode()]


def restored(files, data):
    lines = []
    put_back(files, data / "runs.tar.xz", data, lines.append)
    return "\n".join(lines)


def test_a_kept_classifier_makes_the_same_set_on_another_machine(here, tmp_path):
    data, first = here
    kept = judges_of(records(first.digest), data)
    assert list(kept) == [f"{NAME}.npz"]
    assert "is put back" in restored(kept, tmp_path)
    lines = []
    again = made(tmp_path, 5, lines)
    assert "with the classifier of" in lines[-1]
    assert again.digest == first.digest and again.facts == first.facts
    # And it is kept from there as it came.
    assert judges_of(records(again.digest), tmp_path) == kept
    (tmp_path / f"{NAME}.npz").unlink()
    assert judges_of(records(again.digest), tmp_path) == kept


def test_without_it_the_set_is_another(here, tmp_path):
    assert made(tmp_path, 5).digest != here[1].digest


def test_of_another_set_than_the_runs_nothing_is_kept(here, tmp_path):
    assert judges_of(records("0" * 64), here[0]) == {}
    assert judges_of(records(here[1].digest), tmp_path) == {}


def test_a_set_that_is_there_stays_and_is_told(here, tmp_path):
    data, first = here
    kept = judges_of(records(first.digest), data)
    assert restored(kept, data) == "" and not judge.path_of(NAME, data).exists()
    other = made(tmp_path, 5).digest
    assert f"delete {tmp_path / NAME}.npz and restore again" in restored(kept, tmp_path)
    assert made(tmp_path, 5).digest == other
    (tmp_path / f"{NAME}.npz").unlink()
    assert "is put back" in restored(kept, tmp_path)
    assert restored(kept, tmp_path) == ""


@pytest.mark.parametrize(("changed", "why"), [("code", "other code"), ("images", "other images")])
def test_a_classifier_of_other_code_or_images_is_not_taken(here, tmp_path, changed, why):
    path = judge.path_of(NAME, tmp_path)
    judge.keep_judge(here[1], path)
    held = judge.load(path)
    save(path, NAME, dict(held.arrays), held.facts | {changed: "another"})
    lines = []
    assert made(tmp_path, 5, lines).digest != here[1].digest
    assert why in lines[-1]


def test_a_classifier_whose_features_are_not_its_own_is_refused(here, tmp_path):
    path = judge.path_of(NAME, tmp_path)
    judge.keep_judge(here[1], path)
    held = judge.load(path)
    arrays = dict(held.arrays)
    save(path, NAME, arrays | {judge.FEATURES: arrays[judge.FEATURES] * 1.1}, held.facts)
    with pytest.raises(SaigenError, match="not its classifier's; delete it"):
        made(tmp_path, 5)
    weight = next(name for name in arrays if name.startswith("classifier/"))
    save(path, NAME, arrays | {weight: arrays[weight] + 1e-6}, held.facts)
    with pytest.raises(SaigenError, match="not its classifier's; delete it"):
        made(tmp_path, 5)


@pytest.mark.parametrize("file", ["../16px.npz", "mnist.npz", f"{NAME}.zip"])
def test_what_is_not_named_like_a_judge_is_refused(tmp_path, file):
    with pytest.raises(SaigenError, match="is no judge of a scored set"):
        restored({file: b""}, tmp_path)
