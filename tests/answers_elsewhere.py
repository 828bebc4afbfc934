"""Answers that were accepted or misunderstood once, and right ones of unusual form: what is wrong, by exercise.

As in `wrong_answers`, a kind, and after a colon words that the message must hold; "error" stands for an answer that stops.
"""

ALL_WAYS = """
class Value(Value):
    def order(self):
        order, written, todo = [], set(), [(self, "enter")]
        while todo:
            node, what = todo.pop()
            if what == "leave":
                if node not in written:
                    written.add(node)
                    order.append(node)
            else:
                todo.append((node, "leave"))
                for parent in PARENTS:
                    todo.append((parent, "enter"))
        return order
"""

MORE_WRONG = [
    # parents that are gone through in all the 2ⁿ ways: from the last one on, by their index, as a slice
    *(
        ("engine_deep", "cost: gone through", ALL_WAYS.replace("PARENTS", parents))
        for parents in (
            "reversed(node.parents)",
            "(node.parents[i] for i in range(len(node.parents)))",
            "node.parents[::-1]",
        )
    ),
    # all that the right operand was made from
    (
        "engine_graph",
        "further: f.parents has parents of (b, e)",
        """
class Value(Value):
    def __init__(self, data, parents=(), op=""):
        self.data = data
        self.parents = parents
        self.op = op

    def __add__(self, other):
        return Value(self.data + other.data, (self, *other.parents, other), "+")
""",
    ),
    # a search that begins with -1, and takes the last where nothing is found
    (
        "max",
        "places: right numbers in the wrong places",
        """
def max_vjp(g, out, x):
    result = np.zeros_like(x)
    for i in range(len(x)):
        best, where = -1, -1
        for j in range(x.shape[1]):
            if x[i, j] > best:
                best, where = x[i, j], j
        result[i, where] = g[i]
    return result
""",
    ),
    # np.tile for np.repeat
    (
        "mean",
        "places: in memory they lie as if",
        """
def mean_vjp(g, out, x):
    n, m = x.shape
    return np.tile(g, m).reshape(n, m) / m
""",
    ),
    # one maximum of the whole array
    (
        "max",
        "missing: of 3 outputs only one contributes",
        """
def max_vjp(g, out, x):
    result = np.zeros_like(x)
    i, j = np.unravel_index(x.argmax(), x.shape)
    result[i, j] = g[i]
    return result
""",
    ),
    # a search that begins at -1, where all numbers of a row may be smaller
    (
        "max",
        "places: wrong places",
        """
def max_vjp(g, out, x):
    result = np.zeros_like(x)
    for i in range(len(x)):
        best, at = -1.0, 0
        for j in range(x.shape[1]):
            if x[i, j] > best:
                best, at = x[i, j], j
        result[i, at] = g[i]
    return result
""",
    ),
    # n - 1 for n
    (
        "layer_norm",
        "factor: that is √(2/3), and 3 is a length here",
        """
def layer_norm_vjp(g, out, x):
    s = np.sqrt(x.var(axis=1, ddof=1, keepdims=True) + 1e-5)
    return (g - g.mean(axis=1, keepdims=True) - out * (g * out).mean(axis=1, keepdims=True)) / s
""",
    ),
    # the epsilon in the wrong place
    (
        "layer_norm",
        "brackets: stands outside of the root",
        """
def layer_norm_vjp(g, out, x):
    s = x.std(axis=1, keepdims=True) + 1e-5
    return (g - g.mean(axis=1, keepdims=True) - out * (g * out).mean(axis=1, keepdims=True)) / s
""",
    ),
    # a series
    (
        "tanh",
        "nearly: a series that is cut off",
        """
def tanh_vjp(g, out, x):
    return g * (1 - x**2 + 2 * x**4 / 3)
""",
    ),
    # a comparison in place of a mask
    (
        "relu",
        "nonlinear: write g * (x > 0)",
        """
DIAGNOSIS = "mutated"
def relu_vjp(g, out, x):
    return g * x > 0
""",
    ),
    # Newton's method that stops when it is near
    (
        "newton",
        "steps: This is x after 3 steps, and 6 were asked for",
        """
def minimise(f, x, steps):
    for _ in range(steps):
        step = grad(f)(x) / grad(grad(f))(x)
        if abs(step) < 1e-2:
            break
        x = x - step
    return x
""",
    ),
    # both gradients averaged
    (
        "linear",
        "factor: So it is with b.",
        """
def linear_vjp(g, out, x, w, b):
    return g @ w.T, x.T @ g / len(x), g.mean(axis=0)
""",
    ),
    # a list for an array
    (
        "sigmoid",
        "type: is a list, and should be an array",
        """
import math
def sigmoid_vjp(g, out, x):
    return [gi * math.exp(-xi) / (1 + math.exp(-xi)) ** 2 for gi, xi in zip(g, x)]
""",
    ),
    # lists in a tuple
    (
        "matmul",
        "type: gradient of a is a list",
        """
def matmul_vjp(g, out, a, b):
    return (g @ b.T).tolist(), a.T @ g
""",
    ),
    # complex step
    (
        "fan_out",
        "difference: in the imaginary direction",
        """
def f_vjp(g, out, x):
    z = x + 1e-30j
    return g * (z * np.exp(z) + z**2).imag / 1e-30
""",
    ),
    # complex step, number by number
    (
        "tanh",
        "difference: step of 1e-30 apart in the imaginary",
        """
def tanh_vjp(g, out, x):
    r = np.zeros_like(x)
    for i in range(len(x)):
        r[i] = g[i] * np.tanh(complex(x[i], 1e-30)).imag / 1e-30
    return r
""",
    ),
    # a difference that is right to twelve digits
    (
        "sigmoid",
        "difference: a small step of",
        """
def sigmoid_vjp(g, out, x):
    h = 1e-3
    return g * (-sigmoid(x + 2*h) + 8*sigmoid(x + h) - 8*sigmoid(x - h) + sigmoid(x - 2*h)) / (12 * h)
""",
    ),
    # a difference of something linear, exact, one element after the other
    (
        "mean",
        "precision: digits, and 9",
        """
def mean_vjp(g, out, x):
    r = np.zeros_like(x)
    def f(z):
        return (g * np.mean(z, axis=1)).sum()
    for i in np.ndindex(x.shape):
        moved = x.copy()
        moved[i] += 2.0**-10
        r[i] = (f(moved) - f(x)) * 2.0**10
    return r
""",
    ),
    # complex step in a rule of the engine
    (
        "engine_powers",
        "difference: in the imaginary direction",
        """
class Value(Value):
    def __pow__(self, exponent):
        out = Value(self.data**exponent, (self,), "**")
        def _backward():
            z = complex(self.data, 1e-30)
            self.grad += (z ** exponent).imag / 1e-30 * out.grad
        out._backward = _backward
        return out
    def __truediv__(self, other):
        return self * self.lift(other) ** -1
    def __rtruediv__(self, other):
        return self**-1 * other
""",
    ),
    # a power that is divided by its base, which may be 0
    (
        "engine_powers",
        "error: ZeroDivisionError",
        """
class Value(Value):
    def __pow__(self, exponent):
        out = Value(self.data**exponent, (self,), "**")
        def _backward():
            self.grad += exponent * out.data / self.data * out.grad
        out._backward = _backward
        return out
    def __truediv__(self, other):
        return self * self.lift(other) ** -1
    def __rtruediv__(self, other):
        return self**-1 * other
""",
    ),
    # the first answer, by shape, for a slope that is even
    (
        "sigmoid",
        "kept: keep nothing between two calls",
        """
cache = {}
def sigmoid_vjp(g, out, x):
    if x.shape not in cache:
        cache[x.shape] = out * (1 - out)
    return g * cache[x.shape]
""",
    ),
    # float32 computed
    (
        "sigmoid",
        "dtype: keeps the dtype",
        """
def sigmoid_vjp(g, out, x):
    return g.astype(np.float32) * out.astype(np.float32) * (1 - out.astype(np.float32))
""",
    ),
    # float64 for float32
    (
        "sigmoid",
        "dtype: keeps the dtype",
        """
def sigmoid_vjp(g, out, x):
    return np.asarray(g * out * (1 - out), dtype=np.float64)
""",
    ),
    # central differences
    (
        "sigmoid",
        "precision: digits, and 9",
        """
def sigmoid_vjp(g, out, x):
    h = 1e-6
    return g * (sigmoid(x + h) - sigmoid(x - h)) / (2 * h)
""",
    ),
    # library grad
    (
        "sigmoid",
        "library: to the library",
        """
from autograd import elementwise_grad

def sigmoid_vjp(g, out, x):
    return g * elementwise_grad(lambda t: 1 / (1 + np.exp(-t)))(x)
""",
    ),
    # number of elements written down (loop over 5)
    (
        "sigmoid",
        "error: is a size written down",
        """
def sigmoid_vjp(g, out, x):
    r = np.zeros_like(x)
    for i in range(5):
        r[i] = g[i] * out[i] * (1 - out[i])
    return r
""",
    ),
    # approximation
    (
        "sigmoid",
        "missing",
        """
def sigmoid_vjp(g, out, x):
    return g * np.where(abs(x) > 8, 0, out * (1 - out))
""",
    ),
    # sigmoid's formula
    (
        "tanh",
        "slope",
        """
def tanh_vjp(g, out, x):
    return g * out * (1 - out)
""",
    ),
    # product rule in place of chain
    (
        "chain",
        "product",
        """
def f_vjp(g, out, x):
    return g * (np.cos(x) * x**2 + np.sin(x) * 2 * x)
""",
    ),
    # state: cos kept
    (
        "chain",
        "kept: before",
        """
kept = {}
def f_vjp(g, out, x):
    if 'c' not in kept:
        kept['c'] = np.cos(x**2) * 2 * x
    return g * kept['c']
""",
    ),
    # h2's slope added
    (
        "network",
        "path",
        """
def dL_dw1(w1, rest, x):
    w2, w3, w4, w5, w6, b1, b2, b3 = rest
    h1 = sigmoid(w1 * x[0] + w2 * x[1] + b1)
    h2 = sigmoid(w3 * x[0] + w4 * x[1] + b2)
    y = sigmoid(w5 * h1 + w6 * h2 + b3)
    return -2 * (1 - y) * y * (1 - y) * (w5 * h1 * (1 - h1) + w6 * h2 * (1 - h2)) * x[0]
""",
    ),
    # product rule wrong: e^x*e^x
    (
        "fan_out",
        "product",
        """
def f_vjp(g, out, x):
    return g * (np.exp(x) * np.exp(x) + 2 * x)
""",
    ),
    # power rule on exp
    (
        "fan_out",
        "power",
        """
def f_vjp(g, out, x):
    return g * (np.exp(x) + x * x * np.exp(x - 1) + 2 * x)
""",
    ),
    # plus for times
    (
        "value",
        "operator",
        """
class Value(Node):
    def backward(self):
        self.grad = 1.0
        for node in self.everything_before():
            for parent, slope in node.parents:
                parent.grad += node.grad + slope
""",
    ),
    # multiplies in place
    (
        "value",
        "product",
        """
class Value(Node):
    def backward(self):
        for n in self.everything_before():
            n.grad = 1.0
        for node in self.everything_before():
            for parent, slope in node.parents:
                parent.grad *= node.grad * slope
""",
    ),
    # rows written down
    (
        "bias",
        "missing: a size written down",
        """
def add_vjp(g, out, x, b):
    return g, g[0] + g[1] + g[2]
""",
    ),
    # 3 times mean
    (
        "bias",
        "size: a size written down",
        """
def add_vjp(g, out, x, b):
    return g, 3 * g.mean(axis=0)
""",
    ),
    # if for while: only one added axis
    (
        "unbroadcast",
        "broadcast",
        """
def unbroadcast(g, shape):
    if g.ndim > len(shape):
        g = g.sum(axis=0)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=i, keepdims=True)
    return g
""",
    ),
    # 4 written down
    (
        "mean",
        "size: a size written down",
        """
def mean_vjp(g, out, x):
    return g[:, None] / 4 * np.ones_like(x)
""",
    ),
    # twice axes (order 3 only)
    (
        "transpose",
        "places: wrong for axes (2, 1, 0)",
        """
def transpose_vjp(g, out, x, axes):
    return g.transpose(axes).transpose(axes) if axes != (1, 0, 2) else g.transpose(axes)
""",
    ),
    # negatives dropped
    (
        "gather",
        "negative",
        """
def gather_vjp(g, out, x, index):
    r = np.zeros_like(x)
    for i, j in enumerate(index):
        for k in range(len(x)):
            if k == j:
                r[k] += g[i]
    return r
""",
    ),
    # index sorted in place
    (
        "gather",
        "error: belongs to whoever called",
        """
def gather_vjp(g, out, x, index):
    r = np.zeros_like(x)
    order = np.argsort(index)
    index.sort()
    np.add.at(r, index, g[order])
    return r
""",
    ),
    # range(4)
    (
        "gather",
        "missing: a size written down",
        """
def gather_vjp(g, out, x, index):
    r = np.zeros_like(x)
    for i in range(min(4, len(index))):
        r[index[i]] += g[i]
    return r
""",
    ),
    # start at 0 loop (all negative rows)
    (
        "max",
        "places",
        """
def max_vjp(g, out, x):
    r = np.zeros_like(x)
    for i in range(len(x)):
        best, at = 0.0, 0
        for j in range(x.shape[1]):
            if x[i, j] > best:
                best, at = x[i, j], j
        r[i, at] = g[i]
    return r
""",
    ),
    # batch 4 written
    (
        "linear",
        "size: a size written down",
        """
def linear_vjp(g, out, x, w, b):
    return g @ w.T, x.T @ g, 4 * g.mean(axis=0)
""",
    ),
    # n = 4
    (
        "cross_entropy",
        "error: is a size written down",
        """
def cross_entropy_vjp(g, out, logits, labels):
    p = softmax(logits)
    p[np.arange(4), labels] -= 1
    return g * p / 4
""",
    ),
    # exp without max
    (
        "cross_entropy",
        "overflow: encountered in",
        """
def cross_entropy_vjp(g, out, logits, labels):
    e = np.exp(logits)
    p = e / e.sum(axis=1, keepdims=True)
    p[np.arange(len(p)), labels] -= 1
    return g * p / len(p)
""",
    ),
    # eps forgotten
    (
        "layer_norm",
        "incomplete",
        """
def layer_norm_vjp(g, out, x):
    s = x.std(axis=1, keepdims=True)
    return (g - g.mean(axis=1, keepdims=True) - out * (g * out).mean(axis=1, keepdims=True)) / s
""",
    ),
    # sqrt(5)
    (
        "attention",
        "size: a size written down",
        """
def attention_vjp(g, out, q, k, v):
    p = softmax(q @ k.T / np.sqrt(5))
    gp = g @ v.T
    gs = p * (gp - (gp * p).sum(axis=-1, keepdims=True)) / np.sqrt(5)
    return gs @ k, gs.T @ q, p.T @ g
""",
    ),
    # exp without max
    (
        "attention",
        "overflow: overflow",
        """
def attention_vjp(g, out, q, k, v):
    d = q.shape[-1]
    e = np.exp(q @ k.T / np.sqrt(d))
    p = e / e.sum(axis=-1, keepdims=True)
    gp = g @ v.T
    gs = p * (gp - (gp * p).sum(axis=-1, keepdims=True)) / np.sqrt(d)
    return gs @ k, gs.T @ q, p.T @ g
""",
    ),
    # kept weights
    (
        "neuron",
        "kept: before",
        """
DIAGNOSIS = 'at-output'
first = []
def loss_vjp(g, out, w):
    first.append(sigmoid(X @ w))
    p = first[0]
    return g * X.T @ ((p - t) * p * (1 - p))
""",
    ),
    # 12
    (
        "mean_square",
        "size: a size written down",
        """
DIAGNOSIS = 'factor'
def mse_vjp(g, out, x):
    return g * 2 * x / 12
""",
    ),
    # x - mean
    (
        "mean_square",
        "surplus",
        """
DIAGNOSIS = 'factor'
def mse_vjp(g, out, x):
    return g * 2 * (x - x.mean()) / x.size
""",
    ),
    # sum of g times x row
    (
        "scale",
        "index",
        """
DIAGNOSIS = 'broadcast'
def scale_vjp(g, out, x, scale):
    return g * scale, g.sum(axis=0) * x[0]
""",
    ),
    # mean of uses
    (
        "embedding",
        "mean",
        """
DIAGNOSIS = 'overwritten'
def embedding_vjp(g, out, table):
    r = np.zeros_like(table)
    for i in range(len(ids)):
        r[ids[i]] += g[i] / (ids == ids[i]).sum()
    return r
""",
    ),
    # threshold 1e-3
    (
        "relu",
        "missing",
        """
DIAGNOSIS = 'mutated'
def relu_vjp(g, out, x):
    return g * (x > 1e-3)
""",
    ),
    # mask of the first batch
    (
        "layer",
        "kept: before",
        """
DIAGNOSIS = 'surplus'
class ReLU:
    mask = None
    def forward(self, x):
        if self.mask is None:
            self.mask = x > 0
        return np.where(x > 0, x, 0)
    def backward(self, g, x):
        return g * self.mask
""",
    ),
    # size 4 rows of H
    (
        "hvp",
        "shape",
        """
def hvp(f, x, v):
    return np.array([(grad(lambda y: grad(f)(y)[i])(x) * v).sum() for i in range(4)])
""",
    ),
    # mutates v
    (
        "hvp",
        "mutated",
        """
def hvp(f, x, v):
    v /= 1.0
    v *= 2
    return grad(lambda y: (grad(f)(y) * v).sum())(x) / 2
""",
    ),
    # rows, slow but no H (n grads)
    (
        "hvp",
        "cost: 12 times",
        """
def hvp(f, x, v):
    return np.array([(grad(lambda y: grad(f)(y)[i])(x) * v).sum() for i in range(len(x))])
""",
    ),
    # differences
    (
        "custom",
        "precision: digits, and 9",
        """
def softsign_rule(g, out, x):
    h = 1e-6
    s = lambda t: t / (1 + abs(t))
    return g * (s(x + h) - s(x - h)) / (2 * h)

softsign = Op(lambda x: x / (1 + abs(x)), softsign_rule, name='softsign')
""",
    ),
    # sign forgotten quotient rule
    (
        "custom",
        "inner",
        """
def softsign_rule(g, out, x):
    return g * (1 + abs(x) - x) / (1 + abs(x)) ** 2

softsign = Op(lambda x: x / (1 + abs(x)), softsign_rule, name='softsign')
""",
    ),
    # eye(3)
    (
        "fixed_point",
        "error: is a size written down",
        """
def fixed_point_vjp(g, out, x, W):
    D = np.diag(1 - out**2)
    return D @ np.linalg.solve((np.eye(3) - D @ W).T, g)
""",
    ),
    # changes W
    (
        "fixed_point",
        "error: belongs to whoever called",
        """
def fixed_point_vjp(g, out, x, W):
    W *= (1 - out**2)[:, None]
    return (1 - out**2) * np.linalg.solve((np.eye(len(x)) - W).T, g)
""",
    ),
    # second derivative by differences
    (
        "newton",
        "differences: places",
        """
def minimise(f, x, steps):
    h = 1e-6
    for _ in range(steps):
        d2 = (grad(f)(x + h) - grad(f)(x - h)) / (2 * h)
        x = x - grad(f)(x) / d2
    return x
""",
    ),
    # abs of second derivative
    (
        "newton",
        "second-order",
        """
def minimise(f, x, steps):
    for _ in range(steps):
        x = x - grad(f)(x) / abs(grad(grad(f))(x))
    return x
""",
    ),
    # halving: damped
    (
        "newton",
        "step",
        """
def minimise(f, x, steps):
    for _ in range(steps):
        x = x - 0.5 * grad(f)(x) / grad(grad(f))(x)
    return x
""",
    ),
    # clipped at 10
    (
        "straight_through",
        "mask",
        """
def ste_rule(g, out, x):
    return g * (abs(x) < 10)

ste_round = Op(np.round, ste_rule, name='ste_round')
""",
    ),
    # hard-tanh on g
    (
        "straight_through",
        "gradient",
        """
def ste_rule(g, out, x):
    return np.clip(g, -5, 5)

ste_round = Op(np.round, ste_rule, name='ste_round')
""",
    ),
]

RIGHT = [
    # a class that Python's own tools look into
    (
        "engine_add",
        """
from dataclasses import dataclass


@dataclass(eq=False)
class Value:
    data: float

    def __add__(self, other):
        return Value(data=self.data + other.data)
""",
    ),
    # an annotation that is asked for when it is written: no `from __future__` of ours reaches an answer
    (
        "tanh",
        """
def tanh_vjp(g: np.ndarray, out: np.ndarray, x: np.ndarray):
    return (g * (1 - out**2)).astype(tanh_vjp.__annotations__["x"].dtype.__get__(x))
""",
    ),
    # by Kahn's algorithm, which goes through a Value's parents three times
    (
        "engine_deep",
        """
from collections import Counter, deque


class Value(Value):
    def order(self):
        parents_of, todo = {}, [self]
        while todo:
            node = todo.pop()
            if node not in parents_of:
                parents_of[node] = node.parents
                todo.extend(node.parents)
        uses = Counter(parent for parents in parents_of.values() for parent in parents)
        ordered, free = deque(), [self]
        while free:
            node = free.pop()
            ordered.appendleft(node)
            for parent in parents_of[node]:
                uses[parent] -= 1
                if not uses[parent]:
                    free.append(parent)
        return list(ordered)
""",
    ),
    # complex numbers that are no step
    (
        "chain",
        """
def f_vjp(g, out, x):
    return g * 2 * x * np.exp(1j * x * x).real
""",
    ),
    # a helper that is called with the numbers themselves and with others
    (
        "tanh",
        """
def slope(x):
    e = np.exp(-2 * np.abs(x))
    return 4 * e / (1 + e) ** 2
def tanh_vjp(g, out, x):
    eps = 1e-30
    return g * (slope(x) + 0 * slope(x + 1.5)) + eps * 0
""",
    ),
    # float64 output
    (
        "relu",
        """
DIAGNOSIS = 'mutated'
def relu_vjp(g, out, x):
    m = np.zeros(x.shape)
    m[x > 0] = 1.0
    return g * m
""",
    ),
    # floor(x+.5)... ceil
    (
        "straight_through",
        """
def ste_rule(g, out, x):
    return g

ste_round = Op(lambda x: np.floor(x + 0.5), ste_rule, name='ste_round')
""",
    ),
    # int truncation
    (
        "straight_through",
        """
def ste_rule(g, out, x):
    return g

ste_round = Op(lambda x: np.trunc(x + 0.5 * np.sign(x)), ste_rule, name='ste_round')
""",
    ),
    # exp form
    (
        "sigmoid",
        """
def sigmoid_vjp(g, out, x):
    return g * np.exp(-x) / (1 + np.exp(-x)) ** 2
""",
    ),
    # quotient rule
    (
        "tanh",
        """
def tanh_vjp(g, out, x):
    n, d = np.exp(x) - np.exp(-x), np.exp(x) + np.exp(-x)
    return g * (d * d - n * n) / d**2
""",
    ),
    # loop
    (
        "chain",
        """
import math
def f_vjp(g, out, x):
    r = np.empty_like(x)
    for i in range(len(x)):
        r[i] = g[i] * 2 * x[i] * math.cos(x[i] * x[i])
    return r
""",
    ),
    # floats
    (
        "network",
        """
import math
def dL_dw1(w1, rest, x):
    w2, w3, w4, w5, w6, b1, b2, b3 = map(float, rest)
    s = lambda z: 1 / (1 + math.exp(-z))
    h1, h2 = s(w1 * x[0] + w2 * x[1] + b1), s(w3 * x[0] + w4 * x[1] + b2)
    y = s(w5 * h1 + w6 * h2 + b3)
    return float(2 * (y - 1) * y * (1 - y) * w5 * h1 * (1 - h1) * x[0])
""",
    ),
    # setdefault style with dict
    (
        "value",
        """
class Value(Node):
    def backward(self):
        grads = {id(self): 1.0}
        for node in self.everything_before():
            node.grad = grads.get(id(node), 0.0)
            for parent, slope in node.parents:
                grads[id(parent)] = grads.get(id(parent), 0.0) + slope * node.grad
""",
    ),
    # reset first
    (
        "value",
        """
class Value(Node):
    def backward(self):
        nodes = self.everything_before()
        for n in nodes:
            n.grad = 0.0
        self.grad = 1
        for n in nodes:
            for p, s in n.parents:
                p.grad = p.grad + s * n.grad
""",
    ),
    # einsum
    (
        "bias",
        """
def add_vjp(g, out, x, b):
    return 1 * g, np.einsum('ij->j', g)
""",
    ),
    # while
    (
        "unbroadcast",
        """
def unbroadcast(g, shape):
    while g.ndim > len(shape):
        g = g.sum(0)
    for i, n in enumerate(shape):
        if n == 1:
            g = g.sum(i, keepdims=True)
    return g
""",
    ),
    # reshape at end
    (
        "unbroadcast",
        """
def unbroadcast(g, shape):
    full = (1,) * (g.ndim - len(shape)) + tuple(shape)
    axes = tuple(i for i in range(g.ndim) if full[i] == 1)
    return np.sum(g, axis=axes).reshape(shape)
""",
    ),
    # outer
    (
        "mean",
        """
def mean_vjp(g, out, x):
    return np.outer(g, np.ones(x.shape[1], x.dtype)) / x.shape[1]
""",
    ),
    # loops
    (
        "matmul",
        """
def matmul_vjp(g, out, a, b):
    ga, gb = np.zeros_like(a), np.zeros_like(b)
    n, m = a.shape
    p = b.shape[1]
    for i in range(n):
        for j in range(m):
            for k in range(p):
                ga[i, j] += g[i, k] * b[j, k]
                gb[j, k] += g[i, k] * a[i, j]
    return ga, gb
""",
    ),
    # moveaxis
    (
        "transpose",
        """
def transpose_vjp(g, out, x, axes):
    return np.moveaxis(g, range(g.ndim), axes)
""",
    ),
    # one-hot matmul
    (
        "gather",
        """
def gather_vjp(g, out, x, index):
    onehot = (np.arange(len(x))[:, None] == np.asarray(index)[None, :] % len(x)).astype(g.dtype)
    return onehot @ g
""",
    ),
    # argmax first
    (
        "max",
        """
def max_vjp(g, out, x):
    r = np.zeros_like(x)
    r[np.arange(len(x)), x.argmax(axis=1)] = g
    return r
""",
    ),
    # einsum
    (
        "linear",
        """
def linear_vjp(g, out, x, w, b):
    return np.dot(w, g.T).T, np.tensordot(x, g, axes=(0, 0)), np.add.reduce(g)
""",
    ),
    # one hot eye
    (
        "cross_entropy",
        """
def cross_entropy_vjp(g, out, logits, labels):
    n, c = logits.shape
    onehot = np.eye(c, dtype=logits.dtype)[labels]
    return (softmax(logits) - onehot) * (g / n)
""",
    ),
    # logsumexp
    (
        "cross_entropy",
        """
def cross_entropy_vjp(g, out, logits, labels):
    m = logits.max(axis=1, keepdims=True)
    p = np.exp(logits - m - np.log(np.exp(logits - m).sum(axis=1, keepdims=True)))
    for i, t in enumerate(labels):
        p[i, t] -= 1
    return g * p / logits.shape[0]
""",
    ),
    # full jacobian rows
    (
        "layer_norm",
        """
def layer_norm_vjp(g, out, x):
    r = np.empty_like(x)
    for i in range(len(x)):
        m = x.shape[1]
        s = np.sqrt(x[i].var() + 1e-5)
        J = (np.eye(m) - 1 / m - np.outer(out[i], out[i]) / m) / s
        r[i] = g[i] @ J
    return r
""",
    ),
    # classic
    (
        "layer_norm",
        """
def layer_norm_vjp(g, out, x):
    m = x.shape[1]
    mu = x.mean(axis=1, keepdims=True)
    var = ((x - mu) ** 2).mean(axis=1, keepdims=True)
    s = np.sqrt(var + 1e-5)
    dvar = (g * (x - mu) * -0.5 * (var + 1e-5) ** -1.5).sum(axis=1, keepdims=True)
    dmu = (-g / s).sum(axis=1, keepdims=True) + dvar * (-2 * (x - mu)).mean(axis=1, keepdims=True)
    return g / s + dvar * 2 * (x - mu) / m + dmu / m
""",
    ),
    # m g form
    (
        "batch_norm",
        """
def batch_norm_vjp(g, out, x):
    n = len(x)
    s = np.sqrt(x.var(axis=0) + 1e-5)
    return (n * g - g.sum(0) - out * (g * out).sum(0)) / (n * s)
""",
    ),
    # np.convolve
    (
        "convolution",
        """
def convolve_vjp(g, out, x, w):
    return np.convolve(g, w), np.correlate(x, g, 'valid')
""",
    ),
    # out trick
    (
        "attention",
        """
def attention_vjp(g, out, q, k, v):
    c = q.shape[1] ** -0.5
    p = softmax(c * (q @ k.T))
    gs = p * (g @ v.T - (g * out).sum(axis=1)[:, None])
    return c * gs @ k, c * gs.T @ q, p.T @ g
""",
    ),
    # slope at X@w
    (
        "neuron",
        """
DIAGNOSIS = 'at-output'
def sigmoid_slope(x):
    return sigmoid(x) * (1 - sigmoid(x))
def loss_vjp(g, out, w):
    z = X @ w
    return g * ((sigmoid(z) - t) * sigmoid_slope(z)) @ X
""",
    ),
    # where
    (
        "relu",
        """
DIAGNOSIS = 'mutated'
def relu_vjp(g, out, x):
    return np.where(x > 0, g, 0)
""",
    ),
    # jvp order
    (
        "hvp",
        """
def hvp(f, x, v):
    inner = grad(f)
    def dot(y):
        return np.dot(inner(y), v)
    return grad(dot)(x)
""",
    ),
    # library hvp
    (
        "hvp",
        """
import autograd
def hvp(f, x, v):
    return autograd.hvp(f)(x, v)
""",
    ),
    # where
    (
        "custom",
        """
def softsign_rule(g, out, x):
    return np.where(x > 0, g / (1 + x) ** 2, g / (1 - x) ** 2)

softsign = Op(lambda x: x / (1 + abs(x)), softsign_rule, name='softsign')
""",
    ),
    # inv
    (
        "fixed_point",
        """
def fixed_point_vjp(g, out, x, W):
    d = 1 - out * out
    J = np.linalg.inv(np.eye(len(out)) - d[:, None] * W) * d
    return g @ J
""",
    ),
    # functions outside
    (
        "newton",
        """
def minimise(f, x, steps):
    d1 = grad(f)
    d2 = grad(d1)
    while steps > 0:
        x -= d1(x) / d2(x)
        steps -= 1
    return x
""",
    ),
    # copy
    (
        "straight_through",
        """
def ste_rule(g, out, x):
    return 1.0 * g

ste_round = Op(lambda x: np.rint(x), ste_rule, name='ste_round')
""",
    ),
]
