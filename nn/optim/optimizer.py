"""What optimisers share: parameter groups, state, and a step that is whole or not at all.

Python costs more than arithmetic where parameters are small, so those of one group stand one after the other in one flat
buffer, a *bucket*, and are moved by one pass of array arithmetic; large ones have a bucket each. An optimiser is then one
formula on flat arrays: `Optimizer.update`.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import is_
from typing import Any, ClassVar

import numpy as np

from autograd import ShapeError, Value, enable_grad

Closure = Callable[[], Any]
State = dict[str, Any]

# Parameters of fewer elements share a bucket. Measured with Adam, in float32: eight matrices of 64×64 take a third of the time
# that they take one by one, of 100×100 half; larger ones gain nothing.
SMALL = 32768


class Group(dict[str, Any]):
    """The options of some parameters. Numbers of NumPy's become Python's: a float64 would turn float32 into float64."""

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value.item() if isinstance(value, np.generic) else value)


class Bucket:
    """Parameters that are moved together, and their state: numbers, and flat arrays of as many elements."""

    def __init__(self, parameters: list[Value], group: Group, states: list[State]) -> None:
        self.parameters, self.group = parameters, group
        self.kinds = [(p.shape, p.dtype) for p in parameters]
        self.flat = len(parameters) > 1 or not parameters[0].ndim  # a large one is moved in its own shape
        self.numbers = not any(shape for shape, _ in self.kinds)
        self.dtype = self.kinds[0][1]
        ends = np.cumsum([p.size for p in parameters]).tolist()
        self.slices = [slice(end - p.size, end) for p, end in zip(parameters, ends, strict=True)]
        self.state: State = {
            key: self._joined([state[key] for state in states])
            if isinstance(entry, (np.ndarray, np.generic))
            else entry
            for key, entry in states[0].items()
        }
        self.raws: list[Any] = []
        self.data: Any = None

    def fits(self) -> bool:
        """Whether the parameters have the shapes and the dtype that they had; `data` is then what they hold."""
        raws = [p.raw for p in self.parameters]
        if self.data is None or not all(map(is_, raws, self.raws)):  # somebody has given them other data
            if [(p.shape, p.dtype) for p in self.parameters] != self.kinds:
                return False
            self.raws, self.data = raws, self._joined(raws)
        return True

    def gradients(self) -> Any:
        """The gradients, in the dtype of the data."""
        g = self._joined([p.grad for p in self.parameters])
        g = g.raw if isinstance(g, Value) else g
        return g if g.dtype is self.dtype else g.astype(self.dtype)

    def _joined(self, arrays: Sequence[Any]) -> Any:
        """The arrays one after the other."""
        if not self.flat:
            return arrays[0]
        return np.array(arrays, self.dtype) if self.numbers else np.concatenate(arrays, axis=None)

    def split(self, flat: Any) -> list[Any]:
        """The part of each parameter, in its shape."""
        if not self.flat:
            return [flat]
        if self.numbers:
            return list(flat)
        return [
            flat[i].reshape(shape) if len(shape) > 1 else flat[i] if shape else flat[i][0]
            for i, (shape, _) in zip(self.slices, self.kinds, strict=True)
        ]

    def states(self) -> list[State]:
        """The state of each parameter."""
        parts = {key: self.split(entry) for key, entry in self.state.items() if isinstance(entry, np.ndarray)}
        return [
            {key: parts[key][i] if key in parts else entry for key, entry in self.state.items()}
            for i in range(len(self.parameters))
        ]


def used(option: Any) -> bool:
    """Whether an option is not just 0; one that goes into a compiled step is in use."""
    return option.__class__ not in (float, int) or option != 0


def replace_all(moved: Sequence[tuple[Value, Any, Any]]) -> None:
    """Give each (parameter, old data, new data) its new data: all of them, or if that is interrupted none."""
    try:
        for parameter, _, new in moved:
            parameter.take_over(new)
    except BaseException:
        for parameter, old, _ in moved:
            parameter.take_over(old)
        raise


class Optimizer:
    """The base of optimisers. A subclass has the options in its constructor, and defines `update`.

    Args:
        params: parameters, or dicts ``{"params": parameters, option: value, …}`` whose options differ from the others'.
        defaults: the options of the parameters that say nothing else.

    A parameter that has no gradient, or is frozen (``requires_grad`` False), is left alone, state and all. One that stands
    in `params` twice is an error; a tied one stands in ``model.parameters()`` once.

    Raises:
        ValueError: there are no parameters.
        AttributeError: an option is set as an attribute, ``optimizer.lr = …``, where it would change nothing.
    """

    elementwise: ClassVar[bool] = True  # whether `update` may be handed many parameters one after the other
    compiles: ClassVar[bool] = True  # whether `update` takes no decision on numbers, and makes all of a step

    def __init__(self, params: Iterable[Any], defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self.param_groups: list[Group] = []
        self._resting: dict[Value, State] = {}  # the state of parameters that are in no bucket
        self._buckets: list[Bucket] = []
        self._plan: list[list[int]] = []
        given = list(params)
        if not given:
            raise ValueError(f"{type(self).__name__} got no parameters: pass model.parameters(), or a list of Values")
        for group in given if isinstance(given[0], dict) else [{"params": given}]:
            self.add_param_group(group)

    def __setattr__(self, name: str, value: Any) -> None:
        """An option belongs to the groups: as an attribute it would change nothing, without a word."""
        if name in vars(self).get("defaults", ()):
            raise AttributeError(
                f"{type(self).__name__}.{name} is an option of each group of parameters: "
                f"for group in optimizer.param_groups: group[{name!r}] = {value!r}"
            )
        super().__setattr__(name, value)

    # -- what a subclass says --------------------------------------------------------------------------------------

    def update(self, p: Any, g: Any, state: State, options: Group) -> Any:
        """The new data of parameters `p` with gradients `g`: many as flat arrays, or one in its own shape.

        `state` is empty at first, and is given new numbers and arrays of p's shape. None of the arrays may be changed in place.
        """
        raise NotImplementedError(f"{type(self).__name__} must define update(self, p, g, state, options)")

    def check(self, group: Group) -> None:
        """Raise ValueError for options that make no sense."""
        for name in ("lr", "weight_decay", "eps", "momentum"):
            number = group.get(name, 0)
            if not isinstance(number, (int, float)) or not number >= 0:
                raise ValueError(f"{type(self).__name__}: {name}={number!r} must not be negative, and be a number")
        betas = group.get("betas", ())
        for beta in betas if isinstance(betas, (tuple, list)) else [math.nan]:
            if not 0 <= beta < 1:
                raise ValueError(f"{type(self).__name__}: betas={group['betas']} must be at least 0 and less than 1")

    def fitting(self, p: Value, key: str, entry: Any) -> Any:
        """An entry of a parameter's state that comes from elsewhere: an array has its shape, and gets its dtype."""
        if not isinstance(entry, (np.ndarray, np.generic)):
            return entry
        if entry.shape != p.shape:
            raise ShapeError(f"the optimiser's {key} has shape {entry.shape}, and its parameter {p.shape}")
        return np.array(entry, p.dtype)

    # -- what users call -------------------------------------------------------------------------------------------

    def add_param_group(self, group: dict[str, Any]) -> None:
        """Further parameters, ``{"params": …}``, with options of their own or the defaults."""
        if "params" not in group:
            raise ValueError(
                f'{type(self).__name__}: a group is {{"params": …, option: …}}, and this has {list(group)}'
            )
        params = [group["params"]] if isinstance(group["params"], Value) else list(group["params"])
        known = {id(p) for g in self.param_groups for p in g["params"]}
        for p in params:
            if not isinstance(p, Value):
                raise TypeError(
                    f"{type(self).__name__} moves Values, and got {type(p).__name__}: pass model.parameters()"
                )
            if not p.is_leaf:
                raise ValueError(f"{type(self).__name__}: {p!r} was computed from others: only leaves can be moved")
            if id(p) in known:
                raise ValueError(f"{type(self).__name__}: a parameter of shape {p.shape} stands in the groups twice")
            known.add(id(p))
        made = Group()
        for key, option in {**self.defaults, **group, "params": params}.items():
            made[key] = option
        self.check(made)
        self.param_groups.append(made)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients: the next `backward` begins at nothing (or at zeros)."""
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None if set_to_none or p.grad is None else np.zeros(p.shape, p.dtype)

    def step(self, closure: Closure | None = None) -> Any:
        """Move every parameter that has a gradient: all of them, or after an interrupt none.

        `closure` computes the loss and its gradients first; its result is returned.
        """
        loss = None if closure is None else evaluated(closure)
        live = [[p for p in g["params"] if p.grad is not None and p.requires_grad] for g in self.param_groups]
        if [[*map(id, ps)] for ps in live] != self._plan or not all(b.fits() for b in self._buckets):
            self._regroup(live)
        news: list[tuple[Bucket, Any, list[Any], State]] = []
        moved: list[tuple[Value, Any, Any]] = []
        for bucket in self._buckets:
            state = dict(bucket.state)
            data = self.update(bucket.data, bucket.gradients(), state, bucket.group)
            raws = bucket.split(data)
            news.append((bucket, data, raws, state))
            moved += zip(bucket.parameters, bucket.raws, raws, strict=True)
        replace_all(moved)
        for bucket, data, raws, state in news:
            bucket.data, bucket.raws, bucket.state = data, raws, state
        return loss

    @property
    def state(self) -> dict[Value, State]:
        """What is remembered of each parameter, as arrays in its shape and numbers."""
        return {**self._resting, **{p: s for b in self._buckets for p, s in zip(b.parameters, b.states(), strict=True)}}

    def resume(self, states: dict[Value, State]) -> None:
        """Go on with what `state` gave, or what an `update` elsewhere made of it."""
        self._resting, self._buckets, self._plan = states, [], []

    def state_dict(self) -> dict[str, Any]:
        """All that the next steps depend on, parameters by number: ``{"state": {0: …}, "param_groups": […]}``."""
        number = {id(p): i for i, p in enumerate(self._parameters())}
        groups = [
            {**{k: copy.copy(v) for k, v in g.items() if k != "params"}, "params": [number[id(p)] for p in g["params"]]}
            for g in self.param_groups
        ]
        states = sorted((number[id(p)], {k: copy.copy(v) for k, v in s.items()}) for p, s in self.state.items())
        return {"state": dict(states), "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where an optimiser of the same parameters stood. Nothing is changed if something does not fit."""
        sizes = [len(g["params"]) for g in state_dict["param_groups"]]
        if sizes != [len(g["params"]) for g in self.param_groups]:
            raise ValueError(
                f"{type(self).__name__}.load_state_dict: groups of {sizes} parameters do not fit this optimiser's, which have "
                f"{[len(g['params']) for g in self.param_groups]}"
            )
        parameters = list(self._parameters())
        resting = {}
        for i, entries in state_dict["state"].items():
            p = parameters[int(i)]
            resting[p] = {key: self.fitting(p, key, entry) for key, entry in entries.items()}
        groups = []
        for mine, saved in zip(self.param_groups, state_dict["param_groups"], strict=True):
            made = Group(mine)
            for key, option in saved.items():
                made[key] = mine["params"] if key == "params" else copy.copy(option)
            self.check(made)
            groups.append(made)
        for mine, made in zip(self.param_groups, groups, strict=True):
            mine.update(made)
        self.resume(resting)

    def __repr__(self) -> str:
        options = ", ".join(f"{key}={option!r}" for key, option in self.param_groups[0].items() if key != "params")
        return f"{type(self).__name__}({options}, {sum(1 for _ in self._parameters())} parameters)"

    # -- buckets ---------------------------------------------------------------------------------------------------

    def _parameters(self) -> Iterator[Value]:
        return (p for group in self.param_groups for p in group["params"])

    def _regroup(self, live: list[list[Value]]) -> None:
        """Put parameters together that have a gradient now, one group, one dtype, and states that are equal numbers."""
        states = self.state
        buckets = []
        for group, parameters in zip(self.param_groups, live, strict=True):
            shared: dict[Any, list[Value]] = {}
            for p in parameters:
                alone = id(p) if p.size >= SMALL or not self.elementwise else None
                numbers = tuple(
                    (k, None if isinstance(v, (np.ndarray, np.generic)) else v) for k, v in states.get(p, {}).items()
                )
                shared.setdefault((p.dtype, alone, numbers), []).append(p)
            for together in shared.values():
                kept = [{k: self.fitting(p, k, v) for k, v in states.get(p, {}).items()} for p in together]
                buckets.append(Bucket(together, group, kept))
        bound = {p for ps in live for p in ps}
        self._resting = {p: state for p, state in states.items() if p not in bound}
        for bucket in buckets:
            bucket.fits()
        self._buckets, self._plan = buckets, [[*map(id, ps)] for ps in live]


def evaluated(closure: Closure) -> Any:
    with enable_grad():
        return closure()
