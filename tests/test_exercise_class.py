"""A class is graded: folders and notebooks as students leave them, and what a teacher and each student get."""

import csv
import html.parser
import io
import json
import os
import re
import time
from pathlib import Path

import pytest

from autograd.exercises.__main__ import main, own_folders, parser
from autograd.exercises.book import Book, book
from autograd.exercises.document import Document
from autograd.exercises.exercise import Finding
from autograd.exercises.grade import Graded, grade, students
from autograd.exercises.notebooks import Notebook, read_notebook
from autograd.exercises.reports import student_report, summary, why, write_csv, write_reports
from autograd.exercises.sandbox import Result, check_source

THREE = book(only=["sigmoid", "tanh", "chain"])
SIGMOID, TANH, CHAIN = THREE
RIGHT = SIGMOID.file(SIGMOID.solution)
WRONG = SIGMOID.file("def sigmoid_vjp(g, out, x):\n    return -g * out * (1 - out)\n")


@pytest.fixture
def submitted(tmp_path):
    """A class: a file of each student, by ``student/file``."""

    def write(**files):
        for name, content in files.items():
            student, _, file = name.partition("__")
            path = tmp_path / "class" / student / (f"{file}.py" if "results" not in file else "results.json")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path / "class"

    return write


def graded(folder, chosen=THREE, **options):
    return {one.name: one for one in grade(folder, chosen, **options)}


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run(line):
        status = main(line.split())
        captured = capsys.readouterr()
        return status, captured.out + captured.err

    return run


def test_every_zero_has_its_reason(submitted):
    folder = submitted(
        ada__01_sigmoid=RIGHT, ada__02_tanh=TANH.file(TANH.solution), ada__03_chain=CHAIN.file(),
        bea__01_sigmoid=WRONG,
        bea__tanh="def tanh_vjp(g, out, x)\n    pass\n", bea__03_chain="import time\nwhile True: time.sleep(0.1)\n",
        cid__01_sigmoid=RIGHT.encode("utf-16"), cid__02_tanh="import os\nos._exit(0)\n",
        dan__results='{"exercises": null}',
    )  # fmt: skip
    found = graded(folder, seconds=4.0, jobs=2)
    assert {name: one.passed for name, one in found.items()} == {"ada": 2, "bea": 0, "cid": 0, "dan": 0}
    reasons = {name: [why(one.results[e.name]) for e in THREE] for name, one in found.items()}
    assert reasons["ada"] == ["", "", "Not written yet: replace  raise NotImplementedError  by your answer."]
    assert reasons["bea"][0].startswith("wrong: The derivative with respect to x has the wrong sign")
    assert reasons["bea"][1].startswith("Python cannot read the file, line 1")
    assert reasons["bea"][2].startswith("Stopped after 4 seconds: is there a loop that never ends?")
    assert reasons["cid"][0].startswith("The file cannot be read as text")
    assert reasons["cid"][1].startswith("Your code ended the Python process")
    assert reasons["cid"][2] == "Missing: no file …chain.py."
    assert "is damaged" in found["dan"].notes[0]


def odd_record(path):
    path.mkdir()
    (path / "results.json").mkdir()


def odd_encoding(path):
    path.mkdir()
    name = os.fsencode(path) + b"/01_\xff.py"
    Path(os.fsdecode(name)).write_text("x")
    (path / "results.json").write_text("[" * 100_000)


def link_to_another(path):
    path.mkdir()
    (path / "01_sigmoid.py").symlink_to(path.parent / "ada" / "01_sigmoid.py")


def pipe(path):
    path.mkdir()
    os.mkfifo(path / "01_sigmoid.py")


def folder_for_file(path):
    (path / "01_sigmoid.py").mkdir(parents=True)


def huge(path):
    path.mkdir()
    (path / "01_sigmoid.py").write_bytes(b"#" * 2**21)


def broken_link(path):
    path.mkdir()
    (path / "01_sigmoid.py").symlink_to("nowhere")


def link_in_a_circle(path):
    path.mkdir()
    (path / "01_sigmoid.py").symlink_to("01_sigmoid.py")


def module_names(path):
    path.mkdir()
    for name in ("numpy", "json", "autograd"):
        (path / f"{name}.py").write_text("raise SystemExit\n")
    (path / "01_sigmoid.py").write_text("import os\nos._exit(0)\n")


def no_notebook(path):
    path.mkdir()
    (path / "a.ipynb").write_text('{"cells": 3}')


def deep_notebook(path):
    path.mkdir()
    (path / "a.ipynb").write_text("[" * 100_000)


def notebook_elsewhere(path):
    path.mkdir()
    (path / "a.ipynb").symlink_to("/etc/hostname")


ODD = [
    odd_record, odd_encoding, link_to_another, pipe, folder_for_file, huge, broken_link, link_in_a_circle, module_names,
    no_notebook, deep_notebook, notebook_elsewhere,
]  # fmt: skip


def test_no_folder_ends_the_class(submitted):
    folder = submitted(ada__01_sigmoid=RIGHT)
    for make in ODD:
        make(folder / make.__name__)
    (folder / os.fsdecode(b"n\xe9")).mkdir()
    (folder / os.fsdecode(b"n\xe9") / "01_sigmoid.py").write_text(RIGHT)
    (folder / "notes").mkdir()
    (folder / "notes.txt").write_text("")
    found = graded(folder, jobs=2)
    assert set(found) == {"ada", "n ", "notes", *(make.__name__ for make in ODD)}
    assert found["notes"].notes == [
        "No file is an answer: one is called as it was handed out, 01_sigmoid.py, or NAME.ipynb"
    ]
    assert {name for name, one in found.items() if one.passed} == {"ada", "n "}
    for name, one in found.items():
        assert one.passed or one.notes or one.results["sigmoid"].message, name
    assert "leads out of the folder" in found["link_to_another"].results["sigmoid"].message


def test_a_folder_that_cannot_be_read_is_not_passed_over(submitted, monkeypatch):
    folder = submitted(ada__01_sigmoid=RIGHT, bea__01_sigmoid=RIGHT)
    whole = Path.iterdir

    def iterdir(self):
        if self.name == "bea":
            raise PermissionError(13, "Permission denied")
        return whole(self)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    found = graded(folder)
    assert found["ada"].passed == 1
    assert "The folder cannot be read" in found["bea"].notes[0]


def test_equal_answers_are_run_once(submitted, monkeypatch):
    folder = submitted(**{f"s{i}__01_sigmoid": RIGHT for i in range(30)})
    start = time.process_time()
    assert [one.passed for one in grade(folder, THREE)] == [1] * 30
    assert time.process_time() - start < 5
    assert students(folder / "s1", THREE) == [folder / "s1"]


# -- notebooks -------------------------------------------------------------------------------------------------------


def notebook(*cells):
    return {
        "cells": [{"cell_type": "code", "source": cell} for cell in cells] + [{"cell_type": "markdown", "source": "x"}]
    }


CELLS = (
    "%matplotlib inline\nimport numpy as np\nfrom autograd import exercises",
    ["half = 0.5\n", "def helper(x):\n", "    return x + 0 * half"],
    "def sigmoid_vjp(g, out, x):\n    return helper(g) * out * (1 - out)",
    "exercises.check('sigmoid', sigmoid_vjp=sigmoid_vjp)",
    "this is no Python",
    "while True: pass",
    "def f_vjp(g, out, x):\n    return g * np.cos(x**2) * 2 * x\nlesson.check('chain', f_vjp=f_vjp)",
    "def f_vjp(g, out, x):\n    return g * 0",
)


def test_notebooks_are_submissions(submitted):
    folder = submitted(ada__02_tanh=TANH.file(TANH.solution))
    (folder / "ada" / "mine.ipynb").write_text(json.dumps(notebook(*CELLS)))
    found = graded(folder)["ada"]
    assert found.passed == 3, found
    (folder / "ada" / "02_tanh.py").unlink()
    message = graded(folder)["ada"].results["tanh"].message
    assert message == "Missing: no cell defines tanh_vjp."


def test_a_cell_that_cannot_be_read_is_an_error_of_the_answer_in_it(submitted):
    folder = submitted(ada__03_chain=CHAIN.file(CHAIN.solution))
    cells = ("import numpy as np", "# tanh\ndef tanh_vjp(g, out, x)\n    return g")
    (folder / "ada" / "mine.ipynb").write_text(json.dumps(notebook(*cells)))
    results = graded(folder)["ada"].results
    assert results["tanh"].state == "error"
    assert (
        results["tanh"].message == "Python cannot read the notebook's code cell 2, line 2: SyntaxError: expected ':'."
    )
    assert results["sigmoid"].message == "Missing: no cell defines sigmoid_vjp."


def test_what_a_notebook_defines():
    read = Notebook(["".join(cell) for cell in CELLS])
    assert "helper" in read.answer(SIGMOID)
    assert "while" not in read.answer(SIGMOID)
    assert "np.cos" in read.answer(CHAIN)
    assert "g * 0" not in read.answer(CHAIN)
    assert read.answer(TANH) is None
    typed = Notebook(["scale: float = 2.0\ndef tanh_vjp(g, out, x):\n    return g * scale"])
    assert "scale: float = 2.0" in typed.answer(TANH)


PUZZLES = book(only=["relu", "scale", "chain", "cross_entropy"])
RELU, SCALE, _, ENTROPY = PUZZLES
OWN_SOFTMAX = """
def softmax(z, axis):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
def cross_entropy_vjp(g, out, logits, labels):
    p = softmax(logits, -1)
    p[range(len(p)), labels] -= 1
    return g * p / len(p)
"""
ASKED = [(each.solution.partition("\n")[0], each.solution.partition("\n")[2]) for each in (RELU, SCALE)]
NOTEBOOKS = {
    "diagnoses above": ("import numpy as np", *(part for pair in ASKED for part in pair)),
    "diagnoses below": ("import numpy as np", *(part for pair in ASKED for part in pair[::-1])),
    "diagnoses in the cells": ("import numpy as np", *(each.solution for each in (RELU, SCALE))),
    "diagnoses that are handed over": (
        *(
            f"{answer}\nexercises.check('{name}', {said.replace(' = ', '=')})"
            for name, (said, answer) in zip(("relu", "scale"), ASKED, strict=True)
        ),
    ),
    "a star": ("from numpy import *", "def f_vjp(g, out, x):\n    return g * cos(x**2) * 2 * x"),
    "pylab": ("%pylab inline", "def f_vjp(g, out, x):\n    return g * cos(x**2) * 2 * x"),
    "a function of one's own for a given one": ("import numpy as np", OWN_SOFTMAX),
}


@pytest.mark.parametrize("what", NOTEBOOKS)
def test_a_notebook_brings_what_its_answers_need(what, submitted):
    folder = submitted(ada__x="")
    (folder / "ada" / "mine.ipynb").write_text(json.dumps(notebook(*NOTEBOOKS[what])))
    results = graded(folder, PUZZLES)["ada"].results
    tried = {name: result for name, result in results.items() if result.state != "missing"}
    assert {name: r.state for name, r in tried.items()} == dict.fromkeys(tried, "passed"), tried
    assert len(tried) == (2 if "diagnoses" in what else 1)


@pytest.mark.parametrize("beside", [True, False])
def test_a_notebook_may_be_all_of_a_student(beside, submitted):
    folder = submitted(**({"ada__01_sigmoid": RIGHT} if beside else {"ada__x": ""}))
    for name in ("bea", "cem"):
        (folder / f"{name}.ipynb").write_text(
            json.dumps(notebook("def tanh_vjp(g, out, x):\n    return g * (1 - out**2)"))
        )
    found = graded(folder)
    assert {name: one.passed for name, one in found.items()} == {"bea": 1, "cem": 1, **({"ada": 1} if beside else {})}


def test_files_are_found_as_students_hand_them_in(submitted):
    folder = submitted(
        ada__Sigmoid=RIGHT, ada__04_network="", bea__final_sigmoid=RIGHT, cem__nothing="", **{"dora__01_sigmoid (1)": RIGHT},
    )  # fmt: skip
    (folder / "eli" / "exercises").mkdir(parents=True)
    (folder / "eli" / "exercises" / "01_sigmoid.py").write_text(RIGHT)
    (folder / "dora" / "01_sigmoid.py").write_text(WRONG)
    found = graded(folder)
    assert {name: one.passed for name, one in found.items()} == {"ada": 1, "bea": 0, "cem": 0, "dora": 0, "eli": 1}
    assert found["bea"].notes == ["Of no exercise by their names: final_sigmoid.py. An answer is called 01_sigmoid.py"]
    assert found["ada"].notes == []  # of an exercise that was not set
    assert found["dora"].notes == ["Of sigmoid counts 01_sigmoid.py, and not 01_sigmoid (1).py"]


def test_grading_takes_what_a_folder_remembers(submitted, command):
    submitted(ada__01_sigmoid=RIGHT)
    command("start --folder me --only sigmoid,tanh")
    assert "graded ada: 1 of 2" in command("--folder me grade class")[1]
    assert "graded ada: 1 of 1" in command("--folder me --only sigmoid grade class")[1]


def test_a_notebook_that_is_too_large(tmp_path):
    with (tmp_path / "a.ipynb").open("wb") as file:
        file.truncate(2**27)
    with pytest.raises(ValueError, match="bytes"):
        read_notebook(tmp_path / "a.ipynb")


# -- reports ---------------------------------------------------------------------------------------------------------

BAD = Result(
    "failed", "", [Finding(True, "one"), Finding(False, "two", "Wrong <b>sign</b>.\n   numbers", ("sign",))], "hi"
)
CLASS = [
    Graded("=cmd()", {"sigmoid": Result("passed", "", [Finding(True, "x")])}, notes=["+1"]),
    Graded("emmy | <i>", {"sigmoid": BAD}),
    Graded("emil | <i>", {"sigmoid": BAD}),
]
ONE = Book([SIGMOID])


def test_the_table_holds_no_formula():
    sink = io.StringIO()
    write_csv(sink, ONE, CLASS)
    rows = list(csv.reader(io.StringIO(sink.getvalue())))
    assert rows[0] == ["student", "passed", "of", "sigmoid", "sigmoid_why", "sigmoid_attempts", "sigmoid_hints", "note"]
    assert rows[1] == ["'=cmd()", "1", "1", "1", "", "0", "0", "'+1"]
    assert rows[2][3:5] == ["0", "wrong: Wrong <b>sign</b>."]


def test_the_summary_counts_mistakes():
    text = summary(ONE, CLASS).markdown()
    assert "| 2 | sigmoid | wrong: Wrong \\<b\\>sign\\</b\\>. | emmy \\| \\<i\\>, emil \\| \\<i\\> |" in text
    assert "| sigmoid | 1 | 2 | 0 | 0 | 0 |" in text
    assert "None." in summary(ONE, CLASS[:1]).markdown()


class Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen = [], set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_nothing_in_a_report_is_markup():
    for document in (summary(ONE, CLASS), student_report(ONE, CLASS[1])):
        tags = Tags()
        tags.feed(document.page())
        assert tags.open == []
        assert not tags.seen & {"i", "b", "script"}
    page = student_report(ONE, CLASS[1]).page()
    assert "Wrong &lt;b&gt;sign" in page
    assert "Your code printed" in page
    assert SIGMOID.hints[0] in student_report(ONE, CLASS[1]).markdown().replace("\\", "")
    assert "Note: +1" in student_report(ONE, CLASS[0]).markdown()
    ticks = Document()
    ticks.code("a ``` b")
    assert ticks.markdown() == "````text\na ``` b\n````\n"


def test_an_answer_is_shown_with_the_numbers_of_its_lines():
    source = SIGMOID.file("def sigmoid_vjp(g, out, x):\n    return oops\n" + "    # more\n" * 300)
    result = check_source(SIGMOID, source, "a.py")
    number = int(re.search(r"line (\d+), in sigmoid_vjp", result.message)[1])
    text = student_report(ONE, Graded("a", {"sigmoid": result}, sources={"sigmoid": source})).markdown()
    assert f"\n{number:4}      return oops\n" in text
    assert f"\n{number - 1:4}  def sigmoid_vjp" in text
    assert "To derive" not in text
    assert "lines more\n```" in text


def test_no_two_reports_have_one_name(tmp_path):
    names = ["x", "x", "x_2", "X", "x.2"]
    write_reports(tmp_path, THREE, [Graded(name, dict.fromkeys(THREE.exercises, Result("passed"))) for name in names])
    assert len({path.stem.lower() for path in (tmp_path / "students").glob("*.html")}) == len(names)


def test_a_class_from_the_command_line(submitted, command, tmp_path):
    submitted(ada__01_sigmoid=RIGHT, **{"a.da__01_sigmoid": WRONG, "a_da__01_sigmoid": RIGHT})
    status, text = command("--only sigmoid grade class --out report --csv grades.csv --jobs 1")
    assert status == 0
    assert "graded ada: 1 of 1" in text
    assert "3 students, 1 exercises" in text
    written = sorted(str(p.relative_to(tmp_path / "report")) for p in (tmp_path / "report").rglob("*.*"))
    assert written == [
        "class.html", "class.md", "grades.csv", "students/a_da.html", "students/a_da.md", "students/a_da_2.html",
        "students/a_da_2.md", "students/ada.html", "students/ada.md",
    ]  # fmt: skip
    page = (tmp_path / "report" / "class.html").read_text()
    assert '<a href="students/a_da_2.html">a_da</a>' in page
    assert "<tr><td>sigmoid</td><td>✗</td><td>✓</td><td>✓</td></tr>" in page
    assert "[ada](students/ada.html)" in (tmp_path / "report" / "class.md").read_text()
    assert (tmp_path / "grades.csv").read_text() == (tmp_path / "report" / "grades.csv").read_text()
    own = (tmp_path / "report" / "students" / "a_da.md").read_text()
    assert "wrong sign" in own
    number = 1 + WRONG.splitlines().index("def sigmoid_vjp(g, out, x):")
    assert f"\n{number:4}  def sigmoid_vjp(g, out, x):\n" in own
    status, text = command("--only sigmoid grade class/ada")
    assert "ada,1,1,1,,0,0," in text


def test_unusual_solutions_pass_under_the_hook(submitted):
    """They trace memory, record operations of their own, keep classes and print."""
    chosen = book(only=["value", "layer", "hvp", "custom", "straight_through"])
    files = {f"ada__{e.name}": e.file(e.solution) + "\nprint(1)\n" for e in chosen}
    found = graded(submitted(**files), chosen)["ada"]
    assert found.passed == len(chosen), [name for name, result in found.results.items() if not result.passed]


@pytest.mark.parametrize("split", range(0, 9, 2))
def test_options_stand_before_the_command_or_after_it(split):
    words = ["--only", "sigmoid,root", "--seconds", "3", "--folder", "me", "--own", "a"]
    options = parser().parse_args([*words[:split], "start", *words[split:]])
    assert (options.only, options.seconds, str(options.folder)) == (["sigmoid", "root"], 3.0, "me")
    assert [str(path) for path in own_folders(options)] == ["a"]


def test_own_folders_may_stand_on_both_sides():
    options = parser().parse_args(["--own", "a", "check", "--own", "b", "--own", "c"])
    assert [str(path) for path in own_folders(options)] == ["a", "b", "c"]
    assert parser().parse_args(["list"]).own == []
