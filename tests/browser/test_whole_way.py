"""The whole way in a real browser: from the link of the first start to the mail that an invented story causes.

`volteface up` really runs, behind TLS, with a mailbox; what it polls is the wire of a `volteface demo` that really
runs. The tests share both, and each does by itself what it needs: any of them can be run alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import conftest
from tests.browser.steps import (
    OPERATOR,
    READER,
    next_after,
    opml,
    saved,
    sign_up,
    statement,
    subscribe,
    type_at_end_of,
)
from tests.browser.story import PATIENCE_S, Story, link_in, running_story
from tests.browser.watched import Watched, open_watched

PATIENCE_MS = PATIENCE_S * 1000
PASSWORD = "harbour bells at seven"
TROOPS, GUARANTEES = (f"/desk/rules/issue/{issue}" for issue in ("european-troops", "security-guarantees"))
EVER = "3650"
"""Days of a preview: the story is of 2025, whatever the year is."""

Tabs = Callable[..., Page]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with running_story(tmp_path_factory.mktemp("story")) as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def patience() -> Iterator[None]:
    """Waits end when what they wait for is there; the bound only ends a test that hangs."""
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=conftest.PATIENCE_MS)


@pytest.fixture
def tabs(browser: Browser) -> Iterator[Tabs]:
    """Opens pages, each in a browser of its own; at the end nothing may have been complained of in any."""
    opened: list[Watched] = []

    def open_tab(mistaken: Sequence[str] = (), **options: Any) -> Page:
        opened.append(open_watched(browser, PATIENCE_MS, mistaken, **options))
        return opened[-1].page

    yield open_tab
    for tab in opened:
        tab.page.context.close()
    assert [complaint for tab in opened for complaint in tab.complaints] == []


@pytest.fixture(scope="module")
def first_operator(story: Story, browser: Browser) -> dict[str, Any]:
    """The browser's state once the link of the first start was followed."""
    tab = open_watched(browser, PATIENCE_MS)
    page = tab.page
    page.goto(story.first_link)
    page.get_by_label("Name").fill(OPERATOR)
    page.get_by_label("Password, at least 12 characters").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("link", name=f"Account of {OPERATOR}")).to_be_visible()
    expect(page.get_by_role("link", name="Desk", exact=True)).to_be_visible()
    state = page.context.storage_state()
    page.context.close()
    assert tab.complaints == []
    return dict(state)


@pytest.fixture(scope="module")
def fed(story: Story, first_operator: dict[str, Any], browser: Browser) -> Story:
    """The story once the operator has added the wire's feeds: one found by its site's address, all others as OPML."""
    tab = open_watched(browser, PATIENCE_MS, storage_state=first_operator)
    page = tab.page
    page.goto(f"{story.url}/desk/feeds")
    page.get_by_role("link", name="Add feeds", exact=True).click()
    page.get_by_label("Address of any page of the site").fill(story.wire)
    page.get_by_role("button", name="Look what is there").click()
    first = page.get_by_role("checkbox").first
    expect(first).to_be_checked()
    expect(page.get_by_role("checkbox")).to_have_count(len(story.feeds()))
    expect(page.get_by_role("list", name="Newest entries").first).to_contain_text("2025")
    page.get_by_role("button", name="Add what is ticked").click()
    expect(page).to_have_url(re.compile(r"/desk/feeds/\d+\?done=added"))

    page.goto(f"{story.url}/desk/feeds/add")
    page.get_by_label("Or its text").fill(opml(story.feeds()))
    page.get_by_role("button", name="Import").click()
    told = page.get_by_role("status", name="What came of the import")
    expect(told).to_contain_text("5 feeds added, 1 there already, 0 left out")
    told.get_by_role("link", name="See them").click()
    # The list follows by itself what the polls bring.
    expect(page.locator("#feed-list tbody tr")).to_have_count(len(story.feeds()))
    expect(page.locator("td[data-label='Last success'] time")).to_have_count(len(story.feeds()))
    page.goto(story.url)
    expect(page.locator("#matrix a[href^='/positions/']").nth(4)).to_be_visible()
    page.context.close()
    assert tab.complaints == []
    return story


def test_the_link_of_the_first_start_makes_one_operator(
    story: Story, first_operator: dict[str, Any], browser: Browser, tabs: Tabs
) -> None:
    [cookie] = first_operator["cookies"]
    assert (cookie["name"], cookie["secure"], cookie["httpOnly"]) == ("__Host-volteface", True, True)

    stranger = browser.new_context(ignore_https_errors=True).new_page()
    answer = stranger.goto(story.first_link)
    assert answer is not None
    assert answer.status == 404
    expect(stranger.get_by_label("Password")).to_have_count(0)
    stranger.context.close()

    page = tabs()
    page.goto(f"{story.url}/desk")
    page.get_by_label("Name or mail address").fill(OPERATOR)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{story.url}/desk")
    expect(page.get_by_role("navigation", name="Desk")).to_be_visible()


def test_feeds_that_an_operator_adds_are_polled(fed: Story, first_operator: dict[str, Any], tabs: Tabs) -> None:
    page = tabs(storage_state=first_operator)
    page.goto(f"{fed.url}/desk/feeds")
    expect(page.locator("#feed-list tbody tr")).to_have_count(len(fed.feeds()))
    expect(page.locator("#feed-list .status--failing")).to_have_count(0)
    page.goto(f"{fed.url}/items")
    expect(page.locator(".items a").first).to_be_visible()


def test_from_sign_up_to_an_alert_to_unsubscribing(fed: Story, tabs: Tabs) -> None:
    """A visitor with nothing but a mailbox is told of a change and is left alone again when they wish."""
    page = tabs()
    sign_up(page, fed)
    subscribe(page)

    alert = fed.mail(READER, "/changes/")
    assert alert.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    one_click = str(alert.message["List-Unsubscribe"]).strip("<>")
    change = link_in(alert, "/changes/")
    page.goto(change)
    [issue] = re.findall(r": (.+) — ", str(alert.message["Subject"]))
    expect(page.get_by_role("heading", level=1)).to_contain_text(issue)
    page.get_by_role("link", name="Subscriptions").click()
    page.get_by_role("link", name="History").click()
    told = page.locator(f".told a[href='{change.removeprefix(fed.url)}']")
    expect(told).to_contain_text(issue)

    page.goto(link_in(alert, "/unsubscribe"))
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("heading", name="No more alerts")).to_be_visible()
    own = page.locator(".subscription__state")
    page.goto(f"{fed.url}/subscriptions")
    expect(own).to_contain_text("Off")

    # Taken back, and then done by the mailbox's own button, which sends what RFC 8058 says.
    page.goto(link_in(alert, "/unsubscribe").removesuffix("/unsubscribe"))
    page.get_by_role("button", name=re.compile("Send them again|Start")).first.click()
    page.goto(f"{fed.url}/subscriptions")
    expect(own).to_contain_text("On")
    with httpx.Client(verify=fed.front.trust(), trust_env=False) as mailbox:
        assert mailbox.post(one_click, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    page.reload()
    expect(own).to_contain_text("Off")


def test_a_change_arrives_in_an_open_page(fed: Story, tabs: Tabs) -> None:
    page = tabs()
    page.goto(f"{fed.url}/changes")
    expect(page.locator("[data-live-words]")).to_have_text("Live")
    page.evaluate("window.notReloaded = true")
    expect(page.locator("#changes article.is-new").first).to_be_visible()
    assert page.evaluate("window.notReloaded") is True


def test_a_rule_is_edited_with_a_preview(fed: Story, first_operator: dict[str, Any], tabs: Tabs) -> None:
    page = tabs(storage_state=first_operator)
    page.goto(fed.url + TROOPS)
    page.get_by_label("In the last").select_option(EVER)
    # By the form: the YAML follows, and what would be gained is shown though no button is pressed.
    page.locator("[data-rows=about] textarea").last.press_sequentially("appeasement")
    expect(page.locator("#yaml")).to_have_value(re.compile(r"^ +- appeasement$", re.MULTILINE))
    expect(page.locator("#matches .gain")).to_have_text(re.compile(r"^\+[1-9]"))
    expect(page.locator("#matches mark").first).to_have_text("appeasement")
    expect(page.locator("#effects")).to_contain_text("items were read anew")

    # By the YAML: a mistake is shown at its very line, and where it is mended the form follows.
    yaml = page.locator("#yaml")
    line = yaml.input_value().splitlines().index("    - appeasement") + 1
    type_at_end_of(page, line, " NEAR")
    expect(page.locator(f"#line-{line}")).to_have_class("is-wrong")
    expect(page.locator("#yaml-lines .is-wrong")).to_have_count(1)
    expect(page.get_by_role("status", name="Problems")).to_contain_text(f"line {line}, column")
    type_at_end_of(page, line, "/4 leads")
    expect(page.locator("#yaml-lines .is-wrong")).to_have_count(0)
    expect(page.locator("[data-rows=about] textarea").nth(-2)).to_have_value("appeasement NEAR/4 leads")
    expect(page.locator("#matches mark").first).to_contain_text("appeasement")
    saved(page, "What Kallas warns of is about it, too")
    expect(page.locator("#version-2")).to_contain_text("appeasement NEAR/4 leads")


def test_the_review_queue_is_gone_through_by_keys(fed: Story, first_operator: dict[str, Any], tabs: Tabs) -> None:
    page = tabs(storage_state=first_operator)
    page.goto(f"{fed.url}/desk/review")
    said = page.locator("[data-said]")

    confirmed = next_after(page, "c")
    expect(said).to_contain_text(f"Confirmed by {OPERATOR}")
    rejected = next_after(page, "r")
    expect(said).to_contain_text(f"Rejected by {OPERATOR}")
    page.keyboard.press("e")
    stance = page.get_by_role("group", name="Stance")
    expect(stance.get_by_role("radio").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    wanted = stance.get_by_role("radio").nth(1)
    expect(wanted).to_be_checked()
    other = wanted.get_attribute("value")
    corrected = next_after(page, "Enter")
    expect(said).to_contain_text(f"Corrected to {other} by {OPERATOR}")
    page.keyboard.press("u")
    expect(said).to_contain_text("Taken back")
    assert statement(page) == corrected

    page.goto(f"{fed.url}/desk/audit")
    acts = [
        ("statement verdict taken back", corrected),
        ("statement corrected", corrected),
        ("statement rejected", rejected),
        ("statement confirmed", confirmed),
    ]
    for number, (what, which) in enumerate(acts):
        entry = page.locator(".log > li").nth(number)
        expect(entry).to_contain_text(f"{OPERATOR} {what} {which}")


def test_without_scripts_a_rule_is_edited_and_a_subscription_tried(
    fed: Story, first_operator: dict[str, Any], tabs: Tabs
) -> None:
    page = tabs([GUARANTEES], storage_state=first_operator, java_script_enabled=False)
    page.goto(fed.url + GUARANTEES)
    text = page.locator("#yaml").input_value()
    about = "  about:\n"
    broken, sound = (text.replace(about, f"{about}    - {query}\n") for query in ("appeasement NEAR", "appeasement"))
    line = broken.splitlines().index("    - appeasement NEAR") + 1
    page.locator("#yaml").fill(broken)
    page.get_by_label("In the last").select_option(EVER)
    page.get_by_role("button", name="Check, and bring the other side up to date").click()
    expect(page.locator(f"#line-{line}")).to_have_class("is-wrong")
    page.locator("#yaml").fill(sound)
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.locator("#matches .gain")).to_have_text(re.compile(r"^\+[1-9]"))
    expect(page.locator("[data-rows=about] textarea").first).to_have_value("appeasement")
    saved(page, "It is what she warns of")

    page.goto(f"{fed.url}/subscriptions/new")
    trial = page.get_by_role("region", name="What this would have brought")
    expect(trial).to_contain_text("once you ask for it")
    page.get_by_role("checkbox", name="Withdrawn").check()
    page.get_by_role("button", name="Show what this would have brought").click()
    expect(trial).to_contain_text("would have brought no alerts")
    expect(page.get_by_role("checkbox", name="Withdrawn")).to_be_checked()
