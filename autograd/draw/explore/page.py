"""The page: a template, the picture, the numbers as JSON, and the scripts, all in one file."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from .. import dot, render
from ..collect import Graph
from ..fold import fold_modules
from . import live, sweep
from .arrays import Json

_SCRIPTS = (
    "engine.js",
    "numbers.js",
    "views.js",
    "graph.js",
    "heat.js",
    "panel.js",
    "live.js",
    "plane.js",
    "explorer.js",
)


@dataclass(frozen=True)
class Program:
    """A graph, and what a page says of it whatever its numbers are: its structure, and its rules in JavaScript."""

    graph: Graph
    data: dict[str, Json]
    rules: str


def program(graph: Graph) -> Program:
    """To be asked for while the graph is whole: ``backward(leaves_only=True)`` gives it up."""
    rules, facts = live.script(graph)
    return Program(graph, {**sweep.structure(graph), **facts}, rules)


def write(path: str | Path, program: Program, snapshots: list[Json], style: dot.Style, title: str) -> Path:
    """Write the page for `program` and the numbers in `snapshots` (all of its graph) to `path`."""
    graph = program.graph
    light = dot.Style(style.direction, "light", style.number, caption=False)
    depths = range(max((len(node.calls) for node in graph.nodes.values()), default=0))
    folded = [fold_modules(graph, depth) for depth in depths]
    folds = [_results(graph, fold, depth) for depth, fold in enumerate(folded)]
    data = {
        "title": title,
        "hint": _hint(graph),
        "folds": folds,
        "snapshots": snapshots,
        **program.data,
    }
    parts = {
        "title": html.escape(title),
        "style": _asset("explorer.css"),
        "pictures": "\n".join(_picture(view, light, n) for n, view in enumerate([graph, *folded])),
        "data": json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        "script": "\n".join([program.rules, *map(_asset, _SCRIPTS)]),
    }
    page = _asset("explorer.html")
    pieces = []
    for name, content in parts.items():  # in the order of the template, so that no content is searched for marks
        before, _, page = page.partition(f"<!--{name}-->")
        pieces += [before, content]
    path = Path(path)
    path.write_text("".join([*pieces, page]), encoding="utf-8")
    return path


def _hint(graph: Graph) -> str:
    """Where to look if a number is not finite; nothing otherwise. Values are made oldest first, gradients newest first."""
    nodes = list(graph.nodes.values())
    made = [("The value", node, node.data) for node in nodes] + [("The gradient", n, n.grad) for n in nodes[::-1]]
    for what, node, numbers in made:
        if isinstance(numbers, (np.ndarray, np.generic)) and not np.all(np.isfinite(numbers)):
            return (
                f"{what} of {node.op or node.name or 'an input'} is not finite. “with autograd.strict():” around the "
                "program stops where the first such number is made, and names the line."
            )
    return ""


def _picture(graph: Graph, style: dot.Style, n: int) -> str:
    """The picture number `n`, with identifiers of its own: the first is the whole graph, the others are folded."""
    svg = render.svg(dot.source(graph, style))
    unique = svg if n == 0 else re.sub(r'<g id="(?=node|edge|call)', f'<g id="fold{n}-', svg)
    return f'<div class="view"{" hidden" if n else ""}>{unique}</div>'


def _results(graph: Graph, folded: Graph, depth: int) -> dict[int, int]:
    """For each call that is folded at `depth`, by its number, the key of the box that stands for it."""
    numbers = {call: i for i, call in enumerate(graph.labels)}
    boxes = {key for key, node in folded.nodes.items() if node.kind == "module"}
    return {numbers[graph.nodes[key].calls[depth]]: key for key in boxes}


def _asset(name: str) -> str:
    return (files(__package__) / "assets" / name).read_text(encoding="utf-8")
