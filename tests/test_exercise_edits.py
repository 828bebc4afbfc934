"""A wrong answer is shown with what to change in it, where a small change makes it right."""

import pytest

from autograd.exercises.book import built_in
from autograd.exercises.edited import change, may_help, vague, with_change
from autograd.exercises.runner import Runner
from autograd.exercises.sandbox import check_source
from tests.said import says

BOOK = built_in()

# The exercise, what is wrong in its solution, and what is said of it.
SLIPS = {
    "named by nothing else": ("max", ("(axis=1", "(axis=0"), "`0` should be `1`"),
    "does not run": ("matmul", ("b.T", "b"), "`b` should be `b.T`"),
    "in a class": ("value", ("node.grad * slope", "node.grad + slope"), "`node.grad + slope` should be `node.grad * slope`"),
    "of another shape": ("bias", ("g.sum(axis=0)", "g.sum()"), "`axis=0` is missing"),
}  # fmt: skip

# Whole answers, wrong in ways that one edit of one place does not undo, or that look like something else.
ANSWERS = {
    "one name twice in a line": (
        "layer_norm",
        "    s = np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)\n"
        "    return (g - g.mean(axis=1, keepdims=True) - x * (g * x).mean(axis=1, keepdims=True)) / s",
        ["`x` should be `out`"],
    ),
    "a product for a sum, behind another factor": (
        "fan_out", "    return g * (np.exp(x) * (1 + x)) * (2 * x)", ["`g * (np.exp(x) * (1 + x)) * (2 * x)` should be `g * ("],
    ),
    "two gradients, each wrong": (
        "bias", "    return g * b, (g * x).sum(axis=0)", ["`g * b` should be `g`", "`g * x` should be `g`"],
    ),
    "a product of sums": (
        "matmul", "    return g.sum(axis=1)[:, None] * b.sum(axis=1)[None, :], a.T @ g", ["multiply first, then add up"],
    ),
    "an absurd number": (
        "max",
        "    mask = np.isclose(x, out[:, None], rtol=1e-2)\n    return g[:, None] * mask / mask.sum(axis=1, keepdims=True)",
        ["should be `x == out[:, None]`"],
    ),
    "zero for less than everything": (
        "max",
        "    result = np.zeros_like(x)\n    for i in range(len(x)):\n        best, at = 0.0, 0\n"
        "        for j in range(x.shape[1]):\n"
        "            if x[i, j] > best:\n                best, at = x[i, j], j\n        result[i, at] = g[i]\n    return result",
        ["`0.0` should be `-np.inf`"],
    ),
    "brackets, and a function in them": ("custom", "", ["should be `(1 + abs(x)) ** 2`"]),
    "a name from around": ("engine_functions", "", ["`self` should be `out`"]),
    "a slow check": ("engine_train", "", ["`rate / epochs` should be `rate`"]),
}  # fmt: skip
WHOLE = {
    "custom": (
        "def softsign_rule(g, out, x):\n    return g / (1 + x**2)\n\n\n"
        'softsign = Op(lambda x: x / (1 + abs(x)), softsign_rule, name="softsign")\n'
    ),
    "engine_functions": BOOK["engine_functions"].solution.replace(
        "out = Value(1 / (1 + math.exp(-self.data)), (self,)",
        "s = 1 / (1 + math.exp(-self.data))\n        out = Value(s, (self,)",
    ).replace("out.data * (1 - out.data)", "s * (1 - self.data)"),
    "engine_train": BOOK["engine_train"].solution.replace(
        "return descend(lambda: mean_square(layers, samples, targets), parameters, rate, epochs)",
        "losses = []\n    for _ in range(epochs):\n"
        "        losses += descend(lambda: mean_square(layers, samples, targets), parameters, rate / epochs, 1)\n"
        "    return losses",
    ),
}  # fmt: skip
PATIENCE = (
    60.0  # seconds of computing: what is tested is what a search finds, and coverage makes it several times as slow
)


@pytest.mark.parametrize("what", ANSWERS)
def test_an_answer_is_edited_until_it_is_right(what):
    name, body, words = ANSWERS[what]
    exercise = BOOK[name].ready()
    head = exercise.stub.partition("\n")[0]
    source = exercise.file(f"{head}\n{body}" if body else WHOLE[name])
    result = check_source(exercise, source, "answer.py")
    assert not result.passed
    after = said(edited(exercise, source, result))
    assert [each for each in words if not says(after, each)] == []


def wrong(name, change):
    exercise = BOOK[name].ready()
    assert change[0] in exercise.solution
    source = exercise.file(exercise.solution.replace(*change))
    return exercise, source, check_source(exercise, source, "answer.py")


def edited(exercise, source, result):
    assert may_help(exercise, result)
    made = change(exercise, source, PATIENCE, named=not vague(result))
    return result if made is None else with_change(result, made)


def said(result):
    return "\n".join([result.message, *(f.message for f in result.findings if not f.passed)])


@pytest.mark.parametrize("slip", SLIPS)
def test_the_line_is_shown_with_the_place(slip):
    name, change, words = SLIPS[slip]
    exercise, source, result = wrong(name, change)
    after = edited(exercise, source, result)
    assert not result.passed
    assert after.state == result.state
    assert says(said(after), words)
    assert "none of the usual mistakes" not in said(after)
    if slip == "named by nothing else":
        assert (result.kinds, after.kinds) == (["unknown"], ["axis"])


def test_what_is_given_is_not_edited():
    exercise = BOOK["sigmoid"].ready()
    source = exercise.file("def sigmoid_vjp(g, out, x):\n    return g * sigmoid(x) * (1 + sigmoid(x))\n")
    after = edited(exercise, source, check_source(exercise, source, "answer.py"))
    first = source.count("\n", 0, source.index("def sigmoid_vjp")) + 1
    assert f"line {first + 1}: return" in said(after)


def test_where_nothing_fits_or_the_fault_is_to_be_found_the_result_stays():
    exercise, source, result = wrong(
        "tanh", (BOOK["tanh"].solution.splitlines()[-1], "    return 0.0 * sum(np.sin(g + k) for k in range(3))")
    )
    assert edited(exercise, source, result) is result
    puzzle = BOOK["relu"].ready()
    assert not may_help(puzzle, check_source(puzzle, puzzle.file(), "answer.py"))


def test_the_runner_says_it_and_a_class_is_told_what_nothing_else_names():
    exercise, source, _ = wrong("max", SLIPS["named by nothing else"][1])
    _, known, _ = wrong("bias", ("g.sum(axis=0)", "g"))
    with Runner() as alone, Runner(rehearsed=True) as many:
        assert alone.check(exercise, source, "a.py").kinds == many.check(exercise, source, "a.py").kinds == ["axis"]
        assert says(said(alone.check(BOOK["bias"], known, "a.py")), "`g` should be `g.sum(axis=0)`")
        assert "g.sum(axis=0)`" not in said(many.check(BOOK["bias"], known, "a.py"))
