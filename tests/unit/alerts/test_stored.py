"""What an alert says comes back from its row as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.alerts.stored import content_from
from monitor.model.alert import AlertContent, AlertKind, Holding, MatchContent, Movement
from monitor.pipeline.tell import as_json
from tests.unit.alerts.contents import AFTER, CHANGE, MATCH

AT = datetime(2025, 2, 3, tzinfo=UTC)
HELD = Holding(issue_id="i", issue="I", stance="opposes", since=AT)
MOVED = Movement(
    change_id=9, actor_id="a", actor="A", change_kind="first", stance_before=None, stance_after="opposes", at=AT
)


@pytest.mark.parametrize(
    "content",
    [
        CHANGE,
        replace(CHANGE, before=None, also=(), moves=(), stance_before=None, sequence=None),
        replace(CHANGE, holds=(HELD, replace(HELD, since=None)), moved=(MOVED,), after=replace(AFTER, lang="de")),
        replace(CHANGE, kind=AlertKind.CORRECTION, stands=HELD, reason="revised"),
        MATCH,
    ],
)
def test_contents_come_back_as_they_were(content: AlertContent | MatchContent) -> None:
    kind = AlertKind.MATCH if isinstance(content, MatchContent) else content.kind
    assert content_from(kind, as_json(content)) == content


def test_rows_of_an_older_version_lack_what_came_later_and_one_of_a_newer_has_more() -> None:
    plain = as_json(CHANGE)
    for name in ("holds", "moved", "stands", "sequence"):
        del plain[name]
    for quote in (plain["before"], plain["after"], *plain["also"]):
        del quote["lang"]
    assert content_from(AlertKind.CHANGE, plain | {"tone": "grave"}) == replace(CHANGE, sequence=None)


@pytest.mark.parametrize("kind", [AlertKind.ALARM, AlertKind.NOTICE, AlertKind.DIGEST])
def test_an_alert_that_is_about_no_change_is_not_taken_for_one(kind: AlertKind) -> None:
    with pytest.raises(ValueError, match="not about a change or a match"):
        content_from(kind, {})
