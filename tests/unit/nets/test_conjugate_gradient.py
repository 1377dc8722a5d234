"""Conjugate gradients: the rules, their bounds, and what they are on a quadratic."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saigen.nets.conjugate_gradient import RULES, ConjugateGradient, betas
from saigen.nets.optimisers import Momentum

SEVEN = ("fr", "prp", "hs", "dy", "hz", "hs_dy", "fr_prp")
gradients = arrays(np.float64, (5, 4), elements=st.floats(-3, 3).map(lambda x: round(x, 3)))


def beta_by_hand(rule, g, before, d):
    """The rules as the released code has them, with their caps."""
    y = g - before
    with np.errstate(divide="ignore", invalid="ignore"):
        fr, prp = g @ g / (before @ before), g @ y / (before @ before)
        hs, dy = g @ y / (d @ y), g @ g / (d @ y)
        hz = min(hs, 0.5) - 2.0 * (y @ y) * (g @ d) / (d @ y) ** 2
    flat = before @ before == 0.0 if rule in ("fr", "prp", "fr_prp") else d @ y == 0.0
    if flat:
        return 0.0
    return {
        "fr": min(fr, 0.5),
        "prp": min(prp, 0.5),
        "hs": min(hs, 0.5),
        "dy": min(dy, 0.5),
        "hz": min(hz, 0.5),
        "hs_dy": max(0.0, min(hs, dy, 0.5)),
        "fr_prp": max(0.0, min(fr, prp, 0.5)),
    }[rule]


def path_by_hand(rule, steps, rate, scale, bounded):
    x, d, before, found = np.ones(4), None, None, []
    for g in steps:
        beta = 0.0 if d is None else beta_by_hand(rule, g, before, d)
        beta = scale * (max(beta, 0.0) if bounded else beta)
        d = -g if d is None else -g + beta * d
        x, before = x + rate * d, g
        found.append(x)
    return np.stack(found)


def path(steps, rate=0.1, **arguments):
    weight = tf.Variable(tf.ones(4, tf.float64))
    optimiser = ConjugateGradient({"w": weight}, rate, **arguments)
    found = []
    for g in steps:
        optimiser.apply({"w": tf.constant(g)})
        found.append(weight.numpy())
    return np.stack(found)


@pytest.mark.parametrize("rule", SEVEN)
@given(gradients, st.sampled_from([0.5, 0.75, 1.0]), st.booleans())
@settings(max_examples=5)
def test_every_rule_is_its_equation(rule, steps, scale, bounded):
    steps = steps + np.arange(1.0, 5.0)  # away from gradients of nothing
    found = path(steps, rule=rule, scale=scale, bounded=bounded)
    expected = path_by_hand(rule, steps, 0.1, scale, bounded)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("rule", ["fr", "prp", "hs", "dy"])
@pytest.mark.parametrize("whole", [True, False])
def test_on_a_quadratic_it_is_linear_conjugate_gradients(rule, whole):
    """With exact line searches it ends in as many steps as there are dimensions."""
    rng = np.random.default_rng(0)
    root = rng.normal(size=(6, 6))
    matrix = root @ root.T + np.eye(6)
    point = rng.normal(size=6)
    parts = {"a": slice(0, 6)} if not whole else {"a": slice(0, 2), "b": slice(2, 6)}
    move = {name: tf.Variable(tf.zeros(6, tf.float64)[part]) for name, part in parts.items()}
    optimiser = ConjugateGradient(move, 1.0, rule, whole=whole, cap=np.inf)
    directions = []
    for _ in range(6):
        g = matrix @ point
        for weight in move.values():
            weight.assign(tf.zeros_like(weight))
        optimiser.apply({name: tf.constant(g[part]) for name, part in parts.items()})
        d = np.concatenate([weight.numpy() for weight in move.values()])
        point = point - (g @ d) / (d @ matrix @ d) * d
        directions.append(d / np.sqrt(d @ matrix @ d))
    np.testing.assert_allclose(point, 0.0, atol=1e-8)
    conjugate = np.stack(directions) @ matrix @ np.stack(directions).T
    np.testing.assert_allclose(conjugate, np.eye(6), atol=1e-6)


@given(gradients)
@settings(max_examples=5)
def test_constant_beta_is_momentum_and_none_is_descent(steps):
    weight = tf.Variable(tf.ones(4))
    heavy = Momentum({"w": weight}, 0.1, 0.5)
    expected = []
    for g in steps:
        heavy.apply({"w": tf.constant(g, tf.float32)})
        expected.append(weight.numpy())
    np.testing.assert_allclose(path(steps, rule="constant"), np.stack(expected), atol=1e-5)
    descent = 1.0 - 0.1 * np.cumsum(steps, axis=0)
    np.testing.assert_allclose(path(steps, rule="none"), descent, atol=1e-12)


@given(arrays(np.float64, (6, 3), elements=st.floats(-5, 5)))
@settings(max_examples=30)
def test_hybrids_are_never_negative_and_products_give_finite_betas(products):
    found = betas(tf.constant(products))
    assert set(found) == set(RULES)
    assert (found["hs_dy"].numpy() >= 0).all() and (found["fr_prp"].numpy() >= 0).all()


def test_a_negative_beta_is_cut_only_where_it_is_bounded():
    turning = np.array([[1.0, 0, 0, 0], [0.5, 0, 0, 0]])  # prp: 0.5·(−0.5) / 1 < 0
    free, held = (path(turning, rule="prp", bounded=bounded)[-1, 0] for bounded in (False, True))
    assert free == pytest.approx(1 - 0.1 - 0.1 * (0.5 - 0.25)) and held == pytest.approx(0.85)


def test_settings_may_be_variables_and_share_a_trace():
    rule = tf.Variable("fr", trainable=False)
    weight = tf.Variable(tf.ones(4, tf.float64))
    optimiser = ConjugateGradient({"w": weight}, 0.1, rule)
    start = [(name, slot, slot.numpy()) for name, slot in optimiser.variables.items()]
    step = tf.function(lambda g: optimiser.apply({"w": g}))
    steps = np.random.default_rng(1).normal(size=(5, 4))
    for name in SEVEN:
        rule.assign(name)
        weight.assign(tf.ones_like(weight))
        for _, slot, value in start:
            slot.assign(value)
        for g in steps:
            step(tf.constant(g))
        np.testing.assert_allclose(weight, path(steps, rule=name)[-1], rtol=1e-12)
    assert step.experimental_get_tracing_count() == 1


def test_the_released_step_goes_up_first_and_recurs_twice():
    steps = np.array([[1.0, 2, 0, 1], [0.5, 1, 1, 0], [0.2, 0.3, 1, 1]])
    first, second, third = steps
    found = path(steps, rule="constant", released=True)
    kept = -first
    expected = [1 + 0.1 * first]
    for g in (second, third):
        used = 0.5 * kept - g
        expected.append(expected[-1] + 0.1 * used)
        kept = 0.5 * used - g
    np.testing.assert_allclose(found, np.stack(expected), atol=1e-12)


def test_keras_trains_with_it():
    import keras

    from saigen.nets.keras_conjugate_gradient import ConjugateGradient as ForKeras

    steps = np.random.default_rng(2).normal(size=(5, 4))
    for rule in SEVEN:
        weight = keras.Variable(np.ones(4, np.float32))
        optimiser = ForKeras(0.1, rule)
        for g in steps:
            optimiser.apply([tf.constant(g, tf.float32)], [weight])
        np.testing.assert_allclose(weight.numpy(), path(steps, rule=rule)[-1], rtol=1e-3, atol=1e-4)
    again = ForKeras.from_config(ForKeras(0.1, "hz", scale=0.5).get_config())
    assert (again.rule, again.scale) == ("hz", 0.5)
