"""What a picture says: nodes and gradients, escaping, folding, limits, text and Mermaid."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from autograd import Value, functions, no_grad, scope
from autograd.draw import Recorder, draw, draw_dot, trace, tree
from autograd.draw.words import clean, summary
from autograd.errors import GraphError, ShapeError
from tests.draw_networks import mnist, named, perceptron, two_two_one


def texts(picture):
    found = [t.text or "" for t in ET.fromstring(picture.svg).iter("{http://www.w3.org/2000/svg}text")]
    return " ".join(" ".join(found).split())


def kinds(picture):
    return [node.kind for node in picture.graph.nodes.values()]


# -- gradients -------------------------------------------------------------------------------------------------------


def test_before_and_after_backward():
    loss = two_two_one()
    before = draw(loss)
    assert "not yet backpropagated" in texts(before)
    assert all(node.grad is None for node in before.graph.nodes.values())
    loss.backward()
    after = draw(loss)
    assert "not yet" not in texts(after)
    assert "w1 value 1 grad 0.02147" in texts(after)


def test_gradients_for_the_picture_touch_nothing():
    x = Value([1.0, 2.0], name="x")
    y = np.tanh(x) * 3
    picture = draw(y, gradients=True)
    assert x.grad is None
    assert y.grad is None
    (found,) = (node.grad for node in picture.graph.nodes.values() if node.name == "x")
    np.testing.assert_allclose(found, 3 * (1 - np.tanh([1.0, 2.0]) ** 2))
    assert picture.graph.backpropagated


def test_a_stale_gradient_of_another_graph_is_not_shown():
    x = Value(2.0, name="x")
    (x * x).backward()
    assert "grad not yet" in texts(draw(x * 3))
    assert "grad 4" in texts(draw(x))


def test_a_value_without_a_graph():
    constant = Value(2.0, requires_grad=False)
    assert kinds(draw(constant)) == ["input"]
    assert kinds(draw(constant, gradients=True)) == ["input"]
    with no_grad():
        assert kinds(draw(Value(1.0) * 2)) == ["input"]


def test_a_branch_without_influence_has_gradient_zero_and_a_constant_none():
    x, y = Value(2.0, name="x"), Value(3.0, requires_grad=False, name="y")
    picture = draw(x * 0 * y, gradients=True)
    grads = {node.name: node.grad for node in picture.graph.nodes.values() if node.name}
    assert grads == {"x": 0.0, "y": None}


def test_what_cannot_be_drawn():
    with pytest.raises(GraphError, match="only a Value has one"):
        draw(np.ones(3))
    with pytest.raises(GraphError, match="only a Value has a graph"):
        trace(3.0)
    loss = perceptron()
    loss.backward(leaves_only=True)
    with pytest.raises(GraphError, match="given up by backward"):
        draw(loss)
    with pytest.raises(GraphError, match="at least one operation"):
        draw(perceptron(), limit=0)


@pytest.mark.parametrize(
    ("option", "words"),
    [({"direction": "UP"}, "LR, RL, TB, BT"), ({"theme": "pink"}, "light, dark"), ({"number": ".4q"}, "'.4g'")],
)
def test_options_that_do_not_exist(option, words):
    with pytest.raises(ShapeError, match=words):
        draw(Value(1.0), **option)


def test_data_changed_after_the_forward_pass_is_said():
    w = Value(2.0, name="w")
    y = w * 3
    assert "changed" not in texts(draw(y))
    w.data = 5.0
    assert "an input was changed since" in texts(draw(y))


# -- kinds and words -------------------------------------------------------------------------------------------------


def test_parameters_inputs_and_constants_are_told_apart():
    data = np.ones((4, 2))
    w = Value(np.zeros((2, 2)))
    picture = draw(((data @ w + data @ w) * 2).sum())
    assert kinds(picture).count("input") == 1, "one array used twice is one node"
    assert sorted(set(kinds(picture))) == ["constant", "input", "operation", "parameter"]
    assert [n.data for n in picture.graph.nodes.values() if n.kind == "constant"] == [2]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (2, "2"),
        (np.float64(-0.0), "0"),
        (np.pi, "3.142"),
        (True, "True"),
        (1 + 2j, "1+2j"),
        ([1.0, np.nan], "[1, nan]"),
        (np.zeros((0, 3)), "empty"),
        (np.full((2, 2), 0.5), "all 0.5"),
        ([[1.0, 2.0], [3.0, 4.0]], "1 … 4, mean 2.5"),
        ([[1.0, 1.0], [1.0, 1.00000001]], "all ≈ 1"),
        ([-1.0, 1.0, -1.0, 1.0], "-1 … 1, mean 0"),
        ([np.nan, np.inf, 1.0, 2.0], "1 NaN, 1 inf, 1 … 2, mean 1.5"),
        ([np.nan] * 4, "4 NaN"),
        ([3 + 4j, 0, 0, 0], "|x| 0 … 5, mean 1.25"),
        (np.arange(4), "0 … 3, mean 1.5"),
    ],
)
def test_summaries(data, expected):
    assert summary(np.asarray(data) if isinstance(data, list) else data, ".4g") == expected


def test_shapes_dtypes_and_keywords():
    x = Value(np.ones((3, 4), dtype=np.float32))
    shown = texts(draw(x.sum(axis=0, keepdims=True)[0:, None, ..., np.array([0])] + Value(np.float32(1))))
    for words in ("3 × 4 float32", "sum axis=0, keepdims=True", "[0:, None, …, array]", "dtype float32"):
        assert words in shown
    assert "[::2, 1]" in texts(draw(x[::2, 1]))


def test_number_format_direction_and_themes():
    light, dark = draw(Value(np.pi)), draw(Value(np.pi), theme="dark", direction="TB", number=".2f", caption=False)
    assert "3.142" in texts(light)
    assert texts(dark) == "parameter value 3.14 grad not yet"
    assert "rankdir=LR" in light.source
    assert "rankdir=TB" in dark.source
    assert 'bgcolor="#12161d"' in dark.source


HOSTILE = [
    "<script>alert(1)</script>",
    "a\"b'c",
    "∂x₀",
    "\\N \\G \\L",
    "x" * 100,
    "]]>--&amp;",
    "a\nb\x00c\u202ed",
    "",
    "<b>",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name):
    x = Value(1.0, name=name)
    with scope(name):
        y = x * 2
    picture = draw(y)
    root = ET.fromstring(picture.svg)
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "g", "title", "path", "polygon", "text", "a"}
    shown = "".join(texts(picture).split())
    assert "".join(clean(name).split()) in shown
    assert "<" not in picture.mermaid().replace("<br/>", "")
    assert ET.fromstring(draw_dot(y).pipe("svg").decode()) is not None
    assert clean(name) in tree(y)


# -- folding ---------------------------------------------------------------------------------------------------------


def test_modules_are_frames_and_fold_to_boxes():
    loss = mnist()
    labels = sorted(draw(loss).graph.labels.values())
    assert labels == ["Linear #1", "Linear #2", "Linear #3", "MLP"]
    outer = draw(loss, depth=0)
    (box,) = (n for n in outer.graph.nodes.values() if n.kind == "module")
    assert (box.name, box.note) == ("MLP", "8 operations, 100,710 parameters")
    assert box.data.shape == (8, 10)
    inner = [n.name for n in draw(loss, depth=1).graph.nodes.values() if n.kind == "module"]
    assert inner == ["Linear #1", "Linear #2", "Linear #3"]
    assert draw(loss, depth=2).source == draw(loss).source


def test_a_weight_stands_with_its_layer_and_a_shared_one_outside():
    shared, own = Value(2.0, name="shared"), Value(3.0, name="own")
    with scope("a"):
        x = shared * own
    with scope("b"):
        y = x * shared
    picture = draw(y)
    assert {n.name: len(n.calls) for n in picture.graph.nodes.values() if n.name} == {"shared": 0, "own": 1}


def test_a_module_with_two_results_shows_no_numbers():
    x = Value(2.0)
    with scope("twins"):
        a, b = x * 2, x * 3
    (box,) = (n for n in draw(a + b, depth=0).graph.nodes.values() if n.kind == "module")
    assert (box.data, box.note) == (None, "2 operations, 1 parameter")
    assert "twins" in texts(draw(a + b, depth=0))


def test_repeated_modules_are_shown_once():
    x = np.ones(3)
    h = x @ Value(np.eye(3))
    for _ in range(12):
        with scope("Block"):
            h = np.tanh(h @ Value(np.eye(3)))
    picture = draw(h.sum(), repeats=8)
    assert list(picture.graph.labels.values()).count("Block × 12") == 1
    assert sum(n.op == "tanh" for n in picture.graph.nodes.values()) == 1
    assert sum(n.op == "tanh" for n in draw(h.sum(), repeats=None).graph.nodes.values()) == 12
    assert sum(n.op == "tanh" for n in draw(h.sum(), repeats=13).graph.nodes.values()) == 12


def test_neurons_side_by_side_are_shown_once():
    x = [Value(1.0, name="x1"), Value(2.0, name="x2")]
    total = Value(0.0)
    for i in range(10):
        with scope("Neuron"):
            total = total + np.tanh(x[0] * Value(float(i)) + x[1] * Value(0.5))
    picture = draw(total)
    assert "Neuron × 10" in texts(picture)
    assert sum(n.name in ("x1", "x2") for n in picture.graph.nodes.values()) == 2


def test_operations_on_different_numbers_of_inputs_are_not_alike():
    x = Value([1.0, 2.0])
    results = []
    for parts in ((x, x), (x, x[:1], x[1:]), (x, x)):
        with scope("Join"):
            results.append(np.concatenate([part * 2.0 for part in parts]))
    picture = draw(sum(results).sum(), repeats=2)
    assert sorted(picture.graph.labels.values()) == ["Join #1", "Join #2", "Join × 2"]


def test_repeats_are_folded_to_one_box():
    x = [Value(1.0, name="x1"), Value(2.0, name="x2")]
    with scope("Layer"):
        outputs = []
        for _ in range(12):
            with scope("Neuron"):
                outputs.append(np.tanh(sum(v * Value(0.5) for v in x)))
    picture = draw(sum(outputs), depth=1)
    assert [n.name for n in picture.graph.nodes.values() if n.kind == "module"] == ["Neuron × 12"]
    whole = draw(sum(outputs), depth=1, repeats=None)
    assert kinds(whole).count("module") == 12


def test_an_unrolled_loop_is_shown_once():
    x = y = Value(0.5, name="x")
    for _ in range(12):
        y = np.tanh(y * 1.5)
    picture = draw(y + 1)
    assert "× 12" in texts(picture)
    assert [n.op for n in picture.graph.nodes.values() if n.op] == ["multiply", "tanh", "add"]
    shared = Value(2.0)
    z = x
    for _ in range(9):
        z = z * shared
    assert "× 9" in texts(draw(z))
    assert "× 9" not in texts(draw(z, repeats=10))


def test_different_steps_are_not_folded():
    y = Value(0.5)
    for i in range(12):
        y = np.tanh(y) if i % 2 else y[None].sum() if i % 3 else np.sin(y)
    assert "×" not in texts(draw(y, repeats=4))


# -- size ------------------------------------------------------------------------------------------------------------


def test_a_limit_says_what_it_left_out():
    y = x = Value(1.0)
    for _ in range(9):
        y = np.tanh(y) + x
    picture = draw(y, limit=4, gradients=True)
    assert "… 14 earlier operations left out" in texts(picture)
    assert kinds(picture).count("operation") == 4
    assert "… 1 earlier operation left out" in texts(draw(np.tanh(np.tanh(x)), limit=1))
    assert "… 14 earlier operations" in tree(y, limit=4)


def test_a_long_chain_neither_recurses_nor_hangs():
    y = Value(1.0)
    for _ in range(100_000):
        y = y * 1.0
    picture = draw(y, gradients=True)
    assert "98,000 earlier operations" in texts(picture)
    assert "× 2000" in texts(picture)
    assert len(tree(y).splitlines()) < 100
    assert len(trace(y)[0]) == 100_001


def test_two_thousand_nodes():
    rng = np.random.default_rng(0)
    pool = [Value(float(i)) for i in range(10)]
    for _ in range(1200):
        a, b = rng.integers(1, 11, 2)
        pool.append(np.tanh(pool[-a] * pool[-b]))
    picture = draw(sum(pool[-10:]), repeats=None)
    assert len(picture.graph.nodes) > 1990
    assert picture.svg.count('class="node') == len(picture.graph.nodes)


# -- text and Mermaid ------------------------------------------------------------------------------------------------


def test_a_tree():
    a, b = Value(2.0, name="a"), Value(3.0, name="b")
    c = named(a * b, "c")
    loss = (c + 1) * c
    assert tree(loss) == "\n".join(
        [
            "× (multiply): 42",
            "├─ + (add): 7",
            "│  ├─ c (multiply): 6 [1]",
            "│  │  ├─ a: 2",
            "│  │  └─ b: 3",
            "│  └─ 1",
            "└─ c (multiply): 6 [1] (above)",
            "(not yet backpropagated)",
        ]
    )
    loss.backward()
    assert "├─ + (add): 7, grad 6" in tree(loss)
    assert tree(Value([1.0, 2.0])) == "parameter: shape 2, [1, 2]\n(not yet backpropagated)"


def test_mermaid():
    with scope("outer"), scope("inner"):
        y = Value(2.0, name="w", requires_grad=True) * 3
    with scope("other"):
        z = functions.relu(y)
    assert draw(z, gradients=True).mermaid().splitlines() == [
        "flowchart LR",
        '  subgraph call0["outer"]',
        '    subgraph call1["inner"]',
        '      n0["w<br/>value 2<br/>grad 3"]:::parameter',
        '      n1["3"]:::constant',
        '      n2["× multiply<br/>value 6<br/>grad 1"]:::operation',
        "    end",
        "  end",
        '  subgraph call2["other"]',
        '    n3["ReLU<br/>value 6<br/>grad 1"]:::operation',
        "  end",
        "  n0 --> n2",
        "  n1 --> n2",
        "  n2 --> n3",
        "  classDef parameter fill:#e3f0fb,stroke:#0072b2,color:#1b2430",
        "  classDef constant fill:#f3f4f6,stroke:#b4bcc8,color:#1b2430",
        "  classDef operation fill:#ffffff,stroke:#97a3b4,color:#1b2430",
        "  style n3 stroke:#d55e00,stroke-width:2px",
    ]


# -- micrograd -------------------------------------------------------------------------------------------------------


def test_micrograds_functions():
    a, b = Value(2.0, name="a"), Value(-3.0)
    c = a * b
    d = c + 10
    nodes, edges = trace(d)
    assert nodes == {a, b, c, d}
    assert edges == {(a, c), (b, c), (c, d)}
    square = a * a
    assert trace(square) == ({a, square}, {(a, square)})
    dot = draw_dot(d)
    assert (dot.format, "rankdir=LR" in dot.source) == ("svg", True)
    assert 'label="{ a | data 2.0000 | grad not yet }"' in dot.source
    d.backward()
    source = draw_dot(d, format="png", rankdir="TB").source
    assert 'label="{ data -3.0000 | grad 2.0000 }"' in source
    assert 'label="{ data 10 }"' in source
    with pytest.raises(GraphError, match="it is LR or TB"):
        draw_dot(d, rankdir="UP")


@pytest.mark.parametrize("leaves", [12, 13, 3000])
def test_a_limit_holds_for_the_inputs_of_one_operation_too(leaves):
    value = np.stack([Value(float(i)) for i in range(leaves)]).sum()
    graph = draw(value, limit=11, repeats=None).graph
    if leaves == 12:
        assert len(graph.nodes) == 14  # a box in place of one would say less
        return
    *_, rest, stack, total = graph.nodes.values()
    assert (rest.kind, rest.name) == ("omitted", f"… {leaves - 11:,} more inputs")
    assert stack.inputs == (*range(11), 11)
    assert total.key == graph.root
    assert f"… {leaves - 11:,} more inputs" in tree(value, limit=11)


def test_an_input_that_another_operation_uses_is_not_left_out():
    w = Value(2.0, name="w")
    value = np.stack([*(Value(float(i)) for i in range(20)), w]).sum() * w
    assert "w" in {node.name for node in draw(value, limit=5, repeats=None).graph.nodes.values()}


def test_a_name_is_text_and_a_title_what_can_be_printed(tmp_path):
    value = Value(1.0, name=5) * 2
    assert "5: 1" in tree(value)
    page = draw(value).html(tmp_path / "page.html", title=f"a{chr(0xD800)}b{chr(0)}c")
    assert "a b c" in page.read_text()
    half = chr(0xD800)
    film = Recorder()
    film.record(value)
    assert "x?y" in film.html(tmp_path / "film.html", title=f"x{half}y").read_text()
    compared = draw(value).html(tmp_path / "two.html", compare=Value(2.0) * 2, labels=(f"x{half}y", "after"))
    assert "x?y" in compared.read_text()
