"""What `replay` returns: a function that records, replays, and notices when it may not replay."""

from __future__ import annotations

import functools
import itertools
import threading
import types
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .. import tree
from ..engine.backward import add_to_leaves
from ..engine.convert import is_value, unbox
from ..engine.mode import enable_grad, is_recording, note
from ..engine.value import Value, wrap
from ..errors import ShapeError, UnsupportedError, describe, user_line
from ..rules.op import Op
from ..tracing import PullBack
from .plan import Group, Plan
from .program import Program, read
from .reads import Plain, listening, number
from .recording import NUMBERS, Tape
from .surroundings import Surroundings


class _Here:
    """What stands in a form for a number: which of the numbers it is, its class, whether it has a derivative."""

    __slots__ = ("derived", "kind", "which")

    def __init__(self, which: int, kind: type, derived: bool) -> None:
        self.which, self.kind, self.derived = which, kind, derived

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Here):
            return False
        return self.which == other.which and self.kind is other.kind and self.derived == other.derived

    __hash__ = None  # type: ignore[assignment]


class _Arguments:
    """The numbers in the arguments of a call, and the form of the rest: what is no number is part of the plan."""

    def __init__(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        leaves, self._rebuild = tree.flatten((args, kwargs))
        self.given: list[Any] = []  # floats and Values, each Value once
        self.raws: list[Any] = []
        self.derived: list[bool] = []
        places: dict[Any, _Here] = {}
        self._leaves = [self._here(x, name, places) for x in leaves]
        self.form = self._rebuild(self._leaves)

    @property
    def others(self) -> list[Any]:
        """What is no number: a model, for example."""
        return [x for x in self._leaves if x.__class__ is not _Here]

    def _here(self, x: Any, name: str, places: dict[Any, _Here]) -> Any:
        kind, derived, raw = x.__class__, False, x
        if kind is float:
            kind, raw = np.float64, np.float64(x)
        elif isinstance(x, Value):
            if x in places:
                return places[x]
            kind, derived, raw = x.raw.__class__, x.requires_grad, x.raw
        if kind not in NUMBERS:
            if isinstance(raw, (np.ndarray, np.inexact, complex)):
                raise UnsupportedError(
                    f"{name} at {user_line()} got {describe(x)}: replay is for numbers in float64 and float32. An array of them "
                    "goes in as array.tolist()"
                )
            return x
        here = _Here(len(self.given), kind, derived)
        if raw is not x:
            places[x] = here
        self.given.append(x)
        self.raws.append(raw)
        self.derived.append(derived)
        return here

    def filled(self, numbers: Sequence[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments with these in the places of the numbers."""
        filled: tuple[tuple[Any, ...], dict[str, Any]] = self._rebuild(_filled(self._leaves, numbers))
        return filled


def _filled(leaves: list[Any], numbers: Sequence[Any]) -> list[Any]:
    return [numbers[x.which] if x.__class__ is _Here else x for x in leaves]


_one_at_a_time = threading.RLock()


class _Case:
    """One way through the function: what it was recorded in, the program, and, once it was seen twice, its plan."""

    def __init__(self, form: Any, surroundings: Surroundings, program: Program, result: Any) -> None:
        self.form, self.surroundings = form, surroundings
        self.program: Program | None = program
        self.plan: Plan | None = None
        self.foreseen = True  # whether all Values that it uses were known before it ran
        self.outside, self.outcomes, self.lines = program.outside, program.outcomes, program.lines
        self.derived = program.derived  # which inputs have a derivative
        self.chosen = [
            i for i, (place, leads) in enumerate(program.outs) if leads and program.needs[place]
        ]  # which results
        leaves, rebuild = tree.flatten(result)
        numbers = itertools.count()
        held = [_Here(next(numbers), float, False) if is_value(x) or x.__class__ is Plain else x for x in leaves]
        self._leaves, self._rebuild = tree.flatten(rebuild(held))  # without a Value of the run in it

    def fits(self, form: Any) -> bool:
        """Whether a call with arguments of this form may do the same."""
        return bool(self.form == form) and self.surroundings.changed() is None

    def derives_as_before(self) -> bool:
        """Whether the Values from outside that have a derivative are those that had one."""
        return [x.requires_grad for x in self.outside] == self.derived[len(self.derived) - len(self.outside) :]

    def make_plan(self) -> None:
        assert self.program is not None
        self.plan, self.program = Plan(self.program), None

    def gives_another_result(self, other: _Case) -> bool:
        """Whether the result holds something else, apart from numbers that were computed."""
        return self._leaves != other._leaves

    def nest(self, numbers: Sequence[Any]) -> Any:
        """The result of the function with these numbers in it."""
        return self._rebuild(_filled(self._leaves, numbers))


_PullBack = Callable[[list[Any]], list[Any]]


class _Call(NamedTuple):
    """One call of the function: its numbers, and the way back from those that have a derivative to the inputs."""

    case: _Case
    arguments: _Arguments
    results: list[Any]
    pull_back: _PullBack

    @property
    def inputs(self) -> list[Any]:
        return [*self.arguments.given, *self.case.outside]


def _unused(*_: Any) -> Any:
    raise AssertionError("the numbers of a replayed call are computed before its node is made")


class Replayed:
    """A function of single numbers that is recorded at its first calls, and replayed later. See `autograd.replay`."""

    def __init__(self, f: Callable[..., Any], limit: int) -> None:
        functools.update_wrapper(self, f)
        self._f, self._limit = f, limit
        self._name = f"replay({getattr(f, '__name__', type(f).__name__)})"
        self._cases: list[_Case] = []

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """In a class it is a method."""
        return self if instance is None else types.MethodType(self, instance)

    @property
    def groups(self) -> list[list[Group]]:
        """Of each plan the groups of operations that are computed together, in the order of their depth."""
        return [case.plan.groups for case in self._cases if case.plan is not None]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """As the function itself."""
        if listening.get() is not None or note.get() is not None:  # `strict`, `profile` and `scope` look at nodes
            return self._f(*args, **kwargs)
        return self._settled(self._call(args, kwargs))

    def backward(self, *args: Any, **kwargs: Any) -> Any:
        """The function, and at once the backward pass from its result, which is returned in plain numbers.

        As ``result = fast(...)``, ``result.backward()``, without the engine's way over thousands of parameters. Only one
        number of the result may have a derivative.
        """
        if listening.get() is None and note.get() is None and is_recording():
            call = self._call(args, kwargs)
            inputs = call.inputs
            computed = [x for x, derived in zip(inputs, call.case.derived, strict=True) if derived and x.op is not None]
            if len(call.case.chosen) == 1 and not computed:
                one = call.results[call.case.chosen[0]].dtype.type(1)
                leaves, gradients = [], []
                for x, derived, g in zip(inputs, call.case.derived, call.pull_back([one]), strict=True):
                    if derived and g is not None:
                        leaves.append(x)
                        gradients.append(g)
                add_to_leaves(leaves, gradients)
                return call.case.nest(call.results)
            result = self._settled(call)
        else:
            result = self._f(*args, **kwargs)
        numbers, rebuild = tree.flatten(result)
        outs = [x for x in numbers if is_value(x) and x.requires_grad]
        if len(outs) != 1:
            raise ShapeError(
                f"{self._name}.backward at {user_line()}: {len(outs)} numbers of the result have a derivative, and it takes "
                "one. Call the function itself, and backward() on the Value that is meant"
            )
        outs[0].backward()
        return rebuild([unbox(x) for x in numbers])

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Call:
        """A call that is replayed, or if there is no plan that fits, recorded."""
        arguments = _Arguments(self._name, args, kwargs)
        for case in self._cases:
            plan = case.plan
            if plan is not None and case.fits(arguments.form):
                raws = [*arguments.raws, *[x.raw for x in case.outside]]
                if [x.__class__ for x in raws] == plan.classes and case.derives_as_before():
                    with plan.lock:
                        results = plan.forward(raws)
                        way_back = _way_back(plan, raws)
                    if results is not None:
                        return _Call(case, arguments, results, way_back)
        with _one_at_a_time:  # since Values have another class meanwhile
            return self._record(arguments)

    def _record(self, arguments: _Arguments) -> _Call:
        """Run the function, and note what it does."""
        surroundings = Surroundings(self._f, arguments.others)
        tape, result = self._run(arguments, surroundings.values)
        outs = [x for x in tree.flatten(result)[0] if is_value(x) or x.__class__ is Plain]
        program = read(tape, outs)
        case = _Case(arguments.form, surroundings, program, result)
        case.foreseen = not tape.met
        self._keep(case, program, arguments)
        chosen, inputs = [outs[i] for i in case.chosen], program.inputs
        return _Call(case, arguments, [number(x.raw) for x in outs], lambda g: _pull_back(chosen, inputs, g))

    def _run(self, arguments: _Arguments, known: Iterable[Value], line_of: int | None = None) -> tuple[Tape, Any]:
        fresh = [wrap(raw, requires_grad=True) for raw in arguments.raws]
        used = {id(x): x for x in (*known, *(x for case in self._cases for x in case.outside))}
        tape = Tape(fresh, arguments.derived, list(used.values()), line_of)
        args, kwargs = arguments.filled(fresh)
        return tape, tape.run(self._f, args, kwargs)

    def _keep(self, case: _Case, program: Program, arguments: _Arguments) -> None:
        """Keep a case, and make its plan if another call did the same before."""
        for i, other in enumerate(self._cases):
            if other.program is not None and other.outcomes == case.outcomes and other.fits(case.form):
                difference = other.program.difference(program)
                if difference is not None and not other.foreseen:  # some of what it read was not noted
                    self._cases[i] = case
                    return
                if difference is not None:
                    del self._cases[i]
                    tape, _ = self._run(arguments, case.surroundings.values, difference[0])
                    raise UnsupportedError(
                        f"{self._name} did something else at its second call, near {tape.line}: {difference[1]}. What changes "
                        "from call to call and is seen nowhere (a random number, a file, a Value made anew outside) must "
                        "come in as an argument"
                    )
                if case.gives_another_result(other):
                    del self._cases[i]
                    raise UnsupportedError(
                        f"the result of {self._name} at {user_line()} holds something else at its second call that is no Value: "
                        "a replay would give the old one. Let it return Values, their .data, and what stays the same"
                    )
                case.make_plan()
                self._cases[i] = case
                return
        program.numbers = program.begun = []
        if len(self._cases) >= self._limit:
            raise self._too_many(case)
        self._cases.append(case)

    def _too_many(self, new: _Case) -> UnsupportedError:
        """The error for the case that is one too many: what changes."""
        case = self._cases[-1]
        name = case.surroundings.changed()
        if case.form != new.form:
            why = "arguments that are no floats and no Values are others: pass numbers that change as floats"
        elif name is not None:
            why = f"{name}, which it uses, is another: pass it as an argument"
        else:
            place = next((i for i, (a, b) in enumerate(zip(case.outcomes, new.outcomes, strict=False)) if a != b), -1)
            why = (
                f"the comparison at {new.lines[place]} has another outcome: write np.where, np.maximum or relu() in place of a "
                "branch that many numbers decide"
            )
        return UnsupportedError(
            f"{self._name} at {user_line()} needs more than {self._limit} plans, since from call to call {why}; or allow more by "
            "replay(f, limit=…)"
        )

    # -- the result ------------------------------------------------------------------------------------------------

    def _settled(self, call: _Call) -> Any:
        """The result of a call; those of its numbers that have a derivative as Values, computed by one operation."""
        case, results = call.case, call.results.copy()  # the call must not hold the Values that hold it
        if not case.chosen:
            return case.nest(results)
        inputs, derived = call.inputs, [i for i, has in enumerate(case.derived) if has]

        def pull(wanted: Sequence[int], g: Any, _: Any, *given: Any) -> Sequence[Any]:
            cotangents = list(g) if len(case.chosen) > 1 else [g]
            if is_value(g) or is_value(given[0]):
                found = self._again(case, call.arguments, cotangents, dict(zip(derived, given, strict=True)))
            else:
                found = call.pull_back(cotangents)
            return found if len(wanted) == len(found) else [found[derived[i]] for i in wanted]

        numbers = [results[i] for i in case.chosen]
        made = _node(Op(_unused, pull, name=self._name, variadic=True), numbers, [inputs[i] for i in derived])
        for i, value in zip(case.chosen, made, strict=True):
            results[i] = value
        return case.nest(results)

    def _again(self, case: _Case, arguments: _Arguments, cotangents: list[Any], given: dict[int, Any]) -> list[Any]:
        """The cotangents of the inputs as Values, for derivatives of higher order: by the function itself."""
        args, kwargs = arguments.filled([given.get(i, x) for i, x in enumerate(arguments.given)])
        with enable_grad():
            leaves, _ = tree.flatten(self._f(*args, **kwargs))
        outs = [x for x in leaves if is_value(x)]
        found = dict(zip(given, _pull_back(outs, list(given.values()), cotangents, recorded=True), strict=True))
        return [found.get(i) for i in range(len(case.derived))]


def _node(op: Op, numbers: list[Any], parents: list[Any]) -> Sequence[Any]:
    """Numbers that were computed from the Values `parents`, as Values: a node, and of several numbers the parts of it."""
    mode = is_recording()
    node = wrap(numbers[0] if len(numbers) == 1 else np.array(numbers), requires_grad=bool(mode))
    if mode:
        node.op, node.more = op, (tuple([x.raw for x in parents]), tuple(parents), {}, None)
        if mode is not True:
            mode(node)
    if len(numbers) == 1:
        return [node]
    return [part if part.dtype == x.dtype else part.astype(x.dtype) for part, x in zip(node, numbers, strict=True)]


def _way_back(plan: Plan, raws: list[Any]) -> _PullBack:
    """The cotangents of the inputs of a run, for those of its results."""
    run = plan.runs

    def pull_back(cotangents: list[Any]) -> list[Any]:
        with plan.lock:
            if plan.runs != run:  # another call came between
                plan.forward(raws)
            return plan.backward(cotangents)

    return pull_back


def _pull_back(outs: list[Any], inputs: list[Any], cotangents: list[Any], recorded: bool = False) -> list[Any]:
    """The same from a recorded graph; behind an input, which may be a computed Value, nothing is looked at."""
    return PullBack(outs, inputs, border=inputs, recorded=recorded)(cotangents)[: len(inputs)]
