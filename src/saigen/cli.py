"""The `saigen` command: what the rules call, and what a person calls by hand.

Exit codes: 0 done, 1 a check or a run failed, 2 wrong use, 143 ended by SIGTERM with its state
saved. A user's mistake gets one readable line, never a traceback.
"""

import argparse
import json
import sys
from pathlib import Path

from saigen.errors import SaigenError, UsageError


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except SaigenError as error:
        print(f"saigen: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130


def _train(options: argparse.Namespace) -> int:
    from saigen.jobs import train_job

    settings = _settings(options.settings)
    return train_job(
        options.paper,
        options.experiment,
        options.job,
        settings,
        dataset=options.dataset,
        results=options.results,
        tell=_tell,
    )


def _fetch(options: argparse.Namespace) -> None:
    from saigen.commands import fetch

    fetch(options.datasets, options.config, options.results, _tell)


def _settings(text: str) -> dict:
    try:
        settings = json.loads(text)
    except ValueError as error:
        raise UsageError(f"--settings: not valid JSON: {error}") from None
    if not isinstance(settings, dict):
        raise UsageError("--settings: a JSON object is wanted, as in '{\"scale\": \"smoke\"}'")
    return settings


def _tell(line: str) -> None:
    print(line, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="saigen", description="Re-runs papers.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        added.add_argument("--results", type=Path, default=Path("results"), help="results folder")
        return added

    train = command("train", _train, "Train the runs of one job that are not up to date.")
    train.add_argument("paper")
    train.add_argument("experiment")
    train.add_argument("job", help="number of the job, as in 000")
    train.add_argument("--settings", default="{}", help="what differs from the defaults, as JSON")
    train.add_argument("--dataset", type=Path, help="prepared dataset")

    fetch = command("fetch", _fetch, "Fetch and check datasets.")
    fetch.add_argument("datasets", nargs="+")
    fetch.add_argument("--config", type=Path, default=Path("config.yaml"))
    return parser
