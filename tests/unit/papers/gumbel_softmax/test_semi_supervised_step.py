"""What a step of the semi-supervised training sees: its images, its labels, its temperature."""

import math

import numpy as np
import pytest
import tensorflow as tf

from saigen.data.dataset import Dataset
from saigen.engine import rng
from saigen.papers.gumbel_softmax import semi_supervised
from saigen.papers.gumbel_softmax.m2 import M2
from saigen.papers.gumbel_softmax.semi_supervised import Learner

COUNT, KNOWN = 40, 6
PARAMS = {
    "method": "gumbel", "width": 0.05, "style": 2, "alpha": 0.1, "learning_rate": 1e-3,
    "labelled_per_class": 2, "temperature": 1.0, "temperature_rate": 3e-5,
    "temperature_floor": 0.5, "temperature_refresh": 2000, "steps": 10, "batch_size": 4,
    "log_every": 5, "evaluate_every": 0, "curve_images": 4, "test_images": 4,
}  # fmt: skip
LABELS = np.random.default_rng(5).permutation(np.arange(COUNT) % 3)
IMAGES = np.full([COUNT, 28, 28, 1], np.arange(COUNT).reshape(-1, 1, 1, 1), np.uint8)


def row_of(images):
    """Each image's row in the training set, which is how bright it is."""
    return images.numpy()[:, 0, 0, 0].astype(int)


@pytest.fixture
def task():
    arrays = {f"{split}_images": IMAGES for split in ("train", "valid", "test")}
    arrays |= {f"{split}_labels": LABELS for split in ("train", "valid", "test")}
    return semi_supervised.train(PARAMS, Dataset("toy", arrays, "d" * 64, {"classes": "abc"}))


@pytest.fixture
def seen(task, monkeypatch):
    """Take a step of a seed on some examples; return rows without a label, with one, and labels."""

    def step(learner, unlabelled, labelled, y, key):
        return row_of(unlabelled), row_of(labelled), y.numpy()

    def of(seed, batch):
        order = task.variables["labelled first"]
        order.assign(task.initial(seed)["labelled first"])
        return task.step(tf.constant(batch, tf.int32), rng.key(seed))

    monkeypatch.setattr(Learner, "step", step)
    return of


@pytest.mark.parametrize("seed", [0, 1])
def test_every_step_sees_all_labelled_images_with_their_own_labels(task, seen, seed):
    _, labelled, y = seen(seed, [0])
    assert set(labelled) == set(task.initial(seed)["labelled first"].numpy()[:KNOWN])
    assert len(labelled) == KNOWN
    np.testing.assert_array_equal(y, LABELS[labelled])
    assert np.bincount(y).tolist() == [2, 2, 2]


def test_the_labelled_images_are_those_of_the_seed(seen):
    assert set(seen(0, [0])[1]) != set(seen(1, [0])[1])


@pytest.mark.parametrize("seed", [0, 1])
def test_an_epoch_of_unlabelled_batches_is_every_other_image_once(task, seen, seed):
    assert task.examples == COUNT - KNOWN
    unlabelled, labelled, _ = seen(seed, np.arange(task.examples))
    assert sorted([*unlabelled, *labelled]) == list(range(COUNT))
    np.testing.assert_array_equal(seen(seed, [33, 0, 7])[0], unlabelled[[33, 0, 7]])


def test_a_step_raises_the_objective_at_the_temperature_of_its_time(task, monkeypatch):
    given, objective = [], M2.objective

    def recording(model, weights, unlabelled, labelled, y, key, temperature, alpha):
        given.append((unlabelled.shape[0], labelled.shape[0], float(temperature), float(alpha)))
        y_of_rows = np.argmax(y, -1).tolist()
        assert y_of_rows == LABELS[task.variables["labelled first"].numpy()[:KNOWN]].tolist()
        return objective(model, weights, unlabelled, labelled, y, key, temperature, alpha)

    monkeypatch.setattr(M2, "objective", recording)
    metrics = task.step(tf.constant([0, 1, 2, 3]), rng.key(0, 4500))
    assert given == [(4, KNOWN, pytest.approx(math.exp(-0.12)), pytest.approx(0.1))]
    parts = metrics["labelled_bound"] + metrics["unlabelled_bound"]
    parts += 0.1 * metrics["label_log_prob"]
    assert float(metrics["loss"]) == pytest.approx(-float(parts), rel=1e-6)
