"""Alerts, changes and subscriptions to work with. All wording is invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from monitor.model.alert import (
    AlertContent,
    AlertKind,
    ChannelName,
    Filter,
    Holding,
    MatchContent,
    Movement,
    Quote,
    Subscription,
)
from monitor.model.position import Change, ChangeKind, ChangeStatus, FoundChange
from monitor.model.statement import Stance
from rules.model import ActorKind, ActorRule, Office

MADE_AT = datetime(2025, 2, 24, 15, 0, tzinfo=UTC)

BEFORE = Quote(
    text="I am ready to put our own people on the ground if it is needed.",
    stance="supports",
    holder="Keir Starmer",
    said_at=datetime(2025, 2, 17, tzinfo=UTC),
    publisher="Example Times",
    title="Starmer ready to send troops",
    url="https://times.example/starmer?a=1&b=2",
    direct=True,
)

AFTER = replace(
    BEFORE,
    text="Without an American guarantee, nobody will go.",
    stance="conditional",
    said_at=datetime(2025, 2, 24, 14, 5, tzinfo=UTC),
    publisher="Example Wire",
    title="Starmer asks for guarantee first",
    url="https://wire.example/2",
)

CHANGE = AlertContent(
    kind=AlertKind.CHANGE,
    change_id=3,
    change_key="ab" * 16,
    actor_id="keir-starmer",
    actor="Keir Starmer",
    actor_short="Starmer",
    issue_id="european-troops",
    issue="European troops in Ukraine",
    proposition="European troops are sent to Ukraine to secure a ceasefire.",
    change_kind="softened",
    status="confirmed",
    stance_before="supports",
    stance_after="conditional",
    at=datetime(2025, 2, 24, 14, 5, tzinfo=UTC),
    confidence=0.9731,
    before=BEFORE,
    after=AFTER,
    also=(
        replace(
            AFTER, publisher="Example Post", direct=False, claimed_by="Downing Street", url="https://post.example/9"
        ),
    ),
    moves=("United Kingdom",),
    sequence=2,
)

AROUND = replace(
    CHANGE,
    holds=(
        Holding(
            issue_id="military-aid",
            issue="Military aid to Ukraine",
            stance="supports",
            since=datetime(2025, 2, 20, tzinfo=UTC),
        ),
        Holding(issue_id="arms", issue="Arms production", stance="opposes"),
    ),
    moved=(
        Movement(
            change_id=8,
            actor_id="emmanuel-macron",
            actor="Emmanuel Macron",
            change_kind="hardened",
            stance_before="conditional",
            stance_after="supports",
            at=datetime(2025, 2, 21, 9, tzinfo=UTC),
        ),
        Movement(
            change_id=9,
            actor_id="friedrich-merz",
            actor="Friedrich Merz",
            change_kind="first",
            stance_before=None,
            stance_after="conditional",
            at=datetime(2025, 2, 11, tzinfo=UTC),
        ),
    ),
)
"""The change, with what else its actor holds and who else moved."""

MATCH = MatchContent(
    query_id="nord-stream",
    query="Nord Stream",
    item_title="Pipeline talks resume",
    excerpt="… officials said that Nord Stream was on the table …",
    publisher="Example Times",
    url="https://times.example/pipeline",
    published_at=datetime(2025, 3, 2, 8, tzinfo=UTC),
)

STARMER = ActorRule(
    id="keir-starmer",
    name="Keir Starmer",
    kind=ActorKind.PERSON,
    member_of="united-kingdom",
    offices=(Office("Prime Minister", since=date(2024, 7, 5)),),
)


def change(**different: Any) -> Change:
    """A confirmed change with posterior 0.97 on 24 February 2025."""
    found = FoundChange(
        actor="keir-starmer",
        issue="european-troops",
        kind=ChangeKind.SOFTENED,
        before=Stance.SUPPORTS,
        after=Stance.CONDITIONAL,
        status=ChangeStatus.CONFIRMED,
        trigger="f" * 32,
        at=datetime(2025, 2, 24, 14, 5, tzinfo=UTC),
        confirmed_at=MADE_AT,
        posterior=0.97,
        before_statement=1,
        after_statement=2,
    )
    return Change(id=3, key=found.key, found=replace(found, **different), recorded_at=MADE_AT)


def subscription(disabled_at: datetime | None = None, disabled_why: str | None = None, **wanted: Any) -> Subscription:
    """A subscription that wants all, but for what is said otherwise."""
    return Subscription(
        id=1,
        subscriber="reader",
        channel=ChannelName.LOG,
        target="ops",
        filter=Filter(**wanted),
        created_at=datetime(2025, 1, 1, tzinfo=UTC),
        disabled_at=disabled_at,
        disabled_why=disabled_why,
    )
