"""Checkpoints come back bit for bit, or are known to be damaged."""

import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saigen.engine.checkpoint import State, restore, save

ARRAYS = {
    "dense/kernel": np.array([[0.1, -0.0], [np.nan, np.inf], [1e-45, 3.4e38]], np.float32),
    "step": np.int32(7),
    "count": np.array(2**62, np.int64),
    "mask": np.array([True, False]),
    "image": np.arange(256, dtype=np.uint8),
    "empty": np.zeros([0, 3], np.float32),
}


def state(step=7, **changes):
    values = {
        "arrays": ARRAYS,
        "rows": [(5, "loss", 0.1 + 0.2, 1.25), (7, "loss", float("nan"), 2.5)],
        "clock": {"wall": 1.5, "cpu": 2.5, "startup_cpu": 0.5},
        "stamps": [{"device": "CPU", "intra_op_threads": 1}],
    }
    return State(step, **{**values, **changes})


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "work"


@pytest.fixture
def told():
    return []


def test_arrays_come_back_bit_for_bit(folder, told):
    save(folder, state())
    found = restore(folder, told.append)
    assert list(found.arrays) == list(ARRAYS)
    for name, wanted in ARRAYS.items():
        array = found.arrays[name]
        assert (array.dtype, array.shape) == (wanted.dtype, np.shape(wanted))
        assert array.tobytes() == wanted.tobytes()
    assert told == []


def test_step_rows_clock_and_stamps_come_back(folder, told):
    wanted = state()
    save(folder, wanted)
    found = restore(folder, told.append)
    assert (found.step, found.clock, found.stamps) == (7, wanted.clock, wanted.stamps)
    assert repr(found.rows) == repr(wanted.rows), "every bit, and NaN too"


@given(st.lists(st.floats(), max_size=5))
def test_every_float_of_a_row_survives(tmp_path_factory, values):
    folder = tmp_path_factory.mktemp("rows")
    rows = [(1, "loss", value, 0.0) for value in values]
    save(folder, state(rows=rows))
    assert repr(restore(folder, print).rows) == repr(rows)


def test_nothing_to_restore_is_none(folder, told):
    assert restore(folder, told.append) is None
    assert told == []


def test_the_last_two_are_kept_and_the_newest_is_used(folder, told):
    paths = [save(folder, state(step)) for step in (1, 2, 10, 200)]
    assert sorted(folder.iterdir()) == sorted(paths[-2:])
    assert restore(folder, told.append).step == 200


@pytest.mark.parametrize("keep", [0, 1, 100, -1])
def test_a_truncated_one_is_set_aside_and_told_and_the_one_before_is_used(folder, told, keep):
    save(folder, state(1))
    newest = save(folder, state(2))
    newest.write_bytes(newest.read_bytes()[:keep])
    assert restore(folder, told.append).step == 1
    assert len(told) == 1
    assert newest.name in told[0]
    assert "damaged" in told[0]
    assert not newest.exists()
    assert newest.with_suffix(".damaged").exists()
    # It stays aside: the next start is quiet, and the next save counts sound ones only.
    assert restore(folder, told.append).step == 1
    assert len(told) == 1


def test_when_all_are_damaged_there_is_nothing_to_restore(folder, told):
    for step in (1, 2):
        path = save(folder, state(step))
        path.write_bytes(b"")
    assert restore(folder, told.append) is None
    assert len(told) == 2


@settings(max_examples=100)
@given(st.data())
def test_any_flipped_byte_is_noticed(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("flipped")
    path = save(folder, state())
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    assert restore(folder, lambda line: None) is None


def test_a_write_that_was_killed_leaves_the_checkpoint_before(folder, told):
    save(folder, state(1))
    (folder / ".new.4711.npz").write_bytes(b"half a")
    (folder / "new.npz").write_bytes(b"whole, but without its name yet")
    assert restore(folder, told.append).step == 1
    assert told == []


def test_there_is_no_pickle_inside(folder):
    path = save(folder, state())
    with zipfile.ZipFile(path) as archive:
        assert all(name.endswith(".npy") for name in archive.namelist())
    with np.load(path, allow_pickle=False) as content:
        assert {content[name].dtype.hasobject for name in content.files} == {False}
    with pytest.raises(ValueError, match="allow_pickle"):
        save(folder, state(8, arrays={"x": np.array([{}], object)}))
    assert restore(folder, print).step == 7
