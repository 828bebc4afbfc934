"""Rules as HIPS autograd's users write them: for primitives, for NumPy's and SciPy's functions, backwards and forwards."""

from __future__ import annotations

import numpy as onp
import pytest
import scipy.linalg
import scipy.special
import scipy.stats

import autograd.numpy as np
import autograd.scipy.linalg
import autograd.scipy.special
import autograd.scipy.stats as stats
from autograd import ShapeError, UnsupportedError, Value, grad, hessian, jacobian, jvp, make_jvp, make_vjp
from autograd.extend import (
    SparseObject,
    VJPNode,
    def_linear,
    defjvp,
    defjvp_argnum,
    defjvp_argnums,
    defvjp,
    defvjp_argnum,
    defvjp_argnums,
    forget,
    primitive,
    register_notrace,
    vspace,
)
from autograd.test_util import check_grads

X = onp.array([0.3, -0.8, 1.1])
Y = onp.array([1.5, 0.5, 2.0])
close = onp.testing.assert_allclose


def product(x, y):
    """x sin(y): what the primitives below compute."""
    return x * np.sin(y)


def by_numbers(f):
    defvjp(f, lambda ans, x, y: lambda g: g * np.sin(y), lambda ans, x, y: lambda g: g * x * np.cos(y))


def by_one_rule(f):
    defvjp_argnum(
        f, lambda i, ans, args, kwargs: lambda g: g * (np.sin(args[1]) if i == 0 else args[0] * np.cos(args[1]))
    )


def by_rules(f):
    def maker(argnums, ans, args, kwargs):
        parts = [np.sin(args[1]), args[0] * np.cos(args[1])]
        return lambda g: (g * parts[i] for i in argnums)

    defvjp_argnums(f, maker)


def by_tangents(f):
    defjvp(f, lambda t, ans, x, y: t * np.sin(y), lambda t, ans, x, y: t * x * np.cos(y))


def by_linearity(f):
    defjvp(f, "same", lambda t, ans, x, y: t * x * np.cos(y))


def by_one_tangent(f):
    defjvp_argnum(f, lambda i, t, ans, args, kwargs: t * (np.sin(args[1]) if i == 0 else args[0] * np.cos(args[1])))


def by_all_tangents(f):
    def rule(argnums, tangents, ans, args, kwargs):
        parts = [np.sin(args[1]), args[0] * np.cos(args[1])]
        return sum(t * parts[i] for i, t in zip(argnums, tangents, strict=True))

    defjvp_argnums(f, rule)


def by_both(f):
    by_tangents(f)
    by_numbers(f)


def by_both_in_the_other_order(f):
    by_rules(f)
    by_one_tangent(f)


WAYS = [
    by_numbers, by_one_rule, by_rules, by_tangents, by_linearity, by_one_tangent, by_all_tangents, by_both,
    by_both_in_the_other_order,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_way_of_giving_a_rule(way):
    f = primitive(product)
    way(f)
    check_grads(f, (0, 1), order=2)(X, Y)
    close(hessian(lambda y: np.sum(f(X, y)))(Y), onp.diag(-X * onp.sin(Y)))
    close(jacobian(lambda x: f(x, Y))(X), onp.diag(onp.sin(Y)))
    close(grad(grad(grad(lambda y: f(2.0, y))))(0.7), -2 * onp.cos(0.7))


def test_forward_mode_uses_the_rule_for_tangents():
    f = primitive(product)
    by_numbers(f)
    defjvp(f, lambda t, ans, x, y: 10 * t, argnums=[0])  # wrong on purpose
    close(make_jvp(f)(X, Y)(X)[1], 10 * X)
    close(make_jvp(lambda x: 2 * f(x * x, Y))(X)(onp.ones(3))[1], 40 * X)
    close(make_jvp(f, 1)(X, Y)(Y)[1], Y * X * onp.cos(Y))  # the other argument has the right one
    close(make_vjp(f)(X, Y)[0](Y), Y * onp.sin(Y))
    with pytest.raises(AssertionError, match=r"\(JVP\) check of product failed"):
        check_grads(f, modes=["fwd"], order=1)(X, Y)
    check_grads(f, modes=["rev"], order=1)(X, Y)


def test_a_rule_for_tangents_need_not_be_differentiable():
    f = primitive(lambda x: scipy.linalg.expm(x))
    defjvp(f, lambda t, ans, x: scipy.linalg.expm_frechet(x, t, compute_expm=False))
    a, direction = onp.array([[0.1, 0.2], [0.3, 0.4]]), onp.array([[1.0, 2], [3, 4]])
    out, tangent = jvp(f, [a], [direction])
    close(out, scipy.linalg.expm(a))
    close(tangent, scipy.linalg.expm_frechet(a, direction)[1])


def test_no_gradient():
    f = primitive(product)
    defvjp(f, None, lambda ans, x, y: lambda g: g * x * np.cos(y))
    defjvp(f, None, argnums=[0])
    gx, gy = grad(lambda x, y: np.sum(f(x, y)), (0, 1))(X, Y)
    close(gx, 0 * X)
    close(gy, X * onp.cos(Y))
    close(make_jvp(f)(X, Y)(X)[1], 0 * X)
    for bad in ("same", 3):
        with pytest.raises(UnsupportedError, match="neither a function nor None"):
            defvjp(f, bad)
    with pytest.raises(UnsupportedError, match="'similar'"):
        defjvp(f, "similar")


def test_linear():
    f = primitive(lambda x, y: onp.outer(x, y))
    def_linear(f)
    check_grads(f, (0, 1), order=2)(X, Y)


@pytest.mark.parametrize("wrap", [lambda a: a, lambda a: a * (1 - 2j)])
def test_complex_rules(wrap):
    z = wrap(X)
    f = primitive(lambda z: z**2)
    defjvp(f, lambda t, ans, z: 2 * z * t)
    check_grads(f, order=2)(z)
    defvjp(f, lambda ans, z: lambda g: 2 * z * g)
    check_grads(f, order=2)(z)


def test_sparse_cotangents():
    @primitive
    def second(x):
        return x[1]

    def rule(ans, x):
        def pull(g):
            def add(a):
                a[1] += g
                return a

            return SparseObject(vspace(x), add)

        return pull

    defvjp(second, rule)
    close(grad(lambda x: second(x) + np.sum(x))(X), [1, 2, 1])


# -- functions that are somebody else's --------------------------------------------------------------------------


@pytest.fixture
def forgotten():
    """Functions whose rules are taken back after the test."""
    given: list = []
    yield given
    for f in given:
        forget(f)


def test_numpys_functions(forgotten):
    forgotten.append(np.i0)
    with pytest.raises(UnsupportedError, match="I₁"):
        grad(np.i0)(1.0)
    defvjp(np.i0, lambda ans, x: lambda g: g * scipy.special.i1(x))
    close(grad(lambda x: np.sum(np.i0(x)))(X), scipy.special.i1(X))
    close(grad(lambda x: np.sum(onp.i0(x)))(X), scipy.special.i1(X))
    forget(np.i0)
    with pytest.raises(UnsupportedError, match="I₁"):
        grad(np.i0)(1.0)
    forget(np.i0)


@pytest.mark.parametrize("f", [np.tanh, np.max, np.sort, np.linalg.det, onp.exp, np.fft.fft], ids=lambda f: f.__name__)
def test_the_users_rule_wins_over_the_packages(f, forgotten):
    x = onp.diag(Y) if f is np.linalg.det else Y
    ours = grad(lambda x: np.sum(np.real(f(x))))(x)
    forgotten.append(f)
    defvjp(f, lambda ans, x, *args, **kwargs: lambda g: 7 * np.ones_like(x))
    defjvp(f, lambda t, ans, x, *args, **kwargs: 5 * ans)
    close(grad(lambda x: np.sum(np.real(f(x))))(x), 7 * onp.ones_like(x))
    close(make_jvp(f)(x)(x)[1], 5 * f(x))
    forget(f)
    close(grad(lambda x: np.sum(np.real(f(x))))(x), ours)


def test_arguments_without_a_rule_of_the_users_keep_the_packages(forgotten):
    forgotten.append(np.arctan2)
    defvjp(np.arctan2, lambda ans, y, x: lambda g: 7 * g)
    gy, gx = grad(lambda y, x: np.sum(np.arctan2(y, x)), (0, 1))(X, Y)
    close(gy, 7)
    close(gx, -X / (X**2 + Y**2))


def test_what_the_face_wraps_can_have_a_rule_too(forgotten):
    forgotten.append(np.where)
    defvjp(np.where, None, lambda ans, c, x, y: lambda g: 7 * g)
    gx, gy = grad(lambda x, y: np.sum(np.where(X > 0, x, y)), (0, 1))(X, Y)
    close(gx, 7)
    close(gy, [0, 1, 0])


def banded(cholesky):
    return lambda a: np.sum(cholesky(a) ** 2)


def test_scipys_functions(forgotten):
    cholesky_banded = autograd.scipy.linalg.cholesky_banded
    forgotten.append(cholesky_banded)
    plain = scipy.linalg.cholesky_banded
    ab = onp.array([[0.0, 0.2, 0.3], [2.0, 3.0, 4.0]])
    close(cholesky_banded(ab), plain(ab))
    with pytest.raises(NotImplementedError):
        grad(banded(cholesky_banded))(ab)
    defvjp(cholesky_banded, lambda ans, ab, **kwargs: lambda g: g + np.ones_like(ab))
    close(grad(banded(cholesky_banded))(ab), 2 * plain(ab) + 1)
    close(grad(banded(autograd.scipy.linalg.cholesky_banded))(ab), 2 * plain(ab) + 1)
    assert autograd.scipy.linalg.cholesky_banded.__name__ == "cholesky_banded"


@pytest.mark.parametrize("f", [
    autograd.scipy.special.gammaln, scipy.special.gammaln, autograd.scipy.special.spence, stats.norm.logpdf, scipy.special.expit,
], ids=lambda f: f.__name__)  # fmt: skip
def test_the_users_rule_wins_over_scipys_rows(f, forgotten):
    forgotten.append(f)
    defvjp(f, lambda ans, x: lambda g: 7 * g)
    close(grad(lambda x: np.sum(f(x)))(Y), 7)


def test_what_can_have_no_rule():
    for operator in (np.multiply, onp.power, np.matmul, np.absolute):
        with pytest.raises(UnsupportedError, match=r"test_hips_rules\.py:\d+: an operator computes the same"):
            defvjp(operator, lambda ans, x: lambda g: g)
    with pytest.raises(UnsupportedError, match=r"by_numbers at .*it is no primitive"):
        defvjp(by_numbers, lambda ans, x: lambda g: g)


def test_constants(forgotten):
    f = primitive(product)
    by_numbers(f)
    register_notrace(VJPNode, f)
    close(grad(lambda x: np.sum(f(x, Y) + x))(X), 1)
    forgotten.append(np.exp)
    register_notrace(VJPNode, np.exp)
    close(grad(lambda x: np.sum(np.exp(x) * x))(X), onp.exp(X))
    register_notrace(VJPNode, np.zeros_like)
    assert isinstance(np.zeros_like(Value(X)), onp.ndarray)


def test_a_rule_for_all_arguments_is_asked_once_for_those_wanted():
    asked = []

    @primitive
    def dot(*args):
        return sum((i + 1) * onp.sum(x) ** 2 for i, x in enumerate(args))

    def rule(argnums, ans, args, kwargs):
        asked.append(argnums)
        return lambda g: [2 * g * (i + 1) * np.sum(args[i]) * onp.ones(2) for i in argnums]

    defvjp_argnums(dot, rule)
    xs = [onp.array([i, 1.0]) for i in range(300)]
    found = grad(lambda *xs: dot(*xs), range(300))(*xs)
    assert asked == [tuple(range(300))]
    onp.testing.assert_allclose(found, [[2 * (i + 1) * (i + 1.0)] * 2 for i in range(300)])
    asked.clear()
    second = hessian(lambda x: dot(xs[0], x, 2 * x))(xs[1])
    onp.testing.assert_allclose(second, 2 * (2 + 3 * 4) * onp.ones((2, 2)))
    assert set(asked) <= {(1,), (2,), (1, 2)}
    asked.clear()
    defvjp(dot, lambda ans, *args: lambda g: 7 * g * onp.ones(2), argnums=[1])  # one of them has a rule of its own now
    found = grad(lambda x, y, z: dot(x, y, z), (0, 1, 2))(*xs[1:4])
    onp.testing.assert_allclose(found, [[4.0, 4.0], [7.0, 7.0], [24.0, 24.0]])
    assert asked == [(0, 2)]


def test_a_rule_for_all_arguments_gives_as_many_gradients_as_are_wanted():
    f = primitive(lambda x, y: x * y)
    defvjp_argnums(f, lambda argnums, ans, args, kwargs: lambda g: [g])
    with pytest.raises(ShapeError, match=r"1 gradients for the argument numbers \[0, 1\]"):
        grad(lambda x, y: f(x, y), (0, 1))(1.0, 2.0)
