"""Numbers, times and columns as the page writes them."""

import pandas as pd
import pytest

from saigen.report import text as words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (5, "5"), (2017, "2017"), (545000, "545\u202f000"), (59.71234, "59.71"),
        (-0.00123456, "−0.001235"), (1.5e-7, "1.500e−7"), (float("inf"), "∞"), (None, "–"),
    ],
)  # fmt: skip
def test_numbers(value, text):
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.42, "0.4 s"),
        (41, "41 s"),
        (59.7, "1 min 00 s"),
        (3599.9, "1 h 00 min"),
        (276000, "3 d 4 h"),
    ],
)
def test_durations(seconds, text):
    assert words.duration(seconds) == text


def test_columns_line_up_at_their_points():
    assert words.column(pd.Series([59.123, 112.0, None])) == (["59.12", "112.00", "–"], True)
    assert words.column(pd.Series([58.9, 72.0])) == (["58.9", "72.0"], True)
    assert words.column(pd.Series([1e-6, 3.0])) == (["1.000e−6", "3"], True)
    assert words.column(pd.Series([5000, 10000])) == (["5\u202f000", "10\u202f000"], True)
    assert words.column(pd.Series(["a", None])) == (["a", "–"], False)
    assert words.column(pd.Series([True, False])) == (["True", "False"], False)


def test_seeds_are_told_in_ranges():
    assert words.ranges([4, 0, 1, 2, 2]) == "0–2, 4"
    assert words.ranges([]) == "–"


def test_slugs_are_safe_and_never_the_same_twice():
    slugs = words.Slugs()
    made = [slugs("T 1"), slugs("t-1"), slugs("T", 1), slugs("再現"), slugs("")]
    assert made == ["t-1", "t-1-2", "t-1-3", "part", "part-2"]
