"""Wrong derivatives made on purpose, to be compared with the one under test: fault by fault, what would come out.

Where the function also runs on `Value`s its graph is known, and with it every use of an input; where the derivative is
a hand-written ``vjp(g, out, *inputs)`` it can be asked again with `out` and an input exchanged.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import tree
from ..engine import backward
from ..engine.graph import Node, by_age, reachable
from ..engine.shapes import fit
from ..engine.value import Value, wrap
from ..rules.op import Op, Rule
from .evidence import Suspect
from .ladder import Vector

_MOST_NODES = 100  # of a graph in which single steps are tried out
_MOST_USES = 256
_MOST_DETACHED = 24  # edges of which pairs are tried
_KINDS = ("at-output", "detached", "chain")  # in the order in which they are tried
_LINEAR = ("add", "subtract", "positive", "negative")  # operations whose slope of 1 nobody forgets


@dataclass(frozen=True)
class Uses:
    """What can be tried out: the function on lists of leaves, and the vjp with the output and the inputs exchanged."""

    call: Callable[[list[Any]], Any] | None = None
    vjp: Callable[[Any, Any, list[Any]], list[Any]] | None = None

    def contributions(self, s: Suspect) -> list[tuple[str, Vector]]:
        """For each operation that uses the input its name and what that use alone contributes; empty if not known."""
        traced = self._trace(s)
        if traced is None:
            return []
        out, leaf = traced
        nodes, _ = reachable([out])
        users = [
            (node, i)
            for node in nodes
            for i, parent in enumerate(node.parents)
            if parent is leaf and node.op is not None and node.op.rule(i) is not None
        ]
        if not 1 < len(users) <= _MOST_USES:
            return []
        return [(node.op.name, self._rows(s, out, node, i)) for node, i in users if node.op is not None]

    def _trace(self, s: Suspect) -> tuple[Value, Value] | None:
        """The single output as a `Value` and the suspect input's leaf; None if the function refuses Values."""
        problem = s.answers.problem
        if self.call is None or len(problem.outputs) != 1 or s.part.is_complex or problem.outputs[0].is_complex:
            return None
        values = [wrap(array, requires_grad=True) for array in problem.arrays(problem.point)]
        try:
            with np.errstate(all="ignore"):
                result = self.call(values)
        except Exception:
            return None  # a function for plain arrays only: there is no graph to ask
        outs = [leaf for leaf in tree.flatten(result)[0] if isinstance(leaf, Value) and leaf.requires_grad]
        place = [part.name for part in problem.inputs].index(s.part.name)
        return (outs[0], values[place]) if len(outs) == 1 else None

    def _rows(self, s: Suspect, out: Value, node: Any, i: int) -> Vector:
        """The derivative of each output row through input `i` of one node."""
        assert node.op is not None
        rule = node.op.rule(i)
        assert rule is not None
        rows = []
        for seed in _seeds(s):
            g = seed if node is out else backward.grad(out, node, seed, allow_unused=True)
            with np.errstate(all="ignore"):
                c = fit(rule(g, node.data, *node.inputs, **node.static), node.inputs[i])
            rows.append(np.asarray(c, dtype=float).ravel()[s.columns - s.part.start])
        return np.stack(rows)

    def at_output(self, s: Suspect) -> bool:
        """Whether the vjp becomes right when `out` is replaced by the input."""
        return self._exchanged(s, lambda out, x: (x, None))

    def fault(self, s: Suspect) -> tuple[str, str] | None:
        """The fault in a single step of the computation that explains what was given: its kind, and the operation."""
        traced = self._trace(s)
        if traced is None:
            return None
        out, leaf = traced
        nodes, _ = reachable([out])
        if len(nodes) > _MOST_NODES:
            return None
        faults = [(node, *fault) for node in sorted(nodes, key=by_age) for fault in _faulty(node)]
        for node, kind, i, faulty in sorted(faults, key=lambda fault: _KINDS.index(fault[1])):
            if self._explained_by(s, out, leaf, {node.number: (node, faulty)}):
                return "overwritten" if kind == "detached" and node.parents[i] is leaf else kind, faulty.name
        detached = [(node, faulty) for node, kind, _, faulty in faults if kind == "detached"]
        for pair in itertools.combinations(detached[:_MOST_DETACHED], 2):
            both = {node.number: (node, faulty) for node, faulty in pair}
            if len(both) == 2 and self._explained_by(s, out, leaf, both):
                return "detached", "` and `".join(faulty.name for _, faulty in pair)
        return None

    @staticmethod
    def _explained_by(s: Suspect, out: Value, leaf: Value, faults: dict[int, tuple[Node, Op]]) -> bool:
        """Whether the given derivative is what comes out if some nodes have other operations' rules."""
        kept = [(node, node.op) for node, _ in faults.values()]
        try:
            for node, faulty in faults.values():
                node.op = faulty
            for k, seed in enumerate(_seeds(s)):
                row = np.asarray(backward.grad(out, leaf, seed, allow_unused=True), dtype=float).ravel()
                if not s.explains(s.given, row[s.columns - s.part.start], row=k):
                    return False
        finally:
            for node, op in kept:
                node.op = op
        return True

    def at_input(self, s: Suspect) -> bool:
        """Whether the vjp becomes right when the input is replaced by `out`."""
        return self._exchanged(s, lambda out, x: (out, out))

    def _exchanged(self, s: Suspect, exchange: Callable[[Any, Any], tuple[Any, Any]]) -> bool:
        problem = s.answers.problem
        if self.vjp is None or len(problem.outputs) != 1 or problem.outputs[0].shape != s.part.shape:
            return False
        place = [part.name for part in problem.inputs].index(s.part.name)
        arrays = problem.arrays(problem.point)
        out = problem.outputs_at(problem.arrays(problem.point))[0]
        new_out, new_x = exchange(out, arrays[place])
        if new_x is not None:
            arrays[place] = new_x
        rows = []
        for seed in _seeds(s):
            try:
                with np.errstate(all="ignore"):
                    answer = self.vjp(seed, new_out, arrays)[place]
                rows.append(s.part.vector(answer, conjugate=True)[s.columns - s.part.start])
            except Exception:
                return False
        return s.explains(np.stack(rows))


def _faulty(node: Node) -> Iterator[tuple[str, int, Op]]:
    """The node's operation with the rule of one input wrong, in each of the ways that are tried."""
    op = node.op
    if op is None or op.variadic:
        return
    for i, parent in enumerate(node.parents):
        rule = op.rule(i)
        if parent is None or rule is None:
            continue
        if len(node.inputs) == 1 and parent.shape == np.shape(node.raw) and not node.static:
            yield "at-output", i, _with_rule(op, i, _at_output(op, rule))
        if parent.shape == np.shape(node.raw) and op.name not in _LINEAR:
            yield "chain", i, _with_rule(op, i, lambda g, *_, **__: g)
        yield "detached", i, _with_rule(op, i, lambda g, out, *xs, i=i, **__: np.zeros_like(xs[i]))


def _with_rule(op: Op, i: int, rule: Rule) -> Op:
    """The operation with another rule for input `i`."""
    rules = [*op.rules[:i], rule, *op.rules[i + 1 :]]
    return Op(op.function, *rules, forward=op.forward, name=op.name)


def _at_output(op: Op, rule: Rule) -> Rule:
    """The rule, given the output for the input, and f of the output for the output."""
    return lambda g, out, x: rule(g, op.forward(out), out)


def _seeds(s: Suspect) -> list[Any]:
    """The cotangents that belong to the rows of the comparison."""
    part = s.answers.problem.outputs[0]
    return [part.array(row, conjugate=True) for row in s.comparison.weights]
