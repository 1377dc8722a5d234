"""What the base GAN drops, and how both networks are told of classes."""

from unittest.mock import patch

import numpy as np
import pytest
import tensorflow as tf

from saigen.data.dataset import Dataset
from saigen.engine.rng import key
from saigen.metrics.drawn import latents
from saigen.paper import load_paper
from saigen.papers.gan_tuning.networks import LATENT
from saigen.papers.gan_tuning.training import Training

RATES = {"d": 0.25, "g": 0.6}


def built(**changes):
    draws = np.random.default_rng(0)
    arrays = {
        "train_images": draws.integers(0, 256, [20, 16, 16, 1], np.uint8),
        "train_labels": np.arange(20) % 10,
    }
    dataset = Dataset("noise", arrays, "digest", {"classes": [str(n) for n in range(10)]})
    base = load_paper("gan_tuning").experiments["faults"].params
    params = {**base, "d_width": 2, "g_width": 2, "batch_size": 4, **changes}
    with patch("saigen.papers.gan_tuning.training.Drawn"):
        made = Training(params, dataset)
    for name, value in made.initial(0).items():
        made.variables[name].assign(value)
    return made


@pytest.fixture(scope="module")
def dropping():
    return built(d_dropout=RATES["d"], g_dropout=RATES["g"])


@pytest.fixture(scope="module")
def told():
    return built(labels=True, d_dropout=0.0)


@pytest.mark.parametrize("player", RATES)
def test_a_share_of_units_is_dropped_and_the_mean_is_kept(dropping, player):
    kept = dropping._dropping(key(0), player)("n", tf.ones([10**5])).numpy()
    rate = RATES[player]
    assert np.mean(kept == 0.0) == pytest.approx(rate, abs=0.01)
    np.testing.assert_allclose(kept[kept != 0.0], 1.0 / (1.0 - rate), rtol=1e-6)
    assert kept.mean() == pytest.approx(1.0, abs=0.02)


def test_every_layer_player_and_step_drops_units_of_its_own(dropping):
    def dropped(player, name, step):
        return dropping._dropping(key(0, step), player)(name, tf.ones([1000])).numpy() == 0.0

    ways = [("d", "n", 0), ("d", "other", 0), ("d", "n", 1), ("g", "n", 0)]
    masks = {way: dropped(*way) for way in ways}
    np.testing.assert_array_equal(masks["d", "n", 0], dropped("d", "n", 0))
    for way in ways[1:3]:
        assert not np.array_equal(masks["d", "n", 0], masks[way]), way
    # From the same draws, whatever falls below ¼ would fall below 0.6.
    assert (masks["d", "n", 0] & ~masks["g", "n", 0]).any()


def test_images_to_be_judged_are_drawn_without_dropout(dropping):
    images = dropping._some(key(0), 5)
    np.testing.assert_array_equal(images, dropping._g(latents(key(0), 5, LATENT)))
    assert not np.array_equal(images[:4], dropping._fakes(key(0), tf.zeros([4], tf.int32)))


@pytest.mark.parametrize("shape", [[3, 7], [3, 4, 4, 2]])
def test_the_class_stands_beside_the_channels_everywhere(told, shape):
    x = tf.random.stateless_normal(shape, [1, 2])
    labels = [3, 0, 9]
    both = told._with(x, tf.constant(labels)).numpy()
    np.testing.assert_array_equal(both[..., : shape[-1]], x)
    classes = np.broadcast_to(
        np.eye(10)[labels].reshape([3, *[1] * (len(shape) - 2), 10]), [*shape[:-1], 10]
    )
    np.testing.assert_array_equal(both[..., shape[-1] :], classes)


def test_networks_that_are_not_told_see_no_class(dropping):
    x = tf.ones([3, 7])
    assert dropping._with(x, tf.constant([3, 0, 9])) is x


def test_a_step_tells_the_classes_of_its_examples(told):
    rows = tf.constant([5, 17, 2, 9])
    with patch.object(told, "_with", wraps=told._with) as spy:
        told.step(rows, key(0))
    assert spy.call_count == 5  # images, latents and fakes for D; latents and fakes for G
    for call in spy.call_args_list:
        assert call.args[1].numpy().tolist() == [5, 7, 2, 9]


def test_images_to_be_judged_have_as_many_of_every_class_as_can_be(told):
    classes = np.arange(25) % 10
    expected = told._g(told._with(latents(key(0), 25, LATENT), tf.constant(classes)))
    np.testing.assert_array_equal(told._some(key(0), 25), expected)
