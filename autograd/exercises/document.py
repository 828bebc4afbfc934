"""A document made of headings, paragraphs, tables and code, as Markdown and as HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}table{border-collapse:collapse}"
    "td,th{border:1px solid #bbb;padding:.2em .6em;text-align:left;vertical-align:top}pre{background:#f4f4f4;padding:.6em;"
    "overflow-x:auto;white-space:pre-wrap}"
)
_MARKED = re.compile(r"([\\`*_{}\[\]<>#|~$])")


class Link(NamedTuple):
    """A cell of a table that leads to another page, whose address is the program's own."""

    text: str
    address: str


class Document:
    """Grows from the top; every text is taken as it is, nothing in it is markup."""

    def __init__(self, title: str = "") -> None:
        self.title = title
        self._parts: list[tuple[str, str]] = []  # of each part its Markdown and its HTML
        if title:
            self.heading(title, 1)

    def heading(self, text: str, level: int = 2) -> None:
        self._parts.append((f"{'#' * level} {_plain(text)}", f"<h{level}>{html.escape(text)}</h{level}>"))

    def paragraph(self, text: str) -> None:
        self._parts.append((_plain(text), f"<p>{html.escape(text)}</p>"))

    def code(self, text: str) -> None:
        """Text that keeps its lines and blanks."""
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
        self._parts.append((f"{fence}text\n{text}\n{fence}", f"<pre>{html.escape(text)}</pre>"))

    def table(self, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        cells = [list(row) for row in rows]
        lines = [[*map(_plain, head)], ["---"] * len(head), *([_marked(cell) for cell in row] for row in cells)]
        markdown = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        inner = "".join(f"<th>{html.escape(name)}</th>" for name in head)
        body = "".join(f"<tr>{''.join(f'<td>{_tagged(cell)}</td>' for cell in row)}</tr>" for row in cells)
        self._parts.append((markdown, f"<table><tr>{inner}</tr>{body}</table>"))

    def markdown(self) -> str:
        return "\n\n".join(markdown for markdown, _ in self._parts) + "\n"

    def fragment(self) -> str:
        """HTML to be put into a page."""
        return "\n".join(text for _, text in self._parts)

    def page(self) -> str:
        """A whole page of HTML, which loads nothing."""
        head = f'<meta charset="utf-8"><title>{html.escape(self.title)}</title><style>{_STYLE}</style>'
        return f"<!doctype html><html><head>{head}</head><body>\n{self.fragment()}\n</body></html>\n"


def _marked(cell: object) -> str:
    """A cell as Markdown."""
    return f"[{_plain(cell.text)}]({cell.address})" if isinstance(cell, Link) else _plain(str(cell))


def _tagged(cell: object) -> str:
    """A cell as HTML."""
    if isinstance(cell, Link):
        return f'<a href="{html.escape(cell.address)}">{html.escape(cell.text)}</a>'
    return html.escape(str(cell))


def _plain(text: str) -> str:
    """Text as Markdown that shows it as it is, in one line."""
    return _MARKED.sub(r"\\\1", " ".join(text.split()))
