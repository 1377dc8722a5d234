"""What is computed from the times of a race: order of the turns, ratios, who is best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import TypeVar

Style = TypeVar("Style")

#: The style that the others are compared with.
SAIGEN = "saigen"
#: What a style's name ends with where products are in bfloat16.
BF16 = "+bf16"
#: What the name of a PyTorch style has that is given the savings of Saigen's side.
SAVINGS = "+savings"

#: Which clock decides: `cpu` at one thread, where wall time only adds what else the machine does.
CLOCKS = ("wall", "cpu")


@dataclass(frozen=True)
class Turn:
    """One turn of one style: so many steps, running alone among the styles.

    Attributes:
      style: whose turn.
      number: the round, from 0.
      steps: steps taken.
      wall, cpu: seconds of all of them; `cpu` over all threads of the process.
      loss: what the steps came to, to see that something was computed.
    """

    style: str
    number: int
    steps: int
    wall: float
    cpu: float
    loss: float

    def seconds(self, clock: str) -> float:
        """Return the seconds of one step by a clock."""
        return (self.wall if clock == "wall" else self.cpu) / self.steps


@dataclass(frozen=True)
class Spread:
    """The median of something over the rounds, and its range: not a confidence interval."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return the spread of one or more values."""
        return cls(median(values), min(values), max(values))


def suits(style: str, reducible: bool, saving: bool) -> bool:
    """Return whether a style says something of a workload.

    Args:
      style: its name.
      reducible: whether the workload's products can be in bfloat16.
      saving: whether it saves work that a plain step does.
    """
    return (reducible or not style.endswith(BF16)) and (saving or SAVINGS not in style)


def is_saigen(style: str) -> bool:
    """Return whether a style is Saigen's, in whichever precision."""
    return style.removesuffix(BF16) == SAIGEN


def order(styles: Sequence[Style], number: int) -> list[Style]:
    """Return who goes when in a round: as they stand, and the other way in every second round.

    A machine that gets slower through a round then hits both ends equally often.
    """
    return list(styles) if number % 2 == 0 else list(reversed(styles))


def by_round(turns: Sequence[Turn], style: str, clock: str) -> dict[int, float]:
    """Return a style's seconds a step, by round."""
    return {turn.number: turn.seconds(clock) for turn in turns if turn.style == style}


def best_other(turns: Sequence[Turn], style: str, clock: str, savings: bool = False) -> str:
    """Return the style of PyTorch, in the precision of this one, whose median is least.

    Args:
      turns: of a workload.
      style: whose precision counts.
      clock: which of `CLOCKS`.
      savings: among the styles with Saigen's savings, not among the plain ones.
    """
    medians = {
        other: median(by_round(turns, other, clock).values())
        for other in dict.fromkeys(turn.style for turn in turns)
        if not is_saigen(other)
        and other.endswith(BF16) == style.endswith(BF16)
        and (SAVINGS in other) == savings
    }
    return min(medians, key=lambda other: medians[other])


def ratios(turns: Sequence[Turn], style: str, other: str, clock: str) -> list[float]:
    """Return a style's seconds over another's, round by round; below 1 it is the faster."""
    mine, theirs = by_round(turns, style, clock), by_round(turns, other, clock)
    return [mine[number] / theirs[number] for number in sorted(mine.keys() & theirs.keys())]


def repeats(seconds_a_step: float, seconds_a_turn: float) -> int:
    """Return how many steps make a turn of at least so many seconds."""
    return max(1, ceil(seconds_a_turn / max(seconds_a_step, 1e-9)))


def relative_error(found: float, wanted: float) -> float:
    """Return |found − wanted| / max(|wanted|, 1): losses near 0 are compared as they are."""
    return abs(found - wanted) / max(abs(wanted), 1.0)


def verdict(ratio: float, interval: Mapping[str, float], far: float = 2.0) -> str:
    """Say of a ratio whether it is `slow`, `fast` or `fine` beside a committed interval.

    Args:
      ratio: as measured.
      interval: its `least` and `most` when the file was written.
      far: how often beyond either end it may lie.
    """
    if ratio > far * interval["most"]:
        return "slow"
    return "fast" if ratio < interval["least"] / far else "fine"
