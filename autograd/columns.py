"""Tables in plain text."""

from __future__ import annotations

from collections.abc import Sequence


def columns(titles: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> list[str]:
    """Lines of columns as wide as their widest cell; all but the first `left` are aligned to the right, as numbers are."""
    widths = [max(len(cells[i]) for cells in (titles, *rows)) for i in range(len(titles))]
    lines = []
    for cells in (titles, tuple("-" * width for width in widths), *rows):
        padded = (
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        lines.append("  " + "  ".join(padded).rstrip())
    return lines
