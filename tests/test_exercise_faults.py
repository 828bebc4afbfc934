"""What a teacher can get wrong in an exercise, and find in a class's folders: each is said, and where it is."""

import io

import numpy as np
import pytest

from autograd.exercises.__main__ import main
from autograd.exercises.author import verify
from autograd.exercises.book import book, built_in
from autograd.exercises.exercise import value
from autograd.exercises.form import load
from autograd.exercises.grade import grade, students
from autograd.exercises.reports import write_csv
from autograd.exercises.sandbox import check_source
from autograd.exercises.terminal import Screen

BUG = """
title = "A running sum"
find_the_bug = true
statement = "out = np.cumsum(x)"
function = "np.cumsum(x)"
inputs = { x = [0.2, -1.0, 3.0, 0.5] }
"""
PLAIN = 'title = "T"\nstatement = "To write: f"\nfunction = "x**2"\ninputs = { x = [1.5, -0.5] }\n'
STUB = "def cumsum_vjp(g, out, x):\n    return np.cumsum(g)\n"
REPAIRED = "def cumsum_vjp(g, out, x):\n    return np.cumsum(g[::-1])[::-1]\n"
SQUARE = "def f_vjp(g, out, x):\n    return g * 2 * x\n"


@pytest.fixture
def written(tmp_path):
    """Write an exercise's folder."""

    def write(toml=PLAIN, name="own", **parts):
        folder = tmp_path / "own" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "exercise.toml").write_text(toml)
        for part, text in {"solution": SQUARE, **parts}.items():
            (folder / f"{part}.py").write_text(text)
        return folder

    return write


def verified(folder):
    stream = io.StringIO()
    status = verify(Screen(stream), load(folder), 5.0)
    return status, " ".join(stream.getvalue().split())


# -- a bug to be found ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("diagnosis", "passes", "words"),
    [
        ('DIAGNOSIS = "transposed"', True, ""),
        ('DIAGNOSIS = " Transposed "', True, ""),
        ('DIAGNOSIS = "sign"', False, "not what the report"),
        ('DIAGNOSIS = "reversed"', False, "Choose one of"),
        ("DIAGNOSIS = type('All', (), {'__eq__': lambda *_: True})()", False, "between the quotation marks"),
        ("", False, "between the quotation marks"),  # the line in the file as it was handed out
    ],
)
def test_the_diagnosis_of_a_declared_exercise_is_checked(written, diagnosis, passes, words):
    exercise = load(written(BUG, solution=f'DIAGNOSIS = "transposed"\n\n\n{REPAIRED}', stub=STUB))
    assert 'DIAGNOSIS = ""' in exercise.file()
    result = check_source(exercise, exercise.file(f"{diagnosis}\n{REPAIRED}"), "a.py")
    assert result.passed == passes, result
    assert words in "".join(finding.message for finding in result.findings)
    broken = check_source(exercise, exercise.file(), "a.py")
    assert broken.kinds == ["transposed"]
    assert "the checker's report" in broken.findings[0].title


def test_the_line_for_the_diagnosis_is_there_once_and_a_solution_need_not_be(written):
    exercise = load(written(BUG, solution=f'DIAGNOSIS = "sign"\n\n\n{REPAIRED}', stub=f'DIAGNOSIS = ""\n{STUB}'))
    assert exercise.file().count("DIAGNOSIS =") == 1
    (exercise.folder / "solution.py").unlink()
    handed = load(exercise.folder)
    assert check_source(handed, handed.file(f'DIAGNOSIS = "surplus"\n{REPAIRED}'), "a.py").passed  # any of the choices
    assert not check_source(handed, handed.file(REPAIRED), "a.py").passed


def test_verify_compares_the_diagnosis_with_what_the_checker_says(written):
    for diagnosis, status in (("transposed", 0), ("reversed", 1)):
        folder = written(BUG, name=diagnosis, solution=f'DIAGNOSIS = "{diagnosis}"\n\n\n{REPAIRED}', stub=STUB)
        found, said = verified(folder)
        assert (found, f"✓ the diagnosis '{diagnosis}' is what the checker says" in said) == (status, status == 0)
    assert "✗ the solution's DIAGNOSIS = 'reversed' is one of" in said


def test_a_function_may_have_a_bug_without_a_derivative(written):
    toml = 'title = "T"\nstatement = "To repair: f"\nfind_the_bug = true\ninputs = { x = [3.0, 4.0] }\n'
    exercise = load(written(toml, solution='DIAGNOSIS = "factor"\n\n\ndef f(x):\n    return 2 * x\n'))
    answer = "def f(x):\n    return x + x\n"
    assert not check_source(exercise, exercise.file(answer), "a.py").passed
    assert check_source(exercise, exercise.file(f'DIAGNOSIS = "factor"\n{answer}'), "a.py").passed


# -- slips of the one who writes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (
            {"toml": PLAIN.replace("x**2", "np.log(y)")},
            "function = 'np.log(y)', of x, stops with NameError: name 'y' is not",
        ),
        ({"toml": PLAIN.replace("[1.5, -0.5]", "{ shape = [3], lo = 1 }")}, "lo is no key of it"),
        ({"toml": PLAIN.replace("[1.5, -0.5]", "{ low = 1 }")}, "the shape is missing"),
        ({"check": "def check(answer):\n    return 3\n"}, "at fault: "),
        ({"check": "def check(answer):\n    yield True\n"}, "yields findings, and one was True"),
        ({"name": "sigmoid", "check": "x = 1\n"}, "a built-in exercise is called sigmoid too"),
    ],
)
def test_what_is_wrong_with_an_exercise_is_not_the_solutions_fault(written, parts, words):
    status, said = verified(written(**parts))
    assert status == 1
    assert words in said
    assert "Your code stopped" not in said


def test_verify_goes_on_after_an_exercise_that_cannot_be_read(written, capsys):
    written('title = "T"\nhint = "x"\n', name="a")
    assert main(["verify", str(written(name="b").parent)]) == 1
    said = capsys.readouterr().out
    assert "there is no key 'hint'" in said
    assert "changes of the solution are rejected" in said


@pytest.mark.parametrize(
    ("got", "expected", "passes"),
    [
        (6, 6.0, True),
        (np.float32(6), 6.0, True),
        (np.array(6.0), 6, True),
        ("6", 6.0, False),
        (np.array("6"), 6.0, False),
        (np.array([6.0], dtype=object)[0:1], [6.0], False),
        (type("Six", (), {"__float__": lambda s: 6.0, "__eq__": lambda *_: True, "data": 6.0})(), 6.0, False),
        (type("Six", (float,), {"__eq__": lambda *_: True})(7), 6.0, False),
        ([1.0, 2.0], np.array([1.0, 2.0]), False),
        ([1.0, 2.0], [1.0, 2.0], True),
        ([1.0, "2"], [1.0, 2.0], False),
    ],
)
def test_a_value_is_made_of_numbers(got, expected, passes):
    assert value("title", got, expected).passed == passes


def test_what_fits_a_single_number_is_not_said(written):
    from autograd.exercises.edited import change

    toml = 'title = "T"\nstatement = "To write: double()"\n'
    check = "from autograd.exercises.exercise import value\n\n\ndef check(answer):\n"
    wrong = "def double(x):\n    return 3 * x\n"
    for name, numbers, found in (("one", (3.0,), False), ("two", (3.0, 5.0), True)):
        lines = "".join(f"    yield value('double {x}', answer.double({x}), {2 * x})\n" for x in numbers)
        exercise = load(
            written(toml, name=name, solution="def double(x):\n    return 2 * x\n", check=check + lines)
        ).ready()
        made = change(exercise, exercise.file(wrong), seconds=60)
        assert (made is not None) == found
    assert "`3` should be `2`" in made.text


# -- a class's folders -----------------------------------------------------------------------------------------------------


def test_a_student_without_an_answer_has_a_row_and_a_reason(tmp_path):
    answer = built_in()["sigmoid"].file(built_in()["sigmoid"].solution)
    files = {
        "ada": {"01_sigmoid.py": answer, "sigmoid.py": "x = 1"},
        "fynn müller": {"README.txt": "done by mail"},
        "gil": {"sigmoid.py": "def sigmoid_vjp(g, out, x):\n    return g * sigmoid(x) * (1 - sigmoid(x))\n"},
        "report": {"grades.csv": ""},
        ".git": {"sigmoid.py": ""},
        "exercises": {"exercise.toml": ""},
    }
    for student, each in files.items():
        (tmp_path / student).mkdir()
        for name, text in each.items():
            (tmp_path / student / name).write_text(text)
    chosen = book((), ["sigmoid"])
    assert [path.name for path in students(tmp_path, chosen)] == ["ada", "fynn müller", "gil"]
    graded = sorted(grade(tmp_path, chosen, 5.0), key=lambda one: one.name)
    assert [one.passed for one in graded] == [1, 0, 0]
    assert graded[0].notes == ["Of sigmoid counts 01_sigmoid.py, and not sigmoid.py"]
    assert graded[1].notes == ["No file is an answer: one is called as it was handed out, 01_sigmoid.py, or NAME.ipynb"]
    assert "`sigmoid` stands at the top of the file that was handed out" in graded[2].results["sigmoid"].message
    write_csv(table := io.StringIO(), chosen, graded)
    assert "fynn müller,0,1,0,Missing: no file …sigmoid.py." in table.getvalue()
    (tmp_path / "ada" / "01_sigmoid.py").unlink()
    (tmp_path / "ada" / "sigmoid.py").unlink()
    (tmp_path / "gil" / "sigmoid.py").unlink()
    assert students(tmp_path, chosen) == []


def test_grading_warns_of_an_exercise_that_nobody_can_pass(written, tmp_path, capsys):
    folder = written(PLAIN.replace("x**2", "x**3"))
    (tmp_path / "class" / "ada").mkdir(parents=True)
    (tmp_path / "class" / "ada" / "own.py").write_text(SQUARE)
    assert main(["--own", str(folder), "--only", "own", "grade", str(tmp_path / "class")]) == 0
    assert "WARNING: own: its own solution does not pass" in capsys.readouterr().err
