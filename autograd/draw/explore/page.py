"""The page: a template, the pictures and the numbers as JSON, and the scripts, all in one file."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from .. import words
from ..collect import Graph
from ..dot import Style
from ..fold import fold_modules
from ..theme import THEMES, Theme
from . import live, pack, sweep
from .arrays import Json
from .bundle import bundle, plain_css
from .layout import layout


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


@dataclass(frozen=True)
class Page:
    """A whole page in one string. A notebook shows it in a frame, with everything inside; `write` makes it a file."""

    source: str

    def write(self, path: str | Path) -> Path:
        """Write it to the file `path`, which is returned."""
        path = Path(path)
        path.write_text(self.source, encoding="utf-8")
        return path

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{html.escape(self.source)}" sandbox="allow-scripts" title="Backpropagation, step by step" '
            'style="width: 100%; height: 720px; box-sizing: border-box; border: 1px solid #cfd7e3; border-radius: 6px"></iframe>'
        )


def page(program: Program, snapshots: list[Json], style: Style, title: str) -> Page:
    """The page for `program` and the numbers in `snapshots` (all of its graph)."""
    graph = program.graph
    depths = range(max((len(node.calls) for node in graph.nodes.values()), default=0))
    data = {
        "title": title,
        "theme": style.theme,
        "number": style.number,
        "direction": style.direction,
        "hint": _hint(graph),
        "views": [layout(graph, style.direction, style.number), *(_folded(graph, depth, style) for depth in depths)],
        **pack.structure(program.data),
        **pack.moments(snapshots, live=not program.data["still"]),
    }
    parts = {
        "title": html.escape(title),
        "style": plain_css(f"{_colours()}\n{_asset('explorer.css')}"),
        "data": json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        "script": script("main", program.rules),
    }
    rest = re.sub(r"^ +", "", _asset("explorer.html"), flags=re.MULTILINE)
    pieces = []
    for name, content in parts.items():  # in the order of the template, so that no content is searched for marks
        before, _, rest = rest.partition(f"<!--{name}-->")
        pieces += [before, content]
    written = "".join([*pieces, rest]).encode(errors="replace")  # half of a surrogate pair, in a title or a label
    return Page(written.decode())


def script(entry: str, rules: str) -> str:
    """A module of the page and all that it needs; `rules` are those of its graph."""
    return bundle(entry, lambda name: live.module(rules) if name == "rules" else _asset(f"{name}.mjs"))


def _colours() -> str:
    """The colours of the picture as variables of the page, so that it has one list of them."""

    def variables(theme: Theme) -> str:
        named = {"ground": theme.ground, "text": theme.text, "edge": theme.edge, "result": theme.result}
        named |= {"frame": theme.frame, "frame-line": theme.frame_border}
        for kind, (fill, border) in theme.kinds.items():
            named |= {kind: fill, f"{kind}-line": border}
        return " ".join(f"--{name}: {colour};" for name, colour in named.items())

    return "\n".join(
        f":root{'' if name == 'light' else f'[data-theme={name}]'} {{ {variables(theme)} }}"
        for name, theme in THEMES.items()
    )


def _hint(graph: Graph) -> str:
    """Where to look if a number is not finite, or a remark. Values are made oldest first, gradients newest first."""
    nodes = list(graph.nodes.values())
    made = [("The value", node, node.data) for node in nodes] + [("The gradient", n, n.grad) for n in nodes[::-1]]
    for what, node, numbers in made:
        if isinstance(numbers, (np.ndarray, np.generic)) and not np.all(np.isfinite(numbers)):
            return (
                f"{what} of {node.op or node.name or 'an input'} is not finite. “with autograd.strict():” around the "
                "program stops where the first such number is made, and names the line."
            )
    return graph.note


def _folded(graph: Graph, depth: int, style: Style) -> Json:
    """The picture in which the calls at `depth` are folded, and what is another there than in the whole graph."""
    folded = fold_modules(graph, depth)
    numbers = {call: i for i, call in enumerate(graph.labels)}
    boxes = {key: node for key, node in folded.nodes.items() if node.kind == "module"}
    return {
        **layout(folded, style.direction, style.number),
        "inputs": {k: n.inputs for k, n in folded.nodes.items() if n.inputs != graph.nodes[k].inputs},
        "modules": {
            key: {
                "label": words.clean(node.name or ""),
                "note": node.note,
                "rows": [word for word, _ in words.rows(node, folded, style.number)],
            }
            for key, node in boxes.items()
        },
        "calls": {numbers[graph.nodes[key].calls[depth]]: key for key in boxes},
    }


def _asset(name: str) -> str:
    return (files(__package__) / "assets" / name).read_text(encoding="utf-8")
