"""A dataset that is made anew while a run trains on it."""

import numpy as np
import pytest
import toy

from saigen.data.dataset import load, save
from saigen.engine.freshness import Sources, stale_runs
from saigen.engine.train import train_runs
from saigen.errors import SaigenError
from saigen.files import read_json
from saigen.grid import Run

COMPUTE = {"intra_op_threads": 1, "device": "cpu", "precision": "float32", "deterministic": True}
TRAINER = "toy:make_task"
FIRST, SECOND = (Run("toy", "toy", "only", k, "smoke", "d", toy.PARAMS, TRAINER) for k in (0, 1))


@pytest.fixture
def make(tmp_path):
    """Make the dataset with the given content."""
    return lambda value: save(tmp_path / "d.npz", "d", {"train_images": np.full(4, value)}, {})


@pytest.fixture
def train(tmp_path):
    """Train what is stale, as a job does, with something that happens at the first steps' end."""

    def start(*runs, meanwhile=lambda run: None):
        data = load(tmp_path / "d.npz")
        sources = Sources({TRAINER: "c" * 16}, {"d": data.digest})
        train_runs(
            stale := stale_runs(runs, tmp_path, sources),
            dataset=data,
            sources=sources,
            results=tmp_path,
            work=tmp_path / "work",
            compute=COMPUTE,
            tell=lambda line: None,
            watch=lambda run, step, steps: meanwhile(run) if step == 5 else None,
            data_file=tmp_path / "d.npz",
        )
        return stale

    return start


def test_a_run_on_a_set_that_was_made_anew_meanwhile_is_not_published(
    train, make, tmp_path, monkeypatch
):
    monkeypatch.setattr("saigen.engine.loop.CHECKPOINT_SECONDS", 0.0)
    old = make(0)

    def anew(run):
        if run == SECOND.name:
            make(1)

    with pytest.raises(SaigenError) as caught:
        train(FIRST, SECOND, meanwhile=anew)
    assert str(caught.value) == (
        f"{SECOND.name}: {tmp_path / 'd.npz'} was made anew, with other content, while this run "
        "trained on it; the run is not kept, those published before it are: start it again"
    )
    assert not SECOND.folder(tmp_path).exists()
    assert read_json(FIRST.folder(tmp_path) / "run.json")["datasets"] == {"d": old.digest}
    assert not (tmp_path / "work").exists(), "what saw two sets is resumed under neither"
    new = load(tmp_path / "d.npz")
    assert train(FIRST, SECOND) == [FIRST, SECOND]
    assert read_json(SECOND.folder(tmp_path) / "run.json")["datasets"] == {"d": new.digest}


def test_the_same_set_made_anew_is_no_other(train, make):
    make(0)
    assert train(FIRST, meanwhile=lambda run: make(0)) == [FIRST]
    assert train(FIRST) == []


def test_a_set_that_is_gone_is_told_and_the_state_stays(train, make, tmp_path):
    make(0)
    with pytest.raises(SaigenError, match=r"d\.npz: no such dataset file; `saigen fetch d`"):
        train(FIRST, meanwhile=lambda run: (tmp_path / "d.npz").unlink())
    assert list((tmp_path / "work").rglob("*.npz"))
    make(0)
    assert train(FIRST) == [FIRST]
