"""Says in words what pydantic found wrong: file, key, value, what is allowed, the nearest key."""

import math
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from saigen.errors import did_you_mean

#: What a name may be, wherever a key is one.
NAME = "small letters, digits and underscores are wanted, a letter first"


def explain(error: ValidationError, model: type[BaseModel], where: str) -> str:
    """Return one line for each fault: "config.yaml: `scal: quick` is not a setting; did you …".

    Args:
      error: what pydantic raised.
      model: the model that was validated, to look up the keys that exist.
      where: the file, as the user knows it.
    """
    # A value that may be of several kinds brings one fault for each kind: one line tells them all.
    faults: dict[tuple[str, ...], list[Any]] = {}
    for fault in error.errors():
        faults.setdefault(_place(model, fault["loc"]), []).append(fault)
    return "\n".join(_line(path, alike, model, where) for path, alike in faults.items())


def typed(value: Any, like: Any) -> Any:
    """Return `value` in the type of `like`: 1 as a float where one is wanted, "1e-3" as a number.

    Args:
      value: what somebody wrote.
      like: a value of the type that is wanted; a list takes a single item for a list of one.

    Raises:
      ValueError: it is of another kind; the message says what is wanted.
    """
    if isinstance(like, list):
        items = value if isinstance(value, list) else [value]
        return [typed(item, like[0]) if like else item for item in items]
    if isinstance(like, bool | str):
        if type(value) is not type(like):
            raise ValueError(f"{'text' if isinstance(like, str) else 'true or false'} is wanted")
        return value
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError("a number is wanted")
    if isinstance(like, int):
        if not number.is_integer():
            raise ValueError("a whole number is wanted")
        return int(number)
    return number


def _line(path: tuple[str, ...], faults: list[Any], model: type[BaseModel], where: str) -> str:
    fault = faults[0]
    key = ".".join(path)
    value = fault["input"]
    if fault["type"] == "extra_forbidden":
        known = _keys_at(model, path[:-1])
        return f"{where}: `{key}: {_short(value)}` is not a setting{did_you_mean(path[-1], known)}"
    if fault["type"] == "missing":
        return f"{where}: `{key}` is missing"
    if fault["type"] == "string_pattern_mismatch" and fault["loc"][-1] == "[key]":
        parent = ".".join(path[: path.index(value)])
        return f"{where}: `{parent}`: `{_short(value)}` is not a name: {NAME}"
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "value_error":
        return f"{where}: {key + ': ' if key else ''}{message}"
    wanted = dict.fromkeys(other["msg"].removeprefix("Input should be ") for other in faults)
    text = message if len(wanted) == 1 else "input should be " + " or ".join(wanted)
    return f"{where}: `{key}: {_short(value)}`: {text[0].lower() + text[1:]}"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _place(model: type[BaseModel], path: tuple[int | str, ...]) -> tuple[str, ...]:
    """Return a fault's path, cut where pydantic goes on with the kinds that a value may have."""
    current: Any = model
    for depth, piece in enumerate(path):
        if get_origin(current) in (Union, UnionType):
            return tuple(map(str, path[:depth]))
        current = _step(current, str(piece))
    return tuple(map(str, path))


def _keys_at(model: type[BaseModel], path: tuple[str, ...]) -> list[str]:
    """Return the fields of the model that stands at `path`, looking through dicts and lists."""
    current: Any = model
    for piece in path:
        current = _step(current, piece)
    return list(current.model_fields) if _is_model(current) else []


def _step(kind: Any, piece: str) -> Any:
    """Return the type at `piece` of a model, a dict or a list; `x | None` counts as x."""
    if _is_model(kind):
        field = kind.model_fields.get(piece)
        found = None if field is None else field.annotation
    else:  # a dict or a list: the piece is a key or an index, the value's type comes last
        found = get_args(kind)[-1] if get_args(kind) else None
    if get_origin(found) in (Union, UnionType):
        parts = [part for part in get_args(found) if part is not NoneType]
        found = parts[0] if len(parts) == 1 else found
    return found


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


#: Seeds of one experiment. Each run is a job's part, a folder and a row: beyond this many a plan
#: alone takes minutes and gigabytes.
MOST_SEEDS = 1000
#: Whole numbers become int32 where a trainer hands them to TensorFlow.
_MOST_WHOLE = 2**31 - 1

#: What settings that count something must be at least: one of 0 would train nothing, and say so as
#: if it had. (0 `examples` are all of them.)
_LEAST = {
    **dict.fromkeys(("seeds", "runs_per_job", "steps", "log_every", "batch_size"), 1),
    **dict.fromkeys(("evaluate_every", "examples"), 0),
}


def in_bounds(key: str, value: Any) -> Any:
    """Return a setting's value; ValueError where it is less or more than it can be."""
    least, most = _LEAST.get(key), MOST_SEEDS if key == "seeds" else _MOST_WHOLE
    for number in value if isinstance(value, list) else [value]:
        if least is not None and isinstance(number, int | float) and number < least:
            raise ValueError(f"at least {least} is wanted")
        if isinstance(number, int) and number > most:
            raise ValueError(f"at most {most} is wanted")
    return value
