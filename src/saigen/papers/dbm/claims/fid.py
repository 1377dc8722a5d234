"""Claims on published Fréchet distances: the abstract and slide 26, on grey-scale machines."""

from saigen.claims import Finding, all_of, below, claim, mean_of
from saigen.errors import SaigenError
from saigen.papers.dbm.claims.learned import Tables


@claim(
    "C11",
    says="The FID on MNIST is 10.33",
    where="abstract",
    published="10.33",
    needs="paper",
    tables=["grey_machines"],
)
def fid_of_mnist(tables: Tables) -> Finding:
    """The Inception FID of LMI's 8-bit machine, centred by the data, is below 15, over seeds."""
    return _inception(tables, "grey", 15.0)


@claim(
    "C12",
    says="The FID is about that of WGAN on MNIST and CIFAR-10",
    where="slide 26",
    published="in words; WGAN has 6.7 and 55.2 elsewhere (Lucic et al. 2018)",
    needs="paper",
    tables=["grey_machines"],
)
def fid_like_wgan(tables: Tables) -> Finding:
    """Inception FIDs of the same machines are below 1.5 times those of WGAN, over seeds."""
    return all_of(
        {
            "MNIST": _inception(tables, "grey", 1.5 * 6.7),
            "CIFAR-10": _inception(tables, "colour", 1.5 * 55.2),
        }
    )


def _inception(tables: Tables, experiment: str, bound: float) -> Finding:
    rows = tables["grey_machines"]
    rows = rows[(rows["experiment"] == experiment) & (rows["centre"] == "data")]
    rows = rows[rows["learner"] == "lmi"]
    if rows["fid_sample"].isna().all():
        raise SaigenError("no Inception features: distances here are by a classifier of ours")
    return below(mean_of(rows, "fid_sample"), bound)
