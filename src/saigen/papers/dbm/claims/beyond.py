"""Claims of ours: what a reader of the paper would ask next."""

from saigen.claims import (
    NOT_REPLICATED,
    REPLICATED,
    Finding,
    above,
    all_of,
    below,
    claim,
    mean_of,
    ratio,
)
from saigen.errors import SaigenError
from saigen.papers.dbm.claims.learned import (
    OWN,
    Tables,
    curve_of,
    if_settled,
    learns,
    near,
    trained,
)

#: Modes over searches: a machine with fewer has come to few.
FEW = 0.05


def _need_to_have_learned(found: Finding, who: str) -> None:
    """Refuse a question that means nothing of machines which have learned nothing."""
    if found.verdict != REPLICATED:
        raise SaigenError(f"{who} are not known to have learned: {found.why}")


@claim(
    "C16",
    says="A long Gibbs chain that starts from LMI's samples stays as good",
    where="ours",
    published="not stated",
    tables=["chains", "machines"],
)
def chains_stay_good(tables: Tables) -> Finding:
    """After the longest chain the distance is below 1.5 times that of LMI's own samples.

    Not tested unless these are less than half as far off as independent pixels.
    """
    _need_to_have_learned(near(trained(tables, "anatomy", ["lmi"])), "LMI's long runs")
    rows = tables["chains"]
    rows = rows[(rows["experiment"] == "anatomy") & (rows["learner"] == "lmi")]
    rows = rows[(rows["centre"] == "data") & (rows["start"] == "own")]
    if rows.empty:
        raise SaigenError("no chains from samples of LMI")
    longest = int(rows["sweeps"].max())
    return below(ratio(rows, "fd", of=longest, against=0, by="sweeps"), 1.5)


@claim(
    "C17",
    says="Local searches from noise reach many different modes",
    where="ours, on slide 24",
    published="not stated",
    tables=["modes", "machines"],
)
def modes_are_many(tables: Tables) -> Finding:
    """Searches of a trained LMI machine find more than half as many modes as there are searches.

    Not tested where they do, but its samples are not less than half as far off as independent
    pixels: noise has many modes too. A machine that has come to few modes refutes it.
    """
    rows = tables["modes"]
    rows = rows[(rows["experiment"] == "anatomy") & (rows["learner"] == "lmi")]
    rows = rows[rows["centre"] == "data"]
    found = above(mean_of(rows, "modes_unique", better="higher"), 0.5)
    if found.verdict == REPLICATED:
        _need_to_have_learned(near(trained(tables, "anatomy", ["lmi"])), "LMI's long runs")
    return found


@claim(
    "C18",
    says="Deeper machines, of 3 and 4 hidden layers, train too",
    where="ours",
    published="not stated",
    tables=["machines", "curves"],
)
def deeper_machines_train(tables: Tables) -> Finding:
    """They beat independent pixels, as C9 asks: half their distance, a higher likelihood.

    Not tested where two hidden layers do not pass in as many updates. One that was still coming
    nearer when its training ended refutes nothing.
    """
    _need_to_have_learned(learns(trained(tables, "training", ["lmi"])), "machines of two layers")
    parts = {}
    for name in ("depth_3", "depth_4"):
        curve = curve_of(tables["curves"], "depths", name, "data")
        found = learns(trained(tables, "depths", [name]))
        parts[name] = if_settled(found, NOT_REPLICATED, curve, OWN)
    return all_of(parts)


@claim(
    "C19",
    says="Without the Gibbs sweep after the local search, training collapses to few modes",
    where="ours, on the abstract's “around a mode”",
    published="not stated",
    tables=["machines"],
)
def the_sweep_is_needed(tables: Tables) -> Finding:
    """The modes found are fewer than 5% of the searches and than a fifth of LMI's, and twice as far
    off as samples of LMI.

    Not tested where LMI's own are not more than 5%: there is nothing to collapse from.
    """
    rows = trained(tables, "variations", ["lmi", "no_sweep"])
    with_it, without = (rows[rows["learner"] == name] for name in ("lmi", "no_sweep"))
    many = above(mean_of(with_it, "unique_modes", better="higher"), FEW)
    if many.verdict != REPLICATED:
        raise SaigenError(f"LMI itself is not known to have come to many modes: {many.why}")
    # A machine trained without the sweep samples without it.
    own = rows.assign(fd_own=rows["fd_sample"].where(rows["learner"] == "lmi", rows["fd_mode"]))
    against = {"of": "no_sweep", "against": "lmi", "by": "learner"}
    return all_of(
        {
            "modes": below(mean_of(without, "unique_modes", better="higher"), FEW),
            "against LMI": below(ratio(rows, "unique_modes", better="higher", **against), 0.2),
            "distance": above(ratio(own, "fd_own", **against), 2.0),
        }
    )
