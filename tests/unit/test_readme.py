"""README: its verdict table is that of results/reference, its pictures and links are there."""

import csv
import re
from collections import Counter
from pathlib import Path

from saigen.claims import VERDICTS
from saigen.paper import load_paper, paper_names
from saigen.scales import SCALES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = ROOT / "results/reference"


def verdict_table() -> str:
    """Return the table that README should hold: each paper at the largest scale that was run."""
    rows = [
        "| paper | scale | " + " | ".join(VERDICTS) + " |",
        "|---|---|" + "---:|" * len(VERDICTS),
    ]
    for name in paper_names():
        ran = [s for s in SCALES if (REFERENCE / s / name / "claims.csv").is_file()]
        if ran:
            folder = f"results/reference/{ran[-1]}/{name}"
            with (ROOT / folder / "claims.csv").open(encoding="utf-8") as text:
                counts = Counter(row["verdict"] for row in csv.DictReader(text))
            cells = [
                f"[{load_paper(name).title}]({folder})",
                ran[-1],
                *(counts[v] for v in VERDICTS),
            ]
            rows.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(rows)


def test_the_verdicts_are_those_of_the_reference_results():
    assert verdict_table() in README, f"README wants this table:\n{verdict_table()}"


def test_pictures_and_links_are_there():
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(targets) > 10
    for target in targets:
        assert "://" in target or (ROOT / target).exists(), target
