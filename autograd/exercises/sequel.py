"""What an exercise that goes on with another one begins with: that one's classes, with its solution written into them."""

from __future__ import annotations

import ast


def merged(source: str, sequel: str) -> str:
    """`source` with what `sequel` defines: a class of the same name gains its methods, in the place of those it had.

    So ``class Value(Value)`` below a ``class Value`` becomes one class. Whatever else there is comes to stand below.
    """
    for node in ast.parse(sequel).body:
        text = _lines(sequel, node)
        known = {n.name: n for n in ast.parse(source).body if isinstance(n, ast.ClassDef)}
        if isinstance(node, ast.ClassDef) and node.name in known:
            source = _with_methods(source, known[node.name], sequel, node)
        else:
            source = f"{source}\n\n\n{text}"
    return source


def _with_methods(source: str, old: ast.ClassDef, sequel: str, new: ast.ClassDef) -> str:
    """`source`, whose class `old` has the methods of `new` as well."""
    methods = {n.name: _lines(source, n) for n in old.body if isinstance(n, ast.FunctionDef)}
    methods |= {n.name: _lines(sequel, n) for n in new.body if isinstance(n, ast.FunctionDef)}
    lines = source.splitlines()
    before, after = lines[: old.body[0].lineno - 1], lines[old.end_lineno :]
    return "\n".join([*before, "\n\n".join(methods.values()), *after])


def _lines(source: str, node: ast.stmt) -> str:
    return "\n".join(source.splitlines()[node.lineno - 1 : node.end_lineno])
