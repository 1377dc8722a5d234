"""Figures: a paper's `figures.py` holds one function a figure, named as in paper.yaml.

A figure function maps (tables, samples) to a Matplotlib figure. It reads tables and sample arrays
and nothing else, so a figure is redrawn in seconds, with nothing retrained and no TensorFlow.
"""

import textwrap
from collections.abc import Mapping, Sequence
from importlib import resources
from math import ceil, floor, log10
from pathlib import Path
from typing import Any

import matplotlib

from saigen.changed import changed_settings
from saigen.errors import SaigenError
from saigen.files import replacing, sha256, write_json
from saigen.fingerprint import fingerprint
from saigen.paper import Paper
from saigen.products import read_passport
from saigen.records import Record, origin
from saigen.tables import asking, function_of, read_table
from saigen.unfit import unfit

matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib import ticker
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

#: How published values are drawn, in every figure: grey, behind ours.
PUBLISHED: dict[str, Any] = {"color": "0.65", "linewidth": 1.6, "zorder": 1}

#: Seaborn's palette of that name, told apart by most eyes. A process a figure cannot wait for the
#: import of seaborn, 0.8 s, where all it wants is colours.
COLOURBLIND = (
    *("#0173b2", "#de8f05", "#029e73", "#d55e00", "#cc78bc"),
    *("#ca9161", "#fbafe4", "#949494", "#ece133", "#56b4e9"),
)


def numbered(axis: Axis) -> None:
    """Number a log axis by plain figures where fewer than two powers of ten are in sight.

    Call it when all is drawn: what is in sight decides.
    """
    low, high = axis.get_view_interval()
    if floor(log10(high)) > ceil(log10(low)):
        return
    between = ticker.LogLocator(subs=(1.0, 1.5, 2.0, 3.0, 5.0, 7.0))
    axis.set_major_locator(
        between if high > 2.5 * low else ticker.MaxNLocator(5, steps=[1, 2, 5, 10])
    )
    axis.set_major_formatter(ticker.StrMethodFormatter("{x:,.10g}"))
    axis.set_minor_formatter(ticker.NullFormatter())


def blank(why: str) -> Figure:
    """Return a figure that only says why there is nothing to show.

    For where there are no runs that it could show, or such as it was not written for: the rest of
    a paper is drawn.
    """
    figure, axis = plt.subplots(figsize=(6, 1))
    axis.set_axis_off()
    text = textwrap.fill(why, 90)
    axis.text(0.5, 0.5, text, ha="center", va="center", fontsize=8, transform=axis.transAxes)
    return figure


def build_figure(
    paper: Paper,
    name: str,
    scale: str,
    tables: Mapping[str, Path],
    records: Sequence[Record],
    target: Path,
) -> None:
    """Draw one figure and write `target` (.svg), with .png and its passport (.json) beside it.

    Args:
      paper: the paper.
      name: the figure, as paper.yaml names it.
      scale: of its runs; the figure says it.
      tables: the CSV files that it reads, by table name.
      records: the runs whose samples it shows.
      target: a path that ends in .svg.

    Raises:
      SaigenError: a table or its passport is damaged, an experiment has lost its samples, or the
        function asks for a column that is not there. Where settings were changed a figure that
        cannot be drawn says why.
    """
    _refuse_lost_samples(paper, name, scale, records)
    draw = function_of(paper, "figures", name)
    frames = {table: read_table(path) for table, path in tables.items()}
    facts = passport(paper, name, scale, tables, records)
    # Fixed salt and no date: the same numbers give the same bytes.
    with resources.as_file(resources.files("saigen") / "style.mplstyle") as style:
        with plt.style.context(str(style)), plt.rc_context({"svg.hashsalt": "saigen"}):
            try:
                with asking(paper):
                    figure = draw(frames, list(records))
            except Exception as problem:
                if not facts["changed"]:
                    raise
                plt.close("all")
                figure = blank(f"The figure {unfit(problem)}.")
            _name_departures(figure, facts)
            box = _laid_out(figure)
            for suffix, metadata in ((".svg", {"Date": None}), (".png", {"Software": None})):
                with replacing(target.with_suffix(suffix)) as scratch:
                    figure.savefig(scratch, bbox_inches=box, metadata=metadata)
            plt.close(figure)
    write_json(target.with_suffix(".json"), facts)


def _refuse_lost_samples(paper: Paper, name: str, scale: str, records: Sequence[Record]) -> None:
    """Refuse to draw an experiment's samples where none of its runs has any: a blank panel.

    A run that diverged left none, and of the others a trainer may leave them to some.

    Raises:
      SaigenError: they are gone.
    """
    for experiment in paper.figures[name].samples:
        of_it = [record for record in records if record.facts["experiment"] == experiment]
        ended = [record.folder for record in of_it if record.facts["status"] == "finished"]
        if ended and not any((folder / "samples.npz").is_file() for folder in ended):
            raise SaigenError(
                f"{ended[0]}/samples.npz: is not there, nor is that of any of the {len(ended)} "
                f"runs of {experiment} that ended, which figure `{name}` shows; delete the folders "
                "of these runs and their jobs' records, and run again; or delete the folders "
                f"alone, and `saigen restore --scale {scale} --papers {paper.name}` puts kept "
                "runs back"
            )


def passport(
    paper: Paper, name: str, scale: str, tables: Mapping[str, Path], records: Sequence[Record]
) -> dict[str, Any]:
    """Return where a figure comes from: command, seeds, settings, code, tables and data."""
    entry = paper.figures[name]
    # Of the runs whose samples it shows, and of those behind its tables.
    origins = [origin(records) | {"changed": changed_settings(paper, scale, records)}]
    for table in tables.values():
        if (beside := table.with_suffix(".json")).is_file():
            origins.append(read_passport(beside))
    return {
        "name": name,
        "paper": paper.name,
        "where": entry.where,
        "caption": entry.caption,
        "scale": scale,
        "command": f"snakemake --cores all results/{scale}/{paper.name}/figures/{name}.svg",
        "seeds": {k: v for each in origins for k, v in each.get("seeds", {}).items()},
        "code": fingerprint(paper.module("figures")),
        "tables": {table: sha256(path) for table, path in tables.items()},
        "datasets": {k: v for each in origins for k, v in each.get("datasets", {}).items()},
        "changed": {k: v for each in origins for k, v in each.get("changed", {}).items()},
        "precision": sorted({p for each in origins for p in each.get("precision", [])}),
    }


def _laid_out(figure: Figure) -> Bbox:
    """Place everything once, for both formats, and return the box that holds it, in inches.

    Saving a tight figure draws it twice and lays it out again, for each format.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return figure.get_tightbbox().padded(plt.rcParams["savefig.pad_inches"])


def _name_departures(figure: Figure, facts: Mapping[str, Any]) -> None:
    """Say in the corner what is not as published: scale, settings, products not in float32."""
    departures = [f"scale: {facts['scale']}"] * (facts["scale"] != "paper")
    # By experiment: a figure may show others of its tables' rows.
    if changed := list(facts["changed"]):
        of = ", ".join(changed) if len(changed) <= 3 else f"{len(changed)} experiments"
        departures.append(f"changed settings of {of}")
    departures += [f"{name} products" for name in facts["precision"] if name != "float32"]
    # Above the figure: the saved box grows to hold it, and it covers nothing. (Below, it would meet
    # a legend at "outside lower", which moves down with the box.)
    words = ", ".join(departures)
    figure.text(1.0, 1.005, words, ha="right", va="bottom", fontsize=7, color="0.4")
