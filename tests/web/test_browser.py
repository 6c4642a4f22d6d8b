"""The pages in a real browser: narrow and wide, dark and light, by keyboard, with and without script."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.conftest import Served
from tests.web.filled import NOW

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
]  # fmt: skip
PAGES = ("/", "/files", "/files?state=failed", "/files/1", "/failures", "/quality", "/datasets")
WIDTHS = (360, 768, 1280)

playwright = pytest.importorskip(
    "playwright.sync_api", reason="Playwright is not installed: the pages are not looked at"
)
if CHROMIUM is None:
    pytest.skip("Chromium is not installed: the pages are not looked at", allow_module_level=True)


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.Browser"]:
    with playwright.sync_playwright() as player:
        one = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield one
        one.close()


class Visit:
    """A visitor who has opened the link, with what went wrong meanwhile."""

    def __init__(self, browser: "playwright.Browser", page: Served, **options: object) -> None:
        self.url = page.url
        self.wrong: list[str] = []
        self.context = browser.new_context(**options)
        self.tab = self.context.new_page()
        self.tab.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.tab.on("console", lambda said: self.wrong.append(said.text))
        self.tab.on("request", self._requested)
        self.tab.goto(f"{page.url}/?token={page.token}")

    def _requested(self, request: "playwright.Request") -> None:
        if not request.url.startswith(self.url):
            self.wrong.append(f"asked another host: {request.url}")

    def __enter__(self) -> "Visit":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()


def picture(path: str, width: int, scheme: str) -> str | None:
    """Where a picture is put for a person to look at, if one wants to."""
    folder = os.environ.get("FLEXORCHD_PICTURES")
    name = path.strip("/").translate(str.maketrans("/?=", "---")) or "overview"
    return f"{folder}/{name}-{width}-{scheme}.png" if folder else None


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_fit(
    browser: "playwright.Browser", read_only: Served, width: int, scheme: str
) -> None:
    size = {"width": width, "height": 800}
    with Visit(browser, read_only, viewport=size, color_scheme=scheme) as visit:
        for path in PAGES:
            visit.tab.goto(read_only.url + path)
            wide = visit.tab.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, path
            if where := picture(path, width, scheme):
                visit.tab.screenshot(path=where, full_page=True)
        assert visit.wrong == []


CONTRAST = """
() => {
  const light = ([r, g, b]) => [r, g, b]
    .map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const color = parse(getComputedStyle(node).backgroundColor);
      if (color.length < 4 || color[3] > 0.99) return color;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
    if (!own || !node.checkVisibility() || node.closest("svg, .skip, .unseen")) continue;
    const a = light(parse(getComputedStyle(node).color));
    const b = light(ground(node));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${node.tagName} ${node.textContent.trim()} ${ratio.toFixed(2)}`);
  }
  return poor;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_words_can_be_read(
    browser: "playwright.Browser", read_only: Served, scheme: str
) -> None:
    with Visit(browser, read_only, color_scheme=scheme) as visit:
        for path in PAGES:
            visit.tab.goto(read_only.url + path)
            assert visit.tab.evaluate(CONTRAST) == [], path


def test_everything_is_reached_by_keyboard_and_shows_where_one_is(
    browser: "playwright.Browser", read_only: Served
) -> None:
    with Visit(browser, read_only) as visit:
        visit.tab.goto(read_only.url + "/failures")
        links = visit.tab.locator("a, button, input:not([type=hidden]), select, summary").count()
        reached = set()
        for _ in range(links + 1):
            visit.tab.keyboard.press("Tab")
            outline, text = visit.tab.evaluate(
                "[getComputedStyle(document.activeElement).outlineStyle,"
                " document.activeElement.textContent.trim()]"
            )
            if text and visit.tab.evaluate("document.activeElement !== document.body"):
                assert outline != "none", text
                reached.add(text)
        assert {"Skip to the content", "Overview", "Retry all 5", "See all"} <= reached


def test_the_page_updates_itself_and_leaves_open_what_was_opened(
    browser: "playwright.Browser", page: Served
) -> None:
    with Visit(browser, page) as visit:
        visit.tab.locator("#stages summary").click()
        assert "2 things need you" in visit.tab.locator("h1").inner_text()
        page.book.ledger.watches.approve(page.book.watches["mail"], NOW)
        page.clock.at += 300
        visit.tab.get_by_role("heading", name="1 thing needs you").wait_for(timeout=20_000)
        assert visit.tab.locator("#stages table").is_visible()
        assert visit.wrong == []


def test_focus_outlives_an_update(browser: "playwright.Browser", page: Served) -> None:
    with Visit(browser, page) as visit:
        visit.tab.locator("#export-monthly").focus()
        page.clock.at += 3600
        visit.tab.evaluate("update()")
        assert "10" in visit.tab.locator("#exports time").first.inner_text()
        assert visit.tab.evaluate("document.activeElement.id") == "export-monthly"


def test_a_daemon_that_went_away_is_told(browser: "playwright.Browser", page: Served) -> None:
    with Visit(browser, page) as visit:
        visit.context.set_offline(True)
        visit.tab.evaluate("update()")
        assert visit.tab.locator("#stale").is_visible()
        visit.context.set_offline(False)
        visit.tab.evaluate("update()")
        assert not visit.tab.locator("#stale").is_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_press_of_the_button_reaches_the_daemon(
    browser: "playwright.Browser", page: Served, script: bool
) -> None:
    with Visit(browser, page, java_script_enabled=script) as visit:
        visit.tab.get_by_role("button", name="Approve mail").click()
        visit.tab.get_by_text("it is under way").wait_for()
        assert [one.kind for one in page.book.ledger.requests.open()] == ["approve"]
        assert page.knocks


def test_without_script_the_page_loads_itself_again(
    browser: "playwright.Browser", read_only: Served
) -> None:
    with Visit(browser, read_only, java_script_enabled=False) as visit:
        assert visit.tab.locator("noscript meta[http-equiv=refresh]").count() == 1


def test_files_are_searched_from_the_form(browser: "playwright.Browser", read_only: Served) -> None:
    with Visit(browser, read_only) as visit:
        visit.tab.goto(read_only.url + "/files")
        visit.tab.get_by_label("State").select_option("failed")
        visit.tab.wait_for_url("**state=failed*")
        visit.tab.get_by_label("Path").fill("noise")
        visit.tab.keyboard.press("Enter")
        visit.tab.wait_for_url("**text=noise*")
        assert visit.tab.locator("#found tbody th").all_inner_texts() == ["noise.eml"]


def test_a_dataset_is_downloaded(
    browser: "playwright.Browser", read_only: Served, tmp_path: Path
) -> None:
    with Visit(browser, read_only) as visit:
        visit.tab.goto(read_only.url + "/datasets")
        with visit.tab.expect_download() as coming:
            visit.tab.get_by_role("link", name="monthly.csv").first.click()
        coming.value.save_as(tmp_path / "got.csv")
        assert coming.value.suggested_filename == "monthly.csv"
        assert (tmp_path / "got.csv").read_bytes() == b"a\n1\n1\n1\n"


def test_a_link_on_another_site_opens_the_page(
    browser: "playwright.Browser", read_only: Served
) -> None:
    """The browser takes localhost and 127.0.0.1 for two sites; the strict cookie must still do."""
    elsewhere = read_only.url.replace("127.0.0.1", "localhost")
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(f"{elsewhere}/healthz")
    tab.evaluate(f"location.href = '{read_only.url}/files?token={read_only.token}'")
    tab.get_by_role("heading", name="Files").wait_for()
    assert tab.url == f"{read_only.url}/files"
    context.close()
