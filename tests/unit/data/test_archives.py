import io
import stat
import tarfile
import zipfile

import numpy as np
import pytest

from saigen.data.archives import members
from saigen.errors import SaigenError

FILES = {"a.txt": b"one", "sub/b.txt": b"two", "sub/empty.txt": b""}


@pytest.fixture
def packed(tmp_path):
    """Return the path of FILES as a folder, or packed as the given kind."""

    def pack(kind):
        folder = tmp_path / "files"
        for name, content in FILES.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        if kind == "folder":
            return folder
        path = tmp_path / f"files.{kind}"
        if kind == "zip":
            with zipfile.ZipFile(path, "w") as archive:
                for name in FILES:
                    archive.write(folder / name, name)
        else:
            with tarfile.open(path, "w:gz" if kind == "tar.gz" else "w") as archive:
                archive.add(folder, ".")
        return path

    return pack


@pytest.mark.parametrize("kind", ["folder", "tar", "tar.gz", "zip"])
def test_all_forms_give_the_same_members(kind, packed):
    assert dict(members(packed(kind))) == FILES


def test_links_in_a_folder_are_followed(packed, tmp_path):
    folder = packed("folder")
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "deep").mkdir(parents=True)
    (elsewhere / "deep" / "c.txt").write_bytes(b"three")
    (folder / "linked").symlink_to(elsewhere)
    (folder / "again").symlink_to("linked")
    (folder / "d.txt").symlink_to(elsewhere / "deep" / "c.txt")
    linked = {"linked/deep/c.txt": b"three", "again/deep/c.txt": b"three", "d.txt": b"three"}
    assert dict(members(folder)) == FILES | linked
    (tmp_path / "door").symlink_to(folder)
    assert dict(members(tmp_path / "door")) == FILES | linked


@pytest.mark.parametrize("to", [".", "..", "../sub"])
def test_a_link_to_where_it_lies_is_refused(packed, to):
    folder = packed("folder")
    (folder / "sub" / "loop").symlink_to(to)
    with pytest.raises(SaigenError, match=r"loop: links to .*, which it lies in; remove the link"):
        list(members(folder))


def test_a_link_that_leads_nowhere_is_told_by_its_name(packed):
    folder = packed("folder")
    (folder / "cat").symlink_to("gone")
    with pytest.raises(SaigenError, match=r"files/cat: cannot be read: No such file"):
        list(members(folder))


def test_an_archive_can_be_read_from_memory(packed):
    assert dict(members(packed("tar.gz").read_bytes(), "files.tar.gz")) == FILES


def tar_with(name, kind=tarfile.REGTYPE, link=""):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, link
        archive.addfile(member)
    return stream.getvalue()


def zip_with(name, mode=stat.S_IFREG):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        member = zipfile.ZipInfo(name)
        member.create_system, member.external_attr = 3, (mode | 0o644) << 16
        archive.writestr(member, "/etc/passwd")
    return stream.getvalue()


def test_a_tar_whose_first_name_begins_like_a_zip_is_a_tar():
    assert dict(members(tar_with("PKLot/a.txt"), "PKLot.tar")) == {"PKLot/a.txt": b""}


@pytest.mark.parametrize("pack", [tar_with, zip_with])
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../evil", "climbs out of the archive"),
        ("sub/../../evil", "climbs out of the archive"),
        ("/etc/evil", "has an absolute path"),
        ("C:/evil", "has an absolute path"),
        ("..\\evil", "has an absolute path"),
    ],
)
def test_a_path_that_leaves_the_archive_is_refused(pack, name, reason):
    with pytest.raises(SaigenError, match=reason) as problem:
        list(members(pack(name), "data.tar"))
    assert str(problem.value).startswith("data.tar: refused, member")


@pytest.mark.parametrize(
    "archive",
    [
        tar_with("link", tarfile.SYMTYPE, "/etc/passwd"),
        tar_with("link", tarfile.LNKTYPE, "a.txt"),
        tar_with("pipe", tarfile.FIFOTYPE),
        zip_with("link", stat.S_IFLNK),
    ],
)
def test_links_and_devices_are_refused(archive):
    with pytest.raises(SaigenError, match="is a link or a device"):
        list(members(archive, "data"))


def test_half_an_archive_is_told(packed):
    path = packed("tar.gz")
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(SaigenError, match=r"files\.tar\.gz: cannot be read"):
        list(members(path))


@pytest.mark.parametrize("kind", ["tar", "tar.gz", "tar.bz2", "tar.xz", "zip"])
def test_one_wrong_bit_is_told_or_changes_nothing_but_what_no_checksum_covers(tmp_path, kind):
    names = [f"{number:03d}.bin" for number in range(100)]
    draws = np.random.default_rng(0)
    contents = {name: draws.bytes(300) for name in names}
    path = tmp_path / f"files.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in contents.items():
                archive.writestr(name, content)
    else:
        with tarfile.open(path, f"w:{kind.partition('.')[2]}") as archive:
            for name, content in contents.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    whole, told = path.read_bytes(), 0
    assert dict(members(path)) == contents
    for place in draws.integers(20, len(whole) - 20, 40):
        harmed = bytearray(whole)
        harmed[place] ^= 1 << draws.integers(8)
        try:
            found = dict(members(bytes(harmed), "files"))
        except SaigenError:
            told += 1
        else:
            # A plain tar has checksums of its headers alone, a zip none of dates and modes.
            assert len(found) == len(contents)
            assert kind in ("tar", "zip") or found == contents
    assert told > 0


def test_a_zip_that_cannot_be_unpacked_is_told():
    content = zip_with("a.txt")
    locked, odd = bytearray(content), bytearray(content)
    central = content.index(b"PK\1\2")
    for start in (6, central + 8):
        locked[start] |= 1  # encrypted
    for start in (8, central + 10):
        odd[start] = 97  # a method that the library does not have
    for harmed in (locked, odd):
        with pytest.raises(SaigenError, match=r"data\.zip: cannot be read"):
            list(members(bytes(harmed), "data.zip"))


def test_a_member_without_a_name_is_refused():
    with pytest.raises(SaigenError, match="has no name"):
        list(members(tar_with("."), "data.tar"))


def test_no_archive_is_told(tmp_path):
    (tmp_path / "notes.txt").write_text("notes")
    with pytest.raises(SaigenError, match=r"notes\.txt: cannot be read"):
        list(members(tmp_path / "notes.txt"))
    with pytest.raises(SaigenError, match="absent: cannot be read: No such file"):
        list(members(tmp_path / "absent"))
