"""The annealed temperature: its values, and that a training step is taken at it."""

import math

import numpy as np
import pytest
import tensorflow as tf
from sbn_settings import SETTINGS

from saigen.engine import rng
from saigen.papers.gumbel_softmax import sbn
from saigen.papers.gumbel_softmax.schedules import temperature_at
from saigen.papers.gumbel_softmax.training import Trainer

ANNEALED = {
    "temperature": 1.0,
    "temperature_rate": 3e-5,
    "temperature_floor": 0.5,
    "temperature_refresh": 2000,
}
CONSTANT = {**ANNEALED, "temperature_rate": 0.0}


def at(params, step):
    return float(temperature_at(params, tf.constant(step)))


@pytest.mark.parametrize(
    ("step", "temperature"),
    [
        (0, 1.0),
        (1999, 1.0),
        (2000, math.exp(-0.06)),
        (3999, math.exp(-0.06)),
        (22_000, math.exp(-0.66)),
        (24_000, 0.5),
        (1_000_000, 0.5),
    ],
)
def test_the_temperature_falls_every_2000_steps_to_its_floor(step, temperature):
    assert at(ANNEALED, step) == pytest.approx(temperature, rel=1e-6)
    doubled = {**ANNEALED, "temperature": 2.0, "temperature_floor": 1.0}
    assert at(doubled, step) == pytest.approx(2.0 * temperature, rel=1e-6)


def test_without_a_rate_the_temperature_stays():
    assert [at(CONSTANT, step) for step in (0, 2000, 1_000_000)] == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("estimator", ["gumbel", "st_gumbel"])
def test_a_step_is_taken_at_the_temperature_of_its_time(estimator):
    images = (np.random.default_rng(1).random([20, 784]) < 0.3).astype(np.uint8)

    def gradient(schedule):
        changes = {"latent": "categorical", "classes": 3, "estimator": estimator}
        params = {**SETTINGS, **changes, **schedule}
        trainer = Trainer(params, sbn.Sbn(params), images)
        with tf.GradientTape() as tape:
            loss = trainer.loss(tf.range(5), rng.key(0, 22_000))
        return tape.gradient(loss, trainer.weights["h2/W"]).numpy()

    found, first = gradient(ANNEALED), gradient(CONSTANT)
    late = gradient({**CONSTANT, "temperature": math.exp(-0.66)})
    np.testing.assert_allclose(found, late, rtol=1e-4, atol=1e-5)
    assert not np.allclose(found, first, rtol=0.1)
