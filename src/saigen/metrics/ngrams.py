"""How far the character n-grams of samples are from those of a text."""

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

import numpy as np
from scipy.special import rel_entr


class NGrams:
    """Counts of character n-grams inside lines; none crosses from one line into the next.

    Args:
      lines: strings, or arrays [line, character] of small integers.
      n: characters in a gram.
    """

    def __init__(self, lines: Iterable[str] | np.ndarray, n: int) -> None:
        self.n = n
        self.counts: Counter = Counter()
        for line in lines:
            marks = line if isinstance(line, str) else bytes(np.asarray(line, np.uint8))
            self.counts.update(marks[start : start + n] for start in range(len(marks) - n + 1))

    @cached_property
    def total(self) -> int:
        """All grams, repeats counted."""
        return sum(self.counts.values())

    def divergence(self, other: "NGrams") -> float:
        """Jensen-Shannon divergence in bits, in [0, 1]: 0 for equal and 1 for disjoint grams.

        Few samples raise it: most grams of a text do not occur in a few hundred lines. A floor
        from as many held-out lines says how much of it that is.
        """
        if other.n != self.n:
            raise ValueError(f"{self.n}-grams against {other.n}-grams")
        grams = list(self.counts | other.counts)
        p = np.array([self.counts[gram] for gram in grams]) / self.total
        q = np.array([other.counts[gram] for gram in grams]) / other.total
        m = (p + q) / 2.0
        return float((rel_entr(p, m).sum() + rel_entr(q, m).sum()) / (2.0 * np.log(2.0)))
