"""What `saigen keep` refuses: to lose what is kept, or to put damaged runs in its place."""

import shutil

import pytest
from kept_runs import (
    CONFIG,
    PAPER,
    archive,
    products,
    publish,
    published,
    runs_of,
    told,
)

from saigen import kept as kept_module
from saigen import status
from saigen.config import load_config
from saigen.errors import SaigenError
from saigen.files import read_json, write_json
from saigen.kept import keep, restore


@pytest.fixture
def places(tmp_path):
    return published(tmp_path)


def refused(match, results, kept, config=CONFIG):
    """Check that keep says so, and that the archive stays as it is."""
    path = archive(kept)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(SaigenError, match=match):
        told(keep, results, kept, config=config)
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_kept_run_that_is_not_here_is_not_lost(places):
    results, kept, other = places
    told(keep, results, kept)
    publish(other, runs_of("structured_prediction")[1])
    refused(r"holds 3 runs that are not here .*`saigen restore ", other, kept)


@pytest.mark.parametrize("harm", [{"code": "another"}, {"identity": "of other settings"}])
def test_a_kept_run_that_does_not_stand_here_is_not_lost(places, harm):
    results, kept, _ = places
    told(keep, results, kept)
    publish(results, runs_of("structured_prediction")[1], **harm)
    refused(r"holds 1 runs that are here but do not stand", results, kept)


def test_runs_of_other_settings_do_not_take_the_place_of_kept_ones(places):
    results, kept, other = places
    told(keep, results, kept)
    changed = {PAPER: {"distribution": {"steps": 7}}}
    config = load_config({"scale": "quick", "papers": [PAPER], "overrides": changed})
    for experiment in ("structured_prediction", "distribution"):
        for run in runs_of(experiment, config=config):
            publish(other, run)
    said = r"runs\.tar\.xz: holds 2 runs of other settings than those here \(distribution/"
    refused(said, other, kept, config)
    archive(kept).unlink()
    assert "4 of" in told(keep, other, kept, config=config)


def test_runs_of_other_code_and_data_do(places, monkeypatch):
    results, kept, other = places
    run = runs_of("distribution")[0]
    with monkeypatch.context() as earlier:
        earlier.setattr(status, "code_of", lambda trainer: "older")
        publish(other, run, code="older", datasets={"digits": "others"})
        assert "1 of" in told(keep, other, kept)
    assert "4 of" in told(keep, results, kept)


def test_a_kept_run_does_not_lose_its_samples(places):
    results, kept, _ = places
    told(keep, results, kept)
    shown, not_shown = (runs_of(name)[0] for name in ("distribution", "structured_prediction"))
    (not_shown.folder(results) / "samples.npz").unlink()
    told(keep, results, kept)
    folder = shown.folder(results)
    (folder / "samples.npz").unlink()
    refused(rf"^{folder}/samples.npz: is not there, .*delete {folder} alone", results, kept)
    shutil.rmtree(folder)
    told(restore, results, kept)
    assert "4 of" in told(keep, results, kept)


def test_a_run_that_left_no_samples_is_kept_without(places):
    results, kept, _ = places
    (runs_of("distribution")[0].folder(results) / "samples.npz").unlink()
    for _ in range(2):
        assert "4 of" in told(keep, results, kept)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("metrics.csv", b"step,metric,value,wall_seconds\n"),
        ("metrics.csv", bytes(80)),
        ("samples.npz", b""),
        ("samples.npz", b"PK half a zip"),
    ],
    ids=["no rows", "zeros", "empty", "half"],
)
def test_a_damaged_run_is_not_kept(places, before, file, content):
    results, kept, _ = places
    if before:
        told(keep, results, kept)
    folder = runs_of("distribution")[0].folder(results)
    (folder / file).write_bytes(content)
    said = (
        rf"^{folder}/{file}: cannot be read .*delete {folder} and its job's record, and run again"
    )
    refused(said + ("; or .*`saigen restore" if before else "$"), results, kept)


def test_a_run_whose_metrics_were_emptied_does_not_stand(places):
    results, kept, _ = places
    told(keep, results, kept)
    (runs_of("distribution")[0].folder(results) / "metrics.csv").write_bytes(b"")
    refused("holds 1 runs that are here but do not stand", results, kept)


def test_a_run_of_another_version_is_not_kept_since_it_would_not_come_back(places):
    results, kept, _ = places
    path = runs_of("distribution")[0].folder(results) / "run.json"
    write_json(path, {key: value for key, value in read_json(path).items() if key != "stamps"})
    refused(
        rf"^{path.parent}: another version of Saigen made it \(it has no `stamps`", results, kept
    )


@pytest.mark.parametrize("moment", ["products_of", "parts", "pack", "copy_products"])
def test_two_cannot_keep_in_one_place_at_once(places, monkeypatch, moment):
    """Else the second, which has read the archive as it was, loses the runs of the first."""
    results, kept, _ = places
    made = products(results)
    first, tries = getattr(kept_module, moment), []

    def second(*given):
        with pytest.raises(SaigenError, match=f"{PAPER}: process .* is keeping runs there"):
            told(keep, results, kept)
        tries.append(given)
        return first(*given)

    monkeypatch.setattr(kept_module, moment, second)
    told(keep, results, kept)
    assert tries
    left = {path.name for path in archive(kept).parent.iterdir()}
    assert left == {archive(kept).name, *(path.partition("/")[0] for path in made)}
