"""The reference has every public name and nothing else, each with what it computes and an example that runs.

A name is public where a module has it in `__all__`, unless the module is a room that only this package enters, or a face:
what other libraries' programs import has a table. The blocks themselves are run by test_docs.py.
"""

import ast
import importlib
import inspect
import pydoc
import re
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn

from .test_docs import blocks

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "docs" / "reference"
WITHIN = ("autograd.rules", "autograd.hips", "autograd.profiling", "nn.functional.activations")  # known by other names
FACE = "Not the engine: "


def modules():
    """All modules with an `__all__`, by their dotted names."""
    for package in ("autograd", "nn"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if re.search(r"^__all__", path.read_text(), re.MULTILINE):
                yield ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def is_face(name):
    return (importlib.import_module(name).__doc__ or "").startswith(FACE)


EVERY = [name for name in modules() if not name.startswith(WITHIN)]
FACES = [name for name in EVERY if is_face(name)]
TABLES = {"autograd.functions", "nn.einops"}  # hundreds of names, or functions of another library
PUBLIC = [name for name in EVERY if name not in FACES and name not in TABLES]


def entries(page):
    """The names on a page, dotted. One that a file has too is written twice there, or the file would be shown."""
    for path in re.findall(r"^::: (\S+)$", page.read_text(), re.MULTILINE):
        file = ROOT.joinpath(*path.split("."))
        assert not file.with_suffix(".py").exists(), f"::: {path}.{file.name}"
        outer, _, name = path.rpartition(".")
        written_twice = outer.endswith(f".{name}") and not inspect.ismodule(found(outer))
        yield outer if written_twice else path


def found(path):
    """What a dotted path leads to."""
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


ENTRIES = [(page, path) for page in sorted(PAGES.glob("*.md")) for path in entries(page)]


def examples(page):
    """The names in the code of a page, and of the guides that it says the examples are in."""
    text = page.read_text()
    guides = [page.parent / link for link in re.findall(r"examples that run: \[.*\]\((\S+)\)", text)]
    code = "\n".join(source for where in (page, *guides) for _, source in blocks(where))
    return set(re.findall(r"\w+", code))


@pytest.mark.parametrize("name", PUBLIC)
def test_each_public_name_has_an_entry(name):
    documented = {id(found(path)) for _, path in ENTRIES}
    module = importlib.import_module(name)
    lacking = [
        key
        for key in module.__all__
        if not inspect.ismodule(getattr(module, key)) and id(getattr(module, key)) not in documented
    ]
    assert not lacking, f"docs/reference/{name}.md"


def test_each_entry_is_a_public_name_on_the_page_of_its_module():
    for page, path in ENTRIES:
        module, _, name = path.rpartition(".")
        assert page.stem == module
        assert module in PUBLIC, path
        assert name in importlib.import_module(module).__all__, path


def test_nothing_has_two_entries():
    objects = [id(found(path)) for _, path in ENTRIES]
    assert [path for _, path in ENTRIES if objects.count(id(found(path))) > 1] == []


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda p: p.stem)
def test_each_entry_says_what_it_is_and_has_an_example(page):
    used = examples(page)
    for path in entries(page):
        text = inspect.getdoc(found(path)) or ""
        assert len(text) > 5, f"{path} has no docstring"
        assert path.rpartition(".")[2] in used or ">>> " in text, f"{path} has no example"


def definition(thing):
    """The syntax tree of a class or function, or None where there is none: another library's, or made by a call."""
    module = getattr(thing, "__module__", None) or ""
    if not module.startswith(("autograd.", "nn.")):
        return None
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    return next((node for node in tree.body if getattr(node, "name", "") == getattr(thing, "__name__", None)), None)


def raised(tree):
    """The errors that a function raises itself; of a class those of its constructor and of `forward`."""
    if isinstance(tree, ast.ClassDef):
        tree = ast.Module([f for f in tree.body if getattr(f, "name", "") in ("__init__", "forward")], [])
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
            yield node.exc.func.id


def test_an_error_that_a_function_raises_is_in_its_docstring():
    silent = {}
    for _, path in ENTRIES:
        thing = found(path)
        tree = definition(thing)
        if tree is not None:
            text = inspect.getdoc(thing)
            if lacking := {error for error in raised(tree) if f"{error}:" not in text}:
                silent[path] = lacking
    assert not silent


def test_the_functions_that_numpy_lacks_are_on_the_page():
    text = (PAGES / "autograd.functions.md").read_text()
    shown, rows = set(re.findall(r"`(\w+)[`(]", text)), set(autograd.functions.__all__)
    numpys = {name for module in (np, np.linalg, np.fft) for name in dir(module)}
    assert rows - numpys <= shown
    called = {
        name for row in re.findall(r"^\| (`.*?`) \|", text, re.MULTILINE) for name in re.findall(r"`(\w+)\(", row)
    }
    assert called <= rows


def test_einops_names_are_used_on_their_page():
    assert set(importlib.import_module("nn.einops").__all__) <= examples(PAGES / "nn.einops.md")


@pytest.mark.parametrize("name", [name for name in FACES if not name.startswith("autograd.numpy")])
def test_the_names_of_a_face_are_in_the_table(name):
    row = re.search(rf"^\| `{name}` \| (.*) \|$", (PAGES / "faces.md").read_text(), re.MULTILINE)
    kept = importlib.import_module(name).__all__
    if row is None:
        assert name in ("autograd.scipy", "autograd.op"), name
    else:
        assert re.findall(r"`(\w+)`", row[1]) == list(kept)


def test_each_page_is_in_the_contents():
    text, nav = (PAGES / "index.md").read_text(), (ROOT / "mkdocs.yml").read_text()
    for page in PAGES.glob("*.md"):
        assert f"reference/{page.name}" in nav
        assert page.name == "index.md" or f"]({page.name})" in text


@pytest.mark.parametrize(
    "thing", [autograd.Value, autograd.grad, nn.Linear, nn.Module], ids=lambda thing: thing.__name__
)
def test_help_begins_with_what_it_is_and_an_example(thing):
    text = pydoc.render_doc(thing, renderer=pydoc.plaintext)
    first = text.partition("Method resolution order")[0]
    assert inspect.getdoc(thing).split("\n")[0] in first
    assert ">>> " in first


def test_help_shows_what_one_calls_before_what_python_calls():
    text = pydoc.render_doc(autograd.Value, renderer=pydoc.plaintext)
    named = re.findall(r"^ \|  (\w+)\(self", text, re.MULTILINE)
    assert named[:3] == ["__init__", "__reduce__", "backward"]
    assert named.index("softmax") < named.index("__add__")
    assert text.index("\n |  __add__(") < text.index("\n |  in0\n")  # and the engine's own after that


@pytest.mark.parametrize("kind", [autograd.Value, nn.Linear], ids=lambda kind: kind.__name__)
def test_each_method_says_what_it_does(kind):
    ours = [base for base in reversed(kind.__mro__) if base.__module__.startswith(("autograd", "nn"))]
    defined = {
        name: thing for base in ours for name, thing in vars(base).items() if name not in {"__doc__", "__module__"}
    }
    methods = {
        name: thing for name, thing in defined.items() if inspect.isfunction(thing) or isinstance(thing, property)
    }
    said = [name for name in methods if name[0] != "_" or name[:2] == "__"]
    silent = [
        name for name in said if not inspect.getdoc(getattr(kind, name))
    ]  # its own text, or what it overrides says
    assert silent == []
