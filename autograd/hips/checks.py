"""HIPS autograd's checks of derivatives by differences, under their names: ``check_grads(f, order=2)(x)``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np

from ..engine.convert import unbox
from ..transforms import Function
from .flatten import flatten
from .transforms import make_jvp, make_vjp

__all__ = ["check_equivalent", "check_grads", "check_jvp", "check_vjp", "combo_check", "scalar_close"]

TOL, RTOL, EPS = 1e-6, 1e-6, 1e-6


def scalar_close(a: Any, b: Any) -> bool:
    """Whether two numbers agree to 1e-6, absolutely or relatively."""
    return bool(abs(a - b) < TOL or abs(a - b) / abs(a + b) < RTOL)


def _random_like(x: Any) -> Any:
    vector, unflatten = flatten(x)
    rng = np.random.default_rng(0)
    normal = rng.normal(size=vector.shape)
    return unflatten(normal + 1j * rng.normal(size=vector.shape) if np.iscomplexobj(vector) else normal)


def _inner(a: Any, b: Any) -> Any:
    """Re Σ a b: in the conjugate convention the derivative along b, for a gradient a."""
    return np.real(np.sum(flatten(a)[0] * flatten(b)[0]))


def _numerical_jvp(f: Function, x: Any, v: Any) -> Any:
    """(f(x + εv/2) − f(x − εv/2)) / ε."""
    (vector, unflatten), direction = flatten(x), flatten(v)[0]
    ahead, out = flatten(f(unflatten(vector + direction * EPS / 2)))
    behind, _ = flatten(f(unflatten(vector - direction * EPS / 2)))
    return out((ahead - behind) / EPS)


def check_vjp(f: Function, x: Any) -> None:
    """AssertionError unless reverse mode agrees with differences along a random direction."""
    pull, y = make_vjp(f)(x)
    v_in, v_out = _random_like(x), _random_like(y)
    analytic, numeric = _inner(pull(v_out), v_in), _inner(_numerical_jvp(f, x, v_in), v_out)
    assert scalar_close(analytic, numeric), (
        f"Derivative (VJP) check of {_name(f)} failed with arg {x}:\nanalytic: {analytic}\nnumeric:  {numeric}"
    )


def check_jvp(f: Function, x: Any) -> None:
    """AssertionError unless forward mode agrees with differences along a random direction."""
    v = _random_like(x)
    analytic, numeric = flatten(make_jvp(f)(x)(v)[1])[0], flatten(_numerical_jvp(f, x, v))[0]
    assert np.allclose(analytic, numeric, rtol=1e-5, atol=1e-5), (
        f"Derivative (JVP) check of {_name(f)} failed with arg {x}:\nanalytic: {analytic}\nnumeric:  {numeric}"
    )


def check_equivalent(x: Any, y: Any) -> None:
    """AssertionError unless the two nests of arrays agree."""
    a, b = flatten(unbox(x))[0], flatten(unbox(y))[0]
    assert a.shape == b.shape and np.allclose(a, b, rtol=RTOL, atol=TOL), f"Not equivalent: {x} and {y}"


def check_grads(
    f: Function, argnum: Any = None, modes: Sequence[str] = ("fwd", "rev"), order: int = 2
) -> Callable[..., None]:
    """The function that checks the derivatives of `f` at its arguments, in both modes, up to `order`."""
    if not set(modes) <= {"fwd", "rev"}:
        raise ValueError("modes must be a subset of {'fwd', 'rev'}")

    def check(*args: Any, **kwargs: Any) -> None:
        places = range(len(args)) if argnum is None else [argnum] if isinstance(argnum, int) else argnum

        def of_inputs(inputs: Any) -> Any:
            given = list(args)
            for place, x in zip(places, inputs, strict=True):
                given[place] = x
            return f(*given, **kwargs)

        of_inputs.__name__ = _name(f)
        _check(of_inputs, tuple(args[i] for i in places), modes, order)

    return check


def _check(f: Function, x: Any, modes: Sequence[str], order: int) -> None:
    if "fwd" in modes:
        check_jvp(f, x)
    if "rev" in modes:
        check_vjp(f, x)
    if order > 1:
        seed = _random_like(f(x))

        def gradient(x: Any) -> Any:
            return make_vjp(f)(x)[0](seed)

        gradient.__name__ = f"grad of {_name(f)}"
        _check(gradient, x, modes, order - 1)


def combo_check(f: Function, *args: Any, **kwargs: Any) -> Callable[..., None]:
    """`check_grads` on every combination of the given lists of arguments and keywords."""

    def check(*argument_lists: Any, **keyword_lists: Any) -> None:
        for values in product(*argument_lists):
            for keywords in product(*keyword_lists.values()):
                check_grads(f, *args, **kwargs)(*values, **dict(zip(keyword_lists, keywords, strict=True)))

    return check


def _name(f: Function) -> str:
    return getattr(f, "__name__", None) or type(f).__name__
