"""The house: who may know whom, and what a rule may contain. Read from the sources themselves."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "autograd"

# Each room names the rooms that it may import; docs of the house: CONTRIBUTING.md, "Where things are".
_ENGINE = ("engine", "rules", "errors")
_FUNCTIONS = ("strict", "transforms", "tracing", "custom", "blocks", "opaque", "tree", "scope", *_ENGINE)
_SOLVERS = ("solvers", "functions", "hips", *_FUNCTIONS)
FACES = tuple(
    "builtins core differential_operators extend misc numpy scipy test_util tracer util value wrap_util".split()
)
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "errors": (),
    "rules": ("errors",),
    "engine": ("rules", "errors"),
    "columns": (),
    "tree": _ENGINE,
    "scope": _ENGINE,
    "strict": ("scope", *_ENGINE),
    "profiling": ("columns", "scope", *_ENGINE),
    "functions": _ENGINE,
    "tracing": ("tree", *_ENGINE),
    "transforms": ("tracing", "tree", *_ENGINE),
    "opaque": ("tree", *_ENGINE),
    "custom": ("opaque", "tracing", "tree", *_ENGINE),
    "blocks": ("opaque", "tracing", "tree", *_ENGINE),
    "solvers": ("functions", *_FUNCTIONS),
    "hips": ("functions", "solvers", *_FUNCTIONS),
    "replay": ("tracing", "tree", *_ENGINE),
    "xla": _FUNCTIONS,
    "export": ("xla", *_FUNCTIONS),
    "check": ("columns", *_SOLVERS),
    "draw": _SOLVERS,
    "micrograd": ("draw", *_ENGINE),
    "exercises": ("check", "draw", *_SOLVERS),
    **dict.fromkeys(FACES, _SOLVERS),
    "op": ("engine", "rules"),
    "__init__": ("profiling", "replay", *_SOLVERS),
}


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(("autograd", *(part for part in parts if part != "__init__")))


def imported(path: Path, modules: frozenset[str]) -> set[str]:
    """The modules of `autograd` that a file names in its imports, wherever in the file they stand."""
    package = module_of(path).split(".")
    package = package if path.name == "__init__.py" else package[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            names = {f"{module}.{alias.name}" for alias in node.names}
            found |= {name if name in modules else module for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    assert not any(name.split(".")[0] == "nn" for name in found), f"{path.name} imports nn, which sits above it"
    return {name for name in found if name.split(".")[0] == "autograd"}


_PARTS = {"given.py", "stub.py", "solution.py"}  # of a student's file: they import as a user does
FILES = sorted(p for p in PACKAGE.rglob("*.py") if not (p.name in _PARTS and "lessons" in p.parts))


def imports_of(files: list[Path]) -> dict[str, set[str]]:
    modules = frozenset(module_of(path) for path in files)
    return {module_of(path): imported(path, modules) for path in files}


def trespasses(path: Path, names: set[str]) -> set[str]:
    """The rooms that a file enters and its own room does not name."""
    own = room_of(path)
    entered = {[*name.split("."), "__init__"][1] for name in names}
    return {room for room in entered if room != own and room not in MAY_IMPORT[own]}


def circle(imports: dict[str, set[str]]) -> list[str]:
    """The files that import each other in a circle: those that import nothing left, or that nothing left imports, go."""
    left = {name: names - {name} for name, names in imports.items()}
    while True:
        used = set().union(*left.values())
        kept = {name: names & left.keys() for name, names in left.items() if names & left.keys() and name in used}
        if kept == left:
            return sorted(left)
        left = kept


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_what_it_may(path):
    assert room_of(path) in MAY_IMPORT, f"a new room, {room_of(path)}: say what it may import"
    modules = frozenset(module_of(p) for p in FILES)
    assert not trespasses(path, imported(path, modules))


def test_no_circles_between_files():
    assert circle(imports_of(FILES)) == []


def test_no_circles_between_rooms():
    left = {room: set(others) & set(MAY_IMPORT) for room, others in MAY_IMPORT.items()}
    assert circle({room: others - {room} for room, others in left.items()}) == []


def test_the_import_tests_can_fail(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    files = [tmp_path / "rules" / name for name in ("__init__.py", "op.py", "shaping.py")]
    files[0].parent.mkdir()
    files[0].write_text("from . import shaping")
    files[1].write_text("from ..engine.value import Value\nfrom . import shaping")
    files[2].write_text("def late():\n    from .op import Op")
    imports = imports_of(files)
    assert imports["autograd.rules.op"] == {"autograd.engine.value", "autograd.rules.shaping"}
    assert trespasses(files[1], imports["autograd.rules.op"]) == {"engine"}
    assert circle(imports) == ["autograd.rules.op", "autograd.rules.shaping"]
    files[1].write_text("import nn.layers")
    with pytest.raises(AssertionError, match="nn"):
        imports_of(files)


_FIRST_LINE = "Not the engine: a name that HIPS autograd's programs import."
_OF_A_MODULE = {"__all__", "__getattr__", "__dir__"}


def more_than_names(tree: ast.Module) -> list[str]:
    """What a face has besides a docstring, imports, and names that a maker of `hips` or `solvers` is asked for."""
    made = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and re.search(r"\.(hips|solvers)\.", f"{'.' * node.level}{node.module}.")
        for alias in node.names
    }
    found = [] if (ast.get_docstring(tree) or "").startswith(_FIRST_LINE) else ["another first line"]
    for node in tree.body:
        if isinstance(node, ast.Assign):
            targets = {t.id for target in node.targets for t in ast.walk(target) if isinstance(t, ast.Name)}
            listed = targets <= _OF_A_MODULE and isinstance(node.value, ast.List)
            called = isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "") in made
            arguments = [*node.value.args, *(k.value for k in node.value.keywords)] if called else []
            named = called and all(isinstance(a, (ast.Constant, ast.Name, ast.Attribute)) for a in arguments)
            found += [] if listed or named else [f"line {node.lineno}: {', '.join(sorted(targets))} = …"]
        elif not isinstance(node, (ast.Import, ast.ImportFrom)) and node is not tree.body[0]:
            found.append(f"line {node.lineno}: {type(node).__name__}")
        kinds = {type(n).__name__ for n in ast.walk(node)} & {"FunctionDef", "ClassDef", "Lambda", "BinOp"}
        found += [f"line {node.lineno}: {kind}" for kind in sorted(kinds)]
    return found


@pytest.mark.parametrize("path", [p for p in FILES if room_of(p) in FACES], ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_face_holds_names_alone(path):
    assert more_than_names(ast.parse(path.read_text())) == []


@pytest.mark.parametrize(
    "body",
    [
        "def f(x): return x",
        "class Box: pass",
        "square = lambda x: x * x",
        "from .engine.value import Value\nx = Value(1)",
        "from .hips.passing import passing\n__getattr__ = passing(1 + 1)",
        "if True: from .hips import extend",
        "two = 2",
        "__all__ = sorted([])",
        "tanh(1)",
    ],
)
def test_the_test_of_faces_can_fail(body):
    assert more_than_names(ast.parse(f'"""{_FIRST_LINE}"""\n{body}'))
    assert more_than_names(ast.parse('"""The engine."""'))
    assert not more_than_names(ast.parse(f'"""{_FIRST_LINE}"""\nfrom .hips.extend import defvjp'))


def rules_in(tree: ast.Module) -> list[ast.AST]:
    """The rule functions of a module: the positional arguments after the first of each call Op(…)."""
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    rules: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Op":
            rules += [functions.get(getattr(a, "id", ""), a) for a in node.args[1:] if not isinstance(a, ast.Constant)]
    return rules


_DATA = {"g", "out", "x", "y", "xs", "arrays"}


def sins(rule: ast.AST) -> list[str]:
    """What a rule must not contain, because it could then not be run on Values, replayed, or run on other arrays."""
    found = []
    for node in ast.walk(rule):
        if isinstance(node, (ast.Assign, ast.AugAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found += ["assignment to an element" for t in targets if isinstance(t, ast.Subscript)]
            changed = node.target if isinstance(node, ast.AugAssign) else None
            found += ["change in place"] if isinstance(changed, ast.Name) and changed.id in _DATA else []
        if isinstance(node, ast.Call):
            data = any(isinstance(n, ast.Name) and n.id in _DATA for a in node.args for n in ast.walk(a))
            found += ["float of data"] if getattr(node.func, "id", "") == "float" and data else []
            found += [f"{k.arg}=" for k in node.keywords if k.arg in ("out", "where")]
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            found += [name for forbidden in ("at", "asarray", "item", "tolist") if name == forbidden]
        if isinstance(node, (ast.If, ast.IfExp, ast.While)):
            asked = {n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)}
            by_shape = any(
                getattr(n, "attr", "") in ("ndim", "shape", "size", "iscomplexobj") for n in ast.walk(node.test)
            )
            found += ["a decision on data"] if asked & _DATA and not by_shape else []
    return found


MODULES = sorted((PACKAGE / "rules").rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.name)
def test_rules_are_plain_numpy(path):
    for rule in rules_in(ast.parse(path.read_text())):
        assert not sins(rule), f"{path.name}:{rule.lineno}: a rule contains {sins(rule)}"


def test_there_are_rules_to_read():
    assert sum(len(rules_in(ast.parse(path.read_text()))) for path in MODULES) > 110


@pytest.mark.parametrize(
    "source",
    [
        "Op(f, lambda g, out, x: np.sum(g, where=x > 0))",
        "Op(f, lambda g, out, x: g if x > 0 else 0)",
        "Op(f, lambda g, out, x: g * float(out))",
        "Op(f, lambda g, out, x: np.add.at(g, x, 1))",
        "def r(g, out, x):\n    g[0] = 1\n    return g\nOp(f, r)",
        "def r(g, out, x):\n    g += 1\n    return g\nOp(f, r)",
    ],
)
def test_the_syntax_test_can_fail(source):
    (rule,) = rules_in(ast.parse(source))
    assert sins(rule)


def test_files_are_read_in_one_sitting():
    long = {p.name: n for p in PACKAGE.rglob("*.py") if (n := len(p.read_text().splitlines())) > 450}
    assert not long, long
