"""config.yaml: the one file a user edits. This model is its only definition.

`workflow/schemas/config.schema.yaml` is written from it (`saigen schema`), and a test holds the
two in step.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError

from saigen.errors import UsageError, did_you_mean
from saigen.experiment import Name, Strict, Value
from saigen.files import parse_yaml
from saigen.overrides import check_overrides
from saigen.paper import paper_names
from saigen.scales import Scale
from saigen.twice import key_given_twice
from saigen.validation import MOST_SEEDS, explain


class Data(Strict):
    """Where data comes from."""

    folder: Annotated[str, Field(description="downloads are kept here")] = "data"
    mirrors: Annotated[
        list[str], Field(description="folders looked at first, before any download")
    ] = []
    image_folders: Annotated[
        dict[Name, str | dict[str, str | int]],
        Field(description="your own sets: name -> folder or archive of class sub-folders"),
    ] = {}
    offline: Annotated[bool, Field(description="never ask the network")] = False


class Compute(Strict):
    """How a training process uses the machine. All of it is part of the stamp of a run."""

    intra_op_threads: Annotated[
        # More than any machine has cores; TensorFlow dies where the system refuses it a thread.
        int, Field(ge=1, le=1024, description="threads inside one operation; changes the last bits")
    ] = 1
    device: Annotated[
        Literal["auto", "cpu", "gpu"], Field(description="auto: a GPU where there is one")
    ] = "auto"
    precision: Annotated[
        Literal["float32", "tf32", "bfloat16"],
        Field(description="of the factors of products; sums and all else stay float32"),
    ] = "float32"
    deterministic: Annotated[bool, Field(description="deterministic kernels only")] = True

    @property
    def arithmetic(self) -> tuple[str, ...]:
        """What decides the last bits of a run beside its settings, where it is not the default."""
        precision = (self.precision,) if self.precision != "float32" else ()
        threads = (f"{self.intra_op_threads} threads",) if self.intra_op_threads != 1 else ()
        return precision + threads + (("not deterministic",) if not self.deterministic else ())


class Config(Strict):
    """The whole of config.yaml; every key has a default."""

    scale: Annotated[Scale, Field(description="smoke | quick | standard | paper")] = "quick"
    papers: Annotated[
        Literal["all"] | list[str], Field(description="`all`, or a list of papers")
    ] = "all"
    seeds: Annotated[
        int | None,
        Field(
            ge=1,
            le=MOST_SEEDS,
            description="seeds of every experiment that has no override; null: by paper",
        ),
    ] = None
    overrides: Annotated[
        dict[str, dict[str, dict[str, Value]]],
        Field(description="paper -> experiment -> setting -> value"),
    ] = {}
    data: Data = Data()
    compute: Compute = Compute()

    @property
    def chosen(self) -> list[str]:
        """The names of the papers to run."""
        return paper_names() if self.papers == "all" else list(dict.fromkeys(self.papers))

    def at(self, scale: Scale) -> "Config":
        """Return the same configuration at another scale."""
        return self.model_copy(update={"scale": scale})


def read_config(path: Path) -> dict[str, Any]:
    """Read a configuration file, unchecked.

    Raises:
      UsageError: it cannot be read, is not a YAML mapping, or has a key twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content, twice = parse_yaml(text) or {}, key_given_twice(text)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not UTF-8; save it in that encoding") from None
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: not valid YAML: {error}") from None
    if twice:
        raise UsageError(f"{path}: {twice}")
    if not isinstance(content, dict):
        raise UsageError(f"{path}: a mapping is wanted, with keys such as `scale`")
    return content


def load_config(content: Mapping[str, Any], where: str = "config.yaml") -> Config:
    """Check a configuration and return it.

    Args:
      content: the mapping that Snakemake merged from the file and `--config`.
      where: how messages name the file.

    Raises:
      UsageError: an unknown key, a wrong type, a paper or an experiment that does not exist.
    """
    named = content.get("papers")
    if isinstance(named, str) and named != "all":
        # `--config papers=gumbel_softmax` gives a word where the file gives a list.
        content = {**content, "papers": named.replace(",", " ").split()}
    try:
        config = Config.model_validate(content)
    except ValidationError as error:
        raise UsageError(explain(error, Config, where)) from None
    if not config.chosen:
        raise UsageError(f"{where}: `papers` names none; `all` or a list of papers is wanted")
    for name in config.chosen:
        if name not in paper_names():
            hint = did_you_mean(name, paper_names())
            raise UsageError(f"{where}: `papers`: `{name}` is not a paper here{hint}")
    check_overrides(config.overrides, where)
    return config


def schema() -> str:
    """Return the JSON schema of config.yaml, as YAML text."""
    heading = "# Written by `saigen schema` from src/saigen/config.py; do not edit.\n"
    return heading + yaml.safe_dump(Config.model_json_schema(), sort_keys=False, width=100)


def settings_json(config: Config, paper: str, experiments: Iterable[str]) -> dict[str, Any]:
    """Return the piece of the configuration that some experiments depend on, defaults left out.

    A rule carries this and nothing else, so that an unrelated key never reruns anything.
    """
    changes = config.overrides.get(paper, {})
    kept = {name: changes[name] for name in experiments if changes.get(name)}
    mine = {paper: kept} if kept else {}
    piece = config.model_copy(update={"overrides": mine, "papers": "all", "data": Data()})
    return piece.model_dump(exclude_defaults=True)
