"""Other people's names for the same things: HIPS autograd's modules, and programs as its users write them."""

from __future__ import annotations

import subprocess
import sys

import numpy
import pytest

import autograd
import autograd.numpy as np
import autograd.numpy.linalg as npla
import autograd.numpy.random as npr
from autograd import grad
from autograd.builtins import isinstance as ag_isinstance
from autograd.builtins import type as ag_type
from autograd.core import getval
from autograd.core import make_vjp as core_make_vjp
from autograd.extend import (
    Box,
    VSpace,
    defjvp,
    defvjp,
    defvjp_argnums,
    forget,
    notrace_primitive,
    primitive,
    register_notrace,
    vspace,
)  # fmt: skip
from autograd.misc import flatten
from autograd.misc.fixed_points import fixed_point
from autograd.misc.flatten import flatten_func
from autograd.misc.optimizers import adam, rmsprop, sgd
from autograd.numpy.linalg import solve
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.numpy.numpy_vjps import unbroadcast, unbroadcast_f
from autograd.test_util import check_equivalent, check_grads, check_jvp, check_vjp, combo_check, scalar_close
from autograd.tracer import isbox
from autograd.util import flatten as util_flatten
from autograd.wrap_util import unary_to_nary, wraps

A = numpy.array([[2.0, 1.0], [0.5, 3.0]])
X = numpy.array([0.3, -0.8])

NUMPY_NAMES = """abs absolute acos acosh add amax amin angle arccos arccosh arcsin arcsinh arctan arctan2 arctanh array
array_split asin asinh astype atan atan2 atanh atleast_1d atleast_2d atleast_3d broadcast_to clip concatenate conj conjugate
cos cosh cross cumsum deg2rad degrees diag diagonal diff divide dot dsplit einsum exp exp2 expand_dims expm1 fabs fliplr
flipud fmax fmin full gradient hsplit hypot imag inner kron linspace log log10 log1p log2 logaddexp logaddexp2 make_diagonal
matmul max maximum mean min minimum mod moveaxis multiply nan_to_num negative outer pad partition permute_dims pow power prod
rad2deg radians ravel real real_if_close reciprocal remainder repeat reshape roll rollaxis rot90 select sign sin sinc sinh sort
split sqrt square squeeze stack std subtract sum swapaxes tan tanh tensordot tile trace transpose tril triu true_divide var
vsplit where""".split()

TOP_NAMES = """grad value_and_grad grad_and_aux grad_named multigrad_dict elementwise_grad deriv jacobian hessian
hessian_vector_product make_hvp hessian_tensor_product tensor_jacobian_product vector_jacobian_product make_vjp make_jvp
make_ggnvp holomorphic_grad checkpoint""".split()


@pytest.mark.parametrize("name", NUMPY_NAMES)
def test_numpy_names(name):
    assert callable(getattr(np, name))


def test_top_names_and_submodules():
    assert all(callable(getattr(autograd, name)) for name in TOP_NAMES)
    assert all(callable(getattr(npla, n)) for n in "cholesky det eig eigh inv norm pinv slogdet solve svd".split())
    names = "fft ifft rfft irfft fft2 ifft2 rfft2 irfft2 fftn ifftn rfftn irfftn fftshift ifftshift".split()
    assert all(callable(getattr(np.fft, n)) for n in names)
    assert npr.RandomState(0).randn(2).shape == (2,)
    assert solve is npla.solve
    assert np.float64 is numpy.float64
    assert np.pi == numpy.pi
    assert "tanh" in dir(np)
    assert "norm" in dir(npla)
    with pytest.raises(AttributeError):
        np.nonsense
    namespace: dict = {}
    exec("from autograd.numpy import *", namespace)
    assert namespace["tanh"] is numpy.tanh
    assert namespace["array"] is np.array


def test_array_takes_values():
    def f(x):
        m = np.array([[x[0], 1.0], [np.sin(x[1]), x[0]]])
        assert ag_isinstance(m, numpy.ndarray)
        return np.sum(m**2) + np.sum(np.array(x, ndmin=2)) + np.sum(np.asarray([x[0], 2]))

    numpy.testing.assert_allclose(grad(f)(X), [4 * X[0] + 2, numpy.sin(2 * X[1]) + 1])
    assert grad(lambda x: np.sum([x, 2 * x]) + np.mean((x, x)) + np.max([[x, 0.0]]))(1.0) == 5.0
    assert np.sum([1, 2]) == 3
    assert np.array([1, 2]).dtype == numpy.array([1, 2]).dtype
    assert np.asarray([1.0]).tolist() == [1.0]
    assert grad(lambda x: np.sum(np.full((2, 3), x)))(1.0) == 6.0
    assert np.full((2,), 3.0).tolist() == [3.0, 3.0]
    assert np.array([autograd.Value(1.0)], dtype=numpy.float32).dtype == numpy.float32
    assert np.full(2, autograd.Value(1.0), dtype=numpy.float32).dtype == numpy.float32
    numpy.testing.assert_array_equal(np.make_diagonal(X, axis1=-1, axis2=-2), numpy.diag(X))
    with pytest.raises(NotImplementedError):
        np.make_diagonal(X)


def test_transformations_of_hips():
    f = lambda x: np.sum(np.tanh(A @ x) ** 3)
    g = lambda x: np.tanh(A @ x)
    h, j, v = autograd.hessian(f)(X), autograd.jacobian(g)(X), numpy.array([1.0, -2.0])
    close = numpy.testing.assert_allclose
    pull, out = autograd.make_vjp(g)(X)
    close(pull(v), v @ j)
    close(out, g(X))
    close(core_make_vjp(g, X)[0](v), v @ j)
    close(autograd.make_jvp(g)(X)(v)[1], j @ v)
    product, gradient = autograd.make_hvp(f)(X)
    close(product(v), h @ v)
    close(gradient, grad(f)(X))
    close(autograd.hessian_vector_product(f)(X, v), h @ v)
    close(autograd.hessian_tensor_product(f)(X, v), h @ v)
    close(autograd.vector_jacobian_product(g)(X, v), v @ j)
    close(autograd.tensor_jacobian_product(g)(X, v), v @ j)
    close(autograd.make_ggnvp(g)(X)(v), j.T @ j @ v)
    close(autograd.deriv(lambda x: np.array([x**2, np.sin(x)]))(0.3), [0.6, numpy.cos(0.3)])
    close(autograd.grad_named(lambda a, b: a * b**2, "b")(2.0, 3.0), 12.0)
    assert autograd.multigrad_dict(lambda a, b=3.0: a * b**2)(2.0) == {"a": 9.0, "b": 12.0}


def test_extend():
    @primitive
    def cube(x):
        return x**3

    defvjp(cube, lambda ans, x: lambda g: g * 3 * x**2)
    defjvp(cube, "same")
    assert grad(grad(cube))(2.0) == 12.0

    @primitive
    def both(x, y):
        return x * y

    defvjp_argnums(both, lambda argnums, ans, args, kwargs: lambda g: [g * args[1 - i] for i in argnums])
    assert grad(both, (0, 1))(2.0, 3.0) == (3.0, 2.0)
    rounded = notrace_primitive(numpy.round)
    assert grad(lambda x: x * rounded(x))(2.4) == 2.0
    register_notrace(Box, numpy.round)
    forget(numpy.round)
    with pytest.raises(NotImplementedError):
        register_notrace(Box, numpy.copyto)
    space = vspace(X)
    assert isinstance(space, VSpace)
    assert space == vspace(numpy.ones(2))
    assert space != vspace(numpy.ones(3))
    assert len({space, vspace(X)}) == 1
    numpy.testing.assert_array_equal(list(space.standard_basis()), numpy.eye(2))
    assert space.inner_prod(space.ones(), space.zeros()) == 0
    assert (space.randn().shape, vspace(1j).randn().dtype) == ((2,), numpy.complex128)


def test_tracer_names():
    seen = []

    def f(x):
        seen.extend([isbox(x), isinstance(x, ArrayBox), isinstance(x, Box), ag_type(x), getval(x).shape, ag_type(1.0)])
        return np.sum(x)

    grad(f)(X)
    assert seen == [True, True, True, numpy.ndarray, (2,), float]
    assert getval(X) is X


def test_unbroadcast_in_a_rule():
    @primitive
    def add(x, y):
        return x + y

    defvjp(add, lambda ans, x, y: unbroadcast_f(x, lambda g: g), lambda ans, x, y: unbroadcast_f(y, lambda g: g))
    gx, gy = grad(lambda x, y: np.sum(add(x, y)), (0, 1))(A, 1.0)
    assert gx.shape == (2, 2)
    assert gy == 4.0
    assert unbroadcast(A, ((1, 2), 2, A.dtype, False)).shape == (1, 2)


@pytest.mark.parametrize("flatten_", [flatten, util_flatten])
def test_flatten(flatten_):
    tree = {"b": [A, 2.0], "a": (X, {})}
    vector, unflatten = flatten_(tree)
    numpy.testing.assert_array_equal(vector, [*X, *A.ravel(), 2.0])
    again = unflatten(vector * 2)
    numpy.testing.assert_array_equal(again["b"][0], 2 * A)
    assert again["b"][1] == 4.0
    gradient = grad(lambda v: np.sum(unflatten(v)["b"][0] ** 2))(vector)
    numpy.testing.assert_array_equal(unflatten(gradient)["b"][0], 2 * A)
    assert flatten_([])[0].shape == (0,)
    f, _, x0 = flatten_func(lambda t: {"y": t["a"] * 2}, {"a": X})
    numpy.testing.assert_array_equal(f(x0), 2 * X)


@pytest.mark.parametrize(("optimizer", "kw"), [(adam, {"step_size": 0.1}), (rmsprop, {"step_size": 0.03}), (sgd, {})])
def test_optimizers(optimizer, kw):
    seen = []
    target = {"w": A, "b": [1.0]}
    loss = lambda p, i: np.sum((p["w"] - A) ** 2) + (p["b"][0] - 1.0) ** 2
    start = {"w": numpy.zeros((2, 2)), "b": [0.0]}
    end = optimizer(grad(loss), start, callback=lambda x, i, g: seen.append(loss(x, i)), num_iters=300, **kw)
    assert loss(end, 0) < 1e-2
    assert (len(seen), seen[0] > seen[-1]) == (300, True)
    assert end.keys() == target.keys()


def test_fixed_point():
    step = lambda a: lambda x: (x + a / x) / 2
    f = lambda a: fixed_point(step, a, 10.0, lambda x, y: np.abs(x - y), 1e-12)
    numpy.testing.assert_allclose(grad(f)(4.0), 0.25)


def test_check_grads():
    check_grads(lambda x, y: np.sin(x) * y)(X, 2.0)
    check_grads(lambda z: np.exp(z) * z, modes=["rev"], order=2)(1 + 2j)
    check_grads(lambda d: d["a"] * d["b"], 0, order=1)({"a": X, "b": 2.0})
    check_vjp(np.tanh, X)
    check_jvp(np.tanh, X)
    combo_check(np.sum, 0, order=1)([A, X], axis=[None, 0])
    check_equivalent({"a": X}, {"a": X + 1e-9})
    assert scalar_close(1.0, 1.0 + 1e-9)
    with pytest.raises(AssertionError, match="Not equivalent"):
        check_equivalent(X, X + 1)
    with pytest.raises(ValueError, match="modes"):
        check_grads(np.tanh, modes=["sideways"])(X)

    @primitive
    def foo(x):
        return x**2

    defvjp(foo, lambda ans, x: lambda g: g * 3 * x)
    for mode, kind in [("rev", "VJP"), ("fwd", "JVP")]:
        with pytest.raises(AssertionError, match=rf"\({kind}\) check of foo failed"):
            check_grads(foo, modes=[mode])(X)


def test_wrap_util():
    @unary_to_nary
    def doubled_grad(f, x):
        return 2 * grad(f)(x)

    assert doubled_grad(lambda x, y: x * y)(2.0, 3.0) == 6.0
    assert doubled_grad(lambda x, y: x * y, 1)(2.0, 3.0) == 4.0

    @wraps(numpy.sin, namestr="{op}_of_{fun}", docstr="{op}", op="grad")
    def g():
        """G."""

    assert (g.__name__, g.__doc__) == ("grad_of_sin", "grad")

    @unary_to_nary
    def at_point(f, x):
        return f(x)

    assert at_point(lambda x, y: x - y, (1, 0))(2.0, 3.0) == -1.0


def test_the_import_is_light():
    """SciPy, matplotlib and the rest are imported when they are used."""
    heavy = ("scipy", "matplotlib", "hypothesis", "tqdm")
    code = f"import sys, autograd, autograd.numpy; print([m for m in {heavy} if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
