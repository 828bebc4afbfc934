"""The pages that the examples write, and the gallery."""

import importlib
import re
from pathlib import Path

import pytest

from tests.draw_pages import data_of

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(EXAMPLES)
        out = tmp_path_factory.mktemp("out")
        return {path.name: path.read_text(encoding="utf-8") for path in importlib.import_module("explorer").main(out)}


def test_a_page_for_each_and_the_gallery_links_them(pages):
    *explorers, index = pages
    assert index == "index.html"
    assert len(explorers) == 4
    assert all(f'href="{name}"' in pages[index] for name in explorers)
    assert all(len(pages[name]) < 1_000_000 for name in explorers)


def test_0_0214_is_found_and_explained(pages):
    data = data_of(pages["explorer_alice.html"])
    grads = {node["title"]: g for node, g in zip(data["nodes"], data["snapshots"][0]["grads"], strict=True)}
    assert grads["w1"] == pytest.approx(0.02146953526581111, rel=1e-12)
    assert {node["code"] for node in data["nodes"] if node["title"] == "h1"} == {
        'h1 = named(sigmoid(p["w1"] * x1 + p["w2"] * x2 + p["b1"]), "h1")'
    }


def test_a_step_and_a_film(pages):
    before, after = (m["values"][-1] for m in data_of(pages["explorer_step.html"])["snapshots"])
    assert after < before == pytest.approx(0.2269, abs=1e-4)
    film = data_of(pages["explorer_training.html"])
    losses = [moment["values"][film["root"]] for moment in film["snapshots"]]
    assert len(losses) == 20
    assert losses[-1] < 0.05 < losses[0]
    assert [call["label"] for call in film["calls"]] == ["hidden layer", "output layer"]


def test_the_gallery_escapes_names_and_groups_by_example(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLES)
    gallery = importlib.import_module("gallery")
    assert "There is nothing yet" in gallery.write(tmp_path).read_text(encoding="utf-8")
    for name in ("01_alice_graph.svg", "01_alice_graph.html", "01_two_two_one.png", "notes.txt", 'x_"quote".html'):
        (tmp_path / name).touch()
    text = gallery.write(tmp_path).read_text(encoding="utf-8")
    tutorial, further = re.findall("<h2>(.*)</h2>", text)
    assert "Machine Learning for Beginners" in tutorial
    assert "https://victorzhou.com/" in tutorial
    assert further == "Further pages"
    assert text.index("01_two_two_one.png") < text.index("01_alice_graph.svg")  # what it is about comes first
    assert '<a class="page" href="01_alice_graph.html"><img src="01_alice_graph.svg"' in text
    assert '<a href="01_two_two_one.png"><img src="01_two_two_one.png"' in text
    assert "<strong>The 2-2-1 network</strong><small>The loss in 1,000 epochs" in text
    assert 'href="x_&quot;quote&quot;.html"' in text
    assert "notes" not in text


def test_each_picture_of_an_example_has_a_caption_and_a_tutorial(monkeypatch):
    monkeypatch.syspath_prepend(EXAMPLES)
    gallery = importlib.import_module("gallery")
    numbered = sorted(EXAMPLES.glob("[0-9][0-9]_*.py"))
    assert [path.name[:2] for path in numbered] == sorted(" ".join(t[3] for t in gallery.TUTORIALS).split())
    source = "".join(path.read_text(encoding="utf-8") for path in (*numbered, EXAMPLES / "explorer.py"))
    written = set(re.findall(r"[\"']((?:\d\d|explorer)_\w+)\.(?:png|svg|html)", source))
    assert written == set(gallery.CAPTIONS)
