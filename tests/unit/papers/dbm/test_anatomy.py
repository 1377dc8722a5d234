"""What a machine is taken apart by: chains, modes and completions, of states that are marked."""

from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from saigen.papers.dbm import anatomy
from saigen.papers.dbm.anatomy import Anatomy
from saigen.papers.dbm.pixels import Pixels

SIZES = {
    "test_chain_sweeps": (0, 1, 10),
    "test_samples": 8,
    "test_mode_starts": 8,
    "test_completed_images": 3,
    "test_restarts": 16,
}
#: Grey levels of images of 4 × 4 pixels.
LEVELS = {"train": [0, 0, 255], "test": [255, 0, 255, 255]}
#: Visible units of the modes that eight searches end in: three different, the commonest of four.
MODES = np.repeat([0, 1, 2], [4, 3, 1])


class Images:
    def images(self, split):
        return np.array(LEVELS[split], np.uint8).repeat(16).reshape(-1, 4, 4, 1)


class Ask:
    """In place of what is compiled: states tell their start and their sweeps, guesses their tries.

    A guess is right from the second restart on.
    """

    def __init__(self):
        self.tries, self.walks = [], []

    def drawn(self, parts, count, *draws):
        modes = [tf.constant((MODES[:, np.newaxis] >> np.arange(16)) & 1), tf.range(8.0)[:, None]]
        return modes, self._marked(count, 1000.0), None

    def from_noise(self, parts, count, *draws):
        return self._marked(count, 2000.0)

    def from_data(self, parts, visible, *draws):
        return [3000.0 + visible, visible]

    def walked(self, parts, state, sweeps, seed, step):
        self.walks.append((int(sweeps), int(step)))
        return [x + float(sweeps) for x in state]

    def completed(self, parts, known, images, tries, *draws):
        self.tries.append(int(tries))
        return known * images + (1.0 - known) * (images if tries > 1 else 1.0 - images)

    def _marked(self, count, mark):
        return [tf.fill([count, 16], mark), tf.fill([count, 2], -1.0)]


@pytest.fixture
def evaluation():
    return SimpleNamespace(
        pixels=Pixels(Images(), bits=1),
        ask=Ask(),
        parts=lambda: None,
        fidelity=lambda units: (len(units), float(units[0, 0])),
        grey=lambda units: np.asarray(units),
    )


@pytest.fixture
def found(evaluation):
    return Anatomy(SIZES, evaluation).measure(0, 50)


def test_the_sweeps_of_a_chain_add_up_from_every_start(evaluation, found):
    for start, mark in (("own", 1000.0), ("noise", 2000.0), ("data", 3001.0)):
        distances = {sweeps: found[f"chain_fd_{sweeps}/{start}"] for sweeps in (0, 1, 10)}
        assert distances == {sweeps: (8, mark + sweeps) for sweeps in (0, 1, 10)}
    # Each piece has draws of its own.
    assert evaluation.ask.walks == [(1, 51), (9, 60)] * 3


def test_modes_are_counted_by_their_visible_units(found):
    assert found["modes_unique"] == 3 / 8
    assert found["modes_commonest"] == 4 / 8
    assert found["modes_unique_of_data"] == 2 / 4


@pytest.mark.parametrize("mask", ["top", "left", "centre", "random"])
def test_a_completion_is_the_best_of_its_restarts_beside_that_of_one(evaluation, found, mask):
    assert set(evaluation.ask.tries) == {1, 16}
    assert found[f"completion_{mask}/machine"] == 0.0
    assert found[f"completion_{mask}/one_search"] == 1.0
    # Training images are black more often than not; of three test images one is.
    assert found[f"completion_{mask}/mean_image"] == pytest.approx(2 / 3)
    assert found[f"completion_{mask}/nearest"] == 0.0


def test_images_of_chains_and_completions(evaluation):
    shown = Anatomy(SIZES, evaluation).samples(0, 50)
    assert [shown[f"chain_{sweeps}"][0, 0] for sweeps in (0, 1, 10)] == [1000.0, 1001.0, 1010.0]
    known = shown["known_left"][0]
    assert known.reshape(4, 4).tolist() == [[0.0, 0.0, 1.0, 1.0]] * 4
    for how in ("complete", "nearest"):
        np.testing.assert_array_equal(shown[f"{how}_left"], Pixels(Images(), 1).units("test"))
    assert set(evaluation.ask.tries) == {16}


def test_only_the_last_evaluation_takes_the_machine_apart(monkeypatch, evaluation):
    class Evaluated(SimpleNamespace):
        def __call__(self, seed, step, final):
            return {"fd_sample": 0.5}

        def samples(self, seed):
            return {"data": np.zeros(1)}

    evaluation = Evaluated(**vars(evaluation))
    task = SimpleNamespace(sizes={"test_samples": 8}, steps=50)
    monkeypatch.setattr(anatomy, "prepared", lambda params, dataset: (task, evaluation))
    task = anatomy.train(SIZES, Images())
    assert task.evaluate(0, 25, False) == {"fd_sample": 0.5}
    last = task.evaluate(0, 50, True)
    assert last["fd_sample"] == 0.5 and last["chain_fd_10/own"] == (8, 1010.0)
    assert {"data", "chain_10", "complete_top"} <= set(task.samples(0))
