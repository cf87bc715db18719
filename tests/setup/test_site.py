"""The built book in a browser: nothing from elsewhere, light and dark, on a phone.

`make book` builds it, `make browser` runs these tests.
"""

import functools
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SITE = Path(__file__).resolve().parents[2] / "build" / "book" / "html"
PAGES = sorted(p.relative_to(SITE).as_posix() for p in SITE.rglob("*.html") if "_static" not in p.parts)
NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
CHROMIUM = next((path for name in NAMES if (path := shutil.which(name))), None)
OPTIONS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
READABLE = 4.5  # contrast ratio that WCAG 2 asks of text

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not PAGES, reason="the book is not built: make book"),
]


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def address():
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module", params=PAGES or ["index.html"])
def page(browser, address, request):
    """Open a page once for all its tests, which change its window and color scheme."""
    context, opened = visit(browser, f"{address}/{request.param}")
    yield opened
    context.close()


def visit(browser, url):
    """Open a page and note what it asks for and what its console complains about."""
    context = browser.new_context()
    page = context.new_page()
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("response", lambda answer: page.complaints.append(answer.url) if answer.status >= 400 else None)
    page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(url, wait_until="load")
    page.evaluate("() => Promise.all([window.MathJax?.startup?.promise, document.fonts.ready])")
    return context, page


def prefer(page, scheme):
    """Change what the operating system prefers, and wait for the page to follow."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)


def from_elsewhere(page, origin):
    assert len(page.asked) > 3
    return [url for url in page.asked if not url.startswith((origin, "data:", "blob:"))]


def test_a_page_loads_nothing_from_elsewhere(page, address):
    assert from_elsewhere(page, address) == []
    assert page.complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opened_as_a_file_loads_nothing_from_elsewhere(browser, name):
    context, page = visit(browser, f"{SITE.as_uri()}/{name}")
    assert from_elsewhere(page, SITE.as_uri()) == []
    context.close()


def test_formulas_are_set(page):
    written = page.locator("span.math, div.math").count()
    assert page.locator("mjx-container").count() >= written
    assert page.locator("mjx-merror").count() == 0


WIDEST = """() => {
  const wide = [...document.querySelectorAll('.bd-article *')].filter(
    node => node.getBoundingClientRect().right > innerWidth && !node.closest('mjx-container'));
  const named = wide.slice(0, 3).map(node => node.outerHTML.slice(0, 80)).join();
  return [document.documentElement.scrollWidth, named];
}"""


CUT_OFF = """() => [...document.querySelectorAll('div.math')].filter(box => {
  box.scrollLeft = 0;
  const formula = box.querySelector('mjx-math');
  return formula && formula.getBoundingClientRect().left < box.getBoundingClientRect().left - 1;
}).map(box => box.id || box.textContent.slice(0, 80))"""


def test_the_start_of_a_long_formula_can_be_reached_on_a_phone(page):
    page.set_viewport_size(PHONE)
    cut_off = page.evaluate(CUT_OFF)
    page.set_viewport_size(DESK)
    assert cut_off == []


def test_a_phone_needs_no_sideways_scrolling(page):
    page.set_viewport_size(PHONE)
    width, widest = page.evaluate(WIDEST)
    page.set_viewport_size(DESK)
    assert width <= PHONE["width"], widest


LEAST_CONTRAST = """() => {
  const context = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const pixel = color => {
    context.clearRect(0, 0, 1, 1); context.fillStyle = color; context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const ground = node => {
    for (; node; node = node.parentElement) {
      const found = pixel(getComputedStyle(node).backgroundColor);
      if (found[3] === 255) return found;
    }
    return [255, 255, 255, 255];
  };
  const light = rgb => rgb.slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const chosen = '.bd-article :is(p, li, th, td, caption, summary, h1, h2), .cell_output pre';
  let least = [99, ''];
  for (const node of document.querySelectorAll(chosen)) {
    const [a, b] = [light(pixel(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < least[0]) least = [ratio, node.outerHTML.slice(0, 120)];
  }
  return least;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_tables_can_be_read(page, scheme):
    prefer(page, scheme)
    ratio, where = page.evaluate(LEAST_CONTRAST)
    assert ratio >= READABLE, where


def test_figures_keep_a_white_ground_in_the_dark_and_speak(page):
    prefer(page, "dark")
    for figure in page.locator(".cell_output img").all():
        assert figure.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(255, 255, 255)"
        assert figure.evaluate("node => getComputedStyle(node).filter") == "none"
        words = figure.get_attribute("alt") or ""
        assert words.strip()
        assert words != figure.get_attribute("src")  # what the site writes where there are no words


def test_search_finds_a_page(browser, address):
    context, page = visit(browser, f"{address}/search.html?q=license")
    page.locator("#search-results a").first.wait_for(timeout=10_000)
    assert "notices.html" in " ".join(
        a.get_attribute("href") for a in page.locator("#search-results a").all()
    )
    context.close()


EXERCISES = [name for name in PAGES if name.startswith("chapters/exercises/")]


@pytest.mark.parametrize("name", EXERCISES)
def test_hints_and_solutions_are_folded_and_open_by_keyboard(browser, address, name):
    context, page = visit(browser, f"{address}/{name}")
    folds = page.locator("main details")
    titles = folds.locator("summary").all_inner_texts()
    assert titles.count("Solution") == len(titles) / 2 > 0
    assert sum(title.startswith("Hint 1 of ") for title in titles) == len(titles) / 2
    assert page.locator("main details[open]").count() == 0
    for number in (0, len(titles) - 1):  # a hint, a solution
        fold = folds.nth(number)
        _tab_to(page, fold.locator("summary"))
        page.keyboard.press("Enter")
        assert fold.evaluate("fold => fold.open")
        assert fold.locator("p").first.is_visible()
        page.keyboard.press("Space")
        assert not fold.evaluate("fold => fold.open")
    context.close()


def _tab_to(page, target):
    """Move from the element before by the Tab key alone."""
    target.evaluate(
        "summary => { const all = [...document.querySelectorAll('a[href], button, summary')];"
        " all[all.indexOf(summary) - 1].focus({preventScroll: true}); }"
    )
    for _ in range(5):
        page.keyboard.press("Tab")
        if target.evaluate("summary => summary === document.activeElement"):
            return
    raise AssertionError("the Tab key does not reach the summary")
