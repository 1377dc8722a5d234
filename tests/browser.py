"""A report page as headless Chromium sees it: `python tests/browser.py results/smoke/report.html`.

The page runs no script and forbids any, so a copy without its policy is looked at inside a frame
of the wanted width, and tells the page around it what it found.
"""

import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WIDTHS = {"desktop": 1280, "phone": 360}

_LOOK = """<script>
addEventListener("load", () => {
  const all = (what) => [...document.querySelectorAll(what)];
  parent.postMessage(JSON.stringify({
    images: all("img").length,
    broken: all("img").filter((i) => !i.complete || !i.naturalWidth).map((i) => i.alt),
    lost: all("a[href^='#']").map((a) => a.getAttribute("href"))
      .filter((to) => !document.getElementById(decodeURIComponent(to.slice(1)))),
    wider: document.documentElement.scrollWidth - innerWidth,
    papers: all(".paper").length,
    filtered: all("input[name=only]").map((box) => {
      box.checked = true;
      return all(".paper").filter((p) => getComputedStyle(p).display != "none").length;
    }),
  }), "*");
});
</script>"""
_AROUND = """<!DOCTYPE html><pre id="found"></pre><iframe src="page.html" width="{width}"
height="900"></iframe><script>addEventListener("message", (told) => {{
document.getElementById("found").textContent = told.data; }});</script>"""


def look(page: Path, width: int) -> dict:
    """Return what the page holds at a width of so many pixels.

    images, papers: how many; broken: alternative texts of images that do not show; lost: links to
    nowhere within the page; wider: pixels by which it must be scrolled sideways; filtered: papers
    shown for each choice of the paper filter.
    """
    with tempfile.TemporaryDirectory() as folder:
        text = page.read_text(encoding="utf-8")
        open_text, policies = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
        assert policies == 1, "the page has no content security policy"
        (Path(folder) / "page.html").write_text(open_text + _LOOK, encoding="utf-8")
        around = Path(folder) / "around.html"
        around.write_text(_AROUND.format(width=width), encoding="utf-8")
        dom, _ = _chromium("--virtual-time-budget=20000", "--dump-dom", around.as_uri())
    found = re.search(r'<pre id="found">(.*?)</pre>', dom, re.DOTALL)
    assert found and found[1], f"the page said nothing: {dom[:500]}"
    return json.loads(html.unescape(found[1]))


def faults(page: Path) -> list[str]:
    """Return what a reader would stumble over, on a desktop and on a phone."""
    _, console = _chromium("--dump-dom", page.resolve().as_uri())
    told = [f"console: {line}" for line in console]
    for name, width in WIDTHS.items():
        found = look(page, width)
        told += [f"{name}: {key}: {found[key]}" for key in ("broken", "lost") if found[key]]
        if found["wider"] > 0:
            told.append(f"{name}: {found['wider']} pixels too wide")
        if found["filtered"] and found["filtered"] != [found["papers"], *[1] * found["papers"]]:
            told.append(f"{name}: the filter shows {found['filtered']} of {found['papers']} papers")
    return told


def _chromium(*arguments: str) -> tuple[str, list[str]]:
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [
                str(CHROMIUM),
                *("--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"),
                f"--user-data-dir={profile}",
                *arguments,
            ],
            capture_output=True,
            text=True,
            timeout=300,
        )
    return done.stdout, [line for line in done.stderr.splitlines() if ":CONSOLE" in line]


if __name__ == "__main__":
    if CHROMIUM is None:
        print("no Chromium here: the page was not looked at", file=sys.stderr)
        sys.exit(not Path(sys.argv[1]).stat().st_size and "the page is empty")
    sys.exit("\n".join(faults(Path(sys.argv[1]))) or None)
