"""What is held back comes in digests, once, when its time has come, and only what still holds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.alerts.timing import first_digest
from monitor.model.alert import AlertKind, ChannelName, DeliveryStatus, Filter, NewAlert, Subscription
from monitor.model.position import ChangeKind, ChangeStatus
from monitor.model.timing import Cadence, Hold, Timing
from monitor.pipeline.digests import Digests, Released
from monitor.pipeline.pace import with_holds
from monitor.pipeline.tell import Teller, as_json
from storage.engine import Database
from storage.values import ChangeTransition, StoredAlert
from storage.work import Work
from tests.contract.storage.values import message
from tests.integration.pipeline.walking import AGAINST, FOR, Walk
from tests.unit.alerts.contents import CHANGE

NOON = datetime(2025, 2, 24, 12, 0, tzinfo=UTC)  # a Monday
SEVEN = datetime(2025, 2, 25, 7, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DAILY = Timing(cadence=Cadence.DAILY)
NIGHT = (time(22), time(7))


def subscribed(database: Database, timing: Timing, now: datetime = NOON, name: str = "desk") -> Subscription:
    channel = ChannelName.EMAIL
    with database.work() as work:
        return work.subscriptions.add(
            name,
            channel,
            f"{name}@example.org",
            Filter(),
            None,
            now,
            timing=timing,
            next_digest_at=first_digest(timing, channel, now),
        )


def tell(database: Database, subscription: Subscription, number: int, now: datetime) -> str:
    """One alert through the same pace as the pipeline's; its id."""
    with database.work() as work:
        return tell_within(work, subscription, number, now)


def tell_within(work: Work, subscription: Subscription, number: int, now: datetime) -> str:
    new = work.alerts.untold([NewAlert(subscription=subscription, dedup=f"change {number}")])
    timed = with_holds(new, work.alerts.paces([subscription.id], now), now)
    named = {"actor": f"Actor {number}", "actor_short": f"A{number}", "at": CHANGE.at - number * MINUTE}
    content = as_json(replace(CHANGE, change_id=None, **named))
    told = message(content=content, subject=f"alone {number}", actor=f"a{number}", issue="i")
    return work.alerts.add(told, timed, AlertKind.CHANGE, now)[0]


def sent(database: Database) -> list[tuple[str, str]]:
    """What goes out, oldest first: the id and the subject."""
    with database.view() as work:
        return [(d.alert_id, d.subject) for d in work.alerts.deliveries()][::-1]


def alert(database: Database, key: str) -> StoredAlert:
    with database.view() as work:
        return work.alerts.get(key)


def test_a_daily_digest_holds_all_that_came_since_the_last_and_each_alert_keeps_its_id(database: Database) -> None:
    subscription, digests = subscribed(database, DAILY), Digests(database)
    ids = [tell(database, subscription, n, NOON + n * HOUR) for n in range(3)]
    assert digests.step(SEVEN - MINUTE) == Released()
    assert sent(database) == []
    assert digests.step(SEVEN) == Released(digests=1, folded=3)
    ((digest, subject),) = sent(database)
    assert subject == "Volteface, Tuesday 25 February: 3 changes (A0, A1, +1)"
    assert [alert(database, key).digest_id for key in ids] == [digest] * 3
    assert all(alert(database, key).hold is None for key in ids)
    assert digests.step(SEVEN + MINUTE) == Released(), "never a second one"
    with database.work() as work:
        (claimed,) = work.alerts.claim_due(SEVEN, 9, HOUR)
        assert all(key in claimed.text for key in ids)
        assert work.subscriptions.get(subscription.id).next_digest_at == SEVEN + DAY


def test_when_nothing_changed_the_digest_says_so_with_the_feeds_that_were_read(database: Database) -> None:
    subscribed(database, DAILY)
    with database.work() as work:
        for name, failures in (("BBC World", 3), ("Example Times", 0)):
            feed = work.feeds.add(f"https://{name[:3]}.example/feed", name, "", NOON)
            polled = {"last_poll_at": SEVEN, "last_success_at": SEVEN, "next_poll_at": SEVEN + HOUR}
            error = {"last_error": "The server is out of service (503).", "errors_since": NOON - 3 * DAY}
            work.feeds.save(replace(feed, failures=failures, **polled, **(error if failures else {})))
    assert Digests(database).step(SEVEN) == Released(digests=1)
    ((_, subject),) = sent(database)
    assert subject == "Volteface, Tuesday 25 February: no change"
    with database.work() as work:
        (claimed,) = work.alerts.claim_due(SEVEN, 9, HOUR)
    told = " ".join(claimed.text.split())
    assert "1 of 2 feeds healthy since Monday, 1 failing since Friday: BBC World (HTTP 503)" in told


def test_whoever_wants_no_empty_digest_gets_none_and_the_next_one_is_due_all_the_same(database: Database) -> None:
    subscription = subscribed(database, replace(DAILY, empty=False))
    assert Digests(database).step(SEVEN) == Released()
    tell(database, subscription, 1, SEVEN + HOUR)
    assert Digests(database).step(SEVEN + DAY) == Released(digests=1, folded=1)


def test_days_without_a_worker_become_one_digest(database: Database) -> None:
    subscription = subscribed(database, DAILY)
    tell(database, subscription, 1, NOON)
    late = SEVEN + 3 * DAY + HOUR
    assert Digests(database).step(late) == Released(digests=1, folded=1)
    with database.view() as work:
        assert work.subscriptions.get(subscription.id).next_digest_at == SEVEN + 4 * DAY


def test_a_burst_is_folded_at_its_end_and_keeps_what_was_sent_before_apart(database: Database) -> None:
    subscription, digests = subscribed(database, Timing(burst=2)), Digests(database)
    ids = [tell(database, subscription, n, NOON + n * MINUTE) for n in range(5)]
    assert [key for key, _ in sent(database)] == ids[:2]
    assert {alert(database, key).hold for key in ids[2:]} == {Hold(until=NOON + 15 * MINUTE, why="burst")}
    assert digests.step(NOON + 15 * MINUTE) == Released(digests=1, folded=3)
    assert sent(database)[-1][1] == "Volteface, Monday 24 February, 12:15: 3 changes (A2, A3, +1)"


def test_one_alert_that_waited_alone_comes_in_its_own_words(database: Database) -> None:
    subscription, digests = subscribed(database, Timing(quiet=NIGHT)), Digests(database)
    key = tell(database, subscription, 1, NOON + 11 * HOUR)
    assert digests.step(SEVEN - MINUTE) == Released()
    assert digests.step(SEVEN) == Released(alone=1)
    assert sent(database) == [(key, "alone 1")]


def test_what_came_up_in_quiet_hours_comes_together_at_their_end(database: Database) -> None:
    subscription, digests = subscribed(database, Timing(quiet=NIGHT)), Digests(database)
    for number in range(3):
        tell(database, subscription, number, NOON + (10 + number) * HOUR)
    assert digests.step(SEVEN) == Released(digests=1, folded=3)


def test_nothing_is_released_in_quiet_hours_that_were_set_since(database: Database) -> None:
    subscription, digests = subscribed(database, Timing(burst=1)), Digests(database)
    for number in range(3):
        tell(database, subscription, number, NOON)
    with database.work() as work:
        quiet = Timing(burst=1, quiet=(time(12), time(14)))
        work.subscriptions.edit(subscription.id, Filter(), quiet, None, "desk", "", NOON)
    assert digests.step(NOON + 15 * MINUTE) == Released()
    assert digests.step(NOON + 2 * HOUR) == Released(digests=1, folded=2)


def test_a_disabled_subscription_keeps_what_it_waits_for(database: Database) -> None:
    subscription, digests = subscribed(database, DAILY), Digests(database)
    tell(database, subscription, 1, NOON)
    with database.work() as work:
        work.subscriptions.disable(subscription.id, "by the operator", NOON)
    assert digests.step(SEVEN) == Released()
    with database.work() as work:
        work.subscriptions.enable(subscription.id)
    assert digests.step(SEVEN) == Released(digests=1, folded=1)


@pytest.mark.parametrize("state", ["suppressed", "unconfirmed"])
def test_nothing_is_made_for_an_address_to_which_nothing_may_go(database: Database, state: str) -> None:
    subscription, digests = subscribed(database, DAILY), Digests(database)
    tell(database, subscription, 1, NOON)
    with database.work() as work:
        if state == "suppressed":
            work.subscriptions.addresses.suppress("desk@example.org", "550 no such user", NOON)
        else:
            work.subscriptions.add(
                "new", ChannelName.EMAIL, "new@example.org", Filter(), None, NOON,
                timing=DAILY, next_digest_at=SEVEN, confirmed=False,
            )  # fmt: skip
            work.subscriptions.disable(subscription.id, "", NOON)
    assert digests.step(SEVEN) == Released()
    assert sent(database) == []


@pytest.mark.parametrize("timing", [DAILY, Timing(quiet=NIGHT)], ids=["digest", "quiet"])
def test_a_clock_that_went_back_holds_nothing_for_a_year(database: Database, timing: Timing) -> None:
    """For a minute it was next year, at night: what was put off until the morning then comes now."""
    ahead = NOON + 365 * DAY + 11 * HOUR
    subscription = subscribed(database, timing, ahead)
    key = tell(database, subscription, 1, ahead)
    assert alert(database, key).hold is not None
    done = Digests(database).step(NOON)
    assert (done.folded, done.alone) in ((1, 0), (0, 1))
    with database.view() as work:
        planned = work.subscriptions.get(subscription.id).next_digest_at
    assert planned in (SEVEN, None)


def test_two_workers_make_one_digest(database: Database) -> None:
    subscriptions = [subscribed(database, DAILY, name=f"desk{n}") for n in range(6)]
    for subscription in subscriptions:
        tell(database, subscription, 1, NOON)
    done: list[Released] = []
    both = threading.Barrier(3)

    def work() -> None:
        both.wait()
        done.append(Digests(database).step(SEVEN))

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(one.digests for one in done) == len(done) * 2 == 6
    assert len(sent(database)) == 6


def test_a_release_that_breaks_off_leaves_all_as_it_was(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    subscription, digests = subscribed(database, DAILY), Digests(database)
    key = tell(database, subscription, 1, NOON)

    class KilledError(Exception):
        pass

    def kill(*_args: object) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr("monitor.pipeline.digests.write_events", kill)
        with pytest.raises(KilledError):
            digests.step(SEVEN)
    assert sent(database) == []
    assert alert(database, key).hold is not None
    assert digests.step(SEVEN) == Released(digests=1, folded=1)


def test_alarms_of_operators_are_never_folded(database: Database) -> None:
    subscription, digests = subscribed(database, Timing(quiet=NIGHT)), Digests(database)
    night = NOON + 11 * HOUR
    with database.work() as work:
        for number in range(2):
            new = work.alerts.untold([NewAlert(subscription=subscription, dedup=f"alarm {number}")])
            work.alerts.add(message(), with_holds(new, {}, night), AlertKind.ALARM, night)
    assert digests.step(SEVEN) == Released(alone=2)


class Told:
    """A walk whose reader is told by digest; its clock is the test's."""

    def __init__(self, database: Database, folder: Path, timing: Timing) -> None:
        self.walk = Walk(database, folder)
        self.subscription = subscribed(database, timing, NOON)
        self.digests = Digests(database)

    def read(self, now: datetime) -> None:
        self.walk.reader.step(now, limit=1000)


@pytest.fixture
def told(database: Database, tmp_path: Path) -> Callable[[Timing], Told]:
    return lambda timing: Told(database, tmp_path / "pack", timing)


def test_a_change_that_falls_while_its_alert_waits_is_not_told(told: Callable[[Timing], Told]) -> None:
    by = told(DAILY)
    by.walk.says("Holm", FOR, 1)
    by.read(NOON)
    items = by.walk.says("Holm", AGAINST, 20)
    by.read(NOON + HOUR)
    waiting = [a for a in by.walk.alerts("astrid-holm") if a.kind is AlertKind.CHANGE]
    assert waiting
    assert all(a.hold is not None and a.delivery is None for a in waiting)
    for item in items:
        by.walk.revise(item, "Nothing of the kind was said.")
    by.read(NOON + 2 * HOUR)
    reversal = [a for a in by.walk.alerts("astrid-holm") if a.content["change_kind"] == "reversed"]
    assert [a.delivery for a in reversal] == [DeliveryStatus.CANCELLED], "and no correction of what nobody heard"
    by.digests.step(SEVEN)
    ((_, subject),) = sent(by.walk.database)
    assert "1 change " in subject
    with by.walk.database.work() as work:
        (claimed,) = work.alerts.claim_due(SEVEN, 9, HOUR)
    assert "reversed" not in claimed.text


def test_a_digest_that_nobody_began_to_send_is_made_anew_without_what_fell(told: Callable[[Timing], Told]) -> None:
    by = told(DAILY)
    by.walk.says("Holm", FOR, 1)
    by.read(NOON)
    items = by.walk.says("Holm", AGAINST, 20)
    by.read(NOON + HOUR)
    assert by.digests.step(SEVEN).digests == 1
    for item in items:
        by.walk.revise(item, "Nothing of the kind was said.")
    by.read(SEVEN + MINUTE)
    assert by.digests.step(SEVEN + 2 * MINUTE).digests == 1
    with by.walk.database.work() as work:
        (claimed,) = work.alerts.claim_due(SEVEN + 2 * MINUTE, 9, HOUR)
    assert "reversed" not in claimed.text
    assert "First known position of Astrid Holm" in claimed.text
    assert [a.kind for a in by.walk.alerts("astrid-holm") if a.kind is AlertKind.CORRECTION] == []


def test_a_digest_of_which_nothing_is_left_still_comes_and_says_that_nothing_changed(
    told: Callable[[Timing], Told],
) -> None:
    by = told(DAILY)
    items = by.walk.says("Holm", FOR, 1)
    by.read(NOON)
    by.digests.step(SEVEN)
    for item in items:
        by.walk.revise(item, "Nothing of the kind was said.")
    by.read(SEVEN + MINUTE)
    assert by.digests.step(SEVEN + MINUTE) == Released(digests=1)
    with by.walk.database.work() as work:
        (claimed,) = work.alerts.claim_due(SEVEN + MINUTE, 9, HOUR)
    assert "no change" in claimed.subject
    assert "Monday 24 February, 12:00" in " ".join(claimed.text.split()), "it reports from where the first one did"


def test_what_was_sent_in_a_digest_is_taken_back_in_the_next(told: Callable[[Timing], Told]) -> None:
    by = told(DAILY)
    by.walk.says("Holm", FOR, 1)
    items = by.walk.says("Holm", AGAINST, 20)
    by.read(NOON)
    by.digests.step(SEVEN)
    with by.walk.database.work() as work:
        work.alerts.claim_due(SEVEN, 9, HOUR)
    for item in items:
        by.walk.revise(item, "Nothing of the kind was said.")
    by.read(SEVEN + HOUR)
    assert by.digests.step(SEVEN + 2 * HOUR) == Released()
    assert by.digests.step(SEVEN + DAY).digests == 1
    assert "correction" in sent(by.walk.database)[-1][1]


def test_a_change_that_falls_while_a_worker_folds_its_alert_is_not_told(told: Callable[[Timing], Told]) -> None:
    by = told(DAILY)
    by.walk.says("Holm", FOR, 1, baseline=True)
    by.walk.says("Holm", AGAINST, 20)
    by.read(NOON)
    (change,) = [c for c in by.walk.changes() if c.found.kind is ChangeKind.REVERSED]
    dropped = replace(change, found=replace(change.found, status=ChangeStatus.DROPPED))
    fallen = ChangeTransition(change=dropped, was=ChangeStatus.CONFIRMED)

    def falls() -> None:
        with by.walk.database.work() as work:
            Teller().tell(work, [fallen], by.walk.book.current().rules, SEVEN)

    other = threading.Thread(target=falls)
    with by.walk.database.work() as work:
        by.digests._release(work, by.subscription.id, [], SEVEN)
        other.start()
        while by.walk.database.backend == "postgresql" and other.is_alive() and not waits_for_lock(by.walk.database):
            pass
    other.join()
    assert [a.delivery for a in by.walk.alerts("astrid-holm")] == [DeliveryStatus.CANCELLED]
    with by.walk.database.work() as work:
        assert [c.subject for c in work.alerts.claim_due(SEVEN, 9, HOUR)] == []


def waits_for_lock(database: Database) -> bool:
    """Whether somebody waits for what another transaction holds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with database.view() as work:
        return bool(work.alerts._session.execute(text(waiting)).scalar())
