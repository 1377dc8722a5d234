"""Greedy pre-training: which layer moves, and where to."""

import numpy as np
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


def test_a_single_restricted_machine_is_pretrained_by_plain_cd_1():
    """With one hidden layer nothing is doubled: E[v h] over data less that after one sweep."""
    made = learner(depth=1, init="orthogonal", centre="none")
    machine = made.machine()
    images = tf.tile(IMAGES[:1], [20_000, 1])
    bond, _, _ = contrast(0, images, made.weights, made.biases, made.centres, rng.key(0))
    w = machine.weights[0].numpy()

    def up(v):
        return 1.0 / (1.0 + np.exp(-(v @ w)))

    every_h = enumeration.states([3])[0]
    every_v = enumeration.states([4])[0]
    p_h = np.prod(np.where(every_h == 1.0, up(IMAGES[0]), 1.0 - up(IMAGES[0])), 1)
    down = 1.0 / (1.0 + np.exp(-(every_h @ w.T)))
    p_v = p_h @ np.prod(np.where(every_v[None] == 1.0, down[:, None], 1.0 - down[:, None]), 2)
    expected = np.outer(IMAGES[0], up(IMAGES[0])) - np.einsum(
        "s,si,sj->ij", p_v, every_v, up(every_v)
    )
    np.testing.assert_allclose(bond / 20_000, expected, atol=0.02)
