"""A narrow program as lines of Python: where a group would hold a few numbers, its calls take longer than the arithmetic.

The lines compute what the engine computes, operation by operation, without its nodes: ``v12 = v3 * v7`` on the way forward,
``g3 = g3 + r2(g12, v12, v3, v7)`` on the way back, where r2 is a rule of the table.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..engine.mode import undisturbed
from ..rules.op import Op
from .graph import Graph, hands_on
from .program import Program

_SIGNS = {
    operator.add: "{} + {}", operator.sub: "{} - {}", operator.mul: "{} * {}", operator.truediv: "{} / {}",
    operator.neg: "-{}", operator.pow: "{} ** {}", operator.pos: "{}",
}  # fmt: skip


class Lines:
    """`forward` computes the numbers of a program, `backward` the cotangents of its inputs."""

    def __init__(self, program: Program, graph: Graph) -> None:
        self._program, self._graph, self._kept = program, graph, ()
        self._names: dict[str, Any] = {f"v{p}": c for p, c in enumerate(program.constants, len(program.inputs))}
        inputs = range(len(program.inputs))
        live = [p for p in range(program.first, len(program.classes)) if graph.uses[p]]
        kept = "".join(f"v{p}, " for p in (*inputs, *live))
        found = ([f"v{p}" for p, _ in program.outs], [f"v{p}" for p in program.guards])
        self._forward = self._function(
            [f"v{p}" for p in inputs],
            [self._line(p) for p in live],
            f"[{', '.join(found[0])}], [{', '.join(found[1])}], ({kept})",
        )
        self._has: set[int] = set()  # the places that have received a cotangent so far
        starts = [p for p, leads in program.outs if leads and graph.active[p]]
        lines = [f"{kept}= kept" if kept else "", *(self._add(p, self._cast(f"s{i}", p)) for i, p in enumerate(starts))]
        lines += [line for p in reversed(live) if graph.active[p] for line in self._lines_back(p)]
        self._backward = self._function(
            ["kept", *(f"s{i}" for i in range(len(starts)))],
            lines,
            f"[{', '.join(self._cast(f'g{p}', p) if p in self._has else 'None' for p in inputs)}]",
        )
        del self._program, self._graph, self._has

    def _function(self, parameters: list[str], lines: list[str], result: str) -> Callable[..., Any]:
        body = "\n    ".join([*filter(None, lines), f"return {result}"])
        exec(f"def run({', '.join(parameters)}):\n    {body}", self._names)  # noqa: S102 - of names and signs that are made here
        made: Callable[..., Any] = self._names.pop("run")
        return made

    def _inputs(self, place: int) -> list[str]:
        return [f"v{p}" for p in self._program.operands[place - self._program.first].tolist() if p >= 0]

    def _named(self, name: str, function: Callable[..., Any], static: tuple[Any, ...]) -> str:
        """The name of a function, with the keywords of an operation."""
        self._names[name] = functools.partial(function, **dict(static)) if static else function
        return name

    def _line(self, place: int) -> str:
        """What computes a number."""
        number = self._program.kind_of[place - self._program.first]
        row, static, *_ = self._program.kinds[number]
        function = row.forward if isinstance(row, Op) else row
        sign = None if static else _SIGNS.get(function)
        if sign is None:
            sign = f"{self._named(f'f{number}', function, static)}({', '.join(['{}'] * len(self._inputs(place)))})"
        return f"v{place} = {sign.format(*self._inputs(place))}"

    def _lines_back(self, place: int) -> Iterator[str]:
        """What a number contributes to the cotangents of those that it was computed from."""
        i = place - self._program.first
        number = self._program.kind_of[i]
        row, static, kind, *classes = self._program.kinds[number]
        for k, target in enumerate(self._program.operands[i, : len(classes)].tolist()):
            if not self._graph.carries[i, k]:
                continue
            if hands_on(self._program.kinds[number], k):
                yield self._add(target, f"g{place}")
                continue
            rule = self._named(f"r{number}_{k}", row.rules[k], static)
            cotangent = f"{rule}({', '.join([f'g{place}', f'v{place}', *self._inputs(place)])})"
            yield self._add(target, cotangent if classes[k] is kind else self._cast(cotangent, target))

    def _cast(self, cotangent: str, place: int) -> str:
        """The cotangent in the precision of the number that it belongs to."""
        kind = self._program.classes[place]
        return f"{self._named(kind.__name__, kind, ())}({cotangent})"

    def _add(self, place: int, cotangent: str) -> str:
        before = f"g{place} + " if place in self._has else ""
        self._has.add(place)
        return f"g{place} = {before}{cotangent}"

    def forward(self, raws: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """The results for these numbers of the inputs, and the outcomes of the branches."""
        results, outcomes, self._kept = undisturbed(self._forward, *raws)
        return results, outcomes

    def backward(self, cotangents: Sequence[Any]) -> list[Any]:
        """The cotangents of the inputs (None where there is none), for those of the results, after a forward run."""
        found: list[Any] = undisturbed(self._backward, self._kept, *cotangents)
        return found
