"""Beyond the page: accuracies, falling rates, the two networks, memorising and augmentation."""

from saigen.claims import (
    Finding,
    above,
    all_of,
    below,
    claim,
    difference,
    mean_of,
    within,
)
from saigen.errors import SaigenError
from saigen.papers.resnet20.claims.runs import (
    Tables,
    both_networks,
    plain_and_augmented,
    runs_of,
)
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
    """The test error's mean over seeds is 8.75 ± 0.5%."""
    return within(mean_of(runs_of(tables, "protocols", variant="he_2016"), "test_error"), 0.5, 8.75)


@claim(
    "C6-keras",
    says="With Adam and Keras's schedule it reaches 91.5% or more",
    where="Keras example",
    published="92.16%",
    needs="paper",
    tables=["final"],
)
def keras_adam(tables: Tables) -> Finding:
    """The test error's mean over seeds is below 8.5%."""
    return below(mean_of(runs_of(tables, "protocols", variant="keras_adam"), "test_error"), 8.5)


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
    """
    rows = runs_of(tables, "protocols")

    def gap(metric: str) -> Comparison:
        return difference(rows, metric, of="log_adam", against="log_sgd", by="variant")

    return all_of(
        {
            "test error": within(gap("test_error"), 0.5, 1.5),
            "training loss": within(gap("loss"), 0.02),
        }
    )


@claim(
    "C7-constant",
    says="For Adam and AMSGrad a constant rate of 1e-3 beats 1e-3/√n, n the epoch",
    where="Iiduka 2020, arXiv:2002.09647",
    published="in words, of a constant against a diminishing rate",
    needs="standard",
    tables=["final"],
)
def constant_rate(tables: Tables) -> Finding:
    """Running loss over the last epoch, constant minus diminishing, below 0, paired over seeds.

    At the end of the runs: 10 epochs at `standard`, 200 at `paper`.
    """
    rows = runs_of(tables, "diminishing")
    return all_of(
        {
            str(name): below(difference(part, "loss", of=0.0, against=1.0, by="inverse_root"))
            for name, part in rows.groupby("optimiser")
        }
    )


@claim(
    "C8-networks",
    says="The laboratory's network ends with a much lower test accuracy than He's",
    where="Architectures",
    published="prediction",
    needs="standard",
    tables=["curves"],
)
def networks(tables: Tables) -> Finding:
    """At He's last look but one, over optimisers that both have: over 5 points more test error.

    There both were looked at on the same images.
    """
    rows, pair = both_networks(tables["curves"]), ["optimiser", "seed"]
    gap = difference(rows, "test_error", of="lab", against="he", by="experiment", paired_on=pair)
    return above(gap, 5.0)


@claim(
    "C9-memorised",
    says="Without augmentation the training loss goes below 0.01 while the test loss rises",
    where="The laboratory's programs",
    published="prediction",
    needs="paper",
    tables=["curves"],
)
def memorised(tables: Tables) -> Finding:
    """Adam: evaluated training loss at the end below 0.01; test loss over twice its least.

    The test loss is that of the last look but one: the last is at more images than those before.
    """
    rows = tables["curves"]
    rows = rows[(rows["experiment"] == "plain") & (rows["optimiser"] == "adam")]
    rows = rows.dropna(subset="test_loss").sort_values("step")
    last = rows.drop_duplicates("seed", keep="last").set_index("seed")
    last["train_loss"] = last["train_loss"].mask(last["status"] == "diverged")
    before = rows[rows["step"] < rows["step"].max()].groupby("seed")["test_loss"]
    if not before.ngroups:
        raise SaigenError("the plain runs were looked at once")
    rise = before.last() / before.min()
    return all_of(
        {
            "training loss": below(t_interval(last["train_loss"].to_numpy()), 0.01),
            "test loss": above(t_interval(rise.to_numpy()), 2.0),
        }
    )


@claim(
    "C9-augmentation",
    says="Augmentation raises the training loss and lowers the test loss",
    where="The laboratory's programs",
    published="prediction",
    needs="standard",
    tables=["final"],
)
def augmentation(tables: Tables) -> Finding:
    """Evaluated at the end of equally long runs, paired over optimisers and seeds.

    Both losses are of images as they are; a seed that one side lacks is left out and told.
    """
    rows, pair = plain_and_augmented(tables), ["optimiser", "seed"]

    def gap(metric: str) -> Comparison:
        sides = {"of": "augmented", "against": "plain", "by": "experiment"}
        return difference(rows, metric, **sides, paired_on=pair)

    return all_of({"training": above(gap("train_loss")), "test": below(gap("test_loss"))})
