"""Judging a claim of the paper on made-up tables, and the tables of trained machines."""

import pandas as pd

from saigen.claims import judge
from saigen.papers.dbm import claims

CLAIMS = {each.id: each for each in claims.CLAIMS}


def finding(name, shown):
    """What a claim finds in the tables that it reads, as a row of verdicts."""
    return judge([CLAIMS[name]], shown, "paper").iloc[0]


def verdict(name, shown):
    return finding(name, shown)["verdict"]


EXISTING = ("cd_10", "pcd_10", "gibbs_ucd")
#: A machine of pixel means, give or take, and one that has learned.
MEANS = {"fd_sample": 0.30, "fd_gibbs": 0.31, "log_likelihood": -206.0}
GOOD = {"fd_sample": 0.05, "fd_gibbs": 0.06, "log_likelihood": -100.0}


def machines(centre="data", **learners):
    """The table `machines`: three seeds of each learner in every experiment, as it is given."""
    rows = []
    for experiment in ("training", "training_fashion", "variations", "depths", "anatomy"):
        for learner, numbers in learners.items():
            for seed in range(3):
                row = {"experiment": experiment, "learner": learner, "centre": centre}
                row |= {"seed": seed, "status": "finished", "log_z_error": 0.1, "unique_modes": 0.9}
                row |= {"fd_means": 0.30, "fd_noise": 1.0, "log_likelihood_of_means": -206.0}
                shaken = {name: value * (1.0 + 0.01 * seed) for name, value in numbers.items()}
                rows.append(row | shaken)
    return {"machines": pd.DataFrame(rows)}


def rates(who="cd_10", **numbers):
    """The table `rates`: one run of each method at two rates, one of them as given at 0.03."""
    rows = [
        {"learner": learner, "centre": "data", "learning_rate": rate, "seed": 0,
         "fd_means": 0.30, "log_likelihood_of_means": -206.0, "log_z_error": 0.1,
         **MEANS, **(numbers if (learner, rate) == (who, 0.03) else {})}
        for learner in ("lmi", *EXISTING) for rate in (0.01, 0.03)
    ]  # fmt: skip
    return {"rates": pd.DataFrame(rows)}


def curves(share=1.0):
    """The tables of curves: distances end at this share of what they were at half of the run."""
    rows = [
        {"experiment": experiment, "learner": learner, "centre": centre, "seed": seed,
         "status": "finished", "step": step, "curve_fd_sample": fd, "curve_fd_gibbs": 2.0 * fd}
        for experiment in ("training", "training_fashion", "variations", "depths", "anatomy")
        for learner in ("lmi", *EXISTING, "pretrained", "depth_3", "depth_4")
        for centre in ("data", "none")
        for seed in range(3)
        for step, fd in ((1000, 0.5), (2000, 0.4), (3000, 0.4), (4000, 0.4 * share))
    ]  # fmt: skip
    return dict.fromkeys(("curves", "long_curves"), pd.DataFrame(rows))


#: The grid and the curves of methods that have settled, and pass at no rate.
SETTLED = rates() | curves()
