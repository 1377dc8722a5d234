"""From a name to a file: the whole way, on a small registry."""

import gzip
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from saigen.data import preparation, prepare, reachable
from saigen.data.preparation import made_by, mirror_folders
from saigen.errors import UsageError
from saigen.fingerprint import parts


def test_splits_come_from_the_canonical_files(register, tiny, put, raw, tmp_path):
    register(tiny())
    put(tmp_path / "tiny")
    made = prepare("tiny", tmp_path / "out.npz", folder=tmp_path)
    assert [made.labels(split).tolist() for split in made.splits] == [[0, 1, 2, 3], [4, 5], [6, 7]]
    assert made.images("train").shape == (4, 28, 28, 1)
    assert made.images("test").tobytes() == raw["t10k-images-idx3-ubyte"][16:]
    assert made.facts["licence"] == "CC0" and made.facts["source"].startswith("download folder")


def test_the_file_is_the_same_again_and_offline(register, tiny, serve, raw, tmp_path):
    def answer(path):
        return 200, {}, gzip.compress(raw[path.strip("/").removesuffix(".gz")])

    register(tiny({"web": serve(answer)[0]}))
    prepare("tiny", tmp_path / "first.npz", folder=tmp_path / "data")
    prepare("tiny", tmp_path / "second.npz", folder=tmp_path / "data", offline=True)
    assert (tmp_path / "first.npz").read_bytes() == (tmp_path / "second.npz").read_bytes()


def test_the_digest_does_not_depend_on_who_carried_it(register, tiny, put, tmp_path):
    register(tiny())
    put(tmp_path / "plain")
    put(tmp_path / "zipped", zipped=True)
    one, other = (
        prepare("tiny", tmp_path / f"{way}.npz", folder=tmp_path / "d", mirrors=[tmp_path / way])
        for way in ("plain", "zipped")
    )
    assert one.digest == other.digest
    assert one.facts["source"] != other.facts["source"]


def test_a_set_is_made_by_its_maker_its_entry_and_its_classifier(register, tiny, monkeypatch):
    def made():
        return [made_by(name) for name in ("tiny", "tiny_16px", "mine", "mine_16px")]

    def changed(**patches):
        with monkeypatch.context() as patched:
            for name, value in patches.items():
                patched.setattr(preparation, name, value)
            return differs()

    def differs():
        return [new != old for new, old in zip(made(), before, strict=True)]

    def parts_but(module):
        return lambda name: {**parts(name), module: "another"}

    register(tiny())
    before = made()
    assert len(set(before)) == 4 and made() == before
    assert changed(parts=parts_but("saigen.data.idx_images")) == [True, True, False, False]
    assert changed(parts=parts_but("saigen.data.image_folder")) == [False, False, True, True]
    assert changed(parts=parts_but("saigen.data.scored")) == [False, True, False, True]
    assert changed(parts=parts_but("saigen.data.fetch")) == [False] * 4
    assert changed(fingerprint=lambda module: module) == [False, True, False, True]
    register(tiny({"web": "https://example.org/{file}"}))  # where it is looked for is no part of it
    assert made() == before
    register(replace(tiny(), note="another"))
    assert differs() == [True, True, False, False]


def test_a_classifier_is_made_by_all_that_trains_it():
    assert parts("saigen.metrics.judged").keys() > {"saigen.metrics.classifier"}


def test_mirrors_are_those_given_then_those_of_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("SAIGEN_MIRROR", f"/b:{tmp_path}::/a")
    assert [str(path) for path in mirror_folders(["/a"])] == ["/a", "/b", str(tmp_path)]


def test_a_mirror_named_in_the_environment_is_used(register, tiny, put, monkeypatch, tmp_path):
    register(tiny())
    monkeypatch.setenv("SAIGEN_MIRROR", str(put(tmp_path / "mirror")))
    made = prepare("tiny", tmp_path / "out.npz", folder=tmp_path / "data")
    assert made.facts["source"] == f"mirror {tmp_path / 'mirror'}"


@pytest.mark.parametrize("ask", [lambda **kw: prepare(target="x.npz", **kw), reachable])
def test_unknown_names_are_usage_errors(ask, tmp_path):
    with pytest.raises(UsageError, match="`minst` is not a dataset; did you mean `mnist`"):
        ask(name="minst", folder=tmp_path)
    with pytest.raises(UsageError, match="`my_sett` is not a dataset; did you mean `my_set`"):
        ask(name="my_sett", folder=tmp_path, image_folders={"my_set": "x"})
    with pytest.raises(UsageError, match="the name is taken"):
        ask(name="mnist", folder=tmp_path, image_folders={"mnist": "x"})


def test_reachable_asks_without_downloading(register, tiny, serve, put, tmp_path):
    up, asked = serve(lambda path: (200, {}, b""))
    down, _ = serve(lambda path: (404, {}, b""))
    register(tiny({"system": str(put(tmp_path / "system"))}, {"web": up}, {"web": down}))
    told = reachable("tiny", folder=tmp_path / "data", mirrors=[tmp_path / "mirror"])
    assert [(reach.ok, reach.why) for reach in told] == [
        (False, "no such folder"),
        (False, "no such folder"),
        (True, "has the files"),
        (True, "answers"),
        (False, "HTTP 404 Not Found"),
    ]
    assert len(asked) == 1
    assert not (tmp_path / "data").exists()
    offline = reachable("tiny", folder=tmp_path, offline=True)
    assert [reach.why for reach in offline if not reach.ok][-1] == "not asked, offline"


def test_reachable_knows_what_needs_no_download(tmp_path):
    assert reachable("synthetic_digits", folder=tmp_path)[0].ok
    ((source, ok, why),) = reachable("a", folder=tmp_path, image_folders={"a": str(tmp_path)})
    assert (source, ok, why) == (str(tmp_path), True, "is there")


def test_no_tensorflow_and_no_slow_import():
    slow = "{'tensorflow', 'keras', 'scipy', 'pandas'}"
    script = f"import sys, saigen.data; print(sorted({slow} & sys.modules.keys()))"
    output = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert output.stdout.strip() == "[]"


def test_images_are_plain_arrays(register, tiny, put, tmp_path):
    register(tiny())
    put(tmp_path / "tiny")
    made = prepare("tiny", tmp_path / "out.npz", folder=tmp_path)
    assert type(made.images("train")) is np.ndarray


def test_a_tilde_in_the_folder_of_downloads_is_the_home(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(
        "saigen.data.preparation.Fetcher", lambda folder, *more: seen.append(folder) or 1 / 0
    )
    with pytest.raises(ZeroDivisionError):
        prepare("mnist", tmp_path / "mnist.npz", folder="~/datasets")
    assert seen == [tmp_path / "datasets"]
