"""docs/worked_example.md, done as a stranger would: its files, its commands, its verdicts."""

import csv
import re
import shutil
import subprocess
import sys

import pytest
from checkout import REPOSITORY, make_checkout

from saigen.new import new_paper

PAGE = (REPOSITORY / "docs/worked_example.md").read_text(encoding="utf-8")
FILE = re.compile(r"^`(\S+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """A checkout in which somebody has followed the page."""
    checkout = make_checkout(tmp_path_factory.mktemp("stranger") / "saigen")
    shutil.copy(REPOSITORY / "pyproject.toml", checkout.root)
    new_paper("buffon", lambda line: None, papers=checkout.root / "src/saigen/papers")
    files = dict(FILE.findall(PAGE))
    assert len(files) == PAGE.count("```") // 2, "a block has no file name above it"
    for name, text in files.items():
        target = checkout.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return checkout


def test_the_verdicts_are_those_that_the_page_tells(followed):
    followed.snakemake("--cores", "2", settings=("scale=quick", "papers=buffon"))
    results = followed.root / "results/quick"
    with (results / "buffon/claims.csv").open(encoding="utf-8") as text:
        verdicts = {row["id"]: row["verdict"] for row in csv.DictReader(text)}
    assert verdicts == {"1-rule": "replicated", "2-close": "not replicated"}
    assert "Lazzarini" in (results / "report.html").read_text(encoding="utf-8")


def test_its_own_test_passes_and_its_files_are_clean(followed):
    for command in (
        [sys.executable, "-m", "pytest", "-q", "tests/unit/papers/buffon"],
        [sys.executable, "-m", "saigen", "page", "buffon"],
        ["ruff", "check", "src/saigen/papers/buffon", "tests"],
        ["ruff", "format", "--check", "src/saigen/papers/buffon", "tests"],
    ):
        done = subprocess.run(
            command,
            cwd=followed.root,
            env=followed.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
