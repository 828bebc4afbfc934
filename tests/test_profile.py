"""`autograd.profile`: what it counts, whose time is whose, the trace, the picture, and that nothing stays behind."""

from __future__ import annotations

import asyncio
import contextvars
import json
import sys
import threading
from collections import Counter
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import (
    AutogradError,
    GraphError,
    NonFiniteError,
    Value,
    enable_grad,
    grad,
    no_grad,
    profile,
    scope,
    strict,
)
from autograd.engine import backward
from autograd.engine.mode import is_recording, note, recording
from autograd.functions import cross_entropy
from autograd.profiling.noted import Key, Noted
from autograd.rules import OPS
from autograd.scope import Notes

from .tools.fuzz.program import OURS, draw


def figures(p):
    """Calls and bytes of each operation."""
    return {line.name: (line.calls, line.bytes) for line in p.operations}


def calls(p):
    return {line.name: line.calls for line in p.operations}


def modules(p):
    return {line.name: line for line in p.modules}


def network():
    rng = np.random.default_rng(0)
    return nn.Sequential(nn.Linear(4, 3, generator=rng), nn.Tanh(), nn.Linear(3, 2, generator=rng))


X, LABELS = np.random.default_rng(1).normal(size=(5, 4)), np.array([0, 1, 1, 0, 1])


def train(net, steps, loss=None):
    loss = loss or nn.CrossEntropyLoss()
    for _ in range(steps):
        net.zero_grad()
        loss(net(X), LABELS).backward(leaves_only=True)


# -- counts and bytes --------------------------------------------------------------------------------------------------


def test_calls_and_bytes_of_a_small_program():
    x, w = Value(np.ones((3, 4))), Value(np.ones((4, 2), np.float32))
    with profile() as p:
        y = np.tanh(x @ w) * 2
        (np.tanh(w).sum() + np.sum(y, axis=0, keepdims=True).sum() + x[0].sum()).backward()
    assert figures(p) == {
        "matmul": (1, 3 * 2 * 8),
        "tanh": (2, 3 * 2 * 8 + 4 * 2 * 4),
        "multiply": (1, 3 * 2 * 8),
        "sum": (4, 4 + 2 * 8 + 8 + 8),
        "getitem": (1, 4 * 8),
        "add": (2, 8 + 8),
    }
    assert all(line.forward > 0 and line.backward > 0 for line in p.operations)
    assert p.modules == []


def test_what_a_row_keeps_for_its_rule_counts():
    z = Value(np.ones((5, 3)))
    with profile() as p:
        cross_entropy(z, np.zeros((5, 3)) + 1 / 3)
    assert figures(p) == {"cross_entropy": (1, 5 * 8 + 5 * 3 * 8)}  # the result, and the softmax
    with profile() as p, no_grad():
        cross_entropy(z, np.zeros((5, 3)) + 1 / 3)
    assert figures(p) == {}


def test_only_what_is_recorded_is_seen():
    x, constant = Value(2.0), Value(2.0, requires_grad=False)
    with profile() as p:
        np.exp(constant)
        np.exp(2.0)
        with no_grad():
            np.exp(x)
            with enable_grad():
                np.sin(x)
    assert calls(p) == {"sin": 1}


def test_an_operation_that_fails_does_not_count():
    x = Value(np.ones(3))
    with profile() as p:
        with suppress(AutogradError):
            x + np.ones(4)
        np.sum(x)
    assert calls(p) == {"sum": 1}


@pytest.mark.parametrize("create_graph", [False, True])
def test_random_programs_every_node_is_counted_and_every_derivative_is_the_same(create_graph):
    # an operand of another library may be refused when the operation has computed with it: counted, and no node
    programs = [program for program in map(draw, range(60)) if not any("foreign" in step for step in program.steps)]
    assert len(programs) > 30
    for program in programs:
        nodes = Counter()

        def differentiate(program=program):
            with np.errstate(all="ignore"):
                leaves = [Value(x) for x in program.leaves]
                out = program(*leaves, library=OURS)
                found = backward.grad(out, leaves, create_graph=create_graph, allow_unused=True)
                return [np.asarray(g.raw if isinstance(g, Value) else g) for g in found]

        def counted(differentiate=differentiate, nodes=nodes):
            notes = Notes(look=lambda node: nodes.update([node.op.name]))
            note.set(notes)
            recording.set(notes)
            return differentiate()

        expected = contextvars.copy_context().run(counted)
        with profile() as p:
            found = differentiate()
        for ours, theirs in zip(found, expected, strict=True):
            np.testing.assert_array_equal(ours, theirs)
        constant = {name for name, op in OPS.items() if not op.rules}  # these make no node
        assert {name: n for name, n in calls(p).items() if n and name not in constant} == nodes
        assert sum(line.seconds for line in p.operations) <= p.seconds
        assert all(line.forward >= 0 and line.backward >= 0 for line in p.operations)


# -- whose time is whose -----------------------------------------------------------------------------------------------


def test_the_times_are_those_of_the_block_at_most():
    with profile() as p:
        train(network(), 3)
        inside = p.seconds
    assert 0 < sum(line.seconds for line in p.operations) <= inside <= p.seconds
    whole = modules(p)
    parts = [whole[f"Sequential/{name}"] for name in ("Linear #1", "Tanh", "Linear #2")]
    assert whole["Sequential"].seconds == pytest.approx(sum(part.seconds for part in parts))
    assert p.seconds == p.seconds  # it has stopped


@st.composite
def nested(draw):
    """Spans (thread, start, end), of which two of one thread are apart or one inside the other; in order of their end."""
    spans = []

    def fill(thread, start, end, depth):
        inner = draw(st.lists(st.integers(start, end), max_size=6 if depth < 3 else 0).map(sorted))
        for a, b in zip(inner[::2], inner[1::2], strict=False):
            fill(thread, a, b, depth + 1)
        if depth:
            spans.append((thread, start, end))

    for thread in range(draw(st.integers(1, 2))):
        fill(thread, 0, draw(st.integers(0, 60)), 0)
    return sorted(spans, key=lambda span: span[2])


@given(nested())
def test_an_operation_owns_the_time_in_which_nothing_runs_inside_it(spans):
    """Nanosecond by nanosecond: the innermost span that covers it owns it."""
    owned = Counter()
    for thread, moment in {(thread, t) for thread, a, b in spans for t in range(a, b)}:
        covering = [(b - a, i) for i, (own, a, b) in enumerate(spans) if own == thread and a <= moment < b]
        owned[spans[min(covering)[1]]] += 1
    keys = [Key("forward", str(span), ()) for span in dict.fromkeys(spans)]
    place = {key.name: i for i, key in enumerate(keys)}
    rows = np.array([(place[str(span)], *span, 0) for span in spans], np.int64).reshape(-1, 5)
    sums = Noted(keys, rows).sums()
    for span in owned:
        assert sums[Key("forward", str(span), ())].seconds == pytest.approx(owned[span] * 1e-9)
    assert sum(found.seconds for found in sums.values()) == pytest.approx(sum(owned.values()) * 1e-9)


def test_a_backward_pass_counts_in_the_block_where_it_runs():
    x = Value(np.ones(3))
    with profile() as first, scope("f"):
        y = np.sum(np.exp(x))
    with profile() as second:
        y.backward()
    assert {(line.name, line.calls, line.backward == 0) for line in first.operations} == {
        ("exp", 1, True),
        ("sum", 1, True),
    }
    assert {(line.name, line.calls, line.forward == 0) for line in second.operations} == {
        ("exp", 0, True),
        ("sum", 0, True),
    }
    assert modules(second)["f"].backward == pytest.approx(sum(line.backward for line in second.operations))


# -- modules and scopes --------------------------------------------------------------------------------------------------


def test_calls_of_one_module_are_counted_together_in_every_step():
    with profile() as p:
        train(network(), 3)
    names = ("Sequential", "Sequential/Linear #1", "Sequential/Tanh", "Sequential/Linear #2", "CrossEntropyLoss")
    assert {line.name: line.calls for line in p.modules} == dict.fromkeys(names, 3)
    assert modules(p)["Sequential/Tanh"].bytes == 3 * 5 * 3 * 8
    assert modules(p)["Sequential"].bytes == 3 * 5 * (3 + 3 + 2) * 8
    assert all(line.forward > 0 and line.backward > 0 for line in p.modules)


def test_scopes_of_one_name_are_one_and_nest():
    x = Value(2.0)
    with scope("outside"), profile() as p:
        for _ in range(2):
            with scope("a"):
                np.exp(x)
                with scope("b"):
                    np.exp(x)
        with scope("b"):
            np.exp(x)
    bytes_of = {line.name: (line.calls, line.bytes // 8) for line in p.modules}
    assert bytes_of == {"outside": (0, 5), "outside/a": (2, 4), "outside/a/b": (2, 2), "outside/b": (1, 1)}


@pytest.mark.parametrize(
    "pick",
    [lambda x, t: x[t], lambda x, t: x.T[t], lambda x, t: x.reshape(8, 2)[t], lambda x, t: x[[t]]],
    ids=["row", "transposed", "reshaped", "many"],
)
@pytest.mark.parametrize("leaf", [True, False])
def test_adding_up_what_was_picked_belongs_to_where_it_was_picked(pick, leaf, tmp_path):
    given = Value(np.arange(16.0).reshape(4, 4))
    with profile() as p:
        with scope("made"):
            x = given if leaf else given * 2
        with scope("picked"):
            out = sum(np.sum(pick(x, t)) for t in range(2))
        out.backward(leaves_only=True)
    back = [span for span in spans_of(p, tmp_path) if span["name"] == "getitem backward"]
    assert [span["args"]["module"] for span in back] == ["picked"] * 3  # two are put down, and then added up together
    (getitem,) = [line for line in p.operations if line.name == "getitem"]
    rest = sum(line.backward for line in p.operations if line.name != "multiply")
    assert modules(p)["picked"].backward == pytest.approx(rest)
    assert getitem.calls == 2


# -- where it holds --------------------------------------------------------------------------------------------------------


def nothing_is_left():
    y = np.exp(Value(2.0)) * 2
    return (note.get(), is_recording(), y.notes) == (None, True, {})


def test_nothing_is_left_behind():
    with profile() as p:
        y = np.exp(Value(2.0)) * 2
    assert y.notes == {}
    assert nothing_is_left()
    y.backward()
    assert {line.name: line.backward for line in p.operations} == {"exp": 0, "multiply": 0}
    with suppress(ZeroDivisionError), profile() as p, scope("f"):
        np.exp(Value(2.0))
        raise ZeroDivisionError
    assert (calls(p), modules(p)["f"].calls) == ({"exp": 1}, 1)
    assert nothing_is_left()


def test_it_holds_for_this_thread_alone_unless_the_context_is_passed_on():
    with profile() as p:
        context = contextvars.copy_context()
        for target in (lambda: grad(np.sin)(2.0), lambda: context.run(lambda: grad(np.cos)(2.0))):
            thread = threading.Thread(target=target)
            thread.start()
            thread.join()
    assert calls(p) == {"cos": 1}


def test_a_task_has_its_own():
    async def work(f, watched):
        if not watched:
            f(Value(2.0))
            await asyncio.sleep(0)
            return f(Value(2.0))
        with profile() as p:
            f(Value(2.0))
            await asyncio.sleep(0)
            f(Value(2.0))
        return p

    async def both():
        return await asyncio.gather(work(np.sin, True), work(np.cos, False), work(np.exp, True))

    sin, _, exp = asyncio.run(both())
    assert (calls(sin), calls(exp)) == ({"sin": 2}, {"exp": 2})


def test_a_profile_within_a_profile_and_within_the_strict_mode():
    x = Value(np.array([0.0, 1.0]))
    with profile() as outer:
        np.sum(x)
        with scope("f"), profile() as inner:
            np.sum(np.exp(x)).backward()
    assert (calls(outer), calls(inner)) == ({"sum": 2, "exp": 1}, {"sum": 1, "exp": 1})
    assert all(line.backward > 0 for p in (outer, inner) for line in p.operations)
    for blocks in ((strict, profile), (profile, strict)):
        with blocks[0]() as first, blocks[1]() as second:
            np.sum(np.exp(x)).backward()
            with pytest.raises(NonFiniteError), np.errstate(all="ignore"):
                np.sum(np.sqrt(x)).backward()
        assert calls(first or second) == {"sum": 2, "exp": 1, "sqrt": 1}


def test_it_goes_on_counting_when_it_is_entered_again():
    p, x = profile(), Value(np.ones(200_000))
    for _ in range(3):
        with p:
            np.exp(x)
    assert calls(p) == {"exp": 3}
    assert sum(line.seconds for line in p.operations) <= p.seconds
    with p, pytest.raises(GraphError, match="entered again at .*test_profile.py"), p:
        pass
    assert nothing_is_left()


def test_generators():
    def steps():
        for x in (1.0, 2.0):
            yield network()(X * x)  # a module is left before the generator waits

    @enable_grad()
    def recorded():
        yield np.exp(Value(2.0))

    def waiting():
        with profile():
            yield

    with profile() as p:
        list(steps())
        list(recorded())
    assert calls(p) == {"linear": 4, "tanh": 2, "exp": 1}
    with pytest.raises(GraphError, match="profile inside a generator at .*test_profile.py"):
        next(waiting())
    assert nothing_is_left()


# -- how it is shown -------------------------------------------------------------------------------------------------------


def test_the_table_is_sorted_and_adds_up():
    with profile() as p:
        train(network(), 2)
    head, operations, modules = (part.splitlines() for part in str(p).split("\n\n"))
    for lines, what, found in (
        (operations[:-1], "operation", p.operations),
        (modules, "module, with all in it", p.modules),
    ):
        assert lines[0].split() == [*what.split(), *"calls forward ms backward ms time results".split()]
        assert [line.strip().split("  ")[0] for line in lines[2:]] == [line.name for line in found]
        assert [line.seconds for line in found] == sorted((line.seconds for line in found), reverse=True)
    rows = [line.split() for line in operations[2:-1]]
    times = [float(row[2]) + float(row[3]) for row in rows]
    elsewhere = float(operations[-1].split(": ")[1].split(" ms")[0])
    total = float(head[0].split()[2])
    assert sum(times) + elsewhere == pytest.approx(total, abs=0.001 * (2 * len(rows) + 2))
    assert repr(p) == str(p)


def test_a_profile_of_nothing():
    with profile() as p:
        pass
    assert (p.operations, p.modules) == ([], [])
    assert "elsewhere" in str(p)
    assert "<svg" in p.svg()


def spans_of(p, tmp_path):
    p.to_chrome(tmp_path / "trace.json")
    return json.loads((tmp_path / "trace.json").read_text(encoding="utf-8"))["traceEvents"]


def test_the_trace_is_nested_in_modules_on_both_ways(tmp_path):
    nets, loss = (network(), network()), nn.CrossEntropyLoss()
    with profile() as p:
        train(nets[0], 1, loss)
        # Where rules are recorded, operations run inside of a backward step.
        backward.grad(loss(nets[1](X), LABELS), nets[1].parameters(), create_graph=True)
    spans = spans_of(p, tmp_path)
    assert {span["ph"] for span in spans} == {"X"}
    assert all(
        span["ts"] >= 0 and span["dur"] >= 0 and span["ts"] + span["dur"] <= p.seconds * 1e6 + 1 for span in spans
    )
    assert Counter(span["name"] for span in spans if span["cat"] == "forward") == Counter(calls(p))
    for span in spans:  # nested or apart, as the viewer wants them
        for other in spans:
            a, b = (span["ts"], span["ts"] + span["dur"]), (other["ts"], other["ts"] + other["dur"])
            apart = a[1] <= b[0] + 1e-3 or b[1] <= a[0] + 1e-3
            within = (a[0] >= b[0] and a[1] <= b[1] + 1e-3) or (b[0] >= a[0] and b[1] <= a[1] + 1e-3)
            assert apart or within
    for kind, name in (("forward", "linear"), ("backward", "linear backward")):
        for span in (s for s in spans if s["cat"] == kind and s["name"] == name):
            around = [
                s["args"]["module"]
                for s in spans
                if s["cat"] == "module"
                and s["ts"] <= span["ts"]
                and span["ts"] + span["dur"] <= s["ts"] + s["dur"] + 1e-3
            ]
            assert sorted(around) == [span["args"]["module"].partition("/")[0], span["args"]["module"]]
    in_order = [s["args"]["module"] for s in spans if s["cat"] == "module"]
    parts = ["Linear #1", "Tanh", "Linear #2"]
    for net, found in (("Sequential #1", in_order[:10]), ("Sequential #2", in_order[10:])):
        there, back = ([f"{net}/{part}" for part in order] for order in (parts, reversed(parts)))
        assert found == [net, *there, "CrossEntropyLoss", "CrossEntropyLoss", net, *back]


def test_the_picture(tmp_path):
    with profile() as p:
        train(network(), 1)
        x = Value(2.0)
        for name in "sin cos exp tan sinh cosh log sqrt cbrt square arctan arcsinh expm1".split():
            getattr(np, name)(x)
    p.picture(tmp_path / "p.png")
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")
    svg = p.svg()
    assert "<svg" in svg
    assert "others" in svg  # what stands in it, as comments beside the outlines
    assert "Sequential/Linear #1" in svg


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"chainrule\[plot\]"):
        profile().svg()
