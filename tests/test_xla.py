"""XLA: `jit` and `vmap` of whatever the engine differentiates, with NumPy's answers; and what cannot be traced is refused."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from autograd import (
    GraphError,
    ShapeError,
    UnsupportedError,
    Value,
    grad,
    hessian,
    hvp,
    jacobian,
    no_grad,
    value_and_grad,
)
from autograd import functions as F
from autograd.errors import DtypeError, IndexingError, RecompilationWarning

jax = pytest.importorskip("jax")
xla_rows = pytest.importorskip("tests.xla_rows")
from autograd import xla  # noqa: E402
from autograd.xla import needed  # noqa: E402

ROOT = Path(__file__).parent.parent
X = np.linspace(0.1, 0.9, 5)
W = np.cos(np.arange(12.0)).reshape(3, 4)
BATCH = np.sin(np.arange(24.0)).reshape(6, 4)


def f(x):
    return np.sum(np.tanh(x) * np.arange(x.size) ** 2) + np.prod(x[1:3])


def same(got, want, rtol=1e-9):
    """The same nest, with the same numbers in the same precision."""
    if isinstance(want, dict):
        assert got.keys() == want.keys()
        for key in want:
            same(got[key], want[key], rtol)
    elif isinstance(want, (list, tuple)):
        assert type(got) is type(want)
        for x, y in zip(got, want, strict=True):
            same(x, y, rtol)
    else:
        assert isinstance(got, xla.XlaArray)
        read, want = np.asarray(got), np.asarray(want)
        assert read.dtype == want.dtype
        np.testing.assert_allclose(read, want, rtol=rtol, atol=1e-12)


TRANSFORMS = {
    "f": (lambda f: f, (X,)),
    "grad": (grad, (X,)),
    "value_and_grad": (value_and_grad, (X,)),
    "hessian": (hessian, (X,)),
    "jacobian of grad": (lambda f: jacobian(grad(f)), (X,)),
    "hvp": (hvp, (X, np.ones(5))),
    "grad of grad": (lambda f: grad(lambda x: np.sum(grad(f)(x) ** 2)), (X,)),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_transformation_in_jit_and_around_it(name):
    transform, arguments = TRANSFORMS[name]
    want = transform(f)(*arguments)
    same(xla.jit(transform(f))(*arguments), want)
    same(transform(xla.jit(f))(*arguments), want)
    same(xla.jit(transform(xla.jit(f)))(*arguments), want)
    assert not jax.config.jax_enable_x64


def test_a_jacobian_with_more_results_than_arguments_and_fewer():
    for g in (lambda w: np.tanh(BATCH @ w.T), lambda w: np.tanh(w).sum(axis=0)):
        same(xla.jit(jacobian(g))(W), jacobian(g)(W))
        same(jacobian(g)(xla.asarray(W)), jacobian(g)(W))


class Pair(NamedTuple):
    first: object
    second: object


@dataclass
class Layer:
    weight: object
    kind: str = "tanh"


def test_nests_go_in_and_out():
    def g(parameters, x, name, scale=2.0):
        layer, pair = parameters["layer"], parameters["pair"]
        y = getattr(np, layer.kind)(x @ layer.weight.T) * pair.second + pair.first
        return {"y": y, "name": name, "two": [y.sum(), 3, None], "pair": Pair(y[0], scale * y[1])}

    parameters = {"layer": Layer(W), "pair": Pair(np.ones(3), 2.0)}
    got, want = xla.jit(g)(parameters, BATCH, "a", scale=3.0), g(parameters, BATCH, "a", scale=3.0)
    assert (got["name"], got["two"][1:], list(got)) == ("a", [3, None], list(want))
    for x, y in ((got["y"], want["y"]), (got["two"][0], want["two"][0]), (got["pair"].second, want["pair"].second)):
        same(x, y)
    first = grad(lambda p: xla.jit(g)(p, BATCH, "a")["y"].sum())(parameters)
    want = grad(lambda p: g(p, BATCH, "a")["y"].sum())(parameters)
    same(first["layer"].weight, want["layer"].weight)
    same(first["pair"], want["pair"])


def test_precision_stays_what_it_is():
    g = grad(lambda x, n: np.sum(np.tanh(x * n) ** 2 / 3))
    for dtype in (np.float32, np.float64):
        same(xla.jit(g)(X.astype(dtype), 2.0), g(X.astype(dtype), 2.0), rtol=1e-5)
    assert xla.jit(lambda x: x * np.arange(5))(X.astype(np.float32)).dtype == np.float64  # as NumPy's
    assert xla.jit(lambda x: x * np.float64(2))(X.astype(np.float32)).dtype == np.float64
    assert np.asarray(jax.numpy.ones(2)).dtype == np.float32


def test_results_stay_on_the_device_and_are_read_as_numpys():
    step = xla.jit(lambda x: x * 2)
    y = step(step(X))
    assert isinstance(y.array, jax.Array)
    np.testing.assert_array_equal(y, 4 * X)
    assert float(y.sum()) == pytest.approx(4 * X.sum())
    assert f"{y.sum():.2f}" == f"{4 * X.sum():.2f}"
    assert "XlaArray" in repr(y)
    assert y.device == xla.asarray(X, jax.devices()[0]).device
    assert int(xla.asarray(3)) == [0, 1, 2, 3][xla.asarray(3)] == complex(xla.asarray(3)) == xla.asarray([3]).item()
    assert y.tolist() == (4 * X).tolist()
    assert y.tobytes() == (4 * X).tobytes()
    assert (y.nbytes, y.strides, len(y)) == (40, (8,), 5)


def test_values_over_xla_arrays_record():
    for x in (xla.asarray(X), np.tanh(xla.asarray(X))):
        value = Value(x)
        f(value).backward()
        same(value.grad, grad(f)(np.asarray(x)))
    assert "Value(XlaArray" in repr(Value(xla.asarray(X)))


# -- vmap ----------------------------------------------------------------------------------------------------------


def test_vmap_in_jit_and_outside():
    g = lambda w, x: np.tanh(w @ x)
    want = np.tanh(BATCH @ W.T)
    for wrapper in (lambda f: f, xla.jit):
        same(wrapper(xla.vmap(g, (None, 0)))(W, BATCH), want)
        same(wrapper(xla.vmap(g, (None, 1), 1))(W, BATCH.T), want.T)
        nest = wrapper(
            xla.vmap(lambda p: {"y": g(p["w"], p["x"]), "w": p["w"]}, ({"w": None, "x": 0},), {"y": 1, "w": None})
        )
        same(nest({"w": W, "x": BATCH}), {"y": want.T, "w": W})
    each = grad(lambda x: np.sum(g(W, x)))
    same(xla.vmap(each)(BATCH), np.stack([each(row) for row in BATCH]))
    same(xla.vmap(xla.vmap(np.sin))(BATCH), np.sin(BATCH))


@pytest.mark.parametrize("transform", [grad, hessian])
def test_vmap_is_differentiated_with_its_arguments_and_what_it_closes_over(transform):
    closed = lambda w: np.sum(xla.vmap(lambda x: np.tanh(w @ x))(BATCH) ** 2)
    given = lambda w: np.sum(xla.vmap(lambda w, x: np.tanh(w @ x), (None, 0))(w, BATCH) ** 2)
    rows = lambda x: np.sum(xla.vmap(lambda x: np.tanh(W @ x))(x) ** 2)
    by_hand = lambda w, x: np.sum(np.tanh(x @ w.T) ** 2)
    for wrapper in (xla.jit,) if transform is hessian else (lambda f: f, xla.jit):
        same(wrapper(transform(closed))(W), transform(by_hand)(W, BATCH))
        same(wrapper(transform(given))(W), transform(by_hand)(W, BATCH))
        same(wrapper(transform(rows))(BATCH), transform(lambda x: by_hand(W, x))(BATCH))


def test_vmap_over_two_values_of_which_one_is_computed_from_the_other():
    def mapped(w):
        u = np.sin(w)
        return np.sum(xla.vmap(lambda x: np.tanh(u @ x) + np.sum(w * u))(BATCH) ** 2)

    by_hand = lambda w: np.sum((np.tanh(BATCH @ np.sin(w).T) + np.sum(w * np.sin(w))) ** 2)
    same(grad(mapped)(W), grad(by_hand)(W))
    same(hessian(mapped)(W), hessian(by_hand)(W))


@pytest.mark.parametrize(
    ("axes", "says"),
    [((0, 0), "lengths"), ((0, 5), "no axis 5"), ((None, None), "no argument"), ((0,), "1 axes for 2")],
)
def test_axes_that_do_not_fit(axes, says):
    with pytest.raises(ShapeError, match=says):
        xla.vmap(lambda w, x: w @ x, axes)(W, BATCH)


# -- what is refused -----------------------------------------------------------------------------------------------

RNG = np.random.default_rng(0)
KEPT = []


def assigned(x):
    x[0] = 1
    return x


def shown_and_assigned(x):
    y = np.zeros_like(x)
    z = y.reshape((1, -1))
    y[0] = 1
    return z


def added_at(x):
    np.add.at(x, [0], 1.0)


REFUSED = {
    "branch": (lambda x: x if x.sum() > 0 else -x, "np.where"),
    "item": (lambda x: x.sum().item(), "Return the array"),
    "float": (lambda x: float(x.sum()), "np.exp"),
    "list": (lambda x: x.tolist(), "outside"),
    "size": (lambda x: range(x.sum().astype(int)), "static"),
    "int": (lambda x: int(x.sum()), "static"),
    "mask": (lambda x: x[x > 0.5], "np.where"),
    "array": (lambda x: np.asarray(x) + 1, "NumPy's functions"),
    "assignment": (assigned, r"\.at\[index\]"),
    "assignment under a view": (shown_and_assigned, r"\.at\[index\]"),
    "in place": (lambda x: x.__iadd__(1), r"y = x \+ 1"),
    "out": (lambda x: np.sin(x, out=np.zeros(5)), "does not change in place"),
    "out of a function": (lambda x: np.concatenate([x, x], out=x), "does not change in place"),
    "copyto": (lambda x: np.copyto(np.zeros(5), x), "does not change in place"),
    "where": (lambda x: np.sin(x, where=x > 0), "np.where"),
    "add.at": (added_at, "does not change in place"),
    "generator": (lambda x: x * RNG.normal(), "Draw the numbers outside"),
    "generator of a size": (
        lambda x: np.stack([x] * (int(RNG.integers(1, 10**6)) % 997 + 1)),
        "two different programs",
    ),
    "pickle": (lambda x: __import__("pickle").dumps(x), "result"),
    "what JAX does not have": (lambda x: np.busday_count(x, x), "JAX does not have it"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_traced_is_refused_with_the_line_and_the_way_out(name):
    function, says = REFUSED[name]
    with pytest.raises(UnsupportedError, match=says) as caught:
        xla.jit(function)(X)
    assert "test_xla.py:" in str(caught.value)


def test_an_index_outside_is_an_error_and_a_traced_one_is_nan():
    for index in (5, -6, [0, 7], np.array([-9])):
        with pytest.raises(IndexError, match="out of bounds"):
            xla.jit(lambda x, index=index: x[index])(X)
    with pytest.raises(IndexingError, match="too many"):
        xla.jit(lambda x: x[0, 0])(X)
    got = np.asarray(xla.jit(lambda x, i: x[i])(X, np.array([1, -1, 7])))
    np.testing.assert_array_equal(got, [X[1], X[-1], np.nan])
    same(
        xla.jit(grad(lambda x, i: np.sum(x[i] ** 2)))(X, np.array([1, 1, -1])),
        grad(lambda x: np.sum(x[[1, 1, -1]] ** 2))(X),
    )
    constant = Value(X, requires_grad=False)
    same(xla.jit(lambda i: np.tanh(constant[i]).data)(np.array([2, 0])), np.tanh(X[[2, 0]]))


def test_arrays_made_inside_are_assigned_to_as_numpys():
    def g(x):
        y = np.zeros_like(x)
        y[0] = x[1]
        part = y[1:4]
        part += 2 * x[:3]
        part[0] *= 5
        turned = np.multiply(x, 2).transpose()
        turned[1] = 7
        np.copyto(y[4:], x[4:], where=x[4:] > 0)
        np.multiply(y[:2], 3, out=y[:2])
        np.subtract.at(turned, [0, 0], 1.0) if turned.ndim > 1 else np.add.at(turned, [0, 0], 1.0)
        return y, turned, np.cumsum(y)

    same(xla.jit(g)(X), g(X))


def test_assignment_to_every_kind_of_place():
    places = [
        ...,
        (),
        2,
        -1,
        (0, 1),
        (slice(1, 3), -1),
        (slice(None), slice(1, 2)),
        (..., 0),
        (None, 1),
        (slice(-2, 9), slice(0, 0)),
    ]
    places += [slice(None, None, 2), slice(None, None, -1), (slice(3, 0, -2), 1), [0, 2], ([0, 2], slice(None))]

    def g(x):
        results = []
        for place in places:
            y = np.zeros_like(x)
            y[place] = x[place] * 2
            y[place] += 1
            results.append(y)
        return results

    same(xla.jit(g)(BATCH), g(BATCH))


def test_what_is_left_behind_is_named():
    def leaves(x):
        KEPT.append(x * 2)
        return x

    xla.jit(leaves)(X)
    for use in (lambda: KEPT[-1] + 1, lambda: xla.jit(np.sin)(KEPT[-1]), lambda: np.asarray(KEPT[-1])):
        with pytest.raises(GraphError, match="was kept from a function"):
            use()


def test_values_from_outside():
    weight = Value(np.ones(5), name="w")
    weight.grad = before = np.zeros(5)
    with pytest.raises(GraphError, match="left an array in a Value from outside.*'w'"):
        xla.jit(lambda x: (weight * x).sum().backward())(X)
    assert weight.grad is before

    def assigns(x):
        weight.data = x

    with pytest.raises(GraphError, match="left an array in a Value"):
        xla.jit(assigns)(X)
    np.testing.assert_array_equal(weight.data, np.ones(5))

    def fails(x):
        weight.grad = x
        raise KeyError

    with pytest.raises(KeyError):
        xla.jit(fails)(X)
    assert weight.grad is before
    with pytest.raises(GraphError, match="history"):
        xla.jit(lambda x: weight * x)(X)
    with pytest.raises(GraphError, match="history"):
        grad(lambda w: xla.jit(lambda x: w * x)(X).sum())(X)


def test_a_closed_over_value_that_changes_is_compiled_anew():
    weight = Value(np.ones(5))
    calls = []

    class Model:
        def __init__(self):
            self.layers = [{"weight": weight}]

        @no_grad()
        def __call__(self, x):
            calls.append(0)
            return self.layers[0]["weight"] * x

    model = Model()
    compiled = xla.jit(model)
    np.testing.assert_array_equal(compiled(X).data, X)
    n = len(calls)
    compiled(X)
    assert len(calls) == n
    weight.data -= 3.0
    np.testing.assert_array_equal(compiled(X).data, -2 * X)
    for _ in range(2):
        weight.data -= 1.0
        compiled(X)
    weight.data -= 1.0
    with pytest.warns(RecompilationWarning, match="a Value that it closes over"):
        compiled(X)


# -- programs ------------------------------------------------------------------------------------------------------


def test_one_program_for_each_form_and_a_warning_after_several():
    calls = []

    def g(x, n, how="sum"):
        calls.append(x.shape)
        return getattr(x, how)() * n

    compiled = xla.jit(g, static_argnums=1)
    for _ in range(3):
        same(compiled(X, 2), 2 * X.sum())
    assert len(calls) == 2  # it is traced twice, and compiled once
    same(compiled(X, 3, how="mean"), 3 * X.mean())
    same(compiled(X.astype(np.float32), 3), 3 * X.astype(np.float32).sum(), rtol=1e-6)
    assert len(calls) == 6
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compiled(X[1:], 3)
    with pytest.warns(RecompilationWarning, match=r"5 times.*argument \[0\].*\(3,\) float64.*drop_last"):
        compiled(X[2:], 3)


def test_static_arguments_must_be_hashable():
    with pytest.raises(UnsupportedError, match="hashable"):
        xla.jit(lambda x, n: x, static_argnums=1)(X, {})


def test_arguments_that_are_no_numbers():
    with pytest.raises(DtypeError, match="computes with numbers"):
        xla.jit(lambda x: x)(np.array(["a"]))


def test_donated_arguments_are_given_up():
    x = xla.asarray(X)
    same(xla.jit(lambda n, x: x + n, donate_argnums=1)(1.0, x), X + 1)
    assert x.array.is_deleted()


def test_a_method_is_compiled():
    class Scale:
        def __init__(self, n):
            self.n = n

        @xla.jit
        def __call__(self, x):
            return self.n * x

    same(Scale(3.0)(X), 3 * X)


def test_functions_of_our_own_on_xla_arrays():
    for g in (F.softmax, F.gelu, F.logsumexp, np.fix, lambda x: np.interp([0.2, 0.5], x, x**2), np.trim_zeros):
        np.testing.assert_allclose(xla.jit(g)(X) if g is not np.trim_zeros else g(xla.asarray(X)), g(X), rtol=1e-12)


# -- installation --------------------------------------------------------------------------------------------------


def test_importing_the_engine_does_not_import_jax():
    code = "import sys, autograd, nn; assert 'jax' not in sys.modules, 'jax is imported'"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_a_missing_or_old_jax_is_said_in_a_sentence(monkeypatch):
    monkeypatch.setattr(needed.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install 'chainrule\[xla\]'"):
        needed.require()
    monkeypatch.undo()
    monkeypatch.setattr(needed.metadata, "version", lambda name: "0.4.38")
    with pytest.raises(ImportError, match="0.4.38 is installed"):
        needed.require()


# -- the table -----------------------------------------------------------------------------------------------------

PAGE = (ROOT / "docs" / "xla_rows.md").read_text()
CLAIMED = set(re.findall(r"`(\w+)`", PAGE.partition("compiled:**")[2].partition("\n")[0]))
# One row of each kind, and what in-place code in a row's forward computation does on arrays that do not change.
DRAWN = "arctan2 max_pool lstm batch_norm convolution_weight scatter_all quantile svd irfft cross_entropy".split()


def test_the_page_has_every_row():
    named = set(re.findall(r"`(\w+)`", PAGE.partition("**Of SciPy's")[0]))
    assert {sample.name for sample in xla_rows.SAMPLES} <= named
    assert set(DRAWN) <= CLAIMED
    assert len(CLAIMED) >= 240


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", DRAWN)
def test_rows_are_numpys_when_they_are_compiled(name):
    sample = next(s for s in xla_rows.SAMPLES if s.name == name)
    assert xla_rows.failure(sample, compiled=True) is None
    if name not in ("scatter_all", "svd"):
        assert xla_rows.failure(sample, compiled=True, dtype="float32") is None


@pytest.mark.parametrize("name", ["tanh", "take", "sum_pool"])
def test_rows_are_numpys_eagerly(name):
    assert xla_rows.failure(next(s for s in xla_rows.SAMPLES if s.name == name), compiled=False) is None


def test_the_comparison_of_rows_can_fail():
    wrong = xla_rows.Sample(
        "tanh", lambda x: np.tanh(x) + (0 if isinstance(getattr(x, "raw", x), np.ndarray) else 1e-8), ((0, 1),), ((3,),)
    )
    assert xla_rows.failure(wrong, compiled=True) == "other numbers"
    assert xla_rows.failure(wrong, compiled=False) == "other numbers"
    assert xla_rows.reason(
        "b", xla_rows.failure(xla_rows.Sample("b", lambda x: x if x.sum() > 0 else -x, ((0, 1),), ((3,),)), True)
    ).startswith("a shape or a branch")
    assert "| `b` | works | JAX does not have it |" in xla_rows.page(
        {"a": None, "b": None}, {"a": None, "b": "NotImplementedError"}, {}
    )


def test_functions_of_scipys_on_xla():
    special = pytest.importorskip("scipy.special")
    same(
        xla.jit(grad(lambda x: np.sum(special.gammaln(x) * special.expit(x))))(X),
        grad(lambda x: np.sum(special.gammaln(x) * special.expit(x)))(X),
    )
    with pytest.raises(UnsupportedError, match="jv of an XLA array.*JAX does not have it"):
        xla.jit(lambda x: special.jv(1, x))(X)
    for name in ("psi", "rgamma", "exp10", "log_expit", "cosm1"):
        same(xla.jit(getattr(special, name))(X), getattr(special, name)(X))
