"""The count of products beside the layers of the networks themselves."""

import math

import pytest

from saigen.nets.shape import Shape
from saigen.papers.wgan_gp import costs
from saigen.papers.wgan_gp.architectures import architecture
from saigen.papers.wgan_gp.dcgan import random

#: At how many places a kernel is applied, at side 32: outputs of a convolution, inputs of a
#: transposed one.
PLACES = {
    "generator": {"in": 1, "up1": 4**2, "up2": 8**2, "out": 16**2},
    "critic": {"down1": 16**2, "down2": 8**2, "down3": 4**2, "out": 1},
}


@pytest.mark.parametrize("number", [0, 1, 7, 28])
def test_a_pass_is_every_kernel_at_every_place(number):
    params = {"architecture": number, "width": 1.0, "critic_norm": "layer", "critic_activation": ""}
    pair, found = random(params, Shape(32, 3, 10)), architecture(number)
    for network, counted in (
        (pair.generator, costs.generator_pass(found.generator_filters, found.generator_depth)),
        (pair.critic, costs.critic_pass(found.critic_filters, found.critic_depth)),
    ):
        total = 0
        for name, weight in network.weights.items():
            owner, layer, *rest = name.split("/")
            if rest == ["W"]:
                total += math.prod(weight.shape) * PLACES[owner].get(layer, 8**2)
        assert counted == total


def test_iterations_cost_what_the_passes_say():
    found = architecture(0)
    generator = costs.generator_pass(found.generator_filters, found.generator_depth)
    critic = costs.critic_pass(found.critic_filters, found.critic_depth)
    assert costs.iteration(0, "gp") == 8 * generator + 62 * critic
    assert costs.iteration(0, "gan") == 4 * generator + 8 * critic
    ratios = [costs.iteration(k, "gp") / costs.iteration(k, "gan") for k in range(200)]
    assert 2.0 < min(ratios) < max(ratios) < 62 / 8
