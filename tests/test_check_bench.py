"""The benchmark of the gradient checkers: its cases are right, its bugs are bugs, its rules and its table work."""

from __future__ import annotations

import argparse
import ast
import sys
from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest

from autograd.check import check_vjp

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(BENCHMARKS)
    import bench_check
    from check_rules import OURS, RULES

CASES = [(column, case) for column in bench_check.COLUMNS.values() for case in column.cases]
SMALL = [case for column, case in CASES if column.inputs == 10]
QUICK = [case for column, case in CASES if column.inputs == 10 and column.one_in == 1]
pytestmark = [
    pytest.mark.unmeasured,
    pytest.mark.filterwarnings("ignore:.*:RuntimeWarning"),  # poles and overflows are what the cases are about
]


def options(**given):
    chosen = {"points": 1, "salt": "tests", "only": ["smooth"], "hips_python": sys.executable}
    return argparse.Namespace(**chosen | given)


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
def test_right_derivatives_do_not_fail(case):
    inputs = case.draw(np.random.default_rng(7))
    for vjp in case.vjps:
        assert check_vjp(case.f, vjp, inputs, seed=7).verdict != "fail"


@pytest.mark.parametrize("case", QUICK, ids=lambda case: case.name)
def test_wrong_derivatives_do_not_pass(case):
    inputs = case.draw(np.random.default_rng(7))
    wrong = lambda *a: tuple(-2 * v for v in case.vjps[0](*a))
    assert check_vjp(case.f, wrong, inputs, seed=7).verdict != "pass"


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=lambda case: case.name)
def test_right_derivatives_are_valid_and_bugs_are_not(case):
    inputs = case.draw(np.random.default_rng(8))
    out = case.f(*inputs)
    g = np.random.default_rng(9).normal(size=np.shape(out))[()]
    for vjp in case.vjps:
        assert case.valid(g, out, inputs, vjp(g, out, *inputs))
    assert not case.valid(g, out, inputs, tuple(-v - 1 for v in case.vjps[0](g, out, *inputs)))


def test_every_bug_is_one_somewhere():
    found = {
        name
        for column, case in CASES
        if column.inputs == 10
        for name, _ in bench_check.planted(case, column.bugs, 0, case.draw(np.random.default_rng(1)))
    }
    assert found == set(bench_check.MORE_BUGS)


def test_each_bug_has_its_turn():
    column = bench_check.COLUMNS["ordinary"]
    turns = [column.planted_in(column.cases[0], point) for point in range(column.one_in)]
    assert sorted(name for turn in turns for name in turn) == sorted(column.bugs)
    assert all(len(turn) < len(column.bugs) for turn in turns)


def test_a_checker_that_crashes_has_a_verdict_too():
    def crash(*arguments):
        raise IndexError

    assert bench_check.asked(replace(bench_check.ROWS[OURS], verdict=crash), None, None, (), 0) == "crash"


def test_the_names_of_the_cases_differ():
    assert len({case.name for _, case in CASES}) == len(CASES) > 30


def test_the_cases_know_numpy_and_scipy_alone():
    for path in (BENCHMARKS / "check_cases").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                assert {alias.name for alias in node.names} <= {"math", "numpy", "zlib"}
            if isinstance(node, ast.ImportFrom):
                assert node.level in (1, 2) or node.module in (
                    "__future__",
                    "collections.abc",
                    "dataclasses",
                    "scipy",
                    "scipy.interpolate",
                    "typing",
                )


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.needs in ("", "scipy")], ids=lambda rule: rule.name)
def test_each_rule_tells_right_from_wrong(rule):
    x, y = np.random.default_rng(0).normal(size=(2, 2, 3))
    product = lambda x, y: (x * y).sum(axis=1)
    assert rule.verdict(product, lambda g, out, x, y: (g[:, None] * y, g[:, None] * x), (x, y), 1) == "pass"
    assert rule.verdict(product, lambda g, out, x, y: (g[:, None] * y, g[:, None] * y), (x, y), 1) == "fail"


def test_another_interpreter_says_the_same():
    rule = next(rule for rule in RULES if rule.name.startswith("JAX"))
    assert bench_check.elsewhere(rule, options())[0] == bench_check.here(rule, options())[0]


def test_a_cell_counts_false_alarms_misses_and_doubts():
    key = bench_check.Key
    found = {key("c", "f", "right, 1", k): verdict for k, verdict in enumerate(["pass", "pass", "fail", "pass"])}
    wrong = {key("c", "f", "sign", k): verdict for k, verdict in enumerate(["pass", "fail", "fail", "inconclusive"])}
    assert bench_check.cell(found | wrong) == "25.0 / 25.00 (0.0 / 25.00)"
    assert bench_check.cell({}) == "–"


def test_the_table_is_printed(monkeypatch, capsys):
    monkeypatch.setattr(
        sys, "argv", ["bench_check.py", "--quick", "--only", "smooth", "--rows", OURS, "numdiff", "--list"]
    )

    def version(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(bench_check, "version", version)
    monkeypatch.setitem(bench_check.COLUMNS, "smooth", bench_check.Column(bench_check.COLUMNS["smooth"].cases[:3]))
    assert bench_check.main() == 0
    printed = capsys.readouterr().out
    assert f"| {OURS} | 0.0 / 0.00 |" in printed
    assert "| numdifftools, its error bars | not installed |" in printed
