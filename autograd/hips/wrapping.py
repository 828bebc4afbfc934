"""Functions around functions: names, and operators on functions of one variable made operators on functions of many."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

__all__ = ["unary_to_nary", "wraps"]


def wraps(f: Any, namestr: str = "{fun}", docstr: str = "{doc}", **names: Any) -> Callable[[Any], Any]:
    """`functools.wraps`, with a name and a text built from those of `f`."""

    def wrap(new: Any) -> Any:
        new = functools.wraps(f)(new)
        parts = {"fun": getattr(f, "__name__", "f"), "doc": f.__doc__ or ""} | names
        new.__name__, new.__doc__ = namestr.format(**parts), docstr.format(**parts)
        return new

    return wrap


def unary_to_nary(operator: Callable[..., Any]) -> Callable[..., Any]:
    """An operator on (function of one variable, point), made one on functions of many: ``op(f, argnum)(*args)``."""

    @functools.wraps(operator)
    def nary_operator(f: Any, argnum: Any = 0, *op_args: Any, **op_kwargs: Any) -> Any:
        @functools.wraps(f)
        def nary_f(*args: Any, **kwargs: Any) -> Any:
            places = [argnum] if isinstance(argnum, int) else list(argnum)

            def unary_f(x: Any) -> Any:
                given = list(args)
                for place, value in zip(places, [x] if isinstance(argnum, int) else x, strict=True):
                    given[place] = value
                return f(*given, **kwargs)

            x = args[argnum] if isinstance(argnum, int) else tuple(args[i] for i in places)
            return operator(unary_f, x, *op_args, **op_kwargs)

        return nary_f

    return nary_operator
