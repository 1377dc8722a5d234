"""Large sets by TensorFlow Datasets: a stand-in for the package gives a few examples."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from saigen.data import prepare, reachable
from saigen.errors import SaigenError


@pytest.fixture
def package(monkeypatch):
    """Stand in for the package, with these examples a split; `asked` records what was done."""

    def install(splits, fails=None):
        asked = []
        infos = {name: SimpleNamespace(num_examples=len(rows)) for name, rows in splits.items()}

        class Builder:
            info = SimpleNamespace(full_name="some/set", splits=infos)

            def download_and_prepare(self):
                asked.append("prepared")
                if fails:
                    raise OSError(fails)

            def as_dataset(self, split):
                return splits[split]

        module = ModuleType("tensorflow_datasets")
        module.builder = lambda name, data_dir: asked.append((name, data_dir)) or Builder()
        module.as_numpy = lambda rows: rows
        monkeypatch.setitem(sys.modules, "tensorflow_datasets", module)
        return asked

    return install


def photographs(count, height=90, width=70):
    numbers = np.random.default_rng(count)
    shape = (height, width, 3)
    return [{"image": numbers.integers(256, size=shape, dtype=np.uint8)} for _ in range(count)]


def test_images_are_cropped_to_their_centre_and_resized(package, tmp_path):
    sizes = {"train": 5, "validation": 2, "test": 3}
    splits = {name: photographs(count) for name, count in sizes.items()}
    flat = np.zeros([90, 70, 3], np.uint8)
    flat[10:80] = 200  # its central square
    splits["test"][0] = {"image": flat}
    asked = package(splits)
    made = prepare("celeba", tmp_path / "celeba.npz", folder=tmp_path, log=lambda line: None)
    assert asked == [("celeb_a", tmp_path / "tensorflow_datasets"), "prepared"]
    assert made.images("train").shape == (5, 64, 64, 3) and made.images("valid").shape[0] == 2
    assert (made.images("test")[0][2:-2] == 200).all()
    assert made.facts["classes"] == ["0"]
    assert made.facts["source"] == "TensorFlow Datasets, celeb_a"


def test_what_has_the_size_keeps_every_pixel_and_its_label(package, tmp_path):
    rows = [one | {"label": place} for place, one in enumerate(photographs(4, 32, 32))]
    package({"train[:-50000]": rows, "train[-50000:]": rows[:1], "validation": rows[1:]})
    made = prepare("imagenet32", tmp_path / "i.npz", folder=tmp_path, log=lambda line: None)
    assert (made.images("train")[2] == rows[2]["image"]).all()
    assert made.labels("test").tolist() == [1, 2, 3]
    assert made.facts["classes"] == ["0", "1", "2", "3"]


def test_text_has_a_sentence_a_line(package, tmp_path):
    rows = [{"text": b"one ."}, {"text": "zw\u00f6lf .".encode()}]
    package({"train[:10000000]": rows, "train[10000000:10010000]": rows[:1], "test[:10000]": rows})
    made = prepare("billion_word", tmp_path / "b.npz", folder=tmp_path, log=lambda line: None)
    assert made.text("train").tobytes().decode() == "one .\nzw\u00f6lf ."


def test_offline_asks_nothing_and_a_failure_says_what_to_do(package, tmp_path):
    splits = {name: photographs(1) for name in ("train", "validation", "test")}
    asked = package(splits)
    prepare("celeba", tmp_path / "c.npz", folder=tmp_path, offline=True, log=lambda line: None)
    assert "prepared" not in asked
    package(splits, fails="HTTP 403\nquota")
    with pytest.raises(SaigenError, match="could not give celeb_a: HTTP 403 quota") as problem:
        prepare("celeba", tmp_path / "d.npz", folder=tmp_path, log=lambda line: None)
    for part in ("downloads/manual", "data.image_folders.celeba"):
        assert part in str(problem.value)


def test_without_the_package_it_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    with pytest.raises(SaigenError, match="uv pip install tensorflow-datasets"):
        prepare("celeba", tmp_path / "c.npz", folder=tmp_path, log=lambda line: None)
    (reach,) = reachable("lsun_bedroom", folder=tmp_path)
    assert not reach.ok and "tensorflow-datasets" in reach.why


def test_a_folder_of_the_users_own_takes_its_place(tmp_path):
    from PIL import Image

    for number in range(20):
        place = tmp_path / "faces" / "all" / f"{number}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(photographs(1)[0]["image"]).save(place)
    folders = {"celeba": {"path": str(tmp_path / "faces"), "size": 64}}
    made = prepare("celeba", tmp_path / "c.npz", folder=tmp_path, image_folders=folders)
    assert made.images("train").shape[1:] == (64, 64, 3)
