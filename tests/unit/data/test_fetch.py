"""The first source with the right bytes wins; every other one says why it was passed over."""

import gzip
import io
import tarfile

import pytest

from saigen.data.fetch import Fetcher
from saigen.errors import SaigenError

FIRST = "train-images-idx3-ubyte"
PAGE = b"<!DOCTYPE html><html><body>Moved</body></html>"


@pytest.fixture
def good(raw):
    """Answer with the right bytes, gzipped."""
    return lambda path: (200, {}, gzip.compress(raw[path.strip("/").removesuffix(".gz")]))


CASES = {
    "not there": (lambda body: (404, {}, b"no"), "HTTP 404 Not Found"),
    "server in trouble": (lambda body: (503, {}, b"no"), "HTTP 503 Service Unavailable"),
    "an error page": (lambda body: (200, {}, PAGE), "got an HTML page instead of"),
    "half a transfer": (
        lambda body: (200, {"Content-Length": "999999"}, body),
        "cut short after",
    ),
    "half a file": (lambda body: (200, {}, body[: len(body) // 2]), "is cut short"),
    "a damaged file": (lambda body: (200, {}, body[:20] + b"\xff" * 40 + body[60:]), "is damaged"),
    "other bytes": (lambda body: (200, {}, gzip.compress(b"other")), "has another digest"),
    "nothing": (lambda body: (200, {}, b""), "has another digest"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_server_is_told_and_the_next_source_used(case, tiny, serve, good, tmp_path):
    spoil, reason = CASES[case]
    bad_address, _ = serve(lambda path: spoil(good(path)[2]))
    good_address, _ = serve(good)
    said = []
    fetcher = Fetcher(tmp_path, log=said.append)
    fetched = fetcher.fetch(tiny({"web": bad_address}, {"web": good_address}))
    assert fetched.source == good_address.removesuffix("{file}.gz")
    assert any(reason in line for line in said), said


@pytest.mark.parametrize("case", CASES)
def test_nothing_bad_is_kept(case, tiny, serve, good, tmp_path):
    spoil, reason = CASES[case]
    address, _ = serve(lambda path: spoil(good(path)[2]))
    with pytest.raises(SaigenError, match=reason):
        Fetcher(tmp_path).fetch(tiny({"web": address}))
    assert [
        path for path in tmp_path.rglob("*") if path.suffix in ("", ".gz") and path.is_file()
    ] == []


def tar(members):
    """Return a gzipped tar of these members."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return whole.getvalue()


def test_a_file_without_end_is_refused_and_nothing_of_it_kept(
    tiny, serve, good, tmp_path, monkeypatch
):
    monkeypatch.setattr("saigen.data.download.LIMIT", 10**5)
    endless, _ = serve(lambda path: (200, {}, bytes(10**6)))
    address, _ = serve(good)
    said = []
    fetched = Fetcher(tmp_path, log=said.append).fetch(tiny({"web": endless}, {"web": address}))
    assert fetched.source == address.removesuffix("{file}.gz")
    assert any("longer than 0.0001 GB" in line for line in said)
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} == {".gz", ".source"}


def test_files_are_taken_out_of_an_archive_on_the_web(tiny, serve, raw, tmp_path):
    packed = tar({f"some/{name}": content for name, content in raw.items()} | {"LICENSE": b"free"})
    address, asked = serve(lambda path: (200, {}, packed))
    address = address.replace("{file}.gz", "all.tgz")
    fetched = Fetcher(tmp_path).fetch(tiny({"archive": address}))
    assert (fetched.contents, fetched.source) == (raw, address)
    assert asked == ["/all.tgz"], "fetched once for all files"
    assert not (tmp_path / "tiny" / "LICENSE").exists()


def test_an_archive_that_climbs_out_is_refused(tiny, serve, raw, tmp_path):
    packed = tar({f"../{name}": content for name, content in raw.items()})
    address, _ = serve(lambda path: (200, {}, packed))
    with pytest.raises(SaigenError, match="climbs out of the archive"):
        Fetcher(tmp_path / "data").fetch(tiny({"archive": address}))
    assert list(tmp_path.rglob("train*")) == []


def test_when_all_fail_the_message_lists_all_and_says_what_to_do(tiny, serve, tmp_path):
    address, _ = serve(lambda path: (404, {}, b""))
    gone = "http://127.0.0.1:1/{file}.gz"  # nothing listens on port 1
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    entry = tiny({"system": "/no/such/place"}, {"web": address}, {"web": gone})
    with pytest.raises(SaigenError) as problem:
        Fetcher(tmp_path / "data", [mirror, tmp_path / "absent"]).fetch(entry)
    message = str(problem.value)
    assert "\n" not in message
    for part in [
        f"tiny: none of 6 sources had {FIRST}: ",
        f"mirror {mirror}: no file {FIRST} or {FIRST}.gz; ",
        f"mirror {tmp_path / 'absent'}: no such folder; ",
        "system copy /no/such/place: no such folder; ",
        f"{address.removesuffix('{file}.gz')}: HTTP 404 Not Found; ",
        "http://127.0.0.1:1/: connection refused. ",
        f"Put {FIRST} into {tmp_path / 'data' / 'tiny'}, or",
        "SAIGEN_MIRROR",
    ]:
        assert part in message


def test_a_name_that_does_not_resolve_is_told_so(tiny, tmp_path):
    entry = tiny({"web": "http://nowhere.invalid/{file}.gz"})
    with pytest.raises(SaigenError, match=r"http://nowhere\.invalid/: name not resolved"):
        Fetcher(tmp_path).fetch(entry)


def test_downloads_are_kept_and_their_carrier_remembered(tiny, serve, good, tmp_path):
    address, asked = serve(good)
    first = Fetcher(tmp_path).fetch(tiny({"web": address}))
    assert len(asked) == 4
    again = Fetcher(tmp_path, offline=True).fetch(tiny({"web": address}))
    assert again == first
    assert len(asked) == 4


def test_a_kept_file_that_rotted_is_removed_and_fetched_again(tiny, serve, good, tmp_path):
    address, asked = serve(good)
    first = Fetcher(tmp_path).fetch(tiny({"web": address}))
    kept = tmp_path / "tiny" / f"{FIRST}.gz"
    kept.write_bytes(kept.read_bytes()[:50])
    assert Fetcher(tmp_path).fetch(tiny({"web": address})).contents == first.contents
    assert len(asked) == 5


def test_a_remote_source_that_refused_is_not_asked_for_the_other_files(tiny, serve, put, tmp_path):
    address, asked = serve(lambda path: (404, {}, b""))
    system = put(tmp_path / "system")
    Fetcher(tmp_path / "data").fetch(tiny({"web": address}, {"system": str(system)}))
    assert asked == [f"/{FIRST}.gz"]


def test_offline_asks_nobody_outside(tiny, serve, good, tmp_path):
    address, asked = serve(good)
    with pytest.raises(SaigenError, match="not asked, offline"):
        Fetcher(tmp_path, offline=True).fetch(tiny({"web": address}))
    assert asked == []


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("inside", ["", "tiny"])
def test_a_mirror_is_used_before_anything_else(inside, zipped, tiny, serve, put, good, tmp_path):
    address, asked = serve(good)
    put(tmp_path / "mirror" / inside, zipped)
    fetched = Fetcher(tmp_path / "data", [tmp_path / "mirror"]).fetch(tiny({"web": address}))
    assert fetched.source == f"mirror {tmp_path / 'mirror'}"
    assert asked == []
    assert not (tmp_path / "data").exists()


def test_a_bad_file_in_a_mirror_is_left_alone(tiny, serve, put, good, tmp_path):
    address, _ = serve(good)
    bad = put(tmp_path / "mirror", train_images_idx3_ubyte=b"the user's own") / FIRST
    said = []
    fetched = Fetcher(tmp_path / "data", [tmp_path / "mirror"], log=said.append).fetch(
        tiny({"web": address})
    )
    assert bad.read_bytes() == b"the user's own"
    assert f"mirror {tmp_path / 'mirror'}: {FIRST} has another digest" in said[0]
    assert fetched.source == f"{address.removesuffix('{file}.gz')}, mirror {tmp_path / 'mirror'}"


def test_a_bad_file_at_the_top_of_the_download_folder_is_left_alone(tiny, serve, good, tmp_path):
    (tmp_path / FIRST).write_bytes(b"somebody else's")
    address, _ = serve(good)
    Fetcher(tmp_path).fetch(tiny({"web": address}))
    assert (tmp_path / FIRST).read_bytes() == b"somebody else's"
