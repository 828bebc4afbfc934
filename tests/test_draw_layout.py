"""Where boxes stand on a page, how much room arrays have there, and that what is packed says the same."""

import json
import math
import subprocess

import numpy as np
import pytest

from autograd import Value, scope
from autograd.draw import draw
from autograd.draw.collect import collect
from autograd.draw.explore import arrays, layout, pack, page, sweep
from autograd.draw.explore.arrays import encode
from autograd.draw.explore.boxes import arrow, width
from tests.draw_networks import NETWORKS, mnist
from tests.draw_pages import data_of
from tools.javascript import node

NODE = node()
AXIS = {"LR": (0, 1), "RL": (0, -1), "TB": (1, 1), "BT": (1, -1)}


def boxes_of(given):
    flat = given["boxes"]
    keys = given["keys"] or range(len(flat) // 3)
    return {
        key: (x, y, *given["sizes"][size])
        for key, x, y, size in zip(keys, flat[::3], flat[1::3], flat[2::3], strict=True)
    }


def apart(one, other):
    return (
        one[0] + one[2] <= other[0]
        or other[0] + other[2] <= one[0]
        or one[1] + one[3] <= other[1]
        or other[1] + other[3] <= one[1]
    )


def tangle():
    """Eighty times three operations, of which each uses two of the five before it."""
    rng = np.random.default_rng(3)
    made = [Value(x, name=f"x{i}") for i, x in enumerate(rng.normal(size=5))]
    for i in range(80):
        a, b = rng.integers(max(0, i), i + 5, 2)
        made.append(np.tanh(made[a] * made[b] + float(i)))
    return sum(made[1:], made[0])


@pytest.mark.parametrize("direction", AXIS)
@pytest.mark.parametrize("most", [0, 500])
def test_boxes_stand_apart_inside_the_picture_and_each_after_what_it_is_computed_from(direction, most, monkeypatch):
    monkeypatch.setattr(layout, "MOST", most)
    graph = collect(tangle(), limit=999)
    given = layout.layout(graph, direction, ".4g")
    assert bool(given["edges"]) == (most > 0)
    boxes = boxes_of(given)
    assert set(boxes) == set(graph.nodes)
    for key, box in boxes.items():
        assert box[0] >= 0 <= box[1]
        assert box[0] + box[2] <= given["size"][0]
        assert box[1] + box[3] <= given["size"][1]
        assert all(apart(box, other) for other_key, other in boxes.items() if other_key < key)
    axis, sign = AXIS[direction]
    middle = {key: sign * (box[axis] + box[axis + 2] / 2) for key, box in boxes.items()}
    assert all(middle[source] < middle[key] for key, n in graph.nodes.items() for source in n.inputs)


def test_a_frame_holds_its_boxes_and_an_edge_ends_at_its_box():
    graph = collect(mnist(), limit=99)
    given = layout.layout(graph, "LR", ".4g")
    boxes = boxes_of(given)
    for number, call in enumerate(graph.labels):
        x, y, w, h = given["frames"][number]
        for key, n in graph.nodes.items():
            left, top, wide, high = boxes[key]
            within = x <= left and y <= top and left + wide <= x + w and top + high <= y + h
            assert within == (call in n.calls)
    for name, curve in given["edges"].items():
        key = int(name.split("_")[0])
        x, y, w, h = boxes[key]
        tip = curve[-4:-2] if len(curve) % 6 == 0 else curve[-2:]
        assert x - 2 <= tip[0] <= x + w + 2
        assert y - 2 <= tip[1] <= y + h + 2


def test_what_stands_beside_an_arrow():
    b, s = Value([1.0, 2.0, 3.0], name="b"), Value(2.0, name="s")
    graph = collect((np.ones((2, 3)) * b).sum() * s, limit=99)
    found = {(n.op, i): arrow(graph, n, i) for n in graph.nodes.values() for i in range(len(n.inputs))}
    assert found["sum", 0] == "2 × 3"
    assert {"2 × 3", "Σ 3 → 2 × 3"} == {
        arrow(graph, n, i) for n in graph.nodes.values() if n.op == "multiply" and np.shape(n.data) for i in (0, 1)
    }
    assert {""} == {
        arrow(graph, n, i) for n in graph.nodes.values() if n.op == "multiply" and not np.shape(n.data) for i in (0, 1)
    }


def test_a_condition_is_not_stretched():
    b = Value([1.0, 2.0, 3.0], name="b")
    graph = collect(np.where(np.array([[True], [False]]), b, 0.0).sum(), limit=99)
    (where,) = (n for n in graph.nodes.values() if n.op == "where")
    assert [arrow(graph, where, i) for i in range(2)] == ["2 × 1", "Σ 3 → 2 × 3"]


def test_where_there_is_no_more_room_for_factors_the_older_operations_have_none():
    x = Value(np.ones((4, 4)), name="x")
    graph = collect(((x @ np.ones((4, 2))).sum(axis=1) * 2.0).sum(), limit=99, gradients=True)
    every, some = (
        sweep.numbers(graph, "", 99, by_element=room, seconds=math.inf)["terms"] for room in (sweep.FACTORS, 5)
    )
    count = lambda terms: sum("factors" in (term or {}) for found in terms.values() for term in found)
    assert 0 < count(some) < count(every)


def test_a_width_for_every_character():
    assert width("0.02147", 12) == pytest.approx(12 * (6 * 0.556 + 0.278))
    assert width("漢字", 10) == 12


# -- room ------------------------------------------------------------------------------------------------------------


def test_arrays_share_the_room_of_a_page():
    assert arrays.room([100, 100], 1000, 1024) == 1024
    assert arrays.room([10_000] * 10, 1000, 1024) == 64
    assert arrays.room([10_000] * 1000, 1000, 1024) == 0
    nothing = encode(np.ones((3, 4)), 0)
    assert (nothing["cells"], nothing["shape"], nothing["stats"]["mean"]) == ([], [3, 4], 1.0)


def test_a_large_page_says_less_of_each_node(tmp_path):
    h = np.full((2, 4), 0.1)
    w = Value(np.eye(4), name="w")
    for _ in range(400):
        h = np.tanh(h @ w) * 1.01
    path = draw(h.sum(), repeats=None).html(tmp_path / "page.html")
    assert path.stat().st_size < 800_000
    moment = data_of(path.read_text(encoding="utf-8"))["snapshots"][0]
    assert sum("local" in str(term) for terms in moment["terms"] for term in terms) == 0
    assert all(len(str(x["stats"]["mean"])) < 12 for x in moment["values"] if isinstance(x, dict))


# -- packing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NETWORKS)
def test_nodes_come_out_of_the_packing_as_they_went_in(name):
    with scope("around"):
        graph = collect(NETWORKS[name](), limit=99, gradients=True)
    facts = sweep.structure(graph)
    moments = [sweep.numbers(graph, label, 64, by_element=sweep.FACTORS, seconds=math.inf) for label in ("one", "two")]
    packed = {**pack.structure(facts), **pack.moments(moments, live=False)}
    text = f'<script type="application/json" id="data">{json.dumps(packed)}</script>'
    found = data_of(text)
    assert json.loads(json.dumps(facts["nodes"])) == found["nodes"]
    for moment, back in zip(moments, found["snapshots"], strict=True):
        for given, x in zip(moment["values"] + moment["grads"], back["values"] + back["grads"], strict=True):
            if not isinstance(given, dict):
                assert given == x
                continue
            assert (given["cells"], given["shape"], given["block"]) == (x["cells"], x["shape"], x["block"])
            assert x["stats"]["mean"] == pytest.approx(given["stats"]["mean"], rel=1e-8)


if NODE:

    @pytest.mark.parametrize("name", NETWORKS)
    def test_the_page_unpacks_what_was_packed(name, tmp_path):
        graph = collect(NETWORKS[name](), limit=99, gradients=True)
        facts = page.program(graph).data
        moment = sweep.numbers(graph, "one", 64, by_element=sweep.FACTORS, seconds=math.inf)
        packed = {**pack.structure(facts), **pack.moments([moment, moment], live=False)}
        script = page.script("unpack", "const RULES = [];")
        source = f"{script}const data = unpack({json.dumps(packed)}, []);"
        source += "console.log(JSON.stringify([data, data.snapshots[1].terms]));"
        (tmp_path / "unpack.js").write_text(source, encoding="utf-8")
        done = subprocess.run([NODE, tmp_path / "unpack.js"], capture_output=True, text=True, check=True, timeout=60)
        data, terms = json.loads(done.stdout)
        assert data["nodes"] == json.loads(json.dumps(facts["nodes"]))
        assert data["steps"] == facts["steps"]
        for key, expected in moment["terms"].items():
            for found, term in zip(terms[key], expected, strict=True):
                assert (found is None) == (term is None)
                if term is not None:
                    assert found.get("factors") == term.get("factors")
                    assert isinstance(term["local"], dict) or found["local"] == term["local"]
