"""What `saigen diagnose` reads: printed lines and CSV, in many spellings, and bad input."""

import numpy as np
import pytest

from saigen.cli import main
from saigen.diagnose import diagnose
from saigen.diagnose.log import parse_log
from saigen.errors import SaigenError


@pytest.mark.parametrize(
    "text",
    [
        "1 [D loss: 0.7, d_acc: 0.75] [G loss: 0.7]\n",
        "d_loss,acc.,g_loss\n0.7,75,0.7\n",
        "d_loss,acc (%),g_loss\n0.7,75,0.7\n",
        "d_loss,D_accuracy,g_loss\n0.7,0.75,0.7\n",
    ],
)
def test_other_spellings_of_accuracy_are_read(text):
    assert parse_log(text, "log").accuracy == [0.75]


def test_an_accuracy_above_1_by_rounding_is_no_per_cent():
    text = "d_loss,acc,g_loss\n0.1,1.0000001,2.0\n0.1,0.99,2.0\n"
    assert parse_log(text, "log").accuracy.tolist() == [1.0, 0.99]


def test_csv_is_read_with_shares_or_per_cent():
    share = "iteration,D_loss,acc,G_loss\n1,0.7,0.5,0.7\n2,0.6,0.8,0.9\n"
    cent = "d_loss;g_loss;accuracy\n0.7;0.7;50%\n0.6;0.9;80%\n"
    np.testing.assert_allclose(parse_log(share, "a").accuracy, [0.5, 0.8])
    np.testing.assert_allclose(parse_log(cent, "b").accuracy, [0.5, 0.8])
    assert list(parse_log(share, "a").step) == [1.0, 2.0]


@pytest.mark.parametrize(
    ("written", "shares"),
    [
        (("54.69", "100"), (0.5469, 1.0)),
        (("0.5469", "1.0"), (0.5469, 1.0)),
        (("54.69%", "100%"), (0.5469, 1.0)),
        (("0.39%", "0.78%"), (0.0039, 0.0078)),  # swapped labels: all below 1, and no shares
    ],
)
def test_accuracies_are_inferred_alike_in_printed_lines_and_csv(written, shares):
    printed = "".join(f"{n} [D loss: 0.7, acc: {a}] [G loss: 0.7]\n" for n, a in enumerate(written))
    rows = "".join(f"0.7,{a},0.7\n" for a in written)
    for text in (printed, f"d_loss,acc,g_loss\n{rows}"):
        np.testing.assert_allclose(parse_log(text, "log").accuracy, shares)


def test_per_cents_in_another_column_say_nothing_of_the_accuracy():
    text = "done,d_loss,acc,g_loss\n50%,0.7,0.5,0.7\n100%,0.6,0.8,0.9\n"
    np.testing.assert_allclose(parse_log(text, "log").accuracy, [0.5, 0.8])


def test_other_forms_of_the_line_are_read():
    line = "[Epoch 3/200] [Batch 7/100] [D loss: 1e-3, acc:  98%, op_acc: 11%] [G loss: nan]"
    log = parse_log(f"Using TensorFlow backend.\n{line}\n", "log")
    assert (log.step[0], log.d_loss[0], log.accuracy[0]) == (3.0, 1e-3, 0.98)
    assert diagnose(log).lost == 3.0 and log.unit == "epoch"


TURNING = [("100%", 0.005)] * 20 + [("50%", 0.7)] * 60  # a wiring fault, then balance


@pytest.mark.parametrize(
    ("line", "unit", "first"),
    [
        ("{0} [D loss: 0.69, acc.: {1}] [G loss: {2}]", "iteration", 51.0),
        ("Epoch {0} [D loss: 0.69, acc.: {1}] [G loss: {2}]", "epoch", 1.0),
        ("[Epoch 1/9] [Batch {0}] [D loss: 0.69, acc.: {1}] [G loss: {2}]", "row", 1.0),
        ("[D loss: 0.69, acc.: {1}] [G loss: {2}]", "row", 1.0),
    ],
)
def test_only_iterations_of_the_log_have_a_warm_up(line, unit, first):
    lines = (line.format(at, *row) for at, row in enumerate(TURNING, start=1))
    found = diagnose(parse_log("\n".join(lines), "log"))
    assert (found.log.unit, found.log.step[0]) == (unit, first)
    assert ("R3" in found.fires) == (unit != "iteration")


@pytest.mark.parametrize(
    ("heading", "unit", "first"),
    [
        ("iteration,", "iteration", 51.0),
        ("epoch,", "epoch", 1.0),
        ("", "row", 1.0),
        ("iter,epoch,", "iteration", 51.0),
    ],
)
def test_a_csv_without_iterations_has_no_warm_up(heading, unit, first):
    columns = heading.count(",")
    rows = "".join(f"{at}," * columns + f"0.69,{a},{g}\n" for at, (a, g) in enumerate(TURNING, 1))
    found = diagnose(parse_log(f"{heading}d_loss,acc,g_loss\n{rows}", "log.csv"))
    assert (found.log.unit, found.log.step[0]) == (unit, first)


def test_a_csv_of_repeated_epochs_is_read_by_rows():
    rows = "".join(f"{at // 10},0.69,{a},{g}\n" for at, (a, g) in enumerate(TURNING))
    log = parse_log(f"epoch,d_loss,acc,g_loss\n{rows}", "log.csv")
    assert log.unit == "row" and list(log.step[:2]) == [1.0, 2.0]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        ("d_loss,acc,g_loss\n" + "1" * 200_000, "not a table: field larger than field limit"),
        ("hello\nworld\n", "no line is one of a GAN"),
        ("5 [D loss: 0.3] [G loss: 0.5]\n", "no accuracy"),
        ("d_loss,g_loss\n1,2\n", "no column accuracy"),
        ("d_loss,acc,g_loss\n", "no rows"),
        ("d_loss,acc,g_loss\n1,2\n", "row 1: 2 cells"),
        ("d_loss,acc,g_loss\n1,much,2\n", "`much` is not a number"),
        ("1 [D loss: 0.3, acc.: 150%] [G loss: 0.5]\n", "outside"),
    ],
)
def test_bad_input_is_told_in_a_line(tmp_path, capsys, text, word):
    (tmp_path / "log").write_text(text)
    assert main(["diagnose", str(tmp_path / "log")]) == 1
    told = capsys.readouterr().err
    assert word in told and told.count("\n") == 1


def test_files_that_are_no_logs(tmp_path, capsys):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00\x81")
    assert main(["diagnose", str(tmp_path / "binary")]) == 1
    assert main(["diagnose", str(tmp_path / "none")]) == 1
    assert "not a text file" in capsys.readouterr().err
    with pytest.raises(SaigenError):
        parse_log("\n\n", "log")
