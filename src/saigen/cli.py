"""The `saigen` command: what the rules call, and what a person calls by hand.

Exit codes: 0 done, 1 a check or a run failed, 2 wrong use, 143 ended by SIGTERM, a training with
its state saved. A user's mistake gets one readable line, never a traceback.
"""

import argparse
import errno
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from saigen import commands, inspection
from saigen.config import Config, load_config, read_config
from saigen.errors import SaigenError, UsageError
from saigen.scales import SCALES

Options = argparse.Namespace

_GO_ON = "nothing is lost, the same command goes on from here"
#: What to do about an error of the system.
ADVICE = {
    errno.ENOSPC: f"; free some space (`saigen plan` says how much is needed): {_GO_ON}",
    errno.EDQUOT: f"; your quota is used up: {_GO_ON} when there is room",
    errno.EROFS: f"; make the folder writable, or work in a copy of the project: {_GO_ON}",
    errno.EACCES: f"; make it yours to read and write: {_GO_ON}",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    # As an exception, so that scratch files are cleared away; a training has more to do by then.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        return options.run(options) or 0
    except SaigenError as error:
        print(f"saigen: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        return 1
    except OSError as error:  # a file that is not there, a full disk
        advice = ADVICE.get(error.errno or 0, "")
        print(
            f"saigen: {error.filename or 'system'}: {error.strerror or error}{advice}",
            file=sys.stderr,
        )
        return 1
    except MemoryError as error:
        print(f"saigen: out of memory: {error or 'no more said'}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _tell(line: str) -> None:
    print(line, flush=True)


def _train(options: Options) -> int:
    from saigen.jobs import train_job
    from saigen.progress import watching

    with watching() as (tell, watch):
        return train_job(
            options.paper,
            options.experiment,
            options.job,
            _json_object(options.settings, "--settings"),
            dataset=options.dataset,
            results=options.results,
            tell=tell,
            watch=watch,
        )


def _fetch(options: Options) -> None:
    if options.data is not None:
        config, where = {"data": _json_object(options.data, "--data")}, "--data"
    elif options.config is None and not Path("config.yaml").is_file():
        config, where = {}, ""
    else:
        path = options.config or Path("config.yaml")
        config, where = read_config(path), str(path)
    commands.fetch(options.datasets, load_config(config, where).data, options.folder, _tell)


def _new(options: Options) -> None:
    from saigen.new import new_paper

    new_paper(options.paper, _tell)


def _of_runs(options: Options) -> Config:
    """Return the configuration whose runs a product reads."""
    given = _json_object(options.settings, "--settings")
    return load_config({**given, "scale": options.scale}, "--settings")


def _json_object(text: str, option: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise UsageError(f"{option}: not valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise UsageError(f"{option}: a JSON object is wanted")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="saigen", description="Re-runs papers.")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[Options], int | None], text: str
    ) -> argparse.ArgumentParser:
        added = subparsers.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    def of_runs(to: argparse.ArgumentParser) -> None:
        to.add_argument("--scale", choices=SCALES, required=True)
        to.add_argument("--settings", default="{}", help="what differs from the defaults, as JSON")
        to.add_argument("--results", type=Path, default=Path("results"))

    def of_tables(to: argparse.ArgumentParser) -> None:
        to.add_argument("--tables", nargs="*", type=Path, default=[], help="tables, as CSV")

    fetch = command(
        "fetch",
        _fetch,
        "Fetch and check datasets.",
    )
    fetch.add_argument("datasets", nargs="+", metavar="DATASET")
    fetch.add_argument("--config", type=Path, help="configuration; config.yaml by default")
    fetch.add_argument("--data", help="the `data` part of a configuration, as JSON")
    fetch.add_argument("--folder", type=Path, default=Path("results/data"))

    train = command("train", _train, "Train the runs of one job that are not up to date.")
    train.add_argument("paper")
    train.add_argument("experiment")
    train.add_argument("job", help="number of the job, as in 000")
    train.add_argument("--settings", default="{}", help="what differs from the defaults, as JSON")
    train.add_argument("--dataset", type=Path, help="prepared dataset")
    train.add_argument("--results", type=Path, default=Path("results"))

    table = command(
        "table",
        lambda o: commands.table(o.paper, o.name, _of_runs(o), o.results, o.output),
        "Build one table.",
    )
    figure = command(
        "figure",
        lambda o: commands.figure(o.paper, o.name, _of_runs(o), o.results, o.tables, o.output),
        "Draw one figure.",
    )
    for product in (table, figure):
        product.add_argument("paper")
        product.add_argument("name")
        product.add_argument("--output", type=Path, required=True)
        of_runs(product)
    of_tables(figure)

    judge = command(
        "judge",
        lambda o: commands.judge(o.paper, o.scale, o.tables, o.output),
        "Test a paper's claims on its tables.",
    )
    judge.add_argument("paper")
    judge.add_argument("--scale", choices=SCALES, required=True)
    judge.add_argument("--output", type=Path, required=True)
    of_tables(judge)

    gather = command(
        "gather",
        lambda o: commands.gather(o.paper, _of_runs(o), o.results, o.costs, o.provenance),
        "Sum up costs and provenance of a paper's runs.",
    )
    gather.add_argument("paper")
    gather.add_argument("--costs", type=Path, required=True)
    gather.add_argument("--provenance", type=Path, required=True)
    of_runs(gather)

    report = command(
        "report",
        lambda o: commands.report(o.papers, o.scale, o.results, o.output),
        "Write the replication report.",
    )
    report.add_argument("papers", nargs="+")
    report.add_argument("--scale", choices=SCALES, required=True)
    report.add_argument("--results", type=Path, default=Path("results"))
    report.add_argument("--output", type=Path, required=True)

    inspection.add_to(command)

    settings = command(
        "settings", lambda o: commands.settings(o.paper, _tell), "List the settings of a paper."
    )
    settings.add_argument("paper")

    page = command("page", lambda o: commands.page(o.paper, _tell), "Write a paper's PAPER.md.")
    page.add_argument("paper")

    new = command("new", _new, "Start a paper's folder from the template.")
    new.add_argument("paper")

    schema = command(
        "schema", lambda o: commands.schema(o.output), "Write the schema of config.yaml."
    )
    schema.add_argument("--output", type=Path, default=Path("workflow/schemas/config.schema.yaml"))
    return parser
