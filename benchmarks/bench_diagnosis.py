"""What the exercises say of wrong answers that people wrote who had not seen how answers are checked.

    python benchmarks/bench_diagnosis.py           how many were rejected, how many named rightly, and in what time
    python benchmarks/bench_diagnosis.py --show    each answer, its author's word on the mistake, and what is said of it
    python benchmarks/bench_diagnosis.py --grade   how long it takes to grade a class of five, a third of whose answers are these
    python benchmarks/bench_diagnosis.py --right   how many right answers in unusual forms are accepted, and why not the others
    python benchmarks/bench_diagnosis.py FILE …    answers of your own

A file of answers has for each a heading, ``### EXERCISE | what is wrong in it``, and a block of Python. Whether a mistake is
named rightly is a judgement: FILE.judged holds that of a reader, a line ``KEY right|partly|wrong|nothing`` for each. The key is
that of the answer and of the very words that were said (`--show` has it). The first of diagnosis_cases/ was worked with; the
others were judged when nothing had been tuned on them; what was not named rightly was worked with afterwards.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from autograd.exercises.author import said
from autograd.exercises.book import built_in
from autograd.exercises.edited import vague
from autograd.exercises.form import defined
from autograd.exercises.grade import grade
from autograd.exercises.runner import Runner
from autograd.exercises.sandbox import Result

CASES = Path(__file__).with_name("diagnosis_cases")
RIGHT = CASES / "right"
VERDICTS = ("right", "partly", "wrong", "nothing")
_BLOCK = re.compile(r"^### (\w+) \| (.*?)\n+```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SECONDS = 60.0
_STUDENTS, _THIRD = 5, 3


class Case(NamedTuple):
    """A wrong answer, and what its author says is wrong in it."""

    exercise: str
    mistake: str
    code: str


def whole(case: Case, stub: str) -> str:
    """The answer, with what it leaves out of the stub, as a student's file has it who changed one function alone."""
    written = set(defined(case.code))
    left = [node for node in ast.parse(stub).body if not written & set(defined(ast.unparse(node)))]
    first = [each for each in left if isinstance(each, ast.FunctionDef)]
    last = [each for each in left if isinstance(each, ast.Assign)]
    return "\n\n\n".join([*map(ast.unparse, first), case.code.rstrip(), *map(ast.unparse, last)]) + "\n"


class Outcome(NamedTuple):
    """What came of an answer, what is said of it, and how long that took in seconds."""

    case: Case
    result: Result
    seconds: float

    @property
    def words(self) -> str:
        return said(self.result)

    @property
    def key(self) -> str:
        return hashlib.sha256("\n".join([*self.case, self.words]).encode()).hexdigest()[:10]


def cases(path: Path) -> list[Case]:
    """The answers in a file."""
    return [Case(*found) for found in _BLOCK.findall(path.read_text(encoding="utf-8"))]


def judged(path: Path) -> dict[str, str]:
    """The verdicts in a file, by key."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {key: verdict for key, verdict, *_ in (line.split() for line in lines if line.strip())}


def outcomes(some: Sequence[Case], jobs: int) -> Iterator[Outcome]:
    """Each answer as a student has it checked, several at a time, in their order."""
    book = built_in()

    def run(case: Case) -> Outcome:
        exercise = book[case.exercise]
        with Runner() as runner:
            begun = time.perf_counter()
            result = runner.check(exercise, exercise.file(whole(case, exercise.stub)), "answer.py", _SECONDS)
            return Outcome(case, result, time.perf_counter() - begun)

    with ThreadPoolExecutor(jobs) as threads:
        yield from threads.map(run, some)


def shown(number: int, outcome: Outcome) -> str:
    """An answer to be judged."""
    case = outcome.case
    state = "ACCEPTED" if outcome.result.passed else f"{outcome.seconds:.1f} s"
    return "\n".join(
        [f"## {number}. {case.exercise}, key {outcome.key} ({state})", "", f"The author: {case.mistake}", "",
         "```python", case.code.rstrip(), "```", "", "What is said:", "", "```text", outcome.words, "```", ""]
    )  # fmt: skip


def table(path: Path, found: Sequence[Outcome]) -> str:
    """A file in one line."""
    verdicts = judged(path.with_suffix(".judged"))
    same = sum(each.key in verdicts for each in found)
    counts = Counter(verdicts.values())
    then = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS) if counts else "by nobody"
    named = sum(not each.result.passed and not vague(each.result) for each in found)
    times = sorted(each.seconds for each in found)
    words = [
        f"{path.stem}: {len(found)} wrong answers, {sum(each.result.passed for each in found)} accepted, {named} named at all;",
        f"judged when they were new: {then}; of {same} the same is said now;",
        f"{statistics.median(times):.1f} s at the median, {times[int(0.9 * len(times))]:.1f} s for nine of ten,",
        f"{times[-1]:.1f} s at most",
    ]
    return "\n  ".join(words)


def accepted(path: Path, found: Sequence[Outcome]) -> str:
    """A file of right answers: how many were accepted, and what is said of the others."""
    others = [each for each in found if not each.result.passed]
    lines = [f"{path.stem}: {len(found)} right answers in unusual forms, {len(found) - len(others)} accepted"]
    return "\n".join([*lines, *(f"  {each.case.exercise} ({each.case.mistake}): {each.words}" for each in others)])


def graded(some: Sequence[Case], students: int, jobs: int) -> str:
    """How long a class takes, in which of each student every third answer is one of `some`, and the others the solution."""
    book, left = built_in(), {name: [case for case in some if case.exercise == name] for name in built_in().exercises}
    with tempfile.TemporaryDirectory() as folder:
        for student in range(students):
            own = Path(folder) / f"student{student}"
            own.mkdir()
            for number, exercise in enumerate(book):
                wrong = (number + student) % _THIRD == 0 and left[exercise.name]
                text = whole(left[exercise.name].pop(), exercise.stub) if wrong else exercise.solution
                (own / book.filename(exercise.name)).write_text(exercise.file(text), encoding="utf-8")
        begun = time.perf_counter(), sum(os.times()[:4])
        found = list(grade(Path(folder), book, jobs=jobs))
        wall, spent = time.perf_counter() - begun[0], sum(os.times()[:4]) - begun[1]
    passed = sum(one.passed for one in found)
    answers = students * len(book)
    return f"{answers} answers, {answers - passed} of them wrong: {wall:.1f} s by the clock, {spent:.1f} s of computing"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="answers (default: those in diagnosis_cases/)")
    parser.add_argument("--show", action="store_true", help="each answer and what is said of it")
    parser.add_argument("--right", action="store_true", help="the right answers in diagnosis_cases/right/")
    parser.add_argument("--only", help="of these exercises alone, by names with commas between")
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="every N-th answer alone")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="answers at a time (default %(default)s)")
    parser.add_argument("--grade", action="store_true", help="the time that a class of five takes")
    options = parser.parse_args()
    if options.grade:
        chosen = [case for path in options.files or sorted(CASES.glob("*.md")) for case in cases(path)]
        print(graded(chosen, _STUDENTS, options.jobs))
        return
    if options.right:
        for path in options.files or sorted(RIGHT.glob("*.md")):
            print(accepted(path, list(outcomes(cases(path)[:: options.sample], options.jobs))))
        return
    for path in options.files or sorted(CASES.glob("*.md")):
        chosen = [c for c in cases(path) if not options.only or c.exercise in options.only.split(",")][
            :: options.sample
        ]
        found = []
        for number, outcome in enumerate(outcomes(chosen, options.jobs), 1):
            found.append(outcome)
            if options.show:
                print(shown(number, outcome), flush=True)
        print(table(path, found) if found else f"{path.stem}: no answers")


if __name__ == "__main__":
    main()
