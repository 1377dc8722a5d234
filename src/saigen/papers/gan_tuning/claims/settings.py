"""Claims on batch size, learning rate, dropout and strength: T1 to T6."""

import pandas as pd

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    difference,
    trend,
    untested,
)
from saigen.claims.runs import measurements
from saigen.diagnose.rules import NEAR_HALF
from saigen.papers.gan_tuning.claims.reading import (
    ARTICLE,
    INSIDE,
    Tables,
    change,
    correlation_in_seeds,
    levels,
    with_best_inside,
)


@claim(
    "T1",
    says="With a larger batch the logged loss of D scatters less, at the same number of iterations",
    where="Batch size",
    published=ARTICLE,
    tables=["batches"],
)
def steadier(tables: Tables) -> Finding:
    """The unsteadiness of D's loss over the second half falls along the batch sizes.

    It is read from differences of successive rows, so that a drift is none. Averaging over more
    images alone would make it fall as 1 / √b, with networks that do not train too: that it falls
    does not say that the article's “more steadily” holds of the training.
    """
    return trend(tables["batches"], "unsteadiness", along="batch_size", direction="falls")


@claim(
    "T1-noise",
    says="A larger batch has steadier gradients, at the same number of iterations",
    where="Batch size",
    published=ARTICLE,
    tables=["batches"],
)
def steadier_gradients(tables: Tables) -> Finding:
    """Not tested: what is logged of D's gradient is its norm, and not how it changes.

    The scatter of the norm over its mean is no measure of noise: of pure noise in many dimensions
    it is the same at every batch size, and of a signal whose length varies it rises as noise falls.
    """
    return untested("D's gradient is logged by its norm alone, whose scatter is not its noise")


@claim(
    "T1-throughput",
    says="A larger batch trains on more images a second",
    where="Batch size",
    published=ARTICLE,
    tables=["batch_costs"],
)
def faster(tables: Tables) -> Finding:
    """Images a second with the largest batch are above those with the smallest."""
    return above(change(tables["batch_costs"], "images_per_second", "batch_size", "higher"))


@claim(
    "T1-memory",
    says="A larger batch takes more memory",
    where="Batch size",
    published=ARTICLE,
    tables=["batch_costs"],
)
def larger(tables: Tables) -> Finding:
    """The memory of a process with the largest batch is above that with the smallest."""
    return above(change(tables["batch_costs"], "memory_mb", "batch_size", "higher"))


@claim(
    "T1-diversity",
    says="A larger batch draws less diverse images",
    where="Batch size",
    published=ARTICLE,
    tables=["batches"],
)
def less_diverse(tables: Tables) -> Finding:
    """Recall, and the classes drawn, are lower with the largest batch than with the smallest."""
    table = tables["batches"]
    return all_of(
        {name: below(change(table, name, "batch_size", "higher"))
         for name in ("recall", "classes_drawn")}
    )  # fmt: skip


@claim(
    "T1-quality",
    says="A larger batch draws better images, at the same number of iterations",
    where="Batch size",
    published=ARTICLE,
    tables=["batches"],
)
def better_at_equal_steps(tables: Tables) -> Finding:
    """Distance to test images is lower with the largest batch than with the smallest.

    The article says that it generalises better; between training and test images nothing is
    measured. At equal iterations the larger batch has seen as many more images (T2: equal images).
    """
    return below(change(tables["batches"], "frechet", "batch_size"))


@claim(
    "T2",
    says="A larger batch is better for the same number of images",
    where="Batch size",
    published=ARTICLE,
    tables=["equal_images"],
)
def better_at_equal_images(tables: Tables) -> Finding:
    """Distance with the fewest steps (largest batch) is below that with the most."""
    table = tables["equal_images"]
    few, many = levels(table, "in_steps")
    return below(difference(table, "frechet", of=few, against=many, by="in_steps"))


@claim(
    "T3",
    says="Learning rates have an optimum: a small one is slow, a large one unstable",
    where="Learning rate",
    published=ARTICLE,
    tables=["rates"],
)
def inverted_u(tables: Tables) -> Finding:
    """Both ends are above the best rate inside, paired on seeds; the lowest is at first too.

    The best rate is chosen on the other seeds. At first: at the first evaluation, 200 iterations
    at `standard`. An end that is the best of all by its mean is neither too small nor too large:
    what is said of it is untested then, for no rate tried lies beyond the best. So what can refute
    the sentence is a small rate that is not slow at first.
    """
    table = tables["rates"]
    return _ends_above(table, "learning_rate", slow="early_frechet", best=_best_end(table))


def _best_end(table: pd.DataFrame) -> float | None:
    """Return the end of the learning rates whose mean distance is below that of all others."""
    means = measurements(table, "frechet").groupby("learning_rate")["measured"].mean()
    ends = levels(table, "learning_rate")
    return next((end for end in ends if means[end] < means.drop(end).min()), None)


def _ends_above(
    table: pd.DataFrame, column: str, slow: str = "", best: float | None = None
) -> Finding:
    """Judge that both ends are above the best level inside.

    Args:
      slow: another metric by which the lowest level must be above it too.
      best: an end of which nothing can be said, because it is the best level of all.
    """
    if table[column].nunique() < 3 or table["seed"].nunique() < 2:
        return untested("three levels or more, and two seeds or more, are wanted")
    runs = with_best_inside(table, column)
    low, high = levels(table, column)
    tests = {f"{low:g}": (low, "frechet"), f"{high:g}": (high, "frechet")}
    if slow:
        tests[f"{low:g} at first"] = (low, slow)
    parts = {}
    for words, (end, metric) in tests.items():
        if end == best:
            found = untested(f"{end:g} is the best level of all, and none beyond it was tried")
        else:
            found = above(difference(runs, metric, of=f"{end:g}", against=INSIDE, by="level"))
        parts[f"{words} against {INSIDE}"] = found
    return all_of(parts)


@claim(
    "T4",
    says="Dropout in the discriminator lowers its accuracy",
    where="Dropout",
    published=ARTICLE,
    tables=["d_dropout"],
)
def dropout_weakens(tables: Tables) -> Finding:
    """Accuracy over the second half falls along dropout.

    It is read through the drops themselves, as Keras prints it: a part of its fall is built in,
    whatever D has learned.
    """
    return trend(tables["d_dropout"], "accuracy", along="d_dropout", direction="falls")


@claim(
    "T4-middle",
    says="A middle dropout in the discriminator is best",
    where="Dropout",
    published=ARTICLE,
    tables=["d_dropout"],
)
def middle_dropout(tables: Tables) -> Finding:
    """Distance with none and with the most is above that of the best between, paired on seeds.

    The best is chosen on the other seeds.
    """
    return _ends_above(tables["d_dropout"], "d_dropout")


@claim(
    "T4-diversity",
    says="Too much dropout in the discriminator makes images monotonous",
    where="Dropout",
    published=ARTICLE,
    tables=["d_dropout"],
)
def monotonous(tables: Tables) -> Finding:
    """Recall and classes drawn at the highest dropout are below those at 0.25.

    Not tested where the precision at the highest is below half of that at 0.25: of samples that
    are no digits recall and classes say nothing, blurred ones are near everything.
    """
    table = tables["d_dropout"]
    high = table["d_dropout"].max()
    precision = table.groupby("d_dropout")["precision"].mean()
    if 0.25 not in precision:
        return untested("no runs at a dropout of 0.25")
    if not precision[high] >= 0.5 * precision[0.25]:
        told = f"precision {precision[high]:.2g} against {precision[0.25]:.2g}"
        return untested(f"at a dropout of {high:g} samples are no images of the set: {told}")
    return all_of(
        {
            name: below(
                difference(table, name, of=high, against=0.25, by="d_dropout", better="higher")
            )
            for name in ("recall", "classes_drawn")
        }
    )


@claim(
    "T5",
    says="Dropout in the generator slows it down",
    where="Dropout",
    published=ARTICLE,
    tables=["g_dropout"],
)
def generator_dropout(tables: Tables) -> Finding:
    """Distance with the most dropout is above that with none."""
    return above(change(tables["g_dropout"], "frechet", "g_dropout"))


@claim(
    "T6",
    says="The best balance is an accuracy of one half",
    where="Balance",
    published="an ideal of about 50%",
    tables=["d_widths"],
)
def balance(tables: Tables) -> Finding:
    """Over widths, runs whose accuracy is nearer to one half have the lower distance.

    Rank correlation of |accuracy − ½| with the distance over the widths of each seed; the interval
    is Student's over seeds. Untested unless the mean accuracy of some width is within 0.1 of ½.
    """
    table = measurements(tables["d_widths"], "frechet")
    if table["d_width"].nunique() < 3:
        return untested("three widths or more are wanted")
    nearest = (table.groupby("d_width")["accuracy"].mean() - 0.5).abs().min()
    if not nearest <= NEAR_HALF:
        return untested(f"no width has a mean accuracy nearer to one half than {nearest:.3f}")
    table = table.assign(away=(table["accuracy"] - 0.5).abs())
    return above(correlation_in_seeds(table, "away", "measured"))
