"""The walk with articles: alerts wait for none, revisions and articles do not undo each other, nothing is lost."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.feeds.article import Article
from monitor.items.admit import admit
from monitor.items.identity import identities_to_ask
from monitor.model.article import ArticleState, StoredArticle
from monitor.model.feed import Feed, ParsedEntry
from monitor.pipeline.articles import LEASE, WAITS, ArticleReport, ArticleStep, Follower
from monitor.pipeline.read import Reader
from monitor.pipeline.tell import Teller
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.track import FilterTracker
from storage.engine import Database
from storage.retention import prune
from tests.integration.pipeline.walking import NOW, Walk

TEASER = "Astrid Holm spoke about seabed mining on Monday."
TOLD = "“We reject seabed mining,” Astrid Holm told parliament."
PAGE = f"{TEASER}\n{TOLD}\nThe harbour was quiet and the herring late."


class Site:
    """A site that answers as told; what it was asked is kept."""

    def __init__(self) -> None:
        self.answer = Article(text=PAGE)
        self.asked: list[str] = []
        self.busy: set[str] = set()

    async def article(self, url: str, title: str) -> Article:
        self.asked.append(url)
        return self.answer

    def busy_hosts(self) -> Collection[str]:
        return self.busy


class Followed:
    """A walk whose articles are fetched, and a feed that brings entries."""

    def __init__(self, database: Database, folder: Path, *, by_default: bool = True) -> None:
        self.walk = Walk(database, folder / "pack")
        self.database = database
        self.site = Site()
        self.now = NOW
        self.step = ArticleStep(database, self.site, lambda: self.now)
        self.follow(by_default=by_default)
        with database.work() as work:
            self.feed: Feed = work.feeds.add("https://paper.example/rss", "Paper", "", NOW)

    def follow(self, *, by_default: bool) -> None:
        follower = Follower(by_default=by_default)
        self.reader = Reader(self.database, self.walk.book, GrammarExtractor(), FilterTracker(), Teller(), follower)

    def poll(self, text: str, number: int = 1, *, title: str = "Holm on seabed mining") -> tuple[int, int]:
        """What a poll does with one entry; how many items were new and how many revised."""
        entry = ParsedEntry(
            id=f"e{number}",
            title=title,
            link=f"https://host{number}.example/{number}",
            text=text,
            lang="en",
            published=NOW,
        )
        with self.database.work() as work:
            found = admit([entry], work.items.known(self.feed.id, identities_to_ask([entry])), self.feed, NOW)
            for new in found.new:
                self.item = work.items.add(new, None).id
            for item, now in found.revised:
                work.items.revise(item, now.title, now.text, now.content_hash, now.url, NOW)
        return len(found.new), len(found.revised)

    def read(self) -> int:
        read = 0
        while (report := self.reader.step(self.now)).items or report.failed:
            assert not report.failed
            read += report.items
        return read

    async def fetch(self) -> ArticleReport:
        return await self.step.step(self.now)

    def article(self) -> StoredArticle | None:
        with self.database.view() as work:
            return work.articles.of([self.item]).get(self.item)

    def evidence(self) -> list[str]:
        with self.database.view() as work:
            found = work.statements.for_item(self.item)
            item = work.items.get(self.item)
        for statement in found:
            seen = statement.read.evidence
            assert statement.revision == item.revision
            assert item.fields[seen.field][seen.start : seen.end] == seen.text
        return [s.read.evidence.text for s in found]


@pytest.fixture
def followed(database: Database, tmp_path: Path) -> Followed:
    return Followed(database, tmp_path)


async def test_the_item_is_read_at_once_and_again_with_its_article(followed: Followed) -> None:
    followed.poll(TEASER)
    assert followed.read() == 1, "reading waits for no site"
    assert followed.evidence() == []
    assert await followed.fetch() == ArticleReport(asked=1, fetched=1)
    assert followed.site.asked == ["https://host1.example/1"]
    assert followed.walk.item(followed.item).text == PAGE
    assert followed.read() == 1
    assert followed.evidence() == ["We reject seabed mining"]
    assert await followed.fetch() == ArticleReport()


async def test_polls_after_the_article_find_nothing_changed(followed: Followed) -> None:
    followed.poll(TEASER)
    followed.read()
    await followed.fetch()
    followed.read()
    revision = followed.walk.item(followed.item).revision
    assert followed.poll(TEASER) == (0, 0)
    assert followed.walk.item(followed.item).revision == revision


async def test_a_revised_entry_keeps_its_article_until_the_page_was_fetched_anew(followed: Followed) -> None:
    followed.poll(TEASER)
    followed.read()
    await followed.fetch()
    followed.read()
    assert followed.poll("A new summary by the desk.") == (0, 1)
    followed.read()
    assert followed.evidence() == ["We reject seabed mining"], "nothing falls because the feed's summary changed"
    assert followed.walk.item(followed.item).text == f"A new summary by the desk.\n{PAGE}"
    assert followed.poll("A new summary by the desk.") == (0, 0)
    followed.site.answer = Article(
        text=f"{TEASER}\nThe prime minister was misquoted in an earlier version of this report."
    )
    assert (await followed.fetch()).asked == 0, "the page is given a moment"
    followed.now += timedelta(minutes=5)
    assert (await followed.fetch()).fetched == 1
    followed.read()
    assert followed.evidence() == [], "the quote was taken out, so that what it upheld falls"


async def test_a_page_that_is_gone_at_the_second_look_leaves_the_article_as_it_was(followed: Followed) -> None:
    followed.poll(TEASER)
    followed.read()
    await followed.fetch()
    followed.read()
    followed.poll("A new summary by the desk.")
    followed.read()
    followed.now += timedelta(minutes=5)
    followed.site.answer = Article(note="there is no page at the item's address (404)")
    assert (await followed.fetch()).unavailable == 1
    followed.read()
    assert followed.evidence() == ["We reject seabed mining"]


async def test_a_page_that_cannot_be_had_is_said_and_loses_nothing(followed: Followed) -> None:
    followed.site.answer = Article(note="the article is for subscribers")
    followed.poll(f"{TEASER} {TOLD}")
    followed.read()
    assert (await followed.fetch()).unavailable == 1
    stored = followed.article()
    assert stored is not None
    assert (stored.state, stored.note) == (ArticleState.UNAVAILABLE, "the article is for subscribers")
    assert followed.evidence() == ["We reject seabed mining"]
    followed.now += timedelta(days=30)
    assert (await followed.fetch()).asked == 0


async def test_a_site_that_fails_for_now_is_asked_later_and_at_last_no_more(followed: Followed) -> None:
    followed.site.answer = Article(note="the server has trouble (500)", again=True)
    followed.poll(TEASER)
    followed.read()
    for wait in WAITS:
        assert (await followed.fetch()).asked == 1
        assert (await followed.fetch()).asked == 0
        followed.now += wait
    assert await followed.fetch() == ArticleReport(asked=1, unavailable=1)
    followed.now += timedelta(days=30)
    assert (await followed.fetch()).asked == 0


async def test_what_the_site_asked_for_is_kept_and_what_was_not_asked_is_no_attempt(followed: Followed) -> None:
    followed.poll(TEASER)
    followed.read()
    followed.site.answer = Article(note="asked too often", again=True, wait_s=7200)
    await followed.fetch()
    followed.now += timedelta(minutes=119)
    assert (await followed.fetch()).asked == 0
    followed.now += timedelta(minutes=1)
    followed.site.answer = Article(note="left alone", again=True, wait_s=60, postponed=True)
    for _ in range(2 * len(WAITS)):
        assert (await followed.fetch()).asked == 1
        followed.now += timedelta(minutes=1)
    followed.site.answer = Article(text=PAGE)
    assert (await followed.fetch()).fetched == 1


async def test_a_worker_that_was_killed_loses_nothing(followed: Followed) -> None:
    followed.poll(TEASER)
    followed.read()
    with followed.database.work() as work:
        ((claimed, _),) = work.articles.claim_due(followed.now, 10, LEASE)
    assert (await followed.fetch()).asked == 0, "somebody else has it"
    followed.now += LEASE
    assert (await followed.fetch()).fetched == 1
    with followed.database.work() as work:
        assert not work.articles.hold(claimed), "the one that was thought dead writes nothing any more"


async def test_a_fault_of_ours_costs_an_attempt_and_no_item(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(url: str, title: str) -> Article:
        raise RuntimeError("secret")

    followed.poll(TEASER)
    followed.read()
    monkeypatch.setattr(followed.site, "article", broken)
    await followed.fetch()
    stored = followed.article()
    assert stored is not None
    assert (stored.state, stored.note, stored.attempts) == (ArticleState.WAITING, "internal fault: RuntimeError", 1)


async def test_of_a_host_one_page_at_a_time_and_none_of_a_busy_one(followed: Followed) -> None:
    for number in (1, 2, 3):
        followed.poll(TEASER, number)
    followed.read()
    followed.site.busy = {"host2.example"}
    assert (await followed.fetch()).asked == 2
    assert sorted(followed.site.asked) == ["https://host1.example/1", "https://host3.example/3"]
    followed.site.busy = set()
    assert (await followed.fetch()).asked == 1


async def test_items_about_nothing_that_is_watched_are_not_followed(followed: Followed) -> None:
    followed.poll("The weather stays fine.", title="Weather")
    followed.read()
    assert followed.article() is None


@pytest.mark.parametrize(
    ("by_default", "own", "asked"),
    [(True, None, True), (True, False, False), (False, None, False), (False, True, True)],
)
async def test_a_feed_can_be_set_apart_from_the_setting(
    database: Database, tmp_path: Path, by_default: bool, own: bool | None, asked: bool
) -> None:
    followed = Followed(database, tmp_path, by_default=by_default)
    with database.work() as work:
        work.feeds.set_articles(followed.feed.id, own)
        assert work.feeds.get(followed.feed.id).articles is own
    followed.poll(TEASER)
    followed.read()
    assert (followed.article() is not None) is asked


async def test_the_language_is_told_anew_from_the_article(followed: Followed) -> None:
    followed.poll("", title="Astrid Holm")
    followed.read()
    assert followed.walk.item(followed.item).lang == "en", "declared by the feed"
    followed.site.answer = Article(
        text="Astrid Holm säger att hamnen ska vara öppen och att regeringen håller fast vid det."
    )
    await followed.fetch()
    assert followed.walk.item(followed.item).lang == "sv"


async def test_what_is_forgotten_takes_its_article_along(followed: Followed) -> None:
    followed.poll("Astrid Holm was at the harbour.")
    followed.site.answer = Article(text="Astrid Holm was at the harbour, and then she went home again.")
    followed.read()
    await followed.fetch()
    followed.read()
    assert followed.article() is not None
    later = NOW + timedelta(days=100)
    assert prune(followed.database, items_before=later, events_before=later).items == 1
    assert followed.article() is None
