"""`scipy.integrate.solve_ivp` without the cycles that its solvers leave behind: an object of theirs and its functions hold
each other, and with them every array that the right-hand side knows."""

from __future__ import annotations

from typing import Any

from scipy import integrate

from .packing import Function


class _Kept:
    """A solver that says where it is, so that it can be emptied."""

    def __init__(self, *args: Any, made: list[Any], **options: Any) -> None:
        made.append(self)
        super().__init__(*args, **options)


_METHODS = {
    kind.__name__: type(kind.__name__, (_Kept, kind), {})
    for kind in (integrate.RK23, integrate.RK45, integrate.DOP853, integrate.Radau, integrate.BDF, integrate.LSODA)
}


def solve_ivp(fun: Function, span: Any, y: Any, method: Any = "RK45", **options: Any) -> Any:
    """SciPy's result. A method of the caller's own class is not emptied."""
    made: list[Any] = []
    name = method if isinstance(method, str) else method.__name__
    kept = name in _METHODS and (isinstance(method, str) or method is getattr(integrate, name))
    known = {"method": _METHODS[name], "made": made} if kept else {"method": method}
    try:
        return integrate.solve_ivp(fun, span, y, **known, **options)
    finally:
        for solver in made:
            vars(solver).clear()
