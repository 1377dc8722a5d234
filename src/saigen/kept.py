"""Runs and products kept for good, and put back: what a cluster trained, a laptop redraws.

`<kept>/<scale>/<paper>/` has tables, figures and verdicts as the pipeline made them, and
runs.tar.xz: run.json and metrics.csv of every run that stands, samples.npz where a figure shows
samples, and the classifiers that samples were judged by. Put back in their places, the runs are
found up to date and are not trained again.
"""

from collections.abc import Callable
from pathlib import Path

from saigen.config import Config
from saigen.data.judge import FOLDER as JUDGES
from saigen.engine.lock import alone
from saigen.engine.run_folder import replacing_folder
from saigen.errors import SaigenError
from saigen.files import read_json
from saigen.kept_archive import ARCHIVE, METRICS, RECORD, SAMPLES, check_run, pack, parts
from saigen.kept_judges import judges_of, put_back
from saigen.kept_losses import refuse_losses
from saigen.kept_products import copy_products, products_of
from saigen.paper import Paper, load_paper
from saigen.status import states

Tell = Callable[[str], None]


def keep(config: Config, results: Path, kept: Path, tell: Tell) -> int:
    """Keep the runs that stand of the chosen papers, and the products where there are new ones.

    The same runs give the same bytes.

    Args:
      config: which papers, at which scale.
      results: the results folder.
      kept: the folder of what is kept; the paper's place in it is made or renewed.
      tell: takes one line for the user.

    Returns:
      1 where a paper has no run that stands, and 0 otherwise.

    Raises:
      SaigenError: the archive that is there is damaged, or would lose by it (`kept_losses.py`); a
        product is damaged; or another process keeps runs of a paper there.
    """
    lacking = 0
    for paper in map(load_paper, config.chosen):
        target = kept / config.scale / paper.name
        runs, names = _standing(config, paper.name, results)
        if not names:
            tell(f"{paper.name}: no run stands at {config.scale}, so that nothing is kept")
            lacking = 1
            continue
        with alone(target, str(target), "keeping runs there"):
            # Looked at first: a damaged one leaves the archive as it was.
            products, why_none = products_of(config, paper, results)
            path = _renew(config, paper, names, results, target, tell)
            size = path.stat().st_size / 1e6
            tell(f"{path}: {len(names)} of {runs} runs, {size:.1f} MB")
            source = results / config.scale / paper.name
            tell(f"{target}: {why_none or copy_products(products, source, target)}")
    return lacking


def _renew(
    config: Config, paper: Paper, names: list[str], results: Path, target: Path, tell: Tell
) -> Path:
    """Write the archive of a paper's runs anew, and return its path."""
    source, path = results / config.scale / paper.name, target / ARCHIVE
    before = dict(parts(path))
    judges = before.pop(JUDGES, {})
    for run, files in before.items():
        check_run(path, run, files, config.scale, paper.name)
    # Samples are most of a run's bytes: they are kept where a figure shows them.
    shown = {name for figure in paper.figures.values() for name in figure.samples}
    files_of = {True: (METRICS, SAMPLES), False: (METRICS,)}
    wanted = {name: files_of[name.partition("/")[0] in shown] for name in names}
    records = {name: read_json(source / name / RECORD) for name in names}
    refuse_losses(path, before, source, records, wanted, _options(config, paper.name))
    judges = judges_of(records.values(), results / "data", judges, path, tell)
    pack(source, records, wanted, path, judges)
    return path


def restore(config: Config, results: Path, kept: Path, tell: Tell) -> None:
    """Put the kept runs of the chosen papers back; a run that is there already stays as it is.

    Args:
      config: which papers, at which scale.
      results: the results folder.
      kept: the folder of what is kept.
      tell: takes one line for the user.

    Raises:
      SaigenError: no runs of a named paper are kept, or an archive is damaged or holds what is
        no run of it.
    """
    for name in config.chosen:
        path = kept / config.scale / name / ARCHIVE
        if not path.is_file():
            if config.papers == "all" and _known(kept, config.scale):
                tell(f"{name}: no runs are kept")
                continue
            raise SaigenError(f"{path}: no such file; kept are {_known(kept) or 'none'}")
        back = there = 0
        judges = {}
        for run, files in parts(path):
            if run == JUDGES:
                judges = files
                continue
            place = results / config.scale / name / run
            check_run(path, run, files, config.scale, name)
            if place.exists():
                there += 1
                continue
            with replacing_folder(place) as scratch:
                for file, content in files.items():
                    (scratch / file).write_bytes(content)
            back += 1
        put_back(judges, path, results / "data", tell)
        runs, standing = _standing(config, name, results)
        why = f"; `saigen status {_options(config, name)}` says why others do not"
        tell(
            f"{name}: {back} runs put back, {there} were there; {len(standing)} of {runs} stand"
            + ("" if len(standing) == runs else why)
        )


def _options(config: Config, paper: str) -> str:
    return f"--scale {config.scale} --papers {paper}"


def _standing(config: Config, paper: str, results: Path) -> tuple[int, list[str]]:
    """Return how many runs a paper has, and the names of those that stand, in order."""
    found = states(config.model_copy(update={"papers": [paper]}), results)
    every = [run for entry in found for run in entry.runs]
    return len(every), sorted(state.run.name for state in every if state.is_fresh)


def _known(kept: Path, scale: str = "*") -> str:
    found = sorted(path.parent.relative_to(kept) for path in kept.glob(f"{scale}/*/{ARCHIVE}"))
    return ", ".join(map(str, found))
