"""A reader says that a change is wrong: it is noted, bounded, and changes nothing by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi import FastAPI

from monitor.model.position import Change
from monitor.model.report import LONGEST_NOTE, ReportReason
from monitor.settings import Settings
from monitor.web.app import create_app
from monitor.web.pages import wrong
from storage.engine import Database
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, Newsroom, turn
from tests.integration.web.test_gets_change_nothing import contents


@pytest.fixture
def change(newsroom: Newsroom) -> Change:
    return turn(newsroom)


def test_it_is_noted_and_nothing_else_changes(
    client: Client, change: Change, database: Database, database_url: str
) -> None:
    page = client.get(f"/changes/{change.id}/wrong")
    assert page.status_code == 200 and "What is wrong here?" in page.text and "Ada Quill" in page.text
    assert f'href="/changes/{change.id}/wrong"' in client.get(f"/changes/{change.id}").text
    before = contents(database_url)
    note = "He quotes <b>his rival</b>\r\nin line 2\0"
    answer = client.request("POST", f"/changes/{change.id}/wrong", data={"reason": "person", "note": note})
    assert answer.status_code == 200 and "Thank you" in answer.text
    after = contents(database_url)
    assert {table for table in after if after[table] != before[table]} <= {"report", "sqlite_sequence"}
    with database.view() as work:
        (report,) = work.reports.list()
    assert (report.change_id, report.reason, report.at) == (change.id, ReportReason.PERSON, NOW)
    assert report.note.replace("\ufffd", "").strip() == "He quotes <b>his rival</b>\nin line 2"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Please choose what is wrong."),
        ({"reason": "because"}, "Please choose what is wrong."),
        ({"reason": "other", "note": " "}, "Please write a few words"),
        ({"reason": "misread", "note": "<i>" + "x" * LONGEST_NOTE}, f"has {LONGEST_NOTE + 3} characters"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_kept(
    client: Client, change: Change, database: Database, form: dict[str, str], said: str
) -> None:
    answer = client.request("POST", f"/changes/{change.id}/wrong", data={"x": "", **form})
    assert answer.status_code == 422 and said in answer.text
    assert "<i>" not in answer.text
    assert "&lt;i&gt;xxx" in answer.text or len(form.get("note", "")) < 5
    with database.view() as work:
        assert work.reports.list() == []


def test_one_peer_is_heard_a_few_times_an_hour(client: Client, change: Change) -> None:
    form, path = {"reason": "misread"}, f"/changes/{change.id}/wrong"
    answers = [client.request("POST", path, data=form) for _ in range(wrong.MOST + 1)]
    assert [answer.status_code for answer in answers] == [200] * wrong.MOST + [429]
    assert answers[-1].headers["retry-after"] == "3600"


def test_a_day_has_room_for_so_many(app: FastAPI, change: Change, database: Database) -> None:
    with database.work() as work:
        for _ in range(wrong.MOST_A_DAY - 1):
            work.reports.add(change.id, ReportReason.MISREAD, "", NOW)
    path = f"/changes/{change.id}/wrong"
    assert Client(app).request("POST", path, data={"reason": "misread"}).status_code == 200
    assert Client(app).request("POST", path, data={"reason": "misread"}).status_code == 429


def test_a_foreign_page_does_not_speak_for_its_visitors(client: Client, change: Change, database: Database) -> None:
    path, form = f"/changes/{change.id}/wrong", {"reason": "misread"}
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)):
        answer = client.request("POST", path, data=form, headers={"sec-fetch-site": site})
        assert answer.status_code == status, site
    assert client.request("POST", path, json=form).status_code == 415


def test_a_change_that_is_not_there(client: Client, change: Change) -> None:
    assert client.get("/changes/999/wrong").status_code == 404
    assert client.request("POST", "/changes/999/wrong", data={"reason": "misread"}).status_code == 404


def test_the_clock_going_on_forgives(database: Database, change: Change, settings: Settings) -> None:
    now = [NOW]
    client = Client(create_app(database, settings, clock=lambda: now[0]))
    path, form = f"/changes/{change.id}/wrong", {"reason": "misread"}
    for _ in range(wrong.MOST):
        client.request("POST", path, data=form)
    assert client.request("POST", path, data=form).status_code == 429
    now[0] += timedelta(minutes=59)
    assert client.request("POST", path, data=form).status_code == 429
    now[0] += timedelta(minutes=2)
    assert client.request("POST", path, data=form).status_code == 200
