"""Tables of the language models: section 5.5 and table 4."""

import pandas as pd

from saigen.papers.wgan_gp.courses import Frames, wide
from saigen.tables import final

#: Characters in the n-grams that every evaluation compares.
GRAMS = (1, 2, 3, 4, 6)


def language(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return n-gram divergences over training: a row a run and evaluation (bits).

    A diverged run has rows without numbers at the first and the last evaluation of the others.
    """
    frame = runs["language"]
    keys = ["variant", "seed", "status"]
    lost = frame["status"] == "diverged"
    kept = frame[frame["metric"].str.match(r"js|entropy|distinct") & ~lost]
    table = wide(kept, [*keys, "step"])
    ends = pd.DataFrame({"step": [table["step"].min(), table["step"].max()]}).drop_duplicates()
    empty = frame.loc[lost, keys].drop_duplicates().merge(ends, how="cross")
    return pd.concat([table, empty], ignore_index=True)


def language_ends(runs: Frames, published: Frames) -> pd.DataFrame:
    """Return the ends of the models, of lines drawn symbol by symbol, and a published end.

    variant: the model's objective, or what the drawn lines know: `unigram`, how frequent symbols
    are; `uniform`, nothing. The published row is on another text, and not from the paper.
    """
    metrics = [f"js/{n}" for n in GRAMS]
    models = final(runs["language"], [*metrics, "entropy", "distinct"])
    drawn = final(runs["language_baselines"], metrics)
    ours = pd.concat([models, drawn.drop(columns="knows")]).assign(source="ours")
    last = published["language"].tail(1).drop(columns="minutes")
    theirs = last.rename(columns={"js4": "js/4", "js6": "js/6"}).assign(
        source="Billion Word, by others", variant="wgan_gp"
    )
    table = pd.concat([ours, theirs], ignore_index=True)
    return table.astype({"seed": "Int64"})  # a published row has none
