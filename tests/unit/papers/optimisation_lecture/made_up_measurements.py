"""Made-up measurements to judge claims on."""

import numpy as np
import pandas as pd

from saigen.papers.optimisation_lecture.claims import CLAIMS

SEEDS = 6


def judge(claim_id, **tables):
    return next(claim for claim in CLAIMS if claim.id == claim_id)(tables)


def rows(experiment, metric, values, of=""):
    """Return rows of the table of measurements: a number, or one by seed, by label."""
    draw = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "experiment": experiment,
            "of": of,
            "seed": seed,
            "metric": metric,
            "label": str(label),
            "value": value(seed) if callable(value) else value * (1 + 1e-3 * draw.normal()),
        }
        for label, value in values.items()
        for seed in range(SEEDS)
    )


def deterministic(experiment, metric, values, of=""):
    return rows(experiment, metric, {k: (lambda seed, v=v: v) for k, v in values.items()}, of)


def once(table):
    return table[table["seed"] == 0]


def regression(mse, step=5000, **more):
    """Return rows of two-layer regression by gradient descent: mse by activation and weights."""
    return pd.DataFrame(
        {"method": "sgd", "activation": act, "initial": initial, "learning_rate": 0.1,
         "seed": seed, "step": step, "mse": value * (1 + 0.01 * seed), **more}
        for (act, initial), value in mse.items()
        for seed in range(SEEDS)
    )  # fmt: skip
