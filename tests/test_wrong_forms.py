"""Containers and rules of a form that cannot be used: our error, with the line of the user's program and what to write."""

from __future__ import annotations

import dataclasses

import pytest

from autograd import UnsupportedError, custom_vjp, defvjp, grad, primitive

HERE = __file__.rpartition("/")[2]


class Pair(tuple):
    def __new__(cls, a, b):
        return super().__new__(cls, (a, b))


class Row(list):
    def __init__(self, *items):
        super().__init__(items)
        if any(isinstance(item, list) for item in items):
            raise ValueError("no lists in a row")


@dataclasses.dataclass
class Sized:
    x: float
    size: dataclasses.InitVar[int]

    def __post_init__(self, size):
        self.n = size


class Frozen(dict):
    def __setitem__(self, key, value):
        raise TypeError("frozen")


CONTAINERS = [Pair(1.0, 2.0), Row(1.0, 2.0), Sized(1.0, 3), Frozen(a=1.0), [Pair(1.0, 2.0)], {"p": (Row(2.0),)}]


@pytest.mark.parametrize("nest", CONTAINERS, ids=lambda nest: type(nest).__name__)
def test_a_container_that_cannot_be_made_again(nest):
    with pytest.raises(UnsupportedError, match=rf"{HERE}:\d+ cannot be made again from its .* elements.*plain tuple"):
        grad(lambda nest: 1.0)(nest)


@pytest.mark.parametrize("make", [dict, list], ids=lambda make: make.__name__)
def test_a_container_that_contains_itself(make):
    nest = make()
    if make is dict:
        nest["me"] = nest
    else:
        nest.append([nest])
    with pytest.raises(UnsupportedError, match=rf"a {make.__name__} at .*{HERE}:\d+ .* contain itself"):
        grad(lambda nest: 1.0)(nest)


RULES = {
    "g first, as in custom_vjp": lambda g, ans, x: 2 * g * x, "no inner function": lambda ans, x: 2 * x,
    "an argument short": lambda ans: lambda g: g, "the cotangent's function takes two": lambda ans, x: lambda g, h: g,
    "it takes none": lambda: None,
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_of_another_form(rule):
    f = primitive(lambda x: x**2)
    defvjp(f, rule)
    with pytest.raises(UnsupportedError, match=rf"{HERE}:\d+\).*written  lambda"):
        grad(f)(3.0)


@pytest.mark.parametrize("rule", [lambda g, x: g * x, lambda ans, x: lambda g: g, lambda: None])
def test_a_rule_of_another_form_for_custom_vjp(rule):
    with pytest.raises(UnsupportedError, match=rf"{HERE}:\d+\).*written  lambda g, out, x0: …"):
        grad(custom_vjp(lambda x: x**2, rule))(3.0)


def test_an_error_inside_a_rule_is_its_own():
    f = primitive(lambda x: x**2)
    defvjp(f, lambda ans, x: lambda g: g * len(3))
    with pytest.raises(TypeError, match="has no len") as caught:
        grad(f)(3.0)
    assert not isinstance(caught.value, UnsupportedError)
