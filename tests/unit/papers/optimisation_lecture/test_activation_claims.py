"""Claims on first weights by the activations they make: means before logarithms, and depth."""

import numpy as np
import pandas as pd
import pytest
from made_up_measurements import judge, rows

from saigen.papers.optimisation_lecture.claims.reading import slope_of_mean, worst_of

LAYERS = np.arange(1, 21)


def layers(he=0.0, xavier=-0.6931, seeds=20):
    """Return squares, forward and back, whose mean over seeds changes by these logs a layer."""
    draw, table = np.random.default_rng(0), []
    # Each seed has its own size, the more so the deeper; the mean over seeds is 1 at each layer.
    own = np.exp(0.05 * LAYERS * draw.normal(size=(seeds, 1)))
    own /= own.mean(0)
    for kind, slope in (("he", he), ("xavier", xavier)):
        squares = own * np.exp(slope * LAYERS)
        back = np.sqrt(own * np.exp(slope * LAYERS))[:, ::-1]
        for metric, values in (("second_moment", squares), ("gradient", back)):
            table += [
                ("activations", f"relu/{kind}", seed, metric, str(layer), values[seed, layer - 1])
                for seed in range(seeds) for layer in LAYERS
            ]  # fmt: skip
    names = ["experiment", "of", "seed", "metric", "label", "value"]
    return pd.DataFrame(table, columns=names)


@pytest.mark.parametrize("claim_id", ["E8-he", "E8-backward"])
def test_e8_holds_forward_and_back(claim_id):
    assert judge(claim_id, measurements=layers()).verdict == "replicated"
    assert judge(claim_id, measurements=layers(he=-0.2)).verdict == "not replicated"
    assert judge(claim_id, measurements=layers(he=0.1)).verdict != "replicated"
    assert judge(claim_id, measurements=layers(xavier=0.0)).verdict == "not replicated"
    few = judge(claim_id, measurements=layers(seeds=5))
    assert few.verdict == "inconclusive" and few.n == 5


def test_the_mean_comes_before_the_logarithm():
    values = np.exp(np.array([[0.1], [-0.1]] * 10) * LAYERS)
    table = pd.DataFrame(values / values.mean(0), columns=LAYERS)
    assert np.log(table).mean().iloc[-1] < -1.0  # Jensen
    found = slope_of_mean(table)
    assert found.value == pytest.approx(0.0, abs=1e-12)
    assert found.low < 0.0 < found.high


def test_the_worst_is_of_all_and_an_unknown_one_is_told():
    found = worst_of(pd.Series([1.0, 3.0, 2.0]), "max")
    assert (found.low, found.high, found.n) == (3.0, 3.0, 3)
    assert found.note == "the worst of 3 seeds"
    assert worst_of(pd.Series([1.0, 3.0]), "min", "networks").value == 1.0
    assert np.isnan(worst_of(pd.Series([1.0, np.nan]), "max").high)


def test_e8_extremes_and_five_layers_read_layer_five():
    def table(saturated=0.8, small=1e-5, spread=0.3, flat=0.01):
        return pd.concat(
            [
                rows("activations", "saturated", {1: 0.1, 5: saturated}, "tanh/sd_1"),
                rows("activations", "std", {1: 0.1, 5: small}, "tanh/sd_0.01"),
                rows("activations", "std", {1: 0.6, 5: spread}, "tanh/xavier"),
                rows("activations", "saturated", {1: 0.1, 5: flat}, "tanh/xavier"),
            ]
        )

    assert judge("E8-extremes", measurements=table()).verdict == "replicated"
    assert judge("E8-extremes", measurements=table(saturated=0.3)).verdict == "not replicated"
    assert judge("E8-extremes", measurements=table(small=0.1)).verdict == "not replicated"
    assert judge("E8-xavier", measurements=table()).verdict == "replicated"
    assert judge("E8-xavier", measurements=table(spread=0.1)).verdict == "not replicated"
    assert judge("E8-xavier", measurements=table(flat=0.4)).verdict == "not replicated"


def test_e8_xavier_deep_asks_all_layers():
    def table(power):
        parts = [
            rows("activations", "std", {k: 0.6 * k**p for k in LAYERS}, f"tanh/{kind}")
            for kind, p in (("xavier", power), ("he", -0.04))
        ]
        return pd.concat(parts)

    found = judge("E8-xavier-deep", measurements=table(-0.5))
    assert found.verdict == "not replicated" and "He's slope −0.04" in found.why
    assert judge("E8-xavier-deep", measurements=table(0.0)).verdict == "replicated"
