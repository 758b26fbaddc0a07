"""Short ways to the values that the tests store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.model.alert import AlertKind, AttemptResult, ChannelName, ClaimedDelivery, Filter, Message, NewAlert
from monitor.model.item import Item, NewItem
from monitor.model.position import ChangeKind, ChangeStatus, Fold, FoundChange, FoundPosition
from monitor.model.statement import Evidence, ReadStatement, Stance
from storage.work import Work

NOW = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
WELL = AttemptResult(ok=True, status=204, answer="thanks")
ILL = AttemptResult(ok=False, status=503, error="the server answered 503", answer="x" * 5_000)


def new_item(identity: str = "a", **changes: Any) -> NewItem:
    plain = NewItem(
        feed_id=None,
        identity=identity,
        url=f"https://news.example/{identity}",
        title="Minister speaks",
        text="We will not send troops, the minister said.",
        published_at=NOW,
        seen_at=NOW,
        lang="en",
        publisher="news.example",
        content_hash="hash",
    )
    return replace(plain, **changes)


def statement(item: Item, holder: str = "minister", issue: str = "troops", **changes: Any) -> ReadStatement:
    start = item.text.index("not send troops") if "not send troops" in item.text else 0
    words = item.text[start : start + len("not send troops")]
    plain = ReadStatement(
        holder=holder,
        issue=issue,
        stance=Stance.OPPOSES,
        evidence=Evidence("text", start, start + len(words), words),
        confidence=0.8,
        said_at=NOW,
        speaker="the minister",
        quoted=True,
        why="quoted",
    )
    return replace(plain, **changes)


def read(work: Work, item: Item, *statements: ReadStatement) -> set[tuple[str, str]]:
    return work.statements.replace_reading(item, "plain", "1", "set", statements, NOW)


def stored_statement(work: Work, identity: str = "a", **changes: Any) -> int:
    """An item with one statement; gives the statement's id."""
    item = work.items.add(new_item(identity), None)
    read(work, item, statement(item, **changes))
    (found,) = work.statements.for_item(item.id)
    return found.id


def change(after_statement: int, **changes: Any) -> FoundChange:
    plain = FoundChange(
        actor="minister",
        issue="troops",
        kind=ChangeKind.REVERSED,
        before=Stance.SUPPORTS,
        after=Stance.OPPOSES,
        status=ChangeStatus.PENDING,
        trigger="f" * 32,
        at=NOW,
        confirmed_at=None,
        posterior=0.7,
        before_statement=None,
        after_statement=after_statement,
        support=(after_statement,),
    )
    return replace(plain, **changes)


def fold(*changes: FoundChange, **position: Any) -> Fold:
    plain = FoundPosition(
        actor="minister",
        issue="troops",
        stance=Stance.OPPOSES,
        posterior={Stance.OPPOSES: 0.9},
        since=NOW,
        statements=1,
    )
    return Fold(position=replace(plain, **position), changes=changes)


def subscribe(work: Work, name: str = "Ada", **wanted: Any) -> int:
    return work.subscriptions.add(
        name, ChannelName.WEBHOOK, "https://hook.example/x", Filter(**wanted), "whsec_secret", NOW
    ).id


def message(**changes: Any) -> Message:
    plain = Message(
        content={"said": "…"},
        subject="subject",
        text="text",
        html="<p>html</p>",
        payload='{"a": 1}',
        actor="minister",
        issue="troops",
        sequence=0,
    )
    return replace(plain, **changes)


def alert(work: Work, subscription: int, dedup: str, **changes: Any) -> str:
    """An alert with its delivery, or held back; gives the alert's id."""
    values: dict[str, Any] = {"kind": AlertKind.CHANGE, "change_id": None, "item_id": None, "now": NOW, "hold": None}
    values |= {"actor": "minister", "issue": "troops"} | changes
    about = {"actor": values["actor"], "issue": values["issue"]}
    told = NewAlert(subscription=work.subscriptions.get(subscription), dedup=dedup, hold=values["hold"], fold=True)
    (key,) = work.alerts.add(
        message(**about, sequence=work.alerts.next_sequence(**about)),
        work.alerts.untold([told]),
        values["kind"],
        values["now"],
        change_id=values["change_id"],
        item_id=values["item_id"],
    )
    return key


def claim(work: Work, limit: int = 9) -> list[ClaimedDelivery]:
    return work.alerts.claim_due(NOW, limit, MINUTE)


def recorded_change(work: Work) -> int:
    said = stored_statement(work)
    return work.positions.save_fold(fold(change(said)), NOW)[0].change.id
