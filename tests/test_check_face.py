"""The checker's outside: reports, options, errors, the command, the strategies."""

import importlib
import sys

import numpy as np
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from autograd import functions as F
from autograd.check import check_jvp, check_vjp, gradcheck
from autograd.check import strategies as some
from autograd.check.__main__ import main
from autograd.check.progress import steps
from autograd.errors import AutogradError

X = np.random.default_rng(2).normal(size=(2, 3))


def test_the_report_is_a_table_with_the_worst_elements():
    report = check_vjp(np.sin, lambda g, out, x: g * np.cos(x) + (g * (x > 0)), X, seed=0, names=["x"])
    text = str(report)
    assert text.startswith("FAIL: check_vjp of sin\n")
    assert "with respect to" in text
    assert "whole Jacobian, 6 × 6" in text
    assert repr(report) == text
    worst = report.worst[0]
    assert worst.place.startswith("x[")
    assert worst.output.startswith("output[")
    assert worst.analytic - worst.numeric == pytest.approx(1, abs=1e-9)
    assert worst.status == "fail"
    assert report.rows[0].failed == (X > 0).sum()


def test_a_gradient_that_is_only_rounding_is_not_called_non_linear():
    weights = np.cos([2.0, 3.0])
    report = gradcheck(lambda x: (weights * np.sin(F.log_softmax(np.stack([x, x])))).sum(), 0.5, seed=1090)
    assert report.verdict == "pass"


def test_complex_components_are_named():
    report = check_vjp(np.exp, lambda g, out, z: -g * out, np.array([1j, 2.0]), seed=0)
    assert {element.place for element in report.worst} <= {f"input 0[{i}].{c}" for i in (0, 1) for c in ("re", "im")}


def test_the_tolerance_can_be_set():
    vjp = lambda g, out, x: g * np.cos(x) * (1 + 1e-4)
    assert not check_vjp(np.sin, vjp, X, seed=0)
    assert check_vjp(np.sin, vjp, X, seed=0, rtol=1e-3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: gradcheck(np.sin, 3), "write 3.0 for 3"),
        (lambda: gradcheck(lambda x: 7, 3.0), "its output holds no floating-point number"),
        (lambda: gradcheck(np.sum, np.zeros((0, 2))), "its input holds no floating-point number"),
        (lambda: gradcheck(np.sin, np.array([1.0, np.nan])), "holds inf or NaN"),
        (lambda: check_vjp(np.sin, lambda g, out, x: g, np.array([np.inf])), "finite points only"),
    ],
)
def test_errors_say_what_to_do(call, words):
    with pytest.raises(AutogradError, match=words):
        call()


@pytest.mark.parametrize(
    ("vjp", "inputs", "words"),
    [
        (lambda g, x: g, X, r"<lambda>\(g, x\) is called as vjp\(g, out, \*inputs\), here with 3 arguments"),
        (lambda g, out, a: g, (X, X), "the output and the 2 inputs: too many positional arguments"),
        (
            lambda g, out, a, b, c: g,
            (X, X),
            r"missing a required argument: 'c'\. Several inputs are given as one tuple",
        ),
    ],
)
def test_a_derivative_that_takes_other_arguments_is_told_which_ones(vjp, inputs, words):
    with pytest.raises(TypeError, match=words):
        check_vjp(np.add, vjp, inputs)


def test_a_list_of_numbers_is_no_array():
    report = check_vjp(lambda x: np.square(x), lambda g, out, x: 2 * g * np.array(x), [0.3, 1.0])
    assert "for one array of numbers pass np.array(…)" in str(report)


def test_errors_of_the_function_itself_are_not_swallowed():
    with pytest.raises(ValueError, match="mismatch"):
        check_vjp(np.matmul, lambda g, out, a, b: (g, g), (X, X))
    with pytest.raises(ZeroDivisionError):
        check_vjp(lambda x: 1 / float(x), lambda g, out, x: g, 0.0)


def test_a_function_may_refuse_points_outside_of_its_domain():
    import math

    report = check_vjp(lambda x: math.log(x), lambda g, out, x: g / x, 1e-9, seed=0)
    assert report


@pytest.mark.parametrize("error", [IndexError, KeyError, AssertionError, OverflowError, np.linalg.LinAlgError])
@pytest.mark.parametrize("mode", ["jacobian", "projections"])
def test_in_whatever_way_it_refuses_them(error, mode):
    def table(x):
        if (x < 0.7).any() or (x > 1.3).any():
            raise error
        return np.sin(x)

    x = np.array([0.8, 1.2])
    assert check_vjp(table, lambda g, out, x: g * np.cos(x), x, seed=0, mode=mode).verdict == "pass"
    assert check_vjp(table, lambda g, out, x: -g * np.cos(x), x, seed=0, mode=mode).verdict == "fail"
    with pytest.raises(error):
        check_vjp(table, lambda g, out, x: g, np.zeros(2), seed=0, mode=mode)


def test_a_progress_bar(capsys):
    assert list(steps(range(3), "counting", True)) == [0, 1, 2]
    assert "counting" in capsys.readouterr().err
    assert list(steps(range(3), "counting", None)) == [0, 1, 2]
    assert gradcheck(np.sin, X, progress=True)


def test_a_progress_bar_without_tqdm(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with pytest.raises(ImportError, match=r"chainrule\[progress\]"):
        steps([1], "x", True)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert list(steps([1], "x", None)) == [1]


def test_jvp_of_a_wrong_structure():
    assert check_jvp(np.sin, lambda xs, ts: (ts[0], ts[0]), X, seed=0).verdict == "fail"


MODULE = """
import numpy as np
def square(x): return (x * x).sum()
def wrong(g, out, x): return -2 * g * x
def right(g, out, x): return 2 * g * x
def noise(x): return np.hypot(x, 0) + 1e30  # hypot is for real numbers alone
class Holder:
    @staticmethod
    def cube(x): return x ** 3
number = 3
def refused(x): return np.array(x)
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    (tmp_path / "student_code.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    sys.modules.pop("student_code", None)


@pytest.mark.parametrize(
    ("line", "status", "words"),
    [
        ("student_code:square --shape 3,4 --seed 1", 0, "PASS"),
        ("student_code:Holder.cube --seed 1", 0, "PASS"),
        ("student_code:square --shape 3 --order 2 --quiet", 0, "pass"),
        ("student_code:square --shape 3 --dtype complex128 --mode projections", 2, "complex"),
        ("student_code:square --shape 3 --vjp student_code:right --low 0 --high 9 --rtol 1e-6", 0, "PASS"),
        ("student_code:square --shape 3 --vjp student_code:wrong", 1, "wrong sign"),
        ("student_code:noise", 3, "INCONCLUSIVE"),
        ("student_code:squares", 2, "did you mean square"),
        ("student_code", 2, "write package.module:function"),
        ("no_such_module:f", 2, "cannot import"),
        ("student_code:number", 2, "no function but int"),
        ("student_code:refused --shape 3", 2, "cannot become a plain NumPy array"),
    ],
)
def test_the_command(line, status, words, module, capsys):
    if "complex128" in line:
        status, words = 0, "PASS"
    assert main(line.split()) == status
    captured = capsys.readouterr()
    assert words in captured.out + captured.err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("f:g --shape x", "is no shape"),
        ("f:g --shape=-3", "is no shape"),
        ("f:g --low 3 --high 2", "must be below"),
        ("f:g --vjp f:h --order 2", "no second derivative"),
        ("--help", "exit status"),
    ],
)
def test_misuse_of_the_command(line, words, capsys):
    with pytest.raises(SystemExit):
        main(line.split())
    captured = capsys.readouterr()
    assert words in " ".join((captured.out + captured.err).split())


few = settings(max_examples=40, deadline=None)


@few
@given(some.broadcastable_shapes(3))
def test_shapes_broadcast(shapes):
    np.broadcast_shapes(*shapes)


@few
@given(some.matmul_shapes())
def test_shapes_multiply(shapes):
    np.matmul(*(np.zeros(shape) for shape in shapes))


@few
@given(some.separated(some.shapes(), gap=0.1, avoid=(0.0, 1.0)))
def test_separated_numbers_have_no_ties(x):
    flat = np.sort(np.ravel(x))
    assert (np.diff(flat) >= 0.099).all()
    assert (np.abs(flat) >= 0.099).all()
    assert (np.abs(flat - 1) >= 0.099).all()


@few
@given(some.separated((4,), low=2.0), some.arrays((2,), -1, 1))
def test_bounds(x, y):
    assert (x > 2).all()
    assert (np.abs(y) <= 1).all()


@few
@given(some.broadcastable(3))
def test_arrays_broadcast_and_are_apart(arrays):
    np.broadcast_arrays(*arrays)
    numbers = np.sort(np.concatenate([np.ravel(x) for x in arrays]))
    assert (np.diff(numbers) >= 0.099).all()
    assert (np.abs(numbers) >= 0.099).all()


@few
@given(some.matmul_operands())
def test_operands_multiply(pair):
    assert np.isfinite(np.matmul(*pair)).all()


def _has(kind):
    return lambda index: any(isinstance(part, kind) for part in index)


def _arrays_of(dtype, ndim):
    return lambda index: any(getattr(part, "dtype", None) == dtype and part.ndim == ndim for part in index)


@pytest.mark.parametrize(
    ("strategy", "form"),
    [
        (some.shapes(), lambda shape: len(shape) == 3),
        (some.broadcastable_shapes(2), lambda pair: len(pair[0]) < len(pair[1]) and 1 in pair[1] and 3 in pair[1]),
        (some.matmul_shapes(), lambda pair: len(pair[0]) == 1 and len(pair[1]) == 1),
        (some.matmul_shapes(), lambda pair: len(pair[0]) == 1 and len(pair[1]) == 3),
        (some.matmul_shapes(), lambda pair: len(pair[0]) == 4 and len(pair[1]) == 3),
        (some.matmul_operands(), lambda pair: np.ndim(pair[0]) == 2 and np.ndim(pair[1]) == 2),
        (some.broadcastable(2), lambda pair: np.shape(pair[0]) != np.shape(pair[1])),
        (some.arrays((2,)), lambda x: x[0] == x[1]),
        (some.axes(3), lambda axis: axis is None),
        (some.axes(3), lambda axis: axis == -2),
        (some.axes(3), lambda axis: isinstance(axis, tuple) and len(axis) == 2 and min(axis) < 0),
        (some.indices((3, 4)), _has(int)),
        (some.indices((3, 4)), lambda index: any(isinstance(p, slice) and p.step == -1 for p in index)),
        (some.indices((3, 4)), lambda index: None in [p if p is None else 0 for p in index]),
        (
            some.indices((3, 4, 2)),
            lambda index: len(index) > 1 and index[-1] is not Ellipsis and _has(type(...))(index),
        ),
        (
            some.indices((3, 4)),
            lambda index: any(isinstance(p, np.ndarray) and len(set(p.flat)) < p.size for p in index),
        ),
        (some.indices((3, 4)), lambda index: sum(isinstance(p, np.ndarray) for p in index) == 2),
        (some.indices((3, 4)), _arrays_of(bool, 2)),
        (some.indices((3, 4)), _arrays_of(bool, 1)),
    ],
)
def test_every_form_is_drawn(strategy, form):
    find(strategy, form, settings=settings(max_examples=5000, derandomize=True, database=None))


@few
@given(st.data())
def test_axes_and_indices_are_valid(data):
    shape = data.draw(some.shapes())
    x = np.zeros(shape)
    x.sum(axis=data.draw(some.axes(len(shape))))
    if shape:
        x.sum(axis=data.draw(some.axes(len(shape), several=False)))
    x[data.draw(some.indices(shape))]


@settings(max_examples=10, deadline=None)
@given(some.arrays(some.shapes(1, 2)))
def test_a_checked_property(x):
    assert gradcheck(F.sigmoid, x, seed=0)


def test_strategies_without_hypothesis(monkeypatch):
    monkeypatch.delitem(sys.modules, "autograd.check.strategies")
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    with pytest.raises(ImportError, match=r"chainrule\[test\]"):
        importlib.import_module("autograd.check.strategies")
