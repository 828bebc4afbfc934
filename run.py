"""One entry for everything, on a fresh machine: ``python3 run.py demo``, ``python3 run.py test``.

Needs nothing but Python. It makes `.venv` beside this file, installs the project with all its extras into it (again
only when pyproject.toml or the Python version has changed), and runs the command there.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed-for"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

# Each command: what it is for, and the command lines it runs with the environment's Python.
COMMANDS: dict[str, tuple[str, list[list[str]]]] = {
    "demo": ("run every example; plots and pictures go to out/", [["examples/run_all.py"]]),
    "test": ("run the tests (further arguments go to pytest)", [["-m", "pytest", "-n", "auto", "--dist", "worksteal"]]),
    "lint": (
        "check style and types",
        [["-m", "ruff", "check", "."], ["-m", "ruff", "format", "--check", "."], ["-m", "mypy"]],
    ),
    "bench": ("measure speed and memory", [["benchmarks/run_all.py"]]),
    "docs": ("build the documentation into site/", [["-m", "mkdocs", "build", "--strict"]]),
    "matrix": ("run the tests under every Python and NumPy supported", [["tests/tools/matrix.py"]]),
    "python": ("start the environment's Python", [[]]),
}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in COMMANDS:
        print("usage: python3 run.py COMMAND [ARGUMENTS]\n")
        for name, (purpose, _) in COMMANDS.items():
            print(f"  {name:<8} {purpose}")
        return 0 if arguments[:1] in ([], ["-h"], ["--help"]) else 2
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts this may well have an older Python
        return fail(
            f"Python 3.11 or newer is needed, and this is {sys.version.split()[0]}: run it with python3.11 or newer"
        )
    install(arguments[0])
    for line in COMMANDS[arguments[0]][1]:
        code = subprocess.call([str(PYTHON), *line, *arguments[1:]], cwd=ROOT)
        if code:
            return code
    return 0


def install(command: str) -> None:
    """Bring `.venv` up to date, unless its stamp says that it is."""
    more = {"bench": ["bench"], "docs": ["docs"]}.get(command, [])
    state = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + sys.version.encode()).hexdigest()
    stamp = STAMP.read_text().split() if STAMP.exists() and PYTHON.exists() else []
    installed = stamp[1:] if stamp[:1] == [state] else []
    if {"all", *more} <= set(installed):
        return
    extras = ",".join(sorted({"all", *more, *installed}))
    shutil.rmtree(VENV, ignore_errors=True)
    print(f"Installing into {VENV.name}/ (once; it takes a minute or two) …", flush=True)
    uv = shutil.which("uv")
    target = f"{ROOT}[{extras}]"
    if uv:
        run([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)])
        run([uv, "pip", "install", "--quiet", "--python", str(PYTHON), "--editable", target])
    else:
        make_venv()
        run([str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", target])
    STAMP.write_text(f"{state} {extras.replace(',', ' ')}")


def make_venv() -> None:
    """A virtual environment with pip, or the exact way to get one."""
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        print(made.stdout + made.stderr, file=sys.stderr)
        sys.exit(
            fail(
                "this Python cannot make virtual environments. On Debian and Ubuntu:  sudo apt-get install "
                f"python{version}-venv   On Fedora:  sudo dnf install python3-libs   Or install uv "
                "(https://docs.astral.sh/uv) and run the command again."
            )
        )


def run(line: list[str]) -> None:
    """A step of the installation; stop with its own words if it fails."""
    if subprocess.call(line, cwd=ROOT):
        sys.exit(fail(f"the installation failed at:  {' '.join(line)}"))


def fail(message: str) -> int:
    print(f"run.py: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
