"""The plan: scheduling laws, planted costs found again, and a calibration for real."""

import json
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from saigen import machine
from saigen.config import load_config
from saigen.engine.run_folder import publish
from saigen.files import write_json
from saigen.fingerprint import code_of
from saigen.grid import experiment_jobs, experiment_runs
from saigen.paper import load_paper
from saigen.plan import calibrate as calibration
from saigen.plan.calibrate import Calibration, Group, calibrate, spread_over, understood
from saigen.plan.estimate import make_plan
from saigen.plan.past import history
from saigen.plan.show import remarks, show
from saigen.plan.units import Pieces, Units, cost_key, pieces
from saigen.plan.work import work

PAPER, EXPERIMENT = "gumbel_softmax", "structured_prediction"
TRAINER = "saigen.papers.gumbel_softmax.sbn:train"
STAMP = {"processor": machine.processor(), "intra_op_threads": 1, "device": "CPU"}
PLANTED = Units(process=9.0, variant=0.5, run=0.02, step=2e-3, along=4e-5, end=2e-5)
CALLS = replace(PLANTED, call=3e-3)

seconds = st.floats(0.1, 100.0)


class TestUnits:
    @given(
        steps=st.integers(1, 10_000),
        every=st.integers(0, 3000),
        done=st.integers(0, 10_000),
    )
    def test_evaluations_are_counted_as_the_loop_takes_them(self, steps, every, done):
        done = min(done, steps)
        found = pieces({"steps": steps, "evaluate_every": every}, done=done)
        due = [s for s in range(done + 1, steps) if every and s % every == 0]
        calls = len(due) + 1 if done < steps else 0
        assert found == Pieces(1, calls, steps - done, len(due) + 1, 1.0)

    @example(steps=3, log_every=3, every=0, done=1)
    @given(
        steps=st.integers(1, 300),
        log_every=st.integers(1, 300),
        every=st.integers(0, 300),
        done=st.integers(1, 50),
    )
    def test_calls_are_counted_as_the_loop_cuts_them(self, steps, log_every, every, done):
        done = min(done, steps)
        params = {"steps": steps, "log_every": log_every, "evaluate_every": every}
        inner = range(done + 1, steps)
        cuts = [s for s in inner if s % log_every == 0 or (every and s % every == 0)]
        assert pieces(params, done=done).calls == len(cuts) + (done < steps)

    def test_settings_that_cost_nothing_share_a_key(self):
        params = {"steps": 10, "test_images": 5, "learning_rate": 0.1, "units": 200}
        assert cost_key(params) == cost_key({**params, "steps": 99, "test_images": 7})
        assert cost_key(params) != cost_key({**params, "units": 100})

    def test_a_paper_may_say_what_decides_the_cost(self):
        params = {"steps": 10, "penalty": 0.1, "units": 200}
        assert cost_key(params, ["units"]) == cost_key({**params, "penalty": 1.0}, ["units"])
        assert cost_key(params, ["units"]) != cost_key({**params, "units": 100}, ["units"])

    def test_a_job_pays_once_for_its_process_and_each_variant(self):
        runs = [Pieces(1, 5, 100, 3.0, 2.0), Pieces(0, 5, 100, 3.0, 2.0)]
        one = 5 * CALLS.call + 100 * CALLS.step + 3 * PLANTED.along + 2 * PLANTED.end
        assert CALLS.job(runs) == pytest.approx(9.0 + 0.5 + 2 * (0.02 + one))


class TestSpread:
    @given(st.integers(1, 4), st.integers(1, 4))
    def test_every_variant_comes_once_and_the_second_differs_throughout(self, rows, columns):
        variants = [{"a": a, "b": b} for a in range(rows) for b in range(columns)]
        ordered = spread_over(variants)
        assert sorted(map(str, ordered)) == sorted(map(str, variants))
        if rows > 1 and columns > 1:
            assert ordered[1]["a"] != ordered[0]["a"] and ordered[1]["b"] != ordered[0]["b"]


def config_of(scale="smoke", **more):
    return load_config({"scale": scale, "papers": [PAPER], **more})


def publish_runs(results, config, units=PLANTED, rate=0.5):
    """Publish every run of an experiment as a machine of planted costs would have."""
    paper = load_paper(PAPER)
    for job in experiment_jobs(paper, EXPERIMENT, config):
        before = None
        for number, run in enumerate(job.runs):
            if run.experiment != EXPERIMENT:
                break
            key = cost_key(run.params)
            first = run.params["log_every"] * units.step
            startup = (units.process if number == 0 else 0.0) + units.run
            # The clock takes what a first call trained off the start-up: a second one follows.
            startup += units.variant if key != before else 0.0
            starts = "process" if number == 0 else "run" if key == before else "variant"
            before = key
            wall, rows, cpu = 0.1, [], 0.0
            for step in range(
                run.params["log_every"], run.params["steps"] + 1, run.params["log_every"]
            ):
                wall += first / rate
                cpu += first
                rows.append((step, "loss", 1.0, wall))
                last = step == run.params["steps"]
                if step % run.params["evaluate_every"] == 0 or last:
                    spent = units.along * work(run.params, "curve_")
                    spent += units.end * work(run.params, "test_") if last else 0.0
                    wall, cpu = wall + spent / rate, cpu + spent
                    rows.append((step, "test_nll", 1.0, wall))
            facts = {
                "experiment": run.experiment, "variant": run.variant, "seed": run.seed,
                "status": "finished", "params": dict(run.params), "identity": run.identity,
                "code": code_of(TRAINER), "datasets": {}, "stamps": [STAMP],
                "cpu_seconds": startup + cpu, "startup_cpu_seconds": startup,
                "wall_seconds": wall, "memory_mb": 900, "starts": starts,
            }  # fmt: skip
            publish(run.folder(results), rows, facts, {})
        write_json(job.record(results), {"runs": [{"run": run.name} for run in job.runs]})


class TestPast:
    def test_planted_costs_are_found_again(self, tmp_path):
        publish_runs(tmp_path, config_of("quick"))
        found = history([load_paper(PAPER)], TRAINER, tmp_path, **STAMP)
        assert found.memory_mb == 900
        for units in found.cpu.values():
            assert units.process == pytest.approx(PLANTED.process, rel=0.01)
            assert units.variant == pytest.approx(PLANTED.variant, rel=0.1)
            assert units.step == pytest.approx(PLANTED.step, rel=0.02)
            assert units.along == pytest.approx(PLANTED.along, rel=0.02)
            assert units.end == pytest.approx(PLANTED.end, rel=0.02)

    def test_another_processor_tells_nothing(self, tmp_path):
        publish_runs(tmp_path, config_of("quick"))
        here = {**STAMP, "processor": "another"}
        assert not history([load_paper(PAPER)], TRAINER, tmp_path, **here).cpu

    def test_another_scale_is_predicted_from_quick_runs(self, tmp_path):
        publish_runs(tmp_path, config_of("quick"))
        config = config_of("standard")
        plan = make_plan(config, tmp_path, 2, measure=False)
        cost = next(cost for cost in plan.costs if cost.experiment == EXPERIMENT)
        expected = 0.0
        for job in experiment_jobs(load_paper(PAPER), EXPERIMENT, config):
            keys = [cost_key(run.params) for run in job.runs]
            firsts = [key != before for before, key in zip([None, *keys], keys, strict=False)]
            counted = [pieces(run.params, first=f) for run, f in zip(job.runs, firsts, strict=True)]
            expected += PLANTED.job(counted)
        assert cost.cpu_seconds == pytest.approx(expected, rel=0.02)
        assert cost.basis == "all 14 from past runs"

    def test_what_stands_is_not_counted(self, tmp_path):
        publish_runs(tmp_path, config_of("quick"))
        plan = make_plan(config_of("quick"), tmp_path, 2, measure=False)
        cost = next(cost for cost in plan.costs if cost.experiment == EXPERIMENT)
        runs = experiment_runs(load_paper(PAPER), EXPERIMENT, config_of("quick"))
        assert (cost.done, cost.runs, cost.cpu_seconds, cost.jobs) == (len(runs), 0, 0.0, {})

    def test_a_damaged_run_is_passed_over(self, tmp_path):
        publish_runs(tmp_path, config_of("quick"))
        victim = next(tmp_path.glob("quick/*/*/*/seed0/run.json"))
        victim.write_text("{")
        next(tmp_path.glob("quick/*/*/jobs/*.json")).write_text("[]")
        assert len(history([load_paper(PAPER)], TRAINER, tmp_path, **STAMP).cpu) == 14


def told_by(units, memory=800):
    """Return the lines of a probe on a machine of planted costs."""

    def both(value):
        return {"cpu": value, "wall": 2 * value}

    head = {"part": "process", "process": both(units.process), "stamp": {"device": "CPU"}}
    lines = []
    for case in range(2):
        more = {"case": case, "memory_mb": memory}
        lines.append(
            {"part": "steps", "variant": both(units.variant - 0.1), "step": both(units.step),
             "call": both(units.call), "spread": 0.1, "run": both(units.run), "state": 10**6,
             **more}
        )  # fmt: skip
        lines.append(
            {"part": "evaluation", "trace": both(0.1), "along": both(units.along),
             "end": both(units.end), "samples": both(0.0), "samples_bytes": 10**6, **more}
        )  # fmt: skip
    return head, lines


class TestCalibration:
    group = Group(TRAINER, None, ({"estimator": "sf"}, {"estimator": "st"}))

    def test_what_a_probe_tells_becomes_units(self):
        found = understood(*told_by(CALLS), self.group)
        for units in found.cpu.values():
            assert vars(units) == pytest.approx(vars(CALLS))
        assert next(iter(found.wall.values())).step == pytest.approx(2 * PLANTED.step)
        assert found.memory_mb == 800 and not found.notes

    def test_an_evaluation_without_end_is_told(self):
        head, lines = told_by(PLANTED)
        found = understood(head, lines[:3], self.group)
        assert "not counted" in found.notes[0] and len(found.cpu) == 2

    def test_a_probe_that_does_not_start_is_told(self, monkeypatch):
        monkeypatch.setattr(calibration.sys, "executable", "/bin/false")
        found = calibrate([self.group], {})
        assert "Nothing could be measured" in found[0].notes[0] and not found[0].cpu

    @pytest.mark.parametrize(("gpu", "processes"), [(False, ["cpu"]), (True, ["auto", "cpu"])])
    def test_one_process_measures_all_that_run_on_one_device(
        self, tmp_path, monkeypatch, gpu, processes
    ):
        asked = []

        def measured(groups, compute):
            asked.append(compute["device"])
            return [Calibration() for _ in groups]

        monkeypatch.setattr("saigen.plan.evidence.calibrate", measured)
        monkeypatch.setattr("saigen.machine.has_gpu", lambda: gpu)
        # Some of its trainers ask for a GPU, and others between them do not.
        make_plan(config_of("smoke"), tmp_path, 2)
        assert asked == processes


@pytest.mark.parametrize(("priced_by", "measured"), [((), [0]), (("estimator",), [0, 1])])
def test_variants_that_a_paper_tells_apart_are_all_measured(monkeypatch, priced_by, measured):
    from saigen.plan import probe

    cases = []
    monkeypatch.setattr(probe.Probe, "measure", lambda self, params, tell: cases.append(tell))
    group = {"trainer": TRAINER, "dataset": None, "terms": (), "priced_by": priced_by}
    monkeypatch.setattr(probe.signal, "alarm", lambda seconds: None)
    probe.measure_group(0, {**group, "cases": [{}, {}]}, budget=-1.0, patience=60)
    assert [tell.keywords["case"] for tell in cases] == measured


class TestShow:
    def test_it_says_the_total_the_error_and_what_is_unknown(self, tmp_path, capsys):
        from saigen.console import console

        publish_runs(tmp_path, config_of("quick"))
        plan = make_plan(config_of("standard"), tmp_path, 2, measure=False)
        show(plan, tmp_path, console())
        text = capsys.readouterr().out
        assert "gumbel_softmax/structured_prediction " in text and "total" in text
        assert "Wall time between" in text and "gumbel_softmax/semi_supervised" in text
        assert "\x1b" not in text

    def test_nothing_left_is_said(self, tmp_path):
        plan = make_plan(config_of("quick"), tmp_path, 2, measure=False)
        plan.costs.clear()
        assert remarks(plan, tmp_path) == ["Nothing is left to train at quick."]


@pytest.mark.slow
def test_a_smoke_run_costs_what_calibration_says(tmp_path):
    """Calibrate one trainer for real, train it, and compare CPU seconds: within a factor of 2."""
    from saigen.data import prepare
    from saigen.jobs import train_job

    config = config_of("smoke", overrides={PAPER: {EXPERIMENT: {"latent": ["bernoulli"]}}})
    job = experiment_jobs(load_paper(PAPER), EXPERIMENT, config)[0]
    dataset = tmp_path / "data" / f"{job.dataset}.npz"
    prepare(job.dataset, dataset, folder=tmp_path)
    variants = [run.params for run in job.runs]
    found = calibrate([Group(TRAINER, str(dataset), variants)], {}, budget=30.0)[0]
    assert isinstance(found, Calibration) and not found.notes
    expected = sum(found.cpu[cost_key(run.params)].training(pieces(run.params)) for run in job.runs)
    settings = {"scale": "smoke", "overrides": config.overrides}
    train_job(PAPER, EXPERIMENT, job.name, settings, dataset=dataset, results=tmp_path, tell=print)
    record = json.loads(job.record(tmp_path).read_text())
    # The first run also paid for this process's imports, whatever pytest did before it.
    spent = sum(entry["cpu_seconds"] for entry in record["runs"][1:])
    assert 0.5 < expected * (len(job.runs) - 1) / len(job.runs) / spent < 2.0
