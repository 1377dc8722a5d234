"""Augmentation, standardisation and learning rates."""

import math

import numpy as np
import pytest
import tensorflow as tf

from saigen.engine import rng
from saigen.paper import load_paper
from saigen.papers.resnet20.images import PAD, Standard, augmented, squares
from saigen.papers.resnet20.networks import ResNet
from saigen.papers.resnet20.training import Trainer, decayed, rate_at

IMAGES = np.random.default_rng(0).integers(1, 256, (16, 32, 32, 3)).astype(np.uint8)
RATES = {
    "learning_rate": 0.1,
    "multiplier": 1.0,
    "cosine": 0.0,
    "inverse_root": 0.0,
    "decay_steps": 100,
    "drops": "none",
    "warm_up": 0,
    "warm_up_rate": 0.01,
}


class Dataset:
    """Sixteen images of noise, for both splits."""

    splits = ("train", "test")

    def images(self, split):
        return IMAGES

    def labels(self, split):
        return np.arange(len(IMAGES)) % 10


def at(step, **changes):
    return float(rate_at({**RATES, **changes}, tf.constant(step), per_epoch=10))


def test_each_augmented_image_is_a_crop_or_its_mirror_image():
    found = augmented(tf.constant(IMAGES), rng.key(3, 5), 1.0).numpy()
    framed = np.pad(IMAGES, [(0, 0), (PAD, PAD), (PAD, PAD), (0, 0)])
    seen = set()
    for image, frame in zip(found, framed, strict=True):
        crops = {
            (i, j, mirrored): frame[i : i + 32, j : j + 32][:, :: -1 if mirrored else 1]
            for i in range(9)
            for j in range(9)
            for mirrored in (False, True)
        }
        places = [place for place, crop in crops.items() if np.array_equal(crop, image)]
        assert len(places) == 1
        seen.add(places[0])
    assert len({mirrored for _, _, mirrored in seen}) == 2 and len(seen) > 10


def test_augmentation_is_a_function_of_seed_and_step_alone():
    images = tf.constant(IMAGES)
    once, again = (augmented(images, rng.key(3, 5), 1.0).numpy() for _ in range(2))
    np.testing.assert_array_equal(once, again)
    assert not np.array_equal(once, augmented(images, rng.key(3, 6), 1.0).numpy())


def test_without_strength_images_stay_as_they_are():
    found = augmented(tf.constant(IMAGES), rng.key(0), 0.0)
    np.testing.assert_array_equal(found.numpy(), IMAGES)


def test_all_81_corners_are_equally_likely():
    images = tf.zeros([20000, 32, 32, 1], tf.uint8) + tf.constant(1, tf.uint8)
    found = augmented(images, rng.key(0), 1.0).numpy()[..., 0]
    # How many of the columns and rows are frame tells |corner − PAD|; the mean of it is 20/9.
    rows = 32 - found.any(axis=2).sum(axis=1)
    np.testing.assert_allclose(rows.mean(), 20 / 9, atol=0.04)


def test_channels_are_standardised_by_the_training_images():
    inputs = Standard(IMAGES, by_pixel=False)(tf.constant(IMAGES)).numpy()
    np.testing.assert_allclose(inputs.mean((0, 1, 2)), np.zeros(3), atol=1e-5)
    np.testing.assert_allclose(inputs.std((0, 1, 2)), np.ones(3), atol=1e-5)
    plain = Standard(IMAGES, by_pixel=False)(tf.constant(IMAGES), 0.0).numpy()
    np.testing.assert_allclose(plain, IMAGES / 255.0, rtol=1e-6)


def test_pixel_means_are_taken_away():
    inputs = Standard(IMAGES, by_pixel=True)(tf.constant(IMAGES)).numpy()
    np.testing.assert_allclose(inputs.mean(0), np.zeros([32, 32, 3]), atol=1e-5)


def test_grey_images_get_a_frame_and_three_channels():
    found = squares(np.ones([2, 28, 28, 1], np.uint8))
    assert found.shape == (2, 32, 32, 3)
    assert found.sum() == 2 * 3 * 28 * 28
    assert found[:, 2:30, 2:30].all()


@pytest.mark.parametrize("step", [0, 37, 100])
def test_rates_of_the_protocols(step):
    assert at(step) == pytest.approx(0.1)
    wave = 0.05 * (1.0 + math.cos(math.pi * step / 100))
    assert at(step, cosine=1.0) == pytest.approx(wave, abs=1e-8)


@pytest.mark.parametrize("step, epoch", [(0, 0), (9, 0), (10, 1), (37, 3), (100, 10)])
def test_a_falling_rate_falls_once_an_epoch(step, epoch):
    assert at(step, inverse_root=1.0) == pytest.approx(0.1 / math.sqrt(epoch + 1))


def test_within_ten_epochs_a_falling_rate_goes_half_the_constant_ones_way():
    """So that a constant rate may lose against it: by iterations it went a thirtieth."""
    way = sum(at(step, inverse_root=1.0) for step in range(100))
    assert 0.4 < way / (100 * at(0)) < 0.6


@pytest.mark.parametrize("scale", ["quick", "standard", "paper"])
def test_falling_rates_have_epochs_to_fall_in(scale):
    entry = load_paper("resnet20").experiments["diminishing"]
    params = {**entry.params, **entry.scales.get(scale, {})}
    assert params["steps"] >= 4 * (params["examples"] or 50_000) // params["batch_size"]


def test_drops_and_warm_up_begin_at_their_steps():
    found = [at(step, drops="he_2016") for step in (31999, 32000, 47999, 48000)]
    np.testing.assert_allclose(found, [0.1, 0.01, 0.01, 0.001], rtol=1e-6)
    assert [at(step, warm_up=4) for step in (3, 4)] == pytest.approx([0.01, 0.1])


def test_keras_drops_at_the_first_epoch_above_its_boundary():
    """Its schedule as it stands, `if epoch > 80` and so on, the epoch counted from 0."""

    def factor(epoch):
        above = [share for begin, share in ((180, 5e-4), (160, 1e-3), (120, 1e-2), (80, 0.1))
                 if epoch > begin]  # fmt: skip
        return above[0] if above else 1.0

    batches = 50000 // 32
    for boundary in (80, 120, 160, 180):
        for step in (boundary * batches, (boundary + 1) * batches - 1, (boundary + 1) * batches):
            assert at(step, drops="keras") == pytest.approx(0.1 * factor(step // batches)), step


def test_the_penalty_holds_what_each_protocol_says():
    weights = ResNet("he").weights
    chosen = {which: decayed(weights, which) for which in ("all", "kernels", "convolutions")}
    assert chosen["all"] == list(weights)
    assert {name.rpartition("/")[2] for name in chosen["kernels"]} == {"W"}
    assert set(chosen["kernels"]) - set(chosen["convolutions"]) == {"classes/W"}


@pytest.mark.parametrize("which", ["all", "convolutions"])
def test_without_a_gradient_a_step_shrinks_what_the_penalty_holds(which):
    dataset = Dataset()
    params = load_paper("resnet20").experiments["protocols"].params
    changes = {"optimiser": "sgd", "learning_rate": 0.5, "weight_decay": 0.2, "decayed": which}
    trainer = Trainer({**params, **changes, "blocks": 1, "batch_size": 4, "augment": 0.0}, dataset)
    start = trainer.initial(0)
    # Classes that see nothing send no gradient back: what is left is the penalty's.
    start["classes/W"] = tf.zeros_like(start["classes/W"])
    for name, variable in trainer.variables.items():
        variable.assign(start[name])
    trainer.step(tf.range(4), rng.key(0, 0))
    for name, kept in (("stem/W", 0.9), ("stem/scale", 0.9 if which == "all" else 1.0)):
        np.testing.assert_allclose(trainer.variables[name].numpy(), kept * start[name], rtol=1e-5)


def test_epochs_are_counted_by_whole_batches():
    params = load_paper("resnet20").experiments["protocols"].params
    sizes = {"blocks": 1, "batch_size": 7, "curve_images": 4, "test_images": 8}
    found = Trainer({**params, **sizes}, Dataset()).evaluate(0, 6, False)
    assert found["epoch"] == 6 / (len(IMAGES) // 7)
