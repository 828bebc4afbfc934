"""Chapter 1: scalars and the chain rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .exercise import Answer, Exercise, Finding, Mistake, derivative, returned, value

TITLE = "Scalars and the chain rule"
POINTS = np.array([-2.3, -0.4, 0.0, 0.9, 3.1])


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def slope(x: Any) -> Any:
    return sigmoid(x) * (1 - sigmoid(x))


class Network:
    """The 2-2-1 network for one sample with y_true = 1: its values and the slopes along the way from w1 to the loss."""

    def __init__(self, w1: Any, rest: Any, x: Any) -> None:
        w2, w3, w4, w5, w6, b1, b2, b3 = rest
        self.x, self.w5, self.w6 = x, w5, w6
        self.h1, self.h2 = sigmoid(w1 * x[0] + w2 * x[1] + b1), sigmoid(w3 * x[0] + w4 * x[1] + b2)
        self.y = sigmoid(w5 * self.h1 + w6 * self.h2 + b3)
        self.loss = (1 - self.y) ** 2
        self.dl, self.dy = -2 * (1 - self.y), self.y * (1 - self.y)
        self.dh1, self.dh2 = self.h1 * (1 - self.h1), self.h2 * (1 - self.h2)


def check_sigmoid(answer: Answer) -> Iterator[Finding]:
    half = (
        "The slope of the sigmoid is a product of two factors, both in terms of the output, and this is {} one alone."
    )
    yield derivative(sigmoid, answer.sigmoid_vjp, (POINTS,), ("x",), mistakes=(
        Mistake("incomplete", lambda g, out, x: g * out, half.format("the first")),
        Mistake("incomplete", lambda g, out, x: g * (1 - out), half.format("the second")),
        Mistake("incomplete", lambda g, out, x: g * out**2,
                "The derivative of the inner function e⁻ˣ lacks the factor e⁻ˣ: it is −e⁻ˣ, not −1."),
        Mistake("chain", lambda g, out, x: -g * out**2,
                "The chain rule was left out: the derivative of e⁻ˣ inside is to be multiplied in."),
        Mistake("sign", lambda g, out, x: g * out * (1 + out), "The sign between the two terms is wrong."),
    ))  # fmt: skip


def check_tanh(answer: Answer) -> Iterator[Finding]:
    yield derivative(np.tanh, answer.tanh_vjp, (POINTS,), ("x",), mistakes=(
        Mistake("power", lambda g, out, x: g * (1 - out),
                "A power is missing: in (d² − n²)/d² the quotient n/d, which is `out`, is squared."),
        Mistake("sign", lambda g, out, x: g * (1 + out**2),
                "The sign between the two terms is wrong: tanh is nowhere steeper than 1."),
        Mistake("incomplete", lambda g, out, x: g * out**2, "This is one of the quotient rule's two terms alone."),
    ))  # fmt: skip


def check_chain(answer: Answer) -> Iterator[Finding]:
    inner = "The slope of the outer function belongs at the inner value x²: {}"
    yield derivative(lambda x: np.sin(x**2), answer.f_vjp, (POINTS,), ("x",), mistakes=(
        Mistake("inner", lambda g, out, x: g * np.cos(x) * 2 * x, inner.format("here the cosine was taken at x.")),
        Mistake("inner", lambda g, out, x: g * np.cos(2 * x),
                inner.format("here it was taken at the slope 2x, which is a factor of its own.")),
        Mistake("inner", lambda g, out, x: g * np.cos(2 * x) * 2 * x, inner.format("here it was taken at the slope 2x.")),
        Mistake("outer", lambda g, out, x: g * np.sin(x**2) * 2 * x,
                "The outer function, sin, is itself still there: its slope is another function."),
        Mistake("outer", lambda g, out, x: g * np.sin(2 * x), "Neither sin nor the place it is taken at is right: the "
                "slope of sin is cos, taken at the inner value x², and the slope 2x of x² is a factor of its own."),
    ))  # fmt: skip


def check_network(answer: Answer) -> Iterator[Finding]:
    alice = (1.0, np.array([1.0] * 5 + [0.0] * 3), np.array([-2.0, -1.0]))
    first = returned("dL_dw1 for Alice", answer.dL_dw1(*alice), ())
    if not first.passed:
        yield first
        return
    r = np.random.default_rng(4)
    samples = [alice, *((w, r.normal(size=8), r.normal(size=2)) for w in r.normal(size=4))]

    def each(slope: Callable[..., Any]) -> Callable[..., Any]:
        """`slope` of every sample, where the weight w1 is element i of an array."""

        def vjp(g: Any, _out: Any, w1: Any) -> Any:
            slopes = [slope(w, rest.copy(), x.copy()) for w, (_, rest, x) in zip(w1, samples, strict=True)]
            return g * np.array(slopes)

        return vjp

    def mistake(kind: str, slope: Callable[[Network], Any], sentence: str) -> Mistake:
        return Mistake(kind, each(lambda *sample: slope(Network(*sample))), sentence)

    yield derivative(
        lambda w1: np.array([Network(w, *rest).loss for w, (_, *rest) in zip(w1, samples, strict=True)]),
        each(answer.dL_dw1),
        (np.array([w for w, _, _ in samples]),),
        ("w1",),
        title="five samples, Alice the first",
        mistakes=(
            mistake("incomplete", lambda n: n.dy * n.w5 * n.dh1 * n.x[0], "The factor ∂L/∂y is missing."),
            mistake("incomplete", lambda n: n.dl * n.w5 * n.dh1 * n.x[0],
                    "In ∂y/∂h1 the slope of the output's sigmoid is missing."),
            mistake("incomplete", lambda n: n.dl * n.dy * n.dh1 * n.x[0], "In ∂y/∂h1 the weight of h1 is missing."),
            mistake("incomplete", lambda n: n.dl * n.dy * n.w5 * n.x[0],
                    "In ∂h1/∂w1 the slope of the hidden neuron's sigmoid is missing."),
            mistake("incomplete", lambda n: n.dl * n.dy * n.w5 * n.dh1,
                    "In ∂h1/∂w1 the input that w1 is multiplied by is missing."),
            mistake("incomplete", lambda n: n.dl * n.dy * n.w5, "The factor ∂h1/∂w1 is missing: this is ∂L/∂h1."),
            mistake("incomplete", lambda n: n.dl, "This is ∂L/∂y alone."),
            mistake("path", lambda n: n.dl * n.dy * n.w5 * n.dh1 * n.x[1], "w1 is multiplied by x[0], not by x[1]."),
            mistake("path", lambda n: n.dl * n.dy * n.w6 * n.dh2 * n.x[0],
                    "This goes through h2: w1 goes into h1, and h1 into y with the weight w5."),
            mistake("path", lambda n: n.dl * n.dy * n.w6 * n.dh1 * n.x[0], "h1 goes into y with the weight w5, not w6."),
            mistake("at-output", lambda n: n.dl * slope(n.y) * n.w5 * n.dh1 * n.x[0],
                    "The slope of the output's sigmoid was taken at its output y: in terms of y it is y·(1 − y)."),
            mistake("at-output", lambda n: n.dl * n.dy * n.w5 * slope(n.h1) * n.x[0],
                    "The slope of the hidden sigmoid was taken at its output h1: in terms of h1 it is h1·(1 − h1)."),
            mistake("at-output", lambda n: n.dl * slope(n.y) * n.w5 * slope(n.h1) * n.x[0], "The slopes of the "
                    "sigmoids were taken at their outputs y and h1: in terms of y the slope is y·(1 − y)."),
        ),
    )  # fmt: skip
    yield value("∂L/∂w1 for Alice", answer.dL_dw1(*alice), 0.02146953526581111)


def check_fan_out(answer: Answer) -> Iterator[Finding]:
    yield derivative(lambda x: x * np.exp(x) + x**2, answer.f_vjp, (POINTS,), ("x",), mistakes=(
        Mistake("incomplete", lambda g, out, x: g * (np.exp(x) + x * np.exp(x) + x),
                "x² is x·x, which uses x twice: one of its two contributions is missing."),
        Mistake("sum", lambda g, out, x: g * np.exp(x) * 2 * x, "The slopes of all uses were multiplied: the "
                "contributions of different uses are added (and in x·eˣ each use keeps the other factor)."),
    ))  # fmt: skip


def check_value(answer: Answer) -> Iterator[Finding]:
    value_class = answer.Value

    def vjp(f: Callable[..., Any], backward: Callable[[Any], Any]) -> Callable[..., Any]:
        """The gradients that `backward` leaves behind, for each pair of numbers."""

        def both(a: Any, b: Any) -> tuple[float, float]:
            x, y = value_class(float(a)), value_class(float(b))
            backward(f(x, y))
            return x.grad, y.grad

        return lambda g, _out, a, b: tuple(g * np.array([both(*pair) for pair in zip(a, b, strict=True)]).T)

    for f, title in (
        (lambda a, b: a + b, "a + b"),
        (lambda a, b: a * b, "a * b"),
        (lambda a, b: a * a + b, "a * a + b: one Value used twice"),
        (lambda a, b: (a * b + a) * (a * b + b), "(ab + a)(ab + b)"),
    ):
        mistakes = [Mistake(kind, vjp(f, wrong), sentence) for kind, wrong, sentence in BACKWARDS]
        inputs = (np.array([1.3, -0.4]), np.array([-0.7, 2.1]))
        yield derivative(f, vjp(f, lambda out: out.backward()), inputs, ("a", "b"), title=title, mistakes=mistakes)
    x = value_class(2.0)
    y = x * x
    for _ in range(3):
        y = y * y
    y.backward()
    yield value("x¹⁶ by squaring four times, each result used twice", x.grad, 16 * 2.0**15, kind="order",
                advice="A Value that is used twice handed its gradient on twice, or before both uses had reported to it: go "
                "through self.everything_before(), in which each Value comes once.")  # fmt: skip


def _local_slopes_only(out: Any) -> None:
    for node in out.everything_before():
        for parent, slope in node.parents:
            parent.grad += slope


def _parents_only(out: Any) -> None:
    for parent, slope in out.parents:
        parent.grad += slope


def _one_anew_everywhere(out: Any) -> None:
    out.grad = 1.0
    for parent, slope in out.parents:
        parent.grad += out.grad * slope
        _one_anew_everywhere(parent)


def _data_for_slopes(out: Any) -> None:
    out.grad = 1.0
    for node in out.everything_before():
        for parent, _ in node.parents:
            parent.grad += node.grad * parent.data


BACKWARDS = (
    ("zero", lambda _: None,
     "No gradient arrives anywhere: backward() starts with self.grad = 1.0 and hands it on to the parents."),
    ("chain", _local_slopes_only, "Each parent gets node.grad · slope: the gradient of the node that hands it on is "
     "missing (and it is that node's, not self's)."),
    ("incomplete", _parents_only, "Only the parents of the last Value get a gradient: go through all of "
     "self.everything_before(), in its order, in which the last Value comes first."),
    ("reset", _one_anew_everywhere, "Calling backward() of a parent sets its gradient to 1 again and loses what it had: "
     "set it once, and go through self.everything_before()."),
    ("slope", _data_for_slopes, "The gradient is multiplied by the parent's number: it should be the local derivative "
     "that is stored next to the parent."),
)  # fmt: skip

SIGMOID = """
import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))
"""

EXERCISES = (
    Exercise(
        "sigmoid", "The slope of the sigmoid",
        """
Every derivative in these exercises is a *vjp*: a function vjp(g, out, x) that is given

    g     how much the final result changes when `out` changes (the incoming gradient),
    out   the output of the function, sigmoid(x), already computed,
    x     its input,

and returns how much the final result changes when x changes: by the chain rule g · f′(x).
All three are arrays of one shape; everything happens element by element.

To derive:   d/dx  1 / (1 + e⁻ˣ)      (express it by `out`, and it becomes short)

Replace the line `raise NotImplementedError` by `return …`, with an array of that shape.
""",
        SIGMOID, '''
def sigmoid_vjp(g, out, x):
    raise NotImplementedError
''', '''
def sigmoid_vjp(g, out, x):
    return g * out * (1 - out)
''',
        ("Write σ = (1 + u)⁻¹ with u = e⁻ˣ, and use the chain rule: dσ/dx = −(1 + u)⁻² · du/dx.",
         "du/dx = −e⁻ˣ, so that σ′ = e⁻ˣ / (1 + e⁻ˣ)². Now note that e⁻ˣ/(1 + e⁻ˣ) = 1 − σ.",
         "σ′ = σ·(1 − σ): use `out` for σ, and do not forget the factor g."),
        check_sigmoid,
    ),
    Exercise(
        "tanh", "The slope of tanh",
        """
To derive:   d/dx  tanh x,   tanh x = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)      (again it is short in `out`, which is tanh x)

As before, tanh_vjp returns g · tanh′(x).
""",
        "import numpy as np", '''
def tanh_vjp(g, out, x):
    raise NotImplementedError
''', '''
def tanh_vjp(g, out, x):
    return g * (1 - out**2)
''',
        ("Use the quotient rule. The derivative of the numerator is the denominator, and the other way round.",
         "tanh′ = (d² − n²)/d², with n = eˣ − e⁻ˣ and d = eˣ + e⁻ˣ.",
         "n/d is the output: tanh′ = 1 − out²."),
        check_tanh,
    ),
    Exercise(
        "chain", "A function of a function",
        """
To derive:   d/dx  sin(x²)

The chain rule: the slope of the outer function *at the inner value*, times the slope of the inner one.
f_vjp returns g · f′(x); `out` is sin(x²).
""",
        "import numpy as np", '''
def f_vjp(g, out, x):
    """For f(x) = np.sin(x**2)."""
    raise NotImplementedError
''', '''
def f_vjp(g, out, x):
    """For f(x) = np.sin(x**2)."""
    return g * np.cos(x**2) * 2 * x
''',
        ("Name the inner value u = x². Then f = sin u.", "df/du = cos u, and du/dx = 2x.",
         "g · cos(x²) · 2x"),
        check_chain,
    ),
    Exercise(
        "network", "A weight of a network, by hand",
        """
A network with two inputs, two hidden neurons and one output, and its error for a sample whose true answer is 1:

    h1 = σ(w1·x[0] + w2·x[1] + b1)        h2 = σ(w3·x[0] + w4·x[1] + b2)
    y  = σ(w5·h1 + w6·h2 + b3)            L  = (1 − y)²

To derive:   ∂L/∂w1 = ∂L/∂y · ∂y/∂h1 · ∂h1/∂w1

dL_dw1 returns it, a number. `rest` holds the other weights and the biases, and the forward pass is already there.
For Alice, x = (−2, −1), with all weights 1 and all biases 0, it is 0.0214695…
""",
        SIGMOID, '''
def dL_dw1(w1, rest, x):
    w2, w3, w4, w5, w6, b1, b2, b3 = rest
    h1 = sigmoid(w1 * x[0] + w2 * x[1] + b1)
    h2 = sigmoid(w3 * x[0] + w4 * x[1] + b2)
    y = sigmoid(w5 * h1 + w6 * h2 + b3)
    raise NotImplementedError
''', '''
def dL_dw1(w1, rest, x):
    w2, w3, w4, w5, w6, b1, b2, b3 = rest
    h1 = sigmoid(w1 * x[0] + w2 * x[1] + b1)
    h2 = sigmoid(w3 * x[0] + w4 * x[1] + b2)
    y = sigmoid(w5 * h1 + w6 * h2 + b3)
    dL_dy = -2 * (1 - y)
    dy_dh1 = y * (1 - y) * w5
    dh1_dw1 = h1 * (1 - h1) * x[0]
    return dL_dy * dy_dh1 * dh1_dw1
''',
        ("Compute the three factors one by one, each in a line of its own.",
         "∂L/∂y = −2(1 − y). For the others: σ′ in terms of the output is y(1 − y) and h1(1 − h1).",
         "∂y/∂h1 = y(1 − y)·w5 and ∂h1/∂w1 = h1(1 − h1)·x[0]."),
        check_network,
    ),
    Exercise(
        "fan_out", "One input, used several times",
        """
In f(x) = x·eˣ + x² the input x is used four times. Each use has its own contribution to the derivative, and the
contributions are *added*: that is all there is to "backpropagation through a fan-out".

To derive:   d/dx  (x·eˣ + x²)

f_vjp returns g · f′(x); `out` is f(x).
""",
        "import numpy as np", '''
def f_vjp(g, out, x):
    raise NotImplementedError
''', '''
def f_vjp(g, out, x):
    return g * (np.exp(x) + x * np.exp(x) + 2 * x)
''',
        ("Pretend that each x is another variable: f = a·eᵇ + c·d. Four simple derivatives.",
         "∂f/∂a = eᵇ, ∂f/∂b = a·eᵇ, ∂f/∂c = d, ∂f/∂d = c.",
         "Put x back in and add all four: eˣ + x·eˣ + x + x."),
        check_fan_out,
    ),
    Exercise(
        "value", "An autograd engine in a few lines",
        """
Now let the computer do it. A Value holds a number, remembers what it was made from, and knows for each parent the local
derivative. backward() sets its own gradient to 1 and carries gradients to the parents, newest Value first.

Complete `backward` in the class Value at the end. It may use the list `self.everything_before()`, and of every node in
it `node.parents`, a list of pairs (parent, local derivative). It returns nothing: it leaves in the `.grad` of each node
the derivative of the Value it was called on with respect to that node.
Mind a Value that is used twice.
""",
        '''
class Node:
    """Everything but backward()."""

    def __init__(self, data, parents=()):
        self.data, self.parents, self.grad = data, list(parents), 0.0

    def __add__(self, other):
        return type(self)(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return type(self)(self.data * other.data, [(self, other.data), (other, self.data)])

    def everything_before(self):
        """This Value and all it was computed from, each once, results before what they were made from."""
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        return order[::-1]
''', '''
class Value(Node):
    def backward(self):
        raise NotImplementedError
''', '''
class Value(Node):
    def backward(self):
        self.grad = 1.0
        for node in self.everything_before():
            for parent, slope in node.parents:
                parent.grad += node.grad * slope
''',
        ("Loop over self.everything_before(), and for each node over its parents.",
         "Each parent receives node.grad · slope, from every node that it went into.",
         "Use += and not =, and set self.grad = 1.0 first."),
        check_value,
    ),
)  # fmt: skip
