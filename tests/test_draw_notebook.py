"""Pictures in a notebook, in a real kernel."""

import html
import os
import re
from pathlib import Path

import nbclient
import nbformat
import pytest

from autograd import Value
from autograd.draw import Recorder, draw
from tests.browser import CHROMIUM, DRIVER, start
from tests.draw_pages import data_of

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")

CELLS = [
    "from autograd import Value, trace_lines\n"
    "from autograd.draw import draw, draw_dot, trace\n"
    "a, b = Value(2.0, name='a'), Value(-3.0, name='b')",
    "with trace_lines():\n    d = a * b + 10\nd.backward()\ndraw(d)",
    "draw_dot(d, rankdir='TB')",
    "nodes, edges = trace(d)\nlen(nodes), len(edges)",
    "draw(d).html('page.html')",
    "draw(d).explore()",
    "from autograd.draw import Recorder\nfilm = Recorder()\nfilm.record(a * b + 10)\nfilm.record(a * b + 10)\nfilm",
]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebook")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    client = nbclient.NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    client.execute(env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)})
    results = [[output.data for output in cell.outputs if "data" in output] for cell in notebook.cells]
    return results, (folder / "page.html").read_text(encoding="utf-8")


def test_a_picture_shows_itself(outputs):
    (shown,) = outputs[0][1]
    assert shown["image/svg+xml"].startswith("<svg")
    assert "d (add): 4, grad 1" in shown["text/plain"], "the line is traced, and with it the name of the variable"


def test_micrograds_functions_do_what_its_notebooks_expect(outputs):
    (shown,) = outputs[0][2]
    assert "<svg" in shown["image/svg+xml"]
    assert "data 4.0000" in shown["image/svg+xml"]
    assert outputs[0][3][0]["text/plain"] == "(4, 3)"


def test_the_explorer_knows_the_lines_of_a_cell(outputs):
    data = data_of(outputs[1])
    assert [node.get("code") for node in data["nodes"] if node["op"]] == ["d = a * b + 10"] * 2


@pytest.mark.parametrize(("cell", "moments"), [(5, 1), (6, 2)])
def test_the_explorer_and_a_film_show_themselves_whole(outputs, cell, moments):
    (shown,) = outputs[0][cell]
    frame = shown["text/html"]
    assert frame.startswith("<iframe srcdoc=")
    inside = html.unescape(frame.split('srcdoc="')[1].split('"')[0])
    assert len(data_of(inside)["snapshots"]) == moments
    assert re.findall(r"""(?:src|href)=["'](?!data:,|#)""", inside) == []  # nothing is fetched


def test_a_recorder_without_a_moment_shows_nothing():
    assert Recorder()._repr_html_() is None


def test_a_frame_in_a_page_works(tmp_path):
    """As a notebook puts it into its own page: sandboxed, without an address of its own."""
    selenium = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    if not (CHROMIUM and DRIVER):
        pytest.skip("no Chromium with its driver on this machine")
    result = Value(2.0, name="a") * 3 + 1
    page = tmp_path / "notebook.html"
    page.write_text(f"<!doctype html><meta charset=utf-8>{draw(result).explore()._repr_html_()}", encoding="utf-8")
    driver = start(tmp_path / "profile")
    try:
        driver.get(page.as_uri())
        driver.switch_to.frame(driver.find_element(selenium.common.by.By.TAG_NAME, "iframe"))
        driver.find_element(selenium.common.by.By.ID, "forward").click()
        assert driver.find_element(selenium.common.by.By.ID, "where").text == "backward 1 of 2"
        driver.find_element(selenium.common.by.By.ID, "descend").click()
        assert "1 step" in driver.find_element(selenium.common.by.By.ID, "progress").text
        assert driver.get_log("browser") == []
    finally:
        driver.quit()
