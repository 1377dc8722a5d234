"""How much work an evaluation is, which the engine does not know.

A paper's settings tell it by their names, `curve_*` for every evaluation and `test_*` for what the
last one adds, and paper.yaml how they come together: as the product of them all unless `work` names
products, whose sum it then is.

    work: [[samples, gibbs_sweeps], [chains, temperatures]]

is curve_samples · curve_gibbs_sweeps + curve_chains · curve_temperatures, and the same of `test_*`.
A timing experiment has one evaluation, the last: it takes all `steps` again, `repeats` times.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

ALONG, END = "curve_", "test_"

#: The least of anything that can be measured: one sample has no covariance.
LEAST = 2

#: Products whose sum is the work: settings without their prefix, and numbers.
Terms = Sequence[Sequence[str | int]]


def work(params: Mapping[str, Any], kind: str, terms: Terms = ()) -> float:
    """Return the work of an evaluation along the way (`curve_`) or what the last adds (`test_`).

    An evaluation that no setting tells of counts as one unit, measured as it stands.
    """
    if "repeats" in params:
        return float(params["repeats"] * params.get("steps", 1)) if kind == END else 1.0
    products = [_product(params, factors) for factors in _factors(params, kind, terms)]
    return sum(products) if products else 1.0


def sized(params: Mapping[str, Any], kind: str) -> list[str]:
    """Return the names of the settings that an evaluation's work grows with."""
    return sorted(
        name
        for name, value in params.items()
        if name.startswith(kind) and isinstance(value, int) and not isinstance(value, bool)
    )


def shrunk(
    params: Mapping[str, Any], limits: Mapping[str, float], terms: Terms = ()
) -> dict[str, Any]:
    """Return `params` with each kind of evaluation cut down to about `limits[kind]` of work.

    Of the largest product the last factor is cut first: rounds before what goes through them side
    by side, whose number decides what a unit costs. Without `terms` it is the largest setting:
    many images before many samples. None falls below `LEAST`.
    """
    small = dict(params)
    for kind, limit in limits.items():
        names = sized(small, kind)
        while (whole := work(small, kind, terms)) > limit:
            cuttable = [
                (_product(small, factors), left[-1])
                for factors in _factors(small, kind, terms)
                if (left := [f for f in factors if f in names and small[f] > LEAST])
            ]
            if not cuttable:
                break
            name = max(cuttable)[1]
            # By one at least: a quotient close to 1 may round to it.
            small[name] = max(LEAST, min(small[name] - 1, int(small[name] * limit / whole)))
    if "repeats" in small:
        small |= {"repeats": 1, "steps": 1}
    return small


def _factors(params: Mapping[str, Any], kind: str, terms: Terms) -> list[list[str | int]]:
    """Return the products that make the work: names of settings, and numbers."""
    if not terms:
        names = sized(params, kind)
        return [sorted(names, key=lambda name: (params[name], name))] if names else []
    whole = [[f if isinstance(f, int) else kind + f for f in factors] for factors in terms]
    return [factors for factors in whole if all(isinstance(f, int) or f in params for f in factors)]


def _product(params: Mapping[str, Any], factors: Sequence[str | int]) -> float:
    """Return a product; a list, of lengths at which one thing is looked at, counts by its last."""
    values = [f if isinstance(f, int) else params[f] for f in factors]
    return math.prod(float(value[-1] if isinstance(value, list) else value) for value in values)
