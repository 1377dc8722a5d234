"""TensorFlow takes oneDNN's kernels on every x86 processor, unless the user says otherwise."""

import os
import platform
import subprocess
import sys

import pytest

CODE = """
import os, saigen
from tensorflow.python.util import _pywrap_util_port as port
print(os.environ.get("TF_ENABLE_ONEDNN_OPTS"), port.IsMklEnabled())
"""


def told(**more):
    kept = {k: v for k, v in os.environ.items() if k != "TF_ENABLE_ONEDNN_OPTS"}
    command = [sys.executable, "-c", CODE]
    done = subprocess.run(command, env=kept | more, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="x86 alone")
def test_convolutions_are_onednns():
    assert told() == ["1", "True"]


def test_the_user_has_the_last_word():
    assert told(TF_ENABLE_ONEDNN_OPTS="0") == ["0", "False"]
