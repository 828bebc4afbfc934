"""`scipy.linalg`: triangular and banded systems, Sylvester's equation, functions of matrices.

"ᵀ" in a formula is a plain transposition, without a conjugate: gradients are in the conjugate convention.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import linalg as sl

from ...errors import UnsupportedError, user_line
from .. import linalg
from ..op import Array, Op

# -- triangular systems ------------------------------------------------------------------------------------------


def _triangular(a: Array, b: Array, lower: bool = False, trans: int = 0, unit: bool = False) -> Array:
    return sl.solve_triangular(a, b, trans=trans, lower=lower, unit_diagonal=unit)


def triangle(m: Array, lower: bool, unit: bool) -> Array:
    """The part of `m` that a triangular solver reads."""
    return np.tril(m, -1 if unit else 0) if lower else np.triu(m, 1 if unit else 0)


def triangular_matrix_rule(
    g: Array, out: Array, a: Array, b: Array, lower: bool = False, trans: int = 0, unit: bool = False
) -> Array:
    """−(a⁻ᵀ g) xᵀ, of which the solver reads one triangle; transposed for aᵀ x = b."""
    of_b = solve_columns(a, g, lower=lower, trans=1 - trans, unit=unit)
    return -triangle(out @ of_b.mT if trans else of_b @ out.mT, lower, unit)


solve_columns: Op = Op(
    _triangular,
    triangular_matrix_rule,
    lambda g, out, a, b, trans=0, **k: solve_columns(a, g, trans=1 - trans, **k),
    name="solve_triangular",
)


def solve_triangular(
    a: Array, b: Array, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False,
    overwrite_b: bool = False, check_finite: bool = True,
) -> Array:  # fmt: skip
    """The x with a x = b (aᵀ x = b for ``trans="T"``, aᴴ x = b for "C") and triangular a."""
    kind = {"N": 0, "T": 1, "C": 2}.get(trans, trans)
    a = np.conjugate(a) if kind == 2 else a
    columns = np.reshape(b, (-1, 1)) if np.ndim(b) == 1 else b
    x = solve_columns(a, columns, lower=bool(lower), trans=int(kind > 0), unit=bool(unit_diagonal))
    return x[..., 0] if np.ndim(b) == 1 else x


def cholesky(a: Array, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True) -> Array:
    """The triangular factor of a positive definite matrix: a = Uᴴ U from the upper triangle, or L Lᴴ from the lower."""
    return linalg.cholesky(a, upper=not lower)


def cho_factor(
    a: Array, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True
) -> tuple[Array, bool]:
    """`cholesky`, in the form that `cho_solve` takes."""
    return cholesky(a, lower), lower


def cho_solve(c_and_lower: tuple[Array, bool], b: Array, overwrite_b: bool = False, check_finite: bool = True) -> Array:
    """The x with a x = b, from the Cholesky factor of a."""
    c, lower = c_and_lower
    first, second = ("N", "C") if lower else ("C", "N")
    return solve_triangular(c, solve_triangular(c, b, first, lower), second, lower)


_vectors = Op(lambda a, b, lower: sl.eigh(a, b, lower=lower)[1], name="the eigenvectors as SciPy chooses their signs")


def eigh(
    a: Array, b: Array = None, *, lower: bool = True, eigvals_only: bool = False, overwrite_a: bool = False,
    overwrite_b: bool = False, type: int = 1, check_finite: bool = True, subset_by_index: Any = None,
    subset_by_value: Any = None, driver: Any = None,
) -> Any:  # fmt: skip
    """The w and v with a v = w v, or a v = w b v for a positive definite b and vᴴ b v = 1, from one triangle of each."""
    if type != 1 or subset_by_value is not None:
        raise UnsupportedError(f"scipy.linalg.eigh of a Value at {user_line()} does not take type= or subset_by_value=")
    if b is None:
        w, v = linalg.eigh(a, "L" if lower else "U")
    else:
        factor = np.linalg.inv(linalg.cholesky(b, upper=not lower))
        half = factor if lower else np.conjugate(factor.mT)
        w, y = linalg.eigh(half @ linalg.completed(a, not lower) @ np.conjugate(half.mT))
        v = np.conjugate(half.mT) @ y
        same = np.sum(np.conjugate(v) * (linalg.completed(b, not lower) @ _vectors(a, b, lower=lower)), axis=-2)
        v = v * np.sign(same)
    if subset_by_index is not None:
        kept = slice(int(subset_by_index[0]), int(subset_by_index[1]) + 1)
        w, v = w[..., kept], v[..., kept]
    return w if eigvals_only else (w, v)


def eigvalsh(
    a: Array, b: Array = None, *, lower: bool = True, overwrite_a: bool = False, overwrite_b: bool = False, type: int = 1,
    check_finite: bool = True, subset_by_index: Any = None, subset_by_value: Any = None, driver: Any = None,
) -> Array:  # fmt: skip
    """The eigenvalues of `eigh`."""
    how = {"lower": lower, "type": type, "subset_by_index": subset_by_index, "subset_by_value": subset_by_value}
    return eigh(a, b, eigvals_only=True, **how)


# -- banded systems ----------------------------------------------------------------------------------------------


def _banded(ab: Array, b: Array, bands: tuple[int, int]) -> Array:
    return sl.solve_banded(bands, ab, b)


def diagonals(bands: tuple[int, int]) -> range:
    """The offsets of the diagonals that the rows of a banded matrix hold: row u − k holds a[j − k, j] in column j."""
    return range(bands[1], -bands[0] - 1, -1)


def shifted(x: Array, k: int) -> Array:
    """``x[..., j − k]`` in column j, and 0 where there is none."""
    n = x.shape[-1]
    kept = np.arange(n) >= k if k >= 0 else np.arange(n) < n + k
    return np.where(kept, np.roll(x, k, axis=-1), 0)


def transposed(ab: Array, bands: tuple[int, int]) -> Array:
    """The banded form of the transposed matrix: its diagonals, each shifted, from the last to the first."""
    rows = [shifted(ab[bands[1] - k], -k) for k in diagonals(bands)]
    return np.stack(rows[::-1])


def banded_rule(g: Array, out: Array, ab: Array, b: Array, bands: tuple[int, int]) -> Array:
    """−(a⁻ᵀ g) xᵀ on the diagonals."""
    of_b = solve_bands(transposed(ab, bands), g, bands=bands[::-1])
    return -np.stack([np.sum(shifted(of_b.mT, k) * out.mT, axis=0) for k in diagonals(bands)])


solve_bands: Op = Op(
    _banded,
    banded_rule,
    lambda g, out, ab, b, bands: solve_bands(transposed(ab, bands), g, bands=bands[::-1]),
    name="solve_banded",
)


def solve_banded(
    l_and_u: tuple[int, int], ab: Array, b: Array, overwrite_ab: bool = False, overwrite_b: bool = False,
    check_finite: bool = True,
) -> Array:  # fmt: skip
    """The x with a x = b, for a matrix given by its diagonals: ``ab[u + i − j, j] = a[i, j]``."""
    bands = (int(l_and_u[0]), int(l_and_u[1]))
    x = solve_bands(ab, np.reshape(b, (np.shape(b)[0], -1)), bands=bands)
    return np.reshape(x, np.shape(b))


# -- Sylvester's equation and functions of matrices --------------------------------------------------------------

solve_sylvester: Op = Op(
    sl.solve_sylvester,
    lambda g, out, a, b, q: -(solve_sylvester(a.mT, b.mT, g) @ out.mT),
    lambda g, out, a, b, q: -(out.mT @ solve_sylvester(a.mT, b.mT, g)),
    lambda g, out, a, b, q: solve_sylvester(a.mT, b.mT, g),
)
sqrtm = Op(sl.sqrtm, lambda g, out, a: solve_sylvester(out.mT, out.mT, g))


def frechet(f: Callable[[Array], Array], a: Array, e: Array) -> Array:
    """The derivative of a function of matrices at `a` along `e`: f([[a, e], [0, a]]) has it at the upper right.

    N. Higham, "Functions of Matrices" (2008), section 3.2.
    """
    n = a.shape[-1]
    upper = np.concatenate([a, e], axis=-1)
    lower = np.concatenate([np.zeros_like(a), a], axis=-1)
    return f(np.concatenate([upper, lower], axis=-2))[..., :n, n:]


expm: Op = Op(sl.expm, lambda g, out, a: frechet(expm, a.mT, g))
logm: Op = Op(sl.logm, lambda g, out, a: frechet(logm, a.mT, g))
sinm: Op = Op(sl.sinm, lambda g, out, a: frechet(sinm, a.mT, g))
cosm: Op = Op(sl.cosm, lambda g, out, a: frechet(cosm, a.mT, g))
sinhm: Op = Op(sl.sinhm, lambda g, out, a: frechet(sinhm, a.mT, g))
coshm: Op = Op(sl.coshm, lambda g, out, a: frechet(coshm, a.mT, g))

# -- compositions ------------------------------------------------------------------------------------------------


def block_diag(*arrs: Array) -> Array:
    """The matrices along the diagonal of a larger one, and zeros elsewhere."""
    blocks = [np.reshape(a, (1,) * (2 - np.ndim(a)) + np.shape(a)) for a in arrs]
    widths = [block.shape[-1] for block in blocks]
    rows = [np.pad(block, ((0, 0), (sum(widths[:i]), sum(widths[i + 1 :])))) for i, block in enumerate(blocks)]
    return np.concatenate(rows)


def _numpys(name: str) -> Callable[..., Any]:
    """NumPy's function of that name, for the calls that both libraries take: arrays alone."""
    function = getattr(np.linalg, name)

    def called(*arrays: Array, overwrite_a: bool = False, check_finite: bool = True, **options: Any) -> Any:
        if options:
            raise UnsupportedError(
                f"scipy.linalg.{name} of a Value at {user_line()} does not take {', '.join(options)}"
            )
        return function(*arrays)

    return called


OPS: dict[str, Op] = {op.name: op for op in vars().values() if isinstance(op, Op) and op.rules}

COMPOSED: dict[str, Callable[..., Any]] = {
    "solve_triangular": solve_triangular, "cholesky": cholesky, "cho_factor": cho_factor, "cho_solve": cho_solve,
    "solve_banded": solve_banded, "block_diag": block_diag, "solve": _numpys("solve"), "inv": _numpys("inv"),
    "det": _numpys("det"), "eigh": eigh, "eigvalsh": eigvalsh,
}  # fmt: skip

NAMES: dict[str, Callable[..., Any]] = OPS | COMPOSED
