"""A scratch checkout of the pipeline, with a tiny paper, in which Snakemake runs for a test."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from saigen.new import new_paper

REPOSITORY = Path(__file__).parents[1]
IGNORED = shutil.ignore_patterns("__pycache__", "*.egg-info", "locks")
STATS = re.compile(r"^(\w+) +(\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Checkout:
    """A copy of what `git clone` gives, in which one may edit, break and kill."""

    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which `saigen` is the one of this checkout."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SNAKEMAKE")}
        beside_python = Path(sys.executable).parent
        path = f"{self.root / 'bin'}:{beside_python}:{kept.get('PATH', '')}"
        return kept | {"PATH": path, "PYTHONPATH": str(self.root / "src")}

    def start(self, *arguments: str, settings=("papers=tiny", "scale=smoke"), **environment):
        """Start Snakemake in a process group of its own."""
        command = [sys.executable, "-m", "snakemake", *arguments]
        return subprocess.Popen(
            [*command, "--config", *settings],
            cwd=self.root,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def snakemake(self, *arguments: str, fails: bool = False, **how) -> str:
        """Run Snakemake to its end and return what it said."""
        process = self.start(*arguments, **how)
        try:
            said, _ = process.communicate(timeout=300)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise
        assert (process.returncode != 0) == fails, said
        return said

    def plan(self, *arguments: str, **how) -> dict[str, int]:
        """Return {rule: jobs} of a dry run, targets left out; {} where nothing is to be done."""
        said = self.snakemake(*arguments, "-n", "--quiet", "rules", **how)
        if "Nothing to be done" in said:
            return {}
        # The table of jobs is printed twice.
        jobs = Counter({rule: int(count) for rule, count in STATS.findall(said)})
        assert jobs.pop("total") == sum(jobs.values()), said
        return {rule: count for rule, count in jobs.items() if rule not in ("all", *arguments)}

    def paper(self, file: str) -> Path:
        return self.root / "src/saigen/papers/tiny" / file

    @contextmanager
    def changed(self, path: Path, old: str = "", new: str = "") -> Iterator[None]:
        """Replace `old` (at the end of the file by default) within a source; undo it after."""
        before = path.read_text(encoding="utf-8")
        assert old in before, f"{path} has no `{old}`"
        path.write_text(before.replace(old, new, 1) if old else before + new, encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(before, encoding="utf-8")

    def fork(self, target: Path) -> "Checkout":
        """Return a copy, with its results and what Snakemake knows of them."""
        shutil.copytree(self.root, target, ignore=IGNORED)
        return Checkout(target)


def make_checkout(root: Path) -> Checkout:
    """Copy the pipeline, add a paper as `saigen new` does, and put its own `saigen` on PATH."""
    root.mkdir(parents=True)
    for name in ("Snakefile", "config.yaml"):
        shutil.copy(REPOSITORY / name, root)
    for name in ("workflow", "src"):
        shutil.copytree(REPOSITORY / name, root / name, ignore=IGNORED)
    new_paper("tiny", lambda line: None, papers=root / "src/saigen/papers")
    command = root / "bin" / "saigen"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m saigen "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return Checkout(root)
