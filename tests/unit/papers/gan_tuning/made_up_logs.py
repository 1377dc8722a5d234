"""Runs of the tuning guide that nobody ran, of which a claim's verdict is known."""

import numpy as np
import pandas as pd

from saigen.papers.gan_tuning.claims import CLAIMS

SEEDS = 6


def judge(claim_id, **tables):
    return next(claim for claim in CLAIMS if claim.id == claim_id)(tables)


def runs(column, cells, seeds=SEEDS):
    """Return a table: by level of `column`, metrics, each with a spread of 1% over seeds."""
    rows = []
    for level, metrics in cells.items():
        noise = 1.0 + 0.01 * np.random.default_rng(len(rows)).uniform(-1.0, 1.0, seeds)
        rows += [
            {
                column: level,
                "seed": seed,
                "status": "finished",
                **{name: value * noise[seed] for name, value in metrics.items()},
            }
            for seed in range(seeds)
        ]
    return pd.DataFrame(rows)
