"""Which processor is it, and is there a GPU: by the system's files and the environment."""

import pytest

from saigen import machine


@pytest.fixture
def has_gpu(tmp_path, monkeypatch):
    """Ask of a machine that has these files."""
    monkeypatch.setattr(machine, "DEVICES", tmp_path / "dev")
    monkeypatch.setattr(machine, "WINDOWS_DRIVER", tmp_path / "wsl")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    def ask(*files, visible=None):
        for file in ("dev/null", *files):
            (tmp_path / file).parent.mkdir(exist_ok=True)
            (tmp_path / file).touch()
        if visible is not None:
            monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
        return machine.has_gpu.__wrapped__()

    return ask


@pytest.mark.parametrize(
    ("files", "there"),
    [
        ((), False),
        (("dev/nvidiactl",), False),
        (("dev/nvidia0",), True),
        (("dev/dxg",), False),
        (("wsl/libcuda.so.1",), False),
        (("dev/dxg", "wsl/libcuda.so.1"), True),
    ],
)
def test_a_gpu_shows_by_the_files_of_nvidias_driver(has_gpu, files, there):
    assert has_gpu(*files) == there


@pytest.mark.parametrize(
    ("visible", "seen"), [("", False), ("-1", False), ("-1,0", False), ("0", True), ("1,-1", True)]
)
def test_the_environment_may_hide_them_all(has_gpu, visible, seen):
    assert has_gpu("dev/nvidia0", visible=visible) == seen


def test_what_is_hidden_the_driver_is_not_asked_for(monkeypatch):
    def run(*arguments, **how):
        raise AssertionError("nvidia-smi was asked")

    monkeypatch.setattr(machine.subprocess, "run", run)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert machine.gpus() == []


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (
            "processor\t: 0\ncpu family\t: 25\nmodel\t\t: 1\nmodel name\t: AMD EPYC\npower:\n",
            "AMD EPYC, family 25, model 1",
        ),
        (
            "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd40\n",
            "arm, implementer 0x41, part 0xd40",
        ),
        (None, "arm"),
    ],
)
def test_a_processor_is_told_by_its_numbers_too(told, name, tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(machine.platform, "processor", lambda: "arm")
    if told is not None:
        machine.CPUINFO.write_text(told)
    assert machine.processor.__wrapped__() == name


def test_a_gpu_without_cudas_libraries_is_noticed(has_gpu, monkeypatch):
    def lacks(gpu, package=None, library=None):
        monkeypatch.setattr(machine, "has_gpu", lambda: gpu)
        monkeypatch.setattr(machine.importlib.util, "find_spec", lambda name: package)
        monkeypatch.setattr(machine.ctypes.util, "find_library", lambda name: library)
        return machine.lacks_cuda()

    assert lacks(True) and not lacks(False)
    assert not lacks(True, package="nvidia") and not lacks(True, library="libcudnn.so.9")


@pytest.mark.parametrize(
    ("told", "can"),
    [
        ("flags\t\t: fpu avx2 fma\n", False),
        ("flags\t\t: fpu avx512f avx512_bf16\n", True),
        ("flags\t\t: fpu amx_bf16 amx_tile\n", True),
        ("Features\t: fp asimd\n", True),
        (None, True),
    ],
)
def test_products_of_bfloat16_are_told_by_the_flags(told, can, tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "CPUINFO", tmp_path / "cpuinfo")
    if told is not None:
        machine.CPUINFO.write_text(told)
    assert machine.multiplies_bfloat16.__wrapped__() == can
