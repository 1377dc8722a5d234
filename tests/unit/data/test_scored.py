"""A scored set of too few images, or classes, is refused before its classifier is trained."""

import numpy as np
import pytest
from PIL import Image

from saigen.data import preparation, prepare
from saigen.data.dataset import Draft
from saigen.errors import SaigenError
from saigen.metrics import classifier
from saigen.metrics.judged import judged


@pytest.fixture
def made(tmp_path):
    """Make `pets_8px` of train/, valid/ and test/ with so many images."""

    def make(train, test, classes=("a", "b")):
        for split, count in [("train", train), ("valid", 1), ("test", test)]:
            for number in range(count):
                kind = classes[number % len(classes)]
                path = tmp_path / "pets" / split / kind / f"{number}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.new("L", (8, 8), 60 * number).save(path)
        return prepare(
            "pets_8px",
            tmp_path / "pets_8px.npz",
            folder=tmp_path,
            image_folders={"pets": str(tmp_path / "pets")},
            log=lambda line: None,
        )

    return make


@pytest.mark.parametrize(
    ("train", "test", "split", "count", "fewest"),
    [(5, 1, "test", 1, 4), (5, 3, "test", 3, 4), (1, 4, "train", 1, 2)],
)
def test_too_few_images_are_refused(train, test, split, count, fewest, made):
    with pytest.raises(SaigenError) as caught:
        made(train, test)
    assert str(caught.value) == (
        f"pets_8px: pets has {count} {split} images, and a classifier to judge by needs {fewest} "
        "or more: add images (a split that has no folder is a tenth of the train images)."
    )


def test_as_few_as_that_are_enough(made, monkeypatch):
    monkeypatch.setattr(classifier, "STEPS", 2)
    facts = made(2, 4).facts["classifier"]
    assert facts["floor_images"] == 2 and np.isfinite(facts["floor"])


@pytest.mark.parametrize(
    ("train", "test", "problem"), [(2, 3, "two or more samples"), (1, 4, "divide by zero")]
)
def test_fewer_have_no_distance(train, test, problem, monkeypatch):
    """So the refusal turns no set away that could be made."""
    monkeypatch.setattr(classifier, "STEPS", 2)
    images = {
        f"{split}_images": np.arange(count * 64, dtype=np.uint8).reshape(count, 8, 8, 1)
        for split, count in [("train", train), ("test", test)]
    }
    labels = {"train_labels": np.zeros(train, np.int64), "test_labels": np.zeros(test, np.int64)}
    with pytest.raises((ValueError, RuntimeWarning), match=problem):
        judged(images | labels, 2)


def test_images_of_one_class_are_refused(made):
    with pytest.raises(SaigenError) as caught:
        made(8, 8, classes=["cat"])
    assert str(caught.value) == (
        "pets_8px: all images of pets are of one class, and a classifier to judge by tells classes "
        "apart: put them into two or more sub-folders, one a class."
    )


@pytest.mark.parametrize("arrays", [{"test_text": b"abc"}, {"test_images": [[[[0]]]]}])
def test_a_set_without_labelled_images_has_no_classifier(
    arrays, register, tiny, monkeypatch, tmp_path
):
    register(tiny())
    draft = Draft({key: np.array(value) for key, value in arrays.items()}, {})
    monkeypatch.setitem(preparation.MAKERS, "idx_images", lambda entry, fetcher: draft)
    with pytest.raises(SaigenError) as caught:
        prepare("tiny_8px", tmp_path / "t.npz", folder=tmp_path, log=lambda line: None)
    assert str(caught.value) == (
        "tiny_8px: tiny has no labelled images to train a classifier on; only a set that has some "
        "can be named with a side."
    )
