"""Images as binary units, and back."""

import numpy as np
import pytest

from saigen.papers.dbm.pixels import decode, encode


def test_all_levels_survive_eight_bits():
    levels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    units = encode(levels, 8)
    assert units.shape == (1, 2048) and set(np.unique(units)) == {0, 1}
    np.testing.assert_allclose(decode(units, (16, 16, 1), 8) * 255.0, levels, atol=1e-4)


def test_the_lowest_bit_comes_first():
    np.testing.assert_array_equal(
        encode(np.full([1, 1, 1, 1], 6, np.uint8), 8)[0, :4], [0, 1, 1, 0]
    )


@pytest.mark.parametrize("level", range(256))
def test_one_bit_is_the_threshold_at_one_half(level):
    units = encode(np.full([1, 1, 1, 1], level, np.uint8), 1)
    assert units[0, 0] == (level / 255.0 > 0.5)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_decoding_spans_black_to_white(bits):
    both = np.array([0, 255], np.uint8).reshape(2, 1, 1, 1)
    np.testing.assert_allclose(decode(encode(both, bits), (1, 1, 1), bits).ravel(), [0.0, 1.0])
