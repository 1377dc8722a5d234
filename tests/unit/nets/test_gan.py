"""The GAN step: what is updated, when, by what; objectives at known scores; determinism."""

from unittest.mock import patch

import numpy as np
import pytest
import tensorflow as tf

from saigen.engine import rng
from saigen.nets.gan import Gan, Method
from saigen.nets.layers import Network
from saigen.nets.objectives import OBJECTIVES

# NumPy here: TensorFlow is set up after this module is imported.
DATA = np.random.default_rng(0).standard_normal((40, 2)).astype(np.float32)


def gan(**changes):
    method = Method(**{"batch_size": 8, "generator_batch": 8, "critic_steps": 3, **changes})
    made = Gan(
        method,
        Network("generator", lambda layers, z: layers.dense("out", z, 2), [2]),
        Network("critic", lambda layers, x: layers.dense("out", tf.tanh(x), 1), [2]),
        real=lambda rows, key: tf.gather(DATA, rows),
        draw=lambda key, n: (rng.normal(key("latent"), [n, 2]),),
    )
    for name, value in made.initial(0).items():
        made.variables[name].assign(value)
    return made


def rows(made):
    return tf.range(made.method.critic_steps * 8) % 40


def test_a_step_updates_the_critic_several_times_and_the_generator_once():
    made = gan(penalty=10.0)
    before = {name: value.numpy() for name, value in made.variables.items()}
    found = made.step(rows(made), rng.key(0, 0))
    assert set(found) == set(made.metrics)
    assert float(made.variables["critic's adam updates"]) == 3.0
    assert float(made.variables["generator's adam updates"]) == 1.0
    for name in ("critic/out/W", "generator/out/W"):
        assert not (before[name] == made.variables[name].numpy()).all()


def test_the_same_step_gives_the_same_bits():
    first, second = gan(penalty=10.0), gan(penalty=10.0)
    for made in (first, second):
        for step in range(3):
            made.step(rows(made), rng.key(7, step))
    for name, variable in first.variables.items():
        assert (variable.numpy() == second.variables[name].numpy()).all(), name


@pytest.mark.parametrize("clip", [0.01, 0.1])
def test_no_critic_weight_leaves_the_box(clip):
    made = gan(clip=clip, optimiser="rmsprop", learning_rate=0.5)
    made.step(rows(made), rng.key(0, 0))
    for weight in made.critic.weights.values():
        assert float(tf.reduce_max(abs(weight))) <= np.float32(clip)
    assert any(float(tf.reduce_max(abs(w))) > clip for w in made.generator.weights.values())


def test_the_critic_loss_of_a_wasserstein_gan_is_minus_the_gap_plus_the_penalty():
    made = gan(penalty=10.0)
    real, fake = tf.constant(DATA[:8]), tf.constant(DATA[8:16])
    loss, gap, penalty = made.losses(real, fake, rng.key(0)).numpy()
    assert loss == pytest.approx(-gap + 10.0 * penalty, rel=1e-5)
    on_real, on_fake = made.scores(real), made.scores(fake)
    assert gap == pytest.approx(float(tf.reduce_mean(on_real) - tf.reduce_mean(on_fake)), rel=1e-4)


@pytest.mark.parametrize("mixes", [False, True])
def test_data_and_samples_apart_or_together_score_alike_without_batch_norm(mixes):
    made = gan(penalty=10.0)
    made._mixes = mixes
    real, fake = tf.constant(DATA[:8]), tf.constant(DATA[8:16])
    expected = gan(penalty=10.0).losses(real, fake, rng.key(0))
    np.testing.assert_allclose(made.losses(real, fake, rng.key(0)), expected, rtol=1e-5)


def test_the_learning_rate_falls_to_nothing_at_its_last_step():
    method = Method(learning_rate=2e-4, decay_steps=100_000)
    rates = [float(method.rate(tf.constant(step))) for step in (0, 50_000, 100_000, 200_000)]
    assert rates == pytest.approx([2e-4, 1e-4, 0.0, 0.0])
    assert float(Method().rate(tf.constant(100_000))) == pytest.approx(1e-4)
    made = gan(decay_steps=10)
    before = made.critic.weights["critic/out/W"].numpy()
    made.step(rows(made), rng.key(0, 10))
    assert (before == made.critic.weights["critic/out/W"].numpy()).all()


def test_objectives_at_known_scores():
    real, fake = tf.constant([2.0, 4.0]), tf.constant([1.0, -1.0])
    critic, generator = OBJECTIVES["wasserstein"]
    assert float(critic(real, fake)) == -3.0 and float(generator(fake)) == 0.0
    critic, generator = OBJECTIVES["least_squares"]
    assert float(critic(real, fake)) == pytest.approx((5.0 + 1.0) / 2)
    assert float(generator(fake)) == pytest.approx(2.0)
    critic, generator = OBJECTIVES["standard"]
    sure = -np.log(1 / (1 + np.exp(-np.array([2.0, 4.0])))).mean()
    unsure = -np.log(1 - 1 / (1 + np.exp(-np.array([1.0, -1.0])))).mean()
    assert float(critic(real, fake)) == pytest.approx((sure + unsure) / 2, rel=1e-5)
    assert float(generator(fake)) == pytest.approx(
        -np.log(1 / (1 + np.exp(-np.array([1.0, -1.0])))).mean(), rel=1e-5
    )


def test_undecided_scores_have_the_losses_of_chance():
    nothing = tf.zeros([4])
    assert float(OBJECTIVES["standard"][0](nothing, nothing)) == pytest.approx(np.log(2.0))


def test_weight_decay_draws_kernels_alone_to_0():
    decay, bias, gradients = 0.3, 0.7, {}
    for weight_decay in (0.0, decay):
        made = gan(weight_decay=weight_decay)
        made.critic.weights["critic/out/b"].assign([bias])
        kernel = made.critic.weights["critic/out/W"].numpy()
        with patch.object(made._optimisers["critic"], "apply") as apply:
            made.update_critic(tf.range(8), rng.key(0))
        gradients[weight_decay] = apply.call_args.args[0]
    drawn = {name: slope - gradients[0.0][name] for name, slope in gradients[decay].items()}
    np.testing.assert_allclose(drawn["critic/out/W"], decay * kernel, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(drawn["critic/out/b"], [0.0])


def test_a_one_sided_penalty_lets_gentle_slopes_go_free():
    def penalty(scale, one_sided):
        made = gan(penalty=10.0, one_sided=one_sided)
        kernel = made.critic.weights["critic/out/W"]
        kernel.assign(scale * kernel)
        return float(made.losses(tf.constant(DATA[:8]), tf.constant(DATA[8:16]), rng.key(0))[2])

    assert penalty(1e-4, one_sided=True) == 0.0
    assert penalty(1e-4, one_sided=False) == pytest.approx(1.0, abs=1e-3)
    assert penalty(100.0, one_sided=True) > 1.0
