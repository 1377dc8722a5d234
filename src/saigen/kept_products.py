"""Tables, figures and verdicts beside kept runs: which they are, whether sound, and their copy."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from saigen import verdicts
from saigen.config import Config
from saigen.files import replacing, sha256
from saigen.paper import Paper
from saigen.products import SUFFIXES, Provenance, damaged, product_files, read_passport
from saigen.tables import read_table


def products_of(config: Config, paper: Paper, results: Path) -> tuple[list[Path], str]:
    """Return the products of a paper, where all are there and of these runs; else none, and why.

    Args:
      config: at which scale.
      paper: whose.
      results: the results folder.

    Returns:
      Paths within results/<scale>/<paper>, and "" or why there are none.

    Raises:
      SaigenError: one is damaged.
    """
    source = results / config.scale / paper.name
    mend = f"`snakemake --cores all --config scale={config.scale} papers={paper.name}` makes them"
    if not (source / "claims.csv").is_file():
        return [], f"no products yet, {mend}"
    found = product_files(paper)
    missing = [path for path in found if not (source / path).is_file()]
    for path in found:
        if path not in missing:
            _refuse_damage(source / path)
    if newer := verdicts.newer_than_verdicts(config, paper.name, results):
        return [], f"products not kept, older than {newer}: {mend}"
    if missing:
        return [], f"products not kept, {source / missing[0]} is not there: {mend}"
    if old := _of_other_tables(source, paper):
        return [], f"products not kept, figure `{old}` is not of these tables: {mend}"
    return found, ""


def copy_products(products: Sequence[Path], source: Path, target: Path) -> str:
    """Copy products in the place of those that were kept; say how many.

    Args:
      products: paths within `source`.
      source: the paper's results.
      target: where they are kept; what lies there and is no product is the user's own.
    """
    for path in products:
        with replacing(target / path) as scratch:
            shutil.copyfile(source / path, scratch)
    for kind, suffixes in SUFFIXES.items():
        for old in (target / kind).glob("*"):
            ours = old.suffix in suffixes and old.is_file()
            if ours and old.relative_to(target) not in products:
                old.unlink()
    return f"{len(products)} files of tables, figures and verdicts"


def _refuse_damage(path: Path) -> None:
    if not path.stat().st_size:
        raise damaged(path, "empty")
    if path.name == "claims.csv":
        verdicts.read(path)
    elif path.name == "provenance.json":
        read_passport(path, Provenance)
    elif path.suffix == ".csv":
        read_table(path)
    elif path.suffix == ".json":
        read_passport(path)


def _of_other_tables(source: Path, paper: Paper) -> str:
    """Return the name of a figure that was drawn from other tables than lie there, or nothing."""
    for name, entry in paper.figures.items():
        drawn = read_passport(source / "figures" / f"{name}.json").get("tables")
        there = {table: sha256(source / "tables" / f"{table}.csv") for table in entry.tables}
        if drawn != there:
            return name
    return ""
