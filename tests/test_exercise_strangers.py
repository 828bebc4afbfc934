"""Whole answers as students write them, with loops, names of their own, two slips at once: what is said of each, and what not."""

import contextvars
import re
from pathlib import Path
from textwrap import dedent

import pytest

from autograd.exercises.book import built_in
from autograd.exercises.edited import change, may_help, vague, with_change
from autograd.exercises.sandbox import check_source
from autograd.exercises.truth import KNOWN, rehearsal
from tests import wrong_answers
from tests.campaigns import draws
from tests.said import says

BOOK = built_in()
CASES = Path(__file__).parents[1] / "benchmarks" / "diagnosis_cases"
PATIENCE = 12.0  # seconds of computing, as a slow machine may need

NETWORK = wrong_answers.NETWORK.partition("    return")[0]

# The exercise, the answer, what is said of it, and what is not because it fits by accident.
ANSWERS = {
    "two steps of the chain rule forgotten": (
        "network",
        f"{NETWORK}    return -(1 - y) * y * (1 - y) * w5 * x[0]\n",
        ["* 2 * h1 * (1 - h1)`"],
        [],
    ),
    "the derivative of another weight": (
        "network",
        f"{NETWORK}    return 2 * (y - 1) * y * (1 - y) * h1\n",
        ["∂L/∂w5"],
        [],
    ),
    "one index too few": (
        "cross_entropy",
        """
def cross_entropy_vjp(g, out, logits, labels):
    p = softmax(logits)
    n = len(labels)
    for row in range(n):
        p[row] -= 1
    return g * p / n
""",
        ["`p[row]` should be `p[row, labels[row]]`"],
        ["none of the usual"],
    ),
    "read backwards": (
        "convolution",
        """
def convolve_vjp(g, out, x, w):
    gx = np.zeros_like(x)
    gw = np.zeros_like(w)
    for i in range(len(g)):
        for k in range(len(w)):
            gx[i + k] += g[i] * w[len(w) - 1 - k]
            gw[k] += g[i] * x[i + k]
    return gx, gw
""",
        ["`w[len(w) - 1 - k]` should be `w[k]`"],
        [],
    ),
    "the output in place of one of its terms": (
        "fan_out",
        """
def f_vjp(g, out, x):
    d = np.exp(x) + out + 2 * x
    return d * g
""",
        ["`out` should be `x * np.exp(x)`"],
        ["2 - x"],
    ),
    "the power rule for an exponential": (
        "fan_out",
        """
def f_vjp(g, out, x):
    dexp = x * np.exp(x - 1)
    return g * (np.exp(x) + x * dexp + 2 * x)
""",
        ["in eˣ the variable is the exponent"],
        [],
    ),
    "a slope at the output": (
        "chain",
        """
def f_vjp(g, out, x):
    y = x * x
    return g * np.cos(out) * (x + x)
""",
        ["`out` should be `y`"],
        ["`y` should be"],
    ),
    "a factor twice": (
        "batch_norm",
        """
def batch_norm_vjp(g, out, x):
    s = np.sqrt(x.var(axis=0) + 1e-5)
    var = s * s
    return (g - g.mean(axis=0) - out * np.mean(g * out, axis=0)) / var
""",
        ["divided by s once too often"],
        ["np.sqrt(np.sqrt(", " or: "],
    ),
    "the largest of each column": (
        "max",
        """
def max_vjp(g, out, x):
    gx = np.zeros_like(x)
    where = x.argmax(axis=0)
    for i in range(x.shape[0]):
        gx[i, where[i % len(where)] % x.shape[1]] = g[i]
    return gx
""",
        ["`0` should be `1`"],
        ["the wrong way round"],
    ),
    "an order that undoes some orders": (
        "transpose",
        """
def transpose_vjp(g, out, x, axes):
    order = list(axes)
    for i in range(len(axes)):
        order[i] = axes[axes[i]]
    return g.transpose(order)
""",
        ["`axes` taken twice"],
        ["a size written down"],
    ),
    "a function that is called too early": (
        "engine_multiply",
        BOOK["engine_multiply"].solution.replace("= _backward", "= _backward()"),
        ["`_backward()` should be `_backward`", "is to be called is None"],
        [],
    ),
    "gradients sent the other way": (
        "engine_local",
        BOOK["engine_local"]
        .solution.replace("self.grad = out.grad", "out.grad = self.grad")
        .replace("other.grad = out.grad", "out.grad = other.grad"),
        ["`out.grad = self.grad` should be `self.grad = out.grad`", "_backward changed c.grad"],
        ["with respect to itself"],
    ),
    "a sign inside": (
        "engine_functions",
        BOOK["engine_functions"].solution.replace("math.exp(-self.data)", "math.exp(self.data)"),
        ["`self.data` should be `-self.data`"],
        ["1 - Value"],
    ),
    "the size of all for that of a row": (
        "mean",
        """
def mean_vjp(g, out, x):
    rows = []
    for i in range(x.shape[0]):
        rows.append(np.full(x.shape[1], g[i]))
    return np.array(rows) / x.size
""",
        ["`x.size` should be `x.shape[1]`"],
        ["i**2"],
    ),
    "a name that is another throughout": (
        "engine_loss",
        BOOK["engine_loss"]
        .solution.replace("inputs = layer(inputs)", "outputs = layer(inputs[:2])")
        .replace("inputs[0]", "outputs[0]"),
        ["Each layer gets the sample itself"],
        [],
    ),
    "a list that begins anew": (
        "engine_train",
        """
def train(layers, samples, targets, rate, epochs):
    params = []
    for layer in layers:
        params = layer.parameters()
    return descend(lambda: mean_square(layers, samples, targets), params, rate, epochs)
""",
        ["`params = layer.parameters()` should be `params += layer.parameters()`"],
        [],
    ),
    "the square of the mean": (
        "engine_loss",
        """
def predict(layers, inputs):
    for layer in layers:
        inputs = layer(inputs)
    return inputs[0]


def mean_square(layers, samples, targets):
    total = 0
    for sample, target in zip(samples, targets):
        total = total + (target - predict(layers, sample))
    return (total / len(samples)) ** 2
""",
        ["the square of the mean, in which errors of both signs cancel"],
        ["same numbers"],
    ),
    "base and exponent in each other's places": (
        "engine_powers",
        BOOK["engine_powers"].solution.replace(
            "exponent * self.data ** (exponent - 1)", "self.data * exponent ** (exponent - 1)"
        ),
        ["`exponent ** (exponent - 1)` should be `exponent`", "`self.data` should be `self.data**(exponent - 1)`"],
        ["same numbers"],
    ),
    "g in the first term alone": (
        "fan_out",
        """
def f_vjp(g, out, x):
    return g * np.exp(x) + x * np.exp(x) + 2 * x
""",
        ["a term lacks the factor g", "should be `g * (np.exp(x) + x * np.exp(x) + 2 * x)`"],
        [],
    ),
    "interchanged in two lines": (
        "engine_multiply",
        BOOK["engine_multiply"]
        .solution.replace("other.data * out.grad", "SELF * out.grad")
        .replace("self.data * out.grad", "other.data * out.grad")
        .replace("SELF", "self.data"),
        ["with respect to a is b"],
        [],
    ),
    "a return in the loop": (
        "gather",
        """
def gather_vjp(g, out, x, index):
    gx = np.zeros_like(x)
    for k in range(len(index)):
        gx[index[k]] += g[k]
        return gx
""",
        ["The indentation is wrong: `return gx` belongs after the loop"],
        [],
    ),
    "set to zero in each round": (
        "gather",
        """
def gather_vjp(g, out, x, index):
    for k in range(len(index)):
        gx = np.zeros_like(x)
        gx[index[k]] += g[k]
    return gx
""",
        ["The indentation is wrong: `gx = np.zeros_like(x)` belongs before the loop"],
        [],
    ),
    "gradients that are set to zero too late": (
        "engine_descent",
        """
def descend(loss, parameters, rate, steps):
    losses = []
    for _ in range(steps):
        out = loss()
        out.backward()
        for p in parameters:
            p.grad = 0.0
        losses.append(out.data)
        for p in parameters:
            p.data -= rate * p.grad
    return losses
""",
        ["`for p in parameters:` belongs before `out.backward()`"],
        [],
    ),
    "another slip once the bug is found": (
        "neuron",
        """
DIAGNOSIS = "at-output"


def loss_vjp(g, out, w):
    prediction = sigmoid(X @ w)
    slope = prediction * (1 - prediction**2)
    return g * X.T @ ((prediction - t) * slope)
""",
        ["`prediction**2` should be `prediction`"],
        ["none of the usual"],
    ),
    "two slips far apart": (
        "network",
        f"""{NETWORK}
    dL = 2 * (1 - y)
    dy = y * (1 - y) * w5
    dh = h1 * (1 - h1) * x[1]
    return dL * dy * dh
""",
        ["`2` should be `-2`", "`1` should be `0`", "dh = h1 * (1 - h1) * x[1]"],
        ["none of the usual"],
    ),
    "a solution's slip in other words": (
        "engine_layer",
        """
class Neuron:
    def __init__(self, weights, bias):
        self.weights, self.bias = weights, bias

    def __call__(self, inputs):
        total = Value(0.0)
        for i in range(len(inputs)):
            total = total + self.weights[i] * inputs[i]
        return total + self.bias.sigmoid()

    def parameters(self):
        return [*self.weights, self.bias]


class Layer:
    def __init__(self, neurons):
        self.neurons = neurons

    def __call__(self, inputs):
        return [neuron(inputs) for neuron in self.neurons]

    def parameters(self):
        return [parameter for neuron in self.neurons for parameter in neuron.parameters()]
""",
        ["sigmoid"],
        [],
    ),
    "the weight of another layer": (
        "network",
        """
def dL_dw1(w1, rest, x):
    w2, w3, w4, w5, w6, b1, b2, b3 = rest
    h1 = sigmoid(w1 * x[0] + w2 * x[1] + b1)
    h2 = sigmoid(w3 * x[0] + w4 * x[1] + b2)
    y = sigmoid(w5 * h1 + w6 * h2 + b3)
    dL_dy = -2 * (1 - y)
    dy_dh1 = w1 * y * (1 - y)
    dh1_dw1 = x[0] * h1 * (1 - h1)
    return dL_dy * dy_dh1 * dh1_dw1
""",
        ["`w1` should be `w5`"],
        ["none of the usual"],
    ),
    "one mistake that is known, and one more": (
        "attention",
        """
def attention_vjp(g, out, q, k, v):
    p = softmax(q @ k.T / np.sqrt(q.shape[-1]))
    root = np.sqrt(q.shape[-1])
    gp = np.einsum("ic,jc->ij", g, v)
    gv = np.einsum("ij,ic->jc", p, g)
    gs = p * (gp - (gp * p).sum(axis=0))
    gq = np.einsum("ij,jc->ic", gs, k) / root
    gk = np.einsum("ij,ic->jc", gs, q)
    return gq, gk, gv
""",
        ["axis=-1, not axis=0", "/ root"],
        [],
    ),
    "a name used again": (
        "attention",
        """
def attention_vjp(g, out, q, k, v):
    p = softmax(q @ k.T / np.sqrt(q.shape[-1]))
    scale = 1 / np.sqrt(q.shape[-1])
    dp = g @ v.T
    v = p.T @ g
    ds = p * (dp - (dp * p).sum(axis=-1, keepdims=True)) * scale
    q = ds @ k
    k = ds.T @ q
    return q, k, v
""",
        ["makes something else of `q`"],
        [],
    ),
    "g forgotten, and a sign": (
        "tanh",
        """
def tanh_vjp(g, out, x):
    ep = np.exp(x)
    em = np.exp(-x)
    u = ep - em
    v = ep + em
    du = ep - em
    dv = ep - em
    slope = (du * v - u * dv) / v**2
    return slope
""",
        ["* g`", "`ep - em` should be `ep + em`"],
        ["sigmoid"],
    ),
    "an argument of a backward that is read too early": (
        "engine_local",
        """
class Value(Value):
    def __init__(self, data, parents=(), op=""):
        self.data = data
        self.parents = parents
        self.op = op
        self.grad = 0.0
        self._backward = lambda: None

    def __add__(self, other):
        out = Value(self.data + other.data, (self, other), "+")
        incoming = out.grad

        def _backward():
            self.grad = 1.0 * incoming
            other.grad = 1.0 * incoming

        out._backward = _backward
        return out
""",
        ["belongs inside of `_backward`"],
        ["No gradient arrives"],
    ),
    "marked on the stack": (
        "engine_deep",
        """
class Value(Value):
    def order(self):
        order = []
        seen = {self}
        stack = [self]
        while stack:
            node = stack[-1]
            pushed = False
            for parent in node.parents:
                if parent not in seen:
                    seen.add(parent)
                    stack.append(parent)
                    pushed = True
            if not pushed:
                order.append(stack.pop())
        return order
""",
        ["mark it when its turn comes"],
        [],
    ),
    "moved, and its parents not": (
        "engine_deep",
        """
class Value(Value):
    def order(self):
        order = [self]
        seen = {self}
        todo = [self]
        while todo:
            node = todo.pop(0)
            for parent in node.parents:
                if parent in seen:
                    order.remove(parent)
                else:
                    seen.add(parent)
                    todo.append(parent)
                order.append(parent)
        order.reverse()
        return order
""",
        ["what it was made from is not"],
        [],
    ),
    "two usual mistakes": (
        "engine_layer",
        """
class Neuron:
    def __init__(self, weights, bias):
        self.w = [Value(w) for w in weights]
        self.b = Value(bias)

    def __call__(self, inputs):
        total = Value(0.0)
        for i in range(len(self.w)):
            total = total + self.w[i] * inputs[i] + self.b
        return total.sigmoid()

    def parameters(self):
        return [self.b] + self.w


class Layer:
    def __init__(self, neurons):
        self.neurons = neurons

    def __call__(self, inputs):
        outputs = []
        for neuron in self.neurons:
            outputs.append(neuron(inputs))
        return outputs

    def parameters(self):
        result = []
        for neuron in self.neurons:
            result.extend(neuron.parameters())
        return result
""",
        ["added once, after the sum", "The bias comes after the weights"],
        [],
    ),
    "two usual mistakes in two functions": (
        "engine_loss",
        """
def predict(layers, inputs):
    for layer in layers:
        outputs = layer(inputs)
    return outputs[0]


def mean_square(layers, samples, targets):
    total = Value(0.0)
    for i in range(len(samples)):
        error = targets[i] - predict(layers, samples[i])
        total = total + error ** 2
    return total
""",
        ["Each layer gets the sample itself", "the mean is that divided by their number"],
        [],
    ),
    "a factor in one of two alike": (
        "fan_out",
        """
def f_vjp(g, out, x):
    # f = x1 * exp(x2) + x3 * x4, all four are x
    d1 = np.exp(x)
    d2 = np.exp(x)
    d3 = x
    d4 = x
    return g * sum([d1, d2, d3, d4])
""",
        ["`d1` should be `x * d1`"],
        [],
    ),
    "a maximum that begins with 0": (
        "max",
        """
def max_vjp(g, out, x):
    n, m = x.shape
    result = np.zeros_like(x)
    for i in range(n):
        best = 0
        where = 0
        for j in range(m):
            if x[i, j] > best:
                best = x[i, j]
                where = j
        result[i, where] = g[i]
    return result
""",
        ["`0` should be `-np.inf`"],
        ["`-1`"],
    ),
    "an index below 0": (
        "convolution",
        """
def convolve_vjp(g, out, x, w):
    dx = np.zeros_like(x)
    dw = np.zeros_like(w)
    for j in range(len(x)):
        for k in range(len(w)):
            i = j - k
            if i < len(g):
                dx[j] += g[i] * w[k]
    for k in range(len(w)):
        dw[k] = g @ x[k : k + len(g)]
    return dx, dw
""",
        ["`0 <= i < len(g)`"],
        [],
    ),
    "brackets, and g": (
        "sigmoid",
        """
def sigmoid_vjp(g, out, x):
    square = out * out
    return g * out - square
""",
        ["`g * (out - square)`"],
        ["A sign"],
    ),
    "kept by default": (
        "engine_order",
        """
class Value(Value):
    def order(self, result=[], seen=set()):
        if self not in seen:
            seen.add(self)
            for parent in self.parents:
                parent.order(result, seen)
            result.append(self)
        return result
""",
        ["when it was called before"],
        ["something else"],
    ),
}


# Of the benchmark's answers: the file, how its author's word on the mistake begins, what is said of it, and what is not.
AUTHORS = [
    (
        "fifth",
        "The neurons of a layer are chained",
        ["`if i < len(values):` and what stands in it is one too many"],
        ["i > len", "after the loop"],
    ),
    ("fifth", "The diagnosis is right, but the slope", ["should be `error * sigmoid_slope(z)`"], ["+ (1 -"]),
    ("fifth", "The full convolution of g and w is cut", ["`: len(g)` should be `:`"], []),
    ("fifth", "The sum inherits the grandparents", ["has parents of (c, b)"], ["A name is wrong"]),
    ("fifth", "Repeated parents are removed", ["each operand once"], ["A name is wrong"]),
    (
        "fifth",
        "The gradient of other is computed",
        ["`self` should be `out`", '`"+"` should be `"*"`'],
        ["The same numbers"],
    ),
    ("fifth", "The Value is put into the list before", ["append a Value once"], ["turn it round"]),
    (
        "sixth",
        "v is not held fixed",
        ["`y` should be `v`", "`grad(inner)(x) * v` should be `grad(inner)(x)`"],
        ["none of"],
    ),
    ("sixth", "The derivative of the sigmoid of h1", ["`w1` should be `w5`", "`h1` should be `w1 * x[0]"], ["none of"]),
    ("sixth", "lift wraps a Value", ["lifted once more", "`self + other` should be `self - other`"], []),
    ("sixth", "Division gets a rule", ["2 / a was computed as a / 2"], ["what is different"]),
    ("sixth", "A neuron's parameters() appends", ["`self.weights.copy()`"], []),
    ("sixth", "To undo the matrix product", ["`np.linalg.pinv(w)` should be `w.T`"], ["none of"]),
    ("sixth", "The gradient of b is collected", ["it keeps the dtype", "`m - 1` should be `m`"], []),
    ("sixth", "This is Newton's method for a zero", ["after 0 steps", "finds a root of f"], []),
    ("sixth", "Misplaced parenthesis", ["`1 - out ** 2`"], ["lacks the factor"]),
    ("sixth", "shape.index(1) finds", ["of this one axes 1, 2"], []),
    ("sixth", "Off by one: the loop runs over n - m", ["`n - m` should be `(n - m) + 1`"], ["len(x) + 1"]),
    ("sixth", "g is reshaped to the shape of x", ["the axes are to be moved"], ["is an index off"]),
    (
        "seventh",
        "The slope of the output sigmoid is taken",
        ["`w5 * h1` should be `w5 * h1 + w6 * h2 + b3`"],
        ["none of"],
    ),
    ("seventh", "The axes are compared from the left", ["`-1` should be `0`", "belongs before `for axis"], []),
    ("seventh", "Swapping axis i with axis axes[i]", ["all go at once"], ["from the end"]),
    ("seventh", "It goes by way of log p_t", ["in line 27, `dL_dp[t] = -1 / p[t]`"], ["autograd.strict", "Subtract"]),
    ("seventh", "The path through s is written with x", ["`x` should be `(x - x.mean(axis=0))`"], ["`s**3` should"]),
    ("seventh", "In the softmax step the bracket is wrong", ["`(gp * p).sum(axis=-1, keepdims=True)`"], ["g @ v.T"]),
    ("seventh", "The second derivative is computed once", ["after 0 steps", "f″ was taken once"], []),
    (
        "seventh",
        "The gradient is shared out",
        ["`out.grad * self.data / out.data` should be `out.grad`"],
        ["A name is wrong"],
    ),
    ("seventh", "Only the case that both operands", ["+= out.grad + out.grad`"], []),
    ("seventh", "The bias is inside the sum and is added", ["belong into one list", "added once, after the sum"], []),
    ("seventh", "The layers are trained one after", ["before the next one"], ["losses +="]),
    ("eighth", "Treats the element-by-element function", ["should be `np.diag(o * (1 - o))`"], ["wrong axis"]),
    (
        "eighth",
        "Divides by the number of times a row",
        ["`for i in range(len(x)):` and what stands in it"],
        ["-len(x)", "+= 1`"],
    ),
    ("eighth", "Writes exp without subtracting", ["divided by 3 in place of 4", "not finite: invalid value"], []),
    ("eighth", "The exponent −3/2 of the variance", ["`((centred**2).mean(axis=1, keepdims=True) + 1e-5)`"], []),
    ("eighth", "Differentiates mean(x²) as if", ["`mean` should be `x`"], ["np.sum(np.ones_like(x))"]),
    ("eighth", "Multiplies the last contribution", ["Of several contributions"], ["`sum` should be `max`"]),
    ("eighth", "Writes the sign of the operation to", ["not to an operand"], []),
    ("eighth", "Gradients are set to 0 only after", ["losses after each step", "set to 0 after the step"], []),
    ("seventh", "The search for the largest element starts", ["`0` should be `-np.inf`"], ["`0` should be `1`"]),
    (
        "ninth",
        "The slope of the output sigmoid, y(1 − y), is left out",
        ["`y * (1 - y) * w5`", "`w1` should be `x[0]`"],
        [],
    ),
    (
        "ninth",
        "Contributions of a row picked several times",
        ["`onehot / counts` should be `onehot`"],
        ["mean", "An axis"],
    ),
    ("ninth", "The mean of the product g·out is replaced", ["should be `out * (g * out).mean(axis=0)`"], []),
    ("ninth", "Multiplies g with the output relu(x)", ["multiplied by the output"], ["/ x"]),
    (
        "ninth",
        "The gradient is split between the two parents",
        ["abs(other.data) / total` should be `out.grad`"],
        ["A name"],
    ),
    ("tenth", "∂h1/∂w1 is multiplied with w1", ["`w1` should be `x[0]`"], ["none of the usual"]),
    (
        "tenth",
        "Only the first axis is put back",
        ["wrong for axes (1, 2, 0)", "puts back the first one alone"],
        ["a size"],
    ),
    ("tenth", "`p[labels] -= 1` subtracts 1 from whole rows", ["should be `p[np.arange(len(labels)), labels]`"], []),
    (
        "tenth",
        "The softmax is computed without subtracting",
        ["underflow encountered in exp", "subtract the largest"],
        ["0·inf"],
    ),
    ("tenth", "Two mistakes: the scores are scaled back by d", ["letter stands for one length"], ["broadcast_to"]),
    ("tenth", "The sum over the rows is also taken", ["`(g * x).sum(axis=0)`", "should be `part`"], ["[None"]),
    ("tenth", "g is multiplied with the output max(x, 0)", ["multiplied by the output"], ["/ x"]),
    ("tenth", "The other factor is recovered as", ["A number may be 0"], []),
    ("tenth", "lift makes a copy of a Value too", ["lifted once more"], ["2 - a is a new Value"]),
    (
        "tenth",
        "Two mistakes: the power is made by repeated",
        ["made of products", "2 / a was computed as a / 2"],
        ["Something is wrong"],
    ),
    ("tenth", "The sigmoid is composed of other operations", ["is to be one of its own", "'sigmoid'"], []),
    ("tenth", "Two mistakes: the gradients are set to 0 only once", ["holds Values", "once, before the loop"], []),
    ("tenth", "The recursion is kept and the recursion limit", ["The limit was raised"], ["should be"]),
    ("tenth", "The Values are sorted by their shortest distance", ["the longest counts"], []),
    ("tenth", "The sum of the squares is divided by the number of inputs", ["`samples[0]` should be `samples`"], ["½"]),
    ("tenth", "Two mistakes: predict returns the list", ["is a list", "This is the sum over the samples"], ["None"]),
    ("eleventh", "The slope of the inner function x² is taken as 2", ["`2` should be `2 * x`"], []),
    (
        "eleventh",
        "Aligns the shapes on the left",
        ["`tuple(shape) + (1,) * (g.ndim - len(shape))` should be `((1,)"],
        ["a size"],
    ),
    (
        "eleventh",
        "In the path through s the slope of the root lacks",
        ["`g_var * 2` should be `g_var`"],
        ["2 + centred"],
    ),
    ("eleventh", "No longer changes g, but cuts off where g is", ["−g must give minus the result"], ["twice the g"]),
    ("eleventh", "Two mistakes: the quotient rule has a plus", ["should be `v - abs(u)`", "/ v"], ["g / v`"]),
    (
        "eleventh",
        "In the product the gradients already accumulated",
        ["should be `self.grad + (out.grad"],
        ["counted twice"],
    ),
    (
        "eleventh",
        "lift wraps a number only if it is an int",
        ["of whatever type, has to be made one (lifted)"],
        ["interchanged"],
    ),
    (
        "eleventh",
        "The parents are written (self), which is no tuple",
        ["`self` should be `self,`", "(x,)"],
        ["range(n)"],
    ),
    (
        "eleventh",
        "Two mistakes: the parameters of a neuron start",
        ["a list for each neuron", "The bias comes after"],
        [],
    ),
    ("twelfth", "The formula is right, but `out` (which belongs", ["should be `out = out * one_minus`"], ["1 - out"]),
    ("twelfth", "The brackets end too early: the division by s", ["a bracket ends before it"], [": here x"]),
    ("twelfth", "Operator precedence in the repaired slope", ["should be `prediction * (1 - prediction)`"], ["A sign"]),
    ("twelfth", "The rows are added at position i of the sentence", ["`result[i]` should be `result[ids[i]]`"], []),
    (
        "twelfth",
        "In the rule the exponent is reduced in the factor",
        ["the factor went down, and the power stayed"],
        ["sign"],
    ),
    ("twelfth", "The power is built as a product of", ["A power made of products"], ["Something is wrong"]),
    ("twelfth", "Two mistakes: the gradients are set to 0 only once", ["after each step", "once, before the loop"], []),
    ("twelfth", "Counts each child once (a set) but counts down", ["waited for once and taken off twice"], ["-node"]),
    (
        "thirteenth",
        "Operator precedence: without brackets only e⁻ˣ",
        ["should be `(g * em) / (1 + em) ** 2`"],
        ["An operator"],
    ),
    ("thirteenth", "Missing brackets in the slope of h1", ["should be `h1 * (1 - h1)`"], []),
    ("thirteenth", "The axes of length 1 are numbered in `shape`", ["`i` should be `i + extra`"], []),
    ("thirteenth", "Every element gets the same gradient sum(g)", ["a share of all of g"], []),
    ("thirteenth", "Two mistakes: the result starts as a copy of x", ["`np.zeros_like(x)`", "`np.add.at(grad"], []),
    ("thirteenth", "The mean of the product g·out is taken as the product", ["should be `out * M(g * out)`"], []),
    ("thirteenth", "The gradients of q and k are scaled by", ["A name is wrong: `p` should be"], ["a length here"]),
    (
        "thirteenth",
        "The gradients are collected in a table whose key",
        ["it belongs to the Value, not to its number"],
        [],
    ),
    ("thirteenth", "Stops as soon as the loss has not become smaller", ["`break` is one too many"], []),
    (
        "thirteenth",
        "Two mistakes: the loop runs to n − m",
        ["`n - m` should be `(n - m) + 1`", "`out` should be `g`"],
        [],
    ),
    (
        "fourteenth",
        "Two mistakes: the inner derivative -1",
        ["`2` should be `-2`", "In ∂h1/∂w1 the input that w1 is multiplied by is missing"],
        ["`x[0]`"],
    ),
    ("fourteenth", "The gradient of b is the mean over", ["`average` should be `sum`"], ["keepdims"]),
    ("fourteenth", "The inverse of the example's axes", ["in one and the same way whatever `axes` is"], []),
    ("fourteenth", "backward multiplies by the layer's output", ["its slope is 1 where x > 0"], ["of `x`."]),
    ("fourteenth", "The sign in the quotient rule", ["in the quotient rule the products are subtracted"], []),
    ("fourteenth", "The forward trick x + (round(x) - x)", ["This is `out`, the value"], []),
    (
        "fourteenth",
        "Two mistakes: the parents are kept as their numbers",
        ["c.parents holds numbers", "a.op is '+'", "`Value.__add__`, were all other methods right: c.op is ''"],
        [],
    ),
    ("fourteenth", "In the sum, other is given", ["`other.grad = self.grad` should be `other.grad += out.grad`"], []),
    ("fifteenth", "The incoming g is not used", ["does not depend on", "should be `(dz / dz.shape[0]) * g`"], []),
    ("fifteenth", "The transposes are forgotten in two", ["`grad_s` should be `grad_s.T`", "`p` should be `p.T`"], []),
    ("fifteenth", "The slope of exp is written with the input", ["its output, out.data", "should be 'sigmoid'"], []),
    (
        "sixteenth",
        "Two mistakes: the inner derivative −1 of (1 − y)",
        ["`2` should be `-2`", "* y * (1 - y)"],
        ["np.sqrt(out)"],
    ),
    (
        "sixteenth",
        "The gradients are set to zero after self.grad",
        ["still be 1", "`for node in nodes:` and what"],
        ["0.0`"],
    ),
    ("sixteenth", "Sums over the batch stand where", ["a share of 1/n in μ"], ["1/m"]),
    (
        "sixteenth",
        "Two mistakes: the softmax is differentiated as if",
        ["raising one lowers the others", "So it is in the gradient of k", "a division by its root is one too many"],
        [],
    ),
    ("fourteenth", "The slope is made by multiplying n - 1 times", ["The slope is made of products here"], []),
    (
        "fourteenth",
        "Two mistakes: predict returns the last layer's list",
        ["should be what is in it, and is a list", "This is the sum over the samples"],
        ["should be a number"],
    ),
]


def said(name, code, words):
    """What the checker says of an answer to a rehearsed exercise; and the search for a change, where that lacks `words`."""
    exercise = BOOK[name].ready()
    with rehearsal() as heard:
        check_source(exercise, exercise.file(exercise.solution), "solution.py")
    KNOWN.set(tuple(heard))
    source = exercise.file(dedent(code).strip())
    result = check_source(exercise, source, "answer.py")
    assert not result.passed
    assert may_help(exercise, result)
    if any(not says(spoken(result), each) for each in words) and (
        made := change(exercise, source, PATIENCE, named=not vague(result))
    ):
        result = with_change(result, made)
    return spoken(result)


def spoken(result):
    return "\n".join([result.message, *(f.message for f in result.findings if not f.passed)])


@pytest.mark.unmeasured
@pytest.mark.parametrize("what", ANSWERS)
def test_what_is_wrong_is_said_and_nothing_else(what):
    name, code, words, accidents = ANSWERS[what]
    text = contextvars.copy_context().run(said, name, code, words)
    assert [each for each in words if not says(text, each)] == []
    assert [each for each in accidents if each in text] == []
    lines = BOOK[name].file(dedent(code).strip()).splitlines()
    shown = re.findall(r"line (\d+): (.*)", text)
    assert [lines[int(number) - 1].strip() for number, _ in shown] == [line for _, line in shown]


@pytest.mark.unmeasured
@pytest.mark.parametrize(("file", "mistake", "words", "accidents"), AUTHORS[:: draws(3, 1)])
def test_what_an_author_means_is_said_and_nothing_else(file, mistake, words, accidents):
    text = (CASES / f"{file}.md").read_text(encoding="utf-8")
    found = re.search(rf"^### (\w+) \| {re.escape(mistake)}.*?```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    sought = [*words, "everything"] if accidents else words  # a change is sought where words are lacking
    heard = contextvars.copy_context().run(said, *found.groups(), sought)
    assert [each for each in words if not says(heard, each)] == []
    assert [each for each in accidents if each in heard] == []


HALF_THERE = {
    "an order that stops elsewhere": (
        "engine_order",
        """
class Value(Value):
    def order(self):
        names = [self]
        for node in names:
            names += [p for p in node.parents if p not in names]
        if len(names) > 6:
            raise KeyError("t")
        return names[::-1]
""",
        "append a Value once",
    ),
    "Values without parents": (
        "engine_multiply",
        """
class Value(Value):
    def __mul__(self, other):
        out = Value(self.data * other.data)
        del out.parents

        def _backward():
            self.grad = other.data * out.grad
            other.grad = other.data * out.grad

        out._backward = _backward
        del self.parents
        return out
""",
        "b.grad",
    ),
    "a diagnosis that is no text": (
        "relu",
        "DIAGNOSIS = np.ones(2)\n\n\ndef relu_vjp(g, out, x):\n    return g * x\n",
        "multiplied by x",
    ),
}


@pytest.mark.parametrize("what", HALF_THERE)
def test_what_is_looked_at_beside_a_fault_takes_nothing_from_what_is_said_of_it(what):
    name, code, words = HALF_THERE[what]
    result = check_source(BOOK[name], BOOK[name].file(dedent(code).strip()), "answer.py")
    assert result.state == "failed", result
    assert words in spoken(result)
