"""Deliveries at the desk: found by what they are, told in plain words, sent again; a mail that runs nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from monitor.model.alert import AlertKind, AttemptResult, ChannelName, DeliveryStatus, Filter, Message, NewAlert
from monitor.model.position import Change
from monitor.settings import Settings
from storage.engine import Database
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, Newsroom, turn
from tests.integration.web.operators import Operator, desk

EVIL = "<script>alert(1)</script><form action=/desk></form>"
SECRET = "https://hooks.example/services/T0P53CR3T"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    return sqlite_database


@pytest.fixture
def client(database: Database, settings: Settings) -> Client:
    return desk(database, settings)


@pytest.fixture
def ops(newsroom: Newsroom, client: Client) -> Operator:
    return Operator(newsroom.database, client, "ops")


def deliver(
    database: Database,
    *results: AttemptResult,
    channel: ChannelName = ChannelName.WEBHOOK,
    target: str = SECRET,
    name: str = "Bee",
    change: Change | None = None,
    status: DeliveryStatus = DeliveryStatus.PENDING,
) -> int:
    """A delivery after attempts that ended so; gives its id."""
    with database.work() as work:
        subscription = work.subscriptions.add(name, channel, target, Filter(), "whsec_x", NOW)
        told = work.alerts.untold([NewAlert(subscription=subscription, dedup=f"thing {name} {subscription.id}")])
        message = Message(
            content={"status": "confirmed"}, subject=f"News for {name} {EVIL}", text=f"As text {EVIL}",
            html=f"<html><body><p>As HTML</p>{EVIL}</body></html>", payload='{"type":"change"}', actor=None, issue=None,
            sequence=1,
        )  # fmt: skip
        work.alerts.add(message, told, AlertKind.CHANGE, NOW, change_id=change.id if change else None)
        (found,) = [d for d in work.alerts.deliveries() if d.subscription_id == subscription.id]
        for number, result in enumerate(results):
            (claimed,) = work.alerts.claim_due(NOW, 1, timedelta(minutes=1), only=[subscription.id])
            last = number == len(results) - 1
            stands = status if last else DeliveryStatus.PENDING
            due = (NOW + timedelta(hours=2) if last else NOW) if stands is DeliveryStatus.PENDING else None
            work.alerts.record(claimed, result, stands, due, NOW)
    return found.id


def failed(status: int | None, error: str, answer: str = "") -> AttemptResult:
    return AttemptResult(ok=False, status=status, error=error, answer=answer)


def links(page: str) -> set[int]:
    return {int(found) for found in re.findall(r'href="/desk/deliveries/(\d+)"', page)}


def test_they_are_found_by_state_channel_subscriber_and_change(newsroom: Newsroom, ops: Operator) -> None:
    database, change = newsroom.database, turn(newsroom)
    assert "Nothing was sent yet" in ops.get("/desk/deliveries").text
    waiting = deliver(database, name="Ann", change=change)
    retrying = deliver(database, failed(503, "busy"), name="Bob")
    dead = deliver(database, failed(410, "gone"), name="Cid", status=DeliveryStatus.DEAD)
    mail = deliver(
        database, AttemptResult(ok=True, status=250), name="Dot", channel=ChannelName.EMAIL, target="dot@example.org",
        status=DeliveryStatus.DELIVERED,
    )  # fmt: skip
    for query, expected in {
        "": {waiting, retrying, dead, mail},
        "?state=pending": {waiting},
        "?state=retrying": {retrying},
        "?state=dead": {dead},
        "?state=delivered&channel=email": {mail},
        "?subscriber=Bob": {retrying},
        f"?change={change.id}": {waiting},
        "?channel=x&change=²": {waiting, retrying, dead, mail},
    }.items():
        answer = ops.get(f"/desk/deliveries{query}")
        assert answer.status_code == 200 and links(answer.text) == expected, query
        assert "T0P53CR3T" not in answer.text and "dot@example.org" not in answer.text
    assert links(ops.get(f"/desk/deliveries?before={dead}").text) == {waiting, retrying}


def test_a_form_that_was_left_empty_shows_all(newsroom: Newsroom, ops: Operator) -> None:
    one = deliver(newsroom.database)
    answer = ops.get("/desk/deliveries?state=&channel=&subscriber=&change=")
    assert answer.status_code == 200 and links(answer.text) == {one}


def test_one_shows_its_attempts_and_what_to_do(newsroom: Newsroom, ops: Operator) -> None:
    one = deliver(
        newsroom.database,
        failed(503, "busy"),
        failed(410, "gone for good", "see https://user:pa55@other.example/"),
        status=DeliveryStatus.DEAD,
    )
    page = ops.get(f"/desk/deliveries/{one}").text
    for part in ("busy", "gone for good", "Ask its owner for the new address", "Send it again", "As text"):
        assert part in page, part
    assert "T0P53CR3T" not in page and "pa55" not in page
    assert "<script>alert" not in page
    assert ops.get("/desk/deliveries/999").status_code == 404


def test_the_html_of_a_mail_is_shown_in_a_box_in_which_nothing_runs(newsroom: Newsroom, ops: Operator) -> None:
    one = deliver(newsroom.database, channel=ChannelName.EMAIL, target="dot@example.org")
    page = ops.get(f"/desk/deliveries/{one}")
    assert f'<iframe class="letter" src="/desk/deliveries/{one}/message.html" sandbox title=' in page.text
    assert "; frame-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    mail = ops.get(f"/desk/deliveries/{one}/message.html")
    assert "As HTML" in mail.text
    policy = {part.strip() for part in mail.headers["content-security-policy"].split(";")}
    assert {"sandbox", "default-src 'none'", "form-action 'none'", "frame-ancestors 'self'"} <= policy
    assert not [part for part in policy if part.startswith("script-src")]  # so it falls to 'none'
    assert mail.headers["x-frame-options"] == "SAMEORIGIN"
    assert mail.headers["x-content-type-options"] == "nosniff"


def test_a_dead_letter_is_sent_again_and_what_waits_is_given_up(newsroom: Newsroom, ops: Operator) -> None:
    database = newsroom.database
    dead = deliver(database, failed(500, "broken"), name="Cid", status=DeliveryStatus.DEAD)
    waits = deliver(database, failed(503, "busy"), name="Bob")
    assert "next tick" in ops.then(f"/desk/deliveries/{dead}/retry").text
    assert "Given up" in ops.then(f"/desk/deliveries/{waits}/give-up").text
    with database.view() as work:
        again, given_up = work.alerts.delivery(dead), work.alerts.delivery(waits)
        assert (again.status, again.attempts) == (DeliveryStatus.PENDING, 0)
        assert given_up.status is DeliveryStatus.DEAD and "given up by ops" in (given_up.last_error or "")
        assert [e.who for e in work.audit.of("delivery given up", str(waits))] == ["ops"]
        assert [e.who for e in work.audit.of("delivery retried", str(dead))] == ["ops"]
    assert "given up by ops" in ops.get(f"/desk/deliveries/{waits}").text
    twice = ops.post(f"/desk/deliveries/{waits}/give-up")
    assert twice.status_code == 409 and "Nothing was done" in twice.text
    assert ops.post(f"/desk/deliveries/{dead}/retry", csrf="x").status_code == 403
    with database.work() as work:  # what is under way just now is not given up: it may arrive
        work.alerts.claim_due(NOW + timedelta(minutes=5), 1, timedelta(minutes=1))
    assert ops.post(f"/desk/deliveries/{dead}/give-up").status_code == 409


def test_what_waits_is_tried_at_once(newsroom: Newsroom, ops: Operator) -> None:
    waits = deliver(newsroom.database, failed(503, "busy"))
    with newsroom.database.work() as work:
        assert work.alerts.claim_due(NOW + timedelta(minutes=5), 1, timedelta(minutes=1)) == []
    ops.then(f"/desk/deliveries/{waits}/retry")
    with newsroom.database.work() as work:
        (claimed,) = work.alerts.claim_due(NOW + timedelta(minutes=5), 1, timedelta(minutes=1))
    assert (claimed.id, claimed.attempt) == (waits, 2)


def test_all_dead_letters_of_a_choice_are_sent_again_and_no_others(newsroom: Newsroom, ops: Operator) -> None:
    database = newsroom.database
    mine = [deliver(database, failed(500, "x"), name="Cid", status=DeliveryStatus.DEAD) for _ in range(2)]
    other = deliver(database, failed(500, "x"), name="Eve", status=DeliveryStatus.DEAD)
    assert "Send 2 dead letters again" in ops.get("/desk/deliveries?state=dead&subscriber=Cid").text
    page = ops.then("/desk/deliveries/retry", state="dead", subscriber="Cid").text
    assert "2 dead letters wait" in page
    with database.view() as work:
        assert {d.id for d in work.alerts.deliveries(DeliveryStatus.PENDING)} == set(mine)
        assert [d.id for d in work.alerts.deliveries(DeliveryStatus.DEAD)] == [other]
        assert all(work.audit.of("delivery retried", str(one)) for one in mine)


def test_why_answers_for_one_and_for_all(newsroom: Newsroom, ops: Operator) -> None:
    change = turn(newsroom)
    deliver(newsroom.database, AttemptResult(ok=True, status=200), change=change, status=DeliveryStatus.DELIVERED)
    with newsroom.database.work() as work:
        late = work.subscriptions.add(
            "Late", ChannelName.LOG, "late", Filter(issues=frozenset({"tolls"})), None, NOW + timedelta(days=1)
        )
    page = ops.get(f"/desk/deliveries/why?change={change.id}").text
    assert "Bee" in page and "sent on" in page and "Late" in page and "T0P53CR3T" not in page
    one = ops.get(f"/desk/deliveries/why?change={change.id}&subscription={late.id}").text
    assert "Late <span" in one and "sent on" not in one
    assert "Bee <span" in ops.get(f"/desk/deliveries/why?change={change.id}&subscription=Bee").text
    for query, said in {
        "change=x": "Give the number of a change",
        "change=999": "There is no change 999",
        f"change={change.id}&subscription=nobody": "Nobody is called so",
        f"change={change.id}&subscription=999": "no subscription has this number",
    }.items():
        answer = ops.get(f"/desk/deliveries/why?{query}")
        assert answer.status_code == 422 and said in answer.text, query
    assert ops.get("/desk/deliveries/why").status_code == 200
