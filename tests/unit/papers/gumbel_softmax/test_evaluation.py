"""The numbers of table 1 and of its curves: of which images, at how many samples, how averaged."""

import numpy as np
import pytest
import tensorflow as tf

from saigen.data.dataset import Dataset
from saigen.engine import rng
from saigen.papers.gumbel_softmax.evaluation import Evaluation

# 10,000 samples leave two images to a call, so that five take three calls, the last not full.
SIZES = {"curve_images": 5, "curve_samples": 10_000, "test_images": 8, "test_samples": 20_000}
DRAW = np.random.default_rng(3)
IMAGES = {
    "valid": DRAW.integers(0, 99, [9, 2, 2, 1]),
    "test": DRAW.integers(99, 255, [11, 2, 2, 1]),
}
DATA = Dataset("toy", {f"{s}_images": x.astype(np.uint8) for s, x in IMAGES.items()}, "d" * 64, {})


def pixels(images, key, samples, step):
    return -tf.reduce_sum(images, -1)


def constant(number):
    """A log-likelihood of minus number(key, samples, step), whatever the image."""

    def log_likelihood(images, key, samples, step):
        return -tf.fill(tf.shape(images)[:1], tf.cast(number(key, samples, step), tf.float32))

    return log_likelihood


def mean_of_first(split, count):
    order = rng.generator(0, "evaluation order").permutation(len(IMAGES[split]))
    return IMAGES[split][order[:count]].sum((1, 2, 3)).mean()


def test_the_numbers_are_means_over_the_first_images_of_each_split_in_a_fixed_random_order():
    found = Evaluation(SIZES, DATA, pixels)(seed=4, step=7, final=True)
    assert found == {
        "valid_nll": pytest.approx(mean_of_first("valid", 5)),
        "test_nll_curve": pytest.approx(mean_of_first("test", 5)),
        "test_nll": pytest.approx(mean_of_first("test", 8)),
    }
    assert found["test_nll_curve"] != pytest.approx(found["test_nll"])


def test_of_a_split_with_fewer_images_than_asked_for_it_is_the_mean_over_all():
    many = {**SIZES, "curve_images": 100, "test_images": 100}
    found = Evaluation(many, DATA, pixels)(0, 0, True)
    assert found["valid_nll"] == pytest.approx(IMAGES["valid"].sum() / 9)
    assert found["test_nll_curve"] == found["test_nll"]
    assert found["test_nll"] == pytest.approx(IMAGES["test"].sum() / 11)


def test_each_number_has_its_own_count_of_samples_and_another_objective_one():
    samples = constant(lambda key, samples, step: samples)
    found = Evaluation(SIZES, DATA, samples, {"one_sample": samples})(0, 0, True)
    counts = {"valid_nll": 10_000, "test_nll_curve": 10_000, "test_nll": 20_000, "one_sample": 1}
    assert found == counts


def test_before_the_end_there_is_no_full_test_number():
    found = Evaluation(SIZES, DATA, pixels, {"other": pixels})(0, 0, False)
    assert set(found) == {"valid_nll", "test_nll_curve", "other"}
    assert found["other"] == pytest.approx(mean_of_first("test", 5))


def test_the_step_reaches_the_likelihood_and_the_noise_does_not_depend_on_it():
    at = Evaluation(SIZES, DATA, constant(lambda key, samples, step: step))
    assert [at(0, step, True)["test_nll"] for step in (0, 12)] == [0.0, 12.0]
    noise = Evaluation(SIZES, DATA, constant(lambda key, samples, step: 100 * key.seed + key.step))
    # Calls of two images begin at 0, 2 and 4, calls of one at each of 0, …, 7.
    curve, full = (0 + 0 + 2 + 2 + 4) / 5, 3.5
    for step in (0, 12):
        found = noise(6, step, True)
        assert found["test_nll_curve"] == pytest.approx(600.0 + curve)
        assert found["test_nll"] == pytest.approx(600.0 + full)
