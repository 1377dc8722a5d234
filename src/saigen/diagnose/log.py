"""Reading a GAN's training log: lines as Keras-GAN prints them, or CSV with named columns.

A line has `[D loss: 0.694652, acc.: 54.69%] [G loss: 1.168186]`, whatever stands before and
between; lines without a loss of D are passed over. A CSV has a column for each of `COLUMNS`.
Accuracies are shares or per cent, with the sign or without. Where a log has no iterations, or
repeats them (some lines an epoch), its rows are numbered instead.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from saigen.errors import SaigenError

#: What is read of a log, and the names that CSV columns may have for it.
COLUMNS = {
    "step": ("step", "it", "iter", "iteration", "epoch", "batch"),
    "d_loss": ("d_loss", "loss_d", "dloss", "discriminator_loss", "critic_loss"),
    "accuracy": ("accuracy", "acc", "d_acc", "d_accuracy", "discriminator_accuracy"),
    "g_loss": ("g_loss", "loss_g", "gloss", "generator_loss"),
}
_NUMBER = r"([-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|inf))"
_STEP = re.compile(r"^(\D*?)(\d+)")
_D_LOSS = re.compile(rf"\bD[ _]loss\s*[:=]?\s*{_NUMBER}", re.IGNORECASE)
_ACCURACY = re.compile(rf"(?:\bD_|\b)acc(?:uracy)?\.?\s*[:=]?\s*{_NUMBER}\s*(%?)", re.IGNORECASE)
_G_LOSS = re.compile(rf"\bG[ _]loss\s*[:=]?\s*{_NUMBER}", re.IGNORECASE)
#: What may stand after a column's name.
_PLAIN = re.compile(r"[.%()\s]+$|^%\s*")
#: Accuracies in shares may be above 1 by rounding, per cents are above it by more.
_ROUNDING = 1.01
#: step, loss of D, accuracy, loss of G.
Row = tuple[float, float, float, float]
_WANTED = (
    "lines such as `50 [D loss: 0.69, acc.: 50.00%] [G loss: 0.70]`, "
    "or CSV with columns step, d_loss, accuracy, g_loss"
)


@dataclass(frozen=True)
class Log:
    """A training log, a row a logged iteration.

    Attributes:
      step: [row] the iterations, in the log's own order, or what else counts its rows.
      d_loss: [row] mean of the discriminator's cross-entropies on real images and fakes, in nats.
      accuracy: [row] share in [0, 1] of real images and fakes, as many of each, told right.
      g_loss: [row] the generator's cross-entropy −E log D(G(z)), in nats.
      unit: what `step` counts: `iteration`, `epoch`, or `row` where the log has neither.
    """

    step: np.ndarray
    d_loss: np.ndarray
    accuracy: np.ndarray
    g_loss: np.ndarray
    unit: str = "iteration"

    def __len__(self) -> int:
        return len(self.step)

    def rows(self, chosen: np.ndarray) -> Log:
        """Return the rows that a mask or indices choose."""
        return Log(*(column[chosen] for column in self.columns), unit=self.unit)

    @property
    def columns(self) -> tuple[np.ndarray, ...]:
        """step, d_loss, accuracy, g_loss."""
        return self.step, self.d_loss, self.accuracy, self.g_loss


def read_log(path: Path) -> Log:
    """Read a training log.

    Raises:
      SaigenError: the file is no text, has no line of a known form, or a value is no number; the
        message names the line.
      OSError: it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SaigenError(f"{path}: not a text file; wanted: {_WANTED}") from None
    return parse_log(text, str(path))


def parse_log(text: str, where: str) -> Log:
    """Read the text of a log; `where` names it in messages. Raises as `read_log` does."""
    rows, unit = _printed(text.splitlines(), where)
    if not rows:
        rows, unit = _separated(text, where)
    log = Log(*(np.array(column, np.float64) for column in zip(*rows, strict=True)), unit=unit)
    # Some epochs hold many lines: their number alone would not tell the rows apart.
    if not np.isfinite(log.step).all() or len(set(log.step)) < len(log):
        log = replace(log, step=np.arange(1.0, len(log) + 1.0), unit="row")
    known = log.accuracy[np.isfinite(log.accuracy)]
    if known.size and (known.min() < 0.0 or known.max() > 1.0):
        raise SaigenError(f"{where}: accuracies lie outside 0 to 100%")
    return log


def _printed(lines: Iterable[str], where: str) -> tuple[list[Row], str]:
    """Return the rows of printed lines and their unit; none where no line has a loss of D."""
    rows, unit, signed = [], "iteration", False
    for number, line in enumerate(lines, start=1):
        d_loss, g_loss = _D_LOSS.search(line), _G_LOSS.search(line)
        if d_loss is None or g_loss is None:
            continue
        accuracy = _ACCURACY.search(line)
        if accuracy is None:
            raise SaigenError(
                f"{where}:{number}: no accuracy of D (`acc.: 54.69%`): the rules need it; log the "
                "share of real images and fakes that D tells right"
            )
        signed |= bool(accuracy[2])
        step = _STEP.search(line[: d_loss.start()])
        at = float(step[2]) if step else np.nan
        if step and "epoch" in step[1].lower():
            unit = "epoch"
        rows.append((at, float(d_loss[1]), float(accuracy[1]), float(g_loss[1])))
    return _in_shares(rows, signed), unit


def _separated(text: str, where: str) -> tuple[list[Row], str]:
    """Return the rows of a CSV and their unit."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise SaigenError(f"{where}: the log is empty; wanted: {_WANTED}")
    delimiter = max(",;\t", key=lines[0].count)
    try:
        names, *body = csv.reader(lines, delimiter=delimiter)
    except csv.Error as problem:
        raise SaigenError(f"{where}: not a table: {problem}; wanted: {_WANTED}") from None
    heading = [_PLAIN.sub("", name.strip().lower()).strip().replace(" ", "_") for name in names]
    places = {
        column: next((heading.index(name) for name in known if name in heading), None)
        for column, known in COLUMNS.items()
    }
    missing = [name for name in places if places[name] is None and name != "step"]
    if missing:
        what = "no line is one of a GAN" if len(missing) == 3 else f"no column {missing[0]}"
        raise SaigenError(f"{where}: {what}; wanted: {_WANTED}")
    if not body:
        raise SaigenError(f"{where}: a heading and no rows")
    rows = []
    for number, cells in enumerate(body, start=1):
        row = [
            np.nan if place is None else _number(cells, place, f"{where}: row {number}")
            for place in places.values()
        ]
        rows.append(tuple(row))
    at, accuracy = places["step"], places["accuracy"]
    signed = any("%" in cells[accuracy] for cells in (names, *body))
    unit = "epoch" if at is not None and heading[at] == "epoch" else "iteration"
    return _in_shares(rows, signed), unit


def _in_shares(rows: list[Row], signed: bool) -> list[Row]:
    """Return rows with accuracies as shares: in per cent they are signed so, or one is above 1.

    Above it by more than rounding, which is taken away.
    """
    # Without a sign: no discriminator is right so seldom that all per cents stay below 1.
    known = [row[2] for row in rows if np.isfinite(row[2])]
    if signed or max(known, default=0.0) > _ROUNDING:
        return [(step, d, accuracy / 100.0, g) for step, d, accuracy, g in rows]
    return [(step, d, min(accuracy, 1.0), g) for step, d, accuracy, g in rows]


def _number(cells: list[str], place: int, where: str) -> float:
    if place >= len(cells):
        raise SaigenError(f"{where}: {len(cells)} cells, fewer than the heading names")
    try:
        return float(cells[place].strip().rstrip("%") or "nan")
    except ValueError:
        raise SaigenError(f"{where}: `{cells[place]}` is not a number") from None
