import io
import stat
import tarfile
import zipfile

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


def test_no_archive_is_told(tmp_path):
    (tmp_path / "notes.txt").write_text("notes")
    with pytest.raises(SaigenError, match=r"notes\.txt: cannot be read"):
        list(members(tmp_path / "notes.txt"))
    with pytest.raises(SaigenError, match="absent: cannot be read: No such file"):
        list(members(tmp_path / "absent"))
