"""Is the trainer that paper.yaml names there? Read off its file: importing it takes seconds."""

import ast
from collections.abc import Iterator

from saigen.errors import did_you_mean
from saigen.fingerprint import PACKAGE, ROOT, file_of, parsed


def fault_of(trainer: str, paper: str) -> str:
    """Say what is wrong with a trainer; "" where its module has its function.

    Args:
      trainer: `module:function`.
      paper: whose, to name what it may have meant.

    Raises:
      SaigenError: the module is not Python, or not UTF-8.
    """
    module, _, function = trainer.partition(":")
    if file_of(module) is None:
        beside = f"{ROOT}.papers.{paper}"
        known = [f"{beside}.{path.stem}" for path in PACKAGE.glob(f"papers/{paper}/[a-z]*.py")]
        return f"there is no module {module} (module:function){did_you_mean(module, known)}"
    names = dict(_names(parsed(module).body))
    if function in names or "*" in names:
        return ""
    functions = [name for name, is_function in names.items() if is_function]
    hint = did_you_mean(function, functions)
    return f"{module} has no function `{function}`{hint}"


def _names(body: list[ast.stmt]) -> Iterator[tuple[str, bool]]:
    """Yield every name that a module binds, and whether it is a function defined there.

    What a star brings in is not known: its name is `*`.
    """
    for node in body:
        match node:
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name):
                yield name, True
            case ast.ClassDef(name):
                yield name, False
            case ast.Import(names) | ast.ImportFrom(names=names):
                yield from ((alias.asname or alias.name, False) for alias in names)
            case ast.Assign() | ast.AnnAssign():
                yield from ((n.id, False) for n in ast.walk(node) if _is_stored(n))
            case _:  # `if`, `try`, `with`: what they hold is the module's too
                for field in ("body", "handlers", "orelse", "finalbody"):
                    yield from _names(getattr(node, field, []))


def _is_stored(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
