"""Derivatives that a rehearsal has confirmed spare an answer the whole way, and never let a wrong or unusual one pass."""

import contextvars
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest

from autograd.check import checker
from autograd.exercises import exercise as looks
from autograd.exercises import server
from autograd.exercises.book import built_in
from autograd.exercises.exercise import derivative
from autograd.exercises.recognised import multiple
from autograd.exercises.sandbox import Result, check_source
from autograd.exercises.truth import ALONE, KNOWN, ZEROS, Zeros, agreement, confirmed, known, rehearsal

POINTS = (np.array([0.5, -1.0, 2.0]), np.array([1.5, 0.3, -0.7]))


def product(a, b):
    return a * b


def right(g, out, a, b):
    return g * b, g * a


@pytest.fixture
def truths():
    with rehearsal() as heard:
        assert derivative(product, right, POINTS, ("a", "b")).passed
    token = KNOWN.set(tuple(heard))
    yield heard
    KNOWN.reset(token)


@pytest.fixture
def asked(monkeypatch):
    """How often the checker was asked."""
    calls, whole = [], looks.vjp_report
    monkeypatch.setattr(looks, "vjp_report", lambda *a, **k: calls.append(1) or whole(*a, **k))
    return calls


def test_what_is_known_is_not_asked_again(truths, asked):
    assert len(truths) == 1
    assert derivative(product, lambda g, out, a, b: (b * g, a * g), POINTS, ("a", "b")).passed
    assert not asked


class Fickle:
    calls = 0

    def __call__(self, g, out, a, b):
        self.calls += 1
        return g * b * (1 + (self.calls > 4)), g * a


def changes_g(g, out, a, b):
    result = g * b, g * a
    g *= 0
    return result


def fails(g, out, a, b):
    raise ZeroDivisionError


UNUSUAL = {
    "wrong": lambda g, out, a, b: (g * b, -g * a),
    "wrong in one place": lambda g, out, a, b: (g * b, g * (a + 1e-3 * (a == 2))),
    "nearly right": lambda g, out, a, b: (g * b * (1 + 1e-7), g * a),
    "lacks g": lambda g, out, a, b: (b, a),
    "not linear": lambda g, out, a, b: (g * b, g * a + 1e-3 * (abs(g).sum() > 2)),
    "float32": lambda g, out, a, b: ((g * b).astype(np.float32), g * a),
    "a list": lambda g, out, a, b: [g * b, g * a],
    "a sum": lambda g, out, a, b: ((g * b).sum(), g * a),
    "one of two": lambda g, out, a, b: g * b,
    "none": lambda g, out, a, b: None,
    "changes g": changes_g,
    "fickle": Fickle(),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_everything_else_goes_the_whole_way(name, truths, asked):
    assert not known("the derivative", UNUSUAL[name], POINTS)
    derivative(product, UNUSUAL[name], POINTS, ("a", "b"))
    assert asked


@pytest.mark.parametrize("name", sorted(UNUSUAL.keys() - {"fickle"}))
def test_the_checker_says_the_same_of_what_is_known_without_differences(name, truths, monkeypatch):
    token = KNOWN.set(())
    asked_of_differences = derivative(product, UNUSUAL[name], POINTS, ("a", "b"))
    KNOWN.reset(token)
    monkeypatch.setattr(checker, "whole_jacobian", None)
    found = derivative(product, UNUSUAL[name], POINTS, ("a", "b"))
    assert (found.passed, found.kinds) == (asked_of_differences.passed, asked_of_differences.kinds)


def test_at_a_kink_what_is_known_is_not_the_only_right_answer():
    x = np.array([[1.0, 1.0, 0.0], [2.0, 0.5, 2.0]])

    def largest(x):
        return x.max(axis=1)

    def split(g, out, x):
        mask = x == out[:, None]
        return g[:, None] * mask / mask.sum(axis=1, keepdims=True)

    def first(g, out, x):
        return g[:, None] * (np.arange(3) == x.argmax(axis=1)[:, None])

    with rehearsal() as heard:
        assert derivative(largest, split, (x,), ("x",), kinks=True).passed
    token = KNOWN.set(tuple(heard))
    assert derivative(largest, first, (x,), ("x",), kinks=True).passed
    assert not derivative(largest, first, (x,), ("x",)).passed
    KNOWN.reset(token)


def test_a_failure_is_the_students(truths):
    assert not known("the derivative", fails, POINTS)
    with pytest.raises(ZeroDivisionError):
        derivative(product, fails, POINTS, ("a", "b"))


def test_what_is_right_up_to_a_factor_is_known_as_such(truths):
    token = ALONE.set(True), ZEROS.set(Zeros())
    answers = {  # for each of two inputs: right; right up to a factor; linear
        lambda g, out, a, b: (g * b, -2 * g * a): (True, False, True, True, True, True),
        lambda g, out, a, b: (3 * g * b, g * a + 1): (False, False, True, False, True, False),
        lambda g, out, a, b: (0 * g, g * a * [1, 1, 2]): (False, False, False, False, True, True),
        fails: (False,) * 6,
    }
    for answer, parts in answers.items():
        assert agreement("the derivative", answer, POINTS) == parts
    assert all(agreement("the derivative", right, POINTS))
    ALONE.reset(token[0])
    ZEROS.reset(token[1])


def test_one_number_tells_no_factor():
    points = (np.array([0.5, -1.0]), np.array([1.5, 0.3]))
    with rehearsal() as heard:
        assert derivative(product, right, points, ("a", "b")).passed
    tokens = ALONE.set(True), KNOWN.set(tuple(heard))
    assert agreement("the derivative", lambda g, out, a, b: (2 * g * b, g * a), points)[2:4] == (False, True)
    KNOWN.reset(tokens[1])
    ALONE.reset(tokens[0])


def test_another_title_or_point_is_another_question(truths):
    assert known("the derivative", right, POINTS)
    assert not known("another", right, POINTS)
    assert not known("the derivative", right, POINTS[::-1])
    again = truths[0]._replace(jacobian=np.zeros(18).tobytes())
    token = KNOWN.set((truths[0], again))  # two answers to one question
    assert not known("the derivative", right, POINTS)
    KNOWN.reset(token)


def test_nothing_is_noted_but_in_a_rehearsal():
    confirmed("the derivative", product, right, POINTS)
    assert KNOWN.get() == ()
    with rehearsal() as heard:
        confirmed("the derivative", product, UNUSUAL["lacks g"], POINTS)
    assert heard == []


ODD = {  # of solutions, what three directions tell
    "wrong": UNUSUAL["wrong"],
    "wrong in one place": UNUSUAL["wrong in one place"],
    "lacks g": UNUSUAL["lacks g"],
    "not linear": UNUSUAL["not linear"],
    "none": UNUSUAL["none"],
    "hardly wrong": lambda g, out, a, b: (g * b, g * (a + 1e-5)),
}


@pytest.mark.parametrize("name", ODD)
def test_a_solution_that_is_wrong_confirms_nothing(name, asked):
    with rehearsal() as heard:
        derivative(product, ODD[name], POINTS, ("a", "b"))
    assert asked
    assert heard == [] or name == "hardly wrong"  # the checker tells derivatives to 1 % of themselves


def test_a_solution_is_looked_at_along_a_few_directions(asked):
    calls = []
    with rehearsal() as heard:
        assert derivative(lambda a, b: calls.append(1) or product(a, b), right, POINTS, ("a", "b")).passed
    assert (len(heard), asked) == (1, [])
    assert len(calls) < 10


def test_at_a_kink_a_few_directions_tell_nothing(asked):
    with rehearsal() as heard:
        assert derivative(np.abs, lambda g, out, x: g * np.sign(x), (np.array([0.0, 1.0]),), ("x",), kinks=True).passed
    assert (len(heard), len(asked)) == (1, 1)


def test_elsewhere_an_answer_is_compared_with_the_engine(monkeypatch):
    monkeypatch.setattr(checker, "whole_jacobian", None)
    token = KNOWN.set(truths_of(right))
    also = [tuple(3 * x for x in POINTS)]
    found = derivative(product, lambda g, out, a, b: (g * b, g * np.minimum(a, 2.5)), POINTS, ("a", "b"), also=also)
    KNOWN.reset(token)
    assert "∂output[2]/∂b[2]: you give 2.5, right is 6" in found.message


def truths_of(vjp):
    with rehearsal() as heard:
        assert derivative(product, vjp, POINTS, ("a", "b")).passed
    return tuple(heard)


MODES = [
    (path.stem, name)
    for path in sorted(Path(looks.__file__).parent.glob("*.py"))
    for name in re.findall(r"^(\w+)(?:: ContextVar.*)? = ContextVar\(", path.read_text(encoding="utf-8"), re.MULTILINE)
]


@pytest.mark.parametrize(("module", "name"), MODES)
def test_who_has_answers_looked_at_in_another_way_does_not_pass(module, name):
    sigmoid = built_in()["sigmoid"]
    start = f"from autograd.exercises.{module} import {name}\n{name}.set([])\n"
    result = contextvars.copy_context().run(check_source, sigmoid, sigmoid.file(start + sigmoid.solution), "a.py")
    assert f"changed {name}," in result.message


def test_who_sets_what_is_known_does_not_pass():
    sigmoid = built_in()["sigmoid"]
    code = f"""
from autograd.exercises.truth import KNOWN, Truth
from autograd.exercises.lessons.sigmoid.check import POINTS
KNOWN.set((Truth("the derivative", (POINTS.tobytes(),), POINTS.tobytes(), POINTS.shape, np.eye(5).tobytes()),))
{sigmoid.solution.replace("g * out * (1 - out)", "g")}
"""
    result = contextvars.copy_context().run(check_source, sigmoid, sigmoid.file(code), "a.py")
    assert "changed KNOWN," in result.message


def test_who_has_numbers_collected_in_place_of_checked_does_not_pass():
    wrong = {
        "sigmoid": ("g * out * (1 - out)", "g"),
        "engine_add": ("self.data + other.data", "self.data - other.data"),
        "newton": ("x = x - ", "x = x - 0.5 * "),
    }
    for name, change in wrong.items():
        exercise = built_in()[name]
        start = "from autograd.exercises.given import COLLECTING, Given\nCOLLECTING.set(Given())\n"
        source = exercise.file(start + exercise.solution.replace(*change))
        result = contextvars.copy_context().run(check_source, exercise, source, "a.py")
        assert "changed COLLECTING," in result.message, name


def test_nor_does_who_puts_it_back():
    exercise = built_in()["sigmoid"]
    code = """
from autograd.exercises.given import COLLECTING, Given
COLLECTING.set(Given())
def sigmoid_vjp(g, out, x):
    COLLECTING.set(None)
    return g
"""
    result = contextvars.copy_context().run(check_source, exercise, exercise.file(code), "a.py")
    assert "changed COLLECTING," in result.message


@pytest.mark.skipif(not hasattr(server.os, "fork"), reason="this system has no fork")
def test_a_server_that_rehearses(tmp_path):
    sigmoid = built_in()["sigmoid"]
    orders = []
    for i, code in enumerate((sigmoid.solution, sigmoid.solution.replace("g *", "-g *"), "import os\nos._exit(3)")):
        (tmp_path / str(i)).mkdir()
        orders.append({
            "exercise": str(sigmoid.folder), "source": sigmoid.file(code), "name": "a", "work": str(tmp_path / str(i)),
            "seconds": 5.0, "rehearsed": True,
        })  # fmt: skip
    replies = io.StringIO()
    lines = io.StringIO("".join(json.dumps(order) + "\n" for order in orders))
    contextvars.copy_context().run(server.serve, lines, replies)
    results = [Result.from_json(json.loads(line)["result"]) for line in replies.getvalue().splitlines()]
    assert [result.state for result in results] == ["passed", "failed", "error"]
    assert "exit code 3" in results[2].message
    assert len(server._truths(str(sigmoid.folder))) == 1


class Halves:
    """A mistake: half of each gradient."""

    @staticmethod
    def answer(g, out, a, b):
        return g * b / 2, g * a / 2


@pytest.mark.parametrize(
    ("given", "factor"),
    [(lambda g, a: 3 * g * a / 2, 3.0), (lambda g, a: g * a + 1, None), (lambda g, a: 1j * g * a, None),
     (lambda g, a: None, None), (lambda g, a: "text", None), (lambda g, a: g * np.inf, None), (lambda g, a: 0 * a, None)],
)  # fmt: skip
def test_a_factor_beside_a_mistake_is_a_real_one_of_several_numbers(given, factor):
    found = multiple(product, lambda g, out, a, b: (g * b / 2, given(g, a)), POINTS, 1, Halves)
    assert found == factor if factor is None else np.isclose(found, factor)
