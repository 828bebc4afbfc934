"""How the tests are run: each process computes with one thread, and coverage is measured where there is something to measure.

Coverage is measured while tests and fixtures run, and rests between: its tracer slows down all Python, pytest's too.

A test marked `unmeasured` repeats, thousands of times, what other tests have run already, and is run without the tracer: what
it alone reaches counts as not covered.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Generator
from typing import Any

import pytest

from tests import campaigns

# There is a process for each core: threads of OpenBLAS beside it wait for each other, and cost twice the time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# XLA's compiler takes no pains: the tests run a program once.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true")
# A shell's background job ignores interrupts and hands that on: what a test starts and interrupts would run to its end.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

TRACER = pytest.StashKey[Any]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--thorough", action="store_true", help="take all draws of the random campaigns, not some of each kind"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--thorough"):
        os.environ[campaigns.VARIABLE] = "1"
        campaigns.THOROUGH = True


# Their tests take half a minute and more each: last of all, one would run while the other processes have nothing to do.
LONG = {"test_bench", "test_dask", "test_mesh", "test_mutants", "test_types"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.stem not in LONG)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Hundreds of thousands of objects are made that stay: no collection of garbage looks at them meanwhile."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    tracer = session.config.stash[TRACER] = sys.gettrace()
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)


def measured(node: pytest.Item | pytest.Collector) -> Generator[None, object, object]:
    """What goes on in the meantime is traced, if anything is."""
    sys.settrace(None if node.get_closest_marker("unmeasured") else node.config.stash.get(TRACER, None))
    try:
        return (yield)
    finally:
        sys.settrace(None)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    return (yield from measured(pyfuncitem))


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_fixture_setup(request: pytest.FixtureRequest) -> Generator[None, object, object]:
    return (yield from measured(request.node))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """A rule that a test gave to a function of NumPy's would change what the tests after it in this process find."""
    overrides = sys.modules.get("autograd.hips.overrides")
    assert overrides is None or not overrides._RULED, f"{item.nodeid} did not forget(…) {list(overrides._RULED)}"
