"""Answers that no small change makes right: the slip in the solution that gives the same numbers, or nothing."""

import contextvars
from textwrap import dedent

import numpy as np
import pytest

from autograd.check.slips import likely
from autograd.exercises.alike import likeness
from autograd.exercises.book import built_in
from autograd.exercises.given import ApartError, Given
from autograd.exercises.numbers import Numbers
from autograd.exercises.truth import ALONE, KNOWN
from tests.class_room import ClassRoom, truths

BOOK = built_in()
PATIENCE = 60.0  # seconds of computing

# The exercise, the answer, and what is said of it.
ANSWERS = {
    "in other words": (
        "sigmoid",
        """
def sigmoid_vjp(g, out, x):
    e = np.exp(-x)
    bottom = 1 + e
    result = np.empty_like(x)
    for i in range(len(x)):
        result[i] = g[i] * e[i] / bottom[i]
    return result
""",
        ["The same numbers come out of a solution with `g` in place of `g * out`."],
    ),
    "the mean in a loop": (
        "bias",
        """
def add_vjp(g, out, x, b):
    gb = []
    for j in range(g.shape[1]):
        total = 0.0
        for i in range(g.shape[0]):
            total = total + g[i, j] / g.shape[0]
        gb.append(total)
    return g.copy(), np.array(gb, dtype=b.dtype)
""",
        ["solution with `g.mean` in place of `g.sum`"],
    ),
    "a power by a loop": (
        "engine_powers",
        """
class Value(Value):
    def __pow__(self, exponent):
        out = Value(self.data**exponent, (self,), "**")

        def _backward():
            slope = out.data
            for _ in range(3):
                slope = slope * 1.0
            self.grad += slope * out.grad * exponent

        out._backward = _backward
        return out

    def __truediv__(self, other):
        return self * self.lift(other) ** -1

    def __rtruediv__(self, other):
        return self**-1 * other
""",
        ["`exponent` in place of `exponent - 1`"],
    ),
    "two slips far apart": (
        "chain",
        """
def f_vjp(g, out, x):
    root = np.sqrt(x * x)
    inner = np.where(x < 0, -root, root)
    return -g * np.cos(inner * x) * inner
""",
        ["`-root, root` should be `root, -root`", "Then the same numbers come out of a solution with "],
    ),
    "a slip and a usual mistake": (
        "engine_functions",
        """
class Value(Value):
    def exp(self):
        out = Value(math.exp(self.data), (self,), "exp")

        def _backward():
            self.grad = self.data * math.exp(self.data - 1) * out.grad

        out._backward = _backward
        return out

    def sigmoid(self):
        out = Value(1 / (1 + math.exp(-self.data)), (self,), "sigmoid")

        def _backward():
            self.grad = (out.data - out.data**2) * out.grad

        out._backward = _backward
        return out
""",
        ["should be `self.grad += ", "the rule n·xⁿ⁻¹ is for a fixed exponent"],
    ),
    "the order of a loop": (
        "engine_descent",
        """
def descend(loss, parameters, rate, steps):
    losses = []
    for p in parameters:
        p.grad = 0.0
    while len(losses) < steps:
        value = loss()
        value.backward()
        losses = losses + [value.data]
        for i in range(len(parameters)):
            parameters[i].data = parameters[i].data - rate * parameters[i].grad
    return losses
""",
        ["a solution in which `for p in parameters:` stands before the loop"],
    ),
}
NONSENSE = {
    "tanh": "def tanh_vjp(g, out, x):\n    return g * np.arctan(x) * 0.37\n",
    "matmul": "def matmul_vjp(g, out, a, b):\n    return a * 0.3, b * 0.7\n",
    "layer_norm": "def layer_norm_vjp(g, out, x):\n    return g * x.mean() + np.tanh(x).sum(axis=1, keepdims=True)\n",
    "network": "def dL_dw1(w1, rest, x):\n    return w1 * rest[0] * x[0]\n",
    "gather": "def gather_vjp(g, out, x, index):\n    return x * 2.5\n",
    "engine_train": """
def train(layers, samples, targets, rate, epochs):
    return [mean_square(layers, samples, targets).data * 1.7 + epoch for epoch in range(epochs)]
""",
}


def like(name, answer):
    """What an answer to a rehearsed exercise is like."""

    def asked():
        exercise = BOOK[name].ready()
        KNOWN.set(truths(exercise))
        ALONE.set(True)
        with np.errstate(all="ignore"):
            numbers = Numbers(exercise, exercise.given, dedent(answer).strip(), seconds=PATIENCE)
            return likeness(numbers) if numbers.comparable else None

    return contextvars.copy_context().run(asked)


@pytest.mark.parametrize("what", ANSWERS)
def test_the_slip_that_gives_the_same_numbers_is_said(what):
    name, answer, words = ANSWERS[what]
    found = like(name, answer)
    assert found is not None
    assert [each for each in words if each not in str(found)] == []
    assert found.kinds


@pytest.mark.parametrize("name", NONSENSE)
def test_of_nonsense_nothing_is_said(name):
    assert like(name, NONSENSE[name]) is None


@pytest.mark.parametrize("name", ["tanh", "convolution", "hvp", "engine_powers", "engine_loss"])
def test_a_slip_in_the_solution_itself_is_found_again(name):
    exercise, class_room = BOOK[name], ClassRoom()
    slips = [slip for slip in likely(exercise.solution, 1.0) if slip.drops]
    results = [class_room.check(exercise, exercise.file(slip.applied)) for slip in slips]
    pairs = zip(slips, results, strict=True)
    wrong = [
        s
        for s, r in pairs
        if r.state == "failed" and not {*r.kinds} & {"mutated", "nonlinear", "shape", "swapped", "type"}
    ]
    found = [like(name, slip.applied) for slip in wrong[:: max(1, len(wrong) // 3)]]
    assert found
    assert all(each is not None and not each.mended for each in found)


def test_what_a_slip_leaves_out_is_said_so():
    slips = likely(BOOK["engine_powers"].solution, 3.0)
    put = {slip.put for slip in slips if slip.change[0].kind == "statement"}
    assert "in which `out._backward = _backward` is left out" in put
    assert not any("too many" in slip.put or "belongs" in slip.put or "should" in slip.put for slip in slips)


def test_what_is_given_is_followed_number_by_number():
    first = Given()
    for title, numbers in (("a", [1.0, np.nan]), ("b", None), ("c", np.eye(2))):
        first.add(title, numbers)
    for wrong in (("c", np.eye(2) * (1 + 1e-6)), ("c", np.ones(4)), ("c", None), ("d", np.eye(2))):
        second = Given(first)
        second.add("a", [1.0, np.nan])
        second.add("b", None)
        with pytest.raises(ApartError):
            second.add(*wrong)
    longer = Given(first)
    for title, numbers in first.numbers:
        longer.add(title, numbers)
    with pytest.raises(ApartError):
        longer.add("e", 1.0)
    with pytest.raises(ApartError):
        Given(many=1).add("a", 1.0)


def test_how_much_is_wrong_and_from_where():
    right, mine = Given(), Given()
    for given, c in ((right, [1.0, 2.0]), (mine, [1.0, 2.5])):
        given.add("a", 3.0)
        given.add("b", c)
    assert mine.wrong(right) == (1, 2)
    assert right.wrong(right) == (0, 0)
    mine.add("c", None)
    right.add("c", 1.0)
    assert mine.wrong(right) == (2, 2)
    assert (Given().last, mine.last) == (b"", b"")
