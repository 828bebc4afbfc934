"""Many cotangents at once: the rules as they are, for a `g` with one more axis in front.

Most rules do not mind it. That of an elementwise function is elementwise arithmetic, which broadcasts over an axis in
front; those of matrix functions work on the last two axes. Others need a keyword changed: an axis counted from the end stays
what it is, a shape gets the new axis, and so does an input whose shape the rule reads. What is not listed here, the rules
of users among it, is asked for one cotangent after the other. The tests compare the three ways for every row.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import fourier, fused, indexing, linalg, norms, products
from . import reductions as r
from . import shaping as s
from .op import Array, Op

Static = dict[str, Any]
Call = tuple[Array, Sequence[Array], Static]  # what a rule is given besides g: out, inputs, keywords
More = Callable[[int, Array, Sequence[Array], Static], Call | None]

_EVERYWHERE = (None, None, None)  # the slice of a whole axis, as `indexing.freeze` writes it

# Besides elementwise ones, the rules that take any number of axes in front of g.
AS_THEY_ARE: frozenset[Op] = frozenset({
    s.broadcast_to, s.astype, s.matrix_transpose,
    products.matmul, linalg.inv, linalg.solve_columns, linalg.cofactors, linalg.det, linalg.logabsdet, linalg.pinv_whole,
    linalg.cholesky_factor, linalg.eigh_packed, linalg.eig_packed, linalg.svd_packed, linalg.qr_packed,
    fused.attention, fused.cross_entropy,
})  # fmt: skip
# Of these the ones for the inputs at some places; the others add up over all axes in front.
_SOME_AS_THEY_ARE: dict[Op, frozenset[int]] = {fused.linear: frozenset({0}), fused.layer_norm: frozenset({0})}


def from_end(axis: Any, ndim: int) -> Any:
    """The axes that `axis` names, counted from the end; None is all of them."""
    if axis is None or not ndim:
        return tuple(range(-ndim, 0))
    return tuple(int(i) % ndim - ndim for i in axis) if np.iterable(axis) else int(axis) % ndim - ndim


def ahead(n: int, x: Array) -> Array:
    """`x`, n times along a new axis in front: a view."""
    return s.broadcast_to(x, shape=(n, *x.shape))


_ONE = np.ones(())


def in_shape(shape: tuple[int, ...]) -> Array:
    """A stand-in for an input of which a rule reads the shape alone."""
    return s.broadcast_to.forward(_ONE, shape)


def _axes(*keywords: str, default: Any = None, whole: bool = True) -> More:
    """The axes in `keywords` from the end. Where None means the flattened array, not all axes, it is not the `whole`."""

    def more(n: int, out: Array, inputs: Sequence[Array], static: Static) -> Call | None:
        named = {key: static.get(key, default) for key in keywords}
        if not whole and None in named.values():
            return None
        return out, inputs, {**static, **{key: from_end(axis, out.ndim) for key, axis in named.items()}}

    return more


def _shaped(more: More | None = None) -> More:
    """As `more`, for a rule that reads the shape of its input."""

    def shaped(n: int, out: Array, inputs: Sequence[Array], static: Static) -> Call | None:
        call = more(n, out, inputs, static) if more is not None else (out, inputs, static)
        return call and (call[0], [ahead(n, x) for x in call[1]], call[2])

    return shaped


def _reduced(n: int, out: Array, inputs: Sequence[Array], static: Static) -> Call:
    """A reduction, whose rule may set its result beside its input."""
    (x,) = inputs
    return ahead(n, out), [ahead(n, x)], {**static, "axis": from_end(static.get("axis"), x.ndim)}


def _summed(n: int, out: Array, inputs: Sequence[Array], static: Static) -> Call:
    """A reduction whose rule reads the shape of its input alone."""
    (x,) = inputs
    return out, [in_shape((n, *x.shape))], {**static, "axis": from_end(static.get("axis"), x.ndim)}


def _reshaped(n: int, out: Array, inputs: Sequence[Array], static: Static) -> Call:
    return out, [in_shape((n, *inputs[0].shape))], {**static, "shape": (n, *out.shape)}


def _same_numbers(n: int, out: Array, inputs: Sequence[Array], static: Static) -> Call:
    """An axis of length one put in, or left out: of the input its shape counts."""
    x = inputs[0]
    axis = static.get("axis")
    if axis is None:
        axis = tuple(i for i, length in enumerate(x.shape) if length == 1)
    ndim = max(x.ndim, out.ndim)
    return out, [in_shape((n, *x.shape))], {**static, "axis": from_end(axis, ndim)}


def _transposed(n: int, out: Array, inputs: Sequence[Array], static: Static) -> Call:
    ndim = out.ndim
    axes = static.get("axes") or range(ndim)[::-1]
    return out, inputs, {"axes": (0, *(a % ndim + 1 for a in axes))}


def _joined(n: int, out: Array, inputs: Sequence[Array], static: Static) -> Call | None:
    axis = static.get("axis", 0)
    return None if axis is None else (ahead(n, out), inputs, {**static, "axis": axis % out.ndim - out.ndim})


def _padded(n: int, out: Array, inputs: Sequence[Array], static: Static) -> Call:
    return out, [in_shape((n, *inputs[0].shape))], {**static, "pad_width": ((0, 0), *static["pad_width"])}


def _einsum(n: int, out: Array, inputs: Sequence[Array], static: Static) -> Call:
    letter = next(c for c in string.ascii_letters[::-1] if c not in "".join((*static["terms"], static["result"])))
    terms = tuple(letter + term for term in static["terms"])
    return out, [ahead(n, x) for x in inputs], {**static, "terms": terms, "result": letter + static["result"]}


# -- picks ---------------------------------------------------------------------------------------------------------


def more_index(index: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """The same index behind a new axis. None where there is none: NumPy puts the axis of arrays that stand apart first."""
    if "array" in index:
        places = [i for i, part in enumerate(index) if part == "array" or part.__class__ is int]
        if places[-1] - places[0] != len(places) - 1:
            return None
    return (_EVERYWHERE, *index)


def more_views(n: int, shape: tuple[int, ...], views: tuple[indexing.View, ...]) -> tuple[indexing.View, ...]:
    """The views of an array of this shape, one of the other, behind a new axis."""
    x, result = in_shape(shape), []
    for op, items in views:
        shown = op(x, **dict(items))
        call = KEYWORDS[op](n, shown, [x], dict(items)) if op in KEYWORDS else (shown, [x], dict(items))
        assert call is not None  # a view has no arrays in its index
        result.append((op, tuple(call[2].items())))
        x = shown
    return tuple(result)


def _picked(n: int, out: Array, inputs: Sequence[Array], static: Static) -> Call | None:
    x, *arrays = inputs
    index = more_index(static["index"])
    return index and (out, [in_shape((n, *x.shape)), *arrays], {"index": index})


def _assigned(n: int, out: Array, inputs: Sequence[Array], static: Static) -> Call | None:
    x, *others = inputs
    index = more_index(static["index"])
    return index and (out, [in_shape((n, *x.shape)), *others], {"index": index})


def _put(n: int, out: Array, inputs: Sequence[Array], static: Static) -> Call | None:
    index = more_index(static["index"])
    return index and (out, inputs, {"shape": (n, *static["shape"]), "index": index})


def _all_put(n: int, out: Array, inputs: Sequence[Array], static: Static) -> Call | None:
    shape, picked = static["shape"], []
    for index, arrays, views in static["picked"]:
        more = more_index(index)
        if more is None:
            return None
        picked.append((more, arrays, more_views(n, shape, views)))
    return out, inputs, {"shape": (n, *shape), "picked": tuple(picked)}


# How what a rule is given changes when every array has one more axis in front; None where it does not go.
KEYWORDS: dict[Op, More] = {
    s.reshape_rows: _reshaped, s.expand_dims: _same_numbers, s.squeeze: _same_numbers, s.transpose: _transposed,
    s.swapaxes: _axes("axis1", "axis2"), s.moveaxis: _axes("source", "destination"), s.flip: _axes("axis"),
    s.roll: _axes("axis", whole=False), s.concatenate_arrays: _joined, s.stack_arrays: _joined, s.pad_zeros: _padded,
    r.sum: _summed, r.mean: _summed, r.prod: _reduced, r.max: _reduced, r.min: _reduced, r.var: _reduced, r.std: _reduced,
    r.direction: _axes("axis"), r.deviation: _axes("axis"), r.standard: _axes("axis"), r.shares: _axes("axis"),
    r.logsumexp: _reduced, norms.two_norm: _reduced, norms.vector_p_norm: _reduced,
    r.softmax: _axes("axis", default=-1), r.log_softmax: _axes("axis", default=-1),
    r.cumsum: _shaped(_axes("axis", whole=False)), fused.standardize: _axes("axes"),
    indexing.getitem: _picked, indexing.assign: _assigned, indexing.scatter: _put, indexing.scatter_all: _all_put,
    products.einsum_arrays: _einsum,
    fourier.fft_line: _axes("axis", default=-1), fourier.ifft_line: _axes("axis", default=-1),
    fourier.rfft_line: _axes("axis", default=-1), fourier.irfft_line: _axes("axis", default=-1),
}  # fmt: skip


# -- the way back --------------------------------------------------------------------------------------------------


def pull(
    op: Op, n: int, wanted: Sequence[int], g: Array, out: Array, inputs: Sequence[Array], static: Static
) -> list[Array | None]:
    """As `Op.pull` for each of the n cotangents along the first axis of `g`; the results have this axis too."""
    if not op.folds or op in AS_THEY_ARE or _SOME_AS_THEY_ARE.get(op, frozenset()).issuperset(wanted):
        found = op.pull(wanted, g, out, inputs, static)
        return [c if c is None or c.ndim > out.ndim else ahead(n, c) for c in found]  # not of g: it is 0
    more = KEYWORDS.get(op)
    call = None if more is None else more(n, out, inputs, static)
    if call is not None:
        return list(op.pull(wanted, g, *call))
    return one_by_one(op, n, wanted, g, out, inputs, static)


def one_by_one(
    op: Op, n: int, wanted: Sequence[int], g: Array, out: Array, inputs: Sequence[Array], static: Static
) -> list[Array | None]:
    """`Op.pull` n times."""
    found = [op.pull(wanted, g[i], out, inputs, static) for i in range(n)]
    return [None if cs[0] is None else s.stack(cs) for cs in zip(*found, strict=True)]
