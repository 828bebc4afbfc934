"""A PyTorch program, rewritten by the table in docs/networks.md and by nothing else.

A row of the table, ``| `x.view(*a)` | `x.reshape(a)` |``, is a pair of templates. A letter stands for any expression (in
``torch.f`` for any name), ``*a`` and ``**k`` for any number of arguments, and ``import *`` for any names.
"""

from __future__ import annotations

import ast
import copy
import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent.parent / "docs" / "networks.md"
HEADING = "### A program that was written for PyTorch\n"
Found = dict[str, Any]


class Rule:
    """What is written in one way in PyTorch and in another here."""

    def __init__(self, torch: str, here: str) -> None:
        self.text = f"{torch} → {here}"
        (self.old,), (self.new,) = ast.parse(torch).body, ast.parse(here).body
        if isinstance(self.old, ast.Expr) and isinstance(self.new, ast.Expr):
            self.old, self.new = self.old.value, self.new.value

    def apply(self, node: ast.AST) -> ast.AST | None:
        """The node rewritten, or None where the rule is not about it."""
        found: Found = {}
        return _filled(self.new, found) if _same(self.old, node, found) else None


def rules() -> list[Rule]:
    """The rows of the table, in its order."""
    _, section = PAGE.read_text(encoding="utf-8").split(HEADING)
    rows = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|", section.split("\n#")[0], re.MULTILINE)
    return [Rule(torch, here) for torch, here in rows]


class Translator(ast.NodeTransformer):
    """Rewrites from the outside in, each node by the first rule that fits; `used` has the texts of all that did."""

    def __init__(self) -> None:
        self.rules = rules()
        self.used: set[str] = set()

    def visit(self, node: ast.AST) -> Any:
        for rule in self.rules:
            if (new := rule.apply(node)) is not None:
                self.used.add(rule.text)
                return self.visit(new) if isinstance(rule.new, ast.Name) else self.generic_visit(new)
        return self.generic_visit(node)


def translated(program: str, translator: Translator) -> str:
    return ast.unparse(ast.fix_missing_locations(translator.visit(ast.parse(program))))


def _letter(name: Any) -> bool:
    return isinstance(name, str) and len(name) == 1 and name.islower()


def _bind(found: Found, name: str, entry: Any) -> bool:
    return _dump(found.setdefault(name, entry)) == _dump(entry)


def _dump(entry: Any) -> str:
    return (
        "|".join(map(_dump, entry))
        if isinstance(entry, list)
        else ast.unparse(entry)
        if isinstance(entry, ast.AST)
        else entry
    )


def _same(old: Any, node: Any, found: Found) -> bool:
    """Whether the node is as the template says; `found` is then what the letters stand for."""
    if isinstance(old, ast.Name) and _letter(old.id):
        return isinstance(node, ast.expr) and _bind(found, old.id, node)
    if type(old) is not type(node):
        return False
    if isinstance(old, ast.alias) and old.name == "*":
        return False
    if isinstance(old, ast.ImportFrom) and old.names[0].name == "*":
        found["*"] = node.names
        return old.module == node.module
    if isinstance(old, ast.Attribute) and _letter(old.attr) and ast.unparse(old.value) == "torch":
        return _bind(found, old.attr, node.attr) and _same(old.value, node.value, found)
    if isinstance(old, ast.Call):
        return _same(old.func, node.func, found) and _same_arguments(old, node, found)
    if isinstance(old, ast.AST):
        fields = [field for field in old._fields if field not in ("ctx", "type_comment")]
        return all(_same(getattr(old, field), getattr(node, field), found) for field in fields)
    if isinstance(old, list):
        return len(old) == len(node) and all(_same(a, b, found) for a, b in zip(old, node, strict=True))
    return old == node


def _same_arguments(old: ast.Call, node: ast.Call, found: Found) -> bool:
    args, given = old.args, node.args
    if args and isinstance(args[-1], ast.Starred):
        *args, rest = args
        found[rest.value.id] = given[len(args) :]
        given = given[: len(args)]
    named = {keyword.arg: keyword.value for keyword in node.keywords}
    for keyword in old.keywords:
        if keyword.arg is None:
            found[keyword.value.id] = [k for k in node.keywords if k.arg in named]
            named = {}
        elif keyword.arg not in named or not _same(keyword.value, named.pop(keyword.arg), found):
            return False
    return not named and _same(args, given, found)


def _filled(new: Any, found: Found) -> Any:
    """The template with what the letters stand for."""
    if isinstance(new, ast.Name) and new.id in found:
        entry = found[new.id]
        if isinstance(entry, list):  # the arguments *a, as one
            return entry[0] if len(entry) == 1 else ast.Tuple(entry, ast.Load())
        return copy.deepcopy(entry)
    if isinstance(new, ast.ImportFrom) and "*" in found:
        return ast.ImportFrom(new.module, found["*"], 0)
    if not isinstance(new, ast.AST):
        return (
            [e for entry in new for e in _spread(entry, found)]
            if isinstance(new, list)
            else found.get(new, new)
            if _letter(new)
            else new
        )
    made = copy.copy(new)
    for field in new._fields:
        setattr(made, field, _filled(getattr(new, field), found))
    return made


def _spread(entry: Any, found: Found) -> list[Any]:
    """The arguments that ``*a`` or ``**k`` in a template stand for."""
    starred = isinstance(entry, ast.Starred) or (isinstance(entry, ast.keyword) and entry.arg is None)
    if starred and isinstance(found.get(entry.value.id), list):
        return list(found[entry.value.id])
    return [_filled(entry, found)]
