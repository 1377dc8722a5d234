"""What the subcommands about a whole scale do: plan, status, claims, doctor, keep, restore.

And diagnose, about a log. None imports TensorFlow.
"""

from argparse import BooleanOptionalAction
from argparse import Namespace as Options
from collections.abc import Callable
from pathlib import Path

from saigen.config import Config, load_config, read_config
from saigen.console import console
from saigen.errors import UsageError
from saigen.scales import SCALES

CONFIG = Path("config.yaml")


def add_to(command: Callable) -> None:
    """Add the subcommands to the command line.

    Args:
      command: `command(name, run, text)` adds one and returns its parser.
    """
    planned = command("plan", _plan, "Say what a scale will cost on this machine.")
    planned.add_argument("--cores", type=int, help="cores for Snakemake; all by default")
    planned.add_argument("--gpus", type=int, default=1, help="how many, on a cluster; 1 by default")
    planned.add_argument(
        "--scaling", action="store_true", help="also tell the wall time on 1 to 256 cores"
    )
    planned.add_argument(
        "--calibrate",
        action=BooleanOptionalAction,
        default=True,
        help="measure, seconds a trainer, what past runs do not tell",
    )
    status = command("status", _status, "Say what is done, running, stale or missing.")
    claims = command("claims", _claims, "Show the verdicts.")
    claims.add_argument(
        "--verdict", nargs="+", default=[], help="only these: replicated, not-replicated, …"
    )
    doctor = command(
        "doctor", _doctor, "Check machine, software and data; exit 1 if what is needed is missing."
    )
    kept = command("keep", _keep, "Keep runs, tables, figures and verdicts of a scale.")
    restored = command("restore", _restore, "Put kept runs back, so that none is trained again.")
    for added in (kept, restored):
        where = "folder of what is kept; results/reference by default"
        added.add_argument("--kept", type=Path, default=Path("results/reference"), help=where)
    for added in (planned, status, claims, doctor, kept, restored):
        added.add_argument("--scale", choices=SCALES, help="instead of the configuration's")
        added.add_argument("--papers", nargs="+", help="instead of the configuration's")
        added.add_argument("--config", type=Path, default=CONFIG, help="instead of config.yaml")
        added.add_argument(
            "--results", type=Path, default=Path("results"), help="folder; `results` by default"
        )
    diagnosed = command(
        "diagnose", _diagnose, "Say what a GAN's training log tells; exit 1 on a wiring fault."
    )
    diagnosed.add_argument("log", type=Path, help="Keras-GAN's printed lines, or CSV")


def configuration(options: Options) -> Config:
    """Return the configuration file, with the scale and the papers that the options name."""
    # Without the file that nobody named, the defaults hold.
    defaults = options.config == CONFIG and not CONFIG.is_file()
    content = {} if defaults else read_config(options.config)
    named = {"scale": options.scale, "papers": options.papers}
    changes = {key: value for key, value in named.items() if value is not None}
    return load_config({**content, **changes}, str(options.config))


def _refuse_elsewhere(options: Options) -> None:
    """Refuse to tell of results in a folder that has none, and no configuration to make any.

    Raises:
      UsageError: it is no project's.
    """
    if not options.results.is_dir() and not options.config.is_file():
        raise UsageError(
            f"{options.results}: no such folder, and no {options.config} beside it; go to the "
            "folder of your checkout, or name its results with --results"
        )


def _plan(options: Options) -> int:
    from saigen import machine
    from saigen.plan.estimate import make_plan
    from saigen.plan.show import show, show_scaling

    config, on, aside = configuration(options), console(), console(stderr=True)
    for name in ("cores", "gpus"):
        found = getattr(options, name)
        if found is not None and found < 1:
            raise UsageError(f"--{name}: at least 1 is wanted, not {found}")
    cores = options.cores or machine.cores()
    gpus, measure = options.gpus, options.calibrate
    plan = make_plan(config, options.results, cores, gpus, measure, aside.print)
    show(plan, options.results, on)
    if options.scaling:
        on.print()
        show_scaling(plan, on)
    return 0


def _status(options: Options) -> int:
    from saigen.status import show, states

    config = configuration(options)
    _refuse_elsewhere(options)
    show(states(config, options.results), config.scale, options.results, console())
    return 0


def _claims(options: Options) -> int:
    from saigen.verdicts import show

    config = configuration(options)
    _refuse_elsewhere(options)
    return show(config, options.results, options.verdict, console())


def _doctor(options: Options) -> int:
    from saigen.doctor import examine, show

    return show(examine(configuration(options), options.results), console())


def _keep(options: Options) -> int:
    from saigen.kept import keep

    return keep(configuration(options), options.results, options.kept, console().print)


def _restore(options: Options) -> None:
    from saigen.kept import restore

    restore(configuration(options), options.results, options.kept, console().print)


def _diagnose(options: Options) -> int:
    from saigen.diagnose import diagnose, read_log
    from saigen.diagnose.show import told

    log = read_log(options.log)
    found = diagnose(log)
    console().print("\n".join(told(str(options.log), log, found)))
    return int("R3" in found.fires or "S1" in found.signs)
