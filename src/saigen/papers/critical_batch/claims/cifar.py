"""The claims on steps and cost once more, on images that no figure of the paper has."""

from saigen.claims import Finding, claim
from saigen.papers.critical_batch.claims import shapes
from saigen.papers.critical_batch.claims.reading import Tables

_WHERE = "Abstract; of other images than the paper's"


@claim(
    "A1-cifar",
    says="The larger the batch, the fewer steps a DCGAN takes to the target on CIFAR-10 too",
    where=_WHERE,
    published="N falls with b",
    tables=["crossings"],
)
def steps_fall(tables: Tables) -> Finding:
    """As A1."""
    return shapes.steps_fall(tables, "cifar")


@claim(
    "A2-cifar",
    says="The cost N b of a DCGAN is least at a batch size within on CIFAR-10 too",
    where=_WHERE,
    published="not examined",
    tables=["crossings"],
)
def cost_has_a_minimum(tables: Tables) -> Finding:
    """As A2."""
    return shapes.cost_has_a_minimum(tables, "cifar")


@claim(
    "A3-cifar",
    says="Beyond that size the cost rises as k² / (2k − 1) at k times it on CIFAR-10 too",
    where="The law N(b); of other images than the paper's",
    published="derived from it: 1.33, 2.29 and 4.27 at 2, 4 and 8 times",
    tables=["crossings"],
)
def cost_rises_by_the_law(tables: Tables) -> Finding:
    """As A3."""
    return shapes.cost_rises_by_the_law(tables, "cifar")


@claim(
    "A4-law-cifar",
    says="The law with a wall fits better than N = a (1 + B/b) on CIFAR-10 too",
    where="The law N(b), against McCandlish et al. 2018 and Shallue et al. 2019",
    tables=["fits"],
)
def law_beats_its_rival(tables: Tables) -> Finding:
    """As A4-law."""
    return shapes.law_beats_rival(tables, "cifar")
