"""Both binarisations: the fixed one in each form it travels in, and our own."""

import gzip
import hashlib
import io

import numpy as np
import pytest
from scipy.io import savemat

from saigen.data import bernoulli_mnist, binarized_mnist, prepare
from saigen.data.registry import Entry, RawFile

ROWS = np.random.default_rng(0).integers(2, size=(5, 784), dtype=np.uint8)
FILE = "binarized_mnist_valid.amat"


def text():
    stream = io.BytesIO()
    np.savetxt(stream, ROWS, fmt="%d")
    return stream.getvalue()


def matlab():
    stream = io.BytesIO()
    savemat(stream, {"X": ROWS})
    return stream.getvalue()


def packed():
    stream = io.BytesIO()
    np.savez(stream, valid=np.packbits(ROWS, axis=1))
    return stream.getvalue()


@pytest.mark.parametrize("form", [text, matlab, packed, lambda: gzip.compress(text())])
def test_every_form_decodes_to_the_same_rows(form):
    assert binarized_mnist.decode(form(), FILE) == ROWS.tobytes()


@pytest.mark.parametrize(
    "content", [b"0 1 2", b"0.5", packed()[:90], matlab()[:200], matlab().replace(b"X", b"Y")]
)
def test_other_content_is_a_value_error(content):
    with pytest.raises(ValueError):
        binarized_mnist.decode(content, FILE)


def test_prepared_from_a_mirror(register, tmp_path):
    digest = hashlib.sha256(ROWS.tobytes()).hexdigest()
    files = tuple(
        RawFile(f"binarized_mnist_{split}.amat", "sha256", digest)
        for split in ("train", "valid", "test")
    )
    spelled = ("{file}", "{stem}.mat")
    register(Entry("b", "rows", "binarized_mnist", "CC0", "nobody", files=files, spelled=spelled))
    for split, name, form in [
        ("train", "amat", text),
        ("valid", "mat", matlab),
        ("test", "amat", matlab),
    ]:
        (tmp_path / f"binarized_mnist_{split}.{name}").write_bytes(form())
    made = prepare("b", tmp_path / "b.npz", folder=tmp_path / "data", mirrors=[tmp_path])
    for split in made.splits:
        np.testing.assert_array_equal(made.images(split).reshape(5, 784), ROWS)


class TestBernoulli:
    def draw(self, images, key=0):
        return bernoulli_mnist.binarise(images, np.random.Philox(key=key))

    def test_black_stays_off_and_white_goes_on(self):
        images = np.repeat(np.array([0, 255], np.uint8), 5000).reshape(2, 5000)
        np.testing.assert_array_equal(self.draw(images), images // 255)

    def test_mean_is_the_intensity(self):
        levels = np.arange(256, dtype=np.uint8)
        mean = self.draw(np.tile(levels, (2500, 4))).reshape(10_000, 256).mean(axis=0)
        # 5 standard errors over 256 levels: fails by chance less than once in 5,000 seeds.
        sigma = np.sqrt((levels / 255) * (1 - levels / 255) / 10_000)
        assert (np.abs(mean - levels / 255) <= 5 * sigma).all()

    def test_draws_are_a_function_of_the_seed(self):
        images = np.full((3, 28, 28, 1), 128, np.uint8)
        assert hashlib.sha256(self.draw(images)).hexdigest()[:16] == "7198762e13266f3b"
        assert not np.array_equal(self.draw(images), self.draw(images, key=1))

    def test_the_dataset_says_that_it_is_not_the_fixed_one(self, register, tiny, put, tmp_path):
        made_from = Entry("b", "rows", "bernoulli_mnist", "CC0", "n", made_from="tiny", binary=True)
        register(tiny(), made_from)
        put(tmp_path / "tiny")
        made = prepare("b", tmp_path / "b.npz", folder=tmp_path)
        assert set(np.unique(made.images("train"))) == {0, 1}
        assert made.labels("valid").tolist() == [4, 5]
        assert made.facts["binary"] and made.facts["seed"] == 0
