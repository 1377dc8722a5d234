"""What the paper claims, as tests of tables. Sentences and tests are written before the runs."""

from collections.abc import Mapping

import pandas as pd

from saigen.claims import Finding, below, claim, difference


@claim(
    "1-rate",
    says="The larger learning rate reaches the lower test error",
    where="Table 1",
    published="8.0% against 9.0%",
    needs="quick",
    tables=["curves"],
)
def larger_is_better(tables: Mapping[str, pd.DataFrame]) -> Finding:
    """The paired difference of final test errors lies below 0."""
    curves = tables["curves"]
    last = curves[curves["step"] == curves["step"].max()]
    return below(difference(last, "test_error", of=0.5, against=0.05, by="learning_rate"))
