"""Claims about the toy game (1 + x²)(100 − y²)."""

import numpy as np

from saigen.claims import Finding, above, all_of, claim, measured_with, within
from saigen.papers.cg_gan.claims.reading import Tables
from saigen.stats import Interval


@claim(
    "B5",
    says="Conjugate gradients reach the equilibrium of the toy game in its 400 steps",
    where="The toy example",
    published="trajectories; no numbers",
    needs="smoke",
    tables=["toy_ends"],
)
def reaches(tables: Tables) -> Finding:
    """With gradients as they are, more than half of the panels of FR and PRP come within 0.1."""
    runs = tables["toy_ends"]
    runs = runs[(runs["gradients"] == "correct") & runs["method"].isin(["fr", "prp"])]
    return above(measured_with((runs["first"] >= 0).mean(), 0.0, len(runs)), 0.5)


@claim(
    "B5-fr",
    says="In the toy game Fletcher-Reeves is momentum 0.5, and PRP is gradient descent",
    where="Ours, from the bound β ≤ 1/2",
    published="not stated",
    needs="smoke",
    tables=["toy_ends"],
)
def same_as_momentum(tables: Tables) -> Finding:
    """The largest distance between their ends over all panels is below 0.05."""
    return all_of(
        {f"{a} and {b}": within(_apart(tables, a, b), 0.05)
         for a, b in (("fr", "momentum"), ("prp", "sgd"))}
    )  # fmt: skip


def _apart(tables: Tables, a: str, b: str) -> Interval:
    runs = tables["toy_ends"]
    runs = runs[runs["gradients"] == "correct"].set_index(["rate_x", "rate_y"])
    one, two = (runs[runs["method"] == method][["x", "y"]] for method in (a, b))
    return measured_with(float(np.hypot(*(one - two).to_numpy().T).max()), 0.0, len(one))


@claim(
    "B5-notebook",
    says="Gradients summed as in the notebook lead to other ends than the game's own gradients",
    where="Ours, from the notebook of the released code",
    published="not stated",
    needs="smoke",
    tables=["toy_ends"],
)
def notebook(tables: Tables) -> Finding:
    """Of SGD's and momentum's panels, y ends on the other side of 0 in more than a quarter.

    These two take the same step on either kind of gradients; the rules of β would also change to
    the released step.
    """
    runs = tables["toy_ends"].query("method in ['sgd', 'momentum']")
    ends = runs.pivot_table(index=["method", "rate_x", "rate_y"], columns="gradients", values="y")
    turned = (np.sign(ends["correct"]) != np.sign(ends["accumulated"])).mean()
    return above(measured_with(float(turned), 0.0, len(ends)), 0.25)
