"""What a run writes: every turn, a row a workload and style, and the table that is printed."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import exp, log
from pathlib import Path
from statistics import mean, median
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.arithmetic import (
    BF16,
    SAIGEN,
    SAVINGS,
    Spread,
    Turn,
    best_other,
    by_round,
    is_saigen,
    ratios,
)
from benchmarks.workloads import SAVING, workload
from saigen.markdown import table


def rows_of(
    name: str, turns: Sequence[Turn], threads: int, clock: str, peak: float
) -> list[dict[str, Any]]:
    """Return a row a style: times, what they are beside the best PyTorch style, and FLOPs.

    Args:
      name: the workload.
      turns: its turns.
      threads: of each style.
      clock: which of `CLOCKS` says what is best, and what share of the peak was had.
      peak: FLOP/s.
    """
    rows, flops = [], workload(name).FLOPS
    for style in dict.fromkeys(turn.style for turn in turns):
        own = [turn for turn in turns if turn.style == style]
        best = best_other(turns, style, clock)
        spread = Spread.of(ratios(turns, style, best, clock))
        saving = best_other(turns, style, clock, savings=True) if name in SAVING else ""
        beside = _rounded(median(ratios(turns, style, saving, clock))) if saving else ""
        seconds = {c: median(by_round(own, style, c).values()) for c in ("wall", "cpu")}
        used = seconds["wall"] if clock == "wall" else seconds["cpu"] / threads
        rows.append(
            {
                "workload": name,
                "style": style,
                "threads": threads,
                "rounds": len(own),
                "steps_a_turn": own[0].steps,
                "wall_ms": _rounded(1e3 * seconds["wall"]),
                "cpu_ms": _rounded(1e3 * seconds["cpu"]),
                "cores": _rounded(sum(t.cpu for t in own) / sum(t.wall for t in own)),
                "clock": clock,
                "best_torch": best,
                "ratio": _rounded(spread.median),
                "ratio_least": _rounded(spread.least),
                "ratio_most": _rounded(spread.most),
                "best_with_savings": saving,
                "ratio_with_savings": beside,
                "gflop": _rounded(flops / 1e9),
                "gflops": _rounded(flops / used / 1e9),
                "share_of_peak": _rounded(flops / used / peak),
            }
        )
    return rows


def write(
    folder: Path,
    rows: Sequence[Mapping],
    turns: Mapping[str, Sequence[Turn]],
    about: Mapping[str, Any],
) -> None:
    """Write `steps.csv`, `rounds.csv`, and what the run ran on as `run.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    _write(folder / "steps.csv", rows)
    columns = [
        {
            "workload": name,
            "round": turn.number,
            "style": turn.style,
            "steps": turn.steps,
            "wall": _rounded(turn.wall, 6),
            "cpu": _rounded(turn.cpu, 6),
            "loss": _rounded(turn.loss, 6),
        }
        for name, own in turns.items()
        for turn in own
    ]
    _write(folder / "rounds.csv", columns)


def show(rows: Sequence[Mapping[str, Any]], brief: bool, console: Console | None = None) -> None:
    """Print a row a workload, or a row a style of each."""
    clock = rows[0]["clock"]
    shown = Table(title=f"A step, ratios by the {clock} clock", title_justify="left")
    for name in ("workload", "style", "CPU ms", "wall ms", "cores", "GFLOP", "of peak"):
        shown.add_column(name, justify="left" if name in ("workload", "style") else "right")
    shown.add_column("Saigen / best PyTorch" if brief else "/ best PyTorch", justify="right")
    for row in rows:
        if brief and not is_saigen(row["style"]):
            continue
        ratio = f"{row['ratio']:.2f} [{row['ratio_least']:.2f}, {row['ratio_most']:.2f}]"
        best = row["style"] == row["best_torch"]
        shown.add_row(
            row["workload"],
            f"{row['style']} / {row['best_torch']}" if brief else row["style"],
            f"{row['cpu_ms']:g}",
            f"{row['wall_ms']:g}",
            f"{row['cores']:g}",
            f"{row['gflop']:g}",
            f"{100 * row['share_of_peak']:.0f}%",
            "best" if best else ratio,
        )
    (console or Console(width=100)).print(shown)


def markdown(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of the table of docs/benchmarks.md: a row a workload and precision."""
    cells = []
    for row in rows:
        if is_saigen(row["style"]):
            stock = min(
                float(other["cpu_ms"])
                for other in rows
                if other["workload"] == row["workload"]
                and not is_saigen(other["style"])
                and "mkl" not in other["style"]
                and SAVINGS not in other["style"]
                and other["style"].endswith(BF16) == row["style"].endswith(BF16)
            )
            name = row["workload"] + row["style"].removeprefix(SAIGEN)
            spread = f"{float(row['ratio_least']):.2f} to {float(row['ratio_most']):.2f}"
            cells.append(
                [
                    f"`{name}`",
                    f"{float(row['cpu_ms']):.3g}",
                    f"{float(row['ratio']):.2f}",
                    spread,
                    f"`{row['best_torch']}`",
                    f"{float(saving):.2f}" if (saving := row.get("ratio_with_savings")) else "",
                    f"{float(row['cpu_ms']) / stock:.2f}",
                    f"{float(row['share_of_peak']):.0%}",
                ]
            )
    head = ["workload", "CPU ms", "/ best PyTorch", "over the rounds", "which"]
    return table([*head, "with our savings", "/ best stock PyTorch", "of the peak"], cells)


def geometric_mean(ratios: Iterable[float]) -> float:
    """Return the geometric mean."""
    return exp(mean(map(log, ratios)))


def _rounded(value: float, digits: int = 4) -> float:
    """Return a number to so many significant digits."""
    return float(f"{value:.{digits}g}")


def _write(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
