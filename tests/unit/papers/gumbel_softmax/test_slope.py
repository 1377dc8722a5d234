"""The annealed slope in the activation: a steeper network, sampled, trained and tested as such."""

import numpy as np
import pytest
import tensorflow as tf
from sbn_settings import SETTINGS

from saigen.data.dataset import Dataset
from saigen.engine import rng
from saigen.papers.gumbel_softmax import sbn, vae
from saigen.papers.gumbel_softmax.training import Trainer

PARAMS = {
    **SETTINGS, "estimator": "slope_st",
    "slope_rate": 0.5, "slope_max": 3.0, "slope_in": "activation",
}  # fmt: skip
IMAGES = (np.random.default_rng(1).random([20, 784]) < 0.3).astype(np.uint8)
DATA = Dataset("toy", {f"{s}_images": IMAGES for s in ("train", "valid", "test")}, "d" * 64, {})
BATCH = np.arange(5)


def trainer(**changes):
    params = {**PARAMS, **changes}
    made = Trainer(params, sbn.Sbn(params), IMAGES)
    for name, value in made.initial(0).items():
        made.variables[name].assign(value)
    return made


def gradients(made, step):
    with tf.GradientTape() as tape:
        loss = made.loss(BATCH, rng.key(0, step))
    return loss.numpy(), {n: g.numpy() for n, g in tape.gradient(loss, made.weights).items()}


@pytest.mark.parametrize(("step", "slope"), [(0, 1.0), (9, 1.0), (10, 1.5), (45, 3.0), (900, 3.0)])
def test_it_is_straight_through_in_a_network_whose_stochastic_layers_are_steeper(step, slope):
    loss, found = gradients(trainer(), step)
    plain = trainer(estimator="st")
    for name, weight in plain.weights.items():
        weight.assign(weight * (slope if name.startswith("h") else 1.0))
    wanted_loss, wanted = gradients(plain, step)
    assert loss == pytest.approx(wanted_loss, rel=1e-5)
    for name, gradient in found.items():
        chained = slope if name.startswith("h") else 1.0
        np.testing.assert_allclose(gradient, chained * wanted[name], rtol=1e-3, atol=1e-5)


def test_in_the_gradient_alone_the_sample_does_not_see_it():
    steep, flat = trainer(slope_in="gradient"), trainer(estimator="st")
    (loss, found), (wanted, plain) = gradients(steep, 45), gradients(flat, 45)
    assert loss == pytest.approx(wanted, rel=1e-6)
    assert not np.allclose(found["h2/W"], plain["h2/W"], rtol=0.1)


@pytest.mark.parametrize(
    ("network", "stochastic"), [(sbn, ("h1", "h2")), (vae, ("encoder",))], ids=["sbn", "vae"]
)
def test_the_test_number_is_that_of_the_steeper_network(network, stochastic):
    task = network.train({**PARAMS, "learned_prior": True, "signal": "elbo"}, DATA)
    initial = task.initial(0)
    for name, variable in task.variables.items():
        variable.assign(initial[name])
    at_first, later = (task.evaluate(0, step, True)["test_nll"] for step in (0, 45))
    for name in [f"{layer}/{part}" for layer in stochastic for part in "Wb"]:
        task.variables[name].assign(3.0 * initial[name])
    assert task.evaluate(0, 0, True)["test_nll"] == pytest.approx(later, rel=1e-6)
    assert abs(at_first - later) > 0.05
