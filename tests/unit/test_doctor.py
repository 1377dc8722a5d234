"""`saigen doctor`: each fault is named with its cure."""

import pytest

from saigen import doctor
from saigen.cli import main
from saigen.config import load_config
from saigen.console import console
from saigen.data import Reach
from saigen.doctor import Check, data, device, disk, show, tensorflow, writable

CONFIG = load_config({"scale": "smoke", "papers": ["gumbel_softmax"]})


def wanting(kind):
    return load_config({"compute": {"device": kind}})


class TestDevice:
    def test_a_gpu_that_is_seen_is_named(self):
        assert device(wanting("auto"), ["H100"], ["H100"], True) == Check("device", True, "H100")

    def test_a_gpu_that_is_not_seen_is_named_with_what_to_install(self):
        found = device(wanting("auto"), [], ["H100"], True)
        assert not found.ok and not found.needed
        assert "H100" in found.found and "`make gpu`" in found.found
        assert device(wanting("gpu"), [], ["H100"], True).needed

    def test_no_gpu_is_a_fault_only_where_one_is_wanted(self):
        assert device(wanting("auto"), [], [], False).ok
        assert not device(wanting("gpu"), [], [], False).ok
        assert device(wanting("cpu"), [], ["H100"], True).ok


class TestTensorFlow:
    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("raise ImportError('libcudart.so.12: not found')", "libcudart.so.12: not found"),
            ("import os; os.abort()", "ended by signal 6"),
        ],
    )
    def test_a_broken_one_is_told(self, monkeypatch, code, said):
        monkeypatch.setattr(doctor, "_ASK_TENSORFLOW", code)
        (found,) = tensorflow(CONFIG)
        assert not found.ok and found.needed and said in found.found

    def test_a_sound_one_is_told_with_its_device(self, monkeypatch):
        told = {"version": "2.21.0", "gpus": [], "cuda": False}
        monkeypatch.setattr(doctor, "ask_tensorflow", lambda: told)
        monkeypatch.setattr(doctor.machine, "gpus", list)
        assert [check.ok for check in tensorflow(CONFIG)] == [True, True]


class TestPlaces:
    def test_a_folder_that_cannot_be_written_is_named(self, tmp_path):
        blocked = tmp_path / "results"
        blocked.write_text("a file")
        found = writable(blocked)
        assert not found.ok and str(blocked) in found.found

    def test_a_folder_that_is_not_there_is_made(self, tmp_path):
        assert writable(tmp_path / "a" / "results").ok
        assert not list((tmp_path / "a" / "results").iterdir())

    def test_a_full_disk_is_told(self, tmp_path, monkeypatch):
        monkeypatch.setattr(doctor.machine, "free_disk_mb", lambda folder: 150)
        found = disk(tmp_path)
        assert not found.ok and found.needed and "150 MB" in found.found


class TestData:
    def test_smoke_needs_no_download(self, tmp_path):
        assert all(check.ok for check in data(CONFIG, tmp_path))

    def test_a_prepared_set_is_not_looked_for(self, tmp_path, monkeypatch):
        monkeypatch.setattr(doctor, "reach", lambda name, config: pytest.fail("asked"))
        (tmp_path / "data").mkdir()
        for name in ("synthetic_digits", "synthetic_binary_digits"):
            (tmp_path / "data" / f"{name}.npz").touch()
        assert {check.found for check in data(CONFIG, tmp_path)} == {"prepared"}

    def test_one_that_nobody_has_is_told_with_every_reason(self, tmp_path, monkeypatch):
        refusals = [Reach("mirror m", False, "no file"), Reach("https://x", False, "no name")]
        monkeypatch.setattr(doctor, "reachable", lambda name, **more: refusals)
        found = next(iter(data(CONFIG, tmp_path)))
        assert not found.ok
        assert "mirror m: no file; https://x: no name" in found.found
        assert "SAIGEN_MIRROR" in found.found

    def test_of_an_image_folder_the_path_is_to_be_mended(self, monkeypatch):
        refusals = [Reach("lost.zip", False, "not there")]
        monkeypatch.setattr(doctor, "reachable", lambda name, **more: refusals)
        config = load_config({"data": {"image_folders": {"mine": "lost.zip"}}})
        told = doctor.reach("mine_32px", config).found
        assert "not there; mend the path at `data.image_folders.mine`" in told


class TestShow:
    def test_marks_and_exit_code(self, capsys):
        fine, small = Check("a", True, "1"), Check("b", False, "[2]", needed=False)
        assert show(iter([fine, small]), console()) == 0
        assert capsys.readouterr().out.splitlines() == ["✓ a: 1", "✗ b: [2]"]
        assert show(iter([fine, Check("c", False, "3")]), console()) == 1
        assert "Missing: c." in capsys.readouterr().out

    def test_the_command(self, tmp_path, monkeypatch, capsys):
        told = {"version": "2.21.0", "gpus": [], "cuda": False}
        monkeypatch.setattr(doctor, "ask_tensorflow", lambda: told)
        common = ["--scale", "smoke", "--papers", "gumbel_softmax", "--results", str(tmp_path)]
        assert main(["doctor", *common]) == 0
        said = capsys.readouterr().out
        assert "✓ Python" in said and "✓ data: synthetic_digits" in said and "✗" not in said
