"""Where the numbers of a paper come from: data, code, versions, machines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from saigen.paper import Published
from saigen.report.figures import short
from saigen.report.text import number

_WORDS = {"intra_op_threads": "intra-op threads", "tensorflow": "TensorFlow", "python": "Python"}


@dataclass(frozen=True)
class Provenance:
    """Provenance as it is shown: every value is text."""

    datasets: list[dict[str, str]] = field(default_factory=list)
    stamp_keys: list[str] = field(default_factory=list)
    stamps: list[list[str]] = field(default_factory=list)
    commits: list[str] = field(default_factory=list)
    code: list[tuple[str, str]] = field(default_factory=list)
    judged_at: str = ""
    judged_by: str = ""
    published: list[dict[str, str]] = field(default_factory=list)


def view(
    record: Mapping[str, Any],
    judged: Mapping[str, Any],
    published: Mapping[str, Published],
) -> Provenance:
    """Make the view of a provenance.json, a claims.json and the sources of published numbers."""
    stamps = [dict(stamp) for stamp in record.get("stamps") or []]
    keys = list(dict.fromkeys(key for stamp in stamps for key in stamp))
    # Many runs share a stamp: each distinct one is told once.
    rows = dict.fromkeys(tuple(_plain(stamp.get(key)) for key in keys) for stamp in stamps)
    return Provenance(
        datasets=[_dataset(name, d) for name, d in (record.get("datasets") or {}).items()],
        stamp_keys=[_WORDS.get(key, key.replace("_", " ")) for key in keys],
        stamps=[list(row) for row in rows],
        commits=[short(commit) for commit in record.get("commits") or []],
        code=[(name, short(digest)) for name, digest in (record.get("code") or {}).items()],
        judged_at=short(judged.get("commit")),
        judged_by=short(judged.get("code")),
        published=[
            {"name": name, "where": source.where, "exactness": source.exactness}
            for name, source in published.items()
        ],
    )


def _dataset(name: str, record: Mapping[str, Any]) -> dict[str, str]:
    facts = dict(record.get("facts") or {})
    note = _plain(facts.pop("note", ""))
    told = ", ".join(f"{key.replace('_', ' ')} {_plain(value)}" for key, value in facts.items())
    return {"name": name, "digest": short(record.get("digest")), "note": note, "facts": told}


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, (list, tuple)):
        return " × ".join(map(str, value)) if value else "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {_plain(v)}" for k, v in value.items())
    return str(value)
