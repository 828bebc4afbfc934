"""Every example runs, and its numbers agree with the articles; article 1's hand-derived gradients are an oracle."""

import importlib
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import Value

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("[0-9][0-9]_*.py"))
pytestmark = pytest.mark.unmeasured


@pytest.fixture(autouse=True)
def beside_the_examples(monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLES)


@pytest.fixture
def out(monkeypatch, tmp_path):
    """A folder of the test's own for what the examples write."""
    for name in ["_common", "_article4", *NAMES]:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(importlib.import_module("_common"), "OUT", tmp_path)
    return tmp_path


def numbers(rows):
    """What each row says it computed, by its name; a name that occurs twice keeps both."""
    found = {}
    for row in rows:
        found.setdefault(row.what, []).append(row.ours)
    return found


# From the articles: what each example must have computed.
EXPECTED = {
    "01_two_two_one": {
        "a neuron": ["0.9990889488055994"],
        "the network by hand": ["0.7216325609518421"],
        "MSE of [1,0,0,1] and zeros": ["0.5"],
        "Alice, y_pred": ["0.5237"],
        "Alice, ∂L/∂w1": ["0.02146953526581111"],
        "Emily, 30 random beginnings": ["0.946 to 0.970"],
        "Frank, 30 random beginnings": ["0.037 to 0.241"],
        "Frank, the median of these": ["0.039"],
        "the losses at their ends": ["0.0013 to 0.0024"],
    },
    "02_perceptron": {"points on the wrong side, after": ["0 of 200"]},
    "03_multilayer_sigmoid": {"points on the right side": ["200 of 200"]},
    "04_sigmoid_curves": {"W = 2 has no error": ["0"], "the output": ["0.68997"]},
    "05_or_gate": {
        "w₁": ["7.00922425", "5.36546322", "4.6169307", "3.36072259"],
        "w₂": ["7.00953281", "5.36551912", "4.61995023", "3.36211564"],
        "bias": ["-3.14905135", "-2.42759823"],
        "(1, 0)": ["0.97937", "0.949687", "0.990214", "0.966454"],
        "(1, 1)": ["0.999981", "0.999752", "0.999903", "0.998798"],
        "(0, 0)": ["0.041129", "0.081092", "0.5", "0.5"],
        "(0, 1)": ["0.979376", "0.949689"],
        "the article's derivative": ["wrong"],
        "the gradient by autograd": ["right"],
    },
    "06_virus": {
        "loss of smell": ["10.1634992", "7.54803841"],
        "weight loss": ["0.45744949", "0.51360866"],
        "runny nose": ["2.97441782", "2.27524757"],
        "body pain": ["2.9938138", "2.27832381"],
        "bias": ["-6.07764153", "-4.62022258"],
        "(1, 0, 0, 1)": ["0.999159", "0.994547"],
        "(0, 0, 1, 0)": ["0.042974", "0.087466"],
        "(1, 0, 1, 0)": ["0.999142", "0.99453"],
        "matters most": ["loss of smell"],
        "people it cannot fit": ["1 of 8"],
    },
    "07_linear_separability": {"XOR: the best it can do": ["0.500 to 0.500"]},
    "08_xor": {},
    "09_mnist": {"the loss at first: ln 10": ["2.30"]},
}


def test_every_example_has_its_expectations():
    assert list(EXPECTED) == NAMES


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", NAMES)
def test_an_example_agrees_with_its_article_and_draws(name, out, capsys):
    rows = importlib.import_module(name).main()
    printed = capsys.readouterr().out
    assert rows
    assert [row for row in rows if not row.agrees] == []
    found = numbers(rows)
    assert {what: found[what] for what in EXPECTED[name]} == EXPECTED[name]
    assert all(row.ours in printed for row in rows)
    written = re.findall(r"wrote (\S+)", printed)
    assert sorted(written) == sorted(str(path) for path in out.iterdir())
    pictures = [path for path in out.iterdir() if path.suffix == ".png"]
    assert pictures
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures)
    assert all(b"<svg" in path.read_bytes() for path in out.glob("*.svg"))


def test_run_all_lists_what_was_written(out, monkeypatch, capsys):
    run_all = importlib.import_module("run_all")
    monkeypatch.setattr(run_all, "OUT", out)
    monkeypatch.setattr(run_all, "EXAMPLES", ["04_sigmoid_curves"])
    assert run_all.main([]) == 0
    printed = capsys.readouterr().out
    assert "10 rows, 10 agree" in printed
    assert all(path.name in printed.partition("Plots and pictures")[2] for path in out.iterdir())


def test_a_disagreement_is_shown_and_fails(out, monkeypatch, capsys):
    run_all, common = importlib.import_module("run_all"), importlib.import_module("_common")
    example = importlib.import_module("04_sigmoid_curves")
    monkeypatch.setattr(example, "main", lambda: [common.number("a number", "0.25", 0.2551)])
    monkeypatch.setattr(run_all, "OUT", out)
    monkeypatch.setattr(run_all, "EXAMPLES", ["04_sigmoid_curves"])
    assert run_all.main([]) == 1
    assert "does not agree: a number: 0.25 in the article, 0.26 here" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("article", "ours", "agrees"),
    [("0.5237", 0.52371, True), ("0.5237", 0.52378, False), ("-3.1", -3.14, True), ("2", 2.4, True), ("2", 2.6, False)],
)
def test_agreement_is_in_every_printed_digit(out, article, ours, agrees):
    assert importlib.import_module("_common").number("", article, ours).agrees is agrees


@pytest.mark.parametrize(
    ("ours", "agrees"), [(0.95, True), ([0.9461, 0.9699], True), (0.98, False), ([0.9, 0.95], False)]
)
def test_ranges(out, ours, agrees):
    assert importlib.import_module("_common").within("", "0.946", "0.970", ours).agrees is agrees


def test_without_a_dot_program_the_graphs_text_is_written(out, monkeypatch, capsys):
    monkeypatch.setattr("autograd.draw.render.find", lambda: None)
    path = importlib.import_module("_common").draw_graph(Value(2.0, name="x") * 3, out / "graph.svg")
    assert path.suffix == ".dot"
    assert path.read_text().startswith("digraph")
    assert "chainrule[dot]" in capsys.readouterr().out


def test_full_mnist_offline_says_so_and_uses_the_subset(out, monkeypatch, capsys):
    example = importlib.import_module("09_mnist")

    def offline(_):
        raise example.DataUnavailableError("no connection")

    monkeypatch.setattr(example, "mnist", offline)
    arrays, source = example.load(True, None)
    assert "--full is not possible: no connection" in capsys.readouterr().out
    assert source == "the subset of 5,000 training images"
    assert [len(a) for a in arrays] == [5000, 5000, 1000, 1000]


def test_the_subset_is_balanced(out):
    (train_images, train_labels, test_images, test_labels), _ = importlib.import_module("09_mnist").load(False, None)
    assert train_images.shape == (5000, 28, 28)
    assert test_images.dtype == np.uint8
    assert (np.bincount(train_labels) == 500).all()
    assert (np.bincount(test_labels) == 100).all()


# -- the oracle: article 1's nine derivatives, by hand --------------------------------------------------------------


def sigma(x):
    return 1 / (1 + np.exp(-x))


def step_by_hand(p, x, true, rate):
    """One step on one person, every derivative written out as the article has it."""
    sum_h1 = p["w1"] * x[0] + p["w2"] * x[1] + p["b1"]
    sum_h2 = p["w3"] * x[0] + p["w4"] * x[1] + p["b2"]
    h1, h2 = sigma(sum_h1), sigma(sum_h2)
    y = sigma(p["w5"] * h1 + p["w6"] * h2 + p["b3"])
    d_loss = -2 * (true - y)
    slope_o, slope_1, slope_2 = y * (1 - y), h1 * (1 - h1), h2 * (1 - h2)
    to_h1, to_h2 = d_loss * p["w5"] * slope_o * slope_1, d_loss * p["w6"] * slope_o * slope_2
    gradients = {
        "w1": to_h1 * x[0],
        "w2": to_h1 * x[1],
        "b1": to_h1,
        "w3": to_h2 * x[0],
        "w4": to_h2 * x[1],
        "b2": to_h2,
        "w5": d_loss * h1 * slope_o,
        "w6": d_loss * h2 * slope_o,
        "b3": d_loss * slope_o,
    }
    return {name: p[name] - rate * gradients[name] for name in p}


def as_matrices(p):
    return (
        np.array([[p["w1"], p["w3"]], [p["w2"], p["w4"]]]),
        np.array([p["b1"], p["b2"]]),
        np.array([[p["w5"]], [p["w6"]]]),
        np.array([p["b3"]]),
    )


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_trajectory_is_the_hand_derived_one(out, seed):
    """Scalars and matrices, step by step for all nine parameters, against the derivatives worked out by hand."""
    example = importlib.import_module("01_two_two_one")
    by_hand = dict(zip(example.NAMES, np.random.default_rng(seed).standard_normal(9), strict=True))
    scalars = example.parameters(by_hand.values())
    net = nn.Sequential(nn.Linear(2, 2), nn.Sigmoid(), nn.Linear(2, 1), nn.Sigmoid())
    for parameter, start in zip(net.parameters(), as_matrices(by_hand), strict=True):
        parameter.data = start
    optimizer, loss = nn.SGD(net.parameters(), lr=example.RATE), nn.MSELoss()
    for _ in range(200):
        for x, true in example.PEOPLE.values():
            by_hand = step_by_hand(by_hand, x, true, example.RATE)
            example.step(scalars, x, true)
            error = loss(net(np.array([x], float)), np.array([[true]], float))
            optimizer.zero_grad()
            error.backward(leaves_only=True)
            optimizer.step()
            for name, expected in by_hand.items():
                assert abs(scalars[name].data - expected) <= 1e-12
            for parameter, matrix in zip(net.parameters(), as_matrices(by_hand), strict=True):
                assert np.abs(parameter.data - matrix).max() <= 1e-12


def test_the_oracle_can_fail(out):
    """A sign turned in one of nine hand-written derivatives is seen after one step."""
    example = importlib.import_module("01_two_two_one")
    start = dict(zip(example.NAMES, np.random.default_rng(0).standard_normal(9), strict=True))
    scalars = example.parameters(start.values())
    after = step_by_hand(start, (-2, -1), 1, example.RATE)
    wrong = after | {"w6": 2 * start["w6"] - after["w6"]}
    example.step(scalars, (-2, -1), 1)
    assert abs(scalars["w6"].data - wrong["w6"]) > 1e-6


def test_the_place_of_a_nan_is_found(capsys):
    example = importlib.import_module("finding_a_nan")
    example.main()
    before, place, after = capsys.readouterr().out.splitlines()
    assert before.endswith(("nan", "inf"))
    assert re.search(r"strict\(\): \w+\(.*finding_a_nan\.py:\d+ made ", place)
    assert np.isfinite(float(after.rpartition(" ")[2]))


def test_the_profile_of_a_training_run(out, monkeypatch, capsys):
    example = importlib.import_module("profiling")
    monkeypatch.setattr(example, "OUT", out)
    found = example.main()
    assert {line.name: line.calls for line in found.operations} == {"linear": 60, "relu": 40, "cross_entropy": 20}
    printed = capsys.readouterr().out
    assert all(line.name in printed for line in (*found.operations, *found.modules))
    assert "<svg" in (out / "profile.svg").read_text()
    assert json.loads((out / "profile.json").read_text())["traceEvents"]
