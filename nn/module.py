"""`Module`: parameters, buffers and parts, found by looking at the attributes of an object."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Self

import numpy as np

from autograd import DtypeError, GraphError, ShapeError, Value, noting, scope
from autograd.scope import beginning, note_call

from . import state
from .hooks import Handle, Hook


class Parameter(Value):
    """A `Value` that belongs to a `Module` and that an optimiser changes."""

    __slots__ = ()

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Whether it has a gradient; without one, no optimiser moves it."""
        self.requires_grad = requires_grad
        if not requires_grad:
            self.grad = None
        return self

    def __iadd__(self, other: Any) -> Self:
        return self._become(self + other)

    def __isub__(self, other: Any) -> Self:
        return self._become(self - other)

    def __imul__(self, other: Any) -> Self:
        return self._become(self * other)

    def __itruediv__(self, other: Any) -> Self:
        return self._become(self / other)

    def _become(self, result: Value) -> Self:
        """``p -= lr * p.grad`` under `no_grad`: other numbers in the same parameter, which the module and an optimiser hold."""
        if result.requires_grad:
            raise GraphError(
                f"{self.name or 'a parameter'} was to be changed in place while it is being differentiated. A step of training "
                "is made under autograd.no_grad(), or with p.data -= …; a result has a name of its own: y = p + 1"
            )
        if result.shape != self.shape:
            raise ShapeError(
                f"{self.name or 'a parameter'} has shape {self.shape}, and was to be changed to {result.shape}"
            )
        self.data = result.raw.astype(self.dtype)
        return self


class Module:
    """Something with parameters that can be called: a layer, a loss, a whole network.

    A subclass assigns its `Parameter`s and its parts (other modules) to attributes, also inside lists, tuples and
    dicts, and defines `forward`. Nothing needs to be registered: the attributes are the register. Arrays that belong to
    its state and are not trained are named by `register_buffer`.

    Raises:
        NotImplementedError: it is called, and has no `forward`.
        TypeError: an attribute that would be trained is a plain Value.
        AttributeError: `requires_grad` is set, which only parameters have; see `requires_grad_`.

    Examples:
        >>> class Scaled(Module):
        ...     def __init__(self):
        ...         self.weight = Parameter(np.ones(3))
        ...
        ...     def forward(self, x):
        ...         return x * self.weight
        >>> Scaled()(2.0).data
        array([2., 2., 2.])
    """

    training = True
    settings: ClassVar[tuple[str, ...]] = ()  # the attributes that `repr` shows
    torch_layout: ClassVar[
        dict[str, tuple[int, ...]]
    ] = {}  # how the axes of a parameter stand in PyTorch's of that name
    _buffer_names: tuple[str, ...] = ()
    _transient: frozenset[str] = frozenset()  # the buffers that `state_dict` leaves out
    _hooks: tuple[Hook, ...] = ()

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The output for these inputs."""
        raise NotImplementedError(f"{type(self).__name__} must define forward(self, …)")

    def __call__(self, *args: Any, **kwargs: Any) -> Value | Any:
        """`forward`, with the hooks around it."""
        run = self._hooked if self._hooks else self.forward
        try:
            if not noting():
                if "autograd.draw" not in sys.modules:  # who draws no pictures pays for no frames in them
                    return run(*args, **kwargs)
                begun = beginning()
                output = run(*args, **kwargs)
                if output.__class__ is Value:
                    note_call(output, self.__class__, begun)
                return output
            with scope(type(self).__name__, self):
                return run(*args, **kwargs)
        except AttributeError as error:
            if isinstance(error.obj, list) and any(error.obj is given for given in args):
                raise DtypeError(
                    f"{type(self).__name__} computes with arrays, and got a list: np.asarray(x)"
                ) from error
            raise

    def _hooked(self, *args: Any, **kwargs: Any) -> Any:
        for hook in self._hooks:
            if hook.before and (changed := hook.function(self, args)) is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
        output = self.forward(*args, **kwargs)
        for hook in self._hooks:
            if not hook.before and (changed := hook.function(self, args, output)) is not None:
                output = changed
        return output

    def __setattr__(self, name: str, value: Any) -> None:
        """A parameter, a part or a buffer is registered under its name."""
        if type(value) is Value and value.op is None and value.requires_grad:
            raise TypeError(
                f"{type(self).__name__}.{name}: a plain Value would not be trained. Make it an nn.Parameter, or a constant "
                "(its detach()); an array that belongs to the state is named by register_buffer"
            )
        if name == "requires_grad":
            raise AttributeError(
                f"{type(self).__name__}.requires_grad would change nothing: requires_grad_(…) does it for every parameter, "
                "and freeze() is requires_grad_(False)"
            )
        if isinstance(value, Parameter) and value.name is None:
            value.name = name  # for pictures and messages
        super().__setattr__(name, value)

    # -- what is in it -------------------------------------------------------------------------------------------

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The direct parts, each with the name of its attribute."""
        return ((name, part) for name, part in self._entries() if isinstance(part, Module))

    def named_modules(self, prefix: str = "", remove_duplicate: bool = True) -> Iterator[tuple[str, Module]]:
        """This module and all parts of parts, with dotted names: each once, or by every name that it has."""
        seen: set[int] = set()
        stack: list[tuple[str, Module, frozenset[int]]] = [(prefix, self, frozenset())]
        while stack:
            name, module, around = stack.pop()
            if id(module) in (seen if remove_duplicate else around):
                continue
            seen.add(id(module))
            yield name, module
            inside = around | {id(module)}
            stack += [(_join(name, key), part, inside) for key, part in reversed(list(module.named_children()))]

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Every parameter with its dotted name: once, also one that two parts share, or by every name that it has.

        Without `recurse` those of this module alone, and not of its parts.
        """
        seen: set[int] = set()
        for path, module in self.named_modules(prefix, remove_duplicate) if recurse else [(prefix, self)]:
            for key, entry in module._entries():
                if isinstance(entry, Parameter) and not (remove_duplicate and id(entry) in seen):
                    seen.add(id(entry))
                    yield _join(path, key), entry

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, np.ndarray]]:
        """Every buffer with its dotted name; without `recurse` those of this module alone."""
        for path, module in self.named_modules(prefix, remove_duplicate) if recurse else [(prefix, self)]:
            for key in module._buffer_names:
                if (buffer := getattr(module, key)) is not None:
                    yield _join(path, key), buffer

    def children(self) -> list[Module]:
        """The direct parts."""
        return [part for _, part in self.named_children()]

    def modules(self) -> list[Module]:
        """This module and all parts of parts."""
        return [module for _, module in self.named_modules()]

    def parameters(self, recurse: bool = True) -> list[Parameter]:
        """Every parameter once; without `recurse` those of this module alone."""
        return [parameter for _, parameter in self.named_parameters(recurse=recurse)]

    def buffers(self, recurse: bool = True) -> list[np.ndarray]:
        """Every buffer; without `recurse` those of this module alone."""
        return [buffer for _, buffer in self.named_buffers(recurse=recurse)]

    def get_submodule(self, target: str) -> Module:
        """The part with this dotted name; itself for the empty one."""
        return _found(self, "module", dict(self.named_modules(remove_duplicate=False)), target)

    def get_parameter(self, target: str) -> Parameter:
        """The parameter with this dotted name."""
        return _found(self, "parameter", dict(self.named_parameters(remove_duplicate=False)), target)

    def get_buffer(self, target: str) -> np.ndarray:
        """The buffer with this dotted name."""
        return _found(self, "buffer", dict(self.named_buffers(remove_duplicate=False)), target)

    def num_parameters(self, *, trainable: bool = False) -> int:
        """How many numbers there are in all parameters, or in those that are not frozen."""
        return sum(p.size for p in self.parameters() if p.requires_grad or not trainable)

    def _entries(self) -> Iterator[tuple[str, Any]]:
        """The parts and parameters among the attributes, and in the lists, tuples and dicts there."""
        return modules_and_parameters(vars(self))

    # -- what it adds to itself ------------------------------------------------------------------------------------

    def register_buffer(self, name: str, array: Any, persistent: bool = True) -> None:
        """Make `array` the attribute `name`: state that is not trained, such as a running mean.

        `to` changes its dtype, and `state_dict` has it if it is `persistent`. None is a buffer that is not there.
        """
        setattr(self, name, None if array is None else np.array(array))
        if name not in self._buffer_names:
            self._buffer_names = (*self._buffer_names, name)
        self._transient = self._transient - {name} if persistent else self._transient | {name}

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """``setattr(self, name, param)``, for names that are computed; None is a parameter that is not there."""
        self._set(name, param, Parameter)

    def add_module(self, name: str, module: Module | None) -> None:
        """``setattr(self, name, module)``, for names that are computed; None is a part that is not there."""
        self._set(name, module, Module)

    register_module = add_module

    def _set(self, name: str, entry: Any, kind: type) -> None:
        if not isinstance(entry, (kind, type(None))):
            raise TypeError(
                f"{type(self).__name__}.{name} was to be a {kind.__name__}, and is a {type(entry).__name__}"
            )
        setattr(self, name, entry)

    def register_forward_pre_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call ``hook(module, args)`` before `forward`; what it returns, if not None, are the arguments in their place."""
        return self._hook(hook, before=True)

    def register_forward_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call ``hook(module, args, output)`` after `forward`; what it returns, if not None, is the output in its place."""
        return self._hook(hook, before=False)

    def _hook(self, function: Callable[..., Any], *, before: bool) -> Handle:
        hook = Hook(function, before)
        self._hooks = (*self._hooks, hook)
        return Handle(self, hook)

    # -- what can be done to all of it ---------------------------------------------------------------------------

    def apply(self, function: Callable[[Module], object]) -> Self:
        """Call `function` with every part, and with this module last."""
        for module in reversed(self.modules()):
            function(module)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients: the next `backward` begins at nothing (or at zeros)."""
        for p in self.parameters():
            p.grad = None if set_to_none or p.grad is None else np.zeros(p.shape, p.dtype)

    def train(self, mode: bool = True) -> Self:
        """Set `training`, here and in every part: some layers act differently in training and in use."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """``train(False)``."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Whether the parameters have gradients. Frozen ones get none, and an optimiser leaves them where they are."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def freeze(self) -> Self:
        """``requires_grad_(False)``."""
        return self.requires_grad_(False)

    def unfreeze(self) -> Self:
        """``requires_grad_(True)``."""
        return self.requires_grad_(True)

    def to(self, dtype: Any) -> Self:
        """Change parameters, their gradients, and buffers of floating point numbers to `dtype`, in place.

        Where PyTorch has a device too, "cpu" is the only one.
        """
        if isinstance(dtype, str) and dtype == "cpu":
            return self
        try:
            dtype = np.dtype(dtype)
        except TypeError:
            raise DtypeError(
                f"{type(self).__name__}.to({dtype!r}): that is no dtype, and the only device is 'cpu'"
            ) from None
        if dtype.kind not in "fc":
            raise DtypeError(f"{type(self).__name__}.to({dtype}): parameters are floating point or complex numbers")
        for parameter in self.parameters():
            if parameter.dtype != dtype:
                gradient = parameter.grad
                parameter.data = parameter.raw.astype(dtype)
                parameter.grad = None if gradient is None else gradient.astype(dtype)
        for module in self.modules():
            for name in module._buffer_names:
                buffer = getattr(module, name)
                if buffer is not None and buffer.dtype.kind in "fc":
                    setattr(module, name, buffer.astype(dtype))
        return self

    def cpu(self) -> Self:
        """Itself: there is no other device."""
        return self

    def float(self) -> Self:
        """``to(np.float32)``."""
        return self.to(np.float32)

    def double(self) -> Self:
        """``to(np.float64)``."""
        return self.to(np.float64)

    # -- its state -------------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, np.ndarray]:
        """Copies of all parameters and persistent buffers, under PyTorch's names and in its order."""
        return state.state_dict(self)

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> state.IncompatibleKeys:
        """Take over the numbers of a `state_dict`: all of them, or after an error none.

        Args:
            state_dict: arrays under the names that `state_dict` gives them; each is brought to the dtype it has here.
            strict: whether names that are missing, or that this module does not have, are an error; else they are
                returned. A shape that does not fit always is one.

        Raises:
            StateDictError: with the list of what is missing, unexpected or misshapen.
        """
        return state.load_state_dict(self, state_dict, strict)

    # -- how it looks --------------------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What stands between the parentheses of `repr`, before the parts."""
        return ", ".join(f"{name}={_shown(getattr(self, name))}" for name in type(self).settings)

    def __repr__(self) -> str:
        """The parts, indented, each with its name."""
        extra, name = self.extra_repr(), type(self).__name__
        parts = [f"({key}): {part!r}".replace("\n", "\n  ") for key, part in self.named_children()]
        if not parts:
            return f"{name}({extra})"
        return "\n  ".join([f"{name}(", *([extra] if extra else []), *parts]) + "\n)"


def modules_and_parameters(container: dict[str, Any] | list[Any] | tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """The modules and parameters in a container and in the containers in it, with dotted names."""
    for key, entry in container.items() if isinstance(container, dict) else enumerate(container):
        if isinstance(entry, (Module, Parameter)):
            yield str(key), entry
        elif isinstance(entry, (dict, list, tuple)):
            yield from ((_join(str(key), inner), found) for inner, found in modules_and_parameters(entry))


def _join(*names: str) -> str:
    return ".".join(name for name in names if name)


def _shown(setting: Any) -> str:
    return repr(setting.tolist()) if isinstance(setting, np.ndarray) else repr(setting)


def _found(module: Module, kind: str, named: dict[str, Any], target: str) -> Any:
    if target not in named:
        raise AttributeError(f"{type(module).__name__} has no {kind} {target!r}; it has {', '.join(named) or 'none'}")
    return named[target]
