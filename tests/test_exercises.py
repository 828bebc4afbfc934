"""Every exercise: its solution is accepted, its stub is not, and each known-wrong answer is rejected for what it is."""

import errno
import io
import json
import re
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograd import exercises
from autograd.exercises.__main__ import main
from autograd.exercises.advice import advice
from autograd.exercises.book import built_in
from autograd.exercises.exercise import Finding, Mistake, derivative
from autograd.exercises.folder import Folder
from autograd.exercises.record import read_record
from autograd.exercises.runner import Runner
from autograd.exercises.sandbox import Result, check_source
from autograd.exercises.terminal import Screen, indented, report
from autograd.exercises.watching import Keys, Watch
from tests import campaigns
from tests.class_room import ClassRoom
from tests.wrong_answers import WRONG

BOOK = built_in()
NAMES = list(BOOK.exercises)


def test_there_are_forty_five_in_six_chapters():
    assert len(BOOK) == 45
    assert len({e.chapter for e in BOOK}) == 6
    assert set(WRONG) == set(NAMES)


def test_the_page_names_all_of_them():
    page = (Path(__file__).parents[1] / "docs" / "exercises.md").read_text(encoding="utf-8")
    table = page.partition("## All of them")[2].partition("\n## ")[0]
    steps = page.partition("## Build your own engine")[2].partition("\n## ")[0]
    named = re.findall(r"\| `(\w+)` \|", table) + re.findall(r"\| `(\w+)` \|", steps)
    assert named == [exercise.name for exercise in BOOK]
    assert all(f"| `{e.name}` | {e.title} |" in table for e in BOOK if e.chapter != "Build your own engine")


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_is_accepted_and_the_stub_is_not(name):
    this = BOOK[name]
    solved = check_source(this, this.file(this.solution), "answer.py")
    assert solved.passed, solved
    assert not any(finding.message for finding in solved.findings)  # what is right is not rebuked
    stub = check_source(this, this.file(), "answer.py")
    assert stub.state == ("failed" if this.chapter == "Find the bug" else "todo")
    assert len(this.hints) == len(set(this.hints)) == 3


@pytest.mark.parametrize("name", NAMES)
def test_at_least_three_wrong_answers_are_known(name):
    assert len(WRONG[name]) >= (4 if name.startswith("engine_") else 3)


# The first and the last of each exercise are checked as a single student's and reach its lines; those between as a class's,
# to whom the derivatives are known, and untraced, which would take as long again. All of them are a student's by --thorough.
CASES = [
    pytest.param(name, *case, between, marks=[pytest.mark.unmeasured] if between else [])
    for name, wrong in WRONG.items()
    for number, case in enumerate(wrong)
    for between in [0 < number < len(wrong) - 1]
]


@pytest.fixture(scope="module")
def class_room():
    return ClassRoom()


@pytest.mark.parametrize(("name", "kind", "code", "between"), CASES)
def test_wrong_answers_are_rejected_with_the_right_diagnosis(name, kind, code, between, class_room):
    if between and not campaigns.THOROUGH:
        result = class_room.check(BOOK[name], BOOK[name].file(code))
    else:
        result = check_source(BOOK[name], BOOK[name].file(code), "answer.py")
    kind, _, words = kind.partition(": ")
    assert result.state == "error" if kind == "error" else result.kinds == [kind], result
    message = " ".join([result.message, *(f.message for f in result.findings if not f.passed)])
    assert words in message
    assert len(message.split()) > 4
    assert "none of the usual mistakes" not in message


# -- advice ---------------------------------------------------------------------------------------------------------

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
    "the axis that it lacks": "np.broadcast_to(x, (5, 4))",
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
        BOOK[1], BOOK[1].file(f"def sigmoid_vjp(g, out, x):\n    return {ERRORS[words]}\n"), "answer.py"
    )
    assert result.state == "error"
    assert words in result.message.splitlines()[-1]


def test_other_errors_come_without():
    assert advice(KeyError("x")) == ""
    assert "without end" in advice(OSError(errno.EFBIG, "File too large"))


def test_not_implemented_elsewhere_is_an_error():
    code = "class Base:\n    exec(\"def f(self): raise NotImplementedError('this')\")\n\n\n"
    code += "def sigmoid_vjp(g, out, x):\n    return Base().f()\n"
    result = check_source(BOOK[1], code, "answer.py")
    assert result.state == "error"
    assert "NotImplementedError: this" in result.message


# -- texts ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_texts_fit_into_an_editor_and_name_what_is_asked_for(name):
    text = BOOK[name].file()
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
    report(Screen(), BOOK[number], check_source(BOOK[number], BOOK[number].file(), "answer.py"))
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


def solve(name, folder="exercises"):
    Folder(Path(folder)).file(name).write_text(BOOK[name].file(BOOK[name].solution))


def test_a_first_session(command, tmp_path):
    assert command("check")[0] == 2
    status, text = command("start")
    assert status == 0
    assert "45 exercises written" in text
    assert (tmp_path / "exercises" / "01_sigmoid.py").read_text().startswith('"""The slope of the sigmoid\n====')
    status, text = command("check")
    assert status == 1
    assert "not written yet" in text
    wrong = "from numpy import *\ndef sigmoid_vjp(g, out, x):\n    return -g * out * (1 - out)\n"
    (tmp_path / "exercises" / "01_sigmoid.py").write_text(wrong)
    status, text = command("check")
    assert "wrong sign" in text
    assert "hint sigmoid" in text
    assert "Hint 1 of 3" in command("hint")[1]
    assert [command("hint")[1][:6] for _ in range(3)] == ["Hint 2", "Hint 3", "Hint 3"]
    solve("sigmoid")
    status, text = command("check sigmoid")
    assert status == 0
    assert "Next: tanh" in text
    status, text = command("progress")
    assert "✓  1  sigmoid            The slope of the sigmoid" in text
    assert "›  2  tanh" in text
    assert "2 attempts, 3 hints" in text
    assert "1 of 45 passed" in text


def test_what_is_to_be_typed_names_a_folder_that_is_not_the_usual_one(command):
    def typed(text):
        return re.search(r"python -m autograd.exercises (.*? ?check)\b", text)[1]

    assert typed(command("start")[1]) == "check"
    assert typed(command("start --folder page1 --only tanh,chain")[1]) == "--folder page1 check"
    assert "tanh" in command("--folder page1 check")[1]
    wrong = "def tanh_vjp(g, out, x):\n    return g\n"
    Folder(Path("page1")).file("tanh").write_text(wrong)
    assert "--folder page1 hint tanh" in command("--folder page1 check")[1]
    assert "--folder page2 start" in command("--folder page2 check")[1]


def test_nothing_of_the_student_is_overwritten(command, tmp_path):
    command("start")
    mine = tmp_path / "exercises" / "02_tanh.py"
    mine.write_text("mine")
    assert "0 exercises written" in command("start")[1]
    assert mine.read_text() == "mine"
    assert "02_tanh.old1.py" in command("reset tanh")[1]
    assert (tmp_path / "exercises" / "02_tanh.old1.py").read_text() == "mine"
    assert "02_tanh.old2.py" in command("reset tanh")[1]
    mine.unlink()
    assert "`start` writes it again" in command("check 2")[1]
    assert "Yours is now" not in command("reset tanh")[1]


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
    assert "solution sigmoid" in command("check 1")[1]
    solve("tanh")
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
    assert len(stored["sigmoid"]["versions"]) == 2
    assert stored["neuron"]["versions"] == []
    assert stored["neuron"]["attempts"] == 0


def test_a_reader_who_leaves_is_no_error(monkeypatch, tmp_path):
    def gone(*_):
        raise BrokenPipeError

    monkeypatch.setattr("autograd.exercises.__main__.run", gone)
    with (tmp_path / "out").open("w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert main(["progress"]) == 0


def test_the_result_file_is_machine_readable(command, tmp_path, monkeypatch):
    command("start")
    solve("sigmoid")
    command("check 1")
    stored = json.loads((tmp_path / "exercises" / "results.json").read_text())
    assert stored["exercises"]["sigmoid"]["passed"] is True
    assert stored["exercises"]["sigmoid"]["attempts"] == 1
    monkeypatch.chdir(tmp_path / "exercises")
    assert command("progress")[0] == 0
    (tmp_path / "exercises" / "results.json").write_text("{")
    status, text = command("progress")
    assert status == 2
    assert "is damaged" in text


def test_errors_of_the_command(command, tmp_path):
    (tmp_path / "empty").mkdir()
    command("start")
    assert "go from 1 to 45" in command("check 46")[1]
    assert "did you mean sigmoid?" in command("check sigmiod")[1]
    assert "`list` shows all" in command("check xyzzy")[1]
    assert "no student's folder" in command("grade empty")[1]
    assert command("grade nowhere")[0] == 2


# -- the record ------------------------------------------------------------------------------------------------------


def test_a_record_by_number_is_understood(command, tmp_path):
    command("start")
    entry = {"passed": True, "attempts": 2, "hints": 1, "versions": ["0123"], "last_kinds": ["sign"]}
    old = {"version": 1, "exercises": {"1": entry, "26": entry}}
    (tmp_path / "exercises" / "results.json").write_text(json.dumps(old))
    text = command("list")[1]
    assert "✓  1  sigmoid" in text
    assert "✓ 26  hvp" in text
    assert "2 of 45 passed" in text
    command("hint tanh")
    stored = json.loads((tmp_path / "exercises" / "results.json").read_text())
    assert stored["version"] == 2
    assert stored["exercises"]["hvp"]["attempts"] == 2


def test_an_exercise_that_has_moved_keeps_its_file(command, tmp_path):
    command("start")
    (tmp_path / "exercises" / "02_tanh.py").rename(tmp_path / "exercises" / "17_tanh.py")
    assert "0 exercises written" in command("start")[1]
    assert "17_tanh.py" in command("reset tanh")[1]


NO_RECORDS = {
    "null": '{"version": 2, "exercises": null}',
    "list": "[1, 2]",
    "list of exercises": '{"version": 2, "exercises": []}',
    "no version": '{"exercises": {}}',
    "entry": '{"version": 2, "exercises": {"sigmoid": 3}}',
    "unknown field": '{"version": 2, "exercises": {"sigmoid": {"cheated": true}}}',
    "wrong type": '{"version": 2, "exercises": {"sigmoid": {"attempts": "=1+1"}}}',
    "true for a number": '{"version": 2, "exercises": {"sigmoid": {"attempts": true}}}',
    "no words": '{"version": 2, "exercises": {"sigmoid": {"versions": [1]}}}',
    "own": '{"version": 2, "exercises": {}, "own": "everything"}',
    "deep": "[" * 100_000,
    "long": '{"version": 2, "exercises": {"sigmoid": {"passed_at": "' + "x" * 2**20 + '"}}}',
    "not text": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("words", NO_RECORDS)
def test_a_damaged_record_is_refused_in_a_sentence(words, tmp_path):
    content = NO_RECORDS[words]
    (tmp_path / "results.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match="is damaged .* move it away, and the record begins anew"):
        read_record(tmp_path)


def test_a_folder_is_no_record(tmp_path):
    (tmp_path / "results.json").mkdir()
    with pytest.raises(ValueError, match="is damaged"):
        read_record(tmp_path)


# -- watching --------------------------------------------------------------------------------------------------------


@pytest.fixture
def watched(command, tmp_path):
    """Watch with these keys, one at each look; what was written."""
    command("start")
    folder = Folder(tmp_path / "exercises")

    def run(name, typed, moves=()):
        screen, moves = Screen(io.StringIO()), iter(moves)
        with Runner() as runner:
            sitting = Watch(screen, folder, runner, 15.0, iter(typed).__next__, lambda _: next(moves)())
            assert sitting.run(name) == 0
        return screen.stream.getvalue()

    return run, folder


def test_watching(watched):
    run, folder = watched
    for name in NAMES[:-1]:
        folder.progress(name).passed = True
    last = NAMES[-1]
    text = run(last, [None] * 9, [lambda: None, lambda: folder.file(last).unlink(), lambda: solve(last)])
    assert "not written yet" in text
    assert "not there" in text
    assert "Well done" in text


def test_keys_while_watching(watched):
    run, _ = watched
    text = run("sigmoid", ["h", "l", "s", "x", "", "c", "n", "p", "p", "gather", "r", "q"])
    assert "Hint 1 of 3 for sigmoid" in text
    assert "0 of 45 passed" in text
    assert "so far there are 0" in text
    assert text.count("n next · p previous") == 6  # five exercises were watched, and x is no key
    assert text.count("sigmoid, The slope of the sigmoid: not written yet") == 3
    assert [name for name in ("02_tanh.py", "45_engine_train.py", "12_gather.py") if f"{name}; save" in text] == [
        "02_tanh.py",
        "45_engine_train.py",
        "12_gather.py",
    ]
    assert "Yours is now 12_gather.old1.py" in text
    assert text.rstrip().endswith("Your work is saved.")


def test_a_hint_that_there_is_not(watched):
    run, folder = watched
    folder.book.exercises["sigmoid"] = replace(folder.book["sigmoid"], hints=())
    assert "sigmoid has no hints" in run("sigmoid", ["h", "q"])


def test_going_on_to_the_next(watched):
    run, _ = watched
    solve("sigmoid")
    assert "Watching exercises/02_tanh.py" in run("sigmoid", ["q"]).replace(str(Path.cwd()) + "/", "")


def test_keys_are_read_beside_the_rest():
    keys = Keys(io.StringIO("n\n"))
    deadline = time.monotonic() + 10
    while (key := keys()) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert key == "n"
    assert keys() is None


def test_watch_as_a_command(command, monkeypatch):
    command("start")
    monkeypatch.setattr(sys, "stdin", io.StringIO("q\n"))
    status, text = command("watch")
    assert status == 0
    assert "Your work is saved" in text

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Watch, "run", interrupted)
    status, text = command("watch")
    assert status == 0
    assert "your work is saved" in text


# -- notebooks -------------------------------------------------------------------------------------------------------


def test_in_a_notebook():
    shown = exercises.show("sigmoid")
    assert "def sigmoid_vjp" in repr(shown)
    assert "def sigmoid_vjp" in shown._repr_markdown_()
    wrong = exercises.check("sigmoid", sigmoid_vjp=lambda g, out, x: 2 * g * out * (1 - out))
    assert not wrong
    assert "factor" in wrong.kinds
    assert "2 times" in repr(wrong)
    assert "2 times" in wrong._repr_html_()
    assert "A solution" not in wrong._repr_html_()
    assert "A hint:" in wrong._repr_markdown_()
    right = exercises.check(1, sigmoid_vjp=lambda g, out, x: g * out * (1 - out))
    assert right.passed
    assert "A solution" in right._repr_html_()
    assert "return g * out * (1 - out)" in right._repr_markdown_()
    assert exercises.check("tanh").result.state == "error"


def test_a_sitting():
    lesson = exercises.Lesson(only=["tanh", "sigmoid"])
    assert 'hint("tanh") may help' in repr(lesson.solution("tanh"))
    assert [repr(lesson.hint("tanh"))[:9] for _ in range(4)] == ["Hint 1 of", "Hint 2 of", "Hint 3 of", "Hint 3 of"]
    lesson.book.exercises["sigmoid"] = replace(lesson.book["sigmoid"], hints=())
    with pytest.raises(LookupError, match="no hints"):
        lesson.hint("sigmoid")
    assert "0 of 2 passed" in repr(lesson.progress())
    assert lesson.check("tanh", tanh_vjp=lambda g, out, x: g * (1 - out**2))
    assert "1 - out**2" in repr(lesson.solution("tanh"))
    assert "1 of 2 passed" in repr(lesson.progress())
    assert "<td>✓</td><td>tanh</td>" in lesson.progress()._repr_html_()


def test_wrong_types_are_explained():
    assert "should be a number" in str(check_source(BOOK[29], BOOK[29].file("minimise = lambda *a: 'three'"), "x"))
    assert "of the type list" in str(check_source(BOOK[29], BOOK[29].file("minimise = lambda *a: [1, 2]"), "x"))
    assert "array of shape (2,)" in str(
        check_source(BOOK[29], BOOK[29].file("minimise = lambda *a: np.array([1, 2])"), "x")
    )
    code = "def ste_round(x):\n    return np.round(x.data)\n\n\ndef ste_rule(g, out, x):\n    return g\n"
    assert "detached" in check_source(BOOK[30], BOOK[30].file(code), "x").kinds
    repaired = BOOK[20].file(BOOK[20].solution.replace("at-output", "nonsense"))
    assert "Choose one of" in str(check_source(BOOK[20], repaired, "x"))


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_colours_on_a_terminal():
    pytest.importorskip("rich")
    screen = Screen(Terminal())
    result = Result("failed", "message", [Finding(True, "one"), Finding(False, "two", "why [not]")], "printed")
    report(screen, BOOK[1], result)
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
