"""Judgements of whole panels: planted truths, falsehoods and doubts, and pure noise."""

import math

import numpy as np
import pandas as pd
import pytest

from saigen import claims
from saigen.claims import INCONCLUSIVE, NOT_REPLICATED, REPLICATED
from saigen.errors import SaigenError

LOST = math.nan


def panel(**cells):
    """Tidy runs from `cell=[value of seed 0, of seed 1, …]`."""
    return pd.DataFrame(
        [
            {"method": cell, "seed": seed, "nll": value}
            for cell, values in cells.items()
            for seed, value in enumerate(values)
        ]
    )


def test_directions_alone_have_a_p_value_that_many_rivals_can_count_on():
    """One lost and one not in each of three seeds, or one direction in six: 2/64 at most."""
    pair = {"of": "ours", "against": "theirs", "by": "method"}
    three = panel(ours=[1, 2, 3], theirs=[LOST] * 3)
    six = panel(ours=[1] * 6, theirs=[LOST] * 4 + [2] * 2)
    assert claims.difference(three, "nll", **pair).p == 2.0 / 64.0
    assert claims.difference(six, "nll", **pair).p == 2.0 / 64.0


def noise(rng, cells, seeds, spread=1.0):
    return panel(**{cell: rng.normal(m, spread, seeds) for cell, m in cells.items()})


def lowest(runs, **more):
    return claims.lowest(runs, "nll", of="ours", by="method", **more)


class TestLowest:
    def test_true_false_and_doubtful(self):
        rng = np.random.default_rng(8)
        true = lowest(noise(rng, {"ours": 59.0, "a": 61.0, "b": 63.0}, 5, 0.2))
        assert true.verdict == REPLICATED
        assert true.measured == pytest.approx(-2.0, abs=0.4)
        assert true.why.startswith("ours − a = −")
        false = lowest(noise(rng, {"ours": 63.0, "a": 61.0, "b": 70.0}, 5, 0.2))
        assert false.verdict == NOT_REPLICATED
        assert false.measured > 0 < false.low
        assert "beaten by a" in false.why
        doubt = lowest(noise(rng, {"ours": 59.0, "a": 59.01, "b": 63.0}, 5, 0.2))
        assert doubt.verdict == INCONCLUSIVE

    def test_highest_is_its_mirror(self):
        rng = np.random.default_rng(9)
        runs = noise(rng, {"ours": 0.9, "a": 0.8, "b": 0.7}, 4, 0.01)
        found = claims.highest(runs, "nll", of="ours", by="method")
        assert found.verdict == REPLICATED
        assert 0 < found.low < found.measured < found.high
        assert lowest(runs).verdict == NOT_REPLICATED

    def test_the_worst_by_a_loss_is_one_that_diverges(self):
        """By default higher is better; of a loss the claim "is worst" must say `better=lower`."""
        diverged = panel(ours=[3.0, 3.1, 3.05], a=[2.0, 2.2, 2.1], b=[LOST] * 3)
        found = claims.highest(diverged, "nll", of="ours", by="method", better="lower")
        assert (found.verdict, found.low) == (NOT_REPLICATED, -math.inf)
        assert "higher than 1 of 2 rivals, beaten by b" in found.why
        of_score = claims.highest(diverged, "nll", of="ours", by="method")
        assert of_score.verdict == REPLICATED
        itself = claims.highest(diverged, "nll", of="b", by="method", better="lower")
        assert itself.verdict == REPLICATED

    def test_holm_shields_the_claim_from_many_rivals(self):
        # One rival of eight is ahead with p just under 5%: by chance alone one in three would be.
        gaps = np.array([0.2, 0.5, 0.9, 1.2, 0.3])
        even = np.array([1.0, -1.0, 0.5, -0.5, 0.1])
        runs = panel(ours=[0.0] * 5, best=-gaps, **{f"r{k}": even for k in range(7)})
        assert lowest(runs, correct="none").verdict == NOT_REPLICATED
        assert lowest(runs).verdict == INCONCLUSIVE

    @pytest.mark.parametrize("rivals", [1, 3])
    def test_pure_noise_is_confirmed_or_refuted_in_one_of_forty_at_most(self, rivals):
        rng, trials = np.random.default_rng(10), 600
        cells = {"ours": 0.0} | {f"r{k}": 0.0 for k in range(rivals)}
        verdicts = [lowest(noise(rng, cells, 5)).verdict for _ in range(trials)]
        # 2.5% and two and a half standard errors of the simulation.
        limit = trials * 0.025 + 2.5 * math.sqrt(trials * 0.025 * 0.975)
        assert verdicts.count(REPLICATED) <= limit
        assert verdicts.count(NOT_REPLICATED) <= limit * (1 if rivals == 1 else 2)

    def test_one_seed_and_no_rival(self):
        assert lowest(panel(ours=[1.0], a=[2.0])).verdict == INCONCLUSIVE
        with pytest.raises(SaigenError, match="no rival"):
            lowest(panel(ours=[1.0, 2.0]))
        with pytest.raises(SaigenError, match="no runs of method `ours`"):
            lowest(panel(a=[1.0, 2.0], b=[1.0, 2.0]))

    def test_the_diverged_rank_last(self):
        runs = panel(ours=[1, 1.1, 1.05], theirs=[2, 2.2, 2.1], sf=[LOST] * 3)
        found = lowest(runs)
        assert found.verdict == REPLICATED
        assert "sf diverged in 3 of 3 runs" in found.why
        order = claims.ordered(runs, "nll", by="method", published=["ours", "theirs", "sf"])
        assert order.verdict == REPLICATED
        assert order.why.endswith("ours < theirs < sf; sf diverged in 3 of 3 runs")
        turned = claims.ordered(runs, "nll", by="method", published=["sf", "theirs", "ours"])
        assert (turned.verdict, turned.measured) == (NOT_REPLICATED, -1.0)


PUBLISHED = {"gs": 59.0, "stgs": 59.7, "slope": 61.1, "st": 61.8, "muprop": 63.0}


class TestOrders:
    def order(self, cells, seeds=4, spread=0.1):
        runs = noise(np.random.default_rng(11), cells, seeds, spread)
        return claims.ordered(runs, "nll", by="method", published=PUBLISHED)

    def test_true_false_and_doubtful(self):
        assert self.order(PUBLISHED).verdict == REPLICATED
        turned = dict(zip(PUBLISHED, reversed(PUBLISHED.values()), strict=True))
        found = self.order(turned)
        assert (found.verdict, found.measured) == (NOT_REPLICATED, pytest.approx(-1.0))
        assert found.why.endswith("measured order muprop < st < slope < stgs < gs")
        assert self.order(PUBLISHED, spread=3.0).verdict == INCONCLUSIVE
        assert self.order(PUBLISHED, seeds=1).verdict == INCONCLUSIVE

    @pytest.mark.parametrize("seeds", [2, 3, 5])
    def test_noise_seldom_falls_into_the_published_order(self, seeds):
        rng, cells = np.random.default_rng(12), dict.fromkeys(["a", "b", "c"], 0.0)
        found = [
            claims.ordered(noise(rng, cells, seeds), "nll", by="method", published=list(cells))
            for _ in range(200)
        ]
        assert sum(f.verdict == REPLICATED for f in found) <= 200 * 0.06

    def test_seeds_that_agree_by_chance_settle_nothing(self):
        # Each seed has the same order, with a and b swapped by gaps from 0.1 to 2.
        runs = panel(a=[1.1, 1.5, 3.0], b=[1.0, 1.0, 1.0], c=[9.0, 9.1, 9.2])
        found = claims.ordered(runs, "nll", by="method", published=["a", "b", "c"])
        assert found.measured == pytest.approx(1 / 3)
        assert found.verdict == INCONCLUSIVE
        assert (found.low, found.high) == pytest.approx((1 / 3, 1.0))
        runs = panel(a=[2.1, 2.2, 2.15], b=[1.0, 1.1, 1.05], c=[9.0, 9.1, 9.2])
        found = claims.ordered(runs, "nll", by="method", published=["a", "b", "c"])
        assert found.verdict == NOT_REPLICATED

    @pytest.mark.parametrize("seeds", [2, 3, 5])
    def test_a_published_order_that_hardly_shows_is_seldom_refuted(self, seeds):
        rng, cells = np.random.default_rng(15), {"a": 0.0, "b": 1e-3, "c": 2e-3, "d": 3e-3}
        found = [
            claims.ordered(noise(rng, cells, seeds), "nll", by="method", published=list(cells))
            for _ in range(200)
        ]
        assert sum(f.verdict == NOT_REPLICATED for f in found) <= 200 * 0.06

    def test_one_lost_run_leaves_its_cells_open(self):
        runs = panel(a=[1.0, 1.1, LOST, 1.0], b=[2.0, 2.1, 2.2, 2.1], c=[3.0, 3.3, 3.1, 3.2])
        found = claims.ordered(runs, "nll", by="method", published=["a", "b", "c"])
        assert found.verdict == INCONCLUSIVE
        assert found.why.endswith("order b < c < a; a diverged in 1 of 4 runs")

    def test_a_published_tie_says_nothing_of_its_two(self):
        runs = panel(a=[1.0, 1.1, 1.2], b=[2.0, 2.1, 2.2], c=[3.0, 3.1, 3.2])
        tied = {"b": 1.0, "a": 1.0, "c": 2.0}
        found = claims.ordered(runs, "nll", by="method", published=tied, at_least=1.0)
        assert (found.verdict, found.measured) == (REPLICATED, 1.0)
        with pytest.raises(ValueError, match="all are equal"):
            claims.ordered(runs, "nll", by="method", published=dict.fromkeys("abc", 1.0))

    def test_values_that_a_figure_cannot_tell_apart_are_a_tie(self):
        runs = panel(a=[1.0, 1.1, 1.2], b=[2.0, 2.1, 2.2], c=[3.0, 3.1, 3.2])
        near = {"b": 1.0, "a": 1.1, "c": 2.0}
        strict = claims.ordered(runs, "nll", by="method", published=near)
        assert strict.measured == pytest.approx(1 / 3)
        found = claims.ordered(runs, "nll", by="method", published=near, apart=0.2)
        assert (found.verdict, found.measured) == (REPLICATED, 1.0)
        # Two pairs out of reach of each other are told apart, whoever stands between them.
        chain = {"c": 1.0, "b": 1.15, "a": 1.3}
        found = claims.ordered(runs, "nll", by="method", published=chain, apart=0.2)
        assert (found.verdict, found.measured) == (NOT_REPLICATED, -1.0)

    def test_two_cells_are_no_order(self):
        with pytest.raises(ValueError, match="three or more"):
            claims.ordered(panel(a=[1], b=[2]), "nll", by="method", published=["a", "b"])

    def trend(self, slope, direction="falls", seeds=4, spread=0.2):
        rng = np.random.default_rng(13)
        runs = pd.DataFrame(
            {"batch": b, "seed": s, "steps": slope * math.log2(b) + rng.normal(0, spread)}
            for b in (16, 2, 4, 8)
            for s in range(seeds)
        )
        return claims.trend(runs, "steps", along="batch", direction=direction)

    def test_trend_true_false_and_doubtful(self):
        assert self.trend(-1.0).verdict == REPLICATED
        assert self.trend(1.0).verdict == NOT_REPLICATED
        assert self.trend(1.0, "rises").verdict == REPLICATED
        assert self.trend(0.0).verdict == INCONCLUSIVE
        assert self.trend(-1.0, seeds=1).verdict == INCONCLUSIVE

    def test_a_trend_of_noise_is_seldom_seen(self):
        rng, hits = np.random.default_rng(14), 0
        for _ in range(200):
            rows = [(b, s, rng.normal()) for b in (1, 2, 4, 8) for s in range(3)]
            runs = pd.DataFrame(rows, columns=["batch", "seed", "steps"])
            found = claims.trend(runs, "steps", along="batch", direction="falls")
            hits += found.verdict == REPLICATED
        assert hits <= 200 * 0.05
