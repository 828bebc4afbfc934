"""What a program is compared with: NumPy, finite differences, itself in float64, PyTorch and JAX.

All of them see the same numbers. The other libraries compute in float64 whatever the program's dtypes, and so does this
package when it is compared with them, to ten digits; where dtypes are lower, the derivative is compared once more with the
one in float64, at their precision.

Programs are drawn so that they do not jump where they are evaluated, but they do have kinks there: ``np.maximum(x, x)``, or an
absolute value of what a ReLU has set to zero. A kink has many right derivatives, and the libraries choose different ones.
Where another library differs, finite differences decide: if they accept both derivatives although these are far apart, there
is a kink, and it is a difference of conventions; so it is where the other answer is not finite and this package's is accepted
(zero times infinity: here zero wins). Those are counted. What else differs is reported, or is in `KNOWN` with the reason.
"""

from __future__ import annotations

import importlib.util
import itertools
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import numpy as np

from autograd import ChangedDataError, Value
from autograd.check import Report, check_vjp, gradcheck, gradgradcheck
from autograd.engine import backward

from . import libraries
from .program import DOUBLED, OURS, PLAIN, Program

CHECKS: tuple[Callable[..., Report], ...] = (gradcheck, gradgradcheck)
TOLERANCE = 1e-10  # of a difference between libraries, relative to the largest derivative, or to 1
APART = 1e-3  # two derivatives that differ by this much cannot both be right unless there is a kink
ROUNDING = 1e4  # how many roundings of its coarsest dtype a derivative may be off
PROJECTED = 6  # elements of leaves from which on finite differences are taken along random directions, which costs less

# Where the derivatives of another library are known to be wrong: its name, a pattern in a step, and the reason.
KNOWN = {
    ("jax", r"np\.sign\(v\[\d+\]\) \* \(v"): "JAX takes z/|z|, the sign of a complex number, for constant",
    ("torch", r"np\.histogram(2d|dd)\(.*\)\[1\]"): "PyTorch takes the edges of bins for constant",
}


@dataclass(frozen=True)
class Answer:
    """The value of a program, its gradient, and the product of its Hessian with a vector: one array for each leaf."""

    value: Any
    gradient: list[Any]
    product: list[Any]

    def apart(self, other: Answer, tolerance: float) -> list[int]:
        """The orders (0 is the value) at which the two differ by more than the tolerance allows."""
        pairs = ([self.value], [other.value]), (self.gradient, other.gradient), (self.product, other.product)
        return [order for order, (xs, ys) in enumerate(pairs) if not _close(xs, ys, tolerance)]


def _close(xs: Sequence[Any], ys: Sequence[Any], tolerance: float) -> bool:
    """Within the tolerance of the largest number, or of 1; NaN where the other is NaN."""
    x, y = (np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in parts]) for parts in (xs, ys))
    size = max(1.0, np.abs(y).max(initial=0.0, where=np.isfinite(y)))
    return x.shape == y.shape and np.allclose(x, y, rtol=0, atol=tolerance * size, equal_nan=True)


Ask = Callable[[Program], Answer]
Others = dict[str, Ask]


def tangents(program: Program) -> list[Any]:
    """The vector of the Hessian-vector product."""
    rng = np.random.default_rng(program.seed)
    return [np.asarray(rng.normal(size=x.shape), dtype=x.dtype)[()] for x in program.leaves]


def ours(program: Program, library: libraries.Namespace = OURS) -> Answer:
    """By this package: reverse mode, recorded, and its gradient along the tangents differentiated once more."""
    leaves = [Value(x) for x in program.leaves]
    library["odd"].made = []
    out = program(*leaves, library=library)
    library["odd"].spoil()  # the derivative is that of the numbers then
    gradient = _gradient(out, leaves, create_graph=True)
    along = sum((g * t).sum() for g, t in zip(gradient, tangents(program), strict=True))
    product = _gradient(along, leaves)
    return Answer(*(_plain(x) for x in (out, gradient, product)))


def _gradient(out: Any, leaves: list[Value], create_graph: bool = False) -> list[Any]:
    if not isinstance(out, Value) or not out.requires_grad:
        return [np.zeros_like(x.data)[()] for x in leaves]
    return backward.grad(out, leaves, create_graph=create_graph, allow_unused=True)


def _plain(x: Any) -> Any:
    return [_plain(part) for part in x] if isinstance(x, list) else x.data if isinstance(x, Value) else x


@cache
def with_jax() -> Ask:
    """JAX: forward mode over reverse mode, compiled as a whole."""
    import jax

    library = libraries.jax()
    answered = itertools.count(1)

    def answer(program: Program) -> Answer:
        if next(answered) % 50 == 0:
            jax.clear_caches()  # it keeps what it has compiled, and no program comes twice
        f = jax.value_and_grad(partial(program, library=library), argnums=tuple(range(len(program.leaves))))
        both = jax.jit(lambda xs, ts: jax.jvp(f, xs, ts))
        with jax.enable_x64(True):
            (value, gradient), (_, product) = both(program.leaves, tuple(tangents(program)))
            return Answer(*jax.tree.map(np.asarray, (value, list(gradient), list(product))))

    return answer


@cache
def with_torch() -> Ask:
    """PyTorch: reverse mode twice."""
    import torch

    from .torch_names import numpy as tnp

    library = libraries.torch()

    def gradient(out: Any, leaves: list[Any], more: bool) -> list[Any]:
        if not out.requires_grad:
            return [torch.zeros_like(x) for x in leaves]
        return list(torch.autograd.grad(out, leaves, create_graph=more, materialize_grads=True))

    def answer(program: Program) -> Answer:
        leaves = [torch.tensor(x, requires_grad=True) for x in program.leaves]
        out = tnp.asarray(program(*map(tnp.asarray, leaves), library=library)).tensor
        first = gradient(out, leaves, True)
        along = sum((g * torch.as_tensor(t)).sum() for g, t in zip(first, tangents(program), strict=True))
        second = gradient(along, leaves, False)
        return Answer(out.detach().numpy(), [x.detach().numpy() for x in first], [x.numpy() for x in second])

    return answer


LIBRARIES: dict[str, Callable[[], Ask]] = {"jax": with_jax, "torch": with_torch}


def installed() -> Others:
    """The libraries that are there to be asked."""
    return {name: make() for name, make in LIBRARIES.items() if importlib.util.find_spec(name)}


@dataclass(frozen=True)
class Finding:
    """A disagreement: who disagrees, about which order of derivative (0 is the value), and the details."""

    oracle: str
    order: int
    details: str


@dataclass
class Outcome:
    """What came of one program: findings, and what was not compared and why."""

    findings: list[Finding] = field(default_factory=list)
    undecided: int = 0
    unsupported: list[str] = field(default_factory=list)
    conventions: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)


def check(program: Program, others: Others | None = None) -> Outcome:
    """Compare a program with everything there is."""
    outcome = Outcome()
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            outcome.findings += _same_values(program) or _lower_precision(program) or _after_a_change(program)
            mine = ours(program.doubled, OURS_DOUBLED)
            reports = [verdict(program, order) for order in (1, 2)]
        except Exception as error:
            outcome.findings.append(Finding("NumPy", 0, f"NumPy computes this, and here it raised {error!r}"))
            return outcome
        for order, report in enumerate(reports, 1):
            outcome.undecided += report.verdict == "inconclusive"
            if report.verdict == "fail":
                outcome.findings.append(Finding("finite differences", order, str(report)))
        for name, other in (others or {}).items():
            _compare(program, name, other, mine, reports, outcome)
    return outcome


def same_finding(program: Program, finding: Finding, others: Others) -> bool:
    """Whether the program differs from the same oracle, at the same order."""
    if finding.oracle == "finite differences":
        return verdict(program, finding.order).verdict == "fail"
    asked = {name: ask for name, ask in others.items() if name == finding.oracle}
    return any((f.oracle, f.order) == (finding.oracle, finding.order) for f in check(program, asked).findings)


OURS_DOUBLED = libraries.ours(libraries.doubled(np))


def verdict(program: Program, order: int = 1) -> Report:
    """What the checker says about the derivative of this order."""
    exact = program.doubled.frozen
    mode = "jacobian" if sum(x.size for x in exact.leaves) < PROJECTED else "projections"
    f = partial(exact, library=OURS_DOUBLED)
    with np.errstate(all="ignore"):
        return CHECKS[order - 1](f, exact.leaves, seed=program.seed, mode=mode, progress=False)


def _same_values(program: Program) -> list[Finding]:
    """Every step has NumPy's value, shape and dtype, and is an array of NumPy's or a number."""
    plain = program.values(program.leaves, PLAIN)
    recorded = program.values([Value(x) for x in program.leaves], OURS)
    eps = 0.0
    for k, (x, value) in enumerate(zip(plain, recorded, strict=True)):
        y = _plain(value)
        eps = max(eps, float(np.finfo(x.dtype).eps))
        if (
            not (type(y) is np.ndarray or isinstance(y, np.generic))
            or x.shape != np.shape(y)
            or x.dtype != y.dtype
            or not np.allclose(x, y, rtol=100 * eps, atol=100 * eps, equal_nan=True)
        ):
            return [
                Finding(
                    "NumPy", 0, f"v[{k}] is {y!r} of dtype {np.asarray(y).dtype}, NumPy's is {x!r} of dtype {x.dtype}"
                )
            ]
    return []


def _lower_precision(program: Program) -> list[Finding]:
    """Gradients have the leaves' shapes and dtypes; in lower precision they are near those in float64."""
    low = ours(program)
    findings = [
        Finding("dtypes", order, f"the derivative of v[{k}] is {g.shape} {g.dtype}, and v[{k}] is {x.shape} {x.dtype}")
        for order, gradients in enumerate((low.gradient, low.product), 1)
        for k, (x, g) in enumerate(zip(program.leaves, gradients, strict=True))
        if g.shape != x.shape or g.dtype != x.dtype
    ]
    exact = ours(program.doubled, OURS_DOUBLED)
    tolerance = ROUNDING * program.precision
    if not findings and tolerance > TOLERANCE:
        findings += [Finding("float64", order, _shown(low, exact, order)) for order in low.apart(exact, tolerance)]
    return findings


def _after_a_change(program: Program) -> list[Finding]:
    """The array of a leaf is changed between the passes: the derivative is still the right one, or there is an error."""
    k = program.seed % len(program.leaves)
    leaves, others = ([Value(x) for x in program.leaves] for _ in range(2))
    data = leaves[k].data
    out, right = program(*leaves), _gradient(program(*others), others)
    if data.size and data.ndim:
        data[...] = data[::-1] + 0.5
    else:
        leaves[k].data = data + 1
    try:
        found = _gradient(out, leaves)
    except ChangedDataError:
        return []
    if _close(found, right, 0.0):
        return []
    return [Finding("a change", 1, f"v[{k}] was changed after the forward pass:\n{found}\nand without\n{right}")]


def _shown(one: Answer, other: Answer, order: int) -> str:
    parts = [(a.value, a.gradient, a.product)[order] for a in (one, other)]
    return f"here\n{parts[0]}\nthere\n{parts[1]}"


def _compare(program: Program, name: str, other: Ask, mine: Answer, reports: list[Report], outcome: Outcome) -> None:
    """One library's answer with this package's."""
    try:
        theirs = other(program.doubled)
    except Exception as error:
        step = re.sub(r"-?\d+", "k", "".join(getattr(error, "__notes__", ["in the derivative"])[:1]))
        outcome.unsupported.append(f"{name}: {type(error).__name__}: {step}: {str(error).partition(chr(10))[0][:80]}")
        return
    for order in mine.apart(theirs, TOLERANCE):
        if order and (reason := known(program, name)):
            outcome.known.append(reason)
        elif order and _conventional(program, order, mine, theirs, reports[order - 1]):
            outcome.conventions.append(name)
        else:
            outcome.findings.append(Finding(name, order, _shown(mine, theirs, order)))


def _conventional(program: Program, order: int, mine: Answer, theirs: Answer, report: Report) -> bool:
    """Whether two derivatives may both be called right: see the top of this file."""
    answer = (theirs.gradient, theirs.product)[order - 1]
    if not all(np.isfinite(part).all() for part in answer):
        return report.verdict == "pass"
    if order not in mine.apart(theirs, APART):
        return False
    exact = program.doubled.frozen
    f = partial(exact, library=DOUBLED) if order == 1 else partial(_along, exact)
    vjp = lambda g, out, *leaves: tuple(g * part for part in answer)
    return check_vjp(f, vjp, exact.leaves, seed=program.seed, progress=False).verdict == "pass"


def _along(program: Program, *leaves: Any) -> Any:
    """The derivative along the tangents, at other leaves."""
    values = [Value(x) for x in leaves]
    gradient = _gradient(program(*values, library=OURS_DOUBLED), values)
    return sum((g * t).sum() for g, t in zip(gradient, tangents(program), strict=True))


def known(program: Program, name: str) -> str | None:
    """The reason why this library is known to differ, if a step of the program is such a case."""
    for (library, pattern), reason in KNOWN.items():
        if library == name and any(re.search(pattern, step) for step in program.steps):
            return reason
    return None
