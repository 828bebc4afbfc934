"""Modules made of modules, and of parameters."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, Self, TypeVar, overload

from .module import Module, Parameter, modules_and_parameters

Part = TypeVar("Part")


class Identity(Module):
    """Its input, whatever it is; arguments are accepted and forgotten, so that it can stand for any other layer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is kept."""

    def forward(self, x: Any) -> Any:
        return x


class _Container(Module, Generic[Part]):
    """Entries by name, which are named before the other attributes and without the attribute they stand in."""

    parts: dict[str, Part]

    def _entries(self) -> Iterator[tuple[str, Any]]:
        yield from self.parts.items()
        yield from modules_and_parameters({key: entry for key, entry in vars(self).items() if key != "parts"})

    def _kind(self, entry: Any) -> Any:
        """The entry, or an error if it cannot be one."""
        if not isinstance(entry, Module):
            if isinstance(entry, type) and issubclass(entry, Module):
                raise TypeError(
                    f"{type(self).__name__} is made of modules, and got a class: {entry.__name__}() is a module"
                )
            raise TypeError(
                f"{type(self).__name__} is made of modules, and got {entry!r}: a function is put into a Module whose forward "
                "calls it, a list of modules is spread out with *"
            )
        return entry

    def __len__(self) -> int:
        return len(self.parts)


class _List(_Container[Part]):
    """Entries by number, under the names "0", "1", …"""

    def __init__(self, entries: Iterable[Part] = ()) -> None:
        self.parts = {}
        if isinstance(entries, Module):
            raise TypeError(f"{type(self).__name__} is made of a list, and got a {type(entries).__name__}: [layer, …]")
        self.extend(entries)

    def _renumber(self, entries: Iterable[Part]) -> None:
        self.parts = {str(i): entry for i, entry in enumerate(entries)}

    def _key(self, index: int) -> str:
        try:
            return list(self.parts)[index]
        except IndexError:
            raise IndexError(f"{type(self).__name__} has {len(self)} entries, and no number {index}") from None

    @overload
    def __getitem__(self, index: int) -> Part: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> Part | Self:
        """One entry, or for a slice a container of the same entries."""
        if isinstance(index, slice):
            new = copy.copy(self)
            new.parts = dict(list(self.parts.items())[index])
            if not isinstance(self, Sequential):
                new._renumber(new.parts.values())
            return new
        return self.parts[self._key(index)]

    def __setitem__(self, index: int, entry: Part) -> None:
        self.parts[self._key(index)] = self._kind(entry)

    def __delitem__(self, index: int) -> None:
        del self.parts[self._key(index)]
        if all(map(str.isdecimal, self.parts)):
            self._renumber(self.parts.values())

    def __iter__(self) -> Iterator[Part]:
        return iter(self.parts.values())

    def __contains__(self, entry: object) -> bool:
        return any(entry is own for own in self.parts.values())

    def append(self, entry: Part) -> Self:
        """Put an entry at the end."""
        self.parts[self._free()] = self._kind(entry)
        return self

    def extend(self, entries: Iterable[Part]) -> Self:
        """Put entries at the end."""
        for entry in list(entries):
            self.append(entry)
        return self

    __iadd__ = extend

    def add_module(self, name: str, module: Any) -> None:
        """Put an entry under this name, at the end if there is none of that name yet."""
        self.parts[name] = self._kind(module)

    register_module = add_module

    def insert(self, index: int, entry: Part) -> Self:
        """Put an entry before the one at `index`."""
        entries = list(self.parts.items())
        entries.insert(index, (self._free(), self._kind(entry)))
        self.parts = dict(entries)
        if all(map(str.isdecimal, self.parts)):
            self._renumber(self.parts.values())
        return self

    def _free(self) -> str:
        """The first number from the length on that is no name yet: a slice of a `Sequential` keeps its names."""
        return next(str(i) for i in itertools.count(len(self.parts)) if str(i) not in self.parts)


def _parameter(entry: Any) -> Parameter:
    return entry if isinstance(entry, Parameter) else Parameter(entry)


def _shapes(parameters: Mapping[str, Parameter]) -> str:
    return ", ".join(f"({key}): {p.dtype} {p.shape}" for key, p in parameters.items())


class Sequential(_List[Module]):
    """Modules one after the other; ``net[i]`` is one of them, ``net[a:b]`` a `Sequential` of the same modules.

    A dict (an `OrderedDict`) in place of modules gives them names.
    """

    def __init__(self, *modules: Module | Mapping[str, Module]) -> None:
        if len(modules) == 1 and isinstance(modules[0], Mapping):
            self.parts = {name: self._kind(module) for name, module in modules[0].items()}
        else:
            super().__init__(modules)  # type: ignore[arg-type]  # `_kind` looks at each

    def forward(self, x: Any) -> Any:
        for part in self.parts.values():
            x = part(x)
        return x

    def __getattr__(self, name: str) -> Module:
        parts = vars(self).get("parts", {})
        if name not in parts:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        part: Module = parts[name]
        return part


class ModuleList(_List[Module]):
    """A list of modules; what calls them is the `forward` of the module that it belongs to."""


class ParameterList(_List[Parameter]):
    """A list of parameters; an array becomes one."""

    def _kind(self, entry: Any) -> Parameter:
        return _parameter(entry)

    def extra_repr(self) -> str:
        return _shapes(self.parts)


class _Dict(_Container[Part]):
    """Entries by names of the user's."""

    def __init__(self, entries: Mapping[str, Part] | Iterable[tuple[str, Part]] = ()) -> None:
        self.parts = {}
        self.update(entries)

    def __getitem__(self, name: str) -> Part:
        return self.parts[name]

    def __setitem__(self, name: str, entry: Part) -> None:
        self.parts[name] = self._kind(entry)

    def __delitem__(self, name: str) -> None:
        del self.parts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.parts)

    def __contains__(self, name: object) -> bool:
        return name in self.parts

    def keys(self) -> Iterable[str]:
        """The names."""
        return self.parts.keys()

    def values(self) -> Iterable[Part]:
        """The entries."""
        return self.parts.values()

    def items(self) -> Iterable[tuple[str, Part]]:
        """Names and entries."""
        return self.parts.items()

    def pop(self, name: str) -> Part:
        """Take an entry out."""
        return self.parts.pop(name)

    def update(self, entries: Mapping[str, Part] | Iterable[tuple[str, Part]]) -> None:
        """Put entries in, or in the place of others."""
        for name, entry in dict(entries).items():
            self[name] = entry


class ModuleDict(_Dict[Module]):
    """Modules by name."""


class ParameterDict(_Dict[Parameter]):
    """Parameters by name; an array becomes one."""

    def _kind(self, entry: Any) -> Parameter:
        return _parameter(entry)

    def extra_repr(self) -> str:
        return _shapes(self.parts)
