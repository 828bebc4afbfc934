"""One sample per row of the table: a call, the domain and the shapes to try it on. Everything else is generated.

A sample's arguments are drawn so that no two numbers are equal and none lies at a kink: see `draw`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import functions as F
from autograd.rules.shaping import reshape_rows, transpose

Shape = tuple[int, ...]

ANY = (-2.0, 2.0)
POSITIVE = (0.3, 2.0)
UNIT = (-0.9, 0.9)
ABOVE_ONE = (1.2, 3.0)
AWAY = "away"  # from zero, on both sides


@dataclass(frozen=True)
class Sample:
    """A call of the function `name` of the table on arrays of the given shapes, with numbers from the given domains."""

    name: str
    call: Callable[..., Any]
    domains: tuple[Any, ...]
    shapes: tuple[Shape, ...] | None = None  # None: an elementwise function, on any shapes that broadcast
    complex: bool = False  # also has a complex derivative

    def __str__(self) -> str:
        return f"{self.name}{list(self.shapes) if self.shapes else ''}"


def draw(sample: Sample, shapes: tuple[Shape, ...], seed: int, dtype: Any = np.float64) -> list[Any]:
    """Arguments for `sample`: well separated numbers, so that no tie and no kink lies within a difference step."""
    rng = np.random.default_rng(seed)
    sizes = [int(np.prod(shape)) for shape in shapes]
    total = sum(sizes)
    unit = (rng.permutation(total) + rng.uniform(0.3, 0.7, total)) / max(total, 1)
    arguments, start = [], 0
    for shape, size, domain in zip(shapes, sizes, sample.domains, strict=True):
        u = unit[start : start + size].reshape(shape)
        start += size
        if domain == AWAY:
            x = rng.choice([-1, 1], shape) * (0.3 + 1.5 * u)  # the magnitudes do not tie either
        else:
            x = domain[0] + u * (domain[1] - domain[0])
        if np.dtype(dtype).kind == "c":
            x = x + 1j * rng.uniform(0.2, 0.8, shape)
        arguments.append(np.asarray(x).astype(dtype)[()])
    return arguments


def unary(names: str, domain: Any, **options: Any) -> list[Sample]:
    return [Sample(name, getattr(F, name), (domain,), **options) for name in names.split()]


def binary(names: str, *domains: Any, **options: Any) -> list[Sample]:
    return [Sample(name, getattr(F, name), domains, **options) for name in names.split()]


def fixed(name: str, call: Callable[..., Any], *shapes: Shape, domain: Any = ANY, **options: Any) -> Sample:
    return Sample(name, call, (domain,) * len(shapes), shapes, **options)


def each(name: str, calls: list[Callable[..., Any]], *shapes: Shape, domain: Any = ANY, **options: Any) -> list[Sample]:
    return [fixed(name, call, *shapes, domain=domain, **options) for call in calls]


ELEMENTWISE = [
    *unary("negative positive square exp sin cos sinh cosh tanh arctan arcsinh expm1 exp2", ANY, complex=True),
    *unary("sqrt log log2 log10 log1p", POSITIVE, complex=True),
    *unary("absolute sign reciprocal", AWAY, complex=True),
    *unary("fabs cbrt", AWAY),
    *unary("tan arcsin arccos arctanh", UNIT, complex=True),
    *unary("arccosh", ABOVE_ONE, complex=True),
    *unary("degrees radians rad2deg deg2rad", ANY),
    *unary("real imag conjugate", ANY, complex=True),
    *unary("floor ceil trunc rint", (0.1, 0.45)),
    *unary("relu", AWAY),
    *unary("sigmoid softplus silu gelu gelu_tanh erf erfc", ANY),
    *binary("add subtract multiply", ANY, ANY, complex=True),
    *binary("divide", ANY, AWAY, complex=True),
    *binary("over", ANY, AWAY),
    *unary("slant", ANY, complex=True),
    *binary("over_slant_twice", ANY, ANY, complex=True),
    *binary("chain", AWAY, ANY),
    *binary("power", POSITIVE, ANY, complex=True),
    *binary("remainder fmod", (2.2, 2.3), (0.6, 0.62)),
    *binary("floor_divide", (2.2, 2.3), (0.6, 0.62)),
    *binary("maximum minimum", ANY, ANY),
    *binary("logaddexp logaddexp2", ANY, ANY),
    *binary("arctan2 hypot", AWAY, AWAY),
    Sample("where", lambda x, y: np.where(np.arange(3) > 1, x, y), (ANY, ANY), ((2, 3), (3,)), complex=True),
    Sample("where", lambda x, y: np.where([[True], [False]], x, y), (ANY, ANY), ((), (2, 3))),
    Sample("clip", lambda x: np.clip(x, -0.1, 9.0), (AWAY,)),
    Sample("clip", lambda x: np.clip(x, None, 0.2), (AWAY,)),
    Sample("clip", lambda x, low, high: np.clip(x, low, high), (AWAY, (-0.2, 0.1), (8.0, 9.0))),
    Sample("clip", lambda x, low, high: np.clip(x, low, high), (AWAY, (-9.0, -8.0), (-0.1, 0.2))),
    *binary("clip", ANY, (8.0, 9.0), (3.0, 4.0)),  # bounds the wrong way round: the upper one counts
    *binary("clip", ANY, (-4.0, -3.0), (-9.0, -8.0)),
    fixed("round", lambda x: np.round(x, 1), (3,), domain=(0.01, 0.04)),
]

_AXES: list[dict[str, Any]] = [{}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"axis": (0, 2)}, {"keepdims": True}]


def _reduction(name: str, **options: Any) -> list[Sample]:
    function = getattr(F, name)
    return [
        fixed(name, lambda x, axes=axes: function(x, **axes), shape, **options)
        for axes in _AXES
        for shape in [(2, 3, 2), *([(4,)] if axes.get("axis") != (0, 2) else []), *([()] if "axis" not in axes else [])]
        if not (name in ("var", "std") and shape == ())
    ]


REDUCTIONS = [
    *_reduction("sum", complex=True),
    *_reduction("mean", complex=True),
    *_reduction("prod", complex=True),
    *_reduction("max"),
    *_reduction("min"),
    *_reduction("var", complex=True),
    *_reduction("std", complex=True),
    *_reduction("logsumexp"),
    *each("direction", [F.direction, lambda x: F.direction(x, axis=(0, -1))], (3, 2, 2), complex=True),
    *each("deviation", [F.deviation, lambda x: F.deviation(x, axis=(0, -1))], (3, 2, 2), complex=True),
    *each("standard", [F.standard, lambda x: F.standard(x, axis=(0, -1))], (3, 2, 2), complex=True),
    *each("shares", [lambda x: F.shares(F.logsumexp(x, axis=0), x, axis=0)], (3, 2)),
    *each("var", [lambda x: np.var(x, ddof=1), lambda x: np.std(x, axis=0, ddof=1)], (4, 3)),
    *each("softmax", [F.softmax, lambda x: F.softmax(x, axis=0)], (3, 4)),
    *each("log_softmax", [F.log_softmax, lambda x: F.log_softmax(x, axis=0)], (3, 4)),
    fixed("linear", F.linear, (2, 3), (3, 4), (4,)),
    fixed("linear", F.linear, (2, 2, 3), (3, 1), (1,)),
    fixed("linear", F.linear, (3,), (3, 2), (2,)),
    fixed("cross_entropy", lambda z: F.cross_entropy(z, np.array([[3, 0], [1, 1]])), (2, 2, 4)),
    fixed("cross_entropy", lambda z: F.cross_entropy(z, np.array(2)), (4,)),
    fixed("cross_entropy", F.cross_entropy, (2, 3), (2, 3)),
    fixed("cross_entropy", lambda z: F.cross_entropy(z, np.array([2, 0]), reduction="mean"), (2, 4)),
    fixed("cross_entropy", lambda z, t: F.cross_entropy(z, t, reduction="mean"), (2, 2, 3), (2, 2, 3)),
    fixed("cross_entropy", lambda z, t: F.cross_entropy(z, t, reduction="sum"), (2, 2, 3), (2, 2, 3)),
    # Steps, batch and hidden are of different lengths, so that an axis in the wrong place is noticed.
    fixed("rnn", F.rnn, (2, 3, 4), (3, 2), (2, 4), (2, 2), (2,), (2,)),
    fixed("rnn", lambda x: F.rnn(x, np.full((2, 2), 0.7), np.eye(2), np.eye(2) / 2, nonlinearity="relu"), (3, 2, 2)),
    fixed("rnn", lambda *of: F.rnn(*of, nonlinearity="relu"), (3, 2, 1), (2, 1), (1, 1), (1, 1), domain=POSITIVE),
    fixed("lstm", F.lstm, (2, 3, 1), (3, 2), (3, 2), (8, 1), (8, 2), (8,), (8,)),
    fixed("lstm", lambda x, w: F.lstm(x, *np.ones((2, 2, 1)), np.full((4, 3), 0.3), w), (3, 2, 3), (4, 1)),
    fixed("gru", F.gru, (2, 3, 1), (3, 2), (6, 1), (6, 2), (6,), (6,)),
    fixed("gru", lambda x, w: F.gru(x, np.ones((2, 1)), np.full((3, 4), 0.3), w), (3, 2, 4), (3, 1)),
    # One block of the rule, and more steps than it has.
    fixed("rnn", lambda x, w: F.rnn(x, np.ones((1, 1)), np.full((1, 1), 0.6), w), (18, 1, 1), (1, 1)),
    fixed("lstm", lambda x, w: F.lstm(x, *np.ones((2, 1, 1)), np.full((4, 1), 0.6), w), (16, 1, 1), (4, 1)),
    fixed("gru", lambda x, w: F.gru(x, np.ones((1, 1)), np.full((3, 1), 0.6), w), (17, 1, 1), (3, 1)),
    fixed("standardize", lambda x: F.standardize(x, axes=(0, 2), eps=0.01), (2, 2, 3)),
    fixed("layer_norm", lambda x, w, b: F.layer_norm(x, w, b, eps=0.01), (2, 2, 3), (3,), (3,)),
    fixed("layer_norm", lambda x, w, b: F.layer_norm(x, w, b, eps=0.01), (2, 2, 3), (2, 3), (2, 3)),
    fixed("attention", lambda q, k, v: F.attention(q, k, v, scale=0.7), (2, 3, 2), (2, 2, 2), (2, 2, 3)),
    fixed(
        "attention",
        lambda q, k, v, bias: F.attention(q, k, v, bias, scale=0.7, causal=True),
        (2, 3, 2),
        (4, 2),
        (2, 4, 1),
        (3, 4),
    ),
    fixed(
        "attention",
        lambda bias: F.attention(*np.ones((2, 3, 2)), np.arange(6).reshape(3, 2) / 5, bias, scale=0.7),
        (3, 3),
    ),
    fixed("attention", lambda v: F.attention(*np.arange(24).reshape(2, 2, 3, 2) / 18, v, scale=0.7), (2, 3, 2)),
    *each("cumsum", [np.cumsum, lambda x: np.cumsum(x, axis=0), lambda x: np.cumsum(x, -1)], (3, 4), complex=True),
]

SHAPING = [
    *each("reshape", [lambda x: np.reshape(x, (3, 4)), lambda x: x.reshape(-1)], (2, 3, 2), complex=True),
    *each(
        "transpose",
        [np.transpose, lambda x: np.transpose(x, (2, 0, 1)), lambda x: x.transpose(-1, 0, 1)],
        (2, 3, 4),
        complex=True,
    ),
    fixed("matrix_transpose", lambda x: x.mT, (2, 3, 4)),
    fixed("broadcast_to", lambda x: np.broadcast_to(x, (2, 3, 4)), (3, 1), complex=True),
    *each("expand_dims", [lambda x: np.expand_dims(x, 1), lambda x: np.expand_dims(x, (0, -1))], (2, 3)),
    *each("squeeze", [np.squeeze, lambda x: np.squeeze(x, axis=0)], (1, 3, 1)),
    fixed("swapaxes", lambda x: np.swapaxes(x, 0, -1), (2, 3, 4)),
    *each("moveaxis", [lambda x: np.moveaxis(x, 0, -1), lambda x: np.moveaxis(x, (0, 1), (-1, 0))], (2, 3, 4)),
    *each("flip", [np.flip, lambda x: np.flip(x, 0), lambda x: np.flip(x, (0, 1))], (2, 3)),
    *each("roll", [lambda x: np.roll(x, 2), lambda x: np.roll(x, (1, -2), (0, 1)), lambda x: np.roll(x, 1, 0)], (3, 4)),
    fixed("astype", lambda x: np.astype(x, np.float64), (3,)),
    fixed("concatenate", lambda x, y: np.concatenate([x, y], axis=1), (2, 3), (2, 1), complex=True),
    fixed("concatenate", lambda x, y: np.concatenate([x, y], axis=-1), (2, 3), (2, 1)),
    fixed("concatenate", lambda x, y: np.concatenate((x, y), axis=None), (2, 3), (4,)),
    fixed("concatenate", lambda x: np.concatenate([x, x, x]), (2,)),
    fixed("stack", lambda x, y: np.stack([x, y], axis=-1), (2, 3), (2, 3)),
    *each("split", [lambda x: np.split(x, 2)[1], lambda x: np.split(x, [1, 3], axis=0)[1]], (4, 2)),
    fixed("array_split", lambda x: np.array_split(x, 3)[0], (4, 2)),
    *each("ravel", [np.ravel, lambda x: np.ravel(x, order="F"), lambda x: x.flatten()], (2, 3)),
    *each("tile", [lambda x: np.tile(x, 2), lambda x: np.tile(x, (3, 1, 2)), lambda x: np.tile(x, (2, 2))], (2, 3)),
    *each(
        "repeat",
        [lambda x: np.repeat(x, 2), lambda x: np.repeat(x, 2, axis=0), lambda x: np.repeat(x, [1, 0, 2], axis=1)],
        (2, 3),
    ),
    *each("pad", [lambda x: np.pad(x, 1), lambda x: np.pad(x, ((0, 2), (1, 0)), constant_values=3)], (2, 3)),
    *[
        fixed("pad", lambda x, mode=mode: np.pad(x, ((1, 2), (2, 1)), mode=mode), (3, 4))
        for mode in ("edge", "reflect", "symmetric", "wrap")
    ],
    *each("tril", [np.tril, lambda x: np.tril(x, 1), lambda x: np.tril(x, -1)], (2, 3, 3)),
    *each("triu", [np.triu, lambda x: np.triu(x, 1), lambda x: np.triu(x, -1)], (3, 4)),
]

_MASK = np.array([[True, False, True], [False, True, True]])

INDEXING = [
    *each(
        "getitem",
        [
            lambda x: x[1],
            lambda x: x[-1, ::-2],
            lambda x: x[..., None, 0],
            lambda x: x[None, :, 1:],
            lambda x: x[[0, 1, 0, 0]],
            lambda x: x[[[0], [1]], [0, 2]],
            lambda x: x[:, np.array([2, 2, 0])],
            lambda x: x[_MASK],
            lambda x: x[_MASK[:, 0], 1:],
            lambda x: x[0, [True, False, True]],
            lambda x: x[1, 2],
            lambda x: x[np.int64(1)],
        ],
        (2, 3),
        complex=True,
    ),
    fixed("getitem", lambda x: x[...], ()),
    fixed("getitem", lambda x: x[:, [0, 1], :, [1, 0]], (2, 2, 3, 2)),
    fixed("scatter", lambda v: F.scatter(v, np.array([0, 2, 0]), shape=(4,), index=("array",)), (3,)),
    fixed("scatter", lambda v: F.scatter(v, shape=(4, 3), index=((1, 3, None),)), (2, 3)),
    *each(
        "assign",
        [
            lambda x, v: F.assign(x, v, index=((0, 2, None),)),
            lambda x, v: F.assign(x, v, index=(None, Ellipsis, (None, None, -2), (None, None, None))),
            lambda x, v: F.assign(x, v[0, 0], index=(1, 1)) * F.assign(x, v[:, 0], index=(-1,)),
            lambda x, v: F.assign(x, v, np.array([2, 0]), index=("array",)),
            lambda x, v: F.assign(x, v[:, None], np.array([[1], [1]]), index=("array",)),
            lambda x, v: F.assign(x, v[0], np.arange(8).reshape(4, 2) % 5 == 1, index=("array",)),
        ],
        (4, 2),
        (2, 2),
        complex=True,
    ),
    fixed("assign", lambda x, v: F.assign(x, v, index=(Ellipsis,)), (), ()),
    fixed(
        "scatter_all",
        lambda v, w: F.scatter_all(
            v, np.array([0, 2, 0]), w, shape=(4,), picked=((("array",), 1, ()), (((1, 3, None),), 0, ()))
        ),
        (3,),
        (2,),
    ),
    fixed(
        "scatter_all",
        lambda v, w: F.scatter_all(
            v, w, shape=(2, 3), picked=(((1,), 0, ((transpose, ()),)), ((4,), 0, ((reshape_rows, (("shape", (6,)),)),)))
        ),
        (2,),
        (),
    ),
    *each(
        "take",
        [
            lambda x: np.take(x, [0, 3, 3]),
            lambda x: np.take(x, [[0, 2]], axis=1),
            lambda x: np.take(x, [4, -1], axis=1, mode="wrap"),
            lambda x: np.take(x, [9, -4], mode="clip"),
            lambda x: np.take(x, 1, axis=0),
        ],
        (2, 3),
    ),
    *each(
        "take_along_axis",
        [
            lambda x: np.take_along_axis(x, np.array([[0], [1]]), 1),
            lambda x: np.take_along_axis(x, np.array([[0, 1, 0]]), 0),
            lambda x: np.take_along_axis(x, np.array([5, 0]), None),
        ],
        (2, 3),
    ),
    *each("sort", [np.sort, lambda x: np.sort(x, axis=0), lambda x: np.sort(x, axis=None)], (3, 4)),
    *each("diagonal", [np.diagonal, lambda x: np.diagonal(x, 1), lambda x: np.diagonal(x, -1)], (3, 4)),
    fixed("diagonal", lambda x: np.diagonal(x, 0, 2, 0), (2, 3, 4)),
    *each("diag", [np.diag, lambda x: np.diag(x, 2), lambda x: np.diag(x, -1)], (3,)),
    *each("diag", [np.diag, lambda x: np.diag(x, 1)], (3, 3)),
    *each("trace", [np.trace, lambda x: np.trace(x, 1), lambda x: x.trace(offset=-1)], (3, 4)),
]

_RANKS = [
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (5, 3, 4)), ((2, 1, 2, 3), (5, 3, 2)), ((3,), (5, 3, 2)), ((5, 2, 3), (3,)),
]  # fmt: skip

LINALG = [
    *[fixed("matmul", np.matmul, x, y, complex=True) for x, y in _RANKS],
    *[
        fixed("dot", np.dot, x, y)
        for x, y in [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((), (2,)), ((2, 3), (4, 3, 2))]
    ],
    fixed("dot", np.dot, (4, 2, 3), (3, 2)),
    fixed("outer", np.outer, (2,), (3,)),
    fixed("outer", np.outer, (2, 2), (3,)),
    *each("tensordot", [np.tensordot, lambda a, b: np.tensordot(a, b, axes=2)], (2, 3, 4), (3, 4, 5)),
    fixed("tensordot", lambda a, b: np.tensordot(a, b, axes=((0, -1), (1, 0))), (2, 3, 4), (4, 2, 5)),
    fixed("tensordot", lambda a, b: np.tensordot(a, b, axes=0), (2,), (3,)),
    *[
        fixed("einsum", lambda *xs, s=subscripts: np.einsum(s, *xs), *shapes, complex=True)
        for subscripts, shapes in [
            ("ij,jk->ik", ((2, 3), (3, 4))), ("ij,jk", ((2, 3), (3, 4))), ("ii->", ((3, 3),)), ("ii->i", ((3, 3),)),
            ("ii", ((3, 3),)), ("iij->j", ((3, 3, 2),)), ("ij->", ((2, 3),)), ("ij->ji", ((2, 3),)),
            ("...ij,...jk->...ik", ((5, 2, 3), (3, 4))), ("...ij,jk", ((5, 2, 3), (3, 4))), ("i...->...", ((2, 3),)),
            ("ij,jk,k->i", ((2, 3), (3, 4), (4,))), ("ij,ij->i", ((1, 3), (2, 3))), ("i,j->ij", ((2,), (3,))),
            ("ba", ((2, 3),)), ("ii->", ((1, 1),)), ("ij->j", ((1, 3),)),
            ("ii,i->", ((2, 2), (2,))), ("i,i->", ((3,), (1,))), (",i->i", ((), (3,))), ("i,i,i->", ((3,), (3,), (3,))),
        ]
    ],
    fixed("einsum", lambda a, b: np.einsum(a, [0, 1], b, [1, 2], [0, 2]), (2, 3), (3, 4)),
    fixed("einsum", lambda a, b: np.einsum(a, [0, 1], b, [1, 2]), (2, 3), (3, 4)),
]  # fmt: skip

SAMPLES = [*ELEMENTWISE, *REDUCTIONS, *SHAPING, *INDEXING, *LINALG]

# Points where a derivative is infinite, or infinity times zero: a cotangent of zero wins.
_SINGULAR: list[tuple[str, list[tuple[Any, ...]]]] = [
    ("divide", [(1.0, 0.0)]), ("power", [(0.0, 0.5), (0.0, 0.0), (0.0, -1.0), (1e300, 2.0)]), ("exp", [(1000.0,)]),
    ("reciprocal sqrt cbrt log log2 log10", [(0.0,)]), ("exp2", [(2000.0,)]), ("log1p", [(-1.0,)]),
    ("expm1 sinh cosh", [(1000.0,)]), ("arcsin arccos arccosh arctanh", [(1.0,)]),
    ("arctan arcsinh", [(1j,), (np.inf,), (np.nan,)]), ("hypot", [(0.0, 0.0)]),
    ("chain", [(0.0, np.inf)]), ("over", [(0.0, 0.0), (1.0, 0.0)]),
    ("arctan2", [(0.0, 0.0), (1e-200, 1e-200)]), ("sign", [(0j,)]), ("std", [([1.0, 1.0],)]),
    ("norm", [([0.0, 0.0],)]),
]  # fmt: skip
SINGULAR = [(getattr(F, name), point) for names, points in _SINGULAR for name in names.split() for point in points]

_HALF = np.float16(1.5 * 2**-14)
_LONG = np.append(1.0, np.full(2**15, 1.4 * 2.0**-28))
# Derivatives that the rounding of a formula, or the range of its numbers, would spoil: the call, the point, the values.
EXACT: list[tuple[Callable[..., Any], Any, Any]] = [
    (np.mean, np.ones(65_532, np.float16), 2.0**-16),  # the length is beyond float16
    (lambda x: _HALF * np.mean(x), np.ones(48, np.float16), 2.0**-19),
    (lambda x: np.std(x, axis=1), np.repeat([[0.1], [0.7], [123.4], [1 / 3]], 3, axis=1), 0.0),
    (lambda x: np.std(x, axis=1), np.repeat([[0.1], [0.7], [123.4], [1 / 3]], 10, axis=1), 0.0),
    (np.linalg.norm, np.array([0.0, 1.7e308]), [0.0, 1.0]),
    (np.linalg.norm, np.array([0.0, 5e-324]), [0.0, 1.0]),
    # Many numbers whose squares vanish beside one whose square does not: x / √(1 + n r²) for their ratio r to it.
    (np.linalg.norm, np.ldexp(_LONG, -510), _LONG * (1 - 0.98 * 2.0**-41)),
    (
        lambda x: np.max(x, axis=1),
        np.array([[1.0, 1, 0], [2, 0, 1], [3, 3, 3]]),
        [[0.5, 0.5, 0], [1, 0, 0], [1 / 3] * 3],
    ),
    (lambda x: x * np.finfo(F.others(x).dtype).bits, np.ones(3, np.float32), 32.0),  # filled up, and as narrow
    (np.linalg.norm, np.ones(0), 0.0),
    (lambda x: np.linalg.norm(x, axis=1), np.ones((3, 0)), 0.0),
    (F.logsumexp, np.full(2, 1e300), 0.5),
    (F.logsumexp, np.array([50.0, 0.0]), [1.0, np.exp(-50.0)]),
    (F.logsumexp, np.array([np.inf, 1.0, np.inf]), [0.5, 0.0, 0.5]),
    (F.logsumexp, np.array([-np.inf, 0.0, -np.inf]), [0.0, 1.0, 0.0]),
    (F.logsumexp, np.full(3, -np.inf), 0.0),
]

# Rows whose result is a plain constant array, with how many arrays they take: nothing to differentiate.
CONSTANT = dict.fromkeys("argmax argmin isfinite isinf isnan signbit logical_not".split(), 1) | dict.fromkeys(
    "equal greater greater_equal less less_equal not_equal logical_and logical_or logical_xor".split(), 2
)
# Constants inside compositions, which the samples of those reach.
INNER = {
    "complement",
    "det_sign",
    "whole_periods",
    "bin_of",
    "number_of_bins",
    "unique_places",
    "common_places",
    "ties",
    "won",
    "magnitude",
    "lasting",
    "memory",
    "moments",
}
