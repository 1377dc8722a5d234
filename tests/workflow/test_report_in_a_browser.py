"""The report of a real run in headless Chromium, and that this would see a fault."""

import browser
import pytest

pytestmark = pytest.mark.skipif(browser.CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture
def report(first_run):
    return first_run.root / "results/smoke/report.html"


def test_a_reader_stumbles_over_nothing(report):
    assert browser.faults(report) == []
    assert browser.look(report, 1280)["images"] >= 1


def test_faults_are_seen(report, tmp_path):
    text = report.read_text(encoding="utf-8")
    planted = (
        '<img alt="lost picture" src="data:image/png;base64,AAAA"><a href="#nowhere">x</a>'
        '<div style="width: 3000px">wide</div><script>x</script></main>'
    )
    (tmp_path / "report.html").write_text(text.replace("</main>", planted, 1), encoding="utf-8")
    told = "\n".join(browser.faults(tmp_path / "report.html"))
    for fault in ("lost picture", "#nowhere", "too wide", "CONSOLE"):
        assert fault in told
