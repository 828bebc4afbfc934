"""One entry for everything, on a fresh machine: ``python3 run.py demo``, ``python3 run.py test``.

Needs nothing but Python. It keeps a virtual environment beside this file, `.venv`, with the packages that pyproject.toml
asks for (tools/environment.py), and runs the command there.
"""

from __future__ import annotations

import io
import os
import shlex
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent

# Each command: what it is for, and the command lines it runs with the environment's Python.
COMMANDS: dict[str, tuple[str, list[list[str]]]] = {
    "demo": ("run every example; plots and pictures go to out/", [["examples/run_all.py"]]),
    "exercises": (
        "learn to derive: python -m autograd.exercises (its commands follow)",
        [["-m", "autograd.exercises"]],
    ),
    "test": ("run the tests (further arguments go to pytest)", [["-m", "pytest", "-n", "auto", "--dist", "worksteal"]]),
    "lint": (
        "check style and types",
        [
            ["-m", "ruff", "check", "."],
            ["-m", "ruff", "format", "--check", "."],
            ["-m", "mypy"],
            ["tools/javascript.py"],
        ],
    ),
    "bench": ("measure speed and memory, beside other libraries", [["benchmarks/bench.py"]]),
    "docs": ("build the documentation into site/", [["-m", "mkdocs", "build", "--strict"]]),
    "matrix": ("run the tests under every Python and NumPy supported", [["tests/tools/matrix.py"]]),
    "python": ("start the environment's Python", [[]]),
}
GRACE = 5  # seconds for a child that is to end
# What a command needs beside the core. A newcomer's first commands take little.
EXTRAS = {
    "demo": ["dot", "plot", "progress"],
    "exercises": ["dot", "exercises"],
    "python": ["all"],
    "bench": ["all"],
    "docs": ["all", "docs"],
}
DEVELOPMENT = ["all", "onnx", "test", "lint"]


def main(arguments: list[str]) -> int:
    """The exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # not every console has every letter of a path
    if not arguments or arguments[0] not in COMMANDS:
        print("usage: python3 run.py COMMAND [ARGUMENTS]\n")
        for name, (purpose, _) in COMMANDS.items():
            print(f"  {name:<9} {purpose}")
        return 0 if arguments[:1] in ([], ["-h"], ["--help"]) else 2
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts this may well have an older Python
        return fail(
            f"Python 3.11 or newer is needed, and this is {sys.version.split()[0]}: run it with python3.11 or newer"
        )
    sys.path.insert(0, str(ROOT))
    from tools import environment

    name, *more = arguments
    try:
        place = environment.ready(EXTRAS.get(name, DEVELOPMENT))
        variables, folder = environment.variables(), ROOT
        if name == "exercises":  # they lie where the student is, who is told what to type there
            folder = Path.cwd()
            variables["CHAINRULE_EXERCISES"] = f"python3 {shlex.quote(os.path.relpath(ROOT / 'run.py'))} exercises"
        for line in COMMANDS[name][1]:
            if code := call([str(place.python), *line, *more], variables, prompt=name == "python", folder=folder):
                return code
    except KeyboardInterrupt:
        print("run.py: interrupted", file=sys.stderr)
        return 130
    except (environment.SetupError, OSError) as error:
        return fail(str(error))
    return 0


def call(line: list[str], variables: dict[str, str], prompt: bool = False, folder: Path = ROOT) -> int:
    """The exit code of a program. An interrupt ends it, unless it is a prompt, where Ctrl-C says something else."""
    with subprocess.Popen(line, cwd=folder, env=variables) as child:
        while True:
            try:
                code = child.wait()
            except KeyboardInterrupt:
                if not prompt:
                    end(child)
                    raise
            except BaseException:
                end(child)
                raise
            else:
                return 128 - code if code < 0 else code


def end(child: subprocess.Popen[bytes]) -> None:
    """A terminal has interrupted the child too: let it tidy up. One that goes on, or is interrupted again, is ended."""
    for stop in (None, child.terminate, child.kill):
        if stop:
            stop()
        with suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            child.wait(GRACE)
            return


def terminated(number: int, _: object) -> None:
    sys.exit(128 + number)


def fail(message: str) -> int:
    print(f"run.py: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, terminated)
    sys.exit(main(sys.argv[1:]))
