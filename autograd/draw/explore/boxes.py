"""How large a node's box must be for what the page writes into it, whatever fonts its reader has of Helvetica's widths."""

from __future__ import annotations

import numpy as np

from ...engine.value import Value
from .. import widths, words
from ..collect import Graph, Node
from .formula import formula

LINE = 16.0  # from one row to the next, in points
_HEAD = 23.0  # the title, and what is around it
_AROUND = 14.0  # left and right of the text
_LEAST, _LEAST_OF_ARRAY = 80.0, 118.0  # for numbers of another moment
_USUAL = 0.6  # of an em, for characters whose width is not known


def width(text: str, points: float, bold: bool = False) -> float:
    """The width of `text` in Helvetica, or about that."""
    known = widths.width(text, points, bold)
    return _USUAL * points * len(text) if known is None else known


def size(node: Node, graph: Graph, number: str) -> tuple[float, float]:
    """The width and height of a node's box: a title, and below it a row for each thing to say."""
    lines = words.rows(node, graph, number)
    if is_bare(node):
        return max(width(lines[0][1], 12) + _AROUND, 28.0), 22.0
    large, small = words.title(node)
    title = width(large, 13, bold=True) + (width(small, 10) + 8 if small else 0)
    rows = (width(word, 10) + width(text, 12) + 8 for word, text in lines)
    least = _LEAST_OF_ARRAY if np.shape(node.data) else _LEAST
    return max(title, *rows, least) + _AROUND, _HEAD + LINE * len(lines)


def is_bare(node: Node) -> bool:
    """Whether a box shows a number and nothing else."""
    return node.kind == "constant" and not node.name


def stretched(value: Value | None, i: int) -> bool:
    """Whether input `i` of an operation was broadcast: of another shape than the result, and used number by number."""
    if value is None or value.op is None or value.op.rule(i) is None:
        return False
    return np.shape(value.inputs[i]) != np.shape(value.data) and formula(value.op, i).local


def arrow(graph: Graph, node: Node, i: int) -> str:
    """What stands beside the arrow from input `i`: the shape that goes along it, and to which it is stretched."""
    shapes = [np.shape(graph.nodes[node.inputs[i]].data), np.shape(node.data)]
    if not any(shapes) or graph.nodes[node.inputs[i]].data is None:
        return ""
    source, result = (" × ".join(map(str, shape)) or "scalar" for shape in shapes)
    return f"Σ {source} → {result}" if node.kind == "operation" and stretched(node.value, i) else source
