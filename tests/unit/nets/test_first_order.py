"""First-order optimisers against PyTorch's recorded steps, and against the laws of their kind."""

import importlib.util
import json
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from saigen.nets.first_order import OPTIMISERS, make_optimiser

HERE = Path(__file__).parent
_SPEC = importlib.util.spec_from_file_location("recorder", HERE / "record_torch_steps.py")
recorder = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(recorder)
RECORDED = json.loads((HERE / "torch_steps.json").read_text())
OURS = {
    "momentum": {"momentum": 0.9},
    "adadelta": {"learning_rate": 1.0},
    "adamw": {"weight_decay": 0.1},
}


def taken(name, gradients, graph=False, **settings):
    """Return the weight, ones at first, after each gradient."""
    weight = tf.Variable(tf.ones(len(gradients[0])))
    settings = {"learning_rate": 0.05, **OURS.get(name, {}), **settings}
    optimiser = make_optimiser(name, {"w": weight}, **settings)

    def step(gradient):
        optimiser.apply({"w": gradient})

    step = tf.function(step, jit_compile=graph == "xla") if graph else step
    found = []
    for gradient in gradients:
        step(tf.constant(gradient, tf.float32))
        found.append(weight.numpy())
    return np.stack(found)


SHOWN = [recorder.gradient(step) for step in range(recorder.LARGE)]


@pytest.mark.parametrize("name", OPTIMISERS)
def test_steps_are_those_of_pytorch(name):
    every = [recorder.gradient(step) for step in range(recorder.LARGE + recorder.SMALL)]
    found = taken(name, every)[recorder.KEPT]
    np.testing.assert_allclose(found, RECORDED[name], rtol=2e-5, atol=1e-5)


def test_recorded_steps_tell_amsgrad_from_adam():
    adam, amsgrad = (np.array(RECORDED[name]) for name in ("adam", "amsgrad"))
    np.testing.assert_array_equal(adam[: recorder.LARGE], amsgrad[: recorder.LARGE])
    assert np.abs(adam - amsgrad)[-1].max() > 0.01


@pytest.mark.parametrize("name", OPTIMISERS)
def test_a_graph_with_and_without_xla_does_as_eager_mode_does(name):
    eager = taken(name, SHOWN)
    np.testing.assert_allclose(taken(name, SHOWN, graph=True), eager, rtol=1e-6)
    if name != "amsgrad":  # its kernel has no XLA form
        np.testing.assert_allclose(taken(name, SHOWN, graph="xla"), eager, rtol=1e-5)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_slots_are_all_that_a_checkpoint_needs(name):
    weight = tf.Variable(tf.ones(3))
    settings = {"learning_rate": 0.05, **OURS.get(name, {})}
    optimiser = make_optimiser(name, {"w": weight}, **settings)
    state = {"w": weight, **optimiser.variables}
    found = []
    for gradient in SHOWN[:4]:
        optimiser.apply({"w": tf.constant(gradient, tf.float32)})
    kept = {key: variable.numpy() for key, variable in state.items()}
    for _ in range(2):
        for key, variable in state.items():
            variable.assign(kept[key])
        for gradient in SHOWN[4:]:
            optimiser.apply({"w": tf.constant(gradient, tf.float32)})
        found.append(weight.numpy())
    np.testing.assert_array_equal(*found)


def test_nesterov_runs_ahead_of_its_definition_by_the_momentum():
    # Θ = θ + a v on L = ½ (0.1 x² + 2 y²), against the definition in float64.
    curvature, a, rate = np.array([0.1, 2.0]), 0.9, 0.1
    ahead = tf.Variable(tf.ones(2))
    optimiser = make_optimiser("nesterov", {"w": ahead}, rate, momentum=a)
    theta, velocity = np.ones(2), np.zeros(2)
    for _ in range(200):
        optimiser.apply({"w": tf.constant(curvature, tf.float32) * ahead})
        velocity = a * velocity - rate * curvature * (theta + a * velocity)
        theta = theta + velocity
        np.testing.assert_allclose(ahead.numpy(), theta + a * velocity, atol=2e-6)


def test_rmsprop_with_its_epsilon_under_the_root():
    found = taken("rmsprop", SHOWN, under_root=True, epsilon=0.1)
    square, weight = np.zeros(3), np.ones(3)
    for gradient, row in zip(np.array(SHOWN), found, strict=True):
        square = 0.9 * square + 0.1 * gradient**2
        weight = weight - 0.05 * gradient / np.sqrt(0.1 + square)
        np.testing.assert_allclose(row, weight, rtol=1e-5)


# Keras agrees once its defaults are set aside: accumulators at 0, rates of 1, ε where it stands.
KERAS = {
    "sgd": (lambda: keras.optimizers.SGD(0.05), {}),
    "momentum": (lambda: keras.optimizers.SGD(0.05, momentum=0.9), {}),
    "nesterov": (lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True), {}),
    "adagrad": (lambda: keras.optimizers.Adagrad(0.05, initial_accumulator_value=0.0), {}),
    "rmsprop": (lambda: keras.optimizers.RMSprop(0.05), {"under_root": True, "epsilon": 1e-7}),
    "adadelta": (
        lambda: keras.optimizers.Adadelta(1.0, rho=0.95, epsilon=1e-6),
        {"decay": 0.95},
    ),
    "adam": (lambda: keras.optimizers.Adam(0.05), {"epsilon": 1e-7}),
    "amsgrad": (lambda: keras.optimizers.Adam(0.05, amsgrad=True), {"epsilon": 1e-7}),
    "adamw": (lambda: keras.optimizers.AdamW(0.05, weight_decay=0.1), {"epsilon": 1e-7}),
}


@pytest.mark.parametrize("name", KERAS)
def test_steps_are_those_of_keras_with_its_defaults_set_aside(name):
    make, settings = KERAS[name]
    optimiser, weight = make(), keras.Variable(np.ones(3, np.float32))
    found = []
    for gradient in SHOWN:
        optimiser.apply([tf.constant(gradient, tf.float32)], [weight])
        found.append(weight.numpy())
    np.testing.assert_allclose(taken(name, SHOWN, **settings), found, rtol=1e-5, atol=1e-5)
