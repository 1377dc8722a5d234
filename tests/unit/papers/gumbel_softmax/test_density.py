"""The closed-form density: its derivation, its mass, an independent implementation."""

import numpy as np
import pytest
import tensorflow_probability as tfp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from saigen.engine import rng
from saigen.papers.gumbel_softmax import density

tfd = tfp.distributions
LOGITS = np.array([0.3, -1.2, 0.8])
TEMPERATURES = [0.1, 0.5, 1.0, 2.0, 10.0]
finite = st.floats(-3.0, 3.0)


@given(
    u=st.lists(finite, min_size=4, max_size=4),
    logits=st.lists(finite, min_size=5, max_size=5),
    temperature=st.floats(0.1, 10.0),
    shift=st.floats(-20.0, 20.0),
)
@settings(max_examples=50, deadline=None)
def test_it_is_the_centred_gumbel_density_under_a_change_of_variables(
    u, logits, temperature, shift
):
    """Appendix B: p(y) = p(h⁻¹(y)) |det ∂h⁻¹/∂y|; and a constant in the logits changes nothing."""
    u, logits = np.array(u), np.array(logits)
    log_y = density.log_sample(u, temperature)
    np.testing.assert_allclose(density.centred(log_y, temperature), u, atol=1e-9)
    expected = density.centred_log_density(u, logits) + density.log_volume(log_y, temperature)
    found = density.log_density(log_y, logits + shift, temperature)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_the_volume_is_the_determinant_of_the_jacobian(temperature):
    log_y = density.log_sample(np.array([0.4, -0.7]), temperature)
    y, tiny = np.exp(log_y), 1e-6

    def inverse(free):
        return density.centred(np.log(np.append(free, 1.0 - free.sum())), temperature)

    steps = tiny * y.min() * np.eye(2)
    columns = [(inverse(y[:2] + s) - inverse(y[:2] - s)) / (2.0 * s.sum()) for s in steps]
    determinant = abs(np.linalg.det(np.array(columns)))
    assert np.log(determinant) == pytest.approx(density.log_volume(log_y, temperature), abs=1e-4)


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_it_integrates_to_one(temperature):
    assert density.integral(LOGITS, temperature) == pytest.approx(1.0, abs=1e-9)


def test_a_missing_factor_of_the_temperature_would_show(monkeypatch):
    right = density.log_density
    monkeypatch.setattr(density, "log_density", lambda y, x, t: right(y, x, t) - np.log(t))
    assert density.integral(LOGITS, 0.5) == pytest.approx(2.0, abs=1e-9)


@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_two_classes_integrate_to_one_on_the_simplex_itself(temperature):
    """From τ = 1 on the density has no poles, so plain quadrature in y will do."""

    def p(y):
        log_y = np.log([y, 1.0 - y])
        return np.exp(density.log_density(log_y, LOGITS[:2], temperature))

    assert integrate.quad(p, 0.0, 1.0)[0] == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("temperature", TEMPERATURES)
def test_tfp_agrees_at_fresh_samples(temperature):
    law = tfd.RelaxedOneHotCategorical(temperature, logits=LOGITS.astype(np.float32))
    y = law.sample(1000, seed=rng.key(0)("y"))
    log_y = law.bijector.inverse(y).numpy().astype(np.float64)
    found = density.log_density(log_y, LOGITS, temperature)
    np.testing.assert_allclose(found, law.log_prob(y), atol=1e-4)


def test_a_value_by_hand():
    """Two classes with logits (0.4, 0) at τ = 0.7 and y = (0.3, 0.7), from the binary concrete."""
    found = density.log_density(np.log([0.3, 0.7]), np.array([0.4, 0.0]), 0.7)
    assert found == pytest.approx(-0.419375, abs=1e-5)
