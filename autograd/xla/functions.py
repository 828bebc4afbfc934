"""JAX's function for NumPy's, on JAX's own arrays: most have the same name, and the rest is here, each with the difference."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..errors import UnsupportedError, user_line
from ..rules import TABLE, convolution
from ..rules.op import Op
from . import windows


def _named(module: Any, path: str) -> Any:
    for part in path.split("."):
        module = getattr(module, part, None)
    return module


@functools.cache
def function(func: Callable[..., Any]) -> Callable[..., Any]:
    """JAX's function for NumPy's `func`."""
    if func in OWN:
        return OWN[func]
    found = _of_jax(func)
    if found is None:
        raise _missing(f"{func.__module__.replace('numpy', 'np', 1)}.{func.__name__}")
    return found


def _of_jax(func: Callable[..., Any]) -> Any:
    """What JAX has under the name of NumPy's `func`."""
    if func.__module__.startswith("scipy."):
        return getattr(jax.scipy.special, func.__name__, None)
    path = [part for part in func.__module__.split(".")[1:] if not part.startswith("_") and part not in ("lib", "ma")]
    return _named(jnp, ".".join([*path, func.__name__]))


_composing: ContextVar[frozenset[Any]] = ContextVar("composing", default=frozenset())


def composed(func: Callable[..., Any]) -> Callable[..., Any] | None:
    """The function of the table that composes NumPy's `func` of others, which takes whatever NumPy takes.

    Where it calls `func` itself in the end, that is JAX's.
    """
    own, running = TABLE.get(func), _composing.get()
    if own is None or isinstance(own, Op) or func in OWN or func in running:
        return None

    def called(*args: Any, **kwargs: Any) -> Any:
        token = _composing.set(running | {func})
        try:
            return own(*args, **kwargs)
        finally:
            _composing.reset(token)

    return called


def _missing(name: str) -> UnsupportedError:
    return UnsupportedError(
        f"{name} of an XLA array at {user_line()}: JAX does not have it. Write it with functions that both have, or compute it "
        "outside of the compiled function on np.asarray(array)"
    )


# -- ufuncs --------------------------------------------------------------------------------------------------------


@functools.cache
def _ufunc(ufunc: np.ufunc) -> Callable[..., Any]:
    name = ufunc.__name__
    found = SPECIAL.get(name) or getattr(jnp, name, None) or getattr(jax.scipy.special, name, None)
    if found is None:
        raise _missing(name)
    return found


_PYTHONS: dict[Any, Any] = {bool: np.dtype(bool), int: int, float: float, complex: complex}


@functools.cache
def _loop(ufunc: np.ufunc, kinds: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """The dtypes in which NumPy computes `ufunc` for operands of these dtypes; None for a ufunc with other rules."""
    try:
        return ufunc.resolve_dtypes((*kinds, *(None,) * ufunc.nout))[: ufunc.nin]
    except (TypeError, ValueError):
        return None


def _kind(x: Any) -> Any:
    """The dtype of an operand; of a Python number its class, and likewise of an argument that was one."""
    python = _PYTHONS.get(type(x))
    if python is not None:
        return python
    dtype = x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype
    if getattr(x, "weak_type", False):
        return {"i": int, "f": float, "c": complex}.get(dtype.kind, dtype)
    return dtype


def ufunc_call(ufunc: np.ufunc, *inputs: Any, where: Any = True, dtype: Any = None, **_: Any) -> Any:
    """A ufunc with NumPy's rules for dtypes: JAX's own make a float32 of int64 and float32."""
    if where is not True:
        raise UnsupportedError(
            f"np.{ufunc.__name__}(…, where=…) of an XLA array at {user_line()}: write np.where(mask, f(x), other)"
        )
    kinds = tuple(map(_kind, inputs))
    if ufunc.__name__ in _OPERATORS and all(isinstance(kind, type) for kind in kinds):
        return _ufunc(ufunc)(*inputs)  # of Python's numbers a Python number, which does not make a float64 of float32
    loop = _loop(ufunc, kinds)
    if ufunc is np.power and loop is not None and (whole := _whole(inputs[1])) is not None and loop[0].kind in "fc":
        return jax.lax.integer_pow(jnp.asarray(inputs[0], loop[0]), whole)  # products: many times faster
    if loop is not None and ufunc.__name__ not in _OWN_DTYPES:
        loop = (np.dtype(dtype),) * len(loop) if dtype is not None else loop
        inputs = tuple(jnp.asarray(x, d) for x, d in zip(inputs, loop, strict=True))
    return _ufunc(ufunc)(*inputs)


def _whole(exponent: Any) -> int | None:
    """The exponent, if it is a small integer that is known."""
    known = isinstance(exponent, (int, float, np.integer, np.floating))
    return int(exponent) if known and exponent == exponent // 1 and abs(exponent) <= 8 else None


_OPERATORS = frozenset(
    {"add", "subtract", "multiply", "divide", "floor_divide", "remainder", "power", "negative", "absolute"}
)
_OWN_DTYPES = frozenset({"ldexp"})  # their second operand has a dtype of its own in JAX too
_REDUCED: dict[str, str] = {
    "add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min", "logical_and": "all", "logical_or": "any",
}  # fmt: skip
_ACCUMULATED = {"add": "cumsum", "multiply": "cumprod"}


def ufunc_method(
    ufunc: np.ufunc, method: str, x: Any, *more: Any, axis: Any = 0, keepdims: bool = False, **options: Any
) -> Any:
    """``np.add.reduce`` and its relatives."""
    x, others = jnp.asarray(x), [jnp.asarray(one) for one in more]
    options = {key: given for key, given in options.items() if given is not None}
    known = {"reduce": _REDUCED, "accumulate": _ACCUMULATED}.get(method, {}).get(ufunc.__name__)
    if known is not None:
        return getattr(jnp, known)(x, axis=axis, **({"keepdims": True} if keepdims else {}), **options)
    if method == "outer":
        return ufunc_call(ufunc, x.reshape(x.shape + (1,) * others[0].ndim), others[0])
    general = jnp.frompyfunc(lambda a, b: ufunc_call(ufunc, a, b), nin=2, nout=1)
    if method != "reduce":
        return getattr(general, method)(x, *others, axis=axis)
    axes = {i % x.ndim for i in (range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,))}
    kept = [i for i in range(x.ndim) if i not in axes]
    line = x.transpose(*kept, *sorted(axes)).reshape(*(x.shape[i] for i in kept), -1)
    start = options.get("initial")
    line = line if start is None else jnp.append(jnp.full((*line.shape[:-1], 1), start), line, axis=-1)
    result = functools.reduce(functools.partial(ufunc_call, ufunc), [line[..., i] for i in range(line.shape[-1])])
    return result.reshape([1 if i in axes else n for i, n in enumerate(x.shape)]) if keepdims else result


# -- functions that differ -----------------------------------------------------------------------------------------

# Functions whose result is an array of its own.
MAKERS = frozenset({
    np.zeros_like, np.ones_like, np.empty_like, np.full_like, np.shape, np.ndim, np.size, np.iscomplexobj, np.isrealobj,
    np.result_type, np.argsort, np.searchsorted,
})  # fmt: skip


def _sorting(f: Callable[..., Any]) -> Callable[..., Any]:
    """Without the name of an algorithm, which NumPy takes: JAX sorts stably."""

    def sorts(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
        return f(a, axis=axis)

    return sorts


# Ufuncs of `scipy.special` that JAX has under another name, or that are a step away.
SPECIAL: dict[str, Callable[..., Any]] = {
    "psi": jax.scipy.special.digamma,
    "rgamma": lambda x: 1 / jax.scipy.special.gamma(x),
    "exp10": lambda x: jnp.exp2(x * np.log2(10)),
    "log_expit": jax.nn.log_sigmoid,
    "cosm1": lambda x: -2 * jnp.sin(x / 2) ** 2,
}

OWN: dict[Callable[..., Any], Callable[..., Any]] = {
    np.shape: jnp.shape,
    np.fix: jnp.trunc,
    np.where: lambda condition, *branches: jnp.where(jnp.asarray(condition), *map(jnp.asarray, branches)),
    np.asarray: lambda a, dtype=None, **_: jnp.asarray(a, dtype),
    np.sort: _sorting(jnp.sort),
    np.argsort: _sorting(jnp.argsort),
    np.result_type: lambda *given: np.result_type(
        *[x if isinstance(x, type) else getattr(x, "dtype", x) for x in given]
    ),
    np.searchsorted: lambda a, v, side="left", sorter=None: jnp.searchsorted(
        jnp.asarray(a), jnp.asarray(v), side=side, sorter=sorter
    ),
    convolution.convolution.forward: windows.convolution,
    convolution.convolution_transpose.forward: windows.transpose,
    convolution.convolution_weight.forward: windows.weight,
}
