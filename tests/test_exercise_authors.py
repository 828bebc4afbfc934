"""Exercises of a teacher's own: what is written, what is refused, and what `verify` finds."""

import ast
import io
import textwrap

import numpy as np
import pytest

from autograd.exercises import Lesson
from autograd.exercises.__main__ import main
from autograd.exercises.author import verify
from autograd.exercises.book import LESSONS, Book, book, built_in, folders
from autograd.exercises.form import load, unwritten
from autograd.exercises.mutants import mutants
from autograd.exercises.sandbox import check_source
from autograd.exercises.terminal import Screen

TOML = '''
title = "Cubes"
statement = """
To derive:   d/dx x³
"""
function = "x**3"
inputs = [{ x = [0.5, -1.0, 2.0] }, { x = { shape = [2, 3], low = -1.0, high = 1.0 } }]

[[mistakes]]
answer = "g * 3 * x"
say = "The power went down by two."
kind = "power"
'''
SOLUTION = "def cube_vjp(g, out, x):\n    return g * 3 * x**2\n"
PLAIN = """
title = "Norms"
statement = "To write: norm(x), the length of x."
inputs = { x = [3.0, 4.0] }
[[mistakes]]
answer = "(x**2).sum()"
say = "The root is missing."
"""


@pytest.fixture
def written(tmp_path):
    """Write an exercise's folder."""

    def write(toml=TOML, solution=SOLUTION, name="cube", **parts):
        folder = tmp_path / "own" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "exercise.toml").write_text(toml)
        for part, text in {"solution": solution, **parts}.items():
            if text is not None:
                (folder / f"{part}.py").write_text(text)
        return folder

    return write


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run(line):
        status = main(line.split())
        captured = capsys.readouterr()
        return status, captured.out + captured.err

    return run


def test_the_order_names_every_folder_once():
    assert sorted(path.parent.name for path in LESSONS.glob("*/exercise.toml")) == sorted(built_in().exercises)


def test_what_is_listed_as_equivalent_is_a_change_of_the_solution():
    """Whether such a change passes, and every other does not, is what `verify` tries."""
    for exercise in built_in():
        assert set(exercise.equivalent) <= {mutant.label for mutant in mutants(exercise.solution)}, exercise.name


# -- a declaration is a check ----------------------------------------------------------------------------------------


def test_a_derivative_is_compared_with_differences(written):
    exercise = load(written())
    assert check_source(exercise, exercise.file(exercise.solution), "a").passed
    assert check_source(exercise, exercise.file(), "a").state == "todo"
    known = check_source(exercise, exercise.file("def cube_vjp(g, out, x):\n    return g * 3 * x\n"), "a")
    assert known.kinds == ["power"]
    assert "The power went down by two." in known.findings[-1].message
    found = check_source(exercise, exercise.file("def cube_vjp(g, out, x):\n    return -g * 3 * x**2\n"), "a")
    assert found.kinds == ["sign"]
    assert found.findings[0].title == "the derivative, case 1 of 2"


def test_a_function_is_compared_with_the_solution(written):
    exercise = load(written(PLAIN, "def norm(x):\n    return np.sqrt((x**2).sum())\n", "norm"))
    assert check_source(exercise, exercise.file(exercise.solution), "a").passed
    wrong = check_source(exercise, exercise.file("def norm(x):\n    return (x**2).sum()\n"), "a")
    assert wrong.kinds == ["known"]
    assert "The root is missing." in wrong.findings[0].message
    other = check_source(exercise, exercise.file("def norm(x):\n    return abs(x).sum()\n"), "a")
    assert "you give 7" in other.findings[0].message.lower()


def test_a_check_of_its_own(written):
    check = "from autograd.exercises.exercise import value\n\n\ndef check(answer):\n    yield value('two', answer.two(), 2)\n"
    toml = 'title = "Two"\nstatement = "To write: two()."\n'
    exercise = load(written(toml, "def two():\n    return 2\n", "two", check=check))
    assert check_source(exercise, exercise.file(exercise.solution), "a").passed
    assert not check_source(exercise, exercise.file("def two():\n    return 3\n"), "a").passed
    silent = load(written(toml, "def two():\n    return 2\n", "silent", check="def check(answer):\n    return []\n"))
    assert not check_source(silent, exercise.file(exercise.solution), "a").passed  # nothing was looked at


def test_a_solution_need_not_be_handed_out(written, command):
    stub = "def cube_vjp(g, out, x):\n    raise NotImplementedError\n"
    exercise = load(written(solution=None, stub=stub))
    assert check_source(exercise, exercise.file(SOLUTION), "a").passed
    assert check_source(exercise, exercise.file("def cube_vjp(g, out, x):\n    return g * 3 * x\n"), "a").kinds == [
        "power"
    ]
    command("--own own --only cube start")
    assert command("solution cube") == (1, "The solution has not been handed out.\n")
    lesson = Lesson(own=["own"], only=["cube"])
    passed = lesson.check("cube", cube_vjp=lambda g, out, x: g * 3 * x**2)
    assert passed.passed
    assert "A solution" not in passed._repr_html_()


STUBS = {
    "def f(x):\n    return x": "def f(x):\n    raise NotImplementedError",
    "def f(x): return x": "def f(x): raise NotImplementedError",
    'def f(x):\n    """é, a text."""\n    y = x\n    return y': 'def f(x):\n    """é, a text."""\n    raise NotImplementedError',
    'def f(x):\n    """All there is."""': "def f(x):\n    raise NotImplementedError",
    "def f(x):\n    return x\n\n\ndef g(x):\n    return f(x)\n\n\nh = g": (
        "def f(x):\n    return x\n\n\ndef g(x):\n    raise NotImplementedError\n\n\nh = g"
    ),
    "class A:\n    def f(self):\n        return 1": "class A:\n    def f(self):\n        raise NotImplementedError",
}


@pytest.mark.parametrize("solution", STUBS)
def test_a_stub_is_the_solution_left_to_be_written(solution):
    assert unwritten(solution) == STUBS[solution]


WRONG = {
    "is no TOML": {"toml": "title = "},
    "no key 'titel'": {"toml": TOML.replace("title", "titel")},
    "title is a str, and here a int": {"toml": TOML.replace('"Cubes"', "3")},
    "inputs is a dict or list": {"toml": 'title = "T"\nstatement = "S"\ninputs = 3\n'},
    "lacks the statement": {"toml": 'title = "Cubes"\n'},
    "neither": {"toml": TOML.replace("x³", "\\\\x")},
    "solution.py is missing": {"solution": None},
    "Python cannot read": {"solution": "def f(:\n"},
    "defines no function": {"solution": "x = 1\n"},
    "no check.py": {"toml": 'title = "T"\nstatement = "S"\n'},
    "is known by its folder's name": {"name": "a-b"},
    # what is found when it is used
    "gives a value to each of x": {"toml": TOML.replace("{ x = [0.5, -1.0, 2.0] }", "{ y = 1.0 }")},
    "is drawn from": {"toml": TOML.replace("shape = [2, 3], low", "low")},
    "is no number": {"toml": TOML.replace("[0.5, -1.0, 2.0]", "'a'")},
    "is no expression": {"toml": TOML.replace('"g * 3 * x"', '"g *"')},
    "a mistake has": {"toml": TOML.replace("say =", "tell =")},
    "no check(answer)": {"check": "x = 1\n"},
}


@pytest.mark.parametrize("words", WRONG)
def test_what_is_wrong_with_an_exercise_is_said(words, written):
    with pytest.raises(ValueError, match=f".*{words.replace('(', '.').replace(')', '.')}"):
        load(written(**WRONG[words])).ready()


# -- beside the built-in ones ----------------------------------------------------------------------------------------


def test_own_exercises_stand_beside_the_built_in_ones(written, command, tmp_path):
    written()
    assert "46 exercises written" in command("--own own start")[1]
    text = (tmp_path / "exercises" / "46_cube.py").read_text()
    assert text.startswith('"""Cubes\n=====')
    (tmp_path / "exercises" / "46_cube.py").write_text(text.replace("raise NotImplementedError", "return g * 3 * x**2"))
    assert command("check cube")[0] == 0  # `start` has remembered where they are
    text = command("list")[1]
    assert "Your teacher's" in text
    assert "✓ 46  cube" in text
    with_some = command("--folder some --own own --only cube,tanh start")[1]
    assert "2 exercises written" in with_some
    assert sorted(p.name for p in (tmp_path / "some").glob("*.py")) == ["01_cube.py", "02_tanh.py"]
    assert "cube has no hints" in command("--folder some hint cube")[1]
    assert "did you mean" in command("--folder other --only cuba,tanh --own own start")[1]


def test_names_are_taken_once(written, tmp_path):
    with pytest.raises(ValueError, match="there is an exercise tanh already"):
        book([written(name="tanh")])
    with pytest.raises(ValueError, match="nothing is not there"):
        book([tmp_path / "nothing"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="holds no exercise"):
        folders(tmp_path / "empty")
    assert len(Book([])) == 0


# -- new and verify --------------------------------------------------------------------------------------------------


def test_a_skeleton_is_an_exercise(command, tmp_path):
    status, text = command("new root")
    assert status == 0
    assert "verify root" in text
    written = [path.read_text() for path in (tmp_path / "root").iterdir()]
    assert sum(len(text.splitlines()) for text in written) <= 12
    exercise = load(tmp_path / "root")
    assert check_source(exercise, exercise.file(exercise.solution), "a").passed
    assert "File exists" in command("new root")[1]
    assert "is known by its folder's name" in command("new a-b")[1]
    assert not (tmp_path / "a-b").exists()


def verified(exercise):
    screen = Screen(io.StringIO())
    return verify(screen, exercise, 5.0), screen.stream.getvalue()


SUM = """
title = "A sum"
statement = "To write: total(a, b), which is a + 2b."
inputs = { a = 1.0, b = 3.5 }
[[mistakes]]
answer = "a + b"
say = "The factor is missing."
"""
TOTAL = "def total(a, b):\n    return a + 2 * b\n"


def test_a_check_that_holds(written):
    status, text = verified(load(written(SUM, TOTAL, "total")))
    assert status == 0, text
    assert "✓ the mistake a + b is answered: The factor is missing." in text


def test_a_weak_check_is_found(written):
    weak = SUM.replace("a = 1.0, b = 3.5", "a = 1.0, b = 0.0").replace("a + b", "b")
    status, text = verified(load(written(weak, TOTAL, "total")))
    assert status == 1
    assert "    line 2: a + 2 * b → a - 2 * b\n" in text
    assert text.count("make the check sharper") == 1
    listed = "equivalent = ['line 2: a + 2 * b → a - 2 * b', 'line 2: nothing → nothing']\n" + weak
    status, text = verified(load(written(listed, TOTAL, "total")))
    assert "    line 2: a + 2 * b → a - 2 * b\n" not in text
    assert "no such change passes: line 2: nothing" in text


def test_a_wrong_solution_is_found(written):
    status, text = verified(load(written(solution=SOLUTION.replace("3", "2"))))
    assert status == 1
    assert "✗ the solution passes:" in text
    assert "changes of the solution" not in text


def test_mistakes_are_answered_as_they_say(written):
    status, text = verified(load(written(SUM.replace("a + b", "a + 2 * b"), TOTAL, "total")))
    assert status == 1
    assert "✗ the mistake a + 2 * b is answered: passed" in text


def test_a_long_line_and_a_stub_that_passes_are_found(written):
    status, text = verified(load(written(SUM.replace("To write:", "x" * 200), TOTAL, "total", stub=TOTAL)))
    assert status == 1
    assert "columns at most: line" in text
    assert "✗ the stub does not pass (passed)" in text


def test_a_built_in_one_by_its_name(command, monkeypatch):
    monkeypatch.setattr("autograd.exercises.author.mutants", lambda source: iter(()))
    status, text = command("verify tanh")
    assert status == 0, text
    assert "did you mean" in command("verify tahn")[1]


# -- mutants ---------------------------------------------------------------------------------------------------------

MUTATED = {
    "g * x": {"g", "x", "g / x", "x * x", "g * g", "-(g * x)"},
    "g + x": {"g", "x", "g - x", "x + x", "g + g", "-(g + x)"},
    "-x": {"x", "-g", "--x"},
    "x**2": {"x", "g ** 2", "x ** 3", "-x ** 2"},
    "x.T": {"x", "g.T", "-x.T"},
    "x > g": {"x <= g", "g > g", "x > x", "-(x > g)"},
    "x.sum(axis=1)": {"x.sum()", "x.sum(axis=0)", "x.sum(axis=2)", "x.mean(axis=1)", "x", "g.sum(axis=1)", "-x.sum(axis=1)"},
    "np.sin(x)": {"np.cos(x)", "np.sin(g)", "-np.sin(x)"},
    "x.sum(keepdims=True)": {"x.sum()", "x.mean(keepdims=True)", "x", "g.sum(keepdims=True)", "-x.sum(keepdims=True)"},
    "(g, x)": {"(-g, x)", "(g, -x)", "(x, x)", "(g, g)"},
}  # fmt: skip


@pytest.mark.parametrize("expression", MUTATED)
def test_everything_is_changed_once(expression):
    found = [ast.parse(m.source).body[0].body[0] for m in mutants(f"def f(g, x):\n    return {expression}\n")]
    assert sorted(ast.unparse(node.value) for node in found) == sorted(MUTATED[expression])


def test_products_of_matrices_statements_and_methods():
    source = """
    class A:
        def f(self, g, x):
            total = np.zeros(3)
            total += g @ x
            return lambda y: y
    """
    changed = [m.label for m in mutants(textwrap.dedent(source))]
    for label in (
        "g @ x → x @ g",
        "g @ x → g.T @ x",
        "g @ x → g @ x.T",
        "total += g @ x → total = g @ x",
        "total += g @ x → total -= g @ x",
    ):
        assert f"line 5: {label}" in changed
    assert len(changed) == len(set(changed))
    assert np.all([label.startswith("line ") for label in changed])
