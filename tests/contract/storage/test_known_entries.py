"""What the parser remembers of a feed: kept beside what was admitted with it, and lost rather than wrong."""

from __future__ import annotations

import pytest

from storage.engine import Database
from storage.known_entries import KnownChange
from tests.contract.storage.values import NOW


def feeds(database: Database, count: int) -> list[int]:
    with database.work() as work:
        return [work.feeds.add(f"https://news.example/{n}", "", "", NOW).id for n in range(count)]


def change(database: Database, *changes: tuple[int, bytes | None, bytes | None]) -> None:
    with database.work() as work:
        work.known_entries.replace_all([KnownChange(feed_id=i, was=was, known=known) for i, was, known in changes])


def stored(database: Database, *ids: int) -> list[bytes | None]:
    with database.view() as work:
        return [work.known_entries.get(i) for i in ids]


def test_what_a_poll_came_back_with_is_there_at_the_next(database: Database) -> None:
    a, b, c = feeds(database, 3)
    change(database, (a, None, b"a1"), (b, None, b"\x00\xff"), (c, None, None))
    assert stored(database, a, b, c) == [b"a1", b"\x00\xff", None]
    change(database, (a, b"a1", b"a2"), (b, b"\x00\xff", None), (c, None, b""))
    assert stored(database, a, b, c) == [b"a2", None, b""]


@pytest.mark.parametrize("was", [None, b"older"])
@pytest.mark.parametrize("known", [None, b"newer"])
def test_after_another_poll_came_between_nothing_is_kept(
    database: Database, was: bytes | None, known: bytes | None
) -> None:
    a, other = feeds(database, 2)
    change(database, (a, None, b"between"), (other, None, b"x"))
    change(database, (a, was, known))
    assert stored(database, a, other) == [None, b"x"]


def test_what_is_gone_meanwhile_is_not_brought_back(database: Database) -> None:
    (a,) = feeds(database, 1)
    change(database, (a, b"lost", b"newer"))
    assert stored(database, a) == [None]


def test_it_goes_with_the_feed_and_with_its_transaction(database: Database) -> None:
    a, b = feeds(database, 2)
    change(database, (a, None, b"a"), (b, None, b"b"))
    with pytest.raises(ZeroDivisionError), database.work() as work:
        work.known_entries.replace_all([KnownChange(feed_id=a, was=b"a", known=b"never")])
        raise ZeroDivisionError
    with database.work() as work:
        work.feeds.remove(b)
    assert stored(database, a, b) == [b"a", None]
