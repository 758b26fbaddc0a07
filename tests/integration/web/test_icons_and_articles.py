"""Icons of sites on the pages, out of our own database; and what became of an item's article, on page and in JSON."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.web.headers import CONTENT_SECURITY_POLICY
from storage.engine import Database
from storage.icons import StoredIcon
from tests.contract.storage.values import DAY, MINUTE, NOW, new_item
from tests.integration.web.client import Client
from tests.unit.feeds.test_icon import png


def feed(database: Database, *, icon: bool) -> int:
    with database.work() as work:
        added = work.feeds.add("https://paper.example/rss", "Paper", "", NOW)
        work.feeds.save(replace(added, last_success_at=NOW), was=added)
        if icon:
            work.icons.want({"https://paper.example"}, NOW)
            (claimed,) = work.icons.claim_due(NOW, 1, MINUTE)
            work.icons.put(claimed, StoredIcon("image/png", png()), NOW + DAY, NOW)
        return added.id


def item(database: Database, feed_id: int) -> int:
    with database.work() as work:
        return work.items.add(new_item(feed_id=feed_id, lang="und"), None).id


def test_an_icon_has_its_own_type_and_may_be_kept(database: Database, client: Client) -> None:
    number = item(database, feed(database, icon=True))
    for page in ("/feeds", "/items", f"/items/{number}"):
        assert '<img class="icon" src="/icons/1?v=' in client.get(page).text, page
    answer = client.get("/icons/1?v=5")
    assert (answer.status_code, answer.content) == (200, png())
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "max-age=2592000" in answer.headers["cache-control"]


@pytest.mark.parametrize("path", ["/icons/1", "/icons/999", "/icons/0", "/icons/9999999999999999999", "/icons/x"])
def test_an_icon_that_is_not_there_is_said_to_be_missing(database: Database, client: Client, path: str) -> None:
    feed(database, icon=False)
    with database.work() as work:
        work.icons.want({"https://paper.example"}, NOW)
    answer = client.get(path)
    assert answer.status_code in (404, 422)
    assert "image/" not in answer.headers["content-type"]


def test_without_an_icon_there_is_a_neutral_mark(database: Database, client: Client) -> None:
    number = item(database, feed(database, icon=False))
    for page in ("/feeds", "/items", f"/items/{number}"):
        text = client.get(page).text
        assert '<span class="icon icon--none" aria-hidden="true"></span>' in text, page
        assert 'class="icon" src' not in text


def test_what_became_of_an_article_is_said(database: Database, client: Client) -> None:
    number = item(database, feed(database, icon=False))
    assert client.get(f"/api/items/{number}").json()["article"] is None
    assert "whole article" not in client.get(f"/items/{number}").text
    with database.work() as work:
        work.articles.want(work.items.get(number), NOW)
    assert "still to be fetched" in client.get(f"/items/{number}").text
    with database.work() as work:
        ((article, _),) = work.articles.claim_due(NOW, 1, MINUTE)
        work.articles.give_up(article, "the article is <b>for subscribers</b> at https://a:b@c.example/", NOW)
    text = client.get(f"/items/{number}").text
    assert "could not be had. The article is &lt;b&gt;for subscribers" in text
    assert "a:b@" not in text
    told = client.get(f"/api/items/{number}").json()["article"]
    assert told["state"] == "unavailable"
    assert "a:b@" not in told["note"]


def test_a_feed_that_is_set_apart_says_so(database: Database, client: Client) -> None:
    number = feed(database, icon=False)
    assert client.get("/api/feeds").json()["feeds"][0]["articles"] is None
    assert "Whole articles" not in client.get("/feeds").text
    with database.work() as work:
        work.feeds.set_articles(number, True)
    assert client.get("/api/feeds").json()["feeds"][0]["articles"] is True
    assert "Whole articles are fetched: set for this feed." in client.get("/feeds").text


def test_a_language_that_could_not_be_told_is_said_to_be_so(database: Database, client: Client) -> None:
    number = item(database, feed(database, icon=False))
    assert "language not told" in client.get("/items").text
    assert client.get(f"/api/items/{number}").json()["lang"] == "und"
