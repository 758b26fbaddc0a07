"""The review queue and the desk of deliveries on both databases: what comes first, what is left, and who was first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.model.alert import DeliveryStatus
from monitor.model.report import ReportReason
from monitor.model.statement import Stance
from storage.delivery_desk import DeliveryState, Sought
from storage.engine import Database
from storage.errors import JudgedMeanwhile
from storage.review import DOUBTFUL, Urgency, Wanted
from storage.values import VerdictKind
from storage.verdicts import JudgedBy
from tests.contract.storage.values import NOW, alert, change, fold, stored_statement, subscribe


def test_a_verdict_that_did_not_know_of_the_last_one_is_not_taken(database: Database) -> None:
    with database.work() as work:
        one = stored_statement(work)
        work.statements.judge(one, VerdictKind.REJECT, "ann", NOW, seen=0)
        with pytest.raises(JudgedMeanwhile):
            work.statements.judge(one, VerdictKind.CONFIRM, "bob", NOW, seen=0)
        (first,) = work.statements.verdicts(one)
        work.statements.judge(one, VerdictKind.CONFIRM, "bob", NOW, seen=first.id)
        assert [v.who for v in work.statements.verdicts(one)] == ["ann", "bob"]


def test_what_was_taken_back_is_as_if_never_said(database: Database) -> None:
    with database.work() as work:
        one = stored_statement(work)
        before = work.statements.live_for("troops", ["minister"])
        work.statements.judge(one, VerdictKind.CORRECT, "ann", NOW, stance=Stance.CONDITIONAL)
        assert work.review.left(Wanted()) == 0
        assert work.review.judged_since(NOW) == {"ann": 1}
        work.statements.judge(one, VerdictKind.UNDO, "ann", NOW)
        assert work.statements.live_for("troops", ["minister"]) == before
        assert work.verdicts.precision(JudgedBy.ISSUE) == []
        assert work.review.left(Wanted()) == 1
        assert work.review.judged_since(NOW) == {}
        due = work.review.next(Wanted(), NOW, ["troops"], ())
        assert due is not None and due.statement == one


def test_the_queue_goes_by_urgency_and_by_what_is_wanted(database: Database) -> None:
    with database.work() as work:
        plain = stored_statement(work, "a", confidence=0.9)
        doubtful = stored_statement(work, "b", issue="sanctions", confidence=DOUBTFUL - 0.1)
        reported = stored_statement(work, "c", confidence=0.9)
        work.positions.save_fold(fold(change(reported)), NOW)
        (found,) = work.positions.changes()
        work.reports.add(found.id, ReportReason.OTHER, "no", NOW)
        order, passed = [], set[int]()
        while due := work.review.next(Wanted(), NOW, work.review.issues(), passed):
            order.append((due.urgency, due.statement))
            passed.add(due.statement)
        assert order[0] == (Urgency.REPORTED, reported)
        assert order[-2:] == [(Urgency.DOUBTFUL, doubtful), (Urgency.UNMEASURED, plain)]
        for wanted, count in {
            Wanted(issue="sanctions"): 1,
            Wanted(actor="minister"): 3,
            Wanted(actor="rival"): 0,
            Wanted(lang="en"): 3,
            Wanted(lang="de"): 0,
            Wanted(extractor="nobody"): 0,
        }.items():
            assert work.review.left(wanted) == count, wanted
            assert (work.review.next(wanted, NOW, work.review.issues(), ()) is None) == (count == 0), wanted
        langs, extractors = work.review.choices()
        assert langs == ["en"] and len(extractors) == 1


def test_a_report_is_closed_by_one_only(database: Database) -> None:
    with database.work() as work:
        work.positions.save_fold(fold(change(stored_statement(work))), NOW)
        (found,) = work.positions.changes()
        one = work.reports.add(found.id, ReportReason.OTHER, "no", NOW)
        assert [r.id for r in work.reports.page(5)] == work.reports.open_on(found.id) == [one]
        assert work.reports.close_open(one, "ann", NOW)
        assert not work.reports.close_open(one, "bob", NOW)
        assert work.reports.get(one).closed_by == "ann"
        assert (work.reports.open_count(), work.reports.page(5), len(work.reports.page(5, closed=True))) == (0, [], 1)


def test_deliveries_by_state_and_giving_up(database: Database) -> None:
    with database.work() as work:
        subscription = subscribe(work)
        alert(work, subscription, "one")
        alert(work, subscription, "two")
        two, one = (d.id for d in work.delivery_desk.page(Sought(), 5))
        assert work.delivery_desk.counts_by_state()[DeliveryState.PENDING] == 2
        work.delivery_desk.give_up(one, "ann", NOW)
        assert [d.id for d in work.delivery_desk.page(Sought(state=DeliveryState.DEAD), 5)] == [one]
        assert work.delivery_desk.dead_among(Sought(subscriber="Ada"), 5) == [one]
        assert work.delivery_desk.dead_among(Sought(subscriber="Bob"), 5) == []
        with pytest.raises(ValueError, match="left as it is"):
            work.delivery_desk.give_up(one, "ann", NOW)
        with pytest.raises(ValueError, match="left as it is"):
            work.delivery_desk.hasten(one, NOW)
        work.delivery_desk.hasten(two, NOW + timedelta(hours=1))
        assert work.alerts.delivery(two).next_attempt_at == NOW + timedelta(hours=1)
        assert work.alerts.delivery(one).status is DeliveryStatus.DEAD
        assert work.delivery_desk.message(one).subject
