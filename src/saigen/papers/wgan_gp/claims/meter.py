"""Claims on language, and on the critic's loss as a meter: sections 5.5 and 5.6."""

from collections.abc import Mapping

import pandas as pd

from saigen.claims import Finding, above, all_of, below, claim, difference, mean_of

Tables = Mapping[str, pd.DataFrame]

#: n-grams that the released code watches.
GRAMS = (1, 2, 3, 4)


def _last(tables: Tables) -> pd.DataFrame:
    runs = tables["language"]
    return runs[runs["step"] == runs["step"].max()]


@claim(
    "C13-learns",
    says="A continuous generator learns characters with WGAN-GP",
    where="Section 5.5 and table 4",
    published="samples with real words in nearly every line",
    needs="paper",
    tables=["language", "language_ends"],
)
def learns_characters(tables: Tables) -> Finding:
    """From the first evaluation to the last, the divergence of n-grams falls for n = 1 to 4.

    At the end it is below that of lines whose symbols are drawn as often as in the text, one by
    one; for n = 1, of lines of any symbols.
    """
    runs, ends = tables["language"], tables["language_ends"]
    runs = runs[runs["variant"] == "wgan_gp"]
    first, last = runs["step"].min(), runs["step"].max()
    parts = {}
    for n in GRAMS:
        fall = difference(runs, f"js/{n}", of=last, against=first, by="step")
        parts[f"{n}-grams fall"] = below(fall)
        knows = "uniform" if n == 1 else "unigram"
        beaten = difference(
            ends[ends["source"] == "ours"], f"js/{n}", of="wgan_gp", against=knows, by="variant"
        )
        parts[f"{n}-grams against {knows}"] = below(beaten)
    return all_of(parts)


@claim(
    "C13-better",
    says="The standard GAN objective gives no comparable result on the same networks, at WGAN-GP's "
    "ten critic updates and learning rate",
    where="Section 5.5",
    published="tried without comparable results; no numbers",
    tables=["language"],
)
def better_than_gan(tables: Tables) -> Finding:
    """At the last step WGAN-GP's divergence is lower for n = 1 to 4, paired over seeds.

    The GAN has the critic updates and the rate of WGAN-GP, not settings of its own.
    """
    return all_of(
        {
            f"{n}-grams": below(
                difference(_last(tables), f"js/{n}", of="wgan_gp", against="gan", by="variant")
            )
            for n in GRAMS
        }
    )


@claim(
    "C13-one-hot",
    says="The generator's outputs come near one-hot rows",
    where="Section 5.5",
    published="argmax decodes them; no numbers",
    tables=["language"],
)
def nearly_one_hot(tables: Tables) -> Finding:
    """Mean entropy of a softmax row of WGAN-GP at the end below 1 bit."""
    runs = _last(tables)
    return below(mean_of(runs[runs["variant"] == "wgan_gp"], "entropy"), 1.0)


@claim(
    "C14",
    says="The negative critic loss falls as samples get better",
    where="Section 5.6 and figure 5a",
    published="a curve that falls towards a minimum",
    tables=["loss_meter"],
)
def loss_follows_quality(tables: Tables) -> Finding:
    """Spearman's correlation with the Fréchet distance along a run, mean over seeds, above 0.5.

    The mean of both optimisers counts for a seed on one set of images. Both fall with time: that
    shows a common trend, not that each dip of one is one of the other.
    """
    runs = tables["loss_meter"]
    penalised = runs[runs["variant"].isin(["gp_adam", "gp_rmsprop"])]
    lost = penalised["status"] == "diverged"
    known = penalised.assign(loss_distance=penalised["loss_distance"].mask(lost))
    # One of the two that was lost leaves its seed none.
    seeds = known.groupby(["experiment", "seed"])["loss_distance"].mean(skipna=False)
    return above(mean_of(seeds.reset_index(), "loss_distance", better="higher"), 0.5)


def _cell(tables: Tables, method: str) -> pd.DataFrame:
    """Return the runs of one method; `digits` says whether they saw `few` of them or `all`."""
    runs = tables["overfitting_ends"]
    runs = runs[runs["method"] == method]
    return runs.assign(digits=runs["examples"].gt(0).map({True: "few", False: "all"}))


@claim(
    "C15",
    says="On 1,000 digits the critic overfits: its losses on training and new digits part",
    where="Section 5.6 and figure 5b",
    published="both pairs of curves diverge",
    tables=["overfitting_ends"],
)
def critic_overfits(tables: Tables) -> Finding:
    """For both methods the gap at the end is above 0, and wider than with all digits."""
    parts = {}
    for method in ("gp", "clip"):
        runs = _cell(tables, method)
        few = runs[runs["digits"] == "few"]
        parts[f"{method}, gap"] = above(mean_of(few, "gap", better="higher"))
        wider = difference(runs, "gap", of="few", against="all", by="digits", better="higher")
        parts[f"{method}, wider"] = above(wider)
    return all_of(parts)


@claim(
    "C16",
    says="With the penalty alone the training loss slowly rises while that on new digits falls",
    where="Section 5.6 and figure 5b",
    published="curves",
    needs="paper",
    tables=["overfitting_ends"],
)
def losses_part(tables: Tables) -> Finding:
    """On 1,000 digits, over the second half: training's negative loss rises, the other falls."""
    runs = _cell(tables, "gp")
    runs = runs[runs["digits"] == "few"]
    return all_of(
        {
            "training": above(mean_of(runs, "slope_train", better="higher")),
            "new digits": below(mean_of(runs, "slope_valid")),
        }
    )
