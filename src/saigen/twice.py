"""A key that stands twice in one mapping: YAML's readers take the second and say nothing."""

from collections.abc import Iterator

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def key_given_twice(text: str) -> str:
    """Say which key stands twice in one mapping of a YAML text, and where; "" where none does.

    Raises:
      yaml.YAMLError: the text is not YAML.
    """
    root = yaml.compose(text, Loader=_LOADER)
    for path, first, again in _repeated(root, (), set()):
        lines = [key.start_mark.line + 1 for key in (first, again)]
        where = f"line {lines[0]}" if lines[0] == lines[1] else f"lines {lines[0]} and {lines[1]}"
        return f"`{'.'.join(path)}` stands twice, in {where}; only one would count: take one out"
    return ""


def _repeated(
    node: yaml.Node | None, path: tuple[str, ...], seen: set[int]
) -> Iterator[tuple[tuple[str, ...], yaml.Node, yaml.Node]]:
    """Yield path, first and second place of every key that a mapping has twice."""
    # What an alias names was looked at where its anchor stands.
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _repeated(item, (*path, str(index)), seen)
    elif isinstance(node, yaml.MappingNode):
        before: dict[tuple[str, str], yaml.Node] = {}
        for key, value in node.value:
            name = (key.tag, str(key.value))
            # Several `<<` are all merged: none is lost.
            if name in before and key.value != "<<":
                yield (*path, name[1]), before[name], key
            before[name] = key
            yield from _repeated(value, (*path, name[1]), seen)
