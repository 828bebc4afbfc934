"""Which rows of the table work on XLA arrays: ``python -m tests.xla_rows > docs/xla_rows.md`` makes the page that says so.

Minutes, most of them in XLA's compiler, which is told to take no pains (`FLAGS`). Names as arguments: these rows, to the
terminal, with what is wrong.
"""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

FLAGS = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
os.environ.setdefault("XLA_FLAGS", FLAGS)  # before JAX is imported

import jax  # noqa: E402
import numpy as np  # noqa: E402

from autograd import Value, grad, hvp, xla  # noqa: E402
from autograd.opaque import plain  # noqa: E402
from tests import samples, samples_convolution, samples_counts, samples_numpy, samples_scipy  # noqa: E402
from tests.samples import Sample, draw  # noqa: E402

SAMPLES = [s for module in (samples, samples_numpy, samples_counts, samples_convolution) for s in module.SAMPLES]
SPECIAL = [*samples_scipy.SPECIAL, *samples_scipy.BESSEL]
RELEASE = f"JAX {jax.__version__} and NumPy {np.__version__}"
TOLERANCE = {"float64": 1e-9, "float32": 1e-5}


def squares(sample: Sample) -> Callable[[Any], Any]:
    """A scalar function of the list of arguments."""

    def sum_of_squares(args: Any) -> Any:
        out = sample.call(*args)
        return np.sum(np.real(out * np.conjugate(out)))

    return sum_of_squares


def derivatives(sample: Sample) -> Callable[[Any, Any], Any]:
    """The value of a sample, the gradients of its sum of squares, and their derivative along a direction."""
    f = squares(sample)

    def all_of_them(args: Any, direction: Any) -> Any:
        if sample in SPECIAL:  # SciPy's functions ask a Value, and no other array
            value = plain(sample.call(*(Value(x, requires_grad=False) for x in args)))
        else:
            value = sample.call(*args)
        return value, grad(f)(args), hvp(f)(args, direction)

    return all_of_them


def arguments(sample: Sample, dtype: str) -> tuple[list[Any], list[Any]]:
    shapes = sample.shapes or ((4, 3), (3,), (4, 1))[: len(sample.domains)]
    point = draw(sample, shapes, 0, dtype)
    return point, [np.asarray(np.cos(1 + np.arange(np.size(x)).reshape(np.shape(x))), dtype)[()] for x in point]


def differs(got: Any, want: Any, dtype: str) -> str | None:
    """What is wrong with `got`, if anything is."""
    got, want = (xla_leaves(nest) for nest in (got, want))
    for x, y in zip(got, want, strict=True):
        x = np.asarray(x)
        if x.shape != np.shape(y) or x.dtype != np.asarray(y).dtype:
            return f"{x.dtype}{list(x.shape)} in place of {np.asarray(y).dtype}{list(np.shape(y))}"
        scale = max(1.0, np.max(np.abs(y), initial=0, where=np.isfinite(y)))
        if not np.allclose(x, y, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype] * scale, equal_nan=True):
            return "other numbers"
    return None


def xla_leaves(nest: Any) -> list[Any]:
    return [leaf for item in nest for leaf in xla_leaves(item)] if isinstance(nest, (list, tuple)) else [nest]


def failure(sample: Sample, compiled: bool, dtype: str = "float64") -> str | None:
    """What goes wrong with a sample on XLA arrays, eager or compiled; None if value and derivatives are NumPy's."""
    point, direction = arguments(sample, dtype)
    f = derivatives(sample)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        want = f(point, direction)
        try:
            if compiled:
                return differs(xla.jit(f)(point, direction), want, dtype)
            on_xla = [[xla.asarray(x) for x in xs] for xs in (point, direction)]
            got = f(*on_xla)
        except Exception as error:  # whatever is raised is the answer
            return f"{type(error).__name__}: {error}"
    if not all(isinstance(x, xla.XlaArray) for x in xla_leaves(got)[:1]):
        return "computed by NumPy"
    return differs(got, want, dtype)


def reasons(samples: Iterable[Sample], compiled: bool) -> Iterator[tuple[str, str | None]]:
    """(name, what goes wrong with the first of its samples that does not work), by name."""
    by_name: dict[str, list[Sample]] = {}
    for s in samples:
        by_name.setdefault(s.name, []).append(s)
    for name in sorted(by_name):
        yield name, next((why for s in by_name[name] if (why := failure(s, compiled))), None)


# Why a row does not work, by what its error says.
REASONS = {
    "a shape or a branch depends on data, which is not known while it is compiled": "not known yet|[Cc]oncret|Tracer",
    "NumPy follows the order in memory, and JAX's arrays have one order only": "^(ravel|reshape): other",
    "what NumPy leaves open, the order within the parts, is another": "other numbers",
    "JAX does not have it": "JAX does not have it|NotImplemented",
}


def reason(name: str, why: str | None) -> str:
    """What the page says of the error of a row."""
    if why is None:
        return "works"
    return next((text for text, sign in REASONS.items() if re.search(sign, f"{name}: {why}")), why.partition(":")[0])


def page(eager: dict[str, str | None], compiled: dict[str, str | None], special: dict[str, str | None]) -> str:
    """The page in Markdown, of what goes wrong with each row."""
    works = " ".join(f"`{name}`" for name in sorted(compiled) if not eager[name] and not compiled[name])
    fails = [
        f"| `{name}` | {reason(name, eager[name])} | {reason(name, compiled[name])} |"
        for name in sorted(compiled)
        if eager[name] or compiled[name]
    ]
    sc_works, sc_fails = (
        " ".join(f"`{name}`" for name in sorted(special) if bool(special[name]) is lacks) for lacks in (False, True)
    )
    good = [sum(not why for why in results.values()) for results in (eager, compiled)]
    return f"""# What works on XLA

Every row of the table, on every sample in the tests, with the value, the gradient of its sum of squares and the product of the
Hessian with a vector. Eager, on `XlaArray`s one operation after the other, {good[0]} of {len(eager)} are NumPy's to 1e-9,
compiled by `xla.jit` {good[1]}. [Compiled by XLA](xla.md) says what this is about.

**NumPy's, eager and compiled:** {works}

**Not on every sample:**

| row | eager | compiled |
|---|---|---|
{chr(10).join(fails)}

**Of SciPy's special functions, compiled:** {sc_works}

**JAX lacks these, or what a derivative of theirs is computed with:** {sc_fails}

(Generated by `python -m tests.xla_rows`, of {RELEASE}.)
"""


def main(names: list[str]) -> None:
    if not names:
        sys.stdout.write(
            page(*(dict(reasons(*which)) for which in ((SAMPLES, False), (SAMPLES, True), (SPECIAL, True))))
        )
    for s in [*SAMPLES, *SPECIAL]:
        if s.name in names:
            for compiled in (False, True):
                print(s, "compiled" if compiled else "eager", failure(s, compiled))


if __name__ == "__main__":
    main(sys.argv[1:])
