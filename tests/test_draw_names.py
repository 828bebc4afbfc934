"""Names and frames that a picture finds in the program."""

import numpy as np
import pytest

import nn
from autograd import Value, scope, trace_lines
from autograd.draw import draw
from autograd.draw.collect import collect
from autograd.draw.words import title


def titles(value):
    return {title(node)[0] for node in collect(value, limit=99).nodes.values()}


def drawn(value):
    """Of each node what it is and the calls around it."""
    graph = collect(value, limit=99)
    return [(node.op or node.kind, [graph.labels[call] for call in node.calls]) for node in graph.nodes.values()]


# -- names -----------------------------------------------------------------------------------------------------------


def test_what_requires_no_gradient_and_has_no_name_is_a_constant():
    target = Value([1.0, 2.0], requires_grad=False)
    found = titles(((Value([2.0, 3.0]) - target - np.ones(2)) ** 2).sum())
    assert "input" not in found
    assert {"constant", "parameter"} <= found


def test_where_lines_are_traced_nodes_have_the_names_of_the_variables():
    x, target = np.ones((4, 2)), np.zeros(4)
    w, b = Value([1.0, 2.0]), Value(0.5)
    with trace_lines():
        h = np.tanh(
            x @ w + b  # of the lines of one statement what is used elsewhere is what it assigns
        )
        for _ in range(2):
            h = np.sin(h) * 2
        error: Value = h - target
        loss = (error * error).mean()
        loss *= 1.0
        pair = [np.exp(w), np.exp(b)]
        total = loss + pair[0].sum() + pair[1]
    graph = collect(total, limit=99)
    named = [(node.name, node.op) for node in graph.nodes.values() if node.name]
    assert named == [
        ("x", ""), ("w", ""), ("b", ""), ("h", "tanh"), ("h", "multiply"), ("target", ""), ("error", "subtract"),
        ("loss", "mean"), ("loss", "multiply"), ("total", "add"),
    ]  # fmt: skip
    assert {node.op for node in graph.nodes.values() if not node.name} >= {"exp", "sin", "matmul"}


def test_without_traced_lines_variables_are_left_alone_and_a_name_of_its_own_stays():
    weight = Value(2.0)
    assert titles(weight * 3) == {"parameter", "constant", "×"}
    own = Value(2.0, name="own")
    with trace_lines():
        product = own * weight
    assert titles(product) == {"own", "weight", "product"}


def test_a_line_that_cannot_be_read_names_nothing():
    scope_of_code = {"x": Value(2.0), "trace_lines": trace_lines}
    exec("with trace_lines():\n    y = x * 3", scope_of_code)
    assert "×" in titles(scope_of_code["y"])


@pytest.mark.parametrize(("text", "name"), [("    y = x * 3", "y"), ("  ) y = x * 3", "×")])
def test_a_file_that_is_no_program_any_more_names_nothing(tmp_path, text, name):
    file = tmp_path / "program.py"
    made = {"x": Value(2.0), "trace_lines": trace_lines}
    exec(compile("with trace_lines():\n    y = x * 3", str(file), "exec"), made)
    file.write_text(f"with trace_lines():\n{text}")
    assert name in titles(made["y"])


def test_names_in_the_formulas(tmp_path):
    w = Value(2.0)
    with trace_lines():
        square = w * w
        cube = square * w
    text = draw(cube).html(tmp_path / "page.html").read_text(encoding="utf-8")
    assert '"titles":{"0":"w","1":"square","2":"cube"}' in text


# -- frames ----------------------------------------------------------------------------------------------------------


class Twice(nn.Module):
    """One layer, twice, and what a module returns may be no Value."""

    def __init__(self):
        self.layer = nn.Linear(3, 3)

    def forward(self, x):
        return np.tanh(self.layer(self.layer(x))) * 2, None


class Through(nn.Module):
    def __init__(self):
        self.inner = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Sequential(nn.Linear(4, 3)))
        self.twice = Twice()

    def forward(self, x):
        y, _ = self.twice(self.inner(x))
        return y


def test_modules_have_frames_without_asking_the_same_as_where_they_note_each_operation():
    model = Through()
    unasked = drawn((model(np.ones((2, 3))) ** 2).mean())
    with scope("asked"):
        asked = drawn((model(np.ones((2, 3))) ** 2).mean())
    # Of a module that returns a pair nothing is known; what is in it is known all the same.
    assert unasked == [(name, [c for c in calls if c not in ("asked", "Twice")]) for name, calls in asked]
    assert ("linear", ["Through", "Sequential", "Sequential", "Linear"]) in unasked
    assert ("multiply", ["Through"]) in unasked


def test_a_frame_holds_what_was_computed_in_the_call_alone():
    layer = nn.Linear(2, 2)
    before = Value(np.ones((1, 2)), name="x") * 2.0
    inside = layer(before)
    assert drawn((inside + before).sum()) == [
        ("parameter", []), ("constant", []), ("multiply", []), ("parameter", ["Linear"]), ("parameter", ["Linear"]),
        ("linear", ["Linear"]), ("add", []), ("sum", []),
    ]  # fmt: skip


def test_a_module_that_hands_its_input_on_has_no_frame():
    x = Value([1.0, -2.0], name="x") * 1.0
    assert drawn(nn.Sequential()(x).sum()) == drawn(x.sum())
