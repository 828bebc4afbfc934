"""A random program: leaves, and steps that use earlier values, some of them several times."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from autograd import AutogradError

from . import libraries
from .grammar import KINDS, STANDS_FOR, Kind
from .libraries import Namespace
from .operands import unwrapped

LARGEST = 40  # elements of a value
BOUND = 30.0  # of its numbers
TRIES = 400  # of leaves for an expression
_NUDGE = 1e-7  # by which each value of a program is moved, to see whether a step jumps there
_STEEPEST = 2e-5  # what that may do to a value
_ROUNDING = 1e4  # how many roundings of the coarsest dtype a value may be off

# By this package, or by the other library before this one is asked.
REFUSALS = (AutogradError, TypeError, ValueError, NotImplementedError)

_code = lru_cache(maxsize=10_000)(lambda expression: compile(expression, expression, "eval"))


def evaluated(step: str, library: Namespace, v: Sequence[Any]) -> Any:
    """The value of a step; where an operand of another library is refused, that with the numbers in it.

    Of Python's complex numbers and np.float64, Python's answer: it becomes one of NumPy's.
    """
    names = {**library, "v": v}
    try:
        try:
            x = unwrapped(eval(_code(step), names))
        except REFUSALS:
            if "foreign(" not in step:
                raise
            x = eval(_code(step.replace("foreign(", "numbers(")), names)
    except Exception as error:
        error.add_note(step)
        raise
    return np.complex128(x) if type(x) is complex else x


PLAIN = libraries.plain(np)
OURS = libraries.ours(np)
DOUBLED = libraries.plain(libraries.doubled(np))


@dataclass(frozen=True)
class Program:
    """Leaves, and one Python expression for each step; ``v[k]`` is the value of leaf or step number k.

    A call returns one number, made of all values that no later step uses. `fixed` are the results of steps that are not
    computed again.
    """

    leaves: tuple[Any, ...]
    steps: tuple[str, ...]
    seed: int = 0
    fixed: Mapping[int, Any] = field(default_factory=dict)

    def values(self, leaves: Sequence[Any], library: Namespace) -> list[Any]:
        """The values of all leaves and steps."""
        v = list(leaves)
        for k, step in enumerate(self.steps, len(v)):
            v.append(self.fixed[k] if k in self.fixed else evaluated(step, library, v))
        return v

    def __call__(self, *leaves: Any, library: Namespace = OURS) -> Any:
        """Σ w·sin(x) over the elements x of all leaves and ends, real and imaginary parts, with weights w that all differ.

        The leaves are in it so that no gradient is zero but for its rounding, of which finite differences can say nothing.
        """
        v, numpy = self.values(leaves, library), library["np"]
        total = 0.0
        for k in sorted({*range(len(self.leaves)), *self.ends}):
            parts = (v[k].real, v[k].imag) if numpy.iscomplexobj(v[k]) else (v[k],)
            for shift, part in enumerate(parts):
                shape = tuple(part.shape)
                weights = np.cos(1.0 + k + 0.5 * shift + np.arange(math.prod(shape))).reshape(shape)
                total = total + (numpy.asarray(weights).astype(part.dtype) * numpy.sin(part)).sum()
        return total

    @cached_property
    def ends(self) -> list[int]:
        """The numbers of the values that no later step uses."""
        used = {int(k) for step in self.steps for k in re.findall(r"v\[(\d+)\]", step)}
        return [k for k in range(len(self.leaves) + len(self.steps)) if k not in used]

    @property
    def frozen(self) -> Program:
        """The program with its constants fixed at what they are: a derivative does not see them move."""
        v = self.values(self.leaves, DOUBLED)
        return replace(
            self, fixed={k: x for k, x in enumerate(v[len(self.leaves) :], len(self.leaves)) if self._constant(k)}
        )

    def _constant(self, k: int) -> bool:
        return self.steps[k - len(self.leaves)].startswith("constant(")

    @property
    def doubled(self) -> Program:
        """With float64 leaves of the same numbers."""
        return replace(self, leaves=tuple(np.asarray(x, dtype=float)[()] for x in self.leaves))

    @property
    def precision(self) -> float:
        """The relative precision of the coarsest dtype in it."""
        dtypes = {np.dtype(x.dtype) for x in self.values(self.leaves, PLAIN)}
        return max(float(np.finfo(dtype).eps) for dtype in dtypes)

    def __str__(self) -> str:
        """Python that makes this program again."""
        leaves = "".join(f"np.array({x.tolist()}, dtype={x.dtype.name!r}).reshape({x.shape}), " for x in self.leaves)
        steps = "".join(f'\n        "{step}",' for step in self.steps)
        return f"Program(\n    ({leaves.rstrip()}),\n    ({steps}\n    ),\n)"


class _Draft:
    """A program in the making, with its values: as they are, in float64, and twice with each value moved a little.

    Not the leaves alone: ``np.floor(np.cross(x, x))`` is 0 or -1, as the rounding of another library has it.
    """

    def __init__(self, rng: np.random.Generator, leaves: Sequence[Any]) -> None:
        self.rng, self.v = rng, list(leaves)
        exact = [np.asarray(x, dtype=float)[()] for x in leaves]
        self.others = [exact, *([self._nudged(x) for x in exact] for _ in range(2))]

    def _nudged(self, x: Any) -> Any:
        return x + _NUDGE * self.rng.normal(size=x.shape)

    def accepts(self, step: str) -> bool:
        """Compute the step; take it if NumPy can, without warnings, and if its value is bounded and does not jump here."""
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("error")
                new = evaluated(step, PLAIN, self.v)
                exact, *nudged = (evaluated(step, DOUBLED, v) for v in self.others)
        except (ArithmeticError, ValueError, LookupError, TypeError, Warning, np.linalg.LinAlgError):
            return False
        if (
            not isinstance(new, (np.ndarray, np.floating, np.complexfloating))
            or new.dtype.kind not in "fc"
            or new.size > LARGEST
        ):
            return False
        if new.shape.count(0) > 1:  # what NumPy still checks there is accidental
            return False
        if not (np.abs(exact) < BOUND).all() or any(other.shape != exact.shape for other in (new, *nudged)):
            return False
        moved = max(np.abs(other - exact).max(initial=0) for other in nudged)
        coarsest = max(float(np.finfo(x.dtype).eps) for x in (*self.v, new))
        if moved > _STEEPEST or np.abs(new - exact).max(initial=0) > min(0.1, _ROUNDING * coarsest):
            return False
        for values, value in zip((self.v, *self.others), (new, exact, *map(self._nudged, nudged)), strict=True):
            values.append(value)
        return True


def draw(seed: int) -> Program:
    """A random program: what does not fit is drawn again."""
    rng = np.random.default_rng(seed)
    leaves = _leaves(rng)
    draft = _Draft(rng, leaves)
    steps: list[str] = []
    wanted = int(rng.integers(1, 11))
    while len(steps) < wanted:
        kind, expression = _expression(rng, draft.v)
        for _ in range(8):
            step = _filled(rng, expression, kind, draft.v)
            if step is not None and draft.accepts(step):
                steps.append(step)
                break
    return Program(tuple(leaves), tuple(steps), seed)


def draw_one(kind: Kind, expression: str) -> Program | None:
    """A random program of this expression alone, after a step to complex numbers where it is one of those."""
    for seed in range(TRIES):
        rng = np.random.default_rng(seed)
        leaves = _leaves(rng)
        draft, steps = _Draft(rng, leaves), ["np.exp(1j * v[0])"] if kind.complex else []
        if all(map(draft.accepts, steps)):
            step = _filled(rng, expression, kind, draft.v)
            if step is not None and draft.accepts(step):
                return Program(tuple(leaves), (*steps, step), seed)
    return None


def _leaves(rng: np.random.Generator) -> list[Any]:
    """One to three arrays whose shapes broadcast together; a few of lower precision, a few empty."""
    full = tuple(int(n) for n in rng.integers(1, 4, size=rng.integers(0, 4)))
    if rng.random() < 0.02:
        full = (0, *full[1:])
    lower = rng.choice([np.float64, np.float32, np.float16], p=[0.7, 0.25, 0.05])
    leaves = []
    for _ in range(rng.integers(1, 4)):
        kept = full[rng.integers(0, len(full) + 1) if rng.random() < 0.4 else 0 :]
        shape = tuple(n if rng.random() < 0.8 else 1 for n in kept)
        dtype = lower if rng.random() < 0.7 else np.float64
        leaves.append(np.asarray(rng.uniform(-1.5, 1.5, shape), dtype=dtype)[()])
    return leaves if any(x.size for x in leaves) else [*leaves, np.float64(rng.uniform(-1.5, 1.5))]


def _expression(rng: np.random.Generator, v: Sequence[Any]) -> tuple[Kind, str]:
    """An expression that some value is there for."""
    open_to = {(x.dtype.kind == "c", n) for x in v for n in range(x.ndim + 1)}
    kinds = [kind for kind in KINDS if (kind.complex, kind.ndim) in open_to]
    weights = np.array([kind.weight for kind in kinds])
    kind = kinds[rng.choice(len(kinds), p=weights / weights.sum())]
    return kind, str(rng.choice(kind.expressions))


def _filled(rng: np.random.Generator, expression: str, kind: Kind, v: Sequence[Any]) -> str | None:
    """The expression with earlier values in it; recent ones are likelier."""
    i, j = (max(0, len(v) - int(rng.geometric(0.4))) for _ in range(2))
    fits = (v[i].dtype.kind == "c") == kind.complex and v[i].ndim >= kind.ndim
    uses_j = any(f"{{{name}}}" in expression for name in "jqw")
    if not fits or (uses_j and v[j].dtype.kind == "c" and not kind.complex):
        return None
    ndim = v[i].ndim
    a, b = (int(rng.integers(-ndim, ndim)) if ndim else 0 for _ in range(2))
    return expression.format(**{name: text.format(i, j, a, b) for name, text in STANDS_FOR.items()})
