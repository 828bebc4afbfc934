"""No wrong answer is accepted (other numbers, sizes, calls, float32, differences), and no right one of unusual form refused."""

import ast
import sys

import numpy as np
import pytest

from autograd.exercises.asked import Asked
from autograd.exercises.book import built_in
from autograd.exercises.exercise import Mistake, derivative
from autograd.exercises.sandbox import check_source
from autograd.transforms import grad
from tests import campaigns
from tests.answers_elsewhere import MORE_WRONG, RIGHT
from tests.class_room import ClassRoom

BOOK = built_in()
X, ALSO = np.array([0.5, -1.0, 2.0]), ((np.array([1.5, 0.3, -0.7]),), (np.array([0.1, 0.2]),))


@pytest.fixture(scope="module")
def class_room():
    return ClassRoom()


@pytest.fixture
def checked(class_room):
    """The check of an answer: as a class's, to which the derivatives are known, or as a student's, as all are by --thorough."""

    def check(exercise, code, student):
        if student or campaigns.THOROUGH:
            return check_source(exercise, exercise.file(code), "answer.py")
        return class_room.check(exercise, exercise.file(code))

    return check


def firsts(cases):
    """The cases, and which are the first to their exercise."""
    names = [case[0] for case in cases]
    return [(*case, case[0] not in names[:number]) for number, case in enumerate(cases)]


@pytest.mark.parametrize(("name", "kind", "code", "student"), firsts(MORE_WRONG))
def test_what_was_accepted_once_is_rejected_for_what_it_is(name, kind, code, student, checked):
    result = checked(BOOK[name], code, student)
    kind, _, words = kind.partition(": ")
    assert result.state == "error" if kind == "error" else result.kinds == [kind], result
    assert words in " ".join([result.message, *(f.message for f in result.findings if not f.passed)])


@pytest.mark.parametrize(("name", "code", "student"), firsts(RIGHT))
def test_right_answers_of_unusual_form_are_accepted(name, code, student, checked):
    result = checked(BOOK[name], code, student)
    assert result.passed, result


class Rounded(ast.NodeTransformer):
    """Each operation with one rounding more; none on the way into a function, which would be asked at another place."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        return ast.copy_location(ast.Call(ast.Name("_rounded_", ast.Load()), [node], []), node)

    def visit_Call(self, node):
        node.func = self.visit(node.func)
        return node


ROUNDED = """
def _rounded_(x):
    if hasattr(x, "dtype") and x.dtype.kind == "f":
        return x * x.dtype.type(1 + {} * (5e8 if x.dtype == "float32" else 1))
    return x * (1 + {}) if isinstance(x, float) else x
"""


@pytest.mark.parametrize(
    "off", [2e-15, -2.3e-16]
)  # a few roundings, which another order of computing may make, and one
@pytest.mark.parametrize("name", [exercise.name for exercise in BOOK])
def test_no_solution_is_refused_for_its_rounding(name, off, checked):
    exercise = BOOK[name].ready()
    code = ast.unparse(ast.fix_missing_locations(Rounded().visit(ast.parse(exercise.solution))))
    result = checked(exercise, f"{code}\n{ROUNDED.format(off, off)}", student=off > 0)
    assert result.passed, result


class Adding:
    """Right when it is asked first, and off by what it has seen of other inputs."""

    def __init__(self):
        self.seen = 0.0

    def __call__(self, g, out, x):
        self.seen += x.size == 2
        return g * (2 * x + self.seen * (x.size == 3))


def changes_x_of_two(g, out, x):
    result = 2 * g * x
    if x.size == 2:
        x += 0.0 if x is None else 1.0
    return result


ANSWERS = {
    "right": (lambda g, out, x: 2 * g * x, ()),
    "a list": (lambda g, out, x: list(2 * g * x), ("type",)),
    "a subclass": (lambda g, out, x: np.ma.array(2 * g * x), ("type",)),
    "two digits short": (lambda g, out, x: 2 * g * x * (1 + 1e-8), ("precision",)),
    "kept": (lambda g, out, x, first=[]: g * (first.append(2 * x) or first[0]) if x.size == 3 else 2 * g * x, ("kept",)),
    "asked again": (Adding(), ("kept",)),
    "changes x": (changes_x_of_two, ("mutated",)),
    "text": (lambda g, out, x: 2 * g * x if x.size == 3 else "no", ("dtype",)),
    "float32": (lambda g, out, x: (2 * g * x).astype(np.float32), ("dtype",)),
    "float64": (lambda g, out, x: np.asarray(2 * g * x, dtype=float), ("dtype",)),
    "the library": (lambda g, out, x: g * grad(lambda t: np.sum(t**2))(x), ("library",)),
    "numbers": (lambda g, out, x: 2 * g * np.where(x == 0.2, 0.0, x), ("missing",)),
    "a size": (lambda g, out, x: 2 * g * x * 3 / x.size, ("size",)),
    "nan": (lambda g, out, x: 2 * g * x * (1 + 0 * np.log(x + 0.71)), ("nan",)),
    "known": (lambda g, out, x: 2 * g * x * (1 + (x == 0.2)), ("known",)),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_what_is_said_of_an_answer_that_is_right_at_one_place(name):
    answer, kinds = ANSWERS[name]
    mistake = Mistake("known", lambda g, out, x: 2 * g * x * (1 + (x == 0.2)), "Twice, at 0.2.")
    points = np.array([0.5, -0.7, 2.0]) if name == "nan" else X
    also = ((points - 0.1,),) if name == "nan" else ALSO
    found = derivative(lambda x: x**2, answer, (points,), ("x",), mistakes=[mistake], also=also, single=True)
    assert found.kinds == kinds, found
    assert found.passed == (not kinds)


def test_an_error_says_where_the_answer_was_right():
    with pytest.raises(ValueError, match="broadcast") as caught:
        derivative(lambda x: x**2, lambda g, out, x: 2 * g * (x + np.zeros(3)), (X,), ("x",), also=ALSO)
    assert "right for inputs of shape (3,), and stops for (2,)" in caught.value.__notes__[0]


def test_the_library_may_be_allowed():
    answer = ANSWERS["the library"][0]
    assert derivative(lambda x: x**2, answer, (X,), ("x",), also=ALSO, by_hand=False).passed


def test_where_a_function_was_asked():
    f = Asked(lambda x: x**2)
    assert grad(grad(f))(3.0) == 2.0
    assert (len(f.points), f.calls) == (1, 1)
    f(3.5)
    assert "2 places, the first two of which are 0.5 apart" in f.sentence


def marked(x):
    """What tells an argument from others: numbers, arrays, and how many things a list has."""
    if isinstance(x, np.ndarray):
        return (x.shape, x.tobytes())
    if isinstance(x, list | tuple):
        return tuple(map(marked, x))
    return repr(x) if isinstance(x, int | float) else type(x).__name__


@pytest.mark.parametrize("name", [exercise.name for exercise in BOOK])
def test_every_number_that_an_answer_is_given_varies(name):
    """What is always the same may be written down in an answer, and nobody would notice."""
    exercise, seen = BOOK[name].ready(), {}

    def called(frame, event, _):
        code = frame.f_code
        if event == "call" and code.co_filename == "answer.py" and code.co_name in exercise.solution:
            for argument in code.co_varnames[: code.co_argcount]:
                seen.setdefault((code.co_name, argument), set()).add(marked(frame.f_locals[argument]))

    sys.setprofile(called)
    try:
        assert check_source(exercise, exercise.file(exercise.solution), "answer.py").passed
    finally:
        sys.setprofile(None)
    always = {key: next(iter(marks)) for key, marks in seen.items() if len(marks) == 1}
    things = {key for key, mark in always.items() if isinstance(mark, str) and mark.isidentifier()}  # of one type
    assert seen
    assert set(always) == things
