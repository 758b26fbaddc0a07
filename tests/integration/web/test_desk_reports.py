"""Readers' reports at the desk: agreed with a verdict, or dismissed with a reason, once."""

from __future__ import annotations

import pytest

from monitor.model.position import Change
from monitor.model.report import ReportReason
from monitor.settings import Settings
from storage.engine import Database
from storage.reports import AGREED, DISMISSED
from storage.values import VerdictKind
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, Newsroom, turn
from tests.integration.web.operators import Operator, desk


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture
def client(database: Database, settings: Settings) -> Client:
    return desk(database, settings)


@pytest.fixture
def ops(newsroom: Newsroom, client: Client) -> Operator:
    return Operator(newsroom.database, client, "ops")


@pytest.fixture
def change(newsroom: Newsroom) -> Change:
    return turn(newsroom)


def report(database: Database, change: Change, note: str = "She quotes <b>her rival</b>") -> int:
    with database.work() as work:
        return work.reports.add(change.id, ReportReason.PERSON, note, NOW)


def test_what_waits_is_listed_and_shown_with_its_change(database: Database, change: Change, ops: Operator) -> None:
    assert "No report waits" in ops.get("/desk/reports").text
    one = report(database, change)
    listed = ops.get("/desk/reports").text
    assert f'href="/desk/reports/{one}"' in listed and "<b>1</b> waiting" in listed
    page = ops.get(f"/desk/reports/{one}").text
    for part in ("Somebody else said them", "&lt;b&gt;her rival", "mark--evidence", 'data-key="a"', 'data-key="d"'):
        assert part in page, part
    assert "Ada Quill" in page and f"/changes/{change.id}" in page
    assert ops.get("/desk/reports/999").status_code == 404


def test_who_agrees_judges_and_answers_all_that_say_so(database: Database, change: Change, ops: Operator) -> None:
    one, two = report(database, change), report(database, change, "me too")
    statement = change.found.after_statement
    page = ops.then(f"/desk/reports/{one}", decision="agree", verdict="reject", seen="0", statement=str(statement)).text
    assert "agreed" in page and "None is left" in page
    with database.view() as work:
        assert [(v.kind, v.who) for v in work.statements.verdicts(statement)] == [(VerdictKind.REJECT, "ops")]
        assert work.reports.open_count() == 0
        for number in (one, two):
            (entry,) = work.audit.of(AGREED, str(number))
            assert (entry.who, entry.detail["verdict"]) == ("ops", "reject")
    decided = ops.get("/desk/reports?closed=true").text
    assert decided.count("agreed (reject) by ops") == 2


def test_it_is_dismissed_with_a_reason_and_changes_nothing(database: Database, change: Change, ops: Operator) -> None:
    one = report(database, change)
    path = f"/desk/reports/{one}"
    for why, said in (("  ", "Say why it is dismissed"), ("x" * 501, "has 501 characters")):
        answer = ops.post(path, decision="dismiss", why=why)
        assert answer.status_code == 422 and said in answer.text and 'aria-describedby="problem-why"' in answer.text
    two = report(database, change)
    page = ops.then(path, decision="dismiss", why="The words say <i>so</i>.").text
    assert f"Report {one}: dismissed: “The words say &lt;i&gt;so&lt;/i&gt;.”" in page and "This is the next one" in page
    with database.view() as work:
        assert work.statements.verdicts(change.found.after_statement) == []
        assert work.reports.open_on(change.id) == [two]
        assert [entry.detail["why"] for entry in work.audit.of(DISMISSED, str(one))] == ["The words say <i>so</i>."]


def test_a_correction_is_an_answer_too_and_what_cannot_be_meant_is_said(
    database: Database, change: Change, ops: Operator
) -> None:
    one = report(database, change)
    path, statement = f"/desk/reports/{one}", change.found.after_statement
    empty = ops.post(path, decision="agree", verdict="correct", seen="0", statement=str(statement))
    assert empty.status_code == 422 and "Choose what is to stand instead" in empty.text
    assert ops.post(path, decision="agree", seen="0", statement=str(statement)).status_code == 422
    ops.then(path, decision="agree", verdict="correct", seen="0", statement=str(statement), holder="lemuria")
    with database.view() as work:
        assert work.statements.get([statement])[statement].read.holder == "lemuria"
        assert work.reports.open_count() == 0


def test_what_another_decided_or_judged_meanwhile_is_said(
    database: Database, change: Change, ops: Operator, client: Client
) -> None:
    one, eve = report(database, change), Operator(database, client, "eve")
    statement = change.found.after_statement
    eve.then(f"/desk/review/{statement}", verdict="confirm", seen="0")
    late = ops.post(f"/desk/reports/{one}", decision="agree", verdict="reject", seen="0", statement=str(statement))
    assert late.status_code == 409 and "judged meanwhile" in late.text and "confirmed by eve" in late.text
    eve.then(f"/desk/reports/{one}", decision="dismiss", why="right as it is")
    later = ops.post(f"/desk/reports/{one}", decision="dismiss", why="mine")
    assert later.status_code == 409 and "eve decided it" in later.text and "right as it is" in later.text
    with database.view() as work:
        assert [v.who for v in work.statements.verdicts(statement)] == ["eve"]
        assert [entry.who for entry in work.audit.of(DISMISSED, str(one))] == ["eve"]


def test_what_was_put_right_before_is_agreed_without_another_verdict(
    database: Database, change: Change, ops: Operator
) -> None:
    one = report(database, change)
    ops.then(f"/desk/review/{change.found.after_statement}", verdict="reject", seen="0")
    assert 'data-key="p"' in ops.get(f"/desk/reports/{one}").text
    stale = ops.post(
        f"/desk/reports/{one}",
        decision="agree",
        verdict="reject",
        seen="0",
        statement=str(change.found.after_statement),
    )
    assert stale.status_code == 409  # the change rests on other words now
    ops.then(f"/desk/reports/{one}", decision="agree", verdict="none")
    with database.view() as work:
        assert len(work.statements.verdicts(change.found.after_statement)) == 1
        assert work.reports.open_count() == 0
