"""Every Python block in the README and the documentation runs, in order, one namespace per file."""

from __future__ import annotations

import ast
import doctest
import importlib
import re
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page):
    """(line number, source) of each block that is marked as Python."""
    text = page.read_text()
    found = re.finditer(r"^ *```python\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    return [(text[: m.start()].count("\n") + 2, textwrap.dedent(m.group(1))) for m in found]


def shown(page):
    """By the line of a Python block what the page says that it prints: a block of text directly after it."""
    text = page.read_text()
    found = re.finditer(r"^```python\n((?:(?!^```).)*?)^```\n\n```text\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return {text[: m.start()].count("\n") + 2: m.group(2) for m in found}


def words(picture):
    """What is written in a picture, wherever it stands there: another version of Graphviz sets other places."""
    return sorted(re.findall(r"<text[^>]*>(.*?)</text>", picture.read_text()))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_code_blocks_run(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    namespace, outputs = {"__name__": "docs"}, shown(page)
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE  # long lines are wrapped in a page
    for line, source in blocks(page):
        capsys.readouterr()
        exec(compile("\n" * (line - 1) + source, page, "exec"), namespace)
        if line in outputs:
            printed = capsys.readouterr().out
            assert doctest.OutputChecker().check_output(outputs[line], printed, options), printed
    for drawn in tmp_path.glob("*.svg"):
        kept = page.parent.parent / "images" / page.parent.name / drawn.name
        assert not kept.exists() or words(drawn) == words(kept), "python -m tests.tools.lesson_pictures draws it anew"


MODULES = [
    str(path.relative_to(ROOT).with_suffix("")).replace("/", ".")
    for package in ("autograd", "nn")
    for path in sorted((ROOT / package).rglob("*.py"))
    if ">>> " in path.read_text() and path.name != "__init__.py"
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted
    assert not result.failed


def test_examples_in_docstrings_stand_in_a_section():
    """The documentation shows them as code there; elsewhere Markdown reads `>>>` as quotations and `[1, 2]` as a link."""
    for name in MODULES:
        for node in ast.walk(ast.parse((ROOT / f"{name.replace('.', '/')}.py").read_text())):
            if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Module)):
                text, _, examples = (ast.get_docstring(node) or "").partition("\nExamples:\n    >>> ")
                assert ">>> " not in text, f"{name}: {getattr(node, 'name', 'the module')}"
                assert "\n>>> " not in examples, f"{name}: {getattr(node, 'name', 'the module')}"


def test_there_are_blocks_to_run():
    assert len(blocks(ROOT / "README.md")) >= 3
    assert len(shown(ROOT / "README.md")) == 3


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_between_files_lead_somewhere(page):
    prose = re.sub(r"^ *```.*?^ *```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", prose):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
