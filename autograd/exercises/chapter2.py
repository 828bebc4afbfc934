"""Chapter 2: arrays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .exercise import Answer, Exercise, Finding, Mistake, derivative

TITLE = "Arrays"
_R = np.random.default_rng(0)
X, Y = _R.normal(size=(3, 4)), _R.normal(size=(4, 2))
B, C = _R.normal(size=4), _R.normal(size=(3, 1))
CUBE = _R.normal(size=(2, 3, 4))
TIES = np.array([[1.0, 3.0, 3.0], [2.0, 0.0, 1.0], [5.0, 5.0, 5.0]])
INDEX = np.array([2, 0, 2, 2])


def check_bias(answer: Answer) -> Iterator[Finding]:
    yield derivative(lambda x, b: x + b, answer.add_vjp, (X, B), ("x", "b"))


def check_unbroadcast(answer: Answer) -> Iterator[Finding]:
    def multiply_vjp(g: Any, _out: Any, a: Any, b: Any) -> Any:
        return answer.unbroadcast(g * b, a.shape), answer.unbroadcast(g * a, b.shape)

    for a, b in ((X, X.copy()), (X, B), (C, B), (CUBE, C), (B, np.array(2.0)), (CUBE, _R.normal(size=(1, 1, 1)))):
        title = f"out = a * b, shapes {a.shape} and {np.shape(b)}"
        yield derivative(lambda a, b: a * b, multiply_vjp, (a, b), ("a", "b"), title=title)


def check_mean(answer: Answer) -> Iterator[Finding]:
    yield derivative(lambda x: x.mean(axis=1), answer.mean_vjp, (X,), ("x",))


def check_matmul(answer: Answer) -> Iterator[Finding]:
    yield derivative(np.matmul, answer.matmul_vjp, (X, Y), ("a", "b"), title="shapes (3, 4) and (4, 2)")
    square = _R.normal(size=(2, 3, 3))
    yield derivative(np.matmul, answer.matmul_vjp, (square[0], square[1]), ("a", "b"), title="square matrices")


def check_transpose(answer: Answer) -> Iterator[Finding]:
    for axes in ((1, 0, 2), (2, 0, 1), (1, 2, 0)):
        yield derivative(
            lambda x, axes=axes: x.transpose(axes),
            lambda g, out, x, axes=axes: answer.transpose_vjp(g, out, x, axes),
            (CUBE,), ("x",), title=f"axes {axes}",
        )  # fmt: skip


def check_gather(answer: Answer) -> Iterator[Finding]:
    for index in (np.array([1, 0]), INDEX):
        yield derivative(
            lambda x, index=index: x[index],
            lambda g, out, x, index=index: answer.gather_vjp(g, out, x, index),
            (X,), ("x",), title=f"index {index.tolist()}",
            mistakes=(Mistake("index", lambda g, out, x, index=index: _rows_of_g(g, x, index),
                              "Row i of g belongs to row index[i] of x, and here row index[i] of g was taken."),),
        )  # fmt: skip


def _rows_of_g(g: Any, x: Any, index: Any) -> Any:
    result = np.zeros_like(x)
    np.add.at(result, index, g[index % len(g)])
    return result


def check_max(answer: Answer) -> Iterator[Finding]:
    mistakes = (
        Mistake("axis", lambda g, out, x: (x == x.max(axis=0)) * g[:, None],
                "The largest of each column is marked, and out holds the largest of each row (axis=1)."),
        Mistake("mask", lambda g, out, x: (x != out[:, None]) * g[:, None],
                "The mask is the wrong way round: the gradient goes to every element but the largest."),
    )  # fmt: skip
    for title, x in (("no ties", X), ("with ties", TIES)):
        yield derivative(lambda x: x.max(axis=1), answer.max_vjp, (x,), ("x",), title=title, mistakes=mistakes)


NUMPY = "import numpy as np"

EXERCISES = (
    Exercise(
        "bias", "A bias is broadcast",
        """
x has shape (3, 4) and b has shape (4,). In x + b NumPy uses b three times, once for each row.

    out[i, j] = x[i, j] + b[j]

To derive:   the gradients of x and of b, each in the shape of its input. Return both, as a tuple (of x, of b).
             g and out have the shape (3, 4).
""",
        NUMPY, '''
def add_vjp(g, out, x, b):
    raise NotImplementedError
''', '''
def add_vjp(g, out, x, b):
    return g, g.sum(axis=0)
''',
        ("For x it is simple: each element is used once.",
         "b[j] went into out[0, j], out[1, j] and out[2, j]: three uses, three contributions.",
         "Add the contributions up over the rows: g.sum(axis=0)."),
        check_bias,
    ),
    Exercise(
        "unbroadcast", "Broadcasting, backwards",
        """
Broadcasting repeats an array along axes that it lacks (added on the left) and along axes where its length is 1.
Its derivative sums over just those axes.

To write:   unbroadcast(g, shape), which sums g to `shape`, the shape an input had before it was broadcast.
            (4,) ← (3, 4)        (3, 1) ← (3, 4)        () ← (4,)        (3, 1) ← (2, 3, 4)

The check multiplies arrays a and b of several shapes and takes your function for both gradients: that of a is
unbroadcast(g * b, a.shape), that of b is unbroadcast(g * a, b.shape).
""",
        NUMPY, '''
def unbroadcast(g, shape):
    raise NotImplementedError
''', '''
def unbroadcast(g, shape):
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1)
    return g.sum(axis=stretched, keepdims=True)
''',
        ("Two steps: first the axes that were added on the left, then those of length 1.",
         "There are g.ndim - len(shape) added axes: sum over axis 0, 1, … of that number.",
         "Where shape[i] == 1, sum over axis i with keepdims=True."),
        check_unbroadcast,
    ),
    Exercise(
        "mean", "A mean along an axis",
        """
x has shape (3, 4), and out = x.mean(axis=1) has shape (3,).

    out[i] = (x[i, 0] + x[i, 1] + x[i, 2] + x[i, 3]) / 4

To derive:   the gradient of x, in its shape (3, 4). g has the shape of out, (3,).
""",
        NUMPY, '''
def mean_vjp(g, out, x):
    raise NotImplementedError
''', '''
def mean_vjp(g, out, x):
    return np.repeat(g[:, None], x.shape[1], axis=1) / x.shape[1]
''',
        ("∂out[i]/∂x[i, j] is the same for all j. What is it?",
         "Each x[i, j] receives g[i] / 4. The shapes must be made to fit: g has one axis less.",
         "g[:, None] has shape (3, 1); multiply it by np.ones_like(x), divide by x.shape[1]."),
        check_mean,
    ),
    Exercise(
        "matmul", "The product of two matrices",
        """
    out[i, k] = Σⱼ a[i, j] · b[j, k]

To derive:   the gradients of a and of b, as a tuple. Both are matrix products; the shapes tell you nearly everything:
             a (3, 4), b (4, 2), g and out (3, 2).
""",
        NUMPY, '''
def matmul_vjp(g, out, a, b):
    raise NotImplementedError
''', '''
def matmul_vjp(g, out, a, b):
    return g @ b.T, a.T @ g
''',
        ("g has the shape of out, (3, 2). The gradient of a must have shape (3, 4), and b has (4, 2).",
         "∂out[i, k]/∂a[i, j] = b[j, k], so that a's gradient is Σₖ g[i, k]·b[j, k]: which product is that?",
         "g @ b.T for a, a.T @ g for b."),
        check_matmul,
    ),
    Exercise(
        "transpose", "Axes in another order",
        """
    out = x.transpose(axes)

Axis i of the output is axis axes[i] of the input. With axes = (2, 0, 1) a (2, 3, 4) becomes a (4, 2, 3).

To derive:   the gradient of x: put every axis of g back to where it came from.
""",
        NUMPY, '''
def transpose_vjp(g, out, x, axes):
    raise NotImplementedError
''', '''
def transpose_vjp(g, out, x, axes):
    return g.transpose(np.argsort(axes))
''',
        ("It is g.transpose(inverse): a permutation that undoes `axes`.",
         "inverse[axes[i]] = i. For (2, 0, 1) that is (1, 2, 0), which is another one!",
         "np.argsort(axes) is the inverse of a permutation."),
        check_transpose,
    ),
    Exercise(
        "gather", "Picking rows, some of them twice",
        """
    out = x[index]          for example index = [2, 0, 2, 2]

This is how an embedding looks words up. A row that is picked three times has three uses, and one that is not picked
has none. g and out have one row for each entry of `index`.

To derive:   the gradient of x: zeros, with the rows of g put back to where they came from.
""",
        NUMPY, '''
def gather_vjp(g, out, x, index):
    raise NotImplementedError
''', '''
def gather_vjp(g, out, x, index):
    result = np.zeros_like(x)
    np.add.at(result, index, g)
    return result
''',
        ("Start with np.zeros_like(x).",
         "result[index] = g keeps only the last of several contributions to one row.",
         "result[index] += g does not help either: NumPy reads all, adds, writes all. np.add.at does each in turn."),
        check_gather,
    ),
    Exercise(
        "max", "The largest element, and ties",
        """
    out = x.max(axis=1)          x of shape (n, m), out of shape (n,)

Only the largest element of each row counts: the gradient goes there. If several are equally large the function has a
kink, and any split of the gradient among them is right, as long as the shares add up to 1.

To derive:   the gradient of x, also for rows with ties.
""",
        NUMPY, '''
def max_vjp(g, out, x):
    raise NotImplementedError
''', '''
def max_vjp(g, out, x):
    mask = x == out[:, None]
    return g[:, None] * mask / mask.sum(axis=1, keepdims=True)
''',
        ("x == out[:, None] marks the largest elements.",
         "g[:, None] * mask is right without ties. With ties each of them would get the whole gradient.",
         "Divide by the number of ties in the row: mask.sum(axis=1, keepdims=True)."),
        check_max,
    ),
)  # fmt: skip
