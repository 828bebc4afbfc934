"""What rules written for HIPS autograd call. Here `shapes.fit` undoes broadcasting anyway; they do no harm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.convert import unbox
from ..engine.shapes import fit
from ..rules import indexing


def unbroadcast(x: Any, target_meta: Any, broadcast_idx: int = 0) -> Any:
    """`x`, summed back to the shape of the target (an array, or HIPS's tuple of shape, ndim, dtype, iscomplex)."""
    if isinstance(target_meta, tuple) and len(target_meta) == 4:
        return fit(x, np.empty(target_meta[0], target_meta[2]))
    return fit(x, target_meta)


def unbroadcast_f(target: Any, f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The rule `f`, with its result summed back to the shape of `target`."""
    return lambda g: unbroadcast(f(g), target if hasattr(target, "shape") else np.asarray(target))


def match_complex(target: Any, x: Any) -> Any:
    """`x`, real where `target` is real and complex where it is complex."""
    if np.iscomplexobj(x) and not np.iscomplexobj(target):
        return np.real(x)
    return x + 0j if np.iscomplexobj(target) and not np.iscomplexobj(x) else x


def balanced_eq(x: Any, z: Any, y: Any) -> Any:
    """1 where x = z, ½ where y is that too, 0 elsewhere: who of x and y has the extremum z."""
    x, y, z = unbox(x), unbox(y), unbox(z)
    return (x == z) / (1.0 + (x == y))


def replace_zero(x: Any, val: Any) -> Any:
    """`x`, with `val` in place of zeros."""
    return np.where(unbox(x) != 0, x, val)


def untake(x: Any, idx: Any, vs: Any) -> Any:
    """The array of the space `vs` with `x` added at `idx`, and zeros elsewhere."""
    return indexing.scatter_add(np.zeros(vs.shape, vs.dtype), idx, x)


def repeat_to_match_shape(g: Any, shape: Any, dtype: Any, axis: Any, keepdims: bool) -> tuple[Any, Any]:
    """`g`, the cotangent of a reduction over `axis`, repeated to the reduced array's shape; and how many there are of each."""
    if shape == ():
        return g, 1
    kept = np.array(shape)
    places = list(axis) if isinstance(axis, tuple) else slice(None) if axis is None else axis
    repeats = np.prod(kept[places])
    kept[places] = 1
    return np.reshape(g, tuple(kept.tolist())) + np.zeros(shape, dtype=dtype), repeats


def grad_chooser(ans: Any, x: Any, axis: Any = None, keepdims: bool = False, **kwargs: Any) -> Callable[[Any], Any]:
    """The rule of a reduction that chooses an element: those that are equal to the result share the cotangent evenly."""
    shape, dtype = np.shape(x), np.result_type(x)

    def pull(g: Any) -> Any:
        repeated, _ = repeat_to_match_shape(g, shape, dtype, axis, keepdims)
        chosen = unbox(x) == unbox(repeat_to_match_shape(unbox(ans), shape, dtype, axis, keepdims)[0])
        return repeated * chosen / np.sum(chosen, axis=axis, keepdims=True)

    return pull


def broadcast(x: Any, target: Any) -> Any:
    """`x` in the shape of `target`, and complex if that is."""
    return match_complex(np.zeros((), np.result_type(target, x)), np.broadcast_to(x, np.shape(target)))


def fwd_grad_chooser(g: Any, ans: Any, x: Any, axis: Any = None, keepdims: bool = False, **kwargs: Any) -> Any:
    """The tangent of a reduction that chooses an element: the mean over those that are equal to the result."""
    whole, _ = repeat_to_match_shape(unbox(ans), np.shape(x), np.result_type(x), axis, keepdims)
    chosen = unbox(x) == whole
    return np.sum(g * chosen, axis=axis, keepdims=keepdims) / np.sum(chosen, axis=axis, keepdims=keepdims)
