"""/subscriptions: made with what they would have brought, changed, stopped, tried out, deleted; and nobody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from monitor.model.account import Role
from monitor.model.alert import AlertKind, ChannelName, Filter, Message, NewAlert, Subscription
from monitor.model.timing import Cadence, Timing
from monitor.pipeline.own import MOST_TESTS, send_test
from monitor.web.passwords import hashed
from storage.engine import Database
from storage.tokens import TokenPurpose
from tests.integration.web.newsroom import Newsroom, turn
from tests.integration.web.subscribers import PASSWORD, Reader, Town, filled
from tests.integration.web.test_security import routes_of
from tests.sinks import SmtpSink

HOOK = "https://93.184.215.14/hook"


@pytest.fixture
def town(sqlite_database: Database, tmp_path: Path) -> Iterator[Town]:
    with SmtpSink() as sink:
        Newsroom(sqlite_database)
        yield Town(sqlite_database, tmp_path, sink)


@pytest.fixture
def ada(town: Town) -> Reader:
    return town.reader("ada@example.org")


def blank(reader: Reader, path: str = "/subscriptions/new") -> dict[str, list[str]]:
    return filled(reader.get(path).text, path.partition("?")[0])


def make(reader: Reader, **changed: str | list[str]) -> Subscription:
    answer = reader.post("/subscriptions/new", {**blank(reader), "to_email": "ada@example.org", **changed})
    assert answer.status_code in (201, 303), answer.text
    return mine(reader)[-1]


def mine(reader: Reader) -> list[Subscription]:
    with reader.town.database.view() as work:
        return work.subscriptions.of_account(1)


def test_one_by_mail_is_made_as_the_form_says(ada: Reader) -> None:
    made = make(ada, issue=["bridge"], cadence="daily", at="08:15", zone="europe/berlin", burst="5", most_per_hour="9")
    assert (made.channel, made.target, made.confirmed) == (ChannelName.EMAIL, "ada@example.org", True)
    assert made.filter == Filter(issues=frozenset({"bridge"}))
    assert (made.timing.cadence, made.timing.zone, made.timing.burst) == (Cadence.DAILY, "Europe/Berlin", 5)
    assert made.timing.most_per_hour == 9
    assert made.next_digest_at is not None
    assert "By mail to ada@example.org" in ada.get("/subscriptions").text


def test_one_by_webhook_shows_its_secret_once(ada: Reader) -> None:
    answer = ada.post("/subscriptions/new", {**blank(ada), "channel": "webhook", "to_webhook": HOOK})
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    (secret,) = re.findall(r"whsec_[^\"]+", answer.text)
    (made,) = mine(ada)
    assert made.secret == unescape(secret)
    for path in ("", f"/{made.id}", f"/{made.id}/history"):
        assert "/hook" not in ada.get(f"/subscriptions{path}").text, "a path may be a secret"
    assert "whsec_" not in ada.get(f"/subscriptions/{made.id}").text
    rotated = ada.post(f"/subscriptions/{made.id}/secret")
    (second,) = re.findall(r"whsec_[^\"]+", rotated.text)
    (now,) = mine(ada)
    assert (now.secret, now.previous_secret) == (unescape(second), unescape(secret))
    assert now.previous_secret_until == ada.town.now + timedelta(hours=24)
    assert "the one before signs as well" in rotated.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"channel": "email", "to_email": "eve@example.org"}, "Choose an address of yours"),
        ({"channel": "webhook", "to_webhook": "http://127.0.0.1:8400/x"}, "private network"),
        ({"channel": "webhook", "to_webhook": "http://[::ffff:10.0.0.1]/x"}, "private network"),
        ({"channel": "webhook", "to_webhook": "http://169.254.169.254/latest"}, "private network"),
        ({"channel": "webhook", "to_webhook": "ftp://example.org/"}, "must begin with https"),
        ({"channel": "webhook", "to_webhook": ""}, "must begin with https"),
        ({"channel": "apprise", "to_apprise": "discord://a/b"}, "how you want to be told"),
        ({"channel": "log", "to_log": "log"}, "how you want to be told"),
        ({"channel": ""}, "how you want to be told"),
        ({"channel": "webhook", "to_webhook": HOOK, "cadence": "daily"}, "each alert comes by itself"),
        ({"actor": ["nobody"]}, "is not on the list"),
        ({"burst": "0"}, "from 1 to"),
        ({"most_per_hour": "much"}, "leave it empty"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_made(
    ada: Reader, changed: dict[str, str | list[str]], said: str
) -> None:
    answer = ada.post("/subscriptions/new", {**blank(ada), "to_email": "ada@example.org", **changed})
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    assert mine(ada) == []


def test_what_subscribers_may_reach_is_not_what_operators_allow_themselves(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with SmtpSink() as sink:
        town = Town(sqlite_database, tmp_path, sink, webhook_allow="127.0.0.0/8", subscriber_channels="webhook,apprise")
        ada = town.reader("ada@example.org")
        refused = ada.post(
            "/subscriptions/new", {**blank(ada), "channel": "webhook", "to_webhook": "http://127.0.0.1/x"}
        )
        assert "private network" in refused.text
        chat = {"channel": "apprise", "to_apprise": "json://127.0.0.1/x"}
        assert ada.post("/subscriptions/new", {**blank(ada), **chat}).status_code == 422
        assert ada.post("/subscriptions/new", {**blank(ada), "channel": "email"}).status_code == 422
        ada.post("/subscriptions/new", {**blank(ada), "channel": "webhook", "to_webhook": HOOK})
        with town.database.work() as work:
            send_test(work, mine(ada)[0], town.now)
            by_operator = work.subscriptions.add("ops", ChannelName.WEBHOOK, HOOK, Filter(), "whsec_x", town.now)
            send_test(work, by_operator, town.now)
        with town.database.work() as work:
            claimed = work.alerts.claim_due(town.now, 10, timedelta(minutes=1))
        assert {one.subscription_id: one.by_stranger for one in claimed} == {
            mine(ada)[0].id: True,
            by_operator.id: False,
        }


def test_the_page_shows_what_it_would_have_brought(ada: Reader) -> None:
    turn(Newsroom(ada.town.database))
    assert fetches_its_trial(ada.get("/subscriptions/new").text, "/subscriptions/new")
    everything = ada.post("/subscriptions/new/trial", blank(ada)).text
    assert re.search(r"The last 30 days would have brought \d+ alert", everything)
    assert 'hx-trigger="change' in everything, "what was fetched fetches nothing more by itself"
    for path in ("/subscriptions/new", "/subscriptions/new/trial"):
        some = ada.post(path, {**blank(ada), "issue": ["bridge"], "do": "try"})
        none = ada.post(path, {**blank(ada), "issue": ["tolls"], "do": "try"})
        assert some.status_code == none.status_code == 200
        assert "would have brought no alerts" in none.text
        assert "would have brought no alerts" not in some.text
        assert "<time" in some.text
        assert ("<html" in some.text) == (path == "/subscriptions/new"), "the fragment is no page"
    assert mine(ada) == [], "trying saves nothing"
    made = make(ada, issue=["tolls"])
    path = f"/subscriptions/{made.id}"
    assert fetches_its_trial(ada.get(path).text, path)
    assert "would have brought no alerts" in ada.post(path + "/trial", {**blank(ada, path), "issue": ["tolls"]}).text
    for tried in (path, path + "/trial"):
        shown = ada.post(tried, {**blank(ada, path), "issue": ["bridge"], "do": "try"})
        assert shown.status_code == 200
        assert "would have brought no alerts" not in shown.text
    assert mine(ada)[0].filter == made.filter


def fetches_its_trial(page: str, path: str) -> bool:
    """Whether a page is there before what it would have brought, which its button shows to whoever has no script."""
    fetched = f'hx-post="{path}/trial" hx-trigger="load, change from:closest form' in page
    return fetched and "days would have brought" in page and 'name="do" value="try"' in page and "<time" not in page


def test_a_change_is_a_version_and_overwrites_nobody_elses(ada: Reader) -> None:
    made = make(ada)
    path = f"/subscriptions/{made.id}"
    form = blank(ada, path)
    assert ada.post(path, form).headers["location"].endswith("done=same")
    assert ada.post(path, {**form, "issue": ["bridge"]}).headers["location"].endswith("done=saved")
    stale = ada.post(path, {**form, "issue": ["tolls"]})
    assert stale.status_code == 409
    assert "changed meanwhile" in stale.text
    assert mine(ada)[0].filter.issues == {"bridge"}
    with ada.town.database.view() as work:
        assert [version.who for version in work.subscriptions.versions(made.id)] == ["subscriber", "subscriber"]


def test_stopped_and_started_by_their_owner_but_not_against_an_operator(ada: Reader) -> None:
    made = make(ada)
    path = f"/subscriptions/{made.id}"
    ada.post(path + "/pause")
    assert "Start again" in ada.get(path).text
    ada.post(path + "/resume")
    assert mine(ada)[0].disabled_at is None
    for why, status in (("by the operator", 422), ("given up: answered 410 Gone", 303)):
        with ada.town.database.work() as work:
            work.subscriptions.disable(made.id, why, ada.town.now)
        assert ada.post(path + "/resume").status_code == status, why
        with ada.town.database.work() as work:
            work.subscriptions.enable(made.id)


def test_a_test_message_goes_through_the_queue_and_stands_in_the_history(ada: Reader) -> None:
    made = make(ada)
    path = f"/subscriptions/{made.id}"
    assert ada.post(path + "/test").status_code == 303
    with ada.town.database.view() as work:
        (alert,) = work.alerts.of_subscription(made.id)
        assert (alert.kind, alert.subject) == (AlertKind.NOTICE, "A test message from Volteface")
    history = ada.get(path + "/history").text
    assert "A test message from Volteface" in history
    assert "Queued by email" in history
    for _ in range(MOST_TESTS - 1):
        assert ada.post(path + "/test").status_code == 303
    assert "wait a little" in ada.post(path + "/test").text


def test_an_address_that_bounced_is_asked_again_and_none_other(ada: Reader) -> None:
    made = make(ada)
    path = f"/subscriptions/{made.id}"
    assert ada.post(path + "/confirm").status_code == 422
    with ada.town.database.work() as work:
        work.subscriptions.addresses.suppress("ada@example.org", "550 no such user", ada.town.now)
    page = ada.get(path).text
    assert "550 no such user" in page
    assert "Send the mail to confirm again" in page
    assert ada.post(path + "/test").status_code == 422
    assert ada.post(path + "/confirm").status_code == 303


def test_a_feed_address_is_shown_once_and_replaced(ada: Reader) -> None:
    made = make(ada)
    path = f"/subscriptions/{made.id}"
    addresses = [re.search(r"/atom/([\w-]+)\"", ada.post(path + "/feed").text)[1] for _ in range(2)]  # type: ignore[index]
    assert [ada.town.client.get(f"/atom/{one}").status_code for one in addresses] == [404, 200]
    assert addresses[1] not in ada.get(path).text
    ada.post(path + "/feed/revoke")
    assert ada.town.client.get(f"/atom/{addresses[1]}").status_code == 404


def test_deleting_takes_all_of_it_and_a_get_takes_nothing(ada: Reader) -> None:
    made = make(ada)
    path = f"/subscriptions/{made.id}"
    ada.post(path + "/test")
    with ada.town.database.work() as work:
        work.tokens.mint(TokenPurpose.MANAGE, made.id, ada.town.now, None)
    assert ada.get(path + "/delete").status_code == 200
    assert len(mine(ada)) == 1
    assert ada.post(path + "/delete").status_code == 303
    assert mine(ada) == []
    assert ada.get(path).status_code == 404
    with ada.town.database.view() as work:
        assert work.alerts.of_subscription(made.id) == []
        assert work.subscriptions.addresses.state("ada@example.org") is None


ROUTES = [
    ("GET", ""), ("POST", ""), ("POST", "/trial"), ("GET", "/history"), ("GET", "/history?show=not"),
    ("GET", "/delete"), ("POST", "/delete"), ("POST", "/pause"), ("POST", "/resume"), ("POST", "/test"),
    ("POST", "/confirm"), ("POST", "/secret"), ("POST", "/feed"), ("POST", "/feed/revoke"),
]  # fmt: skip


def test_somebody_elses_is_not_there_by_any_route_nor_for_an_operator(ada: Reader) -> None:
    made = make(ada)
    before = mine(ada)
    eve = ada.town.reader("eve@example.org")
    with ada.town.database.work() as work:
        operator = work.accounts.add("ops", Role.OPERATOR, hashed(PASSWORD), ada.town.now)
        token = work.accounts.sign_in(operator.id, ada.town.now, ada.town.now + timedelta(days=1))
    ops = Reader(ada.town, f"volteface={token}")
    form = {**blank(ada, f"/subscriptions/{made.id}"), "issue": ["bridge"]}
    for stranger in (eve, ops):
        form["csrf"] = [stranger.csrf]
        for method, path in ROUTES:
            whole = f"/subscriptions/{made.id}{path}"
            answer = stranger.get(whole) if method == "GET" else stranger.post(whole, form)
            nowhere = f"/subscriptions/999{path}"
            unknown = stranger.get(nowhere) if method == "GET" else stranger.post(nowhere, form)
            assert answer.status_code == unknown.status_code == 404, (method, path)
            assert answer.text.replace(str(made.id), "") == unknown.text.replace("999", "").replace(str(made.id), "")
        assert "ada@example.org" not in stranger.get("/subscriptions").text
    assert mine(ada) == before
    paths = {path.partition("?")[0] for _, path in ROUTES}
    there = {r.path.removeprefix("/subscriptions/{number}") for r in routes_of(ada.town.app) if "{number}" in r.path}
    assert there == paths, "every route is asked above"


def test_a_form_without_the_visitors_token_does_nothing(ada: Reader) -> None:
    made = make(ada)
    for method, path in ROUTES:
        if method == "POST":
            answer = ada.post(f"/subscriptions/{made.id}{path}", {"csrf": "wrong"})
            assert answer.status_code == 403, path
    assert mine(ada) == [made]


def test_the_history_says_what_came_and_what_did_not_and_why_page_by_page(ada: Reader) -> None:
    made = make(ada, issue=["tolls"])
    ada.town.later(minutes=1)
    with ada.town.database.work() as work:
        for _ in range(25):
            ada.town.now += timedelta(seconds=1)
            message = Message(
                content={"n": 1}, subject="told", text="", html="", payload="{}", actor=None, issue=None,
                sequence=work.alerts.next_sequence(None, None),
            )  # fmt: skip
            work.alerts.add(
                message, [NewAlert(subscription=made, dedup=str(ada.town.now))], AlertKind.NOTICE, ada.town.now
            )
    path = f"/subscriptions/{made.id}/history"
    first = ada.get(path).text
    (older,) = re.findall(r'<a href="([^"]+)">Older</a>', first)
    second = ada.get(unescape(older)).text
    assert (first.count("told__title"), second.count("told__title")) == (20, 5)
    assert "Older" not in second
    # What is recorded is on the clock of the newsroom: it comes after the subscription that was made at noon.
    change = turn(Newsroom(ada.town.database), now=ada.town.later(days=2))
    not_told = ada.get(path + "?show=not").text
    entry = not_told[not_told.index(f'href="/changes/{change.id}"') :]
    assert "Filtered by issue: The strait bridge is not among Tolls." in entry, "names, not ids"
    assert ada.get(path + "?before=nonsense").status_code == 422


def test_a_form_prefilled_by_an_address_takes_only_what_is_watched(ada: Reader) -> None:
    form = blank(ada, "/subscriptions/new?actor=lemuria&issue=bridge&issue=nonsense")
    assert (form["actor"], form["issue"]) == (["lemuria"], ["bridge"])
    assert replace(Timing(), burst=int(form["burst"][0])) == Timing()
