"""A function of anything as a function from real vectors to real vectors, which is what can be checked.

Inputs and outputs may be numbers, arrays, nests of containers, `Value`s, and the parameters of a module; complex
numbers count as two real ones. A gradient g = ∂f/∂x − i ∂f/∂y moves f by Re(g·dz): its real components are
(Re g, −Im g). For the same reason the real cotangent (a, b) of a complex output is the complex number a − ib.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .. import tree
from ..engine import backward
from ..engine.convert import unbox
from ..engine.mode import no_grad
from ..engine.value import Value, wrap
from ..errors import DtypeError, ShapeError
from .ladder import SMALLEST_SCALE, Vector

_HUGE = 2.0**900  # the largest number of float64 is 2**1024

Arrays = list[Any]
Forward = Callable[[Arrays], Any]
Pull = Callable[[Arrays, Arrays], list[Any]]


@dataclass(frozen=True)
class Part:
    """One array among the inputs or outputs, and the stretch of the real vector that holds it."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    start: int

    @property
    def is_complex(self) -> bool:
        return self.dtype.kind == "c"

    @cached_property
    def count(self) -> int:
        return math.prod(self.shape)

    @cached_property
    def stop(self) -> int:
        return self.start + self.count * (2 if self.is_complex else 1)

    def array(self, vector: Vector, conjugate: bool = False) -> Any:
        """This part of a real vector, as the array that it stands for."""
        piece = vector[self.start : self.stop]
        if self.is_complex:
            imaginary = piece[self.count :]
            piece = piece[: self.count] + 1j * (-imaginary if conjugate else imaginary)
        return piece.reshape(self.shape)[()].copy()

    def vector(self, array: Any, conjugate: bool = False) -> Vector:
        """The real components of an array of this part's shape."""
        array = np.asarray(array)
        if not self.is_complex:
            return np.asarray(array.real, dtype=float).reshape(-1)
        imaginary = np.asarray(array.imag, dtype=float)
        return np.concatenate(
            [np.asarray(array.real, dtype=float).ravel(), (-1 if conjugate else 1) * imaginary.ravel()]
        )

    def place(self, component: int) -> tuple[tuple[int, ...], str]:
        """The index of a component in this part's array, and whether it is the real or the imaginary one."""
        offset = component - self.start
        index = np.unravel_index(offset % self.count, self.shape) if self.shape else ()
        return tuple(int(i) for i in index), "" if not self.is_complex else ("re", "im")[offset // self.count]


def layout(names: Sequence[str], arrays: Sequence[Any]) -> list[Part]:
    """The parts that hold `arrays`, one behind the other."""
    parts: list[Part] = []
    for name, given in zip(names, arrays, strict=True):
        array = np.asarray(unbox(given))
        parts.append(Part(name, array.shape, array.dtype, parts[-1].stop if parts else 0))
    return parts


def part_of(parts: Sequence[Part], component: int) -> Part:
    """The part that a component of the real vector belongs to."""
    return next(part for part in parts if part.start <= component < part.stop)


def moduli(parts: Sequence[Part], vector: Vector) -> Vector:
    """The absolute value of each component; of both components of a complex number, its modulus."""
    sizes = np.abs(vector)
    for part in parts:
        if part.is_complex:
            half = part.start + part.count
            both = np.hypot(sizes[part.start : half], sizes[half : part.stop])
            sizes[part.start : half] = sizes[half : part.stop] = both
    return sizes


@dataclass
class Problem:
    """What is to be checked: the inputs as parts, the function, and its derivative by `pull` (a vjp)."""

    name: str
    inputs: list[Part]
    originals: Arrays
    forward: Forward
    pull: Pull
    outputs: list[Part]
    point: Vector
    evaluations: int = 0
    unit: Vector | None = None  # of the outputs: 1, and a huge one for huge ones, whose products would overflow
    floors: Vector | float = SMALLEST_SCALE  # the shortest that a step of 1 is, for each component
    forwards: bool = False  # whether the derivative under test takes tangents, and knows no cotangent
    touched: bool = False  # whether a hand-written derivative changed the output that it was given

    @property
    def scale(self) -> Vector:
        """How long a step of 1 is for each component: the size of the number it moves."""
        sizes = moduli(self.inputs, self.point)
        return np.exp2(np.round(np.log2(np.maximum(sizes, self.floors))))

    @property
    def epsilon(self) -> float:
        """The relative precision that the function computes in when it is given float64."""
        return max(
            (float(np.finfo(part.dtype).eps) for part in self.outputs if part.dtype.kind in "fc"),
            default=float(np.finfo(float).eps),
        )

    def arrays(self, vector: Vector) -> Arrays:
        return [part.array(vector) for part in self.inputs]

    def evaluate(self, vector: Vector) -> Vector:
        """The outputs at a point; NaN where the function refuses it (outside of its domain)."""
        self.evaluations += 1
        try:
            with np.errstate(all="ignore"):
                outputs = self.outputs_at(self.arrays(vector))
        except (ArithmeticError, ValueError, LookupError, AssertionError):
            if vector is self.point:
                raise
            return np.full(self.size_out, np.nan)
        values = np.concatenate([part.vector(out) for part, out in zip(self.outputs, outputs, strict=True)])
        return values if self.unit is None else values / self.unit

    def outputs_at(self, arrays: Arrays) -> Arrays:
        """The output arrays for input arrays in any dtype."""
        return output_leaves(self.forward(arrays))

    @property
    def size_in(self) -> int:
        return len(self.point)

    @property
    def size_out(self) -> int:
        return self.outputs[-1].stop

    def cotangents(self, vector: Vector) -> Arrays:
        """A real cotangent as one array for each output."""
        vector = vector if self.unit is None else vector / self.unit
        return [part.array(vector, conjugate=True) for part in self.outputs]

    def gradients(self, cotangent: Vector) -> list[Any]:
        """What the derivative under test answers, as it answers it."""
        with np.errstate(all="ignore"):
            return self.pull(self.arrays(self.point), self.cotangents(cotangent))


def output_leaves(out: Any) -> Arrays:
    """The arrays of floating-point numbers in an output."""
    alone = isinstance(out, (np.ndarray, np.floating, Value))  # by far the most frequent: no container at all
    leaves = [unbox(leaf) for leaf in ([out] if alone else tree.flatten(out)[0])]
    return [leaf for leaf in leaves if np.asarray(leaf).dtype.kind in "fc"]


def _paths(x: Any, prefix: str) -> Iterator[str]:
    """A readable path for each leaf of `tree.flatten`, in its order."""
    children: list[tuple[str, Any]] | None = None
    if isinstance(x, dict):
        children = [(f"[{key!r}]", value) for key, value in x.items()]
    elif isinstance(x, tuple) and hasattr(x, "_fields"):
        children = [(f".{field}", getattr(x, field)) for field in x._fields]
    elif isinstance(x, (list, tuple)):
        children = [(f"[{i}]", value) for i, value in enumerate(x)]
    elif hasattr(x, "__dataclass_fields__") and not isinstance(x, type):
        children = [(f".{field}", getattr(x, field)) for field in x.__dataclass_fields__]
    if children is None:
        yield prefix
        return
    for suffix, child in children:
        yield from _paths(child, prefix + suffix)


def _is_active(leaf: Any) -> bool:
    """Whether a leaf is made of floating-point numbers (`Value`s that need no gradient are constants)."""
    if isinstance(leaf, Value):
        return leaf.requires_grad
    return isinstance(leaf, (float, complex, np.floating, np.complexfloating)) or (
        isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fc"
    )


@dataclass(frozen=True)
class Arguments:
    """The arguments of a call taken apart: which leaves are differentiated, and how to put others in their place."""

    leaves: list[Any]
    active: list[int]
    names: list[str]
    counts: list[int]
    rebuild: tree.Rebuild

    @property
    def originals(self) -> list[Any]:
        """The active leaves as they were given."""
        return [self.leaves[i] for i in self.active]

    def filled(self, arrays: Arrays) -> tuple[Any, ...]:
        """The arguments with `arrays` in place of the active leaves."""
        leaves = [unbox(leaf) for leaf in self.leaves]
        for i, array in zip(self.active, arrays, strict=True):
            leaves[i] = array
        return tuple(self.rebuild(leaves))


def take_apart(inputs: Any, names: Sequence[str] = ()) -> Arguments:
    """A tuple stands for several arguments, anything else for one."""
    arguments = inputs if isinstance(inputs, tuple) and not hasattr(inputs, "_fields") else (inputs,)
    leaves, rebuild = tree.flatten(list(arguments))
    labels = [names[i] if i < len(names) else f"input {i}" for i in range(len(arguments))]
    paths = [path for label, x in zip(labels, arguments, strict=True) for path in _paths(x, label)]
    active = [i for i, leaf in enumerate(leaves) if _is_active(leaf)]
    counts = [len(tree.flatten(x)[0]) for x in arguments]
    return Arguments(leaves, active, [paths[i] for i in active], counts, rebuild)


def prepare(name: str, names: Sequence[str], originals: Sequence[Any], forward: Forward, pull: Pull) -> Problem:
    """The problem at the point `originals`; the function is called once, with float64 copies."""
    if not originals:
        raise DtypeError(
            f"nothing to check in {name}: none of the inputs is a floating-point number or array. Integers count as "
            "constants; write 3.0 for 3, np.asarray(x, dtype=float) for an array"
        )
    originals = [np.asarray(unbox(x))[()] for x in originals]
    parts = layout(names, originals)
    point = np.concatenate([part.vector(x) for part, x in zip(parts, originals, strict=True)])
    if not np.isfinite(point).all():
        bad = part_of(parts, int(np.flatnonzero(~np.isfinite(point))[0]))
        raise ShapeError(f"{bad.name} of {name} holds inf or NaN: a derivative is checked at finite points only")
    with np.errstate(all="ignore"):
        outputs = output_leaves(forward([part.array(point) for part in parts]))
    if not outputs or not point.size or not sum(np.asarray(out).size for out in outputs):
        raise DtypeError(
            f"nothing to check in {name}: its {'output' if point.size else 'input'} holds no floating-point number"
        )
    labels = [f"output {i}" for i in range(len(outputs))] if len(outputs) > 1 else ["output"]
    problem = Problem(name, parts, originals, forward, pull, layout(labels, outputs), point)
    sizes = moduli(problem.outputs, problem.evaluate(point))
    huge = np.isfinite(sizes) & (sizes > _HUGE)
    if huge.any():
        problem.unit = np.where(huge, _HUGE, 1.0)
    return problem


def of_values(f: Callable[..., Any], arguments: Arguments, name: str) -> Problem:
    """A function of `Value`s, or a module with parameters, differentiated by this package."""
    parameters = module_parameters(f)
    count = len(arguments.active)

    def call(values: list[Value]) -> Any:
        return f(*arguments.filled(list(values)))

    def place(arrays: Arrays) -> None:
        for (_, parameter), array in zip(parameters, arrays, strict=True):
            parameter.data = array

    def forward(arrays: Arrays) -> Any:
        place(arrays[count:])
        with no_grad():
            return call([wrap(array, requires_grad=False) for array in arrays[:count]])

    def pull(arrays: Arrays, cotangents: Arrays) -> list[Any]:
        place(arrays[count:])
        values = [wrap(array, requires_grad=True) for array in arrays[:count]]
        outputs = [leaf for leaf in tree.flatten(call(values))[0] if np.asarray(unbox(leaf)).dtype.kind in "fc"]
        targets = values + [parameter for _, parameter in parameters]
        return pull_values(outputs, targets, cotangents)

    names = arguments.names + [key for key, _ in parameters]
    originals = arguments.originals + [parameter.data for _, parameter in parameters]
    return prepare(name, names, originals, forward, pull)


def pull_values(
    outputs: Sequence[Any], targets: list[Value], cotangents: Arrays, create_graph: bool = False
) -> list[Any]:
    """The gradients of several outputs together, each with its cotangent."""
    total: list[Any] = [np.zeros_like(target.data)[()] for target in targets]
    for out, cotangent in zip(outputs, cotangents, strict=True):
        if isinstance(out, Value) and out.requires_grad:
            seed = cotangent if create_graph else np.asarray(cotangent, dtype=out.dtype)[()]
            found = backward.grad(out, targets, seed, create_graph=create_graph, allow_unused=True)
            total = [a + b for a, b in zip(total, found, strict=True)]
    return total


def module_parameters(f: Any) -> list[tuple[str, Any]]:
    """The parameters of anything like a module, by name; none of a plain function."""
    if callable(getattr(f, "named_parameters", None)):
        pairs = [(str(name), parameter) for name, parameter in f.named_parameters()]
    elif callable(getattr(f, "parameters", None)):
        pairs = [(f"parameter {i}", parameter) for i, parameter in enumerate(f.parameters())]
    else:
        pairs = []
    return [(name, parameter) for name, parameter in pairs if getattr(parameter, "requires_grad", True)]


def of_vjp(f: Callable[..., Any], vjp: Callable[..., Any], arguments: Arguments, name: str) -> Problem:
    """A function of plain arrays with a hand-written ``vjp(g, out, *inputs)``."""

    def forward(arrays: Arrays) -> Any:
        return f(*arguments.filled(arrays))

    def pull(arrays: Arrays, cotangents: Arrays) -> list[Any]:
        filled = arguments.filled(arrays)
        out = f(*filled)
        leaves, rebuild = tree.flatten(out)
        given = iter(cotangents)
        g = rebuild([next(given) if np.asarray(leaf).dtype.kind in "fc" else leaf for leaf in leaves])
        kept = [np.array(leaf) for leaf in leaves]
        answer = chosen(vjp(g, out, *filled), arguments)
        problem.touched |= not all(map(_unchanged, leaves, kept))
        return answer

    problem = prepare(name, arguments.names, arguments.originals, forward, pull)
    return problem


def _unchanged(leaf: Any, kept: Any) -> bool:
    return np.array_equal(leaf, kept, equal_nan=kept.dtype.kind in "fc")


def of_jvp(f: Callable[..., Any], jvp: Callable[..., Any], arguments: Arguments, name: str) -> Problem:
    """A function of plain arrays with a hand-written ``jvp(inputs, tangents)``.

    Its columns, one for each input component, are collected once for each point; a gradient is a product with them.
    """
    known: dict[bytes, Vector] = {}

    def forward(arrays: Arrays) -> Any:
        return f(*arguments.filled(arrays))

    def columns(arrays: Arrays) -> Vector:
        vector = np.concatenate([part.vector(x) for part, x in zip(problem.inputs, arrays, strict=True)])
        key = vector.tobytes()
        if key not in known:
            known.clear()
            units = (np.eye(1, problem.size_in, i)[0] for i in range(problem.size_in))
            known[key] = np.stack([pushed(problem, jvp, arguments, vector, unit) for unit in units])
        return known[key]

    def pull(arrays: Arrays, cotangents: Arrays) -> list[Any]:
        w = np.concatenate([p.vector(g, conjugate=True) for p, g in zip(problem.outputs, cotangents, strict=True)])
        gradient = columns(arrays) @ w
        return [part.array(gradient, conjugate=True) for part in problem.inputs]

    problem = prepare(name, arguments.names, arguments.originals, forward, pull)
    problem.forwards = True
    return problem


def pushed(problem: Problem, jvp: Callable[..., Any], arguments: Arguments, point: Vector, tangent: Vector) -> Vector:
    """What a hand-written jvp answers for a real tangent, as a real vector of output components."""
    with np.errstate(all="ignore"):
        inputs = arguments.filled(problem.arrays(point))
        zeros = [np.zeros_like(leaf) if not isinstance(leaf, str) else None for leaf in arguments.leaves]
        for i, array in zip(arguments.active, problem.arrays(tangent), strict=True):
            zeros[i] = array
        outputs = output_leaves(jvp(inputs, tuple(arguments.rebuild(zeros))))
    shapes, wanted = [np.shape(out) for out in outputs], [part.shape for part in problem.outputs]
    if shapes != wanted:
        given, right = (", ".join(map(str, some)) or "nothing numeric" for some in (shapes, wanted))
        raise AnswerError(f"the derivative returned {given}, and the output has shape {right}: they must be the same")
    return np.concatenate([part.vector(out) for part, out in zip(problem.outputs, outputs, strict=True)])


class AnswerError(ShapeError):
    """A hand-written derivative returned something of the wrong structure."""


def chosen(answer: Any, arguments: Arguments) -> list[Any]:
    """The gradients of the active leaves, out of what a hand-written vjp returned."""
    ends = np.cumsum(arguments.counts)
    needed = [any(end - n <= i < end for i in arguments.active) for end, n in zip(ends, arguments.counts, strict=True)]
    wanted = len(needed)
    if isinstance(answer, (list, dict)) and len(answer) == wanted > 1:
        raise AnswerError(
            f"the derivative returned a {type(answer).__name__} of {wanted} gradients: return a tuple, (a, b) in place of "
            "[a, b], with one gradient for each input in their order"
        )
    if not isinstance(answer, tuple) or (wanted == 1 and arguments.counts[0] > 1 and len(answer) != 1):
        answer = (answer,)
    if len(answer) == sum(needed) < wanted:  # nothing for constants
        given = iter(answer)
        nothing = arguments.rebuild([None] * len(arguments.leaves))
        answer = tuple(next(given) if need else nothing[i] for i, need in enumerate(needed))
    if len(answer) != wanted:
        raise AnswerError(
            f"the derivative returned {len(answer)} gradient{'s' * (len(answer) != 1)} for {sum(needed)} "
            f"input{'s' * (sum(needed) != 1)}: return one for each input, in their order, as a tuple"
        )
    leaves: list[Any] = []
    for i, (gradient, count) in enumerate(zip(answer, arguments.counts, strict=True)):
        here = [gradient] if count == 1 and not isinstance(gradient, (list, tuple, dict)) else tree.flatten(gradient)[0]
        if count == 1 and len(here) != 1:
            here = [np.asarray(gradient)]
        if len(here) != count:
            listed = (
                "; a list is a nest of its elements: for one array of numbers pass np.array(…)"
                if len(here) == 1
                else ""
            )
            raise AnswerError(
                f"the gradient of input {i} holds {len(here)} arrays, and the input holds {count}{listed}"
            )
        leaves += here
    return [leaves[i] for i in arguments.active]
