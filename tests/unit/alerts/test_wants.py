"""Who wants to know, and the reason given when not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from monitor.alerts.wants import reason_against, reason_against_match
from monitor.model.position import ChangeKind, ChangeStatus
from rules.model import ActorKind, Office
from tests.unit.alerts.contents import STARMER, change, subscription

KINDS = frozenset({ChangeKind.REVERSED, ChangeKind.FIRST})
FORMER = replace(STARMER, offices=(Office("Minister", since=date(2020, 1, 1), until=date(2025, 2, 23)),))


@pytest.mark.parametrize(
    ("found", "wanted", "reason"),
    [
        ({}, {}, None),
        ({}, {"actors": frozenset({"keir-starmer"})}, None),
        ({}, {"actors": frozenset({"b", "a"})}, "filtered by actor: keir-starmer is not among a, b"),
        (
            {},
            {"actors": frozenset("abcdefg")},
            "filtered by actor: keir-starmer is not among a, b, c, d, e and 2 more",
        ),
        ({}, {"issues": frozenset({"european-troops"})}, None),
        ({}, {"issues": frozenset({"nato"})}, "filtered by issue: european-troops is not among nato"),
        ({}, {"kinds": frozenset({ChangeKind.SOFTENED})}, None),
        ({}, {"kinds": KINDS}, "filtered by kind: softened is not among first, reversed"),
        ({"posterior": 0.95}, {"least_confidence": 0.95}, None),
        ({"posterior": 0.91}, {"least_confidence": 0.95}, "below confidence: 0.91 < 0.95"),
        ({"posterior": 0.9499}, {"least_confidence": 0.95}, "below confidence: 0.9499 < 0.9500"),
        (
            {"status": ChangeStatus.PENDING},
            {},
            "pending, and the subscription asks for confirmed changes only",
        ),
        ({"status": ChangeStatus.PENDING}, {"pending": True}, None),
        (
            {"status": ChangeStatus.PENDING, "posterior": 0.6},
            {"pending": True, "least_confidence": 0.8},
            "below confidence: 0.60 < 0.80",
        ),
        ({"silent": True}, {"pending": True}, "silent: baseline of a new feed, rule or installation"),
        ({"status": ChangeStatus.DROPPED}, {"pending": True}, "dropped: contradicted before it was confirmed"),
        (
            {"status": ChangeStatus.RETRACTED},
            {"pending": True},
            "retracted: no longer follows from what is on record",
        ),
    ],
)
def test_the_reason_against(found: dict[str, Any], wanted: dict[str, Any], reason: str | None) -> None:
    assert reason_against(change(**found), STARMER, subscription(**wanted)) == reason


@pytest.mark.parametrize(
    ("actor", "reason"),
    [
        (STARMER, None),
        (replace(STARMER, kind=ActorKind.COMMENTATOR), "commentators not wanted: Keir Starmer is one"),
        (FORMER, "commentators not wanted: Keir Starmer held no office on 2025-02-24"),
        (replace(STARMER, offices=()), "commentators not wanted: Keir Starmer held no office on 2025-02-24"),
        (replace(STARMER, kind=ActorKind.STATE, offices=()), None),
        (replace(STARMER, kind=ActorKind.INSTITUTION, offices=()), None),
        (replace(STARMER, kind=ActorKind.GROUP, offices=()), None),
        (None, None),
    ],
)
def test_officials_only(actor: Any, reason: str | None) -> None:
    assert reason_against(change(), actor, subscription(commentators=False)) == reason
    assert reason_against(change(), actor, subscription()) is None


def test_a_disabled_subscription_wants_nothing_and_says_since_when_and_why() -> None:
    gone = subscription(disabled_at=datetime(2025, 2, 1, tzinfo=UTC), disabled_why="answered 410")
    assert reason_against(change(), STARMER, gone) == "subscription disabled since 2025-02-01: answered 410"
    assert reason_against_match(gone) == "subscription disabled since 2025-02-01: answered 410"


def test_matches_go_to_those_who_did_not_ask_for_something_else() -> None:
    assert reason_against_match(subscription(least_confidence=0.99, commentators=False)) is None
    assert (
        reason_against_match(subscription(actors=frozenset("a"), kinds=KINDS))
        == "a match, and the subscription asks for certain actors and kinds only"
    )
