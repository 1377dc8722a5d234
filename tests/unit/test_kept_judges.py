"""Classifiers of scored sets are kept with the runs, and make the same set elsewhere."""

from pathlib import Path

import numpy as np
import pytest
from kept_runs import publish

from saigen.config import load_config
from saigen.data import judge, preparation, prepare
from saigen.data.dataset import load, save
from saigen.errors import SaigenError
from saigen.grid import experiment_runs
from saigen.kept import keep, restore
from saigen.kept_judges import judges_of, put_back
from saigen.metrics import classifier
from saigen.paper import load_paper
from saigen.status import states

NAME = "synthetic_digits_16px"
ARCHIVE = Path("kept/runs.tar.xz")


def made(data, steps, lines=None, name=NAME):
    """Prepare a set as another machine would: with other weights by another count of steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classifier, "STEPS", steps)
        tell = (lambda line: None) if lines is None else lines.append
        return prepare(name, data / f"{name}.npz", folder=data, log=tell)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """(folder of prepared sets, the scored set in it)."""
    data = tmp_path_factory.mktemp("here")
    return data, made(data, 20)


def judges(digest, data, before=(), name=NAME):
    """(what is kept of a run on a set, what is told)."""
    lines = []
    record = {"datasets": {name: digest, "mnist": "m" * 64}}
    return judges_of([record], data, dict(before), ARCHIVE, lines.append), "\n".join(lines)


def restored(files, data):
    lines = []
    put_back(files, ARCHIVE, data, lines.append)
    return "\n".join(lines)


@pytest.fixture
def kept(here):
    data, first = here
    return judges(first.digest, data)[0]


def changed(here, tmp_path, arrays=(), **facts):
    """Write the judge with something changed, where a set is prepared with it."""
    path = judge.path_of(NAME, tmp_path)
    assert judge.write(here[1], path)
    held = load(path)
    save(path, NAME, dict(held.arrays) | dict(arrays), held.facts | facts)
    return path


def test_a_kept_classifier_makes_the_same_set_on_another_machine(here, kept, tmp_path):
    first = here[1]
    assert list(kept) == [f"{NAME}.npz"]
    assert "is put back" in restored(kept, tmp_path)
    lines = []
    again = made(tmp_path, 5, lines)
    assert "with the classifier of" in lines[-1]
    assert again.digest == first.digest and again.facts == first.facts
    # And it is kept from there as it came.
    assert judges(again.digest, tmp_path) == (kept, "")
    (tmp_path / f"{NAME}.npz").unlink()
    assert judges(again.digest, tmp_path) == (kept, "")


def test_without_it_the_set_is_another(here, tmp_path):
    assert made(tmp_path, 5).digest != here[1].digest


def test_a_judge_that_is_not_here_stays_in_the_archive_or_is_missed_aloud(here, kept, tmp_path):
    assert judges(here[1].digest, tmp_path, kept) == (kept, "")
    found, told = judges(here[1].digest, tmp_path)
    assert found == {} and "its classifier is not kept" in told
    # One of another set is not taken for it.
    found, told = judges("0" * 64, here[0], kept)
    assert found == {} and "its classifier is not kept" in told


def test_a_damaged_judge_is_told_by_the_name_of_what_holds_it(tmp_path):
    held = judge.path_of(NAME, tmp_path)
    held.parent.mkdir()
    held.write_bytes(b"damaged")
    said = rf"^{held}: the classifier of {NAME} is damaged \(the dataset file is damaged"
    with pytest.raises(SaigenError, match=said):
        judges("0" * 64, tmp_path)
    held.unlink()
    with pytest.raises(SaigenError, match=rf"^{ARCHIVE}: the .*\(the dataset file is damaged"):
        judges("0" * 64, tmp_path, {f"{NAME}.npz": b"damaged"})


def test_a_folder_called_like_a_scored_set_has_no_judge(tmp_path):
    images = {"train_images": np.zeros([2, 4, 4, 1], np.uint8)}
    folder = save(tmp_path / "faces_4px.npz", "faces_4px", images, {})
    assert judges(folder.digest, tmp_path, name="faces_4px") == ({}, "")


def test_a_set_that_is_there_stays_and_is_told(here, kept, tmp_path):
    data, _ = here
    assert restored(kept, data) == "" and not judge.path_of(NAME, data).exists()
    other = made(tmp_path, 5).digest
    assert f"{tmp_path / NAME}.npz has another classifier" in restored(kept, tmp_path)
    assert made(tmp_path, 5).digest == other
    (tmp_path / f"{NAME}.npz").unlink()
    assert "is put back" in restored(kept, tmp_path)
    assert restored(kept, tmp_path) == ""


def test_of_two_archives_the_first_stays(here, kept, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    theirs, _ = judges(made(elsewhere, 5).digest, elsewhere)
    assert "is put back" in restored(kept, tmp_path)
    assert "has another classifier" in restored(theirs, tmp_path)
    assert made(tmp_path, 5).digest == here[1].digest


@pytest.mark.parametrize(("what", "why"), [("code", "other code"), ("images", "other images")])
def test_a_classifier_of_other_code_or_images_is_not_taken(here, tmp_path, what, why):
    changed(here, tmp_path, **{what: "another"})
    lines = []
    assert made(tmp_path, 5, lines).digest != here[1].digest
    assert why in lines[-1]


def test_a_classifier_of_other_code_is_told_and_not_put_back(kept, tmp_path, monkeypatch):
    monkeypatch.setattr("saigen.kept_judges.fingerprint", lambda module: "newer")
    assert "was trained by other code than this version's" in restored(kept, tmp_path)
    assert not judge.path_of(NAME, tmp_path).exists()


def test_a_set_says_by_which_code_its_classifier_was_trained(tmp_path, monkeypatch):
    """And its judge says that, not what the code is when it is kept."""
    monkeypatch.setattr(preparation, "fingerprint", lambda module: "older")
    old = made(tmp_path, 5)
    monkeypatch.undo()
    judge.write(old, tmp_path / "x.npz")
    assert judge.read(tmp_path / "x.npz").code == "older"


def test_a_classifier_whose_features_or_facts_are_not_its_own_is_refused(here, tmp_path):
    arrays = here[1].arrays
    weight = next(name for name in arrays if name.startswith("classifier/"))
    said = here[1].facts["classifier"]
    for wrong in (
        {"arrays": {judge.FEATURES: arrays[judge.FEATURES] * np.float32(1.1)}},
        {"arrays": {weight: arrays[weight] + np.float32(1e-6)}},
        {"arrays": {weight: np.zeros([3, 3], np.float32)}},
        {"classifier": said | {"accuracy": said["accuracy"] - 0.01}},
    ):
        changed(here, tmp_path, **wrong)
        with pytest.raises(SaigenError, match="not its classifier's; delete it"):
            made(tmp_path, 5)


@pytest.mark.parametrize("lacking", ["of", "classifier", "images"])
def test_what_is_no_judge_is_refused_by_the_name_of_its_archive(here, tmp_path, lacking):
    path = judge.path_of(NAME, tmp_path)
    judge.write(here[1], path)
    held = load(path)
    facts = {key: value for key, value in held.facts.items() if key != lacking}
    save(path, NAME, dict(held.arrays), facts)
    with pytest.raises(SaigenError, match=r"runs\.tar\.xz: the classifier of .* is damaged"):
        restored({path.name: path.read_bytes()}, tmp_path / "other")
    with pytest.raises(SaigenError, match=r"runs\.tar\.xz: the classifier of .* is damaged"):
        restored({path.name: path.read_bytes()[:-200]}, tmp_path / "other")


@pytest.mark.parametrize("file", ["../16px.npz", "mnist.npz", f"{NAME}.zip", "mnist_16px\n.npz"])
def test_what_is_not_named_like_a_judge_is_refused(tmp_path, file):
    with pytest.raises(SaigenError, match="is no judge of a scored set"):
        restored({file: b""}, tmp_path)


def test_runs_stand_where_their_classifier_was_put_back(tmp_path):
    """From one machine to another, which would have trained another classifier."""
    config = load_config({"scale": "smoke", "papers": ["critical_batch"]})
    run = experiment_runs(load_paper("critical_batch"), "pilot", config)[0]
    results, other = tmp_path / "results", tmp_path / "other"
    dataset = made(results / "data", 20, name=run.dataset)
    publish(results, run, datasets={run.dataset: dataset.digest})
    assert keep(config, results, tmp_path / "kept", lambda line: None) == 0
    restore(config, other, tmp_path / "kept", lambda line: None)
    made(other / "data", 5, name=run.dataset)

    def standing(results):
        return [state.run.name for entry in states(config, results) for state in entry.runs
                if state.is_fresh]  # fmt: skip

    assert standing(other) == standing(results) == [run.name]
    judge.path_of(run.dataset, other / "data").unlink()
    made(other / "data", 5, name=run.dataset)
    assert standing(other) == []
