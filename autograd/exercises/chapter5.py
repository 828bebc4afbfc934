"""Chapter 5: second order and beyond."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ..check import gradcheck, gradgradcheck
from ..engine.value import Value
from ..transforms import grad as gradient_of
from .exercise import Answer, Exercise, Finding, Mistake, derivative, finding, returned, value

TITLE = "Second order and beyond"
_R = np.random.default_rng(3)
X = _R.normal(size=4)
W = 0.3 * _R.normal(size=(3, 3))


def bowl(x: Any) -> Any:
    return (x**4).sum() + (x[0] * x[1] - x[2] * x[3]) ** 2


def fixed_point(x: Any) -> Any:
    """On plain arrays only: two hundred uses of one input are no news to anybody."""
    z = np.zeros_like(np.asarray(x))
    for _ in range(200):
        z = np.tanh(W @ z + x)
    return z


def gradient(f: Any, x: Any) -> Any:
    return gradient_of(f)(x)


def hessian_times(f: Any, x: Any, v: Any) -> Any:
    return gradient_of(lambda y: (gradient_of(f)(y) * v).sum())(x)


def check_hvp(answer: Answer) -> Iterator[Finding]:
    v = np.array([0.5, -1.0, 2.0, 1.5])
    form = returned("what hvp(f, x, v) returns", answer.hvp(bowl, X.copy(), v.copy()), X.shape)
    if not form.passed:
        yield form
        return
    # H is symmetric, so that H·v is also the vjp of the gradient, with v as the incoming gradient.
    found = derivative(
        gradient_of(bowl),
        lambda v, out, x: answer.hvp(bowl, x, v),
        (X,),
        ("x",),
        title="H·v against differences of the gradient",
        mistakes=(
            Mistake("first-order", lambda v, out, x: gradient(bowl, x), "This is the gradient itself, ∇f(x), whatever v "
                    "is: ∇f(x)·v is to be differentiated once more, with respect to x."),
            Mistake("first-order", lambda v, out, x: gradient(bowl, x) * v, "This is the gradient times v: there is no "
                    "second derivative in it yet. ∇f(x)·v is to be differentiated once more."),
            Mistake("inside", lambda v, out, x: hessian_times(bowl, x, np.ones_like(x)), "This is H·(1, …, 1), whatever "
                    "v is: multiply the inner gradient by v before it is summed up."),
            Mistake("inside", lambda v, out, x: hessian_times(bowl, x, np.ones_like(x)) * v, "v is multiplied in too "
                    "late: it belongs inside, where the inner gradient is summed up to one number."),
            Mistake("inside", lambda v, out, x: hessian_times(bowl, v, v),
                    "The second derivative is taken at v: it belongs at x."),
        ),
    )  # fmt: skip
    if "nonlinear" in found.kinds:
        found = replace(found, message="H·v is linear in v: for 2·v it is exactly twice what it is for v, and yours is not. "
                        "(Differences of gradients come near, and are not exact.)")  # fmt: skip
    yield found
    yield _frugal(answer)


def _frugal(answer: Answer) -> Finding:
    """Whether `hvp` does without an array of n × n numbers."""
    n = 1000
    tracemalloc.start()
    try:
        answer.hvp(lambda x: (x**4).sum(), np.ones(n), np.ones(n))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    title = "for 1,000 numbers, without making H"
    if peak < n * n * np.dtype(float).itemsize:
        return Finding(True, title)
    words = f"An array of 1,000 × 1,000 numbers was made ({peak / 2**20:.0f} MiB): differentiate ∇f(x)·v, one number."
    return Finding(False, title, words, ("memory",))


def check_custom(answer: Answer) -> Iterator[Finding]:
    x = np.array([-1.5, -0.2, 0.7, 3.0])
    yield value("the function itself", answer.softsign(Value(x)), x / (1 + np.abs(x)))
    form = returned(
        "what softsign_rule(g, out, x) returns", answer.softsign_rule(x * 0 + 1, x / (1 + np.abs(x)), x), x.shape
    )
    if not form.passed:
        yield form
        return
    first = gradcheck(answer.softsign, (x,), seed=0, progress=False, names=("x",))
    yield finding("its derivative", first, {"x": x})
    second = gradgradcheck(answer.softsign, (x,), seed=0, progress=False, names=("x",))
    found = finding("its second derivative", second)
    if not found.passed:
        found = replace(found, message="The first derivative is right, but it does not follow x, so that it cannot be "
                        "differentiated again: use g, out and x as they come, with operators and NumPy's functions, "
                        "not their numbers (x.data, float(x), np.array([…]), math.…).")  # fmt: skip
    yield found


def check_fixed_point(answer: Answer) -> Iterator[Finding]:
    eye = np.eye(len(W))

    def slopes(out: Any) -> Any:
        return np.diag(1 - out**2)

    def solved(slope: Any, matrix: Any, g: Any) -> Any:
        """D (1 − matrix)⁻ᵀ g."""
        return slope @ np.linalg.solve((eye - matrix).T, g)

    tanh = "D is 1 − tanh² at the fixed point, and `out` is already that tanh: 1 − out². Here {}."
    yield derivative(
        fixed_point,
        lambda g, out, x: answer.fixed_point_vjp(g, out, x, W.copy()),
        (X[:3],),
        ("x",),
        mistakes=(
            Mistake("incomplete", lambda g, out, x: slopes(out) @ g, "This is D g alone, as if z did not occur on the "
                    "right-hand side: the system with 1 − D W is still to be solved."),
            Mistake("transposed", lambda g, out, x: np.linalg.solve(eye - slopes(out) @ W, slopes(out) @ g), "This solves "
                    "for dz, with g for dx. Backwards it is the transposed of (1 − D W)⁻¹ D that multiplies g."),
            Mistake("transposed", lambda g, out, x: slopes(out) @ np.linalg.solve(eye - slopes(out) @ W, g),
                    "The matrix 1 − D W is to be transposed: g comes in from the other side."),
            Mistake("order", lambda g, out, x: np.linalg.solve((eye - slopes(out) @ W).T, slopes(out) @ g),
                    "The transposed of (1 − D W)⁻¹ D has its factors in the other order: solve first, then multiply by D."),
            Mistake("incomplete", lambda g, out, x: np.linalg.solve((eye - slopes(out) @ W).T, g),
                    "The factor D on the right-hand side, D dx, is missing."),
            Mistake("sign", lambda g, out, x: solved(slopes(out), -slopes(out) @ W, g), "The matrix is 1 − D W, with a minus."),
            Mistake("order", lambda g, out, x: solved(slopes(out), W @ slopes(out), g),
                    "D and W are in the wrong order: the matrix is 1 − D W, transposed."),
            Mistake("incomplete", lambda g, out, x: solved(slopes(out), W, g), "In the matrix 1 − D W the D is missing."),
            Mistake("at-input", lambda g, out, x: g * (1 - x**2), tanh.format("it is 1 − x², and no system is solved")),
            Mistake("at-input", lambda g, out, x: solved(slopes(x), slopes(x) @ W, g), tanh.format("it is 1 − x²")),
            Mistake("at-input", lambda g, out, x: solved(slopes(np.tanh(x)), slopes(np.tanh(x)) @ W, g),
                    tanh.format("it is 1 − tanh²(x)")),
            Mistake("at-output", lambda g, out, x: solved(slopes(np.tanh(out)), slopes(np.tanh(out)) @ W, g),
                    tanh.format("it is 1 − tanh²(out)")),
        ),
    )  # fmt: skip


def newton(f: Any, x: Any, steps: int, step: Callable[[Any, Any], Any]) -> Any:
    """`steps` steps x ← step(f, x); NaN where that leads nowhere."""
    with np.errstate(all="ignore"):
        for _ in range(steps):
            x = step(f, x)
    return x


STEPS = (
    ("sign", lambda f, x: x + gradient(f, x) / gradient(gradient_of(f), x),
     "The step goes the wrong way: x ← x − f′(x) / f″(x), with a minus."),
    ("root", lambda f, x: x - f(x) / gradient(f, x),
     "x ← x − f/f′ finds a root of f. In a minimum f′ has a root: divide f′ by f″."),
    ("second-order", lambda f, x: x - gradient(f, x) / gradient(f, x) ** 2,
     "f″ is the derivative of f′, grad(grad(f)), not its square."),
    ("product", lambda f, x: x - gradient(f, x) * gradient(gradient_of(f), x), "f′ is to be divided by f″, not multiplied."),
    ("first-order", lambda f, x: x - gradient(f, x), "This is gradient descent: f′ is to be divided by f″."),
)  # fmt: skip


def check_newton(answer: Answer) -> Iterator[Finding]:
    def right(f: Any, x: Any) -> Any:
        return x - gradient(f, x) / gradient(gradient_of(f), x)

    def divided_by(slope: Any) -> Callable[[Any, Any], Any]:
        return lambda f, x: x - gradient(f, x) / slope

    cases: tuple[tuple[str, Callable[[Any], Any], float, int], ...] = (
        ("minimise(lambda x: (x - 3)**2 + 1, 10.0, 1)", lambda x: (x - 3) ** 2 + 1, 10.0, 1),
        ("minimise(lambda x: x**4 / 4 - 2 * x, 1.0, 2)", lambda x: x**4 / 4 - 2 * x, 1.0, 2),
        ("minimise(lambda x: np.exp(x) - 2 * x, 0.0, 6)", lambda x: np.exp(x) - 2 * x, 0.0, 6),
    )
    for words, f, start, steps in cases:
        best = newton(f, start, steps, right)
        mistakes = [(kind, newton(f, start, steps, step), sentence) for kind, step, sentence in STEPS]
        mistakes += [
            (
                "steps",
                newton(f, start, n, right),
                f"This is x after {n} step{'s' * (n != 1)}, and {steps} were asked for.",
            )
            for n in (0, 1, steps - 1, steps + 1)
        ]
        mistakes += [
            ("value", f(best), "This is f(x): return x, the place of the minimum."),
            ("second-order", newton(f, start, steps, divided_by(gradient(gradient_of(f), start))),
             "f″ was taken once, at the start: it changes with x, so take it anew in every step."),
        ]  # fmt: skip
        yield value(words, answer.minimise(f, start, steps), best, kind="newton", mistakes=mistakes,
                    advice="One step is x ← x − f′(x) / f″(x), and x itself is returned.")  # fmt: skip


def check_straight_through(answer: Answer) -> Iterator[Finding]:
    x, g = np.array([-1.7, -0.4, 0.2, 2.6]), np.array([0.3, -1.2, 0.8, 2.5])
    yield value("the value is rounded", answer.ste_round(Value(x)), np.round(x))
    form = returned("what ste_rule(g, out, x) returns", answer.ste_rule(g.copy(), np.round(x), x.copy()), x.shape)
    if not form.passed:
        yield form
        return
    leaf = Value(x)
    out = answer.ste_round(leaf)
    if not isinstance(out, Value):
        yield Finding(False, "the gradient", "The result is a plain array: its history is lost.", ("detached",))
        return
    (out * g).sum().backward()
    yield value(
        f"the gradient for g = {g}, x = {x}",
        np.zeros(4) if leaf.grad is None else leaf.grad,
        g,
        advice="On the way back the rounding is treated as if it had not happened.",
        kind="gradient",
        mistakes=(
            ("zero", 0 * g, "This is the true derivative of rounding, zero: the rule is to pretend another."),
            ("product", g * x, "g is multiplied by x: the pretended function is not x²/2 but x itself."),
            ("product", g * np.round(x), "g is multiplied by `out`: pretend that out were x, whose slope is a constant."),
            ("nonlinear", np.ones_like(g), "The incoming gradient g is lost: this is 1 everywhere."),
            ("nonlinear", np.round(g), "The gradient was rounded as well: only the value is rounded."),
            ("mask", g * (abs(x) < 1), "The gradient is held back where |x| ≥ 1: let it pass everywhere."),
            ("mask", g * (abs(x) <= 0.5), "The gradient is held back in places: let it pass everywhere."),
        ),
    )  # fmt: skip


EXERCISES = (
    Exercise(
        "hvp", "A Hessian-vector product",
        """
The Hessian H of a function of n numbers has n² entries; H·v for one vector v costs hardly more than a gradient:

    H·v = ∇ₓ ( ∇f(x) · v )          with v held fixed

To write:   hvp(f, x, v), which returns H·v in the shape of x, with autograd's `grad` and without ever making H.

grad(f) is a function: grad(f)(x) is the gradient of f at x, and it can itself be part of a function given to grad.
f takes an array of n numbers and returns one number.
""",
        "import numpy as np\n\nfrom autograd import grad", '''
def hvp(f, x, v):
    raise NotImplementedError
''', '''
def hvp(f, x, v):
    return grad(lambda y: (grad(f)(y) * v).sum())(x)
''',
        ("grad(f)(x) is the gradient; (grad(f)(x) * v).sum() is a single number.",
         "That number is a function of x. Take its gradient.",
         "grad(lambda y: (grad(f)(y) * v).sum())(x)"),
        check_hvp,
    ),
    Exercise(
        "custom", "An operation of your own",
        """
An operation of the engine is a name, a way to compute, and one rule(g, out, x) for each input, written in plain NumPy.
Because the rule is recorded too, the second derivative needs nothing more.

    softsign(x) = x / (1 + |x|)

To derive:   its rule, which returns g · softsign′(x) like a vjp.
             (abs(x) may be used in it: away from 0 everything is smooth.)
""",
        "import numpy as np\n\nfrom autograd.op import Op", '''
def softsign_rule(g, out, x):
    raise NotImplementedError


softsign = Op(lambda x: x / (1 + abs(x)), softsign_rule, name="softsign")
''', '''
def softsign_rule(g, out, x):
    return g / (1 + abs(x)) ** 2


softsign = Op(lambda x: x / (1 + abs(x)), softsign_rule, name="softsign")
''',
        ("Take x > 0 first: the derivative of x / (1 + x), by the quotient rule.",
         "For x > 0 it is 1 / (1 + x)²; for x < 0 it is 1 / (1 − x)².",
         "Both together: g / (1 + abs(x)) ** 2."),
        check_custom,
    ),
    Exercise(
        "fixed_point", "Through a fixed point",
        """
z solves   z = tanh(W z + x).   It was found by iterating two hundred times; differentiating through all iterations is
not needed. Differentiate the equation instead:

    dz = D (W dz + dx),        D = diag(1 − z²)        so that    (1 − D W) dz = D dx

To derive:   the gradient of x for an incoming gradient g (that of W is not asked for). It takes the solution of one
             linear system, np.linalg.solve(A, b). x, out and g have shape (n,), W has (n, n).
""",
        "import numpy as np", '''
def fixed_point_vjp(g, out, x, W):
    """`out` is the fixed point z."""
    raise NotImplementedError
''', '''
def fixed_point_vjp(g, out, x, W):
    """`out` is the fixed point z."""
    D = np.diag(1 - out**2)
    return D @ np.linalg.solve((np.eye(len(x)) - D @ W).T, g)
''',
        ("dz = (1 − D W)⁻¹ D dx. The result changes by g · dz.",
         "gᵀ (1 − D W)⁻¹ D dx: the gradient of x is the transpose of what stands before dx.",
         "D @ np.linalg.solve((np.eye(n) - D @ W).T, g)"),
        check_fixed_point,
    ),
    Exercise(
        "newton", "Newton's method",
        """
To minimise f, follow the parabola that touches it:      x ← x − f′(x) / f″(x)

To write:   minimise(f, x, steps) for a function f of one number: it starts at x, takes `steps` steps (a number), and
            returns the x it has arrived at. autograd's grad(f) is the function f′.
""",
        "import numpy as np\n\nfrom autograd import grad", '''
def minimise(f, x, steps):
    raise NotImplementedError
''', '''
def minimise(f, x, steps):
    for _ in range(steps):
        x = x - grad(f)(x) / grad(grad(f))(x)
    return x
''',
        ("grad(f) is a function: its derivative is grad(grad(f)).", "One step: x - grad(f)(x) / grad(grad(f))(x).",
         "Repeat it `steps` times, and return x."),
        check_newton,
    ),
    Exercise(
        "straight_through", "Straight through a step",
        """
Rounding has derivative 0 everywhere, so that nothing before it can be trained. The straight-through estimator (Bengio,
Léonard and Courville 2013) rounds on the way forward, and on the way back pretends that nothing happened.

To write:   its rule, which returns the gradient of x. This time the derivative is wrong on purpose, so that the check
            does not use finite differences.
""",
        "import numpy as np\n\nfrom autograd.op import Op", '''
def ste_rule(g, out, x):
    raise NotImplementedError


ste_round = Op(np.round, ste_rule, name="ste_round")
''', '''
def ste_rule(g, out, x):
    return g


ste_round = Op(np.round, ste_rule, name="ste_round")
''',
        ("What is the rule of the identity, out = x?", "The gradient passes unchanged.", "return g"),
        check_straight_through,
    ),
)  # fmt: skip
