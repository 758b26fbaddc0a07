"""The pages hold what they should, over a database that was filled through the repositories."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.model.feed import FeedStatus
from monitor.model.statement import Stance
from monitor.settings import Settings
from monitor.web.app import create_app
from rules.model import ActorKind, ActorRule, RuleSet
from storage.engine import Database
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, RULES, Newsroom, turn


def test_front_page_shows_the_change_with_both_quotes(client: Client, newsroom: Newsroom) -> None:
    change = turn(newsroom)
    page = client.get("/").text
    assert f'id="change-{change.id}"' in page
    article = page.split(f'id="change-{change.id}"')[1].split("</article>")[0]
    assert "Ada Quill" in article
    assert "The strait bridge" in article
    assert "There will be no bridge" in article
    assert "We will build the bridge in" in article
    assert article.index("There will be no bridge") < article.index("We will build the bridge in")
    assert ">Reversed<" in article
    assert "confirmed" in article
    for sign, word in (("−", "opposes"), ("+", "supports")):
        assert f'<span class="stance__sign" aria-hidden="true">{sign}</span>{word}' in article
    assert 'href="https://news.example/story" rel="noopener noreferrer external"' in article


def test_front_page_shows_the_newest_change_first(client: Client, newsroom: Newsroom) -> None:
    turn(newsroom)
    page = client.get("/").text
    quotes = [page.index(">Reversed<"), page.index(">First known position<")]
    assert quotes == sorted(quotes)


def test_empty_front_page_says_what_happens_next(client: Client, database: Database) -> None:
    assert "volteface feeds add URL" in client.get("/").text
    with database.work() as work:
        feed = work.feeds.add("https://a.example/feed", "A feed", "", NOW)
    assert "the feeds wait for their first poll" in client.get("/").text
    with database.work() as work:
        work.feeds.save(replace(feed, last_poll_at=NOW, last_success_at=NOW, next_poll_at=NOW + timedelta(minutes=30)))
    page = client.get("/").text
    assert "no feed has brought an item" in page
    assert "10 Mar 2025, 12:30 UTC" in page
    Newsroom(database).publish("Nothing of note", "Rain.", at=NOW)
    assert "A change appears here as soon as" in client.get("/").text


def test_pending_and_baseline_changes_say_so(client: Client, newsroom: Newsroom) -> None:
    _, [first, *_] = newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW - timedelta(days=2))
    assert f"status--{first.found.status.value}" in client.get(f"/changes/{first.id}").text
    change = turn(newsroom)
    newsroom.silence(change)
    page = client.get(f"/changes/{change.id}").text
    assert "status--baseline" in page
    assert "nobody is alerted" in page


def test_feeds_say_how_they_are_in_plain_words(client: Client, database: Database) -> None:
    with database.work() as work:
        well, failing, gone, paused = (
            work.feeds.add(f"https://user:hunter2@{name}.example/feed?token=hunter2", name, "", NOW)
            for name in ("well", "failing", "gone", "paused")
        )
        work.feeds.save(
            replace(well, last_poll_at=NOW, last_success_at=NOW, next_poll_at=NOW + timedelta(hours=1), interval_s=3600)
        )
        reason = "https://user:hunter2@failing.example/feed answered 404; look whether it has moved"
        work.feeds.save(replace(failing, failures=3, last_poll_at=NOW, last_error=reason, errors_since=NOW))
        work.feeds.save(replace(gone, status=FeedStatus.GONE))
        work.feeds.save(replace(paused, status=FeedStatus.PAUSED))
    for path in ("/", "/feeds", "/api/feeds"):
        assert "hunter2" not in client.get(path).text, path
    page = client.get("/feeds").text
    for words in (
        "well",
        "failed 3 times in a row",
        "answered 404; look whether",
        "the site closed it",
        "paused by an",
    ):
        assert words in page
    assert "every 1 h" in page
    assert page.index("failed 3 times") < page.index("paused by an")


def test_a_feed_that_is_silent_or_moved_says_so_with_the_remedy(client: Client, database: Database) -> None:
    long_ago = NOW - timedelta(days=20)
    with database.work() as work:
        silent, moved = (work.feeds.add(f"https://{name}.example/feed", name, "", NOW) for name in ("quiet", "moved"))
        polled = {"last_poll_at": NOW, "next_poll_at": NOW + timedelta(hours=1), "polls": 4, "empty_polls": 3}
        work.feeds.save(replace(silent, **polled, last_new_at=long_ago, newest_entry_at=long_ago, rhythm_s=7200))
        notice = "It has moved for good to https://user:hunter2@new.example/feed, which is feed 1 already."
        work.feeds.save(replace(moved, **polled, notice=notice))
    page = client.get("/feeds").text
    assert "Nothing new for 20 days, though its entries usually come every 2 hours." in page
    assert "volteface feeds discover https://quiet.example/feed" in page
    assert "It has moved for good to" in page
    shown = client.get("/api/feeds")
    assert "hunter2" not in page + shown.text
    assert [(f["polls"], f["empty_polls"], f["rhythm_s"]) for f in shown.json()["feeds"]] == [
        (4, 3, None),
        (4, 3, 7200),
    ]


def test_permalink_holds_the_confirmation_trail(client: Client, newsroom: Newsroom) -> None:
    change = turn(newsroom)
    page = client.get(f"/changes/{change.id}").text
    trail = page.split('<ol class="trail">')[1].split("</ol>")[0]
    assert trail.count("<li>") == len(change.found.support) >= 2
    assert "paper9.example" in trail
    assert "probability" in page.lower()


def test_position_page_draws_the_timeline_and_repeats_it_as_a_table(client: Client, newsroom: Newsroom) -> None:
    turn(newsroom)
    page = client.get("/positions/ada-quill/bridge").text
    broad = page.split('class="drawing--broad"')[1].split("</svg>")[0]
    assert broad.count('class="dot dot--opposes"') == 3
    assert broad.count('class="dot dot--supports"') == 3
    assert 'class="way way--supports"' in broad
    table = page.split('<caption class="hidden">Statements')[1].split("</table>")[0]
    assert table.count("<tr>") == 1 + 6
    body = client.get("/positions/atlantis/bridge").text
    assert "<strong>Ada Quill:</strong>" in body, "a state's page says who spoke for it"


def test_position_without_statements_is_a_page_and_an_unknown_one_is_not(client: Client, newsroom: Newsroom) -> None:
    page = client.get("/positions/lemuria/tolls")
    assert page.status_code == 200
    assert "No statement is known" in page.text
    assert client.get("/positions/lemuria/nonsense").status_code == 404
    assert client.get("/positions/nobody/tolls").status_code == 404


def test_item_page_marks_actors_issues_and_evidence(client: Client, newsroom: Newsroom) -> None:
    item, _ = newsroom.say("ada-quill", "bridge", Stance.OPPOSES, at=NOW)
    page = client.get(f"/items/{item.id}").text
    assert '<mark class="mark--actor " title="actor: Ada Quill (name)">Ada Quill</mark>' in page
    assert 'title="issue: The strait bridge (about)">bridge</mark>' in page
    assert "mark--evidence" in page
    assert '<th scope="row">Ada Quill</th><td>actor</td><td>name</td>' in page


def test_items_are_searched_and_paged(client: Client, newsroom: Newsroom) -> None:
    for number in range(51):
        newsroom.publish(f"Ferry number {number}", "It sails.", at=NOW - timedelta(minutes=number))
    newsroom.publish("Tram", "It rolls.", at=NOW)
    page = client.get("/items", params={"q": "ferry"}).text
    assert shown(page) == [f"Ferry number {n}" for n in range(50)]
    following = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert following.startswith("/items?q=ferry&before=")
    assert shown(client.get(following).text) == ["Ferry number 50"]
    assert "No item holds all of “zeppelin”" in client.get("/items?q=zeppelin").text


def shown(page: str) -> list[str]:
    """The titles of the items on a page, without their marks."""
    links = [part.split("</a>")[0].split(">", 1)[1] for part in page.split('<a class="items__title"')[1:]]
    return [re.sub("<[^>]*>", "", title) for title in links]


@pytest.mark.parametrize("words", ['"', "AND", "a OR (", "*", "NEAR(", "-", "\\", "'; DROP TABLE item; --", "%"])
def test_no_search_words_are_an_error(client: Client, newsroom: Newsroom, words: str) -> None:
    newsroom.publish("Ferry", "It sails.", at=NOW)
    assert client.get("/items", params={"q": words}).status_code == 200
    assert client.get("/api/items", params={"q": words}).status_code == 200


def test_changes_are_paged_and_filtered(client: Client, database: Database) -> None:
    actors = {f"actor-{n}": ActorRule(f"actor-{n}", f"Actor {n}", ActorKind.STATE) for n in range(30)}
    newsroom = Newsroom(database, RuleSet(actors=actors, issues=RULES.issues))
    for number, actor in enumerate(actors):
        newsroom.say(actor, "bridge", Stance.SUPPORTS, at=NOW - timedelta(days=60 - number))
    with database.view() as work:
        ids = [c.id for c in work.positions.changes(limit=200)]
    assert len(ids) == 30
    first = client.get("/changes").text
    assert all(f'id="change-{i}"' in first for i in ids[:25])
    following = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = client.get(following).text
    assert all(f'id="change-{i}"' in second for i in ids[25:])
    assert f'id="change-{ids[0]}"' not in second
    assert client.get("/changes?actor=actor-7&issue=").text.count("<article") == 1
    assert "No change like this is known" in client.get("/changes?actor=actor-7&issue=tolls").text


def test_label_and_demo_are_shown_where_set(database: Database, settings: Settings) -> None:
    labelled = settings.model_copy(update={"label": "INVENTED <DATA>", "demo_url": "http://127.0.0.1:8500"})
    client = Client(create_app(database, labelled, clock=lambda: NOW))
    for path in ("/", "/feeds", "/items", "/changes", "/nothing-here"):
        page = client.get(path).text
        assert '<p class="label" role="note">INVENTED &lt;DATA&gt;</p>' in page, path
        assert 'href="http://127.0.0.1:8500"' in page
    assert 'class="label"' not in Client(create_app(database, settings, clock=lambda: NOW)).get("/").text
