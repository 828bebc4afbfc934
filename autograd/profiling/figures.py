"""What a profile noted, summed up: per operation, per module, as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..columns import columns
from .noted import Key, Kind, Scopes, Sums


@dataclass
class Figures:
    """What an operation or a module took: calls, seconds forward and backward, bytes of results."""

    name: str
    calls: int = 0
    forward: float = 0.0
    backward: float = 0.0
    bytes: int = 0

    @property
    def seconds(self) -> float:
        """Forward and backward together."""
        return self.forward + self.backward

    def add(self, kind: Kind, sums: Sums) -> None:
        """Add the times and bytes of operations."""
        if kind == "forward":
            self.forward += sums.seconds
        else:
            self.backward += sums.seconds
        self.bytes += sums.bytes


def by_operation(sums: dict[Key, Sums]) -> list[Figures]:
    """One line for each operation, the slowest first."""
    lines: dict[str, Figures] = {}
    for (kind, name, _), found in sums.items():
        if kind != "scope":
            line = lines.setdefault(name, Figures(name))
            line.add(kind, found)
            line.calls += found.number if kind == "forward" else 0
    return _sorted(lines.values())


def by_module(sums: dict[Key, Sums]) -> list[Figures]:
    """One line for each module and scope, with the operations in it and in what it calls, the slowest first."""
    named = labels(scopes for _, _, scopes in sums)
    lines = {scopes: Figures(label) for scopes, label in named.items()}
    for (kind, _, scopes), found in sums.items():
        if kind == "scope":
            lines[scopes].calls += found.number
        else:
            for depth in range(1, len(scopes) + 1):
                lines[scopes[:depth]].add(kind, found)
    return _sorted(lines.values())


def _sorted(lines: Iterable[Figures]) -> list[Figures]:
    return sorted(lines, key=lambda line: line.seconds, reverse=True)


def labels(paths: Iterable[Scopes]) -> dict[Scopes, str]:
    """``Sequential/Linear #2`` for each scope and those around it: numbered where one place has several of that name."""
    places = dict.fromkeys(path[:depth] for path in paths for depth in range(1, len(path) + 1))
    owners: dict[tuple[Scopes, str], list[int]] = {}
    for *outer, (name, owner) in places:
        owners.setdefault((tuple(outer), name), []).append(owner)
    result: dict[Scopes, str] = {(): ""}
    for path in sorted(places, key=len):
        (*outer, (name, owner)), same = path, owners[path[:-1], path[-1][0]]
        label = f"{name} #{same.index(owner) + 1}" if len(same) > 1 else name
        result[path] = f"{result[tuple(outer)]}/{label}" if outer else label
    return {path: result[path] for path in places}


def elsewhere(operations: list[Figures], seconds: float) -> float:
    """What is left of the block's time. Several threads may spend more than that."""
    return max(0.0, seconds - sum(line.seconds for line in operations))


def report(operations: list[Figures], modules: list[Figures], seconds: float) -> str:
    """The two tables; the times of the first and what is left add up to those of the block."""
    rest = elsewhere(operations, seconds)
    lines = [
        f"profile of {_milliseconds(seconds)} ms",
        "",
        *_table("operation", operations, seconds),
        f"  elsewhere (Python, the engine, what is not recorded): {_milliseconds(rest)} ms, {_share(rest, seconds)}",
    ]
    if modules:
        lines += ["", *_table("module, with all in it", modules, seconds)]
    return "\n".join(lines)


def _table(title: str, lines: list[Figures], seconds: float) -> list[str]:
    rows = [
        (
            line.name,
            f"{line.calls:,}",
            _milliseconds(line.forward),
            _milliseconds(line.backward),
            _share(line.seconds, seconds),
            _size(line.bytes),
        )
        for line in lines
    ]
    return columns((title, "calls", "forward ms", "backward ms", "time", "results"), rows)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:,.3f}"


def _share(part: float, whole: float) -> str:
    return f"{part / whole if whole else 0:.1%}"


def _size(number: float) -> str:
    """``1.5 MiB``."""
    if number < 1024:
        return f"{number} B"
    for unit in ("KiB", "MiB"):
        number /= 1024
        if number < 1024:
            return f"{number:.1f} {unit}"
    return f"{number / 1024:,.1f} GiB"
