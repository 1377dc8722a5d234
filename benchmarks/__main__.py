"""The command: `python -m benchmarks`; see docs/benchmarks.md."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import OUTPUT
from benchmarks.agreement import agreements
from benchmarks.arithmetic import BF16, CLOCKS, SAIGEN, SAVINGS, suits
from benchmarks.mkl import build
from benchmarks.race import Worker, peak, race, workers
from benchmarks.workloads import NAMES, REDUCIBLE, SAVING

STYLES = ("eager", "plus", "compile")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for and return the exit status."""
    given = _parser().parse_args(arguments)
    if given.guard:
        from benchmarks.guard import guard

        return guard(given.write)
    if not given.torch:
        print("--torch PYTHON: a Python that has PyTorch and NumPy", file=sys.stderr)
        return 2
    names = given.only or NAMES
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        library = given.preload
        if given.repair_mkl:
            library = str(build(folder) or "")
            if not library:
                print("no C compiler: PyTorch runs without the repair", file=sys.stderr)
        return (_check if given.check else _race)(given, names, library, folder)


def _race(given: argparse.Namespace, names: Sequence[str], library: str, folder: Path) -> int:
    from benchmarks import results

    clock = given.clock or ("cpu" if given.threads == 1 else "wall")
    saving = [style + SAVINGS for style in STYLES[1:]]
    repaired = [f"{style}+mkl" for style in (*STYLES[1:], *saving)]
    styles = [*STYLES, *(repaired if library else saving)]
    if given.bf16:
        styles += [style + BF16 for style in (SAIGEN, *styles)]
    turns, peaks, load = {}, [], [os.getloadavg()[0]]
    with workers(given.torch, styles, library, given.threads) as sides:
        about = sides[styles[0]].ask("about") | sides[SAIGEN].ask("about")
        for name in names:
            peaks.append(peak(sides[SAIGEN], given.threads, clock))
            turns[name] = race(name, _taking(name, sides), given.rounds, given.seconds, folder)
            load.append(os.getloadavg()[0])
            print(f"{name}: done", file=sys.stderr, flush=True)
    rows = [
        row
        for name in names
        for row in results.rows_of(name, turns[name], given.threads, clock, max(peaks))
    ]
    about |= {
        "peak_gflops": round(max(peaks) / 1e9, 1),
        "cores": os.cpu_count(),
        "load_average": [round(x, 2) for x in (min(load), max(load))],
    }
    results.write(given.output, rows, turns, about)
    results.show(rows, given.brief)
    print(f"The peak is {max(peaks) / 1e9:.0f} GFLOP/s, a product of matrices in TensorFlow.")
    return 0


def _taking(name: str, sides: Mapping[str, Worker]) -> dict[str, Worker]:
    """Return the sides that take part in a workload."""
    kind = {"reducible": name in REDUCIBLE, "saving": name in SAVING}
    return {style: side for style, side in sides.items() if suits(style, **kind)}


def _check(given: argparse.Namespace, names: Sequence[str], library: str, folder: Path) -> int:
    failed = 0
    styles = [*STYLES, *(style + SAVINGS for style in STYLES)]
    with workers(given.torch, styles, library, given.threads) as sides:
        for name in names:
            for found in agreements(name, _taking(name, sides), folder):
                failed += not found.holds
                errors = ", ".join(f"{error:.1e}" for error in found.errors)
                losses = f"{found.saigen[-1]:.6g} and {found.torch[-1]:.6g}"
                said = "same" if found.holds else "DIFFERENT"
                print(f"{name}, {found.style}: {said}; errors {errors}; at last {losses}")
                sys.stdout.flush()
    if failed:
        print(f"{failed} beyond the tolerances of benchmarks.agreement")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("--torch", metavar="PYTHON", help="a Python that has PyTorch")
    parser.add_argument("--threads", type=int, default=1, help="of each side")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=0.25, help="CPU seconds of a turn")
    parser.add_argument("--clock", choices=CLOCKS, help="what ratios go by: cpu at one thread")
    parser.add_argument("--only", nargs="+", choices=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--brief", action="store_true", help="print a row a workload")
    parser.add_argument("--bf16", action="store_true", help="also with products in bfloat16")
    repair = parser.add_mutually_exclusive_group()
    repair.add_argument("--preload", metavar="LIB", default="", help="also run PyTorch with it")
    repair.add_argument("--repair-mkl", action="store_true", help="build that library for AMD")
    parser.add_argument("--check", action="store_true", help="compare losses instead of times")
    parser.add_argument("--guard", action="store_true", help="a minute for CI, without PyTorch")
    parser.add_argument("--write", action="store_true", help="with --guard: write its file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
