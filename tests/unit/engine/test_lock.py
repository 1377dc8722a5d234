"""One process a run, whatever others do to the lock meanwhile."""

import fcntl
import os
import platform
from pathlib import Path

import pytest

from saigen.engine import lock
from saigen.engine.lock import alone, worker
from saigen.errors import SaigenError

US = f"process {os.getpid()} on {platform.node()}"


def test_who_trains_a_run_is_told_while_it_does(tmp_path):
    folder = tmp_path / "work" / "run"
    assert worker(folder) == ""
    with alone(folder, "run"):
        assert worker(folder) == US
    assert worker(folder) == ""
    (folder / "lock").write_text("process 1 on a machine that died")
    assert worker(folder) == ""


def test_a_look_from_outside_keeps_nobody_from_training(tmp_path, monkeypatch):
    (tmp_path / "lock").touch()
    with (tmp_path / "lock").open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        # It is over before the lock is tried again.
        monkeypatch.setattr(lock.time, "sleep", lambda s: fcntl.flock(looking, fcntl.LOCK_UN))
        with alone(tmp_path, "run"):
            assert worker(tmp_path) == US


def test_a_lock_that_was_removed_between_is_not_the_one_that_counts(tmp_path, monkeypatch):
    """Else the next to come makes a new file, locks that, and both train on one state."""
    real, tries = fcntl.flock, []

    def flock(file, how):
        if not tries:
            (tmp_path / "lock").unlink()
        tries.append(how)
        real(file, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    with alone(tmp_path, "run"):
        assert len(tries) == 2
        with pytest.raises(SaigenError, match="is training it"), alone(tmp_path, "run"):
            pass


def test_a_folder_that_another_job_clears_away_is_made_again(tmp_path, monkeypatch):
    folder, real, cleared = tmp_path / "work" / "run", Path.open, []

    def clear_first(self, *args, **keywords):
        if not cleared:
            cleared.append(self)
            self.parent.rmdir()
            self.parent.parent.rmdir()
        return real(self, *args, **keywords)

    monkeypatch.setattr(Path, "open", clear_first)
    with alone(folder, "run"):
        assert cleared and worker(folder) == US
