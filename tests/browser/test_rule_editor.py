"""The editor of a rule while its operator is faster than the answers to what they typed before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from storage.engine import Database
from tests.browser.conftest import PATIENCE_MS
from tests.browser.watched import open_watched
from tests.integration.pipeline.walking import Walk
from tests.integration.web.rule_pages import Operator, app_over
from tests.integration.web.served import served


@pytest.fixture
def editor(sqlite_database: Database, tmp_path: Path, browser: Browser) -> Iterator[Page]:
    walk = Walk(sqlite_database, tmp_path / "pack")
    app = app_over(walk, tmp_path)
    name, _, token = Operator(app, walk.database).headers["cookie"].partition("=")
    with served(app) as running:
        tab = open_watched(browser, PATIENCE_MS)
        tab.page.context.add_cookies([{"name": name, "value": token, "url": running.url}])
        tab.page.goto(f"{running.url}/desk/rules/issue/seabed-mining")
        yield tab.page
        tab.page.context.close()
    assert tab.complaints == []


def hold(page: Page) -> list[Route]:
    """Holds back the next draft that the page sends."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route("**/desk/rules/draft", keep, times=1)
    return held


def test_an_answer_to_an_earlier_draft_does_not_undo_what_is_typed(editor: Page) -> None:
    held = hold(editor)
    with editor.expect_request("**/desk/rules/draft"):
        editor.get_by_label("In the last").select_option("365")
    row = editor.locator("[data-rows=about] textarea").last
    row.press_sequentially("nodules")
    typed = editor.locator("[data-rows=about] textarea").nth(-2)
    held[0].continue_()
    expect(editor.locator("#yaml")).to_have_value(re.compile(r", nodules\]$", re.MULTILINE))
    expect(typed).to_have_value("nodules")
    expect(typed).to_be_focused()


def test_the_form_that_follows_the_yaml_keeps_the_field_that_somebody_went_to(editor: Page) -> None:
    held = hold(editor)
    yaml = editor.locator("#yaml")
    with editor.expect_request("**/desk/rules/draft"):
        yaml.fill(yaml.input_value().replace("  name: Seabed mining", "  name: Mining at sea"))
    name = editor.get_by_label("Name", exact=True)
    name.focus()
    editor.keyboard.press("End")
    held[0].continue_()
    expect(name).to_have_value("Mining at sea")
    expect(name).to_be_focused()
