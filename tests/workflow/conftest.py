"""A scratch checkout with a tiny paper, run once: what Snakemake then plans is the test."""

import fcntl
import os
import shutil

import pytest
from checkout import Checkout, make_checkout


@pytest.fixture(scope="session")
def first_run(tmp_path_factory) -> Checkout:
    """The tiny paper, run once from nothing; `said.txt` holds what Snakemake said. Do not edit."""
    here = tmp_path_factory.getbasetemp()
    shared = here.parent if "PYTEST_XDIST_WORKER" in os.environ else here
    with (shared / "workflow.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one of several pytest-xdist workers makes it
        checkout = Checkout(shared / "workflow")
        if not (checkout.root / "said.txt").exists():
            shutil.rmtree(checkout.root, ignore_errors=True)
            said = make_checkout(checkout.root).snakemake("--cores", "2")
            (checkout.root / "said.txt").write_text(said, encoding="utf-8")
    return checkout


@pytest.fixture(scope="session")
def finished(first_run, tmp_path_factory) -> Checkout:
    """A finished checkout to edit and to dry-run; undo what you change."""
    return first_run.fork(tmp_path_factory.mktemp("finished") / "saigen")


@pytest.fixture
def fork(first_run, tmp_path) -> Checkout:
    """A finished checkout of the test's own, in which things may really run."""
    return first_run.fork(tmp_path / "saigen")
