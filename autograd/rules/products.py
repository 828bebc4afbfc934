"""Products of arrays: matmul, dot, tensordot, outer and einsum, for every combination of ranks and batches."""

from __future__ import annotations

import math
import operator
import string
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..errors import ShapeError, user_line
from .op import Array, Op
from .shaping import axes_of


def rows(x: Array) -> Array:
    """All axes but the last joined into one: a product with a matrix is then one product, however many batches there are."""
    return x if x.ndim == 2 else x.reshape((math.prod(x.shape[:-1]), x.shape[-1]))


def _column(g: Array) -> Array:
    """`g` with an axis behind it for the elements of a vector; a number needs none."""
    return g[..., None] if g.ndim else g


def matmul_left(g: Array, out: Array, x: Array, y: Array) -> Array:
    """g yᵀ; a vector counts as a row on the left and as a column on the right."""
    if y.ndim == 1:
        return _column(g) * y
    if x.ndim == 1:
        return g @ y.T if y.ndim == 2 else (y @ g[..., None])[..., 0]
    if y.ndim == 2 and g.ndim > 2:
        return (rows(g) @ y.T).reshape((*g.shape[:-1], y.shape[0]))
    return g @ y.swapaxes(-1, -2)


def matmul_right(g: Array, out: Array, x: Array, y: Array) -> Array:
    """xᵀ g; a vector counts as a row on the left and as a column on the right."""
    if x.ndim == 1:
        return _column(g) * x if y.ndim == 1 else x[:, None] * (g[..., None, :] if g.ndim > 1 else g)
    if y.ndim == 1:
        return g @ x if x.ndim == 2 else (x.swapaxes(-1, -2) @ g[..., None])[..., 0]
    if y.ndim == 2 and g.ndim == x.ndim > 2:
        return rows(x).T @ rows(g)
    return x.swapaxes(-1, -2) @ g


matmul = Op(np.matmul, matmul_left, matmul_right, forward=operator.matmul)


def dot(a: Array, b: Array) -> Array:
    """Product of vectors or matrices; for more axes, the sum over a's last and b's last but one."""
    if not np.ndim(a) or not np.ndim(b):
        return a * b
    if np.ndim(b) <= 2:
        return np.matmul(a, b)
    return tensordot(a, b, axes=((-1,), (-2,)))


def outer(a: Array, b: Array) -> Array:
    """Every product of an element of `a` and an element of `b`, both flattened."""
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


def tensordot(a: Array, b: Array, axes: Any = 2) -> Array:
    """The sum of products over the given axes: a transposition and a reshape on each side of one matrix product."""
    if isinstance(axes, (int, np.integer)):
        axes = (tuple(range(a.ndim - axes, a.ndim)), tuple(range(axes)))
    of_a, of_b = (axes_of(side, x.ndim) for side, x in zip(axes, (a, b), strict=True))
    free_a, free_b = (tuple(i for i in range(x.ndim) if i not in used) for x, used in ((a, of_a), (b, of_b)))
    length = math.prod(a.shape[i] for i in of_a)
    left = np.transpose(a, free_a + of_a).reshape(
        (-1, length) if length else (math.prod(a.shape[i] for i in free_a), 0)
    )
    right = np.transpose(b, of_b + free_b).reshape(
        (length, -1) if length else (0, math.prod(b.shape[i] for i in free_b))
    )
    return (left @ right).reshape(tuple(a.shape[i] for i in free_a) + tuple(b.shape[i] for i in free_b))


def _terms(subscripts: str, ranks: Sequence[int]) -> tuple[tuple[str, ...], str]:
    """The letters of each operand and of the result, with every ``...`` spelt out and the result explicit."""
    left, arrow, result = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(ranks):
        raise ShapeError(f"einsum at {user_line()}: {len(terms)} terms in {subscripts!r} for {len(ranks)} operands")
    spare = [c for c in string.ascii_letters if c not in subscripts]
    extra = [r - len(t.replace("...", "")) for t, r in zip(terms, ranks, strict=True)]
    dots = max([n for t, n in zip(terms, extra, strict=True) if "..." in t], default=0)
    letters = "".join(spare[:dots])
    for term, n in zip(terms, extra, strict=True):
        if n < 0 or (n and "..." not in term):
            raise ShapeError(
                f"einsum at {user_line()}: {term!r} in {subscripts!r} does not fit an operand of "
                f"{n + len(term.replace('...', ''))} axes"
            )
    spelt = tuple(t.replace("...", letters[dots - n :]) for t, n in zip(terms, extra, strict=True))
    if arrow:
        return spelt, result.replace("...", letters)
    once = sorted(c for c in set("".join(terms)) - {"."} if "".join(terms).count(c) == 1)
    return spelt, letters + "".join(once)


def _einsum_back(i: int, g: Array, *xs: Array, terms: tuple[str, ...], result: str, **options: Any) -> Array:
    """The same sum with the result and operand `i` changing places.

    A letter that was summed and that no other operand spreads was the same for all of the sum: ones along it. A letter
    that stands in operand `i` twice picked a diagonal: an identity matrix puts it back.
    """
    term, others = terms[i], [t for j, t in enumerate(terms) if j != i]
    spread = {c for j, x in enumerate(xs) if j != i for c, n in zip(terms[j], x.shape, strict=True) if n != 1}
    sizes = {c: n for t, x in zip(terms, xs, strict=True) for c, n in zip(t, x.shape, strict=True) if n != 1}
    spare = [c for c in string.ascii_letters if c not in "".join(terms)]
    operands, target = [g, *(x for j, x in enumerate(xs) if j != i)], ""
    inputs = [result, *others]
    for letter in term:
        if letter in target:
            twin = spare.pop()
            inputs.append(letter + twin)
            operands.append(np.eye(sizes.get(letter, 1), dtype=g.dtype))
            target += twin
        else:
            if letter not in result and letter not in spread:
                inputs.append(letter)
                operands.append(np.ones(sizes.get(letter, 1), dtype=g.dtype))
            target += letter
    return np.einsum(f"{','.join(inputs)}->{target}", *operands, **options)


def einsum_rule(wanted: Sequence[int], g: Array, out: Array, *xs: Array, **static: Any) -> list[Array]:
    """One sum for each operand wanted."""
    return [_einsum_back(i, g, *xs, **static) for i in wanted]


def _einsum(*xs: Array, terms: tuple[str, ...], result: str, **options: Any) -> Array:
    return np.einsum(f"{','.join(terms)}->{result}", *xs, **options)


einsum_arrays = Op(_einsum, einsum_rule, variadic=True, name="einsum")


def einsum(*operands: Any, optimize: Any = False) -> Array:
    """Einstein's sum, in NumPy's notation: a string and arrays, or arrays each followed by its list of labels."""
    if isinstance(operands[0], str):
        subscripts, arrays = operands[0], operands[1:]
    else:
        arrays = operands[0 : len(operands) - 1 : 2]
        lists = [*operands[1::2], *([operands[-1]] if len(operands) % 2 else [])]
        spelt = ["".join("..." if c is Ellipsis else string.ascii_letters[c] for c in labels) for labels in lists]
        subscripts = ",".join(spelt[: len(arrays)]) + ("->" + spelt[-1] if len(operands) % 2 else "")
    terms, result = _terms(subscripts, [np.ndim(x) for x in arrays])
    return einsum_arrays(*arrays, terms=terms, result=result, optimize=bool(optimize) or len(arrays) > 2)


def inner(a: Array, b: Array) -> Array:
    """The sum of products over the last axes."""
    return a * b if not np.ndim(a) or not np.ndim(b) else tensordot(a, b, axes=((-1,), (-1,)))


def vdot(a: Array, b: Array) -> Array:
    """Σ conj(a) b over all elements."""
    return np.matmul(np.conjugate(np.reshape(a, (-1,))), np.reshape(b, (-1,)))


def vecdot(x1: Array, x2: Array, /, *, axis: int = -1) -> Array:
    """Σ conj(x1) x2 along `axis`."""
    return np.sum(np.conjugate(x1) * x2, axis=axis)


def matvec(x1: Array, x2: Array, /) -> Array:
    """Matrices times vectors, in batches."""
    return np.matmul(x1, x2[..., None])[..., 0]


def vecmat(x1: Array, x2: Array, /) -> Array:
    """conj(vectors) times matrices, in batches."""
    return np.matmul(np.conjugate(x1)[..., None, :], x2)[..., 0, :]


def kron(a: Array, b: Array) -> Array:
    """Every element of `a` times the whole of `b`."""
    ndim = max(np.ndim(a), np.ndim(b))
    shapes = [(1,) * (ndim - np.ndim(x)) + np.shape(x) for x in (a, b)]
    wide = np.reshape(a, tuple(k for n in shapes[0] for k in (n, 1)))
    fine = np.reshape(b, tuple(k for n in shapes[1] for k in (1, n)))
    return np.reshape(wide * fine, tuple(m * n for m, n in zip(*shapes, strict=True)))


def cross(a: Array, b: Array, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Array:
    """The vector product of vectors of three components."""
    if axis is not None:
        axisa = axisb = axisc = axis
    x, y = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    if x.shape[-1] != 3 or y.shape[-1] != 3:
        raise ShapeError(
            f"cross at {user_line()}: the vectors have {x.shape[-1]} and {y.shape[-1]} components, and need 3"
        )
    ahead, behind = np.array([1, 2, 0]), np.array([2, 0, 1])
    return np.moveaxis(x[..., ahead] * y[..., behind] - x[..., behind] * y[..., ahead], -1, axisc)


COMPOSED: dict[str, Callable[..., Any]] = {
    "dot": dot, "outer": outer, "tensordot": tensordot, "einsum": einsum, "inner": inner, "vdot": vdot, "vecdot": vecdot,
    "matvec": matvec, "vecmat": vecmat, "kron": kron, "cross": cross,
    "linalg.matmul": matmul, "linalg.outer": outer, "linalg.tensordot": tensordot, "linalg.vecdot": vecdot,
    "linalg.cross": lambda x1, x2, /, *, axis=-1: cross(x1, x2, axis=axis),
}  # fmt: skip
