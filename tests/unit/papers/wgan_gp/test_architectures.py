"""The list of random architectures, and what is counted over it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from saigen.nets.shape import Shape
from saigen.paper import load_paper
from saigen.papers.wgan_gp import architectures
from saigen.papers.wgan_gp.success import SHARES, counted, succeeded
from saigen.stats import mcnemar
from saigen.tables import published


def test_the_list_is_the_one_that_was_drawn():
    found = architectures.architectures()
    beside = Path(architectures.__file__).with_name("architectures.csv")
    listed = pd.read_csv(beside, index_col="number")
    pd.testing.assert_frame_equal(listed, pd.DataFrame(found), check_names=False)
    assert len(set(found)) == len(found) == 200
    assert len(architectures.space()) == 9216 and set(found) <= set(architectures.space())


def test_every_level_of_table_1_occurs_about_as_often_as_it_should():
    frame = pd.DataFrame(architectures.architectures())
    for column, levels in {"generator_depth": 4, "critic_filters": 3, "critic_norm": 2}.items():
        counts = frame[column].value_counts()
        assert len(counts) == levels
        # Within four standard deviations of a binomial's mean.
        mean = 200 / levels
        assert (abs(counts - mean) < 4 * np.sqrt(mean)).all()


def test_a_normalised_critic_decays_and_depth_adds_convolutions():
    from saigen.papers.wgan_gp.dcgan import random

    for number in range(12):
        found = architectures.architecture(number)
        params = {
            "architecture": number, "width": 0.125, "critic_norm": "layer", "critic_activation": "",
        }  # fmt: skip
        made = random(params, Shape(16, 1, 10))
        assert made.weight_decay == (1e-3 if found.critic_norm else 0.0)
        for network, depth in (
            (made.generator, found.generator_depth),
            (made.critic, found.critic_depth),
        ):
            assert sum(name.endswith("/W") for name in network.weights) == depth
        has_norm = any("norm" in name for name in made.critic.weights)
        assert has_norm == found.critic_norm and not made.mixes


def test_published_rows_sum_to_200_and_their_p_values_are_exact():
    table = published(load_paper("wgan_gp"))["table5"]
    assert (table[["only_gan", "only_gp", "both", "neither"]].sum(axis=1) == 200).all()
    p = {row.threshold: mcnemar(row.only_gp, row.only_gan, 200).p for row in table.itertuples()}
    assert p[1.0] == pytest.approx(8e-3, rel=0.1)
    assert p[3.0] == pytest.approx(3e-25, rel=0.3)
    assert p[8.5] == pytest.approx(0.03, rel=0.1)
    assert p[9.0] == 1.0


def runs(gan, gp, early=None):
    rows = []
    for method, shares in (("gan", gan), ("gp", gp)):
        for number, share in enumerate(shares):
            at_first = early[number] if early and method == "gp" else share
            rows.append(
                {
                    "architecture": number, "seed": 0, "method": method, "score_share": share,
                    "best_share": share, "early_share": at_first,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def test_counting_by_threshold():
    # The second GAN diverged: it is above nothing.
    table = counted(runs([0.6, np.nan, 0.1], [0.7, 0.8, 0.2], early=[0.1, 0.1, 0.1]))
    assert (table[["only_gan", "only_gp", "both", "neither"]].sum(axis=1) == 3).all()
    at = table.set_index(["reading", "threshold"])
    last = at.loc[("last score", 0.5)]
    assert (last.only_gan, last.only_gp, last.both, last.neither) == (0, 1, 1, 1)
    cost = at.loc[("equal cost", 0.5)]
    assert (cost.only_gan, cost.only_gp) == (1, 0)
    assert len(SHARES) == 17


def test_success_is_measured_against_the_best_method_on_the_baseline():
    frame = pd.DataFrame(
        {
            "network": ["baseline", "baseline", "mlp", "mlp", "mlp"],
            "method": ["gp", "gan", "gp", "gan", "clip"],
            "status": ["finished", "finished", "finished", "finished", "diverged"],
            "frechet": [0.2, 0.3, 0.39, 0.1, np.nan],
            "classes_drawn": [9.0, 9.0, 9.0, 2.0, np.nan],
            "frechet_of_mean": 1.0,
        }
    )
    found = succeeded(frame)
    assert (found["target"] == 0.4).all()
    assert list(found["success"]) == [True, True, True, False, False]
    # Where nobody learnt anything, nobody succeeds.
    assert not succeeded(frame.assign(frechet=frame["frechet"] + 2.0))["success"].any()
