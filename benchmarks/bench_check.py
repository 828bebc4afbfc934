"""Gradient checkers compared: how often each rejects a right derivative and accepts a wrong one.

    python benchmarks/bench_check.py            the full comparison (some minutes a row)
    python benchmarks/bench_check.py --quick    one point of each function
    python benchmarks/bench_check.py --unseen   the families that nothing was tuned on (with --quick: some eight minutes)
    python benchmarks/bench_check.py --fresh    five more of these (with --quick: some seven minutes)

For each function in `check_cases/`, at each point drawn, every right derivative is checked (a rejection is a false
alarm), and every bug in `check_cases/bugs.py` is planted (an acceptance is a miss). A planted bug that changes nothing
at that point, or makes another valid subgradient of it, is not counted.

The libraries' own checkers run beside the rules that are written down of them, where they are installed: PyTorch and JAX
in this interpreter, HIPS autograd, whose package has the same name as this one, in another one (`--hips-python`).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import warnings
import zlib
from collections import Counter
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

import _pinned  # noqa: F401
import numpy as np
from check_cases import (
    blocks,
    fine,
    kinks,
    large,
    low_precision,
    many,
    noisy,
    ordinary,
    scaled,
    smooth,
    unseen_fine,
    unseen_low_precision,
    unseen_many,
    unseen_ordinary,
    unseen_scaled,
)
from check_cases.bugs import BUGS, MORE_BUGS, ONE_HALF_ALL
from check_cases.case import Case
from check_cases.fresh import (
    fine as fresh_fine,
)
from check_cases.fresh import (
    low_precision as fresh_low_precision,
)
from check_cases.fresh import (
    many as fresh_many,
)
from check_cases.fresh import (
    ordinary_densities,
    ordinary_geometry,
    ordinary_layers,
    ordinary_signals,
    scaled_physics,
)
from check_cases.fresh import (
    scaled as fresh_scaled,
)
from check_cases.unseen import UNSEEN_BUGS
from check_libraries import HIPS, LIBRARIES
from check_rules import OURS, RULES


class Column(NamedTuple):
    """The functions of one kind, what is planted in their derivatives, and the order of their number of inputs.

    Of slow kinds each point gets one bug in so many, the next point others.
    """

    cases: list[Case]
    bugs: dict[str, Callable[..., Any]] = BUGS
    inputs: int = 10
    one_in: int = 1

    def planted_in(self, case: Case, point: int) -> dict[str, Callable[..., Any]]:
        turns = {name: zlib.crc32(f"{case.name} {name}".encode()) + point for name in self.bugs}
        return {name: plant for name, plant in self.bugs.items() if turns[name] % self.one_in == 0}


COLUMNS = {
    "smooth": Column(smooth.CASES),
    "badly scaled": Column(scaled.CASES),
    "at kinks": Column(kinks.CASES),
    "noisy / float32": Column(noisy.CASES),
    "10,000 inputs": Column(large.CASES, inputs=10_000),
    "ordinary": Column(ordinary.CASES, MORE_BUGS, one_in=3),
    "unlike blocks": Column(blocks.CASES, MORE_BUGS, one_in=3),
    "fine structure": Column(fine.CASES, MORE_BUGS, one_in=3),
    "low precision": Column(low_precision.CASES, ONE_HALF_ALL, inputs=1000, one_in=3),
    "100,000 inputs": Column(many.CASES, ONE_HALF_ALL, inputs=100_000),
}
UNSEEN = {  # written by someone who had not seen the checker, and nothing was ever tuned on them
    "unseen: ordinary": Column(unseen_ordinary.CASES, UNSEEN_BUGS, inputs=100),
    "unseen: scaled": Column(unseen_scaled.CASES, UNSEEN_BUGS, inputs=100),
    "unseen: fine": Column(unseen_fine.CASES, UNSEEN_BUGS, inputs=100),
    "unseen: low precision": Column(unseen_low_precision.CASES, UNSEEN_BUGS, inputs=1000, one_in=3),
    "unseen: many inputs": Column(unseen_many.CASES, UNSEEN_BUGS, inputs=100_000, one_in=4),
}
ORDINARY = [ordinary_layers, ordinary_densities, ordinary_geometry, ordinary_signals]
FRESH = {  # and by someone else, later
    "fresh: ordinary": Column([case for part in ORDINARY for case in part.CASES], UNSEEN_BUGS, inputs=100),
    "fresh: scaled": Column([*fresh_scaled.CASES, *scaled_physics.CASES], UNSEEN_BUGS, inputs=100),
    "fresh: fine": Column(fresh_fine.CASES, UNSEEN_BUGS, inputs=100),
    "fresh: low precision": Column(fresh_low_precision.CASES, UNSEEN_BUGS, inputs=2_000, one_in=3),
    "fresh: many inputs": Column(fresh_many.CASES, UNSEEN_BUGS, inputs=5_000, one_in=2),
}
TUNED = list(COLUMNS)
COLUMNS |= UNSEEN | FRESH
ROWS = {rule.name: rule for rule in (*RULES, *LIBRARIES)}


class Key(NamedTuple):
    """One check: the derivative is "right", or has one of `BUGS`."""

    column: str
    case: str
    derivative: str
    point: int


def planted(case, bugs, rng_seed, inputs):
    """The wrong derivatives at this point: a name and a vjp for each bug that is one here."""
    out = case.f(*inputs)
    probes = [np.random.default_rng((rng_seed, i)).normal(size=np.shape(out))[()] for i in range(3)]
    for name, plant in bugs.items():
        wrong = plant(case, case.vjps[0])
        if not all(case.valid(g, out, inputs, wrong(g, out, *inputs)) for g in probes):
            yield name, wrong


def checks(columns, options):
    """Every check: its key, a seed, the function, the derivative and the inputs."""
    for column in columns:
        for case in COLUMNS[column].cases:
            for k in range(min(options.points, case.points)):
                seed = zlib.crc32(f"{case.name} {k}{options.salt}".encode())
                inputs = case.draw(np.random.default_rng(seed))
                derivatives = [(f"right, {i + 1}", vjp) for i, vjp in enumerate(case.vjps)]
                for name, vjp in [*derivatives, *planted(case, COLUMNS[column].planted_in(case, k), seed, inputs)]:
                    yield Key(column, case.name, name, k), seed, case.f, vjp, inputs


def verdicts(rule, columns, options):
    """What a rule says to each check."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {key: asked(rule, f, vjp, inputs, seed) for key, seed, f, vjp, inputs in checks(columns, options)}


def asked(rule, f, vjp, inputs, seed):
    """The verdict, or "crash": a step out of the domain of f, say."""
    try:
        return rule.verdict(f, vjp, inputs, seed)
    except Exception:  # of any kind, in any library
        return "crash"


def elsewhere(rule, options):
    """The same in another interpreter, which sees nothing of this one's packages: verdicts, seconds and a version."""
    arguments = [
        "--points",
        str(options.points),
        "--salt",
        options.salt,
        "--only",
        *options.only,
        "--verdicts",
        rule.name,
    ]
    line = [options.hips_python, "-E", __file__, *arguments]
    answer = json.loads(subprocess.run(line, check=True, stdout=subprocess.PIPE, cwd=os.path.dirname(__file__)).stdout)
    return {Key(*key): verdict for *key, verdict in answer["verdicts"]}, answer["seconds"], answer["version"]


def here(rule, options):
    """The verdicts of a rule, how long they took, and the version of what it needs; PackageNotFoundError without that."""
    release = version(rule.needs) if rule.needs else ""
    columns = [column for column in options.only if COLUMNS[column].inputs <= rule.most_inputs]
    start = time.perf_counter()
    found = verdicts(rule, columns, options)
    return found, time.perf_counter() - start, release


def cell(found):
    """False alarms / misses in per cent, and in brackets what was left undecided (right / wrong derivatives). A right
    derivative on which a checker crashes is a false alarm; a wrong one is no miss."""
    if not found:
        return "–"
    counts = Counter((key.derivative.startswith("right"), verdict) for key, verdict in found.items())

    def share(right, verdict):
        return 100 * counts[right, verdict] / max(sum(n for (r, _), n in counts.items() if r == right), 1)

    unsure = [share(right, "inconclusive") for right in (True, False)]
    brackets = f" ({unsure[0]:.1f} / {unsure[1]:.2f})" if any(unsure) else ""
    return f"{share(True, 'fail') + share(True, 'crash'):.1f} / {share(False, 'pass'):.2f}{brackets}"


def wanted_rows(options):
    if options.rows:
        return [rule for name, rule in ROWS.items() if any(word in name for word in options.rows)]
    return list(ROWS.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one point of each function in place of --points")
    parser.add_argument("--points", type=int, default=3, help="points for each function (default 3)")
    parser.add_argument("--salt", default="", help="any text: other points of the same functions")
    parser.add_argument("--only", nargs="+", choices=COLUMNS, default=TUNED, help="these columns")
    parser.add_argument(
        "--unseen", action="store_true", help="the families that were written without sight of the checker"
    )
    parser.add_argument("--fresh", action="store_true", help="five more such families, written later")
    parser.add_argument("--rows", nargs="+", help=f"the rows whose names hold one of these words; ours is {OURS}")
    parser.add_argument("--hips-python", help="a Python interpreter with HIPS autograd (and without this project)")
    parser.add_argument(
        "--list", action="store_true", help="name each check that went wrong for this project's checker"
    )
    parser.add_argument("--verdicts", choices=ROWS, metavar="ROW", help="print the verdicts of one row as JSON")
    options = parser.parse_args()
    options.points = 1 if options.quick else options.points
    options.only = [*(UNSEEN if options.unseen else ()), *(FRESH if options.fresh else ())] or options.only
    if options.verdicts:
        found, seconds, release = here(ROWS[options.verdicts], options)
        json.dump({"verdicts": [[*k, v] for k, v in found.items()], "seconds": seconds, "version": release}, sys.stdout)
        return 0
    count = sum(len(COLUMNS[name].cases) for name in options.only)
    print(f"{count} functions, {options.points} points each, {len(MORE_BUGS)} kinds of bug; false alarms % / misses %")
    print("(in brackets: undecided among the right / among the wrong derivatives, %)\n")
    print("| method | " + " | ".join(options.only) + " | ms a check |")
    print("|---|" + "---|" * (len(options.only) + 1))
    everything, remarks = {}, []
    for rule in wanted_rows(options):
        try:
            found, seconds, release = (elsewhere if rule.name == HIPS and options.hips_python else here)(rule, options)
        except PackageNotFoundError:
            print(f"| {rule.name} | " + " | ".join("not installed" for _ in options.only) + " | |", flush=True)
            continue
        cells = [cell({k: v for k, v in found.items() if k.column == column}) for column in options.only]
        print(f"| {rule.name} | " + " | ".join(cells) + f" | {1000 * seconds / max(len(found), 1):.1f} |", flush=True)
        everything[rule.name] = found
        if rule.needs:
            remarks.append(f"{rule.name}: {rule.needs} {release}")
        if rule.states in everything:
            same = sum(verdict == everything[rule.states].get(key) for key, verdict in found.items())
            remarks[-1] += (
                f"; the same verdict as {rule.states} on {100 * same / len(found):.2f} % of {len(found)} checks"
            )
    print("", *remarks, sep="\n")
    if options.list:
        for key, verdict in everything.get(OURS, {}).items():
            if verdict != ("pass" if key.derivative.startswith("right") else "fail"):
                print(verdict, *key, sep=" | ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
