"""A key that stands twice is told with both its lines, in paper.yaml and in config.yaml."""

import pytest
import yaml

from saigen.config import read_config
from saigen.errors import SaigenError, UsageError
from saigen.paper import PAPERS, parse_paper
from saigen.twice import key_given_twice


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb: 2\na: 3\n", "`a` stands twice, in lines 1 and 3; only one would count"),
        ("a:\n  b: {c: 1, 'c': 2}\n", "`a.b.c` stands twice, in line 2;"),
        ("a:\n- b: 1\n- c: 1\n  d: 1\n  c: 2\n", "`a.1.c` stands twice, in lines 3 and 5;"),
        ("x: &x {a: 1, a: 2}\ny: *x\n", "`x.a` stands twice, in line 1;"),
        ("1: a\n1: b\n", "`1` stands twice, in lines 1 and 2;"),
    ],
)
def test_a_key_that_stands_twice_is_told_with_its_lines(text, told):
    assert key_given_twice(text).startswith(told)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a: {x: 1}\nb: {x: 1}\n",
        # What is merged in is meant to be replaced.
        "a: &a {x: 1}\nb: &b {y: 1}\nc: {<<: *a, <<: *b, x: 2}\n",
        "1: a\n'1': b\n",
        "a: &a\n  b: *a\n",
    ],
)
def test_what_only_looks_alike_is_not(text):
    assert key_given_twice(text) == ""


def test_what_is_no_yaml_is_for_the_reader_to_tell():
    with pytest.raises(yaml.YAMLError):
        key_given_twice("a: [")


def test_a_configuration_with_a_key_twice_is_refused(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("scale: smoke\ndata: {}\nscale: paper\n")
    with pytest.raises(UsageError, match=r"config\.yaml: `scale` stands twice, in lines 1 and 3;"):
        read_config(path)


def test_a_paper_with_a_key_twice_is_refused():
    text = (PAPERS / "_template/paper.yaml").read_text(encoding="utf-8")
    line = "      steps: 5000\n"
    assert line in text
    said = r"here: `experiments\.rates\.params\.steps` stands twice, in lines \d+ and \d+;"
    with pytest.raises(SaigenError, match=said):
        parse_paper("mine", text.replace(line, line + "      steps: 50\n"), "here")
