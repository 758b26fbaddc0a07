"""Backfill: stored items under other rules than those that they came in under."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model.alert import AlertKind, DeliveryStatus
from monitor.model.position import ChangeStatus
from monitor.model.statement import Reading
from monitor.pipeline.backfill import STANDING, Backfill, BackfillReport, Scope
from monitor.pipeline.rule_edits import RuleChange, save_edits
from monitor.pipeline.tell import Teller
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.track import FilterTracker
from rules.model import ActorRule, IssueRule, Match, QueryRule, RuleKind, RuleSet
from storage.engine import Database
from storage.values import StoredAlert, VerdictKind
from tests.integration.pipeline.test_read_and_tell import DELIVERED
from tests.integration.pipeline.walking import AGAINST, FOR, NOW, Walk

HOLM = "Prime Minister Astrid Holm"
NARROW = ('"polar drilling"',)
WIDE = ('"seabed mining"', "mining NEAR/5 seabed")


@pytest.fixture
def walk(database: Database, tmp_path: Path) -> Walk:
    return Walk(database, tmp_path / "pack")


def edit(walk: Walk, about: Sequence[str] | None) -> None:
    """Gives the issue these lines; None switches it off."""
    rules = walk.book.current().rules
    issue = rules.issues.get("seabed-mining")
    known = issue or IssueRule(id="seabed-mining", name="Seabed mining", proposition="It is allowed.", about=WIDE)
    after = None if about is None else replace(known, about=tuple(about))
    save(walk, RuleChange(kind=RuleKind.ISSUE, id="seabed-mining", before=issue, after=after))


def save(walk: Walk, change: RuleChange) -> None:
    save_edits(walk.database, [change], "ann", "a test", NOW, extractor=GrammarExtractor())


def backfill(
    walk: Walk, extractor: GrammarExtractor | None = None, alert: bool = False, **scope: object
) -> BackfillReport:
    run = Backfill(walk.database, extractor or GrammarExtractor(), FilterTracker(), Teller(), lambda: NOW, alert=alert)
    return run.run(Scope(**scope))  # type: ignore[arg-type]


def everything(walk: Walk) -> list[object]:
    """All that a second run must leave as it is."""
    with walk.database.view() as work:
        changes = [(c.id, c.found) for c in work.positions.changes(limit=1000)]
        said = [s.id for holder, issue in work.statements.pairs() for s in work.statements.live_for(issue, [holder])]
        return [changes, said, work.positions.all(), [a.id for a in all_alerts(walk)], work.history.owed()]


def all_alerts(walk: Walk) -> list[StoredAlert]:
    with walk.database.view() as work:
        return [a for c in work.positions.changes(limit=1000) for a in work.alerts.alerts_for_change(c.id)]


def deliver_all(walk: Walk) -> None:
    with walk.database.work() as work:
        while due := work.alerts.claim_due(NOW, 100, timedelta(minutes=1)):
            for delivery in due:
                work.alerts.record(delivery, DELIVERED, DeliveryStatus.DELIVERED, None, NOW)


def standing(walk: Walk) -> list[ChangeStatus]:
    return [change.found.status for change in walk.changes()]


def narrow_then_wide(walk: Walk) -> None:
    """History that came in while the issue found nothing; now it would."""
    edit(walk, NARROW)
    walk.subscribe()
    walk.says(HOLM, FOR, 0)
    walk.says(HOLM, AGAINST, 20)
    walk.read()
    assert walk.changes() == []
    edit(walk, WIDE)


def test_history_is_read_under_the_rules_in_force_and_nobody_is_told(walk: Walk) -> None:
    narrow_then_wide(walk)
    report = backfill(walk)
    assert report.items == len(FOR) + len(AGAINST)
    assert (report.statements_gained, report.statements_lost) == (report.items, 0)
    assert report.changes_gained > 0
    assert ChangeStatus.CONFIRMED in standing(walk)
    assert (report.alerts, report.corrections, all_alerts(walk)) == (0, 0, [])


def test_the_same_as_if_it_had_come_in_so(walk: Walk, sqlite_database: Database, tmp_path: Path) -> None:
    narrow_then_wide(walk)
    backfill(walk)
    if walk.database.backend == "sqlite":  # both fixtures are one file then
        other = Database(f"sqlite:///{tmp_path / 'other.db'}")
        other.upgrade()
    else:
        other = sqlite_database
    live = Walk(other, tmp_path / "other")
    live.says(HOLM, FOR, 0)
    live.says(HOLM, AGAINST, 20)
    live.read()
    told = [(c.found.key, c.found.kind, c.found.status, c.found.at) for c in live.changes()]
    assert told == [(c.found.key, c.found.kind, c.found.status, c.found.at) for c in walk.changes()]
    assert told
    other.close()


def test_with_alert_what_is_gained_is_told_once(walk: Walk) -> None:
    narrow_then_wide(walk)
    report = backfill(walk, alert=True)
    told = all_alerts(walk)
    assert report.alerts == len(told) > 0
    assert {a.kind for a in told} == {AlertKind.CHANGE}
    assert backfill(walk, alert=True).alerts == 0
    walk.says(HOLM, ("{who} said again that she opposes seabed mining.",), 40)
    walk.read()
    assert [a.id for a in all_alerts(walk)] == [a.id for a in told]


def test_a_query_is_told_with_alert_only_and_once(walk: Walk) -> None:
    walk.subscribe()
    item = walk.put("The cod came back to the bay of Stavik, fishermen said.", 0)
    walk.read()
    watch = QueryRule(id="cod", name="Cod", query="cod", alert=True)
    save(walk, RuleChange(kind=RuleKind.QUERY, id="cod", before=None, after=watch))
    assert backfill(walk).alerts == 0
    with walk.database.view() as work:
        assert [m.rule for m in work.items.matches(item)] == ["cod"]
    save(walk, RuleChange(kind=RuleKind.QUERY, id="cod", before=watch, after=replace(watch, query="cod AND bay")))
    assert backfill(walk, alert=True).alerts == 1
    save(walk, RuleChange(kind=RuleKind.QUERY, id="cod", before=watch, after=replace(watch, query="cod OR bay")))
    assert backfill(walk, alert=True).alerts == 0


def test_corrections_go_to_those_who_were_told_even_without_alert(walk: Walk) -> None:
    told = walk.subscribe()
    walk.says(HOLM, FOR, 0)
    walk.says(HOLM, AGAINST, 20)
    walk.read()
    heard = walk.alerts()
    assert heard
    deliver_all(walk)
    walk.subscribe(name="late comer")
    edit(walk, None)
    report = backfill(walk)
    corrections = [a for a in all_alerts(walk) if a.kind is AlertKind.CORRECTION]
    assert report.changes_lost > 0
    assert report.corrections == len(corrections) == len(heard)
    assert {a.subscription_id for a in corrections} == {told.id}
    assert report.alerts == 0
    assert set(standing(walk)) <= {ChangeStatus.RETRACTED, ChangeStatus.DROPPED}


def test_what_returns_with_a_later_item_is_taken_back_from_nobody(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first run is killed when the change has fallen; with the next edit and run it stands again."""
    walk.subscribe()
    walk.says(HOLM, FOR, 0)
    walk.says(HOLM, FOR, 5)
    walk.says(HOLM, AGAINST, 20)
    walk.read()
    confirmed = [c.key for c in walk.changes() if c.found.status is ChangeStatus.CONFIRMED]
    assert confirmed
    before = [a.id for a in all_alerts(walk)]
    edit(walk, None)
    monkeypatch.setattr("monitor.pipeline.backfill.AT_ONCE", 1)
    stop_after(walk, 8)
    assert ChangeStatus.CONFIRMED not in standing(walk), "the first run must have moved it before it was killed"
    assert [a.id for a in all_alerts(walk)] == before
    edit(walk, WIDE)
    report = backfill(walk)
    assert [c.key for c in walk.changes() if c.found.status is ChangeStatus.CONFIRMED] == confirmed
    assert (report.alerts, report.corrections) == (0, 0)
    assert [a.id for a in all_alerts(walk)] == before


class _Killed(BaseException):
    """As hard as it gets within a process: no handler of ours catches it."""


class _Stopping(GrammarExtractor):
    def __init__(self, after: int) -> None:
        super().__init__()
        self._after = after

    def read(self, item: object, matches: Sequence[Match], rules: RuleSet) -> Reading:
        self._after -= 1
        if self._after < 0:
            raise _Killed
        return super().read(item, matches, rules)  # type: ignore[arg-type]


def stop_after(walk: Walk, items: int) -> None:
    with pytest.raises(_Killed):
        backfill(walk, _Stopping(items))


def test_a_killed_run_goes_on_and_a_second_one_changes_nothing(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.pipeline.backfill.AT_ONCE", 2)
    walk.subscribe()
    walk.says(HOLM, FOR, 0)
    walk.says(HOLM, AGAINST, 20)
    walk.read()
    heard = len(walk.alerts())
    deliver_all(walk)
    edit(walk, NARROW)
    stop_after(walk, 4)
    rest = backfill(walk)
    assert (rest.items, rest.passed_over) == (len(FOR) + len(AGAINST) - 4, 4)
    assert rest.corrections == heard > 0
    after = everything(walk)
    again = backfill(walk)
    assert (again.items, again.passed_over) == (0, len(FOR) + len(AGAINST))
    assert (again.alerts, again.corrections, again.changes_lost) == (0, 0, 0)
    assert everything(walk) == after


def test_only_the_scope_is_read(walk: Walk) -> None:
    narrow_then_wide(walk)
    walk.put("The herring came back to the bay.", 21)
    walk.read()
    edit(walk, ('"seabed mining"',))
    late = backfill(walk, since=NOW - timedelta(days=100) + timedelta(days=10), issue="seabed-mining")
    assert late.items == len(AGAINST)
    assert late.elsewhere == 1
    assert backfill(walk, issue="seabed-mining").items == len(FOR)


def test_a_verdict_survives_a_rule_that_was_off_for_a_while(walk: Walk) -> None:
    (item,) = walk.says(HOLM, FOR[:1], 0)
    walk.read()
    with walk.database.work() as work:
        (said,) = work.statements.for_item(item)
        work.statements.judge(said.id, VerdictKind.REJECT, "ann", NOW)
    edit(walk, NARROW)
    backfill(walk)
    edit(walk, WIDE)
    backfill(walk)
    with walk.database.view() as work:
        assert work.statements.for_item(item) == []


def test_positions_follow_an_office_that_ended_earlier(walk: Walk) -> None:
    """The statements stay as they are; whom they count for does not. The body is no longer above anybody who speaks."""
    walk.says(HOLM, FOR, 0)
    walk.read()
    assert walk.changes("norland")
    holm = walk.book.current().rules.actors["astrid-holm"]
    assert isinstance(holm, ActorRule)
    save(walk, RuleChange(kind=RuleKind.ACTOR, id=holm.id, before=holm, after=replace(holm, member_of=None)))
    report = backfill(walk)
    assert report.changes_lost > 0
    assert {c.found.status for c in walk.changes("norland")} <= {ChangeStatus.RETRACTED, ChangeStatus.DROPPED}


def test_an_item_that_cannot_be_read_is_named_and_tried_again(walk: Walk) -> None:
    narrow_then_wide(walk)

    class Stumbling(GrammarExtractor):
        def read(self, item: object, matches: Sequence[Match], rules: RuleSet) -> Reading:
            if item.id == 2:  # type: ignore[attr-defined]
                raise RuntimeError("stumbled")
            return super().read(item, matches, rules)  # type: ignore[arg-type]

    report = backfill(walk, Stumbling())
    assert report.left == {2: "RuntimeError: stumbled"}
    assert backfill(walk).items == 1


def test_beside_a_worker_and_another_backfill(walk: Walk) -> None:
    """All three write at the same time: nobody waits for one another in a circle, and nothing is lost or told."""
    narrow_then_wide(walk)
    for number in range(20):
        walk.put(f"{HOLM} opposes seabed mining, she said on trip {number}.", 30 + number, baseline=True)
    faults: list[BaseException] = []

    def guarded(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:
            faults.append(error)

    def worker() -> None:
        while walk.reader.step(NOW, limit=3).items:
            pass

    threads = [
        threading.Thread(target=guarded, args=(w,)) for w in (worker, lambda: backfill(walk), lambda: backfill(walk))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    assert faults == []
    rest = backfill(walk)
    assert rest.items == 0
    found = what_stands(walk)
    edit(walk, [*WIDE, '"seabed mines"'])
    backfill(walk)
    assert what_stands(walk) == found  # what was folded beside one another is what one alone folds
    assert found


def what_stands(walk: Walk) -> list[tuple[object, ...]]:
    with walk.database.view() as work:
        found = [c.found for c in work.positions.changes(limit=1000) if c.found.status in STANDING]
    return sorted((f.actor, f.at, f.kind, f.status, f.after) for f in found)


def test_a_change_that_lost_its_first_words_is_still_the_same_and_taken_back_from_nobody(walk: Walk) -> None:
    """All its statements are read again and have other ids; the words that it was recorded by are found no more."""
    walk.subscribe()
    walk.says(HOLM, AGAINST, 0)
    walk.read()
    deliver_all(walk)
    known = [(c.id, c.found.status) for c in walk.changes() if c.found.status in STANDING]
    heard = [a.id for a in all_alerts(walk)]
    assert known
    assert heard
    edit(walk, ('"seabed mining" AND NOT said',))
    report = backfill(walk)
    assert report.statements_lost > 0
    assert [(c.id, c.found.status) for c in walk.changes() if c.found.status in STANDING] == known
    assert (report.corrections, report.changes_lost) == (0, 0)
    assert [a.id for a in all_alerts(walk)] == heard
