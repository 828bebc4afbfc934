"""With what users of HIPS autograd add derivatives: ``from autograd.extend import primitive, defvjp``.

A rule is given to a primitive, or to a function of NumPy's or SciPy's, where it takes the place of the package's own
(`overrides` says how far that reaches).
"""

from __future__ import annotations

import functools
import itertools
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from .. import custom
from ..custom import primitive
from ..engine.convert import unbox
from ..engine.value import Value
from ..errors import UnsupportedError, user_line
from ..rules import CONSTANTS, REFUSALS
from ..tracing import Function
from .overrides import primitive_of
from .rule import Everywhere, Maker, OneOf, Rule, Same, dense


def defvjp(f: Any, *makers: Maker | None, argnums: Iterable[int] | None = None) -> None:
    """Give `f` a rule per argument: ``lambda ans, *args: lambda g: …``; None says "no gradient".

    A rule may return a `SparseObject`.
    """
    made = primitive_of(f)
    for i, maker in zip(itertools.count() if argnums is None else argnums, makers, strict=False):
        if maker is not None and not callable(maker):
            raise UnsupportedError(
                f"the rule {maker!r} for {made.__name__} at {user_line()} is neither a function nor None"
            )
        _store(made, i, vjp=maker or _no_gradient(i))


def defvjp_argnum(f: Any, maker: Callable[..., Any]) -> None:
    """One rule for all arguments: ``maker(argnum, ans, args, kwargs)`` ↦ ``g`` ↦ the gradient."""
    _store_everywhere(f, lambda i: {"vjp": lambda ans, *args, **kwargs: maker(i, ans, args, kwargs)})


def defvjp_argnums(f: Any, maker: Callable[..., Any]) -> None:
    """One rule for all arguments: ``maker(argnums, ans, args, kwargs)`` ↦ ``g`` ↦ a gradient per argument number."""

    def several(
        argnums: tuple[int, ...], ans: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Callable[[Any], Any]:
        pull = maker(argnums, ans, args, kwargs)
        return lambda g: map(dense, pull(g))

    _store_everywhere(f, lambda i: {"vjp": OneOf(several, i)})


def defjvp(f: Any, *rules: Any, argnums: Iterable[int] | None = None) -> None:
    """Give `f` a rule for tangents per argument, ``lambda t, ans, *args: …``, which `make_jvp` uses.

    "same" says that `f` is linear in that argument, None that it does not depend on it. Without a rule from `defvjp` this
    one serves reverse mode too, transposed.
    """
    made = primitive_of(f)
    for i, rule in zip(itertools.count() if argnums is None else argnums, rules, strict=False):
        _store(made, i, jvp=_jvp(f, made, i, rule))


def defjvp_argnum(f: Any, rule: Callable[..., Any]) -> None:
    """One rule for all arguments: ``rule(argnum, t, ans, args, kwargs)`` ↦ the tangent of the result."""
    _store_everywhere(f, lambda i: {"jvp": lambda t, ans, *args, **kwargs: rule(i, t, ans, args, kwargs)})


def defjvp_argnums(f: Any, rule: Callable[..., Any]) -> None:
    """One rule for all arguments: ``rule(argnums, tangents, ans, args, kwargs)`` ↦ the tangent of the result."""
    _store_everywhere(f, lambda i: {"jvp": lambda t, ans, *args, **kwargs: rule((i,), [t], ans, args, kwargs)})


def def_linear(f: Any) -> None:
    """Say that `f` is linear in each of its arguments."""
    _store_everywhere(f, lambda i: {"jvp": Same(f, primitive_of(f), i)})


def _jvp(f: Any, made: primitive, i: int, rule: Any) -> Maker:
    if rule is None:
        return lambda t, ans, *args, **kwargs: np.zeros_like(unbox(ans))
    if isinstance(rule, str) and rule == "same":
        return Same(f, made, i)
    if not callable(rule):
        raise UnsupportedError(f"the rule {rule!r} for {f.__name__} at {user_line()} is no function, None or 'same'")
    found: Maker = rule
    return found


def _no_gradient(i: int) -> Maker:
    return lambda ans, *args, **kwargs: lambda g: np.zeros_like(unbox(args[i]))


def _store(made: primitive, i: int, **half: Maker) -> None:
    """Give the argument `i` one half of a `Rule`, and keep the other."""
    known = made.makers.get(i)
    rule = Rule(i, known.vjp, known.jvp) if isinstance(known, Rule) else Rule(i, known)
    vars(rule).update(half)
    custom.defvjp(made, rule, argnums=(i,))


def _store_everywhere(f: Any, half: Callable[[int], dict[str, Maker]]) -> None:
    made = primitive_of(f)
    before = made.makers

    def make(i: int) -> Rule:
        known = before.get(i)
        rule = Rule(i, known.vjp, known.jvp) if isinstance(known, Rule) else Rule(i, known)
        vars(rule).update(half(i))
        return rule

    made.makers = Everywhere(make)


# -- constants ---------------------------------------------------------------------------------------------------


def notrace_primitive(f: Function) -> Function:
    """`f` of the plain data: its result is a constant."""

    @functools.wraps(f)
    def constant(*args: Any, **kwargs: Any) -> Any:
        return f(*unbox(args), **unbox(kwargs))

    return constant


def register_notrace(trace_type: Any, f: Any) -> None:
    """Make `f`, a primitive or a function of NumPy's or SciPy's, a constant: its derivatives are 0."""
    if f in REFUSALS:
        raise NotImplementedError(f"{f.__name__} changes an array in place and cannot be made a constant")
    if f not in CONSTANTS:
        primitive_of(f).makers = Everywhere(lambda i: None)


def isbox(x: Any) -> bool:
    """Whether `x` is being differentiated."""
    return isinstance(x, Value)


# -- the names of HIPS autograd 1.1 ------------------------------------------------------------------------------


def _deprecated(name: str) -> None:
    warnings.warn(f"the {name} method is deprecated: use defvjp(f, …)", stacklevel=3)


def deprecated_defvjp(f: Any) -> Callable[..., None]:
    """For ``f.defvjp(rule, argnum=0)`` with ``rule(g, ans, vs, gvs, *args)``."""
    from .spaces import vspace

    def method(rule: Function, argnum: int = 0) -> None:
        _deprecated("defvjp")

        def maker(ans: Any, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
            return lambda g: rule(g, ans, vspace(args[argnum]), vspace(g), *args, **kwargs)

        defvjp(f, maker, argnums=(argnum,))

    return method


def deprecated_defvjp_is_zero(f: Any) -> Callable[..., None]:
    """For ``f.defvjp_is_zero(argnums)``."""

    def method(argnums: Sequence[int] = (0,)) -> None:
        _deprecated("defvjp_is_zero")
        defvjp(f, *[None] * len(argnums), argnums=argnums)

    return method


def deprecated_defgrad(f: Any) -> Callable[..., None]:
    """For ``f.defgrad(maker, argnum=0)``."""

    def method(maker: Maker, argnum: int = 0) -> None:
        _deprecated("defgrad")
        defvjp(f, maker, argnums=(argnum,))

    return method


def primitive_with_deprecation_warnings(f: Function) -> primitive:
    """A primitive with the methods of HIPS autograd 1.1."""
    made = primitive(f)
    vars(made).update(
        defvjp=deprecated_defvjp(made), defvjp_is_zero=deprecated_defvjp_is_zero(made), defgrad=deprecated_defgrad(made)
    )
    return made
