"""Items → statements → changes → alerts, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model.alert import AlertKind, AttemptResult, DeliveryStatus, Filter
from monitor.model.position import ChangeKind, ChangeStatus
from monitor.pipeline.tell import Teller
from storage.engine import Database
from storage.values import ChangeTransition
from tests.integration.pipeline.walking import AGAINST, FOR, NOW, Walk

HOLM = "Prime Minister Astrid Holm"
NOW_LATER = NOW + timedelta(minutes=1)
LEASE = timedelta(minutes=2)
DELIVERED = AttemptResult(ok=True, status=200)


@pytest.fixture
def walk(database: Database, tmp_path: Path) -> Walk:
    return Walk(database, tmp_path / "pack")


def test_a_reversal_is_alerted_once_with_both_quotes(walk: Walk) -> None:
    walk.subscribe(Filter(actors=frozenset({"astrid-holm"})))
    walk.says(HOLM, FOR, 0, baseline=True)
    walk.says(HOLM, AGAINST, 20)
    walk.read()
    assert [(c.found.kind, c.found.status) for c in walk.changes()] == [
        (ChangeKind.FIRST, ChangeStatus.CONFIRMED),
        (ChangeKind.REVERSED, ChangeStatus.CONFIRMED),
    ]
    (alert,) = walk.alerts()
    assert "support" in alert.content["before"]["text"]
    assert "opposes" in alert.content["after"]["text"]
    assert len({q["publisher"] for q in alert.content["also"]}) >= 2


def test_one_utterance_that_moves_a_person_and_a_state_is_one_alert(walk: Walk) -> None:
    walk.subscribe()
    walk.says(HOLM, FOR, 0, baseline=True)
    walk.says(HOLM, AGAINST, 20)
    walk.read()
    reversed_ = [c for a in ("astrid-holm", "norland") for c in walk.changes(a) if c.found.kind is ChangeKind.REVERSED]
    assert {c.found.actor for c in reversed_} == {"astrid-holm", "norland"}
    assert [a.content["actor_id"] for a in walk.alerts()] == ["astrid-holm"]


def test_a_baseline_alerts_nobody(walk: Walk) -> None:
    walk.subscribe()
    walk.says(HOLM, FOR, 0, baseline=True)
    walk.says(HOLM, AGAINST, 20, baseline=True)
    walk.read()
    assert walk.changes()
    assert walk.alerts() == []


def test_copies_of_one_agency_story_confirm_nothing(walk: Walk) -> None:
    walk.says(HOLM, FOR, 0)
    story = AGAINST[0].format(who=HOLM) + " She spoke in Stavik after a meeting with fishermen from the whole coast."
    for _ in range(8):
        walk.put(story, 20)
    walk.read()
    assert [c.found.status for c in walk.changes()] == [ChangeStatus.CONFIRMED, ChangeStatus.PENDING]


def test_those_who_want_pending_changes_hear_of_them_first_and_again_when_confirmed(walk: Walk) -> None:
    walk.subscribe(Filter(actors=frozenset({"astrid-holm"}), pending=True))
    walk.says(HOLM, FOR, 0, baseline=True)
    walk.says(HOLM, AGAINST, 20)
    walk.read()
    assert [a.content["status"] for a in walk.alerts()] == ["pending", "confirmed"]


def test_a_revision_that_takes_the_words_back_brings_a_correction_to_those_told(walk: Walk) -> None:
    told = walk.subscribe(Filter(actors=frozenset({"astrid-holm"})))
    walk.subscribe(Filter(actors=frozenset({"sten-berg"})))
    walk.says(HOLM, FOR, 0, baseline=True)
    items = walk.says(HOLM, AGAINST, 20)
    walk.read()
    with walk.database.work() as work:  # the alert went out
        for delivery in work.alerts.claim_due(NOW_LATER, 10, LEASE):
            work.alerts.record(delivery, DELIVERED, DeliveryStatus.DELIVERED, None, NOW_LATER)
    for item in items:
        walk.revise(item, "Prime Minister Astrid Holm visited the harbour of Stavik.")
    walk.read()
    # Item by item the reversal loses its ground: first it is only pending, then it is gone.
    assert [c.found.status for c in walk.changes()] == [ChangeStatus.CONFIRMED, ChangeStatus.DROPPED]
    alerts = walk.alerts()
    assert [(a.subscription_id, a.kind) for a in alerts] == [
        (told.id, AlertKind.CHANGE),
        (told.id, AlertKind.CORRECTION),
    ]


def test_an_alert_that_nobody_got_is_cancelled_without_a_correction(walk: Walk) -> None:
    walk.subscribe(Filter(actors=frozenset({"astrid-holm"})))
    walk.says(HOLM, FOR, 0, baseline=True)
    items = walk.says(HOLM, AGAINST, 20)
    walk.read()
    for item in items:
        walk.revise(item, "Prime Minister Astrid Holm visited the harbour of Stavik.")
    walk.read()
    (alert,) = walk.alerts()
    assert alert.delivery is DeliveryStatus.CANCELLED


def deliver_all(walk: Walk) -> None:
    with walk.database.work() as work:
        for delivery in work.alerts.claim_due(NOW_LATER, 10, LEASE):
            work.alerts.record(delivery, DELIVERED, DeliveryStatus.DELIVERED, None, NOW_LATER)


HARBOUR = "Prime Minister Astrid Holm visited the harbour of Stavik."


def both_turn(walk: Walk) -> list[int]:
    """The premier and her minister turn one after the other; the words that begin it are hers. Her items after that."""
    minister, his = "Fisheries minister Sten Berg", [w.replace("she", "he") for w in AGAINST]
    walk.says(HOLM, FOR, 0, baseline=True)
    walk.says(minister, [w.replace("she", "he") for w in FOR], 0, baseline=True)
    hers = walk.says(HOLM, AGAINST, 20)
    walk.says(minister, his, 25)
    walk.read()
    return hers[1:]


def test_when_only_the_persons_change_falls_those_told_hear_of_the_state_that_still_holds_it(walk: Walk) -> None:
    walk.subscribe(Filter(actors=frozenset({"astrid-holm", "norland"}), kinds=frozenset({ChangeKind.REVERSED})))
    later = both_turn(walk)
    assert [a.content["actor_id"] for a in walk.alerts()] == ["astrid-holm"]
    deliver_all(walk)
    for item in later:
        walk.revise(item, HARBOUR)
    walk.read()
    assert walk.changes()[-1].found.status is not ChangeStatus.CONFIRMED
    assert walk.changes("norland")[-1].found.status is ChangeStatus.CONFIRMED
    assert [(a.kind, a.content["actor_id"]) for a in walk.alerts()] == [
        (AlertKind.CHANGE, "astrid-holm"),
        (AlertKind.CORRECTION, "astrid-holm"),
        (AlertKind.CHANGE, "norland"),
    ]
    deliver_all(walk)
    for item, wording in zip(later, AGAINST[1:], strict=True):
        walk.revise(item, wording.format(who=HOLM))
    walk.read()
    told = [(a.kind, a.content["actor_id"]) for a in walk.alerts() if a.delivery is DeliveryStatus.PENDING]
    assert told == [(AlertKind.CHANGE, "astrid-holm")]  # hers is back; that of the state was never in doubt
    assert len(walk.alerts()) == 4


def test_a_change_whose_alert_was_cancelled_unseen_is_told_when_it_comes_back(walk: Walk) -> None:
    walk.subscribe(Filter(actors=frozenset({"astrid-holm"})))
    walk.says(HOLM, FOR, 0, baseline=True)
    items = walk.says(HOLM, AGAINST, 20)
    walk.read()
    for item in items[1:]:
        walk.revise(item, HARBOUR)
    walk.read()
    assert [a.delivery for a in walk.alerts()] == [DeliveryStatus.CANCELLED]
    for item, wording in zip(items[1:], AGAINST[1:], strict=True):
        walk.revise(item, wording.format(who=HOLM))
    walk.read()
    assert [a.delivery for a in walk.alerts()] == [DeliveryStatus.CANCELLED, DeliveryStatus.PENDING]


def test_ministers_who_contradict_each_other_split_the_state(walk: Walk) -> None:
    walk.says(HOLM, FOR, 0)
    walk.says("Fisheries minister Sten Berg", [w.replace("she", "he") for w in AGAINST], 5)
    walk.read()
    assert ChangeKind.SPLIT in {c.found.kind for c in walk.changes("norland")}


def test_a_query_with_alert_tells_of_an_item_once_per_story(walk: Walk) -> None:
    walk.subscribe()
    text = "The herring came back to the bay of Stavik this spring, to the delight of the fishermen of the coast."
    walk.put(text, 1)
    walk.put(text, 1)
    walk.put("A recipe for pickled herring.", 2)
    report = walk.read()
    assert report.alerts == 1


def test_order_of_arrival_does_not_matter(walk: Walk, tmp_path: Path) -> None:
    walk.says(HOLM, AGAINST, 20)
    walk.read()
    walk.says(HOLM, FOR, 0)
    walk.read()
    assert [c.found.kind for c in walk.changes() if c.found.status is ChangeStatus.CONFIRMED] == [
        ChangeKind.FIRST,
        ChangeKind.REVERSED,
    ]


def test_reading_twice_changes_nothing(walk: Walk) -> None:
    walk.subscribe()
    items = walk.says(HOLM, FOR, 0) + walk.says(HOLM, AGAINST, 20)
    walk.read()
    before = [(c.id, c.key, c.found.status) for c in walk.changes()], len(walk.alerts())
    for item in items:
        walk.revise(item, walk.item(item).text)
    walk.read()
    assert ([(c.id, c.key, c.found.status) for c in walk.changes()], len(walk.alerts())) == before


def test_an_item_that_cannot_be_read_stops_nobody_and_is_shown(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = walk.put("Astrid Holm supports seabed mining. poison", 0)
    good = walk.put("Astrid Holm supports seabed mining.", 1)
    whole = walk.reader._extractor.read

    def read(item: object, *rest: object) -> object:
        if getattr(item, "id", None) == bad:
            raise RuntimeError("cannot read this")
        return whole(item, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(walk.reader._extractor, "read", read)
    report = walk.read()
    assert (report.items, report.failed) == (1, 1)
    with walk.database.view() as work:
        assert work.statements.for_item(good)


def test_a_trigger_that_falls_while_the_change_still_holds_troubles_nobody(walk: Walk) -> None:
    walk.subscribe(Filter(actors=frozenset({"astrid-holm"})))
    walk.says(HOLM, FOR, 0, baseline=True)
    items = walk.says(HOLM, AGAINST, 20)
    walk.read()
    walk.revise(items[0], "Prime Minister Astrid Holm visited the harbour of Stavik.")
    walk.read()
    assert len(walk.alerts()) == 1


def test_an_item_that_comes_late_troubles_nobody(walk: Walk) -> None:
    walk.subscribe(Filter(actors=frozenset({"astrid-holm"})))
    walk.says(HOLM, FOR, 0, baseline=True)
    walk.says(HOLM, AGAINST, 20)
    walk.read()
    walk.put("Prime Minister Astrid Holm opposes seabed mining, the Stavik Post has learned.", 19)
    walk.read()
    assert len(walk.alerts()) == 1


def falls_at_once(walk: Walk) -> None:
    """The reversal is taken back in one step, as by a backfill."""
    (change,) = [c for c in walk.changes() if c.found.kind is ChangeKind.REVERSED]
    dropped = replace(change, found=replace(change.found, status=ChangeStatus.DROPPED))
    with walk.database.work() as work:
        fallen = ChangeTransition(change=dropped, was=ChangeStatus.CONFIRMED)
        Teller().tell(work, [fallen], walk.book.current().rules, NOW_LATER)


def test_who_heard_of_a_change_twice_is_told_once_that_it_fell(walk: Walk) -> None:
    walk.subscribe(Filter(actors=frozenset({"astrid-holm"}), pending=True))
    walk.says(HOLM, FOR, 0, baseline=True)
    walk.says(HOLM, AGAINST, 20)
    walk.read()
    deliver_all(walk)
    deliver_all(walk)
    falls_at_once(walk)
    assert [a.kind for a in walk.alerts()] == [AlertKind.CHANGE, AlertKind.CHANGE, AlertKind.CORRECTION]
    falls_at_once(walk)
    assert len(walk.alerts()) == 3


def test_who_heard_only_that_it_was_pending_is_told_that_it_fell(walk: Walk) -> None:
    walk.subscribe(Filter(actors=frozenset({"astrid-holm"}), pending=True))
    walk.says(HOLM, FOR, 0, baseline=True)
    walk.says(HOLM, AGAINST, 20)
    walk.read()
    deliver_all(walk)  # that it is pending; that it is confirmed waits for it
    falls_at_once(walk)
    assert [(a.content["status"], a.delivery) for a in walk.alerts()] == [
        ("pending", DeliveryStatus.DELIVERED),
        ("confirmed", DeliveryStatus.CANCELLED),
        ("dropped", DeliveryStatus.PENDING),
    ]
