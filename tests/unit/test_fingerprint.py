"""A fingerprint changes when code can compute something else, and never for anything less."""

import os

import pytest

from saigen import fingerprint as module
from saigen.errors import SaigenError
from saigen.fingerprint import code_of, fingerprint, parts

MODEL = '''"""A model."""

import numpy as np

from toys.layers import dense  # the one layer


class Model:
    """It has a size."""

    size = 3

    def apply(self, x):
        """Return what the model makes of x."""
        return dense(x, self.size) + np.pi
'''
#: What dumps of different Pythons differ in: no decorators, no type parameters, no arguments, a
#: constant that is None, loads of names, and text with values in it.
PLAIN = """
def nothing():
    return None


class Empty(list):
    word = f"{nothing()!r:>{3}} and {len('')=}"

    async def late(self, *rest: int, last=None):
        return [self[0], {**last}, lambda: ...]
"""
FILES = {
    "__init__.py": '"""Toys."""\n',
    "model.py": MODEL,
    "layers.py": "from .maths import power\n\n\ndef dense(x, n):\n    return power(x, n)\n",
    "maths.py": "def power(x, n):\n    return x**n\n",
    "other.py": "WORD = 1\n",
    "deep/__init__.py": "",
    "deep/inner.py": "import toys.maths\nfrom .. import other\nfrom ..layers import dense\n",
    "deep/lazy.py": "def late():\n    import toys.other as o\n    return o\n",
    "deep/named.py": "from toys.deep import inner\n",
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package `toys` in place of ours; call it with a file and its new text to change one."""
    folder = tmp_path / "toys"
    monkeypatch.setattr(module, "PACKAGE", folder)
    monkeypatch.setattr(module, "ROOT", "toys")

    def write(name, text):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        forget()

    for name, text in FILES.items():
        write(name, text)
    yield write
    forget()


def forget():
    for cached in (module.fingerprint, module._read, module.file_of):
        cached.cache_clear()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# the one layer", "# the only layer"),
        ("import numpy as np\n", "import numpy as np\n\n# why\n\n"),
        ('"""A model."""\n', '"""A better model."""\n'),
        ('"""A model."""\n', ""),
        ('    """It has a size."""\n\n', ""),
        ('"""Return what the model makes of x."""', '"""Return\n\n        something.\n        """'),
        ("dense(x, self.size) + np.pi", "(dense(x,   self.size)\n            + np.pi)"),
        ("    size = 3\n", "    size = 3  #: wide enough\n"),
    ],
)
def test_comments_docstrings_and_formatting_do_not_count(package, old, new):
    before = fingerprint("toys.model")
    assert old in MODEL
    package("model.py", MODEL.replace(old, new))
    assert fingerprint("toys.model") == before


def test_every_python_has_the_same_fingerprint(package):
    """Written down under 3.11, and found under 3.12 and 3.13: runs outlive the Python they had."""
    package("plain.py", PLAIN)
    assert module._read("toys.plain")[0].startswith("5c13bc41796941c7")


def test_a_touch_does_not_count(package, tmp_path):
    before = fingerprint("toys.model")
    os.utime(tmp_path / "toys" / "model.py", (1, 1))
    forget()
    assert fingerprint("toys.model") == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("size = 3", "size = 4"),
        ("size = 3", "size = 3.0"),
        ("+ np.pi", "- np.pi"),
        ("        return", "        x = x\n        return"),
        ("def apply(self, x)", "def apply(self, x, y=1)"),
        ("class Model:", "@final\nclass Model:"),
    ],
)
def test_a_change_of_code_counts(package, old, new):
    before = fingerprint("toys.model")
    package("model.py", MODEL.replace(old, new))
    assert fingerprint("toys.model") != before


# Who reaches toys.maths and toys.other: directly, through a relative import, through `import a.b`,
# by naming a module, and inside a function.
@pytest.mark.parametrize(
    ("start", "changed", "counts"),
    [
        ("toys.model", "layers.py", True),
        ("toys.model", "maths.py", True),
        ("toys.model", "other.py", False),
        ("toys.model", "deep/inner.py", False),
        ("toys.maths", "layers.py", False),
        ("toys.deep.inner", "maths.py", True),
        ("toys.deep.inner", "other.py", True),
        ("toys.deep.inner", "layers.py", True),
        ("toys.deep.inner", "model.py", False),
        ("toys.deep.lazy", "other.py", True),
        ("toys.deep.lazy", "maths.py", False),
        ("toys.deep.named", "deep/inner.py", True),
        ("toys.deep.named", "other.py", True),
        ("toys.deep.named", "model.py", False),
    ],
)
def test_a_change_in_another_module_counts_just_when_it_is_imported(
    package, start, changed, counts
):
    before = fingerprint(start)
    package(changed, FILES[changed] + "\nADDED = 1\n")
    assert (fingerprint(start) != before) == counts


def test_a_new_import_brings_its_module_in(package):
    package("model.py", MODEL.replace("import numpy", "from toys import other\nimport numpy"))
    assert "toys.other" in parts("toys.model")


def test_imports_in_a_circle_come_to_an_end(package):
    package("maths.py", "from toys import model\n")
    assert set(parts("toys.maths")) >= {"toys.maths", "toys.model", "toys.layers"}


def test_a_module_that_is_no_python_is_told_with_its_line(package):
    package("model.py", MODEL + "\ndef broken(:\n")
    with pytest.raises(SaigenError, match=r"model\.py, line \d+: not valid Python"):
        fingerprint("toys.model")


def test_a_module_that_is_not_utf_8_is_told(package, tmp_path):
    (tmp_path / "toys" / "model.py").write_bytes(b'WORD = "caf\xe9"\n')
    with pytest.raises(SaigenError, match=r"model\.py: not UTF-8; save it in that encoding"):
        fingerprint("toys.model")


def test_an_unknown_module_is_an_error(package):
    with pytest.raises(ModuleNotFoundError, match=r"toys\.nothing"):
        fingerprint("toys.nothing")


def test_a_trainer_depends_on_what_it_imports_and_not_on_figures_or_other_papers():
    reached = set(parts("saigen.papers.gumbel_softmax.sbn"))
    assert {"saigen.engine.rng", "saigen.engine.task"} <= reached
    assert "saigen.papers.gumbel_softmax.estimators" in reached
    assert not reached & {"saigen.figures", "saigen.papers.gumbel_softmax.figures", "saigen.cli"}
    assert all(
        name.startswith("saigen.papers.gumbel_softmax.")
        for name in reached
        if name.startswith("saigen.papers.")
    )


def test_a_raised_version_of_the_engine_changes_the_code_of_every_trainer(monkeypatch):
    trainer = "saigen.papers.gumbel_softmax.sbn:train"
    before = code_of(trainer)
    monkeypatch.setattr(module, "ENGINE", 99)
    assert code_of(trainer) != before


def test_another_function_of_a_module_is_other_code_and_the_usual_one_as_it_was():
    sbn = "saigen.papers.gumbel_softmax.sbn"
    assert len({code_of(f"{sbn}:{function}") for function in ("train", "other", "third")}) == 3
    # Runs were kept before the name counted.
    assert code_of(f"{sbn}:train") == f"{fingerprint(sbn)}.{module.ENGINE}"


def test_a_word_in_an_error_retrains_nothing(package, monkeypatch):
    before = fingerprint("toys.deep.inner")
    monkeypatch.setattr(module, "PINNED", {"toys.other": module.parts("toys.other")["toys.other"]})
    package("other.py", "WORD = 2\n")
    assert fingerprint("toys.deep.inner") == before
    package("layers.py", FILES["layers.py"].replace("x, n)", "n, x)"))
    assert fingerprint("toys.deep.inner") != before
