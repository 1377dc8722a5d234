"""A paper's files of published numbers: CSV, with remarks that begin with #."""

import pandas as pd

from saigen.paper import Paper
from saigen.products import read_csv

_MEND = "mend it: a line of names, then rows of as many values; a remark begins with #"


def published(paper: Paper) -> dict[str, pd.DataFrame]:
    """Return the paper's files of published numbers, by name.

    Raises:
      SaigenError: one is damaged.
    """
    return {
        name: read_csv(paper.folder / entry.file, _MEND, "#")
        for name, entry in paper.published.items()
    }


def word_among_numbers(paper: Paper) -> str:
    """Say where a word stands in a column of numbers, if one does: most likely a slip of the pen.

    Labels may be such a column, so that this is for when a paper's code has stumbled.
    """
    for name, frame in published(paper).items():
        for column in frame.columns:
            values = frame[column].dropna()
            words = values[pd.to_numeric(values, errors="coerce").isna()]
            if 0 < len(words) < len(values):
                file = paper.published[name].file
                return f"{file}: column `{column}` has `{words.iloc[0]}` among its numbers"
    return ""
