"""A function as a program for arguments like the examples, in which lengths may be left open."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import export

from ..engine.mode import no_grad
from ..errors import ShapeError, UnsupportedError, user_line
from ..opaque import plain as without_values
from ..xla.array import XlaArray
from ..xla.captured import Captured
from ..xla.memory import double
from ..xla.nests import Form, arrays_of, plain

Function = Callable[..., Any]
Axes = Mapping[int, str]
Open = str | Axes | None  # the name of a first axis, or of some axes


class Traced:
    """`f`, or a module in use (`eval`), for arguments like the `examples`.

    The arrays among the arguments are the inputs of the program, the arrays in the result its outputs. What `f` closes over is
    part of it, a module's parameters among it, and so are arguments that are no arrays, Python's numbers too.
    """

    def __init__(self, f: Function, examples: Any, dynamic: Open | Sequence[Open]) -> None:
        self._f = f
        self.name = getattr(f, "__name__", None) or type(f).__name__
        args = tuple(examples) if isinstance(examples, (tuple, list)) else (examples,)
        each: list[Any] = list(dynamic) if isinstance(dynamic, (tuple, list)) else [dynamic] * len(args)
        if len(each) != len(args):
            raise ShapeError(
                f"export of {self.name} at {user_line()}: dynamic has {len(each)} parts for {len(args)} arguments"
            )
        self._takes, self._leaves = Form(args), arrays_of(args)
        self.arrays, self.names, self._axes = [], [], []
        for word, arg, given in zip(_words(f, len(args)), args, each, strict=True):
            arrays = [np.asarray(without_values(x)) for x in arrays_of(arg) if _is_input(x)]
            self.arrays += arrays
            self.names += [word] if len(arrays) == 1 else [f"{word}_{i}" for i in range(len(arrays))]
            self._axes += [_named(given, x.ndim) for x in arrays]
        self._check_lengths()
        self.outputs = self.expected(self.arrays)

    def _check_lengths(self) -> None:
        lengths: dict[str, int] = {}
        for word, x, axes in zip(self.names, self.arrays, self._axes, strict=True):
            for axis, name in axes.items():
                if not 0 <= axis < x.ndim or lengths.setdefault(name, x.shape[axis]) != x.shape[axis]:
                    raise ShapeError(
                        f"export of {self.name} at {user_line()}: axis {axis} of {word}, of shape {x.shape}, cannot be the open "
                        f"length {name!r}: there is no such axis, or the length is {lengths.get(name)} elsewhere"
                    )

    def _filled(self, inputs: Sequence[Any]) -> Any:
        """The arguments with other inputs."""
        left = iter(inputs)
        return self._takes.filled([next(left) if _is_input(x) else x for x in self._leaves])

    def expected(self, arrays: Sequence[Any]) -> list[Any]:
        """What `f` itself computes of arrays."""
        with in_use(self._f), no_grad():
            return [np.asarray(plain(x)) for x in arrays_of(self._f(*self._filled(arrays)))]

    def run(self, *tracers: Any) -> list[Any]:
        """`f` on JAX's arrays."""
        args = self._filled([XlaArray(x) for x in tracers])
        with in_use(self._f), no_grad():
            out = Captured([self._f, args]).run(self._f, *args)
        return [jnp.asarray(plain(x)) for x in arrays_of(out)]

    def shapes(self) -> list[Any]:
        """The inputs without their numbers; an open length is a symbol, the same wherever it has the same name."""
        scope = export.SymbolicScope()
        found = []
        for x, axes in zip(self.arrays, self._axes, strict=True):
            text = ",".join(axes.get(i, str(n)) for i, n in enumerate(x.shape))
            shape = export.symbolic_shape(text, scope=scope) if axes else x.shape
            found.append(jax.ShapeDtypeStruct(shape, x.dtype))
        return found

    @contextmanager
    def compiling(self, how: str) -> Iterator[None]:
        """In 64 bits where they are asked for; what goes wrong is said with the way out, since `f` itself has run."""
        try:
            with double(True):
                yield
        except Exception as error:  # whatever JAX or a converter raises
            open_ones = ", ".join(sorted({name for axes in self._axes for name in axes.values()}))
            lengths = f"leave fewer lengths open (here: {open_ones}), or none; " if open_ones else ""
            raise UnsupportedError(
                f"export of {self.name} at {user_line()}: it cannot be {how}, because {type(error).__name__}: "
                f"{str(error).splitlines()[0] if str(error) else ''}. Shapes may not depend on numbers (a mask as an index, the "
                f"lengths of sequences: close over these); {lengths}take float32 (model.float())"
            ) from error

    def compare(self, run: Callable[[Sequence[Any]], Sequence[Any]], tolerance: float) -> None:
        """Raise if `run` computes other numbers than `f`, of the examples, or of arguments of other lengths."""
        for arrays in (self.arrays, self._longer()):
            for got, want in zip(run(arrays), self.expected(arrays), strict=True):
                scale = max(1.0, float(np.max(np.abs(want), initial=0, where=np.isfinite(want))))
                alike = got.shape == want.shape and got.dtype == want.dtype
                if not alike or not np.allclose(got, want, rtol=tolerance, atol=tolerance * scale, equal_nan=True):
                    raise UnsupportedError(
                        f"export of {self.name} at {user_line()}: of inputs of shapes {[x.shape for x in arrays]} the program "
                        f"computes {got.dtype}{list(got.shape)}, and the function itself {want.dtype}{list(want.shape)} or other "
                        "numbers; nothing has been written. Does it change from call to call, or by a length that is left open?"
                    )

    def _longer(self) -> list[Any]:
        """The examples with one more in each open length."""
        arrays = list(self.arrays)
        for i, axes in enumerate(self._axes):
            for axis in axes:
                arrays[i] = np.take(arrays[i], np.arange(arrays[i].shape[axis] + 1), axis=axis, mode="wrap")
        return arrays


def _is_input(leaf: Any) -> bool:
    return hasattr(leaf, "dtype")


def _words(f: Function, n: int) -> list[str]:
    """The names of the first arguments of a function, or of a module's `forward`."""
    try:
        parameters = list(inspect.signature(getattr(f, "forward", f)).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    words = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [words[i] if i < len(words) else f"input_{i}" for i in range(n)]


def _named(given: Open, ndim: int) -> Axes:
    """The open axes of an array."""
    if given is None or (isinstance(given, str) and not ndim):
        return {}
    return {0: given} if isinstance(given, str) else dict(given)


@contextmanager
def in_use(f: Function) -> Iterator[None]:
    """While this lasts a module is as it is used: `eval`, in all parts."""
    parts = [(part, part.training) for part in f.modules()] if hasattr(f, "modules") else []
    try:
        for part, _ in parts:
            part.training = False
        yield
    finally:
        for part, training in parts:
            part.training = training
