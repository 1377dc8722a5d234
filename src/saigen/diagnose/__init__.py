"""What a GAN's training log says about the training: `saigen diagnose LOG`.

`log` reads it, `rules` judge it, `show` tells it. No TensorFlow is needed to read a log.
"""

from saigen.diagnose.log import Log, read_log
from saigen.diagnose.rules import Diagnosis, diagnose, floor

__all__ = ["Diagnosis", "Log", "diagnose", "floor", "read_log"]
