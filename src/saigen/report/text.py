"""Numbers, times, seeds and names as a reader wants to see them."""

import re
from collections.abc import Iterable
from math import floor, inf, isfinite, isnan, log10
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

THIN = "\u202f"  # a narrow space that does not break: groups the digits of large integers
MINUS = "\u2212"
MISSING = "–"


def number(x: Any, digits: int = 4) -> str:
    """Write one number with `digits` significant digits; unknown is an en dash."""
    if x is None or isnan(x):
        return MISSING
    if x in (inf, -inf):
        return "∞" if x > 0 else MINUS + "∞"
    if x == 0.0:
        return "0"
    size = floor(log10(abs(x)))
    if x == round(x) and size < 15:
        return _grouped(f"{x:.0f}")
    if not -5 < size < 7:
        return _power(x, digits)
    return _grouped(f"{x:.{max(digits - 1 - size, 0)}f}")


def _power(x: float, digits: int) -> str:
    mantissa, exponent = f"{x:.{digits - 1}e}".split("e")
    return f"{mantissa}e{int(exponent)}".replace("-", MINUS)


def _grouped(text: str, longest: float = 0.0) -> str:
    whole, dot, rest = text.lstrip("-").partition(".")
    # Four digits read as they are, and may be a year, unless longer numbers stand beside them.
    whole = f"{int(whole):,}".replace(",", THIN) if len(whole) > 4 or longest >= 1e4 else whole
    sign = MINUS if text.startswith("-") and float(text) != 0.0 else ""
    return sign + whole + dot + rest


def column(values: pd.Series) -> tuple[list[str], bool]:
    """Write a column of a table, and say whether it is numeric (and stands to the right).

    A numeric column shares one number of decimals where its values are of like size, so that the
    points line up; otherwise each value has its own four significant digits.
    """
    if values.dtype == bool or not pd.api.types.is_numeric_dtype(values):
        return [MISSING if pd.isna(v) else str(v) for v in values], False
    floats = values.to_numpy(dtype=float, na_value=np.nan)
    finite = floats[np.isfinite(floats)]
    if finite.size and (finite == np.round(finite)).all() and np.abs(finite).max() < 1e15:
        top = np.abs(finite).max()
        return [_grouped(f"{v:.0f}", top) if isfinite(v) else number(v) for v in floats], True
    sizes = np.abs(finite[finite != 0.0])
    if sizes.size and sizes.max() / sizes.min() < 1e4 and 1e-5 < sizes.max() < 1e7:
        places = int(np.clip(3 - floor(log10(float(np.median(sizes)))), 0, 8))
        # No more decimals than were written: a published 58.9 does not become 58.90.
        places = min(places, max(_decimals(v) for v in finite))
        return [
            _grouped(f"{v:.{places}f}", sizes.max()) if isfinite(v) else number(v) for v in floats
        ], True
    return [number(v) for v in floats], True


def _decimals(x: float) -> int:
    return len(np.format_float_positional(x, trim="-").partition(".")[2])


def duration(seconds: Any) -> str:
    """Write a time in the two units that fit: `41 s`, `3 min 20 s`, `5 h 02 min`, `3 d 4 h`."""
    if seconds is None or not isfinite(seconds):
        return MISSING
    if seconds < 10.0:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(seconds / 60.0)
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes // 1440} d {minutes % 1440 // 60} h"


def ranges(seeds: Iterable[int]) -> str:
    """Write integers shortly: 0, 1, 2, 5 → `0–2, 5`."""
    parts: list[list[int]] = []
    for seed in sorted(set(seeds)):
        if parts and seed == parts[-1][-1] + 1:
            parts[-1].append(seed)
        else:
            parts.append([seed])
    return ", ".join(f"{p[0]}–{p[-1]}" if len(p) > 1 else str(p[0]) for p in parts) or MISSING


def said(problem: Exception, folder: Path, shown: str = "") -> str:
    """Write an error as a sentence, with `shown` in the place of the folder that it names."""
    return str(problem).replace(f"{folder}/", shown) + "."


class Slugs:
    """Hands out ids for a page: lower case, safe in CSS and addresses, and never one twice."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def __call__(self, *words: Any) -> str:
        """Return a fresh id made of `words`; a clash gets a number."""
        base = re.sub(r"[^a-z0-9]+", "-", "-".join(map(str, words)).lower()).strip("-") or "part"
        slug, count = base, 1
        while slug in self._taken:
            count += 1
            slug = f"{base}-{count}"
        self._taken.add(slug)
        return slug
