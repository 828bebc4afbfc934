"""Chapter 4: find the bug. Each derivative is broken in a way that has really happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import Any

import numpy as np

from ..check import check_vjp
from ..functions import sigmoid
from .exercise import Answer, Exercise, Finding, Mistake, derivative, diagnosed, value

TITLE = "Find the bug"
_R = np.random.default_rng(2)
X, W, B = _R.normal(size=(4, 3)), _R.normal(size=3), _R.normal(size=3)
T = np.array([0.0, 1.0, 1.0, 0.0])
IDS = np.array([1, 3, 1, 1, 0])
TABLE = _R.normal(size=(4, 2))
CHOICES = {
    "at-output": "a slope was taken at the output of a function in place of its input",
    "at-input": "a formula in terms of the output was given the input",
    "broadcast": "the sum over an axis that was broadcast is missing",
    "factor": "a constant factor is wrong, for example a sum for a mean",
    "missing": "some numbers are zero and should not be",
    "mutated": "an array that belongs to somebody else is changed in place",
    "nondeterministic": "the same question gets different answers",
    "overwritten": "only one of several contributions is left: = in place of +=",
    "sign": "the sign is wrong",
    "surplus": "some numbers should be zero and are not",
    "transposed": "two axes are interchanged",
    "zero": "everything is zero",
}


def neuron_loss(w: Any) -> Any:
    return 0.5 * ((sigmoid(w @ X.T) - T) ** 2).sum()


def relu(x: Any) -> Any:
    return np.maximum(x, 0)


def mean_square(x: Any) -> Any:
    return (x * x).mean()


def scaled(x: Any, scale: Any) -> Any:
    return x * scale


def embedding(table: Any) -> Any:
    return table[IDS]


def repaired(
    kind: str,
    f: Callable[..., Any],
    vjp_of: Callable[[Answer], Callable[..., Any]],
    inputs: Mapping[str, Any],
    mistakes: tuple[Mistake, ...] = (),
) -> Callable[[Answer], Iterator[Finding]]:
    """The check of an exercise of this chapter: the repaired derivative, and the diagnosis."""

    def check(answer: Answer) -> Iterator[Finding]:
        vjp, names, points = vjp_of(answer), tuple(inputs), tuple(inputs.values())
        found = derivative(f, vjp, points, names, title="the repaired derivative", mistakes=mistakes)
        diagnosis = diagnosed(answer, kind, CHOICES)
        if not found.passed and kind in found.kinds:
            report = check_vjp(f, vjp, points, seed=0, names=names, progress=False)
            step = "That is right. Now" if diagnosis.passed else f"{diagnosis.message} Then"
            message = f"{report}\n\n{diagnosis.title}: {step} repair the derivative."
            found = Finding(False, "the derivative is still broken; the checker's report:", message, found.kinds)
        yield found
        yield diagnosis

    return check


def layer_vjp(answer: Answer) -> Callable[..., Any]:
    """The backward pass of a layer, after another batch has come through."""
    layer = answer.ReLU()

    def vjp(g: Any, _out: Any, x: Any) -> Any:
        layer.forward(x)
        layer.forward(np.abs(x))
        return layer.backward(g, x)

    return vjp


def check_layer(answer: Answer) -> Iterator[Finding]:
    yield from repaired("surplus", relu, layer_vjp, {"x": X}, RELU_MISTAKES)(answer)
    yield value("forward() is still max(x, 0)", answer.ReLU().forward(X.copy()), relu(X))


NEURON_MISTAKES = (
    Mistake("incomplete", lambda g, out, w: g * X.T @ ((sigmoid(X @ w) - T) * (1 - sigmoid(X @ w))),
            "The slope of the sigmoid has two factors in terms of the prediction, and one of them is missing."),
    Mistake("incomplete", lambda g, out, w: g * X.T @ ((sigmoid(X @ w) - T) * sigmoid(X @ w)),
            "The slope of the sigmoid has two factors in terms of the prediction, and one of them is missing."),
)  # fmt: skip
SCALE_MISTAKES = (
    Mistake("sum", lambda g, out, x, scale: (None, g.sum(axis=0) * x.sum(axis=0)),
            "This is a product of two sums: multiply g and x first, element by element, then sum the products."),
    Mistake("term", lambda g, out, x, scale: (None, g.sum(axis=0)),
            "The factor x is missing: scale was multiplied by x."),
)  # fmt: skip
RELU_MISTAKES = (
    Mistake("mask", lambda g, out, x: g * (x <= 0), "The mask is the wrong way round: g passes where x > 0."),
    Mistake("product", lambda g, out, x: g * np.maximum(x, 0),
            "g was multiplied by the output of the function: its slope is 1 where x > 0, and 0 elsewhere."),
    Mistake("product", lambda g, out, x: g * x,
            "g was multiplied by x: the slope of the function is 1 where x > 0, and 0 elsewhere."),
)  # fmt: skip


def _rows_of_g(g: Any, table: Any) -> Any:
    result = np.zeros_like(table)
    np.add.at(result, IDS, g[IDS])
    return result


EMBEDDING_MISTAKES = (
    Mistake("index", lambda g, out, table: _rows_of_g(g, table),
            "Row i of g belongs to row ids[i] of the table, and here row ids[i] of g was taken."),
)  # fmt: skip

_WIDTH = max(map(len, CHOICES))
ASSIGNMENT = (
    """

Run the checker (`check`) on the file as it is, read its report, and write what is wrong into DIAGNOSIS: one of

"""
    + "\n".join(f"    {kind:<{_WIDTH}}  {words}" for kind, words in CHOICES.items())
    + """

Then repair the derivative."""
)

HEAD = """
import numpy as np

DIAGNOSIS = ""
"""
WITH_SIGMOID = (
    HEAD
    + """

def sigmoid(x):
    return 1 / (1 + np.exp(-x))
"""
)


def _given(diagnosis: str, code: str) -> str:
    return f'DIAGNOSIS = "{diagnosis}"\n\n\n{code.strip()}'


EXERCISES = (
    Exercise(
        "neuron", "A tutorial's neuron",
        """
A neuron σ(X·w) is trained on the loss ½ Σ (out − t)². This is the gradient from a widely read tutorial. It trains, only
more slowly and to other weights than it should.""" + ASSIGNMENT,
        f"{WITH_SIGMOID}\n\nX = np.array({np.array2string(X, separator=', ')})\nt = np.array([0.0, 1.0, 1.0, 0.0])\n",
        '''
def sigmoid_slope(x):
    return sigmoid(x) * (1 - sigmoid(x))


def loss_vjp(g, out, w):
    prediction = sigmoid(X @ w)
    return g * X.T @ ((prediction - t) * sigmoid_slope(prediction))
''', _given("at-output", '''
def loss_vjp(g, out, w):
    prediction = sigmoid(X @ w)
    return g * X.T @ ((prediction - t) * prediction * (1 - prediction))
'''),
        ("What is given to sigmoid_slope: the input of the sigmoid, or its output?",
         "σ′(x) = σ(x)(1 − σ(x)) wants the input. Given the output it computes σ(σ(x))(1 − σ(σ(x))).",
         "The diagnosis is 'at-output'. Use prediction * (1 - prediction), or sigmoid_slope(X @ w)."),
        repaired("at-output", neuron_loss, attrgetter("loss_vjp"), {"w": W}, NEURON_MISTAKES),
    ),
    Exercise(
        "mean_square", "A tiny learning rate",
        "The mean squared error of x, mean(x²) over all elements. The training seems to need a tiny learning rate."
        + ASSIGNMENT,
        HEAD, '''
def mse_vjp(g, out, x):
    return g * 2 * x
''', _given("factor", '''
def mse_vjp(g, out, x):
    return g * 2 * x / x.size
'''),
        ("How many elements are averaged?", "mean(x²) = Σ x² / n: what is the derivative of that?",
         "The diagnosis is 'factor': divide by x.size."),
        repaired("factor", mean_square, attrgetter("mse_vjp"), {"x": X}),
    ),
    Exercise(
        "scale", "The scale of a normalisation",
        "out = x * scale, with x of shape (4, 3) and scale of shape (3,), used for every row." + ASSIGNMENT,
        HEAD, '''
def scale_vjp(g, out, x, scale):
    return g * scale, g * x
''', _given("broadcast", '''
def scale_vjp(g, out, x, scale):
    return g * scale, (g * x).sum(axis=0)
'''),
        ("Compare the shape of each gradient with the shape of its input.",
         "scale was used for each of the four rows: four contributions.",
         "The diagnosis is 'broadcast': (g * x).sum(axis=0)."),
        repaired("broadcast", scaled, attrgetter("scale_vjp"), {"x": X, "scale": B}, SCALE_MISTAKES),
    ),
    Exercise(
        "embedding", "Frequent words",
        "An embedding: out = table[ids], with ids = [1, 3, 1, 1, 0]. Rare words are learnt, frequent ones hardly."
        + ASSIGNMENT,
        HEAD + "ids = np.array([1, 3, 1, 1, 0])\n", '''
def embedding_vjp(g, out, table):
    result = np.zeros_like(table)
    for i in range(len(ids)):
        result[ids[i]] = g[i]
    return result
''', _given("overwritten", '''
def embedding_vjp(g, out, table):
    result = np.zeros_like(table)
    for i in range(len(ids)):
        result[ids[i]] += g[i]
    return result
'''),
        ("Row 1 of the table is used three times. What is in result[1] at the end?",
         "Each use adds its contribution.", "The diagnosis is 'overwritten': += in place of =."),
        repaired("overwritten", embedding, attrgetter("embedding_vjp"), {"table": TABLE}, EMBEDDING_MISTAKES),
    ),
    Exercise(
        "relu", "A ReLU in a residual network",
        "out = max(x, 0). Alone the layer has the right gradient. In a network with y = x + relu(x) it has not."
        + ASSIGNMENT,
        HEAD, '''
def relu_vjp(g, out, x):
    g[x <= 0] = 0
    return g
''', _given("mutated", '''
def relu_vjp(g, out, x):
    return g * (x > 0)
'''),
        ("Whose array is g? Who else may hold it?",
         "In a residual connection y = x + relu(x) the same g goes to both branches: changing it spoils the other.",
         "The diagnosis is 'mutated': make a new array, g * (x > 0)."),
        repaired("mutated", relu, attrgetter("relu_vjp"), {"x": X}, RELU_MISTAKES),
    ),
    Exercise(
        "layer", "A layer that is used twice",
        """
A ReLU as a layer, out = max(x, 0). Used once in a network it gives the right gradient. It does not if it is used twice,
or if another batch comes through forward() before the backward() of the first.""" + ASSIGNMENT,
        HEAD, '''
class ReLU:
    def forward(self, x):
        self.mask = x > 0
        return np.where(self.mask, x, 0)

    def backward(self, g, x):
        """g is the incoming gradient, x the input that it belongs to."""
        return g * self.mask
''', _given("surplus", '''
class ReLU:
    def forward(self, x):
        return np.where(x > 0, x, 0)

    def backward(self, g, x):
        """g is the incoming gradient, x the input that it belongs to."""
        return g * (x > 0)
'''),
        ("Which x does self.mask belong to when backward() runs?",
         "Do not keep anything between forward and backward that belongs to a single batch.",
         "The diagnosis is 'surplus': compute the mask from x in backward()."),
        check_layer,
    ),
)  # fmt: skip
