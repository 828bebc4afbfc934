"""Finding a program that lays out graphs, files of every kind, and what happens without any such program."""

import os
import re
import subprocess
import sys
import sysconfig
import warnings
import xml.etree.ElementTree as ET

import pytest

from autograd import Value
from autograd.draw import RenderError, draw, draw_dot, render, tree, widths
from autograd.errors import ShapeError
from tests.draw_networks import perceptron


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """A machine with no `dot` of any kind."""
    monkeypatch.delenv("AUTOGRAD_DOT", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path / "empty"))


def program(path, script):
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!{sys.executable}\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_the_environment_variable_comes_first_then_the_system_then_this_environment(nowhere, monkeypatch, tmp_path):
    assert render.find() is None
    scripts = program(tmp_path / "scripts" / "graphviz-pure", "")
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path / "scripts"))
    assert render.find() == render.Program(scripts)
    assert render.find().pure
    system = program(tmp_path / "bin" / "dot", "")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert render.find() == render.Program(system)
    assert not render.find().pure
    named = program(tmp_path / "other" / "mydot", "")
    monkeypatch.setenv("AUTOGRAD_DOT", named)
    assert render.find() == render.Program(named)


def test_graphviz_pure_is_also_found_on_the_path(nowhere, monkeypatch, tmp_path):
    pure = program(tmp_path / "bin" / "graphviz-pure", "")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert render.find() == render.Program(pure)


def test_a_variable_that_names_nothing_is_an_error(monkeypatch):
    monkeypatch.setenv("AUTOGRAD_DOT", "/no/such/dot")
    with pytest.raises(RenderError, match="AUTOGRAD_DOT='/no/such/dot' is no program"):
        draw(Value(1.0)).svg


@pytest.mark.parametrize(
    ("suffix", "start"),
    [("svg", b"<svg"), ("png", b"\x89PNG"), ("dot", b"digraph"), ("gv", b"digraph"), ("mmd", b"flow")],
)
def test_files(tmp_path, suffix, start):
    path = tmp_path / f"graph.{suffix}"
    assert draw(perceptron()).render(path) == path
    assert path.read_bytes().startswith(start)


def test_other_suffixes_are_refused(tmp_path):
    with pytest.raises(ShapeError, match=r"the suffix must be \.svg, \.png"):
        draw(Value(1.0)).render(tmp_path / "graph.jpg")


def test_graphviz_pure_writes_no_pdf_and_the_error_says_what_does(nowhere, monkeypatch, tmp_path):
    monkeypatch.setenv("AUTOGRAD_DOT", program(tmp_path / "graphviz-pure", ""))
    with pytest.raises(RenderError, match=r"graphviz-pure writes no PDF\. Graphviz does"):
        draw(Value(1.0)).render(tmp_path / "graph.pdf")
    assert not (tmp_path / "graph.pdf").exists()


def test_graphviz_writes_pdf(nowhere, monkeypatch, tmp_path):
    monkeypatch.setenv("AUTOGRAD_DOT", program(tmp_path / "dot", "import sys; print(sys.argv[1], sys.stdin.read())"))
    path = draw(Value(1.0)).render(tmp_path / "graph.pdf")
    assert path.read_bytes().startswith(b"-Tpdf digraph")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("import sys; sys.exit('out of paper')", "out of paper"),
        ("import sys; sys.exit(3)", "exit status 3"),
        ("", "exit status 0, and no picture"),
    ],
)
def test_a_program_that_fails(monkeypatch, tmp_path, script, words):
    monkeypatch.setenv("AUTOGRAD_DOT", program(tmp_path / "dot", script))
    with pytest.raises(RenderError, match=words):
        draw(Value(1.0)).svg


def test_a_program_that_does_not_end(monkeypatch, tmp_path):
    monkeypatch.setattr(render, "_PATIENCE", 0.2)
    monkeypatch.setenv("AUTOGRAD_DOT", program(tmp_path / "dot", "import time; time.sleep(60)"))
    with pytest.raises(RenderError, match=r"limit=.*depth="):
        draw(Value(1.0)).svg


def test_without_any_program(nowhere, tmp_path):
    picture = draw(perceptron())
    with pytest.warns(UserWarning, match=r"graph\.dot was written instead of .*pip install 'chainrule\[dot\]'"):
        written = picture.render(tmp_path / "graph.svg")
    assert written == tmp_path / "graph.dot"
    assert written.read_text() == picture.source
    with pytest.raises(RenderError, match="no program was found that lays out graphs"):
        picture._repr_svg_()
    assert picture._repr_mimebundle_() == {"text/plain": tree(perceptron())}
    assert "flowchart" in picture.mermaid()


def test_a_notebook_gets_svg_and_text():
    picture = draw(perceptron())
    bundle = picture._repr_mimebundle_()
    assert bundle == {"text/plain": str(picture), "image/svg+xml": picture.svg}
    assert bundle["image/svg+xml"] == picture._repr_svg_()
    assert picture._repr_mimebundle_(include=["text/plain"], exclude=["text/plain"]) == {}
    assert ET.fromstring(picture.svg).tag.endswith("svg")


def test_view_opens_a_browser(monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    path = draw(Value(1.0)).view()
    try:
        assert opened == [path.as_uri()]
        assert path.read_text(encoding="utf-8").startswith("<svg")
    finally:
        path.unlink()


def test_microgads_picture_shows_itself_with_the_same_programs(nowhere, monkeypatch, tmp_path):
    monkeypatch.setenv("AUTOGRAD_DOT", program(tmp_path / "dot", "import sys; print('<svg>', sys.argv[1])"))
    dot = draw_dot(Value(1.0, name="x") * 2)
    assert dot.pipe() == b"<svg> -Tsvg\n"
    assert dot._repr_mimebundle_() == {"image/svg+xml": "<svg> -Tsvg\n"}


def test_the_picture_in_a_process_with_an_empty_path():
    """The whole way, in a fresh interpreter that has nothing but this environment."""
    code = "from autograd import Value; from autograd.draw import draw; print(draw(Value(2.0, name='x') * 3).svg[:4])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": "", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("<svg\n", "")


def test_rendering_warns_of_nothing(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw(perceptron()).render(tmp_path / "graph.svg")


def test_text_is_as_wide_as_its_box_was_made_for():
    """Each length is that of Helvetica, and within its box, so that a wider font is drawn narrower."""
    picture = ET.fromstring(draw(perceptron(), gradients=True).svg)
    said = {}
    for group in picture.iter("{http://www.w3.org/2000/svg}g"):
        if group.get("class", "").startswith("node"):
            outline = group.find(".//{http://www.w3.org/2000/svg}path")
            xs = [float(x) for x in re.findall(r"(-?[\d.]+),-?[\d.]+", outline.get("d"))]
            for text in group.iter("{http://www.w3.org/2000/svg}text"):
                length = float(text.get("textLength"))
                assert length < max(xs) - min(xs)
                assert text.get("lengthAdjust") == "spacingAndGlyphs"
                assert text.get("font-family").startswith("Helvetica,Arial,")
                said["".join(text.itertext())] = length / float(text.get("font-size"))
    word = next(text for text in said if text.split() == ["value"])  # with spaces behind it that stay
    assert said[word] == pytest.approx(0.5 + 0.556 + 0.222 + 0.556 + 0.556 + 0.278 * (len(word) - 5), abs=0.001)


def test_text_of_characters_that_are_not_known_is_left_to_the_font():
    assert widths.width("水", 12) is None
    assert widths.fitted('<text font-size="12">水</text>') == '<text font-size="12">水</text>'
    assert widths.fitted("<text>a</text>") == "<text>a</text>"
    assert widths.width("W", 10, bold=True) == pytest.approx(9.44)
