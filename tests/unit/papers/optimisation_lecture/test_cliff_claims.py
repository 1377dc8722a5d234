"""Claims on saddles and on the cliff: each can hold, and fails where its sentence does."""

import pandas as pd
import pytest
from made_up_measurements import deterministic, judge, once, rows

from saigen.errors import SaigenError

CLIPS = ("none/0", "global norm/0.1", "global norm/1", "element-wise/1")


def starts(metric, *values):
    return rows("cliff_starts", metric, dict(zip(CLIPS, values, strict=False)))


def test_e19_cliff_needs_a_slope_and_a_throw():
    def table(steep=1e5, thrown=0.2):
        slope = once(deterministic("cliff", "slope", {"median": 0.1, "max": 0.1 * steep}))
        return pd.concat([slope, starts("thrown", thrown, 0.0, 0.0, 0.0)])

    assert judge("E19-cliff", measurements=table()).verdict == "replicated"
    assert judge("E19-cliff", measurements=table(steep=1e3)).verdict == "not replicated"
    assert judge("E19-cliff", measurements=table(thrown=0.0)).verdict == "not replicated"


def test_e19_clipping_is_the_rule_on_the_slide():
    def table(norm=1e-6, element=30.0, reach=1.0):
        turned = starts("turned", 1e-6, norm, norm, element)
        bounds = deterministic(
            "cliff_starts", "reach", dict(zip(CLIPS[1:], (reach, reach, 1.4), strict=True))
        )
        return pd.concat([turned, bounds])

    assert judge("E19-clipping", measurements=table()).verdict == "replicated"
    for wrong in ({"norm": 5.0}, {"element": 0.1}, {"reach": 1.1}):
        assert judge("E19-clipping", measurements=table(**wrong)).verdict == "not replicated", wrong


@pytest.mark.parametrize(
    ("claim_id", "metric"), [("E19-keeps", "left"), ("E19-lowest", "lowest"), ("E19-end", "end")]
)
def test_e19_asks_descents_from_everywhere_at_both_thresholds(claim_id, metric):
    assert judge(claim_id, measurements=starts(metric, 0.5, 0.3, 0.2, 0.9)).verdict == "replicated"
    one = starts(metric, 0.5, 0.3, 0.7, 0.1)
    assert judge(claim_id, measurements=one).verdict == "not replicated"
    even = starts(metric, 0.5, 0.5, 0.5, 0.1)
    assert judge(claim_id, measurements=even).verdict == "inconclusive"


def test_e17_never_is_not_soon():
    def escapes(**steps):
        parts = [
            deterministic("saddle", "escape", {1e-8: escape, 0.0: -1.0}, of)
            for of, escape in {"sgd": 102.0, "momentum": 30.0, "adam": 10.0, **steps}.items()
        ]
        return once(pd.concat(parts, ignore_index=True))

    assert judge("E17-saddle", measurements=escapes()).verdict == "replicated"
    assert judge("E17-saddle", measurements=escapes(momentum=-1.0)).verdict == "not replicated"


def test_e17_tuned_gives_each_method_its_best_stable_rate():
    def table(momentum):
        parts = []
        for of, steps in {"sgd": {0.1: 102.0, 0.9: 18.0, 1.2: 15.0}, "momentum": momentum}.items():
            parts.append(deterministic("saddle", "escape_at", steps, of))
            edge = 1.0 if of == "sgd" else 1.9
            stable = {rate: float(rate < edge) for rate in steps}
            parts.append(deterministic("saddle", "stable_at", stable, of))
        return once(pd.concat(parts, ignore_index=True))

    sooner = table({0.1: 45.0, 1.8: 12.0})
    assert judge("E17-tuned", measurements=sooner).verdict == "replicated"
    # At one rate it leaves sooner, at the best of each it does not.
    later = table({0.1: 45.0, 1.8: 20.0, 2.0: 5.0})
    assert judge("E17-tuned", measurements=later).verdict == "not replicated"
    never = table({0.1: -1.0, 1.8: -1.0})
    assert judge("E17-tuned", measurements=never).verdict == "not replicated"
    nobody = never.assign(value=never["value"].mask(never["metric"] == "escape_at", -1.0))
    with pytest.raises(SaigenError, match="at no rate"):
        judge("E17-tuned", measurements=nobody)
