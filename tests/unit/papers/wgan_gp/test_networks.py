"""The paper's networks: counts of their weights, their layers, their shapes."""

import numpy as np
import pytest
import tensorflow as tf

from saigen.nets.shape import Shape
from saigen.paper import load_paper
from saigen.papers.wgan_gp.networks import NETWORKS
from saigen.papers.wgan_gp.pair import LATENT
from saigen.papers.wgan_gp.resnet import layer_count
from saigen.tables import published

PARAMS = {
    "width": 64,
    "critic_norm": "none",
    "blocks": 6,
    "supervised": False,
    "architecture": 0,
    "critic_activation": "",
}
SEVEN = [
    "baseline",
    "constant_filters",
    "mlp",
    "no_normalisation",
    "gated",
    "tanh",
    "resnet101",
]


def pair(name, side, channels=3, **changes):
    return NETWORKS[name]({**PARAMS, **changes}, Shape(side, channels, 10))


def test_the_released_networks_have_as_many_weights_as_counted():
    for row in published(load_paper("wgan_gp"))["counts"].itertuples():
        name, _, supervised = row.network.partition(" ")
        channels = 1 if name == "mnist" else 3
        made = pair(name, row.side, channels, width=row.width, supervised=bool(supervised))
        assert (made.generator.size, made.critic.size) == (row.generator, row.critic), row.network


@pytest.mark.parametrize(
    "name, generator, critic",
    [
        ("baseline", 5.36, 4.32),
        ("constant_filters", 0.44, 4.32),
        ("mlp", 7.16, 4.32),
        ("gated", 10.7, 8.6),
        ("resnet101", 9.19, 7.62),
    ],
)
def test_millions_of_weights_at_64_pixels(name, generator, critic):
    made = pair(name, 64, critic_norm="layer")
    assert made.generator.size / 1e6 == pytest.approx(generator, rel=0.01)
    assert made.critic.size / 1e6 == pytest.approx(critic, rel=0.01)


def test_the_residual_network_has_101_layers():
    made = pair("resnet101", 64)
    assert layer_count(made.generator) == layer_count(made.critic) == 101


@pytest.mark.parametrize("name", [*SEVEN, "cifar", "random", "resnet"])
def test_networks_map_latents_to_images_and_images_to_scores(name):
    made = pair(name, 16, width=4, blocks=1, critic_norm="batch", architecture=2)
    assert made.mixes == (name != "no_normalisation" and bool(_norms(made.critic)))
    for network in (made.generator, made.critic):
        for weight, value in network.initial(0).items():
            network.weights[weight].assign(value)
    images = made.generator(tf.ones([6, LATENT]) * tf.reshape(tf.range(6.0), [6, 1]), tf.range(6))
    assert images.shape == (6, 16, 16, 3)
    assert float(tf.reduce_max(abs(images))) <= 1.0
    assert made.critic(images).shape == (6, 1)


def _norms(network):
    return [name for name in network.weights if "norm" in name]


def test_without_normalisation_no_network_has_any():
    made = pair("no_normalisation", 32, width=4, critic_norm="batch")
    assert not _norms(made.generator) and not _norms(made.critic) and not made.mixes


def test_gates_pair_alternate_channels():
    from saigen.papers.wgan_gp.seven import _gate

    x = np.random.default_rng(0).standard_normal((2, 3, 3, 8)).astype(np.float32)
    expected = 1 / (1 + np.exp(-x[..., 0::2])) * np.tanh(x[..., 1::2])
    np.testing.assert_allclose(_gate(tf.constant(x)), expected, rtol=1e-5)


def test_the_supervised_critic_also_gives_classes():
    made = pair("resnet", 16, width=4, supervised=True)
    assert made.critic(tf.zeros([5, 16, 16, 3])).shape == (5, 11)


def test_digits_of_28_pixels_are_cropped_to_7():
    made = pair("mnist", 28, 1, width=2)
    assert made.generator(tf.zeros([3, LATENT]), tf.zeros([3], tf.int32)).shape == (3, 28, 28, 1)


def test_the_large_residual_pair_has_the_blocks_of_its_source():
    made = pair("large_resnet", 128, width=64, critic_norm="layer")
    shapes = {name: weight.shape.as_list() for name, weight in made.generator.weights.items()}
    assert shapes["generator/in/W"] == [128, 4 * 4 * 512]
    assert [shapes[f"generator/up{k}/2/W"][-1] for k in range(4)] == [512, 256, 128, 64]
    assert shapes["generator/out/W"] == [5, 5, 64, 3]
    shapes = {name: weight.shape.as_list() for name, weight in made.critic.weights.items()}
    assert shapes["critic/in/W"] == [5, 5, 3, 128]
    assert [shapes[f"critic/down{k}/1/W"][-1] for k in range(3)] == [128, 256, 512]
    assert [shapes[f"critic/down{k}/2/W"][-1] for k in range(3)] == [256, 512, 1024]
    assert shapes["critic/plain1/2/W"] == [3, 3, 1024, 1024] and "critic/plain2/1/W" not in shapes
    # Branches of the generator begin at half the usual size.
    first = made.generator.initial(0)
    deviation = float(tf.math.reduce_std(first["generator/up3/2/W"]))
    assert deviation == pytest.approx(0.5 * (4.0 / (2 * 9 * 64)) ** 0.5, rel=0.01)


@pytest.mark.parametrize("side", [16, 32, 64])
def test_a_smaller_large_residual_pair_draws_and_judges_its_size(side):
    made = pair("large_resnet", side, 1, width=2, critic_norm="layer")
    for network in (made.generator, made.critic):
        for name, value in network.initial(0).items():
            network.weights[name].assign(value)
    images = made.generator(tf.zeros([3, 128]), tf.zeros([3], tf.int32))
    assert images.shape == (3, side, side, 1) and made.critic(images).shape == (3, 1)


@pytest.mark.parametrize("name", [*SEVEN, "cifar", "random", "resnet"])
def test_no_kernel_of_one_pixel_has_a_stride(name, monkeypatch):
    # With few channels its gradient writes past oneDNN's workspace (see resnet101.py).
    seen, conv2d = [], tf.nn.conv2d

    def recorded(x, kernel, strides, padding):
        seen.append((*kernel.shape[:2], strides))
        return conv2d(x, kernel, strides, padding)

    monkeypatch.setattr(tf.nn, "conv2d", recorded)
    pair(name, 16, width=4, blocks=1, critic_norm="batch", architecture=2)
    assert seen or name == "mlp"
    assert (1, 1, 2) not in seen
