"""Sweeps: invariance of the law, and what a local search must do."""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tiny_machines import every_state, law, machine_of, number_of, tiny

from saigen.engine import rng
from saigen.papers.dbm.local_search import local_mode_start, local_search
from saigen.papers.dbm.machine import Machine
from saigen.papers.dbm.sweeps import coins, gibbs, gibbs_turned, noise, update

SIZES = (2, 2, 2)


def drawn(sizes, weights, biases, count=40_000, seed=5):
    """Independent states of the machine's law."""
    p = law(weights, biases)
    rows = np.random.default_rng(seed).choice(len(p), count, p=p)
    return [tf.gather(x, rows) for x in every_state(sizes)]


def chi2_p(state, p):
    counts = np.bincount(number_of(state), minlength=len(p))
    return stats.chisquare(counts, p * counts.sum()).pvalue


@pytest.mark.parametrize("chains", [1, 20_001])
def test_noise_is_uniform_over_all_states(chains):
    sizes = (1, 2, 3)
    machine = machine_of(*tiny(sizes))
    seeds = range(2000 if chains == 1 else 3)
    found = [number_of(noise(machine, chains, rng.key(seed)("noise"))) for seed in seeds]
    counts = np.bincount(np.concatenate(found), minlength=64)
    assert stats.chisquare(counts).pvalue > 1e-3


def test_coins_of_neighbours_and_of_one_byte_are_independent():
    flips = coins(rng.key(0)("coins"), 32_000, 5).numpy()
    for apart in (1, 8, 32, 5 * 32_000 // 8):
        flat = flips.ravel()
        both = np.bincount(2 * flat[:-apart].astype(int) + flat[apart:].astype(int), minlength=4)
        assert stats.chisquare(both).pvalue > 1e-3


@pytest.mark.parametrize("sweeps", [1, 3])
@pytest.mark.parametrize("sweep", [gibbs, lambda m, x, k, s: gibbs_turned(m, x, s)])
def test_a_gibbs_sweep_preserves_the_law(sweep, sweeps):
    weights, biases = tiny(SIZES)
    start = drawn(SIZES, weights, biases)
    after = sweep(machine_of(weights, biases), start, sweeps, rng.key(1)("sweep"))
    assert chi2_p(after, law(weights, biases)) > 1e-3
    halves = [[x[:20_000] for x in after], [x[20_000:] for x in after]]
    assert min(chi2_p(half, law(weights, biases)) for half in halves) > 1e-3
    assert np.mean(number_of(after) != number_of(start)) > 0.2


def test_many_gibbs_sweeps_forget_the_start():
    weights, biases = tiny(SIZES)
    start = [tf.zeros([40_000, n]) for n in SIZES]
    after = gibbs(machine_of(weights, biases), start, 30, rng.key(2)("sweep"))
    assert chi2_p(after, law(weights, biases)) > 1e-3


def test_a_clamped_sweep_preserves_the_posterior():
    weights, biases = tiny(SIZES)
    start = drawn(SIZES, weights, biases)
    posterior = machine_of(weights, biases).given(start[0])
    after = gibbs_turned(posterior, start[1:], rng.key(3)("sweep"))
    assert chi2_p([start[0], *after], law(weights, biases)) > 1e-3


@given(st.integers(0, 10_000), st.sampled_from([(4, 3, 5), (3, 3), (2, 3, 4, 3)]))
def test_local_search_lowers_the_energy_to_a_fixed_point(seed, sizes):
    weights, biases = tiny(sizes, seed=seed)
    machine = machine_of(weights, biases)
    start = noise(machine, 12, rng.key(seed)("start"))
    mode, sweeps = local_search(machine, start)
    assert np.all(machine.energy(mode) <= machine.energy(start) + 1e-5)
    zero = [0.0] * len(sizes)
    for block in (machine.even, machine.odd):
        for old, new in zip(mode, update(machine, mode, block, zero), strict=True):
            np.testing.assert_array_equal(old, new)
    assert np.all(sweeps.numpy() >= 1.0)


@given(st.integers(0, 10_000))
def test_every_half_sweep_of_a_search_lowers_the_energy(seed):
    sizes = (5, 4, 3)
    machine = machine_of(*tiny(sizes, seed=seed))
    state = noise(machine, 8, rng.key(seed)("start"))
    energy = machine.energy(state)
    for block in [machine.odd, machine.even] * 4:
        state = update(machine, state, block, [0.0] * 3)
        assert np.all(machine.energy(state) <= energy + 1e-5)
        energy = machine.energy(state)


def test_a_tie_turns_a_unit_on():
    sizes = (3, 2, 4)
    machine = machine_of([np.zeros((3, 2)), np.zeros((2, 4))], [np.zeros(n) for n in sizes])
    mode, _ = local_search(machine, noise(machine, 10, rng.key(0)("start")))
    for layer in mode:
        np.testing.assert_array_equal(layer, np.ones_like(layer))


def one_by_one(machine, state, even_first):
    """The program's search of one chain: full sweeps in its own order until nothing changes."""
    blocks = [machine.even, machine.odd] if even_first else [machine.odd, machine.even]
    sweeps = 0
    while True:
        old, sweeps = state, sweeps + 1
        for block in blocks:
            state = update(machine, state, block, [0.0] * len(state))
        if all(np.array_equal(a, b) for a, b in zip(old, state, strict=True)):
            return state, sweeps


@pytest.mark.parametrize("sizes", [(6, 5, 4), (8, 8, 8, 8)])
def test_a_batched_search_is_the_search_of_each_chain(sizes):
    machine = machine_of(*tiny(sizes, seed=3))
    start = noise(machine, 41, rng.key(4)("start"))
    mode, sweeps = local_search(machine, start)
    for row in range(41):
        alone, count = one_by_one(machine, [x[row : row + 1] for x in start], row < 20)
        assert count == sweeps[row]
        for found, expected in zip(mode, alone, strict=True):
            np.testing.assert_array_equal(found[row : row + 1], expected)


def test_a_search_is_cut_off():
    machine = machine_of(*tiny((6, 5, 4), seed=3))
    _, sweeps = local_search(machine, noise(machine, 50, rng.key(4)("start")), most_sweeps=1)
    assert sweeps.numpy().max() <= 3.0


def test_local_mode_start_is_a_mode_and_one_sweep_from_it():
    weights, biases = tiny(SIZES, scale=40.0)
    machine = machine_of(weights, biases)
    mode, start, _ = local_mode_start(
        machine, noise(machine, 200, rng.key(0)("noise")), rng.key(0)("sweep")
    )
    # At weights of 40 a sweep from a mode stays there, row by row.
    assert np.mean(number_of(mode) == number_of(start)) > 0.95
    flat = Machine([0.0 * w for w in machine.weights], [0.0 * b for b in machine.biases])
    _, start, _ = local_mode_start(flat, noise(flat, 20_000, rng.key(0)("n")), rng.key(0)("s"))
    assert chi2_p(start, np.full(64, 1 / 64)) > 1e-3
