"""Which folders of an image folder are its splits, and which its classes."""

import re
import shutil

import numpy as np
import pytest
from PIL import Image

from saigen.data.image_folder import Options, make
from saigen.errors import SaigenError


@pytest.fixture
def made(tmp_path):
    """Make the set with images (twenty at least) in these folders, in turn."""

    def make_of(*folders, said=None):
        for number in range(max(20, len(folders))):
            path = tmp_path / "pets" / folders[number % len(folders)] / f"{number:02}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("L", (2, 2), number).save(path)
        log = (lambda line: None) if said is None else said.append
        return make("pets", Options(tmp_path / "pets"), log)

    return make_of


def sizes(draft):
    return [len(draft.arrays[f"{split}_labels"]) for split in ("train", "valid", "test")]


@pytest.mark.parametrize(
    "splits",
    [
        ("train", "valid", "test"),
        ("Train", "Val", "Test"),
        ("TRAIN", "VALID", "TEST"),
        ("Training", "validation", "testing"),
    ],
)
def test_splits_may_be_in_capitals_and_in_full(splits, made):
    train, valid, test = splits
    classes = ("cat", "dog")
    draft = made(*(f"{split}/{kind}" for split in (train, train, valid, test) for kind in classes))
    assert draft.facts["classes"] == ["cat", "dog"]
    assert draft.facts["note"] == "an image folder"
    assert sizes(draft) == [12, 4, 4]


@pytest.mark.parametrize(
    ("folders", "found"),
    [
        (("test/cat", "test/dog"), "['test']"),
        (("Test/cat", "val/cat"), "['Test', 'val']"),
        (("val/cat", "val/dog"), "['val']"),
        (("test/cat", "test/dog", "training_set/cat"), "['test'] beside ['training_set']"),
        (("cat", "dog", "Test"), "['Test'] beside ['cat', 'dog']"),
    ],
)
def test_splits_without_one_to_train_on_are_no_classes(folders, found, made):
    with pytest.raises(SaigenError) as caught:
        made(*folders)
    assert str(caught.value) == (
        f"pets: found {found}, and no `train`. Splits are `train/<class>/`, `valid/<class>/` and "
        "`test/<class>/`: rename or move the folders; where it is a class, rename that."
    )


@pytest.mark.parametrize(
    "classes", [("cat", "train"), ("invalid", "valid"), ("cooking", "testing"), ("a", "b", "Val")]
)
def test_one_class_may_be_called_like_a_split(classes, made):
    draft = made(*classes)
    assert draft.facts["classes"] == sorted(classes)
    assert sizes(draft) == [16, 2, 2]


def test_splits_beside_what_is_none_are_told_in_capitals_too(made):
    with pytest.raises(SaigenError, match=re.escape("['Test', 'Train'] are splits, and ['cat']")):
        made("Train/cat", "Test/cat", "cat")


@pytest.mark.parametrize(
    ("inside", "classes"),
    [
        (("cat", "dog"), ["cat", "dog"]),
        (("cat",), ["cat"]),
        (("train/cat", "train/dog", "test/cat"), ["cat", "dog"]),
        (("Train/cat", "Train/dog"), ["cat", "dog"]),
    ],
)
@pytest.mark.parametrize("around", ["", "a/", "a/b/", "a/b/c/"])
def test_folders_around_it_all_do_not_matter(inside, classes, around, made, tmp_path):
    bare = made(*inside)
    shutil.rmtree(tmp_path / "pets")
    draft = made(*(f"{around}{folder}" for folder in inside))
    assert draft.facts["classes"] == classes
    for key, array in draft.arrays.items():
        np.testing.assert_array_equal(array, bare.arrays[key])


@pytest.mark.parametrize("folders", [("a/cat", "a"), ("a/b/cat", "a/b/dog", "a")])
def test_a_folder_with_images_in_it_is_not_left_out(folders, made):
    assert made(*folders).facts["classes"] == ["a"]


def test_what_was_made_of_the_folder_is_told(made):
    said = []
    made("a/train/cat", "a/train/cat", "a/train/dog", "a/test/dog", said=said)
    assert said == ["pets: 14 train, 1 valid, 5 test images; classes (2): cat 10, dog 10"]


def test_of_many_classes_the_first_are_told(made):
    said = []
    made(*(f"{number:02}" for number in range(12)), said=said)
    assert said[0].endswith(
        " images; classes (12): "
        + ", ".join(
            [f"{number:02} {2 if number < 8 else 1}" for number in range(10)] + ["and 2 more"]
        )
    )
