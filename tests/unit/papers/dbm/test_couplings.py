"""Couplings: marginals, meeting, and unbiasedness, against enumeration."""

from itertools import chain, pairwise, repeat

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats
from tiny_machines import every_state, law, machine_of, number_of, tiny

from saigen.engine import rng
from saigen.papers.dbm import enumeration, gibbs_coupling
from saigen.papers.dbm.couplings import log_uniform, same
from saigen.papers.dbm.gibbs_coupling import GibbsCoupling, maximal_coupling
from saigen.papers.dbm.metropolis import Metropolis
from saigen.papers.dbm.sweeps import noise

SIZES = (2, 1, 2)
CHAINS = 20_000


def pair_products(state):
    bonds = [
        tf.reshape(low[:, :, None] * high[:, None, :], [tf.shape(low)[0], -1])
        for low, high in pairwise(state)
    ]
    return tf.concat([*bonds, *state], -1)


def metropolis_matrix(p):
    """The transition matrix of the uniform proposal on all states."""
    n = len(p)
    moves = np.minimum(1.0, p[np.newaxis] / p[:, np.newaxis]) / n
    np.fill_diagonal(moves, 0.0)
    return moves + np.diag(1.0 - moves.sum(1))


def chi2_p(found, p):
    return stats.chisquare(np.bincount(found, minlength=len(p)), p * len(found)).pvalue


def drawn(p, count=CHAINS, seed=5):
    rows = np.random.default_rng(seed).choice(len(p), count, p=p)
    return [tf.gather(x, rows) for x in every_state(SIZES)]


def test_a_metropolis_step_has_its_transition_matrix():
    weights, biases = tiny(SIZES)
    p = law(weights, biases)
    machine = machine_of(weights, biases)
    for row in (0, 13):
        start = [tf.tile(x[row : row + 1], [CHAINS, 1]) for x in every_state(SIZES)]
        first = Metropolis(machine, rng.key(row)("mh"), 10).first(start)
        assert chi2_p(number_of(first.state), metropolis_matrix(p)[row]) > 1e-3
        np.testing.assert_allclose(machine.energy(first.state), first.energy, atol=1e-5)


def test_a_draw_of_0_accepts_no_gap_of_many_nats(monkeypatch):
    """One draw of float32 in 8 million is 0, whose logarithm is below every gap."""
    plain = rng.uniform
    monkeypatch.setattr(rng, "uniform", lambda seed, shape: 0.0 * plain(seed, shape))
    log_u = log_uniform(tf.constant([1, 2]), [3])
    np.testing.assert_allclose(log_u, -23.0 * np.log(2.0), rtol=1e-6)
    weights, biases = tiny(SIZES)
    machine = machine_of([100.0 * abs(w) for w in weights], [abs(b) for b in biases])
    lowest = [tf.ones_like(x[:500]) for x in drawn(np.full(len(law(weights, biases)), 1 / 32))]
    first = Metropolis(machine, rng.key(0)("mh"), 10).first(lowest)
    refused = first.gap.numpy() > 16.0
    assert refused.any() and not first.accepted.numpy()[refused].any()


def test_uniform_logarithms_are_those_of_the_draws():
    seed = rng.key(4)("u")
    u = rng.uniform(seed, [1000])
    np.testing.assert_array_equal(log_uniform(seed, [1000]), tf.math.log(u))


def test_both_metropolis_chains_keep_the_law_and_stay_together():
    weights, biases = tiny(SIZES)
    p = law(weights, biases)
    mh = Metropolis(machine_of(weights, biases), rng.key(3)("mh"), 10)
    x, y = drawn(p), drawn(p, seed=6)
    apart = ~same(x, y).numpy()
    for t in range(1, 5):
        x, y = mh._step(x, tf.constant(t)), mh._step(y, tf.constant(t))
        assert min(chi2_p(number_of(x), p), chi2_p(number_of(y), p)) > 1e-3
        assert not np.any(~same(x, y).numpy() & ~apart), "a pair that met parted"
        apart = ~same(x, y).numpy()
    assert apart.mean() < 0.5


def test_a_residual_that_rounding_alone_has_made_is_not_waited_for(monkeypatch):
    # Not met by the first look, and never drawn by the later ones: as of two laws that are one.
    ratios = chain([-1e9], repeat(1e9))
    monkeypatch.setattr(gibbs_coupling, "_log_ratio", lambda *_: tf.fill([3], next(ratios)))
    monkeypatch.setattr(gibbs_coupling, "MOST_TRIES", 5)
    logits = tf.zeros([3, 4])
    x, y = maximal_coupling(logits, logits, rng.key(0)("c"))
    np.testing.assert_array_equal(x, y)


def test_maximal_coupling_has_its_marginals_and_agrees_as_often_as_can_be():
    a, b = tf.constant([0.5, -1.0, 0.2]), tf.constant([-0.7, 0.4, 0.3])
    x, y = maximal_coupling(
        tf.tile(a[None], [CHAINS, 1]), tf.tile(b[None], [CHAINS, 1]), rng.key(0)("c")
    )
    states = enumeration.states([3])[0]

    def product(logits):
        p = 1.0 / (1.0 + np.exp(-logits.numpy().astype(np.float64)))
        return np.prod(np.where(states == 1.0, p, 1.0 - p), 1)

    p, q = product(a), product(b)
    assert chi2_p(number_of([x]), p) > 1e-3
    assert chi2_p(number_of([y]), q) > 1e-3
    agree = np.mean(same([x], [y]))
    expected = np.minimum(p, q).sum()
    assert abs(agree - expected) < 4 * np.sqrt(expected * (1 - expected) / CHAINS)


def test_equal_blocks_are_drawn_equal():
    logits = tf.random.stateless_normal([500, 40], [1, 2]) * 5.0
    x, y = maximal_coupling(logits, logits, rng.key(0)("c"))
    np.testing.assert_array_equal(x, y)


def test_both_gibbs_chains_keep_the_law_and_meet():
    weights, biases = tiny(SIZES)
    p = law(weights, biases)
    gibbs = GibbsCoupling(machine_of(weights, biases), rng.key(3)("gibbs"), 1000)
    x, y = drawn(p), drawn(p, seed=6)
    for t in range(1, 4):
        x, y = gibbs.step(x, y, tf.constant(t))
        assert min(chi2_p(number_of(x), p), chi2_p(number_of(y), p)) > 1e-3
    tau = gibbs.meeting_time(drawn(p)).numpy()
    assert tau.min() >= 1.0 and tau.max() < 1000.0


def estimates(name, machine, start, most_steps=3000):
    """Per-chain estimates of the pair means, by one of the estimators."""
    if name == "gibbs":
        return GibbsCoupling(machine, rng.key(9)("gibbs"), most_steps).estimate(
            pair_products, start
        )
    mh = Metropolis(machine, rng.key(9)("mh"), most_steps)
    return getattr(mh, name)(pair_products, start, mh.first(start))


@pytest.mark.parametrize("name", ["as_specified", "gibbs"])
def test_the_telescoping_sum_is_unbiased_from_any_start(name):
    weights, biases = tiny(SIZES)
    machine = machine_of(weights, biases)
    start = [tf.ones([CHAINS, n]) for n in SIZES]  # as bad a start as any
    found, tau = estimates(name, machine, start)
    found = found.numpy().astype(np.float64)
    error = found.std(0) / np.sqrt(CHAINS)
    z = (found.mean(0) - enumeration.pair_means(weights, biases)) / error
    assert np.abs(z).max() < 4.5
    assert tau.numpy().max() < 3000
    assert found.std() > 0.0 and tau.numpy().mean() > 1.0


def test_the_single_chain_ends_as_linear_algebra_says():
    """f at the first stay, exactly: with Q the moves, the chain stays in s by (I − Q)⁻¹ D."""
    weights, biases = tiny(SIZES)
    p = law(weights, biases)
    moves = metropolis_matrix(p)
    stays = np.diag(moves).copy()
    np.fill_diagonal(moves, 0.0)
    start = [tf.zeros([CHAINS, n]) for n in SIZES]
    found, _ = estimates("as_coded", machine_of(weights, biases), start)
    ends = np.linalg.solve(np.eye(len(p)) - moves, np.diag(stays))[0]
    expected = ends @ enumeration.flat_pairs(enumeration.states(SIZES))
    error = found.numpy().astype(np.float64).std(0) / np.sqrt(CHAINS)
    assert np.abs((found.numpy().mean(0) - expected) / error).max() < 4.5
    # And that is not the mean under the law: the estimator is biased.
    assert np.abs((expected - enumeration.pair_means(weights, biases)) / error).max() > 10.0


def test_the_readings_agree_bit_for_bit_where_nothing_is_accepted():
    weights, biases = tiny((12, 12, 12), scale=2.0)
    machine = machine_of(weights, biases)
    start = [tf.ones([50, 12])] * 3
    from saigen.papers.dbm.local_search import local_search

    start, _ = local_search(machine, noise(machine, 50, rng.key(1)("n")))
    mh = Metropolis(machine, rng.key(1)("mh"), 100)
    first = mh.first(start)
    assert not first.accepted.numpy().any()
    as_run = pair_products(start)
    for reading in (mh.as_specified, mh.as_coded):
        found, tau = reading(pair_products, start, first)
        np.testing.assert_array_equal(found, as_run)
        np.testing.assert_array_equal(tau, np.ones(50))


def test_a_pair_given_up_says_so():
    weights, biases = tiny(SIZES, scale=3.0)
    _, tau = estimates("as_specified", machine_of(weights, biases), noise_of(SIZES), 2)
    assert tau.numpy().max() == 2.0


def noise_of(sizes):
    machine = machine_of(*tiny(sizes))
    return noise(machine, 500, rng.key(0)("start"))
