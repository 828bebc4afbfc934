"""The benchmark of what is said of wrong answers: every one of its answers can be asked, and is rejected."""

import re
import sys
from pathlib import Path

import pytest

from autograd.exercises.book import built_in
from autograd.exercises.form import defined
from autograd.exercises.sandbox import check_source

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
FILES = sorted((BENCHMARKS / "diagnosis_cases").glob("*.md"))


@pytest.fixture(scope="module")
def bench():
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import bench_diagnosis
    finally:
        sys.path.remove(str(BENCHMARKS))
    return bench_diagnosis


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_answer_is_a_whole_file(path, bench):
    found, book = bench.cases(path), built_in()
    assert len(found) == len(re.findall("^### ", path.read_text(encoding="utf-8"), re.MULTILINE)) >= 90
    assert {case.exercise for case in found} == set(book.exercises)
    for case in found:
        exercise = book[case.exercise]
        text = bench.whole(case, exercise.stub)
        assert {*exercise.asked} - {"DIAGNOSIS"} <= {*defined(exercise.file(text))}, case.mistake
    verdicts = bench.judged(path.with_suffix(".judged"))
    assert set(verdicts.values()) <= set(bench.VERDICTS)
    assert len(verdicts) in (0, len(found))


@pytest.mark.parametrize(
    "path", sorted((BENCHMARKS / "diagnosis_cases" / "right").glob("*.md")), ids=lambda path: path.stem
)
def test_right_answers_of_strangers_are_accepted(path, bench):
    """But for a diagnosis that the report of the broken derivative does not have: their author could not run the checker."""
    found, book = bench.cases(path), built_in()
    assert len(found) >= 90
    assert {case.exercise for case in found} == set(book.exercises)
    for case in found:
        exercise = book[case.exercise]
        result = check_source(exercise, exercise.file(bench.whole(case, exercise.stub)), "answer.py")
        assert result.passed or result.kinds == ["diagnosis"], case


def test_right_answers_are_counted(bench):
    path = BENCHMARKS / "diagnosis_cases" / "right" / "first.md"
    assert bench.accepted(path, list(bench.outcomes(bench.cases(path)[:2], 1))).endswith("2 accepted")


def test_answers_are_rejected_and_counted(bench):
    some = bench.cases(FILES[0])[:2]
    found = list(bench.outcomes(some, 1))
    assert [outcome.case for outcome in found] == some
    assert all(outcome.result.state == "failed" and outcome.words in bench.shown(1, outcome) for outcome in found)
    assert "2 wrong answers, 0 accepted" in bench.table(FILES[0], found)
