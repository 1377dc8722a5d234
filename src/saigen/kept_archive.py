"""The archive of kept runs, `runs.tar.xz`: how it is written, read and looked at."""

import io
import itertools
import json
import lzma
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from saigen.data.archives import members
from saigen.data.judge import FOLDER as JUDGES
from saigen.errors import SaigenError
from saigen.files import replacing
from saigen.gather import public
from saigen.run_facts import NEEDED

ARCHIVE = "runs.tar.xz"
RECORD, METRICS, SAMPLES = "run.json", "metrics.csv", "samples.npz"
#: What run.json must tell for a run to be found up to date, and for tables.
_TOLD = {"paper", "scale", "identity", *NEEDED}
#: <experiment>/<variant>/seed<k>: what the folder of a run is called within its paper.
_RUN = re.compile(r"[a-z][a-z0-9_]*/[\w.+-]+/seed\d+")


def pack(
    source: Path,
    records: Mapping[str, Mapping[str, Any]],
    wanted: Mapping[str, Iterable[str]],
    target: Path,
    judges: Mapping[str, bytes],
) -> None:
    """Write the archive: judges, then runs, and files in order, nobody's, at no time.

    Args:
      source: the paper's results.
      records: run.json of each run, by its name.
      wanted: which files of each run, by its name, beside its record; those that it has are packed.
      target: the archive.
      judges: classifiers of scored sets, by file name.
    """
    with replacing(target) as scratch, tarfile.open(scratch, "w:xz") as archive:
        _add(archive, JUDGES, judges)
        for name, rest in wanted.items():
            facts = public(records[name].get("data_facts", {}))
            record = {**records[name], "data_facts": facts}
            text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
            files = {RECORD: text.encode()}
            found = (source / name / file for file in rest)
            files |= {path.name: path.read_bytes() for path in found if path.is_file()}
            _add(archive, name, files)


def _add(archive: tarfile.TarFile, folder: str, files: Mapping[str, bytes]) -> None:
    for file, content in files.items():
        member = tarfile.TarInfo(f"{folder}/{file}")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))


def parts(path: Path) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yield (name, files) of the judges and of every run in an archive; nothing without one.

    Raises:
      SaigenError: it is damaged, whole or in part: its checksum is looked at before the first run.
    """
    if not path.is_file():
        return
    try:
        content = lzma.decompress(path.read_bytes())
    except (lzma.LZMAError, EOFError) as problem:
        raise SaigenError(f"{path}: damaged ({problem}); fetch it again, or delete it") from None
    found = ((*name.rpartition("/")[::2], held) for name, held in members(content, str(path)))
    for run, files in itertools.groupby(found, key=lambda part: part[0]):
        yield run, {file: held for _, file, held in files}


def check_run(path: Path, run: str, files: Mapping[str, bytes], scale: str, paper: str) -> None:
    """Refuse what is no run of this paper at this scale, or lies in another run's place.

    Raises:
      SaigenError: it is refused.
    """
    try:
        facts = json.loads(files[RECORD])
        place = f"{facts['experiment']}/{facts['variant']}/seed{facts['seed']}"
        right = (facts["paper"], facts["scale"], place) == (paper, scale, run)
        right = right and facts.keys() >= _TOLD
    except (KeyError, TypeError, ValueError, RecursionError):
        right = False
    known = {RECORD, METRICS} <= files.keys() <= {RECORD, METRICS, SAMPLES}
    if not (right and known and _RUN.fullmatch(run)):
        raise SaigenError(
            f"{path}: refused, `{run}` is no whole run of {paper} at {scale}, as `saigen keep` "
            "packs them; fetch it again, or delete it"
        )
