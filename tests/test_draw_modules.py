"""The explorer's modules: how they are bundled, that each says what it needs, and their own tests, where node is."""

import re
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from autograd.draw.explore import live
from autograd.draw.explore.bundle import bundle, plain_css
from autograd.draw.explore.page import script
from tools.javascript import node

HERE = Path(__file__).parent
SOURCES = {
    path.name.removesuffix(".mjs"): path.read_text(encoding="utf-8")
    for path in (files("autograd.draw.explore") / "assets").iterdir()
    if path.name.endswith(".mjs")
}
SOURCES["rules"] = live.module("const RULES = [];")  # the one that is written for each page
NODE = node()


def test_a_module_comes_after_what_it_imports_and_keeps_its_own_names():
    modules = {
        "main": 'import { twice,\n  one } from "./a.mjs";\nconst own = "  a  =  b";\nreport(twice(one) + own);\n',
        "a": "// A comment.\nconst own = 5;\nexport const one = own - 4;\nexport function twice(x) {\n"
        "  return own ? 2 * x : [x];\n}\n",
    }
    assert bundle("main", modules.__getitem__) == (
        "let one, twice;\n"
        "{\nconst own=5;one=own-4;twice=function(x){return own?2*x:[x];};}\n"
        '{\nconst own="  a  =  b";report(twice(one)+ own);}\n'
    )


@pytest.mark.parametrize(
    ("modules", "words"),
    [
        ({"main": 'import { a } from "./b.mjs";\n', "b": "const a = 1;\n"}, "main.mjs imports a, which b.mjs does not"),
        (
            {"main": 'import { a } from "./b.mjs";\nexport const c = 1;\n', "b": 'import { c } from "./main.mjs";\n'},
            "in a circle: main → b → main",
        ),
        (
            {"main": 'import { a } from "./b.mjs";\nexport const a = 1;\n', "b": "export const a = 1;\n"},
            "main.mjs and b.mjs both export a",
        ),
    ],
)
def test_modules_that_do_not_fit_together(modules, words):
    with pytest.raises(ValueError, match=words):
        bundle("main", modules.__getitem__)


def test_every_export_is_imported_and_every_module_is_part_of_the_page():
    imported = {}
    tests = [path.read_text(encoding="utf-8") for path in (HERE / "javascript").iterdir()]
    for source in (*SOURCES.values(), *tests):
        for names, other in re.findall(r'import \{([\w,\s]+)\} from "[./\w]*/(\w+)\.mjs";', source):
            imported.setdefault(other, set()).update(re.findall(r"\w+", names))
    assert set(SOURCES) == {*imported, "main"}
    for name, source in SOURCES.items():
        exported = set(re.findall(r"^export (?:const|function) (\w+)", source, re.MULTILINE))
        assert exported - imported.get(name, set()) == set(), name
        assert source.count("export ") == len(exported), f"{name} exports in a way that bundle.py does not know"
        assert source.count("import ") == len(
            re.findall(r'^import \{[\w,\s]+\} from "\./\w+\.mjs";$', source, re.MULTILINE)
        )


def test_a_style_sheet_without_spaces():
    assert (
        plain_css("/* a\n b */\na b > c:hover { x: 1px 2px;\n  y: var(--z); }\n")
        == "a b > c:hover{x:1px 2px;y:var(--z);}"
    )


def test_the_script_of_a_page_has_every_module_once():
    text = script("main", "const RULES = [1];")
    assert text.count("RULES=[1]") + text.count("RULES = [1]") == 1
    assert text.count("\n{\n") == len(SOURCES)
    assert "import {" not in text


if NODE:  # node comes with pyright (extra `lint`), so that run.py has it

    def test_the_modules_pass_their_own_tests():
        tests = sorted((HERE / "javascript").glob("*.test.mjs"))
        assert len(tests) == 3
        done = subprocess.run([NODE, "--test", *tests], capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout
        assert int(re.search(r"(?:#|ℹ) pass (\d+)", done.stdout)[1]) >= 19
