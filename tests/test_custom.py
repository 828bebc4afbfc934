"""Functions with rules of one's own: containers, keywords, several outputs, plain numbers; what is checked of a rule."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

import autograd as ag
from autograd import AutogradError, ShapeError, UnsupportedError, Value, checkpoint, custom_vjp, defvjp, grad, primitive

X = np.array([0.5, 1.0, 2.0])
Pair = namedtuple("Pair", "a b")


def with_rules(f, *makers, argnums=None):
    recorded = primitive(f)
    defvjp(recorded, *makers, argnums=argnums)
    return recorded


# -- what goes in and what comes out -----------------------------------------------------------------------------


def test_a_rule_of_a_dict():
    f = with_rules(lambda d: d["a"] ** 2, lambda out, d: lambda g: {"a": 10.0 * g})  # a rule that one can tell from f′
    assert grad(f)({"a": 3.0}) == {"a": 10.0}


@pytest.mark.parametrize(
    ("nest", "unpack"),
    [
        ({"a": 2.0, "b": X}, lambda d: (d["a"], d["b"])),
        ((2.0, X), tuple),
        ([2.0, [X]], lambda d: (d[0], d[1][0])),
        (Pair(2.0, {"x": X, "none": None, "text": "t"}), lambda d: (d.a, d.b["x"])),
    ],
    ids=["dict", "tuple", "list", "named tuple"],
)
def test_containers_as_arguments_and_results(nest, unpack):
    leaves, rebuild = ag.tree.flatten(nest)

    def f(d, scale):
        a, x = unpack(d)
        return {"sum": scale * a * np.sum(x), "parts": [a * x, np.arange(3)], "note": "text"}

    def rule_d(out, d, scale):
        a, x = unpack(d)

        def pull(g):
            parts, total = g["parts"][0], g["sum"]
            of_a, of_x = scale * total * np.sum(x) + np.sum(parts * x), scale * total * a + parts * a
            return rebuild([of_a if np.shape(p) == () and not isinstance(p, str) and p is not None else
                            of_x if np.shape(p) else None for p in leaves])  # fmt: skip

        return pull

    def rule_scale(out, d, scale):
        a, x = unpack(d)
        return lambda g: g["sum"] * a * np.sum(x)

    recorded = with_rules(f, rule_d, rule_scale)

    def use(h):
        def total(d, scale):
            out = h(d, scale)
            assert out["note"] == "text"
            assert not isinstance(out["parts"][1], Value)
            return out["sum"] ** 2 + np.sum(out["parts"][0] ** 3)

        return total

    for argnum in (0, 1, (0, 1)):
        found, right = (ag.tree.flatten(grad(use(h), argnum)(nest, 1.5))[0] for h in (recorded, f))
        for a, b in zip(found, right, strict=True):
            assert (a is None) == (b is None)
            if a is not None:
                np.testing.assert_allclose(a, b)


def test_second_order_through_containers():
    f = with_rules(lambda d: [np.sin(d["a"])], lambda out, d: lambda g: {"a": g[0] * np.cos(d["a"])})
    plain = lambda d: [np.sin(d["a"])]
    second = lambda f: grad(lambda a: np.sum(grad(lambda a: np.sum(f({"a": a})[0]))(a) * a))(X)
    np.testing.assert_allclose(second(f), second(plain))


RETURNED = {
    "float": float, "int": lambda x: int(x), "list": lambda x: [float(x)], "tuple": lambda x: (float(x),),
    "0-d array": lambda x: np.array(float(x)), "float32": np.float32,
}  # fmt: skip


@pytest.mark.parametrize("convert", RETURNED.values(), ids=RETURNED)
def test_plain_numbers_may_come_back(convert):
    several = convert in (RETURNED["list"], RETURNED["tuple"])
    first = (lambda r: r[0]) if several else (lambda r: r)
    f = with_rules(lambda x: convert(x * x), lambda out, x: lambda g: convert(2 * x * np.asarray(first(g)).item()))
    assert grad(lambda x: first(f(x)) * 3.0)(2.0) == 12.0
    rule = with_rules(lambda x: x @ x, lambda out, x: lambda g: (2 * np.asarray(x) * np.asarray(g)).tolist())
    np.testing.assert_array_equal(grad(rule)(X), 2 * X)


def test_keywords():
    f = with_rules(
        lambda x, scale=1.0: x * scale,
        lambda out, x, scale=1.0: lambda g: g * scale,
        lambda out, x, scale=1.0: lambda g: g * x,
    )
    assert grad(lambda v: f(v, scale=v))(3.0) == 6.0
    assert grad(lambda v: f(v, scale=2.0))(3.0) == 2.0
    only = with_rules(lambda x, *, scale: x * scale, lambda out, x, scale: lambda g: g * scale)
    assert grad(lambda v: only(v, scale=2.0))(3.0) == 2.0
    with pytest.raises(UnsupportedError, match="keyword alone.*position"):
        grad(lambda v: only(v, scale=v))(3.0)


# -- what is asked of a rule -------------------------------------------------------------------------------------

WRONG = {
    "a sum too many": lambda g, x: np.sum(g * x),
    "a row too long": lambda g, x: np.ones(len(x) + 1),
    "a matrix": lambda g, x: np.ones((len(x), 2)),
    "text": lambda g, x: "0",
    "two for one": lambda g, x: (g, g),
}


def square(x):
    return x * x


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize(
    "make",
    [
        lambda wrong: with_rules(square, lambda out, x: lambda g: wrong(g, x)),
        lambda wrong: custom_vjp(square, lambda g, out, x: wrong(g, x)),
    ],
    ids=["primitive", "custom_vjp"],
)
def test_a_result_of_the_wrong_shape_is_an_error_that_names_the_rule(wrong, make):
    f = make(wrong)
    with pytest.raises(ShapeError, match=r"square.*test_custom\.py"):
        grad(lambda x: np.sum(f(x)))(X)


def test_what_broadcasting_made_larger_is_summed_up():
    f = with_rules(lambda x: x * np.ones((2, 3)), lambda out, x: lambda g: g)
    np.testing.assert_array_equal(grad(lambda x: np.sum(f(x)))(X), [2.0, 2.0, 2.0])


def test_none_says_no_gradient_and_nothing_said_is_an_error():
    f = with_rules(lambda x, y: x * y, lambda out, x, y: lambda g: g * y, None)
    assert grad(f, (0, 1))(2.0, 3.0) == (3.0, 0.0)
    unsaid = with_rules(lambda x, y: x * y, lambda out, x, y: lambda g: g * y)
    with pytest.raises(NotImplementedError, match=r"argument number 1 is not defined.*test_custom\.py"):
        grad(unsaid, 1)(2.0, 3.0)


@pytest.mark.parametrize(
    "reduce", [np.sum, np.mean, lambda y: np.sum(np.broadcast_to(y, (2, 3)).T)], ids=["sum", "mean", "broadcast"]
)
def test_a_rule_may_write_into_its_cotangent(reduce):
    def compiled(out, x):
        def pull(g):
            assert g.flags.c_contiguous
            assert g.flags.writeable
            g *= 2
            return g

        return pull

    def total(y):
        return reduce(y) + reduce(y + 0.0)

    f = with_rules(lambda x: x * 2, compiled)
    np.testing.assert_allclose(grad(lambda x: total(f(x)))(X), grad(lambda x: total(x * 2))(X))


def test_a_rule_is_asked_once_for_all_arguments():
    asked = []
    f = custom_vjp(
        lambda a, b, c: a * b * c, lambda g, out, a, b, c: asked.append(1) or (g * b * c, g * a * c, g * a * b)
    )
    assert grad(f, (0, 1, 2))(2.0, 3.0, 4.0) == (12.0, 8.0, 6.0)
    assert len(asked) == 1


@pytest.mark.parametrize(
    "make", [primitive, lambda f: custom_vjp(f, lambda g, out, x: g)], ids=["primitive", "custom_vjp"]
)
def test_a_value_from_the_surroundings_cannot_be_seen(make):
    with pytest.raises(AutogradError, match=r"not among its arguments.*Pass it"):
        grad(lambda s: make(lambda x: x * s)(2.0 * s))(3.0)
    with pytest.raises(AutogradError, match="not among its arguments"):
        grad(lambda s: make(lambda x: x * s)(2.0))(3.0)
    assert custom_vjp(lambda x: x * ag.stop_gradient(Value(2.0)), lambda g, out, x: g)(Value(3.0)).item() == 6.0


def test_a_rule_may_use_a_value_from_the_surroundings():
    def f(s):
        h = custom_vjp(lambda x: x**2, lambda g, out, x: g * 2 * x * s)
        return grad(h)(3.0)  # 6 s

    assert (f(2.0), grad(f)(2.0)) == (12.0, 6.0)


def test_a_function_of_numpy_is_no_primitive_of_ones_own():
    with pytest.raises(UnsupportedError, match=r"autograd\.extend\.defvjp"):
        defvjp(np.cbrt, lambda out, x: lambda g: g * 100.0)


# -- checkpoint --------------------------------------------------------------------------------------------------


def test_a_checkpoint_reaches_what_it_closes_over():
    assert grad(lambda s: checkpoint(lambda x: np.sum(x**2) * s)(s * np.ones(2)))(3.0) == 54.0
    w, h = Value([1.0, 2.0]), Value(3.0)
    loss = checkpoint(lambda x: np.sum(w * x * h) * h)(2.0)
    loss.backward()
    np.testing.assert_array_equal(w.grad, [18.0, 18.0])
    assert h.grad == 36.0


def test_a_checkpoint_of_a_module_trains_it():
    import nn

    model = nn.Sequential(nn.Linear(3, 2), nn.Tanh())
    x = np.ones((4, 3))
    np.sum(model(x) ** 2).backward()
    plain = [p.grad for p in model.parameters()]
    model.zero_grad()
    np.sum(checkpoint(model)(x) ** 2).backward()
    for p, g in zip(model.parameters(), plain, strict=True):
        np.testing.assert_allclose(p.grad, g)


def test_a_checkpoint_that_is_not_repeatable_is_noticed():
    rng = np.random.default_rng(0)
    loss = checkpoint(lambda x: np.sum(x * rng.normal(size=3)))(Value(X))
    with pytest.raises(AutogradError, match="another result"):
        loss.backward()


def test_a_checkpoint_of_nests_and_of_nothing():
    f = checkpoint(lambda d, k=1.0: {"y": [d["x"] * k, "text"]})
    assert grad(lambda x: f({"x": x}, k=x)["y"][0])(3.0) == 6.0
    assert checkpoint(lambda: 3.0)() == 3.0
    with ag.no_grad():
        assert not np.any(getattr(f({"x": Value(1.0)})["y"][0], "requires_grad", False))


def test_shapes_that_do_not_fit_are_ours():
    with pytest.raises(ShapeError):
        custom_vjp(lambda x: x, lambda g, out, x: (g, g, g))(Value(X)).sum().backward()
