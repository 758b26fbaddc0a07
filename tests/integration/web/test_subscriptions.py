"""The pages behind the links of a mail: what a GET shows, what a POST does, and what neither gives away."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from datetime import time, timedelta
from html import unescape
from typing import NoReturn

import httpx
import pytest
from fastapi import FastAPI

from monitor.model.alert import Audience, ChannelName, Filter, Subscription
from monitor.model.position import ChangeKind
from monitor.model.timing import Cadence, Timing
from monitor.settings import Settings
from monitor.web.app import create_app
from monitor.web.door import MOST_WRONG
from monitor.web.pages.subscriptions import ENDED, PAUSED
from storage.engine import Database
from storage.errors import DatabaseBusy
from storage.tokens import TokenPurpose
from storage.work import Work
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, Newsroom

TIMING = Timing(cadence=Cadence.DAILY, zone="Europe/Berlin", at=time(7, 30), quiet=(time(22), time(6)))
WANTED = Filter(
    actors=frozenset({"ada-quill"}), kinds=frozenset({ChangeKind.REVERSED}), least_confidence=0.945, commentators=False
)


@dataclass
class Reader:
    """Somebody with a link in their hand."""

    database: Database
    client: Client
    id: int
    token: str

    @property
    def path(self) -> str:
        return f"/s/{self.token}"

    def now(self) -> Subscription:
        with self.database.view() as work:
            return work.subscriptions.get(self.id)

    def post(self, path: str = "", **form: str | list[str]) -> httpx.Response:
        return self.client.request("POST", self.path + path, data=form)

    def form(self) -> dict[str, str | list[str]]:
        """What a browser would send if nothing on the page were touched."""
        return filled(self.client.get(self.path).text)

    def audited(self) -> list[tuple[str, str]]:
        with self.database.view() as work:
            return [(entry.who, entry.what) for entry in work.audit.list()]


def filled(page: str) -> dict[str, str | list[str]]:
    """The fields of the settings' form, as HTML says that they are sent."""
    form = re.search(r'<form class="form".*?</form>', page, re.DOTALL)
    assert form is not None
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form[0]):
        given = {name: unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', tag)}
        if given.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        found.setdefault(given["name"], []).append(given.get("value", "on"))
    for name, options in re.findall(r'<select [^>]*name="(\w+)">(.*?)</select>', form[0]):
        found[name] = re.findall(r'value="([^"]*)" selected', options)
    return dict(found)


def add(work: Work, wanted: Filter = WANTED, timing: Timing = TIMING, **more: object) -> Subscription:
    given = {"next_digest_at": NOW + timedelta(hours=5), **more}
    return work.subscriptions.add(
        "Ada's reader", ChannelName.EMAIL, "ada@example.org", wanted, None, NOW, timing=timing, **given
    )  # type: ignore[arg-type]


@pytest.fixture
def reader(newsroom: Newsroom, database: Database, client: Client) -> Reader:
    with database.work() as work:
        made = add(work)
        return Reader(database, client, made.id, work.tokens.mint(TokenPurpose.MANAGE, made.id, NOW, None))


def test_the_settings_are_shown_as_they_are(reader: Reader) -> None:
    page = reader.client.get(reader.path)
    assert page.status_code == 200
    assert "a…@example.org" in page.text and "ada@example.org" not in page.text
    assert "Ada&#39;s reader" in page.text
    assert reader.form() == {
        "settings": ["1"], "actor": ["ada-quill"], "kind": ["reversed"], "least": ["94.5"], "cadence": ["daily"],
        "at": ["07:30"], "weekday": ["0"], "empty": ["on"], "quiet_from": ["22:00"], "quiet_until": ["06:00"],
        "zone": ["Europe/Berlin"],
    }  # fmt: skip


def test_a_form_that_was_not_touched_changes_nothing(reader: Reader) -> None:
    before = reader.now()
    assert "Nothing was changed." in reader.post(**reader.form()).text
    assert reader.now() == before
    with reader.database.view() as work:
        assert len(work.subscriptions.versions(reader.id)) == 1
    assert reader.audited() == []


def test_saving_makes_a_version_of_the_subscriber(reader: Reader) -> None:
    form = reader.form() | {
        "actor": [], "issue": ["bridge", "tolls"], "kind": [], "least": "97,5 %", "pending": "on", "commentators": "on",
        "cadence": "weekly", "at": "18:05", "weekday": "4", "zone": "america/new_york", "quiet_from": "",
        "quiet_until": "",
    }  # fmt: skip
    form.pop("empty")
    answer = reader.post(**form)
    assert answer.status_code == 200 and ">Saved.<" in answer.text
    saved = reader.now()
    assert saved.filter == Filter(issues=frozenset({"bridge", "tolls"}), least_confidence=0.975, pending=True)
    assert saved.timing == replace(
        TIMING, cadence=Cadence.WEEKLY, at=time(18, 5), weekday=4, zone="America/New_York", quiet=None, empty=False
    )
    assert saved.next_digest_at is not None and saved.next_digest_at.isoformat() == "2025-03-14T22:05:00+00:00"
    with reader.database.view() as work:
        assert [version.who for version in work.subscriptions.versions(reader.id)] == ["", "subscriber"]
    assert reader.audited() == [("subscriber", "subscription edited")]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("actor", "nobody", "&#39;nobody&#39; is not on the list"),
        ("issue", "<script>", "&#39;&lt;script&gt;&#39; is not on the list"),
        ("kind", "explosion", "is no kind of change"),
        ("least", "much", "is no percentage"),
        ("least", "101", "is no percentage"),
        ("least", "nan", "is no percentage"),
        ("cadence", "monthly", "Choose from the list how often."),
        ("weekday", "7", "Choose a day from the list."),
        ("at", "25:00", "is no time of day"),
        ("at", "", "is no time of day"),
        ("zone", "Europe/Berlim", "did you mean Europe/Berlin"),
        ("quiet_until", "", "need a beginning and an end"),
        ("quiet_until", "22:00", "would never end"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_saved(reader: Reader, field: str, typed: str, said: str) -> None:
    before = reader.now()
    answer = reader.post(
        **reader.form() | {field: typed, "issue": ["bridge"], **({field: typed} if field == "issue" else {})}
    )
    assert answer.status_code == 422
    assert said in answer.text and "Nothing was saved" in answer.text
    assert "<script>" not in answer.text
    assert reader.now() == before
    if field not in ("actor", "issue", "kind", "cadence", "weekday"):
        assert f'value="{typed}"' in answer.text, "what was typed is kept, to be mended"


def test_a_form_that_is_not_ours_clears_nothing(reader: Reader) -> None:
    before = reader.now()
    for body, kind, status in (
        (b"", "application/x-www-form-urlencoded", 400),
        (b"actor=lemuria", "application/x-www-form-urlencoded", 400),
        (b"settings=1&zone=%ff", "application/x-www-form-urlencoded", 422),
        (b"settings=1" + b"&x=1" * 6000, "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 415),
        (b"x" * 100_000, "application/x-www-form-urlencoded", 413),
    ):
        answer = reader.client.request("POST", reader.path, content=body, headers={"content-type": kind})
        assert answer.status_code == status, body[:30]
        assert answer.headers["cache-control"] == "no-store"
    assert reader.now() == before


def test_a_choice_that_is_no_longer_watched_stays_until_it_is_unticked(
    newsroom: Newsroom, database: Database, client: Client
) -> None:
    with database.work() as work:
        made = add(work, Filter(actors=frozenset({"gone", "lemuria"})), Timing())
        reader = Reader(database, client, made.id, work.tokens.mint(TokenPurpose.MANAGE, made.id, NOW, None))
    assert "gone (no longer watched)" in client.get(reader.path).text
    assert "Nothing was changed." in reader.post(**reader.form()).text
    assert "Saved." in reader.post(**reader.form() | {"actor": ["lemuria"]}).text
    assert reader.now().filter.actors == {"lemuria"}
    assert reader.post(**reader.form() | {"actor": ["gone"]}).status_code == 422


def test_pause_and_start_again(reader: Reader) -> None:
    answer = reader.post("/pause")
    assert answer.status_code == 200 and "These alerts are off" in answer.text
    assert reader.now().disabled_why == PAUSED
    assert "off already" in reader.post("/pause").text
    assert "The alerts are on again." in reader.post("/resume").text
    assert reader.now().disabled_at is None
    assert "the alerts are on" in reader.post("/resume").text


def test_get_asks_and_only_post_unsubscribes(reader: Reader) -> None:
    page = reader.client.get(f"{reader.path}/unsubscribe")
    assert "End these alerts?" in page.text and "Ada Quill" in page.text
    assert reader.now().disabled_at is None
    for _ in range(2):  # a client may post twice
        answer = reader.client.request(
            "POST",
            f"{reader.path}/unsubscribe",
            content=b"List-Unsubscribe=One-Click",
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        assert answer.status_code == 200 and "No more alerts" in answer.text
        assert "set-cookie" not in answer.headers
    assert reader.now().disabled_why == ENDED
    assert "No more alerts" in reader.client.get(f"{reader.path}/unsubscribe").text
    assert "on again" in reader.post("/resume").text
    assert reader.now().disabled_at is None
    assert [what for _, what in reader.audited()] == ["subscription enabled", "unsubscribed"]


def test_one_click_comes_in_any_form(reader: Reader) -> None:
    """RFC 8058 allows multipart/form-data, too."""
    answer = reader.client.request(
        "POST", f"{reader.path}/unsubscribe", files={"List-Unsubscribe": (None, "One-Click")}
    )
    assert answer.status_code == 200
    assert reader.now().disabled_why == ENDED


def test_nobody_starts_again_what_operators_stopped(reader: Reader) -> None:
    with reader.database.work() as work:
        work.subscriptions.disable(reader.id, "by the operator", NOW)
    assert "Only the operators" in reader.client.get(reader.path).text
    assert "please ask the operators" in reader.post("/resume").text
    assert "Undo" not in reader.post("/unsubscribe").text
    assert reader.now().disabled_why == f"{ENDED}; before that: by the operator"
    reader.post("/resume")
    assert reader.now().disabled_at is not None


def test_a_pause_that_becomes_an_end_can_still_be_undone(reader: Reader) -> None:
    reader.post("/pause")
    assert "Undo" in reader.post("/unsubscribe").text
    assert reader.now().disabled_why == ENDED


def test_a_feed_address_is_shown_once_replaced_and_revoked(reader: Reader) -> None:
    first = re.search(r'value="(http://desk.test/atom/[\w-]{22})"', reader.post("/feed").text)
    assert first is not None
    assert first[1] not in reader.client.get(reader.path).text
    assert "There is one in use" in reader.client.get(reader.path).text
    assert reader.client.get(first[1].removeprefix("http://desk.test")).status_code == 200
    second = re.search(r'value="(http://desk.test/atom/[\w-]{22})"', reader.post("/feed").text)
    assert second is not None and second[1] != first[1]
    assert reader.client.get(first[1].removeprefix("http://desk.test")).status_code == 404
    assert "no longer works" in reader.post("/feed/revoke").text
    assert reader.client.get(second[1].removeprefix("http://desk.test")).status_code == 404
    assert "there is no address" in reader.post("/feed/revoke").text


def test_operators_alarms_have_no_filter(newsroom: Newsroom, database: Database, client: Client) -> None:
    with database.work() as work:
        made = add(work, Filter(), Timing(), audience=Audience.OPERATIONS)
        reader = Reader(database, client, made.id, work.tokens.mint(TokenPurpose.MANAGE, made.id, NOW, None))
    assert "What you are told of" not in client.get(reader.path).text
    assert "Saved." in reader.post(**reader.form() | {"cadence": "daily", "pending": "on"}).text
    assert reader.now().filter == Filter()
    assert reader.now().timing.cadence is Cadence.DAILY


def test_every_link_that_does_not_work_is_answered_alike(reader: Reader, database: Database) -> None:
    with database.work() as work:
        expired = work.tokens.mint(TokenPurpose.MANAGE, reader.id, NOW - timedelta(days=2), NOW)
        revoked = work.tokens.mint(TokenPurpose.CONFIRM, reader.id, NOW, None)
        work.tokens.revoke(reader.id, TokenPurpose.CONFIRM, NOW)
        feed = work.tokens.mint(TokenPurpose.FEED, reader.id, NOW, None)
    wrong = ["x", "0" * 22, "%00", "%ff", "ü" * 4000, expired, revoked, feed]
    answers = [reader.client.get(f"/s/{token}") for token in wrong]
    answers += [reader.client.get(f"/s/confirm/{token}") for token in ("x", expired, revoked, feed, reader.token)]
    answers += [reader.client.request("POST", f"/s/{expired}{path}") for path in ("/pause", "/unsubscribe", "/feed")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert reader.now().disabled_at is None


def test_guessing_is_not_served_for_long_and_locks_nobody_out(reader: Reader) -> None:
    answers = [reader.client.get(f"/s/{'x' * 21}{number:03}").status_code for number in range(MOST_WRONG + 3)]
    assert answers == [404] * MOST_WRONG + [429] * 3
    assert "retry-after" in reader.client.get("/s/y").headers
    assert reader.client.get(reader.path).status_code == 200
    assert reader.post("/unsubscribe").status_code == 200


def test_no_answer_may_be_kept_shown_to_others_or_set_a_cookie(reader: Reader) -> None:
    answers = [reader.client.get(reader.path), reader.client.get(f"{reader.path}/unsubscribe"), reader.post("/pause")]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert "set-cookie" not in answer.headers
        assert '<meta name="robots" content="noindex">' in answer.text


def test_the_token_gets_into_no_log(
    reader: Reader,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    reader.client.get(reader.path)
    reader.post("/unsubscribe")

    def broken(error: Exception) -> None:
        def fail() -> NoReturn:
            raise error

        monkeypatch.setattr(reader.database, "view", fail)

    broken(DatabaseBusy("locked"))
    assert reader.client.get(reader.path).status_code == 503
    assert reader.client.get(f"/atom/{reader.token}").status_code == 503
    broken(RuntimeError("a fault"))
    assert reader.client.get(f"/s/confirm/{reader.token}").status_code == 500
    said = capsys.readouterr()
    ours = [record.getMessage() for record in caplog.records if record.name != "httpx"]  # httpx is the browser here
    logged = "\n".join([said.out, said.err, *ours])
    assert "/s/***" in logged and "/s/confirm/***" in logged and "/atom/***" in logged
    assert reader.token not in logged


def test_confirming_takes_a_post_and_holds_for_the_address(
    newsroom: Newsroom, database: Database, client: Client
) -> None:
    with database.work() as work:
        made, other = add(work, confirmed=False), add(work, Filter(), Timing(), confirmed=False)
        token = work.tokens.mint(TokenPurpose.CONFIRM, made.id, NOW, NOW + timedelta(days=7))
    page = client.get(f"/s/confirm/{token}").text
    assert "Do you want these alerts?" in page and "a…@example.org" in page
    assert "Ada Quill; no commentators" in page and "everybody who is watched" in page
    with database.view() as work:
        assert not work.subscriptions.get(made.id).confirmed
    answer = client.request("POST", f"/s/confirm/{token}")
    assert answer.status_code == 200 and ">Confirmed<" in answer.text
    with database.view() as work:
        assert work.subscriptions.get(made.id).confirmed and work.subscriptions.get(other.id).confirmed
    manage = re.search(r'href="(/s/[\w-]{22})"', answer.text)
    assert manage is not None
    assert client.get(manage[1]).status_code == 200
    again = client.get(f"/s/confirm/{token}").text
    assert ">Confirmed<" in again and "<form" not in again
    assert client.request("POST", f"/s/confirm/{token}").status_code == 200


def test_pages_say_when_nothing_is_sent_and_why(newsroom: Newsroom, database: Database, client: Client) -> None:
    with database.work() as work:
        made = add(work, confirmed=False)
        token = work.tokens.mint(TokenPurpose.MANAGE, made.id, NOW, None)
    assert "not confirmed yet" in client.get(f"/s/{token}").text
    with database.work() as work:
        work.subscriptions.addresses.confirm(made.target, NOW)
        work.subscriptions.addresses.suppress(made.target, "550 no <such> user", NOW)
    assert "550 no &lt;such&gt; user" in client.get(f"/s/{token}").text


def test_the_feed_address_is_that_of_the_readers(newsroom: Newsroom, database: Database, settings: Settings) -> None:
    public = settings.model_copy(update={"public_url": "https://volteface.example"})
    app: FastAPI = create_app(database, public, clock=lambda: NOW)
    with database.work() as work:
        token = work.tokens.mint(TokenPurpose.MANAGE, add(work).id, NOW, None)
    assert 'value="https://volteface.example/atom/' in Client(app).request("POST", f"/s/{token}/feed").text
