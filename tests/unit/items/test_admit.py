"""Admission: new, revised, seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.items.admit import Admission, admit
from monitor.items.identity import LONGEST_IDENTITY, content_hash, identities_to_ask, identity, link_identity
from monitor.model.feed import Feed, ParsedEntry
from monitor.model.item import KnownItem

NOW = datetime(2025, 2, 18, 12, 0, tzinfo=UTC)
FEED = Feed(id=7, url="https://feeds.bbc.co.uk/x.xml", next_poll_at=NOW, added_at=NOW, baseline_done=True)


def entry(name: str = "a", **more: Any) -> ParsedEntry:
    fields = {
        "id": f"guid-{name}",
        "title": f"Title {name}",
        "link": f"https://www.bbc.co.uk/{name}",
        "text": f"Text {name}",
    }
    return ParsedEntry(**{**fields, "published": NOW - timedelta(hours=1), **more})


class Store:
    """What a store knows: every identity of what was admitted."""

    def __init__(self) -> None:
        self.known: dict[str, KnownItem] = {}
        self._next = 1

    def poll(self, *entries: ParsedEntry, feed: Feed = FEED, now: datetime = NOW, **more: Any) -> Admission:
        asked = {key: self.known[key] for key in identities_to_ask(entries) if key in self.known}
        admission = admit(entries, asked, feed, now, **more)
        for new in admission.new:
            known = KnownItem(self._next, 1, new.content_hash)
            self._next += 1
            for key in (new.identity, new.link_identity):
                if key:
                    self.known[key] = known
        for item_id, item in admission.revised:
            for key, old in list(self.known.items()):
                if old.id == item_id:
                    self.known[key] = KnownItem(item_id, old.revision + 1, item.content_hash)
        return admission


def counts(admission: Admission) -> tuple[int, int, int]:
    return len(admission.new), len(admission.revised), admission.seen


def test_new_then_seen_then_revised() -> None:
    store = Store()
    assert counts(store.poll(entry("a"), entry("b"))) == (2, 0, 0)
    assert counts(store.poll(entry("a"), entry("b"))) == (0, 0, 2)
    admission = store.poll(entry("a", text="Another text"), entry("b"))
    assert counts(admission) == (0, 1, 1)
    assert admission.revised[0][0] == 1
    assert admission.revised[0][1].text == "Another text"
    assert counts(store.poll(entry("a", text="Another text"), entry("b"))) == (0, 0, 2)


def test_a_feed_that_is_empty_for_a_poll_and_back_brings_nothing_new() -> None:
    store = Store()
    store.poll(entry("a"))
    assert counts(store.poll()) == (0, 0, 0)
    assert counts(store.poll(entry("a"))) == (0, 0, 1)


def test_guids_that_change_at_every_poll_are_recognised_by_link_and_title() -> None:
    store = Store()
    assert counts(store.poll(*(entry(x, id=f"{x}-1") for x in "abc"))) == (3, 0, 0)
    assert counts(store.poll(*(entry(x, id=f"{x}-2") for x in "abc"))) == (0, 0, 3)
    assert counts(store.poll(entry("a", id="a-3", text="Edited"), entry("b", id="b-3"))) == (0, 1, 1)


def test_a_column_at_one_address_under_one_title_is_several_items() -> None:
    store = Store()
    days = [entry("a", id=f"id-{n}", published=NOW - timedelta(days=n), text=f"Edition {n}") for n in (2, 1, 0)]
    for day in days:
        assert counts(store.poll(day)) == (1, 0, 0)
    # Two on one day in one document have nothing but their guids to tell them apart, so only the guids count.
    assert counts(Store().poll(entry("a", id="x"), entry("a", id="y"))) == (2, 0, 0)


def test_an_entry_that_is_listed_twice_counts_once_and_does_not_revise_itself() -> None:
    store = Store()
    twice = (entry("a", text="One"), entry("a", text="Two"))
    assert counts(store.poll(*twice)) == (1, 0, 1)
    assert counts(store.poll(*twice)) == (0, 0, 2)


def test_case_matters_in_guids() -> None:
    assert counts(Store().poll(entry("a", id="ID", link=None), entry("b", id="id", link=None))) == (2, 0, 0)


def test_blanks_make_no_revision() -> None:
    store = Store()
    store.poll(entry("a", text="One two\nthree"))
    assert counts(store.poll(entry("a", text="One  two three"))) == (0, 0, 1)


@pytest.mark.parametrize(
    ("published", "updated", "expected"),
    [
        (NOW - timedelta(days=3), None, NOW - timedelta(days=3)),
        (None, NOW - timedelta(days=2), NOW - timedelta(days=2)),
        (None, None, NOW),
        (NOW + timedelta(days=1), None, NOW),
        (NOW + timedelta(minutes=5), None, NOW),  # a clock that is a little fast
        (datetime(9999, 12, 31, tzinfo=UTC), NOW - timedelta(days=1), NOW - timedelta(days=1)),
        (datetime(1970, 1, 1, tzinfo=UTC), None, NOW),
    ],
)
def test_a_date_that_cannot_be_is_when_the_item_was_first_seen(
    published: datetime | None, updated: datetime | None, expected: datetime
) -> None:
    item = Store().poll(entry("a", published=published, updated=updated)).new[0]
    assert item.published_at == expected
    assert item.seen_at == NOW


def test_new_items_come_in_the_order_of_publication_and_within_bounds() -> None:
    store = Store()
    entries = [entry(str(n), published=NOW - timedelta(hours=n)) for n in range(10)]
    first = store.poll(*entries, most_new=4)
    assert [item.identity for item in first.new] == ["guid-9", "guid-8", "guid-7", "guid-6"]
    assert first.left == 6
    second = store.poll(*entries, most_new=4)
    assert (counts(second), second.left) == ((4, 0, 4), 2)
    third = store.poll(*entries, most_new=4)
    assert (counts(third), third.left) == ((2, 0, 8), 0)


def test_what_a_feed_held_at_its_first_poll_is_its_baseline() -> None:
    assert Store().poll(entry("a"), feed=replace(FEED, baseline_done=False)).new[0].baseline
    assert not Store().poll(entry("a")).new[0].baseline


def test_the_item_says_whose_it_is() -> None:
    item = Store().poll(entry("a", author="Reuters", lang="en")).new[0]
    assert (item.feed_id, item.publisher, item.lang, item.author, item.url) == (
        7, "reuters.com", "en", "Reuters", "https://www.bbc.co.uk/a",
    )  # fmt: skip


def test_the_language_that_operators_set_counts_for_what_the_feed_declares() -> None:
    assert Store().poll(entry("a", lang="en"), feed=replace(FEED, lang="da")).new[0].lang == "da"
    assert Store().poll(entry("a", lang="en")).new[0].lang == "en"


def test_identities_are_short_enough_for_an_index_and_stay_apart() -> None:
    long = [entry("a", id="x" * 5000 + end) for end in "12"]
    ids = [identity(e) for e in long]
    assert len(set(ids)) == 2
    assert max(map(len, ids)) <= LONGEST_IDENTITY
    assert identity(entry("a", id="guid")) == "guid"


def test_second_identities() -> None:
    assert link_identity(entry("a", link=None)) is None
    assert link_identity(entry("a", title="")) is None
    assert link_identity(entry("a")) == link_identity(entry("a", id="other", title="TITLE  a"))
    assert content_hash("a", "b") != content_hash("ab", "")


def test_an_entry_that_says_nothing_is_no_item() -> None:
    """A feed lists such: a date alone, or `<item/>`. With an id it is kept, for its text may come with a later poll."""
    nothing = {"title": "", "text": "", "link": None}
    store = Store()
    assert store.poll(entry(**nothing, id="sha256:1", guid_given=False)).new == ()
    assert len(store.poll(entry("b", **nothing, guid_given=True)).new) == 1
