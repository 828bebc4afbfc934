"""Which rows of the table random programs use."""

from __future__ import annotations

import re
import warnings
from collections import Counter

import numpy as np

from autograd import Value
from autograd.engine import backward
from autograd.engine.mode import note, recording
from autograd.rules import COMPOSED, OPS
from autograd.scope import Notes

from .program import OURS, Program


class Coverage:
    """Counts rows (by the nodes of the graph and of its gradient) and compositions (by their names in the steps)."""

    def __init__(self) -> None:
        self.rows: Counter[str] = Counter()
        self.compositions: Counter[str] = Counter()

    def add(self, program: Program) -> None:
        nodes: set[str] = set()
        look = Notes(look=lambda node: nodes.add(node.op.name))
        noted, token = note.set(look), recording.set(look)  # the backward pass notes too
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                leaves = [Value(x) for x in program.leaves]
                out = program(*leaves, library=OURS)
                if isinstance(out, Value) and out.requires_grad:
                    backward.grad(out, leaves, create_graph=True, allow_unused=True)
        finally:
            recording.reset(token)
            note.reset(noted)
        self.rows.update(nodes)
        names = {
            name
            for step in program.steps
            for name in re.findall(r"\bnp\.((?:fft\.|linalg\.|lib\.stride_tricks\.)?\w+)", step)
        }
        self.rows.update(names & OPS.keys() - nodes)  # those without a derivative record nothing
        self.compositions.update(names & COMPOSED.keys())

    def __str__(self) -> str:
        lines = []
        for what, table, seen in (("rows", OPS, self.rows), ("compositions", COMPOSED, self.compositions)):
            missing = sorted(table.keys() - seen.keys())
            lines.append(
                f"{len(table) - len(missing)} of {len(table)} {what}; not reached: {' '.join(missing) or 'none'}"
            )
        return "\n".join(lines)
