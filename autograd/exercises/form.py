"""The form of an exercise: a folder, known by its name.

exercise.toml   title and statement; optional: hints, `find_the_bug`, `continues`, and what `declared` describes
solution.py     the reference: it defines what the student is to define; what is handed out may lack it, if there is a
                stub and the check does not compare with it
stub.py         what the student begins with; without it, the solution with its last function left to be written
given.py        what stands above both, by default NumPy's import; where an exercise `continues` the one in the folder
                beside it, all that one ends with, and given.py written into it
check.py        ``check(answer)``, which yields findings; without it, what exercise.toml declares
"""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
import tomllib
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, Self

from .bugs import ASSIGNMENT
from .declared import DECLARED, declared
from .exercise import Answer, Finding
from .sequel import merged

GIVEN = "import numpy as np"
FORM = "exercise.toml"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_KEYS: dict[str, type] = {
    "title": str, "statement": str, "hints": list, "continues": str, "equivalent": list,
}  # fmt: skip


@dataclass(frozen=True)
class Exercise:
    """A statement, what is given, a stub to fill in, a solution, hints, and the check of an answer."""

    name: str
    title: str
    text: str
    given: str
    stub: str
    solution: str
    folder: Path
    hints: tuple[str, ...] = ()
    equivalent: tuple[str, ...] = ()  # changes of the solution that leave it right, for `verify`
    chapter: str = ""
    declaration: dict[str, Any] = field(default_factory=dict, hash=False)

    def file(self, part: str | None = None) -> str:
        """The student's file: the text as its docstring, what is given, and the stub (or another `part`)."""
        text = f'"""{self.title}\n{"=" * len(self.title)}\n\n{self.text.strip()}\n"""\n'
        return "\n".join([text, self.given.strip(), "", "", (part or self.stub).strip(), ""])

    @property
    def asked(self) -> tuple[str, ...]:
        """The names that the answer defines."""
        return tuple(defined(self.stub))

    @cached_property
    def look(self) -> Callable[[Answer], Iterable[Finding]]:
        """What looks at an answer: ``check`` of check.py, or what is declared."""
        path = self.folder / "check.py"
        if path.exists():
            return _module(self.name, path).check
        return declared(self.name, f"{self.given}\n\n\n{self.solution or self.stub}", self.declaration)

    def ready(self) -> Self:
        """This exercise, with its check loaded."""
        _ = self.look
        return self


def load(folder: Path, sequels: tuple[Path, ...] = ()) -> Exercise:
    """The exercise in a folder, which `sequels` go on with.

    Raises:
        ValueError: a part is missing or is not what it should be; the message names the file and the remedy.
    """
    name, path = folder.resolve().name, folder / FORM
    if not _NAME.fullmatch(name):
        raise ValueError(f"{folder}: an exercise is known by its folder's name, which is a word of a–z, 0–9 and _")
    try:
        form = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is no TOML: {error}") from error
    for key, value in form.items():
        if key not in {**_KEYS, **DECLARED}:
            raise ValueError(f"{path}: there is no key {key!r}; there are {', '.join([*_KEYS, *DECLARED])}")
        if not isinstance(value, kind := {**_KEYS, **DECLARED}[key]):
            kinds = kind.__name__ if isinstance(kind, type) else " or ".join(k.__name__ for k in kind)
            raise ValueError(  # noqa: TRY004 - the caller's one error for what is wrong in a file
                f"{path}: {key} is a {kinds}, and here a {type(value).__name__}"
            )
    if missing := [key for key in ("title", "statement") if not form.get(key, "").strip()]:
        raise ValueError(f"{path} lacks the {missing[0]}")
    if '"""' in form["statement"] or "\\" in form["statement"]:
        raise ValueError(f'{path}: the statement becomes a docstring: it can hold neither """ nor a backslash')
    if not (folder / "check.py").exists() and "inputs" not in form:
        raise ValueError(f"{folder} has no check.py, so that {path} needs `inputs` to try an answer with")
    alone = (folder / "stub.py").exists() and ("function" in form or (folder / "check.py").exists())
    solution = _source(folder / "solution.py", "" if alone else None)
    bug = form.get("find_the_bug", False)
    stub = _source(folder / "stub.py", "")
    if not any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in ast.parse(solution or stub).body):
        raise ValueError(f"{folder / 'solution.py'} defines no function and no class")
    return Exercise(
        name=name,
        title=form["title"].strip(),
        text=form["statement"].strip("\n") + (ASSIGNMENT if bug else ""),
        given=_given(folder, form.get("continues"), sequels) if not bug else _to_diagnose(folder, form, sequels, stub),
        stub=stub or unwritten(solution),
        solution=solution,
        folder=folder.resolve(),
        hints=tuple(map(str, form.get("hints", ()))),
        equivalent=tuple(map(str, form.get("equivalent", ()))),
        declaration={key: value for key, value in form.items() if key in DECLARED},
    )


def _to_diagnose(folder: Path, form: dict[str, Any], sequels: tuple[Path, ...], stub: str) -> str:
    """What stands above the stub that has a bug: also the line that the diagnosis is written into."""
    given = _given(folder, form.get("continues"), sequels)
    there = "DIAGNOSIS" in [*defined(given), *defined(stub)]
    return given if there else f'{given}\n\nDIAGNOSIS = ""'


def _given(folder: Path, continued: str | None, sequels: tuple[Path, ...]) -> str:
    """What stands above the stub."""
    if continued is None:
        return _source(folder / "given.py", GIVEN)
    before, sequels = folder.parent / continued, (*sequels, folder)
    if before in sequels or not (before / FORM).exists():
        raise ValueError(
            f"{folder / FORM}: it continues {continued!r}, which is no exercise beside it, or goes on with it"
        )
    previous = load(before, sequels)
    return merged(merged(previous.given, previous.solution), _source(folder / "given.py", ""))


def unwritten(solution: str) -> str:
    """The solution with the body of its last function (or method) left to be written; a docstring stays."""
    functions = [node for node in ast.walk(ast.parse(solution)) if isinstance(node, ast.FunctionDef)]
    last = max(functions, key=lambda node: node.lineno)
    body = last.body[1:] if ast.get_docstring(last) is not None and len(last.body) > 1 else last.body
    lines = solution.splitlines()
    first, column = body[0].lineno - 1, body[0].col_offset
    kept = lines[first].encode()[:column].decode()  # `def f(x): return x` stands on one line
    return "\n".join([*lines[:first], f"{kept}raise NotImplementedError", *lines[last.end_lineno :]])


def defined(source: str) -> Iterator[str]:
    """The names that a source defines at its top level, in order."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _source(path: Path, otherwise: str | None = None) -> str:
    """The Python in a file, without blank lines around it."""
    if not path.exists():
        if otherwise is None:
            raise ValueError(f"{path} is missing: it holds the reference, a function with the right answer")
        return otherwise
    source = path.read_text(encoding="utf-8-sig").strip()
    try:
        ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"Python cannot read {path}: {error}") from error
    return source


def _module(name: str, path: Path) -> ModuleType:
    """check.py, as a module of this package, so that `integrity` looks after it too."""
    ours = path.is_relative_to(Path(__file__).parent)  # a teacher's may have the name of one of ours
    called = f"{__package__}.{'lessons' if ours else f'own_{zlib.crc32(str(path).encode()):08x}'}.{name}.check"
    spec = importlib.util.spec_from_file_location(called, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[called] = module
    spec.loader.exec_module(module)
    if not callable(getattr(module, "check", None)):
        raise ValueError(f"{path} defines no check(answer)")  # noqa: TRY004
    return module
