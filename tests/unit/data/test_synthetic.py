"""What is made on the spot is the same everywhere, and learnable."""

import subprocess
import sys

import numpy as np
import pytest

from saigen.data import names, prepare

SYNTHETIC = [name for name in names() if name.startswith("synthetic_")]

# Pinned: a change here changes every smoke run, and must be meant.
DIGESTS = {
    "synthetic_digits": "53df4d2aa399b12e",
    "synthetic_binary_digits": "6224069d337ed80a",
    "synthetic_colours": "f432b3a58d3a14c3",
    "synthetic_text": "97a1e3a196765cff",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("synthetic")
    return {
        name: prepare(name, folder / f"{name}.npz", folder=folder, offline=True)
        for name in [*SYNTHETIC, "english_text"]
    }


@pytest.mark.parametrize("name", SYNTHETIC)
def test_content_is_pinned_and_named_synthetic(name, made):
    assert made[name].digest.startswith(DIGESTS[name])
    assert made[name].facts["synthetic"] is True


def test_another_process_makes_the_same_files(made, tmp_path):
    script = (
        "import sys; from saigen.data import prepare\n"
        "for name in sys.argv[2:]:\n"
        "    made = prepare(name, f'{sys.argv[1]}/{name}.npz', folder=sys.argv[1])\n"
        "    print(name, made.digest)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path), *made]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert dict(line.split() for line in output.splitlines()) == {
        name: dataset.digest for name, dataset in made.items()
    }


@pytest.mark.parametrize("name", [name for name in SYNTHETIC if name != "synthetic_text"])
def test_images_have_ten_classes_that_a_mean_can_tell_apart(name, made):
    dataset = made[name]
    train, test = (
        dataset.images(s).reshape(len(dataset.images(s)), -1) / 1.0 for s in ("train", "test")
    )
    labels = dataset.labels("train")
    assert set(labels) == set(range(10)) == set(range(len(dataset.facts["classes"])))
    means = np.stack([train[labels == label].mean(axis=0) for label in range(10)])
    guess = ((test[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    assert (guess == dataset.labels("test")).mean() > 0.3  # chance is 0.1


def test_binary_digits_are_the_digits_cut_in_half(made):
    for split in ("train", "valid", "test"):
        binary = made["synthetic_binary_digits"].images(split)
        np.testing.assert_array_equal(binary, made["synthetic_digits"].images(split) > 127)


@pytest.mark.parametrize("name", ["synthetic_text", "english_text"])
def test_text_is_utf8_in_three_parts(name, made):
    sizes = {split: len(made[name].text(split)) for split in made[name].splits}
    total = sum(sizes.values())
    assert 0.7 < sizes["train"] / total < 0.9
    for split in sizes:
        assert made[name].text(split).tobytes().decode().strip()


def test_english_text_says_which_python_it_is_of(made):
    assert made["english_text"].facts["source"].startswith("Python 3.")
    assert sum(made["english_text"].facts["splits"].values()) > 300_000
