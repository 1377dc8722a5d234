"""Products: which files they are, and read back. A damaged one is told by name, never half read."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from saigen.errors import SaigenError
from saigen.files import read_json, sha256
from saigen.paper import Paper

if TYPE_CHECKING:
    import pandas as pd

REMAKE = "delete it, and the `snakemake` command that made it makes it anew"

#: What stands beside a product under its name.
SUFFIXES = {"tables": (".csv", ".md", ".json"), "figures": (".svg", ".png", ".json")}


def product_files(paper: Paper) -> list[Path]:
    """Return every file that is made of a paper's runs, within results/<scale>/<paper>."""
    found = [*map(Path, ("claims.csv", "claims.json", "provenance.json", "tables/costs.csv"))]
    for kind, names in (("tables", paper.tables), ("figures", paper.figures)):
        found += [Path(kind, f"{name}{suffix}") for name in names for suffix in SUFFIXES[kind]]
    return found


class Passport(BaseModel):
    """What readers count on in the JSON beside a product; what else it says is for people.

    `digest` is that of the CSV beside it: one that was cut between two rows reads like a whole one.
    """

    model_config = ConfigDict(strict=True)

    digest: str = ""
    code: str = ""
    seeds: dict[str, list[int]] = {}
    tables: dict[str, str] = {}
    datasets: dict[str, str] = {}
    precision: list[str] = []
    experiments: list[str] = []
    diverged: list[str] = []
    changed: dict[str, str] = {}
    notes: list[str] = []


class _Dataset(BaseModel):
    digest: str
    facts: dict[str, Any]


class Provenance(BaseModel):
    """What readers count on in provenance.json."""

    model_config = ConfigDict(strict=True)

    datasets: dict[str, _Dataset] = {}
    stamps: list[dict[str, Any]] = []
    commits: list[str] = []
    code: dict[str, str] = {}


def damaged(path: Path, problem: object, mend: str = REMAKE) -> SaigenError:
    """Return the error of a file that cannot be read: why, and what to do."""
    told = " ".join(str(problem).split())
    return SaigenError(f"{path}: cannot be read ({told}); {mend}")


def read_mapping(path: Path) -> dict[str, Any]:
    """Read a JSON file that holds a mapping.

    Raises:
      ValueError: it holds something else.
    """
    try:
        found = read_json(path)
    except RecursionError:
        raise ValueError("brackets without end") from None
    if not isinstance(found, dict):
        raise ValueError("no mapping")
    return found


def read_passport(path: Path, kind: type[BaseModel] = Passport) -> dict[str, Any]:
    """Read the JSON beside a product, or provenance.json.

    Args:
      path: where it lies.
      kind: what its readers count on.

    Raises:
      SaigenError: it is damaged.
    """
    try:
        found = read_mapping(path)
        kind.model_validate(found)
    except ValidationError as problem:
        fault = problem.errors()[0]
        raise damaged(path, f"`{fault['loc'][0]}`: {fault['msg']}") from None
    except ValueError as problem:
        raise damaged(path, problem) from None
    return found


def read_csv(path: Path, mend: str = REMAKE, comment: str | None = None) -> "pd.DataFrame":
    """Read a CSV file.

    Args:
      path: where it lies.
      mend: what to do if it is damaged.
      comment: what a remark begins with, where there may be some.

    Raises:
      SaigenError: it is damaged.
    """
    import pandas as pd  # here: what lists products only, as `status`, starts without it

    try:
        return pd.read_csv(path, comment=comment)
    except ValueError as problem:  # what pandas raises, and a byte that is no text
        raise damaged(path, problem, mend) from None


def refuse_changed(path: Path) -> None:
    """Refuse a CSV that is not the one its passport was written for, where that says which.

    Raises:
      SaigenError: it was cut or edited since, or the passport is damaged.
    """
    beside = path.with_suffix(".json")
    digest = read_passport(beside).get("digest") if beside.is_file() else None
    if digest and digest != sha256(path):
        raise SaigenError(f"{path}: cut or edited since {beside.name} was written; {REMAKE}")
