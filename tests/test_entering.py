"""What meets a Value is taken for the numbers in it, or refused with the remedy; it is never something else in silence."""

from __future__ import annotations

import operator
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import xarray as xr

from autograd import AutogradError, Value, grad

X = np.array([0.5, -1.5, 2.0])
NUMBERS = [1.0, 2.0, 3.0]


def matrix(values):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.matrix(values)


# Each operand, and the plain numbers in it.
OPERANDS = {
    "list": (NUMBERS, NUMBERS),
    "tuple": ((1, 2, 3), NUMBERS),
    "range": (range(3), [0, 1, 2]),
    "Fraction": (Fraction(1, 3), 1 / 3),
    "Decimal": (Decimal("0.5"), 0.5),
    "bool": (True, 1.0),
    "large int": (10**30, 1e30),
    "memoryview": (memoryview(np.array(NUMBERS)), NUMBERS),
    "bytearray": (bytearray([1, 2, 3]), NUMBERS),
    "int8": (np.array([1, 2, 3], np.int8), NUMBERS),
    "bools": (np.array([True, False, True]), [1, 0, 1]),
    "Fortran order": (np.asfortranarray(np.eye(3)), np.eye(3)),
    "zero strides": (np.broadcast_to(2.0, 3), [2.0, 2, 2]),
    "negative strides": (np.array(NUMBERS)[::-1], NUMBERS[::-1]),
    "0-d": (np.array(2.0), 2.0),
    "empty": (np.zeros((0, 3)), np.zeros((0, 3))),
    "read-only": (np.frombuffer(np.array(NUMBERS).tobytes()), NUMBERS),
    "memmap-like": (np.array(NUMBERS).view(type("Sub", (np.ndarray,), {})), NUMBERS),
    "object": (np.array([1, 2, 3], object), NUMBERS),
    "Series": (pd.Series(NUMBERS, index=[2, 1, 0]), NUMBERS),
    "DataFrame": (pd.DataFrame(np.eye(3)), np.eye(3)),
    "Index": (pd.Index(NUMBERS), NUMBERS),
    "pandas array": (pd.array(NUMBERS), NUMBERS),
    "masked": (np.ma.array(NUMBERS, mask=[0, 1, 0]), None),
    "nothing masked": (np.ma.array(NUMBERS), NUMBERS),
    "matrix": (matrix(np.eye(3) * 2), np.eye(3) * 2),
    "csr_matrix": (sp.csr_matrix(np.eye(3)), np.eye(3)),
    "csr_array": (sp.csr_array(np.eye(3)), np.eye(3)),
    "DataArray": (xr.DataArray(NUMBERS, dims="t"), NUMBERS),
    "text": ("abc", None),
    "bytes": (b"abc", None),
    "set": ({1.0}, None),
    "dates": (np.array(["2020-01-01"] * 3, "M8[D]"), None),
    "None": (None, None),
}
OPERATIONS = {
    "v * o": operator.mul,
    "o * v": lambda v, o: o * v,
    "v - o": operator.sub,
    "o - v": lambda v, o: o - v,
    "v / o": operator.truediv,
    "o @ v": lambda v, o: o @ v,
    "v @ o": operator.matmul,
    "np.multiply(v, o)": np.multiply,
    "np.multiply(o, v)": lambda v, o: np.multiply(o, v),
    "np.maximum(o, v)": lambda v, o: np.maximum(o, v),
    "np.hypot(v, o)": np.hypot,  # of objects, NumPy asks each for its method
    "np.where": lambda v, o: np.where([True, False, True], v, o),
    "np.dot(o, v)": lambda v, o: np.dot(o, v),
    "np.stack": lambda v, o: np.stack([v, o]),
    "mask": lambda v, o: (v > o) * v,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
@pytest.mark.parametrize(("operand", "plain"), OPERANDS.values(), ids=OPERANDS)
def test_operands(operand, plain, operation):
    """As with the plain numbers, or an error that names the line."""

    def total(o):
        return grad(lambda v: np.sum(operation(v, o)))(X)

    try:
        right = None if plain is None else total(np.asarray(plain, float))
    except AutogradError:
        right = None  # shapes that do not fit: then nothing else may come out either
    try:
        found = total(operand)
    except (AutogradError, TypeError, ValueError, NotImplementedError) as error:
        refused = error
    else:
        refused = None
    if refused is not None:
        assert "test_entering.py" in str(refused) or not isinstance(refused, AutogradError)
        return
    assert right is not None
    np.testing.assert_allclose(found, right)


ADVICE = {
    "Series": r"\.to_numpy\(\)", "DataFrame": r"\.to_numpy\(\)", "csr_matrix": "sparse.matmul", "masked": r"\.filled",
    "matrix": "@", "text": "np.asarray",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "words"), ADVICE.items())
def test_the_error_says_what_to_write(kind, words):
    with pytest.raises(AutogradError, match=words):
        Value(X) * OPERANDS[kind][0]


# Functions made of operations, which take a constant apart before one of these sees it.
CONSTANTS = {
    "set": lambda v, m: v.at[...].set(m), "add": lambda v, m: v.at[...].add(m), "divide": lambda v, m: v.at[...].divide(m),
    "full_like": np.full_like, "insert": lambda v, m: np.insert(v, 0, m), "append": np.append,
    "average": lambda v, m: np.average(v, weights=m), "pad": lambda v, m: np.pad(v, 1, constant_values=m),
    "diff": lambda v, m: np.diff(v, prepend=m), "choose": lambda v, m: np.choose(np.array([0, 1, 0]), [v, m]),
    "piecewise": lambda v, m: np.piecewise(v, [v > 0], [m]), "broadcast": lambda v, m: np.broadcast_arrays(v, m)[1],
    "block": lambda v, m: np.block([v, [m]]), "linspace": lambda v, m: np.linspace(v, m, 3),
}  # fmt: skip


@pytest.mark.parametrize("masked", [np.ma.array(3.0, mask=True), np.ma.array(NUMBERS, mask=[0, 1, 0]), np.ma.masked])
@pytest.mark.parametrize("call", CONSTANTS.values(), ids=CONSTANTS)
def test_a_masked_constant_is_refused_everywhere(call, masked):
    with pytest.raises(AutogradError, match=r"test_entering.py.*\.filled"):
        call(Value(X), masked)


def test_pandas_leaves_the_operation_to_the_value():
    with pytest.raises(AutogradError, match=r"Series.*\.to_numpy\(\)"):
        OPERANDS["Series"][0] * Value(X)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("operand", "plain"), OPERANDS.values(), ids=OPERANDS)
def test_a_value_is_made_of_the_numbers(operand, plain):
    try:
        value = Value(operand)
    except AutogradError as refused:
        message = str(refused)
    else:
        message = ""
    if message:
        assert "test_entering.py" in message
        return
    assert plain is not None
    np.testing.assert_array_equal(value.data, np.asarray(plain, float))
    assert type(value.data) in (np.ndarray, np.float64)


def test_comparisons_with_none():
    v, w = Value(1.0), Value([1.0, 2.0])
    assert operator.ne(v, None)
    assert not operator.eq(v, None)
    assert None not in [v]
    np.testing.assert_array_equal(operator.eq(w, None), [False, False])


# -- indices -----------------------------------------------------------------------------------------------------

INDICES = [
    [], range(2), True, False, [True, False, True], np.int64(1), np.array(2), np.uint8([0, 1]), [[0, 1], [2, 0]],
    slice(None, None, -1), Ellipsis, None, (0,), ([],), np.zeros(0, int), (slice(1, 3), None), -1, [-1, -1, -1],
    pd.Index([0, 2]), (Ellipsis, 1), np.True_,
]  # fmt: skip


@pytest.mark.parametrize("index", INDICES, ids=repr)
def test_every_index_that_numpy_takes(index):
    picked = X[index]
    weights = np.random.default_rng(0).normal(size=np.shape(picked))
    value = Value(X)
    (value[index] * weights).sum().backward()
    places = np.arange(3)[index]
    expected = np.zeros(3)
    np.add.at(expected, places, weights)
    np.testing.assert_array_equal(value[index].data, picked)
    np.testing.assert_allclose(value.grad, expected)


@pytest.mark.parametrize("index", [1.0, "a", np.array([0.5]), 7, [9], (0, 0), {}], ids=repr)
def test_every_index_that_numpy_refuses(index):
    with pytest.raises(IndexError):
        X[index]
    with pytest.raises((IndexError, AutogradError), match="test_entering.py"):
        Value(X)[index]
