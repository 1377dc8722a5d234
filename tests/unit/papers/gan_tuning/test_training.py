"""The base GAN: first weights, batch norm in every wiring, faults, and what shares a trace."""

import numpy as np
import pytest
import tensorflow as tf

from saigen.config import load_config
from saigen.data.dataset import Dataset
from saigen.engine.rng import key
from saigen.grid import experiment_runs
from saigen.nets.layers import Layers, Network
from saigen.paper import load_paper
from saigen.papers.gan_tuning.networks import discriminator, generator
from saigen.papers.gan_tuning.norms import EPSILON, MOMENTUM, Norms
from saigen.papers.gan_tuning.training import GuideTask, Training


@pytest.fixture
def norms():
    scale, offset = tf.Variable([2.0, 0.5]), tf.Variable([1.0, -1.0])
    weights = {"n/scale": scale, "n/offset": offset}
    layers = Layers(lambda name, shape, draw: weights[name])
    flags = [tf.Variable(flag, trainable=False) for flag in (True, False, False)]
    return Norms(layers, {"n": 2}, *flags), flags, (scale.numpy(), offset.numpy())


def images(seed=0, n=6):
    return np.random.default_rng(seed).normal(2.0, 3.0, [n, 3, 3, 2]).astype(np.float32)


def normalised(x, over, affine):
    mean, variance = over.mean((0, 1, 2)), over.var((0, 1, 2))
    return (x - mean) / np.sqrt(variance + EPSILON) * affine[0] + affine[1]


def test_apart_and_together_are_the_statistics_of_each_half_and_of_both(norms):
    norm, (_, together, _), affine = norms
    x = images()
    apart = np.concatenate([normalised(half, half, affine) for half in (x[:3], x[3:])])
    np.testing.assert_allclose(norm.in_d_step("n", tf.constant(x)), apart, atol=1e-4)
    together.assign(True)
    found = norm.in_d_step("n", tf.constant(x))
    np.testing.assert_allclose(found, normalised(x, x, affine), atol=1e-4)


def test_running_averages_are_those_of_both_halves_in_turn(norms):
    norm, (_, _, running), affine = norms
    for name, value in norm.initial().items():
        norm.variables[name].assign(value)
    x = images()
    norm.in_d_step("n", tf.constant(x))
    mean, variance = np.zeros(2), np.ones(2)
    for half in (x[:3], x[3:]):
        mean = MOMENTUM * mean + (1 - MOMENTUM) * half.mean((0, 1, 2))
        variance = MOMENTUM * variance + (1 - MOMENTUM) * half.var((0, 1, 2))
    running.assign(True)
    fakes = images(1)
    expected = (fakes - mean) / np.sqrt(variance + EPSILON) * affine[0] + affine[1]
    np.testing.assert_allclose(norm.in_g_step("n", tf.constant(fakes)), expected, atol=1e-4)
    running.assign(False)
    found = norm.in_g_step("n", tf.constant(fakes))
    np.testing.assert_allclose(found, normalised(fakes, fakes, affine), atol=1e-4)


def test_without_a_norm_images_pass_as_they_are(norms):
    norm, (on, _, _), _ = norms
    on.assign(False)
    for step in (norm.in_d_step, norm.in_g_step):
        np.testing.assert_array_equal(step("n", tf.constant(images())), images())


@pytest.fixture(scope="module")
def dataset():
    draws = np.random.default_rng(0)
    arrays = {
        f"{split}_images": draws.integers(0, 256, [40, 16, 16, 1], np.uint8)
        for split in ("train", "valid", "test")
    }
    arrays |= {f"{split}_labels": np.arange(40) % 10 for split in ("train", "valid", "test")}
    return Dataset("noise", arrays, "digest", {"classes": [str(n) for n in range(10)]})


@pytest.fixture(scope="module")
def model(dataset):
    """A tiny GAN without its judge, and its compiled step."""
    from unittest.mock import patch

    experiment = load_paper("gan_tuning").experiments["faults"]
    params = {**experiment.params, "d_width": 2, "g_width": 2, "batch_size": 4}
    with patch("saigen.papers.gan_tuning.training.Drawn"):
        found = Training(params, dataset)
    once = tf.function(lambda rows: found.step(rows, key(0, 0)), autograph=False)
    return params, found, once


def stepped(model, bias=0.0, **settings):
    """Return how far one step moves G and D, and the step's metrics; `bias` is D's first."""
    params, training, step = model
    for name, variable in training.live.items():
        variable.assign({**params, **settings}[name])
    for name, value in training.initial(0).items():
        training.variables[name].assign(value)
    training.variables["discriminator/out/b"].assign([bias])
    before = {name: value.numpy() for name, value in training.variables.items()}
    metrics = step(tf.range(4))
    moved = {
        player: sum(
            np.abs(training.variables[name].numpy() - before[name]).sum()
            for name in before
            if name.startswith(f"{player}/")
        )
        for player in ("generator", "discriminator")
    }
    return moved, {name: float(value) for name, value in metrics.items()}


def test_each_fault_does_what_it_says(model):
    sound, metrics = stepped(model)
    assert sound["generator"] > 0 and sound["discriminator"] > 0
    idle, _ = stepped(model, g_times=0.0)
    assert idle["generator"] == 0.0 and idle["discriminator"] > 0
    unfrozen, _ = stepped(model, unfrozen=True, d_times=0.0)
    frozen, _ = stepped(model, d_times=0.0)
    assert frozen["discriminator"] == 0.0 and unfrozen["discriminator"] > 0
    _, saturating = stepped(model, saturating=True)
    assert saturating["g_loss"] < 0.0 < metrics["g_loss"]
    # Swapped labels: the same D is right where it was wrong.
    _, swapped = stepped(model, swapped=True)
    assert swapped["accuracy"] == pytest.approx(1.0 - metrics["accuracy"], abs=1e-6)
    assert model[2].experimental_get_tracing_count() == 1


def test_the_signature_is_all_fakes_rejected_and_a_loss_of_g_below_ln2(model):
    cases = {  # D sure of one answer: +9 that all is real, −9 that all is fake
        "sure of real": ({"bias": 9.0}, 0.0),
        "sure of fake": ({"bias": -9.0}, 0.0),
        "sure of real, which it calls fake": ({"bias": 9.0, "swapped": True}, 1.0),
        "sure of fake, which it calls real": ({"bias": -9.0, "swapped": True}, 0.0),
    }
    for case, (settings, expected) in cases.items():
        _, metrics = stepped(model, **settings)
        assert metrics["impossible"] == expected, case


def test_first_weights_are_those_of_keras():
    """Keras's default of Dense and Conv2D: U(−l, l), l = √(6 / (fan in + fan out)); biases 0."""

    def whole_d(layers, x):
        return discriminator(layers, x, lambda name, x: x, lambda name, x: x, 8)

    def whole_g(layers, z):
        return generator(layers, z, lambda name, x: x, 16, 1, 8, extra=1)

    for network in (Network("d", whole_d, [16, 16, 1]), Network("g", whole_g, [100])):
        for name, values in network.initial(0).items():
            values = values.numpy()
            if name.endswith("/b"):
                assert not values.any(), name
            if not name.endswith("/W"):
                continue
            places = int(np.prod(values.shape[:-2]))
            limit = np.sqrt(6.0 / (places * (values.shape[-2] + values.shape[-1])))
            assert np.abs(values).max() <= limit, name
            # The largest of n draws is within 5 / n of the limit but with chance e⁻⁵.
            assert np.abs(values).max() > limit * (1.0 - 5.0 / values.size), name


@pytest.mark.parametrize("scale", ["quick", "standard", "paper"])
def test_the_profile_has_the_articles_batch(scale):
    paper, config = load_paper("gan_tuning"), load_config({"scale": scale})
    assert {r.params["batch_size"] for r in experiment_runs(paper, "profile", config)} == {128}


def test_what_another_task_is_for():
    params = {"steps": 2, "images": 8, "d_dropout": 0.25, "g_dropout": 0.0}
    task = GuideTask({}, lambda seed: {}, lambda batch, key: {}, (), 2)
    task.live = {"d_dropout": tf.Variable(0.25), "g_dropout": tf.Variable(0.0)}
    assert task.serves(params, params)
    assert task.serves(params, {**params, "d_dropout": 0.5})
    assert not task.serves(params, {**params, "g_dropout": 0.5})
    assert not task.serves(params, {**params, "d_dropout": 0.0})
    # Where images are counted, steps set the batch.
    assert not task.serves(params, {**params, "steps": 4})
    counted = {**params, "images": 0}
    assert task.serves(counted, {**counted, "steps": 4})
