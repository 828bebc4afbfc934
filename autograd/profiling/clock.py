"""`profile`: a clock around the operations of a block, and what it noted."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable
from itertools import count
from os import PathLike
from threading import get_ident
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ..engine.mode import Step
from ..errors import GraphError, user_line
from ..rules.indexing import getitem, is_view
from ..scope import Call, Notes, Noting, calls_of, refuse_in_generator

if TYPE_CHECKING:
    from .figures import Figures
    from .noted import Kind, Noted, Scopes


class profile:  # noqa: N801 - a context manager is written like a function
    """Within ``with profile() as p:`` every operation on `Value`s is timed; ``print(p)`` shows where the time went.

    Times are wall time in seconds, and add up: what an operation spends in others (a function of yours that records, a rule
    that is recorded again) counts for those alone.

    - *forward*: the computation itself, ``op.forward(*arrays)``. The bytes are those of its result (a view counts as if it
      were a copy) and of what its row keeps for the rule.
    - *backward*: the rule, fitting what it gives to the shape of the input, and adding that up.
    - *elsewhere*: the rest of the block. Your own Python, the optimiser, reading data, what the engine does to record a node
      and to find its way back, and all that is not recorded: operations under `no_grad`, or of Values that need no gradient.

    Operations belong to the `scope`s that they ran in, and every call of an `nn.Module` is one. Calls of one module are counted
    together, modules of one name and one place are numbered: ``Sequential/Linear #2``. The backward pass may run in another
    block than the forward pass: each is counted where it runs.

    It holds for this thread (or asynchronous task) alone. Each operation takes a few microseconds longer, each module call five
    to ten, so that programs of small arrays and of scalars spend a good part of *elsewhere* on being measured; when no profile
    runs nothing takes longer. The same profile may be entered again, and goes on counting.

    Raises:
        GraphError: it is entered while it runs, or inside a generator, where it would hold for the consumer as well.

    Examples:
        >>> import numpy as np
        >>> from autograd import Value, profile
        >>> x = Value(np.ones((100, 100)))
        >>> with profile() as p:
        ...     np.sum(np.tanh(x)).backward()
        >>> [(line.name, line.calls, line.bytes) for line in sorted(p.operations, key=lambda line: line.name)]
        [('sum', 1, 8), ('tanh', 1, 80000)]
    """

    def __init__(self) -> None:
        from array import array

        self._entered: Noting | None = None
        self._begun = self._measured = 0
        self._first: int | None = None
        self._places: defaultdict[Scopes, int] = defaultdict(count().__next__)
        self._keys: defaultdict[tuple[Kind, str, int], int] = defaultdict(count().__next__)
        self._numbers = array(
            "q"
        )  # five for each event: its key, thread, start, end, bytes; nothing that is ever collected
        self._latest: tuple[tuple[Call, ...], int] = ((), self._places[()])
        self._picked: dict[int, tuple[Call, ...]] = {}  # from an array, by identity: where it was last picked from

    def __enter__(self) -> Self:
        if self._entered is not None:
            raise GraphError(f"a profile that is running was entered again at {user_line()}: make one more, profile()")
        refuse_in_generator("profile", sys._getframe(1))
        noting = Noting("profile", self._start)
        noting.__enter__()
        self._entered, self._begun = noting, perf_counter_ns()
        self._first = self._begun if self._first is None else self._first
        return self

    def __exit__(self, *error: object) -> None:
        self._measured += perf_counter_ns() - self._begun
        noting, self._entered = self._entered, None
        assert noting is not None
        noting.__exit__(*error)

    # -- what it found -----------------------------------------------------------------------------------------------

    @property
    def seconds(self) -> float:
        """How long the block took, or has taken so far."""
        running = perf_counter_ns() - self._begun if self._entered is not None else 0
        return (self._measured + running) * 1e-9

    @property
    def operations(self) -> list[Figures]:
        """What each operation took, the slowest first."""
        from .figures import by_operation

        return by_operation(self._noted().sums())

    @property
    def modules(self) -> list[Figures]:
        """What was spent within each module and `scope`, those inside it included, the slowest first."""
        from .figures import by_module

        return by_module(self._noted().sums())

    def _noted(self) -> Noted:
        from .noted import Key, Noted

        places = list(self._places)
        keys = [Key(kind, name, places[place]) for kind, name, place in self._keys]
        return Noted(keys, np.array(self._numbers).reshape(-1, 5))

    def __str__(self) -> str:
        from .figures import report

        return report(self.operations, self.modules, self.seconds)

    __repr__ = __str__

    def to_chrome(self, path: str | PathLike[str]) -> None:
        """Write a trace for https://ui.perfetto.dev or chrome://tracing: what ran when, within which module, in which thread.

        The "Trace Event Format" of Chrome, https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU.
        """
        from .trace import write

        write(path, self._noted().events(), self._first or 0)

    def picture(self, path: str | PathLike[str]) -> None:
        """Write bars of the times per operation and per module: .svg, .png, .pdf (extra ``plot``)."""
        from .picture import figure

        figure(self.operations, self.modules, self.seconds).savefig(path)

    def svg(self) -> str:
        """That picture as a string (extra ``plot``)."""
        from .picture import figure, svg

        return svg(figure(self.operations, self.modules, self.seconds))

    # -- the clock, for `scope.Notes` --------------------------------------------------------------------------------

    def _start(self, notes: Notes) -> Notes:
        return Notes(notes.calls, notes.lines, notes.look, notes.watch, (*notes.clocks, self))

    def forward(self, name: str, calls: tuple[Call, ...], compute: Callable[..., Any]) -> Callable[..., Any]:
        """`compute`, timed."""
        row, note = self._row("forward", name, calls), self._numbers.extend

        def timed(*inputs: Any, **static: Any) -> Any:
            start = perf_counter_ns()
            result = compute(*inputs, **static)
            end = perf_counter_ns()
            note((row, get_ident(), start, end, result.nbytes if result.__class__ is np.ndarray else _bytes(result)))
            return result

        return timed

    def steps(self, contribute: Step, note_pick: Step, settle: Step) -> tuple[Step, Step, Step]:
        """The steps of a sweep, timed. What was picked from an array is added up later, for all picks at once."""

        def timed(step: Step, name: str, calls: tuple[Call, ...], node: Any, rest: tuple[Any, ...]) -> None:
            start = perf_counter_ns()
            step(node, *rest)
            end = perf_counter_ns()
            self._numbers.extend((self._row("backward", name, calls), get_ident(), start, end, 0))

        def contributing(node: Any, *rest: Any) -> None:
            timed(contribute, node.op.name, calls_of(node), node, rest)

        def picking(node: Any, *rest: Any) -> None:
            calls, x = calls_of(node), node.parents[0]
            self._picked[id(x)] = calls
            while x.op is not None and is_view(x.op, x.inputs):  # of a view they are added up further up
                x = x.parents[0]
                self._picked[id(x)] = calls
            timed(note_pick, getitem.name, calls, node, rest)

        def settling(x: Any, *rest: Any) -> None:
            timed(settle, getitem.name, self._picked.pop(id(x), ()), x, rest)

        return contributing, picking, settling

    def left(self, calls: tuple[Call, ...]) -> None:
        """Note the span of a module's call."""
        self._numbers.extend((self._row("scope", "", calls), get_ident(), calls[-1].start, perf_counter_ns(), 0))

    def _row(self, kind: Kind, name: str, calls: tuple[Call, ...]) -> int:
        """The number of what is counted together with this."""
        latest = self._latest
        if latest[0] is not calls:  # the nodes of one call share it
            latest = self._latest = (calls, self._places[tuple([(call.name, call.owner) for call in calls])])
        return self._keys[kind, name, latest[1]]


def _bytes(result: Any) -> int:
    """Of an array, or of all arrays in a tuple."""
    return sum(map(_bytes, result)) if result.__class__ is tuple else getattr(result, "nbytes", 0)
