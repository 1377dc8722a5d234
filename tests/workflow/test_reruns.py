"""The rerun matrix: what a change runs again, and what it does not."""

import os
import re
import time

import pytest
from PIL import Image

PRODUCTS = {"table": 2, "gather": 1, "figure": 1, "judge": 1, "replication_report": 1}
EVERYTHING = {"train": 1, **PRODUCTS}


def test_a_touch_or_a_fresh_clone_runs_nothing(finished):
    # Every source is newer than every result, as after `git clone`.
    for path in [*finished.root.glob("src/**/*.py"), *finished.root.glob("src/**/*.yaml")]:
        os.utime(path)
    for path in [*finished.root.glob("workflow/rules/*"), finished.root / "Snakefile"]:
        os.utime(path)
    for kind in ("csv", "css", "j2", "mplstyle"):
        for path in finished.root.glob(f"src/**/*.{kind}"):
            os.utime(path)
    os.utime(finished.root / "config.yaml")
    assert finished.plan() == {}


def test_comments_docstrings_and_formatting_run_nothing(finished):
    figures, training = finished.paper("figures.py"), finished.paper("training.py")
    with (
        finished.changed(figures, "plt.subplots(figsize=(5, 3))", "plt.subplots(\nfigsize=(5,3) )"),
        finished.changed(finished.paper("tables.py"), "the mean final", "the average final"),
        finished.changed(training, "    def step(", "    # What a step does.\n    def step("),
        finished.changed(finished.root / "src/saigen/nets/optimisers.py", "", "\n\n# The end.\n"),
    ):
        assert finished.plan() == {}


CHANGES = {
    "figures": ("papers/tiny/figures.py", {"figure": 1, "replication_report": 1}),
    "tables": (
        "papers/tiny/tables.py",
        {"table": 2, "figure": 1, "judge": 1, "replication_report": 1},
    ),
    "the frame's figures": ("figures.py", {"figure": 1, "replication_report": 1}),
    "the frame's records": (
        "records.py",
        {"table": 2, "gather": 1, "figure": 1, "judge": 1, "replication_report": 1},
    ),
    "claims": ("papers/tiny/claims.py", {"judge": 1, "replication_report": 1}),
    "the trainer": ("papers/tiny/training.py", EVERYTHING),
    "what the trainer imports": ("nets/optimisers.py", EVERYTHING),
    "another paper": ("papers/gumbel_softmax/sbn.py", {}),
    "the maker of the data": ("data/synthetic_images.py", {"dataset": 1, **EVERYTHING}),
    "the maker of other data": ("data/english_text.py", {}),
    "what fetches data": ("data/download.py", {}),
    "the report": ("report/build.py", {"replication_report": 1}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_real_change_runs_what_depends_on_it(finished, what):
    file, jobs = CHANGES[what]
    with finished.changed(finished.root / "src/saigen" / file, "", "\n\nANSWER = 42\n"):
        assert finished.plan() == jobs


REPORT = {"replication_report": 1}
CONTENTS = {
    "a published number": (
        "papers/tiny/published/table1.csv",
        ("8.0", "7.0"),
        {"table": 2, "figure": 1, "judge": 1, **REPORT},
    ),
    "the title": ("papers/tiny/paper.yaml", ("Softmax", "Logistic"), REPORT),
    "a departure": ("papers/tiny/paper.yaml", ("not stated", "stated"), REPORT),
    "a caption": (
        "papers/tiny/paper.yaml",
        ("Test error while training", "Error while training"),
        {"figure": 1, **REPORT},
    ),
    "a table's sentence": (
        "papers/tiny/paper.yaml",
        ("Test error of every run", "Error of every run"),
        {"table": 1, "figure": 1, "judge": 1, **REPORT},
    ),
    "what the registry says of the data": (
        "data/registry.yaml",
        ("digits drawn from seven segments", "digits of seven segments"),
        {"dataset": 1, **EVERYTHING},
    ),
    "what it says of other data": ("data/registry.yaml", ("articles of clothing", "clothes"), {}),
    "an experiment's sentence": (
        "papers/tiny/paper.yaml",
        ("two learning rates", "two rates"),
        REPORT,
    ),
    "the page": ("report/page.html.j2", ("", "<!-- the end -->"), REPORT),
    "its style": ("report/style.css", ("", "p { margin: 0 }"), REPORT),
    "the figures' style": (
        "style.mplstyle",
        ("", "\nlines.linewidth: 3\n"),
        {"figure": 1, **REPORT},
    ),
}


@pytest.mark.parametrize("what", CONTENTS)
def test_files_that_are_no_code_count_by_what_they_hold(finished, what):
    file, change, jobs = CONTENTS[what]
    with finished.changed(finished.root / "src/saigen" / file, *change):
        assert finished.plan() == jobs


def test_own_images_that_change_are_prepared_again(fork):
    for number in range(12):
        path = fork.root / f"images/{'cats' if number % 2 else 'dogs'}/{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), number).save(path)
    own = ("papers=tiny", "scale=smoke", "data={image_folders: {pets: images}}")
    pets = "results/data/pets.npz"
    fork.snakemake("--cores", "1", settings=(*own, "--", pets))
    assert fork.plan(settings=(*own, "--", pets)) == fork.plan(settings=own) == {}
    Image.new("L", (8, 8), 200).save(path)
    assert fork.plan(settings=(*own, "--", pets)) == {"dataset": 1}
    assert fork.plan(settings=own) == {}


def test_the_settings_of_another_paper_run_nothing(finished):
    changes = "overrides={gumbel_softmax: {vae: {steps: 7}}}"
    assert finished.plan(settings=("papers=tiny", "scale=smoke", changes)) == {}


def test_where_data_is_looked_for_runs_nothing(finished):
    changes = "data={offline: true, mirrors: [/nowhere]}"
    assert finished.plan(settings=("papers=tiny", "scale=smoke", changes)) == {}


def test_its_own_settings_run_everything_after_the_data(finished):
    changes = "overrides={tiny: {rates: {batch_size: 50}}}"
    assert finished.plan(settings=("papers=tiny", "scale=smoke", changes)) == EVERYTHING


def run_records(checkout):
    """{run: when it was published}."""
    tiny = checkout.root / "results/smoke/tiny"
    return {
        str(path.parent.relative_to(tiny)): path.stat().st_mtime_ns
        for path in tiny.rglob("run.json")
    }


def up_to_date(checkout):
    """What every job's last start found up to date, in the order of the jobs."""
    logs = sorted((checkout.root / "results/smoke/logs/tiny/rates").glob("*.log"))
    said = [re.findall(r"(\d+ of \d+) runs are up to date", log.read_text()) for log in logs]
    return [lines[-1] for lines in said]


def test_more_seeds_train_the_new_seeds_alone(fork):
    before, began = run_records(fork), time.time_ns()
    fork.snakemake("--cores", "2", "train_all", settings=("papers=tiny", "scale=smoke", "seeds=3"))
    after = run_records(fork)
    assert {run: after[run] for run in before} == before
    new = set(after) - set(before)
    assert new == {"rates/learning_rate0.5/seed2", "rates/learning_rate0.05/seed2"}
    assert all(after[run] > began for run in new)
    assert up_to_date(fork) == ["3 of 4", "1 of 2"]


def test_a_lost_job_record_is_written_again_without_training(fork):
    before = run_records(fork)
    record = fork.root / "results/smoke/tiny/rates/jobs/000.json"
    content = record.read_bytes()
    record.unlink()
    fork.snakemake("--cores", "1", "train_all")
    assert record.read_bytes() == content
    assert run_records(fork) == before and up_to_date(fork) == ["4 of 4"]


LOST = [
    ("rates/jobs/000.json rates/learning_rate0.5", "train", ()),
    ("rates/jobs/000.json rates/learning_rate0.5", "train", ("tiny",)),
    ("tables/errors.md", "table", ()),
    ("tables/costs.csv", "gather", ("tiny",)),
    ("figures/figure1.png", "figure", ("smoke",)),
    ("claims.json", "judge", ()),
]


@pytest.mark.parametrize(("lost", "rule", "target"), LOST)
def test_whatever_is_deleted_is_made_again(finished, tmp_path, lost, rule, target):
    tiny = finished.root / "results/smoke/tiny"
    kept = {tiny / name: tmp_path / str(place) for place, name in enumerate(lost.split())}
    for path, aside in kept.items():
        path.rename(aside)
    try:
        assert rule in finished.plan(*target)
    finally:
        for path, aside in kept.items():
            aside.rename(path)
