"""The explorer in a real browser: every control is used, and the console stays silent.

It needs Chromium and its driver (Debian: ``apt-get install chromium chromium-driver``); without them there is nothing
to test with, and these tests, alone of all, are skipped.
"""

import numpy as np
import pytest

from autograd import Value, functions, scope, trace_lines
from autograd.draw import Recorder, draw
from autograd.draw.collect import collect
from tests.browser import CHROMIUM, DRIVER, resize, start
from tests.draw_networks import mnist, named, two_two_one

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.wait import WebDriverWait  # noqa: E402

pytestmark = [
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no Chromium with its driver on this machine"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

HOSTILE = "<script>alert(1)</script>"


def training():
    """A film of a small network whose first hidden unit is dead."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(6, 3))
    w, b, v = (
        Value(a, name=n) for a, n in ((rng.normal(size=(3, 4)), "W"), ([-100.0, 0, 0, 0], "b"), (np.ones(4), "v"))
    )
    recorder = Recorder(every=2)
    for _ in range(10):
        with scope("Hidden"):
            h = named(functions.relu(x @ w + b), "h")
        loss = named(((h @ v - 1) ** 2).mean(), "loss")
        recorder.record(loss)
        loss.backward()
        for parameter in (w, b, v):
            parameter.data, parameter.grad = parameter.data - 0.05 * parameter.grad, None
    return recorder


def hostile():
    x = Value([[1.0, -2.0, 0.0], [3.0, np.inf, 2.0]], name="x")
    y = Value(3.0, name=HOSTILE)
    with np.errstate(all="ignore"), scope(HOSTILE):
        return (np.sqrt(x) * y + y * x).sum() + functions.relu(-y)


def accumulated():
    a, b = Value(2.0, name="a"), Value(-3.0, name="b")
    c = a * b
    return named(c * a + np.tanh(a) * c, "d")


def large():
    """Nine hundred operations: two weights that all points use, one after another."""
    u, v = Value(0.7, name="first"), Value(-0.4, name="second")
    total = Value(0.0, requires_grad=False)
    for i in range(180):
        total = total + np.tanh(u * (i / 90) + v) * v
    return named(total, "total")


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    with trace_lines():
        draw(two_two_one()).html(folder / "article.html", title="The 2-2-1 network")
    draw(mnist()).html(folder / "mnist.html")
    draw(hostile()).html(folder / "hostile.html", title=f"</title>{HOSTILE}")
    draw(accumulated()).html(folder / "accumulated.html")
    training().html(folder / "film.html")
    draw(Value([1.0, 2.0], name="alone")).html(folder / "alone.html")
    draw(large(), repeats=None).html(folder / "large.html")
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    driver = start(tmp_path_factory.mktemp("profile"))
    yield driver
    driver.quit()


class Page:
    """A page in the browser, and what its tests ask of it."""

    def __init__(self, driver, path):
        self.driver = driver
        driver.get(path.as_uri())

    def __getitem__(self, name):
        return self.driver.find_element(By.ID, name)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    @property
    def panel(self):
        return " ".join(self["panel"].text.split())

    def key(self, *keys):
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def choose(self, name, value):
        self.driver.execute_script(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))", self[name], value
        )

    def named(self, title):
        (node,) = (
            n
            for n in self.all("#stage .view:not([hidden]) .node")
            if n.get_attribute("aria-label").startswith(f"{title},")
        )
        return node

    def classes(self, selector):
        return {n.get_attribute("id") for n in self.all(selector)}

    def has(self, node, name):
        return name in node.get_attribute("class").split()


@pytest.fixture
def page(browser, pages, request):
    yield Page(browser, pages / f"{request.param}.html")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert browser.get_log("browser") == [], "the console"


on = lambda name: pytest.mark.parametrize("page", [name], indirect=True)


@on("article")
def test_a_reader_of_the_article_finds_0_0214_and_sees_how_it_is_made(page):
    page.named("w1").click()
    assert "gradient 0.0214695" in page.panel
    assert "−0.0107348 incoming × −2 local = 0.0214695 contribution" in page.panel
    assert "1 × 0.9526 × −1 × 0.2494 × 1 × 1 × 1 × 0.04518 × 1 × 1 × −2 = 0.0214695" in page.panel
    by_name = "".join(page.all("#panel .names")[0].text.split())
    assert by_name == "∂L∂w1=∂L∂y_pred·∂y_pred∂h1·∂h1∂w1=(−0.9526)·(0.2494)·(−0.09035)=0.0214695"
    assert page.all("#panel td[title^='0.02146953526581']")


@on("article")
def test_stepping_forward_and_back(page):
    page["first"].click()
    assert page["where"].text == "backward 0 of 17"
    assert page.has(page.named("y_pred"), "waiting")
    page["forward"].click()
    page["forward"].click()
    page["forward"].click()
    assert page["where"].text == "backward 3 of 17"
    assert "y_pred" in page["panel"].text
    assert "=y_pred·(1−y_pred)=0.5237·(1−0.5237)=0.24943" in "".join(page.panel.split())
    assert len(page.all("#stage .edge.lit")) == 1
    assert "Step 3 of 17: y_pred. + add receives −0.2376" in page["status"].get_attribute("textContent")
    page["back"].click()
    assert page["where"].text == "backward 2 of 17"
    page["last"].click()
    assert not page.all("#stage .node.waiting")
    assert not page["forward"].is_enabled()
    page.driver.execute_script(
        "const p = document.getElementById('position'); p.value = 5; p.dispatchEvent(new Event('input'))"
    )
    assert page["where"].text == "backward 5 of 17"


@on("article")
def test_the_forward_pass_comes_before_the_backward_one(page):
    page["first"].click()
    page["back"].click()
    assert page["where"].text == "forward 16 of 17"
    assert "gradient so far not yet" in page.panel
    page.driver.execute_script(
        "const p = document.getElementById('position'); p.value = -17; p.dispatchEvent(new Event('input'))"
    )
    assert page["where"].text == "forward 0 of 17"
    assert not page["back"].is_enabled()
    assert "value not yet" in page.named("y_pred").get_attribute("aria-label")
    assert len(page.all("#stage .node.waiting")) == 17
    page["forward"].click()
    assert page["status"].get_attribute("textContent") == "Forward step 1 of 17: × multiply is −2"
    assert len(page.all("#stage .edge.lit")) == 2
    assert "How it is computed 1 × −2 = −2" in page.panel
    assert "hands on" not in page.panel
    for place in range(2, 18):
        values = [n for n in page.all("#stage .node") if "value not yet" in n.get_attribute("aria-label")]
        assert len(values) == 18 - place
        page["forward"].click()
    assert page["where"].text == "backward 0 of 17"
    page.choose("speed", "60")
    page["ahead"].click()
    WebDriverWait(page.driver, 10).until(
        lambda _: page["where"].text == "backward 17 of 17" and "Play" in page["play"].text
    )


def test_a_link_to_a_step(browser, pages):
    address = f"{(pages / 'article.html').as_uri()}#step=3"
    browser.get("about:blank")
    browser.get(address)
    assert browser.find_element(By.ID, "where").text == "backward 3 of 17"
    browser.find_element(By.ID, "forward").click()
    WebDriverWait(browser, 5).until(lambda _: browser.current_url.endswith("#step=4"))
    browser.get(f"{(pages / 'film.html').as_uri()}#step=2&moment=3")
    assert browser.find_element(By.ID, "when").text == "step 6"
    assert browser.find_element(By.ID, "where").text.startswith("backward 2 of")
    for odd in ("step=x&moment=-1", "step=1e9", "%", "moment=99"):
        browser.get("about:blank")
        browser.get(f"{(pages / 'film.html').as_uri()}#{odd}")
    assert browser.get_log("browser") == []


@on("mnist")
def test_the_ground_is_dragged_and_the_wheel_zooms_where_it_is(page):
    page["larger"].click()
    page["larger"].click()
    page["larger"].click()
    stage = page["stage"]
    at = lambda: page.driver.execute_script("return [arguments[0].scrollLeft, arguments[0].scrollTop]", stage)
    page.driver.execute_script("arguments[0].scrollTo(200, 0)", stage)
    free = page.driver.execute_script(
        "const s = arguments[0].getBoundingClientRect(); for (let y = s.top + 4; y < s.bottom - 4; y += 6)"
        " for (let x = s.left + 60; x < s.right - 200; x += 10) { const e = document.elementFromPoint(x, y);"
        " if (e.closest('svg') && !e.closest('.node, .cluster text, .cover')) return [x, y]; }",
        stage,
    )
    before, (x, y) = at(), map(int, free)
    mouse = webdriver.ActionChains(page.driver, duration=20).w3c_actions
    mouse.pointer_action.move_to_location(x, y).pointer_down().move_to_location(x + 50, y).pointer_up()
    mouse.perform()
    assert at()[0] == before[0] - 50
    assert not page.has(stage, "dragged")
    width = lambda: page.driver.execute_script(
        "return document.querySelector('#stage svg').getBoundingClientRect().width"
    )
    wheel = (
        "arguments[0].dispatchEvent(new WheelEvent('wheel', {deltaY: -150, ctrlKey: arguments[1], clientX: arguments[2],"
        " clientY: arguments[3], bubbles: true, cancelable: true}))"
    )
    wide = width()
    page.driver.execute_script(wheel, stage, False, x, y)
    assert width() == wide
    under = "const b = document.querySelector('#stage svg').getBoundingClientRect(); return (arguments[0] - b.left) / b.width"
    share = page.driver.execute_script(under, x)
    page.driver.execute_script(wheel, stage, True, x, y)
    assert width() == pytest.approx(wide * np.exp(0.5), rel=1e-3)
    assert page.driver.execute_script(under, x) == pytest.approx(share, abs=2e-3)


@on("mnist")
def test_two_fingers_zoom(page):
    fingers = (
        "for (const d of [40, 60]) { const t = [-d, d].map((x, i) => new Touch({identifier: i, target: arguments[0],"
        " clientX: 400 + x, clientY: 400})); arguments[0].dispatchEvent(new TouchEvent('touchmove', {touches: t,"
        " bubbles: true, cancelable: true})); } arguments[0].dispatchEvent(new TouchEvent('touchend'))"
    )
    width = lambda: page.driver.execute_script(
        "return document.querySelector('#stage svg').getBoundingClientRect().width"
    )
    before = width()
    page.driver.execute_script(fingers, page["stage"])
    assert width() == pytest.approx(1.5 * before, rel=1e-3)


@on("article")
def test_playing_to_the_end_and_pausing(page):
    page.choose("speed", "60")
    page["play"].click()
    WebDriverWait(page.driver, 10).until(
        lambda _: page["where"].text == "backward 17 of 17" and "Play" in page["play"].text
    )
    page.choose("speed", "2400")
    page["play"].click()
    assert page["where"].text == "backward 0 of 17"
    page.choose("speed", "400")
    assert "Pause" in page["play"].text
    page["play"].click()
    assert "Play" in page["play"].text


@on("article")
def test_everything_by_keyboard(page):
    page.key(Keys.ARROW_LEFT)
    assert page["panel"].text.startswith("−")
    page.key(Keys.ARROW_LEFT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert page["panel"].text.startswith("L")
    page.key(Keys.ARROW_UP)
    up = page.panel
    page.key(Keys.ARROW_DOWN)
    assert page.panel != up
    page.key(Keys.HOME, ".", ".", ",")
    assert page["where"].text == "backward 1 of 17"
    page.key(Keys.END)
    assert page["where"].text == "backward 17 of 17"
    page.key(" ")
    assert "Pause" in page["play"].text
    page.key(" ")
    assert "Play" in page["play"].text
    page.key("/", "w1", Keys.ENTER)
    assert page["panel"].text.startswith("w1")
    assert page["found"].text == "1 found"
    page.key(Keys.TAB)
    page.key("c")
    width = page.driver.execute_script("return document.querySelector('#stage svg').getBoundingClientRect().width")
    page["panel"].click()
    page.key("+", "-", "-")
    assert (
        page.driver.execute_script("return document.querySelector('#stage svg').getBoundingClientRect().width") < width
    )
    page.key("0", "c")
    assert page["colour"].get_attribute("value") == "grad"
    theme = page.driver.execute_script("return document.documentElement.dataset.theme")
    page.key("t")
    assert page.driver.execute_script("return document.documentElement.dataset.theme") != theme
    page.key("?")
    assert page["help"].is_displayed()
    page.key(Keys.ESCAPE)
    assert not page["help"].is_displayed()
    page.key(Keys.CONTROL, "c")
    page.key("q", "f")


@on("article")
def test_the_buttons_of_the_view(page):
    def width():
        return page.driver.execute_script("return document.querySelector('#stage svg').getBoundingClientRect().width")

    before = width()
    page["larger"].click()
    assert width() > before
    page["smaller"].click()
    page["fit"].click()
    assert width() <= before
    page["keys"].click()
    page.all("#help button")[0].click()
    assert not page["help"].is_displayed()
    page["theme"].click()
    dark = page.driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    page["theme"].click()
    assert page.driver.execute_script("return getComputedStyle(document.body).backgroundColor") != dark


@on("article")
def test_search_goes_from_one_to_the_next(page):
    page["search"].send_keys("sigmoid")
    assert page["found"].text == "3 found"
    assert len(page.all("#stage .node.found")) == 3
    seen = set()
    for _ in range(3):
        page["search"].send_keys(Keys.ENTER)
        seen.add(page["panel"].text.split()[0])
    assert seen == {"h1", "h2", "y_pred"}
    page["search"].clear()
    page["search"].send_keys("x", Keys.BACKSPACE)
    assert not page.all("#stage .node.found")


@on("article")
def test_the_line_the_expression_and_the_tree(page):
    page.named("h1").click()
    assert "draw_networks.py:" in page.panel
    assert "σ(w1 × weight + w2 × height + b1)" in page.panel
    page.all("#panel summary")[0].click()
    assert page.all("#panel .tree")[0].is_displayed()
    page.all("#panel .tree button")[-1].click()
    assert page["panel"].text.startswith("b1")


@on("accumulated")
def test_a_sum_is_accumulated_term_by_term(page):
    page.named("a").click()
    assert "a sum of 3" in page.panel
    assert "sum so far: −0.423905 + −6 = −6.4239" in page.panel
    assert "gradient −15.316" in page.panel
    page["first"].click()
    for _ in range(3):
        page["forward"].click()
    page.named("a").click()
    assert page.has(page.named("a"), "partial")
    assert "gradient so far −0.423905" in page.panel
    assert page.panel.count("(not yet)") == 2


def test_an_element_of_a_gradient_is_a_sum_with_numbers(browser, tmp_path):
    w = Value([[1.0, 2.0], [3.0, 4.0]], name="w")
    h = named(np.array([[1.0, -1.0], [0.5, 2.0], [0.0, 3.0]]) @ w + Value(0.5, name="b"), "h")
    page = Page(browser, draw(named((h * h).sum(), "loss")).html(tmp_path / "page.html"))
    page.named("w").click()
    heat = page.all("#panel [data-heat=gradient] .heat")[0]
    assert [text.text for text in heat.find_elements(By.TAG_NAME, "text")] == ["4", "6.5", "88", "116"]
    heat.send_keys(Keys.ARROW_RIGHT)
    page.all("#panel [data-heat=gradient] .heat")[0].send_keys(Keys.ARROW_RIGHT)
    words = page.all("#panel .sum")[0].text
    assert "Its element w[0, 1] gets 2 numbers, incoming × factor:" in words
    rows = [row.text for row in page.all("#panel .sum tr")]  # 2 h[0, 1] · 1 + 2 h[1, 1] · 0.5, by hand
    assert rows == ["from matmul[0, 1] −3 × 1 = −3", "from matmul[1, 1] 19 × 0.5 = 9.5", "sum = 6.5"]
    page.named("b").click()
    assert "gets 6 numbers" in page.all("#panel .sum")[0].text
    page.named("h").click()
    assert browser.get_log("browser") == []


@on("hostile")
def test_hostile_names_do_nothing_and_odd_numbers_stand_out(page):
    assert page["title"].text == f"</title>{HOSTILE}"
    assert page.driver.title == f"</title>{HOSTILE}"
    assert page.named(HOSTILE).is_displayed()
    page.choose("colour", "grad")
    assert page.has(page.named(HOSTILE), "nan")
    assert page.has(page.named("ReLU"), "dead")
    assert page.all("#stage .node.zero")
    page.choose("colour", "value")
    assert page.has(page.named("x"), "infinite")
    for node in page.all("#stage .view:not([hidden]) .node"):
        node.click()
        assert not page.all("#panel script")
    page["search"].send_keys(HOSTILE, Keys.ENTER)
    page.choose("depth", "1")
    assert page["title"].is_displayed()
    page.choose("depth", "0")


@on("mnist")
def test_folding_modules(page):
    assert len(page.all("#stage .cover")) == 0
    next(t for t in page.all("#stage .cluster text") if t.text == "MLP").click()
    (cover,) = page.all("#stage .cover")
    assert cover.get_attribute("aria-label") == "MLP, folded: unfold"
    cover.click()
    assert len(page.all("#stage .cover")) == 0
    label = next(t for t in page.all("#stage .cluster text") if t.text == "Linear #2")
    assert label.get_attribute("aria-expanded") == "true"
    label.click()
    assert label.get_attribute("aria-expanded") == "false"
    hidden = len(page.all("#stage .node.hidden"))
    assert hidden == 4
    page.key(Keys.ENTER)
    assert not page.all("#stage .node.hidden")
    page.key(Keys.ENTER)
    assert len(page.all("#stage .node.hidden")) == hidden
    page["search"].send_keys("1.weight", Keys.ENTER)
    assert not page.all("#stage .node.hidden"), "what was searched for is unfolded"
    page.named("1.weight").click()
    page.key("f")
    assert len(page.all("#stage .node.hidden")) == hidden


@on("mnist")
def test_folding_every_module_lays_the_graph_out_anew(page):
    def visible():
        return [n for n in page.all("#stage .node") if n.is_displayed()]

    everything = len(visible())
    page.choose("depth", "1")
    (mlp,) = (n for n in visible() if n.get_attribute("aria-label").startswith("MLP, folded module"))
    assert len(visible()) == everything - 14 + 1
    mlp.click()
    assert "MLP › Linear #3" in page.panel
    page.choose("depth", "2")
    assert sum("folded module" in n.get_attribute("aria-label") for n in visible()) == 3
    page["search"].send_keys("1.weight", Keys.ENTER)
    (chosen,) = (n for n in visible() if page.has(n, "selected"))
    assert chosen.get_attribute("aria-label").startswith("Linear #2, folded module")
    page["first"].click()
    for _ in range(6):
        page["forward"].click()
    assert page.all("#stage .edge.lit")
    page["panel"].click()
    page.key("f", Keys.ARROW_LEFT, Keys.ARROW_UP)
    page.choose("depth", "0")
    assert len(visible()) + len(page.all("#stage .view:not([hidden]) .node.hidden")) == everything


@on("mnist")
def test_large_arrays_are_shown_in_blocks(page):
    page.named("0.weight").click()
    assert "Each cell is the largest of 25 × 4 numbers" in page.panel
    assert len(page.all("#panel .heat")) == 2
    page.all("#panel .heat")[0].click()
    assert not page.all("#panel .chosen")


@on("alone")
def test_a_graph_of_one_node(page):
    assert "The pass begins here, with 1 for each element" in page.panel
    for button in ("play", "first"):
        page[button].click()
    page.key(Keys.ARROW_LEFT, Keys.ARROW_RIGHT, Keys.ARROW_UP, Keys.ARROW_DOWN, "f", " ", ".", ",")
    page.choose("colour", "grad")


@on("film")
def test_a_film_plays_beside_its_loss(page):
    assert page["losses"].get_attribute("aria-label").startswith("Loss curve from ")
    assert len(page.all("#losses polyline")[0].get_attribute("points").split()) == 5
    page.choose("pace", "40")
    page["roll"].click()
    WebDriverWait(page.driver, 10).until(lambda _: page["when"].text == "step 8" and "▶" in page["roll"].text)
    assert page.all("#losses line")[0].get_attribute("x1") == "300"
    page.choose("pace", "500")
    page["roll"].click()
    assert page["when"].text == "step 0"
    page.choose("pace", "150")
    page["moment"].send_keys(Keys.ARROW_RIGHT)
    assert "▶" in page["roll"].text


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_page_obeys_the_theme_it_was_drawn_in(browser, tmp_path, theme):
    page = Page(browser, draw(accumulated(), theme=theme).html(tmp_path / "page.html"))
    assert browser.execute_script("return document.documentElement.dataset.theme") == theme
    red, *_ = browser.execute_script(
        "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
    )
    assert (red < 128) == (theme == "dark")
    page["theme"].click()
    assert browser.execute_script("return document.documentElement.dataset.theme") != theme


@on("film")
def test_a_film_and_its_comparison(page):
    assert page["film"].is_displayed()
    page.named("loss").click()
    first = page.panel
    page["moment"].send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert page["when"].text == "step 4"
    assert page.panel != first
    shown = [t.text for t in page.all(f"#{page.named('loss').get_attribute('id')} text")]
    assert any(t and t in page.named("loss").get_attribute("aria-label") for t in shown[3:])
    page.choose("compare", "0")
    assert "step 4 step 0 difference" in page.panel
    page.named("W").click()
    assert "at most" in page.panel
    page.choose("colour", "change")
    assert page.has(page.named("W"), "coloured")
    (x,) = page.all(".node.input")
    assert page.has(x, "zero")
    page.choose("compare", "")
    assert "difference" not in page.panel
    page.choose("colour", "change")
    assert page["compare"].get_attribute("value") == "0"
    page["first"].click()
    page["forward"].click()
    page["moment"].send_keys(Keys.ARROW_LEFT)


@on("film")
def test_an_element_is_a_sum_at_every_moment_of_a_film(page):
    page.named("v").click()
    for _ in range(2):
        page.all("#panel [data-heat=gradient] .heat")[0].send_keys(Keys.ARROW_RIGHT)
    seen = set()
    for _ in range(3):
        rows = page.all("#panel .sum tr")
        assert len(rows) > 3, "rows of h that are not 0, and the sum"
        total = float(rows[-1].text.removeprefix("sum = ").replace("−", "-"))
        chosen = page.all("#panel [data-heat=gradient] figcaption")[0].text
        assert float(chosen.rpartition("= ")[2].replace("−", "-")) == pytest.approx(total, rel=1e-3)
        seen.add(total)
        page["moment"].send_keys(Keys.ARROW_RIGHT)
    assert len(seen) == 3


@on("film")
def test_an_element_is_followed_from_array_to_array(page):
    page.named("h").click()
    heat = page.all("#panel .heat")[0]
    assert "Zeros:" in heat.get_attribute("aria-label")
    heat.click()
    assert page.all("#panel .heat .chosen")
    heat = page.all("#panel .heat")[0]
    heat.send_keys(Keys.ARROW_LEFT * 30, Keys.ARROW_UP * 30)
    page.all("#panel .heat")[0].send_keys(Keys.ARROW_DOWN, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert "[1, 2] =" in page.panel
    assert "Element [1, 2] is" in page.all("#panel .heat")[0].get_attribute("aria-label")
    page.key(Keys.TAB)
    page.all("#panel .near button")[0].click()
    assert page["panel"].text.startswith("+")
    assert "[1, 2] =" in page.panel, "the node before has the same shape, so the element is still the chosen one"
    assert "incoming × 1 local" in page.panel


@on("article")
def test_it_can_be_read_aloud(page):
    for control in filter(lambda c: c.is_displayed(), page.all("button, select, input")):
        name = control.get_attribute("aria-label") or control.text or control.accessible_name
        assert name.strip(), control.get_attribute("outerHTML")
    assert page.named("w1").get_attribute("aria-label") == "w1, parameter, value 1, gradient 0.02147"
    assert page.named("w1").get_attribute("role") == "button"
    assert len(page.all("#stage .node[tabindex='0']")) == 1
    assert page["status"].get_attribute("role") == "status"
    assert [m.get_attribute("aria-label") for m in page.all("#panel .rule math:first-child")] == [
        "local rule: 2 * x ** (2 - 1)"
    ]


@on("article")
def test_small_windows_print_and_the_users_preferences(page):
    browser = page.driver
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not page["play"].is_displayed()
    assert page["panel"].is_displayed()
    features = [
        {"name": "prefers-color-scheme", "value": "dark"},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": features})
    dark = "return document.documentElement.dataset.theme === 'dark'"
    WebDriverWait(browser, 5).until(lambda _: browser.execute_script(dark))
    page["first"].click()
    page["forward"].click()
    style = "return getComputedStyle(document.querySelector('.edge.lit path')).animationName"
    assert browser.execute_script(style) == "none"
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    browser.set_window_size(420, 900)
    assert page["panel"].location["y"] > page["stage"].location["y"] + 100
    browser.set_window_size(1400, 900)


def test_everything_is_in_the_one_file(pages, browser):
    """Nothing was asked of a network: not by the page, and not because its rules forbade it."""
    page = Page(browser, pages / "article.html")
    assert page.driver.execute_script("return performance.getEntriesByType('resource').length") == 0
    assert (pages / "article.html").stat().st_size < 300_000


# -- large graphs ----------------------------------------------------------------------------------------------------


@on("large")
def test_of_a_large_graph_that_is_drawn_which_is_in_sight(page):
    drawn = lambda: {int(node.get_attribute("id")[4:]) for node in page.all("#stage .node")}
    at_the_end = drawn()
    assert 10 < len(at_the_end) < 300
    page["first"].click()
    for _ in range(3):
        page["forward"].click()
    lit = page.all("#stage .edge.lit")
    assert lit
    assert all(page.driver.execute_script(IN_VIEW, "#stage .edge.lit, #stage .node.current"))
    page.driver.execute_script(
        "const p = document.getElementById('position'); p.value = 600; p.dispatchEvent(new Event('input'))"
    )
    assert not drawn() & at_the_end
    page.driver.execute_script("document.getElementById('stage').scrollTo(0, 0)")
    begun = "return !!document.querySelector('#node0') || [...document.querySelectorAll('#stage .stub')].some(n => n.textContent)"
    WebDriverWait(page.driver, 5).until(lambda driver: driver.execute_script(begun))  # it is drawn anew meanwhile


@on("large")
def test_weights_that_are_far_away_stand_at_the_end_of_a_short_arrow_and_their_terms_are_listed_in_part(page):
    page["search"].send_keys("first", Keys.ENTER)
    assert page.named("first").is_displayed()
    assert "a sum of 180" in page.panel
    assert "and 168 more, together" in page.panel
    total = float(page.all("#panel td")[2].text.replace("−", "-"))
    parts = page.all("#panel .running")[-1].text.rpartition("= ")[2], page.panel.rpartition("together ")[2].split()[0]
    assert sum(float(part.replace("−", "-")) for part in parts) == pytest.approx(total, rel=1e-4)
    page["first"].click()
    page.driver.execute_script(
        "const p = document.getElementById('position'); p.value = 400; p.dispatchEvent(new Event('input'))"
    )
    page.named("first").click()
    assert "before these, together" in page.panel
    page["forward"].click()
    assert {"first", "second"} & {stub.get_attribute("textContent") for stub in page.all("#stage .stub")}


@on("large")
def test_from_far_away_a_large_graph_is_a_map(page):
    page["fit"].click()
    assert page.all("#stage .map:not(.hidden) path")
    assert len(page.all("#stage .node")) < 5
    page.choose("colour", "grad")
    page["forward"].click()
    assert len(page.all("#stage .node.current")) == 1
    for _ in range(12):
        page["larger"].click()
    page["forward"].click()
    assert not page.all("#stage .map:not(.hidden)")
    assert len(page.all("#stage .node")) >= 3


def test_a_large_graph_with_modules_is_met_folded(browser, tmp_path):
    total = Value(0.0, requires_grad=False)
    u = Value(0.7, name="u")
    for i in range(100):
        with scope("Neuron"):
            h = np.tanh(u * (i / 90) + 1.0) * 2.0
        total = total + h
    page = Page(browser, draw(total, repeats=None).html(tmp_path / "page.html"))
    assert page["depth"].get_attribute("value") == "1"
    assert any("folded module" in node.get_attribute("aria-label") for node in page.all("#stage .node"))
    assert browser.get_log("browser") == []


# -- shapes ----------------------------------------------------------------------------------------------------------


def test_shapes_stand_beside_the_arrows_and_broadcasting_is_drawn(browser, tmp_path):
    b = Value([1.0, 2.0, 3.0], name="b")
    h = named(np.array([[1.0, 0.0, 2.0], [0.5, 1.0, 1.0]]) * b, "h")
    page = Page(browser, draw(named((h * h).sum(), "loss")).html(tmp_path / "page.html"))
    shapes = lambda: [text.text for text in page.all("#stage .shape")]
    assert shapes() == ["2 × 3", "3 → 2 × 3", "2 × 3", "2 × 3", "2 × 3"]
    resize(browser, 1024, 768)
    page["first"].click()
    for _ in range(3):
        page["forward"].click()
    assert [text.text for text in page.all("#stage .shape.lit")] == ["Σ 2 × 3 → 3"]
    assert "b (3) was stretched along axis 0 to 2 × 3" in page.panel
    assert "summed over axis 0" in page.panel
    assert len(page.all("#panel .stretch .own")) == 3 + 3
    assert len(page.all("#panel .stretch .copy")) == 3
    rows = [row.text for row in page.all("#panel .broadcast tr")]
    assert rows == ["axis 0 1", "it has – 3", "the result has 2 3", "× 2 same"]
    assert all(box.size["height"] >= 10 for box in page.all("#stage .shape"))
    page.driver.execute_script(
        "const p = document.getElementById('position'); p.value = -2; p.dispatchEvent(new Event('input'))"
    )
    assert "b (3) was stretched along axis 0 to 2 × 3." in page.panel
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert browser.get_log("browser") == []


# -- live ------------------------------------------------------------------------------------------------------------


def write_number(page, name, x):
    """Choose a leaf and type its number."""
    leaf = next(option for option in page.all("#leaf option") if option.text == name)
    page.choose("leaf", leaf.get_attribute("value"))
    type_over(page["number"], x)


def type_over(field, text):
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(Keys.NULL, text)


@on("article")
def test_a_number_that_is_typed_changes_everything_at_once(page):
    page.named("h1").click()
    page.all("#panel summary")[0].click()
    write_number(page, "w1", "-0.5")
    h1 = 1 / (1 + np.exp(-(1 - 1.0)))
    assert f"h1, sigmoid, operation, value {h1:.4g}, gradient" in page.named("h1").get_attribute("aria-label")
    assert f"value {h1:.4g}" in page.panel
    assert "h1 · ( 1 − h1 ) = 0.5 · ( 1 − 0.5 ) = 0.25".replace(" ", "") in "".join(page.panel.split())
    assert page.all("#panel .tree")[0].is_displayed(), "the tree stays open, with the new numbers"
    assert "w1 −0.5" in page.panel
    drawn = [text.text for text in page.named("w1").find_elements(By.CSS_SELECTOR, "text")]
    assert drawn[2] == "−0.5"
    page["number"].clear()
    assert "w1 −0.5" in page.panel, "nothing is no number"
    page["panel"].click()
    assert page["number"].get_attribute("value") == "-0.5"


@on("article")
def test_dragging_choosing_and_resetting(page):
    page.named("w1").click()
    assert page["leaf"].find_element(By.CSS_SELECTOR, "option:checked").text == "w1"
    page["drag"].send_keys(Keys.ARROW_RIGHT)
    assert page["number"].get_attribute("value") != "1"
    assert "value 1 " not in page.panel
    page.choose("leaf", page.all("#leaf option")[-1].get_attribute("value"))
    assert page["panel"].text.startswith("constant"), "a leaf was shown, so the other one is"
    type_over(page["number"], "3")
    assert "value 3" in page.panel
    assert "3" in [text.text for text in page.all("#stage .node.selected text")]
    page["reset"].click()
    page.named("w1").click()
    assert "value 1 gradient 0.0214695" in page.panel
    assert not page["reset"].is_enabled()


def after_one_step(rate):
    """The loss of the article's network after a step of gradient descent, by the engine."""
    graph = collect(two_two_one(), limit=99, gradients=True)
    p = {n.name: n.data - rate * n.grad for n in graph.nodes.values() if n.kind == "parameter"}
    h1, h2 = (functions.sigmoid(-2 * p[a] - p[b] + p[c]) for a, b, c in (("w1", "w2", "b1"), ("w3", "w4", "b2")))
    return (1 - functions.sigmoid(p["w5"] * h1 + p["w6"] * h2 + p["b3"])) ** 2


@on("article")
def test_gradient_descent_by_the_step_and_running(page):
    type_over(page["rate"], "0.25")
    page["descend"].click()
    assert page["progress"].text == f"1 step: L = {after_one_step(0.25):.4g}"
    page["run"].click()
    assert page["run"].text == "Pause"
    WebDriverWait(page.driver, 20).until(lambda _: int(page["progress"].text.split()[0]) > 20)
    page["run"].click()
    assert page["run"].text == "Run"
    assert page["curve"].is_displayed()
    heights = [float(p.split(",")[1]) for p in page.all("#curve polyline")[0].get_attribute("points").split()]
    assert len(heights) > 20
    assert heights == sorted(heights), "the loss falls, and the curve with it"
    page["reset"].click()
    assert page["progress"].text == ""
    assert not page["curve"].is_displayed()


@on("accumulated")
def test_a_descent_that_leaves_the_numbers_stops(page):
    type_over(page["rate"], "9")
    page["run"].click()
    WebDriverWait(page.driver, 10).until(lambda _: page["run"].text == "Run")
    assert "steps: d = " in page["progress"].text


@on("article")
def test_the_output_over_the_plane_of_two_inputs(page):
    def picture():
        return page.driver.execute_script("return arguments[0].toDataURL()", page["squares"])

    empty = picture()
    assert page["axes"].text == "Over weight (→, ±4) and height (↑, ±2)"
    page["axes"].click()
    assert page["squares"].is_displayed()
    assert page["over"].text.startswith("L: ")
    assert picture() != empty
    page.named("h1").click()
    low, high = (1 / (1 + np.exp(-x * 31 / 32)) for x in (-6, 6))
    words = f"h1: {low:.3g} (dark) to {high:.3g} (light)"
    assert page["over"].text == words
    assert page["squares"].get_attribute("aria-label") == f"{words}, over weight and height"
    before = picture()
    write_number(page, "w1", "-1")
    assert picture() != before
    page["squares"].click()
    values = [page.named(name).get_attribute("aria-label") for name in ("weight", "height")]
    at = [float(words.rpartition("value ")[2].replace("−", "-")) for words in values]
    np.testing.assert_allclose(at, [0, 0], atol=0.05)


@on("accumulated")
def test_no_plane_without_two_inputs(page):
    assert not page["axes"].is_displayed()


@on("film")
def test_a_page_of_arrays_says_why_it_is_not_live(page):
    assert page["still"].text == "Not live: it computes with arrays, not with single numbers."
    assert not page["run"].is_displayed()


IN_VIEW = """
    const inside = (e) => {
        const [r, s] = [e, stage].map((x) => x.getBoundingClientRect());
        return r.left >= s.left && r.top >= s.top && r.right <= s.left + stage.clientWidth
            && r.bottom <= s.top + stage.clientHeight;
    };
    return [...document.querySelectorAll(arguments[0])].map(inside)"""


@pytest.mark.parametrize("page", ["article", "accumulated", "film", "mnist"], indirect=True)
@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (390, 844)])
def test_the_lit_step_is_wholly_in_view(page, size):
    resize(page.driver, *size)
    page.driver.refresh()
    for _ in range(5):
        page["larger"].click()
    page["first"].click()
    each = (
        "const seen = (selector) => { %s }; return Array.from({ length: position.max }, () => {"
        "document.getElementById('forward').click(); return seen('#stage .edge.lit, #stage .node.current'); })"
    )
    for step, seen in enumerate(page.driver.execute_script(each % IN_VIEW.replace("arguments[0]", "selector"))):
        assert len(seen) >= 2, step
        assert all(seen), step


@pytest.mark.parametrize("page", ["article", "accumulated", "film", "mnist", "large"], indirect=True)
def test_numbers_in_boxes_can_be_read_on_a_projector_and_stay_in_their_boxes(page):
    resize(page.driver, 1024, 768)
    page.driver.refresh()
    heights, outside = page.driver.execute_script(
        "const texts = [...document.querySelectorAll('#stage .node text.end, #stage .node .title')]; return ["
        "  texts.map((text) => text.getBoundingClientRect().height),"
        "  texts.filter((text) => { const around = (x) => x.getBoundingClientRect();"
        "    const [r, b] = [around(text), around(text.parentNode.querySelector('rect'))];"
        "    return r.left < b.left || r.right > b.right || r.top < b.top - 1 || r.bottom > b.bottom + 1;"
        "  }).map((x) => x.textContent)]"
    )
    assert min(heights) >= 9
    assert outside == []


@on("article")
def test_the_whole_graph_is_in_view_where_the_gradient_of_w1_is_made(page):
    resize(page.driver, 1300, 650)
    page.driver.refresh()
    page["first"].click()
    w1 = page.named("w1")
    while page.has(w1, "waiting"):
        page["forward"].click()
    assert all(page.driver.execute_script(IN_VIEW, "#stage .node"))
    assert "=weight=−2" in "".join(page.panel.split())
