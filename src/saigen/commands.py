"""What the subcommands that make products do; each imports only what it needs.

What a job reads and writes is in its rule; of the records of trainings, which may be thousands, the
command is told the settings that they follow from.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from saigen.config import Config, Data
from saigen.errors import SaigenError, UsageError, did_you_mean
from saigen.paper import Paper, load_paper

if TYPE_CHECKING:
    from saigen.records import Record


def with_product(paper: str, kind: str, name: str) -> Paper:
    """Return a paper that has a product.

    Args:
      paper: its name.
      kind: `tables` or `figures`.
      name: the product.

    Raises:
      UsageError: there is no such paper, or it has no such product.
    """
    loaded = load_paper(paper)
    known = getattr(loaded, kind)
    if name not in known:
        raise UsageError(f"`{name}` is not one of {paper}'s {kind}{did_you_mean(name, known)}")
    return loaded


def fetch(names: Sequence[str], wanted: Data, folder: Path, tell: Callable[[str], None]) -> None:
    """Fetch, check and prepare datasets as `folder`/<name>.npz.

    Args:
      names: datasets of the registry, or image folders of the configuration.
      wanted: where to look, the `data` part of a configuration.
      folder: where the prepared files go.
      tell: takes one line for the log.
    """
    from saigen import data

    for name in names:
        prepared = data.prepare(
            name,
            folder / f"{name}.npz",
            folder=Path(wanted.folder),
            mirrors=wanted.mirrors,
            image_folders=wanted.image_folders,
            offline=wanted.offline,
            log=tell,
        )
        tell(f"{name}: {folder / name}.npz, digest {prepared.digest[:16]}")


def table(paper: str, name: str, config: Config, results: Path, target: Path) -> None:
    """Build one table from the runs of a configuration."""
    from saigen.tables import build_table

    loaded = with_product(paper, "tables", name)
    records = _runs(loaded, loaded.tables[name].experiments, config, results)
    build_table(loaded, name, config.scale, records, target)


def figure(
    paper: str, name: str, config: Config, results: Path, tables: Sequence[Path], target: Path
) -> None:
    """Draw one figure from tables and, where it shows samples, the runs of a configuration."""
    from saigen.figures import build_figure

    loaded = with_product(paper, "figures", name)
    by_name = {path.stem: path for path in tables}
    records = _runs(loaded, loaded.figures[name].samples, config, results)
    build_figure(loaded, name, config.scale, by_name, records, target)


def judge(paper: str, scale: str, tables: Sequence[Path], target: Path) -> None:
    """Test a paper's claims on its tables; beside the verdicts goes their passport (.json)."""
    from saigen import claims
    from saigen.checkout import commit
    from saigen.files import sha256, write_json
    from saigen.fingerprint import fingerprint
    from saigen.products import read_passport
    from saigen.tables import asking, read_table

    loaded = load_paper(paper)
    module = loaded.module("claims")
    stated = claims.claims_in(module, loaded.tables)
    beside = {path.stem: path.with_suffix(".json") for path in tables}
    changed = {
        name: read_passport(path).get("changed", {})
        for name, path in beside.items()
        if path.is_file()
    }
    passport = {
        "paper": paper,
        "scale": scale,
        "commit": commit(),
        "code": fingerprint(module),
        "tables": {path.stem: sha256(path) for path in tables},
        "changed": {name: told for of in changed.values() for name, told in of.items()},
    }
    frames = {path.stem: read_table(path) for path in tables}
    with asking(loaded):
        verdicts = claims.judge(stated, frames, scale, changed)
    claims.write(verdicts, target)
    write_json(target.with_suffix(".json"), passport | {"digest": sha256(target)})


def gather(paper: str, config: Config, results: Path, costs: Path, provenance: Path) -> None:
    """Sum up what a paper's runs cost and where they come from."""
    from saigen.gather import write_costs, write_provenance

    loaded = load_paper(paper)
    records = _runs(loaded, list(loaded.experiments), config, results)
    write_costs(records, costs)
    write_provenance(records, provenance)


def report(papers: Sequence[str], scale: str, results: Path, target: Path) -> None:
    """Write the replication report of a scale."""
    from saigen.report.build import build

    build(results, scale, [load_paper(name) for name in papers], target)


def settings(paper: str, tell: Callable[[str], None]) -> None:
    """Print every setting of a paper's experiments, with its value at the published protocol."""
    loaded = load_paper(paper)
    tell("At paper scale; PAPER.md has what the other scales change.")
    for name, experiment in loaded.experiments.items():
        tell(f"{name}: {experiment.what}")
        for key, value in experiment.settings.items():
            others = [
                f"{case.set[key]} where {', '.join(f'{k} is {v}' for k, v in case.when.items())}"
                for case in experiment.cases
                if key in case.set and case.scale is None
            ]
            told = f" ({'; '.join(others)}; an override replaces all)" if others else ""
            tell(f"  {key}: {'none' if value is None else value}{told}")


def _runs(
    paper: Paper, experiments: Sequence[str], config: Config, results: Path
) -> list["Record"]:
    """Return the runs of some experiments, as the records of their jobs name them.

    Raises:
      SaigenError: a record or a run is missing or damaged, or they name none of an experiment.
    """
    from saigen.grid import job_records
    from saigen.records import read_records

    records = job_records(paper, experiments, config, results)
    found = read_records(records, experiments)
    there = {record.facts["experiment"] for record in found}
    if lacking := [name for name in experiments if name not in there]:
        raise SaigenError(
            f"{results / config.scale / paper.name}: no run of {', '.join(lacking)} in the "
            f"{len(records)} job records of what is read; delete these records and run again"
        )
    return found


def page(paper: str, tell: Callable[[str], None]) -> None:
    """Write a paper's PAPER.md."""
    from saigen.files import write_text
    from saigen.paper_page import paper_page

    loaded = load_paper(paper)
    target = loaded.folder / "PAPER.md"
    write_text(target, paper_page(loaded))
    tell(f"wrote {target}")


def schema(target: Path) -> None:
    """Write the JSON schema of config.yaml."""
    from saigen.config import schema as text
    from saigen.files import write_text

    write_text(target, text())
