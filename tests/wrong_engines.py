"""Wrong answers to the track "Build your own engine", as in wrong_answers.py."""

import textwrap


def methods(*pairs, to=""):
    """A class Value that goes on with the given one, with methods as students write them (after `to`, those that are right)."""
    return [
        (kind, f"class Value(Value):\n{textwrap.indent(textwrap.dedent(code).strip(), '    ')}\n{to}")
        for kind, code in pairs
    ]


def functions(*pairs):
    return [(kind, textwrap.dedent(code).strip() + "\n") for kind, code in pairs]


def rules(head, result, *pairs):
    """An operation with several bodies of its `_backward`."""
    frame = "def {}:\n    out = {}\n\n    def _backward():\n{}\n\n    out._backward = _backward\n    return out"
    return methods(
        *((k, frame.format(head, result, textwrap.indent(body.replace("; ", "\n"), " " * 8))) for k, body in pairs)
    )


INIT = """
def __init__(self, data, parents=(), op=""):
    self.data, self.parents, self.op = data, parents, op
    self.grad = 0.0
    self._backward = lambda: None
"""
SUM = "def __add__(self, other):\n    out = Value(self.data + other.data, (self, other), '+')\n"
LOCAL = INIT + SUM + "    def _backward():\n        {}\n        {}\n    out._backward = _backward\n    return out"
CONSTANTS = """
def lift(self, other):
    return {lift}
def __radd__(self, other):
    return {radd}
def __rmul__(self, other):
    return {rmul}
def __neg__(self):
    return {neg}
def __sub__(self, other):
    return {sub}
def __rsub__(self, other):
    return {rsub}
"""
FINE = {
    "lift": "other if isinstance(other, Value) else Value(other)", "radd": "self + other", "rmul": "self * other",
    "neg": "self * -1", "sub": "self + (-other)", "rsub": "(-self) + other",
}  # fmt: skip
POWER = """
def __pow__(self, n):
    out = Value(self.data ** n, (self,), "**")
    def _backward():
        {rule}
    out._backward = _backward
    return out
def __truediv__(self, other):
    return {div}
def __rtruediv__(self, other):
    return {rdiv}
"""
POWERS = {
    "rule": "self.grad += n * self.data ** (n - 1) * out.grad",
    "div": "self * self.lift(other) ** -1",
    "rdiv": "self ** -1 * other",
}
FUNCTIONS = """
def exp(self):
    e = math.exp(self.data)
    out = Value(e, (self,), "exp")
    def _backward():
        {exp}
    out._backward = _backward
    return out
def sigmoid(self):
    s = 1 / (1 + math.exp(-self.data))
    out = Value(s, (self,), "sigmoid")
    def _backward():
        {sigmoid}
    out._backward = _backward
    return out
"""
SLOPES = {"exp": "self.grad += e * out.grad", "sigmoid": "self.grad += s * (1 - s) * out.grad"}
DESCENT = """
def descend(loss, parameters, rate, steps):
    losses = []
    for i in range(steps):
        {}
        {}
        {}
    return losses
"""
ZERO, PASS = "for p in parameters: p.grad = 0", "L = loss(); L.backward(); losses.append(L.data)"
MOVE = "for p in parameters: p.data = p.data - rate * p.grad"
NEURON = """
class Neuron:
    def __init__(self, weights, bias):
        self.w, self.b = [Value(w) for w in weights], Value(bias)
    def __call__(self, inputs):
        {call}
    def parameters(self):
        return {parameters}
class Layer:
    def __init__(self, neurons):
        self.neurons = neurons
    def __call__(self, inputs):
        return {layer}
    def parameters(self):
        return {all}
"""
NEURONS = {
    "call": "return sum((w * x for w, x in zip(self.w, inputs)), self.b).sigmoid()", "parameters": "self.w + [self.b]",
    "layer": "[n(inputs) for n in self.neurons]", "all": "[p for n in self.neurons for p in n.parameters()]",
}  # fmt: skip
LOSS = """
def predict(layers, inputs):
    for layer in layers:
        inputs = layer(inputs)
    return inputs[0]


def mean_square(layers, samples, targets):
    total = 0
    for x, t in zip(samples, targets):
        {}
    return {}
"""
TRAIN = """
def train(layers, samples, targets, rate, epochs):
    parameters = {}
    {}
"""
EVERY = "[p for layer in layers for p in layer.parameters()]"
BY_HAND = """losses = []
    for i in range(epochs):
        {}
        loss = mean_square(layers, samples, targets)
        loss.backward()
        losses.append(loss.data)
        for p in parameters:
            {}
    return losses"""


def filled(form, right, *pairs):
    """A form with all parts right but those that are given."""
    return methods(*((kind, form.format(**{**right, **wrong})) for kind, wrong in pairs))


ENGINES = {
    "engine_add": functions(
        *(
            (
                kind,
                f"class Value:\n    def __init__(self, data):\n        {init}\n\n    def __add__(self, other):\n        {add}\n",
            )
            for kind, init, add in (
                ("operation: are subtracted", "self.data = data", "return Value(self.data - other.data)"),
                ("type: and is a float", "self.data = data", "return self.data + other.data"),
                ("type: lack its `return`", "self.data = data", "Value(self.data + other.data)"),
                ("mutated: changed a.data from 2", "self.data = data", "self.data += other.data; return self"),
                ("mutated: changed b.data", "self.data = data", "other.data += self.data; return other"),
                ("shared: all Values share it", "Value.data = data", "return Value(self.data + other.data)"),
                ("operand: added to itself", "self.data = data", "return Value(self.data + self.data)"),
                ("operand: on the left of the +", "self.data = data", "return Value(self.data)"),
                ("type: a.data should be a number, and is None", "data = data", "return Value(1.0)"),
                ("error: unsupported operand", "self.data = data", "return Value(self.data + other)"),
                (
                    "type: should be a number, and is a str",
                    "self.data = str(data)",
                    "return Value(self.data + other.data)",
                ),
            )
        )
    ),
    "engine_graph": methods(
        *(
            (
                kind,
                f"def __init__(self, data, parents={default}, op=''):\n    {init}\n\ndef __add__(self, other):\n    {add}\n",
            )
            for kind, default, init, add in (
                (
                    "order: in the other order",
                    "()",
                    "self.data, self.parents, self.op = data, parents, op",
                    "return Value(self.data + other.data, (other, self), '+')",
                ),
                (
                    "direction: written to a, which is an operand",
                    "()",
                    "self.data, self.parents, self.op = data, parents, op",
                    "self.parents = (self, other)\n    return Value(self.data + other.data, op='+')",
                ),
                (
                    "numbers: holds numbers",
                    "()",
                    "self.data, self.parents, self.op = data, parents, op",
                    "return Value(self.data + other.data, (self.data, other.data), '+')",
                ),
                (
                    "type: is a set",
                    "()",
                    "self.data, self.parents, self.op = data, set(parents), op",
                    "return Value(self.data + other.data, (self, other), '+')",
                ),
                (
                    "type: is a list",
                    "()",
                    "self.data, self.parents, self.op = data, list(parents), op",
                    "return Value(self.data + other.data, (self, other), '+')",
                ),
                (
                    "shared: a default argument such as parents=[]",
                    "[]",
                    "self.data, self.parents, self.op = data, parents, op",
                    "out = Value(self.data + other.data, op='+'); out.parents += [self, other]; return out",
                ),
                (
                    "op: should be '+', since it is a sum",
                    "()",
                    "self.data, self.parents, self.op = data, parents, op",
                    "return Value(self.data + other.data, (self, other))",
                ),
                (
                    "op: since nothing was computed",
                    "()",
                    "self.data, self.parents, self.op = data, parents, '+'",
                    "return Value(self.data + other.data, (self, other))",
                ),
                (
                    "count: has 0 Values",
                    "()",
                    "self.data, self.parents, self.op = data, parents, op",
                    "return Value(self.data + other.data, op='+')",
                ),
                (
                    "other: copies",
                    "()",
                    "self.data, self.parents, self.op = data, parents, op",
                    "return Value(self.data + other.data, (Value(self.data), Value(other.data)), '+')",
                ),
                (
                    "type: parents is None",
                    "()",
                    "self.data, self.op = data, op; self.parents = None",
                    "return Value(self.data + other.data, (self, other), '+')",
                ),
                (
                    "type: c.data should be a number",
                    "()",
                    "self.data, self.parents, self.op = data, parents, op",
                    "return Value((self, other), self.data + other.data, '+')",
                ),
            )
        )
    ),
    "engine_local": methods(
        ("chain: multiplied by out.grad", LOCAL.format("self.grad = 1.0", "other.grad = 1.0")),
        ("data: out.data was handed on", LOCAL.format("self.grad = out.data", "other.grad = out.data")),
        ("operand: on the right of the +", LOCAL.format("self.grad = out.grad", "self.grad = out.grad")),
        (
            "operand: those of a sum are 1",
            LOCAL.format("self.grad = other.data * out.grad", "other.grad = self.data * out.grad"),
        ),
        ("slope: The gradients stay 0", LOCAL.format("self.grad *= out.grad", "other.grad *= out.grad")),
        ("sign: sign of b's gradient", LOCAL.format("self.grad = out.grad", "other.grad = -out.grad")),
        ("type: c should be a Value, and is None", INIT + SUM),
        ("operand: on the left of the +", LOCAL.format("grad = out.grad", "other.grad = out.grad")),
        (
            "graph: c.parents is (b, a), and nobody finds the way back",
            LOCAL.replace("(self, other), ", "(other, self), ").format("self.grad = out.grad", "other.grad = out.grad"),
        ),
        (
            "value: a.grad: you give 1",
            LOCAL.replace("self.grad = 0.0", "self.grad = 1.0").format("self.grad = out.grad", "other.grad = out.grad"),
        ),
    ),
    "engine_multiply": rules(
        "__mul__(self, other)",
        "Value(self.data * other.data, (self, other), '*')",
        ("operand: interchanged", "self.grad = self.data * out.grad; other.grad = other.data * out.grad"),
        ("chain: multiplied by out.grad", "self.grad = other.data; other.grad = self.data"),
        ("slope: derivatives of a sum", "self.grad = out.grad; other.grad = out.grad"),
        ("slope: it is the gradient, out.grad", "self.grad = other.data * out.data; other.grad = self.data * out.data"),
        ("operand: on the right of the *", "self.grad = other.data * out.grad"),
        ("sign: sign of b's", "self.grad = other.data * out.grad; other.grad = -self.data * out.grad"),
        (
            "mutated: Going backwards changed a.data",
            "self.grad = other.data * out.grad; other.grad = self.data * out.grad; self.data -= 1",
        ),
        (
            "type: a.grad should be what is in it, and is a list",
            "self.grad = [other.data * out.grad]; other.grad = self.data * out.grad",
        ),
    )
    + methods(
        (
            "zero: does the result get its function",
            "def __mul__(self, other):\n    return Value(self.data * other.data, (self, other), '*')",
        ),
        (
            "operation: added in place of multiplied",
            "def __mul__(self, other):\n    out = Value(self.data + other.data, (self, other), '*')\n    def _backward():\n"
            "        self.grad = other.data * out.grad\n        other.grad = self.data * out.grad\n"
            "    out._backward = _backward\n    return out",
        ),
        (
            "graph",
            "def __mul__(self, other):\n    out = Value(self.data * other.data)\n    def _backward():\n"
            "        self.grad = other.data * out.grad\n        other.grad = self.data * out.grad\n"
            "    out._backward = _backward\n    return out",
        ),
    ),
    "engine_order": methods(
        (
            "same: two Values may have one",
            """
            def order(self):
                found, seen = [], []
                def visit(v):
                    if v.data not in seen:
                        seen.append(v.data)
                        for p in v.parents:
                            visit(p)
                        found.append(v)
                visit(self)
                return found
            """,
        ),
        (
            "reversed: turn it round",
            """
            def order(self):
                found = []
                def visit(v):
                    if v not in found:
                        for p in v.parents:
                            visit(p)
                        found.append(v)
                visit(self)
                return found[::-1]
            """,
        ),
        (
            "order: append a Value once",
            """
            def order(self):
                found, todo = [], [self]
                while todo:
                    v = todo.pop(0)
                    if v not in found:
                        found.append(v)
                        todo += v.parents
                return found[::-1]
            """,
        ),
        (
            "twice: remember which Values",
            """
            def order(self):
                found = []
                for p in self.parents:
                    found += p.order()
                return found + [self]
            """,
        ),
        (
            "self: c is missing",
            """
            def order(self):
                found = []
                def visit(v):
                    for p in v.parents:
                        if p not in found:
                            visit(p)
                            found.append(p)
                visit(self)
                return found
            """,
        ),
        (
            "shared: Asked for a second time",
            """
            def order(self, seen=set()):
                if self in seen:
                    return []
                seen.add(self)
                return [v for p in self.parents for v in p.order(seen)] + [self]
            """,
        ),
        (
            "incomplete: are missing",
            """
            def order(self):
                found = []
                def visit(v):
                    if v.parents and v not in found:
                        for p in v.parents:
                            visit(p)
                        found.append(v)
                visit(self)
                return found
            """,
        ),
        ("type: returns None", "def order(self):\n    [self]"),
        (
            "type: something else among them",
            """
            def order(self):
                return [p.data for p in self.parents] + [self.data]
            """,
        ),
        (
            "cost: gone through",
            """
            def order(self):
                found = []
                def visit(v):
                    for p in v.parents:
                        visit(p)
                    if v not in found:
                        found.append(v)
                visit(self)
                return found
            """,
        ),
        ("error: calls itself without end", "def order(self):\n    return self.order() + [self]"),
    ),
    "engine_backward": methods(
        (
            "order: from its end",
            "def backward(self):\n    self.grad = 1.0\n    for v in self.order():\n        v._backward()",
        ),
        (
            "zero: has to be set to 1",
            "def backward(self):\n    for v in reversed(self.order()):\n        v._backward()",
        ),
        (
            "reset: with 1",
            "def backward(self):\n    for v in reversed(self.order()):\n        v.grad = 1.0\n        v._backward()",
        ),
        (
            "zero: p did not hand on what came",
            "def backward(self):\n    self.grad = 1.0\n    self._backward()\n    for p in self.parents:\n        p._backward()",
        ),
        ("incomplete: Only the parents", "def backward(self):\n    self.grad = 1.0\n    self._backward()"),
        (
            "incomplete: did not hand its gradient on",
            "def backward(self):\n    self.grad = 1.0\n    for v in reversed(self.order()[:-1]):\n        v._backward()",
        ),
        (
            "start: this Value's number",
            "def backward(self):\n    self.grad = self.data\n    for v in reversed(self.order()):\n        v._backward()",
        ),
        (
            "reset: Every Value's gradient",
            "def backward(self):\n    self.grad = 1.0\n    self._backward()\n    for p in self.parents:\n        p.backward()",
        ),
        (
            "error: _backwards",
            "def backward(self):\n    self.grad = 1.0\n    for v in reversed(self.order()):\n        v._backwards()",
        ),
    ),
    "engine_accumulate": methods(
        *(
            (
                kind,
                "def __add__(self, other):\n    out = Value(self.data + other.data, (self, other), '+')\n    def _backward():\n"
                f"        {a}\n    out._backward = _backward\n    return out\n"
                "def __mul__(self, other):\n    out = Value(self.data * other.data, (self, other), '*')\n    def _backward():\n"
                f"        {m}\n    out._backward = _backward\n    return out\n",
            )
            for kind, a, m in (
                (
                    "overwritten: still set (=)",
                    "self.grad = out.grad; other.grad = out.grad",
                    "self.grad = other.data * out.grad; other.grad = self.data * out.grad",
                ),
                (
                    "overwritten: Only one of",
                    "self.grad += out.grad; other.grad += out.grad",
                    "self.grad = other.data * out.grad; other.grad = self.data * out.grad",
                ),
                (
                    "overwritten: Only one of",
                    "self.grad = out.grad; other.grad = out.grad",
                    "self.grad += other.data * out.grad; other.grad += self.data * out.grad",
                ),
                (
                    "chain: In the product",
                    "self.grad += out.grad; other.grad += out.grad",
                    "self.grad += other.data; other.grad += self.data",
                ),
                (
                    "chain: In the sum",
                    "self.grad += 1; other.grad += 1",
                    "self.grad += other.data * out.grad; other.grad += self.data * out.grad",
                ),
                (
                    "operand: are interchanged",
                    "self.grad += out.grad; other.grad += out.grad",
                    "self.grad += self.data * out.grad; other.grad += other.data * out.grad",
                ),
                (
                    "sign: are subtracted",
                    "self.grad -= out.grad; other.grad -= out.grad",
                    "self.grad -= other.data * out.grad; other.grad -= self.data * out.grad",
                ),
                (
                    "overwritten: only one of the two is left",
                    "self.grad += out.grad; other.grad = out.grad",
                    "self.grad += other.data * out.grad; other.grad += self.data * out.grad",
                ),
            )
        )
    ),
    "engine_constants": filled(
        CONSTANTS,
        FINE,
        ("order: computed as a - 2", {"rsub": "self - other"}),
        ("detached: -a is a new Value", {"neg": "Value(-self.data)"}),
        ("detached: a - b is a new Value", {"sub": "Value(self.data - self.lift(other).data)"}),
        ("detached: 2 - a is a new Value", {"rsub": "Value(other - self.data)"}),
        ("detached: lifted once more", {"lift": "Value(getattr(other, 'data', other))"}),
        ("operation: as 2 * a", {"radd": "self * other"}),
        ("operation: as 2 + a", {"rmul": "self + other"}),
        ("order: as b - a", {"sub": "-self + other"}),
        ("type: and is a float", {"radd": "self.data + other"}),
        ("type: d should be a Value, and is None", {"rmul": "None"}),
        ("error: without end: what stops", {"radd": "other + self"}),
        ("sign: -a is a itself", {"neg": "self * 1"}),
        ("error: has no attribute 'data'", {"lift": "other"}),
    )
    + methods(
        ("operator: its __rmul__ is what is missing", CONSTANTS.replace("__rmul__", "__lmul__").format(**FINE)),
        ("operator: its __radd__ is what is missing", CONSTANTS.replace("__radd__", "__addr__").format(**FINE)),
        ("operator: what __neg__ returns", CONSTANTS.replace("__neg__", "__minus__").format(**FINE)),
        ("operator: its __sub__ does not take this", CONSTANTS.replace("__sub__", "__subtract__").format(**FINE)),
        (
            "lift: should be `other` itself",
            CONSTANTS.format(**{**FINE, "lift": "-(-other) if isinstance(other, Value) else Value(other)"}),
        ),
        (
            "shared: Two constants are one",
            "made = {}\n"
            + CONSTANTS.format(
                **{**FINE, "lift": "other if isinstance(other, Value) else self.made.setdefault(other, Value(other))"}
            ),
        ),
    ),
    "engine_powers": filled(
        POWER,
        POWERS,
        ("power: down by one", {"rule": "self.grad += n * self.data ** n * out.grad"}),
        ("factor: n of n·aⁿ⁻¹ is missing", {"rule": "self.grad += self.data ** (n - 1) * out.grad"}),
        ("chain: multiplied by out.grad", {"rule": "self.grad += n * self.data ** (n - 1)"}),
        ("overwritten: what other uses contributed", {"rule": "self.grad = n * self.data ** (n - 1) * out.grad"}),
        ("at-output: at the input, self.data", {"rule": "self.grad += n * out.data ** (n - 1) * out.grad"}),
        ("order: computed as a / 2", {"rdiv": "self / other"}),
        ("order: computed as b / a", {"div": "self ** -1 * other"}),
        ("detached: the power -1 has to be", {"div": "self * (1 / self.lift(other).data)"}),
        ("detached: 2 / a is a new Value", {"rdiv": "Value(other / self.data)"}),
        ("inverse: the power -1 is missing", {"div": "self * other"}),
        ("error: without end: what stops", {"rdiv": "other / self"}),
        ("sign: contributions are added", {"rule": "self.grad -= n * self.data ** (n - 1) * out.grad"}),
    ),
    "engine_functions": filled(
        FUNCTIONS,
        SLOPES,
        (
            "at-input: s·(1 − s) was taken at the input",
            {"sigmoid": "self.grad += self.data * (1 - self.data) * out.grad"},
        ),
        ("at-input: slope of exp is its output", {"exp": "self.grad += self.data * out.grad"}),
        ("at-input: slope of exp", {"exp": "self.grad += self.data * out.grad", "sigmoid": "self.grad += s.grad"}),
        ("chain: slope of exp is right", {"exp": "self.grad += e"}),
        ("chain: slope of the sigmoid is right", {"sigmoid": "self.grad += s * (1 - s)"}),
        ("power: no power of x", {"exp": "self.grad += self.data * math.exp(self.data - 1) * out.grad"}),
        ("overwritten: In exp the", {"exp": "self.grad = e * out.grad"}),
        ("overwritten: In sigmoid the", {"sigmoid": "self.grad = s * (1 - s) * out.grad"}),
        ("incomplete: second factor", {"sigmoid": "self.grad += s * out.grad"}),
        ("tanh: slope of tanh", {"sigmoid": "self.grad += (1 - s * s) * out.grad"}),
        ("sign: is positive", {"sigmoid": "self.grad += -s * (1 - s) * out.grad"}),
        ("slope: handed on as it is", {"exp": "self.grad += out.grad"}),
        ("zero: No gradient arrives", {"exp": "pass"}),
        (
            "overwritten: The gradients are set (=)",
            {"exp": "self.grad = e * out.grad", "sigmoid": "self.grad = s * (1 - s) * out.grad"},
        ),
    )
    + methods(("operator: takes 0 positional arguments", FUNCTIONS.replace("exp(self)", "exp()").format(**SLOPES))),
    "engine_descent": functions(
        ("accumulated: still hold those", DESCENT.format("pass", PASS, MOVE)),
        ("zero: before they are used", DESCENT.format(PASS, ZERO, MOVE)),
        ("sign: goes uphill", DESCENT.format(ZERO, PASS, MOVE.replace("- rate", "+ rate"))),
        ("rate: rate is missing", DESCENT.format(ZERO, PASS, MOVE.replace("rate * ", ""))),
        (
            "replaced: another Value took the place",
            DESCENT.format(ZERO, PASS, "for p in parameters: p = p - rate * p.grad"),
        ),
        (
            "stale: computed anew",
            DESCENT.replace("losses = []", "losses = []; L = loss()").format(
                ZERO, PASS.replace("L = loss(); ", ""), MOVE
            ),
        ),
        ("zero: out.backward()", DESCENT.format(ZERO, PASS.replace("L.backward(); ", ""), MOVE)),
        ("type: holds Values", DESCENT.format(ZERO, PASS.replace("L.data", "L"), MOVE)),
        (
            "late: after each step",
            DESCENT.format(ZERO, "L = loss(); L.backward()", MOVE + "\n        losses.append(loss().data)"),
        ),
        ("steps: inside of the loop", DESCENT.replace("    return", "        return").format(ZERO, PASS, MOVE)),
        ("accumulated: Only the first parameter", DESCENT.format("parameters[0].grad = 0", PASS, MOVE)),
        ("late: list of losses", DESCENT.format(ZERO, PASS.replace("losses.append(L.data)", ""), MOVE)),
        ("grad: p.data moves", DESCENT.format(ZERO, PASS, "for p in parameters: p.grad -= rate * p.grad")),
        ("error: is not iterable", DESCENT.format(ZERO, PASS, MOVE).replace("range(steps)", "steps")),
    ),
    "engine_deep": methods(
        (
            "recursion: keep what is to be done in a list",
            """
            def order(self):
                found, seen = [], set()
                def visit(v):
                    if v not in seen:
                        seen.add(v)
                        for p in v.parents:
                            visit(p)
                        found.append(v)
                visit(self)
                return found
            """,
        ),
        (
            "limit: moves the wall",
            """
            def order(self):
                import sys
                sys.setrecursionlimit(100_000)
                found, seen = [], set()
                def visit(v):
                    if v not in seen:
                        seen.add(v)
                        for p in v.parents:
                            visit(p)
                        found.append(v)
                visit(self)
                return found
            """,
        ),
        (
            "order: append a Value once",
            """
            def order(self):
                found, seen, todo = [], set(), [self]
                while todo:
                    v = todo.pop()
                    if v not in seen:
                        seen.add(v)
                        found.append(v)
                        todo.extend(v.parents)
                return found[::-1]
            """,
        ),
        (
            "twice: remember which",
            """
            def order(self):
                found, todo = [], [self]
                while todo:
                    v = todo.pop()
                    found.append(v)
                    todo.extend(v.parents)
                return found[::-1]
            """,
        ),
        (
            "reversed: append a Value once",
            """
            def order(self):
                found, seen, todo = [], set(), [self]
                while todo:
                    v = todo.pop(0)
                    if v not in seen:
                        seen.add(v)
                        found.append(v)
                        todo.extend(v.parents)
                return found
            """,
        ),
        (
            "self: c is missing",
            """
            def order(self):
                found, seen, todo = [], set(), [(p, False) for p in self.parents]
                while todo:
                    v, done = todo.pop()
                    if done:
                        found.append(v)
                    elif v not in seen:
                        seen.add(v)
                        todo.append((v, True))
                        todo.extend((p, False) for p in v.parents)
                return found
            """,
        ),
    ),
    "engine_layer": functions(
        *(
            (kind, NEURON.format(**{**NEURONS, **wrong}))
            for kind, wrong in (
                ("bias: bias is missing", {"call": "return sum(w * x for w, x in zip(self.w, inputs)).sigmoid()"}),
                (
                    "activation: sigmoid is missing",
                    {"call": "return sum((w * x for w, x in zip(self.w, inputs)), self.b)"},
                ),
                (
                    "activation: belongs inside",
                    {"call": "return sum(w * x for w, x in zip(self.w, inputs)).sigmoid() + self.b"},
                ),
                (
                    "activation: to each product",
                    {"call": "return sum((w * x).sigmoid() for w, x in zip(self.w, inputs)) + self.b"},
                ),
                (
                    "bias: once for each input",
                    {"call": "return sum(w * x + self.b for w, x in zip(self.w, inputs)).sigmoid()"},
                ),
                ("parameters: The bias is a parameter", {"parameters": "self.w"}),
                ("parameters: comes after the weights", {"parameters": "[self.b] + self.w"}),
                ("parameters: These are copies", {"parameters": "[Value(p.data) for p in self.w + [self.b]]"}),
                ("incomplete: Only the first input", {"call": "return (self.w[0] * inputs[0] + self.b).sigmoid()"}),
                (
                    "detached: multiply by the Values",
                    {"call": "return sum((w.data * x for w, x in zip(self.w, inputs)), self.b).sigmoid()"},
                ),
                ("error: has no attribute", {"layer": "[n.forward(inputs) for n in self.neurons]"}),
                ("value: the number of parameters", {"all": "self.neurons[0].parameters()"}),
            )
        )
    ),
    "engine_loss": functions(
        ("mean: This is the sum", LOSS.format("total += (t - predict(layers, x)) ** 2", "total")),
        ("power: square is missing", LOSS.format("total += t - predict(layers, x)", "total / len(samples)")),
        ("incomplete: is it = for +=?", LOSS.format("total = (t - predict(layers, x)) ** 2", "total / len(samples)")),
        (
            "detached: stay Values",
            LOSS.format("total += (t - predict(layers, x).data) ** 2", "Value(total / len(samples))"),
        ),
        (
            "root: The root of the mean",
            LOSS.format("total += (t - predict(layers, x)) ** 2", "(total / len(samples)) ** 0.5"),
        ),
        ("factor: A factor ½", LOSS.format("total += (t - predict(layers, x)) ** 2 / 2", "total / len(samples)")),
        ("sign: are added", LOSS.format("total += (t + predict(layers, x)) ** 2", "total / len(samples)")),
        (
            "layers: Only the first layer",
            LOSS.replace("return inputs[0]", "    return inputs[0]").format(
                "total += (t - predict(layers, x)) ** 2", "total / len(samples)"
            ),
        ),
        (
            "type: is a list",
            LOSS.replace("return inputs[0]", "return inputs").format(
                "total += (t - predict(layers, x)[0]) ** 2", "total / len(samples)"
            ),
        ),
        (
            "power: sizes of the errors",
            LOSS.format("total += ((t - predict(layers, x)) ** 2) ** 0.5", "total / len(samples)"),
        ),
        (
            "detached: the answers are to stay Values",
            LOSS.format("total += (t - predict(layers, x).data) ** 2", "total / len(samples)"),
        ),
    ),
    "engine_train": functions(
        (
            "layers: Only the last layer",
            TRAIN.format(
                "layers[-1].parameters()",
                "return descend(lambda: mean_square(layers, samples, targets), parameters, rate, epochs)",
            ),
        ),
        (
            "layers: Only the first layer",
            TRAIN.format(
                "layers[0].parameters()",
                "return descend(lambda: mean_square(layers, samples, targets), parameters, rate, epochs)",
            ),
        ),
        (
            "stale: computed anew",
            TRAIN.format(
                EVERY,
                "L = mean_square(layers, samples, targets)\n    return descend(lambda: L, parameters, rate, epochs)",
            ),
        ),
        (
            "samples: A step was made for every sample",  # with the loss of all samples before each epoch
            TRAIN.format(
                EVERY,
                "losses = []\n"
                "    for _ in range(epochs):\n"
                "        losses.append(mean_square(layers, samples, targets).data)\n"
                "        for s, t in zip(samples, targets):\n"
                "            descend(lambda: mean_square(layers, [s], [t]), parameters, rate, 1)\n"
                "    return losses",
            ),
        ),
        ("accumulated: still hold those", TRAIN.format(EVERY, BY_HAND.format("pass", "p.data -= rate * p.grad"))),
        (
            "sign: goes uphill",
            TRAIN.format(EVERY, BY_HAND.format("for p in parameters: p.grad = 0", "p.data += rate * p.grad")),
        ),
        (
            "rate: rate is missing",
            TRAIN.format(EVERY, BY_HAND.format("for p in parameters: p.grad = 0", "p.data -= p.grad")),
        ),
        (
            "samples: for all samples together",
            TRAIN.format(
                EVERY,
                "losses = []\n    for i in range(epochs):\n        for s, t in zip(samples, targets):\n            L = descend("
                "lambda: mean_square(layers, [s], [t]), parameters, rate, 1)\n        losses += L\n    return losses",
            ),
        ),
        (
            "mean: were summed up",
            TRAIN.format(
                EVERY,
                "return descend(lambda: mean_square(layers, samples, targets) * len(samples), parameters, rate, epochs)",
            ),
        ),
        (
            "epochs: only one step",
            TRAIN.format(
                EVERY,
                BY_HAND.replace("    return", "        return").format(
                    "for p in parameters: p.grad = 0", "p.data -= rate * p.grad"
                ),
            ),
        ),
        (
            "error: is not callable",
            TRAIN.format(EVERY, "return descend(mean_square(layers, samples, targets), parameters, rate, epochs)"),
        ),
        (
            "type: a `return` missing",
            TRAIN.format(EVERY, "descend(lambda: mean_square(layers, samples, targets), parameters, rate, epochs)"),
        ),
        (
            "parameters: biases do not move",
            TRAIN.format(
                "[w for layer in layers for n in layer.neurons for w in n.weights]",
                "return descend(lambda: mean_square(layers, samples, targets), parameters, rate, epochs)",
            ),
        ),
    ),
}
