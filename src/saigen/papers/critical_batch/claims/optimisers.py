"""The claims on steps and cost for AdaBelief and RMSProp: figures 1 and 2 show three curves."""

from saigen.claims import Finding, claim
from saigen.papers.critical_batch.claims import shapes
from saigen.papers.critical_batch.claims.reading import Tables


@claim(
    "A1-adabelief",
    says="The larger the batch, the fewer steps a DCGAN takes to the target with AdaBelief",
    where="Abstract; figure 1 (number inferred)",
    published="N falls with b",
    tables=["crossings"],
)
def steps_fall_adabelief(tables: Tables) -> Finding:
    """As A1, with AdaBelief."""
    return shapes.steps_fall(tables, "dcgan", "adabelief")


@claim(
    "A1-rmsprop",
    says="The larger the batch, the fewer steps a DCGAN takes to the target with RMSProp",
    where="Abstract; figure 1 (number inferred)",
    published="N falls with b",
    tables=["crossings"],
)
def steps_fall_rmsprop(tables: Tables) -> Finding:
    """As A1, with RMSProp."""
    return shapes.steps_fall(tables, "dcgan", "rmsprop")


@claim(
    "A2-adabelief",
    says="The cost N b of a DCGAN with AdaBelief is least at a batch size within",
    where="Abstract; figure 2 (number inferred)",
    published="a measured critical batch size for each optimiser; its numbers could not be read",
    tables=["crossings"],
)
def cost_has_a_minimum_adabelief(tables: Tables) -> Finding:
    """As A2, with AdaBelief."""
    return shapes.cost_has_a_minimum(tables, "dcgan", "adabelief")


@claim(
    "A2-rmsprop",
    says="The cost N b of a DCGAN with RMSProp is least at a batch size within",
    where="Abstract; figure 2 (number inferred)",
    published="a measured critical batch size for each optimiser; its numbers could not be read",
    tables=["crossings"],
)
def cost_has_a_minimum_rmsprop(tables: Tables) -> Finding:
    """As A2, with RMSProp."""
    return shapes.cost_has_a_minimum(tables, "dcgan", "rmsprop")


@claim(
    "A3-adabelief",
    says="Beyond AdaBelief's critical size the cost rises as k² / (2k − 1) at k times that size",
    where="The law N(b)",
    published="derived from it: 1.33, 2.29 and 4.27 at 2, 4 and 8 times",
    tables=["crossings"],
)
def cost_rises_by_the_law_adabelief(tables: Tables) -> Finding:
    """As A3, with AdaBelief."""
    return shapes.cost_rises_by_the_law(tables, "dcgan", "adabelief")


@claim(
    "A3-rmsprop",
    says="Beyond RMSProp's critical size the cost rises as k² / (2k − 1) at k times that size",
    where="The law N(b)",
    published="derived from it: 1.33, 2.29 and 4.27 at 2, 4 and 8 times",
    tables=["crossings"],
)
def cost_rises_by_the_law_rmsprop(tables: Tables) -> Finding:
    """As A3, with RMSProp."""
    return shapes.cost_rises_by_the_law(tables, "dcgan", "rmsprop")
