"""Items: the search by words and filters, however rare or frequent, its pages, and the copies of a story."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from fastapi import FastAPI

import storage.found_items
from monitor.model.item import Item
from monitor.settings import Settings
from monitor.web.app import create_app
from storage.engine import Database
from storage.found_items import ItemChoice
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, Newsroom

Wanted = Callable[[Item], bool]


@pytest.fixture
def told(database: Database) -> Newsroom:
    """Sixty items of two feeds, in three languages, one an hour; every third names Lemuria, every fifth a bridge."""
    newsroom = Newsroom(database)
    with database.work() as work:
        feeds = [work.feeds.add(f"https://{name}.example/feed", name, "", NOW).id for name in ("first", "second")]
    for number in range(60):
        who = "Lemuria speaks" if number % 3 == 0 else "Somebody speaks"
        what = "of a bridge" if number % 5 == 0 else "of the weather"
        newsroom.publish(
            f"{who} {number}", f"{who} {what}, and more.", at=NOW - timedelta(hours=number * 37 % 60),
            feed_id=feeds[number % 2], lang=("en", "de", "und")[number % 3], publisher=f"paper{number}.example",
        )  # fmt: skip
    return newsroom


@pytest.fixture
def app(told: Newsroom, settings: Settings) -> FastAPI:
    return create_app(told.database, settings, clock=lambda: NOW)


def pages(client: Client, query: str) -> list[int]:
    """The ids of all pages, in their order."""
    found: list[int] = []
    address = "/items" + query
    while address:
        page = client.get(address).text
        found += [int(part.split('"')[0]) for part in page.split('data-key="item-')[1:]]
        address = (
            unescape(page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]) if 'rel="next"' in page else ""
        )
    return found


QUERIES: dict[str, Wanted] = {
    "": lambda item: True,
    "?q=&actor=&issue=&feed=&lang=&since=&until=": lambda item: True,
    "?q=bridge": lambda item: "bridge" in item.text,
    "?q=LEMURIA+bri*": lambda item: "Lemuria" in item.text and "bridge" in item.text,
    "?q=-bridge": lambda item: "bridge" not in item.text,
    "?actor=lemuria": lambda item: "Lemuria" in item.text,
    "?actor=lemuria&issue=bridge": lambda item: "Lemuria" in item.text and "bridge" in item.text,
    "?issue=bridge&q=somebody&lang=de": lambda item: (
        "Somebody" in item.text and "bridge" in item.text and item.lang == "de"
    ),
    "?feed=2": lambda item: item.feed_id == 2,
    "?feed=2&q=weather": lambda item: item.feed_id == 2 and "weather" in item.text,
    "?lang=und": lambda item: item.lang == "und",
    "?since=2025-03-09&until=2025-03-09": lambda item: item.published_at.day == 9,
    "?actor=nobody": lambda item: False,
}


@pytest.mark.parametrize("rare", [3_000, 8], ids=["put in order", "walked"])
def test_filters_find_the_same_in_the_same_order_whichever_way_is_taken(
    client: Client, told: Newsroom, monkeypatch: pytest.MonkeyPatch, rare: int
) -> None:
    monkeypatch.setattr(storage.found_items, "RARE", rare)
    monkeypatch.setattr("monitor.web.pages.items.PAGE", 7)
    with told.database.view() as work:
        everything = work.found_items.page(ItemChoice(), 100)
    assert len(everything) == 60
    for query, wanted in QUERIES.items():
        newest = sorted((i for i in everything if wanted(i)), key=lambda i: (i.published_at, i.id), reverse=True)
        assert pages(client, query) == [item.id for item in newest], query


def test_only_the_present_revision_is_found(told: Newsroom, client: Client) -> None:
    item = told.publish("Ferry", "It sails.", at=NOW)
    with told.database.work() as work:
        work.items.revise(item.id, "Ferry", "It sank.", "another hash", None, NOW)
    assert pages(client, "?q=sails") == []
    assert pages(client, "?q=sank") == [item.id]


def test_what_was_searched_for_is_marked_where_it_stands(client: Client) -> None:
    page = client.get("/items?q=lemuria").text
    assert '<mark class="mark--found">Lemuria</mark> speaks' in page
    assert page.count('class="items__why"') == 20


def test_an_item_names_the_copies_of_its_story(told: Newsroom, client: Client) -> None:
    one, other, apart = (told.publish(f"Ferry {n}", "It sails.", at=NOW, publisher=f"p{n}.example") for n in range(3))
    with told.database.work() as work:
        work.stories.join(other, one.story_id)
    copies = client.get(f"/items/{one.id}").text.split('<ul class="copies">')[1].split("</ul>", maxsplit=1)[0]
    assert f'href="/items/{other.id}"' in copies
    assert f'href="/items/{one.id}"' not in copies
    assert 'class="copies"' not in client.get(f"/items/{apart.id}").text


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("?before=999999", 404, "There is no item 999999"),
        ("?feed=x", 422, "feed"),
        ("?since=2025-03-02&until=2025-03-01", 422, "before it begins"),
        ("?until=2025-13-01", 422, "write year, month and day"),
    ],
)
def test_what_cannot_be_shown_is_said(client: Client, query: str, status: int, words: str) -> None:
    answer = client.get("/items" + query)
    assert (answer.status_code, words in unescape(answer.text)) == (status, True)
