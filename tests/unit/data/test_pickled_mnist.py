import gzip
import os
import pickle

import numpy as np
import pytest

from saigen.data import idx, pickled_mnist


class Attack:
    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize(
    "attack", [Attack(os.system, "true"), Attack(eval, "1"), Attack(open, "x")]
)
def test_a_pickle_that_calls_is_refused_before_it_calls(attack):
    with pytest.raises(pickle.UnpicklingError, match="refused"):
        pickled_mnist.load_arrays(pickle.dumps([np.zeros(2), attack]))


def test_an_object_array_cannot_smuggle_a_call():
    smuggled = np.array([Attack(os.system, "true")], dtype=object)
    with pytest.raises(pickle.UnpicklingError, match="refused"):
        pickled_mnist.load_arrays(pickle.dumps(smuggled))


def test_arrays_come_through():
    content = pickle.dumps((np.arange(3.0), [np.int8([1])]), protocol=4)
    first, (second,) = pickled_mnist.load_arrays(content)
    assert first.tolist() == [0, 1, 2] and second.tolist() == [1]


def test_the_canonical_files_come_back():
    pixels = np.random.default_rng(0).integers(256, size=(4, 784), dtype=np.uint8)
    labels = np.array([3, 1, 4, 1])
    parts = [(pixels[rows].astype(np.float32) / 256, labels[rows]) for rows in ([0, 1], [2], [3])]
    raw = pickled_mnist.unpack(gzip.compress(pickle.dumps(parts, protocol=4)))
    images = idx.decode(raw["train-images-idx3-ubyte"])
    np.testing.assert_array_equal(images.reshape(3, 784), pixels[:3])
    assert idx.decode(raw["t10k-labels-idx1-ubyte"]).tolist() == [1]


def test_pixels_that_were_changed_are_refused():
    parts = [(np.full((1, 784), 0.3, np.float32), np.array([0]))] * 3
    with pytest.raises(ValueError, match="256ths"):
        pickled_mnist.unpack(gzip.compress(pickle.dumps(parts, protocol=4)))
