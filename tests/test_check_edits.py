"""One edit of a wrong derivative's source that makes it right: found for every kind of slip, and never said untried."""

import ast
import functools
import itertools
import linecache
import pickle
import re
import warnings

import numpy as np
import pytest

from autograd.check import check_vjp, written
from autograd.check.cleared import cleared
from autograd.check.edits import edits
from autograd.check.plausible import plausible
from autograd.check.repair import repairs
from autograd.check.running import EndlessError, Held, bounded, held, helpers, off
from autograd.check.source import Edit, applied, composed, idle, written_at
from tests.campaigns import draws

RNG = np.random.default_rng(0)
X, Y, B = RNG.uniform(0.5, 1.5, (2, 3)), RNG.uniform(0.5, 1.5, (2, 3)), RNG.uniform(0.5, 1.5, 3)
S = RNG.normal(size=(3, 3))


def softmax(x):
    e = np.exp(x)
    return e / e.sum(axis=1, keepdims=True)


# f, its inputs, a wrong derivative, and what is changed in it.
SLIPS = {
    "a power": (np.tanh, [X], "g * (1 - out)", ("out", "out**2")),
    "a factor squared": (np.sin, [X], "g * np.cos(x)**2", ("np.cos(x)**2", "np.cos(x)")),
    "a factor too few": (lambda x: x**2, [X], "g * x", ("g * x", "(g * x) * 2")),
    "g is lacking in a term": (lambda x: x**2 + np.sin(x), [X], "2 * x * g + np.cos(x)", ("np.cos(x)", "np.cos(x) * g")),
    "a term that is not differentiated": (lambda x: x**3 + 5 * x, [X], "g * (3 * x**2 + 5 * x)", ("5 * x", "5")),
    "a sign": (lambda x: 1 / x, [X], "g / x**2", ("g / x**2", "-(g / x**2)")),
    "a name": (np.multiply, [X, Y], "(g * x, g * x)", ("x", "y")),
    "a mask the wrong way round": (lambda x: np.where(x > 1, x, 0), [X], "g * (x < 1)", ("x < 1", "x > 1")),
    "an axis": (np.add, [X, B], "(g, g.sum(axis=1))", ("1", "0")),
    "an axis that is lacking": (np.add, [X, B], "(g, g.sum())", ("", "axis=0")),
    "ddof": (lambda x: x.std(axis=0), [X], "g * (x - x.mean(axis=0)) / out / (len(x) - 1)", ("len(x) - 1", "len(x)")),
    "a length": (lambda x: x.mean(axis=1), [X], "0 * x + g[:, None] / x.shape[0]", ("0", "1")),
    "the brackets": (softmax, [X], "out * (g - g * out.sum(axis=1, keepdims=True))",
                     ("g * out.sum(axis=1, keepdims=True)", "(g * out).sum(axis=1, keepdims=True)")),
    "softmax over everything": (softmax, [X], "out * (g - (g * out).sum())", ("", "axis=1, keepdims=True")),
    "a transpose too many": (lambda x: x @ S, [X], "g @ S.T.T", ("S.T.T", "S.T")),
    "the order of factors": (lambda x: x @ S, [S], "S.T @ g", ("S.T @ g", "g @ S.T")),
    "rounding": (lambda x: x**3, [X], "g * np.round(3 * x**2)", ("np.round(3 * x**2)", "(3 * x**2)")),
    "a quotient": (lambda x: np.log(x) ** 2 / 2, [np.abs(X) + 0.5], "g * np.log(x)", ("g * np.log(x)", "(g * np.log(x)) / x")),
    "a floor": (lambda x: x / 3, [X], "g // 3", ("g // 3", "g / 3")),
    "a function": (np.sin, [X], "g * np.sin(x)", ("sin", "cos")),
    "an operator": (np.multiply, [X, Y], "(g + y, g * x)", ("g + y", "g * y")),
    "letters of einsum": (lambda x: x @ S, [X], 'np.einsum("ij,jk->ik", g, S)', ('"ij,jk->ik"', '"ij,kj->ik"')),
    "one letter of einsum": (lambda x: x @ S, [X], 'np.einsum("ij,kk->ik", g, S)', ('"ij,kk->ik"', '"ij,kj->ik"')),
    "the last axis for the first": (np.add, [X, B], "(g, g.sum(axis=-1))", ("-1", "0")),
    "an axis that is lost": (softmax, [X], "out * (g - (g * out).sum(axis=0))", ("0", "1, keepdims=True")),
    "an exponent without brackets": (lambda x: x**3, [X], "g * 3 * x ** 3 - 1", ("g * 3 * x ** 3 - 1", "g * 3 * x ** (3 - 1)")),
    "one element for all": (lambda x, b: x * b, [X, B], "(g * b[0], (g * x).sum(axis=0))", ("b[0]", "b")),
}  # fmt: skip


def defined(source):
    """The function `vjp` of a source that can be found."""
    name, names = f"<{hash(source)}>", {"np": np, "S": S}
    linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
    exec(compile(source, name, "exec"), names)
    return names["vjp"]


def report(f, vjp, inputs):
    return check_vjp(f, vjp, tuple(inputs), seed=0, progress=False)


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_named_with_its_place(slip):
    f, inputs, wrong, (old, new) = SLIPS[slip]
    parameters = ", ".join(f.__code__.co_varnames[: len(inputs)] if hasattr(f, "__code__") else "xy"[: len(inputs)])
    if isinstance(f, np.ufunc) and inputs[-1] is B:
        parameters = "x, b"
    found = report(f, defined(f"def vjp(g, out, {parameters}):\n    return {wrong}\n"), inputs)
    assert found.verdict == "fail"
    sentences = [edit.sentence for edit in found.edits]
    expected = f"`{old}` should be `{new}`" if old else f"{new}` is missing"
    assert any(expected in sentence for sentence in sentences), sentences
    line = sentences[0].splitlines()[1].partition(": ")[2]
    assert line == f"return {wrong}"


# What several lines do together: f, its inputs, the body of a wrong derivative, and what is said of it.
TOGETHER = {
    "a second name": (np.square, [X], "h = x\n    h *= 2\n    return g * h", "`x` should be `x.copy()`"),
    "a name used again": (np.multiply, [X, Y], "x = g * y\n    return x, g * x", "`x = g * y` makes something else of `x`"),
    "changed in place": (np.multiply, [X, Y], "a = g.copy()\n    a *= y\n    return a, a * x", "something else of `a`"),
    "whole columns": (lambda x: x[[0, 1], [2, 0]], [X],
                      "r = np.zeros_like(x)\n    k = np.array([2, 0])\n    r[:, k] += g\n    return r",
                      "`:` should be `np.arange(len(r))`"),
    "a factor in each of two lines": (np.multiply, [X, Y], "n = len(x)\n    a = g * y / n\n    b = g * x / n\n    return a, b",
                                      "`g * x / n` should be `g * x`"),
}  # fmt: skip


@pytest.mark.parametrize("what", TOGETHER)
def test_what_several_lines_do_together_is_said(what):
    f, inputs, body, words = TOGETHER[what]
    found = report(f, defined(f"def vjp(g, out, {', '.join('xy'[: len(inputs)])}):\n    {body}\n"), inputs)
    assert found.verdict == "fail"
    assert words in "\n".join(edit.sentence for edit in found.edits)


TWO = """
def f(x, y):
    a = 2.0 * x
    b = 3.0 * y
    c = a + 1.0
    return c, a * b
"""


def test_where_the_fault_is_not():
    def judge(text):
        names = {"_off_": off}
        exec(text, names)
        c, d = names["f"](2.0, 5.0)
        return [c == 5.0, d == 61.0]

    found = cleared(TWO, judge(TWO), judge)
    assert [TWO[slice(*place)] for place in found.places] == ["a = 2.0 * x", "c = a + 1.0", "c"]
    assert cleared(TWO, [False, False], judge) == cleared(TWO, [True, True], judge) == ((), 0.0)


def test_only_numbers_are_put_off():
    assert [off(x) for x in (3, None, "s", [1.0])] == [3, None, "s", [1.0]]
    assert off(2.0) == off(np.array([2.0]))[0] == pytest.approx(2.002)
    assert off(np.float32(2.0)).dtype == off(np.ones(2, np.float32)).dtype == np.float32
    assert (off(np.arange(3)) == np.arange(3)).all()


def test_an_edit_that_leaves_nothing_to_compute_is_none():
    assert [idle(text) for text in ("x / x", "a - (a)", "x / y - x", "x * x", "f(x) - f(x) / f(x)")] == [1, 1, 0, 0, 1]
    undone = ("x + (1 - x)", "(1 - x) + x", "(g / x) * x", "x * (g / x)", "(x - 1) + x", "(x / g) * x", "g / x + x")
    assert [idle(text) for text in undone] == [1, 1, 1, 1, 0, 0, 0]
    found = report(lambda x: 2 * x, defined("def vjp(g, out, x):\n    return g * 2 * x / out.sum()\n"), [X])
    assert all("`out` should be `x`" not in edit.sentence for edit in found.edits)


def mended(line, sentence):
    """The line with what a sentence says of it, place by place, from the right."""
    said = sentence.splitlines()
    for claim, below in sorted(zip(said[::3], said[2::3], strict=True), key=lambda pair: -pair[1].index("^")):
        old, new = re.search("`(.*)` should be `(.*)`", claim).groups()
        start = below.index("^") - len("   line 2: ")
        assert line[start:].startswith(old)
        line = f"{line[:start]}({new}){line[start + len(old) :]}"
    return line


@pytest.mark.parametrize("point", [np.linspace(-2, 2, 5), np.ones(3), np.full(3, 2.0), np.array([1.0, -1.0])], ids=str)
def test_what_a_point_excuses_is_not_said(point):
    """Where numbers add up to 0, or are equal to their squares or to one another, sums and powers too many are right."""
    failed = 0
    for f, wrong in [
        (lambda x: np.log(1 + np.exp(x)), "g * np.exp(-x) / (1 + np.exp(-x))"),
        (lambda x: x**3, "g * 3 * x"),
        (lambda x: x * np.exp(x), "g * (1 - x) * np.exp(x)"),
    ]:
        found = report(f, defined(f"def vjp(g, out, x):\n    return {wrong}\n"), [point])
        if found.verdict == "fail":
            failed += 1
            assert found.edits
            for edit in found.edits:
                right = defined(f"def vjp(g, out, x):\n    {mended(f'return {wrong}', edit.sentence)}\n")
                assert report(f, right, [np.linspace(0.3, 1.7, 7)]), edit.sentence
    assert failed > 1


def test_several_edits_are_made_one_after_the_other_and_two_that_fit_are_both_said():
    two = report(np.multiply, defined("def vjp(g, out, x, y):\n    return g / y, g * x * 2\n"), [X, Y])
    assert [edit.sentence.count("line 2") for edit in two.edits] == [2]
    wrong = defined("def vjp(g, out, x, y):\n    return g @ y, x @ g\n")
    assert [edit.sentence.count("A transpose is wrong") for edit in report(np.matmul, wrong, [S, S**2]).edits] == [2]
    either = report(np.square, defined("def vjp(g, out, x):\n    a = g + g\n    b = x + x\n    return a * b\n"), [X])
    assert ["line 2" in either.edits[0].sentence, "line 3" in either.edits[1].sentence] == [True, True]
    for once in (
        "s = np.cos(x)\n    return s",
        "s = np.cos(x)\n    t = 1 * s\n    return t",
    ):  # `* g` may stand in several places
        assert len(report(np.sin, defined(f"def vjp(g, out, x):\n    {once}\n"), [X]).edits) == 1


def test_the_same_edit_is_made_wherever_it_is_needed():
    wrong = "def vjp(g, out, x):\n    return g * (3 * out**2 + 4 * out)\n"
    found = report(lambda x: x**3 + 2 * x**2, defined(wrong), [X])
    assert [edit.sentence.count("`out` should be `x`") for edit in found.edits] == [2]


def test_what_is_said_was_tried():
    """Random slips of a right derivative: each way that is named makes it right again."""
    right = (
        "def vjp(g, out, x, y):\n"
        "    s = (g * x).sum(axis=1, keepdims=True)\n"
        "    return g * y - s * y**2, g * x - 2 * s * x * y\n"
    )

    def judged(text):
        """The parts of an answer that are right, at one point."""
        try:
            given = made(text)(cotangent, None, X.copy(), Y.copy())
            return [np.shape(a) == b.shape and np.allclose(a, b, rtol=1e-6) for a, b in zip(given, wanted, strict=True)]
        except Exception:
            return None

    def made(text):
        names = {"np": np, **helpers()}
        exec(compile(bounded(text), "<edited>", "exec"), names)
        return names["vjp"]

    cotangent = RNG.normal(size=X.shape)
    wanted = made(right)(cotangent, None, X, Y)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        slips = [edit.apply(right) for edit in itertools.chain(*edits(right))]
        wrong = [slip for slip in slips if (flags := judged(slip)) and not all(flags)]
        chosen = [wrong[i] for i in np.random.default_rng(1).permutation(len(wrong))[:5]]
        ways = [repairs(slip, judged, lambda text: all(judged(text)), seconds=20) for slip in chosen]
    assert len(wrong) > 100
    assert sum(map(bool, ways)) >= 4
    for slip, found in zip(chosen, ways, strict=True):
        for way in found:
            assert slip.splitlines()[way[0].number - 1].strip() == way[0].line
            assert way[0].line[way[0].column :].startswith(way[0].old)


RICH = """
def f(self, g, out, *xs, axis=None):
    "Résumé: x · y."
    total, n = 0.0, len(xs)
    for i, x in enumerate(xs[1:]):
        if not x.any() and i > 0:
            continue
        total += np.where(x > 0, x, -x)[::-1][:, None][0, i].sum() @ (1 - out ** 2) / n // 2 % 3
    while n < 3 <= 5:
        n -= 1
    self.grad, y = lambda a: (a, np.mean(g, axis=axis, keepdims=True)), total.T.max(axis=0, keepdims=False)
    return [y, *xs], {"a": (g - x).std(ddof=1)}
"""


def test_every_edit_of_a_source_is_python_and_another():
    every = list(itertools.chain(*edits(RICH)))
    texts = [edit.apply(RICH) for edit in every]
    assert len(texts) > 500
    assert RICH not in texts
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for text in texts:
            ast.parse(text)
    kinds = {edit.kind for edit in every}
    assert kinds >= {
        "factor",
        "term",
        "sign",
        "power",
        "operator",
        "order",
        "brackets",
        "comparison",
        "function",
        "axis",
        "ddof",
    }
    assert kinds >= {"keepdims", "index", "number", "name", "transpose", "sum", "assignment", "statement"}


@pytest.mark.unmeasured
def test_an_edit_that_never_ends_is_stopped():
    wrong = "def vjp(g, out, x):\n    n = 3\n    while n > 0:\n        n -= 1\n    return g * np.sin(x)\n"
    assert report(np.sin, defined(wrong), [X]).edits
    endless = [
        "while True:\n    pass",
        "def f(n):\n    try:\n        f(n)\n    except RecursionError:\n        f(n)\nf(1)",
        "n = 3\nfor _ in range(99):\n    n = n * n",
        "class A:\n    def f(self, n):\n        return self.f(n ** 3)\nA().f(3)",
    ]
    for source in endless:
        with pytest.raises(EndlessError):
            exec(compile(bounded(source), "", "exec"), helpers())


STOPS = """
def f(a, b):
    first = a @ b
    second = [x for x in a][0] + 1
    c = (d := a[0]) * 2

    def inner():
        return b[9], len(b)

    class Base:
        three = 3
        six = three * 2

        def f(self):
            return 1

    class Own(Base):
        def f(self):
            one = super().f()
            return one, self.six + 0

    return first, second, a @ a, c + d, *inner(), *Own().f()
"""


def test_what_does_not_depend_on_what_stops_is_computed():
    hold = Held()
    names = {**helpers(), "_held_": hold}
    exec(compile(held(bounded(STOPS)), "", "exec"), names)
    a, b = np.array([1.0, 2.0]), np.array([3.0, 4.0, 5.0])
    assert np.array_equal(names["f"](a, b), [np.nan, 2.0, 5.0, 3.0, np.nan, 3, 1, 6], equal_nan=True)
    assert hold.stopped
    names["_held_"] = nothing = Held()
    names["f"](np.ones(10), np.ones(10))
    assert not nothing.stopped


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    try:\n        x = [][0]\n    except IndexError:\n        x = 1\n    return x, x\n",  # sees to it itself
        "def f():\n    x = f()\n    return x, f()\n",  # without end
        "def f():\n    for _ in range(10**9):\n        x = 1, 2\n    return x, x\n",
    ],
)
def test_an_error_that_is_seen_to_and_what_never_ends_are_left_alone(source):
    hold = Held()
    names = {**helpers(), "_held_": hold}
    exec(compile(held(bounded(source)), "", "exec"), names)
    if "try" in source:
        assert names["f"]() == (1, 1)
    else:
        with pytest.raises((EndlessError, RecursionError)):
            names["f"]()
    assert not hold.stopped


def test_what_a_change_leaves_as_it_was_may_be_changed_again():
    source = "return a / n[1], b"
    change = (Edit("factor", 7, 15, "(g * (a / n[1]))"), Edit("name", 17, 18, "c"))
    places = [*written_at(source, change, [(0, 6), (16, 17)])]
    text = applied(source, change)
    assert [text[a:b] for a, b in places] == ["(g * (", "))", "c", "return", " "]


def plain(g, out, x):
    return g * np.sinh(x)


@pytest.mark.parametrize(
    "vjp",
    [
        functools.partial(lambda k, g, out, x: g * x, 1),
        eval("lambda g, out, x: g * x"),
        defined("def vjp(g, out, x):\n    assert open\n    return g * x\n"),
        (lambda g, out, x: g * x, lambda g, out, x: g + x)[0],
        lambda g, out, x: -0.31 * g * x + g / (out + 7),
    ],
    ids=["partial", "no source", "opens files", "one of two", "nothing fits"],
)
def test_where_nothing_is_certain_nothing_is_said(vjp):
    assert report(np.sin, vjp, [X]).edits == []


def test_a_right_derivative_and_a_large_one_have_no_edits(monkeypatch):
    assert report(np.sin, defined("def vjp(g, out, x):\n    return g * np.cos(x)\n"), [X]).edits == []
    assert report(np.sinh, plain, [X]).edits
    monkeypatch.setattr(written, "_LARGEST", X.size - 1)
    assert report(np.sinh, plain, [X]).edits == []


def test_a_report_can_be_sent_to_another_process():
    found = report(np.sinh, plain, [X])
    assert pickle.loads(pickle.dumps(found)).edits == []
    assert found.edits
    assert pickle.loads(pickle.dumps(found)).edits == found.edits


def test_defaults_decorators_and_variables_around_are_kept():
    k = 3.0

    def scaled(function):
        return function

    @scaled
    def vjp(g, out, x, p=k + 0):
        return g * k * np.sin(p * x)

    found = report(lambda x: np.sin(k * x), vjp, [X])
    assert ["`sin` should be `cos`" in edit.sentence for edit in found.edits] == [True]
    text = str(found)
    assert "fits none of the usual" not in text
    assert "^^^" in text


def test_a_function_in_a_page_that_is_not_python_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# Not Python, is it?\n\nSome text:\n\n    def vjp(g, out, x):\n        return g * np.sin(x)\n\nMore text.\n"
    )
    names = {"np": np}
    exec(compile("\n\n\n\ndef vjp(g, out, x):\n    return g * np.sin(x)\n", page, "exec"), names)
    (edit,) = report(np.sin, names["vjp"], [X]).edits
    assert "line 6: return g * np.sin(x)" in edit.sentence


def test_a_source_that_is_none_and_a_search_without_time():
    assert repairs("return (", lambda text: [False], bool) == []
    assert repairs("x = 1", lambda text: [False], bool, seconds=0) == []


def test_two_changes_one_after_the_other_are_one_of_the_source():
    source = "def f(g, x, y):\n    a = g * np.sin(x)\n    return a / y - x ** 2\n"
    together = 0
    for first in itertools.islice(itertools.chain(*edits(source)), 0, None, draws(4, 1)):
        between = first.apply(source)
        for then in itertools.chain(*edits(between)):
            if (whole := composed(source, (first,), (then,))) is not None:
                assert applied(source, whole) == then.apply(between)
                together += len(whole) == 1
    assert together > draws(300, 1000)  # in one place
    moved = Edit("sequence", 4, 5, "h", said="this belongs before that")
    assert composed(source, (moved,), (Edit("name", 4, 5, "k"),)) is None  # two texts do not show it
    assert composed(source, (Edit("statement", 0, 5, "a\nb"),), (Edit("name", 0, 1, "c"),)) is None


NO_SLIPS = {  # changes that make all right, and that nobody has meant: their kind, and where they are made
    "a factor that is written in again": ("factor", "return «2→x» * «y→(2 * y)» * x"),
    "a comparison that is handed to a function": ("function", "return np.maximum(«x→(x > 0)», 0)"),
    "an addition of nothing": ("assignment", "«x = 0→x += 0»; return y"),
    "a sum inside a mean": ("sum", "return np.mean(«x→x.sum(axis=0, keepdims=True)», axis=0)"),
}
MEANT = {
    "two factors": ("factor", "return «2→x» * «y→(3 * y)» * x"),
    "a comparison": ("function", "return np.where(«x→(x > 0)», 0, 1)"),
    "an addition": ("assignment", "«x = 1→x += 1»; return y"),
    "a sum beside a mean": ("sum", "return np.mean(x, axis=0) * «x→x.sum(axis=0, keepdims=True)»"),
}


@pytest.mark.parametrize("what", [*NO_SLIPS, *MEANT])
def test_what_nobody_means_is_no_explanation(what):
    kind, line = {**NO_SLIPS, **MEANT}[what]
    source, change = "def f(x, y):\n    ", []
    for before, old, new in re.findall("([^«]*)(?:«(.*?)→(.*?)»|$)", line):
        source += before
        change += [Edit(kind, len(source), len(source) + len(old), new)] * bool(old)
        source += old
    right = applied(source, tuple(change))
    assert plausible(source, tuple(change), lambda text: [text == right]) is (what in MEANT)


SCALED = {  # each is right without the factor or the term: nothing is wrong in what only makes it vanish
    "a count that is one by accident": ("    counts = n.sum()\n    return x / counts\n", "`x / counts` should be `x`"),
    "a sum that is zero by accident": ("    return x + n.sum()\n", "`x + n.sum()` should be `x`"),
    "a share of itself": ("    return x * abs(n) / n.sum()\n", "should be `x * abs(n)`"),
}


@pytest.mark.parametrize("what", SCALED)
def test_what_does_no_more_than_leaving_it_out_is_not_said(what):
    body, words = SCALED[what]
    text = f"def f(x, n):\n{body}"
    ones, x = np.array([1.0, 1.0, 1.0]), np.array([2.0, -3.0, 0.5])

    def judge(text):
        names = {"np": np, **helpers()}
        try:
            exec(compile(bounded(text), "<edited>", "exec"), names)
            return [np.array_equal(names["f"](c * x, ones), c * x) for c in (1.0, 3.0)]
        except Exception:
            return None

    with np.errstate(all="ignore"):
        (way, *_) = repairs(text, judge, lambda _: True, seconds=20)
    assert [words in str(edit) for edit in way] == [True]
