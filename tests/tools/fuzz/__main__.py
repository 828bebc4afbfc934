"""Differential fuzzing: random programs of operations of the table against finite differences, PyTorch and JAX.

    python -m tests.tools.fuzz                    until it is stopped, or finds something
    python -m tests.tools.fuzz --seed 7           from this seed on
    python -m tests.tools.fuzz --count 500        so many programs
    python -m tests.tools.fuzz --coverage 5000    which rows of the table such programs use, without checking any

First and second derivatives are compared. PyTorch and JAX are asked where they are installed (extra `fuzz`). What is found is
cut down to the smallest program that still fails, and printed as a row for `REGRESSIONS` in tests/test_fuzz.py.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections import Counter

from . import oracles
from .coverage import Coverage
from .program import Program, draw
from .shrink import shrunk


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, help="the first seed (default: by the clock)")
    parser.add_argument("--count", type=int, help="how many programs (default: without end)")
    parser.add_argument("--minutes", type=float, help="stop after so long")
    parser.add_argument(
        "--without", action="append", default=[], choices=sorted(oracles.LIBRARIES), help="not this library"
    )
    parser.add_argument("--keep-going", action="store_true", help="print what is found, and go on")
    parser.add_argument(
        "--coverage", type=int, metavar="COUNT", help="count the rows that COUNT programs use, and stop"
    )
    options = parser.parse_args(arguments)
    first = int(time.time()) if options.seed is None else options.seed
    if options.coverage:
        covered = Coverage()
        for seed in range(first, first + options.coverage):
            covered.add(draw(seed))
        print(covered)
        return 0
    others = {name: ask for name, ask in oracles.installed().items() if name not in options.without}
    print(f"seed {first}; compared with finite differences{''.join(f', {name}' for name in others)}", flush=True)
    end = time.monotonic() + 60 * options.minutes if options.minutes else float("inf")
    tally: Counter[str] = Counter()
    seeds = itertools.count(first) if options.count is None else range(first, first + options.count)
    for seed in seeds:
        if time.monotonic() > end:
            break
        program = draw(seed)
        outcome = oracles.check(program, others)
        _count(tally, outcome)
        if outcome.findings:
            explain(program, outcome.findings[0], others)
            if not options.keep_going:
                return 1
        if tally["programs"] % 100 == 0:
            print(_line(tally), flush=True)
    print(_line(tally), *(f"  {n:5} {what}" for what, n in tally.most_common() if ": " in what), sep="\n")
    return 1 if tally["findings"] else 0


def _count(tally: Counter[str], outcome: oracles.Outcome) -> None:
    tally["programs"] += 1
    tally["undecided"] += outcome.undecided
    tally["findings"] += len(outcome.findings)
    for name, entries in (
        ("unsupported", outcome.unsupported),
        ("conventions", outcome.conventions),
        ("known", outcome.known),
    ):
        tally[name] += len(entries)
        tally.update(f"{name}: {entry}" for entry in entries)


def _line(tally: Counter[str]) -> str:
    return (
        f"{tally['programs']} programs, first and second order: {tally['findings']} findings; finite differences left "
        f"{tally['undecided']} undecided; a library did not run {tally['unsupported']}, and differed at {tally['conventions']} "
        f"kinks and in {tally['known']} known cases"
    )


def explain(program: Program, finding: oracles.Finding, others: oracles.Others) -> None:
    """The finding, and the smallest program that still has it."""
    small = shrunk(program, lambda candidate: oracles.same_finding(candidate, finding, others))
    details = next((f for f in oracles.check(small, others).findings if f.oracle == finding.oracle), finding)
    print(f"seed {program.seed}: {details.oracle} and this package differ, order {details.order}:\n{details.details}\n")
    print(f"For REGRESSIONS in tests/test_fuzz.py:\n\n{small},\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
