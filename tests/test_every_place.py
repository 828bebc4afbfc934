"""A Value in every place of every function: the answer is a derivative, an error, or constant in truth.

The oracle is NumPy itself, called with numbers a little to either side. A plain answer that moves with the Value is a wrong
derivative of 0.
"""

from __future__ import annotations

import numpy as np
import pytest

from autograd import AutogradError, Value
from autograd.engine.calls import reaching
from autograd.rules import CONSTANTS, MAKERS, TABLE, numpy_function
from tests.oracle import weights

_X = np.array([0.31, -1.24, 2.05, 0.78])
_Y = np.array([0.12, 0.93, -0.37, 1.61])
_M = np.array([[2.1, 0.3], [0.4, 1.7]])
_EDGES = np.array([-2.0, 0.1, 1.1, 3.0])
_I = np.array([0, 2, 2, 1])
_MASK = np.array([True, False, True, True])

# Calls with a number or an array of numbers in every place that NumPy lets one have one. The places are found by type.
CALLS: dict[str, list[tuple[tuple, dict]]] = {
    "full_like": [((_X, 1.5), {}), ((_M, np.array([1.5, 2.5])), {"shape": (3, 2)})],
    "zeros_like": [((_X,), {})],
    "ones_like": [((_X,), {"shape": (2,)})],
    "argmax": [((_X,), {})], "argmin": [((_M, 1), {})], "nanargmax": [((_X,), {})], "nanargmin": [((_X,), {})],
    "argsort": [((_X,), {})], "lexsort": [((_M,), {})], "argpartition": [((_X, 2), {})],
    "searchsorted": [((np.sort(_X), 0.4), {}), ((np.sort(_X), _Y), {"side": "right"})],
    "nonzero": [((_X,), {})], "flatnonzero": [((_X,), {})], "argwhere": [((_X,), {})],
    "count_nonzero": [((_X,), {})], "all": [((_X,), {})], "any": [((_X,), {})],
    "isclose": [((_X, _Y), {"rtol": 1e-3, "atol": 1e-3})], "allclose": [((_X, _Y), {"rtol": 1e-3})],
    "array_equal": [((_X, _Y), {})], "array_equiv": [((_X, _Y), {})],
    "isposinf": [((_X,), {})], "isneginf": [((_X,), {})], "iscomplex": [((_X,), {})], "isreal": [((_X,), {})],
    "histogram": [
        ((_X,), {"bins": 3, "weights": _Y}), ((_X, _EDGES), {"density": True, "weights": _Y**2}),
        ((_X, 3), {"range": (-2.03, 3.4), "density": True}), ((_X,), {"bins": "sturges"}), ((np.zeros(0), 2), {}),
        ((np.ones(3, int), 2), {"weights": np.array([1.5, 2.0, 3.5])}),
    ],
    "histogram2d": [
        ((_X, _Y), {"bins": 2, "weights": _X}), ((_X, _Y, (2, 3)), {"density": True, "weights": _Y**2}),
        ((_X, _Y, _EDGES), {"density": True}), ((_X, _Y, [_EDGES, 2]), {"range": [[-2.0, 3.0], [-1.0, 2.0]]}),
    ],
    "histogramdd": [
        ((np.stack([_X, _Y], 1), 2), {"weights": _Y}), (([_X, _Y, _X * _Y], (2, 3, 2)), {"density": True}),
        ((_X, [3]), {}),
    ],
    "histogram_bin_edges": [((_X, 3), {}), ((_X, 3), {"range": (-2.0, 3.5)}), ((_X, "auto"), {}), ((_X, _EDGES), {})],
    "bincount": [((_I,), {"weights": _X}), ((_I, _X, 6), {}), ((_I[:0],), {"weights": _X[:0]})],
    "digitize": [((_X, _EDGES), {})],
    "unique": [
        ((_X,), {}), ((_M,), {"axis": 0, "return_inverse": True}), ((np.array([2.0, 1.0, 3.0]),), {"return_counts": True}),
        ((_X,), {"return_index": True, "equal_nan": False}),
    ],
    "unique_all": [((_X,), {})], "unique_counts": [((_M,), {})], "unique_inverse": [((_X,), {})],
    "unique_values": [((_X,), {})], "isin": [((_X, _Y), {})],
    "intersect1d": [((_X, _I), {}), ((_X, _Y), {"return_indices": True})], "union1d": [((_X, _Y), {})],
    "setdiff1d": [((_X, _Y), {}), ((_X, _Y), {"assume_unique": True})], "setxor1d": [((_M, _Y), {})],
    "ix_": [((_X, _Y), {}), ((_X, _MASK), {})], "spacing": [((_X,), {})],
    "linalg.matrix_rank": [((_M,), {"tol": 1e-3}), ((_M,), {"rtol": 1e-3})],
    "tril_indices_from": [((_M,), {})], "triu_indices_from": [((_M,), {})], "diag_indices_from": [((_M,), {})],
    "array": [((1.5,), {"like": True})], "asarray": [((_X,), {"like": True}), (([1.5, 2.5],), {"like": True})],
    "asanyarray": [((_X,), {"like": True})], "ascontiguousarray": [((_X,), {"like": True})],
    "asfortranarray": [((_X,), {"like": True})], "require": [((_X,), {"like": True})],
    "full": [((3, 1.5), {"like": True})], "arange": [((0.3, 2.2, 0.7), {"like": True})],
    "fromiter": [(([1.5, 2.5], float), {"like": True})], "fromfunction": [((lambda i: 2.0 * i, (3,)), {"like": True})],
    "eye": [((3,), {"like": True})], "identity": [((3,), {"like": True})], "tri": [((3,), {"like": True})],
    "ones": [((3,), {"like": True})], "zeros": [((3,), {"like": True})],
    "kaiser": [((4, 1.5), {})], "fft.fftfreq": [((4, 0.3), {})], "fft.rfftfreq": [((4, 0.3), {})],
    # functions with a derivative, in the places that are no array's
    "sum": [((_X,), {"initial": 0.4}), ((_X,), {"initial": 0.4, "where": _MASK})],
    "prod": [((_X,), {"initial": 0.4}), ((_X,), {"initial": 0.4, "where": _MASK})],
    "max": [((_X,), {"initial": 9.0}), ((_X,), {"initial": -9.0, "where": _MASK})],
    "min": [((_X,), {"initial": 9.0}), ((_X,), {"initial": -9.0, "where": _MASK})],
    "nansum": [((_X,), {"initial": 0.4})], "nanmax": [((_X,), {"initial": 9.0})],
    "mean": [((_X,), {"where": _MASK})],
    "var": [((_X,), {"mean": 0.3, "ddof": 0.5}), ((_X,), {"correction": 0.5})],
    "std": [((_X,), {"mean": 0.3, "ddof": 0.5}), ((_X,), {"ddof": 0.5, "where": _MASK})],
    "average": [((_X,), {"weights": _Y**2})],
    "cov": [((_X, _Y), {"aweights": _Y**2}), ((_X,), {"ddof": 1})],
    "quantile": [((_X, 0.3), {}), ((_X, np.array([0.2, 0.7])), {})], "percentile": [((_X, 30.0), {})],
    "nanquantile": [((_X, 0.3), {})],
    "interp": [
        ((0.4, np.arange(3.0), _X[:3]), {"left": 0.5, "right": 0.7}), ((-1.0, np.arange(3.0), _X[:3]), {"left": 0.5}),
        ((7.0, np.arange(3.0), _X[:3]), {"right": 0.5}), ((7.0, np.arange(3.0), _X[:3]), {"period": 2.7}),
    ],
    "nan_to_num": [
        ((np.array([np.nan, 1.0, np.inf, -np.inf]),), {"nan": 0.5, "posinf": 7.0, "neginf": -7.0}), ((np.nan,), {"nan": 0.5}),
    ],
    "heaviside": [((0, 0.4), {})], "clip": [((_X, -0.4, 0.6), {}), ((_X,), {"min": -0.4, "max": 0.6})],
    "where": [((_MASK, _X, 0.5), {}), ((_X, 0.4, 0.2), {})],
    "select": [(([_MASK], [_X]), {"default": 0.4}), (([_MASK, ~_MASK], [0.1, _Y]), {})],
    "choose": [((np.array([0, 1]), [0.4, np.array([1.5, 2.5])]), {})],
    "piecewise": [((_X, [_X > 0.5], [0.3, 0.4]), {})],
    "pad": [
        ((_M, 1), {"constant_values": 0.4}), ((_M, ((1, 0), (2, 1))), {"constant_values": ((0.1, 0.2), (0.3, 0.4))}),
        ((_X, (2, 1)), {"constant_values": (0.4, 0.6)}), ((_M, {0: (1, 2)}), {}), ((_M, {-1: 1}), {"mode": "edge"}),
        ((_X, (2, 1)), {"mode": "linear_ramp", "end_values": (0.4, 0.6)}),
    ],
    "linspace": [((0.3, 2.5, 4), {}), ((_X, 2.0, 3), {"axis": 1, "endpoint": False})],
    "logspace": [((0.3, 1.2, 4), {"base": 2.5})], "geomspace": [((0.3, 2.5, 4), {})],
    "diff": [((_X,), {"prepend": 0.4, "append": _Y})], "ediff1d": [((_X,), {"to_end": 0.4, "to_begin": _Y})],
    "gradient": [((_X, 0.4), {}), ((_X, np.array([0.1, 0.4, 0.9, 1.1])), {"edge_order": 2})],
    "trapezoid": [((_X,), {"dx": 0.4}), ((_X,), {"x": np.sort(_Y)})],
    "unwrap": [((3 * _X,), {"period": 2.5, "discont": 1.3})],
    "polyval": [((_X, 0.4), {})], "polyint": [((_X,), {"k": 0.4}), ((_X, 2), {"k": [0.4, 0.5]})],
    "polyfit": [((_X, _Y, 1), {"w": _Y**2})],
    "insert": [((_X, 1, 0.5), {}), ((_M, 0, _X[:2]), {"axis": 1}), ((_M, 0, 0.5), {"axis": 1})],
    "append": [((_X, 0.5), {}), (([0.5, 0.7], 0.6), {})],
    "ldexp": [((1.5, 2), {})], "float_power": [((1.5, 0.3), {})], "linalg.norm": [((_X, 2.5), {}), ((_M, 1.5, 0), {})],
    "linalg.vector_norm": [((_X,), {"ord": 2.5})], "linalg.pinv": [((_M, 1e-3), {})],
    "linalg.lstsq": [((_M, _X[:2]), {"rcond": 1e-3})], "around": [((_X,), {})], "fmod": [((_X, 0.7), {})],
    "stack": [(([_X, _Y],), {}), (([0.5, 0.6],), {})], "hstack": [(([_X, 0.5],), {})],
    "concatenate": [(([_X, [0.5, 0.6]],), {})], "block": [(([[_M, _M], [0.5, 0.6]][0],), {})],
    "meshgrid": [((_X, _Y), {})], "kron": [((_M, _X), {})], "convolve": [((_X, _Y, "same"), {})],
    "linalg.multi_dot": [(([_M, _M, _X[:2]],), {})], "einsum": [(("ij,j->i", _M, _X[:2]), {})],
    "tile": [((_X, 2), {})], "repeat": [((_X, 2), {})], "resize": [((_X, (3, 2)), {})], "roll": [((_X, 1), {})],
    "take": [((_X, _I), {})], "compress": [((_MASK, _X), {})], "extract": [((_MASK, _X), {})],
    "angle": [((_X,), {})], "copysign": [((_X, 0.4), {})], "logaddexp": [((_X, 0.4), {})],
}  # fmt: skip


# Places that the table refuses: counts, tolerances, and arguments that pick a method.
REFUSED = {
    ("var", "1.ddof"), ("var", "1.correction"), ("std", "1.ddof"), ("quantile", "0.1"), ("percentile", "0.1"),
    ("nanquantile", "0.1"), ("unwrap", "1.period"), ("unwrap", "1.discont"), ("linalg.pinv", "0.1"),
    ("linalg.lstsq", "1.rcond"),
}  # fmt: skip
NUMPYS = {name for name in CALLS if numpy_function(name) in TABLE}
UFUNCS = {name for name in CALLS if isinstance(numpy_function(name), np.ufunc)}  # a list is no operand that NumPy asks


LISTS = {"block", "histogramdd", "histogram2d"}  # where a list is not the array of its elements


def is_number(x):
    return isinstance(x, float) or (isinstance(x, np.ndarray) and x.dtype.kind == "f" and x.size > 0)


def places(x, path=()):
    """The paths to the numbers in a nest of tuples, lists and dicts."""
    if is_number(x):
        yield path
    items = x.items() if isinstance(x, dict) else enumerate(x) if isinstance(x, (list, tuple)) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def put(x, path, new):
    """`x` with `new` at `path`."""
    if not path:
        return new
    items = x.items() if isinstance(x, dict) else enumerate(x)
    changed = {key: put(item, path[1:], new) if key == path[0] else item for key, item in items}
    return changed if isinstance(x, dict) else type(x)(changed.values())


def at(x, path):
    return at(x[path[0]], path[1:]) if path else x


def numbers(result):
    """Everything in a result that is a floating-point number."""
    if isinstance(result, (tuple, list)):
        return [n for part in result for n in numbers(part)]
    return [result] if getattr(result, "dtype", np.dtype(object)).kind == "f" else []


def projected(result):
    return sum(np.sum(np.asarray(weights(n, i) * n, dtype=float)) for i, n in enumerate(numbers(result)))


CASES = [
    pytest.param(name, call, path, way, id=f"{name}-{i}-{'.'.join(map(str, path))}-{way}")
    for name, calls in CALLS.items() if numpy_function(name) is not None
    for i, call in enumerate(calls)
    for path in places(call)
    for way in ("numpy", "row", "reaching", "reaching a list")
    if way != "reaching a list" or name not in LISTS
]  # fmt: skip


def listed(x):
    """An array as nested lists of Values."""
    return [listed(part) for part in x] if np.ndim(x) else Value(x)


def slopes(leaves):
    """The gradients of a Value, or of nested lists of Values."""
    if isinstance(leaves, list):
        return np.array([slopes(leaf) for leaf in leaves])
    return np.zeros_like(leaves.data) if leaves.grad is None else leaves.grad


WAYS = {
    "numpy": lambda function, args, kwargs: function(*args, **kwargs),
    "row": lambda function, args, kwargs: TABLE.get(function, function)(*args, **kwargs),
    "reaching": lambda function, args, kwargs: reaching(function)(*args, **kwargs),
    "reaching a list": lambda function, args, kwargs: reaching(function)(*args, **kwargs),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("name", "call", "path", "way"), CASES)
def test_a_value_in_every_place(name, call, path, way):
    plain = numpy_function(name)
    like = {"like": Value(1.0)} if "like" in call[1] else {}
    call = (call[0], {k: v for k, v in call[1].items() if k != "like"})
    x = np.asarray(at(call, path))[()]
    value = Value(x)
    leaves = listed(x) if way == "reaching a list" else value
    args, kwargs = put(call, path, leaves)
    try:
        result = WAYS[way](plain, args, kwargs | like)
    except (AutogradError, TypeError, ValueError, AttributeError):
        refused = (name, ".".join(map(str, path))) in REFUSED or name not in NUMPYS or name in UFUNCS
        assert refused or way == "numpy"
        return
    parts, expected = numbers(result), numbers(plain(*call[0], **call[1]))
    for part, array in zip(parts, expected, strict=True):
        assert (part.shape, part.dtype) == (array.shape, array.dtype)
        np.testing.assert_allclose(part.data if isinstance(part, Value) else part, array, rtol=1e-12, atol=1e-15)
        if isinstance(part, Value):
            part.backward(weights(part, 0))
    direction = np.random.default_rng(0).normal(size=x.shape)

    def moved(t):
        args, kwargs = put(call, path, x + t * direction)
        return sum(np.sum(weights(n, 0) * n) for n in numbers(plain(*args, **kwargs)))

    numeric = (moved(1e-6) - moved(-1e-6)) / 2e-6
    found = slopes(leaves)
    np.testing.assert_allclose(np.sum(found * direction), numeric, rtol=1e-6, atol=1e-7)


# Functions without a derivative that take no number that could move continuously: shapes, kinds, text, files, integers.
WITHOUT_NUMBERS = set(
    """
    shape ndim size iscomplexobj isrealobj isscalar result_type can_cast common_type min_scalar_type promote_types isdtype
    issubdtype typename isfortran iterable empty_like isnat array_repr array_str array2string may_share_memory shares_memory
    in1d ravel_multi_index unravel_index einsum_path bitwise_and bitwise_or bitwise_xor bitwise_not bitwise_invert
    bitwise_count bitwise_left_shift bitwise_right_shift invert left_shift right_shift gcd lcm packbits unpackbits
    mask_indices diag_indices tril_indices triu_indices bartlett blackman hamming hanning broadcast_shapes base_repr
    binary_repr format_float_positional format_float_scientific datetime_as_string datetime_data is_busday busday_count
    busday_offset mintypecode load save savetxt savez savez_compressed get_include get_printoptions set_printoptions
    printoptions getbufsize setbufsize geterr seterr geterrcall seterrcall info show_config show_runtime test frompyfunc
    nested_iters asarray_chkfinite empty indices frombuffer fromfile fromstring fromregex loadtxt genfromtxt from_dlpack
    isfinite isinf isnan signbit logical_and logical_or logical_xor logical_not greater greater_equal less less_equal equal
    not_equal
    """.split()
)


def test_every_constant_is_called():
    called = {numpy_function(name) for name in {*CALLS, *WITHOUT_NUMBERS}}
    assert not {f.__name__ for f in (CONSTANTS | MAKERS) - called}


METHODS = [
    lambda a, v: a.fill(v), lambda a, v: a.clip(v, 3.0), lambda a, v: a.clip(0.0, v), lambda a, v: a.sum(initial=v),
    lambda a, v: a.max(initial=v), lambda a, v: a.prod(initial=v), lambda a, v: a.dot(v * np.ones(3)),
    lambda a, v: a.put([0], v), lambda a, v: a.itemset(0, v), lambda a, v: a.__setitem__(0, v), lambda a, v: a.__iadd__(v),
    lambda a, v: a.mean(where=v), lambda a, v: a.std(mean=v), lambda a, v: np.fromiter((v for _ in range(2)), float),
    lambda a, v: np.add.reduce(a, initial=v), lambda a, v: np.maximum.reduce(a, initial=v), lambda a, v: np.float64(v),
    lambda a, v: np.array([v, v]), lambda a, v: np.full(3, v), lambda a, v: np.add.at(a, [0], v),
]  # fmt: skip


@pytest.mark.parametrize("method", range(len(METHODS)))
def test_a_value_handed_to_an_arrays_method(method):
    a, value = np.array([0.5, 2.5, 1.0]), Value(1.5)
    try:
        result = METHODS[method](a, value)
    except (AutogradError, TypeError, ValueError, AttributeError):
        return
    result.sum().backward()  # a plain answer has no backward
    h = 1e-6
    numeric = (METHODS[method](a, 1.5 + h) - METHODS[method](a, 1.5 - h)) / (2 * h)
    np.testing.assert_allclose(value.grad, np.sum(numeric), rtol=1e-8)
