"""Every exercise: its solution is accepted, its stub is not, and each known-wrong answer is rejected for what it is."""

import errno
import io
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest

from autograd import exercises
from autograd.exercises.__main__ import main, watch
from autograd.exercises.advice import advice
from autograd.exercises.book import EXERCISES, exercise, filename
from autograd.exercises.exercise import Finding, Mistake, derivative
from autograd.exercises.folder import Folder
from autograd.exercises.runner import check_file
from autograd.exercises.sandbox import FILE_SIZE, Result, check_source, limit
from autograd.exercises.sandbox import main as sandbox
from autograd.exercises.terminal import Screen, indented, report
from tests.wrong_answers import WRONG

NUMBER = {e.name: number for number, e in enumerate(EXERCISES, 1)}


def test_there_are_thirty_in_five_chapters():
    assert len(EXERCISES) == 30
    assert len({e.chapter for e in EXERCISES}) == 5
    assert len(NUMBER) == 30
    assert set(WRONG) == set(NUMBER)


@pytest.mark.parametrize("name", NUMBER)
def test_the_solution_is_accepted_and_the_stub_is_not(name):
    number, this = NUMBER[name], exercise(NUMBER[name])
    solved = check_source(number, this.file(number, this.solution), "answer.py")
    assert solved.passed, solved
    stub = check_source(number, this.file(number), "answer.py")
    assert stub.state == ("failed" if this.chapter == "Find the bug" else "todo")
    assert len(this.hints) == len(set(this.hints)) == 3


@pytest.mark.parametrize("name", NUMBER)
def test_at_least_three_wrong_answers_are_known(name):
    assert len(WRONG[name]) >= 3


@pytest.mark.parametrize(("name", "kind", "code"), [(n, k, c) for n, wrong in WRONG.items() for k, c in wrong])
def test_wrong_answers_are_rejected_with_the_right_diagnosis(name, kind, code):
    number = NUMBER[name]
    result = check_source(number, exercise(number).file(number, code), "answer.py")
    kind, _, words = kind.partition(": ")
    assert result.state == "error" if kind == "error" else result.kinds == [kind], result
    message = " ".join([result.message, *(f.message for f in result.findings if not f.passed)])
    assert words in message
    assert len(message.split()) > 4
    assert "none of the usual mistakes" not in message


# -- answers that do not even run ----------------------------------------------------------------------------------

HEAD = "import numpy as np\n"
BROKEN = {
    "line 3": HEAD + "\ndef sigmoid_vjp(g, out, x)\n    return g\n",
    "defines no sigmoid_vjp": HEAD + "def sigmoid_vpj(g, out, x):\n    return g\n",
    "ZeroDivisionError": HEAD + "def sigmoid_vjp(g, out, x):\n    return g / 0\n1 / 0\n",
    "ended the program": "import sys\nsys.exit(3)\n",
    "ended the Python process": "import os\nos._exit(3)\n",
    "calls itself": HEAD + "def sigmoid_vjp(g, out, x):\n    return sigmoid_vjp(g, out, x)\n",
    "memory": "raise MemoryError\n",
    "cannot read": "x = 1\0\n",
}


@pytest.mark.parametrize("words", BROKEN)
def test_code_that_does_not_run_is_survived(words, tmp_path):
    path = tmp_path / "answer.py"
    path.write_text(BROKEN[words])
    result = check_file(1, path)
    assert result.state == "error"
    assert words in result.message
    if "_exit" not in BROKEN[words]:
        assert words in check_source(1, BROKEN[words], "answer.py").message


@pytest.fixture
def sandboxed(tmp_path, monkeypatch):
    """The sandbox in this very process, on a file with the given bytes."""
    monkeypatch.setattr("autograd.exercises.sandbox.limit", lambda: None)  # this process is to stay as it is

    def run(source, seconds=15.0):
        path, target = tmp_path / "answer.py", tmp_path / "result.json"
        path.write_bytes(source)
        order = {"target": str(target), "seconds": seconds, "token": "abc"}
        monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(order)))
        assert sandbox(["1", str(path)]) == 0
        return Result.from_json(target.read_text())

    return run


def test_a_file_that_is_no_text(sandboxed):
    result = sandboxed(b"\xff\xfe\x00")
    assert "cannot be read" in result.message
    assert result.token == "abc"


LOOP = "    while True:\n        try:\n            out\n        except Exception:\n            pass\n"
LOOPS = {
    "line 2, in <module>:  while True: pass": "x = 1\nwhile True: pass\n",
    "in sigmoid_vjp:": f"def sigmoid_vjp(g, out, x):\n{LOOP}",
}


@pytest.mark.parametrize("words", LOOPS)
def test_an_endless_loop_is_named(words, sandboxed):
    result = sandboxed(LOOPS[words].encode(), seconds=0.2)
    assert "Stopped after 0.2 seconds" in result.message
    assert words in result.message


def test_without_alarms_the_code_is_stopped_from_outside(sandboxed, monkeypatch):
    monkeypatch.delattr("signal.setitimer")
    assert sandboxed(exercise(1).file(1, exercise(1).solution).encode()).passed


def test_endless_loops_are_stopped_and_prints_are_shown(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text("print('thinking', flush=True)\nwhile True:\n    pass\n")
    start = time.perf_counter()
    result = check_file(1, path, seconds=1.0)
    assert time.perf_counter() - start < 10
    assert "never ends" in result.message
    assert "line 2, in <module>:  while True:" in result.message
    assert result.printed == "thinking"


def test_a_loop_that_does_not_hear_the_alarm_is_killed(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text("import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True:\n    pass\n")
    assert check_file(1, path, seconds=0.5).message == "Stopped after 0.5 seconds: is there a loop that never ends?"


def test_endless_prints_fill_no_disk(tmp_path):
    (tmp_path / "answer.py").write_text("while True:\n    print('x' * 1000)\n")
    result = check_file(1, tmp_path / "answer.py", seconds=10)
    assert result.state == "error"
    assert len(result.printed) < 1600
    assert "characters more" in result.printed


def test_prints_are_cut_after_some_lines(tmp_path):
    (tmp_path / "answer.py").write_text("for i in range(100):\n    print(i)\n")
    printed = check_file(1, tmp_path / "answer.py").printed.splitlines()
    assert printed[:2] == ["0", "1"]
    assert len(printed) == 13


def test_the_sandbox_without_limits(monkeypatch):
    monkeypatch.setitem(sys.modules, "resource", None)
    limit()


def test_the_sandbox_sets_limits(monkeypatch):
    resource = pytest.importorskip("resource")
    set_to = []
    monkeypatch.setattr(resource, "getrlimit", lambda what: (0, resource.RLIM_INFINITY if set_to else 1000))
    monkeypatch.setattr(resource, "setrlimit", lambda what, pair: set_to.append(pair))
    limit()
    assert set_to == [(1000, 1000), (FILE_SIZE, resource.RLIM_INFINITY)]


# -- advice, and tricks -----------------------------------------------------------------------------------------------

ERRORS = {
    "**, not ^": "x ^ 2",
    "np.cos for math.cos": "__import__('math').cos(x)",
    "lack its `return`": "None * x",
    "with parentheses": "[i for i in x.sum]",
    "missing before (": "x(2)",
    "range(n)": "[i for i in 3]",
    "np.where(condition, a, b)": "x if x > 0 else 0",
    "x[:, None]": "x + np.ones(3)",
    "to be transposed (.T)": "x @ np.ones((3, 2))",
    "one of them is a number": "x @ 2.0",
    "has to be summed": "x.reshape(3)",
    "g.sum(axis=…)": "np.broadcast_to(x, (1,))",
    "print both shapes": "x.__setitem__([0, 1, 2], np.ones(2))",
    "another axis": "np.zeros(3).__setitem__(0, x)",
    "interchanged": "(1.0).grad",
    "too large": "x[99]",
    "nobody is there": "input()",
    "before the loop": "(lambda: (y, (y := 1)))()",
    "np.tanh": "tanh(x)",
}


@pytest.mark.parametrize("words", ERRORS)
def test_errors_come_with_advice(words, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    result = check_source(
        1, exercise(1).file(1, f"def sigmoid_vjp(g, out, x):\n    return {ERRORS[words]}\n"), "answer.py"
    )
    assert result.state == "error"
    assert words in result.message.splitlines()[-1]


def test_other_errors_come_without():
    assert advice(KeyError("x")) == ""
    assert "without end" in advice(OSError(errno.EFBIG, "File too large"))


def test_not_implemented_elsewhere_is_an_error():
    code = "class Base:\n    exec(\"def f(self): raise NotImplementedError('this')\")\n\n\n"
    code += "def sigmoid_vjp(g, out, x):\n    return Base().f()\n"
    result = check_source(1, code, "answer.py")
    assert result.state == "error"
    assert "NotImplementedError: this" in result.message


TRICKS = {
    "autograd.exercises.chapter1.derivative": """
import autograd.exercises.chapter1 as c
from autograd.exercises.exercise import Finding
c.derivative = lambda *a, **k: Finding(True, "fine")
""",
    "autograd.check.report.Report.__bool__": """
import autograd.check.report as r
r.Report.__bool__ = lambda self: True
""",
    "autograd.check.checker._verdict.__code__": """
import autograd.check.checker as c
c._verdict.__code__ = (lambda comparison, answers: "pass").__code__
""",
    "numpy.exp": "import numpy\nnumpy.exp = numpy.ones_like\n",
}


@pytest.mark.parametrize("name", TRICKS)
def test_who_changes_the_checker_does_not_pass(name, tmp_path):
    path = tmp_path / "answer.py"
    path.write_text(TRICKS[name] + exercise(1).solution)
    result = check_file(1, path)
    assert result.state == "error"
    assert f"changed {name}," in result.message or "autograd" not in name


def test_a_result_written_by_hand_is_not_believed(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    forged = tmp_path / "forged"
    (tmp_path / "answer.py").write_text(f"""
import os, pathlib, tempfile
for folder in pathlib.Path(tempfile.gettempdir()).glob("tmp*"):
    (folder / "result.json").write_text('{{"state": "passed", "findings": []}}')
    pathlib.Path({str(forged)!r}).touch()
os._exit(0)
""")
    result = check_file(1, tmp_path / "answer.py")
    assert forged.exists()
    assert result.state == "error"
    assert "ended the Python process" in result.message


# -- texts ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NUMBER)
def test_texts_fit_into_an_editor_and_name_what_is_asked_for(name):
    text = exercise(NUMBER[name]).file(NUMBER[name])
    assert max(map(len, text.splitlines())) <= 120
    assert any(word in text for word in ("To derive:", "To write:", "repair the derivative", "Complete `backward`"))
    compile(text, name, "exec")


@pytest.mark.parametrize("width", [60, 80, 200])
def test_messages_are_wrapped_to_the_terminal(width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    prose = "word " * 60
    lines = indented(f"{prose}\n  * {prose}\n   {'x' * 300}", "    ").splitlines()
    assert max(map(len, lines[:-1])) <= min(width, 100)
    assert lines[-1] == "    " + " " * 3 + "x" * 300
    starred = next(i for i, line in enumerate(lines) if "*" in line)
    assert lines[starred].startswith("      * word")
    assert lines[starred + 1].startswith("        word")


@pytest.mark.parametrize("number", [20, 21, 22, 24, 25])
def test_reports_fit_into_eighty_columns(number, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    report(Screen(), number, check_source(number, exercise(number).file(number), "answer.py"))
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_a_mistake_in_one_of_several_gradients_is_recognised():
    mistake = Mistake("half", lambda g, out, a, b: (None, g * a / 2), "Half of it.")
    points = (np.array([1.0, 2.0]), np.array([3.0, 5.0]))
    found = derivative(np.multiply, lambda g, out, a, b: (g * b, g * a / 2), points, ("a", "b"), mistakes=[mistake])
    assert found.kinds == ("half",)
    assert found.message.startswith("Half of it.\n   ∂output[")
    assert "∂a" not in found.message
    innocent = Mistake("right", lambda g, out, a, b: (g * b, None), "This is how it should be.")
    blamed = derivative(np.multiply, lambda g, out, a, b: (g * b, -g * a), points, ("a", "b"), mistakes=[innocent])
    assert blamed.kinds == ("sign",)
    other = derivative(np.multiply, lambda g, out, a, b: (-g * b, g * a), points, ("a", "b"), mistakes=[mistake])
    assert other.kinds == ("sign",)
    assert derivative(
        np.multiply, lambda g, out, a, b: (g * b, "no"), points, ("a", "b"), mistakes=[mistake]
    ).kinds == ("dtype",)
    assert derivative(np.multiply, lambda g, out, a, b: (g * b, g * a), points, ("a", "b"), mistakes=[mistake]).passed


# -- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run(line):
        status = main(line.split())
        captured = capsys.readouterr()
        return status, captured.out + captured.err

    return run


def solve(number, folder="exercises"):
    path = Folder(Path(folder)).file(number)
    path.write_text(exercise(number).file(number, exercise(number).solution))


def test_a_first_session(command, tmp_path):
    assert command("check")[0] == 2
    status, text = command("start")
    assert status == 0
    assert "30 exercises written" in text
    assert (tmp_path / "exercises" / "01_sigmoid.py").read_text().startswith('"""1. The slope of the sigmoid\n====')
    status, text = command("check")
    assert status == 1
    assert "not written yet" in text
    wrong = "from numpy import *\ndef sigmoid_vjp(g, out, x):\n    return -g * out * (1 - out)\n"
    (tmp_path / "exercises" / "01_sigmoid.py").write_text(wrong)
    status, text = command("check")
    assert "wrong sign" in text
    assert "hint 1" in text
    assert "Hint 1 of 3" in command("hint")[1]
    assert [command("hint")[1][:6] for _ in range(3)] == ["Hint 2", "Hint 3", "Hint 3"]
    solve(1)
    status, text = command("check 1")
    assert status == 0
    assert "Next: 2" in text
    status, text = command("progress")
    assert "✓  1  The slope of the sigmoid" in text
    assert "2 attempts, 3 hints" in text
    assert "1 of 30 passed" in text


def test_nothing_of_the_student_is_overwritten(command, tmp_path):
    command("start")
    mine = tmp_path / "exercises" / "02_tanh.py"
    mine.write_text("mine")
    assert "0 exercises written" in command("start")[1]
    assert mine.read_text() == "mine"
    assert "02_tanh.old1.py" in command("reset 2")[1]
    assert (tmp_path / "exercises" / "02_tanh.old1.py").read_text() == "mine"
    assert "02_tanh.old2.py" in command("reset 2")[1]
    mine.unlink()
    assert "`start` writes it again" in command("check 2")[1]
    assert "Yours is now" not in command("reset 2")[1]


def test_solutions_are_earned(command, tmp_path):
    command("start")
    path = tmp_path / "exercises" / "01_sigmoid.py"
    for attempt in range(3):
        path.write_text(f"sigmoid_vjp = lambda g, out, x: {attempt} * g\n")
        status, text = command("solution 1")
        assert status == 1
        assert f"so far there {'is' if attempt == 1 else 'are'} {attempt}" in text
        command("check 1")
        command("check 1")
    status, text = command("solution 1")
    assert status == 0
    assert "3 honest attempts" in text
    assert "g * out * (1 - out)" in text
    assert "solution 1" in command("check 1")[1]
    solve(2)
    command("check 2")
    assert "you have passed" in command("solution 2")[1]


def test_only_honest_attempts_count(command, tmp_path):
    command("start")
    for number in (1, 20):
        command(f"check {number}")
    path = tmp_path / "exercises" / "01_sigmoid.py"
    for body in ("2 * g", "2 * g  # better?", "(2 * g)"):
        path.write_text(f"def sigmoid_vjp(g, out, x):\n    return {body}\n")
        command("check 1")
    path.write_text("def sigmoid_vjp(g, out, x\n")
    command("check 1")
    stored = json.loads((tmp_path / "exercises" / "results.json").read_text())["exercises"]
    assert len(stored["1"]["versions"]) == 2
    assert stored["20"]["versions"] == []
    assert stored["20"]["attempts"] == 0


def test_a_reader_who_leaves_is_no_error(monkeypatch, tmp_path):
    def gone(*_):
        raise BrokenPipeError

    monkeypatch.setattr("autograd.exercises.__main__.run", gone)
    with (tmp_path / "out").open("w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert main(["progress"]) == 0


def test_the_result_file_is_machine_readable(command, tmp_path, monkeypatch):
    command("start")
    solve(1)
    command("check 1")
    stored = json.loads((tmp_path / "exercises" / "results.json").read_text())
    assert stored["exercises"]["1"]["passed"] is True
    assert stored["exercises"]["1"]["attempts"] == 1
    monkeypatch.chdir(tmp_path / "exercises")
    assert command("progress")[0] == 0
    (tmp_path / "exercises" / "results.json").write_text("{")
    status, text = command("progress")
    assert status == 2
    assert "is damaged" in text


def test_errors_of_the_command(command, tmp_path):
    (tmp_path / "empty").mkdir()
    command("start")
    assert "go from 1 to 30" in command("check 31")[1]
    assert "no student's folder" in command("grade empty")[1]
    assert command("grade nowhere")[0] == 2


def test_watching(command, tmp_path, monkeypatch, capsys):
    command("start")
    folder = Folder(tmp_path / "exercises")
    for number in range(1, 30):
        folder.progress[number].passed = True
    moves = iter([lambda: None, lambda: folder.file(30).unlink(), lambda: solve(30)])
    assert watch(Screen(), folder, 30, 15.0, wait=lambda _: next(moves)()) == 0
    text = capsys.readouterr().out
    assert "not written yet" in text
    assert "Well done" in text


def test_watching_goes_on_to_the_next_and_stops(command, tmp_path, monkeypatch):
    command("start")
    solve(1)

    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(watch, "__defaults__", (interrupted,))
    status, text = command("watch")
    assert status == 0
    assert "Watching" in text
    assert "02_tanh.py" in text
    assert "your work is saved" in text


def test_grading(command, tmp_path):
    for student in ("ada", "emmy"):
        command(f"--folder class/{student} start")
    (tmp_path / "class" / "notes").mkdir()
    for number in (1, 2):
        solve(number, "class/ada")
        (tmp_path / "class" / "emmy" / filename(number)).write_text("import os\nos._exit(0)\n")
    for number in range(3, 31):
        for student in ("ada", "emmy"):
            (tmp_path / "class" / student / filename(number)).unlink()
    (tmp_path / "class" / "emmy" / "results.json").write_text("broken")
    status, text = command("grade class --csv grades.csv")
    assert status == 0
    assert "grading ada" in text
    rows = [row.split(",") for row in (tmp_path / "grades.csv").read_text().splitlines()]
    assert rows[0][:6] == ["student", "passed", "of", "passed_1", "attempts_1", "hints_1"]
    assert [row[:3] for row in rows[1:]] == [["ada", "2", "30"], ["emmy", "0", "30"]]
    assert "is damaged" in (tmp_path / "grades.csv").read_text()
    (tmp_path / "class" / "emmy" / "results.json").unlink()
    assert "ada,2,30" in command("grade class/ada")[1]


def test_in_a_notebook(capsys):
    exercises.show(1)
    assert "def sigmoid_vjp" in capsys.readouterr().out
    result = exercises.check(1, sigmoid_vjp=lambda g, out, x: 2 * g * out * (1 - out))
    assert "factor" in result.kinds
    assert "2 times" in capsys.readouterr().out
    assert exercises.check(1, sigmoid_vjp=lambda g, out, x: g * out * (1 - out)).passed
    assert exercises.check(2).state == "error"


def test_wrong_types_are_explained():
    assert "should be a number" in str(check_source(29, exercise(29).file(29, "minimise = lambda *a: 'three'"), "x"))
    assert "array of shape (2,)" in str(check_source(29, exercise(29).file(29, "minimise = lambda *a: [1, 2]"), "x"))
    code = "def ste_round(x):\n    return np.round(x.data)\n\n\ndef ste_rule(g, out, x):\n    return g\n"
    assert "detached" in check_source(30, exercise(30).file(30, code), "x").kinds
    repaired = exercise(20).file(20, exercise(20).solution.replace("at-output", "nonsense"))
    assert "Choose one of" in str(check_source(20, repaired, "x"))


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_colours_on_a_terminal():
    pytest.importorskip("rich")
    screen = Screen(Terminal())
    result = Result("failed", "message", [Finding(True, "one"), Finding(False, "two", "why [not]")], "printed")
    report(screen, 1, result)
    screen.code("x = 1")
    text = screen.stream.getvalue()
    assert "\x1b[" in text
    assert "why [not]" in text


def test_plain_text_without_rich(monkeypatch):
    monkeypatch.setitem(sys.modules, "rich", None)
    monkeypatch.setitem(sys.modules, "rich.console", None)
    screen = Screen(Terminal())
    screen.code("x = 1")
    assert screen.stream.getvalue() == "x = 1\n"
