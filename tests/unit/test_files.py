"""Files appear whole or not at all, whatever happens to the writer."""

import signal
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saigen.files import (
    digest_of,
    parse_yaml,
    read_json,
    replacing,
    sha256,
    write_json,
    write_text,
)

# Writes two texts in turns for ever, each in many small pieces.
WRITER = """
import sys
from saigen.files import replacing
turn = 0
while True:
    with replacing(sys.argv[1]) as scratch, scratch.open("w") as handle:
        for _ in range(200):
            handle.write("ab"[turn % 2] * 50)
            handle.flush()
    turn += 1
"""
WHOLE = {"a" * 10_000, "b" * 10_000}


def names_in(folder):
    return [path.name for path in folder.iterdir()]


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    target = tmp_path / "new" / "folder" / "file.txt"
    write_text(target, "old")
    write_text(target, "new\r\n")
    assert target.read_bytes() == b"new\r\n"
    assert names_in(target.parent) == ["file.txt"]


@pytest.mark.parametrize("begun", [False, True])
def test_an_exception_leaves_the_old_file_and_no_scratch_file(tmp_path, begun):
    target = tmp_path / "file.txt"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(target) as scratch:
        if begun:
            scratch.write_text("half a")
        raise ZeroDivisionError
    assert target.read_text() == "old"
    assert names_in(tmp_path) == ["file.txt"]


def test_the_target_is_not_touched_before_the_end(tmp_path):
    target = tmp_path / "file.txt"
    target.write_text("old")
    with replacing(target) as scratch:
        scratch.write_text("new")
        assert target.read_text() == "old"
        assert scratch.parent == target.parent, "a rename must not cross a file system"
        assert scratch.suffix == target.suffix, "writers such as savefig look at it"
    assert target.read_text() == "new"


def test_kill_minus_9_leaves_the_old_file_or_the_new_one(tmp_path):
    target = tmp_path / "file.txt"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(target)])
    try:
        until = time.monotonic() + 60
        while not target.exists():
            assert time.monotonic() < until
            time.sleep(0.01)
        # A reader that looks at any moment sees a whole file.
        for _ in range(200):
            assert target.read_text() in WHOLE
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    assert target.read_text() in WHOLE
    others = [name for name in names_in(tmp_path) if name != "file.txt"]
    assert all(name.startswith(".") for name in others), "globs must not see a half-written file"


@pytest.mark.parametrize(
    ("text", "number"),
    [("1e-3", 1e-3), ("1E5", 1e5), ("-2e+4", -2e4), ("3.5e-2", 0.035), ("1_0e2", 1000.0)],
)
def test_an_exponent_is_a_number(text, number):
    value = parse_yaml(f"rate: {text}")["rate"]
    assert isinstance(value, float)
    assert value == number


@pytest.mark.parametrize("text", ["e3", "1e", "1e-", "v1e3", "1e3x", "'1e-3'", "0x1e3q"])
def test_what_only_looks_like_an_exponent_stays_text(text):
    assert isinstance(parse_yaml(f"word: {text}")["word"], str)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_survives_yaml_in_the_form_that_python_prints(number):
    assert parse_yaml(f"x: {number!r}")["x"] == number


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), json_values))
def test_a_digest_does_not_depend_on_the_order_of_keys(value):
    assert digest_of(value) == digest_of(dict(reversed(value.items())))


def test_a_digest_depends_on_keys_values_and_types():
    values = [{"a": 1}, {"a": 1.0}, {"a": "1"}, {"a": True}, {"b": 1}, {"a": [1]}, ["a", 1]]
    assert len({digest_of(value) for value in values}) == len(values)


def test_json_keeps_its_order_and_its_letters(tmp_path):
    value = {"z": "再現", "a": [1, 0.1, None]}
    write_json(tmp_path / "x.json", value)
    assert list(read_json(tmp_path / "x.json").items()) == list(value.items())
    assert "再現" in (tmp_path / "x.json").read_text(encoding="utf-8")


def test_sha256_is_the_digest_of_the_bytes(tmp_path):
    (tmp_path / "x").write_bytes(b"abc")
    assert sha256(tmp_path / "x") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
