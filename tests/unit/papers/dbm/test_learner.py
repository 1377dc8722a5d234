"""An update by every method, and training on data small enough for exact likelihoods."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
import tensorflow as tf
from tiny_learners import IMAGES, PARAMS, exact_log_likelihood, learner
from tiny_machines import every_state, machine_of, tiny

from saigen.engine import rng
from saigen.papers.dbm.learner import METRICS, Learner, initial_weights, products
from saigen.papers.dbm.machine import Machine, statistics
from saigen.papers.dbm.phases import Phase, coupled_gibbs
from saigen.papers.dbm.sweeps import noise

METHODS = {
    "lmi": {},
    "as_coded": {"reading": "as_coded"},
    "as_specified": {"reading": "as_specified"},
    "marginal": {"marginal": True},
    "cd": {"method": "cd"},
    "pcd": {"method": "pcd"},
    "gibbs_ucd": {"method": "gibbs_ucd"},
    "pretrained": {"method": "pretrained", "pretraining_steps": 20},
    "uncentred": {"centre": "none"},
    "deep": {"depth": 3},
    "shallow": {"depth": 1},
}


@pytest.mark.parametrize("changes", METHODS.values(), ids=METHODS.keys())
def test_every_method_raises_the_exact_likelihood(changes):
    made = learner(**changes)
    before = exact_log_likelihood(made)
    images = tf.constant(IMAGES)

    @tf.function
    def steps():
        for step in tf.range(450):
            found = made.step(images, rng.Key(tf.constant(0), step))
            tf.debugging.assert_equal(sorted(found), sorted(METRICS))

    steps()
    after = exact_log_likelihood(made)
    # Uniform noise has −4 ln 2 = −2.77 nats, four independent pixels about −2.75.
    assert before < -2.7
    assert after > -2.2


@pytest.mark.parametrize("changes", METHODS.values(), ids=METHODS.keys())
def test_a_batch_may_be_one_image(changes):
    made = learner(**{**changes, "batch_size": 1})
    step = tf.function(lambda image: made.step(image, rng.key(0, 30)))
    found = step(tf.constant(IMAGES[:1]))
    assert all(np.isfinite(found[name]) for name in METRICS)


def test_the_exact_gradient_is_what_the_phases_estimate():
    """With many chains an update of CD from long chains goes where the exact gradient goes."""
    made = learner(method="cd", sweeps=40, init="orthogonal", centre="none")
    weights = [w.numpy() for w in made.weights]
    machine = made.machine()
    images = np.tile(IMAGES, (200, 1))
    made.step(tf.constant(images), rng.key(1))
    moved = [w.numpy() - old for w, old in zip(made.weights, weights, strict=True)]

    every = every_state(made.sizes)
    p = np.exp(-machine.energy(every).numpy().astype(np.float64))
    free = p / p.sum()
    clamped = np.zeros_like(free)
    for v in IMAGES:
        here = (every[0].numpy() == v).all(1)
        clamped[here] += p[here] / p[here].sum() / len(IMAGES)
    largest = []
    for l in range(2):
        low = every[l].numpy() - made.centres[l].numpy()
        high = every[l + 1].numpy() - made.centres[l + 1].numpy()
        exact = np.einsum("s,si,sj->ij", clamped - free, low, high)
        np.testing.assert_allclose(moved[l] / 0.1, exact, atol=0.02)
        largest.append(np.abs(exact).max())
    assert max(largest) > 0.1


def test_marginalising_keeps_the_mean_and_takes_noise_away():
    from saigen.papers.dbm.machine import with_expected_odd
    from saigen.papers.dbm.sweeps import gibbs, noise

    made = learner(init="orthogonal")
    machine = made.machine()
    state = gibbs(machine, noise(machine, 20_000, rng.key(0)("n")), 20, rng.key(0)("g"))
    zeros = [tf.zeros([n]) for n in made.sizes]
    plain, _ = statistics(state, zeros)
    expected, _ = statistics(with_expected_odd(machine, state), zeros)
    for a, b in zip(plain, expected, strict=True):
        np.testing.assert_allclose(a / 20_000, b / 20_000, atol=0.012)

    def spread(states):
        return np.var(states[0].numpy()[:, :, None] * states[1].numpy()[:, None, :], 0).sum()

    assert spread(with_expected_odd(machine, state)) < spread(state)


def test_the_readings_agree_where_nothing_is_accepted():
    """Twenty pixels and weights of 4: no proposal is near a mode, and the readings are one."""
    images = tf.constant(np.tile(IMAGES, (1, 5)))
    found = []
    for reading in ("as_run", "as_coded", "as_specified"):
        params = {**PARAMS, "reading": reading, "init": "orthogonal", "hidden": 20}
        made = Learner(params, 20, np.full(20, 0.5))
        for name, value in made.initial(0).items():
            made.variables[name].assign(4.0 * value if name[0] == "W" else value)
        tf.function(lambda made=made: made.step(images, rng.key(4)), autograph=False)()
        np.testing.assert_array_equal(made.accepted, [0.0, 0.0])
        assert made.gap.numpy().min() > 5.0
        found.append([w.numpy() for w in made.weights])
    for weights in found[1:]:
        for a, b in zip(found[0], weights, strict=True):
            np.testing.assert_array_equal(a, b)


def test_centres():
    for kind, bottom, above in (("none", 0.0, 0.0), ("half", 0.5, 0.5)):
        made = learner(centre=kind)
        np.testing.assert_array_equal(made.centres[0], np.full(4, bottom))
        np.testing.assert_array_equal(made.centres[1], np.full(3, above))
    np.testing.assert_allclose(learner().centres[0], IMAGES.mean(0), rtol=1e-6)


def frozen(**changes):
    """Bonds so strong that h_1 repeats v, and v repeats h_1; h_2 is free."""
    made = learner(hidden=4, centre="half", **changes)
    made.weights[0].assign(40.0 * np.eye(4))
    made.weights[1].assign(np.zeros([4, 4]))
    return made


def test_persistent_chains_persist():
    made = frozen(method="pcd")
    kept = 1.0 - IMAGES
    for chain in made._chains[:2]:
        chain.assign(kept)
    for step in range(2):
        before = made._chains[2].numpy()
        _, negative = made._phases(made.machine(), tf.constant(IMAGES), rng.key(0, step))
        np.testing.assert_array_equal(negative.last[0], kept)
        np.testing.assert_array_equal(negative.statistics[1][0], (kept - 0.5).sum(0))
        for chain, last in zip(made._chains, negative.last, strict=True):
            np.testing.assert_array_equal(chain, last)
        assert np.any(made._chains[2] != before)


@pytest.mark.parametrize("step, rate", [(0, 0.1), (3000, 0.05), (8000, 0.1 / 3.0)])
def test_an_update_is_the_gap_of_the_phases_at_a_falling_rate(monkeypatch, step, rate):
    made = learner()
    before = [v.numpy() for v in (*made.weights, *made.biases)]
    gaps = [np.full(v.shape, place + 1.0) for place, v in enumerate(before)]
    phases = []
    for share in (3.0, 2.0):
        bonds, sums = ([share * g for g in part] for part in (gaps[:2], gaps[2:]))
        phases.append(replace(phase_of(1.0), statistics=(bonds, sums)))
    monkeypatch.setattr(made, "_phases", lambda machine, visible, key: phases)
    made.step(tf.constant(IMAGES[:8]), rng.key(0, step))
    for old, new, gap in zip(before, (*made.weights, *made.biases), gaps, strict=True):
        np.testing.assert_allclose(new - old, rate * gap / 8.0, rtol=1e-4)


@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 7)])
def test_orthogonal_weights_are_orthonormal(shape):
    w = initial_weights(np.random.default_rng(0).normal(size=shape), "orthogonal").astype(float)
    small = w @ w.T if shape[0] <= shape[1] else w.T @ w
    np.testing.assert_allclose(small, np.eye(min(shape)), atol=1e-6)


def test_other_weights_have_their_size():
    draws = np.random.default_rng(0).normal(size=(400, 400))
    assert initial_weights(draws, "normal").std() == pytest.approx(0.05, rel=0.02)
    assert initial_weights(draws, "small").std() == pytest.approx(0.01, rel=0.02)
    with pytest.raises(ValueError, match="flat"):
        initial_weights(draws, "flat")


def phase_of(sweeps, measures=1.0):
    nothing = tf.constant(0.0)
    numbers = map(tf.constant, (sweeps, sweeps, measures))
    return Phase(([], []), [], *numbers, *[nothing] * 3)


def test_products_of_ten_sweeps():
    # Free: 4 a sweep; clamped: 2 a sweep, and v W_0 once; the gradient 2 a phase.
    ten = phase_of(10.0)
    assert float(products(2, ten, ten, False)) == 40.0 + 20.0 + 1.0 + 4.0
    # The means of h_1 take 2 more a phase.
    assert float(products(2, ten, ten, True)) == 65.0 + 4.0


def test_products_of_coupled_chains():
    """By hand, with τ = 5 in either phase and two bonds.

    Hidden layers first: one clamped sweep. To x_2 and y_1: three sweeps; three corrections of two
    sweeps. Measured: x_1, and twice in each correction, two products each.
    """
    clamped, free = 2 * (1 + 3 + 6), 4 * (3 + 6)
    by_hand = 1 + clamped + free + 2 * (2 * 7)
    assert float(products(2, phase_of(10.0, 7.0), phase_of(9.0, 7.0), False)) == by_hand


@dataclass(frozen=True)
class Counting(Machine):
    """A machine that counts its products of a state with a weight matrix."""

    count: list = field(default_factory=lambda: [0])

    def field(self, layer, state):
        self.count[0] += (layer > 0) + (layer < len(self.weights))
        return super().field(layer, state)


@pytest.mark.parametrize("most", [2, 5, 60])
def test_a_coupled_phase_takes_the_products_that_it_tells(most):
    """Counted on single pairs, of several meeting times, met before the end or given up."""
    taus = []
    for seed in range(12):
        plain = machine_of(*tiny((6, 6, 6)))
        machine = Counting(plain.weights, plain.biases)

        def measure(state, machine=machine):
            machine.count[0] += 2
            return statistics(state, [tf.zeros([6])] * 3)

        start = noise(machine, 1, rng.key(seed)("start"))
        phase = coupled_gibbs(machine, measure, start, rng.key(seed), "negative", most)
        taus.append(float(phase.tau))
        assert machine.count[0] == 4 * float(phase.sweeps) + 2 * float(phase.measures)
        assert float(phase.longest) == float(phase.sweeps)
    assert len(set(taus)) > 1 or most == 2


@pytest.mark.parametrize("method", ["cd", "gibbs_ucd"])
def test_chains_of_the_model_start_from_the_images(method):
    """x_1 is the image it began with, and so are the states after it."""
    made = frozen(method=method, coupled_sweeps=2)
    for images in (IMAGES, 1.0 - IMAGES[:, ::-1]):
        _, negative = made._phases(made.machine(), tf.constant(images), rng.key(0))
        bonds, sums = negative.statistics
        np.testing.assert_array_equal(sums[0], (images - 0.5).sum(0))
        np.testing.assert_array_equal(bonds[0], (images - 0.5).T @ (images - 0.5))


def test_the_longest_search_of_a_run_is_kept():
    made = learner(init="orthogonal", hidden=6)
    found = [made.step(tf.constant(IMAGES), rng.key(0, step)) for step in range(5)]
    by_phase = [[float(f[f"longest_{phase}"]) for f in found] for phase in ("positive", "negative")]
    np.testing.assert_array_equal(made.longest, [max(steps) for steps in by_phase])
    # A mean over the steps would not tell.
    assert max(by_phase[1]) > np.mean(by_phase[1])
    assert set(made.initial(1)["longest"]) == {0.0}
