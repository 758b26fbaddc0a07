"""What readers and operators do in a browser on the whole way, step by step."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.story import Story, link_in

OPERATOR = "ada"
READER, READERS_PASSWORD = "iris@reader.example", "lanterns on the quay"


def opml(feeds: dict[str, str]) -> str:
    """A list of feeds, as a feed reader exports it."""
    lines = "".join(f'<outline type="rss" text="{name}" xmlUrl="{url}"/>\n' for name, url in feeds.items())
    return f'<?xml version="1.0"?>\n<opml version="2.0"><head><title>Wire</title></head><body>\n{lines}</body></opml>'


def sign_up(page: Page, story: Story) -> None:
    """An account by nothing but a mailbox."""
    page.goto(story.url)
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name="Sign up").click()
    page.get_by_label("Your mail address").fill(READER)
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    page.goto(link_in(story.mail(READER, "/sign-up/"), "/sign-up/"))
    page.get_by_label("Name").fill("iris")
    page.get_by_label("Password, at least 12 characters").fill(READERS_PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    expect(page.get_by_role("heading", name="Your subscriptions")).to_be_visible()


def subscribe(page: Page) -> None:
    """A subscription to everything, by mail; what it would have brought is seen to follow what is ticked."""
    page.get_by_role("link", name="New subscription").click()
    trial = page.get_by_role("region", name="What this would have brought")
    expect(trial).to_contain_text("The last 30 days would have brought")
    page.get_by_role("checkbox", name="Withdrawn").check()
    expect(trial).to_contain_text("would have brought no alerts")
    page.get_by_role("checkbox", name="Withdrawn").uncheck()
    page.get_by_role("button", name="Subscribe", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="You are told from now on.")).to_be_visible()
    expect(page.get_by_role("region", name="State")).to_contain_text("On.")


def type_at_end_of(page: Page, line: int, words: str) -> None:
    """Types into the YAML, at the end of a line."""
    page.locator("#yaml").focus()
    page.keyboard.press("Control+Home")
    for _ in range(line - 1):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.type(words)


def saved(page: Page, why: str, version: int = 2) -> None:
    """Saves a rule with a reason, and finds both with the operator's name among its versions."""
    page.get_by_label("Why").fill(why)
    page.get_by_role("button", name="Save", exact=True).click()
    doubts = page.get_by_role("button", name="Save all the same")
    done = page.get_by_role("status").filter(has_text="Saved")
    expect(doubts.or_(done)).to_be_visible()
    if doubts.is_visible():
        doubts.click()
    expect(done).to_be_visible()
    page.get_by_role("link", name="Versions").click()
    expect(page.locator(f"#version-{version}")).to_contain_text(OPERATOR)
    expect(page.locator(f"#version-{version}")).to_contain_text(why)


def statement(page: Page) -> str:
    """The number of the statement that is shown for review."""
    action = page.locator(".review__acts form").first.get_attribute("action") or ""
    return action.rpartition("/")[2]


def next_after(page: Page, key: str) -> str:
    """Presses a key that judges; the number of what was judged, once another statement is shown."""
    here = statement(page)
    page.keyboard.press(key)
    expect(page.locator(f".review__acts form[action='/desk/review/{here}']")).to_have_count(0)
    expect(page.locator("#review-heading")).to_be_focused()
    return here
