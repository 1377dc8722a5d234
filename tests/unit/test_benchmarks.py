"""The benchmarks' arithmetic, and that every workload names both sides. PyTorch is not run."""

import ast
import csv
import math
import shutil
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import (
    agreement,
    arithmetic,
    flops,
    gate,
    growth,
    guard,
    mkl,
    race,
    results,
    rows,
    workloads,
)
from benchmarks.arithmetic import SAIGEN, Spread, Turn

HERE = Path(workloads.__file__).parent


def turns_of(style, seconds, steps=1):
    """Return turns whose CPU seconds a step are given and whose wall seconds are ten times that."""
    return [
        Turn(style, number, steps, 10.0 * steps * each, steps * each, 0.0)
        for number, each in enumerate(seconds)
    ]


def test_every_second_round_goes_the_other_way():
    assert arithmetic.order(["a", "b", "c"], 0) == ["a", "b", "c"]
    assert arithmetic.order(["a", "b", "c"], 1) == ["c", "b", "a"]
    # A machine that slows down linearly costs every style the same over two rounds.
    places = [arithmetic.order("abc", number).index(style) for style in "abc" for number in (0, 1)]
    assert [sum(places[i : i + 2]) for i in (0, 2, 4)] == [2, 2, 2]


def test_the_best_other_style_has_the_least_median_and_is_never_saigen():
    turns = turns_of(SAIGEN, [0.1] * 3) + turns_of("eager", [3.0, 3.0, 3.0])
    turns += turns_of("plus", [2.0, 2.0, 9.0]) + turns_of("compile", [1.0, 2.5, 2.5])
    assert arithmetic.best_other(turns, "saigen", "cpu") == "plus"


def test_each_precision_is_compared_with_its_own():
    turns = turns_of(SAIGEN, [2.0]) + turns_of("eager", [3.0]) + turns_of("plus", [4.0])
    turns += turns_of("saigen+bf16", [0.1]) + turns_of("plus+mkl+bf16", [1.0])
    assert arithmetic.best_other(turns, "plus", "cpu") == "eager"
    assert arithmetic.best_other(turns, "saigen+bf16", "cpu") == "plus+mkl+bf16"


def test_plain_steps_and_those_with_savings_are_compared_apart():
    turns = turns_of(SAIGEN, [1.0]) + turns_of("plus", [2.0]) + turns_of("plus+savings+mkl", [1.5])
    assert arithmetic.best_other(turns, SAIGEN, "cpu") == "plus"
    assert arithmetic.best_other(turns, SAIGEN, "cpu", savings=True) == "plus+savings+mkl"
    rows = results.rows_of("bound", turns, threads=1, clock="cpu", peak=2e11)
    assert (rows[0]["ratio"], rows[0]["ratio_with_savings"]) == (0.5, 0.6667)
    assert "| 0.50 to 0.50 | `plus` | 0.67 | 0.50 |" in "\n".join(results.markdown(rows))


@pytest.mark.parametrize(
    ("style", "reducible", "saving", "wanted"),
    [
        ("plus", False, False, True),
        ("plus+savings", True, False, False),
        ("plus+savings+mkl", False, True, True),
        ("saigen+bf16", False, True, False),
        ("saigen+bf16", True, False, True),
    ],
)
def test_a_style_takes_part_where_it_says_something(style, reducible, saving, wanted):
    assert arithmetic.suits(style, reducible, saving) == wanted


@pytest.mark.parametrize("name", workloads.SAVING)
def test_a_saving_is_told(name):
    assert "Saving" in (workloads.workload(name).__doc__ or "")


def test_ratios_are_round_by_round_and_a_step():
    # Saigen takes three steps a turn, the other one; both get slower in the second round.
    turns = turns_of(SAIGEN, [1.0, 4.0], steps=3) + turns_of("plus", [2.0, 8.0])
    assert arithmetic.ratios(turns, SAIGEN, "plus", "cpu") == [0.5, 0.5]
    assert arithmetic.ratios(turns, "plus", SAIGEN, "wall") == [2.0, 2.0]
    assert arithmetic.by_round(turns, SAIGEN, "wall") == {0: 10.0, 1: 40.0}


def test_the_median_of_ratios_is_no_ratio_of_medians():
    turns = turns_of(SAIGEN, [1.0, 2.0, 3.0]) + turns_of("plus", [4.0, 2.0, 1.0])
    spread = Spread.of(arithmetic.ratios(turns, SAIGEN, "plus", "cpu"))
    assert (spread.median, spread.least, spread.most) == (1.0, 0.25, 3.0)


@given(st.floats(1e-6, 100.0), st.floats(1e-3, 10.0))
def test_a_turn_is_long_enough_and_no_step_longer(each, turn):
    steps = arithmetic.repeats(each, turn)
    assert steps * each >= turn * (1 - 1e-9)
    assert steps == 1 or (steps - 1) * each <= turn * (1 + 1e-9)


def test_a_ratio_is_told_slow_or_fast_only_twice_beyond_its_interval():
    interval = {"least": 1.0, "most": 3.0}
    said = [arithmetic.verdict(ratio, interval) for ratio in (0.4, 0.6, 2.0, 5.9, 6.1)]
    assert said == ["fast", "fine", "fine", "fine", "slow"]


def test_losses_near_zero_are_compared_as_they_are():
    assert arithmetic.relative_error(1e-6, 0.0) == 1e-6
    assert arithmetic.relative_error(101.0, 100.0) == pytest.approx(0.01)


def test_an_agreement_fails_where_a_loss_is_another_or_no_number():
    def holds(*losses):
        return agreement.Agreement("gumbel_vae", "eager", [100.0, 90.0], list(losses)).holds

    assert holds(100.0, 90.0) and holds(100.001, 90.001)
    assert not holds(100.0, 90.1)
    assert not holds(100.1, 90.0)
    assert not holds(100.0, math.nan)


@pytest.mark.parametrize("name", workloads.NAMES)
def test_a_workload_names_both_sides_and_imports_neither_framework(name):
    module = workloads.workload(name)
    assert callable(module.saigen) and callable(module.torch)
    assert module.FLOPS > 1e7
    top = ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8")).body
    imported = [ast.unparse(node) for node in top if isinstance(node, ast.Import | ast.ImportFrom)]
    assert not [line for line in imported if "tensorflow" in line or "torch" in line]
    assert "Compared: " in (module.__doc__ or "")


def test_every_file_of_a_workload_is_listed():
    files = {path.stem for path in HERE.glob("*.py")} - {"__init__"}
    assert files == set(workloads.NAMES)


def test_flops_of_a_resnet_are_those_of_its_multiplications():
    from saigen.papers.resnet20.networks import multiplications

    for name, kind, stem in (
        ("resnet20", "he", flops.conv(32, 3, 3, 16)),
        ("resnet20_lab", "lab", flops.conv(18, 3, 3, 32)),
    ):
        found = workloads.workload(name).FLOPS
        assert found == 2.0 * 128 * (3 * multiplications(kind) - stem)


def test_flops_of_two_layers_by_hand():
    # 2·3 and 3·1 multiply-adds: forward, to both weights, and back through the second layer.
    assert flops.training(10, [flops.dense(2, 3), flops.dense(3, 1)]) == 2 * 10 * (9 + 9 + 3)
    assert flops.dense(2, 3, 1) == 9
    assert flops.conv(4, 3, 2, 5) == 16 * 9 * 10


def test_what_a_run_writes_and_prints(tmp_path, capsys):
    turns = turns_of(SAIGEN, [0.01, 0.02], steps=5) + turns_of("plus", [0.02, 0.02])
    rows = results.rows_of("gumbel_vae", turns, threads=1, clock="cpu", peak=2e11)
    results.write(tmp_path, rows, {"gumbel_vae": turns}, {"torch": "2"})
    with (tmp_path / "steps.csv").open(encoding="utf-8", newline="") as file:
        ours, theirs = csv.DictReader(file)
    assert ours["style"] == SAIGEN and ours["best_torch"] == "plus"
    assert float(ours["ratio"]) == 0.75 and float(theirs["ratio"]) == 1.0
    assert float(ours["cores"]) == pytest.approx(0.1)
    share = workloads.workload("gumbel_vae").FLOPS / 0.015 / 2e11
    assert float(ours["share_of_peak"]) == pytest.approx(share, rel=1e-3)
    assert len((tmp_path / "rounds.csv").read_text(encoding="utf-8").splitlines()) == 5
    results.show(rows, brief=True)
    printed = capsys.readouterr().out
    assert "0.75 [0.50, 1.00]" in printed and "gumbel_vae" in printed


def test_a_race_asks_all_styles_for_the_same_rounds(tmp_path):
    class Fake:
        def __init__(self):
            self.asked = []

        def ask(self, method, **arguments):
            self.asked.append((method, arguments))
            return {"loss": 1.0, "wall": 0.2, "cpu": 0.1} if method == "take" else {}

    sides = {SAIGEN: Fake(), "plus": Fake()}
    turns = race.race("bound", sides, 3, 0.25, tmp_path)
    styles = [turn.style for turn in turns]
    assert styles == [SAIGEN, "plus", "plus", SAIGEN, SAIGEN, "plus"]
    assert {turn.steps for turn in turns} == {3}
    # Both begin with the weights that Saigen's side wrote.
    assert sides[SAIGEN].asked[0] == sides["plus"].asked[0]


def test_the_guard_compares_with_its_file(tmp_path, monkeypatch, capsys):
    path = tmp_path / "guard.json"
    monkeypatch.setattr(guard, "measured", lambda: {"resnet20": Spread(10.0, 9.0, 12.0)})
    assert guard.guard(write=True, path=path) == 0
    assert guard.guard(write=False, path=path) == 0
    monkeypatch.setattr(guard, "measured", lambda: {"resnet20": Spread(25.0, 24.0, 26.0)})
    assert guard.guard(write=False, path=path) == 1
    assert "slow" in capsys.readouterr().out


def test_the_repair_is_built_where_there_is_a_compiler(tmp_path, monkeypatch):
    built = mkl.build(tmp_path)
    assert (built is None) == (shutil.which("cc") is None)
    assert built is None or built.stat().st_size > 0
    monkeypatch.setattr(mkl, "which", lambda name: None)
    assert mkl.build(tmp_path) is None


def run_folder(root, paper, name, metric, values):
    folder = root / paper / name
    folder.mkdir(parents=True)
    rows = [f"{step},{metric},{value},0.1" for step, value in enumerate(values)]
    (folder / "metrics.csv").write_text("\n".join(["step,metric,value,wall_seconds", *rows]) + "\n")


def test_the_gate_compares_where_like_runs_ended(tmp_path):
    full, reduced = tmp_path / "float32", tmp_path / "bfloat16"
    for seed in range(8):
        name = f"dcgan/only/seed{seed}"
        run_folder(full, "near", name, "frechet", [9.0, 2.0 + seed])
        run_folder(reduced, "near", name, "frechet", [1.0, (2.0 + seed) * (1.01 + 0.001 * seed)])
        run_folder(full, "far", name, "test_loss", [1.0])
        run_folder(reduced, "far", name, "test_loss", [1.2])
    run_folder(reduced, "near", "dcgan/only/seed8", "frechet", [100.0])  # has no like
    far, near = gate.rows(full, reduced)
    assert (far.paper, far.metric, far.runs, far.passes) == ("far", "test_loss", 8, False)
    assert far.ratio == pytest.approx(1.2) == far.low == far.high
    assert (near.runs, near.passes) == (8, True)
    assert near.ratio == pytest.approx(np.exp(np.log([1.01 + 0.001 * s for s in range(8)]).mean()))


def test_exponents_are_between_the_two_largest_sizes():
    assert growth.exponent_of({100: 8.0, 10: 2.0, 1: 1.0}) == pytest.approx(math.log10(4))


def test_every_sweep_grows():
    for sweep in growth.sweeps():
        assert list(sweep.sizes) == sorted(sweep.sizes) and len(sweep.sizes) > 2


class Mixed(NamedTuple):
    """One of each kind."""

    name: str
    count: int
    share: float
    holds: bool


def test_rows_are_read_as_they_were_written(tmp_path):
    written = [Mixed("a, b", 3, 1 / 3, True), Mixed("c", 0, float("inf"), False)]
    rows.write(tmp_path / "new" / "rows.csv", written)
    assert rows.read(tmp_path / "new" / "rows.csv", Mixed) == [
        written[0]._replace(share=0.3333), written[1],
    ]  # fmt: skip


def test_operations_are_those_of_a_step():
    from benchmarks import operations
    from benchmarks.workloads import workload

    rows = operations.measured(workload("gumbel_sbn").saigen())
    assert rows == sorted(rows, key=lambda row: -row.milliseconds)
    products = sum(row.calls for row in rows if "MatMul" in row.operation)
    # Three affine maps forwards, and backwards twice each but for the images'.
    assert products == pytest.approx(8, abs=0.01)
