"""A finished run on disk: metrics.csv, samples.npz, run.json, published all at once.

results/<scale>/<paper>/<experiment>/<variant>/seed<k>/
"""

import csv
import io
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from saigen.files import replacing, sync, write_json, write_text

COLUMNS = ("step", "metric", "value", "wall_seconds")


def publish(
    folder: Path,
    rows: list[tuple[int, str, float, float]],
    record: Mapping[str, Any],
    samples: Mapping[str, np.ndarray],
) -> None:
    """Write a run; a kill at any moment leaves the old folder, none, or the new one.

    Call it alone with the run (`engine/lock.py`): it clears away what a killed process left.
    """
    for left in folder.parent.glob(f".{folder.name}.*"):
        shutil.rmtree(left, ignore_errors=True)
    with replacing_folder(folder) as scratch:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        # repr keeps every bit of a float, so that equal files mean equal results.
        writer.writerows((step, name, repr(value), wall) for step, name, value, wall in rows)
        write_text(scratch / "metrics.csv", text.getvalue())
        if samples:
            with replacing(scratch / "samples.npz") as path:
                np.savez_compressed(path, **samples)
        write_json(scratch / "run.json", record)


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder beside `folder`; on success it takes its place in one rename.

    The files that were put there are on the disk before it does.
    """
    scratch = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        yield scratch
        for path in (*scratch.iterdir(), scratch):
            sync(path)
    except BaseException:
        # Nobody else knows its name, and on a full disk it would keep the disk full.
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    if folder.exists():
        old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
        scratch.rename(folder)
        shutil.rmtree(old)
    else:
        scratch.rename(folder)
    sync(folder.parent)
