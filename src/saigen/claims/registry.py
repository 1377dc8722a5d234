"""Registering claims, judging them at a scale, and writing the verdicts down."""

import importlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType, ModuleType

import pandas as pd

from saigen.claims.finding import NOT_TESTED, Finding, untested
from saigen.errors import SaigenError, UsageError, did_you_mean
from saigen.files import write_text
from saigen.scales import SCALES
from saigen.unfit import unfit

COLUMNS = ("id", "claim", "where", "published", "measured", "low", "high", "n", "verdict", "why")

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Claim:
    """A sentence of a paper and the test that decides it; call it with tables to test it."""

    id: str
    says: str
    where: str
    published: str
    needs: str
    tables: tuple[str, ...]
    test: Callable[[Tables], Finding]

    def __call__(self, tables: Tables) -> Finding:
        """Test the claim, whatever the scale of the tables."""
        return self.test(tables)


def claim(
    id: str,
    *,
    says: str,
    where: str,
    published: str = "",
    needs: str = "standard",
    tables: Iterable[str] = (),
) -> Callable[[Callable[[Tables], Finding]], Claim]:
    """Make a function of tables the test of a claim.

    Args:
      id: short and unique within the paper, such as `T1-categorical`.
      says: the sentence, as the paper means it.
      where: table, figure or section.
      published: the published figure, in words.
      needs: the smallest scale at which the test means something.
      tables: names of the tables that it reads; the claim is not tested where one is missing.

    Raises:
      SaigenError: `needs` is not a scale; when the test is given.
    """

    def register(test: Callable[[Tables], Finding]) -> Claim:
        if needs not in SCALES:
            hint = did_you_mean(needs, SCALES)
            raise SaigenError(f"{_file(test)}: claim {id}: `needs: {needs}` is not a scale{hint}")
        return Claim(id, says, where, published, needs, tuple(tables), test)

    return register


def claims_in(module: str, tables: Collection[str] | None = None) -> list[Claim]:
    """Return the claims of a paper: its module's list CLAIMS, or those the module defines.

    Args:
      module: dotted name, `saigen.papers.<paper>.claims`.
      tables: those that paper.yaml has, where claims are to be held against it.

    Raises:
      SaigenError: two claims share an id, or one names a table that is not among `tables`.
    """
    found = importlib.import_module(module)
    claims = claims_of(getattr(found, "CLAIMS", found))
    for each in claims:
        for name in each.tables:
            if tables is not None and name not in tables:
                which = f"names `{name}`, which paper.yaml does not{did_you_mean(name, tables)}"
                raise SaigenError(f"{_file(each.test)}: claim {each.id}: `tables` {which}")
    return claims


def claims_of(source: ModuleType | Iterable[Claim]) -> list[Claim]:
    """Return the claims of a module, in the order they were written, or those of a list.

    Raises:
      SaigenError: two claims share an id.
    """
    members = vars(source).values() if isinstance(source, ModuleType) else source
    claims = [member for member in members if isinstance(member, Claim)]
    seen: set[str] = set()
    for each in claims:
        if each.id in seen:
            raise SaigenError(f"{_file(each.test)}: two claims are called {each.id}; rename one")
        seen.add(each.id)
    return claims


def judge(
    source: ModuleType | Iterable[Claim],
    tables: Tables,
    scale: str,
    changed: Mapping[str, Iterable[str]] = MappingProxyType({}),
) -> pd.DataFrame:
    """Test every claim and return one row each, with the columns `COLUMNS`.

    A claim whose tables lack the data is `not tested`, with the reason. Below the scale that it
    needs it is `not tested` too, but keeps what was measured and says how it would read. Errors
    other than SaigenError are faults of the test and are raised, but where it was given runs of
    changed settings: then it is `not tested` as well.

    Args:
      source: a module that holds claims, or claims.
      tables: frames by name.
      scale: of the runs behind them.
      changed: by table, the experiments behind it whose settings a user changed. The line of a
        claim says so, unless its test finds the same without their rows: where a table has a
        column `experiment` it can tell.

    Raises:
      SaigenError: a test reads a table that it did not declare.
      UsageError: `scale` is not a scale.
    """
    if scale not in SCALES:
        raise UsageError(f"no scale `{scale}`{did_you_mean(scale, SCALES)}")
    rows, unchanged = [], _without(tables, changed)
    for each in claims_of(source):
        others = sorted(
            {name for table in each.tables or tables for name in changed.get(table, ())}
        )
        found = _test(each, tables, bool(others))
        finding = _gate(each, found, scale)
        if others and repr(_test(each, unchanged, True)) == repr(found):
            others = []  # it reads other rows of its tables
        told = [f"its tables hold runs of changed settings: {', '.join(others)}"] if others else []
        rows.append(
            {
                "id": each.id,
                "claim": each.says,
                "where": each.where,
                "published": each.published,
                "measured": float(finding.measured),
                "low": float(finding.low),
                "high": float(finding.high),
                "n": int(finding.n),
                "verdict": finding.verdict,
                "why": "; ".join([finding.why, *told]),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


class _UndeclaredError(SaigenError):
    """A fault of a test, unlike other SaigenErrors: those say what it has no data for."""


class _Declared(dict[str, pd.DataFrame]):
    """The tables that a claim declared; any other is an error that names the claim."""

    def __init__(self, each: Claim, tables: Tables) -> None:
        super().__init__(tables)
        self._claim = f"{_file(each.test)}: claim {each.id}"

    def __missing__(self, name: str) -> pd.DataFrame:
        fault = f"reads table `{name}`, which is not among its `tables`{did_you_mean(name, self)}"
        raise _UndeclaredError(f"{self._claim} {fault}")


def _test(each: Claim, tables: Tables, changed: bool) -> Finding:
    for name in each.tables:
        if name not in tables:
            return untested(f"table {name} is not there")
        if tables[name].empty:
            return untested(f"table {name} has no rows")
    # Only what was declared: a table that is read in silence would not be waited for.
    shown = {name: tables[name] for name in each.tables} if each.tables else tables
    try:
        return each(_Declared(each, shown))
    except _UndeclaredError:
        raise
    except SaigenError as error:
        return untested(str(error))
    except Exception as problem:
        if not changed:
            raise
        return untested(f"the test {unfit(problem)}")


def _without(tables: Tables, changed: Mapping[str, Iterable[str]]) -> Tables:
    """Return the tables without the rows of changed experiments, or whole where none are named."""
    kept = {}
    for name, frame in tables.items():
        others = set(changed.get(name, ()))
        if others and "experiment" in frame.columns:
            frame = frame[~frame["experiment"].isin(others)]
        elif others:
            frame = frame.iloc[:0]  # any row may be one of theirs
        kept[name] = frame
    return kept


def _gate(each: Claim, finding: Finding, scale: str) -> Finding:
    if SCALES.index(scale) >= SCALES.index(each.needs) or finding.verdict == NOT_TESTED:
        return finding
    why = f"needs the {each.needs} scale; at {scale} the test would read {finding.verdict}"
    return replace(finding, verdict=NOT_TESTED, why=f"{why}: {finding.why}")


def _file(test: Callable) -> str:
    """Return the file that a claim's test stands in, as its author knows it."""
    return test.__module__.removeprefix("saigen.").replace(".", "/") + ".py"


def write(frame: pd.DataFrame, path: Path | str) -> None:
    """Write verdicts as CSV, atomically, at full precision; an unknown number is left empty."""
    write_text(path, frame.to_csv(index=False, lineterminator="\n"))
