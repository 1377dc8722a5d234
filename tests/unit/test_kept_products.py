"""Which tables, figures and verdicts go beside kept runs."""

import pytest
from kept_runs import LOADED, PAPER, archive, products, publish, published, runs_of, told

from saigen.errors import SaigenError
from saigen.files import write_json, write_text
from saigen.kept import ARCHIVE, keep

FIGURE, TABLE = (next(iter(names)) for names in (LOADED.figures, LOADED.tables))


@pytest.fixture
def places(tmp_path):
    return published(tmp_path)


def test_products_are_kept_once_they_are_there_and_old_ones_go(places):
    results, kept, _ = places
    assert "no products yet" in told(keep, results, kept)
    assert not (kept / "quick" / PAPER / "claims.csv").exists()
    wanted = products(results)
    write_text(results / "quick" / PAPER / "tables" / "scratch.csv", "of nobody")
    write_text(kept / "quick" / PAPER / "tables" / "gone.csv", "old")
    write_text(kept / "quick" / PAPER / "tables" / "remarks.txt", "of the user")
    write_text(kept / "quick" / PAPER / "figures" / "slides.svg" / "first.svg", "of the user")
    assert f"{len(wanted)} files" in told(keep, results, kept)
    place = kept / "quick" / PAPER
    found = {path.relative_to(place).as_posix() for path in place.rglob("*.*")}
    mine = {"tables/remarks.txt", "figures/slides.svg", "figures/slides.svg/first.svg"}
    assert found == {*wanted, ARCHIVE, *mine}


def test_products_that_do_not_belong_together_are_not_kept(places):
    results, kept, _ = places
    wanted, folder = products(results), results / "quick" / PAPER
    figure, entry = next((k, v) for k, v in LOADED.figures.items() if v.tables)
    drawn = folder / "figures" / f"{figure}.json"
    write_json(drawn, {"tables": dict.fromkeys(entry.tables, "of older tables")})
    assert f"figure `{figure}` is not of these tables" in told(keep, results, kept)
    drawn.unlink()
    assert f"figures/{figure}.json is not there" in told(keep, results, kept)
    assert not any((kept / "quick" / PAPER / path).exists() for path in wanted)


def test_products_older_than_their_runs_are_not_kept(places):
    results, kept, _ = places
    products(results)
    write_text(results / "quick" / PAPER / "tables" / f"{TABLE}.csv", "of,later\n")
    assert "products not kept, older than their tables" in told(keep, results, kept)
    assert not (kept / "quick" / PAPER / "claims.csv").exists()


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (f"tables/{TABLE}.csv", ""),
        (f"tables/{TABLE}.csv", "a,b\n1\n2,3,4\n"),
        (f"tables/{TABLE}.json", "{"),
        ("tables/costs.csv", "\n"),
        (f"figures/{FIGURE}.json", "[]"),
        (f"figures/{FIGURE}.png", ""),
        ("claims.csv", "id\n"),
        ("claims.json", '{"tables": 3}'),
        ("provenance.json", '{"stamps": 3}'),
    ],
)
def test_a_damaged_product_is_told_and_leaves_what_is_kept_as_it_was(places, path, content):
    """Though there is a run more to keep."""
    results, kept, _ = places
    wanted = products(results)
    publish(results, runs_of("distribution")[1], code="of before")
    told(keep, results, kept)
    publish(results, runs_of("distribution")[1])
    place = archive(kept).parent
    before = {file: (place / file).read_bytes() for file in [*wanted, ARCHIVE]}
    (results / "quick" / PAPER / path).write_text(content)
    with pytest.raises(SaigenError, match=rf"{PAPER}/{path}: cannot be read .*makes it anew$"):
        told(keep, results, kept)
    assert {file: (place / file).read_bytes() for file in before} == before
