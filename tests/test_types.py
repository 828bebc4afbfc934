"""What mypy and pyright say of programs: of `typed_program.py`, and of all that the README and the documentation show."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from .test_docs import PAGES, ROOT, blocks

PROGRAM = Path(__file__).with_name("typed_program.py")
MYPY = """
[mypy]
strict = True
mypy_path = {root}
follow_imports = silent
allow_redefinition = True
# Readers' own functions have no annotations; other packages have none either.
allow_untyped_defs = True
allow_untyped_calls = True
disable_error_code = import-untyped, import-not-found
# What did not change since the tests were run here last is not looked at again.
cache_dir = {cache}
"""
pytestmark = pytest.mark.unmeasured


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """A folder with a file for each page, in which each line has the number that it has there."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / PROGRAM.name).write_text(PROGRAM.read_text())
    for page in PAGES:
        lines: list[str] = []
        for line, source in blocks(page):
            lines += [""] * (line - 1 - len(lines)) + source.rstrip("\n").split("\n")
        name = str(page.relative_to(ROOT)).replace("/", "_").replace(".", "_")
        (folder / f"{name}.py").write_text("\n".join(lines) + "\n")
    return folder


def test_the_program_runs(capsys):
    runpy.run_path(str(PROGRAM))
    assert capsys.readouterr().out


def run(*line):
    return subprocess.run([sys.executable, "-m", *map(str, line)], capture_output=True, text=True, check=False)


def test_mypy_accepts_what_is_shown(programs, tmp_path):
    (tmp_path / "mypy.ini").write_text(MYPY.format(root=ROOT, cache=ROOT / ".mypy_cache" / "pages"))
    done = run("mypy", "--config-file", tmp_path / "mypy.ini", *sorted(programs.glob("*.py")))
    assert done.returncode == 0, done.stdout + done.stderr


def test_pyright_accepts_what_is_shown(programs):
    options = {
        "extraPaths": [str(ROOT)],
        "reportUnnecessaryTypeIgnoreComment": "error",
        "reportPossiblyUnboundVariable": "none",  # a loop of a page runs at least once
    }
    (programs / "pyrightconfig.json").write_text(json.dumps(options))
    done = run("pyright", "-p", programs, "--pythonpath", sys.executable)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 errors" in done.stdout
