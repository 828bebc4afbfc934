"""Functions that are called around a module's `forward`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from .module import Module


@dataclass(frozen=True, eq=False)
class Hook:
    """A function, and whether it is called before `forward` or after it."""

    function: Callable[..., Any]
    before: bool


class Handle:
    """A hook that can be taken away again, by `remove` or at the end of a ``with``."""

    def __init__(self, module: Module, hook: Hook) -> None:
        self._module, self._hook = module, hook

    def remove(self) -> None:
        """Do not call the hook any more."""
        self._module._hooks = tuple(hook for hook in self._module._hooks if hook is not self._hook)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()
