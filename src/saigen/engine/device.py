"""Sets TensorFlow up before its first operation, and says on what it runs."""

import os
import platform
import sys
from typing import Any

from saigen import machine
from saigen.engine.gpus import claim
from saigen.errors import SaigenError

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf

from saigen.engine import precision as products


def set_up(
    intra_op_threads: int = 1,
    device: str = "auto",
    precision: str = "float32",
    deterministic: bool = True,
) -> dict[str, Any]:
    """Fix threads, device, precision and determinism, and return the stamp of this process.

    Two runs with the same settings on the same stamp agree bit for bit.

    Args:
      intra_op_threads: threads inside one operation; a protocol value, since it changes bits.
      device: `auto`, `cpu` or `gpu`.
      precision: `float32`, `tf32` or `bfloat16`: see `saigen.engine.precision`.
      deterministic: use deterministic kernels only.

    Raises:
      SaigenError: `gpu` was asked for and TensorFlow sees none.
    """
    # Every variant traces its step anew, and means to: no advice on that.
    tf.get_logger().setLevel("ERROR")
    tf.config.threading.set_intra_op_parallelism_threads(intra_op_threads)
    tf.config.threading.set_inter_op_parallelism_threads(min(2, intra_op_threads))
    gpus = tf.config.list_physical_devices("GPU")
    if device == "gpu" and not gpus:
        raise SaigenError(
            "compute.device is `gpu`, but TensorFlow sees none; `saigen doctor` says what is "
            "missing, `device: auto` falls back to the CPU."
        )
    if device == "cpu":
        tf.config.set_visible_devices([], "GPU")
        gpus = []
    if gpus:
        gpus = [gpus[claim(len(gpus))]]
        tf.config.set_visible_devices(gpus, "GPU")
        # Without it the first training takes all memory, and a second has none.
        tf.config.experimental.set_memory_growth(gpus[0], True)
    products.use(precision)
    if deterministic:
        tf.config.experimental.enable_op_determinism()
    return stamp(intra_op_threads, precision, deterministic, gpus)


def stamp(threads: int, precision: str, deterministic: bool, gpus: list[Any]) -> dict[str, Any]:
    """Return what, besides code and parameters, the bits of a result may depend on."""
    details = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
    names = [detail.get("device_name", "GPU") for detail in details]
    return {
        "tensorflow": tf.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": sys.platform,
        "device": names[0] if names else "CPU",
        "processor": machine.processor(),
        "intra_op_threads": threads,
        "precision": "float32" if precision == "tf32" and not names else precision,
        "deterministic": deterministic,
        "onednn": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "default"),
        "xla_flags": os.environ.get("TF_XLA_FLAGS", ""),
    }


def coarse_sums(stamp: dict[str, Any]) -> str:
    """Say that sums are rounded too: "" where they are kept in float32, as they should be.

    Args:
      stamp: what `set_up` returned.
    """
    if stamp["precision"] != "bfloat16" or stamp["device"] != "CPU":
        return ""
    if machine.multiplies_bfloat16():
        return ""
    return (
        "this processor has no products of bfloat16: TensorFlow rounds parts of their sums too, "
        "which is coarser than elsewhere and no faster; `compute.precision: float32` is better here"
    )


def unused_gpu(wanted: str, stamp: dict[str, Any]) -> str:
    """Say that a GPU lies idle beside a training that would take one; "" where none does.

    Args:
      wanted: `compute.device` of this process.
      stamp: what `set_up` returned.
    """
    if wanted == "cpu" or stamp["device"] != "CPU" or not machine.has_gpu():
        return ""
    built = tf.test.is_built_with_cuda()
    mend = "`make gpu` installs the CUDA libraries" if built else "this build has no CUDA"
    return f"the machine has a GPU, which is unused: TensorFlow sees none; {mend}"
