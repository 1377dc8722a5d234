"""What is drawn from a generator to be judged, and what is said of it beside the judge's words."""

from unittest.mock import patch

import numpy as np
import pytest
import tensorflow as tf

from saigen.data.dataset import Dataset
from saigen.engine.rng import key
from saigen.metrics import drawn
from saigen.metrics.drawn import AT_ONCE, SHOWN, Drawn, latents

SIZES = {"curve_samples": 30, "test_samples": 130}


class Judge:
    """Says what it was asked."""

    def __init__(self, dataset):
        self.dataset = dataset

    def __call__(self, images, thorough):
        return {"images": len(images), "thorough": thorough}


def noise(at, n):
    return tf.tanh(tf.reshape(latents(at, n, 12), [n, 2, 2, 3]))


@pytest.fixture
def of():
    """Return what draws from a generator, by a judge of its own."""
    with patch.object(drawn, "Quality", Judge), patch.dict(drawn._judges, clear=True):
        yield lambda generator, digest="a": Drawn(
            generator, Dataset("d", {}, digest, {}), dict(SIZES)
        )


def test_every_hundred_images_have_latents_of_their_own_by_seed_and_step(of):
    images = of(noise).images(3, 7, 130)
    parts = [noise(key(3, 7000 + part), AT_ONCE).numpy() for part in range(2)]
    expected = (np.concatenate(parts)[:130] + 1.0) * 127.5
    assert images.dtype == np.uint8 and images.shape == (130, 2, 2, 3)
    # tanh may differ by a bit between a graph and none.
    assert np.abs(images - expected).max() <= 0.501


def test_grey_levels_are_rounded_cut_off_and_grey_where_there_is_no_number(of):
    values = [-3.0, -1.0, -0.99, 0.0, 0.5, 1.0, 3.0, np.nan]
    images = of(lambda at, n: tf.tile([[[values]]], [n, 1, 1, 1])).images(0, 0, 1)
    assert images.ravel().tolist() == [0, 0, 1, 128, 191, 255, 255, 128]


def test_the_last_look_has_its_own_size_and_is_thorough(of):
    made = of(noise)
    for final, count in ((False, 30), (True, 130)):
        found = made.judged(0, 1, final)
        assert (found["images"], found["thorough"]) == (count, final)


def test_spread_is_the_deviation_of_a_pixel_from_image_to_image(of):
    def half(at, n):
        """One pixel is black or white by turns, the other always white."""
        turns = tf.where(tf.range(n) % 2 == 0, -1.0, 1.0)
        return tf.reshape(tf.stack([turns, tf.ones([n])], 1), [n, 1, 2, 1])

    assert of(half).judged(0, 0, False)["spread"] == pytest.approx(0.25)


def test_samples_to_look_at_have_the_same_latents_at_every_step(of):
    made = of(noise)
    images = made.samples(2)["images"]
    assert len(images) == SHOWN
    np.testing.assert_array_equal(images, made.images(2, 0, SHOWN))


def test_a_dataset_has_one_judge(of):
    first, again, other = of(noise), of(noise), of(noise, digest="b")
    assert first._quality is again._quality and first._quality is not other._quality
    assert other._quality.dataset.digest == "b"
