"""Claims on the completion of images: slide 27."""

from saigen.claims import Finding, all_of, below, claim, difference
from saigen.papers.dbm.claims.learned import Tables


@claim(
    "C14",
    says="Missing pixels are filled in plausibly by a masked local search",
    where="slide 27",
    published="in pictures",
    tables=["completions"],
)
def completes(tables: Tables) -> Finding:
    """With every mask LMI's machine errs less on unknown pixels than their more frequent values.

    These are the best guess that does not look at the image; a draw from the true law errs more
    than its mean would, so that the bound is a strict one.
    """
    return _completes(tables, "mean_image")


@claim(
    "C14-nearest",
    says="The completion is better than that of the nearest training image",
    where="ours",
    published="not stated",
    tables=["completions"],
)
def completes_better_than_a_neighbour(tables: Tables) -> Finding:
    """LMI's machine errs less on unknown pixels than the nearest image, on MNIST, with any mask."""
    return _completes(tables, "nearest")


def _completes(tables: Tables, baseline: str) -> Finding:
    rows = tables["completions"]
    rows = rows[(rows["experiment"] == "anatomy") & (rows["learner"] == "lmi")]
    rows = rows[rows["centre"] == "data"]
    return all_of(
        {
            mask: below(difference(part, "error", of="machine", against=baseline, by="how"))
            for mask, part in rows.groupby("mask", sort=False)
        }
    )
