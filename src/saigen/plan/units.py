"""The cost model: what the pieces of a training cost, and a run as the sum of its pieces.

A job pays once for its process (imports), once for each variant (building, tracing, compiling),
once for each run (initial values, publishing), then for steps and evaluations, whose cost grows
with their `work`.
"""

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from saigen.plan.work import ALONG, END, Terms, sized, work

#: Settings that decide how many pieces there are, or only numbers inside them: not their cost.
NEUTRAL = {"steps", "log_every", "evaluate_every", "learning_rate", "repeats"}


@dataclass(frozen=True)
class Units:
    """Seconds of each piece, of one kind: CPU or wall.

    Attributes:
      process: starting Python and importing TensorFlow, once a job.
      variant: building, tracing and compiling, the evaluation too, once a variant in a job.
      run: what each run pays besides.
      call: starting a compiled call, which takes all steps up to the next boundary. Past runs do
        not tell it apart from their steps.
      step: one training step.
      along: an evaluation, for one unit of its work.
      end: what the last evaluation adds, for one unit of its work.
    """

    process: float = 0.0
    variant: float = 0.0
    run: float = 0.0
    call: float = 0.0
    step: float = 0.0
    along: float = 0.0
    end: float = 0.0

    def job(self, runs: Sequence["Pieces"]) -> float:
        """Return the seconds of a job that trains `runs` one after the other."""
        return self.process + sum(self.training(pieces) for pieces in runs)

    def training(self, pieces: "Pieces") -> float:
        """Return the seconds of one run in a process that is already there."""
        return (
            self.variant * pieces.variants
            + self.run
            + self.call * pieces.calls
            + self.step * pieces.steps
            + self.along * pieces.along
            + self.end * pieces.end
        )


@dataclass(frozen=True)
class Pieces:
    """How many pieces a run has.

    Attributes:
      variants: 1 where it is the first of its variant in its job, else 0.
      calls, steps: compiled calls and steps still to take.
      along, end: the evaluations' work, summed over them.
    """

    variants: int
    calls: int
    steps: int
    along: float
    end: float


def pieces(
    params: Mapping[str, Any], terms: Terms = (), *, first: bool = True, done: int = 0
) -> Pieces:
    """Return the pieces of a run with `params`, of which `done` steps are taken already.

    Args:
      params: effective parameters.
      terms: what its evaluations' work is made of.
      first: whether it is the first of its variant in its job.
      done: steps.
    """
    steps, every = params.get("steps", 0), params.get("evaluate_every", 0)
    between = (steps - 1) // every - done // every if every else 0
    return Pieces(
        variants=int(first),
        calls=_cuts(params, steps - 1) - _cuts(params, done) + 1 if done < steps else 0,
        steps=max(0, steps - done),
        along=(max(0, between) + 1) * work(params, ALONG, terms),
        end=work(params, END, terms),
    )


def _cuts(params: Mapping[str, Any], step: int) -> int:
    """Return how many multiples at which the loop ends a call lie in 1, …, `step`."""
    every = [params.get(name, 0) for name in ("log_every", "evaluate_every")]
    every = [number for number in every if number]
    twice = step // math.lcm(*every) if len(every) == 2 else 0
    return sum(step // number for number in every) - twice


def cost_key(params: Mapping[str, Any], priced_by: Collection[str] = ()) -> str:
    """Return what must be equal for two runs' pieces to cost the same.

    Args:
      params: effective parameters.
      priced_by: the settings that decide it; none: all but those that only count pieces, or are
        numbers inside them.
    """
    neutral = {*NEUTRAL, *sized(params, ALONG), *sized(params, END)}
    telling = {
        name: value
        for name, value in params.items()
        if (name in priced_by if priced_by else name not in neutral)
    }
    return json.dumps(telling, sort_keys=True)


def mean(units: Iterable[Units]) -> Units:
    """Return the mean of each piece."""
    found = list(units)
    return Units(
        **{
            field.name: sum(getattr(unit, field.name) for unit in found) / len(found)
            for field in fields(Units)
        }
    )
