"""A wrong call is an error of the package, which names the line, and one of the built-in errors that NumPy raises."""

from __future__ import annotations

import numpy as np
import pytest

from autograd import AutogradError, Value

X = np.arange(12.0).reshape(4, 3) + 1

WRONG = {
    "split": lambda x: np.split(x, 3), "split axis": lambda x: np.split(x, 2, axis=5),
    "array_split": lambda x: np.array_split(x, 2, axis=3), "concatenate": lambda x: np.concatenate([x, x[:, :2]]),
    "stack": lambda x: np.stack([x, x[0]]), "hstack": lambda x: np.hstack([x, x[:2]]),
    "vstack": lambda x: np.vstack([x, x[:, :1]]), "block": lambda x: np.block([[x, x[0]], [x]]),
    "moveaxis": lambda x: np.moveaxis(x, 0, 5), "swapaxes": lambda x: np.swapaxes(x, 0, 5),
    "transpose": lambda x: np.transpose(x, (0, 0)), "reshape": lambda x: np.reshape(x, (5, 5)),
    "reshape order": lambda x: np.reshape(x, (3, 4), order="Z"), "squeeze": lambda x: np.squeeze(x, axis=0),
    "broadcast_to": lambda x: np.broadcast_to(x, (2, 2)), "tile": lambda x: np.tile(x, -1),
    "repeat": lambda x: np.repeat(x, [1, 2], axis=0), "take": lambda x: np.take(x, [99]),
    "take axis": lambda x: np.take(x, [0], axis=4), "take_along_axis": lambda x: np.take_along_axis(x, np.array([[9]]), 0),
    "sort": lambda x: np.sort(x, axis=3), "diagonal": lambda x: np.diagonal(x[0]), "trace": lambda x: np.trace(x[0]),
    "diag": lambda x: np.diag(x[None]), "sum": lambda x: np.sum(x, axis=4), "mean": lambda x: np.mean(x, axis=4),
    "var": lambda x: np.var(x, axis=4), "max": lambda x: np.max(x, axis=4), "max of nothing": lambda x: np.max(x[:0]),
    "prod": lambda x: np.prod(x, axis=4), "cumsum": lambda x: np.cumsum(x, axis=4),
    "cumprod": lambda x: np.cumprod(x, axis=4),
    "median": lambda x: np.median(x, axis=4), "quantile": lambda x: np.quantile(x, 1.5), "ptp": lambda x: np.ptp(x, axis=4),
    "average": lambda x: np.average(x, weights=np.ones(2)), "cumulative_sum": lambda x: np.cumulative_sum(x),
    "diff": lambda x: np.diff(x, axis=4), "gradient": lambda x: np.gradient(x, 1.0, 1.0, 1.0),
    "gradient short": lambda x: np.gradient(x[:1], axis=0), "trapezoid": lambda x: np.trapezoid(x, axis=4),
    "interp": lambda x: np.interp(x, [0.0, 1.0], [1.0]), "convolve": lambda x: np.convolve(x[0], x[0], "some"),
    "polyfit": lambda x: np.polyfit(np.arange(3.0), x[:, 0], 1), "matmul": lambda x: np.matmul(x, x),
    "dot": lambda x: np.dot(x, x), "tensordot": lambda x: np.tensordot(x, x, axes=1), "cross": lambda x: np.cross(x.T, x.T),
    "einsum": lambda x: np.einsum("ij,jk", x), "einsum rank": lambda x: np.einsum("ijk->i", x),
    "inner": lambda x: np.inner(x, x.T), "multi_dot": lambda x: np.linalg.multi_dot([x, x]),
    "tensordot axis": lambda x: np.tensordot(x, x, axes=((5,), (0,))), "insert axis": lambda x: np.insert(x, 0, 1.0, axis=5),
    "gradient axis": lambda x: np.gradient(x, axis=5), "average axis": lambda x: np.average(x, 5, np.ones(4)),
    "norm axes": lambda x: np.linalg.norm(x, 1, axis=(0, 5)), "rollaxis": lambda x: np.rollaxis(x, 5),
    "reduce axis": lambda x: np.hypot.reduce(x, axis=5), "pad axis": lambda x: np.pad(x, {5: 1}),
    "irfft axis": lambda x: np.fft.irfft(x, axis=5),
    "where": lambda x: np.where(x > 0, x, x[:2]),
    "select": lambda x: np.select([x > 0], [x, x]), "choose": lambda x: np.choose([0, 5], [x[0, :2], x[1, :2]]),
    "insert": lambda x: np.insert(x, 9, 1.0, axis=0), "delete": lambda x: np.delete(x, 9, axis=0),
    "pad": lambda x: np.pad(x, ((1, 1), (1, 1), (1, 1))), "pad mode": lambda x: np.pad(x, 1, "median"),
    "roll": lambda x: np.roll(x, 1, axis=4), "rot90": lambda x: np.rot90(x, axes=(0, 5)),
    "clip": lambda x: np.clip(x, X[:2], 3.0),
    "histogram": lambda x: np.histogram(X, 3, weights=x[0]), "bincount": lambda x: np.bincount([0, 1], x[0]),
    "sliding": lambda x: np.lib.stride_tricks.sliding_window_view(x, 9, axis=0), "add": lambda x: x + x[:, :2],
    "unstack": lambda x: np.unstack(x, axis=4), "norm": lambda x: np.linalg.norm(x, "no"),
    "norm axis": lambda x: np.linalg.norm(x, axis=4), "vector_norm": lambda x: np.linalg.vector_norm(x, axis=(0, 1, 2)),
    "qr": lambda x: np.linalg.qr(x, mode="raw"), "eigh": lambda x: np.linalg.eigh(x[:3], "X"),
    "tensorsolve": lambda x: np.linalg.tensorsolve(x, x[0]), "fft": lambda x: np.fft.fft(x, axis=4),

    "fft n": lambda x: np.fft.fft(x, n=0), "getitem": lambda x: x[9], "getitem axes": lambda x: x[0, 0, 0],
    "reduceat": lambda x: np.logaddexp.reduceat(x, [9]), "accumulate": lambda x: np.maximum.accumulate(x, axis=4),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_call_says_what_and_where(name):
    with pytest.raises(AutogradError, match=r"test_wrong_calls\.py:") as found:
        WRONG[name](Value(X))
    assert isinstance(found.value, (ValueError, IndexError, TypeError))
