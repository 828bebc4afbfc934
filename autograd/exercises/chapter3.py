"""Chapter 3: layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..functions import logsumexp
from .exercise import Answer, Exercise, Finding, Mistake, derivative

TITLE = "Layers"
_R = np.random.default_rng(1)
X, W, B = _R.normal(size=(4, 3)), _R.normal(size=(3, 2)), _R.normal(size=2)
LOGITS, LABELS = _R.normal(size=(4, 3)), np.array([2, 0, 1, 1])
SIGNAL, KERNEL = _R.normal(size=7), _R.normal(size=3)
Q, K, V = _R.normal(size=(3, 2)), _R.normal(size=(4, 2)), _R.normal(size=(4, 3))


def cross_entropy(logits: Any, labels: Any) -> Any:
    return (logsumexp(logits, axis=1) - logits[np.arange(len(labels)), labels]).mean()


def normalised(x: Any, axis: int) -> Any:
    centred = x - x.mean(axis=axis, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=axis, keepdims=True) + 1e-5)


def convolve(x: Any, w: Any) -> Any:
    return np.stack([(x[i : i + len(w)] * w).sum() for i in range(len(x) - len(w) + 1)])


def softmax(x: Any) -> Any:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def attention(q: Any, k: Any, v: Any) -> Any:
    return softmax(q @ k.T / np.sqrt(q.shape[-1])) @ v


def check_linear(answer: Answer) -> Iterator[Finding]:
    yield derivative(lambda x, w, b: x @ w + b, answer.linear_vjp, (X, W, B), ("x", "w", "b"))


def check_cross_entropy(answer: Answer) -> Iterator[Finding]:
    rows, n = np.arange(len(LABELS)), len(LABELS)

    def off(p: Any, *index: Any) -> Any:
        p[index] -= 1
        return p

    mistakes = (
        Mistake("incomplete", lambda g, out, z: g * softmax(z) / n,
                "The term −z_t has its own contribution: in each row something is to be subtracted at the right class."),
        Mistake("incomplete", lambda g, out, z: g * off(0 * z, rows, LABELS) / n,
                "This is the contribution of −z_t alone: that of log Σ exp(zⱼ) is missing."),
        Mistake("sign", lambda g, out, z: g * (softmax(z) - off(0 * z, rows, LABELS)) / n,
                "The contribution of −z_t has the wrong sign: it is to be subtracted."),
        Mistake("index", lambda g, out, z: g * off(softmax(z), slice(None), LABELS) / n,
                "p[:, labels] takes these columns in every row: row i has one label, p[np.arange(n), labels]."),
        Mistake("index", lambda g, out, z: g * (softmax(z) - LABELS[:, None]) / n,
                "Labels are numbers of classes, not probabilities: subtract 1 in the column that the label names."),
        Mistake("axis", lambda g, out, z: g * off(softmax(z.T).T, rows, LABELS) / n,
                "The softmax was taken over each column: each row of logits is a sample."),
        Mistake("incomplete", lambda g, out, z: g * off(0 * z, rows, LABELS) / softmax(z) / n,
                "−log p_t was differentiated with respect to p: multiply by ∂p/∂z too, which reaches all classes."),
        Mistake("slope", lambda g, out, z: g * softmax(z) * (1 - softmax(z)) / n,
                "p·(1 − p) is the slope of a softmax; the slope of log Σ exp(zⱼ) is something simpler."),
    )  # fmt: skip
    for title, logits in (("ordinary logits", LOGITS), ("large logits", 300 * LOGITS)):
        yield derivative(
            lambda z: cross_entropy(z, LABELS),
            lambda g, out, z: answer.cross_entropy_vjp(g, out, z, LABELS.copy()),
            (logits,),
            ("logits",),
            title=title,
            mistakes=mistakes,
        )


def norm_mistakes(axis: int) -> tuple[Mistake, ...]:
    """The mistakes in (g − mean(g) − out·mean(g·out)) / s."""

    def mean(x: Any) -> Any:
        return x.mean(axis=axis, keepdims=True)

    def total(x: Any) -> Any:
        return x.sum(axis=axis, keepdims=True)

    def s(x: Any) -> Any:
        return np.sqrt(x.var(axis=axis, keepdims=True) + 1e-5)

    def numerator(g: Any, out: Any) -> Any:
        return g - mean(g) - out * mean(g * out)

    sums = "In {} a sum stands where a mean belongs: each element has only a share of 1/m in μ and in s."
    last = "In the last term, the one through s, the normalised `out` belongs in both places: here {}."
    return (
        Mistake("term", lambda g, out, x: (g - out * mean(g * out)) / s(x),
                "The contribution through μ is missing: every out moves when μ does."),
        Mistake("mean", lambda g, out, x: (g - total(g) - out * total(g * out)) / s(x), sums.format("both terms")),
        Mistake("mean", lambda g, out, x: (g - mean(g) - out * total(g * out)) / s(x),
                sums.format("the term through s")),
        Mistake("mean", lambda g, out, x: (g - total(g) - out * mean(g * out)) / s(x),
                sums.format("the term through μ")),
        Mistake("incomplete", lambda g, out, x: numerator(g, out), "The division by s is missing."),
        Mistake("power", lambda g, out, x: numerator(g, out) / s(x) ** 2, "It is divided by s once too often."),
        Mistake("power", lambda g, out, x: numerator(g, out) * s(x), "It is multiplied by s in place of divided."),
        Mistake("sign", lambda g, out, x: (g - mean(g) + out * mean(g * out)) / s(x),
                "The contribution through s has the wrong sign: a larger s makes out smaller."),
        Mistake("sign", lambda g, out, x: (g + mean(g) - out * mean(g * out)) / s(x),
                "The contribution through μ has the wrong sign: a larger μ makes out smaller."),
        Mistake("sign", lambda g, out, x: (g + mean(g) + out * mean(g * out)) / s(x),
                "The contributions through μ and s have the wrong sign: both make out smaller."),
        Mistake("term", lambda g, out, x: (g - mean(g) - (x - mean(x)) * mean(g * out)) / s(x),
                last.format("x − μ stands outside of the mean")),
        Mistake("term", lambda g, out, x: (g - mean(g) - x * mean(g * out)) / s(x),
                last.format("x stands outside of the mean")),
        Mistake("term", lambda g, out, x: (g - mean(g) - out * mean(g * x)) / s(x),
                last.format("x stands inside of the mean")),
        Mistake("term", lambda g, out, x: (g - mean(g) - mean(g * out)) / s(x),
                last.format("it is missing outside of the mean")),
    )  # fmt: skip


def check_layer_norm(answer: Answer) -> Iterator[Finding]:
    yield derivative(lambda x: normalised(x, 1), answer.layer_norm_vjp, (X,), ("x",), mistakes=norm_mistakes(1))


def check_batch_norm(answer: Answer) -> Iterator[Finding]:
    yield derivative(lambda x: normalised(x, 0), answer.batch_norm_vjp, (X,), ("x",), mistakes=norm_mistakes(0))


def check_convolution(answer: Answer) -> Iterator[Finding]:
    m, n = len(KERNEL), len(SIGNAL) - len(KERNEL) + 1

    def of_x(at: Callable[[int, int], int], which: Callable[[int], int]) -> Callable[..., Any]:
        def vjp(g: Any, _out: Any, x: Any, w: Any) -> tuple[Any, None]:
            total = np.zeros_like(x)
            for i in range(n):
                for k in range(m):
                    total[at(i, k)] += g[i] * w[which(k)]
            return total, None

        return vjp

    def of_w(at: Callable[[int, int], int]) -> Callable[..., Any]:
        return lambda g, _out, x, w: (None, np.array([sum(g[i] * x[at(i, k)] for i in range(n)) for k in range(m)]))

    index = "out[i] used x[i + k] with w[k], so that x[i + k] gets a share: here {}."
    yield derivative(convolve, answer.convolve_vjp, (SIGNAL, KERNEL), ("x", "w"), mistakes=(
        Mistake("places", of_x(lambda i, k: i + k, lambda k: m - 1 - k),
                "w is read backwards in the gradient of x: out[i] used x[i + k] with w[k]."),
        Mistake("index", of_x(lambda i, k: i, lambda k: k), index.format("x[i] gets all of it")),
        Mistake("index", of_x(lambda i, k: k, lambda k: k), index.format("x[k] gets it")),
        Mistake("index", of_w(lambda i, k: i), "In the gradient of w, w[k] met x[i + k] in out[i]: here it meets x[i]."),
        Mistake("index", of_w(lambda i, k: k), "In the gradient of w, w[k] met x[i + k] in out[i]: here it meets x[k]."),
        Mistake("places", of_w(lambda i, k: i + m - 1 - k), "The gradient of w is in reverse order."),
    ))  # fmt: skip


def check_attention(answer: Answer) -> Iterator[Finding]:
    def through(softmax_vjp: Callable[[Any, Any], Any]) -> Callable[..., Any]:
        """The gradients of q and k for some gradient of the softmax."""

        def vjp(g: Any, _out: Any, q: Any, k: Any, v: Any) -> tuple[Any, Any, None]:
            gs = softmax_vjp(softmax(q @ k.T / np.sqrt(q.shape[-1])), g @ v.T) / np.sqrt(q.shape[-1])
            return gs @ k, gs.T @ q, None

        return vjp

    yield derivative(attention, answer.attention_vjp, (Q, K, V), ("q", "k", "v"), mistakes=(
        Mistake("incomplete", through(lambda p, g: g), "The softmax was skipped: g @ v.T is the gradient of p, not of s."),
        Mistake("incomplete", through(lambda p, g: p * g), "In the gradient of the softmax Σⱼ gⱼ pⱼ is missing."),
        Mistake("slope", through(lambda p, g: g * p * (1 - p)), "p·(1 − p) is only what each element of the softmax does "
                "to itself: raising one lowers the others, which Σⱼ gⱼ pⱼ accounts for."),
        Mistake("axis", through(lambda p, g: p * (g - (g * p).sum(axis=0, keepdims=True))),
                "In the gradient of the softmax the sum over j goes along the rows of p: axis=-1, not axis=0."),
        Mistake("axis", through(lambda p, g: p * (g - (g * p).sum())),
                "In the gradient of the softmax the sum over j is one for each row: axis=-1 and keepdims=True."),
        Mistake("sign", through(lambda p, g: p * (g + (g * p).sum(axis=-1, keepdims=True))),
                "In the gradient of the softmax Σⱼ gⱼ pⱼ is to be subtracted."),
        Mistake("mean", through(lambda p, g: p * (g - (g * p).mean(axis=-1, keepdims=True))),
                "In the gradient of the softmax stands a sum over j, not a mean."),
        Mistake("incomplete", through(lambda p, g: p * (g - g.sum(axis=-1, keepdims=True))),
                "In the gradient of the softmax the factor pⱼ is missing inside of the sum."),
        Mistake("incomplete", through(lambda p, g: g - (g * p).sum(axis=-1, keepdims=True)),
                "In the gradient of the softmax the factor p in front is missing."),
    ))  # fmt: skip


NUMPY = "import numpy as np"
SOFTMAX = """
import numpy as np


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
"""

EXERCISES = (
    Exercise(
        "linear", "A linear layer",
        """
    out = x @ w + b          x (n, in), w (in, out), b (out,)

To derive:   the gradients of x, w and b, as a tuple in this order. It is exercises 7 and 10 together.
""",
        NUMPY, '''
def linear_vjp(g, out, x, w, b):
    raise NotImplementedError
''', '''
def linear_vjp(g, out, x, w, b):
    return g @ w.T, x.T @ g, g.sum(axis=0)
''',
        ("Take the product and the sum one at a time; g passes through a sum unchanged.",
         "For the product a @ b the gradients are g @ b.T and a.T @ g.",
         "The bias is broadcast over the n rows: its gradient is g.sum(axis=0)."),
        check_linear,
    ),
    Exercise(
        "cross_entropy", "Softmax and cross-entropy, from the logits",
        """
For one row z of logits with the right class t:   L = log Σⱼ exp(zⱼ) − z_t
The loss of a batch is the mean over its n rows. `labels` holds the right class of each row.

To derive:   ∂L/∂z, in the shape of the logits (n, classes). It is short: express it by softmax(z).
             L is one number for the whole batch, and so is the incoming g.
""",
        SOFTMAX, '''
def cross_entropy_vjp(g, out, logits, labels):
    raise NotImplementedError
''', '''
def cross_entropy_vjp(g, out, logits, labels):
    p = softmax(logits)
    p[np.arange(len(p)), labels] -= 1
    return g * p / len(p)
''',
        ("The derivative of log Σ exp(zⱼ) with respect to zᵢ is exp(zᵢ) / Σ exp(zⱼ): what is that called?",
         "∂L/∂zᵢ = softmax(z)ᵢ − 1 for the right class, softmax(z)ᵢ for every other.",
         "It is a mean over n rows: divide by len(logits). And multiply by g."),
        check_cross_entropy,
    ),
    Exercise(
        "layer_norm", "Layer normalisation",
        """
For each row x of length m:

    μ = mean(x)        s = √(mean((x − μ)²) + 10⁻⁵)        out = (x − μ) / s

To derive:   the gradient of x (n, m). Every x goes into the result in three ways: by itself, through μ, and through s.
             (Shorten it: the answer needs only g, out, s and means over the row.)
""",
        NUMPY, '''
def layer_norm_vjp(g, out, x):
    centred = x - x.mean(axis=1, keepdims=True)
    s = np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
    raise NotImplementedError
''', '''
def layer_norm_vjp(g, out, x):
    centred = x - x.mean(axis=1, keepdims=True)
    s = np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
    return (g - g.mean(axis=1, keepdims=True) - out * (g * out).mean(axis=1, keepdims=True)) / s
''',
        ("By itself: g / s. Through μ: every out in the row moves by −1/(m·s), so that is −mean(g) / s.",
         "Through s: ∂s/∂xⱼ = (xⱼ − μ)/(m·s) = outⱼ/m, and ∂outᵢ/∂s = −outᵢ/s.",
         "(g − mean(g) − out · mean(g · out)) / s, with means over the row."),
        check_layer_norm,
    ),
    Exercise(
        "batch_norm", "Batch normalisation in one line",
        """
The same formula, but over the rows of a batch instead of along a row:

    μ = mean of each column        s = √(variance of each column + 10⁻⁵)        out = (x − μ) / s

To derive:   the gradient of x (n, m), in one line, using `s`, which has shape (m,).
""",
        NUMPY, '''
def batch_norm_vjp(g, out, x):
    s = np.sqrt(x.var(axis=0) + 1e-5)
    raise NotImplementedError
''', '''
def batch_norm_vjp(g, out, x):
    s = np.sqrt(x.var(axis=0) + 1e-5)
    return (g - g.mean(axis=0) - out * (g * out).mean(axis=0)) / s
''',
        ("Compare it with the exercise before: what has changed?", "Only the axis.",
         "(g − mean(g) − out · mean(g · out)) / s, with means over axis 0."),
        check_batch_norm,
    ),
    Exercise(
        "convolution", "Convolution in one dimension",
        """
    out[i] = Σₖ x[i + k] · w[k]          x of length n, w of length m, out of length n − m + 1

To derive:   the gradients of x and w, as a tuple. Loops are welcome: ask of each out[i] what it used, and add its
             share.
""",
        NUMPY, '''
def convolve_vjp(g, out, x, w):
    raise NotImplementedError
''', '''
def convolve_vjp(g, out, x, w):
    gx, gw = np.zeros_like(x), np.zeros_like(w)
    for i in range(len(out)):
        gx[i : i + len(w)] += g[i] * w
        gw += g[i] * x[i : i + len(w)]
    return gx, gw
''',
        ("out[i] uses x[i], …, x[i + m − 1] and all of w: one step of a loop over i.",
         "∂out[i]/∂x[i + k] = w[k] and ∂out[i]/∂w[k] = x[i + k].",
         "gx[i : i + m] += g[i] * w   and   gw += g[i] * x[i : i + m]."),
        check_convolution,
    ),
    Exercise(
        "attention", "Attention",
        """
    s = q @ k.T / √d        p = softmax(s), row by row        out = p @ v          d = q.shape[-1]

To derive:   the gradients of q, k and v, as a tuple.
             Walk backwards: from out to p and v, from p to s, from s to q and k.
             For the softmax of one row:   gradient of s = p · (g − Σⱼ gⱼ pⱼ)
""",
        SOFTMAX, '''
def attention_vjp(g, out, q, k, v):
    p = softmax(q @ k.T / np.sqrt(q.shape[-1]))
    raise NotImplementedError
''', '''
def attention_vjp(g, out, q, k, v):
    d = q.shape[-1]
    p = softmax(q @ k.T / np.sqrt(d))
    gp = g @ v.T
    gs = p * (gp - (gp * p).sum(axis=-1, keepdims=True)) / np.sqrt(d)
    return gs @ k, gs.T @ q, p.T @ g
''',
        ("out = p @ v is a matrix product: that gives the gradient of v at once, and gp, the gradient of p.",
         "gp = g @ v.T; then the softmax row by row gives gs.",
         "s = q @ k.T / √d: gs / √d @ k for q, and (gs / √d).T @ q for k."),
        check_attention,
    ),
)  # fmt: skip
