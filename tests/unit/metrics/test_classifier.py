"""The classifier of a scored set: its rule, its protocol, and how it travels with the data."""

import numpy as np
import pytest

from saigen.data import describe, prepare
from saigen.data.dataset import Dataset
from saigen.data.scored import parsed, resized
from saigen.errors import UsageError
from saigen.metrics import classifier
from saigen.metrics.classifier import Classifier


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scored")
    name = "synthetic_digits_16px"
    return prepare(name, folder / f"{name}.npz", folder=folder, log=lambda line: None)


def test_a_scored_set_carries_a_classifier_that_knows_its_images(scored):
    found = Classifier.of(scored)
    features, probabilities = found(scored.images("test"))
    assert (probabilities.argmax(1) == scored.labels("test")).mean() > 0.9
    np.testing.assert_allclose(probabilities.sum(1), 1.0, rtol=1e-5)
    np.testing.assert_allclose(features, scored.arrays["test_features"], rtol=1e-4, atol=1e-5)
    facts = scored.facts["classifier"]
    assert facts["digest"] == found.digest and facts["accuracy"] > 0.9
    assert found.digest in scored.facts["note"] and "never comparable" in scored.facts["note"]


def test_features_have_unit_total_variance(scored):
    features, _ = Classifier.of(scored)(scored.images("train"))
    assert features.var(0).sum() == pytest.approx(1.0, rel=1e-3)


def test_the_rule_gives_the_same_weights_again(scored, monkeypatch):
    monkeypatch.setattr(classifier, "STEPS", 20)
    images, labels = scored.images("train"), scored.labels("train")
    first, second = (classifier.fit(images, labels, 10) for _ in range(2))
    assert Classifier(first).digest == Classifier(second).digest
    assert Classifier(first).digest != Classifier.of(scored).digest


def test_a_plain_set_carries_none():
    with pytest.raises(UsageError, match=r"`dataset: digits` carries no .*`digits_<side>px`"):
        Classifier.of(Dataset("digits", {}, "", {}))


def test_names_of_scored_sets():
    assert parsed("cifar10_32px") == ("cifar10", 32)
    assert parsed("cifar10") is None and parsed("px") is None
    assert describe("fashion_mnist_16px").what.endswith("16x16, with a classifier")
    with pytest.raises(UsageError, match="not a dataset"):
        describe("fashion_mnust_16px")


def test_images_are_framed_and_averaged_never_stretched():
    images = np.zeros([1, 28, 28, 1], np.uint8)
    images[0, 0, 0], images[0, 0, 1] = 100, 102
    framed = resized(images, 32)
    assert framed.shape == (1, 32, 32, 1) and framed[0, 2, 2] == 100
    assert resized(images, 16)[0, 1, 1] == 51  # (100 + 102 + 0 + 0) / 4, half up
    np.testing.assert_array_equal(resized(images, 28), images)
    # Larger by whole pixels, and the frame is a sixteenth on each side, as at 32.
    doubled = resized(images, 64)
    np.testing.assert_array_equal(doubled[:, ::2, ::2], framed)
    np.testing.assert_array_equal(doubled[:, 1::2, 1::2], framed)
    with pytest.raises(ValueError, match="not square"):
        resized(images[:, :20], 32)
