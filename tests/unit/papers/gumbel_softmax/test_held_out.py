"""Table 2's numbers, of a model that reads an image's label and its bound off the pixels."""

from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from saigen.data.dataset import Dataset
from saigen.engine import rng
from saigen.papers.gumbel_softmax.held_out import HeldOut

COUNT = 107  # a call takes 100, so that the second is filled up with repeats
PARAMS = {
    "curve_images": 30,
    "test_images": COUNT,
    "temperature": 1.0,
    "temperature_rate": 1e-3,
    "temperature_floor": 0.5,
    "temperature_refresh": 100,
}
TEMPERATURE = np.exp(-0.2)  # at step 250
ORDER = rng.generator(0, "evaluation order").permutation(COUNT)
DRAW = np.random.default_rng(2)
LABELS = {split: DRAW.integers(0, 10, COUNT) for split in ("valid", "test")}
NATS = {split: DRAW.integers(0, 29, COUNT) for split in ("valid", "test")}


def images_of(labels, nats):
    """Images with one pixel on in the first line, the label's, and `nats` of them in the second."""
    images = np.zeros([COUNT, 28, 28, 1], np.uint8)
    images[np.arange(COUNT), 0, labels] = 255
    images[:, 1, :, 0] = 255 * (np.arange(28) < nats[:, np.newaxis])
    return images


def model(method):
    def marginal(weights, x, key):
        return -tf.reduce_sum(x[:, 1], [1, 2])

    def sampled(weights, x, key, temperature):
        return marginal(weights, x, key) - 100.0 * temperature

    network = SimpleNamespace(
        class_logits=lambda weights, x: weights["sharpness"] * x[:, 0, :10, 0]
    )
    bounds = {"marginal_bound": marginal, "sampled_bound": sampled}
    return SimpleNamespace(network=network, method=method, **bounds)


def evaluation(method="gumbel", wrong=()):
    """A HeldOut on images of `LABELS`, with the labels of the (split, row) in `wrong` changed."""
    labels = {split: found.copy() for split, found in LABELS.items()}
    for split, row in wrong:
        labels[split][row] = (labels[split][row] + 1) % 10
    arrays = {f"{split}_labels": found for split, found in labels.items()}
    for split in LABELS:
        arrays[f"{split}_images"] = images_of(LABELS[split], NATS[split])
    data = Dataset("toy", arrays, "d" * 64, {})
    return HeldOut(PARAMS, data, model(method), {"sharpness": tf.constant(3.0)})


def test_a_model_that_is_always_right_is_right_on_100_per_cent():
    found = evaluation()(seed=0, step=0, final=True)
    names = [f"{split}_accuracy{which}" for split in ("valid", "test") for which in ("", "_curve")]
    assert [found[name] for name in names] == [100.0] * 4


@pytest.mark.parametrize("place", [0, 99, 100, COUNT - 1])
def test_one_wrong_label_costs_one_image_of_its_own_split(place):
    """The first and last images of either call; those among the first thirty count twice."""
    found = evaluation(wrong=[("test", ORDER[place])])(seed=0, step=0, final=True)
    assert found["test_accuracy"] == pytest.approx(100.0 * (COUNT - 1) / COUNT, rel=1e-12)
    assert found["test_accuracy_curve"] == pytest.approx(100.0 * 29 / 30 if place < 30 else 100.0)
    assert found["valid_accuracy"] == found["valid_accuracy_curve"] == 100.0


def test_a_wrong_label_of_the_validation_images_leaves_the_test_numbers():
    found = evaluation(wrong=[("valid", ORDER[29]), ("valid", ORDER[30])])(0, 0, True)
    assert found["valid_accuracy"] == pytest.approx(100.0 * (COUNT - 2) / COUNT)
    assert found["valid_accuracy_curve"] == pytest.approx(100.0 * 29 / 30)
    assert found["test_accuracy"] == found["test_accuracy_curve"] == 100.0


@pytest.mark.parametrize("method", ["marginal", "gumbel", "st_gumbel"])
def test_the_bounds_are_means_over_the_test_images_each_counted_once(method):
    found = evaluation(method)(seed=0, step=250, final=True)
    all_of_them = -NATS["test"].mean()
    assert found["test_elbo"] == pytest.approx(all_of_them)
    assert found["test_elbo_curve"] == pytest.approx(-NATS["test"][ORDER[:30]].mean())
    own = all_of_them if method == "marginal" else all_of_them - 100.0 * TEMPERATURE
    assert found["test_objective"] == pytest.approx(own)


def test_before_the_end_there_are_the_curves_alone():
    found = evaluation()(seed=0, step=0, final=False)
    assert set(found) == {"valid_accuracy_curve", "test_accuracy_curve", "test_elbo_curve"}
