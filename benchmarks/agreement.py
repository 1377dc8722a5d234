"""Whether both sides take the same steps: losses on the same weights and the same draws.

Saigen's side takes two steps and writes down what it drew; PyTorch's takes them again on those
draws. The first loss is a forward pass; the second has been through a gradient and an optimiser.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.arithmetic import SAIGEN, relative_error
from benchmarks.race import Worker
from benchmarks.workloads import workload

STEPS = 2
#: Relative. The two add in another order; an update makes more of it. A learning rate twice too
#: large shows as 3e-4 where it shows least. A workload may have `TOLERANCES` of its own.
TOLERANCES = (1e-4, 2e-4)


@dataclass(frozen=True)
class Agreement:
    """The losses of one workload by Saigen and by one style of PyTorch, step by step."""

    workload: str
    style: str
    saigen: list[float]
    torch: list[float]

    @property
    def errors(self) -> list[float]:
        """Relative errors, step by step."""
        pairs = zip(self.torch, self.saigen, strict=True)
        return [relative_error(found, wanted) for found, wanted in pairs]

    @property
    def tolerances(self) -> tuple[float, ...]:
        """The workload's own, or `TOLERANCES`."""
        return getattr(workload(self.workload), "TOLERANCES", TOLERANCES)

    @property
    def holds(self) -> bool:
        """Whether all errors are within the tolerances."""
        return all(e <= most for e, most in zip(self.errors, self.tolerances, strict=True))


def agreements(name: str, sides: Mapping[str, Worker], folder: Path) -> list[Agreement]:
    """Compare every style with Saigen on one workload."""
    weights, draws = (str(folder / f"{name} {what}.npz") for what in ("weights", "draws"))
    sides[SAIGEN].ask("open", name=name, weights=weights)
    wanted = sides[SAIGEN].ask("record", path=draws, steps=STEPS)["losses"]
    found = []
    for style, side in sides.items():
        if style != SAIGEN:
            side.ask("open", name=name, weights=weights)
            losses = side.ask("replay", path=draws, steps=STEPS)["losses"]
            found.append(Agreement(name, style, wanted, losses))
    Path(draws).unlink()
    return found
