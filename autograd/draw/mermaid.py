"""The graph in Mermaid's language, for Markdown."""

from __future__ import annotations

from ..scope import Call
from . import words
from .collect import Graph, Node
from .dot import Style


def source(graph: Graph, style: Style) -> str:
    """A flowchart: the same nodes, frames and edges as in the picture."""
    theme = style.colours
    lines = [f"flowchart {style.direction}"]
    open_calls: tuple[Call, ...] = ()
    numbers = {call: i for i, call in enumerate(graph.labels)}
    for node in sorted(graph.nodes.values(), key=lambda node: [numbers[call] for call in node.calls]):
        shared = 0
        while shared < min(len(open_calls), len(node.calls)) and open_calls[shared] is node.calls[shared]:
            shared += 1
        lines += ["  " * depth + "end" for depth in range(len(open_calls), shared, -1)]
        for depth, call in enumerate(node.calls[shared:], start=shared + 1):
            lines.append("  " * depth + f'subgraph call{numbers[call]}["{_escape(words.clean(graph.labels[call]))}"]')
        open_calls = node.calls
        lines.append("  " * (len(open_calls) + 1) + f'n{node.key}["{_label(node, graph, style)}"]:::{node.kind}')
    lines += ["  " * depth + "end" for depth in range(len(open_calls), 0, -1)]
    lines += [f"  n{key} --> n{node.key}" for node in graph.nodes.values() for key in node.inputs]
    for kind in dict.fromkeys(node.kind for node in graph.nodes.values()):
        fill, border = theme.kinds[kind]
        lines.append(f"  classDef {kind} fill:{fill},stroke:{border},color:{theme.text}")
    lines.append(f"  style n{graph.root} stroke:{theme.result},stroke-width:2px")
    return "\n".join(lines) + "\n"


def _label(node: Node, graph: Graph, style: Style) -> str:
    rows = words.rows(node, graph, style.number)
    if node.kind == "constant" and not node.name:
        return _escape(rows[0][1])
    title = " ".join(part for part in words.title(node) if part)
    return "<br/>".join(_escape(line) for line in (title, *(f"{word} {text}".strip() for word, text in rows)))


def _escape(text: str) -> str:
    """Everything but letters, digits and a few harmless marks as Mermaid's ``#nnn;``."""
    return "".join(c if c.isalnum() or c in " .,+-=…×" else f"#{ord(c)};" for c in text)
