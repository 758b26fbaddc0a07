"""What a webhook is sent."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from monitor.alerts.compose import Links
from monitor.model.alert import AlertContent, AlertKind, Holding, MatchContent, Movement
from tests.unit.alerts.contents import AROUND, BEFORE, CHANGE, MATCH
from tests.unit.alerts.reading import LINKS, composed_of


def test_the_payload_is_by_standard_webhooks() -> None:
    body = json.loads(composed_of(links=LINKS).payload)
    assert set(body) == {"type", "timestamp", "data"}
    assert body["type"] == "change.confirmed"
    assert body["timestamp"] == "2025-02-24T15:00:00Z"
    data = body["data"]
    assert data["change"] == {
        "id": 3,
        "key": "ab" * 16,
        "kind": "softened",
        "status": "confirmed",
        "at": "2025-02-24T14:05:00Z",
        "confidence": 0.9731,
        "reason": "",
    }
    assert data["actor"] == {"id": "keir-starmer", "name": "Keir Starmer"}
    assert data["issue"]["id"] == "european-troops"
    assert data["stance"] == {"before": "supports", "after": "conditional"}
    assert data["sequence"] == 2
    assert data["links"] == {"change": LINKS.change, "wrong": LINKS.wrong}
    assert data["before"]["text"] == BEFORE.text and data["before"]["cut"] is False
    assert data["after"]["source"] == {
        "publisher": "Example Wire",
        "title": "Starmer asks for guarantee first",
        "url": "https://wire.example/2",
    }
    around = json.loads(composed_of(AROUND).payload)["data"]
    assert around["holds"][0] == {
        "issue": {"id": "military-aid", "name": "Military aid to Ukraine"},
        "stance": "supports",
        "since": "2025-02-20T00:00:00Z",
    }
    assert around["moved"][1] == {
        "id": 9,
        "actor": {"id": "friedrich-merz", "name": "Friedrich Merz"},
        "kind": "first",
        "before": None,
        "after": "conditional",
        "at": "2025-02-11T00:00:00Z",
    }


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (CHANGE, "change.confirmed"),
        (replace(CHANGE, status="pending"), "change.pending"),
        (replace(CHANGE, kind=AlertKind.CORRECTION, status="retracted"), "change.corrected"),
        (MATCH, "item.matched"),
    ],
)
def test_types_of_event(content: AlertContent | MatchContent, kind: str) -> None:
    assert json.loads(composed_of(content).payload)["type"] == kind


@pytest.mark.parametrize("letter", ["x", "\U0001f600", '"', "\x01", "\\"])
def test_the_payload_stays_below_20_kb_whatever_is_put_in(letter: str) -> None:
    long = letter * 30_000
    quote = replace(
        BEFORE,
        text=long,
        title=long,
        publisher=long,
        holder=long,
        claimed_by=long,
        stance=long,
        url="https://example.org/" + "x" * 1_900,
    )
    worst = AlertContent(
        kind=AlertKind.CHANGE,
        change_id=10**18,
        change_key=long,
        actor_id=long,
        actor=long,
        issue_id=long,
        issue=long,
        proposition=long,
        change_kind=long,
        status=long,
        stance_before=long,
        stance_after=long,
        at=CHANGE.at,
        confidence=1 / 3,
        before=quote,
        after=quote,
        also=(quote,) * 100,
        moves=(long,) * 100,
        reason=long,
        holds=(Holding(issue_id=long, issue=long, stance=long, since=CHANGE.at),) * 100,
        moved=(
            Movement(
                change_id=10**18,
                actor_id=long,
                actor=long,
                change_kind=long,
                stance_before=long,
                stance_after=long,
                at=CHANGE.at,
            ),
        )
        * 100,
        stands=Holding(issue_id=long, issue=long, stance=long, since=CHANGE.at),
        sequence=10**18,
    )
    composed = composed_of(worst, label=long, links=Links(change="https://example.org/" + "x" * 1_900))
    assert len(composed.payload.encode()) < 20_000
    data = json.loads(composed.payload)["data"]
    assert data["before"]["cut"] is True and data["before"]["text"].endswith("…")
    assert data["also_left_out"] + len(data["also"]) == 100
    match = replace(MATCH, excerpt=long, item_title=long, publisher=long, query=long)
    assert len(composed_of(match).payload.encode()) < 20_000


def test_same_content_same_bytes() -> None:
    assert composed_of(links=LINKS, label="x") == composed_of(links=LINKS, label="x")
