"""Claims on one-sidedness, activations, and the critic's norm: section 4, appendices C and D."""

from collections.abc import Mapping

import pandas as pd

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    difference,
    rate_difference,
    untested,
    within,
)
from saigen.claims.finding import number
from saigen.claims.runs import UNANIMOUS
from saigen.papers.wgan_gp.success import least_share

Tables = Mapping[str, pd.DataFrame]


@claim(
    "C17",
    says="One-sided and two-sided penalties do as well: the difference is not significant",
    where="Appendix C",
    published="two-sided higher in 100, one-sided in 77 of 174 (sic); called not significant",
    tables=["sides", "random_architectures"],
)
def sides_alike(tables: Tables) -> Finding:
    """Mean difference of the score's share, paired by architecture, within a tenth of the mean.

    Of the architectures that either side trains, by C6's rule and at its cut: two failures are
    alike too. Untested below six of them, in which no difference could be significant.
    """
    runs = tables["sides"]
    cut = least_share(tables["random_architectures"]["score_share"])
    trained = runs.groupby("architecture")["score_share"].transform("max") > cut
    kept, drawn = runs.loc[trained, "architecture"].nunique(), runs["architecture"].nunique()
    if kept < UNANIMOUS:
        why = f"either side trains {kept} of {drawn} architectures (a share above {number(cut)})"
        return untested(f"{why}; fewer than {UNANIMOUS} can show no difference")
    runs = runs[trained]
    runs = runs.assign(
        side=runs["one_sided"].map({True: "one-sided", False: "two-sided"}),
        relative_share=runs["score_share"] / runs["score_share"].mean(),
    )
    gap = difference(
        runs,
        "relative_share",
        of="one-sided",
        against="two-sided",
        by="side",
        paired_on="architecture",
        better="higher",
    )
    return within(gap, 0.1)


@claim(
    "C18",
    says="Critics with ELU fail to train with the penalty; its smooth surrogate works",
    where="Appendix D",
    published="stated without numbers",
    tables=["activations"],
)
def elu_fails(tables: Tables) -> Finding:
    """The surrogate trains more architectures than ELU: exact McNemar.

    A run as far from the data as samples that all have its mean features has not trained.
    """
    runs = tables["activations"]
    near = runs["frechet"] < runs["frechet_of_mean"]
    return above(
        rate_difference(
            runs.assign(trained=runs["trained"] & near),
            "trained",
            of="softplus",
            against="elu",
            by="critic_activation",
            paired_on="architecture",
        )
    )


@claim(
    "C19",
    says="With the penalty a critic with batch norm does worse than with layer norm or with none",
    where="Section 4",
    published="argued, not measured",
    tables=["critic_norms"],
)
def batch_norm_hurts(tables: Tables) -> Finding:
    """The score's share with batch norm is below that with layer norm, and below that with none."""
    return all_of(
        {
            other: below(
                difference(
                    tables["critic_norms"],
                    "score_share",
                    of="batch",
                    against=other,
                    by="critic_norm",
                    better="higher",
                )
            )
            for other in ("layer", "none")
        }
    )
