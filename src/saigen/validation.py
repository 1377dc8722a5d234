"""Says in words what pydantic found wrong: file, key, value, what is allowed, the nearest key."""

from types import UnionType
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from saigen.errors import did_you_mean


def explain(error: ValidationError, model: type[BaseModel], where: str) -> str:
    """Return one line for each fault: "config.yaml: `scal: quick` is not a setting; did you …".

    Args:
      error: what pydantic raised.
      model: the model that was validated, to look up the keys that exist.
      where: the file, as the user knows it.
    """
    return "\n".join(dict.fromkeys(_line(fault, model, where) for fault in error.errors()))


def _line(fault: Any, model: type[BaseModel], where: str) -> str:
    path = [str(piece) for piece in fault["loc"]]
    key = ".".join(path)
    value = fault["input"]
    if fault["type"] == "extra_forbidden":
        known = _keys_at(model, path[:-1])
        return f"{where}: `{key}: {_short(value)}` is not a setting{did_you_mean(path[-1], known)}"
    if fault["type"] == "missing":
        return f"{where}: `{key}` is missing"
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "value_error":
        return f"{where}: {key + ': ' if key else ''}{message}"
    return f"{where}: `{key}: {_short(value)}`: {message[0].lower() + message[1:]}"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _keys_at(model: type[BaseModel], path: list[str]) -> list[str]:
    """Return the fields of the model that stands at `path`, looking through dicts and lists."""
    current: Any = model
    for piece in path:
        if _is_model(current):
            field = current.model_fields.get(piece)
            current = None if field is None else field.annotation
        else:  # a dict or a list: the piece is a key or an index, the value's type comes last
            current = get_args(current)[-1] if get_args(current) else None
        if isinstance(current, UnionType):
            current = next((part for part in get_args(current) if _is_model(part)), None)
    return list(current.model_fields) if _is_model(current) else []


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
