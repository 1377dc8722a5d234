"""Which commit is at work, and whose code a command runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from saigen import checkout


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with a package in it, and a file beside it."""
    package = tmp_path / "src" / "saigen"
    package.mkdir(parents=True)
    for path in (package / "code.py", tmp_path / "config.yaml"):
        path.write_text("one")
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    for command in (("init", "-q"), ("add", "."), (*who, "commit", "-qm", "first")):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    monkeypatch.setattr(checkout, "PACKAGE", package)
    return tmp_path


def test_a_commit_is_marked_where_the_package_differs_from_it(repository):
    clean = checkout.commit.__wrapped__()
    assert len(clean) == 12
    (repository / "config.yaml").write_text("two")
    assert checkout.commit.__wrapped__() == clean
    (repository / "src" / "saigen" / "new.py").write_text("two")
    assert checkout.commit.__wrapped__() == f"{clean}+"


@pytest.mark.parametrize("left", [".runs.tar.7.xz", "tables/.costs.7.csv", "lock"])
def test_what_a_killed_keep_leaves_is_not_taken_for_results(repository, left):
    rules = Path(__file__).parents[2] / ".gitignore"
    (repository / ".gitignore").write_text(rules.read_text())
    place = repository / "results/reference/quick/toy"
    for path in (place / left, place / "runs.tar.xz"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    told = ["git", "-C", str(repository), "ls-files", "-o", "--exclude-standard", "results"]
    found = subprocess.run(told, capture_output=True, text=True, check=True).stdout
    assert found == "results/reference/quick/toy/runs.tar.xz\n"


def test_without_a_repository_there_is_no_commit(tmp_path, monkeypatch):
    monkeypatch.setattr(checkout, "PACKAGE", tmp_path)
    assert checkout.commit.__wrapped__() is None


def test_a_command_runs_the_code_of_the_checkout_that_started_it(tmp_path, monkeypatch):
    (tmp_path / "saigen").mkdir()
    (tmp_path / "saigen" / "__init__.py").touch()
    monkeypatch.setattr(checkout, "PACKAGE", tmp_path / "saigen")
    monkeypatch.setenv("PYTHONPATH", os.environ.get("PYTHONPATH", ""))
    checkout.lead()
    code = "import saigen; print(saigen.__file__)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(tmp_path / "saigen" / "__init__.py")
