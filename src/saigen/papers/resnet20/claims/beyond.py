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
from saigen.papers.resnet20.claims.runs import Tables, at_last_step, runs_of
from saigen.stats import paired_difference, t_interval


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
    """Test error of Adam minus SGD under the log's protocol is 1.5 ± 1 points, paired."""
    rows = runs_of(tables, "protocols")
    gap = difference(rows, "test_error", of="log_adam", against="log_sgd", by="variant")
    return within(gap, 1.0, 1.5)


@claim(
    "C7-constant",
    says="For Adam and AMSGrad a constant rate beats one that falls as 1/√n",
    where="Iiduka 2020, arXiv:2002.09647",
    published="in words",
    needs="standard",
    tables=["final"],
)
def constant_rate(tables: Tables) -> Finding:
    """Final running loss, constant minus diminishing, below 0, paired over seeds."""
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
    """At He's last step, over optimisers that both have: test error higher by over 5 points."""
    both = at_last_step(tables["curves"], "lab", "he", "test_error", ("_lab", "_he"))
    if both.empty:
        raise SaigenError("the two networks have no evaluation at one step")
    return above(paired_difference(both["test_error_lab"], both["test_error_he"]), 5.0)


@claim(
    "C9-memorised",
    says="Without augmentation the training loss goes below 0.01 while the test loss rises",
    where="The laboratory's programs",
    published="prediction",
    needs="paper",
    tables=["curves"],
)
def memorised(tables: Tables) -> Finding:
    """Adam: last evaluated training loss below 0.01; last test loss over twice its least."""
    rows = tables["curves"]
    rows = rows[(rows["experiment"] == "plain") & (rows["optimiser"] == "adam")]
    rows = rows.dropna(subset="test_loss").sort_values("step")
    last = rows.groupby("seed").last()
    rise = last["test_loss"] / rows.groupby("seed")["test_loss"].min()
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
    tables=["curves"],
)
def augmentation(tables: Tables) -> Finding:
    """At the plain runs' last step, paired over optimisers and seeds."""
    both = at_last_step(tables["curves"], "lab", "plain", "test_loss", ("", "_plain"))
    if both.empty:
        raise SaigenError("no evaluation at one step")
    return all_of(
        {
            "training": above(paired_difference(both["train_loss"], both["train_loss_plain"])),
            "test": below(paired_difference(both["test_loss"], both["test_loss_plain"])),
        }
    )
