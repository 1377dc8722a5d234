"""The pages show what the benchmarks wrote."""

import csv

import pytest

from benchmarks import (
    OUTPUT,
    ROOT,
    accelerator,
    cores,
    gate,
    growth,
    results,
    rows,
    threads,
    workloads,
)
from benchmarks.arithmetic import SAIGEN


@pytest.mark.parametrize(
    ("page", "table", "file"),
    [
        ("gpu", accelerator, "gpu.csv"),
        ("precision", gate, "precision.csv"),
        ("scaling", growth, "growth.csv"),
        ("scaling", threads, "threads.csv"),
        ("scaling", cores, "cores.csv"),
    ],
)
def test_a_page_shows_its_table_as_it_was_measured(page, table, file):
    shown = (ROOT / f"docs/{page}.md").read_text(encoding="utf-8")
    assert "\n".join(table.markdown(rows.read(OUTPUT / file, table.Row))) in shown


def test_the_page_shows_the_race_as_it_was_run():
    shown = (ROOT / "docs/benchmarks.md").read_text(encoding="utf-8")
    with (OUTPUT / "steps.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert "\n".join(results.markdown(found)) in shown
    mine = [row for row in found if row["style"] == SAIGEN]
    assert {row["workload"] for row in mine} == set(workloads.NAMES)
    assert f"**{results.geometric_mean(float(row['ratio']) for row in mine):.2f}**" in shown
