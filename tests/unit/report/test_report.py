"""The page: self-contained, escaped, accessible, the same bytes, whole without its parts."""

import itertools
import json
import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from saigen.claims import COLUMNS
from saigen.errors import UsageError
from saigen.files import sha256
from saigen.paper import Paper
from saigen.report import build

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} 100"><path d="M0 0h9"/></svg>'
NASTY = "<script>alert('x')</script> & \"quotes\" < 3 nats"


class Page(HTMLParser):
    """Collects every start tag with its attributes, and the text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words, self.open = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in {"meta", "img", "input", "br", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes nothing of its kind"

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self):
        return re.sub(r"[ \n]+", " ", " ".join(self.words))


def write_claims(folder, rows):
    filled = [dict.fromkeys(COLUMNS, "") | row for row in rows]
    pd.DataFrame(filled, columns=list(COLUMNS)).to_csv(folder / "claims.csv", index=False)


def passport(folder, name, **facts):
    (folder / f"{name}.json").write_text(json.dumps({"name": name} | facts))


@pytest.fixture
def results(tmp_path):
    home = tmp_path / "results" / "quick" / "gumbel"
    for part in ("tables", "figures"):
        (home / part).mkdir(parents=True)
    measured = {"measured": -0.7123, "low": -0.9312, "high": -0.4934, "n": 5}
    write_claims(
        home,
        [
            {"id": "C1", "claim": NASTY, "verdict": "replicated", "why": NASTY} | measured,
            {"id": "C 1", "claim": "second", "verdict": "not tested", "n": 0},
            {"id": "c-1", "claim": "third", "verdict": "not replicated", "n": 200000},
        ],
    )
    long = pd.DataFrame(
        {"step": range(0, 60000, 1000), "nll": [100.5 / (i + 1) for i in range(60)]}
    )
    long.to_csv(home / "tables" / "curves.csv", index=False)
    short = pd.DataFrame({"cell": ["a", NASTY], "mean": [58.123456, None], "published": [58.9, 59]})
    short.to_csv(home / "tables" / "table1.csv", index=False)
    passport(
        home / "tables", "table1", where="Table 1", runs=10, diverged=["vae/darn/seed3"],
        notes=["1,000-sample bound"], experiments=["vae"], scale="quick",
    )  # fmt: skip
    costs = {"experiment": ["vae", "all"], "runs": 10, "steps": [100000, None]}
    costs |= {"cpu_seconds": 7260.0, "wall_seconds": 61.0}
    costs |= {"startup_cpu_seconds": 9.0, "startup_share": 0.124}
    pd.DataFrame(costs).to_csv(home / "tables" / "costs.csv", index=False)
    for name, width in (("figure1", 100), ("figure3", 250)):
        (home / "figures" / f"{name}.svg").write_text(SVG.format(width))
        passport(
            home / "figures", name, where=name.replace("figure", "Figure "), caption=NASTY,
            scale="quick", command="snakemake --cores 2 figures", seeds={"vae": [0, 1, 2, 4]},
            code="ab" * 32, datasets={"mnist": "cd" * 32},
            tables={"curves": sha256(home / "tables" / "curves.csv")},
        )  # fmt: skip
    record = {
        "datasets": {"mnist": {"digest": "cd" * 32, "facts": {"note": "binarised here"}}},
        "stamps": [{"tensorflow": "2.21.0", "device": "CPU", "intra_op_threads": 2}] * 3,
        "commits": ["0123456789abcdef0123"],
        "code": {"saigen.papers.gumbel": "ef" * 32},
    }
    (home / "provenance.json").write_text(json.dumps(record))
    return tmp_path / "results"


CITATION = {"authors": ["E. Jang"], "venue": "ICLR", "arxiv": "1611.01144"}
DEPARTURE = {"what": NASTY, "paper": "p", "ours": "o", "why": "w"}


def paper(figures=("figure1", "figure2", "figure3"), tables=("table1", "curves"), **more):
    usual = {
        "name": "gumbel",
        "title": NASTY,
        "what": "Relaxed samples.",
        "citation": CITATION,
        "experiments": {"vae": {"what": "Autoencoders.", "train": "a.paper:train"}},
        "figures": {n: {"caption": "", "where": n.replace("f", "F", 1)} for n in figures},
        "tables": {name: {"what": "", "experiments": ["vae"]} for name in tables},
        "departures": [DEPARTURE],
    }
    return Paper.model_validate(usual | more)


def page(results, papers=None):
    target = build(results, "quick", papers or [paper()], results / "quick" / "report.html")
    return target.read_text(encoding="utf-8")


def test_it_loads_nothing_and_runs_nothing(results):
    html = page(results)
    read = Page(html)
    assert not read.all("script") + read.all("link") + read.all("iframe")
    for tag, attributes in read.tags:
        for key, value in attributes.items():
            assert not key.startswith("on"), f"{tag} {key}"
            if key in ("src", "srcset", "data", "poster", "background"):
                assert value.startswith("data:"), f"{tag} {key}={value[:40]}"
            if key == "href" and tag != "a":
                pytest.fail(f"{tag} loads {value}")
    assert "url(" not in html
    assert "@import" not in html
    policy = next(m for m in read.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy["content"]


def test_everything_is_escaped(results):
    html = page(results)
    assert "<script" not in html
    assert (
        "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &#34;quotes&#34; &lt; 3 nats" in html
    )
    # claim, why, title (thrice or more), caption, alt, departure, table cell
    assert html.count("&lt;script&gt;") >= 8
    assert Page(html).open == []


def test_only_web_addresses_become_links(results):
    citation = CITATION | {"url": "javascript:alert(1)"}
    links = [a["href"] for a in Page(page(results, [paper(citation=citation)])).all("a")]
    assert [link for link in links if not link.startswith("#")] == [
        "https://arxiv.org/abs/1611.01144"
    ]


def test_ids_are_unique_and_links_within_the_page_arrive(results):
    twice = [paper(), paper(name="GUMBEL"), paper(name="other")]
    read = Page(page(results, twice))
    ids = [attributes["id"] for _, attributes in read.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for link in read.all("a"):
        if link["href"].startswith("#"):
            assert link["href"][1:] in ids
    for _, attributes in read.tags:
        if "aria-labelledby" in attributes:
            assert attributes["aria-labelledby"] in ids


def test_it_can_be_heard_as_well_as_seen(results):
    read = Page(page(results))
    assert all(image.get("alt", "").startswith("Figure ") for image in read.all("img"))
    assert len(read.all("img")) == 2
    names = [tag for tag, _ in read.tags]
    assert names.count("h1") == names.count("main") == 1
    levels = [int(tag[1]) for tag in names if re.fullmatch(r"h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    assert read.all("html")[0]["lang"] == "en"
    for attributes in (a for _, a in read.tags if a.get("tabindex") == "0" and "role" in a):
        assert attributes["aria-label"]


def test_the_same_results_give_the_same_bytes(results):
    assert page(results) == page(results)


def test_verdicts_come_first_with_their_counts(results):
    html = page(results)
    text = Page(html).text
    assert "3 all claims" in text
    for count, verdict in ((1, "replicated"), (1, "not replicated"), (0, "inconclusive")):
        assert re.search(rf"{count} .{{1,3}} {verdict}", text)
    assert html.index("Verdicts</h2>") < html.index('<article class="paper"')
    assert "This is the quick scale" in text
    assert "−0.71 [−0.93, −0.49]" in text
    assert "200\u202f000" in text


def test_figures_tables_costs_and_provenance_are_all_there(results):
    html = page(results)
    text = Page(html).text
    assert html.count('class="wide"') == 1
    for told in (
        "0–2, 4",
        "snakemake --cores 2 figures",
        "From 10 runs of vae.",
        "Diverged (1): vae/darn/seed3.",
        "1,000-sample bound",
        "The first 40 of 60 rows; all of them are in results/quick/gumbel/tables/curves.csv",
        "2 h 01 min",
        "1 min 01 s",
        "12%",
        "binarised here",
        "0123456789ab…",
        "intra-op threads",
    ):
        assert told in text, told
    assert text.count("2.21.0") == 1, "one row a distinct stamp"
    assert re.search(r'<td class="num published">58\.9</td>', html)
    assert "Not drawn: there is no results/quick/gumbel/figures/figure2.svg" in text
    assert "has changed" not in text


def test_what_paper_yaml_no_longer_lists_is_not_shown(results):
    whole = page(results, [paper(tables=["table1", "curves"])])
    html = page(results, [paper(figures=["figure1"], tables=["table1"])])
    assert "curves.csv" in whole and "curves.csv" not in html
    assert "Figure 1" in html and "Figure 3" not in html


def test_a_verdict_is_told_with_the_code_that_judged(results):
    assert "Verdicts of commit" not in page(results)
    said = {"commit": "0123456789ab+", "code": "ab" * 8, "changed": {"vae": "steps 7 (100)"}}
    (results / "quick" / "gumbel" / "claims.json").write_text(json.dumps(said))
    told = "Verdicts of commit <code>0123456789ab+</code>, by claims <code>abababababababab</code>."
    html = page(results)
    assert told in html
    assert "Changed settings of vae, in brackets the scale&#39;s own: steps 7 (100)" in html


def test_a_figure_older_than_its_table_or_of_another_scale_is_told(results):
    home = results / "quick" / "gumbel"
    (home / "tables" / "curves.csv").write_text("step,nll\n1,2\n")
    passport(home / "figures", "figure1", scale="smoke")
    text = Page(page(results)).text
    assert "Table curves has changed since this figure was drawn." in text
    assert "drawn at the smoke scale, not at quick" in text


def test_a_heavy_svg_gives_way_to_its_png(results):
    folder = results / "quick" / "gumbel" / "figures"
    (folder / "figure1.svg").write_text(SVG.format(100) + " " * 300_001)
    assert page(results).count("data:image/svg+xml") == 2
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 8 + (640).to_bytes(4) + (480).to_bytes(4)
    (folder / "figure1.png").write_bytes(png)
    read = Page(page(results))
    assert [i["src"][:14] for i in read.all("img")] == ["data:image/png", "data:image/svg"]
    assert (read.all("img")[0]["width"], read.all("img")[0]["height"]) == ("640", "480")


def test_a_paper_without_results_is_told_not_a_crash(results):
    html = page(results, [paper(name="nothing", figures=[], tables=[], departures=[])])
    text = Page(html).text
    for part in ("claims.csv", "provenance.json", "costs.csv", "results/quick/nothing/figures"):
        assert f"{part} is not there" in text
    assert "No tables." in text
    assert "None are listed." in text


def test_damaged_files_are_told_not_a_crash(results):
    home = results / "quick" / "gumbel"
    (home / "claims.csv").write_text("id,claim\nC1,x\n")
    (home / "provenance.json").write_text("{")
    (home / "tables" / "table1.csv").write_text("")
    (home / "tables" / "costs.csv").write_text("runs\n3\n")
    text = Page(page(results)).text
    assert "claims.csv: cannot be read (no columns where, published" in text
    assert "provenance.json: cannot be read" in text
    assert "tables/table1.csv: cannot be read" in text
    assert "costs.csv lacks the columns experiment" in text


def test_no_papers_and_no_such_scale(results):
    html = build(results, "paper", [], results / "empty.html").read_text()
    assert "No paper was asked for." in Page(html).text
    with pytest.raises(UsageError, match="did you mean `quick`"):
        build(results, "quik", [], results / "empty.html")


def test_departures_show_official_code_where_one_differs(results):
    theirs = [DEPARTURE | {"official": "3e-4"}, {"what": "rate", "ours": "2e-4", "why": "stable"}]
    text = Page(page(results, [paper(departures=theirs)])).text
    assert "Official code" in text and "None" not in text
    assert "Official code" not in Page(page(results)).text
