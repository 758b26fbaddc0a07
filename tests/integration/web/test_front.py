"""The matrix on the front page: what it shows now and at other moments, its filters, and the same as data."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from fastapi import FastAPI

from monitor.model.statement import Stance
from monitor.settings import Settings
from monitor.web.app import create_app
from rules.model import RuleSet
from storage.engine import Database
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, RULES, Newsroom, statement, turn

FAMILIES = RuleSet(
    actors=RULES.actors,
    issues={
        "bridge": replace(RULES.issues["bridge"], family="Building"),
        "tolls": replace(RULES.issues["tolls"], family="=Money"),
    },
    queries=RULES.queries,
)


@pytest.fixture
def told(sqlite_database: Database) -> Newsroom:
    """Ada Quill and with her Atlantis turned today; Lemuria opposes tolls for forty days."""
    newsroom = Newsroom(sqlite_database, FAMILIES)
    turn(newsroom)
    for days in (40, 39, 38):
        newsroom.say(
            "lemuria", "tolls", Stance.OPPOSES, at=NOW - timedelta(days=days), words=f"There will be no toll {days}",
            publisher=f"paper{days}.example",
        )  # fmt: skip
    return newsroom


@pytest.fixture
def app(told: Newsroom, settings: Settings) -> FastAPI:
    return create_app(told.database, settings, clock=lambda: NOW)


def table(page: str) -> str:
    return page.split('<table class="matrix">')[1].split("</table>", maxsplit=1)[0]


def cell(page: str, address: str) -> str:
    return (
        table(page).split(f'href="{address}"')[0].rsplit("<a ", 1)[1] + table(page).split(f'href="{address}"')[1][:150]
    )


def positions(client: Client, query: str = "") -> dict[tuple[str, str], str]:
    found = client.get("/matrix.json" + query).json()["positions"]
    return {(row["actor"], row["issue"]): row["stance"] for row in found}


def test_a_recent_change_is_marked_and_a_cell_leads_to_its_history(client: Client) -> None:
    page = client.get("/").text
    fresh, old = cell(page, "/positions/ada-quill/bridge"), cell(page, "/positions/lemuria/tolls")
    assert "cell--supports cell--4 cell--recent" in fresh
    assert "supports since 10 Mar 2025" in fresh
    assert ", changed lately" in fresh
    assert "cell--recent" not in old
    assert ">40d<" in old
    # A person stands under the state that they are in.
    assert table(page).index(">Atlantis<") < table(page).index(">Ada Quill<") < table(page).index(">Lemuria<")
    assert 'title="Ada Quill"><span>' in table(page).split("matrix__actor--inset")[1]


def test_filters_by_group_kind_and_family(client: Client) -> None:
    everything = {("atlantis", "bridge"), ("ada-quill", "bridge"), ("lemuria", "tolls")}
    for query, expected in (
        ("", everything),
        ("?group=&actor_kind=&family=&at=&known=", everything),
        ("?group=atlantis", everything - {("lemuria", "tolls")}),
        ("?group=atlantis&actor_kind=person", {("ada-quill", "bridge")}),
        ("?actor_kind=state", everything - {("ada-quill", "bridge")}),
        ("?family=%3DMoney", {("lemuria", "tolls")}),
        ("?group=atlantis&family=%3DMoney", set()),
    ):
        assert set(positions(client, query)) == expected, query
        page = client.get("/" + query)
        assert page.status_code == 200
        assert page.text.count('class="cell ') == len(expected)
    assert "No position is known of these actors" in client.get("/?group=atlantis&family=%3DMoney").text


def test_what_held_at_a_day(client: Client) -> None:
    assert positions(client)["ada-quill", "bridge"] == "supports"
    then = positions(client, "?at=2025-03-01")
    assert then["ada-quill", "bridge"] == "opposes"
    assert positions(client, "?at=2025-01-01") == {}
    page = client.get("/?at=2025-03-01").text
    assert "as of 1 Mar 2025" in page
    assert "cell--opposes" in cell(page, "/positions/ada-quill/bridge")
    assert "data-last-event" not in page, "the past is not live"
    assert "The first change on record was said on" in client.get("/?at=2025-01-01").text


def test_what_was_known_at_a_day(client: Client, told: Newsroom) -> None:
    """An old item that comes to light today moves what held then, and not what was known then."""
    early, words = NOW - timedelta(days=50), "We will build the bridge"
    for number in range(3):
        text = f"Lemuria spoke. “{words},” it said."
        item = told.publish("Old", text, at=early, publisher=f"old{number}.example")
        told.read(replace(item, seen_at=NOW), statement(item, "lemuria", "bridge", Stance.SUPPORTS, words))
    assert positions(client, "?at=2025-02-01")["lemuria", "bridge"] == "supports"
    assert ("lemuria", "bridge") not in positions(client, "?at=2025-02-01&known=then")
    # What was known of Quill in time is there in both.
    assert positions(client, "?at=2025-03-01&known=then")["ada-quill", "bridge"] == "opposes"
    assert "as it was known then" in client.get("/?at=2025-03-01&known=then").text


def test_the_slider_leads_to_the_address_of_its_day_and_keeps_the_filters(client: Client) -> None:
    day = (NOW - timedelta(days=9)).date()
    answer = client.get(f"/?day={day.toordinal()}&group=atlantis&actor_kind=")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/?group=atlantis&at={day}")
    today = client.get(f"/?day={NOW.date().toordinal()}")
    assert today.headers["location"] == "/"


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("?at=yesterday", 422, "write year, month and day"),
        ("?at=0001-01-01", 422, "too far away"),
        ("?group=nowhere", 404, "There is no group nowhere"),
        ("?family=nothing", 404, "There is no family of issues nothing"),
        ("?actor_kind=robot", 422, "actor_kind"),
        ("?known=never", 422, "known"),
        ("?day=x", 422, "day"),
    ],
)
def test_what_cannot_be_shown_is_said(client: Client, query: str, status: int, words: str) -> None:
    answer = client.get("/" + query)
    assert (answer.status_code, words in unescape(answer.text)) == (status, True)


def test_the_data_hold_what_the_page_shows(client: Client) -> None:
    answer = client.get("/matrix.csv?at=2025-03-09")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="volteface-matrix-2025-03-09.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    as_json = client.get("/matrix.json?at=2025-03-09").json()
    assert as_json["at"] == "2025-03-09T23:59:59.999999+00:00"
    assert [(r["actor"], r["issue"], r["stance"]) for r in rows] == [
        (r["actor"], r["issue"], r["stance"]) for r in as_json["positions"]
    ]
    page = client.get("/?at=2025-03-09").text
    assert all(f'href="{row["page"]}"' in page for row in rows)
    assert page.count('class="cell ') == len(rows) == 3
    assert {row["family"] for row in rows} == {"Building", "'=Money"}, "nothing runs in a spreadsheet"
    again = client.get("/matrix.csv?at=2025-03-09", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


def test_the_page_offers_the_data_of_just_this_view(client: Client) -> None:
    page = unescape(client.get("/?group=atlantis&at=2025-03-01&known=then").text)
    assert 'href="/matrix.csv?group=atlantis&at=2025-03-01&known=then"' in page
    assert '<option value="atlantis" selected>' in page
