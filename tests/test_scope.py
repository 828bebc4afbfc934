"""Scopes and traced lines: what is noted on new nodes, and that nothing is noted outside them."""

import threading

import numpy as np

import nn
from autograd import Value, enable_grad, grad, no_grad, scope, trace_lines
from autograd.scope import calls_of, line_of


def names(value):
    return [call.name for call in calls_of(value)]


def test_outside_nothing_is_noted():
    y = np.concatenate([Value([1.0]), Value([2.0])]) * 2
    assert y.notes == {}
    assert (calls_of(y), line_of(y)) == ((), None)


def test_scopes_nest_and_end():
    x = Value(2.0)
    with scope("MLP"):
        a = x * x
        with scope("Linear"):
            b = a.sum()  # an operation with no second input
            c = np.reshape(Value([1.0, 2.0]), (2, 1))  # and one with keywords
    assert (names(a), names(b), names(c), names(x * a)) == (["MLP"], ["MLP", "Linear"], ["MLP", "Linear"], [])


def test_each_entry_is_a_call_of_its_own():
    x = Value(2.0)

    @scope("Linear")
    def layer(x):
        return x * 2

    first, second = layer(x), layer(x)
    assert names(first) == names(second) == ["Linear"]
    assert calls_of(first)[0] != calls_of(second)[0]


def test_one_scope_object_can_be_entered_within_itself():
    x, s = Value(2.0), scope("f")
    with s, s:
        y = x * x
    assert names(y) == ["f", "f"]
    assert names(x * x) == []


def test_no_grad_records_nothing_and_enable_grad_finds_the_scope_again():
    x = Value(2.0)
    with scope("f"):
        with no_grad():
            off = x * x
            with scope("g"):
                still_off = x * x
                with enable_grad():
                    on = x * x
        with enable_grad():
            plain = x * x
    assert off.op is None
    assert still_off.op is None
    assert (names(on), names(plain)) == (["f", "g"], ["f"])
    assert grad(scope("h")(lambda x: x * x))(3.0) == 6.0


def test_lines_are_traced_only_when_asked():
    x = Value(2.0)
    with trace_lines(), scope("f"):
        y = x * x
    expected = test_lines_are_traced_only_when_asked.__code__.co_firstlineno + 3
    assert line_of(y) == f"{__file__}:{expected}"
    assert names(y) == ["f"]
    assert line_of(x * x) is None
    with trace_lines():
        y = x * x
    assert line_of(y) == f"{__file__}:{expected + 6}"
    assert names(y) == []


def test_a_thread_has_its_own_scope():
    seen = []
    x = Value(2.0)
    with scope("f"):
        thread = threading.Thread(target=lambda: seen.append(names(x * x)))
        thread.start()
        thread.join()
    assert seen == [[]]


def test_a_module_that_a_generator_calls_is_left_before_the_generator_waits():
    net, x = nn.Linear(1, 1), np.ones((1, 1))
    with scope("f"):
        y, z = (net(x) for _ in range(2))
    assert names(y) == names(z) == ["f", "Linear"]
