"""For those who write exercises: a skeleton, and whether an exercise holds what it promises."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from .book import LESSONS, built_in
from .bugs import ASSIGNMENT, CHOICES
from .form import FORM, Exercise, defined, load
from .mutants import mutants
from .runner import Runner
from .sandbox import Result
from .terminal import Screen, indented

WIDEST = 120  # columns of a student's file
_WORTH = 30  # changes for which another process is started
_SHARPER = (
    f"these changes are not: make the check sharper, or, where one is right as well, add it to `equivalent` in {FORM}"
)
_SKELETON = {
    FORM: '''\
title = "The slope of a square root"
statement = """
To derive:   d/dx √x      (short in `out`, which is √x)

sqrt_vjp returns g times it.
"""
function = "np.sqrt(x)"
inputs = { x = [0.3, 2.0, 9.0] }
hints = ["Write √x as x to the power of ½.", "½ · x to the power of −½.", "g / (2 · out)"]
''',
    "solution.py": """\
def sqrt_vjp(g, out, x):
    return g / (2 * out)
""",
}


def new(folder: Path) -> list[Path]:
    """Write the skeleton of an exercise, which is one already; the files.

    Raises:
        OSError: there is something of that name.
        ValueError: the name cannot be an exercise's.
    """
    folder.mkdir(parents=True)
    for name, text in _SKELETON.items():
        (folder / name).write_text(text, encoding="utf-8")
    try:
        load(folder)
    except ValueError:
        for name in _SKELETON:
            (folder / name).unlink()
        folder.rmdir()
        raise
    return [folder / name for name in _SKELETON]


def verify(screen: Screen, exercise: Exercise, seconds: float) -> int:
    """Say of an exercise what holds and what does not; 0 if everything does."""
    screen.line(f"{exercise.name}, {exercise.title}", "bold")
    faults = 0
    for good, words in _looked_at(exercise, seconds):
        faults += not good
        screen.line(indented(f"{'✓' if good else '✗'} {words}", "  "), "green" if good else "red")
    return int(faults > 0)


def _looked_at(exercise: Exercise, seconds: float) -> Iterator[tuple[bool, str]]:
    """Each thing, and whether it is as it should be."""
    if exercise.name in built_in().exercises and exercise.folder.parent != LESSONS:
        yield (
            False,
            f"a built-in exercise is called {exercise.name} too, so that --own refuses this one: rename the folder",
        )
    try:
        exercise.ready()
    except Exception as error:
        yield False, f"the check cannot be loaded: {error}"
        return
    text = exercise.file()
    long = [i for i, line in enumerate(text.splitlines(), 1) if len(line) > WIDEST]
    yield not long, f"the student's file has lines of {WIDEST} columns at most" + (f": line {long[0]}" if long else "")
    with Runner() as runner:
        solved = runner.check(exercise, exercise.file(exercise.solution), "solution.py", seconds)
        yield solved.passed, "the solution passes" + ("" if solved.passed else f": {said(solved)}")
        if not solved.passed:
            return
        stub = runner.check(exercise, text, "stub.py", seconds)
        yield not stub.passed, f"the stub does not pass ({stub.state})"
        if ASSIGNMENT in exercise.text:
            yield from _diagnosis(exercise, stub, runner, seconds)
        for mistake in exercise.declaration.get("mistakes", ()):
            wrong = runner.check(
                exercise, exercise.file(_answering(exercise, mistake["answer"])), "mistake.py", seconds
            )
            yield (
                mistake["say"].split() == said(wrong).split()[: len(mistake["say"].split())],
                (f"the mistake {mistake['answer']} is answered: {said(wrong).splitlines()[0]}"),
            )
        yield from _mutants(exercise, seconds)


def _diagnosis(exercise: Exercise, stub: Result, runner: Runner, seconds: float) -> Iterator[tuple[bool, str]]:
    """Whether the diagnosis in the solution is one, is what the checker says of the stub, and is asked for."""
    names: dict[str, str] = {}
    for node in ast.parse(exercise.solution).body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and "DIAGNOSIS" in defined(ast.unparse(node))
        ):
            names["DIAGNOSIS"] = str(node.value.value)
    kind = names.get("DIAGNOSIS", "")
    yield kind in CHOICES, f"the solution's DIAGNOSIS = {kind!r} is one of {', '.join(CHOICES)}"
    if stub.kinds:
        told = ", ".join(stub.kinds)
        yield kind in stub.kinds, f"the diagnosis {kind!r} is what the checker says of the stub ({told})"
    other = next(choice for choice in CHOICES if choice != kind)
    for wrong in ("", other):
        answer = exercise.file(f"{exercise.solution}\n\nDIAGNOSIS = {wrong!r}")
        passed = runner.check(exercise, answer, "diagnosis.py", seconds).passed
        yield not passed, f"the solution with DIAGNOSIS = {wrong!r} does not pass"


def _answering(exercise: Exercise, expression: str) -> str:
    """The stub, with an expression returned."""
    return exercise.stub.replace("raise NotImplementedError", f"return {expression}")


def _mutants(exercise: Exercise, seconds: float) -> Iterator[tuple[bool, str]]:
    """Whether every change of the solution is rejected, or listed as one that changes nothing."""
    every = list(mutants(exercise.solution))
    jobs = min(os.cpu_count() or 1, 1 + len(every) // _WORTH)
    with ExitStack() as stack:
        runners = [stack.enter_context(Runner(rehearsed=True, advised=False)) for _ in range(jobs)]

        def survivors(i: int) -> list[str]:
            mine = every[i::jobs]
            return [
                m.label
                for m in mine
                if runners[i].check(exercise, exercise.file(m.source), "mutant.py", seconds).passed
            ]

        with ThreadPoolExecutor(jobs) as threads:
            alive = {label for found in threads.map(survivors, range(jobs)) for label in found}
    unlisted = [m.label for m in every if m.label in alive and m.label not in exercise.equivalent]
    rejected = len(every) - len(alive)
    yield not unlisted, f"{rejected} of {len(every)} changes of the solution are rejected"
    if unlisted:
        yield False, "\n".join([_SHARPER, *(f"  {label}" for label in unlisted)])
    for label in set(exercise.equivalent) - alive:
        yield False, f"listed as equivalent, but no such change passes: {label}"


def said(result: Result) -> str:
    """What a student is told."""
    wrong = [finding.message for finding in result.findings if not finding.passed]
    return "\n".join([*wrong, result.message]).strip() or result.state
