"""A folder of class folders of images, in all its forms, gives one dataset."""

import io
import itertools
import os
import shutil
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from saigen.data import prepare
from saigen.errors import SaigenError, UsageError


def picture(path, colour=(200, 10, 30), size=(6, 4), mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).convert(mode).save(path)


@pytest.fixture
def folder(tmp_path):
    """Thirty images of two classes, told apart by their red."""
    for number in range(30):
        kind = "cat" if number % 3 else "dog"
        picture(
            tmp_path / "pets" / kind / f"{number:02}.png", (250 if kind == "cat" else 5, number, 0)
        )
    (tmp_path / "pets" / "README.txt").write_text("notes")
    (tmp_path / "pets" / "cat" / ".hidden.png").write_text("not an image")
    return tmp_path / "pets"


@pytest.fixture
def made(tmp_path):
    def make(value, log=lambda line: None):
        return prepare(
            "pets", tmp_path / "pets.npz", folder=tmp_path, image_folders={"pets": value}, log=log
        )

    return make


def test_splits_labels_and_classes(folder, made):
    said = []
    pets = made(str(folder), said.append)
    assert {split: pets.images(split).shape for split in pets.splits} == {
        "train": (24, 4, 6, 3),
        "valid": (3, 4, 6, 3),
        "test": (3, 4, 6, 3),
    }
    assert pets.facts["classes"] == ["cat", "dog"]
    for split in pets.splits:
        is_cat = pets.images(split)[:, 0, 0, 0] == 250
        np.testing.assert_array_equal(pets.labels(split), np.where(is_cat, 0, 1))
    greens = [pets.images(split)[:, 0, 0, 1].tolist() for split in pets.splits]
    assert sorted(itertools.chain(*greens)) == list(range(30))
    assert greens[0] != sorted(greens[0])
    assert said == [
        "pets: 1 files that are no images left out",
        "pets: 24 train, 3 valid, 3 test images; classes (2): cat 20, dog 10",
    ]


def test_folder_tar_and_zip_are_one_dataset(folder, made, tmp_path):
    expected = made(str(folder)).digest
    for kind in ("tar", "gztar", "zip"):
        bare = shutil.make_archive(str(tmp_path / f"bare-{kind}"), kind, folder)
        wrapped = shutil.make_archive(str(tmp_path / f"wrapped-{kind}"), kind, tmp_path, "pets")
        assert made(bare).digest == expected
        assert made(wrapped).digest == expected


def test_what_is_no_image_or_hidden_is_not_read(folder, made):
    """A film would fill the memory, and a pipe be waited for."""
    expected = made(str(folder)).digest
    os.mkfifo(folder / "cat" / "pipe")
    os.mkfifo(folder / "cat" / ".pipe.png")
    (folder / ".cache").mkdir()
    os.mkfifo(folder / ".cache" / "1.png")
    said = []
    assert made(str(folder), said.append).digest == expected
    assert said[0] == "pets: 2 files that are no images left out"


@pytest.mark.parametrize("form", ["folder", "tar"])
def test_a_class_whose_name_is_no_utf8_is_named(form, folder, made, tmp_path):
    (folder / "dog").rename(folder / os.fsdecode(b"caf\xe9"))
    if form == "tar":
        folder = shutil.make_archive(str(tmp_path / "pets"), "tar", folder)
    with pytest.raises(SaigenError) as caught:
        made(str(folder))
    assert str(caught.value) == (
        "pets: the name of the class folder caf\\xe9 is not UTF-8; rename it."
    )


def test_an_image_that_is_twice_in_an_archive_is_refused(folder, made, tmp_path):
    """It would count twice, and might be in two splits."""
    path = shutil.make_archive(str(tmp_path / "pets"), "tar", folder)
    with tarfile.open(path, "a") as archive:
        archive.add(folder / "cat" / "01.png", "cat/01.png")
    with pytest.raises(SaigenError, match=r"`cat/01\.png` is in it twice; pack it anew"):
        made(path)


def test_a_class_may_be_a_link(folder, made, tmp_path):
    expected = made(str(folder)).digest
    shutil.move(folder / "cat", tmp_path / "elsewhere")
    (folder / "cat").symlink_to(tmp_path / "elsewhere")
    assert made(str(folder)).digest == expected


def test_given_splits_are_kept_and_the_missing_one_drawn(made, tmp_path):
    for split, n in [("train", 20), ("test", 4)]:
        for number in range(n):
            picture(tmp_path / "set" / split / "abc"[number % 3] / f"{number}.png")
    pets = made(str(tmp_path / "set"))
    assert pets.facts["splits"] == {"train": 18, "valid": 2, "test": 4}
    assert pets.facts["note"] == "an image folder; valid drawn from its train images"


def test_grey_images_have_one_channel_unless_one_is_coloured(folder, made):
    for path in folder.glob("*/[0-9]*.png"):
        Image.open(path).convert("L").save(path)
    assert made(str(folder)).images("test").shape == (3, 4, 6, 1)
    picture(folder / "dog" / "99.png")
    assert made(str(folder)).images("test").shape == (3, 4, 6, 3)


@pytest.mark.parametrize("bytes_are", ["<u2", ">u2"])
def test_grey_images_of_16_bits_are_scaled(bytes_are, made, tmp_path):
    """Pillow's own conversion makes all from 255 on white."""
    for number in range(30):
        grey = np.full((4, 6), number << 8 | 255, bytes_are)
        grey[0, 0] = 65535
        path = tmp_path / "pets" / "cat" / f"{number:02}.tif"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(grey).save(path)
    with Image.open(path) as opened:
        assert opened.mode == {"<u2": "I;16", ">u2": "I;16B"}[bytes_are]
    pets = made(str(tmp_path / "pets"))
    images = np.concatenate([pets.images(split) for split in pets.splits])
    assert images.shape == (30, 4, 6, 1) and (images[:, 0, 0] == 255).all()
    assert sorted(images[:, 1, 1, 0]) == list(range(30))


def test_size_crops_the_middle_square_and_resizes(folder, made):
    picture(folder / "dog" / "large.png", size=(50, 60))
    assert made({"path": str(folder), "size": 8}).images("train").shape[1:] == (8, 8, 3)


def spoil_image(folder):
    (folder / "dog" / "00.png").write_bytes(b"\x89PNG rubbish")


def save_32_bits(kind):
    return lambda folder: Image.fromarray(np.ones((4, 6), kind)).save(folder / "dog" / "99.tif")


CASES = {
    "unreadable": (
        spoil_image,
        r"pets: dog/00\.png: not a readable image \(cannot identify image file\)\.$",
    ),
    "whole numbers": (
        save_32_bits("int32"),
        r"pets: dog/99\.tif: it is read with 32 bits a pixel \(mode I\), .* PNG of 8 or 16 bits",
    ),
    "fractions": (save_32_bits("float32"), r"pets: dog/99\.tif: .* \(mode F\)"),
    "sizes": (
        lambda folder: picture(folder / "dog" / "99.png", size=(7, 7)),
        r"cat/01\.png is 6x4 and dog/99\.png is 7x7\. Set `data\.image_folders\.pets\.size`",
    ),
    "no class": (lambda folder: picture(folder / "one.png"), r"one\.png lies in no class folder"),
    "mixed": (
        lambda folder: [picture(folder / split / "a" / "1.png") for split in ("train", "test")],
        r"\['test', 'train'\] are splits, and \['cat', 'dog'\] beside them are not",
    ),
    "gone": (shutil.rmtree, "no folder or archive"),
    "empty": (lambda folder: [shutil.rmtree(folder), folder.mkdir()], "no images in"),
    "few": (
        lambda folder: [shutil.rmtree(folder), picture(folder / "a" / "1.png")],
        "1 images are too few for three splits",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_named(case, folder, made):
    spoil, message = CASES[case]
    spoil(folder)
    with pytest.raises(SaigenError, match=message):
        made(str(folder))


def test_a_scored_set_of_images_that_are_not_square_says_what_to_set(folder, tmp_path):
    for number in range(30, 40):
        picture(folder / "dog" / f"{number}.png")
    with pytest.raises(SaigenError) as caught:
        prepare(
            "pets_8px",
            tmp_path / "pets_8px.npz",
            folder=tmp_path,
            image_folders={"pets": str(folder)},
            log=lambda line: None,
        )
    assert str(caught.value) == (
        "pets_8px: the images of pets are 6x4, and only squares can be brought to 8x8; "
        "`data.image_folders.pets: {path: ..., size: 8}` cuts out their middle"
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            {"path": "x", "sise": 3},
            "data.image_folders.pets: `sise` is not an option; did you mean `size`",
        ),
        ({"size": 3}, "data.image_folders.pets: `path` is missing"),
        (
            {"path": "x", "size": "big"},
            "data.image_folders.pets.size: 'big' is not a number of pixels",
        ),
        ({"path": "x", "size": 0}, "data.image_folders.pets.size: 0 is not a number of pixels"),
    ],
)
def test_wrong_options_are_named(value, message, made):
    with pytest.raises(UsageError, match=message):
        made(value)


def test_a_hostile_archive_is_refused(made, tmp_path):
    stream = io.BytesIO()
    Image.new("RGB", (2, 2)).save(stream, "png")
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("../cat/1.png", stream.getvalue())
    with pytest.raises(SaigenError, match="climbs out"):
        made(str(tmp_path / "bad.zip"))
    with tarfile.open(tmp_path / "bad.tar", "w") as archive:
        link = tarfile.TarInfo("cat/1.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    with pytest.raises(SaigenError, match="is a link"):
        made(str(tmp_path / "bad.tar"))
