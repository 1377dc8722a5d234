"""Claims on steps and cost over batch sizes: abstract, the law N(b), figures 1 to 4."""

from saigen.claims import Finding, below, claim, untested
from saigen.papers.critical_batch.claims import shapes
from saigen.papers.critical_batch.claims.reading import Tables, sweep
from saigen.stats import t_interval


@claim(
    "A1",
    says="The larger the batch, the fewer steps a DCGAN takes to the target",
    where="Abstract; figure 1 (number inferred)",
    published="N falls with b",
    tables=["crossings"],
)
def steps_fall(tables: Tables) -> Finding:
    """With Adam, over all batch sizes: Page's test.

    A run reaches a target where two looks running lie at or below it. One that never did ranks
    last if it diverged or took more steps than any N of its seed; where one took fewer the claim is
    not tested.
    """
    return shapes.steps_fall(tables, "dcgan")


@claim(
    "A1-wgan",
    says="The larger the batch, the fewer steps a WGAN-GP takes to the target",
    where="Abstract; figure 3 (number inferred)",
    published="N falls with b",
    tables=["crossings"],
)
def steps_fall_wgan(tables: Tables) -> Finding:
    """The same."""
    return shapes.steps_fall(tables, "wgan_gp")


@claim(
    "A2",
    says="The cost N b of a DCGAN is least at a batch size within, the critical one",
    where="Abstract; figure 2 (number inferred)",
    published="a measured critical batch size for each optimiser; its numbers could not be read",
    tables=["crossings"],
)
def cost_has_a_minimum(tables: Tables) -> Finding:
    """With Adam: K(b*/4) and K(4 b*) both lie above K(b*), b* chosen by the other seeds.

    In log₂ of their ratio. The grid's last size stands for one beyond it. A side is not tested
    where any seed's b* is itself the last size there: the least may lie further out. A run that
    ended before the target counts with what it had spent, away from b* where that is more than
    K(b*), at b* where it is more than what arrived away from it, and else not at all; one that
    diverged before it counts as the largest rise seen, at least.
    """
    return shapes.cost_has_a_minimum(tables, "dcgan")


@claim(
    "A2-wgan",
    says="The cost N b of a WGAN-GP is least at a batch size within, the critical one",
    where="Abstract; figure 4 (number inferred)",
    published="a measured critical batch size for each optimiser; its numbers could not be read",
    tables=["crossings"],
)
def cost_has_a_minimum_wgan(tables: Tables) -> Finding:
    """The same."""
    return shapes.cost_has_a_minimum(tables, "wgan_gp")


@claim(
    "A3",
    says="Beyond the critical size the cost rises as k² / (2k − 1) at k times that size",
    where="The law N(b)",
    published="derived from it: 1.33, 2.29 and 4.27 at 2, 4 and 8 times",
    tables=["crossings"],
)
def cost_rises_by_the_law(tables: Tables) -> Finding:
    """With Adam on the DCGAN: each mean log₂ ratio lies within ¾ of the law's.

    That b* is known to half a grid step moves a ratio by up to ½. Where a run ended before the
    target its rise is a bound, which can lie above all that the law allows and else says nothing.
    A multiple that is beyond the grid for any seed's b* (chosen by the other seeds) is not tested.
    Nor, where any b* is the grid's smallest size, are costs that rise enough or more: the true b*
    may lie below, where costs rise more steeply; costs that rise too little refute.
    """
    return shapes.cost_rises_by_the_law(tables, "dcgan")


#: A small batch that spent so many times K(b*) in vain counts as one that never arrives.
ENOUGH = 4.0


@claim(
    "A4",
    says="A batch of well below half the critical size never reaches the target: there is a wall",
    where="The law N(b), which holds for b > B/(ε² − C) alone",
    published="a consequence of the printed formula; not shown",
    tables=["crossings", "fits"],
)
def there_is_a_wall(tables: Tables) -> Finding:
    """Of runs at b ≤ g/4 fewer than half reached the target, for the DCGAN with Adam.

    g is the grid's cheapest size, each seed's own. By the law g is the cheapest for b* from g/1.5
    to g/0.75, so that half of it lies below the wall or above, and a quarter below it. A run that
    ended before the target counts as one that never reaches it if it diverged or had then spent
    four times K(b*); where one had spent less the claim is not tested, for all that arrived would
    stay.
    """
    runs = sweep(tables["crossings"], "dcgan")
    best = sweep(tables["fits"], "dcgan").set_index("seed")["measured"]
    if best.isna().any():
        lost = f"{best.isna().sum()} of {len(best)} seeds"
        return untested(f"no batch size reached the target in {lost}")
    least = runs.groupby("seed")["sfo"].min()
    small = runs[runs["batch_size"] <= runs["seed"].map(best) / 4.0]
    lost = small["censored"].astype(bool)
    vain = small["bound"] * small["batch_size"] >= ENOUGH * small["seed"].map(least)
    if small.empty:
        return untested("no run was at a quarter of the cheapest size or less")
    if unknown := int((lost & ~vain).sum()):
        told = f"{unknown} of {len(small)} runs at a quarter of the cheapest size or less"
        return untested(f"{told} ended without reaching the target and before {ENOUGH:g} K(b*)")
    small = small.assign(reached=1.0 - lost)
    return below(t_interval(small.groupby("seed")["reached"].mean()), 0.5)


@claim(
    "A4-law",
    says="On a DCGAN the law with a wall fits better than N = a (1 + B/b), which has none",
    where="The law N(b), against McCandlish et al. 2018 and Shallue et al. 2019",
    tables=["fits"],
)
def law_beats_its_rival(tables: Tables) -> Finding:
    """Akaike's criterion of the law minus the rival's, ended runs included: below 0, Adam.

    A run that diverged counts as ended at its last look: neither law has anything to say of it.
    """
    return shapes.law_beats_rival(tables, "dcgan")


@claim(
    "A4-law-wgan",
    says="On a WGAN-GP the law with a wall fits better than N = a (1 + B/b), which has none",
    where="The law N(b), against McCandlish et al. 2018 and Shallue et al. 2019",
    tables=["fits"],
)
def law_beats_its_rival_wgan(tables: Tables) -> Finding:
    """The same."""
    return shapes.law_beats_rival(tables, "wgan_gp")
