"""Claims on the distribution and on toy gradients, on tables of which the verdict is known."""

import math

import numpy as np
import pandas as pd
import pytest

from saigen.claims import NOT_REPLICATED, REPLICATED
from saigen.papers.gumbel_softmax.claims import CLAIMS

CLAIM = {claim.id: claim for claim in CLAIMS}
TEMPERATURES = (0.1, 0.5, 1.0, 2.0, 10.0)
LOST = math.nan


def distribution(**columns):
    """The table of five seeds at five temperatures; a column is a number or one a temperature."""
    sound = {
        **{"density_max_error": 1e-5, "density_integral": 1.0, "argmax_chi2_p": 0.3},
        "tv_to_probabilities": (0.0014, 0.027, 0.081, 0.168, 0.308),
        "tv_to_uniform": (0.349, 0.328, 0.274, 0.181, 0.042),
    }
    rows = [
        {
            **{"temperature": temperature, "seed": seed},
            **{n: np.broadcast_to(v, 5)[place] for n, v in {**sound, **columns}.items()},
        }
        for seed in range(5)
        for place, temperature in enumerate(TEMPERATURES)
    ]
    return {"distribution": pd.DataFrame(rows)}


@pytest.mark.parametrize("id", ["1-density", "2-argmax", "3-limits"])
def test_a_sound_distribution_holds(id):
    assert CLAIM[id](distribution()).verdict == REPLICATED


@pytest.mark.parametrize(
    ("id", "column"),
    [
        ("1-density", "density_max_error"),
        ("1-density", "density_integral"),
        ("2-argmax", "argmax_chi2_p"),
        ("3-limits", "tv_to_probabilities"),
    ],
)
def test_an_undefined_number_at_one_temperature_fails_the_check(id, column):
    tables = distribution()
    tables["distribution"].loc[0, column] = LOST
    assert CLAIM[id](tables).verdict == NOT_REPLICATED


def test_a_seed_is_one_test_of_the_argmax_law():
    """Noise is shared over temperatures: five seeds are five tests, not twenty-five."""
    tables = distribution()
    first = tables["distribution"]["seed"] == 0
    for p, verdict in ((0.003, REPLICATED), (0.001, NOT_REPLICATED)):
        tables["distribution"].loc[first, "argmax_chi2_p"] = p
        found = CLAIM["2-argmax"](tables)
        assert (found.verdict, found.n) == (verdict, 5)
        assert found.measured == pytest.approx(5 * p)


@pytest.mark.parametrize(
    "ends",
    [
        {"tv_to_probabilities": (0.05, 0.06, 0.08, 0.17, 0.31)},
        {"tv_to_uniform": (0.35, 0.33, 0.27, 0.18, 0.09)},
        {"tv_to_uniform": (0.01, 0.02, 0.03, 0.04, 0.045)},
    ],
)
def test_the_limits_are_reached_and_not_only_neared(ends):
    assert CLAIM["3-limits"](distribution(**ends)).verdict == NOT_REPLICATED


def toy(variances, biases):
    """The toy's table of Gumbel-Softmax at two θ, four temperatures and five seeds."""
    return {
        "toy_gradients": pd.DataFrame(
            {
                **{"estimator": "gumbel", "theta": theta, "seed": seed},
                **{"temperature": temperature, "gradient_variance": variance, "bias": bias},
            }
            for theta in (0.0, 1.5)
            for seed in range(5)
            for temperature, variance, bias in zip(
                (0.1, 0.5, 1.0, 2.0), variances, biases, strict=True
            )
        )
    }


def test_the_trade_off_has_two_sides():
    falling, rising = (8.0, 4.0, 2.0, 1.0), (0.0, 0.1, 0.2, 0.3)
    variance, bias = CLAIM["4-variance"], CLAIM["4-bias"]
    assert variance(toy(falling, falling)).verdict == REPLICATED
    assert variance(toy(rising, rising)).verdict == NOT_REPLICATED
    assert bias(toy(rising, rising)).verdict == REPLICATED
    # A bias below zero is one too.
    assert bias(toy(falling, [-each for each in rising])).verdict == REPLICATED
    # One step back, surely seen: more seeds of the same must not make a trend of it.
    found = bias(toy(falling, (0.1, 0.3, 0.4, 0.2)))
    assert found.verdict == NOT_REPLICATED and "θ = 0, τ 1 to 2" in found.why
    assert bias(toy(falling, falling)).verdict == NOT_REPLICATED


def test_an_estimator_without_a_mean_is_not_unbiased():
    def table(**z):
        rows = [(name, 1.0, value) for name, value in z.items() for _ in range(2)]
        return {
            "toy_gradients": pd.DataFrame(rows, columns=["estimator", "temperature", "z_score"])
        }

    assert CLAIM["4-unbiased"](table(sf=1.0, muprop=-1.0, gumbel=-50.0)).verdict == REPLICATED
    assert CLAIM["4-unbiased"](table(sf=1.0, muprop=-5.0, gumbel=50.0)).verdict == NOT_REPLICATED
    assert CLAIM["4-unbiased"](table(sf=1.0, muprop=LOST, gumbel=50.0)).verdict == NOT_REPLICATED
    assert CLAIM["4-unbiased"](table(sf=1.0, muprop=1.0, gumbel=LOST)).verdict == NOT_REPLICATED


@pytest.mark.parametrize(("bare", "verdict"), [(1.0, REPLICATED), (2.0, NOT_REPLICATED)])
def test_growth_is_of_the_estimator_without_a_baseline(bare, verdict):
    draw = np.random.default_rng(3)
    runs = pd.DataFrame(
        {
            **{"units": units, "seed": seed, "gradient_variance": float(units)},
            "gradient_variance_bare": units**bare * np.exp(draw.normal(0.0, 0.01)),
        }
        for seed in range(3)
        for units in (1, 2, 4, 8)
    )
    found = CLAIM["5-growth"]({"variance_growth": runs})
    assert found.verdict == verdict and found.measured == pytest.approx(bare, abs=0.05)
    assert CLAIM["5-growth-centred"]({"variance_growth": runs}).verdict == REPLICATED
