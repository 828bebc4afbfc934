"""The teacher's guide, typed as it stands: from an empty folder to a graded class."""

import csv
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "teaching.md").read_text()


@pytest.fixture
def shell(tmp_path):
    """Type lines into a shell in an empty folder, where `python` is this one."""
    if shutil.which("bash") is None:
        pytest.skip("no bash")
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (bin_ / "python").chmod(0o755)
    (tmp_path / "empty").mkdir()
    environment = {**os.environ, "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}

    def run(lines):
        done = subprocess.run(
            ["bash", "-e", "-c", lines],
            cwd=tmp_path / "empty",
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


def test_the_guide(shell, tmp_path):
    said = shell("\n".join(re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)))
    for promised in re.findall(r"^```text\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE):
        assert promised in said
    assert "✗" not in said.partition("exercises written")[0]  # the skeleton, too, holds what it promises
    report = tmp_path / "empty" / "course" / "report"
    with (report / "grades.csv").open(encoding="utf-8-sig") as table:
        rows = {row["student"]: row for row in csv.DictReader(table)}
    assert {name: row["passed"] for name, row in rows.items()} == {
        "ada": "2",
        "bea": "0",
        "cid": "0",
        "dan": "0",
        "eve": "1",
    }
    assert rows["bea"]["sigmoid_why"].startswith("wrong: ")
    assert "cannot read the file, line 1" in rows["cid"]["sigmoid_why"]
    assert "Stopped after 5 seconds" in rows["dan"]["sigmoid_why"]
    assert rows["ada"]["root_why"].startswith("Missing")
    assert {path.stem for path in (report / "students").glob("*.html")} == set(rows)


def test_the_lessons_are_installed():
    """What a wheel holds besides modules is what pyproject.toml names: every file of every exercise is."""
    named = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["autograd"]
    held = {path for pattern in named for path in (ROOT / "autograd").glob(pattern) if path.is_file()}
    files = {path for path in (ROOT / "autograd/exercises/lessons").rglob("*") if path.suffix in (".py", ".toml")}
    assert len(files) > 100
    assert files <= held
