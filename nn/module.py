"""`Module`: parameters and parts, found by looking at the attributes of an object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

from autograd import Value, noting, scope


class Parameter(Value):
    """A `Value` that belongs to a `Module` and that an optimiser changes."""

    __slots__ = ()


class Module:
    """Something with parameters that can be called: a layer, a loss, a whole network.

    A subclass assigns its `Parameter`s and its parts (other modules) to attributes, also inside lists, tuples and
    dicts, and defines `forward`. Nothing needs to be registered: the attributes are the register.
    """

    training = True

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The output for these inputs."""
        raise NotImplementedError(f"{type(self).__name__} must define forward(self, …)")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not noting():
            return self.forward(*args, **kwargs)
        with scope(type(self).__name__, self):  # a frame around this call's nodes in a picture of the graph
            return self.forward(*args, **kwargs)

    # -- what is in it -------------------------------------------------------------------------------------------

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The direct parts, each with the name of its attribute."""
        return ((name, part) for name, part in _entries(vars(self)) if isinstance(part, Module))

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """This module and all parts of parts, each once, with dotted names."""
        seen: set[int] = set()
        stack: list[tuple[str, Module]] = [(prefix, self)]
        while stack:
            name, module = stack.pop()
            if id(module) in seen:
                continue
            seen.add(id(module))
            yield name, module
            stack += [(_join(name, key), part) for key, part in reversed(list(module.named_children()))]

    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Parameter]]:
        """Every parameter once (also one that two parts share), with its dotted name."""
        seen: set[int] = set()
        for path, module in self.named_modules(prefix):
            for key, entry in _entries(vars(module)):
                if isinstance(entry, Parameter) and id(entry) not in seen:
                    seen.add(id(entry))
                    yield _join(path, key), entry

    def children(self) -> list[Module]:
        """The direct parts."""
        return [part for _, part in self.named_children()]

    def modules(self) -> list[Module]:
        """This module and all parts of parts."""
        return [module for _, module in self.named_modules()]

    def parameters(self) -> list[Parameter]:
        """Every parameter once."""
        return [parameter for _, parameter in self.named_parameters()]

    # -- what can be done to all of it ---------------------------------------------------------------------------

    def zero_grad(self) -> None:
        """Forget the gradients: the next `backward` begins at nothing."""
        for parameter in self.parameters():
            parameter.grad = None

    def train(self, mode: bool = True) -> Self:
        """Set `training`, here and in every part: some layers act differently in training and in use."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """``train(False)``."""
        return self.train(False)

    # -- how it looks --------------------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What stands between the parentheses of `repr`, before the parts."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        parts = [f"({name}): {part!r}".replace("\n", "\n  ") for name, part in self.named_children()]
        if not parts:
            return f"{type(self).__name__}({extra})"
        return "\n  ".join([f"{type(self).__name__}({extra}", *parts]) + "\n)"


def _entries(container: dict[str, Any] | list[Any] | tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """The modules and parameters in a container and in the containers in it, with dotted names."""
    for key, entry in container.items() if isinstance(container, dict) else enumerate(container):
        if isinstance(entry, (Module, Parameter)):
            yield str(key), entry
        elif isinstance(entry, (dict, list, tuple)):
            yield from ((_join(str(key), inner), found) for inner, found in _entries(entry))


def _join(*names: str) -> str:
    return ".".join(name for name in names if name)
