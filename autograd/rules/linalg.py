"""Linear algebra of square and rectangular matrices, batches included: inverses, determinants, decompositions.

An operation has one output. A decomposition therefore computes its parts into one array (`eigh`: the eigenvalues as a row
above the eigenvectors), and the parts are slices of it. Sources of the rules: M. Giles, "Collected matrix derivative results"
(2008); S. F. Walter and L. Lehmann, "Algorithmic differentiation of linear algebra functions" (2010); M. Seeger et al.,
"Auto-differentiating linear algebra" (2017). Gradients are in the conjugate convention, and "ᵀ" in a formula is a plain
transposition, without a conjugate.
"""

from __future__ import annotations

import math
import string
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..errors import ShapeError, UnsupportedError, user_line
from .op import Array, Op
from .reductions import magnitude
from .shaping import axes_of

_la = np.linalg


class EighResult(NamedTuple):
    """Eigenvalues and eigenvectors of a Hermitian matrix."""

    eigenvalues: Array
    eigenvectors: Array


class EigResult(NamedTuple):
    """Eigenvalues and eigenvectors."""

    eigenvalues: Array
    eigenvectors: Array


class SVDResult(NamedTuple):
    """A = U diag(S) Vh."""

    U: Array
    S: Array
    Vh: Array


class QRResult(NamedTuple):
    """A = Q R."""

    Q: Array
    R: Array


class SlogdetResult(NamedTuple):
    """The sign of a determinant and the logarithm of its size."""

    sign: Array
    logabsdet: Array


def _t(a: Array) -> Array:
    """The transpose: `mT`, which not every library's arrays have."""
    return a.swapaxes(-1, -2)


def _h(a: Array) -> Array:
    """The conjugate transpose."""
    return _t(a).conj()


def _diagonal(a: Array) -> Array:
    return np.diagonal(a, axis1=-2, axis2=-1)


def _eye(a: Array) -> Array:
    return np.eye(a.shape[-1], dtype=a.real.dtype)


# -- inverses and determinants -----------------------------------------------------------------------------------

inv = Op(_la.inv, lambda g, out, a: -(_t(out) @ g @ _t(out)))


def solve_matrix_rule(g: Array, out: Array, a: Array, b: Array) -> Array:
    """−a⁻ᵀ g xᵀ."""
    return -(_la.solve(_t(a), g) @ _t(out))


solve_columns = Op(_la.solve, solve_matrix_rule, lambda g, out, a, b: _la.solve(_t(a), g), name="solve")


def solve(a: Array, b: Array) -> Array:
    """The x with a x = b; a one-dimensional b is one column."""
    return solve_columns(a, np.reshape(b, (-1, 1)))[..., 0] if np.ndim(b) == 1 else solve_columns(a, b)


def _cofactors(a: Array) -> Array:
    """∂det/∂a, from the singular values: finite for singular matrices, where det·a⁻ᵀ is not."""
    u, s, vh = _la.svd(a)
    n = s.shape[-1]
    others = np.where(np.eye(n, dtype=bool), 1, s[..., None, :]).prod(axis=-1)
    return (_la.det(u) * _la.det(vh))[..., None, None] * (u * others[..., None, :] @ vh).conj()


def cofactors_rule(h: Array, out: Array, a: Array) -> Array:
    """The rule of det(a) a⁻ᵀ; a second derivative needs a regular matrix."""
    inverse_t = _la.inv(a).mT
    total = (h * inverse_t).sum(axis=(-2, -1), keepdims=True)
    return total * out - out @ h.mT @ inverse_t


cofactors = Op(_cofactors, cofactors_rule, name="cofactors")
det = Op(_la.det, lambda g, out, a: g[..., None, None] * cofactors(a))
logabsdet = Op(lambda a: _la.slogdet(a)[1], lambda g, out, a: g[..., None, None] * _la.inv(a).mT, name="logabsdet")
det_sign = Op(lambda a: _la.slogdet(a)[0], name="det_sign")


def slogdet(a: Array) -> SlogdetResult:
    """The sign (for complex matrices the phase) of the determinant, and the logarithm of its size."""
    return SlogdetResult(np.sign(_la.det(a)) if np.iscomplexobj(a) else det_sign(a), logabsdet(a))


def matrix_power(a: Array, n: int) -> Array:
    """a multiplied with itself n times, by repeated squaring; inverses for negative n."""
    if n < 0:
        a, n = _la.inv(a), -n
    result = None
    while n:
        result = (a if result is None else result @ a) if n % 2 else result
        a, n = (a @ a, n // 2) if n > 1 else (a, 0)
    return a * 0 + np.eye(a.shape[-1], dtype=a.dtype) if result is None else result


def pinv_rule(g: Array, out: Array, a: Array, **_: Any) -> Array:
    """−Pᵀ g Pᵀ + conj((1 − aP) gᵀ P Pʰ + Pʰ P gᵀ (1 − P a)), P the pseudoinverse (Golub and Pereyra, 1973)."""
    left, right = a @ out, out @ a
    outside = (g.mT - left @ g.mT) @ out @ _h(out) + _h(out) @ out @ (g.mT - g.mT @ right)
    return outside.conj() - out.mT @ g @ out.mT


pinv_whole = Op(_la.pinv, pinv_rule, params="a rcond", name="pinv")


def pinv(a: Array, rcond: Any = None, hermitian: bool = False, *, rtol: Any = np._NoValue) -> Array:
    """The pseudoinverse; of a matrix said to be Hermitian, from its lower triangle."""
    given = {"rcond": rcond} if rtol is np._NoValue else {"rtol": rtol}
    return pinv_whole(completed(a) if hermitian else a, **given)


def lstsq(a: Array, b: Array, rcond: Any = None) -> tuple[Array, Array, Any, Any]:
    """The x that makes |a x − b| least, the squared remainders, the rank and the singular values."""
    x = _la.pinv(a) @ b if rcond is None else _la.pinv(a, rcond) @ b
    s = _la.svdvals(a)
    rank = int(np.sum(s > np.max(s, initial=0) * (max(a.shape) * np.finfo(a.dtype).eps if rcond is None else rcond)))
    rest = np.sum(abs(b - a @ x) ** 2, axis=0)
    known = rank == a.shape[1] and a.shape[0] > a.shape[1]
    return x, np.reshape(rest, (-1,)) if known else np.zeros(0), rank, s


def tensorinv(a: Array, ind: int = 2) -> Array:
    """The inverse of `a` as a linear map from its last axes to its first `ind`."""
    rows = int(np.prod(a.shape[:ind]))
    return _la.inv(a.reshape((rows, math.prod(a.shape[ind:])))).reshape(a.shape[ind:] + a.shape[:ind])


def tensorsolve(a: Array, b: Array, axes: Sequence[int] | None = None) -> Array:
    """The x whose tensordot with `a` is b."""
    if axes is not None:
        axes = axes_of(axes, a.ndim)
        a = a.transpose((*(i for i in range(a.ndim) if i not in axes), *axes))
    free = a.shape[np.ndim(b) :]
    return _la.solve(a.reshape((np.size(b), math.prod(free))), np.reshape(b, (-1,))).reshape(free)


def multi_dot(arrays: Sequence[Array], *, out: None = None) -> Array:
    """The product of a chain of matrices, in the cheapest order; the first and the last may be vectors."""
    letters = iter(string.ascii_letters)
    last, terms = next(letters), []
    for i, a in enumerate(arrays):
        if np.ndim(a) == 1:
            terms.append(last)
            last = last if i == 0 else ""
        else:
            terms.append(last + (last := next(letters)))
    result = ("" if np.ndim(arrays[0]) == 1 else terms[0][0]) + ("" if np.ndim(arrays[-1]) == 1 else terms[-1][-1])
    return np.einsum(f"{','.join(terms)}->{result}", *arrays, optimize=True)


# -- what reads one triangle: the gradient of the other is 0 -------------------------------------------------------


def in_triangle(s: Array, upper: bool) -> Array:
    """The gradient of the triangle that was read, from `s`, that of the whole Hermitian matrix made of it."""
    both = s + _h(s)
    return (np.triu(both) if upper else np.tril(both)) * (1 - _eye(s) / 2)


def completed(a: Array, upper: bool = False) -> Array:
    """The Hermitian matrix with one triangle of `a`; of its diagonal the real part is read."""
    beside = np.triu(a, 1) if upper else np.tril(a, -1)
    return beside + _h(beside) + a.real * _eye(a)


def is_upper(UPLO: str) -> bool:
    """Whether NumPy's parameter names the upper triangle."""
    if UPLO.upper() not in ("L", "U"):
        raise ShapeError(f"UPLO is 'L' or 'U', not {UPLO!r} (at {user_line()})")
    return UPLO.upper() == "U"


# -- decompositions ----------------------------------------------------------------------------------------------


def cholesky_rule(g: Array, out: Array, a: Array, upper: bool = False) -> Array:
    """L⁻ʰ Φ(Lʰ ḡ) L⁻¹ in the triangle that was read, where Φ keeps the lower triangle and halves the diagonal."""
    low, h = (_h(out), _t(g)) if upper else (out, g.conj())
    phi = np.tril(_h(low) @ h) * (1 - _eye(a) / 2)
    inverse = _la.inv(low)
    s = _h(inverse) @ phi @ inverse
    return in_triangle(s.conj(), upper)


def _factor(a: Array, upper: bool = False) -> Array:
    """Which triangle it is is always said: Dask's own function, which does not understand that, returns the other one."""
    return _la.cholesky(a, upper=upper)


cholesky_factor = Op(_factor, cholesky_rule, params="a", name="cholesky")


def cholesky(a: Array, /, *, upper: bool = False) -> Array:
    """The triangular L with a = L Lʰ (or U with a = Uʰ U), from the lower (upper) triangle of `a`."""
    return cholesky_factor(a, upper=True) if upper else cholesky_factor(a)


def gaps(w: Array) -> Array:
    """1 / (w[j] − w[i]), and 0 where they are equal: equal values do not turn into each other."""
    d = w[..., None, :] - w[..., :, None]
    return np.where(d == 0, 0, 1 / d)


def _pack(row: Array, rows: Array) -> Array:
    return np.concatenate([row[..., None, :], rows], axis=-2)


def eigh_rule(g: Array, out: Array, a: Array, UPLO: str = "L") -> Array:
    """V̄ (diag(gw) + F ∘ (Vᵀ gv)) Vᵀ in the triangle that was read, F = `gaps`."""
    w, v, gw, gv = out[..., 0, :].real, out[..., 1:, :], g[..., 0, :].real, g[..., 1:, :]
    return in_triangle(v.conj() @ (gw[..., None] * _eye(a) + gaps(w) * (v.mT @ gv)) @ v.mT, is_upper(UPLO))


eigh_packed = Op(lambda a, **k: _pack(*_la.eigh(a, **k)), eigh_rule, name="eigh", params="a UPLO")


def eigh(a: Array, UPLO: str = "L") -> EighResult:
    """Eigenvalues and eigenvectors of a Hermitian matrix, from its lower triangle, or the upper for ``UPLO="U"``."""
    packed = eigh_packed(a, UPLO=UPLO)
    return EighResult(packed[..., 0, :].real, packed[..., 1:, :])


def eigvalsh(a: Array, UPLO: str = "L") -> Array:
    """The eigenvalues of a Hermitian matrix, ascending."""
    return eigh(a, UPLO).eigenvalues


def eig_rule(g: Array, out: Array, a: Array) -> Array:
    """V⁻ᵀ (diag(gw) + F ∘ (Vᵀ gv − Vᵀ V̄ diag(Re diag(Vᵀ gv)))) Vᵀ, F = `gaps`: the columns of V have length one."""
    w, v, gw, gv = out[..., 0, :], out[..., 1:, :], g[..., 0, :], g[..., 1:, :]
    along = v.mT @ gv
    turned = along - (v.mT @ v.conj()) * _diagonal(along).real[..., None, :]
    return _la.solve(v.mT, (gw[..., None] * _eye(a) + gaps(w) * turned) @ v.mT)


eig_packed = Op(lambda a: _pack(*_la.eig(a)), eig_rule, name="eig")


def eig(a: Array) -> EigResult:
    """Eigenvalues and eigenvectors. A result must not depend on the phase of an eigenvector, which is arbitrary."""
    packed = eig_packed(a)
    return EigResult(packed[..., 0, :], packed[..., 1:, :])


def eigvals(a: Array) -> Array:
    """The eigenvalues."""
    return eig(a).eigenvalues


def _svd_packed(a: Array) -> Array:
    u, s, vh = _la.svd(a, full_matrices=False)
    return np.concatenate([u, s[..., None, :], _t(vh)], axis=-2)


def svd_rule(g: Array, out: Array, a: Array) -> Array:
    """Ū (diag(gs) + (F ∘ (Uᵀgu)ₐ) S + S (F ∘ (Vᵀgv)ₐ)) Vʰ̄ and what lies outside the spans of U and V (Walter and Lehmann)."""
    m = a.shape[-2]
    u, s, v = out[..., :m, :], out[..., m, :].real, out[..., m + 1 :, :].conj()
    gu, gs, gv = g[..., :m, :].conj(), g[..., m, :].real, g[..., m + 1 :, :]
    scale = magnitude(s, axis=-1)  # what U and V move by is homogeneous of degree −1 in S: squares in range
    s, gu, gv = s / scale, gu / scale[..., None], gv / scale[..., None]
    eye = np.eye(s.shape[-1], dtype=s.dtype)
    f = gaps(s * s)
    skew_u, skew_v = f * (_h(u) @ gu), f * (_h(v) @ gv)
    inverse = np.where(s == 0, 0, 1 / s)
    core = gs[..., None] * eye + (skew_u + _h(skew_u)) * s[..., None, :] + s[..., :, None] * (skew_v + _h(skew_v))
    core = core + _phase_part(u, gu, inverse, eye)
    inside = u @ core @ _h(v)
    outside_u = (gu - u @ (_h(u) @ gu)) * inverse[..., None, :] @ _h(v)
    outside_v = u * inverse[..., None, :] @ _h(gv - v @ (_h(v) @ gv))
    return (inside + outside_u + outside_v).conj()


def _phase_part(u: Array, gu: Array, inverse: Array, eye: Array) -> Array:
    """The imaginary diagonal that a complex U has besides: turning a column of U turns that of V with it."""
    d = _h(u) @ gu * eye
    return (d - _h(d)) / 2 * inverse[..., None, :]


svd_packed = Op(_svd_packed, svd_rule, name="svd")


def svd(a: Array, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """a = U diag(S) Vh.

    With `full_matrices` the columns beyond the rank of the shape are constants: they are arbitrary. Of a matrix said to be
    Hermitian the lower triangle is read.
    """
    packed = svd_packed(completed(a) if hermitian else a)
    m, n = a.shape[-2:]
    if not compute_uv:
        return packed[..., m, :].real
    u, s, vh = packed[..., :m, :], packed[..., m, :].real, _t(packed[..., m + 1 :, :])
    if full_matrices and m != n:
        rest_u, rest_v = complement(u), complement(_t(vh))
        u, vh = np.concatenate([u, rest_u], axis=-1), np.concatenate([vh, _t(rest_v)], axis=-2)
    return SVDResult(u, s, vh)


def _complement(u: Array) -> Array:
    """Columns that complete those of `u` to an orthonormal basis."""
    return _la.svd(u)[0][..., u.shape[-1] :]


complement = Op(_complement, name="complement")


def svdvals(x: Array, /) -> Array:
    """The singular values, descending."""
    return svd(x, compute_uv=False)


def _qr_packed(a: Array) -> Array:
    parts = _la.qr(a)
    return np.concatenate([part.reshape((*part.shape[:-2], math.prod(part.shape[-2:]))) for part in parts], axis=-1)


def _qr_parts(packed: Array, m: int, n: int) -> tuple[Array, Array]:
    k = min(m, n)
    lead = packed.shape[:-1]
    return packed[..., : m * k].reshape((*lead, m, k)), packed[..., m * k :].reshape((*lead, k, n))


def _qr_square_rule(q: Array, r: Array, gq: Array, gr: Array) -> Array:
    """(gq + Q copyltu(R grʰ − gqʰ Q)) R⁻ʰ, where copyltu mirrors the lower triangle (Walter and Lehmann, 2010)."""
    m = r @ _h(gr) - _h(gq) @ q
    low = np.tril(m, -1)
    return _h(_la.solve(r, _h(gq + q @ (low + _h(low) + _diagonal(m).real[..., None] * _eye(r)))))


def qr_rule(g: Array, out: Array, a: Array) -> Array:
    """The rule of the square part; for a wide matrix the columns beyond it are R's own: a₂ = Q R₂."""
    m, n = a.shape[-2:]
    (q, r), (gq, gr) = _qr_parts(out, m, n), _qr_parts(g.conj(), m, n)
    if m >= n:
        return _qr_square_rule(q, r, gq, gr).conj()
    first = _qr_square_rule(q, r[..., :m], gq + a[..., m:] @ _h(gr[..., m:]), gr[..., :m])
    return np.concatenate([first, q @ gr[..., m:]], axis=-1).conj()


qr_packed = Op(_qr_packed, qr_rule, name="qr")


def qr(a: Array, mode: str = "reduced") -> Any:
    """a = Q R. With ``mode="complete"`` the columns of Q beyond those of a are constants: they are arbitrary."""
    if mode not in ("reduced", "r", "complete"):
        raise UnsupportedError(
            f"qr at {user_line()}: mode {mode!r} has no derivative rule; there are reduced, complete and r"
        )
    m, n = a.shape[-2:]
    q, r = _qr_parts(qr_packed(a), m, n)
    if mode == "complete" and m > n:
        q = np.concatenate([q, complement(q)], axis=-1)
        r = np.concatenate([r, np.zeros((*r.shape[:-2], m - n, n), r.dtype)], axis=-2)
    return r if mode == "r" else QRResult(q, r)


COMPOSED: dict[str, Callable[..., Any]] = {
    "linalg.solve": solve, "linalg.slogdet": slogdet, "linalg.pinv": pinv,
    "linalg.matrix_power": matrix_power, "linalg.lstsq": lstsq, "linalg.tensorinv": tensorinv,
    "linalg.tensorsolve": tensorsolve, "linalg.multi_dot": multi_dot, "linalg.cholesky": cholesky, "linalg.eigh": eigh,
    "linalg.eigvalsh": eigvalsh,
    "linalg.eig": eig, "linalg.eigvals": eigvals, "linalg.svd": svd, "linalg.svdvals": svdvals, "linalg.qr": qr,
}  # fmt: skip
