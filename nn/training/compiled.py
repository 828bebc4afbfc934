"""A step of training as one XLA program: forward, backward, clipping, the optimiser, buffers; see `compile`.

The arrays that a step changes go into the program and come out of it: parameters, buffers, what the optimiser remembers. While
it is traced they stand in the model's own places, so that model, loss and optimiser are what they are without it. Dropout's
numbers are drawn outside, by the generators that draw them otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd import UnsupportedError, Value

from ..module import Module
from ..optim.optimizer import Group, Optimizer, State
from ..random import Draws, default_generator
from .run import Loss

Clip = Callable[[], object]
_TRACED = ("lr", "betas", "momentum")  # the options of an optimiser that schedules change
_MOST = 8  # settings for which a step is compiled anew before that is refused


class _UnplannedError(Exception):
    """A step that is traced for the first time has asked for random numbers: it needs them as an argument."""


def compile(model: Module, loss: Loss, optimizer: Optimizer, mesh: Any = None) -> Step:
    """A function (inputs, targets) ↦ loss that makes one step of training, compiled by XLA (extra `xla`).

    ``step = nn.compile(model, loss, optimizer)`` stands for ``error = loss(model(inputs), targets)``, ``zero_grad``,
    ``error.backward()`` and ``optimizer.step()``. It returns at once, with an array that is the loss when it is read
    (``float(step(x, y))``): reading each one waits for each. A step whose loss is not finite changes nothing.

    Parameters, buffers and what the optimiser remembers are XLA's arrays from then on, whose memory each step gives up to the
    next; ``step.home()`` makes them NumPy's again, before they are saved, or used without it. The first step of an optimiser
    that remembers something is made without XLA. Where `fit` is enough, ``nn.fit(…, compile=True)`` does all this.

    With a `mesh` of devices (`autograd.xla.mesh`, or their number) the batch is shared out over them; the numbers are those of
    one device, up to the order of additions.

    Raises:
        ImportError: the extra `xla` is missing.
        UnsupportedError: the optimiser cannot be compiled; or, when the step is called, model or loss: a branch on data, a
            generator of random numbers that is not `nn.random.draw`'s.
    """
    return Step(model, loss, optimizer, mesh=mesh)


class Step:
    """A compiled step of training; see `compile`. Each of the functions `clips` may change the gradients in it."""

    def __init__(
        self, model: Module, loss: Loss, optimizer: Optimizer, clips: Iterable[Clip] = (), mesh: Any = None
    ) -> None:
        from autograd import xla

        if not getattr(optimizer, "compiles", False) or type(optimizer).update is Optimizer.update:
            raise UnsupportedError(
                f"{type(optimizer).__name__} cannot be compiled: it decides by numbers, or computes the loss more than once in a "
                "step. Take another optimiser, such as nn.optim.AdamW, or train without compile"
            )
        self._model, self._loss, self._optimizer, self._clips = model, loss, optimizer, list(clips)
        whole = [part for part in (model, loss) if isinstance(part, Module)]
        self._parts = list(dict.fromkeys(part for module in whole for part in module.modules()))
        self._moved = [p for group in optimizer.param_groups for p in group["params"]]
        every = [p for part in whole for p in part.parameters()] + self._moved
        self._parameters: list[Value] = list(dict.fromkeys(every))
        self._buffers = [(part, key) for part in self._parts for key, _ in part.named_buffers(recurse=False)]
        self._numbers = self._numbers_of_state()
        self._plans: dict[Any, list[Any]] = {}
        self._settings: set[Any] = set()
        self._unwritten: Any = None
        self._asarray = xla.asarray
        self.mesh: Any = xla.mesh(mesh) if isinstance(mesh, int) else mesh
        if self.mesh is not None:
            named = [pair for part in whole for pair in part.named_parameters()]
            self.mesh.check_names([name for name, _ in named])
            self._names: dict[Value, str] = {p: name for name, p in reversed(named)}
        alive = xla.asarray(np.array(True))  # on the device once: it would cost as much as a small step
        self.alive = alive if self.mesh is None else self.mesh.placed(alive)
        self._run = xla.jit(self.step_of_training, static_argnums=0, donate_argnums=1, lifted=self._parameters)

    def __call__(self, inputs: Any, targets: Any) -> Any:
        if self.mesh is not None:
            inputs, targets = self.mesh.batch((inputs, targets))
        return self.advance(inputs, targets, self.alive)[0]

    # -- what is called -----------------------------------------------------------------------------------------------

    def advance(self, inputs: Any, targets: Any, alive: Any) -> tuple[Any, Any, Any]:
        """One step, if the steps before are `alive`: the loss, the model's output, and whether all losses are finite."""
        if self._numbers is not None and not self._optimizer.state:
            if self.mesh is not None:
                inputs, targets = self.mesh.whole((inputs, targets))
            return self._eager(inputs, targets, alive)
        settings = self._known_settings()
        form = (settings, _shapes(inputs), _shapes(targets))
        rates = [[group[key] for key in _traced(group)] for group in self._optimizer.param_groups]
        for _ in range(2):
            draws = [default_generator(g).random(shape, np.float32) for shape, g in self._plans.get(form, ())]
            try:
                new = self._run(settings, self._state(), inputs, targets, rates, draws, alive)
                break
            except _UnplannedError as unplanned:
                (self._plans[form],) = unplanned.args
        *self._unwritten, error, output, alive = new
        self._write()
        return error, output, alive

    def home(self) -> None:
        """Make parameters, buffers and what the optimiser remembers NumPy's arrays and Python's numbers again."""
        if self._unwritten is not None:
            self._write()
        for p in self._parameters:
            raw = _numpy(p.raw)
            p.take_over(raw if p.ndim else raw[()])
        for part, key in self._buffers:
            setattr(part, key, _numpy(getattr(part, key)))
        numbers = self._numbers or ()
        self._optimizer.resume({
            p: {k: x.item() if k in numbers and hasattr(x, "item") else _numpy(x) for k, x in state.items()}
            for p, state in self._optimizer.state.items()
        })  # fmt: skip

    # -- the program --------------------------------------------------------------------------------------------------

    def step_of_training(
        self, _settings: Any, state: Any, inputs: Any, targets: Any, rates: Any, draws: Any, alive: Any
    ) -> Any:
        """The step, traced; another program for other settings."""
        parameters, buffers, memory = state
        with self._lifted(parameters, buffers), Draws(draws) as drawn:
            output = self._model(inputs)
            error = self._loss(output, targets)
            if len(drawn.wanted) != len(draws):
                raise _UnplannedError(drawn.wanted)
            error.backward(leaves_only=True)
            for clip in self._clips:
                clip()
            moved, remembered = self._updated(memory, rates)
            found = [getattr(part, key) for part, key in self._buffers]
        value = error.raw
        alive = np.logical_and(alive, np.isfinite(value))
        kept = [_chosen(alive, new, old) for new, old in zip((*moved, *found), (*parameters, *buffers), strict=True)]
        remembered = [
            {key: _chosen(alive, new, old.get(key)) for key, new in one.items()}
            for one, old in zip(remembered, memory, strict=True)
        ]
        count = len(parameters)
        state = self._placed(kept[:count], kept[count:], remembered)
        if self.mesh is not None:
            alive = self.mesh.placed(alive)
        return *state, value, _detached(output), alive

    @contextmanager
    def _lifted(self, parameters: list[Any], buffers: list[Any]) -> Iterator[None]:
        """With these arrays in the places of the model's own, and no gradients."""
        before = [(p, p.raw, p.grad) for p in self._parameters]
        stood = [(part, key, getattr(part, key)) for part, key in self._buffers]
        try:
            for p, array in zip(self._parameters, parameters, strict=True):
                p.data, p.grad = array, None
            for (part, key), array in zip(self._buffers, buffers, strict=True):
                setattr(part, key, array.astype(array.dtype))  # a copy, to be moved in place
            yield
        finally:
            for p, raw, grad in before:
                p.take_over(raw)
                p.grad = grad
            for part, key, buffer in stood:
                setattr(part, key, buffer)

    def _updated(self, memory: list[State], rates: list[list[Any]]) -> tuple[list[Any], list[State]]:
        """What the optimiser makes of the parameters and of what it remembers."""
        place = {p: i for i, p in enumerate(self._parameters)}
        moved, remembered = [p.raw for p in self._parameters], [dict(state) for state in memory]
        for group, traced in zip(self._optimizer.param_groups, rates, strict=True):
            options = Group(group)
            options.update(zip(_traced(group), traced, strict=True))
            for p in group["params"]:
                if p.grad is None or not p.requires_grad:
                    continue
                g = p.grad.raw if isinstance(p.grad, Value) else p.grad
                g = g if g.dtype == p.raw.dtype else g.astype(p.raw.dtype)
                moved[place[p]] = self._optimizer.update(p.raw, g, remembered[place[p]], options)
        return moved, remembered

    # -- what goes in and out -----------------------------------------------------------------------------------------

    def _state(self) -> tuple[list[Any], list[Any], list[State]]:
        states = self._optimizer.state
        parameters = [p.raw for p in self._parameters]
        buffers = [getattr(part, key) for part, key in self._buffers]
        memory = [
            {k: self._asarray(x) if x.__class__ in (int, float) else x for k, x in states.get(p, {}).items()}
            for p in self._parameters
        ]
        if self.mesh is not None:
            parameters, buffers, memory = self.mesh.same((parameters, buffers, memory))
        return self._placed(parameters, buffers, memory)

    def _placed(self, parameters: list[Any], buffers: list[Any], memory: list[State]) -> Any:
        """The state where the mesh has it: what is remembered of a parameter, beside it."""
        if self.mesh is None:
            return parameters, buffers, memory
        names = [self._names.get(p) for p in self._parameters]
        put = self.mesh.placed
        return (
            [put(x, name) for x, name in zip(parameters, names, strict=True)],
            [put(x) for x in buffers],
            [
                {k: put(x, name if np.shape(x) == p.shape else None) for k, x in state.items()}
                for p, name, state in zip(self._parameters, names, memory, strict=True)
            ],
        )

    def _write(self) -> None:
        """Put what has come out into its places; a second time after an interrupt."""
        parameters, buffers, memory = self._unwritten
        for p, new in zip(self._parameters, parameters, strict=True):
            p.take_over(new)
            p.grad = None
        for (part, key), new in zip(self._buffers, buffers, strict=True):
            setattr(part, key, new)
        self._optimizer.resume({p: state for p, state in zip(self._parameters, memory, strict=True) if state})
        self._unwritten = None

    def _eager(self, inputs: Any, targets: Any, alive: Any) -> tuple[Any, Any, Any]:
        """The step without XLA, after which it is known what the optimiser remembers."""
        output = self._model(inputs)
        error = self._loss(output, targets)
        lives = bool(alive) and bool(np.isfinite(error.item()))
        if lives:
            for p in self._parameters:
                p.grad = None
            error.backward(leaves_only=True)
            for clip in self._clips:
                clip()
            self._optimizer.step()
        return error.raw, _detached(output), self.alive if lives else np.array(False)

    def _numbers_of_state(self) -> frozenset[str] | None:
        """The names of the numbers among what the optimiser remembers of each parameter; None if it remembers nothing."""
        found: State = {}
        for group in self._optimizer.param_groups:
            p = group["params"][0]
            state: State = {}
            self._optimizer.update(np.ones(p.shape, p.dtype), np.ones(p.shape, p.dtype), state, group)
            found |= state
        if not found:
            return None
        return frozenset(key for key, entry in found.items() if not isinstance(entry, (np.ndarray, np.generic)))

    def _known_settings(self) -> Any:
        """What a program is compiled for: modes, frozen parameters, the optimiser's options."""
        options = []
        for group in self._optimizer.param_groups:
            fixed = group.keys() - {"params", *_traced(group)}
            options.append(tuple((key, tuple(x) if isinstance(x := group[key], list) else x) for key in sorted(fixed)))
        modes = tuple(part.training for part in self._parts)
        settings = modes, tuple(p.requires_grad for p in self._parameters), tuple(options)
        if settings not in self._settings:
            if len(self._settings) >= _MOST:
                changing = {new for old in self._settings for new in set(_flat(settings)) - set(_flat(old))}
                raise UnsupportedError(
                    f"a compiled step has been compiled {_MOST} times, because settings change, at last to {changing}: of an "
                    f"optimiser only {', '.join(_TRACED)} may change from step to step. Train without compile"
                )
            self._settings.add(settings)
        return settings


def _traced(group: Group) -> list[str]:
    """The options that go into the program; a momentum of 0 is none."""
    return [key for key in _TRACED if key in group and (key != "momentum" or group[key])]


def _flat(settings: Any) -> Iterator[Any]:
    modes, frozen, options = settings
    yield from (f"training of part {i}: {mode}" for i, mode in enumerate(modes))
    yield from (f"requires_grad of parameter {i}: {wanted}" for i, wanted in enumerate(frozen))
    yield from (f"{key}: {option}" for group in options for key, option in group)


def _chosen(alive: Any, new: Any, old: Any) -> Any:
    """The new numbers, in the precision of the old, or the old ones where a loss was not finite."""
    if new is old or old is None:
        return new
    new = np.where(alive, new, old)
    return new if new.dtype == old.dtype else new.astype(old.dtype)


def _detached(output: Any) -> Any:
    """The numbers of what a model returns."""
    if isinstance(output, (list, tuple)):
        return tuple(_detached(item) for item in output)
    if isinstance(output, dict):
        return {key: _detached(item) for key, item in output.items()}
    return output.raw if isinstance(output, Value) else output


def _shapes(nest: Any) -> Any:
    """The shapes of the arrays in a batch, which say what is drawn for it."""
    if isinstance(nest, (list, tuple)):
        return tuple(_shapes(item) for item in nest)
    if isinstance(nest, dict):
        return tuple((key, _shapes(item)) for key, item in nest.items())
    return np.shape(nest)


def _numpy(x: Any) -> Any:
    """An array of NumPy's, whatever it is."""
    return x if isinstance(x, (np.ndarray, np.generic)) or not hasattr(x, "dtype") else np.array(x)
