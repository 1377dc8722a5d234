"""What a module's code *does*, as a hash: a change of behaviour reruns, a comment does not.

Snakemake's own code tracking sees only the text of a rule. Rules therefore carry
`params: code=fingerprint("saigen.papers.x.training")`, which covers the module and every local
module it imports, however deep, with comments, formatting and docstrings left out.
"""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from saigen.errors import SaigenError

PACKAGE = Path(__file__).parent
ROOT = PACKAGE.name

#: The loop, checkpoints and the device's set-up are in no trainer's fingerprint, so that a mended
#: message retrains nothing. Raise this number with a change there that changes results.
ENGINE = 1
#: What writes files and words, and reckons no number, counts by these digests: as it was when the
#: runs that are kept were trained. So a mended message retrains nothing there either.
PINNED = {
    "saigen.errors": "a3743a4c9c608a98947fedb39ecd6e7afb51c609eb1d4f5cd9226ce228848c43",
    "saigen.files": "095351598678f7f32d7533fd7b735d96a769b70c3706672cd462c382d49e929c",
}


@cache
def fingerprint(module: str) -> str:
    """Return 16 hexadecimal digits that change when what `module` computes can change.

    Args:
      module: dotted name inside this package, e.g. `saigen.papers.gumbel_softmax.sbn`.

    Raises:
      ModuleNotFoundError: no such module in this package.
    """
    whole = hashlib.sha256()
    for name, digest in sorted(parts(module).items()):
        whole.update(f"{name} {digest}\n".encode())
    return whole.hexdigest()[:16]


def read_anew() -> None:
    """Forget what was read: a file may have been saved since."""
    for cached in (fingerprint, _read, file_of):
        cached.cache_clear()


def code_of(trainer: str) -> str:
    """Return the fingerprint of a trainer, `module:function`, under this version of the engine."""
    module, _, function = trainer.partition(":")
    code = f"{fingerprint(module)}.{ENGINE}"
    # The usual name is left unsaid: runs were kept before the name counted.
    return code if function == "train" else f"{code}.{function}"


def parts(module: str) -> dict[str, str]:
    """Return {module name: hash of its code} for `module` and every local module it reaches."""
    if file_of(module) is None:
        raise ModuleNotFoundError(f"no module {module} in {PACKAGE}")
    found: dict[str, str] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name], imports = _read(name)
            waiting.extend(imports)
    return found


def parsed(module: str) -> ast.Module:
    """Return the syntax tree of a module of this package.

    Raises:
      SaigenError: it is not Python, or not UTF-8.
    """
    path = file_of(module)
    assert path is not None
    try:
        return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    except UnicodeDecodeError:
        raise SaigenError(f"{path}: not UTF-8; save it in that encoding") from None
    except SyntaxError as error:
        where = f"{path}, line {error.lineno}"
        raise SaigenError(f"{where}: not valid Python: {error.msg}") from None


@cache
def _read(module: str) -> tuple[str, tuple[str, ...]]:
    """Return the hash of one module's code and the local modules it imports."""
    path, tree = file_of(module), parsed(module)
    assert path is not None
    imports = tuple(sorted(set(_local_imports(tree, module, path))))
    for node in ast.walk(tree):
        _drop_docstring(node)
    digest = PINNED.get(module) or hashlib.sha256(_dump(tree).encode()).hexdigest()
    return digest, imports


def _dump(node: object) -> str:
    """Return a syntax tree as text, the same under every Python that can run this.

    It is `ast.dump` of Python 3.11: later ones know type parameters, leave out empty fields, and
    gave runs of one Python another fingerprint under the next.
    """
    if isinstance(node, list):
        return f"[{', '.join(map(_dump, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = [
        f"{name}={_dump(value)}"
        for name, value in ast.iter_fields(node)
        if not (value is None and getattr(type(node), name, ...) is None)
        and not (name == "type_params" and not value)
    ]
    return f"{type(node).__name__}({', '.join(fields)})"


def _local_imports(tree: ast.AST, module: str, path: Path) -> list[str]:
    """Return the local modules that `tree` names in its imports.

    The packages they lie in are left out unless named: their `__init__` gathers names, and what
    is gathered beside the module in question has no say in what it computes.
    """
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    named: list[str] = []
    for node in _executed(tree):
        if isinstance(node, ast.Import):
            named += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            # `from a.b import c` may name a module a.b.c or a value in a.b: both are looked for.
            named += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return [name for name in named if file_of(name) is not None]


def _executed(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield all nodes but those under `if TYPE_CHECKING:`, which never runs."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        guarded = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if not guarded:
            yield node
            waiting.extend(ast.iter_child_nodes(node))


def _drop_docstring(node: ast.AST) -> None:
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
        del node.body[0]


@cache
def file_of(module: str) -> Path | None:
    """Return the file of a module of this package; None for any other name."""
    pieces = module.split(".")
    if pieces[0] != ROOT:
        return None
    stem = PACKAGE.joinpath(*pieces[1:])
    for path in (stem.with_suffix(".py") if pieces[1:] else None, stem / "__init__.py"):
        if path is not None and path.is_file():
            return path
    return None
