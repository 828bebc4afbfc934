"""How much memory a pass over a file takes that does not fit.

``python benchmarks/larger_than_memory.py --gigabytes 4 --memory 0.5``.
A NumPy file is made, mapped, and read in shuffled batches of float32 rows by `nn.DataLoader` with two threads. The limit is the
system's (RLIMIT_DATA: what a process may hold besides files that it maps): an allocation beyond it fails.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

import nn

COLUMNS, BATCH, CYCLE = 256, 256, 4099


def make(path: Path, rows: int) -> None:
    """Rows of which each holds its number, as far as float32 can tell it, in all places."""
    array = np.lib.format.open_memmap(path, "w+", np.float32, (rows, COLUMNS))
    for i in range(0, rows, 1 << 14):
        array[i : i + (1 << 14)] = np.arange(i, min(i + (1 << 14), rows))[:, None] % CYCLE
    array.flush()


def held() -> int:
    """Bytes that this process holds besides files that it maps."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=4.0)
    parser.add_argument("--memory", type=float, default=0.5, help="gigabytes that the process may hold")
    parser.add_argument("--folder", help="where the file is made, and removed afterwards")
    options = parser.parse_args()
    rows = int(options.gigabytes * 1e9 / (4 * COLUMNS))
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path = Path(folder) / "rows.npy"
        make(path, rows)
        limit = int(options.memory * 1e9)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
        loader = nn.DataLoader(
            nn.data.open_array(path), batch_size=BATCH, shuffle=True, num_workers=2, memory=limit / 8, generator=0
        )
        start, total, most, count = time.perf_counter(), 0.0, 0, 0
        for (x,) in loader:
            total += float(x[:, 0].sum(dtype=np.float64))
            count += len(x)
            most = max(most, held())
        seconds = time.perf_counter() - start
    expected = float((np.arange(rows) % CYCLE).sum())
    assert (count, total) == (rows, expected), "not every row was met once"
    size = rows * COLUMNS * 4
    print(
        f"{size / 1e6:,.0f} MB in {seconds:.1f} s under a limit of {limit / 1e6:,.0f} MB, of which {most / 1e6:,.0f} MB were held"
    )


if __name__ == "__main__":
    main()
