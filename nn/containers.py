"""Modules made of modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .module import Module


class Sequential(Module):
    """Modules one after the other; ``net[i]`` is one of them."""

    def __init__(self, *modules: Module) -> None:
        self.parts = list(modules)

    def forward(self, x: Any) -> Any:
        for part in self.parts:
            x = part(x)
        return x

    def named_children(self) -> Iterator[tuple[str, Module]]:
        return ((str(i), part) for i, part in enumerate(self.parts))

    def __getitem__(self, index: int) -> Module:
        return self.parts[index]

    def __len__(self) -> int:
        return len(self.parts)
