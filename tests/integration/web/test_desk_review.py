"""The review queue: what comes first, one verdict each, undone, and never two that do not know of one another."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from monitor.model.alert import AttemptResult, ChannelName, DeliveryStatus, Filter
from monitor.model.position import Change, ChangeStatus
from monitor.model.report import ReportReason
from monitor.model.statement import Stance
from monitor.pipeline.consequences import consequences
from monitor.pipeline.rulebook import RuleBook
from monitor.pipeline.tell import Teller
from monitor.pipeline.verdicts import Judge
from monitor.settings import Settings
from storage.engine import Database
from storage.review import Urgency, Wanted
from storage.values import ChangeTransition, VerdictKind
from storage.verdicts import JudgedBy
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, Newsroom, turn
from tests.integration.web.operators import Operator, desk

SHOWN = re.compile(r'action="/desk/review/(\d+)"')


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture
def client(database: Database, settings: Settings) -> Client:
    return desk(database, settings)


@pytest.fixture
def ops(newsroom: Newsroom, client: Client) -> Operator:
    return Operator(newsroom.database, client, "ops")


def shown(page: str) -> int:
    """The statement that a page asks about."""
    return int(SHOWN.findall(page)[0])


def told(newsroom: Newsroom, change: Change, name: str = "Bee") -> str:
    """Tells somebody of a change, as the pipeline would, and says that it arrived; gives the alert's id."""
    with newsroom.database.work() as work:
        work.subscriptions.add(name, ChannelName.WEBHOOK, "https://bee.example/hook", Filter(), "whsec_x", NOW)
        step = ChangeTransition(change=change, was=ChangeStatus.PENDING)
        (key,) = Teller().tell(work, [step], work.rules.current(), NOW)
        (claimed,) = work.alerts.claim_due(NOW, 1, timedelta(minutes=1))
        work.alerts.record(claimed, AttemptResult(ok=True, status=200), DeliveryStatus.DELIVERED, None, NOW)
    return key


def verdicts(database: Database, statement: int) -> list[tuple[VerdictKind, str]]:
    with database.view() as work:
        return [(one.kind, one.who) for one in work.statements.verdicts(statement)]


def test_what_matters_most_comes_first(newsroom: Newsroom) -> None:
    change = turn(newsroom)
    told(newsroom, change)
    newsroom.say("lemuria", "tolls", Stance.OPPOSES, at=NOW, words="No toll, ever")  # once: pending
    with newsroom.database.view() as work:
        (pending,) = [c for c in work.positions.changes() if c.found.status is ChangeStatus.PENDING]
        seen: list[Urgency] = []
        passed: set[int] = set()
        while due := work.review.next(Wanted(), NOW, work.review.issues(), passed):
            passed.add(due.statement)
            seen.append(due.urgency)
            if due.urgency is Urgency.PENDING:
                assert (due.statement, due.change) == (pending.found.after_statement, pending.id)
        assert len(passed) == work.review.left(Wanted()) == 7
    assert seen == sorted(seen, key=list(Urgency).index)
    assert {Urgency.PENDING, Urgency.TOLD, Urgency.UNMEASURED} == set(seen)
    with newsroom.database.work() as work:
        work.reports.add(change.id, ReportReason.MISREAD, "", NOW)
        first = work.review.next(Wanted(), NOW, [], ())
    assert first is not None and (first.urgency, first.change) == (Urgency.REPORTED, change.id)


def test_the_page_shows_a_statement_in_its_words_and_the_next_one_after_a_verdict(
    newsroom: Newsroom, ops: Operator
) -> None:
    turn(newsroom)
    page = ops.get("/desk/review").text
    statement = shown(page)
    for part in ("Ada Quill", "The strait bridge", "A bridge is built over the strait.", "mark--evidence", "test 1"):
        assert part in page, part
    assert 'rel="noopener noreferrer external"' in page
    assert "<strong>6</strong> left" in page
    after = ops.then(f"/desk/review/{statement}", verdict="confirm", seen="0").text
    assert "Confirmed</strong> by ops" in after
    assert "<strong>5</strong> left" in after and "ops <strong>1</strong>" in after
    assert shown(after) != statement
    assert "1 of 1" in after  # measured precision
    assert verdicts(newsroom.database, statement) == [(VerdictKind.CONFIRM, "ops")]
    with newsroom.database.view() as work:
        assert [(e.who, e.target) for e in work.audit.of("statement confirmed", str(statement))] == [
            ("ops", str(statement))
        ]


def test_rejecting_what_was_told_says_before_and_after_who_gets_a_correction(
    newsroom: Newsroom, ops: Operator, client: Client
) -> None:
    newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW - timedelta(days=3), publisher="a.example")
    change: Change | None = None
    for number in range(4):
        _, new = newsroom.say(
            "lemuria", "bridge", Stance.SUPPORTS, at=NOW - timedelta(days=2), publisher=f"b{number}.example",
            words=f"Yes to it, {number} times",
        )  # fmt: skip
        confirmed = [c for c in new if c.found.status is ChangeStatus.CONFIRMED]
        change = confirmed[0] if confirmed else None
        if change:
            break
    assert change is not None
    told(newsroom, change)
    page = ops.get("/desk/review").text
    statement = shown(page)
    assert f"/changes/{change.id}" in page
    assert "1 subscriber (Bee) was told" in page and "<strong>correction</strong>" in page
    after = ops.then(f"/desk/review/{statement}", verdict="reject", seen="0").text
    assert "1 subscriber (Bee) is told" in after
    with newsroom.database.view() as work:
        assert work.positions.change(change.id).found.status is not ChangeStatus.CONFIRMED
        assert [a.kind.value for a in work.alerts.alerts_for_change(change.id)] == ["change", "correction"]


def test_a_correction_puts_another_stance_in_place_and_can_be_undone(newsroom: Newsroom, ops: Operator) -> None:
    turn(newsroom)
    statement = shown(ops.get("/desk/review").text)
    path = f"/desk/review/{statement}"
    empty = ops.post(path, verdict="correct", seen="0", note="a <b>word</b>")
    assert empty.status_code == 422 and "Choose what is to stand instead" in empty.text
    assert "a &lt;b&gt;word" in empty.text and "<details" in empty.text
    strange = ops.post(path, verdict="correct", seen="0", holder="nobody")
    assert strange.status_code == 422 and "No actor has the id nobody" in strange.text
    done = ops.then(path, verdict="correct", seen="0", stance="conditional", issue="tolls").text
    assert "Corrected to conditional, tolls</strong> by ops" in done
    with newsroom.database.view() as work:
        read = work.statements.get([statement])[statement].read
        (last,) = work.statements.verdicts(statement)
    assert (read.stance, read.issue) == (Stance.CONDITIONAL, "tolls")
    again = ops.then(f"/desk/review/verdicts/{last.id}/undo").text
    assert "Taken back" in again and shown(again) == statement
    with newsroom.database.view() as work:
        assert work.statements.get([statement])[statement].read.issue == "bridge"
        assert work.verdicts.precision(JudgedBy.ISSUE) == []
        assert work.review.left(Wanted()) == 6
    assert ops.post(f"/desk/review/verdicts/{last.id}/undo").status_code == 409  # it is not the last word any more


def test_undo_goes_back_to_what_was_said_before(newsroom: Newsroom, ops: Operator) -> None:
    turn(newsroom)
    statement = shown(ops.get("/desk/review").text)
    ops.then(f"/desk/review/{statement}", verdict="reject", seen="0")
    with newsroom.database.view() as work:
        (first,) = work.statements.verdicts(statement)
    ops.then(f"/desk/review/{statement}", verdict="confirm", seen=str(first.id))
    with newsroom.database.view() as work:
        second = work.statements.verdicts(statement)[-1]
    ops.then(f"/desk/review/verdicts/{second.id}/undo")
    assert [kind for kind, _ in verdicts(newsroom.database, statement)] == [
        VerdictKind.REJECT,
        VerdictKind.CONFIRM,
        VerdictKind.REJECT,
    ]


def test_two_operators_get_different_statements_and_neither_overrules_the_other_unseen(
    newsroom: Newsroom, ops: Operator, client: Client
) -> None:
    turn(newsroom)
    eve = Operator(newsroom.database, client, "eve")
    mine, hers = shown(ops.get("/desk/review").text), shown(eve.get("/desk/review").text)
    assert mine != hers
    ops.then(f"/desk/review/{mine}", verdict="reject", seen="0", note="he quotes his rival")
    late = eve.post(f"/desk/review/{mine}", verdict="confirm", seen="0")
    assert late.status_code == 409
    assert "ops judged this meanwhile (rejected" in late.text and "he quotes his rival" in late.text
    assert verdicts(newsroom.database, mine) == [(VerdictKind.REJECT, "ops")]
    (known,) = set(re.findall(r'name="seen" value="(\d+)"', late.text))
    assert known != "0"
    eve.then(f"/desk/review/{mine}", verdict="confirm", seen=known)  # knowing it, she may
    assert verdicts(newsroom.database, mine)[-1] == (VerdictKind.CONFIRM, "eve")


def test_what_was_skipped_comes_no_more_and_choices_are_kept(newsroom: Newsroom, ops: Operator) -> None:
    turn(newsroom)
    newsroom.say("lemuria", "tolls", Stance.OPPOSES, at=NOW, words="No toll, ever")
    page = ops.get("/desk/review?issue=bridge").text
    first = shown(page)
    skip = re.findall(r'data-key="s" href="([^"]+)"', page)[0].replace("&amp;", "&")
    assert skip == f"/desk/review?issue=bridge&passed={first}"
    page = ops.get(skip).text
    second = shown(page)
    assert second != first
    answer = ops.post(f"/desk/review/{second}", verdict="confirm", seen="0", in_issue="bridge", passed=str(first))
    assert re.fullmatch(rf"/desk/review\?issue=bridge&passed={first}&done=\d+", answer.headers["location"])
    assert shown(ops.get("/desk/review?issue=tolls").text) not in (first, second)
    assert "Nothing is left to review of this choice" in ops.get("/desk/review?lang=fr").text
    assert ops.get("/desk/review?actor=ada-quill&extractor=test&lang=en").text.count('data-key="c"') == 1
    assert ops.get("/desk/review?passed=x.-1.²." + "9" * 40).status_code == 200


def test_a_form_without_its_token_or_with_nonsense_changes_nothing(
    newsroom: Newsroom, ops: Operator, client: Client
) -> None:
    turn(newsroom)
    statement = shown(ops.get("/desk/review").text)
    path = f"/desk/review/{statement}"
    assert ops.post(path, verdict="confirm", seen="0", csrf="0" * 64).status_code == 403
    for fields in ({"verdict": "confirm"}, {"verdict": "x", "seen": "0"}, {"verdict": "confirm", "seen": "²"}):
        assert ops.post(path, **fields).status_code == 422, fields
    assert ops.post(path, verdict="confirm", seen="0", note="x" * 501).status_code == 422
    assert ops.post("/desk/review/999", verdict="confirm", seen="0").status_code == 404
    assert ops.get("/desk/review/999").status_code == 404
    assert ops.post("/desk/review/verdicts/999/undo").status_code == 404
    assert verdicts(newsroom.database, statement) == []


def test_a_statement_that_was_read_again_is_not_judged(newsroom: Newsroom, ops: Operator) -> None:
    item, _ = newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW)
    statement = shown(ops.get("/desk/review").text)
    newsroom.read(item)
    page = ops.get(f"/desk/review/{statement}").text
    assert "read again since" in page and 'data-key="c"' not in page
    answer = ops.post(f"/desk/review/{statement}", verdict="confirm", seen="0")
    assert answer.status_code == 409
    assert verdicts(newsroom.database, statement) == []
    assert "Nothing is left to review" in ops.get("/desk/review").text


def test_hostile_words_are_escaped_and_nothing_is_inline(newsroom: Newsroom, ops: Operator) -> None:
    newsroom.say(
        "lemuria", "bridge", Stance.SUPPORTS, at=NOW, words="<script>alert(1)</script> yes", title="<img src=x>"
    )
    page = ops.get("/desk/review").text
    assert "<script>alert" not in page and "<img" not in page and "&lt;script&gt;" in page
    assert " style=" not in page and "onclick" not in page


def test_what_is_said_before_is_what_comes_after(newsroom: Newsroom, ops: Operator) -> None:
    """Every statement of a history, confirmed and rejected: the changes that move are those that were named."""
    turn(newsroom)
    newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW, words="Yes to it")
    judge = Judge(newsroom.database, RuleBook(newsroom.database), newsroom.tracker, Teller())
    with newsroom.database.view() as work:
        ids = sorted(
            s.id for holder, issue in work.statements.pairs() for s in work.statements.live_for(issue, [holder])
        )
    moved = 0
    for number, (one, kind) in enumerate([(i, k) for i in ids for k in (VerdictKind.CONFIRM, VerdictKind.REJECT)]):
        now = NOW + timedelta(minutes=number)
        with newsroom.database.view() as work:
            statement = work.statements.get([one])[one]
            said = consequences(work, statement, kind, newsroom.tracker, work.rules.current())
        report = (judge.confirm if kind is VerdictKind.CONFIRM else judge.reject)(one, "ann", "", now)
        steps = [t for t in report.transitions if t.was not in (None, t.change.found.status)]
        came = {t.change.id: t.change.found.status for t in steps}
        assert {c.change.id: c.status for c in said} == came, (one, kind)
        moved += len(said)
        with newsroom.database.view() as work:
            last = work.statements.verdicts(one)[-1]
        judge.undo(one, last.id, "ann", now + timedelta(seconds=1))
    assert moved
