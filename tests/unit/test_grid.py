"""From a paper and a configuration to runs: what changes a run's identity, and what does not."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pace import piece_of_python

from saigen.config import Compute, Config, load_config
from saigen.errors import UsageError
from saigen.files import digest_of
from saigen.grid import Run, device_for, experiment_jobs, experiment_runs, job
from saigen.scales import SCALES
from saigen.validation import typed

RESULTS = Path("results")
FACTORS = {"codes": ["01", "pm1"], "learning_rate": [0.1, 0.01]}


def configured(scale="paper", seeds=None, **changes):
    overrides = {"toy": {"toy": changes}} if changes else {}
    return Config(scale=scale, seeds=seeds, overrides=overrides)


def runs_of(paper, **how):
    return experiment_runs(paper, "toy", configured(**how))


def identities(runs):
    return [run.identity for run in runs]


values = st.booleans() | st.integers(-5, 5) | st.floats(-5, 5) | st.text(max_size=3)
params = st.dictionaries(st.sampled_from("abcd"), values, min_size=1)


def identity(params, seed=0, dataset="digits", scale="paper", variant="only"):
    return Run("toy", "toy", variant, seed, scale, dataset, params, "toy:train").identity


@given(params, params)
def test_two_runs_share_an_identity_just_when_their_settings_are_the_same(one, other):
    same = digest_of(one) == digest_of(other)
    assert (identity(one) == identity(other)) == same


@given(params, st.integers(0, 99), st.sampled_from(SCALES))
def test_seed_and_dataset_are_part_of_the_identity_and_the_scale_is_not(params, seed, scale):
    assert identity(params, seed) != identity(params, seed + 1)
    assert identity(params, seed) != identity(params, seed, dataset="other")
    assert identity(params, seed) == identity(params, seed, scale=scale)
    assert identity(params, seed) == identity(dict(reversed(params.items())), seed)


def test_other_arithmetic_is_another_run_and_the_default_is_the_plain_one(toy_paper):
    paper = toy_paper(factors=FACTORS)
    plain, *others = (
        identities(experiment_runs(paper, "toy", Config(scale="paper", compute=Compute(**compute))))
        for compute in (
            {"precision": "float32", "intra_op_threads": 1, "deterministic": True},
            *({"precision": "tf32"}, {"precision": "bfloat16"}),
            *({"intra_op_threads": 4}, {"deterministic": False}),
        )
    )
    assert plain == identities(runs_of(paper))
    assert len({*plain, *(run for runs in others for run in runs)}) == 5 * len(plain)


def test_more_seeds_keep_every_run_that_was_there(toy_paper):
    paper = toy_paper(factors=FACTORS)
    few, many = runs_of(paper, seeds=2), runs_of(paper, seeds=5)
    assert len(many) == 20
    kept = {run.folder(RESULTS): run.identity for run in many}
    assert {run.folder(RESULTS): run.identity for run in few}.items() <= kept.items()


def test_grouping_into_jobs_changes_no_run(toy_paper):
    paper = toy_paper(factors=FACTORS, seeds=3)
    for size in (1, 5, 12, 100):
        jobs = experiment_jobs(paper, "toy", configured(runs_per_job=size))
        assert [run for job in jobs for run in job.runs] == runs_of(paper)
        assert all(len(job.runs) <= size for job in jobs)
        assert [job.name for job in jobs] == [f"{index:03d}" for index in range(-(-12 // size))]


def names(jobs):
    return [(job.experiment, job.name, [run.name for run in job.runs]) for job in jobs]


def test_an_experiment_that_joins_another_trains_in_its_first_job(toy_paper):
    paper = toy_paper(
        seeds=2, others={"guest": {"joins": {"smoke": "toy"}, "train": "saigen.papers.toy.b:train"}}
    )
    jobs = experiment_jobs(paper, "toy", configured("smoke", runs_per_job=1))
    assert experiment_jobs(paper, "guest", configured("smoke", runs_per_job=1)) == jobs[:1]
    first = ["toy/only/seed0", "guest/only/seed0", "guest/only/seed1"]
    assert names(jobs) == [("toy", "000", first), ("toy", "001", ["toy/only/seed1"])]
    assert jobs[0].experiments == ["toy", "guest"]
    assert jobs[0].trainers == ["saigen.papers.toy.training:train", "saigen.papers.toy.b:train"]


def test_it_joins_at_its_scale_alone_and_only_on_the_same_data(toy_paper):
    paper = toy_paper(others={"guest": {"joins": {"smoke": "toy"}}})
    apart = [("guest", "000", ["guest/only/seed0"])]
    assert names(experiment_jobs(paper, "guest", configured("quick"))) == apart
    elsewhere = configured("smoke", dataset="others")
    assert names(experiment_jobs(paper, "guest", elsewhere)) == apart
    assert names(experiment_jobs(paper, "toy", elsewhere)) == [("toy", "000", ["toy/only/seed0"])]


def test_who_trains_together_does_not_depend_on_whom_one_asks(toy_paper):
    others = {"guest": {"joins": {"smoke": "toy"}}, "alone": {}}
    paper = toy_paper(others=others)
    assert paper.together("toy", "smoke") == paper.together("guest", "smoke") == ["toy", "guest"]
    assert paper.together("alone", "smoke") == ["alone"]
    assert paper.together("guest", "quick") == ["guest"]


def test_the_runs_are_the_product_of_the_factors_and_seeds_variant_by_variant(toy_paper):
    runs = runs_of(toy_paper(factors=FACTORS, seeds=2))
    assert [run.name for run in runs[:3]] == [
        "toy/01-learning_rate0.1/seed0",
        "toy/01-learning_rate0.1/seed1",
        "toy/01-learning_rate0.01/seed0",
    ]
    assert len({run.folder(RESULTS) for run in runs}) == len(set(identities(runs))) == 8
    assert runs[0].folder(RESULTS) == Path("results/paper/toy") / runs[0].name
    assert runs[0].params == {"steps": 100, "learning_rate": 0.1, "hard": True, "codes": "01"}


def test_settings_go_from_weak_to_strong(toy_paper):
    paper = toy_paper(
        factors={"codes": ["01", "pm1"]},
        cases=[{"when": {"codes": "pm1"}, "set": {"learning_rate": 0.2, "steps": 50}}],
        scales={"smoke": {"steps": 3, "dataset": "tiny", "codes": ["pm1"]}},
    )

    def settings(**how):
        return [
            (run.params["codes"], run.params["steps"], run.params["learning_rate"], run.dataset)
            for run in runs_of(paper, **how)
        ]

    assert settings() == [("01", 100, 0.1, "digits"), ("pm1", 50, 0.2, "digits")]
    assert settings(scale="smoke") == [("pm1", 3, 0.2, "tiny")]
    assert settings(scale="smoke", steps=7, codes="01") == [("01", 7, 0.1, "tiny")]
    assert settings(learning_rate=0.5) == [("01", 100, 0.5, "digits"), ("pm1", 50, 0.5, "digits")]


def test_a_case_of_a_scale_holds_there_alone_and_over_what_the_scale_changes(toy_paper):
    case = {"when": {"codes": "pm1"}, "scale": "smoke", "set": {"steps": 2}}
    paper = toy_paper(
        factors={"codes": ["01", "pm1"]}, cases=[case], scales={"smoke": {"steps": 3}}
    )

    def steps(**how):
        return [run.params["steps"] for run in runs_of(paper, **how)]

    assert steps() == steps(scale="quick") == [100, 100]
    assert steps(scale="smoke") == [3, 2]
    assert steps(scale="smoke", steps=7) == [7, 7]


def test_the_seeds_of_the_configuration_hold_for_every_experiment(toy_paper):
    paper = toy_paper(seeds=3, scales={"smoke": {"seeds": 1}})
    assert [len(runs_of(paper, scale=scale)) for scale in ("paper", "smoke")] == [3, 1]
    assert len(runs_of(paper, scale="smoke", seeds=4)) == 4


def test_the_seeds_of_one_experiment_go_before_those_of_all(toy_paper):
    for experiment, seeds in (("toy", 10), ("other", 3)):
        config = Config(seeds=3, overrides={"toy": {experiment: {"seeds": 10}}})
        assert len(experiment_runs(toy_paper(), "toy", config)) == seeds


@pytest.mark.parametrize("rate", [1, 1.0, "1", "1e0"])
def test_however_a_number_is_written_the_identity_is_the_same(toy_paper, rate):
    (run,) = runs_of(toy_paper(), learning_rate=rate)
    assert isinstance(run.params["learning_rate"], float)
    assert run.identity == runs_of(toy_paper(), learning_rate=1.0)[0].identity
    case = [{"when": {"codes": "01"}, "set": {"learning_rate": rate}}]
    (cased,) = runs_of(toy_paper(factors={"codes": ["01"]}, cases=case))
    (scaled,) = runs_of(toy_paper(scales={"paper": {"learning_rate": rate}}))
    (named,) = runs_of(toy_paper(variants={"v": {"learning_rate": rate}}))
    assert {run.identity for run in (cased, scaled, named)} == {run.identity}


@pytest.mark.parametrize(
    ("value", "like", "wanted"),
    [
        (2.0, 1, 2),
        ("3", 1, 3),
        (2, 1.0, 2.0),
        ("x", "", "x"),
        (False, True, False),
        (1, [0.5], [1.0]),
    ],
)
def test_typed_gives_the_type_that_is_wanted(value, like, wanted):
    found = typed(value, like)
    assert found == wanted
    assert type(found) is type(wanted)
    assert repr(found) == repr(wanted)


def test_a_job_that_does_not_exist_is_told():
    with pytest.raises(UsageError, match=r"`vaes` is not an experiment of .* did you mean `vae`"):
        job("gumbel_softmax", "vaes", "000", Config())
    with pytest.raises(UsageError, match="has one job, 000, not `002`"):
        job("gumbel_softmax", "structured_prediction", "002", Config(scale="quick"))
    with pytest.raises(UsageError, match="has jobs 000 to 013, not `014`"):
        job("gumbel_softmax", "structured_prediction", "014", Config(scale="standard"))


@pytest.mark.parametrize(
    ("device", "asks", "wanted"),
    [
        ("auto", True, "auto"),
        ("auto", False, "cpu"),
        ("gpu", False, "gpu"),
        ("cpu", True, "cpu"),
    ],
)
def test_a_gpu_is_for_experiments_that_ask(toy_paper, device, asks, wanted):
    paper = toy_paper(others={"other": {"gpu": asks}})
    config = load_config({"compute": {"device": device}})
    assert device_for(paper.experiments.values(), config) == wanted


def test_planning_all_papers_takes_no_tensorflow_and_no_time():
    code = """
import sys, time
begun = time.process_time()
from saigen.config import load_config
from saigen.fingerprint import fingerprint
from saigen.grid import all_jobs
from saigen.paper import load_paper
import saigen.cli
jobs = all_jobs(load_config({"scale": "paper"}))
assert jobs
for name, experiment in {(job.paper, job.experiment) for job in jobs}:
    fingerprint(load_paper(name).experiments[experiment].train.partition(":")[0])
heavy = [name for name in ("tensorflow", "keras", "tensorflow_probability") if name in sys.modules]
assert not heavy, heavy
print(time.process_time() - begun)
"""
    # Two seconds where they were counted first. A busy machine can spoil an attempt or two.
    pieces = []
    while len(pieces) < 3 and min(pieces, default=99.0) >= 20.0:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        pieces.append(float(done.stdout) / piece_of_python())
    assert min(pieces) < 20.0
