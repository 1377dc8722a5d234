"""What every paper's folder must hold, whoever wrote it."""

import importlib
import subprocess
import sys

import pytest

from saigen import data
from saigen.claims import claims_in
from saigen.config import load_config
from saigen.data.scored import parsed
from saigen.grid import experiment_jobs, experiment_runs
from saigen.new import new_paper
from saigen.paper import load_paper, paper_names
from saigen.paper_page import paper_page
from saigen.scales import SCALES
from saigen.tables import published

PAPERS = paper_names()


@pytest.fixture(params=PAPERS)
def paper(request):
    return load_paper(request.param)


@pytest.mark.parametrize("scale", SCALES)
def test_every_experiment_has_runs_at_every_scale(paper, scale):
    config = load_config({"scale": scale})
    for name in paper.experiments:
        runs = experiment_runs(paper, name, config)
        assert runs and len({run.identity for run in runs}) == len(runs)
        assert len({run.name for run in runs}) == len(runs)
        jobs = experiment_jobs(paper, name, config)
        trained = [run for job in jobs for run in job.runs if run.experiment == name]
        assert trained == runs


def test_smoke_needs_no_network_and_quick_none_but_package_indexes(paper):
    # What a laptop with nothing but a package index can have.
    indexed = {"mnist", "fashion_mnist", "bernoulli_mnist", "english_text"}
    for name in paper.experiments:
        smoke = experiment_runs(paper, name, load_config({"scale": "smoke"}))[0].dataset
        quick = experiment_runs(paper, name, load_config({"scale": "quick"}))[0].dataset
        assert smoke is None or smoke.startswith("synthetic_")
        base = quick and (parsed(quick) or (quick,))[0]
        assert base is None or base.startswith("synthetic_") or base in indexed
        for dataset in {smoke, quick} - {None}:
            data.describe(dataset)


def test_every_trainer_is_there(paper, tensorflow):
    for entry in paper.experiments.values():
        module, _, function = entry.train.partition(":")
        assert module.startswith(f"saigen.papers.{paper.name}.")
        assert callable(getattr(importlib.import_module(module), function))


@pytest.mark.parametrize("part", ["tables", "figures"])
def test_every_product_has_its_function(paper, part):
    module = importlib.import_module(paper.module(part))
    for name in getattr(paper, part):
        assert callable(getattr(module, name)), f"{part}.py lacks {name}"


def test_every_experiment_is_shown(paper):
    read = {name for table in paper.tables.values() for name in table.experiments}
    shown = {name for figure in paper.figures.values() for name in figure.samples}
    assert set(paper.experiments) == read | shown


def test_claims_are_checkable_sentences(paper):
    claims = claims_in(paper.module("claims"))
    assert claims
    for each in claims:
        assert each.tables and set(each.tables) <= set(paper.tables), each.id
        assert each.says and each.where and each.test.__doc__, each.id


def test_published_numbers_parse(paper):
    assert set(published(paper)) == set(paper.published)
    for name, frame in published(paper).items():
        assert len(frame), name


def test_the_page_is_in_step(paper):
    page = paper.folder / "PAPER.md"
    written = page.read_text(encoding="utf-8") if page.is_file() else ""
    assert written == paper_page(paper), f"run `saigen page {paper.name}`"


def test_the_page_lists_every_departure_of_the_code(paper):
    for path in paper.folder.rglob("*.py"):
        assert "Departures:" not in path.read_text(encoding="utf-8"), f"{path}: one paragraph each"


def test_products_do_without_tensorflow(paper):
    names = [paper.module(part) for part in ("tables", "figures", "claims")]
    code = (
        "import sys\n"
        "for name in ('tensorflow', 'tensorflow_probability', 'keras', 'tf_keras'):\n"
        "    sys.modules[name] = None\n" + "".join(f"import {name}\n" for name in names)
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_the_template_is_a_sound_paper(tmp_path):
    folder = new_paper("my_paper", lambda line: None, papers=tmp_path)
    text = (folder / "paper.yaml").read_text(encoding="utf-8")
    from saigen.paper import parse_paper

    paper = parse_paper("my_paper", text, "paper.yaml")
    assert paper.experiments["rates"].train == "saigen.papers.my_paper.training:train"
    assert not any("_template" in path.read_text() for path in folder.rglob("*.py"))
