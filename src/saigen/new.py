"""`saigen new NAME`: a paper's folder, copied from the template."""

import keyword
import re
from collections.abc import Callable
from pathlib import Path

from saigen.errors import UsageError
from saigen.paper import PAPERS, RESERVED, taken


def new_paper(name: str, tell: Callable[[str], None], papers: Path = PAPERS) -> Path:
    """Copy the template to a new paper's folder and return it.

    Raises:
      UsageError: the name is not one, is taken, or is one of the workflow's own.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise UsageError(
            f"`{name}`: a paper's name is small letters, digits and underscores, and no word of "
            "Python's own"
        )
    if name in RESERVED:
        raise UsageError(f"{taken(name)}; choose another name")
    folder = papers / name
    if folder.exists():
        raise UsageError(f"{folder} is there already; choose another name")
    template = PAPERS / "_template"
    for source in sorted(template.rglob("*")):
        if source.is_file() and "__pycache__" not in source.parts:
            target = folder / source.relative_to(template)
            target.parent.mkdir(parents=True, exist_ok=True)
            text = source.read_text(encoding="utf-8")
            target.write_text(text.replace("papers._template", f"papers.{name}"), encoding="utf-8")
    tell(f"made {folder}; fill paper.yaml first. It runs as it is:")
    tell(f"  snakemake --cores 2 --config scale=smoke papers={name}")
    return folder
