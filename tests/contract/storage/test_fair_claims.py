"""Claims by host: nobody takes more than a host can answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from monitor.model.feed import Feed, FeedStatus
from storage.engine import Database
from storage.feed_choice import Places
from storage.work import Work
from tests.contract.storage.values import DAY, MINUTE, NOW


def add(work: Work, host: str, count: int, late: timedelta = MINUTE) -> list[Feed]:
    return [work.feeds.add(f"https://{host}/{n}", "", "", NOW - late) for n in range(count)]


def hosts(feeds: list[Feed]) -> list[str]:
    return [feed.url.split("/")[2] for feed in feeds]


def test_at_most_so_many_of_a_host_and_none_of_a_busy_one(database: Database) -> None:
    with database.work() as work:
        add(work, "many.example", 450, late=3 * DAY)
        add(work, "busy.example", 450, late=2 * DAY)
        add(work, "a.example", 2)
        add(work, "b.example", 2)
    with database.work() as work:
        first = work.feeds.claim_due(NOW, 10, MINUTE, busy={"busy.example"}, per_host=1)
        assert hosts(first) == ["many.example", "a.example", "b.example"]
        second = work.feeds.claim_due(NOW, 3, MINUTE, busy={"busy.example", "a.example"}, per_host=2)
        assert hosts(second) == ["many.example", "many.example", "b.example"]
        assert work.feeds.due_hosts(NOW, MINUTE) == {"many.example", "busy.example", "a.example"}
        many_busy = {f"other{n}.example" for n in range(1200)} | {"many.example"}
        assert hosts(work.feeds.claim_due(NOW, 2, MINUTE, busy=many_busy)) == ["busy.example"] * 2


def test_a_host_is_put_off_with_all_its_active_feeds(database: Database) -> None:
    with database.work() as work:
        due, later, paused = add(work, "asked.example", 3)
        work.feeds.save(replace(later, next_poll_at=NOW + 2 * DAY))
        work.feeds.save(replace(paused, status=FeedStatus.PAUSED))
        (other,) = add(work, "other.example", 1)
        assert work.feeds.postpone("asked.example", NOW + DAY) == 1
        assert work.feeds.get(due.id).next_poll_at == NOW + DAY
        assert work.feeds.get(later.id).next_poll_at == NOW + 2 * DAY
        assert [feed.id for feed in work.feeds.claim_due(NOW, 9, MINUTE)] == [other.id]


def test_a_feed_that_moves_is_of_its_new_host(database: Database) -> None:
    with database.work() as work:
        (feed,) = add(work, "old.example", 1)
        work.feeds.save(replace(feed, url="https://new.example:8080/feed"), was=feed)
        assert work.feeds.due_hosts(NOW, MINUTE) == {"new.example"}


def failing(work: Work, feeds: list[Feed]) -> list[Feed]:
    for feed in feeds:
        work.feeds.save(replace(feed, failures=1))
    return feeds


def test_those_that_failed_last_time_take_their_own_places_only(database: Database) -> None:
    with database.work() as work:
        down = failing(work, [feed for n in range(450) for feed in add(work, f"down{n}.example", 1, late=DAY)])
        well = [feed for n in range(3) for feed in add(work, f"well{n}.example", 1)]
    with database.work() as work:
        claimed = work.feeds.claim_due(NOW, 64, MINUTE, per_host=1, places=Places(well=2, failing=3))
        assert [feed.id for feed in claimed] == [feed.id for feed in [*down[:3], *well[:2]]]
        claimed = work.feeds.claim_due(NOW, 64, MINUTE, per_host=1, places=Places(well=2, failing=0))
        assert [feed.id for feed in claimed] == [well[2].id]
        claimed = work.feeds.claim_due(NOW, 2, MINUTE, per_host=1, places=Places(well=0, failing=9))
        assert [feed.id for feed in claimed] == [feed.id for feed in down[3:5]]
        assert work.feeds.claim_due(NOW, 9, MINUTE, per_host=1, places=Places(well=0, failing=0)) == []


def test_those_that_failed_are_not_kept_waiting_by_those_that_went_well(database: Database) -> None:
    with database.work() as work:
        first = [feed for n in range(300) for feed in add(work, f"well{n}.example", 1, late=DAY)]
        (down,) = failing(work, add(work, "down.example", 1))
        add(work, "last.example", 1, late=-MINUTE)
    claimed: list[int] = []
    with database.work() as work:
        while found := work.feeds.claim_due(NOW, 64, MINUTE, per_host=1, places=Places(well=16, failing=48)):
            assert len(found) <= 17
            claimed += [feed.id for feed in found]
    assert sorted(claimed) == [*(feed.id for feed in first), down.id]
