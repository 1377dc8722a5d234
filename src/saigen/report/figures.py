"""Figures of a paper: the picture as a data address, its caption and its passport."""

import base64
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from saigen.files import sha256
from saigen.report.text import ranges

LARGE = 300_000  # bytes: an SVG above this is heavier than its PNG
WIDE = 1.7  # width over height: two panels side by side, and more


@dataclass(frozen=True)
class FigureView:
    """A figure of the results as the page shows it; `source` is "" where there is no picture."""

    name: str
    anchor: str
    source: str
    size: tuple[int, int] | None
    caption: str
    where: str
    path: str
    passport: list[tuple[str, str]] = field(default_factory=list)
    command: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def wide(self) -> bool:
        """Whether the picture is too wide to share a row with another."""
        return self.size is not None and self.size[0] > WIDE * self.size[1]

    @property
    def alt(self) -> str:
        """What stands for the picture where it cannot be seen."""
        place = f" ({self.where})" if self.where else ""
        return f"Figure {self.name}{place}: {self.caption or 'no caption'}"


def view(
    folder: Path, shown: str, anchor: str, entry: dict[str, Any], scale: str, tables: Path
) -> FigureView:
    """Make the view of one figure.

    Args:
      folder: that holds `<name>.svg`, `.png` and `.json`.
      shown: the folder as the reader is told it.
      entry: what paper.yaml and the passport say, merged, and `damage`, why that cannot be read.
      scale: of the page; a figure of another scale is pointed out.
      tables: folder of the tables: a figure older than its table is pointed out.
    """
    name = entry["name"]
    source, suffix, size = _picture(folder, name)
    problems = [] if source else [f"Not drawn: there is no {shown}/{name}.svg or .png."]
    problems += [entry["damage"]] if entry.get("damage") else []
    if entry.get("scale", scale) != scale:
        problems.append(f"This figure was drawn at the {entry['scale']} scale, not at {scale}.")
    problems += [
        f"Table {table} has changed since this figure was drawn."
        for table, digest in (entry.get("tables") or {}).items()
        if (tables / f"{table}.csv").is_file() and sha256(tables / f"{table}.csv") != digest
    ]
    return FigureView(
        name=name,
        anchor=anchor,
        source=source,
        size=size,
        caption=str(entry.get("caption") or entry.get("what") or ""),
        where=str(entry.get("where") or ""),
        path=f"{shown}/{name}{suffix}",
        passport=_passport(entry) if source else [],
        command=str(entry.get("command") or ""),
        problems=problems,
    )


def _picture(folder: Path, name: str) -> tuple[str, str, tuple[int, int] | None]:
    svg, png = folder / f"{name}.svg", folder / f"{name}.png"
    for path, kind in ((svg, "image/svg+xml"), (png, "image/png")):
        # Inside an image element an SVG runs no script and loads nothing, whatever it holds.
        heavy = path is svg and png.is_file() and svg.is_file() and svg.stat().st_size > LARGE
        if path.is_file() and not heavy:
            content = path.read_bytes()
            data = base64.b64encode(content).decode("ascii")
            return f"data:{kind};base64,{data}", path.suffix, _size(content)
    return "", "", None


def _size(content: bytes) -> tuple[int, int] | None:
    """Read (width, height) from a picture's head, so that the page need not jump about."""
    if content.startswith(b"\x89PNG"):
        return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    found = re.search(rb'viewBox="\S+\s+\S+\s+([\d.]+)\s+([\d.]+)"', content[:4096])
    return (round(float(found[1])), round(float(found[2]))) if found else None


def _passport(entry: dict[str, Any]) -> list[tuple[str, str]]:
    facts = [("Scale", str(entry.get("scale", "")))]
    facts += [(f"Seeds of {k}", ranges(v)) for k, v in (entry.get("seeds") or {}).items()]
    facts += [(f"Table {k}", short(v)) for k, v in (entry.get("tables") or {}).items()]
    facts += [(f"Dataset {k}", short(v)) for k, v in (entry.get("datasets") or {}).items()]
    facts += [(f"Changed settings of {k}", v) for k, v in (entry.get("changed") or {}).items()]
    facts.append(("Code", short(entry.get("code", ""))))
    return [(label, text) for label, text in facts if text]


def short(digest: Any) -> str:
    """Shorten a digest for the eye; the whole one is in the file."""
    text = str(digest or "")
    return text[:12] + "…" if len(text) > 16 else text
