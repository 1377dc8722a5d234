"""Five rules that read a log, and the signatures that no rightly wired GAN can have.

The bound behind R3: a fake that D tells right has D(G(z)) < ½, so its −log D(G(z)) is above ln 2.
With as many fakes as real images, an accuracy a means that at least 2a − 1 of the fakes were told
right: the generator's mean loss is at least (2a − 1) ln 2, and above ln 2 where all are told right.
A log below this floor was not made by one and the same D: batch norm makes two functions of it, or
labels are swapped, or D is trained in the generator's step.

A second bound needs no accuracy. With y = −log(1 − D(G(z))) the loss of a fake is −log(1 − e⁻ʸ),
convex and falling in y, and the mean of y is at most 2d where d is D's loss, the mean of both its
halves: the generator's mean loss is at least −log(1 − e⁻²ᵈ), and so is a mean over iterations.
This, and a D that is worse than one that always says ½, are the signs S1 and S2. They were found on
the runs that score the rules, after these, and are scored by none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from saigen.diagnose.log import Log

LN2 = float(np.log(2.0))
#: The first iterations say nothing: D often leads at once, and running averages are not in yet. Of
#: a log that does not count iterations it is not known which rows these are, and all are read.
WARM_UP = 50
#: A longer log is read in so many periods, by the medians of each.
PERIODS = 100
#: D tells nearly all images right.
ALMOST_ALL = 0.97
#: "≫ 1" of a generator's loss: D(G(z)) of 0.14 and less.
LARGE = 2.0
#: D and G are in balance: so near ½ in accuracy, and so near ln 2 in both losses.
NEAR_HALF, NEAR_LN2 = 0.1, 0.1
#: A loss of G below this share of its floor cannot be chance.
WIDE = 0.5
#: D told so few right for long.
FEW = 0.40
#: Kendall's τ of a trend, and its p, that count.
TREND, ALPHA = 0.4, 0.01
#: Fewest rows with a trend.
FEWEST = 8

RULES = ("R1", "R2", "R3", "R4", "R5")

#: What cannot be of one D is seen where it holds in so many of all places.
TENTH = 0.1
#: S1 is read from means of so many stretches: below this share of the floor.
STRETCHES, NARROW = 20, 0.9
#: S2: a mean loss of D above ln 2 by so much, over the second half.
WORSE = 0.1


@dataclass(frozen=True)
class Diagnosis:
    """What the rules found.

    Attributes:
      fires: the rules that fire, the gravest first; none may.
      rows: by rule, a mask where it holds: over the rows of `raw` for R3, of `log` for the others
        (R5: all or none).
      log: what was judged: the rows after the warm-up, or the medians of periods.
      raw: all rows after the warm-up.
      lost: the first step with a loss that is no number; None if there is none.
      foreign: a negative loss: not the cross-entropies that the rules are about.
      signs: of S1 and S2 those that are seen.
    """

    fires: tuple[str, ...]
    rows: Mapping[str, np.ndarray]
    log: Log
    raw: Log
    lost: float | None
    foreign: bool
    signs: tuple[str, ...] = ()


def floor(accuracy: np.ndarray) -> np.ndarray:
    """Return the least loss of G that goes with an accuracy of D: max(0, 2a − 1) ln 2, in nats."""
    return np.maximum(0.0, 2.0 * np.asarray(accuracy) - 1.0) * LN2


def floor_by_loss(d_loss: np.ndarray) -> np.ndarray:
    """Return the least mean loss of G that goes with a loss d of D: −log(1 − e⁻²ᵈ), in nats.

    A loss below a millionth counts as that: logs are printed with so many digits, and frameworks
    clip G's loss of a D that has won, at 16.1 nats say.
    """
    d_loss = np.maximum(np.asarray(d_loss, np.float64), 1e-6)
    return -np.log(-np.expm1(-2.0 * d_loss))


def impossible(accuracy: np.ndarray, g_loss: np.ndarray) -> np.ndarray:
    """Say where the two cannot be of one D: G's loss lies below its floor.

    Where D told nearly all right, below half of it: D is updated, and other latents drawn, between
    the two measurements. Where it told all right, no missed fake can hold the loss down: the limit
    is the whole floor, ln 2.
    """
    accuracy, g_loss = np.asarray(accuracy), np.asarray(g_loss)
    nearly_all = (accuracy >= ALMOST_ALL) & (g_loss < WIDE * floor(accuracy))
    return nearly_all | ((accuracy >= 1.0) & (g_loss < LN2))


def diagnose(log: Log) -> Diagnosis:
    """Judge a log by the five rules.

    R1, R2 and R4 fire where they hold in half of the second half of the log, and R5 on the trends
    of that half: that is what training came to. R3, the impossible signature, fires where it holds
    in a tenth of all rows and twice at least: medians of periods would hide it. No row can have
    both R1 and R3, by their bounds. Rows without an accuracy are passed over.
    """
    finite = np.isfinite(log.d_loss) & np.isfinite(log.g_loss)
    lost = None if finite.all() else float(log.step[~finite][0])
    log = log.rows(finite & np.isfinite(log.accuracy))
    later = log.step > WARM_UP
    if log.unit == "iteration" and later.sum() >= FEWEST:
        log = log.rows(later)
    raw, log = log, in_periods(log)
    foreign = bool(len(raw)) and bool((raw.d_loss.min() < 0.0) or (raw.g_loss.min() < 0.0))
    rows = _holds(log, raw)
    if foreign or not len(log):
        return Diagnosis((), rows, log, raw, lost, foreign)
    tail = slice(len(log) // 2, None)
    fires = [rule for rule in ("R1", "R2", "R4") if rows[rule][tail].mean() >= 0.5]
    if _often(rows["R3"]):
        fires.insert(0, "R3")
    if rows["R5"].any():
        fires.append("R5")
    return Diagnosis(tuple(fires), rows, log, raw, lost, foreign, _signs(raw))


def _often(holds: np.ndarray) -> bool:
    """Say whether something holds in a tenth of all places, and twice at least."""
    return bool(holds.sum() >= max(2, TENTH * len(holds)))


def _signs(raw: Log) -> tuple[str, ...]:
    """Return which of S1 and S2 are seen."""
    if len(raw) < FEWEST:
        return ()
    parts = np.array_split(np.arange(len(raw)), min(STRETCHES, len(raw)))
    d, g = (np.array([loss[part].mean() for part in parts]) for loss in (raw.d_loss, raw.g_loss))
    below = g < NARROW * floor_by_loss(d)
    late = raw.d_loss[len(raw) // 2 :].mean()
    seen = {"S1": _often(below), "S2": late > LN2 + WORSE}
    return tuple(sign for sign, holds in seen.items() if holds)


def _holds(log: Log, raw: Log) -> dict[str, np.ndarray]:
    """Return where each rule holds."""
    a, d, g = log.accuracy, log.d_loss, log.g_loss
    late = slice(len(log) // 2, None)
    balanced = (np.abs(a - 0.5) <= NEAR_HALF) & (np.abs(d - LN2) <= NEAR_LN2)
    return {
        "R1": (a >= ALMOST_ALL) & (g >= LARGE),
        "R2": balanced & (np.abs(g - LN2) <= NEAR_LN2),
        "R3": impossible(raw.accuracy, raw.g_loss),
        "R4": a < FEW,
        "R5": np.full(len(log), _trend(g[late]) == 1 and _trend(d[late]) == -1 and _ahead(d)),
    }


def _ahead(d_loss: np.ndarray) -> bool:
    """Say whether D ends better than one that always says ½: else it catches up."""
    return bool(np.median(d_loss[-max(1, len(d_loss) // 3) :]) < LN2)


def _trend(values: np.ndarray) -> int:
    """Return 1 for a rise, −1 for a fall, 0 for neither, by Kendall's τ."""
    if len(values) < FEWEST or np.ptp(values) == 0.0:
        return 0
    found = stats.kendalltau(np.arange(len(values)), values)
    clear = abs(found.statistic) >= TREND and found.pvalue < ALPHA
    return int(np.sign(found.statistic)) if clear else 0


def in_periods(log: Log) -> Log:
    """Return a log of at most `PERIODS` rows: the medians of equally long stretches of it."""
    if len(log) <= PERIODS:
        return log
    parts = np.array_split(np.arange(len(log)), PERIODS)
    medians = (np.array([np.median(column[part]) for part in parts]) for column in log.columns)
    return Log(*medians, unit=log.unit)
