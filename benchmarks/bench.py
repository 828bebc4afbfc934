"""Speed and memory of this project beside NumPy by hand and other libraries, each in an environment of its own.

    python3 run.py bench                              everything, forty minutes
    python3 run.py bench --quick                      everything, smaller and once, two minutes
    python3 run.py bench --only moons chain-2000      these rows
    python3 run.py bench --peers torch                beside these libraries
    python3 run.py bench --write-docs                 and put the tables into docs/benchmarks.md

A time is shown when the results are those of the derivatives by hand to 1e-4; one that is wrong fails the command. Every
process is pinned to one core and has one thread. Shown is CPU time, the median; the JSON file has every sample.
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from suite import record, report
from suite.measure import Measurement, Plan, Row, processor
from suite.peers import PEERS, RIGHT, ROOT, cache
from suite.process import Failed, TooLong
from suite.workloads import WORKLOADS, Workload

OUT = Path(os.environ.get("CHAINRULE_OUT", ROOT / "out"))


def wanted(names: list[str] | None, quick: bool) -> list[tuple[Workload, int]]:
    """The rows of these names, of workloads or single rows; all without names.

    Raises:
        ValueError: there is no row of that name.
    """
    rows = [(workload, size) for workload in WORKLOADS for size in workload.rows(quick)]
    if names is None:
        return rows
    known = {name for workload, size in rows for name in (workload.name, workload.row(size))}
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"there is no row {', '.join(unknown)}; there are {', '.join(w.name for w in WORKLOADS)}")
    return [(w, size) for w, size in rows if w.name in names or w.row(size) in names]


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="smaller, and one process for each library")
    parser.add_argument("--only", nargs="+", metavar="ROW", help="these workloads, or rows of them (chain-2000)")
    parser.add_argument("--peers", nargs="+", choices=PEERS, metavar="PEER",
                        help=f"beside these: {', '.join(PEERS)}; {RIGHT} is always there")  # fmt: skip
    parser.add_argument("--rounds", type=int, help="processes for each row and library (3; with --quick 1)")
    parser.add_argument("--core", type=int, help="the processor to run on (the last)")
    parser.add_argument("--keep-heap", action="store_true", help="tell glibc's allocator to keep freed memory, for all")
    parser.add_argument(
        "--cache", type=Path, default=cache(), help="the folder of the libraries' environments (%(default)s)"
    )
    parser.add_argument("--json", type=Path, default=OUT / "bench.json", help="where every sample goes (%(default)s)")
    parser.add_argument("--write-docs", action="store_true", help="put tables and plots into docs/benchmarks.md")
    options = parser.parse_args(arguments)
    try:
        options.rows = wanted(options.only, options.quick)
    except ValueError as error:
        parser.error(str(error))
    if options.write_docs and (options.only or options.peers):
        parser.error("--write-docs takes the whole table: leave out --only and --peers")
    if options.write_docs and not find_spec("matplotlib"):
        parser.error("--write-docs draws with matplotlib:  pip install matplotlib")
    return options


def plan(options: argparse.Namespace) -> Plan:
    place = {"core": processor(options.core), "keep_heap": options.keep_heap, "cache": options.cache}
    if options.quick:
        return Plan(True, options.rounds or 1, seconds=0.15, least=1, most=50, limit=10, **place)
    return Plan(False, options.rounds or 3, seconds=0.5, least=1, most=200, limit=150, **place)


def measure(measurement: Measurement, names: list[str], rows: list[tuple[Workload, int]]) -> list[Row]:
    """Every row, printed as soon as it is measured."""
    measurement.meet(names)
    for name, why in measurement.absent.items():
        print(f"{PEERS[name].title} could not be installed, and is left out:\n  {why.splitlines()[-1]}")
    print(report.head(names), flush=True)
    found = []
    for row in measurement.rows(rows):
        found.append(row)
        print(report.text(row, names, measurement.absent), flush=True)
    return found


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 1 if a result was wrong, or a library failed."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # not every console has a µ
    options = parse(arguments)
    begin = time.perf_counter()
    names = [name for name in PEERS if name == RIGHT or name in (options.peers or PEERS)]
    with Measurement(plan(options)) as measurement:
        try:
            rows = measure(measurement, names, options.rows)
        except (Failed, TooLong) as error:  # a library does not start, or there is nothing to compare with
            print(f"bench: {error}", file=sys.stderr)
            return 1
    print("", *report.growth(rows), sep="\n")
    faults = [
        (row.name, PEERS[name].title, cell.fault) for row in rows for name, cell in row.cells.items() if cell.fatal
    ]
    for row_name, title, fault in faults:
        print(f"{row_name}, {title}: {fault}", file=sys.stderr)
    record.write_json(options.json, measurement, rows)
    print(f"{len(rows)} rows in {time.perf_counter() - begin:.0f} s; every sample is in {options.json}")
    if options.write_docs and not faults:
        record.write_page(ROOT / "docs", measurement, rows, names)
    return 1 if faults else 0


def _terminated(number: int, _: object) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _terminated)  # so that the libraries' processes are ended
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # run.py says so
        sys.exit(130)
