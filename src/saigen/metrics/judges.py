"""Which feature networks a run is judged by: what tables must know before they compare numbers."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from saigen.data.dataset import Dataset
from saigen.metrics.inception import digest_of


def judges(params: Mapping[str, Any], dataset: Dataset | None) -> dict[str, str]:
    """Return the networks at a run's hand, by name, each with the digest of its weights.

    `Inception` where the setting `inception` names its file, and `classifier` where the dataset
    carries one. What a paper judges by both, it names apart; else Inception judges where it is.
    The number of samples behind each number is a setting of the run.

    Args:
      params: the run's settings.
      dataset: what it reads.

    Raises:
      SaigenError: the file that `inception` names is not there, or no graph.
    """
    found = {}
    if path := params.get("inception"):
        found["Inception"] = _digest(str(path))
    if dataset is not None and "classifier" in dataset.facts:
        found["classifier"] = dataset.facts["classifier"]["digest"]
    return found


#: Of 90 MB, once for all runs of a process.
_digest = cache(digest_of)
