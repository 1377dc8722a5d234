"""Greedy pre-training: which layer moves, and where to."""

import numpy as np
import pytest
import tensorflow as tf
from tiny_learners import IMAGES, learner

from saigen.engine import rng
from saigen.papers.dbm import enumeration
from saigen.papers.dbm.pretraining import contrast


def test_pretraining_trains_one_layer_at_a_time():
    made = learner(method="pretrained", pretraining_steps=2)
    for step, layer in ((0, 0), (1, 0), (2, 1), (3, 1)):
        before = [w.numpy() for w in made.weights]
        made.step(tf.constant(IMAGES), rng.key(0, step))
        moved = [np.any(a != w.numpy()) for a, w in zip(before, made.weights, strict=True)]
        assert moved == [layer == 0, layer == 1]
    before = [w.numpy() for w in made.weights]
    made.step(tf.constant(IMAGES), rng.key(0, 4))
    assert all(np.any(a != w.numpy()) for a, w in zip(before, made.weights, strict=True))


def values(made):
    return [v.numpy() for v in (*made.weights, *made.biases)]


@pytest.mark.parametrize("step, layer, rate", [(0, 0, 0.1), (3000, 1, 0.05)])
def test_a_layer_moves_by_its_contrast_at_a_falling_rate(step, layer, rate):
    made = learner(method="pretrained", pretraining_steps=3000, init="orthogonal")
    key, images = rng.key(0, step), tf.constant(IMAGES)
    directions = contrast(layer, images, made.weights, made.biases, made.centres, key)
    bond, low, high = (rate * direction.numpy() / len(IMAGES) for direction in directions)
    before = values(made)
    made.step(images, key)
    w0, w1, b0, b1, b2 = (new - old for new, old in zip(values(made), before, strict=True))
    moved, still = ((w0, b0, b1), (w1, b2)) if layer == 0 else ((w1, b2), (w0, b0, b1))
    # What lies below a machine is trained already: its lower bias is left to the one before.
    expected = (bond, low, high) if layer == 0 else (bond, high)
    for found, direction in zip(moved, expected, strict=True):
        np.testing.assert_allclose(found, direction, atol=1e-6)
        assert np.any(found)
    assert not any(np.any(found) for found in still)


@pytest.mark.parametrize("depth, layer", [(1, 0), (2, 0), (2, 1), (3, 1)])
def test_input_of_a_layer_between_two_is_doubled(depth, layer):
    """CD-1 by enumeration: E[x h] where it starts less that after one sweep.

    A unit between two layers will have neighbours on both sides, and has them on one: its input
    from below is doubled in every machine but the top one, from above in every one but the bottom.
    """
    made = learner(depth=depth, init="orthogonal", centre="half")
    draws = np.random.default_rng(1)
    for bias in made.biases:
        bias.assign(draws.normal(size=bias.shape))
    image, chains = IMAGES[:1], 50_000
    w, b = ([v.numpy().astype(float) for v in part] for part in (made.weights, made.biases))

    def up(l, x):
        return sigmoid(b[l + 1] + (1.0 if l == depth - 1 else 2.0) * (x - 0.5) @ w[l])

    def down(l, h):
        return sigmoid(b[l] + (1.0 if l == 0 else 2.0) * (h - 0.5) @ w[l].T)

    states, p = image.astype(float), np.ones(1)
    for below in range(layer):
        above = every_state_of(w[below].shape[1])
        states, p = above, p @ odds(up(below, states), above)
    high, low = every_state_of(w[layer].shape[1]), every_state_of(w[layer].shape[0])
    after = p @ odds(up(layer, states), high) @ odds(down(layer, high), low)

    def means(p, x):
        h = up(layer, x)
        return p @ x, p @ h, np.einsum("s,si,sj->ij", p, x - 0.5, h - 0.5)

    exact = [a - c for a, c in zip(means(p, states), means(after, low), strict=True)]
    found = contrast(
        layer, tf.tile(image, [chains, 1]), made.weights, made.biases, made.centres, rng.key(0)
    )
    for direction, by_hand in zip(found, (exact[2], exact[0], exact[1]), strict=True):
        np.testing.assert_allclose(direction / chains, by_hand, atol=0.01)


def sigmoid(logits):
    return 1.0 / (1.0 + np.exp(-logits))


def odds(p, states):
    """How likely each state is where its units are on with the chances p: [row of p, state]."""
    return np.prod(np.where(states == 1.0, p[:, np.newaxis], 1.0 - p[:, np.newaxis]), 2)


def every_state_of(units):
    return enumeration.states([units])[0]
