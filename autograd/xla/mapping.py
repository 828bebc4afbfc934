"""`vmap`: a function of one example as a function of many at once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .. import tree
from ..engine.graph import reachable
from ..engine.mode import is_recording
from ..engine.value import Value, wrap
from ..engine.witness import next_number
from ..errors import ShapeError, user_line
from ..opaque import plain as without_values
from ..opaque import record_call
from ..tracing import differentiable
from .array import XlaArray
from .memory import at_level, double, level
from .nests import Form, arrays_of, is_array, plain
from .pulling import pulled_back

Function = Callable[..., Any]
Axis = int | None


def vmap(f: Function, in_axes: Any = 0, out_axes: Any = 0) -> Function:
    """`f` for each part of its arguments along the axes `in_axes`, all at once; the results lie along `out_axes`.

    `in_axes` is one for all arguments, or a tuple with one for each: an integer, None for an argument that is the same for
    all, or a nest of them in the form of the argument. `out_axes` likewise for the result. It works within `jit` and outside,
    and is differentiated with respect to its arguments and to what `f` closes over.

    Raises:
        ShapeError: the mapped axes have different lengths, or nothing is mapped.
    """

    @functools.wraps(f)
    def mapped(*args: Any) -> Any:
        axes = _spread(in_axes, list(args) if isinstance(in_axes, (list, tuple)) else args)
        return _call(f, args, axes, out_axes)

    return mapped


def _spread(axes: Any, nest: Any) -> list[Axis]:
    """The axis of each array in a nest, from one for all or a nest of them."""
    if axes is None or isinstance(axes, int):
        return [axes] * len(arrays_of(nest))
    parts = list(nest.values()) if isinstance(nest, dict) else list(nest)
    given = [axes[key] for key in nest] if isinstance(nest, dict) else list(axes)
    if len(parts) != len(given):
        raise ShapeError(f"vmap at {user_line()}: there are {len(given)} axes for {len(parts)} arguments")
    return [axis for one, part in zip(given, parts, strict=True) for axis in _spread(one, part)]


def _call(f: Function, args: Any, axes: list[Axis], out_axes: Any) -> Any:
    arrays = arrays_of(args)
    _check_lengths(arrays, axes)
    run = _Mapped(f, Form(args), axes)
    result = run(arrays)
    wanted = [i for i, x in enumerate(arrays) if differentiable(x)]
    if (wanted or run.border) and is_recording():

        def back(asked: Sequence[int], g: Any, out: Any, given: Sequence[Any]) -> list[Any]:
            recorded = any(isinstance(x, Value) for x in given)
            found = run.back(g, given[: len(arrays)], wanted, recorded)
            return [found[i] for i in asked]

        inputs = [x if i in wanted else without_values(x) for i, x in enumerate(arrays)]
        result = record_call(getattr(f, "__name__", "vmap"), result, [*inputs, *run.border], back)
    return _moved(result, out_axes)


def _check_lengths(arrays: Sequence[Any], axes: Sequence[Axis]) -> None:
    lengths = set()
    for x, axis in zip(arrays, axes, strict=True):
        if axis is not None:
            shape = getattr(x, "shape", ())
            if not -len(shape) <= axis < len(shape):
                raise ShapeError(f"vmap at {user_line()}: there is no axis {axis} in an argument of shape {shape}")
            lengths.add(shape[axis])
    if len(lengths) != 1:
        raise ShapeError(
            f"vmap at {user_line()}: the mapped axes have the lengths {sorted(lengths)}, and must have one in common"
            if lengths
            else f"vmap at {user_line()}: no argument is mapped (in_axes)"
        )


def _moved(result: Any, axes: Any) -> Any:
    """The results with the new axis where it is wanted."""
    if axes == 0 and not isinstance(axes, (list, tuple, dict)):
        return result
    leaves, build = tree.flatten(result)
    wanted = iter(_spread(axes, result))
    return build([_at(leaf, next(wanted)) if is_array(leaf) else leaf for leaf in leaves])


def _at(x: Any, axis: Axis) -> Any:
    return x[0] if axis is None else np.moveaxis(x, 0, axis)


class _Mapped:
    """`f`, mapped by JAX; the Values that its results were found to depend on, besides its arguments, are the `border`."""

    def __init__(self, f: Function, takes: Form, axes: list[Axis]) -> None:
        self._f, self._takes, self._axes = f, takes, axes
        self.border: list[Value] = []

    def __call__(self, arrays: Sequence[Any]) -> Any:
        given: Form | None = None

        def one(*tracers: Any) -> list[Any]:
            nonlocal given
            inputs: list[Any] = [XlaArray(x) for x in tracers]
            inputs = [wrap(x, False) if was else x for x, was in zip(inputs, self._takes.values, strict=True)]
            began = next_number()
            with at_level(began):
                out = self._f(*self._takes.filled(inputs))
            results = arrays_of(out)
            self.border = [x for x in reachable(filter(differentiable, results), began)[1] if isinstance(x, Value)]
            given = Form(out)
            return [jnp.asarray(plain(x)) for x in results]

        with double(True):
            found = jax.vmap(one, in_axes=self._axes)(*[plain(x) for x in arrays])
        assert given is not None  # JAX has called it
        return given.filled([XlaArray(x, level.get()) for x in found])

    def back(self, g: Any, given: Sequence[Any], wanted: Sequence[int], recorded: bool) -> dict[int, Any]:
        """The cotangents of the arguments `wanted`, and of the border behind all arguments, for that of the result."""
        n = len(given)

        def one(g: Any, *given: Any) -> list[Any]:
            return pulled_back(lambda xs: self._f(*self._takes.filled(xs)), g, given, wanted, self.border, recorded)

        axes = [0] * len(arrays_of(g)) + self._axes
        found = _call(one, (g, *given), axes, 0)
        places = [*wanted, *range(n, n + len(self.border))]
        return {i: _gathered(c, self._axes[i] if i < n else None) for i, c in zip(places, found, strict=True)}


def _gathered(c: Any, axis: Axis) -> Any:
    """The cotangents of all parts as that of the whole: side by side, or added up where there is one for all."""
    return c.sum(axis=0) if axis is None else np.moveaxis(c, 0, axis)
