"""The Fréchet distance: by which network, of which bits, and beside which references."""

import numpy as np
import pytest

from saigen.papers.dbm import evaluation
from saigen.papers.dbm.pixels import Pixels


@pytest.mark.parametrize("channels", [1, 3])
def test_inception_sees_three_channels_and_as_many_bits_as_the_machine(monkeypatch, channels):
    draws = np.random.default_rng(0)
    sets = {split: draws.integers(0, 256, [40, 4, 4, channels]).astype(np.uint8)
            for split in ("train", "test")}  # fmt: skip
    seen = []

    class Network:
        def __init__(self, path):
            assert path == "inception.npz"

        def __call__(self, images):
            seen.append(images)
            return images.reshape(len(images), -1)[:, :5], None

    class Images:
        images = staticmethod(lambda split: sets[split])

    monkeypatch.setattr(evaluation, "Inception", Network)
    pixels = Pixels(Images(), bits=2)
    distance = evaluation.Fidelity(pixels, "inception.npz")
    assert distance(pixels.units("test")) == pytest.approx(0.0, abs=1e-6)
    assert distance(pixels.units("train")) > 1.0
    assert all(images.shape[1:] == (4, 4, 3) for images in seen)
    assert set(np.unique(seen[0])) == {0.0, 85.0, 170.0, 255.0}


def test_a_machine_of_pixel_means_is_told_from_one_that_learns(monkeypatch):
    """Two clusters: fair coins are far from them, pixels at their means nearer, images nearest."""
    draws = np.random.default_rng(0)
    left = np.where(np.arange(8) < 4, 255, 0)

    def images(count):
        own = np.where(draws.random([count, 1]) < 0.7, left, 0).astype(np.uint8)
        return own.reshape(count, 2, 4, 1)

    sets = {"train": images(500), "test": images(500)}

    class Images:
        images = staticmethod(lambda split: sets[split])

        class Network:
            def __call__(self, images):
                return images.reshape(len(images), -1) / 255.0, None

    monkeypatch.setattr(evaluation.Classifier, "of", lambda dataset: dataset.Network())
    found = evaluation.Fidelity(Pixels(Images(), bits=1)).of_data(400, seed=0)
    assert found["floor"] < 0.02 < found["means"] < 0.7 * found["noise"]
    # Means and variances are right. Four pixels that are one: an eigenvalue of 0.84, against 0.21.
    by_hand = 4 * 0.21 + 4 * 0.21 - 2.0 * np.sqrt(0.84 * 0.21)
    assert found["means"] == pytest.approx(by_hand, rel=0.15)
