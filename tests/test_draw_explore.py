"""The explorer's page without a browser: its formulas, its numbers, its structure."""

import inspect
import json
import math
import re
import time
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import nn
from autograd import Value, functions, scope, trace_lines
from autograd.draw import Recorder, RenderError, draw
from autograd.draw.collect import collect
from autograd.draw.explore import recorder, sweep
from autograd.draw.explore.arrays import encode
from autograd.draw.explore.formula import formula
from autograd.draw.explore.phrases import phrase
from autograd.errors import ChangedDataError, GraphError
from autograd.rules import OPS
from autograd.rules.op import Op
from nn.functional import conv2d
from tests import draw_pages
from tests.draw_networks import NETWORKS, mnist, named, perceptron, two_two_one

RULES = [(op, i) for op in OPS.values() for i, rule in enumerate(op.rules) if rule is not None]
each_rule = pytest.mark.parametrize(("op", "i"), RULES, ids=[f"{op.name}-{i}" for op, i in RULES])


def data_of(path):
    return draw_pages.data_of(path.read_text(encoding="utf-8"))


# -- formulas --------------------------------------------------------------------------------------------------------


@each_rule
def test_a_local_formula_is_what_the_rule_computes(op, i):
    """The formula shown, evaluated, equals the rule at g = 1: what is read is what is run."""
    shown = formula(op, i)
    if not shown.local:
        assert shown.math or shown.about
        return
    rule = op.rule(i)
    parameters = [p.name for p in inspect.signature(rule).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    domain = -0.9 if op.name in ("arcsin", "arccos", "arctanh") else 0
    static = {"broadcast_to": {"shape": (2,)}, "astype": {"dtype": float}}.get(op.name, {})
    inputs = [np.array([1.2, 1.7]) + 0.3 * k + domain for k in range(len(op.rules))]
    out = op.forward(*inputs, **static)
    expected = rule(np.ones(2), out, *inputs, **static)
    names = dict(zip(parameters, [1, out, *inputs], strict=False))
    found = eval(shown.text, {**rule.__globals__, **names})
    np.testing.assert_allclose(np.broadcast_to(found, 2), expected, rtol=1e-14)


@each_rule
def test_a_formula_is_well_formed(op, i):
    ET.fromstring(f"<math>{formula(op, i).math}</math>")


def test_formulas_read_as_written_by_hand():
    def text(op, i=0):
        return formula(OPS[op], i).text

    assert text("tanh") == "1 - out ** 2"
    assert text("sigmoid") == "out * (1 - out)"
    assert [text("multiply", i) for i in (0, 1)] == ["y", "x"]
    assert [text("subtract", i) for i in (0, 1)] == ["1", "-1"]
    assert text("arccos") == "-(1 / (np.sqrt(1 - x) * np.sqrt(1 + x)))"
    assert text("arctan2") == "x / np.hypot(x, y) / np.hypot(x, y)"
    assert text("floor") == "0"
    assert [text("conjugate"), text("real")] == ["1", "1"]
    assert formula(OPS["subtract"], 1).variable == "y"
    assert "contribution" not in text("matmul")
    assert formula(OPS["matmul"], 0).about.startswith("g yᵀ")
    assert ", repeated along the axes that were reduced" in formula(OPS["sum"], 0).math


SIGNS = {
    "ln",
    "sgn",
    "σ",
    "cos",
    "cosh",
    "sin",
    "sinh",
    "hypot",
    "trunc",
    "copysign",
    "clip",
    "log softmax",
    "spherical bessel",
}


@each_rule
def test_the_panel_says_a_rule_in_formulas_and_words_and_not_in_code(op, i):
    shown = formula(op, i)
    assert shown.math or shown.about
    for text in re.findall("<mtext>(.*?)</mtext>", shown.math):
        assert not re.search(r"[_*=.\[{]|\w\(|None|lambda", text.removeprefix("[")), text
    names = set(re.findall(r"<mi>([^<]*)</mi><mo>\(", shown.math)) - SIGNS
    assert all(f"{name}: " in shown.about for name in names), names
    assert not re.search(r"\bself\b|lambda|\*\*|\w_\w", shown.about), shown.about


def test_a_phrase_that_needs_more_arguments_than_there_are_is_not_used():
    assert phrase("convolve", ["<mi>g</mi>"]) is None
    assert phrase("nothing", []) is None
    assert phrase("sum", ["<mi>g</mi>"]) == "<mrow><mo>Σ</mo><mi>g</mi></mrow>"


@pytest.mark.parametrize(
    ("op", "part"),
    [
        ("tanh", '<msup><mrow><mi data-v="out">out</mi></mrow><mrow><mn>2</mn></mrow></msup>'),
        ("sqrt", "<mfrac><mrow><mn>1</mn></mrow>"),
        ("expm1", '<msup><mi>e</mi><mrow><mi data-v="i0">x</mi></mrow></msup>'),
        ("logaddexp2", "<msup><mn>2</mn>"),
        ("arcsin", "<msqrt>"),
        ("relu", "<mi>sgn</mi>"),
        ("log2", "<mi>ln</mi>"),
        ("degrees", "<mi>π</mi>"),
        ("erf", "<mn>1.12838</mn>"),
        ("softplus", "<mi>σ</mi>"),
        ("absolute", "<mover>"),
        ("remainder", "<mn>1</mn>"),
        ("clip", "<mrow><mo>[</mo>"),
        ("imag", "<mn>1j</mn>"),
        ("matrix_transpose", "<mi>ᵀ</mi>"),
        ("fabs", "<mi>sgn</mi>"),
    ],
)
def test_mathml(op, part):
    assert part in formula(OPS[op], 0).math


def test_floors_bars_and_products():
    assert "<mo>⌊</mo>" in formula(OPS["remainder"], 1).math
    absolute = Op(np.abs, lambda g, out, x: g * abs(x) ** (-x) % 2 - (x // 2) + ~x, name="odd")
    shown = formula(absolute, 0).math
    assert "<mo>|</mo>" in shown
    assert "<mo>mod</mo>" in shown
    assert "<mtext>x // 2</mtext>" in shown
    assert "<mtext>~x</mtext>" in shown
    ceiling = Op(np.ceil, lambda g, out, x: g @ np.ceil(x).T, name="ceiling")
    assert "<mo>⌈</mo>" in formula(ceiling, 0).math
    assert not formula(ceiling, 0).local


def test_rules_of_the_user_and_rules_without_a_source(tmp_path):
    def own_rule(g, out, x):
        """Twice."""
        return g * 2

    assert formula(Op(np.square, own_rule, name="own"), 0).text == "2"
    assert formula(Op(np.square, own_rule, name="own"), 0).about == "Twice."
    assert formula(Op(np.square, lambda g, out, x: x * g, name="turned"), 0).text == "x"
    unreadable = eval("lambda g, out, x: g * 3")
    assert formula(Op(np.square, unreadable, name="hidden"), 0).about == "the rule <lambda>"
    assert formula(Op(np.square, np.multiply, name="ufunc"), 0).about != ""
    exec(compile("def typed(g, out, x): return g", str(tmp_path / "typed.py"), "exec"), made := {})
    (tmp_path / "typed.py").write_text("def typed(")
    assert formula(Op(np.square, made["typed"], name="made"), 0).math == ""


# -- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NETWORKS)
def test_contributions_add_up_to_the_gradient_and_factors_multiply_to_the_contribution(name):
    graph = collect(NETWORKS[name](), limit=100, gradients=True)
    moment = sweep.numbers(graph, "now", cells=100)
    page = sweep.structure(graph)
    sums = {graph.root: moment["grads"][graph.root]}

    def array(x):
        return np.array(x["cells"], dtype=float).reshape(x["rows"], x["cols"]) if isinstance(x, dict) else x

    for key in page["steps"]:
        for i, term in enumerate(moment["terms"][str(key)]):
            assert (term is None) == (page["nodes"][key]["rules"][i] is None)
            if term is None:
                continue
            source = page["nodes"][key]["inputs"][i]
            product = array(moment["grads"][source] if term["product"] is None else term["product"])
            sums[source] = sums[source] + product if source in sums else product
            if isinstance(term["local"], float):
                np.testing.assert_allclose(array(moment["grads"][key]) * term["local"], product, rtol=1e-12)
    for key, total in sums.items():
        np.testing.assert_allclose(total, array(moment["grads"][key]), rtol=1e-4)


ELEMENTS = {
    "matmul": lambda x: x @ np.arange(6.0).reshape(3, 2),
    "from the right": lambda x: np.ones((4, 2)) @ x,
    "sum": lambda x: x.sum(),
    "mean": lambda x: x.mean(axis=0),
    "broadcasting": lambda x: np.arange(8.0).reshape(4, 2, 1) * x[:, 0],
    "a row": lambda x: x[1],
    "picks, one twice": lambda x: x[[0, 1, 1], [2, 0, 0]],
    "softmax": functions.softmax,
    "max": lambda x: x.max(axis=1),
    "transpose": lambda x: x.T,
    "reshape": lambda x: x.reshape(3, 2),
    "concatenate": lambda x: np.concatenate([x, np.zeros((1, 3))]),
    "cumsum": lambda x: np.cumsum(x, axis=1),
    "convolve": lambda x: np.convolve(x[0], np.array([1.0, 2.0])),
    "convolution": lambda x: conv2d(x[None, None], np.ones((1, 1, 2, 2)) * [1.0, -2.0]),
    "solve": lambda x: np.linalg.solve(np.eye(2) * 3 + x[:, :2] @ x[:, :2].T, np.ones(2)),
}


@pytest.mark.parametrize("name", ELEMENTS)
def test_each_element_is_a_sum_whose_factors_are_those_of_finite_differences(name):
    x = np.array([[0.3, -1.2, 0.8], [1.5, 0.1, -0.4]])
    graph = collect(ELEMENTS[name](Value(x, name="x")), limit=100, gradients=True)
    terms = sweep.numbers(graph, "now", cells=100, by_element=sweep.FACTORS, seconds=math.inf)["terms"]
    seen = 0
    for key, node in graph.nodes.items():
        for i, term in enumerate(terms.get(str(key), [])):
            if term is None or "factors" not in term:
                continue
            seen += 1
            op, inputs = node.value.op, list(node.value.inputs)
            inputs[i] = np.asarray(inputs[i], dtype=float)
            found = np.zeros((np.size(node.data), inputs[i].size))
            found[term["factors"]["from"], term["factors"]["to"]] = term["factors"]["by"]
            steps = np.eye(inputs[i].size).reshape(-1, *inputs[i].shape) * 1e-6
            ways = [[op.forward(*inputs[:i], inputs[i] + s * step, *inputs[i + 1 :], **node.value.static) for s in (1, -1)]
                    for step in steps]  # fmt: skip
            columns = [np.ravel((up - down) / 2e-6) for up, down in ways]
            np.testing.assert_allclose(found, np.transpose(columns), rtol=2e-5, atol=2e-8)
    assert seen


def test_a_rule_that_is_slow_or_refuses_a_unit_cotangent_spoils_no_page():
    def picky(g, out, x):
        if np.count_nonzero(g) != g.size:
            raise ValueError("not this one")
        return g @ np.ones((3, 3))

    def slow(g, out, x):
        time.sleep(0.02)
        return g[::-1]

    x = Value(np.ones(3), name="x")
    y = Value(np.ones(200), name="y")
    result = Op(np.sin, picky, name="picky")(x).sum() + Op(np.sin, slow, name="slow")(y).sum()
    began = time.monotonic()
    graph = collect(result, limit=9, gradients=True)
    terms = sweep.numbers(graph, "now", cells=9, by_element=sweep.FACTORS)["terms"]
    assert time.monotonic() - began < 3
    own = {node.op: terms[str(key)][0] for key, node in graph.nodes.items() if node.op in ("picky", "slow")}
    assert [name for name, term in own.items() if "factors" in term] == []
    assert len(own) == 2


@pytest.mark.parametrize(("seconds", "of_one_input"), [(0.04, 0.04), (1.0, 0.25), (math.inf, math.inf)])
def test_a_rule_may_take_a_quarter_of_a_pages_time_and_no_longer_than_is_left(seconds, of_one_input, monkeypatch):
    limits = []
    monkeypatch.setattr(sweep.time, "monotonic", lambda: 0.0)
    monkeypatch.setattr(sweep, "factors", lambda push, out, source, most, until: limits.append(until))
    graph = collect(Value(np.ones((2, 3)), name="x").sum(), limit=9, gradients=True)
    sweep.numbers(graph, "now", cells=9, by_element=sweep.FACTORS, seconds=seconds)
    assert limits == [of_one_input]


def test_too_many_terms_are_left_out():
    x = Value(np.ones((100, 100)), name="x")
    graph = collect((x @ x).sum() + Value(np.ones(3000), name="y").sum(), limit=9, gradients=True)
    found = [
        "factors" in term
        for step in sweep.numbers(graph, "now", cells=9, by_element=sweep.FACTORS, seconds=math.inf)["terms"].values()
        for term in step
        if term is not None
    ]
    assert found.count(True) == 1
    assert found.count(False) >= 3


def test_contributions_have_the_shape_of_what_they_are_added_to():
    bias = Value([1.0, 2.0, 3.0], name="bias")
    graph = collect(((np.ones((2, 3)) + bias) * bias).sum(), limit=9, gradients=True)
    terms = sweep.numbers(graph, "now", cells=9)["terms"]
    products = [t["product"] for step in terms.values() for t in step if t is not None and t["product"] is not None]
    assert [product["shape"] for product in products] == [[3], [3]]
    assert [product["cells"] for product in products] == [[2, 4, 6], [4, 6, 8]]


def test_numbers_that_json_cannot_hold():
    assert [encode(x, 9) for x in (np.nan, np.inf, -np.inf, 2, True, 1 + 2j, 0.1)] == [
        "nan", "inf", "-inf", 2, True, "1+2j", 0.1,
    ]  # fmt: skip
    json.dumps(encode(np.array([np.nan, np.inf, 1.0]), 9), allow_nan=False)
    assert encode(np.array([3 + 4j, 0]), 9)["cells"] == [5, 0]


@pytest.mark.parametrize(
    ("shape", "cells", "grid", "block"),
    [
        ((3, 4), 12, (3, 4), [1, 1]),
        ((5,), 9, (1, 5), [1, 1]),
        ((2, 3, 4), 99, (6, 4), [1, 1]),
        ((784, 100), 1024, (32, 25), [25, 4]),
        ((10_000,), 1024, (1, 1000), [1, 10]),
        ((10_000, 2), 100, (50, 2), [200, 1]),
        ((0, 4), 9, (0, 0), [1, 1]),
    ],
)
def test_large_arrays_are_cut_into_blocks(shape, cells, grid, block):
    found = encode(np.zeros(shape), cells)
    assert (found["rows"], found["cols"], found["block"]) == (*grid, block)
    assert len(found["cells"]) == grid[0] * grid[1] <= cells
    assert found["shape"] == list(shape)


def test_a_block_holds_what_is_largest_in_size_and_nan_wins():
    x = np.arange(16.0).reshape(4, 4) - 10
    assert encode(x, 4)["cells"] == [-10, -8, 3, 5]
    x[0, 0] = np.nan
    assert encode(x, 4)["cells"][0] == "nan"


# -- the page --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NETWORKS)
def test_the_page_is_one_small_file(tmp_path, name):
    loss = NETWORKS[name]()
    path = draw(loss).html(tmp_path / "page.html", title="A <title>")
    text = path.read_text(encoding="utf-8")
    data = data_of(path)
    assert loss.grad is None
    assert "<title>A &lt;title&gt;</title>" in text
    assert "default-src 'none'" in text
    assert not re.findall(r"""(?:src|href)=["'](?!data:,|#)""", text)
    assert "<!--" not in text
    assert path.stat().st_size - len(re.search('id="data">(.*?)</script>', text, re.DOTALL)[1]) < 90_000
    whole, *folded = data["views"]
    assert whole["keys"] is None
    assert len(whole["boxes"]) == 3 * len(data["nodes"])
    assert len(folded) == (2 if name == "mnist" else 0)
    assert sorted(whole["edges"]) == sorted(
        f"{key}_{i}" for key, node in enumerate(data["nodes"]) for i in range(len(node["inputs"]))
    )


def test_the_article_s_number_is_on_the_page(tmp_path):
    data = data_of(draw(two_two_one()).html(tmp_path / "page.html"))
    (key,) = (i for i, node in enumerate(data["nodes"]) if node["title"] == "w1")
    assert data["snapshots"][0]["grads"][key] == pytest.approx(0.02146953526581111, rel=1e-12)


def test_lines_of_code_and_calls(tmp_path):
    with trace_lines(), scope("outer"), scope("inner"):
        y = Value(2.0) * 3  # the line that made it
    data = data_of(draw(y).html(tmp_path / "page.html"))
    made = data["nodes"][-1]
    assert made["line"].startswith("test_draw_explore.py:")
    assert made["code"] == "y = Value(2.0) * 3  # the line that made it"
    assert data["calls"] == [{"label": "outer", "inside": None}, {"label": "inner", "inside": 0}]
    assert "line" not in data_of(draw(mnist()).html(tmp_path / "page.html"))["nodes"][-1]


def test_a_hostile_name_cannot_leave_its_place(tmp_path):
    x = Value(2.0, name="</script><script>alert(1)</script>")
    with scope("</script><script>alert(2)</script>"):
        path = draw(x * x).html(tmp_path / "page.html", title="</title><script>alert(3)</script>")
    text = path.read_text(encoding="utf-8")
    assert text.count("<script") == 2
    assert data_of(path)["nodes"][0]["title"] == x.name


def test_more_operations_than_a_page_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(recorder, "LIMIT", 5)
    y = Value(1.0)
    for _ in range(9):
        y = np.tanh(y)
    data = data_of(draw(y).html(tmp_path / "page.html"))
    assert [node["kind"] for node in data["nodes"]] == ["omitted"] + ["operation"] * 5
    assert data["nodes"][1]["rules"] == [None]


def test_comparison_of_two_moments(tmp_path):
    x = Value(2.0, name="x")
    before = x * x
    picture = draw(before)
    after = Value(3.0, name="x")
    data = data_of(picture.html(tmp_path / "page.html", compare=after * after, labels=("then", "now")))
    assert [moment["label"] for moment in data["snapshots"]] == ["then", "now"]
    assert [moment["values"] for moment in data["snapshots"]] == [[2, 4], [3, 9]]
    with pytest.raises(GraphError, match=r"the first has 2 nodes, the other 3, and they first differ at number 1"):
        picture.html(tmp_path / "page.html", compare=after * Value(1.0))
    with pytest.raises(GraphError, match=r"first differ at number 0: parameter \(\) and parameter \(2,\)"):
        picture.html(tmp_path / "page.html", compare=(y := Value([1.0, 2.0])) * y)
    with pytest.raises(GraphError, match="nothing and exp"):
        picture.html(tmp_path / "page.html", compare=np.exp(after * after))


TRAINED = {
    "numbers": (lambda w: (w * w + 3.0) * np.tanh(w), 2.0),
    "arrays": (lambda w: ((np.arange(6.0).reshape(2, 3) @ w - 1) ** 2).mean(), [0.5, -0.3, 0.2]),
    "indices": (lambda w: np.stack([w[::2], w[[0, 2]] * w[w.data > 0][0]]).sum(axis=0).max(), [1.0, -2.0, 3.0]),
    "keywords": (lambda w: np.var(w, ddof=1) + np.clip(w, -1, 1).sum(), [0.5, -0.3, 2.0]),
}


@pytest.mark.parametrize("program", TRAINED)
@pytest.mark.parametrize("in_place", [True, False])
def test_what_was_changed_since_is_computed_anew(program, in_place, tmp_path):
    """As after a step of training: what is shown is what the program gives on the values of now."""
    f, start = TRAINED[program]
    w = Value(start, name="w")
    loss = f(w)
    loss.backward()
    kept = w.grad
    if in_place:
        w.data -= 0.125 * w.grad
    else:
        w.data = w.data - 0.125 * w.grad
    shown = data_of(draw(loss).html(tmp_path / "shown.html"))
    right = data_of(draw(f(Value(w.data, name="w"))).html(tmp_path / "right.html"))
    assert shown["snapshots"] == right["snapshots"]
    assert "computed anew" in shown["hint"]
    assert right["hint"] == ""
    assert w.grad is kept


def test_a_network_is_computed_anew_in_its_frames(tmp_path):
    nn.random.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5), nn.Tanh(), nn.LSTM(3, 2))
    optimizer = nn.optim.Adam(net.parameters())
    loss = (net(np.ones((4, 1, 2)))[0] ** 2).mean()
    before = data_of(draw(loss).html(tmp_path / "before.html"))
    loss.backward()
    optimizer.step()
    after = data_of(draw(loss).html(tmp_path / "after.html"))
    assert [node["calls"] for node in after["nodes"]] == [node["calls"] for node in before["nodes"]]
    assert after["snapshots"][0]["values"][-1] < before["snapshots"][0]["values"][-1]


def test_what_was_changed_to_values_that_the_program_refuses(tmp_path):
    x = Value(np.eye(2))
    y = np.linalg.inv(x).sum()
    x.data -= np.eye(2)
    with pytest.raises(ChangedDataError) as caught:
        draw(y).html(tmp_path / "page.html")
    assert isinstance(caught.value.__cause__, np.linalg.LinAlgError)


def test_what_was_changed_and_is_too_large_to_be_computed_anew(tmp_path, monkeypatch):
    monkeypatch.setattr("autograd.draw.explore.recorder.LIMIT", 3)
    x = Value(2.0)
    y = x * x * x * x * x
    x.data = 3.0
    with pytest.raises(ChangedDataError):
        draw(y).html(tmp_path / "page.html")


def test_without_a_program_for_the_picture(tmp_path, monkeypatch):
    monkeypatch.setattr("autograd.draw.render.find", lambda: None)
    with pytest.raises(RenderError, match="no program was found that lays out graphs"):
        draw(perceptron()).html(tmp_path / "page.html")


# -- the film --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("leaves_only", [False, True])
def test_a_recorder_takes_every_so_many_steps_and_never_too_many(tmp_path, leaves_only):
    w = Value(2.0, name="w")
    film = Recorder(every=2, most=5)
    for _ in range(25):
        loss = named(w * w, "loss")
        film.record(loss)
        loss.backward(leaves_only=leaves_only)
        w.data, w.grad = w.data - 0.1 * w.grad, None
    assert film.every == 8
    data = data_of(film.html(tmp_path / "film.html"))
    assert [moment["label"] for moment in data["snapshots"]] == ["step 0", "step 8", "step 16", "step 24"]
    assert len(film) == 4
    assert data["live"] == [None, 0], "the page computes, though the graph is given up by now"
    weights = [moment["values"][0] for moment in data["snapshots"]]
    np.testing.assert_allclose(weights, 2 * 0.8 ** np.array([0, 8, 16, 24]))


def test_a_recorder_s_errors(tmp_path):
    with pytest.raises(GraphError, match="nothing was recorded"):
        Recorder().html(tmp_path / "film.html")
    with pytest.raises(GraphError, match="at least 1 and 2"):
        Recorder(every=0)
    film = Recorder()
    film.record(perceptron(), label="first")
    with pytest.raises(GraphError, match="graphs can be compared if"):
        film.record(functions.relu(Value(1.0)))
    assert data_of(film.html(tmp_path / "film.html"))["snapshots"][0]["label"] == "first"


def test_a_number_that_is_not_finite_is_pointed_at(tmp_path):
    w = Value([0.0, 1.0], name="w")
    with np.errstate(divide="ignore"):
        loss = np.sum(np.log(w) * 2)
    bad = draw(loss).html(tmp_path / "bad.html").read_text(encoding="utf-8")
    assert "The value of log is not finite." in bad
    assert "autograd.strict()" in bad
    fine = draw(np.sum(w * 2)).html(tmp_path / "fine.html").read_text(encoding="utf-8")
    assert "autograd.strict()" not in fine
