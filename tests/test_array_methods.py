"""What an array has, a Value has: every method and attribute of `numpy.ndarray` answers, or says what to write instead."""

from __future__ import annotations

import numpy as np
import pytest

from autograd import UnsupportedError, Value, grad

X = np.array([[0.7, -1.2, 2.1], [1.4, 0.3, -0.8]])

# What a Value has not: how the memory lies, how it is shared or written to a file, and the bits of integers.
ABSENT = set("base ctypes dump dumps flags getfield to_device tofile view choose".split())

# Each with calls: the plain array's answer is the Value's, and so is the derivative by differences.
CALLS = {
    "all": [{}, {"axis": 0}], "any": [{}, {"axis": 1, "keepdims": True}], "nonzero": [{}],
    "argmax": [{}, {"axis": 1, "keepdims": True}], "argmin": [{"axis": 0}], "argsort": [{}, {"axis": 0, "kind": "stable"}],
    "argpartition": [{"kth": 1}], "tolist": [{}], "tobytes": [{}], "item": [{"args": (1, 2)}], "conj": [{}], "conjugate": [{}],
    "sum": [{}, {"axis": 0, "dtype": np.float32}, {"where": X > 0}, {"initial": 2.0, "axis": 1, "keepdims": True}],
    "mean": [{}, {"where": X > 0}, {"axis": 1, "dtype": np.float32}], "prod": [{}, {"where": X > 0, "initial": 2.0}],
    "max": [{}, {"initial": 5.0}, {"where": X > 0, "initial": -1.0}], "min": [{"axis": 0}, {"where": X > 0, "initial": 9.0}],
    "var": [{}, {"ddof": 1, "where": X > 0}, {"mean": 0.5}],
    "std": [{"axis": 1}, {"dtype": np.float64, "ddof": 1}, {"where": X > 0}],
    "cumsum": [{}, {"axis": 1}, {"axis": 0, "dtype": np.float64}], "cumprod": [{}, {"axis": 1}],
    "compress": [{"condition": [True, False, True], "axis": 1}], "take": [{"indices": [0, 2], "axis": 1, "mode": "wrap"}],
    "clip": [{"min": -1.0, "max": 1.0}, {"args": (None, 1.0)}], "round": [{"decimals": 1}], "copy": [{}],
    "reshape": [{"args": (3, 2)}, {"args": ((3, 2),), "order": "F"}], "ravel": [{"order": "F"}, {}],
    "flatten": [{"order": "K"}], "transpose": [{}, {"args": (1, 0)}], "swapaxes": [{"args": (0, 1)}],
    "squeeze": [{}], "repeat": [{"repeats": 2, "axis": 1}], "diagonal": [{"offset": 1}], "trace": [{"offset": 1}],
    "astype": [{"dtype": np.float64, "copy": False}, {"dtype": int}, {"dtype": np.float64, "casting": "safe"}],
    "dot": [{"args": (np.ones(3),)}],
}  # fmt: skip
ATTRIBUTES = "T mT shape ndim size dtype nbytes itemsize strides real imag device".split()
REFUSED = "sort partition fill put resize byteswap setfield setflags".split()
OTHERS = {"flat": "iterates", "data": "the numbers", "searchsorted": "of one dimension"}


def test_everything_is_there():
    public = {name for name in dir(np.ndarray) if not name.startswith("_")}
    assert public == {*ABSENT, *CALLS, *ATTRIBUTES, *REFUSED, *OTHERS}
    assert not [name for name in public - ABSENT if not hasattr(Value, name)]
    assert not [name for name in ABSENT if hasattr(Value, name)]


CASES = [pytest.param(name, how, id=f"{name}-{i}") for name, hows in CALLS.items() for i, how in enumerate(hows)]


@pytest.mark.parametrize(("name", "how"), CASES)
def test_a_method_answers_as_the_arrays(name, how):
    kwargs = {key: x for key, x in how.items() if key != "args"}
    call = lambda x: getattr(x, name)(*how.get("args", ()), **kwargs)
    expected, found = call(X), call(Value(X))
    assert isinstance(found, Value) == (getattr(expected, "dtype", np.dtype(int)).kind == "f" and name != "item")
    plain = found.data if isinstance(found, Value) else found
    if isinstance(expected, (tuple, bytes)):
        np.testing.assert_array_equal(plain, expected)
    else:
        np.testing.assert_allclose(plain, expected, rtol=1e-15)
    assert getattr(plain, "dtype", None) == getattr(expected, "dtype", None)
    if isinstance(found, Value) and found.dtype == np.float64:
        w = np.random.default_rng(0).normal(size=found.shape)
        d = np.random.default_rng(1).normal(size=X.shape)
        h = 1e-6
        numeric = np.sum(w * (call(X + h * d) - call(X - h * d))) / (2 * h)
        np.testing.assert_allclose(np.sum(grad(lambda x: np.sum(w * call(x)))(X) * d), numeric, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_an_attribute_is_the_arrays(name):
    found = getattr(Value(X), name)
    np.testing.assert_array_equal(found.data if isinstance(found, Value) else found, getattr(X, name))


@pytest.mark.parametrize("name", [*REFUSED, "itemset"])
def test_a_change_in_place_is_refused_with_advice(name):
    with pytest.raises(UnsupportedError, match=rf"value\.{name}.* in place.*: use "):
        getattr(Value(X), name)()


def test_places_in_an_ascending_array():
    x = Value(np.sort(X.ravel()))
    for v in (0.5, Value(0.5), [0.5, 1.0]):
        np.testing.assert_array_equal(x.searchsorted(v, side="right"), x.data.searchsorted(getattr(v, "data", v)))
    assert not isinstance(X.ravel().searchsorted(0.5), Value)


def test_a_cast_that_loses_is_refused_when_asked_for_a_safe_one():
    with pytest.raises(TypeError, match="is no 'safe' conversion"):
        Value(X).astype(np.float32, casting="safe")
