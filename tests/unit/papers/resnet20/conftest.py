"""Planted tables, and the verdict of a claim on them."""

import pandas as pd
import pytest

from saigen.claims import judge
from saigen.papers.resnet20.claims import CLAIMS

SEEDS = range(3)


@pytest.fixture
def frame():
    """Rows a planted value and seed, with a little scatter: finals, or curves at one step."""

    def rows(experiment, values, step=11700, seeds=SEEDS, **more):
        found = [
            {
                "experiment": experiment,
                "optimiser": optimiser,
                "seed": seed,
                "dataset": "cifar10",
                "status": "finished",
                "step": step,
                **{
                    metric: level * (1.0 + 0.001 * ((7 * seed + 3 * place) % 5))
                    for metric, level in (
                        value if isinstance(value, dict) else {"loss": value}
                    ).items()
                },
                **more,
            }
            for place, (optimiser, value) in enumerate(values.items())
            for seed in seeds
        ]
        return pd.DataFrame(found)

    return rows


@pytest.fixture
def found():
    """The row of a claim, judged at the scale of the paper."""

    def row(claim_id, **tables):
        (claim,) = (claim for claim in CLAIMS if claim.id == claim_id)
        return judge([claim], tables, "paper").iloc[0]

    return row


@pytest.fixture
def verdict(found):
    return lambda claim_id, **tables: found(claim_id, **tables)["verdict"]
