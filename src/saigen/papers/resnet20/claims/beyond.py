"""Beyond the page: accuracies, the two networks, memorising and augmentation."""

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    difference,
    mean_of,
    ratio,
    within,
)
from saigen.errors import SaigenError
from saigen.papers.resnet20.claims.runs import (
    Tables,
    after,
    both_networks,
    of_cifar10,
    over_optimisers,
    plain_and_augmented,
    runs_of,
)
from saigen.papers.resnet20.optimisers import PAGE
from saigen.stats import Comparison, t_interval


@claim(
    "C6-he",
    says="ResNet-20 reaches 91.25% under He's protocol",
    where="He et al. 2016, table 6",
    published="8.75% error",
    needs="paper",
    tables=["final"],
)
def he_protocol(tables: Tables) -> Finding:
    """The test error's mean over seeds is 8.75 ± 0.5%, after 64,000 iterations, on CIFAR-10."""
    rows = of_cifar10(runs_of(tables, "protocols", variant="he_2016"))
    return within(mean_of(rows, "test_error"), 0.5, 8.75)


@claim(
    "C6-keras",
    says="With Adam and Keras's schedule it reaches 91.5% or more",
    where="Keras example",
    published="92.16%",
    needs="paper",
    tables=["final"],
)
def keras_adam(tables: Tables) -> Finding:
    """The test error's mean over seeds is below 8.5%, after 200 epochs, on CIFAR-10."""
    rows = of_cifar10(runs_of(tables, "protocols", variant="keras_adam"))
    return below(mean_of(rows, "test_error"), 8.5)


@claim(
    "C6-gap",
    says="Adam ends 1 to 2 points of test accuracy below SGD at a comparable training loss",
    where="AdaHessian's log",
    published="91.19% against 89.99%",
    needs="paper",
    tables=["final"],
)
def adam_generalises_worse(tables: Tables) -> Finding:
    """Adam minus SGD under the log's protocol, paired: test error 1.5 ± 0.5 points.

    And running loss of the last 20 batches 0 ± 0.02 nats, where the log's are 0.015 and 0.011.
    After 40,000 iterations, 200 epochs of the log, on CIFAR-10.
    """
    rows = of_cifar10(runs_of(tables, "protocols"))

    def gap(metric: str) -> Comparison:
        return difference(rows, metric, of="log_adam", against="log_sgd", by="variant")

    return all_of(
        {
            "test error": within(gap("test_error"), 0.5, 1.5),
            "training loss": within(gap("loss"), 0.02),
        }
    )


@claim(
    "C8-networks",
    says="The laboratory's network has a much lower test accuracy than He's",
    where="Architectures",
    published="prediction",
    needs="paper",
    tables=["curves"],
)
def networks(tables: Tables) -> Finding:
    """Over 5 points more test error, mean over the optimisers that both have, paired over seeds.

    Means over the last five looks at He's network but the very last, where both were looked at on
    the same images: the 195th to the 199th epoch. At `standard` He's network has one seed, which
    gives no verdict. A run counts by what it had reached then, and as worst if it was lost before.
    """
    rows = over_optimisers(both_networks(tables["curves"]), "test_error")
    return above(difference(rows, "test_error", of="lab", against="he", by="experiment"), 5.0)


@claim(
    "C8-memorises",
    says=(
        "Without augmentation the laboratory's network ends at 70 to 80% test accuracy, with a "
        "training loss near 0"
    ),
    where="Architectures",
    published="prediction",
    needs="paper",
    tables=["final"],
)
def lab_memorises(tables: Tables) -> Finding:
    """Means over the page's six, then over seeds, after 200 epochs, on CIFAR-10.

    Test error 25 ± 5%; evaluated training loss, its geometric mean over optimisers, below 0.01.
    """
    rows = of_cifar10(runs_of(tables, "plain"))
    rows = rows[rows["optimiser"].isin(PAGE)]
    loss = over_optimisers(rows, "train_loss", logarithm=True)
    return all_of(
        {
            "test error": within(mean_of(over_optimisers(rows, "test_error"), "test_error"), 5, 25),
            "training loss": below(mean_of(loss, "train_loss"), 0.01),
        }
    )


@claim(
    "C9-memorised",
    says="Without augmentation Adam's training loss goes below 0.01 while its test loss rises",
    where="The laboratory's programs",
    published="prediction",
    needs="paper",
    tables=["curves"],
)
def memorised(tables: Tables) -> Finding:
    """Adam: evaluated training loss at the end below 0.01; test loss over twice its least.

    After 200 epochs. The test loss is that of the last look but one, after 199: the last is at
    more images than those before.
    """
    rows = tables["curves"]
    rows = rows[(rows["experiment"] == "plain") & (rows["optimiser"] == "adam")]
    seeds = rows["seed"].unique()  # one that was lost before its first look among them
    rows = rows.dropna(subset="test_loss").sort_values("step")
    last = rows.drop_duplicates("seed", keep="last").set_index("seed").reindex(seeds)
    before = rows[rows["step"] < rows["step"].max()].groupby("seed")["test_loss"]
    if not before.ngroups:
        raise SaigenError("the plain runs were looked at once")
    rise = (before.last() / before.min()).reindex(seeds)
    return all_of(
        {
            "training loss": below(mean_of(last, "train_loss"), 0.01),
            "test loss": above(t_interval(rise.to_numpy()), 2.0),
        }
    )


@claim(
    "C9-augmentation",
    says="Augmentation raises the training loss and lowers the test loss",
    where="The laboratory's programs",
    published="prediction",
    needs="standard",
    tables=["curves"],
)
def augmentation(tables: Tables) -> Finding:
    """Ratio of evaluated losses, their geometric mean over optimisers, paired over seeds.

    Augmented to plain: of training losses above 1, of test losses below 1. Means over the last
    five looks but the very last at equally long runs, of 30 epochs at `standard` and 200 at
    `paper`, over the optimisers that both have. Both losses are of images as they are.
    """
    rows = plain_and_augmented(tables["curves"])

    def change(metric: str) -> Comparison:
        means = over_optimisers(rows, metric, logarithm=True)
        return ratio(means, metric, of="augmented", against="plain", by="experiment")

    found = all_of(
        {"training": above(change("train_loss"), 1.0), "test": below(change("test_loss"), 1.0)}
    )
    return after(found, tables["curves"].query("experiment == 'plain'"))
