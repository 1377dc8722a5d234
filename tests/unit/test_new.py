"""`saigen new`: which names a paper cannot have."""

import pytest

from saigen import paper as papers
from saigen.errors import SaigenError, UsageError
from saigen.new import new_paper
from saigen.paper import RESERVED, load_paper


@pytest.mark.parametrize("name", ["report", "train", "smoke", "logs"])
def test_a_name_of_the_workflow_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match=f"`{name}` is a name of the workflow's own"):
        new_paper(name, lambda line: None, papers=tmp_path)
    assert not any(tmp_path.iterdir())


def test_a_folder_of_such_a_name_is_told_when_it_is_loaded(tmp_path, monkeypatch):
    monkeypatch.setattr(papers, "PAPERS", tmp_path)
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures/paper.yaml").write_text("title: mine")
    with pytest.raises(SaigenError, match=r"papers/figures: `figures` .*; rename"):
        load_paper("figures")


def test_no_paper_here_has_such_a_name():
    assert not RESERVED & set(papers.paper_names())


@pytest.mark.parametrize("name", ["Mine", "a b", "a;b", "class", "1st", ""])
def test_what_is_no_name_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match="small letters, digits and underscores"):
        new_paper(name, lambda line: None, papers=tmp_path)
