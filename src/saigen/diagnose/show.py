"""Telling a diagnosis: which rule fires, why, and what to try."""

from __future__ import annotations

import numpy as np

from saigen.diagnose.log import Log
from saigen.diagnose.rules import Diagnosis, floor, floor_by_loss, impossible

_TWO_OF_D = (
    "batch norm in D: in G's step it must see its batch as in D's (`training=True`), or take it "
    "out of D",
    "is D frozen in G's step? its weights must not be in G's optimiser",
)
#: Of each rule: its name, what it means, and what to try, in the order to try it.
TEXTS = {
    "R1": (
        "the discriminator is too strong",
        "D tells nearly all images right and G's loss is large: where D is sure of a fake, the "
        "slope that G learns from says little",
        (
            "let D learn more slowly (a smaller learning rate of D) or G faster",
            "dropout in D, or a narrower D",
            "a wider or deeper G",
            "look whether G learns at all: a learning rate of 0, weights left out of its optimiser",
        ),
    ),
    "R2": (
        "balance, or a discriminator that says nothing",
        "accuracy is near one half and both losses are near ln 2 = 0.693, which is D = 1/2",
        (
            "look at samples: in balance they improve; with a D that always says 1/2 they do not",
            "if they do not improve, a larger learning rate of D, or less dropout in it",
        ),
    ),
    "R3": (
        "a wiring fault, not a strong discriminator",
        "fakes that D tells right have D(G(z)) < 1/2, so G's loss −log D(G(z)) is above ln 2 for "
        "each; here D tells all right and G's loss is below that floor, or nearly all and it is "
        "far below, so the two numbers are not of one D, if they are cross-entropies",
        (
            "is G's loss the cross-entropy? LSGAN, CycleGAN and pix2pix print the same line with "
            "squared errors and added terms, and these rules do not read them",
            "are labels swapped? real is 1 for D, and G wants 1 for its fakes",
            "do both steps read the same D, the same range of images and the same loss?",
            *_TWO_OF_D,
        ),
    ),
    "R4": (
        "the discriminator is too weak",
        "D is wrong more often than right, for long",
        (
            "a larger learning rate of D, or more steps of D",
            "less dropout in D, or a wider D",
            "are D's labels swapped in the accuracy?",
        ),
    ),
    "R5": (
        "the discriminator pulls ahead slowly",
        "D's loss falls while G's rises",
        (
            "keep the weights of before, and compare samples of then and now",
            "a smaller learning rate of D, a decay of both, or dropout in D",
            "often harmless while samples still improve: judge by samples, not by losses",
        ),
    ),
    "S1": (
        "a wiring fault: G's loss is less than D's own loss allows",
        "D's loss d bounds −log(1 − D(G(z))) by 2d on average, so that one and the same D gives G "
        "a loss of −log(1 − exp(−2d)) or more; here it is less, if both are cross-entropies",
        _TWO_OF_D,
    ),
    "S2": (
        "the discriminator is worse than one that always says 1/2",
        "its loss is above ln 2 = 0.693: something unlearns what it learns",
        (
            "is D's loss the mean of its two halves? their sum is 2 ln 2 at balance: halve it",
            "is D frozen in G's step? its weights must not be in G's optimiser",
            "a smaller learning rate of D: it may be unstable",
        ),
    ),
}


def told(where: str, log: Log, found: Diagnosis) -> list[str]:
    """Return the lines that tell a diagnosis of a log read from `where`."""
    first, last = (f"{log.step[place]:g}" for place in (0, -1))
    numbers = ", numbered here: the log has no iterations" if log.unit == "row" else ""
    lines = [f"{where}: {len(log)} logged {log.unit}s, {first} to {last}{numbers}"]
    if found.lost is not None:
        lines.append(f"a value is not a number from {log.unit} {found.lost:g}: the run diverged")
    if found.foreign:
        lines.append(
            "a loss is negative: not the cross-entropies of a standard GAN, which these rules read "
            "(a Wasserstein or hinge loss, or a G that minimises log(1 − D))"
        )
        return lines
    for rule in shown(found):
        name, why, tries = TEXTS[rule]
        lines += ["", f"{rule}: {name}", f"  seen  {_seen(rule, found)}", f"  why   {why}"]
        lines += [
            f"  {'try' if place == 0 else '   '}   {text}" for place, text in enumerate(tries)
        ]
    if not shown(found):
        read = _medians(found.log) if len(found.log) else "no row is left to read"
        lines.append(f"no rule fires; {read}")
    also = [
        f"{rule} in {held.sum()} of {len(held)}"
        for rule, held in found.rows.items()
        if rule not in found.fires and rule != "R5" and held.any()
    ]
    if also:
        lines += ["", "seen in passing: " + ", ".join(also) + " rows"]
    early = _early(log)
    if early and "R3" not in found.fires:
        lines += ["", early]
    return lines


def shown(found: Diagnosis) -> tuple[str, ...]:
    """Return the rules and signs to tell of; a D that pulls ahead is none where D is two."""
    rules = [rule for rule in found.fires if rule != "R5" or "S1" not in found.signs]
    return (*rules, *found.signs)


def _seen(rule: str, found: Diagnosis) -> str:
    if rule in ("S1", "S2"):
        half = found.raw.rows(np.arange(len(found.raw)) >= len(found.raw) // 2)
        d, g = half.d_loss.mean(), half.g_loss.mean()
        text = f"from {half.unit} {half.step[0]:g} on means: D loss {d:.3g}, G loss {g:.3g}"
        return f"{text}, which cannot be below {floor_by_loss(d):.3g}" if rule == "S1" else text
    held = found.rows[rule]
    if rule == "R5":
        half = found.log.rows(np.arange(len(held)) >= len(held) // 2)
        parts = np.array_split(np.arange(len(half)), 3)
        d, g = (
            f"{np.median(loss[parts[0]]):.3g} to {np.median(loss[parts[-1]]):.3g}"
            for loss in (half.d_loss, half.g_loss)
        )
        return f"from {half.unit} {half.step[0]:g} on D's loss goes from {d}, G's from {g}"
    part = (found.raw if rule == "R3" else found.log).rows(held)
    text = f"{held.sum()} of {len(held)} rows, {part.unit}s {part.step[0]:g} to {part.step[-1]:g}; "
    text += _medians(part)
    if rule == "R3":
        text += f", which cannot be below {np.median(floor(part.accuracy)):.3g}"
    return text


def _medians(log: Log) -> str:
    return (
        f"medians: D loss {np.median(log.d_loss):.3g}, accuracy "
        f"{100.0 * np.median(log.accuracy):.4g}%, G loss {np.median(log.g_loss):.3g}"
    )


def _early(log: Log) -> str:
    """Return a note where the first row lies below the floor, and on what others do; "" elsewhere.

    It is for a log of which R3 does not fire.
    """
    below = impossible(log.accuracy, log.g_loss)
    if not below[0]:
        return ""
    count = int(below.sum())
    if not below[:count].all():
        return f"note: {count} of {len(log)} rows lie below G's floor, too few for R3; look at them"
    first = f"{log.unit} {log.step[0]:g} lies"
    if count > 1:
        first = f"{log.unit}s {log.step[0]:g} to {log.step[count - 1]:g} lie"
    return (
        f"note: {first} below G's floor, the others do not: running averages of batch norm that "
        "are not in yet, as a rule harmless"
    )
