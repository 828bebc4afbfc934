"""Long elementwise programs in blocks that stay in the processor's cache: the same numbers in less time and memory."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .engine.convert import as_data, unbox
from .engine.mode import is_recording, no_grad
from .engine.value import Value, wrap
from .engine.witness import original, seen
from .errors import ShapeError, describe, user_line
from .opaque import record_call
from .tracing import Function, PullBack, Trace, awaited, differentiable, is_variable

SIZE = (
    32_768  # elements of a block: an operation keeps to the cache, and the calls are few; 16,384 to 131,072 do as well
)
_FEW = 256  # elements of a block of the probe


def blocked(f: Function, size: int = SIZE) -> Function:
    """`f`, called with blocks of `size` elements of its arguments, for a sum or a mean over elementwise arithmetic.

    ``f(*arrays)`` is Σᵢ t(x₁[i], x₂[i], …) or the mean of these terms. Its arguments are arrays of one shape, and numbers;
    each array arrives flattened and in parts. The values of the parts are added up, a mean's weighted by their lengths.
    Of the graph that of one block is alive at a time, and the gradient is ready when the value is. What `f` closes over
    has its derivative too. Derivatives of higher order are computed of the whole arrays.

    A few elements, alone and together, show whether `f` is a sum or a mean. What depends on an element's neighbours, or on
    how many there are, is neither. What looks alike on the first few hundred elements is not noticed, and neither is
    what draws at random.

    Raises:
        ValueError: `size` is less than 1.
        ShapeError: the arguments have several shapes, or `f` is neither a sum nor a mean over its elements.
    """
    if size < 1:
        raise ValueError(f"blocked(…, size={size}) at {user_line()}: a block has at least one element")

    @functools.wraps(f)
    def by_blocks(*args: Any, **kwargs: Any) -> Any:
        return _Blocks(functools.partial(f, **kwargs) if kwargs else f, _name(f), size, args).total()

    return by_blocks


def _name(f: Any) -> str:
    return getattr(f, "__name__", None) or type(f).__name__


class _Blocks:
    """A call of a blocked function."""

    __slots__ = ("_args", "_f", "_kept", "_mean", "_name", "_outside", "_places", "_ready", "_shape", "_size")

    def __init__(self, f: Function, name: str, size: int, args: Sequence[Any]) -> None:
        self._f, self._name, self._size = f, name, size
        self._args = [x if isinstance(x, Value) or not is_variable(x) else _array(x, name) for x in args]
        shapes = {np.shape(x) for x in self._args} - {()}
        if len(shapes) > 1:
            raise ShapeError(
                f"blocked({name}) at {user_line()}: its arrays have the shapes {', '.join(map(str, sorted(shapes)))}, and must "
                "have one, so that their elements belong together; give others by closing over them"
            )
        self._shape = shapes.pop() if shapes else ()
        self._places = [i for i, x in enumerate(self._args) if differentiable(x)]
        self._outside: list[Any] = []
        self._ready: list[list[Any]] = []  # the gradients for the cotangent 1, which the first who asks may keep
        self._kept: list[Any] | None = None  # the same, computed again for those who ask later, as for a Jacobian

    def total(self) -> Any:
        """The value, as a node with all gradients at hand where they may be asked for."""
        n = math.prod(self._shape)
        plain = [unbox(x) for x in self._args]
        mean = self._is_mean(plain) if n > self._size else None
        if mean is None:  # one block, or nothing to tell a sum from a mean by
            return self._whole(*self._args)
        self._mean = mean
        value, gradients = self._computed(plain, 1 if is_recording() else None)
        self._ready = [gradients] if gradients else []
        inputs = [*(self._args[i] for i in self._places), *self._outside]
        if not inputs:
            return wrap(value, requires_grad=False) if any(isinstance(x, Value) for x in self._args) else value
        kept = [seen(x) if x.__class__ is np.ndarray else unbox(x) for x in self._args]
        self._args = [None if i in self._places else x for i, x in enumerate(kept)]
        return record_call(f"blocked {self._name}", value, inputs, self._pull)

    # -- forward, and the gradients with it ------------------------------------------------------------------------

    def _whole(self, *args: Any) -> Any:
        return self._f(*(np.reshape(x, (-1,)) if np.ndim(x) > 1 else x for x in args))

    def _computed(self, plain: Sequence[Any], cotangent: Any) -> tuple[Any, list[Any]]:
        """The value at these arguments, and with a `cotangent` the gradients."""
        n, flat = math.prod(self._shape), _flat(plain)
        values, weights = [], []
        gradients = [np.empty(np.shape(plain[i]), plain[i].dtype) if np.ndim(plain[i]) else None for i in self._places]
        gradients += [None] * len(self._outside)
        for start in range(0, n, self._size):
            block = [x[start : start + self._size] if np.ndim(x) else x for x in flat]
            weight = min(self._size, n - start) / n if self._mean else 1.0
            if cotangent is None:
                with no_grad():
                    value = self._number(self._f(*block))
            else:
                value = self._one(block, start, cotangent * weight, gradients)
                if cotangent.__class__ is int and np.iscomplexobj(value):
                    cotangent, gradients = None, []  # not proportional to the cotangent, and so to be computed for each
            values.append(value)
            weights.append(weight)
        wide = np.result_type(np.float64, values[0])
        return np.sum(np.array(values, wide) * np.array(weights)).astype(values[0].dtype), gradients

    def _one(self, block: list[Any], start: int, cotangent: Any, gradients: list[Any]) -> Any:
        """The value of one block; its part of the `gradients` is put, or added, to the others."""
        began = wrap(np.float64(0), requires_grad=False)
        with awaited(self._outside):
            trace = Trace(self._f, self._places, block, {})
        value = self._number(trace.out)
        back = PullBack([trace.out], trace.inputs, [began], self._outside, recorded=False)
        if back.older:
            self._outside += back.older
            gradients += [None] * len(back.older)
            back = PullBack([trace.out], trace.inputs, [began], self._outside, recorded=False)
        for i, g in enumerate(back([value.dtype.type(cotangent)])):
            whole = gradients[i]
            if i < len(self._places) and np.ndim(block[self._places[i]]):
                whole.reshape(-1)[start : start + len(g)] = g
            else:
                gradients[i] = g if whole is None else whole + g
        return value

    # -- backward --------------------------------------------------------------------------------------------------

    def _pull(self, wanted: Sequence[int], g: Any, out: Any, inputs: Sequence[Any]) -> list[Any]:
        args = [original(x, self._name) if x.__class__ is tuple else x for x in self._args]
        for place, x in zip(self._places, inputs, strict=False):
            args[place] = x
        if isinstance(g, Value) or any(isinstance(x, Value) for x in inputs):
            return self._pull_whole(wanted, g, args)
        if np.iscomplexobj(out):
            gradients = self._computed(args, g)[1]
            return [gradients[i] for i in wanted]
        try:
            gradients = self._ready.pop()
        except IndexError:
            gradients = self._kept = self._kept or self._computed(args, 1)[1]
            return [gradients[i] * g for i in wanted]
        return [_times(gradients[i], g) for i in wanted]

    def _pull_whole(self, wanted: Sequence[int], g: Any, args: list[Any]) -> list[Any]:
        """The gradients as they are recorded, to be differentiated again: of the whole arrays."""
        began = wrap(np.float64(0), requires_grad=False)
        with awaited(self._outside):
            trace = Trace(self._whole, self._places, args, {})
        back = PullBack([trace.out], trace.inputs, [began], self._outside, recorded=True)
        gradients = back([g])
        return [gradients[i] for i in wanted]

    # -- a sum, or a mean ------------------------------------------------------------------------------------------

    def _is_mean(self, plain: Sequence[Any]) -> bool | None:
        """Whether `f` is a mean over its elements rather than a sum; None where nothing tells."""
        n, flat = math.prod(self._shape), _flat(plain)

        def at(*places: slice) -> Any:
            return self._probed([np.concatenate([x[p] for p in places]) if np.ndim(x) else x for x in flat])

        single = [slice(i, i + 1) for i in range(0, n, max(1, (n - 1) // 7))]
        terms = [(place, at(place)) for place in single]
        zeros = [place for place, t in terms if t == 0]
        if zeros and abs(at(*zeros)) > 1e-8:
            self._refuse()
        fine = [(place, t) for place, t in terms if t != 0 and np.isfinite(t)]
        few = min(_FEW, n // 2)
        first, second = slice(0, few), slice(few, 2 * few)
        for (p, a), (q, b) in itertools.pairwise(fine):
            mean = self._compared(at(p, q), a, b, 0.0)
            if mean is not None:
                of_many = self._compared(at(first, second), at(first), at(second), few * max(abs(t) for _, t in fine))
                if of_many is not None and of_many != mean:
                    self._refuse()
                return mean
        return None

    def _probed(self, block: list[Any]) -> Any:
        try:
            with no_grad(), np.errstate(all="ignore"):
                return self._number(self._f(*block))
        except Exception as error:
            lengths = {len(x) for x in block if np.ndim(x)}
            error.add_note(
                f"blocked({self._name}) at {user_line()} calls it with blocks, here of {lengths.pop()} elements of each array. "
                "If it closes over another array, give it as an argument; if it is about axes, call it without blocked"
            )
            raise

    def _compared(self, joined: Any, a: Any, b: Any, size: float) -> bool | None:
        """Whether a value for two blocks of equal length together is the mean of theirs, or the sum; None for both."""
        eps = float(np.finfo(a.dtype).eps)
        near = eps**0.4 * (abs(a) + abs(b)) + eps**0.75 * size
        if not np.isfinite(near) or not np.isfinite(joined):
            return None
        total, mean = abs(joined - (a + b)) <= near, abs(joined - (a + b) / 2) <= near
        if not total and not mean:
            self._refuse()
        return None if total and mean else bool(mean)

    def _refuse(self) -> None:
        raise ShapeError(
            f"blocked({self._name}) at {user_line()}: of some elements together it is neither the sum nor the mean of what it "
            "is of each part alone. It must be a sum or a mean over arithmetic on each element by itself; call it without blocked"
        )

    def _number(self, out: Any) -> Any:
        """What `f` returned, as a plain number."""
        if np.ndim(out) or not isinstance(out, (Value, int, float, complex, np.number, np.ndarray)):
            raise ShapeError(
                f"blocked({self._name}) at {user_line()}: it must return a number, a sum or a mean over all elements of "
                f"its arguments, and returned {describe(out)}"
            )
        return as_data(unbox(out))


def _array(x: Any, name: str) -> Any:
    """An argument that is no Value, as an array or a number."""
    array = np.asarray(x)
    if array.dtype.kind not in "fciub":
        raise ShapeError(
            f"blocked({name}) at {user_line()}: its arguments are arrays and numbers, and one is {describe(x)}"
        )
    return array if array.ndim else x


def _flat(args: Sequence[Any]) -> list[Any]:
    return [np.reshape(x, (-1,)) if np.ndim(x) else x for x in args]


def _times(x: Any, g: Any) -> Any:
    """x · g, in the memory of an array that nobody else has."""
    if not np.ndim(x):
        return x * g
    return x if g == 1 else np.multiply(x, g, out=x)
