"""What run.json must tell of a run, so that tables, costs and provenance can be made of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from saigen.errors import SaigenError


class _Facts(BaseModel):
    """What is read of it; the last two may be missing."""

    model_config = ConfigDict(strict=True)

    experiment: str
    variant: str
    seed: int
    status: str
    steps: int
    params: dict[str, Any]
    datasets: dict[str, str]
    stamps: list[dict[str, Any]]
    code: str
    commit: str | None
    cpu_seconds: float
    wall_seconds: float
    startup_cpu_seconds: float
    data_facts: dict[str, Any] = {}
    judges: dict[str, str] = {}


#: What run.json must tell.
NEEDED = {name for name, field in _Facts.model_fields.items() if field.is_required()}


def refuse_facts(
    facts: Mapping[str, Any], folder: Path, record: Path | str = "its job's record"
) -> None:
    """Refuse a run.json that does not tell what it must.

    Args:
      facts: what it holds.
      folder: the run's, for the message.
      record: that of its job, for the message.

    Raises:
      SaigenError: something lacks, or is of another type.
    """
    if lacking := NEEDED - facts.keys():
        raise SaigenError(
            f"{folder}: another version of Saigen made it (it has no `{min(lacking)}`); "
            f"delete it and {record}, and run again"
        )
    try:
        _Facts.model_validate(facts)
    except ValidationError as problem:
        fault = problem.errors()[0]
        raise SaigenError(
            f"{folder / 'run.json'}: damaged (`{fault['loc'][0]}`: {fault['msg']}); delete "
            f"{folder} and {record}, and run again"
        ) from None
