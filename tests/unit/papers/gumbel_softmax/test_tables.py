"""Tables that put several experiments together."""

import pandas as pd
import pytest

from saigen.paper import load_paper
from saigen.papers.gumbel_softmax.tables import off_curve
from saigen.tables import published


def rows(latent, estimator, values, **labels):
    """The last rows of runs, one a value, as `tidy` has them."""
    return pd.DataFrame(
        [
            {
                **{"latent": latent, "estimator": estimator, **labels},
                **{"variant": f"{latent}-{estimator}", "seed": seed, "status": "finished"},
                **{"step": 100_000, "metric": metric, "value": value},
            }
            for seed, value in enumerate(values)
            for metric in ("test_nll", "valid_nll", "test_nll_curve")
        ]
    )


def test_other_settings_stand_beside_the_chosen_ones_and_the_published_curve():
    chosen = rows("categorical", "slope_st", [70.0, 72.0])
    tried = [rows("categorical", "slope_st", [68.0], learning_rate=rate) for rate in (3e-3, 1e-3)]
    runs = {
        **{"structured_prediction": chosen, "vae": chosen},
        **{"structured_prediction_slower": pd.concat(tried), "vae_slower": tried[0]},
        "vae_sf": tried[1].assign(baseline_units=100, codes="01"),
        "vae_codes": tried[0].assign(codes="01"),
    }
    table = off_curve(runs, published(load_paper("gumbel_softmax")))
    assert table["learning_rate"].tolist() == [3e-3, 1e-3, 3e-3, 1e-3, 3e-3]
    assert table["baseline_units"].tolist() == [0, 0, 0, 100, 0]
    assert table["codes"].tolist() == ["", "", "", "01", "01"]
    assert table["mean"].tolist() == [68.0] * 5
    assert table["chosen"].tolist() == [71.0] * 5
    # Figure 3b has the annealed slope at 62.2 nats after 100,000 steps.
    assert table["published_at_step"][0] == pytest.approx(62.2, abs=0.1)
