"""What a test of a claim found: a figure, its interval, and one of four verdicts."""

from dataclasses import dataclass
from math import floor, isfinite, isinf, isnan, log10, nan

from saigen.stats import Interval

REPLICATED = "replicated"
NOT_REPLICATED = "not replicated"
INCONCLUSIVE = "inconclusive"
NOT_TESTED = "not tested"
VERDICTS = (REPLICATED, NOT_REPLICATED, INCONCLUSIVE, NOT_TESTED)


@dataclass(frozen=True)
class Finding:
    """The outcome of one test.

    Attributes:
      measured: the effect, in the unit of the metric; nan where there is none.
      low, high: its 95% interval; nan where one run gives none, infinite where a run diverged.
      n: seeds or pairs that the verdict rests on.
      verdict: one of `VERDICTS`.
      why: one line for a reader of the report.
    """

    measured: float
    low: float
    high: float
    n: int
    verdict: str
    why: str

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ValueError(f"no such verdict: {self.verdict!r}")
        # One line means one line, whatever an error message brought along.
        object.__setattr__(self, "why", " ".join(self.why.split()))


def untested(why: str) -> Finding:
    """Return the finding of a claim that nothing was measured for, and say why."""
    return Finding(nan, nan, nan, 0, NOT_TESTED, why)


def conclude(effect: Interval, holds: bool, fails: bool, why: str) -> Finding:
    """Turn a measured interval and its reading into a finding.

    One run is never a verdict: without both bounds it is inconclusive whatever `holds` says.
    The effect's note is told after `why`.
    """
    if isnan(effect.low) or isnan(effect.high):
        verdict = INCONCLUSIVE
        few = "one run gives no interval; two or more would"
        why = "no interval: a value is undefined" if effect.n > 1 else few
    else:
        verdict = REPLICATED if holds else NOT_REPLICATED if fails else INCONCLUSIVE
    why = remarks(why, effect.note)
    return Finding(effect.value, effect.low, effect.high, effect.n, verdict, why)


def remarks(*each: str) -> str:
    """Return those remarks that say something, as one line."""
    return "; ".join(remark for remark in each if remark)


def number(x: float, places: int | None = None) -> str:
    """Write a number for a sentence: four significant digits or `places` decimals, a true minus."""
    if isnan(x):
        return "unknown"
    if isinf(x):
        return "∞" if x > 0 else "−∞"
    text = f"{x:.4g}" if places is None else f"{x:.{places}f}"
    return text.replace("-", "−") if float(text) != 0.0 else text.lstrip("-")


def rounded(value: float, low: float, high: float) -> tuple[str, str, str]:
    """Write a value and its bounds to the two digits of its uncertainty that mean something.

    A bound near 0 gets digits until it is none: which side it is on may be the verdict.
    """
    reach = max((abs(end - value) for end in (low, high) if isfinite(end - value)), default=0.0)
    size = floor(log10(reach)) if reach > 0.0 else 99
    places = 1 - size if -6 < size < 2 else 0 if 2 <= size < 7 else None
    if places is not None:
        lost = (end for end in (low, high) if end != 0.0 and round(end, places) == 0.0)
        places = max([places, *(min(places + 3, -floor(log10(abs(end)))) for end in lost)])
    return number(value, places), number(low, places), number(high, places)


def span(effect: Interval) -> str:
    """Write a value with its interval: `−0.71 [−0.93, −0.49]`."""
    value, low, high = rounded(effect.value, effect.low, effect.high)
    return f"{value} [{low}, {high}]"
