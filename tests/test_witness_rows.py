"""Arrays that are changed around a backward pass: the derivative is the right one, or there is an error; for every row."""

from __future__ import annotations

import itertools
import random
import zlib

import numpy as np
import pytest

import autograd as ag
from autograd import ChangedDataError, Value
from autograd.engine import value as engine
from autograd.engine.witness import FULLY, is_safe
from tests.samples import Sample, draw
from tests.samples_scipy import SAMPLES as SCIPY_SAMPLES
from tests.test_table import SAMPLES as NUMPY_SAMPLES

CHANGES = {
    "a slice": lambda a: a.__setitem__(slice(None) if a.ndim else ..., a * 1.5 + 0.25),
    "an element": lambda a: a.__setitem__((0,) * a.ndim, 0.123),
    "filled": lambda a: a.fill(0.4321),
    "+=": lambda a: a.__iadd__(0.25),
    "out=": lambda a: np.multiply(a, 1.5, out=a),
    "through a view": lambda a: a.reshape(-1).__imul__(1.5),
}
SAMPLES = [*NUMPY_SAMPLES, *SCIPY_SAMPLES]


def shapes_of(sample: Sample, rng: random.Random) -> tuple[tuple[int, ...], ...]:
    if sample.shapes is not None:
        return sample.shapes
    return tuple(rng.choice([(), (3,), (2, 1), (2, 3), (1,)]) for _ in sample.domains)


def pulled(out):
    """The cotangent to begin with: weights that all differ."""
    out.backward(np.cos(1.0 + np.arange(out.size)).reshape(out.shape))


def differentiated(call, args, place, between=lambda: None):
    """The gradient of the argument at `place`, the others being constants, which `between` changes after the forward pass."""
    v = Value(args[place])
    given = [*args[:place], v, *args[place + 1 :]]
    out = call(*given)
    between()
    if not isinstance(out, Value) or not out.requires_grad:
        return np.zeros_like(args[place])
    pulled(out)
    return v.grad


def constants_are_guarded(sample: Sample) -> None:
    """Every constant position, changed in some way before, between and after the passes."""
    rng = random.Random(zlib.crc32(str(sample).encode()))
    for place, constant in itertools.permutations(range(len(sample.domains)), 2):
        args = [np.array(x) for x in draw(sample, shapes_of(sample, rng), rng.randrange(99))]
        right = differentiated(sample.call, args, place)
        name, change = rng.choice([(n, c) for n, c in CHANGES.items() if args[constant].size])
        where = f"input {constant} {name}"
        try:
            found = differentiated(sample.call, args, place, lambda a=args[constant], c=change: c(a))
        except ChangedDataError:
            continue  # an error is as good as the right value, for whoever reads it
        np.testing.assert_allclose(found, right, rtol=1e-13, atol=1e-15, err_msg=where)
        kept = found.copy()
        change(args[constant])
        np.testing.assert_array_equal(found, kept, err_msg=f"{where} afterwards")


@pytest.mark.parametrize("sample", [s for s in SAMPLES if len(s.domains) > 1], ids=str)
@pytest.mark.filterwarnings("ignore")
def test_a_constant_that_is_changed(sample):
    constants_are_guarded(sample)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
@pytest.mark.filterwarnings("ignore")
def test_a_leaf_whose_data_is_changed(sample):
    """The numbers of `Value.data`, of one that is differentiated or another, in place and by assignment."""
    rng = random.Random(zlib.crc32(str(sample).encode()))
    for changed in range(len(sample.domains)):
        args = draw(sample, shapes_of(sample, rng), rng.randrange(99))
        values, twins = [Value(x) for x in args], [Value(x) for x in args]
        outs = [sample.call(*values), sample.call(*twins)]
        if not outs[0].requires_grad:
            continue
        pulled(outs[1])
        data = values[changed].data
        if rng.random() < 0.3 or not np.ndim(data):
            values[changed].data = data * 1.5 + 0.25
        elif data.size:
            rng.choice(list(CHANGES.values()))(data)
        try:
            pulled(outs[0])
        except ChangedDataError:
            continue
        for v, twin in zip(values, twins, strict=True):
            np.testing.assert_allclose(v.grad, twin.grad, rtol=1e-13, atol=1e-15)


def test_without_a_witness_a_change_is_not_noticed(monkeypatch):
    """What these tests are worth: with arrays kept as they are, most of the rows whose rules look at both inputs fail."""
    monkeypatch.setattr(engine, "seen", lambda array: array)
    monkeypatch.setattr(engine, "FULLY", -1)
    failed = set()
    for sample in SAMPLES:
        if len(sample.domains) > 1:
            try:
                constants_are_guarded(sample)
            except AssertionError:
                failed.add(sample.name)
    assert failed >= {"multiply", "divide", "power", "matmul", "convolve"}
    assert len(failed) > 40, failed


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.shapes is not None], ids=str)
@pytest.mark.filterwarnings("ignore")
def test_a_change_before_the_operation_counts(sample):
    """Handed out, changed, computed from, again and again: each pass is that of the numbers then."""
    args = [np.array(x) for x in draw(sample, sample.shapes, 3)]
    values = [Value(x) for x in args]
    for _ in range(2):
        for v, x in zip(values, args, strict=True):
            v.grad = None
            for numbers in (v.data, x) if v.ndim else ():
                numbers *= 0.97
        twins = [Value(x) for x in args]
        outs = [sample.call(*values), sample.call(*twins)]
        if not outs[0].requires_grad or outs[0].is_leaf:
            return
        for out in outs:
            pulled(out)
        for v, twin in zip(values, twins, strict=True):
            np.testing.assert_array_equal(v.grad, twin.grad)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("sample", [s for s in SAMPLES if len(s.domains) == 2 and s.shapes is None], ids=str)
@pytest.mark.filterwarnings("ignore")
def test_most_of_a_large_constant_is_changed(sample, order):
    n = 1 + FULLY // (8 * 64)
    for place in range(2):
        args = [np.asarray(x, order=order) for x in draw(sample, ((n, 64), (n, 64)), 0)]
        constant = args[1 - place]
        right = differentiated(sample.call, args, place)
        assert constant.nbytes > FULLY
        try:
            found = differentiated(sample.call, args, place, lambda c=constant: c[: int(0.6 * n)].__imul__(1.001))
        except ChangedDataError:
            continue
        np.testing.assert_array_equal(found, right)


# -- indices, masks, keywords, arguments of functions that are not looked into -------------------------------------

X = np.array([0.5, -1.5, 2.0, 0.3])
PLACES, MASK, W = np.array([0, 2, 1]), np.array([True, False, True, True]), 2 * X


@ag.primitive
def scaled(d, by=1.0):
    return d["a"] * d["k"][0] * by


ag.defvjp(scaled, lambda out, d, by=1.0: lambda g: {"a": g * d["k"][0] * by, "k": [g * d["a"] * by]})
own = ag.custom_vjp(lambda a, b, c=1.0: a * b * c, lambda g, out, a, b, c=1.0: (g * b * c, g * a * c))
root = ag.implicit(lambda a: a["v"] * a["k"][0], lambda x, a: x - a["v"] * a["k"][0])


def fixed(v, k):
    distance = lambda x, y: np.max(abs(x - y))
    return ag.fixed_point(lambda a: lambda y: a[0] * a[1] + 0.3 * np.sin(y), (v, k), np.zeros(4), distance, 1e-12)


# What takes a constant array of the user's besides a Value; the sums are the same for a constant turned round.
HOLDERS = {
    "v[i]": (lambda v, k: v[k], PLACES),
    "v[mask]": (lambda v, k: v[k], MASK),
    "v[i, None]": (lambda v, k: v[k, None], PLACES),
    "ix_": (lambda v, k: np.outer(v, v)[np.ix_(k, k)], PLACES),
    "take": (np.take, PLACES),
    "take_along_axis": (lambda v, k: np.take_along_axis(v, k, 0), PLACES),
    "at.set": (lambda v, k: v.at[k].set(2 * v[:3]), PLACES),
    "at.add": (lambda v, k: v.at[k].add(v[:3] * v[1:]), PLACES),
    "at.multiply": (lambda v, k: v.at[k].multiply(W[:3]), PLACES),
    "repeat": (np.repeat, np.array([1, 2, 0, 1])),
    "roll": (np.roll, np.array(1)),
    "tile": (np.tile, np.array([2, 1])),
    "choose": (lambda v, k: np.choose(k, [v, 2 * v]), np.array([0, 1, 1, 0])),
    "select": (lambda v, k: np.select([k, ~k], [v, 3 * v]), MASK),
    "where": (lambda v, k: np.where(k, v, 3 * v), MASK),
    "where, of objects": (lambda v, k: np.where(k, v, 3 * v), np.array([1, 0, 1, 1], object)),
    "piecewise": (lambda v, k: np.piecewise(v, [k], [np.sin, np.cos]), MASK),
    "compress": (lambda v, k: np.compress(k, v), MASK),
    "sum, where": (lambda v, k: np.sum(v * v, where=k), MASK),
    "max, where": (lambda v, k: np.max(v * v, where=k, initial=-5), MASK),
    "average": (lambda v, k: np.average(v, weights=k), np.array([1.0, 2, 3, 4])),
    "interp": (lambda v, k: np.interp(v, np.arange(-2.0, 2.0), k), np.array([0.5, 2.2, 4, 7])),
    "insert": (lambda v, k: np.insert(v, k, v[:3]), PLACES),
    "delete": (np.delete, PLACES),
    "split": (lambda v, k: np.split(v, k)[1], np.array([1, 3])),
    "pad": (lambda v, k: np.pad(v, k), np.array([1, 2])),
    "trapezoid": (np.trapezoid, np.array([0.0, 1, 3, 4])),
    "gradient": (np.gradient, np.array([0.0, 1, 3, 4])),
    "a view": (lambda v, k: v * k[::-1], W),
    "a stretched number": (lambda v, k: v * np.broadcast_to(k, 4), np.array(2.0)),
    "a number": (lambda v, k: v[0] * k, np.array(2.0)),
    "Fortran order": (lambda v, k: np.outer(v, v) * np.asfortranarray(k), np.arange(16.0).reshape(4, 4)),
    "checkpoint": (lambda v, k: ag.checkpoint(lambda a, b: np.sum((a - X) * b))(v, k), W),
    "checkpoint, a keyword": (lambda v, k: ag.checkpoint(lambda a, b: np.sum((a - X) * b[0]))(v, b=[k]), W),
    "primitive": (lambda v, k: scaled({"a": v, "k": [k]}), W),
    "primitive, a keyword": (lambda v, k: scaled({"a": v, "k": [v]}, by=k), W),
    "custom_vjp": (own, W),
    "custom_vjp, a keyword": (lambda v, k: own(v, v, c=k), W),
    "implicit": (lambda v, k: root({"v": v, "k": (k, None, "text")}), W),
    "fixed_point": (fixed, W),
    "the gradient of a product": (lambda v, k: ag.grad(lambda z: np.sum(z**2 * k * v))(v), W),
    "a pull-back": (lambda v, k: ag.vjp(lambda z: z * k * z, v)[1](k), W),
}  # fmt: skip


def turned(k):
    """Another array of the same kind, with the same sum, in the same memory."""
    k[...] = ~k if k.dtype == bool else k[::-1].copy() if k.ndim else k + 1


@pytest.mark.parametrize(("call", "constant"), HOLDERS.values(), ids=HOLDERS)
@pytest.mark.parametrize("strict", [False, True])
def test_whatever_holds_an_array(call, constant, strict):
    k = constant.copy()
    right = differentiated(call, [X, k], 0)
    assert np.any(right)
    k = constant.copy()
    with ag.strict() if strict else ag.enable_grad():
        try:
            found = differentiated(call, [X, k], 0, lambda: turned(k))
        except ChangedDataError:
            return
    np.testing.assert_allclose(found, right, rtol=1e-13)


def test_what_nobody_can_write_into():
    own = np.ones(3)
    own.flags.writeable = False
    view = np.ones(3)[:]
    view.flags.writeable = False
    assert is_safe(own)
    assert is_safe(own[1:])
    assert is_safe(np.frombuffer(bytes(24)))
    assert not is_safe(np.ones(3))
    assert not is_safe(view)
    assert not is_safe(np.frombuffer(bytearray(24)))


@pytest.mark.parametrize("size", [FULLY // 8 - 1, FULLY // 8])
def test_one_element_of_the_largest_array_that_is_kept_whole(size):
    k = np.ones(size)
    found = differentiated(
        ag.checkpoint(lambda v, k: np.sum(v * k)), [np.float64(2.0), k], 0, lambda: k.__setitem__(5, 9.0)
    )
    assert found == pytest.approx(np.cos(1.0) * size)


def test_the_point_of_a_pull_back_is_kept():
    """The caller's array, also as one of a class of its own, which NumPy shows through a view."""
    for kind in (np.ndarray, type("Sub", (np.ndarray,), {})):
        x = np.array([1.0, 2.0]).view(kind)
        pull = ag.vjp(lambda z: z**2, x)[1]
        x *= 5
        np.testing.assert_array_equal(pull(np.ones(2)), [2.0, 4.0])


def test_strict_keeps_every_element_of_a_large_constant():
    k = np.ones(FULLY)
    with ag.strict():
        found = differentiated(lambda v, k: np.sum(v * k), [np.float64(2.0), k], 0, lambda: k.__setitem__(5, 9.0))
    assert found == pytest.approx(np.cos(1.0) * FULLY)


def test_a_closed_over_leaf_that_is_changed_before_the_pull():
    w = Value(np.ones(2))
    data = w.data
    pull = ag.vjp(lambda z: z * w, X[:2])[1]
    data *= 5
    with pytest.raises(ChangedDataError):
        pull(np.ones(2))
