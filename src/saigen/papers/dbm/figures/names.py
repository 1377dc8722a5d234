"""Names and colours that the figures share."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.lines import Line2D

from saigen.records import Record

Tables = Mapping[str, pd.DataFrame]
Samples = Sequence[Record]

#: Every way of training, in the order of legends; LMI: local mode initialisation, as run.
LEARNERS = {
    "lmi": "LMI",
    "lmi_marginal": "LMI, marginalised",
    "lmi_normal": "LMI, normal weights",
    "lmi_normal_marginal": "LMI, normal weights, marginalised",
    "lmi_small": "LMI, small weights",
    "as_coded": "LMI, as coded",
    "as_specified": "LMI, as specified",
    "no_sweep": "LMI without the sweep",
    "depth_3": "LMI, 3 hidden layers",
    "depth_4": "LMI, 4 hidden layers",
    "cd_1": "CD-1",
    "cd_10": "CD-10",
    "pcd_1": "PCD-1",
    "pcd_10": "PCD-10",
    "gibbs_ucd": "Gibbs UCD",
    "pretrained": "pre-trained, PCD-10",
}
COLOURS = {
    "lmi": "C0",
    "lmi_marginal": "#6baed6",
    "lmi_normal": "#08306b",
    "lmi_normal_marginal": "#9ecae1",
    "lmi_small": "#c6dbef",
    "as_coded": "C4",
    "as_specified": "C5",
    "no_sweep": "0.4",
    "depth_3": "#41ab5d",
    "depth_4": "#005a32",
    "cd_1": "#fdae6b",
    "cd_10": "C1",
    "pcd_1": "#fc9272",
    "pcd_10": "C3",
    "gibbs_ucd": "C2",
    "pretrained": "C6",
}
#: What the images of an experiment show; which set it is differs by scale, and the notes say it.
DATA = {
    "training": "digits",
    "training_fashion": "clothing",
    "anatomy": "digits",
    "anatomy_fashion": "clothing",
}
CENTRES = {"none": "no centres", "half": "centres ½", "data": "centres: data mean, ½"}
MAIN = ("lmi", "lmi_marginal", "cd_10", "pcd_10", "gibbs_ucd", "pretrained")


def legend(figure, learners, columns: int = 4, others: Sequence[Line2D] = ()) -> None:
    """Draw one legend below the figure: of learners, then of other lines by their labels."""
    shown = [name for name in LEARNERS if name in set(learners)]
    lines = [Line2D([], [], color=COLOURS[name], marker=".") for name in shown]
    labels = [LEARNERS[name] for name in shown] + [str(line.get_label()) for line in others]
    figure.legend([*lines, *others], labels, loc="outside lower center", ncols=columns)


def present(values: pd.Series, order) -> list:
    """Return those of `order` that occur in `values`."""
    found = set(values)
    return [name for name in order if name in found]


def dataset_of(record: Record) -> str:
    """Return the name of the dataset that a run read."""
    return ", ".join(record.facts["datasets"])
