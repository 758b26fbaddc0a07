"""Previews over the API: for whoever has the operators' token, line by line, and nothing is written."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from monitor.api.previews import Previews
from monitor.model.alert import Filter
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.track import FilterTracker
from monitor.settings import Settings
from monitor.web.app import create_app
from storage.engine import Database
from tests.integration.pipeline.walking import FOR, NOW, Walk
from tests.integration.web.client import Client

TOKEN = "a-token-for-operators"
RIGHT = {"Authorization": f"Bearer {TOKEN}"}
WIDER = """
- id: seabed-mining
  name: Seabed mining
  proposition: Mining of the deep seabed is allowed.
  about: ['"seabed mining"', 'mining NEAR/5 seabed', '"nodule harvesting"']
"""
WORDS = [text.replace("seabed mining", "nodule harvesting") for text in FOR]


@pytest.fixture
def walk(sqlite_database: Database, tmp_path: Path) -> Walk:
    return Walk(sqlite_database, tmp_path / "pack")


@pytest.fixture
def client(walk: Walk, tmp_path: Path) -> Client:
    return asked(walk, tmp_path, TOKEN)


def asked(walk: Walk, folder: Path, token: str | None) -> Client:
    previews = Previews(
        database=walk.database,
        packs=[folder / "pack"],
        extractor=lambda: nullcontext(GrammarExtractor()),
        tracker=FilterTracker(),
        follow_precision=True,
        clock=lambda: NOW,
    )
    settings = Settings(data_dir=folder, operator_token=SecretStr(token) if token else None)
    return Client(create_app(walk.database, settings, previews=previews, clock=lambda: NOW))


def lines_of(client: Client, body: str, **query: Any) -> list[dict[str, Any]]:
    answer = client.request(
        "POST", "/api/rules/preview", params={"kind": "issue", "days": 365, **query}, content=body, headers=RIGHT
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


def test_matches_come_first_then_progress_then_whose_alerts(walk: Walk, client: Client) -> None:
    walk.subscribe(Filter(actors=frozenset({"astrid-holm"})), "desk")
    walk.subscribe(Filter(actors=frozenset({"sten-berg"})), "elsewhere")
    walk.says("Astrid Holm", WORDS, 80)
    walk.read()
    with walk.database.view() as work:
        before = (work.rules.current().version, work.events.last_id(), work.statements.pairs())
    first, *progress, last = lines_of(client, WIDER)
    assert (first["event"], first["gained"]["count"], first["lost"]["count"]) == ("matches", 2, 0)
    assert {s["text"] for s in first["gained"]["first"][0]["spans"]} == {"nodule harvesting"}
    assert {p["event"] for p in progress} == {"progress"}
    assert {p["what"] for p in progress} == {"Reading", "Folding positions"}
    assert (last["event"], last["statements_gained"]["count"]) == ("effects", 2)
    assert {c["actor"] for c in last["changes_gained"]["first"]} >= {"astrid-holm", "norland"}
    assert [(a["subscriber"], a["gained"]["count"], a["lost"]["count"]) for a in last["alerts"]] == [("desk", 1, 0)]
    with walk.database.view() as work:
        assert (work.rules.current().version, work.events.last_id(), work.statements.pairs()) == before


def test_json_is_a_draft_too_and_matches_can_be_all(walk: Walk, client: Client) -> None:
    walk.put("Herring was landed.", 90)
    walk.read()
    rule = [{"id": "landing", "name": "Landing", "query": "herring landed", "alert": True}]
    (only,) = lines_of(client, json.dumps(rule), kind="query", matches=True)
    assert (only["event"], only["gained"]["count"]) == ("matches", 1)


def test_what_is_wrong_with_a_draft_is_said_with_its_place(client: Client) -> None:
    body = WIDER.replace("'\"nodule harvesting\"'", "'nodule AND'")
    answer = client.request("POST", "/api/rules/preview?kind=issue", content=body, headers=RIGHT)
    assert answer.status_code == 422
    (part,) = answer.json()["invalid"]
    assert part["where"].startswith("draft:5:")
    assert "column" in part["what"]
    assert client.request("POST", "/api/rules/preview?kind=song", content="", headers=RIGHT).status_code == 422
    long = client.request("POST", "/api/rules/preview?kind=issue", content=b"#" * 300_000, headers=RIGHT)
    assert long.status_code == 413


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}])
def test_nobody_else_is_let_in(client: Client, headers: dict[str, str]) -> None:
    answer = client.request("POST", "/api/rules/preview?kind=issue", content=WIDER, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert TOKEN not in answer.text


def test_without_a_token_in_the_settings_an_empty_one_opens_nothing(walk: Walk, tmp_path: Path) -> None:
    headers = {"Authorization": "Bearer "}
    answer = asked(walk, tmp_path, None).request(
        "POST", "/api/rules/preview?kind=issue", content=WIDER, headers=headers
    )
    assert answer.status_code == 401


def test_a_preview_that_fails_says_so_and_gives_its_place_back(walk: Walk, client: Client) -> None:
    walk.says("Astrid Holm", WORDS, 80)
    walk.read()

    class Broken(FilterTracker):
        def fold(self, *_: Any) -> Any:
            raise RuntimeError("secret")

    app = create_app(
        walk.database,
        Settings(operator_token=SecretStr(TOKEN)),
        previews=Previews(
            database=walk.database, packs=[], extractor=lambda: nullcontext(GrammarExtractor()), tracker=Broken(),
            follow_precision=True, clock=lambda: NOW,
        ),
    )  # fmt: skip
    for _ in range(4):
        *_, last = lines_of(Client(app), WIDER)
        assert last["event"] == "error"
        assert "secret" not in json.dumps(last)
