"""`draw`: a picture of the graph behind a value."""

from __future__ import annotations

import tempfile
import warnings
import webbrowser
from functools import cached_property
from pathlib import Path
from typing import Any

from ..engine.value import Value
from ..errors import ShapeError, user_line
from . import dot, mermaid, render, text, words
from .collect import Graph, collect
from .explore.page import Page
from .explore.recorder import explore
from .fold import fold_inputs, fold_modules, fold_repeats
from .theme import THEMES
from .widths import fitted


class Picture:
    """A graph ready to be shown: as SVG in a notebook, as text when printed, as a file by `render`."""

    def __init__(self, value: Value, graph: Graph, style: dot.Style) -> None:
        self.value = value
        self.graph = graph
        self.style = style

    @cached_property
    def source(self) -> str:
        """The picture in Graphviz's language."""
        return dot.source(self.graph, self.style)

    @cached_property
    def svg(self) -> str:
        """The picture as an ``<svg>`` element. Raises `RenderError` where no program can lay it out."""
        return fitted(render.svg(self.source))

    def mermaid(self) -> str:
        """The picture in Mermaid's language, which Markdown renderers draw inside a block marked ``mermaid``."""
        return mermaid.source(self.graph, self.style)

    def render(self, path: str | Path) -> Path:
        """Write the picture to `path`, in the format of its suffix: .svg, .png, .pdf, .dot or .mmd.

        Where no program can lay it out, the DOT source is written beside it, with a warning that says so.

        Returns:
            The path of the file that was written.

        Raises:
            RenderError: the program failed, or writes no files of this kind.
            ShapeError: the suffix is none of these.
        """
        path = Path(path)
        kind = path.suffix[1:].lower()
        if kind in ("dot", "gv"):
            return _write(path, self.source)
        if kind in ("mmd", "mermaid"):
            return _write(path, self.mermaid())
        if kind not in ("svg", "png", "pdf"):
            raise ShapeError(
                f"render({str(path)!r}) at {user_line()}: the suffix must be .svg, .png, .pdf, .dot or .mmd"
            )
        if render.find() is None:
            instead = path.with_suffix(".dot")
            warnings.warn(
                f"no program was found that lays out graphs, so {instead} was written instead of {path}. "
                f"{render.ADVICE}",
                stacklevel=2,
            )
            return _write(instead, self.source)
        if kind == "svg":
            return _write(path, self.svg)
        path.write_bytes(render.run(self.source, kind))
        return path

    def html(
        self,
        path: str | Path,
        *,
        compare: Value | None = None,
        labels: tuple[str, str] = ("before", "after"),
        title: str = "Backpropagation",
    ) -> Path:
        """Write the page of `explore` to the file `path`; it is one file, which needs no network and no program."""
        return self.explore(compare=compare, labels=labels, title=title).write(path)

    def explore(
        self,
        *,
        compare: Value | None = None,
        labels: tuple[str, str] = ("before", "after"),
        title: str = "Backpropagation",
    ) -> Page:
        """The page that steps through backpropagation: a notebook shows it in a frame, ``write(path)`` makes it a file.

        It shows every operation (the newest 1000), and where each gradient comes from: the local rule, the numbers
        put in, the sum of the contributions. It computes the gradients itself, without touching any ``.grad``. Where a leaf was
        changed since, as by a step of training, the numbers are computed anew from what it is now, and the page says so.

        Args:
            compare: the same computation at another moment, such as after a training step; its numbers stand beside.
            labels: what to call the two moments.
            title: the headline.

        Raises:
            RenderError: no program can lay out the graph.
            GraphError: `compare` was computed by other operations, or on other shapes.
            ChangedDataError: a large plain array was changed after the result had been computed from it.
        """
        return explore(self.value, compare=compare, labels=labels, title=words.clean(title), style=self.style)

    def view(self) -> Path:
        """Write the picture to a temporary file, and open it in the browser."""
        with tempfile.NamedTemporaryFile(suffix=".svg", prefix="graph-", delete=False) as file:
            path = self.render(file.name)
        webbrowser.open(path.resolve().as_uri())
        return path

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows: SVG, and text where there is nothing to lay it out with."""
        bundle = {"text/plain": str(self)}
        if render.find() is not None:
            bundle["image/svg+xml"] = self.svg
        wanted = set(bundle if include is None else include) - set(exclude or ())
        return {kind: shown for kind, shown in bundle.items() if kind in wanted}

    def _repr_svg_(self) -> str:
        return self.svg

    def __str__(self) -> str:
        return text.source(self.graph, self.style.number)


def _write(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def draw(
    value: Value,
    *,
    direction: dot.Direction = "LR",
    theme: str | None = None,
    number: str = ".4g",
    depth: int | None = None,
    repeats: int | None = 8,
    limit: int = 2000,
    gradients: bool = False,
    caption: bool = True,
) -> Picture:
    """A picture of the graph that `value` was computed from.

    It shows itself in a notebook, ``picture.render("graph.svg")`` writes it to a file, ``print(picture)`` prints it as
    text, and ``picture.html("backprop.html")`` writes the page that steps through backpropagation, which
    ``picture.explore()`` shows in the notebook.

    Args:
        value: the result to explain.
        direction: which way it runs: ``LR`` (left to right), ``RL``, ``TB`` (top to bottom) or ``BT``.
        theme: ``light`` or ``dark``; None is a light picture, and a page in the colours that its reader's system prefers.
        number: the format of numbers, as in ``format(x, ".4g")``.
        depth: module calls within this many others are folded to one box; 0 folds the outermost, None folds none.
        repeats: what occurs at least so many times is shown once, marked ``× 12``; None shows every one.
        limit: the newest so many operations are shown, and of one with many inputs so many, with a box that says how many
            were left out.
        gradients: compute the gradients for the picture, without touching any ``.grad``.
        caption: say below the picture what its colours mean.
    """
    style = _style(direction, theme, number, caption)
    graph = fold_inputs(collect(value, limit=limit, gradients=gradients), limit)
    if repeats is not None:
        graph = fold_repeats(graph, max(2, repeats))
    if depth is not None:
        graph = fold_modules(graph, depth)
    return Picture(value, graph, style)


def _style(direction: dot.Direction, theme: str | None, number: str, caption: bool) -> dot.Style:
    """The style, once its parts have been found to exist."""
    for name, given, allowed in (("direction", direction, ("LR", "RL", "TB", "BT")), ("theme", theme, tuple(THEMES))):
        if given is not None and given not in allowed:
            raise ShapeError(f"draw(…, {name}={given!r}) at {user_line()}: it is one of {', '.join(allowed)}")
    try:
        format(1.5, number)
    except (TypeError, ValueError) as error:
        raise ShapeError(
            f"draw(…, number={number!r}) at {user_line()}: {error}; it is what format(x, …) takes, such as '.4g'"
        ) from error
    return dot.Style(direction, theme, number, caption)


def tree(value: Value, *, number: str = ".4g", limit: int = 200, gradients: bool = False) -> str:
    """The graph behind `value` as text: each line an operation, and indented below it what it was computed from."""
    return text.source(fold_inputs(collect(value, limit=limit, gradients=gradients), limit), number)
