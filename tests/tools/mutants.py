"""Plants bugs in the rules table, or in the code around it, one at a time, and runs the tests: each must be noticed.

    python -m tests.tools.mutants                       every mutant of the rules (about an hour on two cores)
    python -m tests.tools.mutants --code                every mutant of the code around them (half a day)
    python -m tests.tools.mutants --row tanh --row sum  those of some rows or functions
    python -m tests.tools.mutants --file rules/linalg.py       those of a file
    python -m tests.tools.mutants --sample 40 --seed 1  a random selection
    python -m tests.tools.mutants --list                what would be planted

`plant.py` and `plant_code.py` say what a mutant is. One that changes no result is named, with a reason, in
`equivalent_mutants.txt`.
"""

from __future__ import annotations

import argparse
import importlib
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings

from tests import campaigns
from tests.tools.plant import ROOT, Mutant, Table
from tests.tools.plant_code import code_mutants

EQUIVALENT = Path(__file__).with_name("equivalent_mutants.txt")
TESTS = [
    f"tests/test_{name}.py"
    for name in (
        "conventions",
        "convolution",
        "edge_cases",
        "rule_arithmetic",
        "ends_of_a_format",
        "assignment",
        "nn_functional",
        "nn_losses",
        "batched",
        "backward",
        "table",
        "scipy",
        "transforms",
    )
]
# Seconds for the samples of a row, and for the tests of a file: what does not end has been noticed.
LIMIT, LONGEST = 120, 900
MEMORY = 4 << 30  # bytes; what needs more has been noticed too
HEAVY = (
    "numpy",
    "scipy.stats",
    "scipy.signal",
    "scipy.sparse.linalg",
    "scipy.interpolate",
    "hypothesis.extra.numpy",
    "pytest",
)


def check_rows(names: Sequence[str]) -> None:
    """The derivatives' tests on the samples of some rows and at special points: a moment; pytest collects thousands."""
    from tests import samples_scipy, test_conventions, test_scipy
    from tests import test_table as table

    for sample in [*table.SAMPLES, *samples_scipy.SAMPLES]:
        if sample.name in names:
            table.test_first_derivative(sample=sample)
            table.test_second_derivative(sample=sample)
            if sample.complex:
                table.test_complex_derivative(sample=sample)
            table.test_value_is_numpys(sample=sample)
            table.test_a_narrow_dtype_stays(sample, "float32")
    for case in test_scipy.OURS:
        test_scipy.test_our_own_special_functions_are_as_accurate(*case)
    with warnings.catch_warnings(action="ignore"):
        for edge in test_scipy.EDGES:
            test_scipy.test_edge_values(*edge)
        for row in test_conventions.FIRST:
            test_conventions.test_first_derivative(*row)
        for row in test_conventions.SECOND:
            test_conventions.test_second_derivative(*row)
        for singular in [*table.SINGULAR, *samples_scipy.SINGULAR]:
            table.test_a_zero_cotangent_wins_over_an_infinite_derivative(*singular)
        for exact in table.EXACT:
            table.test_a_derivative_to_the_last_digits(*exact)
        table.test_an_infinite_cotangent_does_not_revive_a_factor_of_zero()


def copy_of_the_project(folder: Path) -> Path:
    kept_out = shutil.ignore_patterns(".*", "out", "site", "__pycache__", "images", "examples")
    return Path(shutil.copytree(ROOT, folder, ignore=kept_out))


def check_code(tests: Sequence[str]) -> None:
    """The tests that concern a file, without those that are slow or plant faults themselves."""
    kept = "not fault and not without_a_witness and not million"
    imported = "ignore::pytest.PytestAssertRewriteWarning"  # Hypothesis, before the fork
    options = ["-x", "-q", "-p", "no:cacheprovider", "-W", imported, "-k", kept]
    if status := pytest.main([*options, *(f"tests/test_{name}.py" for name in tests)]):
        sys.exit(int(status))


def _check_in(folder: Path, mutant: Mutant) -> None:
    """In a process of its own: the first tests of a mutant in `folder`. An exception ends it with status 1."""
    sys.settrace(None)  # coverage's, of the process that was forked: it would take as long again
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    for name in [name for name in sys.modules if name.partition(".")[0] in ("autograd", "tests")]:
        del sys.modules[name]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    os.environ[campaigns.VARIABLE] = "1"
    settings.register_profile("no shrinking", phases=[Phase.generate])
    settings.load_profile("no shrinking")
    if mutant.tests:
        check_code(mutant.tests)
    else:
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "Output seems independent of input")  # as in pyproject.toml
        importlib.import_module("tests.tools.mutants").check_rows(mutant.rows)


@contextmanager
def planted(folder: Path, mutant: Mutant) -> Iterator[None]:
    """The mutant, in that copy of the project."""
    path = folder / mutant.file
    kept = path.read_text()
    path.write_text(mutant.source)
    try:
        yield
    finally:
        path.write_text(kept)


def one_by_one(mutants: Sequence[Mutant], folders: Sequence[Path]) -> Iterator[tuple[Mutant, bool]]:
    """Each mutant, and whether its first tests notice it; one mutant at a time in each folder.

    The processes are forked, so that NumPy, SciPy and Hypothesis, imported once, are there already.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a process of several threads should not be forked
    for name in HEAVY:
        importlib.import_module(name)
    fork = multiprocessing.get_context("fork")
    todo, free = list(reversed(mutants)), list(folders)
    running: dict[Any, tuple[ForkProcess, Mutant, Path, ExitStack]] = {}
    while todo or running:
        while todo and free:
            mutant, folder, stack = todo.pop(), free.pop(), ExitStack()
            stack.enter_context(planted(folder, mutant))
            process = fork.Process(target=_check_in, args=(folder, mutant))
            process.start()
            running[process.sentinel] = process, mutant, folder, stack
        limit = LONGEST if any(mutant.tests for _, mutant, _, _ in running.values()) else LIMIT
        for sentinel in wait(list(running), timeout=limit) or [next(iter(running))]:
            process, mutant, folder, stack = running.pop(sentinel)
            process.kill()  # where it went on for too long
            process.join()
            stack.close()
            free.append(folder)
            yield mutant, process.exitcode != 0


def tests_pass(folder: Path) -> bool:
    """Whether all tests about derivatives pass in that copy of the project."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *TESTS]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    return not subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False).returncode


def survivors(mutants: Sequence[Mutant], jobs: int, trusted: bool = False) -> list[Mutant]:
    """Those that neither the samples of their rows notice, nor then all tests about derivatives.

    The tests are run without any mutant first, unless they are `trusted` to pass.
    """
    with tempfile.TemporaryDirectory() as name:
        *folders, spare = (copy_of_the_project(Path(name) / str(i)) for i in range(jobs + 1))
        rows = tuple({row for mutant in mutants[:20] for row in mutant.rows})
        source = (ROOT / mutants[0].file).read_text()
        tests = set() if trusted else {m.tests for m in mutants}
        unchanged = [replace(mutants[0], rows=rows, tests=t, source=source) for t in tests]
        for mutant, noticed in one_by_one(unchanged, folders):
            if noticed:
                sys.exit(f"{mutant.tests or rows} fail without any mutant: repair them first")
        rest = []
        for number, (mutant, noticed) in enumerate(one_by_one(mutants, folders), 1):
            if not noticed:
                rest.append(mutant)
                print(f"{'SURVIVES' if mutant.tests else 'for all tests'}  {mutant.file}  {mutant.label}", flush=True)
            if number % 100 == 0:
                print(f"{number} of {len(mutants)}, {len(rest)} not noticed yet", flush=True)
        found = [mutant for mutant in rest if mutant.tests]
        rest = [mutant for mutant in rest if not mutant.tests]
        if rest and not tests_pass(spare):
            sys.exit("the tests fail without any mutant: repair them first")
        for mutant in rest:
            with planted(spare, mutant):
                if tests_pass(spare):
                    found.append(mutant)
                    print(f"SURVIVES  {mutant.file}  {mutant.label}", flush=True)
    return found


def known_equivalent() -> dict[str, str]:
    """The labels of mutants that change no result, each with its reason."""
    lines = [line for line in EQUIVALENT.read_text().splitlines() if line.strip() and not line.startswith("#")]
    pairs = (line.split("  #  ", 1) for line in lines)
    return {label.strip(): reason.strip() for label, reason in pairs}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--row", action="append", help="only the mutants of this row or function")
    parser.add_argument("--code", action="store_true", help="mutants of the code around the rules")
    parser.add_argument("--label", action="append", help="only the mutant of this label, as --list shows it")
    parser.add_argument(
        "--file", action="append", help="only those of this file of autograd, e.g. rules/scipy/linalg.py"
    )
    parser.add_argument("--sample", type=int, help="so many mutants, chosen at random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time")
    parser.add_argument("--trusted", action="store_true", help="the tests are known to pass: do not look first")
    parser.add_argument("--list", action="store_true", help="print the mutants and plant none")
    options = parser.parse_args()
    equivalent = known_equivalent()
    rules, code = list(Table().mutants()), list(code_mutants())
    if stale := equivalent.keys() - {m.label for m in (*rules, *code)}:
        sys.exit(f"not mutants any more: {sorted(stale)}")
    todo = code if options.code else rules
    todo = [m for m in todo if m.label not in equivalent and (not options.row or m.row in options.row)]
    todo = [m for m in todo if not options.file or m.file.removeprefix("autograd/") in options.file]
    todo = [m for m in todo if not options.label or m.label in options.label]
    if options.sample:  # by their labels, so that the draw stays when other mutants come and go
        todo = sorted(todo, key=lambda m: zlib.crc32(f"{options.seed} {m.label}".encode()))[: options.sample]
    if options.list:
        print(*(f"{m.file}  {m.label}" for m in todo), sep="\n")
        return 0
    alive = todo and survivors(todo, options.jobs, options.trusted)
    print(f"{len(todo)} mutants, {len(alive)} survive; {len(equivalent)} are known to be equivalent")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
