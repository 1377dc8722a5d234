"""Whatever is wrong with a file, the next place is asked, and only what is wrong is removed."""

import errno
import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from saigen.data import binarized_mnist, preparation
from saigen.data.fetch import Fetcher, check, plain
from saigen.data.refused import Wrong
from saigen.data.registry import RawFile
from saigen.errors import SaigenError

FIRST = "train-images-idx3-ubyte"
SPLIT = RawFile("binarized_mnist_train.amat", "sha256", "0" * 64)


def archive(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def zipped(member, content):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr(member, content)
    return stream.getvalue()


def locked():
    content = bytearray(archive(train=np.zeros([4, 98], np.uint8)))
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    return bytes(content)


BAD = {
    "of floats": archive(train=np.zeros([4, 784], np.float32)),
    "no array": zipped("train", "x"),
    "encrypted": locked(),
    "broken header": zipped("train.npy", b"\x93NUMPY\1\0v\0{'descr': '|u1', 'fort".ljust(128)),
}


@pytest.mark.parametrize("case", BAD)
def test_bytes_that_numpy_stumbles_over_are_damage(case, tmp_path):
    path = tmp_path / "binarized_mnist.npz"
    path.write_bytes(BAD[case])
    with pytest.raises(Wrong, match=r"binarized_mnist\.npz is damaged: ."):
        check(path, SPLIT, binarized_mnist.decode)


@pytest.mark.parametrize("problem", [RuntimeError(), MemoryError()])
def test_whatever_a_download_does_to_its_decoder_the_next_source_is_asked(
    problem, tiny, serve, raw, tmp_path
):
    def decode(carried, file):
        if carried == b"bad":
            raise problem
        return plain(carried, file)

    bad, _ = serve(lambda path: (200, {}, b"bad"))
    right, _ = serve(lambda path: (200, {}, raw[path.strip("/")]))
    bad, right = bad.replace("{file}.gz", "bad/{file}.gz"), right.removesuffix(".gz")
    entry = tiny({"web": bad}, {"web": right})
    assert Fetcher(tmp_path).fetch(entry, decode).contents == raw
    assert not list(tmp_path.rglob("*.gz")), "what was wrong is not kept"


@pytest.fixture
def unreadable(monkeypatch):
    """Make files of this name refuse to be read, as another user's do (tests may be root's)."""

    def close(name, problem):
        def read(path):
            if path.name == name:
                raise problem
            return whole(path)

        whole = Path.read_bytes
        monkeypatch.setattr(Path, "read_bytes", read)

    return close


@pytest.mark.parametrize(
    ("problem", "why"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "cannot be read: Permission denied"),
        (OSError(errno.EIO, "Input/output error"), "cannot be read: Input/output error"),
        (MemoryError(), "does not fit into memory"),
    ],
)
def test_a_file_that_cannot_be_read_stays(problem, why, tiny, put, unreadable, tmp_path):
    place = put(tmp_path / "data" / "tiny")
    unreadable(FIRST, problem)
    with pytest.raises(SaigenError, match=f"{FIRST} {why}"):
        Fetcher(tmp_path / "data").fetch(tiny())
    assert (place / FIRST).is_file()


def test_a_right_file_that_memory_is_too_small_to_decode_stays(tiny, put, tmp_path):
    def decode(carried, file):
        raise MemoryError

    place = put(tmp_path / "data" / "tiny")
    with pytest.raises(SaigenError, match=f"{FIRST} does not fit into memory"):
        Fetcher(tmp_path / "data").fetch(tiny(), decode)
    assert (place / FIRST).is_file()


@pytest.fixture
def closed(monkeypatch):
    """Make folders of this name refuse to be looked into, as Python up to 3.13 tells it."""

    def close(name):
        def look(path):
            if path.parent.name == name:
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return found(path)

        found = Path.is_file
        monkeypatch.setattr(Path, "is_file", look)

    return close


def test_a_mirror_that_cannot_be_looked_into_is_passed_over(
    tiny, put, register, closed, raw, tmp_path
):
    shut, right = put(tmp_path / "shut"), put(tmp_path / "right")
    closed("shut")
    said = []
    fetcher = Fetcher(tmp_path / "data", [shut, right], log=said.append)
    assert fetcher.fetch(tiny()).contents == raw
    assert f"mirror {shut}: {shut} cannot be read: Permission denied" in said[0]
    register(tiny())
    reaches = preparation.reachable("tiny", folder=tmp_path / "data", mirrors=[shut, right])
    assert [reach.ok for reach in reaches] == [False, True, False]


def test_a_closed_folder_in_a_mirror_hides_no_right_file_at_its_top(
    tiny, put, closed, raw, tmp_path
):
    put(tmp_path / "mirror" / "tiny")
    put(tmp_path / "mirror")
    closed("tiny")
    assert Fetcher(tmp_path / "data", [tmp_path / "mirror"]).fetch(tiny()).contents == raw


def test_a_source_that_the_disk_fails_is_passed_over(tiny, serve, put, raw, tmp_path, monkeypatch):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    address, _ = serve(lambda path: (200, {}, raw[path.strip("/").removesuffix(".gz")]))
    monkeypatch.setattr("saigen.data.sources.write_text", full)
    system = put(tmp_path / "system")
    said = []
    fetcher = Fetcher(tmp_path / "data", log=said.append)
    fetched = fetcher.fetch(tiny({"web": address}, {"system": str(system)}))
    assert fetched.contents == raw
    assert any(line.endswith(": No space left on device") for line in said), said


def test_a_wrong_file_that_cannot_be_removed_is_told_and_the_next_source_asked(
    tiny, put, raw, tmp_path, monkeypatch
):
    def refuse(path, missing_ok=False):
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    put(tmp_path / "data" / "tiny", train_images_idx3_ubyte=b"other")
    system = put(tmp_path / "system")
    monkeypatch.setattr(Path, "unlink", refuse)
    said = []
    fetcher = Fetcher(tmp_path / "data", log=said.append)
    assert fetcher.fetch(tiny({"system": str(system)})).contents == raw
    assert f"{FIRST} has another digest" in said[0]


@pytest.mark.parametrize("right", ["tiny/{}.gz", "{}", "{}.gz"])
def test_a_wrong_file_hides_no_right_one_beside_it(right, tiny, put, raw, tmp_path):
    mirror = put(tmp_path / "mirror" / "tiny", train_images_idx3_ubyte=b"other").parent
    content = gzip.compress(raw[FIRST]) if right.endswith(".gz") else raw[FIRST]
    (mirror / right.format(FIRST)).write_bytes(content)
    assert Fetcher(tmp_path / "data", [mirror]).fetch(tiny()).contents == raw


def test_of_the_download_folder_the_wrong_file_alone_is_removed(tiny, put, raw, tmp_path):
    place = put(tmp_path / "tiny", train_images_idx3_ubyte=b"other")
    (place / f"{FIRST}.gz").write_bytes(gzip.compress(raw[FIRST]))
    assert Fetcher(tmp_path).fetch(tiny()).contents == raw
    assert not (place / FIRST).exists() and (place / f"{FIRST}.gz").is_file()


def test_a_note_that_cannot_be_read_names_no_carrier(tiny, put, tmp_path):
    (put(tmp_path / "tiny") / f"{FIRST}.source").write_bytes(b"\xff")
    assert Fetcher(tmp_path).fetch(tiny()).source == f"download folder {tmp_path / 'tiny'}"
