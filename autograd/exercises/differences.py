"""Whether an answer that is to be derived takes differences instead: its own source, run again with its numbers watched.

A formula is asked at the inputs. A difference asks some function at places that are a small step apart, all in the same
direction or one element after the other; a complex step goes the same way in the imaginary direction. Both may be right to the
last digit, so that the numbers that come out do not tell.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from .module import run

DIFFERENCE = (
    "A function was asked at places that are a small step of {} apart{}: that is a difference, and the derivative is to be "
    "derived, by formulas."
)
_SMALL, _IMAGINARY = 0.1, 1e-4  # steps, the larger of which are not taken for some
_ROUNDING = (
    100  # times the smallest step that a number of its size can make: as far apart as what was computed in two ways
)
_LARGE = 1e3  # from which on a number may be what is divided by a step
_FEW = 3  # numbers that are shifted alike
_KEPT = 50  # arguments of one function that are remembered
_TELLING = {"complex", "imag", "real", "complex128", "cmath", "finfo", "eps", "spacing", "nextafter", "epsilon"}
_CALL, _SEEN = "_called_", "_seen_"


class Watch:
    """What was seen of an answer's numbers; `words` once they have given it away."""

    def __init__(self) -> None:
        self.words, self.paused = "", False
        self._steps: dict[float, set[float]] = defaultdict(set)
        self._moved: dict[str, set[int]] = defaultdict(set)
        self._asked: dict[int, list[Any]] = defaultdict(list)

    def called(self, f: Callable[..., Any], /, *args: Any, **keywords: Any) -> Any:
        """The function's value; the first argument is remembered."""
        if args:
            self.seen(args[0])
        result = f(*args, **keywords)
        numbers = bool(args) and not self.paused and type(args[0]) is np.ndarray and args[0].dtype.kind == "f"
        if numbers and isinstance(result, np.ndarray | float):
            self._compare(id(f), np.array(args[0]))
        return self.seen(result)

    def seen(self, x: Any) -> Any:
        """`x` itself; a complex number whose imaginary part is a small step, the same for several numbers, is one."""
        if not self.paused and np.iscomplexobj(x):
            z = np.atleast_1d(x).ravel()
            for each in z[(z.imag != 0) & (abs(z.imag) < _IMAGINARY)][:_KEPT]:
                self._steps[abs(each.imag)].add(each.real)
                if len(self._steps[abs(each.imag)] - {0.0}) >= _FEW and not self.words:
                    self.words = DIFFERENCE.format(f"{abs(each.imag):.2g}", " in the imaginary direction")
        return x

    def _compare(self, f: int, x: Any) -> None:
        for other in self._asked[f]:
            if other.shape != x.shape:
                continue
            apart = abs(x - other).ravel()
            moved = np.flatnonzero(apart)
            step = apart.max(initial=0.0)
            if (
                not _ROUNDING * np.finfo(x.dtype).eps * abs(x).max() < step <= _SMALL
                or np.ptp(apart[moved]) > 1e-3 * step
            ):
                continue
            if len(moved) == 1:
                self._moved[f"{step:.1e}"].add(int(moved[0]))
            if len(moved) == x.size >= _FEW or (x.size > 1 and len(self._moved[f"{step:.1e}"]) > 1):
                self.words = DIFFERENCE.format(f"{step:.2g}", "")
        if len(self._asked[f]) < _KEPT:
            self._asked[f].append(x)


WATCH: ContextVar[Watch | None] = ContextVar("WATCH", default=None)


@contextmanager
def unwatched() -> Iterator[None]:
    """Differences taken inside are the checker's own, and no answer's."""
    watch = WATCH.get() or Watch()
    watch.paused = True
    try:
        yield
    finally:
        watch.paused = False


def differs() -> str:
    """What gave an answer away that is being watched; empty if nothing did."""
    watch = WATCH.get()
    return watch.words if watch else ""


def may_differ(source: str) -> bool:
    """Whether there is anything in a source that a difference needs: a small or a large number, a power, something complex."""
    return any(_is_telling(node) for node in ast.walk(ast.parse(source)))


def _is_telling(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        number = node.value
        if isinstance(number, int | float):
            return bool(number) and not _SMALL < abs(number) < _LARGE
        return isinstance(number, complex)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Pow) and isinstance(node.left, ast.Constant)
    return bool({getattr(node, what, "") for what in ("id", "attr", "name")} & _TELLING)


def watched(source: str, watch: Watch, names: dict[str, Any]) -> None:
    """Put among `names` those that a source defines, with its calls and what its operators make of numbers watched."""
    tree = ast.fix_missing_locations(_Watched().visit(ast.parse(source)))
    names |= {_CALL: watch.called, _SEEN: watch.seen}
    run(tree, names, "<watched>")


class _Watched(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in ("super", "locals", "globals", "vars", "dir"):
            return node
        return ast.copy_location(ast.Call(ast.Name(_CALL, ast.Load()), [node.func, *node.args], node.keywords), node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        return ast.copy_location(ast.Call(ast.Name(_SEEN, ast.Load()), [node], []), node)
