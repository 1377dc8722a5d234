"""What is kept of a scale, and what comes back."""

import io
import json
import tarfile

import numpy as np
import pytest
from kept_runs import ENDED, PAPER, archive, publish, published, runs_of, told

from saigen.cli import main
from saigen.config import load_config
from saigen.errors import SaigenError
from saigen.files import read_json, write_text
from saigen.kept import keep, restore


@pytest.fixture
def places(tmp_path):
    return published(tmp_path)


def test_runs_come_back_as_they_were_but_for_the_folders_of_the_machine(places):
    results, kept, other = places
    assert "4 of" in told(keep, results, kept)
    assert "4 runs put back, 0 were there; 4 of" in told(restore, other, kept)
    for run in runs_of("structured_prediction"):
        before, after = run.folder(results), run.folder(other)
        assert (after / "metrics.csv").read_bytes() == (before / "metrics.csv").read_bytes()
        source = {"data_facts": {"source": "mirror …/x"}}
        assert read_json(after / "run.json") == read_json(before / "run.json") | source


def test_samples_are_kept_where_a_figure_shows_them(places):
    results, kept, other = places
    told(keep, results, kept)
    told(restore, other, kept)
    shown, not_shown = (runs_of(name)[0] for name in ("distribution", "structured_prediction"))
    with np.load(shown.folder(other) / "samples.npz", allow_pickle=False) as content:
        assert (content["images"] == np.arange(9)).all()
    assert not (not_shown.folder(other) / "samples.npz").exists()


def test_the_same_runs_give_the_same_bytes(places, tmp_path):
    results, kept, _ = places
    told(keep, results, kept)
    told(keep, results, tmp_path / "again")
    assert archive(kept).read_bytes() == archive(tmp_path / "again").read_bytes()


def test_what_does_not_stand_is_not_kept(places):
    results, kept, other = places
    first, second = runs_of("structured_prediction")
    publish(results, first, code="another")
    told(keep, results, kept)
    told(restore, other, kept)
    assert second.folder(other).is_dir() and not first.folder(other).exists()


def test_a_run_that_is_there_stays(places):
    results, kept, other = places
    told(keep, results, kept)
    (run, _) = runs_of("structured_prediction")
    write_text(run.folder(other) / "run.json", "mine")
    assert "3 runs put back, 1 were there" in told(restore, other, kept)
    assert (run.folder(other) / "run.json").read_text() == "mine"


def test_of_all_papers_those_that_are_kept_come_back(places):
    results, kept, other = places
    told(keep, results, kept)
    lines = []
    restore(load_config({"scale": "quick"}), other, kept, lines.append)
    assert any("4 runs put back" in line for line in lines)
    assert "cg_gan: no runs are kept" in lines
    with pytest.raises(SaigenError, match=r"no such file; kept are quick/"):
        restore(load_config({"scale": "smoke"}), other, kept, lines.append)


RECORD = {"paper": PAPER, "scale": "quick", "experiment": "e", "variant": "v", "seed": 0} | ENDED
RECORD |= {"identity": "i", "code": "c", "datasets": {}}


NO_STATUS, NO_IDENTITY = (
    {key: value for key, value in RECORD.items() if key != lacking}
    for lacking in ("status", "identity")
)


@pytest.mark.parametrize(
    "files",
    [
        {"e/v/seed0/run.json": RECORD},
        {"e/v/seed0/run.json": RECORD | {"seed": 1}, "e/v/seed0/metrics.csv": ""},
        {"e/v/seed0/run.json": RECORD | {"scale": "paper"}, "e/v/seed0/metrics.csv": ""},
        {"e/v/seed0/run.json": RECORD | {"paper": "dbm"}, "e/v/seed0/metrics.csv": ""},
        {"e/v/seed0/run.json": [], "e/v/seed0/metrics.csv": ""},
        {"e/v/seed0/run.json": NO_STATUS, "e/v/seed0/metrics.csv": ""},
        {"e/v/seed0/run.json": NO_IDENTITY, "e/v/seed0/metrics.csv": ""},
        {"e/v/seed0/run.json": "[" * 100_000, "e/v/seed0/metrics.csv": ""},
        {"e/v/seed0/run.json": RECORD, "e/v/seed0/metrics.csv": "", "e/v/seed0/more.py": ""},
        {"e/v/seed0/deep/run.json": RECORD, "e/v/seed0/deep/metrics.csv": ""},
        {"run.json": RECORD, "metrics.csv": ""},
        {"../../e/v/seed0/run.json": RECORD, "../../e/v/seed0/metrics.csv": ""},
        {"/e/v/seed0/run.json": RECORD, "/e/v/seed0/metrics.csv": ""},
    ],
)
def test_an_archive_of_anything_else_is_refused_and_leaves_nothing(places, files):
    _, kept, other = places
    archive(kept).parent.mkdir(parents=True)
    with tarfile.open(archive(kept), "w:xz") as made:
        for name, content in files.items():
            text = (content if isinstance(content, str) else json.dumps(content)).encode()
            member = tarfile.TarInfo(name)
            member.size = len(text)
            made.addfile(member, io.BytesIO(text))
    with pytest.raises(SaigenError, match="refused"):
        told(restore, other, kept)
    assert not other.exists()


@pytest.mark.parametrize("harm", ["end", "middle", "other"])
def test_a_damaged_archive_is_said_in_a_line_and_leaves_nothing(places, harm):
    results, kept, other = places
    told(keep, results, kept)
    whole = archive(kept).read_bytes()
    half = len(whole) // 2
    flipped = whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :]
    harmed = {"end": whole[:-40], "middle": flipped, "other": b"not an archive"}
    archive(kept).write_bytes(harmed[harm])
    for call, where in ((restore, other), (keep, results)):
        with pytest.raises(SaigenError, match=r"runs\.tar\.xz: damaged"):
            told(call, where, kept)
    assert not other.exists() and archive(kept).read_bytes() == harmed[harm]


def test_the_commands(places, capsys, monkeypatch, tmp_path):
    results, kept, other = places
    monkeypatch.chdir(tmp_path)
    options = ["--scale", "quick", "--papers", PAPER, "--kept", str(kept)]
    assert main(["restore", *options]) == 1
    assert "no such file; kept are none" in capsys.readouterr().err
    assert main(["keep", *options, "--results", str(other)]) == 1
    assert "no run stands at quick" in capsys.readouterr().out
    assert main(["keep", *options, "--results", str(results)]) == 0
    assert main(["restore", *options, "--results", str(other)]) == 0
    assert "4 runs put back" in capsys.readouterr().out
