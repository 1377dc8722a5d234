"""Published runs, read back: tidy, complete, the diverged ones among them."""

import numpy as np
import pandas as pd
import pytest

from saigen.engine.run_folder import publish
from saigen.errors import SaigenError
from saigen.files import read_json, write_json
from saigen.records import (
    Record,
    data_notes,
    diverged,
    judge_notes,
    origin,
    precision_notes,
    read_records,
    refuse_mixed,
    tidy,
)
from saigen.tables import build_table

FACTORS = {"latent": ["bernoulli", "categorical"], "learning_rate": [0.1, 0.01]}


@pytest.fixture
def written(tmp_path):
    """Write a run and return its name; `record` writes the job record of some."""
    folder = tmp_path / "smoke" / "toy"

    def run(latent="bernoulli", seed=0, status="finished", steps=20, samples=None):
        name = f"toy/{latent}-learning_rate0.1/seed{seed}"
        facts = {
            "experiment": "toy",
            "variant": f"{latent}-learning_rate0.1",
            "seed": seed,
            "status": status,
            "steps": steps,
            "params": {"latent": latent, "learning_rate": 0.1, "steps": 20},
            "datasets": {"digits": "d" * 64},
            "data_facts": {"what": "handwritten digits", "note": "made up"},
            "stamps": [],
            "code": "c",
            "commit": None,
            "cpu_seconds": 1.0,
            "wall_seconds": 1.0,
            "startup_cpu_seconds": 0.5,
        }
        rows = [(10, "loss", 2.0 + seed, 0.5), (steps, "loss", 0.1 + 0.2, 1.0)]
        publish(folder / name, rows, facts, samples or {})
        return name

    def record(*names, job="000"):
        path = folder / "toy" / "jobs" / f"{job}.json"
        write_json(path, {"job": job, "runs": [{"run": name} for name in names]})
        return path

    run.record, run.folder = record, folder
    return run


def test_a_frame_has_a_row_for_every_run_step_and_metric(written, toy_paper):
    names = [written(latent, seed) for latent in FACTORS["latent"] for seed in (0, 1)]
    first, second = written.record(*names[:3]), written.record(names[3], job="001")
    frames = tidy(toy_paper(factors=FACTORS), read_records([first, second]))
    assert frames["toy"].attrs["datasets"] == ["digits"]
    frame = frames["toy"]
    assert list(frame.columns) == [
        "latent", "learning_rate", "variant", "seed", "status", "step", "metric", "value",
    ]  # fmt: skip
    assert len(frame) == 8
    assert frame["value"].tolist()[:4] == [2.0, 0.1 + 0.2, 3.0, 0.1 + 0.2]
    assert frame.query("latent == 'categorical' and seed == 1")["step"].tolist() == [10, 20]
    assert frame["learning_rate"].dtype == float
    assert frame["seed"].dtype.kind == "i"


def test_a_step_at_which_a_run_was_logged_and_diverged_has_one_row(written, toy_paper):
    """Tables lay metrics out by step; two rows would stop them all."""
    name = written(status="diverged")
    facts = read_json(written.folder / name / "run.json")
    rows = [(10, "loss", 2.0, 0.5), (20, "loss", 1.0, 1.0), (20, "loss", np.nan, 1.0)]
    publish(written.folder / name, rows, facts, {})
    frame = tidy(toy_paper(factors=FACTORS), read_records([written.record(name)]))["toy"]
    assert frame["step"].tolist() == [10, 20] and np.isnan(frame["value"].iloc[-1])


def test_a_setting_that_is_a_list_is_one_cell(written, toy_paper):
    record = read_records([written.record(written())])[0]
    facts = {**record.facts, "params": {"latent": [200, 10], "learning_rate": 0.1}}
    frame = tidy(toy_paper(factors=FACTORS), [Record(record.folder, facts)])["toy"]
    assert frame["latent"].tolist() == ["[200, 10]"] * 2


def test_a_diverged_run_is_kept_and_told(written, toy_paper):
    names = [written(seed=0), written(seed=1, status="diverged", steps=13)]
    records = read_records([written.record(*names)])
    frame = tidy(toy_paper(factors=FACTORS), records)["toy"]
    assert frame.groupby("seed")["status"].first().tolist() == ["finished", "diverged"]
    assert diverged(records) == ["toy/bernoulli-learning_rate0.1/seed1 at step 13"]


def test_what_diverged_to_nan_stays_nan(written, toy_paper):
    name = written(status="diverged", steps=3)
    path = written.folder / name / "metrics.csv"
    path.write_text("step,metric,value,wall_seconds\n2,loss,nan,0.1\n3,loss,inf,0.1\n")
    values = tidy(toy_paper(factors=FACTORS), read_records([written.record(name)]))["toy"]["value"]
    assert pd.isna(values[0])
    assert values[1] == np.inf


def test_samples_come_back_and_may_be_missing(written):
    grid = np.arange(6, dtype=np.uint8).reshape(2, 3)
    names = [written(seed=0, samples={"grid": grid}), written(seed=1)]
    with_samples, without = read_records([written.record(*names)])
    np.testing.assert_array_equal(with_samples.samples()["grid"], grid)
    assert without.samples() == {}


@pytest.mark.parametrize(
    ("file", "read"), [("samples.npz", Record.samples), ("metrics.csv", Record.metrics)]
)
def test_a_damaged_file_of_a_run_is_told_with_what_to_do(written, file, read):
    (record,) = read_records([written.record(written(samples={"grid": np.zeros(2)}))])
    (record.folder / file).write_bytes(b"")
    with pytest.raises(SaigenError, match=f"{file}: cannot be read .*; delete {record.folder} and"):
        read(record)


@pytest.mark.parametrize(
    "text",
    ["step,metric,value,wall_seconds\n", "\0" * 80, "a,b\n1,2\n"],
    ids=["head", "0", "other"],
)
def test_metrics_without_rows_or_with_other_columns_are_damaged(written, text):
    (record,) = read_records([written.record(written())])
    (record.folder / "metrics.csv").write_text(text)
    with pytest.raises(SaigenError, match=r"metrics\.csv: cannot be read .*no rows under step"):
        record.metrics()


@pytest.mark.parametrize(("end", "last"), [("20,loss", 10), (",1.0", 20)])
def test_metrics_that_are_cut_short_are_damaged(written, end, last):
    (record,) = read_records([written.record(written())])
    path = record.folder / "metrics.csv"
    path.write_text(path.read_text().rpartition(end)[0])
    with pytest.raises(
        SaigenError, match=rf"metrics\.csv: cannot .* \(it is cut at step {last} of"
    ):
        record.metrics()


@pytest.mark.parametrize("field", [8, 10], ids=["locked", "packed otherwise"])
def test_samples_that_one_flipped_bit_makes_locked_or_packed_otherwise_are_damaged(written, field):
    (record,) = read_records([written.record(written(samples={"grid": np.zeros(2)}))])
    path = record.folder / "samples.npz"
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + field] ^= 1
    path.write_bytes(content)
    with pytest.raises(SaigenError, match=r"samples\.npz: cannot be read"):
        record.samples()


def test_only_runs_that_a_record_names_are_read(written):
    """A run of an earlier configuration may lie there still."""
    names = [written(seed=seed) for seed in range(3)]
    assert len(read_records([written.record(*names[:2])])) == 2


@pytest.mark.parametrize(
    "text", [None, "{", "{}", "[]", '{"runs": 3}', '{"runs": [{}]}', '{"runs": ["x"]}']
)
def test_a_missing_or_damaged_job_record_is_told(written, text):
    path = written.record(written())
    path.unlink()
    if text is not None:
        path.write_text(text)
    with pytest.raises(SaigenError) as caught:
        read_records([path])
    assert str(caught.value) == f"{path}: missing or damaged; delete it and run again"


def test_a_run_of_another_version_is_told_with_what_to_do(written):
    name = written()
    record, path = written.record(name), written.folder / name / "run.json"
    facts = {key: value for key, value in read_json(path).items() if key != "stamps"}
    write_json(path, facts)
    with pytest.raises(SaigenError) as caught:
        read_records([record])
    message = str(caught.value)
    assert message.startswith(f"{path.parent}: another version of Saigen made it")
    assert "(it has no `stamps`)" in message
    assert message.endswith(f"delete it and {record}, and run again")


@pytest.mark.parametrize(
    "changes",
    [{"datasets": 3}, {"stamps": ["x"]}, {"params": None}, {"steps": "9"}, {"judges": []}],
    ids=str,
)
def test_a_run_that_tells_other_than_it_should_is_damaged(written, changes):
    name = written()
    record, path = written.record(name), written.folder / name / "run.json"
    write_json(path, read_json(path) | changes)
    with pytest.raises(SaigenError) as caught:
        read_records([record])
    message = str(caught.value)
    assert message.startswith(f"{path}: damaged (`{next(iter(changes))}`: ")
    assert message.endswith(f"; delete {path.parent} and {record}, and run again")


@pytest.mark.parametrize("text", [None, "{", "[]", "[" * 100_000], ids=["gone", "{", "[]", "deep"])
def test_a_missing_or_damaged_run_is_told_with_what_to_do(written, text):
    name = written()
    record = written.record(name)
    facts = written.folder / name / "run.json"
    facts.unlink()
    if text is not None:
        facts.write_text(text)
    with pytest.raises(SaigenError) as caught:
        read_records([record])
    message = str(caught.value)
    assert message.startswith(f"{written.folder / name}: the run is missing or damaged")
    assert f"delete {record} and run again" in message


def test_a_reader_is_told_of_the_data_once(written):
    records = read_records([written.record(written(seed=0), written(seed=1))])
    assert data_notes(records) == ["Data: digits: handwritten digits; made up"]


def test_only_products_that_were_not_in_float32_are_told(written):
    (plain,) = read_records([written.record(written())])
    assert precision_notes([plain]) == []
    reduced = Record(plain.folder, plain.facts | {"stamps": [{"precision": "bfloat16"}]})
    assert precision_notes([plain, reduced]) == ["Precision: bfloat16 in products"]
    assert origin([reduced])["precision"] == ["bfloat16"]


@pytest.fixture
def judged(written):
    """Return a run's record with the given facts."""
    (plain,) = read_records([written.record(written())])
    return lambda **facts: Record(plain.folder, {**plain.facts, **facts})


def test_the_inception_graph_that_judged_is_told(judged):
    by_classifier = judged(judges={"classifier": "c" * 16})
    by_both = judged(judges={"Inception": "i" * 16, "classifier": "c" * 16})
    assert judge_notes([judged(), by_classifier]) == []
    (note,) = judge_notes([by_both, by_classifier, by_both])
    assert note.startswith(
        f"Judged by Inception, the frozen graph of 2015-12-05 (digest {'i' * 16})"
    )


def test_a_frame_says_which_networks_judged(judged, toy_paper):
    records = [judged(judges={"classifier": "c"}), judged(judges={"Inception": "i"})]
    frame = tidy(toy_paper(factors=FACTORS), records)["toy"]
    assert frame.attrs["judges"] == ["Inception", "classifier"]


@pytest.mark.parametrize(
    "other",
    [
        {"judges": {"classifier": "e" * 16}},
        {"judges": {"classifier": "c" * 16, "Inception": "i" * 16}},
        {"judges": {}},
        {"datasets": {"digits": "e" * 64}},
    ],
)
def test_a_table_of_what_is_not_comparable_is_refused(judged, toy_paper, tmp_path, other):
    mine = judged(judges={"classifier": "c" * 16})
    theirs = judged(**{"judges": {"classifier": "c" * 16}, **other})
    refuse_mixed([mine, mine])
    with pytest.raises(SaigenError, match="are not comparable: digits dddddddd, classifier ccc"):
        refuse_mixed([mine, theirs])
    paper = toy_paper(factors=FACTORS)
    with pytest.raises(SaigenError, match="delete the older one and run again"):
        build_table(paper, "any", "smoke", [mine, theirs], tmp_path / "any.csv")


def test_other_experiments_and_other_data_may_be_judged_by_others(judged):
    mine = judged(judges={"classifier": "c" * 16})
    refuse_mixed([mine, judged(judges={}, experiment="untaught")])
    refuse_mixed([mine, judged(judges={}, datasets={"fashion": "f" * 64})])
    refuse_mixed([mine, judged()])
