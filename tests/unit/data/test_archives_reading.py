"""What is read of a folder or an archive, and what a bad one may do: be told, never more."""

import io
import os
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from saigen.data.archives import members
from saigen.errors import SaigenError


def tar(*files):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in files:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def zipped(*files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "set" / "cat").mkdir(parents=True)
    (tmp_path / "set" / "cat" / "1.png").write_bytes(b"one")
    (tmp_path / "set" / "cat" / "film.mp4").write_bytes(b"long")
    return tmp_path / "set"


def images(path):
    return path.endswith(".png")


@pytest.fixture
def read(monkeypatch):
    """The files that are opened, by name."""

    def note(path, *args, **keywords):
        opened.append(path.name)
        return whole(path, *args, **keywords)

    opened, whole = [], Path.open
    monkeypatch.setattr(Path, "open", note)
    return opened


def test_what_is_not_wanted_is_not_read(folder, read):
    assert dict(members(folder, wanted=images)) == {"cat/1.png": b"one"}
    assert read == ["1.png"]


@pytest.mark.parametrize("pack", [tar, zipped])
def test_of_an_archive_too(pack, monkeypatch):
    def note(kind, name):
        def reading(self, *args):
            sizes.append(len(content := whole(self, *args)))
            return content

        whole = getattr(kind, name)
        monkeypatch.setattr(kind, name, reading)

    sizes = []
    content = pack(("cat/1.png", b"one"), ("cat/film.mp4", b"longer"))
    note(tarfile.ExFileObject, "read")
    note(zipfile.ZipFile, "read")
    assert dict(members(content, "set", images)) == {"cat/1.png": b"one"}
    assert sizes == [3]


@pytest.mark.parametrize("pack", [tar, zipped])
@pytest.mark.parametrize("again", ["cat/1.png", "cat/./1.png", "cat//1.png"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice_is_refused(pack, again):
    content = pack(("cat/1.png", b"old"), ("cat/2.png", b"other"), (again, b"new"))
    with pytest.raises(SaigenError, match=f"set: refused, member `{again}` is in it twice; pack"):
        list(members(content, "set"))


def test_a_pipe_is_passed_over_unless_it_is_wanted(folder):
    os.mkfifo(folder / "cat" / "pipe")
    os.mkfifo(folder / "cat" / "2.png")
    with pytest.raises(SaigenError, match=r"cat/2\.png: cannot be read: it is no regular file"):
        list(members(folder, wanted=images))
    (folder / "cat" / "2.png").unlink()
    assert dict(members(folder, wanted=images)) == {"cat/1.png": b"one"}
    with pytest.raises(SaigenError, match="pipe: cannot be read: it is no regular file"):
        list(members(folder / "cat" / "pipe"))


def test_a_link_that_leads_nowhere_is_told_though_no_image_by_its_name(folder):
    """It may have been a whole class."""
    (folder / "dog").symlink_to("gone")
    with pytest.raises(SaigenError, match="set/dog: cannot be read: No such file"):
        list(members(folder, wanted=images))


def test_a_link_to_a_folder_above_is_refused_before_anything_of_it_is_read(folder, read):
    (folder.parent / "private.txt").write_text("mail")
    read.clear()
    (folder / "cat" / "up").symlink_to(folder.parent)
    with pytest.raises(SaigenError, match=r"set/cat/up: links to .*, which it lies in"):
        list(members(folder))
    assert "private.txt" not in read


def test_a_name_in_a_zip_that_is_no_utf8_is_told():
    content = zipped(("cat/é.png", b"one")).replace("é".encode(), b"\xe9\xe9")
    with pytest.raises(SaigenError, match=r"set\.zip: cannot be read: 'utf-8' codec"):
        list(members(content, "set.zip"))


def test_a_harmed_zip_is_told_whatever_the_library_makes_of_it():
    draws = np.random.default_rng(0)
    whole = zipped(("a/b.png", b"z" * 40), ("c/é.png", b"z" * 40))
    for _ in range(1500):
        harmed = bytearray(whole)
        for place in draws.integers(2, len(whole), draws.integers(1, 4)):
            harmed[place] = draws.choice([0, 255, draws.integers(256)])
        try:
            list(members(bytes(harmed), "set.zip"))
        except SaigenError as problem:
            assert "set.zip" in str(problem)


@pytest.mark.parametrize("form", ["folder", "tar"])
def test_an_error_of_the_callers_own_stays_what_it_is(form, folder):
    origin = folder if form == "folder" else tar(("cat/1.png", b"one"))

    def fail(path):
        raise OSError("the caller's")

    with pytest.raises(OSError, match=r"^the caller's$"):
        list(members(origin, wanted=fail))
    with pytest.raises(OSError, match=r"^the caller's$"):
        for path, _ in members(origin):
            fail(path)
