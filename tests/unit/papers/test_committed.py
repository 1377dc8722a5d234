"""Verdicts kept in git are those of the claims as they stand, on the tables beside them."""

from pathlib import Path

import pandas as pd
import pytest

from saigen.claims import claims_in, judge

REFERENCE = Path(__file__).parents[3] / "results/reference"
KEPT = sorted(path.parent for path in REFERENCE.glob("*/*/claims.csv"))


def test_there_are_some():
    assert KEPT


@pytest.mark.parametrize("folder", KEPT, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_committed_verdicts_are_those_of_the_claims_as_they_stand(folder):
    tables = {path.stem: pd.read_csv(path) for path in (folder / "tables").glob("*.csv")}
    claims = claims_in(f"saigen.papers.{folder.name}.claims")
    told = pd.read_csv(folder / "claims.csv")[["id", "claim", "verdict"]]
    found = judge(claims, tables, folder.parent.name)[["id", "claim", "verdict"]]
    pd.testing.assert_frame_equal(found, told)
