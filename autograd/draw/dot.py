"""The graph in the language of Graphviz."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Literal

import graphviz

from ..scope import Call
from . import words
from .collect import Graph, Kind, Node
from .theme import THEMES, Theme

Direction = Literal["LR", "RL", "TB", "BT"]
_FONT = "Helvetica"  # its widths are known to every `dot`; pages and pictures fall back to fonts of the same widths


@dataclass(frozen=True)
class Style:
    """How a graph is drawn: which way it runs, in which colours, with numbers in which format.

    Without a theme a picture is light, and a page follows its reader's system.
    """

    direction: Direction = "LR"
    theme: str | None = None
    number: str = ".4g"
    caption: bool = True

    @property
    def colours(self) -> Theme:
        """The colours of a picture."""
        return THEMES[self.theme or "light"]


def source(graph: Graph, style: Style) -> str:
    """The DOT source of the picture."""
    theme = style.colours
    dot = graphviz.Digraph("graph", graph_attr=_ground(graph, style, theme))
    dot.attr(
        "node",
        shape="box",
        style="rounded,filled",
        fontname=_FONT,
        fontsize="12",
        margin="0.07,0.03",
        width="0.3",
        height="0.3",
    )
    dot.attr("edge", color=theme.edge, arrowsize="0.6", penwidth="1.1")
    members: dict[tuple[Call, ...], list[Node]] = {}
    for node in graph.nodes.values():
        members.setdefault(node.calls, []).append(node)
    _frame(dot, (), members, graph, style)
    for node in graph.nodes.values():
        for place, key in enumerate(node.inputs):
            dot.edge(f"n{key}", f"n{node.key}", id=f"edge{node.key}_{place}")
    return dot.source


def _ground(graph: Graph, style: Style, theme: Theme) -> dict[str, str]:
    attributes = {
        "rankdir": style.direction,
        "bgcolor": theme.ground,
        "fontname": _FONT,
        "fontcolor": theme.text,
        "ranksep": "0.45",
        "nodesep": "0.22",
        "pad": "0.25",
    }
    if len(graph.nodes) > 400:  # layout in a second rather than a minute, at the price of some crossings
        attributes |= {"nslimit": "4", "nslimit1": "4", "mclimit": "0.5"}
    if style.caption:
        attributes |= {"label": _caption(graph, theme), "labelloc": "b", "labeljust": "l"}
    return attributes


def _frame(
    dot: graphviz.Digraph,
    path: tuple[Call, ...],
    members: dict[tuple[Call, ...], list[Node]],
    graph: Graph,
    style: Style,
) -> None:
    """The nodes directly within the call `path`, then a frame for each call inside it."""
    theme = style.colours
    for node in members.get(path, []):
        dot.node(f"n{node.key}", **_box(node, graph, style))
    inner = dict.fromkeys(p[: len(path) + 1] for p in members if len(p) > len(path) and p[: len(path)] == path)
    for inside in inner:
        label = words.clean(graph.labels[inside[-1]])
        number = list(graph.labels).index(inside[-1])
        with dot.subgraph(name=f"cluster_{number}") as frame:
            frame.attr(
                label=f"<<b>{_escape(label)}</b>>",
                id=f"call{number}",
                style="rounded,filled",
                fillcolor=theme.frame,
                color=theme.frame_border,
                fontcolor=theme.muted,
                fontsize="11",
                labeljust="l",
                labelloc="t",
                margin="10",
            )
            _frame(frame, inside, members, graph, style)


def _box(node: Node, graph: Graph, style: Style) -> dict[str, str]:
    """Attributes of one node: a title, and below it a line for each thing to say."""
    theme = style.colours
    fill, border = theme.kinds[node.kind]
    result = node.key == graph.root
    return {
        "id": f"node{node.key}",
        "class": f"{node.kind} result" if result else node.kind,
        "label": f"<{_label(node, graph, style, theme)}>",
        "tooltip": _tooltip(node),
        "fillcolor": fill,
        "color": theme.result if result else border,
        "fontcolor": theme.text,
        "penwidth": "2" if result else "1.2",
    }


def _tooltip(node: Node) -> str:
    large, small = words.title(node)
    return graphviz.escape(" ".join(part for part in (large, small) if part))


def _label(node: Node, graph: Graph, style: Style, theme: Theme) -> str:
    lines = words.rows(node, graph, style.number)
    if node.kind == "constant" and not node.name:
        return f"<font>{_escape(lines[0][1])}</font>"
    large, small = words.title(node)
    head = f'<b><font point-size="13">{_escape(large)}</font></b>'
    if small:
        head += f'<font color="{theme.muted}" point-size="10">  {_escape(small)}</font>'
    table = [f'<tr><td colspan="2" align="left">{head}</td></tr>']
    for word, text in lines:
        faint = text in ("not yet", "none") or not word
        value = f'<font color="{theme.muted}" point-size="10">{_escape(text)}</font>' if faint else _escape(text)
        if word:
            key = f'<font color="{theme.muted}" point-size="10">{_escape(word)}   </font>'
            table.append(f'<tr><td align="left">{key}</td><td align="right">{value}</td></tr>')
        else:
            table.append(f'<tr><td colspan="2" align="left">{value}</td></tr>')
    return f'<table border="0" cellborder="0" cellspacing="0" cellpadding="1">{"".join(table)}</table>'


_MEANINGS: dict[Kind, str] = {
    "parameter": "wants a gradient",
    "input": "data",
    "constant": "constant",
    "operation": "computed",
    "module": "module call",
    "omitted": "left out",
}


def _caption(graph: Graph, theme: Theme) -> str:
    """What the colours mean, as far as they occur, and whether there are gradients yet."""
    present = {node.kind for node in graph.nodes.values()}
    cells = []
    for kind, meaning in _MEANINGS.items():
        if kind in present:
            fill, border = theme.kinds[kind]
            cells.append(
                f'<td border="1" bgcolor="{fill}" color="{border}" width="16" height="12" fixedsize="true"></td>'
                f'<td border="0"><font color="{theme.muted}" point-size="10">{meaning}   </font></td>'
            )
    if not graph.backpropagated:
        cells.append(f'<td border="0"><font color="{theme.result}" point-size="10">{words.NOT_YET}</font></td>')
    return f'<<table border="0" cellborder="0" cellspacing="3" cellpadding="0"><tr>{"".join(cells)}</tr></table>>'


def _escape(text: str) -> str:
    """For an HTML-like label. Graphviz would replace backslash N by the node's name, but not across tags."""
    return re.sub(r"\\(\w)", r"\\<font>\1</font>", html.escape(text)) or " "
