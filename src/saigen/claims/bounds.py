"""Verdicts from one interval and a bound, and the conjunction of several findings."""

from collections.abc import Mapping, Sequence

from saigen.claims.finding import (
    INCONCLUSIVE,
    NOT_REPLICATED,
    NOT_TESTED,
    REPLICATED,
    Finding,
    conclude,
    number,
    span,
)
from saigen.errors import SaigenError
from saigen.stats import Interval


def below(effect: Interval, bound: float = 0.0) -> Finding:
    """The effect is less than `bound`: replicated if its whole interval is.

    Not replicated if the whole interval is at or above the bound, inconclusive if it holds the
    bound. A 95% interval read on one side errs with chance 2.5%.
    """
    holds, fails = effect.high < bound, effect.low >= bound
    return conclude(effect, holds, fails, _reading(effect, holds, fails, "below", bound))


def above(effect: Interval, bound: float = 0.0) -> Finding:
    """The effect is more than `bound`: the mirror of `below`."""
    holds, fails = effect.low > bound, effect.high <= bound
    return conclude(effect, holds, fails, _reading(effect, holds, fails, "above", bound))


def _reading(effect: Interval, holds: bool, fails: bool, side: str, bound: float) -> str:
    if holds:
        return f"{span(effect)} lies {side} {number(bound)}"
    if fails:
        return f"{span(effect)} lies nowhere {side} {number(bound)}"
    return f"{span(effect)} holds {number(bound)}"


def within(effect: Interval, margin: float, around: float = 0.0) -> Finding:
    """The effect is `around` give or take `margin`: an equivalence, not a failure to differ.

    Replicated if the whole interval lies inside (two one-sided tests at 2.5% each, Schuirmann
    1987), not replicated if it lies wholly outside, inconclusive if it crosses an edge.

    Raises:
      ValueError: margin ≤ 0.
    """
    if margin <= 0.0:
        raise ValueError(f"an equivalence needs a margin above 0, not {margin}")
    low, high = around - margin, around + margin
    holds = low <= effect.low and effect.high <= high
    fails = effect.low > high or effect.high < low
    word = "inside" if holds else "outside" if fails else "across an edge of"
    why = f"{span(effect)} lies {word} {number(around)} ± {number(margin)}"
    return conclude(effect, holds, fails, why)


# Which part speaks for a conjunction: the first of these verdicts that any part has.
_PRECEDENCE = (NOT_REPLICATED, NOT_TESTED, INCONCLUSIVE, REPLICATED)


def all_of(parts: Sequence[Finding] | Mapping[str, Finding]) -> Finding:
    """All parts hold: replicated if every one is, not replicated if any one is not.

    Otherwise not tested if a part was not, else inconclusive. The figures are those of the
    deciding part (the first with that verdict), n is the smallest of all parts that were tested, so
    that no part borrows another's runs. A conjunction needs no correction to be confirmed (each
    part passes its own test); it has as many chances to be refuted by accident as it has parts, so
    keep them few, and use `lowest` for a whole panel.

    Args:
      parts: findings, or findings by the name that `why` calls them.

    Raises:
      SaigenError: there are none: no run had anything for a part.
    """
    named = (
        dict(parts) if isinstance(parts, Mapping) else {str(i + 1): p for i, p in enumerate(parts)}
    )
    if not named:
        raise SaigenError("no runs for any part of it: a conjunction of nothing says nothing")
    verdict = next(v for v in _PRECEDENCE if any(p.verdict == v for p in named.values()))
    name, part = next((k, p) for k, p in named.items() if p.verdict == verdict)
    held = sum(p.verdict == REPLICATED for p in named.values())
    why = f"{held} of {len(named)} parts hold; {name}: {part.why}"
    # A part without data does not make those of another none.
    tested = [p.n for p in named.values() if p.verdict != NOT_TESTED]
    n = part.n if verdict == NOT_TESTED else min(tested)
    return Finding(part.measured, part.low, part.high, n, verdict, why)
