"""Judging samples: the floor is that of equal distributions, whatever order the test file has."""

import numpy as np
import pytest

from saigen.data import prepare
from saigen.data.dataset import Dataset, Draft
from saigen.data.scored import score
from saigen.engine import rng
from saigen.metrics import classifier
from saigen.metrics.quality import Quality

SIDE, CLASSES = 8, 10


@pytest.fixture(scope="module")
def by_difficulty(tmp_path_factory):
    """Digits of which the test images are noisier the later they come."""
    folder = tmp_path_factory.mktemp("sorted")
    made = prepare("synthetic_digits", folder / "d.npz", folder=folder, log=lambda line: None)
    # The test set that comes with them is too small for a floor with little scatter.
    arrays = {**made.arrays, "test_labels": made.labels("train")}
    images = made.images("train").astype(float)
    noise = np.random.default_rng(0).normal(0.0, 60.0, images.shape)
    noise *= np.linspace(0.0, 2.0, len(images))[:, None, None, None]
    arrays["test_images"] = (images + noise).clip(0, 255).astype(np.uint8)
    return Draft(arrays, {"classes": list(range(CLASSES))})


def reordered(arrays, order):
    return arrays | {key: arrays[key][order] for key in arrays if key.startswith("test_")}


def judge(arrays):
    return Quality(Dataset("sorted", arrays, "", {}))


@pytest.fixture(scope="module")
def scored(by_difficulty, tmp_path_factory):
    """The scored set of the images sorted by difficulty, and of the same images shuffled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classifier, "STEPS", 100)
        shuffled = np.random.default_rng(1).permutation(len(by_difficulty.arrays["test_images"]))
        other = Draft(reordered(by_difficulty.arrays, shuffled), by_difficulty.facts)
        nowhere = tmp_path_factory.mktemp("judges") / "none.npz"
        rest = (SIDE, CLASSES, nowhere, "code", lambda line: None)
        return [score("digits", draft, *rest) for draft in (by_difficulty, other)]


def numbers(arrays):
    """What is said of the first half of the test images: their distance and their score."""
    found = judge(arrays)(arrays["test_images"])
    return np.array([found["frechet_floor"], found["real_score"]])


def test_the_floor_does_not_see_in_which_order_the_file_lies(scored):
    of_sorted, of_shuffled = (numbers(draft.arrays) for draft in scored)
    arrays = scored[0].arrays
    draws = np.random.default_rng(2)
    others = [
        numbers(reordered(arrays, draws.permutation(len(arrays["test_images"])))) for _ in range(8)
    ]
    centre, scatter = np.mean(others, 0), np.std(others, 0, ddof=1)
    assert (np.abs(of_sorted - of_shuffled) < 5.0 * scatter).all()
    assert (np.abs(of_sorted - centre) < 5.0 * scatter).all()


def test_a_file_in_its_own_order_would_be_seen(scored):
    arrays = scored[0].arrays
    count = len(arrays["test_images"])
    order = rng.generator(0, "test order").permutation(count)
    as_it_lies = reordered(arrays, np.argsort(order))
    assert numbers(as_it_lies)[0] > 5.0 * numbers(arrays)[0]


def test_the_floor_in_the_facts_is_of_shuffled_images_too(scored):
    floors = [draft.facts["classifier"]["floor"] for draft in scored]
    assert floors[0] == pytest.approx(floors[1], rel=0.5)


def test_the_order_is_the_same_again_and_keeps_labels_with_their_images(by_difficulty, scored):
    again = rng.generator(0, "test order").permutation(len(by_difficulty.arrays["test_labels"]))
    expected = by_difficulty.arrays["test_labels"][again]
    np.testing.assert_array_equal(scored[0].arrays["test_labels"], expected)
    features = judge(scored[0].arrays)._network(scored[0].arrays["test_images"])[0]
    np.testing.assert_allclose(features, scored[0].arrays["test_features"], rtol=1e-4, atol=1e-5)
    assert not np.array_equal(again, np.arange(len(again)))
