"""The workloads by name.

A module has `FLOPS` (of a step, by hand), `saigen()`, which returns
a `Shipped` or a `Called`, and `torch(style, weights)`, which returns a `Plain` that begins with the
weights that Saigen's side began with. Both make the same data, by NumPy. Its docstring says what
each side computes, which savings there are (`SAVING`), and what of both is compared.
"""

from importlib import import_module
from typing import Any

NAMES = (
    "resnet20",
    "resnet20_lab",
    "dcgan_32",
    "dcgan_64",
    "wgan_critic",
    "wgan_generator",
    "wgan_toy",
    "gumbel_sbn",
    "gumbel_vae",
    "semi_supervised",
    "dbm",
    "bound",
    "fid",
)

#: Those whose products go by `saigen.engine.precision`, and can be in bfloat16.
REDUCIBLE = (
    "resnet20",
    "resnet20_lab",
    "dcgan_32",
    "dcgan_64",
    "wgan_critic",
    "wgan_generator",
    "wgan_toy",
    "semi_supervised",
)

#: Those whose step saves work that a plain one does: PyTorch takes it both ways.
SAVING = ("wgan_critic", "wgan_toy", "semi_supervised", "dbm", "bound")


def workload(name: str) -> Any:
    """Return a workload's module."""
    return import_module(f"benchmarks.workloads.{name}")
