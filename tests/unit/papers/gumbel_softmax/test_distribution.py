"""The distribution experiment, against an independent simulation with 4·10⁶ draws."""

import numpy as np
import pytest

from saigen.engine import rng
from saigen.engine.loop import fit
from saigen.papers.gumbel_softmax.distribution import total_variation, train

PARAMS = {
    "probabilities": [0.0588, 0.1715, 0.2017, 0.0379, 0.1075, 0.4046, 0.0182],
    "temperature": 0.1,
    "draws_per_step": 50_000,
    "steps": 4,
    "argmax_draws": 50_000,
    "density_draws": 2000,
}
# τ: E[y], TV to π, TV to uniform, E[max y], E[H(y)].
SIMULATED = {
    0.1: ([0.0587, 0.1716, 0.2023, 0.0381, 0.1078, 0.4032, 0.0182], 0.0014, 0.349, 0.948, 0.128),
    0.5: ([0.0650, 0.1755, 0.2034, 0.0430, 0.1144, 0.3776, 0.0211], 0.027, 0.328, 0.748, 0.673),
    1.0: ([0.0806, 0.1777, 0.1995, 0.0577, 0.1265, 0.3256, 0.0325], 0.081, 0.274, 0.558, 1.201),
    2.0: ([0.1051, 0.1719, 0.1850, 0.0855, 0.1389, 0.2530, 0.0606], 0.168, 0.181, 0.364, 1.664),
    10.0: ([0.1358, 0.1511, 0.1536, 0.1299, 0.1442, 0.1646, 0.1208], 0.308, 0.042, 0.180, 1.934),
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Every temperature's (last metrics, samples), all by one task, as a job runs them."""
    task = train(PARAMS)
    found = {}
    for temperature in SIMULATED:
        wanted = {**PARAMS, "temperature": temperature}
        assert task.serves(PARAMS, wanted)
        task.adopt(wanted)
        outcome = fit(task, 0, tmp_path_factory.mktemp("work"), {}, lambda line: None)
        assert outcome.status == "finished"
        metrics = {name: value for _, name, value, _ in outcome.state.rows}
        found[temperature] = metrics, outcome.samples
    return found


@pytest.mark.parametrize("temperature", SIMULATED)
def test_moments_agree_with_the_simulation(outcomes, temperature):
    metrics, _ = outcomes[temperature]
    mean, to_p, to_uniform, largest, entropy = SIMULATED[temperature]
    found = [metrics[f"mean_of_class_{i}"] for i in range(1, 8)]
    np.testing.assert_allclose(found, mean, atol=4e-3)
    assert metrics["tv_to_probabilities"] == pytest.approx(to_p, abs=4e-3)
    assert metrics["tv_to_uniform"] == pytest.approx(to_uniform, abs=4e-3)
    assert metrics["mean_largest"] == pytest.approx(largest, abs=2e-3)
    assert metrics["mean_entropy"] == pytest.approx(entropy, abs=5e-3)


@pytest.mark.parametrize("temperature", SIMULATED)
def test_argmax_law_and_density_hold_at_every_temperature(outcomes, temperature):
    metrics, _ = outcomes[temperature]
    assert metrics["argmax_chi2_p"] > 0.01
    assert metrics["density_max_error"] < 1e-4
    assert metrics["density_integral"] == pytest.approx(1.0, abs=1e-6)


def test_the_argmax_test_sees_a_wrong_law():
    task = train({**PARAMS, "temperature": 1.0})
    honest = task.evaluate.__self__
    honest._p = np.full(7, 1.0 / 7.0)
    assert honest._argmax_p(0) < 1e-6


def test_temperatures_share_their_noise(outcomes):
    """So that the hard sample of the figure, and the argmax test, are the same at each."""
    hard = [samples["hard_sample"] for _, samples in outcomes.values()]
    assert all((other == hard[0]).all() for other in hard)
    assert len({metrics["argmax_chi2_p"] for metrics, _ in outcomes.values()}) == 1


def test_samples_are_what_the_figure_shows(outcomes):
    for temperature, (_, samples) in outcomes.items():
        assert {array.shape for array in samples.values()} == {(7,)}
        for name in ("expectation", "sample", "probabilities", "hard_sample"):
            assert samples[name].sum() == pytest.approx(1.0, abs=1e-4), (temperature, name)
        assert samples["sample"].argmax() == samples["hard_sample"].argmax()
    spread = [np.ptp(samples["sample"]) for _, samples in outcomes.values()]
    assert spread == sorted(spread, reverse=True)


def test_a_step_is_a_pure_function_of_seed_and_step():
    task = train({**PARAMS, "draws_per_step": 100, "temperature": 0.5})
    first, again, other = (
        float(task.step(None, rng.key(*k))["largest"]) for k in [(3, 1), (3, 1), (3, 2)]
    )
    assert first == again != other


def test_total_variation():
    assert total_variation(np.array([1.0, 0.0]), np.array([0.25, 0.75])) == 0.75
