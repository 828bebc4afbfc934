"""One program in several processes, which share the work: ``python -m autograd.xla.launch --processes 2 train.py``.

On several machines the same command is given on each, with where process 0 is and which process starts there::

    python -m autograd.xla.launch --processes 2 --coordinator first-machine:5000 --process-id 0 train.py
    python -m autograd.xla.launch --processes 2 --coordinator first-machine:5000 --process-id 1 train.py

The program is the same in all of them: ``nn.fit(…, compile=True, mesh=xla.mesh())``. It is watched over: when a process ends
with an error, or dies, the others are ended as well, and the command says which it was.
"""

from __future__ import annotations

import argparse
import os
import re
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Sequence

_INSIDE = "CHAINRULE_LAUNCHED"  # set in the processes that are started: they run the program
_LOST = re.compile(
    "Gloo|heartbeat|UNAVAILABLE|DEADLINE_EXCEEDED|coordination service"
)  # in JAX's words: one is missing
_PATIENCE = 5.0  # seconds that the others have to end by themselves


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the processes, and wait for them; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m autograd.xla.launch", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--processes", type=int, required=True, help="how many there are, on all machines")
    parser.add_argument("--coordinator", help="host:port of process 0; without it, all processes are started here")
    parser.add_argument("--process-id", type=int, help="which one is started here, 0 for the first")
    parser.add_argument(
        "--timeout", type=int, default=100, help="seconds without a sign of life after which one is dead"
    )
    parser.add_argument("program", help="a Python file")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="its arguments")
    given = parser.parse_args(arguments)
    if (given.coordinator is None) != (given.process_id is None):
        parser.error(
            "--coordinator and --process-id belong together: which process is started here, and where process 0 is"
        )
    if given.process_id is not None and not 0 <= given.process_id < given.processes:
        parser.error(f"--process-id {given.process_id}: there are the processes 0 … {given.processes - 1}")
    if _INSIDE in os.environ:
        _run(given)
        return 0
    here = range(given.processes) if given.process_id is None else [given.process_id]
    return _watch(given, here)


def _watch(given: argparse.Namespace, here: Sequence[int]) -> int:
    address = given.coordinator or f"127.0.0.1:{_free_port()}"
    common = ["--processes", str(given.processes), "--coordinator", address, "--timeout", str(given.timeout)]
    environment = {**os.environ, _INSIDE: "1"}
    running = {}
    for i in here:
        command = [sys.executable, "-m", "autograd.xla.launch", *common, "--process-id", str(i), given.program]
        # standard input stays open as long as this process lives
        running[i] = subprocess.Popen([*command, *given.arguments], env=environment, stdin=subprocess.PIPE)  # noqa: S603
    try:
        return _waited(running, given.processes)
    except KeyboardInterrupt:  # which all have received: `fit` ends in good order
        for process in running.values():
            process.wait()
        return 130
    finally:
        _ended(running)


def _waited(running: dict[int, subprocess.Popen[bytes]], count: int) -> int:
    """Wait until all are through, or one is not."""
    while True:
        codes = {i: process.poll() for i, process in running.items()}
        bad = {i: code for i, code in codes.items() if code}
        if bad:
            killed = [i for i, code in bad.items() if code < 0]
            i = killed[0] if killed else next(iter(bad))
            how = f"was killed ({signal.Signals(-bad[i]).name})" if bad[i] < 0 else f"ended with exit status {bad[i]}"
            sys.stderr.write(
                f"autograd.xla.launch: process {i} of {count} {how}; none can go on without it, and those here are ended. The "
                "same command goes on from the last checkpoint, if the program makes them (nn.training.Checkpoint)\n"
            )
            return 1
        if not any(code is None for code in codes.values()):
            return 0
        time.sleep(0.02)


def _ended(running: dict[int, subprocess.Popen[bytes]]) -> None:
    """End those that are left."""
    deadline = time.monotonic() + _PATIENCE
    for process in running.values():
        try:
            process.wait(max(0.0, deadline - time.monotonic()) if process.poll() is None else None)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin is not None:
            process.stdin.close()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


# -- in a process that has been started ----------------------------------------------------------------------------


def _run(given: argparse.Namespace) -> None:
    """The program, as one of several processes."""
    import jax

    threading.Thread(target=_end_with_parent, daemon=True).start()
    jax.distributed.initialize(
        given.coordinator, given.processes, given.process_id, initialization_timeout=given.timeout,
        heartbeat_timeout_seconds=given.timeout,
    )  # fmt: skip
    del os.environ[_INSIDE]  # what the program starts is no part of this
    sys.argv = [given.program, *given.arguments]
    sys.path[0] = os.path.dirname(os.path.abspath(given.program))
    try:
        runpy.run_path(given.program, run_name="__main__")
    except SystemExit as error:
        if error.code:
            _give_up(given, f"its program has ended with status {error.code}")
        raise
    except BaseException as error:
        if _LOST.search(str(error)):
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
        else:
            traceback.print_exc()
        _give_up(given, "another process has died" if _LOST.search(str(error)) else "its program has raised an error")


def _give_up(given: argparse.Namespace, why: str) -> None:
    """End at once: in good order it would wait for the others, one of which may be dead."""
    sys.stderr.write(f"autograd.xla.launch: process {given.process_id} of {given.processes} ends: {why}\n")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1)


def _end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
