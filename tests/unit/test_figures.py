"""What all figures share."""

import subprocess
import sys

import pytest
import seaborn as sns
from matplotlib import pyplot as plt

from saigen.figures import COLOURBLIND, numbered


def test_the_palette_is_seaborns():
    assert list(COLOURBLIND) == [c.lower() for c in sns.color_palette("colorblind", 10).as_hex()]


@pytest.mark.parametrize(
    "low, high, told",
    [
        (0.9, 1.25, "0.9 1 1.1 1.2"),
        (0.65, 1.8, "0.7 1 1.5"),
        (1.5e5, 1.4e6, "150,000 200,000 300,000 500,000 700,000 1,000,000"),
        (4.0, 45.0, "5 7 10 15 20 30"),
    ],
)
def test_a_log_axis_is_numbered_within_decades_where_few_are_in_sight(low, high, told):
    figure, axis = plt.subplots()
    axis.set(yscale="log", ylim=(low, high))
    numbered(axis.yaxis)
    figure.draw_without_rendering()
    shown = [
        label.get_text()
        for label in axis.get_yticklabels(which="both")
        if low <= label.get_position()[1] <= high and label.get_text()
    ]
    assert shown == told.split()
    plt.close(figure)


def test_a_log_axis_with_two_powers_of_ten_keeps_its_powers_of_ten():
    figure, axis = plt.subplots()
    axis.set(yscale="log", ylim=(0.9, 11.0))
    figure.draw_without_rendering()
    before = [label.get_text() for label in axis.get_yticklabels()]
    numbered(axis.yaxis)
    figure.draw_without_rendering()
    assert [label.get_text() for label in axis.get_yticklabels()] == before
    plt.close(figure)


def test_drawing_waits_for_no_library_that_it_does_not_use():
    code = "import sys, saigen.papers.gumbel_softmax.figures; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"tensorflow", "seaborn", "scipy.stats"} & set(done.stdout.split())
