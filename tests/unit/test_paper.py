"""paper.yaml: one readable line for every mistake."""

import pytest

from saigen import paper as module
from saigen.errors import SaigenError, UsageError
from saigen.paper import load_paper, paper_names, parse_paper

GOOD = """
title: Toys
what: About toys.
citation: {authors: [A. Author], venue: Venue 2026}
experiments:
  toy:
    what: A toy.
    train: saigen.papers.toy.training:train
    factors: {latent: [bernoulli, categorical]}
    params: {steps: 100, learning_rate: 1e-3, hard: true}
    cases:
      - {when: {latent: bernoulli}, set: {learning_rate: 1e-2}}
    scales: {smoke: {steps: 3}}
tables:
  errors: {what: Errors., experiments: [toy]}
figures:
  figure1: {caption: Errors., tables: [errors], samples: [toy]}
published:
  table1: {file: published/table1.csv, where: Table 1, exactness: printed}
departures:
  - {what: initial weights, ours: zero, why: not stated}
"""
WHERE = "papers/toy/paper.yaml"


def parsed(text):
    return parse_paper("toy", text, WHERE)


def test_a_good_file_is_read():
    paper = parsed(GOOD)
    experiment = paper.experiments["toy"]
    assert experiment.params["learning_rate"] == 1e-3
    assert experiment.settings["latent"] == ["bernoulli", "categorical"]
    assert experiment.cases[0].covers({"latent": "bernoulli"})
    assert not experiment.cases[0].covers({"latent": "categorical"})
    assert paper.module("tables") == "saigen.papers.toy.tables"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: Toys", "titel: Toys", "`titel: Toys` is not a setting; did you mean `title`?"),
        ("title: Toys\n", "", "`title` is missing"),
        ("venue: Venue 2026", "yaer: 1", "`citation.yaer: 1` is not a setting; known: "),
        ("    factors:", "    factor:", "`experiments.toy.factor: {'latent': ['bernoulli', "),
        (
            "{what: initial weights,",
            "{whta: initial weights,",
            "`departures.0.whta: initial weights` is not a setting; did you mean `what`?",
        ),
        ("training:train", "training", "`experiments.toy.train: saigen.papers.toy.training`: str"),
        ("  toy:\n", "  toy:\n    seeds: 0\n", "`experiments.toy.seeds: 0`: input should be gr"),
        ("scales: {smoke", "scales: {smokey", "`experiments.toy.scales.smokey.[key]: smokey`: "),
        (
            "{smoke: {steps: 3}}",
            "{smoke: {step: 3}}",
            "experiments.toy: `scales.smoke.step` is not a setting; did you mean `steps`?",
        ),
        (
            "{smoke: {steps: 3}}",
            "{smoke: {steps: few}}",
            "experiments.toy: `scales.smoke.steps: few`: a number is wanted",
        ),
        (
            "{smoke: {steps: 3}}",
            "{smoke: {runs_per_job: 0}}",
            "experiments.toy: `scales.smoke.runs_per_job: 0`: at least 1 is wanted",
        ),
        (
            "steps: 100",
            "steps: 0",
            "experiments.toy: `params.steps: 0`: at least 1 is wanted",
        ),
        (
            "{latent: [bern",
            "{examples: [-3, 5], latent: [bern",
            "experiments.toy: `factors.examples: [-3, 5]`: at least 0 is wanted",
        ),
        ("  toy:\n", "  toy:\n    memory_mb: 0\n", "`experiments.toy.memory_mb: 0`: input should"),
        (
            "when: {latent",
            "when: {latest",
            "experiments.toy: `cases.when.latest` is not a factor; did you mean `latent`?",
        ),
        (
            "when: {latent: bernoulli}",
            "when: {latent: bernuolli}",
            "experiments.toy: `cases.when.latent: bernuolli`: `bernuolli` is not a level; did you",
        ),
        (
            "set: {learning_rate: 1e-2}",
            "set: {learning_rat: 1e-2}",
            "experiments.toy: `cases.set.learning_rat` is not a parameter; did you mean `learning_",
        ),
        (
            "    params:",
            "    priced_by: [laten]\n    params:",
            "experiments.toy: `priced_by`: `laten` is not a parameter; did you mean `latent`?",
        ),
        (
            "    params:",
            "    variants: {soft: {hrad: false}}\n    params:",
            "experiments.toy: `variants.soft.hrad` is not a parameter; did you mean `hard`?",
        ),
        (
            "    params:",
            "    variants: {soft: {hard: 0}}\n    params:",
            "experiments.toy: `variants.soft.hard: 0`: true or false is wanted",
        ),
        (
            "    params:",
            "    joins: {smoke: toys}\n    params:",
            "`experiments.toy.joins.smoke: toys`: not an experiment; did you mean `toy`?",
        ),
        (
            "    params:",
            "    joins: {smoke: toy}\n    params:",
            "`experiments.toy.joins.smoke: toy`: an experiment that joins none is wanted",
        ),
        (
            "{steps: 100",
            "{seeds: 3, steps: 100",
            "experiments.toy: `params.seeds`: every run has that name; nor can it be dataset, me",
        ),
        (
            "{latent: [bern",
            "{step: [1, 2], latent: [bern",
            "experiments.toy: `factors.step`: every run has that name; nor can it be dataset, me",
        ),
        (
            "  errors: {what",
            "  costs: {what: Costs., experiments: [toy]}\n  errors: {what",
            "`tables.costs`: another name is wanted; every paper has that one",
        ),
        ("experiments: [toy]", "experiments: [toys]", "`tables.errors` names `toys`; did you mean"),
        ("samples: [toy]", "samples: [toyy]", "`figures.figure1` names `toyy`; did you mean `toy`"),
        ("tables: [errors]", "tables: [error]", "`figures.figure1` names `error`; did you mean"),
        ("title: Toys", "name: mine\ntitle: Toys", "`name: mine` is not a setting: a paper is ca"),
        *(
            (
                "[bernoulli, categorical]",
                f"[{levels}]",
                f"experiments.toy: `factors.latent: {told}`: a list of different levels is wanted",
            )
            for levels, told in (
                ("", "[]"),
                ("bernoulli, ''", "['bernoulli', '']"),
                ("bernoulli, bernoulli", "['bernoulli', 'bernoulli']"),
            )
        ),
        ("steps: 100", "steps: {a: 1}", "`experiments.toy.params.steps: {'a': 1}`: input should"),
    ],
)
def test_a_mistake_is_told_in_one_line(old, new, message):
    assert GOOD.count(old) == 1
    with pytest.raises(SaigenError) as caught:
        parsed(GOOD.replace(old, new))
    lines = str(caught.value).splitlines()
    told = [line for line in lines if line.startswith(f"{WHERE}: {message}")]
    assert len(told) == 1, lines
    # A misspelt key that must be there is told twice: as unknown and as missing.
    assert all(line.endswith("is missing") for line in lines if line not in told)


@pytest.mark.parametrize(
    ("text", "message"),
    [("a: [", "not valid YAML"), ("", "a mapping is wanted"), ("- a", "a mapping is wanted")],
)
def test_a_file_that_is_no_mapping_is_told(text, message):
    with pytest.raises(SaigenError, match=message):
        parsed(text)


def test_what_cannot_be_loaded_is_told_by_its_file(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PAPERS", tmp_path)
    (tmp_path / "mine").mkdir()
    path = tmp_path / "mine" / "paper.yaml"
    path.write_bytes(b"title: caf\xe9")
    with pytest.raises(SaigenError, match=r"papers/mine/paper\.yaml: not UTF-8"):
        load_paper("mine")
    path.write_text(GOOD)
    with pytest.raises(SaigenError, match=r"`experiments\.toy\.train`: there is no module saigen"):
        load_paper("mine")


@pytest.mark.parametrize("part", ["claims", "figures", "tables"])
def test_a_module_that_is_missing_is_told(monkeypatch, part):
    there = module.file_of
    lacking = f"saigen.papers._template.{part}"
    monkeypatch.setattr(module, "file_of", lambda name: None if name == lacking else there(name))
    said = rf"papers/_template/{part}\.py is missing; `saigen new` makes one to begin with"
    with pytest.raises(SaigenError, match=said):
        load_paper.__wrapped__("_template")


def test_an_unknown_paper_is_told_with_the_nearest():
    with pytest.raises(UsageError, match="`gumbel` is not a paper here; did you mean `gumbel_s"):
        load_paper("gumbel")


def test_the_template_is_a_good_file_but_not_a_paper():
    assert load_paper("_template").experiments
    assert "_template" not in paper_names()
