"""Damaged products in the report: told where they would have stood, by no name of this machine."""

import html
import json

import pytest

from saigen.files import sha256
from saigen.paper import load_paper
from saigen.report import build

PAPER = load_paper("gumbel_softmax")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><path d="M0 0h9"/></svg>'


@pytest.fixture
def home(tmp_path):
    """Results with one table and one figure."""
    home = tmp_path / "results/quick/gumbel_softmax"
    for part in ("tables", "figures"):
        (home / part).mkdir(parents=True)
    (home / "tables/table1.csv").write_text("cell,mean\na,58.5\n")
    digest = sha256(home / "tables/table1.csv")
    (home / "tables/table1.json").write_text(json.dumps({"digest": digest}))
    (home / "figures/figure1.svg").write_text(SVG)
    (home / "figures/figure1.json").write_text("{}")
    (home / "provenance.json").write_text("{}")
    return home


def page(home):
    target = build(home.parents[1], "quick", [PAPER], home.parent / "report.html")
    return html.unescape(target.read_text(encoding="utf-8"))


def test_what_is_sound_is_told_as_such(home):
    assert "cannot be read" not in page(home) and "58.5" in page(home)


@pytest.mark.parametrize("content", ['{"seeds": 3}', '{"tables": []}', "[]", "{", "[" * 100_000])
@pytest.mark.parametrize("path", ["figures/figure1.json", "tables/table1.json"])
def test_a_damaged_passport_is_told(home, path, content):
    (home / path).write_text(content)
    found = page(home)
    assert f"{path.partition('/')[2]}: cannot be read (" in found
    assert "; delete it, and the `snakemake`" in found
    assert str(home) not in found


@pytest.mark.parametrize("content", ['{"stamps": 3}', '{"datasets": {"digits": 3}}', "[" * 100_000])
def test_damaged_provenance_is_told(home, content):
    (home / "provenance.json").write_text(content)
    assert "provenance.json: cannot be read (" in page(home)


def test_a_table_that_was_cut_is_not_shown(home):
    (home / "tables/table1.csv").write_text("cell,mean\na,5")
    found = page(home)
    assert "results/quick/gumbel_softmax/tables/table1.csv: cut or edited since table1" in found
    assert "58.5" not in found
