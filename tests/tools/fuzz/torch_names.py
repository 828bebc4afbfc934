"""PyTorch under NumPy's names: `torch._numpy`, whose arrays hold tensors, and here what it lacks or does in another way."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
import torch._numpy as tnp

from .libraries import Layer, networks, triangle


def lifted(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of tensors as one of arrays."""

    def call(*arguments: Any, **options: Any) -> Any:
        result = function(
            *(tnp.asarray(x).tensor if isinstance(x, (tnp.ndarray, float)) else x for x in arguments), **options
        )
        return tnp.asarray(result)

    return call


def constant(x: Any) -> Any:
    """The numbers in an array of PyTorch's, as NumPy's; in a tuple too."""
    if isinstance(x, tuple):
        return tuple(map(constant, x))
    return x.tensor.detach().resolve_conj().numpy() if isinstance(x, tnp.ndarray) else x


def numbered(*arrays: Any) -> list[Any]:
    """For each array one of its shape that holds the places of its elements, were all arrays in one row."""
    starts = np.cumsum([0, *(math.prod(x.shape) for x in arrays)])
    return [
        start + np.arange(math.prod(x.shape)).reshape(tuple(x.shape)) for start, x in zip(starts, arrays, strict=False)
    ]


def gathered(places: Any, *arrays: Any) -> Any:
    """The elements at `places` of the row that `numbered` means; 0 where there is a -1."""
    row = tnp.concatenate([tnp.ravel(x) for x in arrays]).tensor
    found = row[torch.as_tensor(np.maximum(places, 0).ravel())].reshape(np.shape(places))
    return tnp.asarray(found * torch.as_tensor(np.asarray(places) >= 0))


def moving(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of NumPy's that moves elements and does not change them: it says where they go."""

    def call(x: Any, *arguments: Any, **options: Any) -> Any:
        return gathered(function(*numbered(x), *map(constant, arguments), **options), x)

    return call


def _getitem(x: Any, index: Any) -> Any:
    return gathered(numbered(x)[0][constant(index)], x)


# Its own is wrong for negative steps behind an ellipsis or an array, and has no derivative of //.
tnp.ndarray.__getitem__ = _getitem
tnp.ndarray.__floordiv__ = lambda x, y: tnp.floor(x / y)


def _pad(x: Any, width: Any, mode: str = "constant", constant_values: float | None = None) -> Any:
    places = np.pad(numbered(x)[0], width, mode=mode, **({"constant_values": -1} if mode == "constant" else {}))
    return gathered(places, x) + tnp.asarray((constant_values or 0.0) * (places < 0))


def _insert(x: Any, where: Any, new: Any, axis: int | None = None) -> Any:
    new = tnp.asarray(new)
    places, others = numbered(x, new)
    return gathered(np.insert(places, where, others, axis=axis), x, new)


def _extract(mask: Any, x: Any) -> Any:
    return x[mask]


def _compress(mask: Any, x: Any, axis: int) -> Any:
    return moving(lambda places: np.compress(mask, places, axis=axis))(x)


def _sum(x: Any, axis: Any = None, keepdims: bool = False, where: Any = True) -> Any:
    return (
        tnp.where(where, x, 0.0).sum(axis=axis, keepdims=keepdims)
        if where is not True
        else tnp.sum(x, axis, keepdims=keepdims)
    )


def _max(x: Any, axis: Any = None, initial: float | None = None) -> Any:
    largest = tnp.max(x, axis=axis)
    return largest if initial is None else tnp.maximum(largest, initial)


def _median(x: Any, axis: Any = None) -> Any:
    """Its own has another shape where there is one element."""
    x, axis = (tnp.ravel(x), 0) if axis is None else (x, axis)
    n, ordered = x.shape[axis], tnp.sort(x, axis=axis)
    return (numpy.take(ordered, (n - 1) // 2, axis=axis) + numpy.take(ordered, n // 2, axis=axis)) / 2


def _quantile(x: Any, q: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return tnp.quantile(tnp.ravel(x), q, axis=0) if axis is None else tnp.quantile(x, q, axis=axis, keepdims=keepdims)


def _percentile(x: Any, q: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return _quantile(x, q / 100, axis, keepdims)


def _polyadd(x: Any, y: Any, sign: float = 1.0) -> Any:
    n = max(x.size, y.size)
    return _pad(x, (n - x.size, 0)) + sign * _pad(y, (n - y.size, 0))


def _linspace(start: Any, stop: Any, count: int) -> Any:
    return tnp.stack([start + (stop - start) * (k / (count - 1)) for k in range(count)])


def _dot(x: Any, y: Any) -> Any:
    """Its own multiplies stacks of matrices."""
    return x * y if 0 in (x.ndim, y.ndim) else tnp.tensordot(x, y, axes=((-1,), (max(-2, -y.ndim),)))


def _apply_along_axis(function: Callable[..., Any], axis: int, x: Any) -> Any:
    """For functions that return a number."""
    rows = tnp.moveaxis(x, axis, -1)
    flat = tnp.reshape(rows, (-1, rows.shape[-1]))
    return tnp.reshape(tnp.stack([function(flat[k]) for k in range(flat.shape[0])]), rows.shape[:-1])


def _cross(x: Any, y: Any) -> Any:
    """Its own assigns to elements."""
    return lifted(torch.linalg.cross)(*tnp.broadcast_arrays(x, y))


def _interp(x: Any, xs: Any, ys: Any) -> Any:
    k = np.clip(np.searchsorted(xs, constant(x)), 1, len(xs) - 1)
    slopes = tnp.asarray((ys[k] - ys[k - 1]) / (xs[k] - xs[k - 1]))
    return tnp.asarray(ys[k - 1]) + (x - tnp.asarray(xs[k - 1])) * slopes


def _unwrap(x: Any) -> Any:
    """It adds constants."""
    return x + tnp.asarray(np.unwrap(constant(x)) - constant(x))


def _matvec(a: Any, x: Any) -> Any:
    return (a @ x[..., None])[..., 0]


def _vecmat(x: Any, a: Any) -> Any:
    return (x[..., None, :].conj() @ a)[..., 0, :]


def _vecdot(x: Any, y: Any) -> Any:
    return (x.conj() * y).sum(-1)


def _logsumexp(x: Any, axis: int | None = None) -> Any:
    return torch.logsumexp(x, tuple(range(x.ndim)) if axis is None else axis)


def _softmax(x: Any, axis: int = -1) -> Any:
    return torch.softmax(x, axis)


def _log_softmax(x: Any, axis: int = -1) -> Any:
    return torch.log_softmax(x, axis)


def _cross_entropy(z: Any, target: Any, reduction: str = "none") -> Any:
    classes, soft = z.shape[-1], target.shape == z.shape
    rows = torch.reshape(target, (-1, classes) if soft else (-1,))
    terms = torch.nn.functional.cross_entropy(torch.reshape(z, (-1, classes)), rows, reduction=reduction)
    return torch.reshape(terms, z.shape[:-1]) if reduction == "none" else terms


functions = SimpleNamespace(
    sigmoid=lifted(torch.sigmoid), softplus=lifted(lambda x: torch.logaddexp(x, torch.zeros_like(x))),
    gelu=lifted(torch.nn.functional.gelu), silu=lifted(torch.nn.functional.silu), erf=lifted(torch.special.erf),
    erfc=lifted(torch.special.erfc), relu=lifted(torch.relu), logsumexp=lifted(_logsumexp), softmax=lifted(_softmax),
    log_softmax=lifted(_log_softmax), gelu_tanh=lifted(lambda x: torch.nn.functional.gelu(x, approximate="tanh")),
    **networks(tnp, lifted(_softmax), lifted(_log_softmax))
    | {
        "linear": lifted(lambda x, weight, bias: torch.nn.functional.linear(x, weight.T, bias)),
        "cross_entropy": lifted(_cross_entropy),
        "layer_norm": lifted(lambda x, w, b, eps: torch.nn.functional.layer_norm(x, w.shape, w, b, eps)),
    },
)  # fmt: skip


def _cumulative(running: Callable[..., Any], first: float) -> Callable[..., Any]:
    """A running sum or product, with `first` in front where it is asked for."""

    def call(x: Any, axis: int, include_initial: bool = False) -> Any:
        out = running(x, axis)
        start = out.new_full([1 if k == axis % x.ndim else n for k, n in enumerate(x.shape)], first)
        return torch.cat([start, out], axis) if include_initial else out

    return lifted(call)


def _trapezoid(y: Any, x: Any = None, axis: int = -1) -> Any:
    """Its own broadcasts `x` in another way."""
    y = tnp.moveaxis(y, axis, -1)
    steps = 1.0 if x is None else tnp.diff(x)
    return (steps * (y[..., 1:] + y[..., :-1]) / 2).sum(axis=-1)


def _convolve(x: Any, y: Any, mode: str = "full") -> Any:
    """Its own has no "same" for even lengths."""
    x, y = tnp.atleast_1d(x), tnp.atleast_1d(y)
    n, m = x.size, y.size
    one_hot = np.arange(n + m - 1)[:, None, None] == np.add.outer(np.arange(n), np.arange(m))
    full = (tnp.asarray(one_hot.astype(float)) * tnp.outer(x, y)).sum(axis=-1).sum(axis=-1)
    return full if mode == "full" else full[(min(n, m) - 1) // 2 :][: max(n, m)]


def _polymul(x: Any, y: Any) -> Any:
    """NumPy leaves out zeros in front."""
    parts = []
    for p in map(tnp.atleast_1d, (x, y)):
        kept = np.flatnonzero(constant(p))
        parts.append(p[int(kept[0]) :] if kept.size else tnp.zeros(1))
    return _convolve(*parts)


_linalg = Layer(
    tnp.linalg,
    vector_norm=lifted(lambda x, axis=None: torch.linalg.vector_norm(x, dim=axis)),
    vecdot=lifted(_vecdot),
    svdvals=lifted(torch.linalg.svdvals),
    matrix_norm=lifted(torch.linalg.matrix_norm),
    outer=tnp.outer,
    matmul=tnp.matmul,
    tensordot=tnp.tensordot,
    matrix_transpose=lifted(lambda x: x.mT),
    cross=_cross,
    trace=lambda x: tnp.trace(x, axis1=-2, axis2=-1),
    diagonal=lambda x: tnp.diagonal(x, axis1=-2, axis2=-1),
)

numpy = Layer(
    tnp,
    linalg=_linalg,
    array=np.array,
    delete=moving(np.delete),
    take=moving(np.take),
    pad=_pad,
    insert=_insert,
    extract=_extract,
    compress=_compress,
    sum=_sum,
    max=_max,
    median=_median,
    linspace=_linspace,
    vecdot=_linalg.vecdot,
    matvec=lifted(_matvec),
    vecmat=lifted(_vecmat),
    trapezoid=_trapezoid,
    convolve=_convolve,
    cumulative_sum=_cumulative(torch.cumsum, 0.0),
    cumulative_prod=_cumulative(torch.cumprod, 1.0),
    # The programs have no NaNs.
    nansum=tnp.sum,
    nanmean=tnp.mean,
    nanmax=tnp.max,
    nanmin=tnp.min,
    nanmedian=_median,
    nanprod=tnp.prod,
    nanstd=tnp.std,
    nanvar=tnp.var,
    nancumsum=tnp.cumsum,
    nancumprod=tnp.cumprod,
    nanquantile=_quantile,
    quantile=_quantile,
    percentile=_percentile,
    nanpercentile=_percentile,
    polyadd=_polyadd,
    polysub=lambda x, y: _polyadd(x, y, -1.0),
    polyder=lambda p: p[:-1] * tnp.asarray(np.arange(p.size - 1.0, 0.0, -1.0)),
    polyint=lambda p: tnp.append(p / tnp.asarray(np.arange(float(p.size), 0.0, -1.0)), 0.0),
    logspace=lambda x, y, n: 10 ** _linspace(x, y, n),
    geomspace=lambda x, y, n: tnp.exp(_linspace(tnp.log(x), tnp.log(y), n)),
    matrix_transpose=_linalg.matrix_transpose,
    fix=tnp.trunc,
    modf=lambda x: (x - tnp.trunc(x), tnp.trunc(x)),
    sign=lifted(torch.sgn),
    outer=lambda x, y: tnp.outer(tnp.ravel(x), tnp.ravel(y)),
    unstack=lambda x, axis: [numpy.take(x, k, axis=axis) for k in range(x.shape[axis])],
    polyval=lambda p, x: sum(float(c) * x ** (len(p) - 1 - k) for k, c in enumerate(p)),
    ediff1d=lambda x: tnp.diff(tnp.ravel(x)),
    block=lambda parts: tnp.concatenate([tnp.atleast_1d(x) for x in parts], axis=-1),
    partition=lambda x, k: tnp.sort(x, axis=-1),
    piecewise=lambda x, conditions, branches: tnp.where(conditions[0], branches[0](x), branches[1](x)),
    select=lambda conditions, xs, other: tnp.where(conditions[0], xs[0], tnp.where(conditions[1], xs[1], other)),
    rollaxis=lambda x, axis: tnp.moveaxis(x, axis, 0),
    vander=lambda x, n: tnp.stack([x**k for k in reversed(range(n))], axis=-1),
    interp=_interp,
    unwrap=_unwrap,
    cross=_cross,
    polymul=_polymul,
    dot=_dot,
    tril=triangle(tnp, tnp.tril),
    triu=triangle(tnp, tnp.triu),
    apply_along_axis=_apply_along_axis,
    apply_over_axes=lambda function, x, axes: function(x, axis=axes[0], keepdims=True),
    ldexp=lambda x, n: x * 2.0**n,
    floor_divide=lambda x, y: tnp.floor(x / y),
    heaviside=lambda x, y: tnp.where(x > 0, 1.0, 0.0),
)
