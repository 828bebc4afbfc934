"""The page computes as the engine does: its JavaScript, translated from the table, on edits of random graphs."""

import functools
import json
import operator
import re
import shutil
import subprocess

import numpy as np
import pytest

from autograd import Value, custom_vjp
from autograd.draw import draw
from autograd.draw.collect import collect
from autograd.draw.explore import live, sweep
from autograd.draw.explore.page import script
from autograd.rules import OPS
from autograd.rules.op import Op
from tests import browser
from tests.draw_networks import mnist, two_two_one

NODE = shutil.which("node")
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::RuntimeWarning")

# Each row of the table that computes number by number and has a derivative; a condition is fixed when a program runs.
ROWS = [op for op in OPS.values() if not op.folds and any(op.rules) and op.name not in ("where", "imag")]
ENGINE = script("rules", "const RULES = [];")


def random_program(rng):
    """A function of a list of numbers that computes with random rows of the table, each on what came before."""
    leaves = int(rng.integers(2, 6))
    steps = []
    for n in range(int(rng.integers(4, 12))):
        op = ROWS[rng.integers(len(ROWS))]
        static = {"n": int(rng.integers(0, 3))} if op.name == "spherical_bessel" else {}
        steps.append((op, rng.integers(0, leaves + n, size=len(op.rules)), static))

    def program(numbers):
        values = [Value(x, name=f"x{i}") for i, x in enumerate(numbers)]
        for op, sources, static in steps:
            values.append(op(*(values[i] for i in sources), **static))
        return sum_of(values)

    return program, leaves


def sum_of(values):
    """All of them added up, so that nothing is left out of the graph."""
    return functools.reduce(operator.add, values)


def scope_of(graph, edits):
    """A JavaScript expression: what the page's engine makes of each of the `edits`."""
    rules, facts = live.script(graph)
    assert facts["still"] == ""
    data = json.dumps({**sweep.structure(graph), **facts})
    return (
        f"(() => {{ {script('rules', rules)}\nconst data = {{ ...{data}, compiled: RULES }};\n"
        f"return {json.dumps(edits)}.map((leaves) => {{"
        "const values = forwardPass(data, leaves); return { values, ...backwardPass(data, values) }; }); })()"
    )


@pytest.fixture(scope="module")
def javascript(tmp_path_factory):
    """What a list of JavaScript expressions is worth, in node, else in Chromium: one run for all."""
    folder = tmp_path_factory.mktemp("javascript")
    finite = "(_, x) => (typeof x === 'number' && !Number.isFinite(x) ? String(x) : x)"

    def in_node(source):
        path = folder / "all.js"
        path.write_text(f'"use strict";\nconsole.log({source});', encoding="utf-8")
        done = subprocess.run([NODE, path], capture_output=True, text=True, check=True, timeout=120)
        return done.stdout

    def in_chromium(source):
        driver = browser.start(folder / "profile")
        try:
            return driver.execute_script(f'"use strict"; return {source};')
        finally:
            driver.quit()

    if not NODE and not (browser.CHROMIUM and browser.DRIVER):
        pytest.skip("neither node nor Chromium with its driver on this machine")
    run = in_node if NODE else in_chromium
    return lambda expressions: json.loads(run(f"JSON.stringify([{', '.join(expressions)}], {finite})"))


def test_every_row_that_computes_number_by_number_is_translated():
    for op in ROWS:
        static = {"n": 1} if op.name == "spherical_bessel" else {}
        y = op(*(Value(0.3 + 0.2 * i) for i in range(len(op.rules))), **static)
        rules, facts = live.script(collect(y, limit=9, gradients=True))
        assert facts["still"] == "", op.name
        assert rules.count("\n") == 2


def moment(program, numbers):
    """The graph of the program on these numbers, and all that the engine computes of it."""
    graph = collect(program(numbers), limit=99, gradients=True)
    return graph, sweep.numbers(graph, "", 9)


def flat(moment, steps):
    """Values, gradients, local derivatives and contributions in a row; what is not there is left out of both."""
    terms = [term for key in steps for term in moment["terms"][str(key)]]
    parts = [
        *moment["values"],
        *moment["grads"],
        *(t and t["local"] for t in terms),
        *(t and t["product"] for t in terms),
    ]
    return np.array([np.nan if x is None else float(x) for x in parts]), np.array([x is not None for x in parts])


def test_edits_of_random_graphs_give_the_engines_numbers(javascript):
    """2,000 edits to 1e-12, or to what the engine itself moves when a leaf moves in its last digit."""
    rng = np.random.default_rng(0)
    programs = [random_program(rng) for _ in range(100)]
    edits = [rng.normal(scale=1.2, size=(20, leaves)) for _, leaves in programs]
    expressions, expected = [], []
    for (program, _), rows in zip(programs, edits, strict=True):
        moments = [moment(program, row) for row in rows]
        graph = moments[0][0]
        place = {key: int(node.name[1:]) for key, node in graph.nodes.items() if node.kind == "parameter"}
        assert graph.root == len(graph.nodes) - 1
        given = [[float(row[place[key]]) if key in place else 0.0 for key in graph.nodes] for row in rows]
        expressions.append(scope_of(graph, given))
        expected.append((sweep.structure(graph)["steps"], moments))
    finite = 0
    for n, results in enumerate(javascript(expressions)):
        steps, moments = expected[n]
        for result, (_, wanted), row in zip(results, moments, edits[n], strict=True):
            (found, _), (engine, there) = flat(result, steps), flat(wanted, steps)
            close = np.isclose(found, engine, rtol=1e-12, atol=0, equal_nan=True) | ~there
            finite += np.isfinite(engine[there]).all()
            if not close.all():
                moved, _ = flat(moment(programs[n][0], np.nextafter(row, np.inf))[1], steps)
                np.testing.assert_array_less(abs(found - engine)[~close], 10 * abs(moved - engine)[~close])
    assert finite > 500, "most edits are within the domain of what was drawn by lot"


def test_the_functions_of_its_own_are_numpys(javascript):
    """At the edges: zeros of both signs, halves, infinities, NaN; powers as two numbers have them, not `np.power`."""
    edges = [0.0, -0.0, 0.5, 1.5, 2.5, -0.5, -1.5, 1.0, -1.0, 3.7, -3.7, 800.0, np.inf, -np.inf, np.nan]
    pairs = [(x, y) for x in edges for y in edges]
    names = {
        "power": operator.pow, "remainder": operator.mod, "copysign": np.copysign, "fmax": np.fmax, "fmin": np.fmin,
        "heaviside": np.heaviside, "logaddexp": np.logaddexp, "logaddexp2": np.logaddexp2,
        "rint": lambda x, _: np.rint(x), "sinc": lambda x, _: np.sinc(x),
    }  # fmt: skip
    written = "[" + ", ".join(f"[{live._number(x)}, {live._number(y)}]" for x, y in pairs) + "]"
    calls = [f"(() => {{ {ENGINE}\nreturn {written}.map(([x, y]) => {name}(x, y)); }})()" for name in names]
    for (name, function), found in zip(names.items(), javascript(calls), strict=True):
        expected = np.array([function(np.float64(x), np.float64(y)) for x, y in pairs])
        np.testing.assert_allclose(np.array(found, dtype=float), expected, rtol=1e-14, atol=1e-15, err_msg=name)


# -- what is not live ------------------------------------------------------------------------------------------------


def still(value):
    _, facts = live.script(collect(value, limit=3, gradients=True))
    assert bool(facts["live"]) == (not facts["still"])
    return facts["still"]


cube = custom_vjp(lambda x: x**3, lambda g, out, x: g * 3 * x**2)
bounded = Op(lambda x: x if x < 1 else np.float64(1), lambda g, out, x: g * (out < 1), name="bounded")
softsign = Op(lambda x: x / (1 + abs(x)), lambda g, out, x: g / (1 + abs(x)) ** 2, name="</script>")
huge = Op(lambda x: np.nan_to_num(x), lambda g, out, x: g, name="huge")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (lambda x: np.stack([x, x]).sum(), "it computes with arrays, not with single numbers"),
        (lambda x: (x * np.ones(2)).sum(), "it computes with arrays, not with single numbers"),
        (lambda x: np.where(x > 0, x, 0), "a condition was decided when the program ran"),
        (lambda x: x * 1j, "“an input” is of the kind complex128"),
        (lambda x: Value(np.float32(2), name="f") * 3, "“f” is of the kind float32"),
        (lambda x: x * x * x * x * x, "a part of the graph is left out"),
        (cube, "“<lambda>” is not looked into"),
        (bounded, "“bounded” has no translation to JavaScript"),
        (huge, "“huge” has no translation to JavaScript"),
    ],
)
def test_a_page_that_cannot_compute_says_why(value, why):
    assert still(value(Value(2.0, name="x"))) == why


def test_an_operation_of_the_users_own_is_translated_and_its_name_does_nothing(javascript, tmp_path):
    y = softsign(Value(-3.0, name="x"))
    graph, engine = moment(lambda numbers: softsign(Value(numbers[0])), [2.0])
    ((found,),) = javascript([scope_of(graph, [[2.0, 0.0]])])
    assert found["values"] == engine["values"]
    assert found["grads"] == engine["grads"]
    text = draw(y).html(tmp_path / "page.html").read_text(encoding="utf-8")
    assert text.count("</script>") == 2


def test_the_page_holds_what_was_tested_here(tmp_path):
    text = draw(two_two_one()).html(tmp_path / "page.html").read_text(encoding="utf-8")
    rules, facts = live.script(collect(two_two_one(), limit=99, gradients=True))
    _, blocks = script("rules", rules).split("\n", 1)
    assert blocks in text
    assert f'"live":{json.dumps(facts["live"], separators=(",", ":"))}' in text
    assert sorted(re.findall('name: "([a-z]+)"', rules)) == ["add", "multiply", "power", "sigmoid", "subtract"]
    assert '"still":"it computes' in draw(mnist()).html(tmp_path / "other.html").read_text(encoding="utf-8")
