"""The JSON: the same nouns as the pages, bounded, with problems as application/problem+json."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from monitor.model.statement import Stance
from storage.engine import Database
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, Newsroom, turn


def problem_of(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["title"]
    return body


def test_a_change_holds_the_evidence_before_and_after(client: Client, newsroom: Newsroom) -> None:
    change = turn(newsroom)
    body = client.get(f"/api/changes/{change.id}").json()
    assert body["actor"] == {"id": "ada-quill", "name": "Ada Quill"}
    assert body["issue"]["proposition"] == "A bridge is built over the strait."
    assert (body["kind"], body["from"], body["to"], body["status"]) == ("reversed", "opposes", "supports", "confirmed")
    assert body["before"]["evidence"] == "There will be no bridge"
    assert body["after"]["evidence"].startswith("We will build the bridge")
    assert body["after"]["item"]["url"] == "https://news.example/story"
    assert len(body["support"]) == len(change.found.support)
    item = client.get(f"/api/items/{body['after']['item']['id']}").json()
    assert item["text"][body["after"]["start"] : body["after"]["end"]] == body["after"]["evidence"]
    listed = client.get("/api/changes").json()["changes"]
    assert {key: value for key, value in body.items() if key != "support"} in listed


def test_changes_are_walked_by_cursor_without_gap_or_repeat(client: Client, newsroom: Newsroom) -> None:
    turn(newsroom)
    newsroom.say("lemuria", "tolls", Stance.SUPPORTS, at=NOW - timedelta(days=1))
    with newsroom.database.view() as work:
        ids = [change.id for change in work.positions.changes(limit=200)]
    assert len(ids) > 3
    walked: list[int] = []
    following: str | None = "/api/changes?limit=2"
    while following:
        page = client.get(following).json()
        assert len(page["changes"]) <= 2
        walked += [change["id"] for change in page["changes"]]
        following = page["next"]
    assert walked == ids


def test_changes_are_filtered(client: Client, newsroom: Newsroom) -> None:
    turn(newsroom)
    for query in ("actor=ada-quill", "issue=bridge", "status=confirmed", "since=2025-03-09"):
        found = client.get(f"/api/changes?{query}").json()["changes"]
        assert found, query
    assert client.get("/api/changes?actor=lemuria").json() == {"changes": [], "next": None}
    assert client.get("/api/changes?since=2025-03-10T11:59:00Z").json()["changes"] == []


def test_positions_now_and_at_a_date(client: Client, newsroom: Newsroom) -> None:
    turn(newsroom)
    [now] = client.get("/api/positions?actor=ada-quill&issue=bridge").json()["positions"]
    assert (now["stance"], now["statements"]) == ("supports", 6)
    assert 0.5 < now["probabilities"]["supports"] <= 1
    assert now["statement"]["evidence"].startswith("We will build the bridge")
    then = client.get("/api/positions?actor=ada-quill&at=2025-03-01").json()
    assert then["at"].startswith("2025-03-01T00:00:00")
    assert [p["stance"] for p in then["positions"]] == ["opposes"]
    assert client.get("/api/positions?at=2024-01-01").json()["positions"] == []


def test_items_and_feeds(client: Client, newsroom: Newsroom, database: Database) -> None:
    with database.work() as work:
        feed = work.feeds.add("https://a.example/feed", "A feed", "Europe", NOW)
    item = newsroom.publish("Ferry", "The ferry of Lemuria", at=NOW, feed_id=feed.id)
    [shown] = client.get("/api/feeds").json()["feeds"]
    assert (shown["title"], shown["folder"], shown["items"], shown["status"]) == ("A feed", "Europe", 1, "active")
    found = client.get("/api/items?q=ferry").json()
    assert [i["id"] for i in found["items"]] == [item.id]
    detail = client.get(f"/api/items/{item.id}").json()
    assert {(m["kind"], m["name"]) for m in detail["matches"]} == {("actor", "Lemuria"), ("query", "Ferries")}


@pytest.mark.parametrize(
    "path",
    ["/api/changes/999", "/api/items/999", "/api/stories/999", "/api/actors/nobody", "/api/nonsense", "/api"],
)
def test_what_is_not_there_is_a_problem(client: Client, path: str) -> None:
    assert problem_of(client.get(path), 404)["detail"]


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/api/changes?limit=0", "query.limit"),
        ("/api/changes?limit=201", "query.limit"),
        ("/api/changes?cursor=x", "query.cursor"),
        ("/api/changes?status=odd", "query.status"),
        ("/api/changes?since=yesterday", "query.since"),
        ("/api/positions?at=9999-12-31T23:59:59-23:00", "query.at"),
        ("/api/changes/0", "path.change_id"),
        ("/api/changes/99999999999999999999", "path.change_id"),
        ("/api/items?cursor=W10", "query.cursor"),
        ("/api/rules/song/x", "path.kind"),
        (f"/api/items?q={'x' * 501}", "query.q"),
    ],
)
def test_what_cannot_be_used_is_named(client: Client, path: str, where: str) -> None:
    [invalid] = problem_of(client.get(path), 422)["invalid"]
    assert invalid["where"] == where
    assert invalid["what"]


def test_no_documentation_page_from_elsewhere(app: FastAPI) -> None:
    client = Client(app)
    assert [client.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404, 404, 404]
