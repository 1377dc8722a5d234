"""Two time-scale steps, the probe and the judge's stretch, on tiny networks."""

import numpy as np
import pytest
import tensorflow as tf

from saigen.engine.rng import key
from saigen.nets.shape import Shape
from saigen.papers.critical_batch.judge import stretched
from saigen.papers.critical_batch.losses import GAMES, cross_entropy, hinge
from saigen.papers.critical_batch.networks import NETWORKS
from saigen.papers.critical_batch.probe import Probe
from saigen.papers.critical_batch.two_time_scales import TwoTimeScales

PARAMS = {
    "network": "dcgan", "width": 2, "norm": "batch", "game": "standard", "penalty": 0.0,
    "penalty_times": 1, "optimiser": "adam", "beta1": 0.5, "discriminator_rate": 3e-4,
    "generator_rate": 1e-4,
}  # fmt: skip
EXAMPLES = 24
# NumPy: a tensor here would start TensorFlow before the tests set it up.
IMAGES = np.random.default_rng(0).uniform(-1, 1, [EXAMPLES, 8, 8, 1]).astype(np.float32)
LABELS = (np.arange(EXAMPLES) % 3).astype(np.int32)


def gan(**changes):
    params = {**PARAMS, **changes}
    pair = NETWORKS[params["network"]](params, Shape(8, 1, 3))
    made = TwoTimeScales(
        params, pair, lambda rows: (tf.gather(IMAGES, rows), tf.gather(LABELS, rows)), 3
    )
    for name, value in made.initial(0).items():
        made.variables[name].assign(value)
    return made


def rows(n=6):
    return tf.range(n)


@pytest.mark.parametrize("optimiser", ["adam", "adabelief", "rmsprop"])
def test_the_generator_steps_against_the_new_discriminator(optimiser):
    made = gan(optimiser=optimiser)
    at = key(0, 3)
    made.optimisers["discriminator"].apply(made.gradients(rows(), at)["discriminator"])
    expected = made.gradients(rows(), at)["generator"]
    again = gan(optimiser=optimiser)
    found = again.step(rows(), at)
    norm = float(tf.linalg.global_norm([*expected.values()]))
    assert float(found["generator_norm"]) == pytest.approx(norm, rel=1e-4)


def test_each_network_has_its_own_rate():
    made = gan()
    made.rates["generator_rate"].assign(0.0)
    before = {name: value.numpy() for name, value in made.variables.items()}
    made.step(rows(), key(0))
    for name, value in made.variables.items():
        if name.endswith("/W") and "'s" not in name:
            moved = not np.array_equal(before[name], value.numpy())
            assert moved == name.startswith("discriminator")


def test_lambda_twice_is_ten_times_the_penalty():
    plain, once, twice = (
        gan(game="wasserstein", norm="none", **penalty).step(rows(), key(0))
        for penalty in ({}, {"penalty": 10.0}, {"penalty": 10.0, "penalty_times": 2})
    )
    plain, once, twice = (float(each["discriminator_loss"]) for each in (plain, once, twice))
    assert twice - plain == pytest.approx(10.0 * (once - plain), rel=1e-3)


def test_losses_at_zero_scores():
    zero = tf.zeros([4])
    assert float(cross_entropy(zero, zero)) == pytest.approx(2 * np.log(2))
    assert float(hinge(zero, zero)) == 2.0 and float(hinge(zero + 2, zero - 2)) == 0.0
    assert float(GAMES["hinge"].generator(zero + 3)) == -3.0


@pytest.mark.parametrize("norm", ["layer", "spectral"])
def test_the_conditional_pair_knows_its_classes(norm):
    made = gan(network="conditional_resnet", norm=norm, game="hinge", beta1=0.0)
    z = tf.ones([2, 100])
    images = made.pair.generator(z, tf.constant([0, 0]))
    assert images.shape == (2, 8, 8, 1)
    made.step(rows(), key(0))
    made.step(rows(), key(0, 1))
    scores = [
        float(made.pair.discriminator(IMAGES[:1], tf.constant([label]))[0, 0]) for label in (0, 1)
    ]
    assert scores[0] != scores[1]


def test_a_step_keeps_one_power_iteration_of_the_discriminator_alone():
    made = gan(network="conditional_resnet", norm="spectral", game="hinge", beta1=0.0)
    vectors = {name: made.variables[name].numpy() for name in made.pair.discriminator.state}
    assert len(vectors) == len(made.pair.discriminator.kernels)
    assert made.pair.generator.state == {}
    made.step(rows(), key(0))
    after = {name: made.variables[name].numpy() for name in vectors}
    made.pair.discriminator.update()
    for name, before in vectors.items():
        if len(before) > 1:  # a single output has one direction
            assert not np.array_equal(before, after[name]), name
            assert np.linalg.norm(after[name]) == pytest.approx(1.0, abs=1e-5)


def test_the_probe_gathers_the_moments_of_the_gradients_it_draws():
    from saigen.engine import rng

    made = gan()
    made.step(rows(), key(0))
    found = Probe(made, "adam", 4, EXAMPLES)(5, 7, 3)
    chosen = rng.generator(5, "probe", 7).integers(0, EXAMPLES, [3, 4], dtype=np.int32)
    for name in ("discriminator", "generator"):
        drawn = []
        for turn, each in enumerate(chosen):
            slopes = made.gradients(tf.constant(each), key(5, -1 - turn))[name]
            drawn.append(np.concatenate([slope.numpy().ravel() for slope in slopes.values()]))
        drawn = np.stack(drawn).astype(np.float64)
        variance = 4 * drawn.var(0, ddof=1).sum()
        assert found[f"variance/{name}"] == pytest.approx(variance, rel=1e-3)
        squared = (drawn.mean(0) ** 2).sum() - variance / 4 / 3
        assert found[f"squared/{name}"] == pytest.approx(squared, rel=1e-2, abs=1e-3 * variance)


@pytest.mark.parametrize("optimiser", ["adam", "adabelief", "rmsprop"])
def test_the_preconditioner_after_one_step_is_known(optimiser):
    made, at = gan(optimiser=optimiser), key(0)
    slopes = made.gradients(rows(), at)["discriminator"]
    made.step(rows(), at)
    size = np.abs(np.concatenate([slope.numpy().ravel() for slope in slopes.values()]))
    # v̂ = g² with Adam, (g/2)² with AdaBelief's m = g/2, and v = g²/100 with RMSProp.
    times = {"adam": 1.0, "adabelief": 0.5, "rmsprop": 0.1}[optimiser]
    found = Probe(made, optimiser, 4, EXAMPLES)(0, 1, 2)
    assert found["median/discriminator"] == pytest.approx(times * np.median(size), rel=1e-2)


def test_a_stretched_image_fills_its_range():
    images = np.array([10, 20, 30, 110]).reshape(1, 2, 2, 1).astype(np.uint8)
    assert stretched(images).ravel().tolist() == [0, 26, 51, 255]
    assert not stretched(np.full([1, 2, 2, 1], 7, np.uint8)).any()
