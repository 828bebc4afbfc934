"""Run every example, and say what it wrote. (Options such as ``--full`` go to the MNIST example.)"""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path

import explorer
from _common import OUT, Row

EXAMPLES = sorted(path.stem for path in Path(__file__).parent.glob("[0-9][0-9]_*.py"))

ABOUT = """\
The tutorials' networks, trained without a derivative written by hand, in half a minute or so. In the tables, "by the article" is
what the tutorial prints or says; where it prints few digits, or draws at random, what its own arithmetic gives."""


def main(arguments: list[str]) -> int:
    begin, clock = time.time(), time.perf_counter()
    rows: list[Row] = []
    print(ABOUT)
    for name in EXAMPLES:
        example = importlib.import_module(name)
        assert example.__doc__
        print(f"\n=== {name}: {example.__doc__.splitlines()[0]}")
        rows += example.main(arguments) if name.endswith("mnist") else example.main()
    print("\n=== explorer: pages that step through backpropagation, and a gallery")
    explorer.main()
    disagree = [row for row in rows if not row.agrees]
    print(f"\n{len(rows)} rows, {len(rows) - len(disagree)} agree, in {time.perf_counter() - clock:.0f} s")
    for row in disagree:
        print(f"  does not agree: {row.what}: {row.article} in the article, {row.ours} here")
    print(f"\nPlots and pictures of graphs, in {OUT}:")
    for path in sorted(OUT.iterdir()):
        if path.stat().st_mtime >= begin - 1:
            print(f"  {path.name}")
    print(f"\nOpen {OUT / 'index.html'} in a browser: it links all of them.")
    return 1 if disagree else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:  # run.py says so
        sys.exit(130)
