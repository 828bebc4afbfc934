"""A profile as bars (extra ``plot``)."""

from __future__ import annotations

import io
from typing import Any

from .figures import Figures, elsewhere

_FORWARD, _BACKWARD, _INK = "#0072b2", "#e69f00", "#1b2430"
_MOST = 12  # bars; the rest is one more


def figure(operations: list[Figures], modules: list[Figures], seconds: float) -> Any:
    """A Matplotlib figure: milliseconds forward and backward for each operation, and for each module if there are any."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("Matplotlib is needed for the picture of a profile: pip install 'chainrule[plot]'") from error
    panels = [("operations", _most(operations)), ("modules, with all in them", modules[:_MOST])]
    panels = [panel for panel in panels if panel[1]] or panels[:1]
    longest = max(len(lines) for _, lines in panels)
    made = Figure(figsize=(6.5 * len(panels), 1.6 + 0.3 * longest), layout="constrained")
    for place, (title, lines) in enumerate(panels):
        axes = made.add_subplot(1, len(panels), place + 1)
        _bars(axes, lines, seconds)
        axes.set_title(title, loc="left", fontsize=10, color=_INK)
    made.axes[0].legend(frameon=False, fontsize=9, loc="lower right")
    rest = elsewhere(operations, seconds)
    made.suptitle(
        f"{seconds * 1e3:,.1f} ms, {rest * 1e3:,.1f} of them elsewhere: Python, the engine, what is not recorded",
        x=0.01, ha="left", fontsize=11, color=_INK,
    )  # fmt: skip
    return made


def svg(made: Any) -> str:
    """The figure as a string."""
    with io.StringIO() as file:
        made.savefig(file, format="svg")
        return file.getvalue()


def _most(lines: list[Figures]) -> list[Figures]:
    """The slowest, and the others as one."""
    shown, others = lines[:_MOST], lines[_MOST:]
    if not others:
        return shown
    return [
        *shown,
        Figures(
            f"{len(others)} others", forward=sum(o.forward for o in others), backward=sum(o.backward for o in others)
        ),
    ]


def _bars(axes: Any, lines: list[Figures], seconds: float) -> None:
    places = range(len(lines))
    forward = [line.forward * 1e3 for line in lines]
    axes.barh(places, forward, color=_FORWARD, label="forward", height=0.7)
    axes.barh(
        places, [line.backward * 1e3 for line in lines], left=forward, color=_BACKWARD, label="backward", height=0.7
    )
    for place, line in zip(places, lines, strict=True):
        share, end = f"{line.seconds / seconds:.1%}", (line.seconds * 1e3, place)
        axes.annotate(share, end, (4, 0), textcoords="offset points", va="center", fontsize=8, color=_INK)
    axes.set_yticks(places, [line.name for line in lines], fontsize=9)
    axes.invert_yaxis()
    axes.set_xlabel("ms", fontsize=9)
    axes.set_xlim(0, max([1.15e3 * line.seconds for line in lines], default=0.0) or 1.0)
    axes.spines[["top", "right"]].set_visible(False)
