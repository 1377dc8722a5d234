"""Judging a claim of the paper on made-up tables."""

from saigen.claims import judge
from saigen.papers.dbm import claims

CLAIMS = {each.id: each for each in claims.CLAIMS}


def finding(name, shown):
    """What a claim finds in the tables that it reads, as a row of verdicts."""
    return judge([CLAIMS[name]], shown, "paper").iloc[0]


def verdict(name, shown):
    return finding(name, shown)["verdict"]
