"""Where the boxes of a page stand: by Graphviz; in layers, which takes no time, where there are too many for it."""

from __future__ import annotations

import json
from collections.abc import Iterable

import graphviz

from ...scope import Call
from .. import render
from ..collect import Graph
from ..dot import Direction
from .arrays import Json
from .boxes import arrow, size, width

MOST = 500  # nodes that Graphviz lays out within a second; as many as views.mjs draws whole
_GAP, _BETWEEN, _MARGIN = 42.0, 14.0, 16.0  # points from layer to layer, from box to box, around everything
_INCH = 72.0
_Box = tuple[float, float, float, float]  # left, top, width, height


def layout(graph: Graph, direction: Direction, number: str) -> Json:
    """Boxes, frames and edges in points, from the top left. Edges are given by their curves only where Graphviz made them."""
    sizes = {key: size(node, graph, number) for key, node in graph.nodes.items()}
    if len(graph.nodes) > MOST:
        return _packed(_layers(graph, sizes, direction), {}, {})
    labels = {(node.key, i): arrow(graph, node, i) for node in graph.nodes.values() for i in range(len(node.inputs))}
    done = json.loads(render.run(_source(graph, sizes, labels, direction), "json"))
    height = float(done["bb"].split(",")[3])
    boxes, frames = {}, {}
    for thing in done.get("objects", []):
        name = thing["name"]
        if name.startswith("cluster_"):
            left, bottom, right, top = map(float, thing["bb"].split(","))
            frames[int(name.removeprefix("cluster_"))] = (left, height - top, right - left, top - bottom)
        elif "pos" in thing:
            x, y = map(float, thing["pos"].split(","))
            key = int(name[1:])
            boxes[key] = (x - sizes[key][0] / 2, height - y - sizes[key][1] / 2, *sizes[key])
    edges = {edge["id"]: _curve(edge, height) for edge in done.get("edges", [])}
    return _packed(boxes, frames, edges)


def _source(
    graph: Graph, sizes: dict[int, tuple[float, float]], labels: dict[tuple[int, int], str], direction: Direction
) -> str:
    """The graph for Graphviz: boxes without text, and room beside the edges for the shapes."""
    gap = "0.2" if any(labels.values()) else "0.3"
    dot = graphviz.Digraph(graph_attr={"rankdir": direction, "ranksep": gap, "nodesep": "0.2", "pad": "0"})
    dot.attr("node", shape="box", fixedsize="true", label="")
    numbers = {call: i for i, call in enumerate(graph.labels)}
    members: dict[tuple[Call, ...], list[int]] = {}
    for key, node in graph.nodes.items():
        members.setdefault(node.calls, []).append(key)

    def fill(inside: graphviz.Digraph, path: tuple[Call, ...]) -> None:
        for key in members.get(path, []):
            inside.node(f"n{key}", width=f"{sizes[key][0] / _INCH:.4f}", height=f"{sizes[key][1] / _INCH:.4f}")
        for deeper in dict.fromkeys(
            p[: len(path) + 1] for p in members if len(p) > len(path) and p[: len(path)] == path
        ):
            with inside.subgraph(name=f"cluster_{numbers[deeper[-1]]}") as frame:
                frame.attr(label="frame", fontsize="11", margin="10")
                fill(frame, deeper)

    fill(dot, ())
    for (key, i), text in labels.items():
        room = f'width="{width(text, 11) + 8:.0f}" height="15" fixedsize="true"'
        label = {"label": f'<<table border="0" cellspacing="0"><tr><td {room}></td></tr></table>>'} if text else {}
        dot.edge(f"n{graph.nodes[key].inputs[i]}", f"n{key}", id=f"{key}_{i}", arrowsize="0.6", **label)
    return str(dot.source)


def _curve(edge: Json, height: float) -> list[float]:
    """The points of an edge's curve, then its tip, then where its label stands, if it has one."""
    tip, *points = edge["pos"].removeprefix("e,").split(" ")
    found = [*points, tip] + ([edge["lp"]] if "lp" in edge else [])
    return [part for point in found for part in _turned(map(float, point.split(",")), height)]


def _turned(point: Iterable[float], height: float) -> tuple[float, float]:
    x, y = point
    return x, height - y


def _layers(graph: Graph, sizes: dict[int, tuple[float, float]], direction: Direction) -> dict[int, _Box]:
    """Each box as many layers before the result as the longest way there has steps, beside what is computed from it."""
    upright = direction in ("TB", "BT")
    users = graph.consumers()
    depth: dict[int, int] = {}
    layers: list[list[int]] = []
    for key in reversed(graph.nodes):  # whoever uses a node is newer
        depth[key] = max((depth[user] + 1 for user in users[key] if user in depth), default=0)
        layers += [[] for _ in range(depth[key] + 1 - len(layers))]
        layers[depth[key]].append(key)
    middle: dict[int, float] = {}
    boxes: dict[int, _Box] = {}
    along = 0.0
    for layer in layers:
        wish = {key: _mean([middle[user] for user in users[key]]) for key in layer}
        end = -float("inf")
        for key in sorted(layer, key=lambda key: wish[key]):
            across = sizes[key][0 if upright else 1]
            start = max(end + _BETWEEN, wish[key] - across / 2)
            middle[key], end = start + across / 2, start + across
        drift = _mean([middle[key] - wish[key] for key in layer])
        thickness = max(sizes[key][1 if upright else 0] for key in layer)
        along -= thickness
        for key in layer:
            middle[key] -= drift
            mine = sizes[key][1 if upright else 0]
            start = along + (thickness - mine) / 2
            x, y = (start, middle[key] - sizes[key][1] / 2) if not upright else (middle[key] - sizes[key][0] / 2, start)
            x, y = (-x - sizes[key][0] if direction == "RL" else x), (-y - sizes[key][1] if direction == "BT" else y)
            boxes[key] = (x, y, *sizes[key])
        along -= _GAP
    return boxes


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def _packed(boxes: dict[int, _Box], frames: dict[int, _Box], edges: dict[str, list[float]]) -> Json:
    """In whole points from the top left corner, with a margin; each size once."""
    around = [*boxes.values(), *frames.values()]
    curves = [(x, y) for curve in edges.values() for x, y in zip(curve[::2], curve[1::2], strict=True)]
    left = min([box[0] for box in around] + [x for x, _ in curves]) - _MARGIN
    top = min([box[1] for box in around] + [y for _, y in curves]) - _MARGIN
    right = max([box[0] + box[2] for box in around] + [x for x, _ in curves]) + _MARGIN
    bottom = max([box[1] + box[3] for box in around] + [y for _, y in curves]) + _MARGIN
    sizes: dict[tuple[int, int], int] = {}
    flat = []
    for key in sorted(boxes):
        x, y, w, h = boxes[key]
        flat += [round(x - left), round(y - top), sizes.setdefault((round(w), round(h)), len(sizes))]
    return {
        "size": [round(right - left), round(bottom - top)],
        "keys": None if len(boxes) == max(boxes) + 1 else sorted(boxes),
        "sizes": list(sizes),
        "boxes": flat,
        "frames": {i: [round(x - left), round(y - top), round(w), round(h)] for i, (x, y, w, h) in frames.items()},
        "edges": {
            name: [round(p - (top if n % 2 else left), 1) for n, p in enumerate(curve)] for name, curve in edges.items()
        },
    }
