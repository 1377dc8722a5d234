"""`saigen diagnose`: the article's two logs, each rule, and the bound."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saigen.cli import main
from saigen.diagnose import Log, diagnose, floor
from saigen.diagnose.log import parse_log
from saigen.diagnose.rules import floor_by_loss
from saigen.diagnose.show import told

HEALTHY = Path(__file__).parent / "logs" / "healthy.txt"
# The article's "failure" spans iterations 50 to 5350 within these bounds; its lines are known by
# their range alone, which is all that the rules read.
FAILURE = "".join(
    f"{50 + 100 * n} [D loss: {d:.6f}, acc.: {a:.2f}%] [G loss: {g:.6f}]\n"
    for n, (d, a, g) in enumerate(
        zip(
            np.linspace(0.0004, 0.0064, 54),
            np.linspace(100.0, 99.2, 54),
            np.linspace(0.0082, 0.0002, 54),
            strict=True,
        )
    )
)


def log_of(accuracy, d_loss, g_loss, rows=60):
    columns = (np.broadcast_to(x, rows).astype(float) for x in (d_loss, accuracy, g_loss))
    return Log(np.arange(rows) * 50.0 + 50.0, *columns)


def test_the_articles_failure_is_a_wiring_fault():
    log = parse_log(FAILURE, "failure.txt")
    assert len(log) == 54 and log.step[-1] == 5350.0 and log.accuracy[-1] == pytest.approx(0.992)
    assert diagnose(log).fires == ("R3",)


def test_the_articles_healthy_log_is_one_in_which_d_pulls_ahead_at_last():
    found = diagnose(parse_log(HEALTHY.read_text(), "healthy.txt"))
    assert found.fires == ("R5",)
    # Iterations 700 to 1400 stand at the equilibrium.
    balanced = found.log.step[found.rows["R2"]]
    assert set(range(700, 1401)) >= set(balanced[balanced >= 700]) and 800 in balanced


@pytest.mark.parametrize(
    ("accuracy", "d_loss", "g_loss", "rules"),
    [
        (0.99, 0.02, 6.0, ("R1",)),
        (0.50, 0.69, 0.70, ("R2",)),
        (1.00, 0.001, 0.005, ("R3",)),
        (1.00, 0.010, 0.500, ("R3",)),  # all fakes rejected, and a loss of G below ln 2
        (1.00, 0.010, 0.700, ()),
        (0.99, 0.010, 0.500, ()),  # the fakes that D missed may hold it down
        (0.30, 0.80, 0.50, ("R4",)),
        (0.75, 0.50, 1.30, ()),
        (0.60, np.linspace(0.7, 0.4, 60), np.linspace(0.7, 1.8, 60), ("R5",)),
    ],
)
def test_each_rule_fires_on_what_it_is_about(accuracy, d_loss, g_loss, rules):
    assert diagnose(log_of(accuracy, d_loss, g_loss)).fires == rules


@pytest.mark.parametrize(("rows", "fires"), [(6, True), (5, False)])
def test_all_fakes_rejected_below_ln2_needs_a_tenth_of_the_rows(rows, fires):
    few = np.arange(60) >= 60 - rows
    log = log_of(np.where(few, 1.0, 0.75), 0.3, np.where(few, 0.5, 1.3))
    assert ("R3" in diagnose(log).fires) == fires


@given(st.lists(st.floats(0.001, 0.999), min_size=1, max_size=50), st.integers(0, 50))
def test_no_discriminator_can_go_below_the_floor(on_fakes, right_on_real):
    """(2a − 1) ln 2 bounds −mean log D(G(z)) for any outputs of one D on as many images."""
    on_fakes, n = np.array(on_fakes), len(on_fakes)
    right = min(right_on_real, n) + (on_fakes < 0.5).sum()
    assert -np.log(on_fakes).mean() >= floor(right / (2 * n)) - 1e-12


@given(
    st.lists(st.floats(0.001, 0.999), min_size=1, max_size=50),
    st.lists(st.floats(0.001, 0.999), min_size=1, max_size=50),
)
def test_no_discriminator_can_go_below_the_floor_of_its_loss(on_fakes, on_real):
    """−log(1 − e⁻²ᵈ) bounds −mean log D(G(z)) for any outputs of one D, on data and on fakes."""
    on_fakes, on_real = np.array(on_fakes), np.array(on_real)
    d_loss = (-np.log(on_real).mean() - np.log1p(-on_fakes).mean()) / 2.0
    assert -np.log(on_fakes).mean() >= floor_by_loss(d_loss) * (1.0 - 1e-9)


def test_a_d_that_has_won_is_strong_and_no_wiring_fault(tmp_path, capsys):
    """Keras clips at −log 1e-7, and prints what is left of D's loss as 0."""
    log = tmp_path / "strong.log"
    line = "[D loss: 0.000000, acc.: 100.00%] [G loss: 16.118095]"
    log.write_text("".join(f"{50 * n} {line}\n" for n in range(1, 60)))
    assert main(["diagnose", str(log)]) == 0
    printed = capsys.readouterr()
    assert "R1" in printed.out and "S1" not in printed.out and printed.err == ""


@pytest.mark.parametrize(
    ("accuracy", "d_loss", "g_loss", "signs"),
    [
        (0.9998, 5e-4, 0.9, ("S1",)),  # batch norm apart: no rule fires
        (0.75, 0.50, 1.30, ()),
        (0.99, 0.02, 6.0, ()),
        (0.50, 0.69, 0.70, ()),
        (0.30, 0.76, 0.50, ()),
        (0.40, 0.85, 0.60, ("S2",)),  # D unlearns in G's step what it learns in its own
    ],
)
def test_signs_are_of_what_one_good_discriminator_cannot_do(accuracy, d_loss, g_loss, signs):
    found = diagnose(log_of(accuracy, d_loss, g_loss))
    assert found.signs == signs and not (signs and found.fires)


def test_a_sign_of_a_wiring_fault_is_told_and_ends_with_1(tmp_path, capsys):
    d, g = np.linspace(0.02, 0.0004, 60), np.linspace(0.5, 1.1, 60)
    pairs = enumerate(zip(d, g, strict=True))
    lines = [f"{n} [D loss: {a}, acc.: 99.98%] [G loss: {b}]" for n, (a, b) in pairs]
    (tmp_path / "log").write_text("\n".join(lines))
    assert main(["diagnose", str(tmp_path / "log")]) == 1
    told = capsys.readouterr().out
    assert "S1: a wiring fault" in told and "batch norm" in told
    assert "R5" not in told  # it does hold, and means nothing here


def test_a_weak_discriminator_that_catches_up_does_not_pull_ahead():
    found = diagnose(log_of(0.45, np.linspace(0.79, 0.75, 60), np.linspace(0.43, 0.52, 60)))
    assert found.fires == ()


@pytest.mark.parametrize("rows", [100, 1000, 5000])
def test_the_signature_is_counted_on_all_rows_of_a_long_log(rows):
    """By medians of periods it would vanish wherever it holds in fewer than half of the rows."""
    at = np.random.default_rng(0).random(rows) < 0.15
    found = diagnose(log_of(np.where(at, 1.0, 0.75), 0.4, np.where(at, 0.1, 1.3), rows))
    assert "R3" in found.fires
    assert found.rows["R3"].sum() == at[-len(found.raw) :].sum()


def test_rows_without_an_accuracy_are_passed_over():
    rows = "".join(f"{n},0.6,{0.7 if n % 10 == 0 else ''},0.9\n" for n in range(200))
    found = diagnose(parse_log(f"iteration,d_loss,acc,g_loss\n{rows}", "log.csv"))
    assert found.lost is None and len(found.raw) == 14


def test_a_long_log_is_read_by_medians_of_periods():
    noisy = log_of(np.where(np.arange(5000) % 10, 0.99, 0.5), 0.02, 6.0, rows=5000)
    found = diagnose(noisy)
    assert found.fires == ("R1",) and len(found.log) == 100


@pytest.mark.parametrize(
    ("below", "words"),
    [
        ([0], "iteration 50 lies below G's floor, the others do not"),
        ([0, 1, 2], "iterations 50 to 150 lie below G's floor, the others do not"),
        ([0, 30], "2 of 60 rows lie below G's floor"),
        ([30], ""),
    ],
)
def test_the_note_on_first_rows_says_what_the_others_do(below, words):
    at = np.isin(np.arange(60), below)
    log = log_of(np.where(at, 1.0, 0.5), 0.69, np.where(at, 0.005, 0.7))
    notes = [line for line in told("log", log, diagnose(log)) if line.startswith("note")]
    assert words in notes[0] if words else not notes


def test_the_command_says_rule_why_and_what_to_try(tmp_path, capsys):
    (tmp_path / "failure.txt").write_text(FAILURE)
    assert main(["diagnose", str(tmp_path / "failure.txt")]) == 1
    told = capsys.readouterr().out
    assert "R3: a wiring fault" in told and "frozen" in told and "0.68" in told
    assert main(["diagnose", str(HEALTHY)]) == 0
    told = capsys.readouterr().out
    assert "R5" in told and "iteration 50 lies below" in told


def test_other_losses_are_not_judged():
    assert diagnose(log_of(0.9, -3.0, -2.0)).foreign and not diagnose(log_of(0.9, -1, 1)).fires


@pytest.mark.filterwarnings("error")
def test_a_log_of_nothing_but_nan_is_of_a_run_that_diverged(tmp_path, capsys):
    (tmp_path / "log.csv").write_text("epoch,d_loss,acc,g_loss\n0,nan,nan,nan\n1,nan,nan,nan\n")
    assert main(["diagnose", str(tmp_path / "log.csv")]) == 0
    told = capsys.readouterr().out
    assert "the run diverged" in told and "no row is left to read" in told
