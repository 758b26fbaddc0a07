"""Two workers on one database: what one does while the other is at it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from monitor.model.alert import AlertKind, DeliveryStatus, Filter
from monitor.model.item import Item
from monitor.pipeline.group import Grouper
from storage.engine import Database
from storage.errors import DatabaseBusy
from storage.stories import Stories
from storage.values import ItemState
from tests.integration.pipeline.walking import AGAINST, FOR, NOW, Walk
from tests.integration.pipeline.walking import new_item as news

HOLM = "Prime Minister Astrid Holm"


@pytest.fixture
def walk(database: Database, tmp_path: Path) -> Walk:
    return Walk(database, tmp_path / "pack")


def test_a_revision_that_another_worker_read_meanwhile_is_not_undone(walk: Walk) -> None:
    item = walk.put(f"{HOLM} supports seabed mining.", 0)
    with walk.database.work() as work:
        (stale,) = work.items.claim_new(NOW, 10, walk.lease)
    walk.revise(item, f"{HOLM} opposes seabed mining.")
    walk.read()  # the other worker
    assert walk.reader._read(stale, walk.book.current(), NOW).items == 0
    with walk.database.view() as work:
        assert [str(s.read.stance) for s in work.statements.for_item(item) if s.live] == ["opposes"]


def test_a_busy_database_is_no_attempt_at_an_item(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    item = walk.put(f"{HOLM} supports seabed mining.", 0)

    def busy(_item: Item, *_rest: object) -> None:
        raise DatabaseBusy("somebody else writes")

    with monkeypatch.context() as patched:
        patched.setattr(walk.reader, "_read", busy)
        for _ in range(6):
            with pytest.raises(DatabaseBusy):
                walk.read()
    assert walk.read().items == 1
    with walk.database.view() as work:
        assert work.items.counts()[ItemState.DONE] == 1
        assert work.statements.for_item(item)


def test_copies_grouped_at_the_same_time_are_one_story(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        "The harbour of Stavik was closed on Tuesday after a storm had thrown three boats onto the quay, police said."
    )
    with walk.database.work() as work:
        ids = work.items.add_all([news(paper, text, NOW) for paper in ("a.example", "b.example")])
        items = [work.items.get(i) for i in ids]
    meet, hold, faults = threading.Barrier(2), Stories.hold, []

    def hold_together(stories: Stories) -> None:
        if walk.database.backend == "postgresql":  # SQLite lets only one of them come this far
            meet.wait(timeout=30)
        hold(stories)

    def group(item: Item) -> None:
        try:
            grouper = Grouper(walk.database)
            grouper._indexed_old = True  # its own transaction would meet here, too
            grouper.group([item])
        except Exception as error:
            faults.append(error)

    monkeypatch.setattr(Stories, "hold", hold_together)
    both = [threading.Thread(target=group, args=(item,)) for item in items]
    for one in both:
        one.start()
    for one in both:
        one.join(timeout=60)
    assert faults == []
    assert len({walk.item(i).story_id for i in ids}) == 1


def test_many_workers_read_everything_once(walk: Walk) -> None:
    """With query rules and several subscriptions: alerts and events are locked in one order, so nobody deadlocks."""
    for number in range(4):
        walk.subscribe(name=f"reader {number}")
    walk.says(HOLM, FOR, 0, baseline=True)
    walk.says(HOLM, AGAINST, 20)
    for number in range(30):
        walk.put(
            f"The herring came back to bay number {number} of Stavik, fishermen said on their {number}th trip.", 30
        )
    reports, faults = [], []

    def work_on() -> None:
        try:
            while (report := walk.reader.step(NOW, limit=3)).items or report.failed:
                reports.append(report)
        except Exception as error:
            faults.append(error)

    workers = [threading.Thread(target=work_on) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=120)
    assert faults == []
    assert sum(r.failed for r in reports) == 0
    assert sum(r.items for r in reports) == len(FOR) + len(AGAINST) + 30
    # Who reads the later items first finds a first position, and takes it back before anybody was sent it.
    standing = [a for a in walk.alerts("astrid-holm", "norland") if a.delivery is not DeliveryStatus.CANCELLED]
    assert [a.kind for a in standing] == [AlertKind.CHANGE] * 4
    assert len({a.subscription_id for a in standing}) == 4


@pytest.mark.parametrize("order", ["4265137", "4716235", "5241637", "7654321", "3465127"])
def test_in_whatever_order_items_are_read_their_reader_is_told_once(
    sqlite_database: Database, tmp_path: Path, order: str
) -> None:
    """A minister and their state move by the same words; what was told and cancelled on the way does not double it."""
    walk = Walk(sqlite_database, tmp_path / "pack")
    walk.subscribe()
    ids = walk.says(HOLM, FOR, 0, baseline=True) + walk.says(HOLM, AGAINST, 20)
    with sqlite_database.work() as work:
        items = {
            i.id: i for i in Grouper(sqlite_database).group_within(work, work.items.claim_new(NOW, 99, walk.lease))
        }
    for place in order:
        walk.reader._read(items[ids[int(place) - 1]], walk.book.current(), NOW)
    standing = [a for a in walk.alerts() if a.delivery is not DeliveryStatus.CANCELLED]
    assert [(a.content["actor_id"], a.content["moves"]) for a in standing] == [("astrid-holm", ["Norland"])]


def test_a_reversal_by_kind_is_told_when_a_late_item_makes_it_one(walk: Walk) -> None:
    from monitor.model.position import ChangeKind

    walk.subscribe(Filter(actors=frozenset({"astrid-holm"}), kinds=frozenset({ChangeKind.REVERSED})))
    walk.says(HOLM, AGAINST, 20)
    walk.read()
    assert walk.alerts() == []
    walk.says(HOLM, FOR, 0)
    walk.read()
    assert [a.content["change_kind"] for a in walk.alerts()] == ["reversed"]
