"""Functions around functions: names, and operators on functions of one variable made operators on functions of many."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .util import subvals


def get_name(f: Any) -> str:
    """The name of a function."""
    return getattr(f, "__name__", "[unknown name]")


def get_doc(f: Any) -> str:
    """The docstring of a function."""
    return getattr(f, "__doc__", None) or ""


def wraps(f: Any, namestr: str = "{fun}", docstr: str = "{doc}", **names: Any) -> Callable[[Any], Any]:
    """`functools.wraps`, with a name and a text built from those of `f`."""

    def wrap(new: Any) -> Any:
        new = functools.wraps(f)(new)
        parts = {"fun": get_name(f), "doc": get_doc(f)} | names
        new.__name__, new.__doc__ = namestr.format(**parts), docstr.format(**parts)
        return new

    return wrap


def wrap_nary_f(fun: Any, op: Any, argnum: Any) -> Callable[[Any], Any]:
    """The name and the text of ``op(fun, argnum)``."""
    return wraps(
        fun,
        "{op}_of_{fun}_wrt_argnum_{argnum}",
        "{op} of the function {fun} with respect to argument number {argnum}; it takes the same arguments as {fun}.",
        op=get_name(op),
        argnum=argnum,
    )


def unary_to_nary(operator: Callable[..., Any]) -> Callable[..., Any]:
    """An operator on (function of one variable, point), made one on functions of many: ``op(f, argnum)(*args)``.

    With several argument numbers the variable is the tuple of those arguments.
    """

    @functools.wraps(operator)
    def nary_operator(f: Any, argnum: Any = 0, *op_args: Any, **op_kwargs: Any) -> Any:
        if not isinstance(argnum, (int, tuple, list)):
            raise TypeError(f"{get_name(operator)}(f, argnum): argnum is a place or several, not {argnum!r}")

        @wrap_nary_f(f, operator, argnum)
        def nary_f(*args: Any, **kwargs: Any) -> Any:
            @functools.wraps(f)
            def unary_f(x: Any) -> Any:
                return f(
                    *subvals(args, [(argnum, x)] if isinstance(argnum, int) else zip(argnum, x, strict=True)), **kwargs
                )

            x = args[argnum] if isinstance(argnum, int) else tuple(args[i] for i in argnum)
            return operator(unary_f, x, *op_args, **op_kwargs)

        return nary_f

    return nary_operator
