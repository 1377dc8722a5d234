"""A folder that takes another's place is on the disk before it does."""

import os
from pathlib import Path

import pytest

from saigen.engine.run_folder import replacing_folder


@pytest.mark.parametrize("there", [False, True])
def test_files_are_on_the_disk_before_the_folder_gets_its_name(tmp_path, monkeypatch, there):
    """Else a power cut leaves the name, and empty files under it."""
    folder, done = tmp_path / "seed0", []
    fsync, rename = os.fsync, Path.rename

    def synced(handle):
        done.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        fsync(handle)

    def renamed(self, target):
        done.append(f"{self.name} -> {target.name}")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "rename", renamed)
    if there:
        folder.mkdir()
    with replacing_folder(folder) as scratch:
        (scratch / "run.json").write_text("{}")
        (scratch / "metrics.csv").write_text("step")
    named = done.index(f"{scratch.name} -> seed0")
    assert {"run.json", "metrics.csv", scratch.name} <= set(done[:named])
    assert done[named + 1 :] == [tmp_path.name]
