"""Claims on steps and cost over batch sizes: abstract, theorem 3.2, figures 1 to 4."""

import numpy as np
import pandas as pd

from saigen.claims import Finding, above, all_of, below, claim, trend, untested, within
from saigen.papers.critical_batch.claims.reading import Tables, costs, rise, sweep
from saigen.papers.critical_batch.theory import relative_cost
from saigen.stats import t_interval

MODELS = {"dcgan": "DCGAN", "wgan_gp": "WGAN-GP"}


def _steps(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs with the steps of a censored one at ∞: later than any other."""
    return runs.assign(steps=runs["steps"].fillna(np.inf))


@claim(
    "A1",
    says="The larger the batch, the fewer steps to the target",
    where="Abstract; figures 1 and 3",
    published="N falls with b",
    tables=["crossings"],
)
def steps_fall(tables: Tables) -> Finding:
    """With Adam, for both models: Page's test over seeds; a censored run counts as the slowest."""
    return all_of(
        {
            title: trend(
                _steps(sweep(tables["crossings"], model)), "steps", along="batch_size",
                direction="falls",
            )
            for model, title in MODELS.items()
        }
    )  # fmt: skip


@claim(
    "A2",
    says="The cost N b is least at a batch size within, the critical one",
    where="Abstract; figures 2 and 4",
    published="a measured critical batch size for each optimiser; its numbers could not be read",
    tables=["crossings"],
)
def cost_has_a_minimum(tables: Tables) -> Finding:
    """With Adam: K(b*/4) and K(4 b*) both lie above K(b*), b* chosen by the other seeds.

    At the end of the grid the rise is 0. A censored run counts with what it had spent.
    """
    parts = {}
    for model, title in MODELS.items():
        runs = sweep(tables["crossings"], model)
        for factor, side in ((0.25, "below b*"), (4.0, "beyond b*")):
            parts[f"{title}, {side}"] = above(_mean(rise(runs, factor)))
    return all_of(parts)


@claim(
    "A3",
    says="Beyond the critical size the cost rises as k² / (2k − 1) at k times that size",
    where="Theorem 3.2",
    published="1.33, 2.29 and 4.27 at 2, 4 and 8 times",
    tables=["crossings"],
)
def cost_rises_by_the_law(tables: Tables) -> Finding:
    """With Adam on the DCGAN: each mean log₂ ratio lies within ¾ of the law's.

    That b* is known to half a grid step moves a ratio by up to ½.
    """
    runs = sweep(tables["crossings"], "dcgan")
    table = costs(runs)
    best = table.median().idxmin()
    parts = {}
    for multiple in (2.0, 4.0, 8.0):
        if multiple * best > table.columns.max():
            parts[f"{multiple:g} b*"] = untested(f"{multiple * best:g} is beyond the grid")
            continue
        law = float(np.log2(relative_cost(multiple)))
        parts[f"{multiple:g} b*"] = within(_mean(rise(runs, multiple)), 0.75, around=law)
    return all_of(parts)


@claim(
    "A4",
    says="A batch of half the critical size or less never reaches the target: there is a wall",
    where="Theorem 3.2: N(b) holds for b > B/(ε² − C) alone",
    published="a consequence of the printed formula; not shown",
    tables=["crossings", "fits"],
)
def there_is_a_wall(tables: Tables) -> Finding:
    """Runs at b ≤ b*/2 that reached the target are below half of them, for the DCGAN with Adam.

    b* is each seed's own, as measured; a seed whose b* is among the two smallest sizes has no such
    run and is left out.
    """
    runs = sweep(tables["crossings"], "dcgan")
    best = sweep(tables["fits"], "dcgan").set_index("seed")["measured"]
    small = runs[runs["batch_size"] <= runs["seed"].map(best) / 2.0]
    if small.empty:
        return untested("no run has a batch of half the measured critical size or less")
    shares = small.assign(reached=1.0 - small["censored"].astype(float)).groupby("seed")["reached"]
    return below(_mean(shares.mean()), 0.5)


@claim(
    "A4-law",
    says="The law with a wall fits better than N = a (1 + B/b), which has none",
    where="Theorem 3.2, against McCandlish et al. 2018 and Shallue et al. 2019",
    tables=["fits"],
)
def law_beats_its_rival(tables: Tables) -> Finding:
    """Akaike's criterion of the law minus the rival's, censored runs included: below 0, Adam."""
    parts = {}
    for model, title in MODELS.items():
        gaps = sweep(tables["fits"], model)["aic_gap"].dropna()
        few = untested("fewer than three runs of every seed reached the target")
        parts[title] = below(_mean(gaps)) if len(gaps) else few
    return all_of(parts)


@claim(
    "A10-batch",
    says="A larger batch brings the networks closer at equal steps",
    where="Theorem 3.1: B/b",
    tables=["courses"],
)
def batch_improves(tables: Tables) -> Finding:
    """Distance at the last step that all batch sizes reached, with Adam: Page's test, falling."""
    return trend(_at_common_step(tables["courses"]), "distance", along="batch_size",
                 direction="falls")  # fmt: skip


@claim(
    "A10-steps",
    says="More steps bring the networks closer",
    where="Theorem 3.1: A/N",
    tables=["courses"],
)
def steps_improve(tables: Tables) -> Finding:
    """log₂ of the distance at the end against that at a quarter of the steps: below 0, Adam."""
    course = _adam(tables["courses"])
    rows = []
    for (_, seed), run in course.groupby(["batch_size", "seed"]):
        run = run.sort_values("step")
        early = run[run["step"] <= run["step"].iloc[-1] / 4.0]
        if len(early):
            gain = np.log2(run["distance"].iloc[-1] / early["distance"].iloc[-1])
            rows.append({"seed": seed, "gain": gain})
    if not rows:
        return untested("no run was looked at in its first quarter")
    return below(_mean(pd.DataFrame(rows).groupby("seed")["gain"].mean()))


def _adam(course: pd.DataFrame) -> pd.DataFrame:
    kept = (course["model"] == "dcgan") & (course["setting"] == "adam")
    return course[kept & (course["reading"] == "fixed") & (course["step"] > 0)]


def _at_common_step(course: pd.DataFrame) -> pd.DataFrame:
    """Return each run's last look at or before the step that even the shortest run reached."""
    course = _adam(course)
    common = course.groupby(["batch_size", "seed"])["step"].max().min()
    before = course[course["step"] <= common].sort_values("step")
    return before.groupby(["batch_size", "seed"]).last().reset_index()


def _mean(values: pd.Series):
    return t_interval(values.to_numpy(dtype=float))
