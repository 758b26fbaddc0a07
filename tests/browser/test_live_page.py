"""The pages in a real browser: a change arrives without reload, nothing is complained of, nothing sticks out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from monitor.model.statement import Stance
from monitor.settings import Settings
from monitor.web.app import create_app
from monitor.web.stream import EventStream
from storage.engine import Database
from tests.browser.conftest import PATIENCE_MS, Tab
from tests.integration.web.newsroom import Newsroom, turn
from tests.integration.web.served import Served, served

WIDTHS = [390, 1024, 1600]


@pytest.fixture
def running(sqlite_database: Database, tmp_path: Path) -> Iterator[Served]:
    settings = Settings(data_dir=tmp_path, label="INVENTED", _env_file=None)
    with served(create_app(sqlite_database, settings, stream=EventStream(sqlite_database, every_s=0.1))) as found:
        yield found


@pytest.fixture
def newsroom(sqlite_database: Database) -> Newsroom:
    return Newsroom(sqlite_database)


def open_tab(browser: Browser, width: int = 1024, **options: object) -> Tab:
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    return Tab(context.new_page())


def test_a_change_arrives_without_reload(running: Served, newsroom: Newsroom, browser: Browser) -> None:
    now = datetime.now(UTC)
    tab = open_tab(browser)
    page = tab.page
    page.goto(running.url)
    expect(page.locator("#changes .empty")).to_be_visible()
    expect(page.locator("[data-live-words]")).to_have_text("Live")
    page.evaluate("window.notReloaded = true")

    change = turn(newsroom, now=now)
    article = page.locator(f"#change-{change.id}")
    expect(article).to_be_visible()
    expect(article).to_contain_text("There will be no bridge")
    expect(article).to_contain_text("confirmed")
    expect(article).to_have_class("change change--confirmed is-new")
    expect(page.locator("#matrix a[href='/positions/ada-quill/bridge']")).to_be_visible()
    expect(page.locator("#changes .empty")).to_have_count(0)
    assert page.evaluate("window.notReloaded") is True

    # What was there before stays the very node it was; only what is new is marked.
    page.evaluate(f"document.getElementById('change-{change.id}').kept = true")
    _, [later, *_] = newsroom.say("lemuria", "tolls", Stance.SUPPORTS, at=now - timedelta(minutes=1), title="Tolls")
    expect(page.locator(f"#change-{later.id}.is-new")).to_be_visible()
    assert page.evaluate(f"document.getElementById('change-{change.id}').kept") is True
    assert page.locator("#changes article").first.get_attribute("id") == f"change-{later.id}"
    assert tab.complaints == []


def test_focus_and_place_survive_an_update(running: Served, newsroom: Newsroom, browser: Browser) -> None:
    now = datetime.now(UTC)
    change = turn(newsroom, now=now)
    tab = open_tab(browser)
    page = tab.page
    page.goto(running.url)
    expect(page.locator("[data-live-words]")).to_have_text("Live")
    page.locator("#matrix a[href='/positions/ada-quill/bridge']").focus()
    newsroom.say("lemuria", "tolls", Stance.OPPOSES, at=now)
    expect(page.locator("#matrix a[href='/positions/lemuria/tolls']")).to_be_visible()
    assert page.evaluate("document.activeElement.getAttribute('href')") == "/positions/ada-quill/bridge"
    expect(page.locator(f"#change-{change.id}")).not_to_have_class("is-new")
    assert tab.complaints == []


def test_what_happened_while_nobody_was_connected_is_caught_up(
    running: Served, newsroom: Newsroom, browser: Browser
) -> None:
    """The page names the event that it was made after, so that nothing falls between page and stream."""
    tab = open_tab(browser)
    page = tab.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/events*", hold)
    page.goto(running.url)
    _, [change, *_] = newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=datetime.now(UTC))
    assert page.locator(f"#change-{change.id}").count() == 0
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    expect(page.locator(f"#change-{change.id}")).to_be_visible()


def test_pages_work_without_script(running: Served, newsroom: Newsroom, browser: Browser) -> None:
    change = turn(newsroom, now=datetime.now(UTC))
    page = open_tab(browser, java_script_enabled=False).page
    page.goto(running.url)
    expect(page.get_by_role("link", name="Reload to see what is new")).to_be_visible()
    page.locator(f"#change-{change.id} h3 a").first.click()
    expect(page.get_by_role("heading", name="What spoke for it")).to_be_visible()
    page.goto(f"{running.url}/items")
    page.get_by_label("Words").fill("strait")
    page.get_by_role("button", name="Search").click()
    page.locator(".items a").first.click()
    expect(page.locator("mark.mark--evidence").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_sticks_out_and_none_is_complained_of(
    running: Served, newsroom: Newsroom, browser: Browser, width: int, scheme: str, tmp_path: Path
) -> None:
    change = turn(newsroom, now=datetime.now(UTC))
    newsroom.publish("A" * 300, "https://example.org/" + "a" * 400, at=datetime.now(UTC), publisher="p" * 80)
    tab = open_tab(browser, width, color_scheme=scheme, reduced_motion="reduce")
    for path in (
        "/",
        "/changes",
        f"/changes/{change.id}",
        "/positions/ada-quill/bridge",
        "/feeds",
        "/items",
        "/items/1",
        "/items/7",
    ):
        tab.page.goto(running.url + path)
        tab.page.screenshot(path=tmp_path / f"{width}{path.replace('/', '-')}.png", full_page=True)
        beyond = tab.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert beyond <= 0, f"{path} is {beyond} px too wide at {width} px"
        faint = tab.page.evaluate(CONTRAST)
        assert not faint, f"{path}: too little contrast: {faint}"
    assert tab.complaints == []


# Every visible text against the nearest painted background, by the formula of WCAG 2.2 (1.4.3: 4.5, large text 3).
CONTRAST = """() => {
  const part = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility()) continue;
    if (node.closest("svg, .hidden, .skip, noscript")) continue;
    const style = getComputedStyle(node);
    const [a, b] = [light(rgb(style.color)), light(behind(node))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const enough = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < enough) found.add(`${node.className || node.tagName}: ${ratio.toFixed(2)}`);
  }
  return [...found];
}"""
