"""The registry agrees with itself, with the code, and with the docs."""

import re
from pathlib import Path

import pytest

from saigen.data import describe, names
from saigen.data.dataset import SPLITS
from saigen.data.preparation import MAKERS
from saigen.data.sources import sources_of
from saigen.errors import UsageError

DOCS = Path(__file__).parents[3] / "docs" / "data.md"


def test_every_maker_is_used_and_every_entry_has_one():
    assert {describe(name).maker for name in names()} == MAKERS.keys()


@pytest.mark.parametrize("name", names())
class TestEntry:
    def test_says_what_it_is_and_whose(self, name):
        entry = describe(name)
        assert entry.what and entry.licence and entry.citation
        assert re.fullmatch(r"[a-z0-9_]+", name)

    def test_digests_are_well_formed(self, name):
        lengths = {"sha256": 64, "md5": 32}
        for file in describe(name).files:
            assert re.fullmatch(rf"[0-9a-f]{{{lengths[file.algorithm]}}}", file.digest)

    def test_has_sources_just_when_it_has_files(self, name, tmp_path):
        entry = describe(name)
        assert bool(entry.files) == bool(entry.sources)
        assert len(sources_of(entry, tmp_path, [])) == 1 + len(entry.sources)

    def test_splits_are_in_order(self, name):
        assert tuple(describe(name).splits) in ((), SPLITS)

    def test_synthetic_sets_are_called_so(self, name):
        assert describe(name).synthetic == name.startswith("synthetic_")

    def test_stands_in_the_docs_with_its_licence(self, name):
        row = next(line for line in DOCS.read_text().splitlines() if f"| `{name}` |" in line)
        assert describe(name).licence in row


def test_made_from_names_a_dataset():
    assert {describe(name).made_from for name in names()} <= {"", *names()}


def test_unknown_name_suggests_the_nearest():
    with pytest.raises(
        UsageError, match="`fashion_mnst` is not a dataset; did you mean `fashion_m"
    ):
        describe("fashion_mnst")
