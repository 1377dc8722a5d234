"""Claims on coordinate descent and averaging: part 5, E22 and E23."""

from saigen.claims import Finding, above, all_of, below, claim, within
from saigen.papers.optimisation_lecture.claims.reading import (
    Tables,
    exact,
    measured,
    over_seeds,
)


@claim(
    "E22-coordinates",
    says="Coordinate descent works where variables hardly interact, and badly where they do",
    where="Part 5, E22",
    published="theory: ρ² a sweep",
    needs="smoke",
    tables=["measurements"],
)
def coordinates(tables: Tables) -> Finding:
    """A sweep shrinks the error by a₁₂²/(a₁₁a₂₂), and it sticks at f > 0 where f has a crease."""
    seen = measured(tables, "coordinates", "ratio").set_index("label")["value"]
    theory = measured(tables, "coordinates", "theory").set_index("label")["value"]
    stuck = measured(tables, "coordinates", "stuck")["value"].max()
    return all_of(
        {
            "ratio": below(exact(float((seen - theory).abs().max()), len(seen)), 1e-6),
            "stuck": above(exact(float(stuck)), 0.1),
        }
    )


@claim(
    "E23-averaging",
    says="The average of noisy iterates lies far nearer the floor of the valley than they do",
    where="Part 5, E23",
    published="theory: η s²/(λ(2−ηλ)) against s²/(λ²t)",
    needs="quick",
    tables=["measurements"],
)
def averaging(tables: Tables) -> Finding:
    """The variance of the longest average is below a tenth of the iterates', over seeds.

    The iterates' is within 10% of the theory's, the average's within 20%.
    """
    last = measured(tables, "averaging", "variance").pivot(
        index="seed", columns="label", values="value"
    )
    seen = measured(tables, "averaging", "average")
    theory = measured(tables, "averaging", "average_theory")
    longest = seen["label"].max()
    average = seen[seen["label"] == longest].set_index("seed")["value"]
    shares = average / theory[theory["label"] == longest].set_index("seed")["value"]
    return all_of(
        {
            "average over iterates": below(over_seeds(average / last["last"]), 0.1),
            "iterates": within(over_seeds(last["last"] / last["theory"]), 0.1, 1.0),
            "average": within(over_seeds(shares), 0.2, 1.0),
        }
    )
