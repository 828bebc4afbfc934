"""`scipy.sparse`: products with a constant sparse matrix, and systems of equations with one."""

from __future__ import annotations

from typing import Any

from scipy.sparse import issparse, linalg

from ..op import Array, Op

# The matrix is static, since the derivative with respect to it would be dense.
product: Op = Op(
    lambda x, matrix: matrix @ x,
    lambda g, out, x, matrix: product(g, matrix=matrix.T),
    name="sparse_product",
)
solution: Op = Op(
    lambda b, matrix: linalg.spsolve(matrix, b),
    lambda g, out, b, matrix: solution(g, matrix=matrix.T.tocsc()),
    name="spsolve",
)


def matmul(a: Any, b: Any) -> Array:
    """``a @ b``, of which one is a constant sparse matrix: SciPy's own operator refuses a `Value` on its right."""
    if issparse(a):
        return product(b, matrix=a)
    return product(a.T, matrix=b.T).T  # (a b)ᵀ = bᵀ aᵀ; a vector is its own transpose


def spsolve(matrix: Any, b: Array) -> Array:
    """The x with ``matrix @ x = b``, for a constant sparse matrix."""
    return solution(b, matrix=matrix.tocsc())


OPS: dict[str, Op] = {op.name: op for op in (product, solution)}
