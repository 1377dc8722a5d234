"""Claims on language models, by tables of made-up runs."""

import numpy as np
import pandas as pd
from made_up_runs import rows

from saigen.claims import INCONCLUSIVE, NOT_REPLICATED, REPLICATED
from saigen.paper import load_paper
from saigen.papers.wgan_gp import tables
from saigen.papers.wgan_gp.claims import CLAIMS
from saigen.tables import published

CLAIM = {claim.id: claim for claim in CLAIMS}


def spoken(wgan=(0.6, 0.3), gan=0.9, unigram=0.5, lost=()):
    """Tables of language models: divergences at first and last, seeds that diverged."""
    grams = [f"js/{n}" for n in (1, 2, 3, 4, 6)]
    runs = [
        (
            {"variant": name, "seed": seed, **lost_},
            dict.fromkeys([*grams, "entropy"], {150: first} if lost_ else {150: first, 300: last}),
        )
        for name, (first, last) in (("wgan_gp", wgan), ("gan", (0.9, gan)))
        for seed in range(3)
        for lost_ in ([{"status": "diverged"}] if (name, seed) in lost else [{}])
    ]  # fmt: skip
    drawn = [
        ({"variant": name, "knows": name, "seed": seed}, {gram: {1: value} for gram in grams})
        for name, value in (("unigram", unigram), ("uniform", 0.8))
        for seed in range(3)
    ]
    noise = np.random.default_rng(0)
    frames = {"language": rows(*runs), "language_baselines": rows(*drawn)}
    for frame in frames.values():
        frame["value"] += 0.001 * noise.standard_normal(len(frame))
    known = published(load_paper("wgan_gp"))
    return {
        "language": tables.language(frames, known),
        "language_ends": tables.language_ends(frames, known),
    }


def test_a_language_model_must_beat_lines_that_know_less():
    assert CLAIM["C13-learns"](spoken()).verdict == REPLICATED
    assert CLAIM["C13-learns"](spoken(wgan=(0.3, 0.6))).verdict == NOT_REPLICATED
    assert CLAIM["C13-learns"](spoken(unigram=0.2)).verdict == NOT_REPLICATED
    ends = spoken()["language_ends"]
    assert list(ends["variant"].value_counts()[["uniform", "gan"]]) == [3, 3]
    assert ends.iloc[-1]["js/4"] == 0.4 and ends.iloc[-1]["source"] != "ours"


def test_language_models_that_diverged_are_not_left_out():
    every = [("gan", seed) for seed in range(3)]
    assert CLAIM["C13-better"](spoken(lost=every)).verdict == REPLICATED
    assert CLAIM["C13-better"](spoken()).verdict == REPLICATED
    lost = spoken(lost=[("wgan_gp", 1)])
    assert CLAIM["C13-better"](lost).verdict == INCONCLUSIVE
    assert CLAIM["C13-learns"](lost).verdict == INCONCLUSIVE


def test_the_meter_counts_seeds_and_not_optimisers():
    def judged(*correlations, status="finished"):
        meter = pd.DataFrame(
            {"experiment": "convergence", "variant": variant, "seed": seed, "status": status,
             "loss_distance": rho + shift}
            for seed, rho in enumerate(correlations)
            for variant, shift in (("gp_adam", 0.02), ("gp_rmsprop", -0.02), ("clip", -2.0))
        )  # fmt: skip
        return CLAIM["C14"]({"loss_meter": meter})

    found = judged(0.9, 0.95, 0.92)
    assert (found.verdict, found.n) == (REPLICATED, 3)
    assert judged(0.2, 0.3, 0.25).verdict == NOT_REPLICATED
    # As if both optimisers of a seed were apart, six runs would show it.
    assert judged(0.55, 0.6, 0.8).verdict == INCONCLUSIVE
    assert judged(0.9, 0.95, 0.92, status="diverged").verdict != REPLICATED
