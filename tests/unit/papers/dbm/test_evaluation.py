"""Evaluations of a machine: which of its samples a number is of, and what it is held against."""

from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf
from tiny_learners import IMAGES, exact_log_likelihood, learner

from saigen.papers.dbm import enumeration, evaluation, sampling
from saigen.papers.dbm.evaluation import unique
from saigen.papers.dbm.pixels import Pixels


class Images:
    """The tiny images as the test split, mirrored ones as the training split: 2 × 2 pixels."""

    def images(self, split):
        rows = IMAGES if split == "test" else IMAGES[:20, ::-1]
        return np.tile(255.0 * rows, (100, 1)).astype(np.uint8).reshape(-1, 2, 2, 1)


def sizes(**changes):
    """Sizes of evaluations along the way and, unlike them, at the end."""
    common = {"images": 4000, "samples": 4, "gibbs_sweeps": 5, "temperatures": 50, "chains": 5000}
    return {
        **{f"curve_{name}": size for name, size in common.items()},
        **{f"test_{name}": size for name, size in (common | changes).items()},
    }


class Marks:
    """In place of `Fidelity`: what the first unit of the samples says, and who asked."""

    def __init__(self, pixels, inception=""):
        self._more = 1000.0 if inception else 0.0

    def __call__(self, units):
        return self._more + 255.0 * float(units[0, 0])

    def of_data(self, count, seed):
        return {"floor": count, "means": 10 * count, "noise": 100 * count}


def marked(count, mark):
    return [tf.fill([count, 4], mark / 255.0), tf.fill([count, 3], 0.7)]


#: In place of what is compiled: states say where they are from, and weights what they are of.
MARKED = SimpleNamespace(
    drawn=lambda parts, count, *draws: (marked(count, 1), marked(count, 2), tf.constant([3.0, 5])),
    from_noise=lambda parts, count, *draws: marked(count, 100),
    walked=lambda parts, state, sweeps, *draws: [x + float(sweeps) / 255.0 for x in state],
    reconstructed=lambda parts, images, *draws: tf.concat([1.0 - images[:, :1], images[:, 1:]], 1),
    weights_of_z=lambda parts, base, chains, temperatures, *draws: tf.math.log(
        tf.repeat([2.0, 4.0], chains // 2) * tf.cast(temperatures, tf.float32)
    ),
    weights_of_visible=lambda parts, images, temperatures, *draws: (
        images @ [[1.0], [10.0], [100.0], [1000.0]] + tf.cast(temperatures, tf.float32)
    )[:, 0],
)


@pytest.fixture
def told(monkeypatch):
    """An evaluation that tells which states and images each of its numbers is of."""
    monkeypatch.setattr(evaluation, "Fidelity", Marks)
    made = learner()
    last = {"images": 30, "samples": 6, "gibbs_sweeps": 7, "temperatures": 20, "chains": 10}
    pixels = Pixels(Images(), bits=1)
    found = evaluation.Evaluation(sizes(**last), made, pixels, "inception.npz")
    found.ask = MARKED
    return found, made


def test_the_likelihood_of_an_evaluation_is_that_of_the_enumeration(monkeypatch):
    monkeypatch.setattr(evaluation, "Fidelity", Marks)
    made = learner(init="orthogonal")
    found = evaluation.Evaluation(sizes(), made, Pixels(Images(), bits=1))(0, 0, False)
    machine = made.machine()
    weights, biases = (
        [np.asarray(x, np.float64) for x in part] for part in (machine.weights, machine.biases)
    )
    # The mean of log w errs low by half its variance; here that is next to nothing.
    assert found["curve_log_likelihood"] == pytest.approx(exact_log_likelihood(made), abs=0.02)
    assert found["curve_log_z"] == pytest.approx(enumeration.log_z(weights, biases), abs=0.02)
    assert 0.0 < found["curve_log_z_error"] < 0.02


@pytest.mark.parametrize("final", [False, True])
def test_every_distance_is_of_the_states_it_is_named_after(told, final):
    found = told[0](0, 0, final)
    ends = {"curve_": 5, "": 7} if final else {"curve_": 5}
    for name, sweeps in ends.items():
        assert found[f"{name}fd_mode"] == pytest.approx(1.0)
        assert found[f"{name}fd_sample"] == pytest.approx(2.0)
        assert found[f"{name}fd_gibbs"] == pytest.approx(100.0 + sweeps)
        assert found[f"{name}search_sweeps"] == 4.0
        assert found[f"{name}reconstruction_error"] == 0.25
    assert ("fid_sample" in found) == final and "curve_fid_sample" not in found
    if final:
        assert found["fid_sample"] == pytest.approx(1002.0)
        assert (found["unique_modes"], found["curve_unique_modes"]) == (1 / 6, 1 / 4)


def test_samples_to_look_at_are_those_of_their_names(told):
    found = told[0].samples(0)
    assert {name: images.flat[0] for name, images in found.items()} == {
        "data": 255, "mode": 1, "sample": 2, "gibbs": 107, "reconstruction": 0
    }  # fmt: skip
    assert {images.shape for images in found.values()} == {(evaluation.SHOWN, 2, 2, 1)}


def test_a_likelihood_is_the_mean_over_test_images_less_log_z(told):
    found = told[0](0, 0, True)
    by_image = IMAGES @ [1.0, 10.0, 100.0, 1000.0]
    for name, rows, temperatures in (("curve_", by_image, 50.0), ("", by_image[:30], 20.0)):
        log_z = np.log(3.0 * temperatures)
        expected = rows.mean() + temperatures - log_z
        assert found[f"{name}log_z"] == pytest.approx(log_z)
        assert found[f"{name}log_likelihood"] == pytest.approx(expected, rel=1e-5)
    # Weights of 2 and 4, half each, are a third of their mean away from it; of ten chains, √9.
    assert found["log_z_error"] == pytest.approx(1 / 3 / 3, rel=1e-5)


def test_a_machine_is_held_against_as_many_samples_and_images(told):
    found = told[0](0, 0, True)
    assert "fd_floor" not in told[0](0, 0, False)
    for name, samples, images in (("curve_", 4, IMAGES), ("", 6, IMAGES[:30])):
        distances = [found[f"{name}fd_{what}"] for what in ("floor", "means", "noise")]
        assert distances == [samples, 10 * samples, 100 * samples]
        p = (IMAGES[:20, ::-1].mean(0) + 0.01) / 1.02
        exact = np.log(np.where(images == 1.0, p, 1.0 - p)).sum(1).mean()
        assert found[f"{name}log_likelihood_of_means"] == pytest.approx(exact, rel=1e-5)


def test_only_a_phase_that_proposed_tells_of_proposals(told):
    found, made = told
    made.accepted.assign([2.0, 3.0])
    made.gap.assign([1e30, 0.5])
    made.longest.assign([7.0, 8.0])
    numbers = found(0, 0, False)
    assert not [name for name in numbers if name.endswith("positive")]
    named = ("accepted", "smallest_gap", "longest_search")
    assert [numbers[f"{name}_negative"] for name in named] == [3.0, 0.5, 8.0]


def test_a_single_image_is_enough():
    """Halves of one chain are none and one; a fresh trace knows its shape."""
    made = learner(hidden=2, batch_size=1)
    ask, parts = sampling.compiled.__wrapped__(tuple(made.sizes)), sampling.parts_of(made.machine())
    image, draws = tf.constant(IMAGES[:1]), (tf.constant(0), tf.constant(0))
    state = ask.from_data(parts, image, *draws)
    assert ask.walked(parts, state, tf.constant(3), *draws)[0].shape == image.shape
    assert ask.reconstructed(parts, image, *draws).shape == image.shape
    assert np.isfinite(ask.weights_of_visible(parts, image, tf.constant(5), *draws)).all()
    known = tf.constant([1.0, 1.0, 0.0, 0.0])
    found = ask.completed(parts, known, image, tf.constant(1), *draws)
    np.testing.assert_array_equal(found[:, :2], image[:, :2])


def test_unique_counts_different_rows():
    assert unique(np.array([[0, 1], [0, 1], [1, 1]])) == 2
