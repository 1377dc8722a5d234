"""Hashes of what files hold: what counts as a change."""

import os

import pytest

from saigen.contents import content_of, listing_of


@pytest.fixture
def files(tmp_path):
    for name in ("a.csv", "sub/b.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    return [tmp_path / "a.csv", tmp_path / "sub/b.csv"]


def test_content_is_names_and_bytes_and_not_times_or_order(files):
    before = content_of(files)
    os.utime(files[0], (0, 0))
    assert content_of(reversed(files)) == before
    files[0].write_text("A.csv")
    assert content_of(files) != before
    changed = content_of(files)
    assert content_of([files[0].rename(files[0].with_name("c.csv")), files[1]]) != changed


def test_a_file_that_is_not_there_is_a_content_of_its_own(files):
    before = content_of(files)
    files[1].unlink()
    assert content_of(files) not in (before, content_of(files[:1]))


def _grow(files):
    files[1].write_text("more text")


def _touch(files):
    os.utime(files[1], (0, 0))


def _rename(files):
    files[1].rename(files[1].with_name("c.csv"))


def _move(files):
    files[1].rename(files[0].with_name("b.csv"))


def _remove(files):
    files[1].unlink()


@pytest.mark.parametrize("change", [_grow, _touch, _rename, _move, _remove])
def test_a_listing_is_names_sizes_and_times(files, tmp_path, change):
    before = listing_of(tmp_path)
    assert listing_of(tmp_path) == before
    change(files)
    assert listing_of(tmp_path) != before


def test_a_listing_may_be_of_an_archive_or_of_nothing(files, tmp_path):
    before = listing_of(files[0])
    os.utime(files[0], (0, 0))
    assert len({listing_of(files[0]), before, listing_of(tmp_path / "none")}) == 3


def test_what_links_lead_to_is_listed(files, tmp_path):
    held = tmp_path / "set"
    held.mkdir()
    (held / "folder").symlink_to(tmp_path / "sub")
    (held / "a.csv").symlink_to(files[0])
    (held / "round").symlink_to(held)  # refused where the set is read; a plan must end
    (held / "nowhere").symlink_to(tmp_path / "none")
    found = [listing_of(held)]
    for path in files:
        path.write_text("another text")
        found.append(listing_of(held))
    assert len(set(found)) == 3


def test_an_archive_may_be_a_link(files, tmp_path):
    (tmp_path / "link").symlink_to(files[0])
    before = listing_of(tmp_path / "link")
    files[0].write_text("another text")
    assert listing_of(tmp_path / "link") != before


def test_names_that_are_no_text_are_listed(tmp_path):
    (tmp_path / os.fsdecode(b"\xff.png")).touch()
    assert listing_of(tmp_path) != listing_of(tmp_path / "none")
