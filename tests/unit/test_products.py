"""Products read back: whatever happened to one, a line says which and what to do."""

import pytest

from saigen.cli import main
from saigen.errors import SaigenError
from saigen.files import read_json, sha256, write_json
from saigen.paper import Published, Table
from saigen.products import Provenance, read_passport
from saigen.published import published
from saigen.records import Record
from saigen.tables import asking, build_table, read_table

MEND = "delete it, and the `snakemake` command that made it makes it anew"


@pytest.fixture
def table(tmp_path):
    """A table with its passport."""
    path = tmp_path / "tables" / "errors.csv"
    path.parent.mkdir()
    path.write_text("rate,mean\n0.5,8.0\n0.05,9.0\n")
    write_json(path.with_suffix(".json"), {"seeds": {"rates": [0, 1]}, "digest": sha256(path)})
    return path


def test_a_sound_table_is_read_with_a_passport_or_without_one_that_says_its_digest(table):
    assert read_table(table)["mean"].tolist() == [8.0, 9.0]
    write_json(table.with_suffix(".json"), {})
    assert len(read_table(table)) == 2
    table.with_suffix(".json").unlink()
    assert len(read_table(table)) == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", bytes(range(256)), b"a,b\n1,2\n3,4,5\n", b'a,b\n"1,2\n'],
    ids=["empty", "lines", "binary", "ragged", "quote"],
)
def test_a_table_that_cannot_be_read_is_told(table, content):
    table.write_bytes(content)
    with pytest.raises(SaigenError) as caught:
        read_table(table)
    told = str(caught.value)
    assert told.startswith(f"{table}: cannot be read (") and told.endswith(f"); {MEND}")
    assert "\n" not in told


@pytest.mark.parametrize(
    "content",
    [b"rate,mean\n0.5,8.0\n", b"rate,mean\n0.5,8.0\n0.05,9.", b"rate\n0.5\n0.05\n", bytes(40)],
    ids=["a row less", "cut", "a column less", "zeros"],
)
def test_a_table_that_reads_like_one_but_was_changed_is_told(table, content):
    table.write_bytes(content)
    with pytest.raises(SaigenError) as caught:
        read_table(table)
    assert str(caught.value) == f"{table}: cut or edited since errors.json was written; {MEND}"


DAMAGED = ["", "{", "[1]", "null", '"x"', "[" * 100_000, b"\x80", '{"seeds": 3}']
DAMAGED += ['{"datasets": {"digits": 3}}', '{"notes": [{}]}', '{"tables": null}']


@pytest.mark.parametrize("content", DAMAGED, ids=lambda content: str(content)[:20])
def test_a_damaged_passport_is_told(table, content):
    path = table.with_suffix(".json")
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    for read, what in ((read_passport, path), (read_table, table)):
        with pytest.raises(SaigenError) as caught:
            read(what)
        told = str(caught.value)
        assert told.startswith(f"{path}: cannot be read (") and told.endswith(f"; {MEND}")


@pytest.mark.parametrize(
    "content", [{"stamps": [3]}, {"datasets": {"d": "x"}}, {"datasets": {"d": {"digest": "x"}}}]
)
def test_provenance_is_looked_at_too(tmp_path, content):
    path = tmp_path / "provenance.json"
    write_json(path, content)
    with pytest.raises(SaigenError, match=f"cannot be read .*; {MEND}"):
        read_passport(path, Provenance)


@pytest.fixture
def paper(toy_paper, monkeypatch, tmp_path):
    """A paper with a table and a file of published numbers, in a folder of the test's own."""
    toy = toy_paper()
    monkeypatch.setattr(type(toy), "folder", tmp_path)
    beside = {"table1": Published(file="table1.csv", where="Table 1", exactness="as printed")}
    (tmp_path / "table1.csv").write_text("# from page 3\nrate,error\n0.1,8.0\n")
    return toy.model_copy(update={"published": beside})


@pytest.mark.parametrize("content", [b"", b"\x80\n", b"a,b\n1,2,3\n4,5,6,7\n"])
def test_damaged_published_numbers_are_told(paper, content):
    assert published(paper)["table1"]["error"].tolist() == [8.0]
    path = paper.folder / "table1.csv"
    path.write_bytes(content)
    with pytest.raises(SaigenError, match=f"^{path}: cannot be read .*; mend it: a line of names"):
        published(paper)


def test_a_column_that_is_not_there_is_told_with_the_line_that_asks(paper):
    code = "\n\ndef errors(published):\n    return published['table1']['eror']\n"
    made = {}
    exec(compile(code, str(paper.folder / "tables.py"), "exec"), made)
    with pytest.raises(SaigenError) as caught, asking(paper):
        made["errors"](published(paper))
    assert str(caught.value) == (
        f"{paper.folder / 'tables.py'}, line 4: asks for a column that is not there: 'eror'; the "
        "published numbers are in table1.csv"
    )
    with pytest.raises(KeyError), asking(paper):
        raise KeyError("of our own")


def test_a_word_among_published_numbers_is_told_where_it_is_stumbled_over(paper):
    code = "def lowest(published):\n    return published['table1']['error'].min() - 1\n"
    made = {}
    exec(compile(code, str(paper.folder / "tables.py"), "exec"), made)
    path = paper.folder / "table1.csv"
    path.write_text("rate,error\n0.1,8.0\n0.2,7.5a\n")
    with pytest.raises(SaigenError) as caught, asking(paper):
        made["lowest"](published(paper))
    told = str(caught.value)
    assert told.startswith(f"{paper.folder / 'tables.py'}, line 2: fails (")
    assert told.endswith("; table1.csv: column `error` has `7.5a` among its numbers")
    # Words alone are labels: what fails then is the code.
    path.write_text("rate,error\n0.1,low\n0.2,high\n")
    with pytest.raises(TypeError), asking(paper):
        made["lowest"](published(paper))


def test_tables_and_verdicts_are_written_with_their_digest(tmp_path, toy_paper, monkeypatch):
    toy = toy_paper().model_copy(update={"tables": {"ends": Table(what="", experiments=["toy"])}})
    monkeypatch.setattr("saigen.tables.function_of", lambda *_: lambda runs, _: runs["toy"])
    facts = {"experiment": "toy", "variant": "only", "seed": 0, "status": "finished"}
    facts |= {"steps": 100, "params": {}, "datasets": {}, "stamps": []}
    (tmp_path / "metrics.csv").write_text("step,metric,value,wall_seconds\n100,loss,0.5,1.0\n")
    target = tmp_path / "ends.csv"
    build_table(toy, "ends", "smoke", [Record(tmp_path, facts)], target)
    assert read_json(target.with_suffix(".json"))["digest"] == sha256(target)
    assert read_table(target)["value"].tolist() == [0.5]

    judged = ["judge", "gumbel_softmax", "--scale", "smoke", "--output", str(tmp_path / "v.csv")]
    assert main(judged) == 0
    assert read_json(tmp_path / "v.json")["digest"] == sha256(tmp_path / "v.csv")


@pytest.mark.parametrize("command", [["judge"], ["figure", "bias_variance"]])
def test_the_commands_that_read_tables_tell_a_damaged_one(tmp_path, capsys, command):
    table = tmp_path / "toy_gradients.csv"
    table.write_text("")
    options = ["--scale", "smoke", "--tables", str(table), "--output", str(tmp_path / "x")]
    assert main([command[0], "gumbel_softmax", *command[1:], *options]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"saigen: {table}: cannot be read (") and said.count("\n") == 1
