import hashlib
import io
import tarfile

import numpy as np
import pytest

from saigen.data import cifar10, prepare
from saigen.data.registry import Entry, RawFile
from saigen.errors import SaigenError


@pytest.fixture
def prepared(register, tmp_path, monkeypatch):
    """Prepare from an archive in which each file has two records (or as many as said)."""
    monkeypatch.setattr(cifar10, "_RECORDS", 2)

    def make(records=2):
        numbers = np.random.default_rng(0)
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w:gz") as archive:
            for name in [*cifar10._TRAIN, "test_batch.bin"]:
                content = numbers.integers(10, size=(records, 3073), dtype=np.uint8).tobytes()
                member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        digest = hashlib.md5(stream.getvalue()).hexdigest()
        files = (RawFile("cifar-10-binary.tar.gz", "md5", digest),)
        splits = {"train": 7, "valid": 3, "test": 2}
        entry = Entry("c", "", "cifar10", "", "", files=files, splits=splits, spelled=("{file}",))
        register(entry)
        (tmp_path / "cifar-10-binary.tar.gz").write_bytes(stream.getvalue())
        return prepare("c", tmp_path / "c.npz", folder=tmp_path / "d", mirrors=[tmp_path])

    return make


def test_a_record_is_a_label_and_three_planes():
    red, green, blue = (np.full(1024, value, np.uint8).tobytes() for value in (10, 20, 30))
    images, labels = cifar10.read([b"\x07" + red + green + blue])
    assert labels.tolist() == [7]
    assert images.shape == (1, 32, 32, 3)
    assert (images == [10, 20, 30]).all()


def test_rows_and_columns_are_not_swapped():
    record = np.zeros(3073, np.uint8)
    record[1 + 5] = 99  # the sixth byte of the red plane is row 0, column 5
    images, _ = cifar10.read([record.tobytes()])
    assert images[0, 0, 5, 0] == 99


def test_the_last_training_images_validate(prepared):
    made = prepared()
    # As `prepared` draws them, file by file.
    numbers = np.random.default_rng(0)
    records = [numbers.integers(10, size=(2, 3073), dtype=np.uint8) for _ in range(6)]
    records = np.concatenate(records)
    for split, wanted in (("train", records[:7]), ("valid", records[7:10]), ("test", records[10:])):
        assert made.labels(split).tolist() == wanted[:, 0].tolist()
        planes = wanted[:, 1:].reshape(-1, 3, 32, 32)
        np.testing.assert_array_equal(made.images(split), planes.transpose(0, 2, 3, 1))


def test_a_wrong_number_of_records_is_told(prepared):
    with pytest.raises(SaigenError, match=r"data_batch_1\.bin in .* has 9219 bytes, not 6146"):
        prepared(records=3)
