"""The lesson in docs/lesson/: its exercises are there, its commands work, its pages follow one another."""

import itertools
import re

import pytest

from autograd.exercises.__main__ import main

from .test_docs import ROOT

PAGES = sorted((ROOT / "docs" / "lesson").glob("*.md"))
COMMAND = re.compile(r"^python -m autograd\.exercises (.*)$", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_the_exercises_of_a_page_are_there_and_its_commands_begin_them(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    starts = [line for line in COMMAND.findall(page.read_text()) if line.endswith(" start")]
    assert starts
    for line in starts:
        folder, names = re.fullmatch(r"--folder (\S+) --only (\S+) start", line).groups()
        assert main(line.split()) == 0
        files = sorted(path.stem for path in (tmp_path / folder).glob("*.py"))
        assert files == [f"{i:02}_{name}" for i, name in enumerate(names.split(","), 1)]


def test_no_exercise_is_set_twice():
    names = [
        name for page in PAGES for found in re.findall(r"--only (\S+)", page.read_text()) for name in found.split(",")
    ]
    assert len(set(names)) == len(names) > 20


def test_pages_follow_one_another():
    assert len(PAGES) == 8
    for page, following in itertools.pairwise(PAGES):
        assert f"]({following.name})" in page.read_text().rpartition("Next: ")[2]
    nav = (ROOT / "mkdocs.yml").read_text()
    assert all(f"lesson/{page.name}" in nav for page in PAGES)
