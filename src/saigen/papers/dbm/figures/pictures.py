"""Figures of images: samples of every method, chains, completions."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from saigen.papers.dbm.figures.names import (
    COLOURS,
    DATA,
    LEARNERS,
    Samples,
    Tables,
    dataset_of,
    legend,
    present,
)
from saigen.records import Record

_KINDS = {
    "data": "test images",
    "reconstruction": "reconstructions",
    "mode": "local modes",
    "sample": "mode + one sweep",
    "gibbs": "Gibbs chains",
}
_MASKS = {"top": "top half", "left": "left half", "centre": "centre", "random": "random half"}
_WAYS = {
    "machine": ("masked local search, best of R", "C0"),
    "one_search": ("masked local search, one", "#6baed6"),
    "mean_image": ("majority image", "0.6"),
    "nearest": ("nearest training image", "C1"),
}


def samples_mnist(tables: Tables, samples: Samples) -> Figure:
    """Draw images of every method, centred by the data, on MNIST."""
    return _gallery(samples, "training")


def samples_fashion(tables: Tables, samples: Samples) -> Figure:
    """Draw images of every method, centred by the data, on Fashion-MNIST."""
    return _gallery(samples, "training_fashion")


def samples_uncentred(tables: Tables, samples: Samples) -> Figure:
    """Draw images of every method without centres, the released setting, on MNIST."""
    return _gallery(samples, "training", "none")


def samples_grey(tables: Tables, samples: Samples) -> Figure:
    """Draw images of the grey and coloured machines trained by local mode initialisation."""
    chosen = {}
    for name in ("grey", "grey_fashion", "colour"):
        for record in _of(samples, name, "data"):
            if record.facts["params"]["learner"] == "lmi":
                chosen.setdefault(
                    f"{dataset_of(record)},\nbits a pixel: {record.facts['params']['bits']}", record
                )
    return _rows(chosen)


def chains(tables: Tables, samples: Samples) -> Figure:
    """Draw the distance to the data along Gibbs chains, by where they start."""
    table = tables["chains"]
    experiments = list(dict.fromkeys(table["experiment"]))
    starts = {"own": "own samples", "data": "test images", "noise": "noise"}
    figure, axes = plt.subplots(
        len(experiments), 3, figsize=(9, 2.6 * len(experiments) + 0.4), sharey="row", squeeze=False
    )
    for row, experiment in zip(axes, experiments, strict=True):
        panel = table[table["experiment"] == experiment]
        for axis, (start, label) in zip(row, starts.items(), strict=True):
            for learner, part in panel[panel["start"] == start].groupby("learner", sort=False):
                for _, run in part.groupby("seed"):
                    run = run[run["fd"] > 0.0].sort_values("sweeps")
                    axis.plot(run["sweeps"], run["fd"], color=COLOURS[learner], marker=".", ms=4)
            axis.set_xscale("symlog", linthresh=1.0)
            axis.set(yscale="log", title=f"{DATA[experiment]}, from {label}", xlabel="Gibbs sweeps")
        row[0].set_ylabel("Fréchet distance")
    legend(figure, table["learner"])
    return figure


def chain_images(tables: Tables, samples: Samples) -> Figure:
    """Draw twelve Gibbs chains of each learner, from its own samples on."""
    records = _of(samples, "anatomy", "data")
    figure, axes = plt.subplots(1, len(records), figsize=(3.4 * len(records), 2.2), squeeze=False)
    for axis, record in zip(axes[0], records, strict=True):
        found = record.samples()
        names = [name for name in found if name.startswith("chain_")]
        axis.set_title(LEARNERS[record.facts["params"]["learner"]])
        if not names:  # a diverged run left none
            _bare(axis)
            continue
        axis.imshow(_grid(np.concatenate([found[name] for name in names]), 12), vmin=0, vmax=255)
        height = found[names[0]].shape[1] + 1
        places = [height * (index + 0.5) for index in range(len(names))]
        axis.set_yticks(places, [name.removeprefix("chain_") for name in names])
        axis.set_xticks([])
        axis.grid(False)
    axes[0, 0].set_ylabel("Gibbs sweeps")
    return figure


def completions(tables: Tables, samples: Samples) -> Figure:
    """Draw the error of the unknown pixels by mask, of the machine and of two baselines."""
    table = tables["completions"]
    panels = list(dict.fromkeys(zip(table["experiment"], table["learner"], strict=True)))
    panels = [panel for panel in panels if panel[1] in ("lmi", "pcd_10", "pretrained")]
    rows = -(-len(panels) // 2)
    figure, axes = plt.subplots(
        rows, 2, figsize=(7.5, 2.3 * rows + 0.6), sharex=True, sharey=True, squeeze=False
    )
    for axis in axes.flat[len(panels) :]:
        axis.set_axis_off()
    for axis, (experiment, learner) in zip(axes.flat, panels, strict=False):
        part = table[(table["experiment"] == experiment) & (table["learner"] == learner)]
        for index, (how, (label, colour)) in enumerate(_WAYS.items()):
            means = part[part["how"] == how].groupby("mask")["error"].mean()
            places = np.arange(len(_MASKS)) + 0.2 * (index - 1.5)
            axis.bar(places, means.reindex(_MASKS), width=0.2, color=colour, label=label)
        axis.set_xticks(range(len(_MASKS)), list(_MASKS.values()), fontsize=7)
        axis.set(title=f"{DATA[experiment]}, {LEARNERS[learner]}")
    for axis in axes[:, 0]:
        axis.set_ylabel("mean error\nof unknown pixels")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def completion_images(tables: Tables, samples: Samples) -> Figure:
    """Draw test images, what is known of them, and their completions (slide 27)."""
    chosen = {}
    for name in ("anatomy", "anatomy_fashion"):
        for record in _of(samples, name, "data"):
            if record.facts["params"]["learner"] == "lmi":
                chosen.setdefault(dataset_of(record), record)
    figure, axes = plt.subplots(
        len(chosen), 4, figsize=(10, 1.15 * len(chosen) + 0.2), squeeze=False
    )
    for row, (label, record) in zip(axes, chosen.items(), strict=True):
        found = record.samples()
        for axis, title in zip(row, _MASKS.values(), strict=True):
            axis.set_title(f"{label}: {title}")
            _bare(axis)
        if not found:  # a diverged run left none
            continue
        data = found["data"][:12]
        for axis, mask in zip(row, _MASKS, strict=True):
            known = found[f"known_{mask}"] / 255.0
            parts = [data, data * known + 100.0 * (1.0 - known)]
            parts += [found[f"complete_{mask}"], found[f"nearest_{mask}"]]
            axis.imshow(_grid(np.concatenate(parts), 12), vmin=0, vmax=255)
        height = data.shape[1] + 1
        names = ["image", "known", "completed", "nearest"]
        row[0].set_yticks([height * (i + 0.5) for i in range(4)], names, fontsize=7)
    return figure


def _gallery(samples: Samples, experiment: str, centre: str = "data") -> Figure:
    records = {r.facts["params"]["learner"]: r for r in reversed(_of(samples, experiment, centre))}
    shown = present(records, LEARNERS)
    return _rows({LEARNERS[name]: records[name] for name in shown})


def _rows(records: dict[str, Record]) -> Figure:
    """Draw a row a run, a column a kind of image: 18 of each, nine from either half."""
    figure, axes = plt.subplots(
        len(records), len(_KINDS), figsize=(10.5, 0.86 * len(records) + 0.4), squeeze=False
    )
    for row, (label, record) in zip(axes, records.items(), strict=True):
        found = record.samples()
        for axis, kind in zip(row, _KINDS, strict=True):
            if kind in found:  # a diverged run left none
                axis.imshow(_grid(_of_both_halves(found[kind]), 6), vmin=0, vmax=255)
            _bare(axis)
        row[0].set_ylabel(label, rotation=0, ha="right", va="center")
    for axis, title in zip(axes[0], _KINDS.values(), strict=True):
        axis.set_title(title)
    return figure


def _of_both_halves(images: np.ndarray) -> np.ndarray:
    """Return 18 images in rows of six: three of one half of the chains, three of the other.

    They begin with the even and the odd layers, and some machines draw digits by one alone.
    """
    halves = [half[:9].reshape(3, 3, *half.shape[1:]) for half in np.array_split(images, 2)]
    return np.concatenate(halves, 1).reshape(18, *images.shape[1:])


def _of(samples: Samples, experiment: str, centre: str) -> list[Record]:
    """Return the records of seed 0 of an experiment, with one centre."""
    return [
        record
        for record in samples
        if record.facts["experiment"] == experiment
        and record.facts["seed"] == 0
        and record.facts["params"]["centre"] == centre
    ]


def _grid(images: np.ndarray, columns: int) -> np.ndarray:
    """Return images side by side on a grey ground: [row, column] or [row, column, 3] uint8."""
    padded = np.pad(images, [(0, 0), (0, 1), (0, 1), (0, 0)], constant_values=100)
    count, height, width, channels = padded.shape
    rows = count // columns
    blocks = padded[: rows * columns].reshape(rows, columns, height, width, channels)
    whole = blocks.transpose(0, 2, 1, 3, 4).reshape(rows * height, columns * width, channels)
    return (whole[..., 0] if channels == 1 else whole).astype(np.uint8)


def _bare(axis) -> None:
    axis.set_xticks([])
    axis.set_yticks([])
    axis.grid(False)
