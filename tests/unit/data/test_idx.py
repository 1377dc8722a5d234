import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from saigen.data import idx

DTYPES = st.sampled_from([np.uint8, np.int8, np.int16, np.int32, np.float32, np.float64])
SHAPES = hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=5)


@given(DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, SHAPES)))
def test_decoding_undoes_encoding(array):
    back = idx.decode(idx.encode(array))
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


def test_layout_is_magic_shape_values():
    assert idx.encode(np.array([[1, 2]], np.int16)) == bytes.fromhex(
        "00000b02 00000001 00000002 00010002"
    )


@given(st.binary(max_size=40))
def test_foreign_bytes_are_an_array_or_a_value_error(content):
    with contextlib.suppress(ValueError):
        assert isinstance(idx.decode(content), np.ndarray)


@pytest.mark.parametrize("change", [lambda c: c[:-1], lambda c: c + b"\0", lambda c: c[:6]])
def test_a_file_of_the_wrong_length_is_refused(change):
    with pytest.raises(ValueError, match="IDX"):
        idx.decode(change(idx.encode(np.zeros((2, 3), np.uint8))))


def test_a_type_that_idx_lacks_is_refused():
    with pytest.raises(ValueError, match="complex128"):
        idx.encode(np.zeros(2, complex))
