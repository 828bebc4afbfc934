"""The process in which a peer is measured. Each line of its input is a request, each line of its output an answer (JSON).

    worker.py PEER CORE

It runs in the peer's own interpreter, pinned to one core. A request names a workload, a size, and how long to measure; the
answer has the results in short (`suite.digest`), the samples (wall and CPU seconds of each phase), and the peak memory.
"""

from __future__ import annotations

import os
import sys

if hasattr(os, "sched_setaffinity") and __name__ == "__main__" and int(sys.argv[2]) >= 0:
    os.sched_setaffinity(0, {int(sys.argv[2])})  # before a library counts the cores

import ctypes
import gc
import importlib.metadata
import json
import math
import subprocess
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from typing import Any

from suite.digest import digest
from suite.workloads import WORKLOADS

Phases = tuple[Callable[..., Any], ...]
CALL = 2e-3  # seconds: what is shorter is repeated within one sample
STARTS = 3  # processes in which an import is timed
DISTRIBUTIONS = "numpy micrograd autograd mygrad torch jax jaxlib".split()
PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0


def now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def sample(phases: Phases, times: int = 1) -> tuple[list[tuple[float, float]], Any]:
    """Wall and CPU seconds of each phase (the only one, if repeated), and the results."""
    marks, answer = [now()], None
    if len(phases) == 1:
        for _ in range(times):
            answer = phases[0]()
        marks.append(now())
    else:
        answer = phases[0]()
        marks.append(now())
        for phase in phases[1:]:
            answer = phase(answer)
            marks.append(now())
    return [((w1 - w0) / times, (c1 - c0) / times) for (w0, c0), (w1, c1) in pairwise(marks)], answer


def samples(phases: Phases, seconds: float, least: int, most: int) -> list[list[tuple[float, float]]]:
    """As many as there is time for, at least and at most so many."""
    if most == 0:
        return []
    first, _ = sample(phases)  # not counted: it gets the memory again that `resident` has given back to the system
    times = max(1, math.ceil(CALL / max(first[0][0], 1e-9))) if len(phases) == 1 else 1
    found: list[list[tuple[float, float]]] = []
    end = time.perf_counter() + seconds
    while len(found) < least or (len(found) < most and time.perf_counter() < end):
        found.append(sample(phases, times)[0])
    return found


def resident() -> int | None:
    """The memory of this process in bytes, with what was freed given back to the system first; None without /proc."""
    gc.collect()
    with suppress(AttributeError, OSError, TypeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * PAGE
    except OSError:
        return None


def forget_peak() -> bool:
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        return False
    return True


def peak() -> int:
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) * 1024


def measure(peer: Any, *, name: str, size: int, seconds: float, least: int, most: int) -> dict[str, Any]:
    prepare = getattr(peer, name)
    if isinstance(prepare, str):  # the modules to be imported
        importing(prepare)  # Python has compiled the modules, as pip does where it installs them
        return {"digest": [], "samples": [importing(prepare) for _ in range(min(most, STARTS))], "memory": None}
    workload = next(w for w in WORKLOADS if w.name == name)
    phases = prepare(workload.start(size))
    _, results = sample(phases)  # caches are filled, compilers have compiled
    if workload.compared is not None:
        _, results = sample(prepare(workload.start(workload.compared)))
    answer: dict[str, Any] = {"digest": digest(results), "memory": None}
    del results
    state = resident()
    known = forget_peak()
    answer["samples"] = samples(phases, seconds, least, most)
    if state is not None and known:
        answer["memory"] = max(0, peak() - state)
    return answer


def importing(modules: str) -> list[tuple[float, float]]:
    """Wall and CPU seconds of `import` in a fresh process."""
    program = (
        "import time; w, c = time.perf_counter(), time.process_time()\n"
        f"import {modules}\n"
        "print(time.perf_counter() - w, time.process_time() - c)"
    )
    flags = ["-E", "-s"] if sys.flags.ignore_environment else []
    line = [sys.executable, *flags, "-c", program]
    variables = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    here = os.path.dirname(__file__)
    done = subprocess.run(line, check=True, capture_output=True, text=True, cwd=here, env=variables)
    wall, cpu = map(float, done.stdout.split())
    return [(wall, cpu)]


def versions() -> dict[str, str]:
    found = {"python": sys.version.split()[0]}
    for name in DISTRIBUTIONS:
        with suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def serve() -> None:
    sys.setrecursionlimit(200_000)  # graphs are walked by recursion in some libraries
    answers, sys.stdout = sys.stdout, sys.stderr  # what a library prints is no answer
    peer = importlib.import_module(f"peers.{sys.argv[1]}")
    offers = [w.name for w in WORKLOADS if hasattr(peer, w.name)]
    print(json.dumps({"offers": offers, "versions": versions()}), file=answers, flush=True)
    for line in sys.stdin:
        try:
            answer = measure(peer, **json.loads(line))
        except Exception:
            answer = {"error": traceback.format_exc(limit=-3)}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    serve()
