"""Places while feeds are polled: for those that go well, and aside for those that fail or hang."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.model.feed import Feed
from monitor.pipeline.places import UnderWay, places_aside
from storage.feed_choice import Places

NOW = datetime(2025, 6, 1, tzinfo=UTC)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def feed(number: int, failures: int = 0) -> Feed:
    url = f"https://h{number // 2}.example/{number}"
    return Feed(id=number, url=url, next_poll_at=NOW, added_at=NOW, failures=failures)


def test_what_failed_and_what_hangs_is_set_aside_and_what_is_being_read_is_not() -> None:
    clock = Clock()
    under_way = UnderWay(2, patience_s=3.0, clock=clock)
    assert under_way.free() == Places(well=2, failing=6)
    assert under_way.next_aside_s() is None
    failing, slow = under_way.begin(feed(1, failures=1)), under_way.begin(feed(2))
    assert under_way.free() == Places(well=1, failing=5)
    clock.now = 1.0
    read = under_way.begin(feed(3))
    assert under_way.free() == Places(well=0, failing=5)
    assert under_way.full(2) == {"h1.example"}
    assert under_way.next_aside_s() == 2.0
    read.began = None
    clock.now = 10.0
    assert under_way.next_aside_s() is None
    assert under_way.free() == Places(well=1, failing=4)
    for visit in (failing, slow, read):
        under_way.end(visit)
    assert under_way.free() == Places(well=2, failing=6)


def test_the_places_aside_are_bounded_too() -> None:
    clock = Clock()
    under_way = UnderWay(2, patience_s=3.0, clock=clock)
    for number in range(7):
        under_way.begin(feed(number))
        clock.now += 5.0
    assert under_way.free() == Places(well=1, failing=0)
    under_way.begin(feed(8))
    clock.now += 5.0
    assert under_way.free() == Places(well=0, failing=0)
    assert places_aside(256) == 64
