import zipfile

import numpy as np
import pytest

from saigen.data import load
from saigen.data.dataset import digest_of_arrays, save
from saigen.errors import SaigenError, UsageError

ARRAYS = {
    "train_images": np.arange(48, dtype=np.uint8).reshape(3, 4, 4, 1),
    "train_labels": np.array([0, 1, 0]),
    "test_images": np.zeros((2, 4, 4, 1), np.uint8),
}


@pytest.fixture
def path(tmp_path):
    save(tmp_path / "set.npz", "set", ARRAYS, {"source": "here", "note": "再現"})
    return tmp_path / "set.npz"


def test_what_was_saved_is_loaded(path):
    dataset = load(path)
    assert (dataset.name, dataset.splits) == ("set", ["train", "test"])
    assert dataset.facts == {"source": "here", "note": "再現", "splits": {"train": 3, "test": 2}}
    assert dataset.digest == digest_of_arrays(ARRAYS)
    assert dict(dataset.arrays).keys() == ARRAYS.keys()
    np.testing.assert_array_equal(dataset.images("train"), ARRAYS["train_images"])
    assert dataset.labels("train").dtype == np.int64


def test_any_numpy_can_read_the_file(path):
    with np.load(path, allow_pickle=False) as plain:
        np.testing.assert_array_equal(plain["train_labels"], [0, 1, 0])


def test_the_same_content_gives_the_same_bytes(path, tmp_path):
    save(tmp_path / "again.npz", "set", dict(reversed(ARRAYS.items())), load(path).facts)
    assert (tmp_path / "again.npz").read_bytes() == path.read_bytes()
    # Whenever they are written: an archive's clock ticks every two seconds.
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_arrays_are_read_once_and_cannot_be_changed(path):
    dataset = load(path)
    images = dataset.images("train")
    assert dataset.images("train") is images
    with pytest.raises(ValueError, match="read-only"):
        images[0] = 0


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays: {"train_image": arrays["train_images"]},
        lambda arrays: {"train_images": arrays["train_images"].reshape(3, 16)},
        lambda arrays: {"train_images": arrays["train_images"].astype(np.int8)},
        lambda arrays: {"train_images": arrays["train_images"][::-1]},
    ],
)
def test_the_digest_sees_name_shape_type_and_values(change):
    arrays = {"train_images": ARRAYS["train_images"]}
    assert digest_of_arrays(change(arrays)) != digest_of_arrays(arrays)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: b"<html>",
        lambda content: content.replace(bytes(range(20)), bytes(20)),
    ],
    ids=["half", "empty", "page", "flipped bytes"],
)
def test_a_damaged_file_says_what_to_do(path, spoil):
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(SaigenError, match=r"set\.npz: .*damaged.*Delete it and run again\."):
        load(path).images("train")


def test_another_npz_is_not_taken_for_a_dataset(tmp_path):
    np.savez(tmp_path / "other.npz", x=np.zeros(2))
    with pytest.raises(SaigenError, match="Delete it and run again"):
        load(tmp_path / "other.npz")


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(SaigenError, match=r"absent\.npz: no such dataset file"):
        load(tmp_path / "absent.npz")


def test_asking_for_what_is_not_there_says_what_is(path):
    dataset = load(path)
    with pytest.raises(UsageError, match="set has no split `trian`; did you mean `train`"):
        dataset.images("trian")
    with pytest.raises(UsageError, match="set has no labels"):
        dataset.labels("test")
    with pytest.raises(UsageError, match="set has no text"):
        dataset.text("train")
    with pytest.raises(KeyError):
        dataset.arrays["facts"]
