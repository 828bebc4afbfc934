"""Wrong answers to the exercises, as students write them, each with the kind of mistake that must be found in it.

After a colon stand words that the message must hold. "error" stands for an answer that does not run.
"""

from tests.wrong_engines import ENGINES


def line(head, *bodies):
    """One function with several bodies: pairs of a kind and what is returned."""
    return [(kind, f"def {head}:\n    return {body}\n") for kind, body in bodies]


def lines(*pairs):
    return list(pairs)


NEURON = """
def loss_vjp(g, out, w):
    prediction = sigmoid(X @ w)
    return {}
"""
NETWORK = """
def dL_dw1(w1, rest, x):
    w2, w3, w4, w5, w6, b1, b2, b3 = rest
    h1 = sigmoid(w1 * x[0] + w2 * x[1] + b1)
    h2 = sigmoid(w3 * x[0] + w4 * x[1] + b2)
    y = sigmoid(w5 * h1 + w6 * h2 + b3)
    return {}
"""
BACKWARD = """
class Value(Node):
    def backward(self):
        self.grad = 1.0
{}
"""
NORM = """
def {}_norm_vjp(g, out, x):
    s = np.sqrt(x.var(axis={axis}, keepdims=True) + 1e-5)
    return {}
"""


def norm(name, axis, *bodies):
    return [(k, NORM.format(name, b.replace("AXIS", f"axis={axis}, keepdims=True"), axis=axis)) for k, b in bodies]


CONVOLVE = """
def convolve_vjp(g, out, x, w):
    gx, gw = np.zeros_like(x), np.zeros_like(w)
    for i in range(len(out)):
        {}
        {}
    return gx, gw
"""
ATTENTION = """
def attention_vjp(g, out, q, k, v):
    d = q.shape[-1]
    p = softmax(q @ k.T / np.sqrt(d))
    gp = g @ v.T
    gs = {}
    return {}
"""
RELU = """
class ReLU:
    def forward(self, x):
        self.mask = x > 0
        return np.where(self.mask, x, 0)

    def backward(self, g, x):
        return {}
"""
GS = "p * (gp - (gp * p).sum(axis=-1, keepdims=True)) / np.sqrt(d)"

WRONG = {
    "sigmoid": line(
        "sigmoid_vjp(g, out, x)",
        ("at-output", "g * sigmoid(out) * (1 - sigmoid(out))"),
        ("at-input", "g * x * (1 - x)"),
        ("sign", "-g * out * (1 - out)"),
        ("nonlinear: does not depend on the incoming gradient", "out * (1 - out)"),
        ("incomplete: the first one alone", "g * out"),
        ("incomplete: the second one alone", "g * (1 - out)"),
        ("incomplete: −e⁻ˣ, not −1", "g * out**2"),
        ("chain: derivative of e⁻ˣ inside", "-g / (1 + np.exp(-x)) ** 2"),
        ("sign: between the two terms", "g * out * (1 + out)"),
        ("shape: a single number", "(g * out * (1 - out)).sum()"),
        ("dtype: text", "'0.25'"),
        ("zero: is a `return` missing?", "None"),
        ("error: name 'output' is not defined", "g * output * (1 - output)"),
    ),
    "tanh": line(
        "tanh_vjp(g, out, x)",
        ("at-output", "g * (1 - np.tanh(out) ** 2)"),
        ("at-input", "g * (1 - x**2)"),
        ("sign", "g * (out**2 - 1)"),
        ("zero", "0 * g"),
        ("power: A power is missing", "g * (1 - out)"),
        ("power: the square root", "g / np.cosh(x)"),
        ("sign: nowhere steeper than 1", "g * (1 + out**2)"),
        ("incomplete: one of the quotient rule's two terms", "g * out**2"),
        ("error: written **, not ^", "g * (1 - out ^ 2)"),
        ("error: np.tanh", "g * (1 - tanh(x) ** 2)"),
    ),
    "chain": line(
        "f_vjp(g, out, x)",
        ("chain", "g * np.cos(x**2)"),
        ("factor", "g * np.cos(x**2) * x"),
        ("inner: the slope 2x, which is a factor", "g * np.cos(2 * x)"),
        ("inner: at the slope 2x", "g * np.cos(2 * x) * 2 * x"),
        ("inner: the cosine was taken at x", "g * np.cos(x) * 2 * x"),
        ("outer: itself still there", "g * np.sin(x**2) * 2 * x"),
        ("outer: the slope of (sin x)²", "g * np.sin(2 * x)"),
        ("at-output: `sin`", "g * np.cos(out) * 2 * x"),
        ("error: np.cos for math.cos", "g * __import__('math').cos(x**2) * 2 * x"),
        ("sign", "-g * np.cos(x**2) * 2 * x"),
    ),
    "network": [
        (kind, NETWORK.format(body))
        for kind, body in (
            ("sign", "2 * (1 - y) * y * (1 - y) * w5 * h1 * (1 - h1) * x[0]"),
            ("factor", "-(1 - y) * y * (1 - y) * w5 * h1 * (1 - h1) * x[0]"),
            ("path: not by x[1]", "-2 * (1 - y) * y * (1 - y) * w5 * h1 * (1 - h1) * x[1]"),
            ("path: goes through h2", "-2 * (1 - y) * y * (1 - y) * w6 * h2 * (1 - h2) * x[0]"),
            ("path: w5, not w6", "-2 * (1 - y) * y * (1 - y) * w6 * h1 * (1 - h1) * x[0]"),
            ("at-output: at its output y", "-2 * (1 - y) * sigmoid(y) * (1 - sigmoid(y)) * w5 * h1 * (1 - h1) * x[0]"),
            ("at-output: at its output h1", "-2 * (1 - y) * y * (1 - y) * w5 * sigmoid(h1) * (1 - sigmoid(h1)) * x[0]"),
            (
                "at-output: outputs y and h1",
                "-2 * (1 - y) * sigmoid(y) * (1 - sigmoid(y)) * w5 * sigmoid(h1) * (1 - sigmoid(h1)) * x[0]",
            ),
            ("incomplete: ∂L/∂y is missing", "y * (1 - y) * w5 * h1 * (1 - h1) * x[0]"),
            ("incomplete: slope of the output's sigmoid", "-2 * (1 - y) * w5 * h1 * (1 - h1) * x[0]"),
            ("incomplete: the weight of h1", "-2 * (1 - y) * y * (1 - y) * h1 * (1 - h1) * x[0]"),
            ("incomplete: the hidden neuron's sigmoid", "-2 * (1 - y) * y * (1 - y) * w5 * x[0]"),
            ("incomplete: the input that w1", "-2 * (1 - y) * y * (1 - y) * w5 * h1 * (1 - h1)"),
            ("incomplete: this is ∂L/∂h1", "-2 * (1 - y) * y * (1 - y) * w5"),
            ("incomplete: ∂L/∂y alone", "-2 * (1 - y)"),
            ("constant: where each has its own", "0.0214695"),
            ("shape: array of shape (2,)", "-2 * (1 - y) * y * (1 - y) * w5 * h1 * (1 - h1) * x"),
            ("shape: is a `return` missing?", "None"),
        )
    ],
    "fan_out": line(
        "f_vjp(g, out, x)",
        ("overwritten", "g * (np.exp(x) + 2 * x)"),
        ("overwritten", "g * (np.exp(x) + x * np.exp(x))"),
        ("overwritten", "g * np.exp(x)"),
        ("overwritten", "g * x * np.exp(x)"),
        ("incomplete: x² is x·x", "g * (np.exp(x) + x * np.exp(x) + x)"),
        ("sum: were multiplied", "g * np.exp(x) * 2 * x"),
    ),
    "value": [
        (kind, BACKWARD.format(body))
        for kind, body in (
            (
                "overwritten",
                """
        for node in self.everything_before():
            for parent, slope in node.parents:
                parent.grad = node.grad * slope
""",
            ),
            (
                "order: handed its gradient on twice",
                """
        def visit(node):
            for parent, slope in node.parents:
                parent.grad += node.grad * slope
                visit(parent)
        visit(self)
""",
            ),
            (
                "chain: the gradient of the node",
                """
        for node in self.everything_before():
            for parent, slope in node.parents:
                parent.grad += slope
""",
            ),
            (
                "chain: not self's",
                """
        for node in self.everything_before():
            for parent, slope in node.parents:
                parent.grad += self.grad * slope
""",
            ),
            (
                "incomplete: Only the parents of the last Value",
                """
        for parent, slope in self.parents:
            parent.grad += slope
""",
            ),
            (
                "incomplete: in its order",
                """
        for node in reversed(self.everything_before()):
            for parent, slope in node.parents:
                parent.grad += node.grad * slope
""",
            ),
            (
                "reset: to 1 again",
                """
        for parent, slope in self.parents:
            parent.grad += slope
            parent.backward()
""",
            ),
            (
                "slope: parent's number",
                """
        for node in self.everything_before():
            for parent, slope in node.parents:
                parent.grad += node.grad * parent.data
""",
            ),
            (
                "error: two names interchanged",
                """
        for node in self.everything_before():
            for slope, parent in node.parents:
                parent.grad += node.grad * slope
""",
            ),
            (
                "error: called with parentheses",
                """
        for node in self.everything_before:
            pass
""",
            ),
            (
                "order: handed its gradient on twice",
                """
        def visit(node, g):
            for parent, slope in node.parents:
                parent.grad += g * slope
                visit(parent, parent.grad)
        visit(self, 1.0)
""",
            ),
            (
                "factor",
                """
        for node in self.everything_before():
            for parent, slope in node.parents:
                parent.grad += 2 * node.grad * slope
""",
            ),
            (
                "zero: No gradient arrives",
                """
        for parent, slope in reversed([]):
            parent.grad += slope
""",
            ),
        )
    ],
    "bias": line(
        "add_vjp(g, out, x, b)",
        ("broadcast", "g, g"),
        ("broadcast", "g, g[0]"),
        ("factor", "g, g.mean(axis=0)"),
        ("count: 1 gradient for 2 inputs", "g"),
        ("count: returned a list", "[g, g.sum(axis=0)]"),
        ("count: returned a dict", "{'x': g, 'b': g.sum(axis=0)}"),
        ("axis: sum over axis 1", "g, g.sum(axis=1)"),
        ("shape: without keepdims", "g, g.sum(axis=0, keepdims=True)"),
        ("shape: a single number", "g, g.sum()"),
        ("swapped: in the order of the inputs", "g.sum(axis=0), g"),
        ("product: x as a factor", "g * x, g.sum(axis=0)"),
    ),
    "unbroadcast": line(
        "unbroadcast(g, shape)",
        ("broadcast", "g"),
        ("broadcast", "g.sum(axis=tuple(range(g.ndim - len(shape))))"),
        ("error: something has to be summed", "g.reshape(shape)"),
        ("error: adds them up", "np.broadcast_to(g, shape)"),
        ("axis: broadcast along axis 0", "g.sum(axis=tuple(range(len(shape), g.ndim)))"),
        (
            "shape: keepdims=True",
            "g.sum(axis=tuple(range(g.ndim - len(shape)))).sum(axis=tuple(i for i, n in enumerate(shape) if n == 1))",
        ),
        ("broadcast", "g[tuple(slice(0, n) for n in shape)] if g.ndim == len(shape) else g[0]"),
    ),
    "mean": line(
        "mean_vjp(g, out, x)",
        ("factor", "np.repeat(g[:, None], 4, axis=1)"),
        ("factor", "np.repeat(g[:, None], 4, axis=1) / x.size"),
        ("factor: divided by 3 in place of 4", "np.repeat(g[:, None], 4, axis=1) / 3"),
        ("shape", "g / 4"),
        ("axis: output[0] depends on x[1, 0]", "np.full_like(x, g.sum() / 4)"),
        ("product: x as a factor", "x * g[:, None] / 4"),
        ("transposed", "np.broadcast_to(g / 4, (4, 3))"),
        ("error: x[:, None]", "g * np.ones_like(x) / 4"),
    ),
    "matmul": line(
        "matmul_vjp(g, out, a, b)",
        ("transposed", "b @ g.T, a.T @ g"),
        ("transposed", "g @ b.T, g.T @ a"),
        ("error: to be transposed (.T)", "g @ b, a @ g"),
        ("swapped", "b, a"),
        ("sign", "g @ b.T, -a.T @ g"),
        ("nonlinear: does not depend", "np.ones_like(a) * b.sum(axis=1), np.ones_like(b) * a.sum(axis=0)[:, None]"),
    ),
    "transpose": line(
        "transpose_vjp(g, out, x, axes)",
        ("shape: axes are in another order", "g.transpose(axes)"),
        ("shape: axes are in another order", "g"),
        ("places: the axes are to be moved", "g.reshape(x.shape)"),
        ("zero", "np.zeros_like(x)"),
    ),
    "gather": lines(
        (
            "overwritten",
            "def gather_vjp(g, out, x, index):\n    r = np.zeros_like(x)\n    r[index] = g\n    return r\n",
        ),
        (
            "overwritten: adds only once",
            "def gather_vjp(g, out, x, index):\n    r = np.zeros_like(x)\n    r[index] += g\n    return r\n",
        ),
        ("shape", "def gather_vjp(g, out, x, index):\n    return g\n"),
        ("zero", "def gather_vjp(g, out, x, index):\n    return np.zeros_like(x)\n"),
        ("zero: np.add.at", "def gather_vjp(g, out, x, index):\n    return np.add.at(np.zeros_like(x), index, g)\n"),
        (
            "nonlinear: whole numbers",
            "def gather_vjp(g, out, x, index):\n    r = np.zeros(x.shape, int)\n    np.add.at(r, index, g.astype(int))\n"
            "    return r\n",
        ),
        (
            "index: row index[i] of g was taken",
            "def gather_vjp(g, out, x, index):\n    r = np.zeros_like(x)\n    for i in index:\n        r[i] += g[i]\n"
            "    return r\n",
        ),
        (
            "error: room for one number",
            "def gather_vjp(g, out, x, index):\n    r = np.zeros(len(x))\n    for i, j in enumerate(index):\n"
            "        r[j] += g[i]\n    return r\n",
        ),
        (
            "mutated: changed x",
            "def gather_vjp(g, out, x, index):\n    x[:] = 0\n    np.add.at(x, index, g)\n    return x\n",
        ),
    ),
    "max": line(
        "max_vjp(g, out, x)",
        ("ties", "g[:, None] * (x == out[:, None])"),
        ("surplus", "g[:, None] * np.ones_like(x)"),
        ("factor", "g[:, None] * (x == out[:, None]) / x.shape[1]"),
        ("shape", "g"),
        ("axis: The largest of each column", "g[:, None] * (x == x.max(axis=0))"),
        ("mask: wrong way round", "g[:, None] * (x < out[:, None])"),
        ("product: x as a factor", "g[:, None] * (x == out[:, None]) * x"),
    ),
    "linear": line(
        "linear_vjp(g, out, x, w, b)",
        ("broadcast", "g @ w.T, x.T @ g, g"),
        ("transposed", "g @ w.T, g.T @ x, g.sum(axis=0)"),
        ("factor", "g @ w.T, x.T @ g, g.mean(axis=0)"),
        ("count", "g @ w.T, x.T @ g"),
        ("swapped: gradients of x and w", "x.T @ g, g @ w.T, g.sum(axis=0)"),
        ("zero", "g @ w.T, x.T @ g, np.zeros_like(b)"),
        ("nonlinear: with respect to b is not linear", "g @ w.T, x.T @ g, g.sum(axis=0) + 1"),
        ("nonlinear: g and −g give the same", "g @ w.T, x.T @ g, abs(g).sum(axis=0)"),
    ),
    "cross_entropy": [
        (kind, f"def cross_entropy_vjp(g, out, logits, labels):\n    p = softmax(logits)\n    {body}\n")
        for kind, body in (
            ("factor", "p[np.arange(len(p)), labels] -= 1\n    return g * p"),
            ("sign", "p[np.arange(len(p)), labels] -= 1\n    return -g * p / len(p)"),
            ("incomplete: −z_t has its own", "return g * p / len(p)"),
            ("incomplete: of −z_t alone", "p[:] = 0\n    p[np.arange(len(p)), labels] -= 1\n    return g * p / len(p)"),
            ("sign: of −z_t has the wrong sign", "p[np.arange(len(p)), labels] += 1\n    return g * p / len(p)"),
            ("index: in every row", "p[:, labels] -= 1\n    return g * p / len(p)"),
            ("index: numbers of classes", "return g * (p - labels[:, None]) / len(p)"),
            (
                "axis: over each column",
                "p = softmax(logits.T).T\n    p[np.arange(len(p)), labels] -= 1\n    return g * p / len(p)",
            ),
            (
                "incomplete: −log p_t",
                "r, rows = np.zeros_like(p), np.arange(len(p))\n    r[rows, labels] = -1 / p[rows, labels]\n"
                "    return g * r / len(p)",
            ),
            ("slope: slope of a softmax", "return g * p * (1 - p) / len(p)"),
            (
                "mutated: changed logits",
                "logits[np.arange(len(p)), labels] -= 1\n    return g * softmax(logits) / len(p)",
            ),
            ("nonlinear", "p[np.arange(len(p)), labels] -= 1\n    return p / len(p)"),
        )
    ],
    "layer_norm": norm(
        "layer",
        1,
        ("detached", "g / s"),
        ("detached", "(g - g.mean(AXIS)) / s"),
        ("mean: the term through s", "(g - g.mean(AXIS) - out * (g * out).sum(AXIS)) / s"),
        ("mean: the term through μ", "(g - g.sum(AXIS) - out * (g * out).mean(AXIS)) / s"),
        ("mean: both terms", "(g - g.sum(AXIS) - out * (g * out).sum(AXIS)) / s"),
        ("term: through μ is missing", "(g - out * (g * out).mean(AXIS)) / s"),
        ("incomplete: division by s", "g - g.mean(AXIS) - out * (g * out).mean(AXIS)"),
        ("power: once too often", "(g - g.mean(AXIS) - out * (g * out).mean(AXIS)) / s**2"),
        ("power: multiplied by s", "(g - g.mean(AXIS) - out * (g * out).mean(AXIS)) * s"),
        ("sign: through s has the wrong sign", "(g - g.mean(AXIS) + out * (g * out).mean(AXIS)) / s"),
        ("sign: through μ has the wrong sign", "(g + g.mean(AXIS) - out * (g * out).mean(AXIS)) / s"),
        ("sign: through μ and s", "(g + g.mean(AXIS) + out * (g * out).mean(AXIS)) / s"),
        ("term: x − μ stands outside", "(g - g.mean(AXIS) - (x - x.mean(AXIS)) * (g * out).mean(AXIS)) / s"),
        ("axis: wrong axis", "(g - g.mean(axis=0) - out * (g * out).mean(axis=0)) / s"),
        ("error: keepdims=True", "(g - g.mean(axis=1)) / s"),
        ("sign", "-(g - g.mean(AXIS) - out * (g * out).mean(AXIS)) / s"),
    ),
    "batch_norm": norm(
        "batch",
        0,
        ("detached", "g / s"),
        ("term: x stands outside", "(g - g.mean(AXIS) - x * (g * out).mean(AXIS)) / s"),
        ("term: x stands inside", "(g - g.mean(AXIS) - out * (g * x).mean(AXIS)) / s"),
        ("term: missing outside", "(g - g.mean(AXIS) - (g * out).mean(AXIS)) / s"),
        ("axis: wrong axis", "(g - g.mean() - out * (g * out).mean()) / s"),
        ("axis: wrong axis", "(g - g.mean(axis=1, keepdims=True) - out * (g * out).mean(axis=1, keepdims=True)) / s"),
        ("zero", "0 * g"),
        ("nonlinear", "(g - g.mean(AXIS) - out * (g * g * out).mean(AXIS)) / s"),
    ),
    "convolution": [
        (kind, CONVOLVE.format(*body))
        for kind, body in (
            ("overwritten", ("gx[i : i + len(w)] = g[i] * w", "gw += g[i] * x[i : i + len(w)]")),
            ("overwritten", ("gx[i : i + len(w)] += g[i] * w", "gw = g[i] * x[i : i + len(w)]")),
            ("places: w is read backwards", ("gx[i : i + len(w)] += g[i] * w[::-1]", "gw += g[i] * x[i : i + len(w)]")),
            ("places: in reverse order", ("gx[i : i + len(w)] += g[i] * w", "gw += g[i] * x[i : i + len(w)][::-1]")),
            ("index: x[i] gets all of it", ("gx[i] += g[i] * w.sum()", "gw += g[i] * x[i : i + len(w)]")),
            ("index: x[k] gets it", ("gx[: len(w)] += g[i] * w", "gw += g[i] * x[i : i + len(w)]")),
            ("index: here it meets x[i]", ("gx[i : i + len(w)] += g[i] * w", "gw += g[i] * x[i]")),
            ("index: here it meets x[k]", ("gx[i : i + len(w)] += g[i] * w", "gw += g[i] * x[: len(w)]")),
            (
                "missing: nothing comes from output[4]",
                ("gx[i : i + len(w)] += g[i] * w * (i < 4)", "gw += g[i] * x[i : i + len(w)]"),
            ),
            ("error: index is too large", ("gx[i + len(w)] += g[i]", "pass")),
            ("zero", ("pass", "gw += g[i] * x[i : i + len(w)]")),
        )
    ],
    "attention": [
        (kind, ATTENTION.format(*body))
        for kind, body in (
            ("factor", (GS.replace(" / np.sqrt(d)", ""), "gs @ k, gs.T @ q, p.T @ g")),
            ("factor: √5", (GS + " * np.sqrt(d)", "gs @ k, gs.T @ q, p.T @ g")),
            ("factor: 1/√5", (GS + " / np.sqrt(d)", "gs @ k, gs.T @ q, p.T @ g")),
            ("incomplete: Σⱼ gⱼ pⱼ is missing", ("p * gp / np.sqrt(d)", "gs @ k, gs.T @ q, p.T @ g")),
            ("incomplete: softmax was skipped", ("gp / np.sqrt(d)", "gs @ k, gs.T @ q, p.T @ g")),
            ("incomplete: inside of the sum", (GS.replace("gp * p)", "gp)"), "gs @ k, gs.T @ q, p.T @ g")),
            ("incomplete: p in front", (GS.replace("p * (gp -", "(gp -"), "gs @ k, gs.T @ q, p.T @ g")),
            ("slope: raising one lowers the others", ("gp * p * (1 - p) / np.sqrt(d)", "gs @ k, gs.T @ q, p.T @ g")),
            ("axis: not axis=0", (GS.replace("axis=-1", "axis=0"), "gs @ k, gs.T @ q, p.T @ g")),
            ("axis: one for each row", (GS.replace("axis=-1, keepdims=True", ""), "gs @ k, gs.T @ q, p.T @ g")),
            ("sign: to be subtracted", (GS.replace("gp - (", "gp + ("), "gs @ k, gs.T @ q, p.T @ g")),
            ("mean: not a mean", (GS.replace("p).sum", "p).mean"), "gs @ k, gs.T @ q, p.T @ g")),
            ("swapped: gradients of q and k", (GS, "gs.T @ q, gs @ k, p.T @ g")),
            ("nonlinear: g is a factor of every term", (GS.replace("p * (gp", "gp * (p"), "gs @ k, gs.T @ q, p.T @ g")),
            ("transposed", (GS, "gs @ k, q.T @ gs, p.T @ g")),
            ("error", (GS, "gs @ k, gs @ q, p.T @ g")),
        )
    ],
    "neuron": [
        ("at-output", NEURON.format("g * X.T @ ((prediction - t) * sigmoid(prediction) * (1 - sigmoid(prediction)))")),
        ("chain", NEURON.format("g * X.T @ (prediction - t)")),
        ("incomplete: two factors", NEURON.format("g * X.T @ ((prediction - t) * prediction)")),
        ("incomplete: two factors", NEURON.format("g * X.T @ ((prediction - t) * (1 - prediction))")),
        ("factor", NEURON.format("g * 2 * X.T @ ((prediction - t) * prediction * (1 - prediction))")),
        (
            "diagnosis: not what the report",
            'DIAGNOSIS = "sign"' + NEURON.format("g * X.T @ ((prediction - t) * prediction * (1 - prediction))"),
        ),
    ],
    "mean_square": lines(
        ("factor", "def mse_vjp(g, out, x):\n    return g * 2 * x\n"),
        ("factor", "def mse_vjp(g, out, x):\n    return g * 2 * x / len(x)\n"),
        ("diagnosis: between the quotation marks", "def mse_vjp(g, out, x):\n    return g * 2 * x / x.size\n"),
        ("diagnosis: Choose one of", 'DIAGNOSIS = "mean"\ndef mse_vjp(g, out, x):\n    return g * 2 * x / x.size\n'),
        ("factor: 12 times", 'DIAGNOSIS = "factor"\ndef mse_vjp(g, out, x):\n    return g * 2 * x\n'),
        ("factor: That is right. Now repair", 'DIAGNOSIS = "factor"\ndef mse_vjp(g, out, x):\n    return g * 2 * x\n'),
        ("factor: a constant factor is wrong", "def mse_vjp(g, out, x):\n    return g * x / 10\n"),
        ("overwritten: the other one contributes nothing", "def mse_vjp(g, out, x):\n    return g * x / x.size\n"),
    ),
    "scale": lines(
        ("broadcast", "def scale_vjp(g, out, x, scale):\n    return g * scale, g * x\n"),
        ("factor", "def scale_vjp(g, out, x, scale):\n    return g * scale, (g * x).mean(axis=0)\n"),
        ("broadcast", "def scale_vjp(g, out, x, scale):\n    return g * scale, (g * x)[0]\n"),
        ("axis", "def scale_vjp(g, out, x, scale):\n    return g * scale, (g * x).sum(axis=1)\n"),
        (
            "sum: product of two sums",
            "def scale_vjp(g, out, x, scale):\n    return g * scale, g.sum(axis=0) * x.sum(axis=0)\n",
        ),
        ("term: scale was multiplied by x", "def scale_vjp(g, out, x, scale):\n    return g * scale, g.sum(axis=0)\n"),
    ),
    "embedding": lines(
        (
            "factor: a constant factor is wrong",
            "def embedding_vjp(g, out, table):\n    r = np.zeros_like(table)\n    np.add.at(r, ids, g)\n    return r / 7\n",
        ),
        (
            "index: row ids[i] of g was taken",
            "def embedding_vjp(g, out, table):\n    r = np.zeros_like(table)\n    np.add.at(r, ids, g[ids])\n    return r\n",
        ),
        (
            "broadcast: do not leave a loop after the first",
            "def embedding_vjp(g, out, table):\n    r = np.zeros_like(table)\n    for i in range(len(ids)):\n"
            "        r[ids[i]] += g[i]\n        return r\n",
        ),
        (
            "overwritten",
            "def embedding_vjp(g, out, table):\n    r = np.zeros_like(table)\n    r[ids] = g\n    return r\n",
        ),
        (
            "overwritten",
            "def embedding_vjp(g, out, table):\n    r = np.zeros_like(table)\n    r[ids] += g\n    return r\n",
        ),
        (
            "diagnosis",
            "def embedding_vjp(g, out, table):\n    r = np.zeros_like(table)\n    np.add.at(r, ids, g)\n    return r\n",
        ),
    ),
    "relu": lines(
        ("mutated", "def relu_vjp(g, out, x):\n    g[x <= 0] = 0\n    return g\n"),
        ("mutated", "def relu_vjp(g, out, x):\n    x[x < 0] = 0\n    return g * (x > 0)\n"),
        ("surplus", "def relu_vjp(g, out, x):\n    return g\n"),
        ("mask: wrong way round", "def relu_vjp(g, out, x):\n    return g * (x <= 0)\n"),
        ("product: by the output", "def relu_vjp(g, out, x):\n    return g * np.maximum(x, 0)\n"),
        ("product: multiplied by x", "def relu_vjp(g, out, x):\n    return g * x\n"),
    ),
    "layer": [
        ("surplus", RELU.format("g * self.mask")),
        ("nonlinear", RELU.format("1.0 * (x > 0)")),
        ("zero", RELU.format("g * (x > 0) * 0")),
        ("product: by the output", RELU.format("g * self.forward(x)")),
        (
            "value: At [1, 0] you give",
            'DIAGNOSIS = "surplus"' + RELU.format("g * (x > 0)").replace("np.where(self.mask, x, 0)", "x"),
        ),
    ],
    "hvp": line(
        "hvp(f, x, v)",
        ("first-order: gradient times v", "grad(f)(x) * v"),
        ("first-order: the gradient itself", "grad(lambda v: (grad(f)(x) * v).sum())(v)"),
        ("inside: H·(1, …, 1)", "grad(lambda y: grad(f)(y).sum())(x)"),
        ("inside: taken at v", "grad(lambda y: (grad(f)(y) * v).sum())(v)"),
        ("shape: A function was returned", "grad(lambda y: (grad(f)(y) * v).sum())"),
        ("shape: should be an array of shape (4,)", "v @ grad(lambda y: (grad(f)(y) * v).sum())(x)"),
        ("nonlinear: linear in v", "(grad(f)(x + 1e-3 * v) - grad(f)(x)) / 1e-3"),
        ("memory: 1,000 × 1,000", "__import__('autograd').hessian(f)(x) @ v"),
        ("error: must return a scalar", "grad(grad(f))(x) * v"),
        ("factor", "2 * grad(lambda y: (grad(f)(y) * v).sum())(x)"),
        ("inside: too late", "grad(lambda y: grad(f)(y).sum())(x) * v"),
    ),
    "custom": [
        (
            kind,
            f"def softsign_rule(g, out, x):\n    return {body}\n\n\n"
            "softsign = Op(lambda x: x / (1 + abs(x)), softsign_rule)\n",
        )
        for kind, body in (
            ("power: the square root", "g / (1 + abs(x))"),
            ("power: upside down", "g * (1 + abs(x)) ** 2"),
            ("power: twice too high", "g / (1 + abs(x)) ** 4"),
            ("sides: where x is negative", "g / (1 + x) ** 2"),
            ("sign", "-g / (1 + abs(x)) ** 2"),
            ("error: np.where(condition, a, b)", "g / (1 + x) ** 2 if x > 0 else g / (1 - x) ** 2"),
            ("error: cannot become a plain NumPy array", "g / (1 + np.array([abs(v) for v in x])) ** 2"),
            ("shape: is a `return` missing?", "None"),
            ("zero: does not follow x", "g / (1 + abs(x.detach() if hasattr(x, 'detach') else x)) ** 2"),
        )
    ],
    "fixed_point": [
        (kind, f"def fixed_point_vjp(g, out, x, W):\n    D = np.diag(1 - out**2)\n    return {body}\n")
        for kind, body in (
            ("incomplete: still to be solved", "D @ g"),
            ("transposed: 1 − D W is to be transposed", "D @ np.linalg.solve(np.eye(len(x)) - D @ W, g)"),
            ("transposed: This solves for dz", "np.linalg.solve(np.eye(len(x)) - D @ W, D @ g)"),
            ("incomplete: D on the right-hand side", "np.linalg.solve((np.eye(len(x)) - D @ W).T, g)"),
            ("incomplete: the D is missing", "D @ np.linalg.solve((np.eye(len(x)) - W).T, g)"),
            ("order: solve first", "np.linalg.solve((np.eye(len(x)) - D @ W).T, D @ g)"),
            ("order: The slopes stand on the wrong side", "D @ np.linalg.solve((np.eye(len(x)) - W @ D).T, g)"),
            ("sign: with a minus", "D @ np.linalg.solve((np.eye(len(x)) + D @ W).T, g)"),
            ("at-input: no system is solved", "g * (1 - x**2)"),
            (
                "at-output: 1 − tanh²(out)",
                "(D := np.diag(1 - np.tanh(out) ** 2)) @ np.linalg.solve((np.eye(3) - D @ W).T, g)",
            ),
            (
                "at-input: 1 − tanh²(x)",
                "(D := np.diag(1 - np.tanh(x) ** 2)) @ np.linalg.solve((np.eye(3) - D @ W).T, g)",
            ),
            ("at-input: it is 1 − x²", "(D := np.diag(1 - x**2)) @ np.linalg.solve((np.eye(3) - D @ W).T, g)"),
            ("count", "(D @ np.linalg.solve((np.eye(len(x)) - D @ W).T, g), W)"),
        )
    ],
    "newton": [
        (kind, f"def minimise(f, x, steps):\n    for _ in range(steps):\n        x = {body}\n    return x\n")
        for kind, body in (
            ("newton: One step is", "x - 0.1 * grad(f)(x)"),
            ("sign: with a minus", "x + grad(f)(x) / grad(grad(f))(x)"),
            ("root: a root of f", "x - f(x) / grad(f)(x)"),
            ("second-order: not its square", "x - grad(f)(x) / grad(f)(x) ** 2"),
            ("product: not multiplied", "x - grad(f)(x) * grad(grad(f))(x)"),
            ("first-order: gradient descent", "x - grad(f)(x)"),
            ("steps: after 1 step, and 2", "x - grad(f)(x) / grad(grad(f))(x)\n        return x"),
            ("value: This is f(x)", "x - grad(f)(x) / grad(grad(f))(x)\n    return f(x)"),
            ("shape: is a `return` missing?", "x\n    return None"),
            ("error: range(n)", "x\n    for _ in steps:\n        pass"),
        )
    ],
    "straight_through": [
        (kind, f"def ste_rule(g, out, x):\n    return {body}\n\n\nste_round = Op({f}, ste_rule, name='ste_round')\n")
        for kind, body, f in (
            ("zero: true derivative of rounding", "0 * g", "np.round"),
            ("product: multiplied by `out`", "g * out", "np.round"),
            ("product: multiplied by x", "g * x", "np.round"),
            ("nonlinear: 1 everywhere", "np.ones(4)", "np.round"),
            ("nonlinear: rounded as well", "np.round(g)", "np.round"),
            ("mask: larger than 1", "g * (abs(x) < 1)", "np.round"),
            ("gradient: as if it had not happened", "g / 2", "np.round"),
            ("shape: a single number", "g.sum()", "np.round"),
            ("shape: A tuple of 1", "(g,)", "np.round"),
            ("value", "g", "lambda x: x * 1.0"),
        )
    ],
    **ENGINES,
}
