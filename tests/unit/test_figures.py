"""What all figures share."""

import subprocess
import sys

import seaborn as sns

from saigen.figures import COLOURBLIND


def test_the_palette_is_seaborns():
    assert list(COLOURBLIND) == [c.lower() for c in sns.color_palette("colorblind", 10).as_hex()]


def test_drawing_waits_for_no_library_that_it_does_not_use():
    code = "import sys, saigen.papers.gumbel_softmax.figures; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"tensorflow", "seaborn", "scipy.stats"} & set(done.stdout.split())
