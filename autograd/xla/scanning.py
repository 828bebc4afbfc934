"""`scan`: a loop whose steps are one and the same program, compiled once however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..engine.graph import reachable
from ..engine.mode import is_recording
from ..engine.value import Value, wrap
from ..engine.witness import next_number
from ..errors import ShapeError, user_line
from ..opaque import plain as without_values
from ..opaque import record_call
from ..rules import scanning as rules
from ..tracing import differentiable
from .array import XlaArray
from .leaving import traced
from .memory import at_level, double, level
from .nests import Form, arrays_of, plain
from .pulling import pulled_back

Step = Callable[[Any, Any], tuple[Any, Any]]


def scan(f: Step, state: Any, rows: Any = None, *, length: int | None = None, reverse: bool = False) -> tuple[Any, Any]:
    """The last state, and all outputs along a new first axis, of ``state, output = f(state, row)``, step after step.

    ``for row in rows: state, output = f(state, row)`` in a compiled function would be one long program. This compiles the
    step alone. `state`, `rows` and the outputs are arrays, numbers or nests of them; a row is what lies at the same place
    along the first axis of all arrays in `rows`. Without rows there are `length` steps, and `f` is given None. In `reverse`
    the last row comes first. It is differentiated with respect to its arguments and to what `f` closes over; the states of
    all steps are kept for that, and each step is computed again.

    Raises:
        ShapeError: the rows have different lengths, or there are none and no `length`; or the state has other shapes after a
            step.
    """
    axes = {tuple(np.shape(x)[:1]) for x in arrays_of(rows)} | ({(length,)} - {(None,)})
    if len(axes) != 1 or axes == {()}:
        raise ShapeError(
            f"scan at {user_line()}: the rows must have one first axis in common, or length= says how many steps there are; "
            f"the first axes here: {sorted(axes) or 'none'}"
        )
    return _call(f, state, rows, axes.pop()[0], reverse)


@contextmanager
def scanning() -> Iterator[None]:
    """While a function is traced, a rule's steps become one of XLA's loops."""
    token = rules.compiler.set(_of_rules)
    try:
        yield
    finally:
        rules.compiler.reset(token)


def _of_rules(
    step: rules.Step, state: rules.State, rows: Sequence[Any], reverse: bool
) -> tuple[rules.State, list[Any]]:
    """`rules.scanning.scan` of arrays that are traced. What a step writes into its parts is written into the rows."""
    if not any(traced(without_values(x)) for x in (*state, *rows)):
        return rules.loop(step, state, rows, reverse)

    def f(state: Any, parts: Any) -> Any:
        own = [XlaArray(x.array, level.get()) if isinstance(x, XlaArray) else x for x in parts]
        before = [plain(x) for x in own]
        state, outputs = step(state, *own)
        return state, (list(outputs), [x if plain(x) is not old else None for x, old in zip(own, before, strict=True)])

    state, (outputs, written) = _call(f, state, list(rows), len(rows[0]), reverse)
    for row, new in zip(rows, written, strict=True):
        if new is not None:
            row.write("a row of a loop", new)
    return state, outputs


def _call(f: Step, state: Any, rows: Any, length: int, reverse: bool) -> tuple[Any, Any]:
    run = _Scan(f, state, rows, length, reverse)
    wanted = [i for i, x in enumerate(run.arrays) if differentiable(x)]
    if not (wanted or run.border) or not is_recording():
        return run()
    run = _Scan(lambda state, row: _keeping(f, state, row), state, rows, length, reverse)

    def back(asked: Sequence[int], g: Any, out: Any, given: Sequence[Any]) -> list[Any]:
        found = run.back(g, out, given, [i for i in asked if i < len(run.arrays)])
        return [found[i] for i in asked]

    inputs = [x if i in wanted else without_values(x) for i, x in enumerate(run.arrays)]
    last, (outputs, _) = record_call(
        getattr(f, "__name__", "scan"), without_values(run()), [*inputs, *run.border], back
    )
    return last, outputs


def _keeping(f: Step, state: Any, row: Any) -> tuple[Any, Any]:
    """A step with the state before it among its outputs."""
    new, output = f(state, row)
    return new, (output, state)


class _Scan:
    """The steps as one of XLA's loops; the Values that they depend on, besides state and rows, are the `border`."""

    def __init__(self, f: Step, state: Any, rows: Any, length: int, reverse: bool) -> None:
        self._f, self._length, self._reverse = f, length, reverse
        self.arrays = [*arrays_of(state), *arrays_of(rows)]
        self._state, self._rows = Form(state), Form(rows)
        self._count = len(self._state.values)
        self.border: list[Value] = []
        with double(True):
            given = [jnp.asarray(plain(x)) for x in self.arrays]
            parts = [jax.ShapeDtypeStruct(x.shape[1:], x.dtype) for x in given[self._count :]]
            self._first = self._settled(given[: self._count], parts)

    def _settled(self, state: list[Any], parts: list[Any]) -> list[Any]:
        """The first state in the dtypes that the state has after a step."""
        while True:
            new, _ = jax.eval_shape(self._one, state, parts)
            if [x.shape for x in new] != [x.shape for x in state]:
                raise ShapeError(
                    f"scan at {user_line()}: a step makes a state of shapes {[x.shape for x in new]} of one of shapes "
                    f"{[x.shape for x in state]}, and must keep them"
                )
            kinds = [jnp.result_type(x, y) for x, y in zip(state, new, strict=True)]
            if kinds == [x.dtype for x in state]:
                return state
            state = [x.astype(kind) for x, kind in zip(state, kinds, strict=True)]

    def _one(self, state: Sequence[Any], parts: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """The step on JAX's tracers."""
        began = next_number()
        with at_level(began):
            new, output = self._f(_given(self._state, state), _given(self._rows, parts))
        news, outputs = arrays_of(new), arrays_of(output)
        self.border = [
            x for x in reachable(filter(differentiable, [*news, *outputs]), began)[1] if isinstance(x, Value)
        ]
        self._gives, self._output = Form(new), Form(output)
        return [jnp.asarray(plain(x)) for x in news], [jnp.asarray(plain(x)) for x in outputs]

    def _step(self, state: list[Any], parts: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """The step, and the state in the dtypes that it had."""
        new, outputs = self._one(state, parts)
        return [x.astype(old.dtype) for x, old in zip(new, state, strict=True)], outputs

    def __call__(self) -> tuple[Any, Any]:
        """The last state, and the outputs."""
        with double(True):
            rows = [jnp.asarray(plain(x)) for x in self.arrays[self._count :]]
            last, outputs = jax.lax.scan(self._step, self._first, rows, self._length, self._reverse)
        return _wrapped(self._gives, last), _wrapped(self._output, outputs)

    def back(self, g: Any, out: Any, given: Sequence[Any], asked: Sequence[int]) -> dict[int, Any]:
        """The cotangents of the arrays `asked`, and of the border behind all arrays, for that of the result.

        It is a scan the other way: of the step's own way back, with the cotangent of the state for a state.
        """
        g_last, g_outputs = g
        _, (_, states) = out
        befores, rows, border = arrays_of(states), list(given[self._count : len(self.arrays)]), self.border
        moving = [i for i, x in enumerate(befores) if x.dtype.kind in "fc"]
        of_rows = [i for i in asked if i >= self._count]
        recorded = any(isinstance(x, Value) for x in given)

        def one(sums: Any, row: Any) -> Any:
            g_state, shares = sums
            g_outputs, before, parts = row
            found = pulled_back(
                lambda xs: self._f(self._state.filled(xs[: self._count]), self._rows.filled(xs[self._count :])),
                (g_state, g_outputs), [*before, *parts], [*moving, *of_rows], border, recorded,
            )  # fmt: skip
            behind = len(moving) + len(of_rows)
            at_state = dict(zip(moving, found, strict=False))
            new = self._gives.filled([at_state.get(i) for i in range(self._count)])
            shares = [a + b for a, b in zip(shares, found[behind:], strict=True)]
            return (new, shares), found[len(moving) : behind]

        zeros = [np.zeros_like(x) for x in without_values(border)]
        (first, shares), at_rows = _call(
            one, (g_last, zeros), (g_outputs, befores, rows), self._length, not self._reverse
        )
        places = range(len(self.arrays), len(self.arrays) + len(border))
        at_state = dict(zip(moving, arrays_of(first), strict=True))
        return at_state | dict(zip(of_rows, at_rows, strict=True)) | dict(zip(places, shares, strict=True))


def _given(form: Form, tracers: Sequence[Any]) -> Any:
    """Arrays of ours around JAX's tracers, in the form of an argument."""
    arrays = [XlaArray(x) for x in tracers]
    return form.filled([wrap(x, False) if was else x for x, was in zip(arrays, form.values, strict=True)])


def _wrapped(form: Form, arrays: Sequence[Any]) -> Any:
    """The results, which are nobody else's."""
    return form.filled([XlaArray(x, level.get()) for x in arrays])
