"""Images as the networks see them: crops, mirror images, standard inputs."""

import numpy as np
import tensorflow as tf
from scipy import stats

from saigen.engine import rng
from saigen.papers.resnet20.images import PAD, Standard, augmented, squares

IMAGES = np.random.default_rng(0).integers(1, 256, (16, 32, 32, 3)).astype(np.uint8)


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


def test_all_81_corners_are_equally_likely_and_so_are_mirror_images():
    """Pixels hold their row and column, so that one of them tells its crop's corner."""
    places = np.indices([32, 32]).transpose(1, 2, 0).astype(np.uint8)
    images = tf.tile(places[np.newaxis], [8100, 1, 1, 1])
    middle = augmented(images, rng.key(0), 1.0).numpy()[:, 16, 15:17].astype(int)
    rows, (before, columns) = middle[:, 1, 0], middle[..., 1].T
    mirrored = before > columns
    np.testing.assert_array_equal(columns - before, np.where(mirrored, -1, 1))
    corners = rows - 16 + PAD, columns - np.where(mirrored, 15, 16) + PAD
    counts = np.zeros([2, 9, 9])
    np.add.at(counts, (mirrored.astype(int), *corners), 1.0)
    assert stats.chisquare(counts.ravel()).pvalue > 1e-3


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
