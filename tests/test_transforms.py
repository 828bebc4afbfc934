"""Transformations: against matrices known in closed form, finite differences, and one another."""

from __future__ import annotations

import dataclasses
import threading
import tracemalloc
from collections import namedtuple

import numpy as np
import pytest

import autograd as ag
from autograd import DtypeError, ShapeError, UnsupportedError, Value
from tests.oracle import directional

A = np.array([[1.0, 2.0, -1.0], [0.5, -0.3, 0.7]])
X = np.array([0.3, -0.4, 0.9])
Pair = namedtuple("Pair", "w b")


@dataclasses.dataclass
class Layer:
    w: object
    b: object


def linear(x):
    return A @ x


def bent(x):
    return np.tanh(A @ x) * np.sum(x**2)


def test_jacobian_of_a_linear_map():
    np.testing.assert_allclose(ag.jacobian(linear)(X), A)


@pytest.mark.parametrize(
    "f",
    [
        bent,
        lambda x: np.outer(x, x),
        np.sum,
        lambda x: x[:1],
        lambda x: np.kron(x, np.ones(9)) ** 2,
        lambda x: np.ones(9),
    ],
    ids=["wide", "outer", "scalar", "one", "tall", "constant"],
)
def test_jacobian_by_differences(f):
    expected = np.stack([directional(f, [X], [e]) for e in np.eye(3)], axis=-1)
    np.testing.assert_allclose(ag.jacobian(f)(X), expected, rtol=1e-8, atol=1e-9)


def test_jacobian_of_several_arguments_and_of_an_empty_result():
    j0, j1 = ag.jacobian(lambda a, b: a * b, (0, 1))(X, 2 * X)
    np.testing.assert_allclose(j0, np.diag(2 * X))
    np.testing.assert_allclose(j1, np.diag(X))
    assert ag.jacobian(lambda x: x[:0])(X).shape == (0, 3)


def test_jacobian_of_a_long_result_can_be_differentiated():
    f = lambda x: np.kron(x, np.ones(9)) ** 3
    np.testing.assert_allclose(ag.hessian(lambda x: np.sum(f(x)))(X), np.diag(54 * X))
    np.testing.assert_allclose(ag.jacobian(lambda x: np.sum(ag.jacobian(f)(x)))(X), 54 * X)


def test_hessian():
    f = lambda x: np.sum(np.sin(x)) + x[0] * x[1] ** 2
    expected = np.diag(-np.sin(X)) + np.array([[0, 2 * X[1], 0], [2 * X[1], 2 * X[0], 0], [0, 0, 0]])
    np.testing.assert_allclose(ag.hessian(f)(X), expected, atol=1e-15)
    assert ag.hessian(bent)(X).shape == (2, 3, 3)


def test_products_agree_with_the_matrices():
    v, u = np.array([1.0, 2.0, 3.0]), np.array([-1.0, 0.5])
    j = ag.jacobian(bent)(X)
    out, pull = ag.vjp(bent, X)
    np.testing.assert_allclose(out, bent(X))
    np.testing.assert_allclose(pull(u), u @ j)
    out, tangent = ag.jvp(bent, [X], [v])
    np.testing.assert_allclose(tangent, j @ v)
    out, push = ag.linearize(bent, X)
    np.testing.assert_allclose([push(e) for e in np.eye(3)], j.T)
    f = lambda x: np.sum(bent(x) ** 2)
    np.testing.assert_allclose(ag.hvp(f)(X, v), ag.hessian(f)(X) @ v)
    np.testing.assert_allclose(ag.ggnvp(bent)(X, v), j.T @ j @ v)


def test_jvp_is_forward_mode_in_every_way():
    f = lambda x, y: (np.sin(x) * y, {"s": np.sum(x)})
    out, tangent = ag.jvp(f, [X, 2.0], [np.ones(3), 1.0])
    np.testing.assert_allclose(tangent[0], 2 * np.cos(X) + np.sin(X))
    np.testing.assert_allclose(tangent[1]["s"], 3.0)
    np.testing.assert_allclose(out[1]["s"], np.sum(X))
    derivative = ag.grad(lambda x: np.sum(ag.jvp(np.sin, [x], [np.ones(3)])[1]))(X)  # a derivative of a jvp
    np.testing.assert_allclose(derivative, -np.sin(X))


def test_jvp_of_complex_functions():
    z, v = np.array([1 + 2j, 0.5 - 1j]), np.array([0.3 - 0.1j, 1j])
    np.testing.assert_allclose(ag.jvp(lambda z: z**3, [z], [v])[1], 3 * z**2 * v)
    np.testing.assert_allclose(ag.jvp(lambda x: np.exp(1j * x), [X], [X])[1], 1j * np.exp(1j * X) * X)


@pytest.mark.parametrize(
    "tree",
    [
        {"w": A, "b": np.ones(2)}, [A, np.ones(2)], (A, [np.ones(2), {}]), Pair(A, np.ones(2)), Layer(A, np.ones(2)),
        {"l": [Pair(A, np.ones(2))]},
    ],
    ids=lambda t: type(t).__name__,
)  # fmt: skip
def test_nests_of_arrays(tree):
    from autograd.tree import flatten

    def f(tree):
        w, b = (x for x in flatten(tree)[0])
        return np.sum((w @ X + b) ** 2)

    g = ag.grad(f)(tree)
    assert type(g) is type(tree)
    gw, gb = flatten(g)[0]
    r = 2 * (A @ X + 1)
    np.testing.assert_allclose(gw, np.outer(r, X))
    np.testing.assert_allclose(gb, r)


def test_aux_and_elementwise_and_holomorphic():
    gradient, aux = ag.grad_and_aux(lambda x: (np.sum(x**2), {"n": x * 3}))(X)
    np.testing.assert_allclose(gradient, 2 * X)
    np.testing.assert_allclose(aux["n"], 3 * X)
    np.testing.assert_allclose(ag.elementwise_grad(np.sin)(X), np.cos(X))
    np.testing.assert_allclose(ag.elementwise_grad(ag.elementwise_grad(np.sin))(X), -np.sin(X))
    assert ag.elementwise_grad(np.sin)(0.0) == 1.0
    z = np.array([1 + 2j, 0.5j])
    np.testing.assert_allclose(ag.holomorphic_grad(lambda z: z**2)(z), 2 * z)
    with pytest.raises(DtypeError, match="is real"):
        ag.holomorphic_grad(np.sin)(1.0)


def test_a_cotangent_of_the_wrong_shape():
    with pytest.raises(ShapeError, match=r"cotangent.*\(3,\).*\(2,\)"):
        ag.vjp(bent, X)[1](np.ones(3))


def test_stop_gradient_and_straight_through():
    assert ag.grad(lambda x: x * ag.stop_gradient(x))(3.0) == 3.0
    np.testing.assert_array_equal(ag.stop_gradient({"a": X})["a"], X)
    np.testing.assert_array_equal(ag.grad(lambda x: np.sum(ag.straight_through(np.round)(x) * A[0]))(X), A[0])
    np.testing.assert_array_equal(ag.straight_through(np.round)(X), np.round(X))


def test_checkpoint_gives_the_same_with_less_memory():
    def deep(x, y):
        for _ in range(40):
            x = np.sin(x) * y
        return np.sum(x)

    x, y = np.linspace(0, 1, 10_000), 1.1
    plain = lambda x, y: deep(x, y) + deep(x, y + 0.1) + deep(x, y + 0.2)
    light = lambda x, y: sum(ag.checkpoint(deep)(x, y + d) for d in (0, 0.1, 0.2))

    def peak(f):
        tracemalloc.start()
        g = ag.grad(f, (0, 1))(x, y)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return g, used

    (expected, heavy), (got, small) = peak(plain), peak(light)
    for a, b in zip(got, expected, strict=True):
        np.testing.assert_allclose(a, b)
    assert small < heavy / 2
    assert ag.checkpoint(deep)(x, y) == deep(x, y)
    f = lambda v: deep(v * np.ones(2), 1.1)
    np.testing.assert_allclose(ag.grad(ag.grad(lambda v: ag.checkpoint(f)(v)))(0.3), ag.grad(ag.grad(f))(0.3))


def test_primitive_and_defvjp():
    @ag.primitive
    def logsumexp(x):
        """Doc."""
        top = np.max(x)
        return top + np.log(np.sum(np.exp(x - top)))

    ag.defvjp(logsumexp, lambda ans, x: lambda g: g * np.exp(x - ans))
    assert logsumexp.__doc__ == "Doc."
    assert type(logsumexp(X)) is np.float64
    s = np.exp(X) / np.sum(np.exp(X))
    np.testing.assert_allclose(ag.grad(logsumexp)(X), s)
    np.testing.assert_allclose(ag.hessian(logsumexp)(X), np.diag(s) - np.outer(s, s))


def test_rules_by_argument_number_none_and_missing():
    @ag.primitive
    def f(x, y, z):
        return x * y * z

    ag.defvjp(f, lambda ans, x, y, z: lambda g: g * y * z, None, argnums=(0, 2))
    assert ag.grad(f)(2.0, 3.0, 4.0) == 12.0
    assert ag.grad(f, 2)(2.0, 3.0, 4.0) == 0.0
    with pytest.raises(UnsupportedError, match="VJP of f with respect to argument number 1"):
        ag.grad(f, 1)(2.0, 3.0, 4.0)


def test_custom_vjp():
    f = ag.custom_vjp(lambda x, y: x * y, lambda g, out, x, y: (g * y * 10, g * x))
    assert ag.grad(f, (0, 1))(2.0, 3.0) == (30.0, 2.0)
    h = ag.custom_vjp(lambda x: x**2, lambda g, out, x: g * 7)
    assert ag.grad(h)(2.0) == 7.0


def test_fixed_point_and_implicit():
    newton = lambda a: lambda x: 0.5 * (x + a / x)
    root = lambda a: ag.fixed_point(newton, a, 1.0, lambda x, y: abs(x - y), 1e-12)
    np.testing.assert_allclose([root(2.0), ag.grad(root)(2.0)], [np.sqrt(2), 0.5 / np.sqrt(2)], rtol=1e-10)
    np.testing.assert_allclose(ag.grad(ag.grad(root))(2.0), -0.25 * 2**-1.5, rtol=1e-8)
    cube_root = ag.implicit(lambda a: np.cbrt(a), lambda x, a: x**3 - a)
    np.testing.assert_allclose(ag.grad(cube_root)(8.0), 1 / 12)
    np.testing.assert_allclose(ag.grad(ag.grad(cube_root))(8.0), -2 / 9 * 8 ** (-5 / 3))
    solve = ag.implicit(lambda b: np.linalg.solve(A[:, :2], b), lambda x, b: A[:, :2] @ x - b)
    np.testing.assert_allclose(ag.jacobian(solve)(np.ones(2)), np.linalg.inv(A[:, :2]), atol=1e-12)


def test_any_composition():
    f = lambda x: np.sum(np.exp(x) * x)
    third = ag.jacobian(ag.hessian(f))(X)
    np.testing.assert_allclose(np.einsum("iii->i", third), np.exp(X) * (X + 3))
    g = ag.grad(lambda x: np.sum(ag.hvp(f)(x, X) ** 2))(X)
    np.testing.assert_allclose(g, 2 * (np.exp(X) * (X + 2) * X) * X * np.exp(X) * (X + 3))
    np.testing.assert_allclose(
        ag.jacobian(lambda x: ag.vjp(bent, x)[1](np.ones(2)))(X), ag.hessian(lambda x: np.sum(bent(x)))(X)
    )


def test_a_value_from_outside_is_remembered():
    w = Value(2.0)
    j = ag.jacobian(lambda x: w * x**2)(X)
    assert isinstance(j, Value)
    j.sum().backward()
    np.testing.assert_allclose(w.grad, np.sum(2 * X))


def test_a_value_may_be_argument_and_closed_over_at_once():
    y = ag.Value(0.7)
    functions = {
        "checkpoint": lambda y: ag.checkpoint(lambda z: y * np.sin(z))(y),
        "implicit": lambda y: ag.implicit(lambda z: np.sin(z) * y.data, lambda x, z: x - y * np.sin(z))(y),
        "fixed_point": lambda y: ag.fixed_point(
            lambda z: lambda x: 0.5 * x + 0.5 * y * np.sin(z), y, 0.0, lambda a, b: abs(a - b), 1e-14
        ),
    }
    for f in functions.values():
        first = ag.grad(f(y), y, create_graph=True)
        np.testing.assert_allclose(first.data, np.sin(0.7) + 0.7 * np.cos(0.7))
        np.testing.assert_allclose(ag.grad(first, y), 2 * np.cos(0.7) - 0.7 * np.sin(0.7))
        np.testing.assert_allclose(ag.grad(ag.grad(f))(0.7), 2 * np.cos(0.7) - 0.7 * np.sin(0.7))


def test_aux_keeps_its_derivative_and_is_plain_at_the_end():
    f = lambda z: (z**2, {"cube": [z**3]})
    take = lambda x: ag.value_and_grad(f, has_aux=True)(x)[0][1]["cube"][0] + ag.grad_and_aux(f)(x)[1]["cube"][0]
    assert (take(2.0), type(take(2.0)), ag.grad(take)(2.0)) == (16.0, np.float64, 24.0)


def test_a_checkpoint_may_return_texts_and_nothing():
    f = ag.checkpoint(lambda x: {"text": "abc", "none": None, "numbers": [x**2, 3]})
    assert ag.grad(lambda x: f(x)["numbers"][0])(3.0) == 6.0


def test_an_implicit_function_of_nothing():
    root = ag.implicit(lambda a: a**2, lambda x, a: x - a**2)
    assert ag.grad(lambda a: np.sum(root(a)))(np.zeros((0, 2))).shape == (0, 2)


def test_a_checkpoint_that_differentiates_in_another_thread():
    def slope(x, z):
        found = []
        thread = threading.Thread(target=lambda: found.append(ag.grad(lambda w: x * w**2)(z)))
        thread.start()
        thread.join()
        return found[0]  # 2xz

    assert ag.grad(lambda x: ag.checkpoint(lambda z: slope(x, z) * z)(3.0))(5.0) == 18.0


# -- found by mutants --------------------------------------------------------------------------------------------


def test_jacobian_of_a_long_complex_result():
    weights = np.arange(5) * (1 + 2j)
    np.testing.assert_allclose(ag.jacobian(lambda x: np.sum(x**2) * weights)(np.array([3.0])), 6 * weights[:, None])
    np.testing.assert_allclose(
        ag.jacobian(lambda z: np.sum(z**2) * np.arange(5))(np.array([1j])), 2j * np.arange(5)[:, None]
    )


def test_an_argument_number_of_numpys_and_a_product_with_another_argument():
    f = lambda x, y: x**2 * y**3
    assert ag.grad(f, np.int64(1))(2.0, 1.0) == 12.0
    assert ag.hvp(f, 1)(2.0, 1.0, 1.0) == 24.0


@pytest.mark.parametrize(
    "form", [lambda g: (g,), lambda g: [g[0], g[1]], lambda g: [*g], lambda g: g], ids="tuple parts list array".split()
)
def test_a_rule_may_return_its_gradient_in_many_forms(form):
    cube = ag.custom_vjp(lambda x: x**3, lambda g, out, x: form(g * 3 * x**2))
    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(ag.grad(lambda x: np.sum(cube(x)))(x), 3 * x**2)
    np.testing.assert_allclose(ag.grad(lambda x: np.sum(ag.grad(lambda x: np.sum(cube(x)))(x)))(x), 6 * x)


def test_a_rule_that_returns_too_few_or_too_short():
    f = ag.custom_vjp(lambda x, y: x * y, lambda g, out, x, y: g * y)
    with pytest.raises(ShapeError, match="returned 1 gradients for 2"):
        ag.grad(lambda x: np.sum(f(x, x)))(X)
    short = ag.custom_vjp(lambda x: x * 2, lambda g, out, x: g[:2])
    with pytest.raises(ShapeError, match="the rule of .* for argument 0"):
        ag.grad(lambda x: np.sum(short(x)))(X)
    keyword = ag.primitive(lambda x, *, scale: x * scale)
    with pytest.raises(UnsupportedError, match="by keyword alone"):
        ag.grad(lambda x: np.sum(keyword(x, scale=x)))(X)


def test_integers_in_a_result_stay_what_they_are():
    f = ag.primitive(lambda x: (x**2, 7, True))
    ag.defvjp(f, lambda out, x: lambda g: g[0] * 2 * x)
    seen = []
    assert ag.grad(lambda x: seen.append(f(x)) or seen[0][0])(3.0) == 6.0
    assert [type(part) for part in seen[0][1:]] == [int, bool]


def test_a_checkpoint_of_nan():
    masked = ag.checkpoint(lambda x: np.where(np.array([True, False, True]), x**2, np.nan))
    np.testing.assert_allclose(ag.grad(lambda x: np.nansum(masked(x)))(X), [2 * X[0], 0, 2 * X[2]])


def test_a_pull_back_of_no_grad_remembers_its_argument():
    x = Value(3.0)
    with ag.no_grad():
        pull = ag.vjp(lambda z: z**3, x)[1]
    pull(1.0).backward()
    assert x.grad == 18.0


def test_what_is_not_on_the_way_is_not_asked():
    x, y = Value(2.0), Value(3.0)
    without_a_rule = ag.primitive(lambda y: y**2)
    assert ag.grad(x * 5 + without_a_rule(y * 1), x) == 5.0


def test_an_error_names_the_function():
    with pytest.raises(ShapeError, match="argnum=3 of bent"):
        ag.grad(bent, 3)(X)


def test_a_function_in_a_nest_is_passed_on():
    model = {"w": X, "act": np.tanh, "kind": float}
    found = ag.grad(lambda m: np.sum(m["act"](m["w"])))(model)
    np.testing.assert_allclose(found["w"], 1 - np.tanh(X) ** 2)
    assert found["act"] is found["kind"] is None


def test_an_integer_argument_may_be_a_place():
    assert ag.grad(lambda n: n * [10.0, 20.0, 30.0][n])(2) == 30.0
    with pytest.raises(TypeError, match="is no integer"):
        ag.grad(lambda n: n * [10.0, 20.0, 30.0][n])(2.0)


@pytest.mark.parametrize("z", [np.array([0.3, 0.7]), np.array([0.3 + 0.2j, 0.7 - 0.5j])], ids=["real", "complex"])
@pytest.mark.parametrize("f", [np.conj, np.abs, np.real, np.imag, np.angle, np.exp, lambda z: z * z * np.conj(z)])
def test_the_jacobian_of_a_complex_function_that_is_not_holomorphic(f, z):
    """∂Re f/∂x − i ∂Re f/∂y (and of a real argument ∂f/∂x), however many results there are for each argument."""
    rng = np.random.default_rng(0)
    a, h = rng.normal(size=(5, 2)) + 1j * rng.normal(size=(5, 2)), 1e-6
    for tall in [lambda z, n=n: a[:n] @ f(z) for n in (1, 2, 5)]:
        x, y = (
            np.stack([(tall(z + step * e) - tall(z - step * e)) / (2 * h) for e in np.eye(2)], axis=-1)
            for step in (h, 1j * h)
        )
        np.testing.assert_allclose(ag.jacobian(tall)(z), x.real - 1j * y.real if np.iscomplexobj(z) else x, atol=1e-8)
