"""The tests under every Python on this machine from 3.11 on, with the oldest and the newest NumPy that is supported.

``python3 run.py matrix [--quick] [pytest arguments]``: each combination gets an environment of its own in a temporary folder.
``--quick`` is the newest Python with the oldest NumPy alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = [f"3.{minor}" for minor in range(11, 16)]
NUMPY = {"oldest": "numpy==2.3.*", "newest": "numpy"}


def interpreters() -> dict[str, str]:
    """The Pythons that answer to their name on the PATH, or that pyenv has, by version."""
    found = {}
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in VERSIONS:
        candidates = [
            shutil.which(f"python{version}"),
            *(str(p) for p in sorted(pyenv.glob(f"{version}.*/bin/python"))),
        ]
        for candidate in filter(None, candidates):
            asked = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False)
            if asked.returncode == 0 and asked.stdout.startswith(f"Python {version}."):
                found[version] = candidate
                break
    return found


def passes(python: str, numpy: str, arguments: list[str]) -> bool:
    """Whether the tests pass under this Python with this NumPy."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, "-m", "venv", folder], check=True)
        inside = str(Path(folder) / "bin" / "python")
        subprocess.run([inside, "-m", "pip", "install", "-q", "-e", f"{ROOT}[all,test]", numpy], check=True)
        environment = os.environ | {"PYTHONWARNINGS": "error"}
        subprocess.run(
            [inside, "-c", "import autograd.numpy, nn, autograd.draw, autograd.check"], check=True, env=environment
        )
        return subprocess.call([inside, "-m", "pytest", "-q", "-n", "auto", *arguments], cwd=ROOT) == 0


def main(arguments: list[str]) -> int:
    """0 if the tests pass in every combination."""
    pythons, releases = interpreters(), NUMPY
    if arguments[:1] == ["--quick"]:
        newest = list(pythons)[-1]
        pythons, releases, arguments = {newest: pythons[newest]}, {"oldest": NUMPY["oldest"]}, arguments[1:]
    results = {
        f"Python {version}, {age} NumPy": passes(python, numpy, arguments)
        for version, python in pythons.items()
        for age, numpy in releases.items()
    }
    for name, good in results.items():
        print(f"{name}: {'passed' if good else 'FAILED'}")
    return 0 if all(results.values()) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:  # run.py says so
        sys.exit(130)
