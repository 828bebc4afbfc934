"""Random programs, a seeded few, and what they have found; `python -m tests.tools.fuzz` goes on for ever."""

from __future__ import annotations

import numpy as np
import pytest

from autograd import stop_gradient
from autograd.rules import COMPOSED, OPS
from tests.campaigns import draws
from tests.tools.fuzz import __main__ as command
from tests.tools.fuzz import oracles
from tests.tools.fuzz.coverage import Coverage
from tests.tools.fuzz.grammar import KINDS
from tests.tools.fuzz.program import PLAIN, Program, draw, draw_one
from tests.tools.fuzz.shrink import shrunk

SEED, BLOCKS, EACH = 1000, 12, 25  # so many blocks of programs, which run side by side
OTHERS = oracles.installed()
pytestmark = pytest.mark.unmeasured
INNER = set(
    """
    whole_periods complement cofactors det_sign chain over spherical_bessel direction deviation standard shares
    slant over_slant_twice bin_of number_of_bins unique_places common_places magnitude lasting ties won memory
    at_largest moments
    """.split()
)  # rows that only other rows use, and those without a derivative, which record nothing
UNDRAWN = {"row_stack", "trapz"}  # gone from NumPy: no program may use them


def single(shape, *steps, dtype=float):
    """A program of one leaf."""
    size = int(np.prod(shape))
    return Program((np.linspace(-0.7, 0.9, size).reshape(shape).astype(dtype)[()],), steps)


# What random programs have found, cut down.
REGRESSIONS = [
    Program(
        (np.array([[0.2], [-1.2]]),),
        ("np.cumprod(np.tanh(v[0]))", "np.einsum('...i,...i->...', (v[0] / (1 + np.abs(v[0]))), v[1])"),
    ),
    Program((np.float32(-0.3), np.float64(0.5)), ("checkpoint(lambda x, y: np.sin(x))(v[0], v[1])",)),
    Program((np.float64(0.4), np.float32(-0.9)), ("v[0] * 1j", "checkpoint(lambda x, y: np.arctan(y))(v[2], v[1])")),
    Program((np.array([-1.2], dtype="float32"), np.float64(0.6)), ("at(v[0])[0].set(np.sum(np.tanh(v[1])))",)),
    Program((np.array([-1.2], dtype="float32"), np.float64(0.6)), ("at(v[0])[0].add(v[1])",)),
    Program((np.array([0.4]), np.float64(0.3)), ("np.geomspace((1.5 + np.sin(v[1])), (1.5 + np.sin(v[0])), 3)",)),
    Program((np.zeros(0), np.float64(0.5)), ("np.linalg.norm(matrix(v[0]), 1) / 3",)),
    Program((np.zeros(0), np.float64(0.5)), ("np.linalg.norm(symmetric(v[0]), 2) / 9",)),
    Program((np.zeros(0), np.float64(0.5)), ("np.linalg.norm(v[0], np.inf, axis=0)",)),
    Program((np.zeros(0), np.float64(0.5)), ("np.linalg.lstsq(matrix(v[0]), v[0])[0]",)),
    Program((np.zeros(0), np.float64(0.5)), ("np.linalg.tensorsolve(matrix(v[0]), v[0])",)),
    Program((np.zeros((0, 1)), np.float64(0.5)), ("np.linalg.qr(matrix(v[0])[..., :2])[0] ** 2",)),
    Program((np.zeros(0), np.float64(0.5)), ("np.cumulative_sum(v[0], axis=-1, include_initial=True)",)),
    Program((np.zeros(0), np.float64(0.5)), ("np.max(v[0], axis=-1, initial=0.3)",)),
    Program((np.zeros(0), np.float64(0.5)), ("np.resize(v[0], (2, 3))",)),
    Program((np.zeros(0), np.float64(0.5)), ("np.apply_along_axis(lambda x: np.sum(x * x), -1, v[0])",)),
    Program((np.zeros((1, 0, 2)), np.float64(0.5)), ("np.quantile(v[0], 0.3, axis=2)",)),
    single((2,), "np.not_equal(v[0], v[0]) * v[0]", "np.polymul(np.tanh(v[1]), np.tanh(v[1]))"),
    single((2,), "np.diagflat(v[0])", "np.insert(v[0], index([0, 1]), v[1][:1], axis=0)"),
    single((3,), "np.triu(v[0], 1)"),
    single((3,), "np.tril(v[0])"),
    single((), "np.convolve(np.tanh(v[0]), np.tanh(v[0]))"),
    single((1,), "np.vander(v[0], 3)", dtype="float32"),
    single((2,), "np.insert(v[0], 0, 0.5, axis=-1)", dtype="float32"),
    single((3,), "np.cov(v[0])", dtype="float32"),
    single((2, 3), "np.corrcoef(np.sin(3 * v[0]))", dtype="float32"),
    single((1,), "np.std(v[0], axis=0)"),
    single((3,), "np.quantile(v[0], np.array([0.15, 0.9]))", dtype="float32"),
    single((), "at(v[0])[...].set(foreign('masked', v[0]))"),
    single((3,), "np.histogram_bin_edges(v[0], 2, (-2.0, 3.0))", dtype="float32"),
    single((3,), "np.histogram2d(np.ravel(v[0]), np.arange(v[0].size), 2)[1]", dtype="float32"),
]


@pytest.mark.parametrize("program", REGRESSIONS, ids=lambda program: program.steps[-1])
def test_what_was_found_stays_repaired(program):
    assert not oracles.check(program, OTHERS).findings


@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_programs(block):
    undecided = 0
    for seed in range(SEED + block * EACH, SEED + (block + 1) * EACH, draws(6, 2)):
        program = draw(seed)
        outcome = oracles.check(program, OTHERS if seed % 50 == 0 else {})  # which compile each program anew
        assert not outcome.findings, (
            f"{outcome.findings[0].details}\n{program}\npython -m tests.tools.fuzz --seed {seed}"
        )
        undecided += outcome.undecided
    assert undecided <= draws(1, EACH // 10)  # a fuzzer that decides nothing finds nothing


def first_failing(row):
    """The first of the seeded programs with `row` in it that fails, and what was found."""
    for seed in range(SEED, SEED + BLOCKS * EACH):
        program = draw(seed)
        if any(f"{row}(" in step for step in program.steps):  # others cannot fail
            outcome = oracles.check(program)
            if outcome.findings:
                return program, outcome.findings[0]
    pytest.fail(f"the bug in {row} was not found")


@pytest.mark.parametrize(
    ("row", "oracle", "order", "rule"),
    [
        ("sigmoid", "finite differences", 1, lambda g, out, x: g * (out * (1 - np.tanh(out)))),
        ("square", "finite differences", 2, lambda g, out, x: g * 2 * stop_gradient(x)),
        ("hypot", "finite differences", 1, lambda g, out, x, y: g * x * x / out),
    ],
)
def test_a_planted_bug_is_found_and_cut_down(row, oracle, order, rule, monkeypatch):
    monkeypatch.setattr(OPS[row], "rules", (rule, *OPS[row].rules[1:]))
    program, found = first_failing(row)
    assert (found.oracle, found.order) == (oracle, order)
    small = shrunk(program, lambda candidate: oracles.same_finding(candidate, found, {}))
    assert len(small.steps) == 1
    assert f"{row}(" in small.steps[0]
    assert all(x.size == 1 for x in small.leaves)


def test_a_wrong_value_and_a_wrong_dtype_are_found(monkeypatch):
    monkeypatch.setattr(OPS["sinh"], "forward", lambda x: np.sinh(x) * (1 + 1e-9))
    assert "NumPy's is" in oracles.check(single((2,), "np.sinh(np.tanh(v[0]))")).findings[0].details
    monkeypatch.setattr(OPS["cosh"], "forward", lambda x: np.cosh(x).astype(np.float64))
    assert "dtype float64" in oracles.check(single((2,), "np.cosh(v[0])", dtype="float32")).findings[0].details


def test_a_gradient_too_coarse_for_its_dtype_is_found(monkeypatch):
    rough = lambda g, out, x: (
        (g * np.cosh(x).astype(np.float16)).astype(np.float32) if x.dtype == np.float32 else g * np.cosh(x)
    )
    monkeypatch.setattr(OPS["sinh"], "rules", (rough,))
    monkeypatch.setattr(oracles, "ROUNDING", 100)
    assert oracles.check(single((2,), "np.sinh(v[0])", dtype="float32")).findings[0].oracle == "float64"


SMOOTH = Program((np.array([0.5]),), ("np.sin(v[0])",))


def another(change):
    """A library whose answer is this package's, changed."""

    def answer(program):
        mine = oracles.ours(program)
        return oracles.Answer(*change(mine.value, mine.gradient, mine.product))

    return {"another": answer}


@pytest.mark.parametrize(
    ("change", "orders"),
    [
        (lambda y, g, h: (y, g, h), []),
        (lambda y, g, h: (y + 1e-8, g, h), [0]),
        (lambda y, g, h: (y, [g[0] + 1e-8], h), [1]),
        (lambda y, g, h: (y, g, [-h[0]]), [2]),
        (lambda y, g, h: (y, [g[0][None]], h), []),  # only the numbers are compared
    ],
)
def test_another_library_is_compared_in_value_gradient_and_product(change, orders):
    outcome = oracles.check(SMOOTH, another(change))
    assert [finding.order for finding in outcome.findings] == orders
    assert all(finding.oracle == "another" for finding in outcome.findings)


def test_what_a_library_cannot_do_is_counted():
    def unable(program):
        raise NotImplementedError("no such function")

    assert oracles.check(SMOOTH, {"another": unable}).unsupported == [
        "another: NotImplementedError: in the derivative: no such function"
    ]


def test_at_a_kink_and_where_another_has_nan_conventions_may_differ():
    other_side = another(lambda y, g, h: (y, [g[0] - 0.3], h))
    tie = Program((np.array([0.0]),), ("np.abs(v[0])", "v[1] - np.tanh(v[1])"))
    assert oracles.check(SMOOTH, other_side).findings
    assert not oracles.check(Program((np.array([0.0]),), ("np.abs(v[0])",)), other_side).findings
    assert oracles.check(tie, another(lambda y, g, h: (y, [g[0] * np.nan], h))).conventions == ["another"]


def test_known_differences_are_counted_with_their_reason(monkeypatch):
    monkeypatch.setitem(oracles.KNOWN, ("another", r"np\.sin"), "its sine is wrong")
    outcome = oracles.check(SMOOTH, another(lambda y, g, h: (y, [g[0] + 1], h)))
    assert (outcome.known, outcome.findings) == (["its sine is wrong"], [])


def test_programs_are_reproducible_and_print_as_python():
    for seed in range(40):
        program = draw(seed)
        again = eval(str(program), {"np": np, "Program": Program})
        assert again.steps == program.steps == draw(seed).steps
        assert all(
            x.dtype == y.dtype and np.array_equal(x, y) for x, y in zip(again.leaves, program.leaves, strict=True)
        )


def test_programs_have_every_form_that_is_wanted():
    """Fan-out, fan-in, broadcasting, mixed and low dtypes, 0-d and empty arrays, complex numbers, constants."""
    seen = set()
    for seed in range(600):
        program = draw(seed)
        v = program.values(program.leaves, PLAIN)
        uses = [step.count(f"v[{k}]") > 0 for k in range(len(v)) for step in program.steps]
        dtypes = {x.dtype.name for x in v}
        seen |= dtypes | ({"mixed"} if len(dtypes) > 1 else set())
        seen |= {"0-d" if x.ndim == 0 else "empty" if x.size == 0 else "array" for x in program.leaves}
        seen |= {"fan-in"} if len(program.ends) < len(v) - len(program.steps) else set()
        seen |= {"fan-out"} if sum(uses) > len(program.steps) else set()
        seen |= {"constant"} if program.frozen.fixed else set()
        seen |= {"broadcast"} if len({x.shape for x in program.leaves}) > 1 else set()
    wanted = "float16 float32 float64 complex128 mixed 0-d empty array fan-in fan-out constant broadcast"
    assert seen >= set(wanted.split())


def test_every_row_is_reached():
    """Each expression can be drawn, and together they use all of the table."""
    covered = Coverage()
    for kind in KINDS:
        for expression in kind.expressions:
            program = draw_one(kind, expression)
            assert program, expression
            covered.add(program)
    assert not OPS.keys() - INNER - covered.rows.keys()
    assert not COMPOSED.keys() - UNDRAWN - covered.compositions.keys()


def test_no_expression_stands_twice():
    for kind in KINDS:
        assert len(set(kind.expressions)) == len(kind.expressions)


def test_the_command(capsys, monkeypatch):
    without = ["--without", "jax", "--without", "torch"]
    assert command.main(["--seed", "1", "--count", "3", *without]) == 0
    assert "3 programs, first and second order: 0 findings" in capsys.readouterr().out
    assert command.main(["--seed", "1", "--minutes", "0.001", *without]) == 0
    assert command.main(["--seed", "1", "--coverage", "20"]) == 0
    assert "rows; not reached:" in capsys.readouterr().out
    monkeypatch.setattr(OPS["tanh"], "rules", (lambda g, out, x: g * out,))
    assert command.main(["--seed", "1", *without]) == 1
    printed = capsys.readouterr().out
    assert "finite differences and this package differ, order 1" in printed
    found = eval(
        printed.partition("REGRESSIONS in tests/test_fuzz.py:")[2].strip().rstrip(","), {"np": np, "Program": Program}
    )
    assert len(found.steps) == 1
