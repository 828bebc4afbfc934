"""`jit`: a function as one XLA program for each form of its arguments."""

from __future__ import annotations

import functools
import operator
import types
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import jax

from ..engine.mode import is_recording
from ..engine.value import Value, wrap
from ..errors import GraphError, UnsupportedError, describe, user_line, warn_recompiled
from ..opaque import plain as without_values
from ..opaque import record_call
from ..tracing import differentiable
from . import baked
from .array import XlaArray
from .captured import Captured
from .leaving import leaked
from .memory import double, level
from .nests import Form, Static, arrays_of, named, plain, take_apart
from .pulling import pulled_back

Function = Callable[..., Any]
_MANY = 5  # compilations after which the user hears of it; and of every doubling


def jit(
    f: Function,
    static_argnums: int | Iterable[int] = (),
    donate_argnums: int | Iterable[int] = (),
    *,
    lifted: Iterable[Value] = (),
) -> Compiled:
    """`f`, compiled by XLA when it is first called with arguments of a new form: structure, shapes, dtypes.

    Numbers and arrays in the arguments, in nests of any depth, are traced; texts, truth values, None and other objects are
    constants of the program, and so are the positional arguments `static_argnums` (another value, another program). What `f`
    closes over is a constant too; of a `Value`, as a module's parameters are, a change is noticed, and compiled anew.
    The memory of the arguments `donate_argnums` is given up to the results. Into the leaves `lifted`, `f` puts arguments, and
    takes them out again: what they hold otherwise is no part of the program.

    `f` may be made of any transformation, and be differentiated: ``jit(grad(f))`` is one program, ``grad(jit(f))`` one for
    `f` and one for the way back, which computes `f` again. 64 bits are 64 bits, and 32 bits 32. The results are `XlaArray`s:
    they stay on the device, and are NumPy's when they are read (``np.asarray(y)``, ``float(y)``).

    Raises:
        UnsupportedError: `f` asks for numbers that are not there yet (a branch on data, ``.item()``, a mask as an index), or
            is another program when it is traced again, as with a random generator inside.
        GraphError: a `Value` with a history leaves `f`, or was left in a `Value` outside.
    """
    return Compiled(f, _places(static_argnums), _places(donate_argnums), lifted)


def _places(given: int | Iterable[int]) -> frozenset[int]:
    return frozenset({given} if isinstance(given, int) else map(operator.index, given))


class Compiled:
    """A function and its programs; see `jit`."""

    def __init__(
        self, f: Function, static: frozenset[int], donated: frozenset[int], lifted: Iterable[Value] = ()
    ) -> None:
        functools.update_wrapper(self, f)
        self._name = getattr(f, "__name__", None) or type(f).__name__
        self._f, self._static, self._donated, self._lifted = f, static, donated, frozenset(lifted)
        self._programs: dict[Any, _Program] = {}
        self._pullbacks: dict[Any, Compiled] = {}
        self._count = 0

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if level.get():
            return self._f(*args, **kwargs)  # within a program it is a part of that
        if self._static:
            args = tuple([Static(x) if i in self._static else x for i, x in enumerate(args)])
        arrays: list[Any] = []
        key = take_apart((args, kwargs) if kwargs else args, arrays)
        if any(x.__class__ is not XlaArray and differentiable(x) for x in arrays) and is_recording():
            return self._recorded(key, arrays, args, kwargs)
        return self._program(key, args, kwargs)(arrays)

    def _program(self, key: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Program:
        try:
            program = self._programs.get(key)
        except TypeError as error:
            raise UnsupportedError(
                f"jit of {self._name} at {user_line()}: a static argument must be hashable ({error}). Pass a number, a text or "
                "a tuple; or let it be traced, as numbers, arrays and nests of them are"
            ) from error
        changed = None if program is None else program.captured.stale()
        if program is None or changed is not None:
            self._count += 1
            made = _Program(self._f, self._name, args, kwargs, self._donated, self._lifted)
            self._programs[key] = program = made
            times, rest = divmod(self._count, _MANY)
            if times and not rest and not times & (times - 1):
                warn_recompiled(self._name, self._count, _changing(self._programs.values(), changed))
        return program

    def _recorded(self, key: Any, arrays: list[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A call that will be differentiated: one node, whose rule is a program too."""
        result = without_values(self._program(key, args, kwargs)(arrays))
        wanted = tuple(i for i, x in enumerate(arrays) if differentiable(x))
        pull = self._pullbacks.get((key, wanted))
        if pull is None:
            form = Form((args, kwargs))

            def back(g: Any, given: Sequence[Any]) -> list[Any]:
                return pulled_back(
                    lambda xs: self._f(*_opened(form.filled(xs)[0]), **form.filled(xs)[1]), g, given, wanted
                )

            back.__name__ = self._name
            pull = self._pullbacks[key, wanted] = Compiled(back, frozenset(), frozenset())
        inputs = [x if i in wanted else without_values(x) for i, x in enumerate(arrays)]
        program = pull

        def rule(asked: Sequence[int], g: Any, out: Any, given: Sequence[Any]) -> Sequence[Any]:
            found = dict(zip(wanted, program(g, list(given)), strict=True))
            return [found[i] for i in asked]

        return record_call(self._name, result, inputs, rule)


def _opened(args: Iterable[Any]) -> list[Any]:
    return [x.value if x.__class__ is Static else x for x in args]


class _Program:
    """`f` for arguments of one form: traced twice, compiled once."""

    def __init__(
        self, f: Function, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], donated: frozenset[int],
        lifted: frozenset[Value],
    ) -> None:  # fmt: skip
        self._f, self._name = f, name
        self._takes = Form((args, kwargs))
        self.kinds = dict(named(args, "argument ")) | dict(named(kwargs, "keyword "))
        arrays = [plain(x) for x in arrays_of((args, kwargs))]
        starts = [len(arrays_of(args[:i])) for i in range(len(args) + 1)]
        given_up = [k for i in donated if i < len(args) for k in range(starts[i], starts[i + 1])]
        self.captured = Captured([f, self._takes.filled([None] * len(arrays))], lifted)
        self._run = jax.jit(self._trace, donate_argnums=given_up)
        with double(True):
            first = self._run.trace(*arrays).jaxpr
            second = jax.jit(lambda *xs: self._trace(*xs)).trace(*arrays).jaxpr
        baked.refuse_difference(name, first, second)

    def _trace(self, *tracers: Any) -> tuple[Any, ...]:
        """`f` on arrays of ours around JAX's tracers, to JAX's arrays."""
        inputs: list[Any] = [XlaArray(x) for x in tracers]
        inputs = [wrap(x, False) if was_value else x for x, was_value in zip(inputs, self._takes.values, strict=True)]
        args, kwargs = self._takes.filled(inputs)
        out = self.captured.run(self._f, *_opened(args), **kwargs)
        results = arrays_of(out)
        for x in results:
            if differentiable(x):
                raise GraphError(
                    f"jit of {self._name} at {user_line()}: its result is a Value with a history ({describe(x)}), which cannot "
                    "leave the program. Return value.data for its numbers, or derivatives (jit(value_and_grad(f))); a Value "
                    "from outside that a derivative is wanted of is passed as an argument"
                )
        self._gives = Form(out)
        numbers = [isinstance(x, (XlaArray, Value, jax.Array)) or hasattr(x, "dtype") for x in results]
        self._fixed = [None if number else x for x, number in zip(results, numbers, strict=True)]
        return tuple(plain(x) for x, number in zip(results, numbers, strict=True) if number)

    def __call__(self, arrays: Sequence[Any]) -> Any:
        given = [x.array if x.__class__ is XlaArray else plain(x) for x in arrays]  # most are: a call for each costs
        try:
            with double(True):
                found = iter(self._run(*given))
        except jax.errors.UnexpectedTracerError as error:
            raise leaked() from error
        results = [XlaArray(next(found), 0) if x is None else x for x in self._fixed]
        if any(self._gives.values):
            results = [wrap(x, False) if was else x for x, was in zip(results, self._gives.values, strict=True)]
        return self._gives.filled(results)


def _changing(programs: Iterable[_Program], changed: Value | None) -> str:
    """What differs between the programs of one function."""
    if changed is not None:
        return f"a Value that it closes over ({describe(changed)}), which changes: pass it as an argument"
    kinds = [program.kinds for program in programs]
    for name in kinds[-1]:
        met = list(dict.fromkeys(kind[name] for kind in kinds if name in kind))
        if len(met) > 1:
            shown = ", ".join(met[-3:])
            return f"{name}, which was {shown}: give it one shape (pad the last batch, or leave it out: drop_last=True)"
    return "the structure of its arguments, which changes"
