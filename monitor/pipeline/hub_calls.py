"""What hubs say to us: challenges are answered for what we asked, pushes are kept before they are acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.events import Subject
from monitor.feeds.decoding import BodyDecoder, UndecodableBody
from monitor.feeds.hub_client import reason_shown
from monitor.feeds.hub_links import topics_pushed
from monitor.feeds.hub_terms import DENIED_WAIT, granted_lease_s, renew_after_s, signature_holds
from monitor.model.hub import HubMode, HubState, HubSubscription
from monitor.pipeline.hubs import TRIES_OF_ONE, has_another
from storage.work import Work

LONGEST_CHALLENGE = 2_048
MOST_WAITING = 20
"""Pushes of one feed that may wait to be read; a hub that is quicker comes again later."""

PENDING = timedelta(days=1)
"""For how long a hub may take to verify what it was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a hub says by the parameters `hub.*` of its GET; None for those that are missing."""

    mode: str | None
    topic: str | None
    challenge: str | None = None
    lease: str | None = None
    reason: str | None = None


def answer_to(work: Work, token: str, said: Said, now: datetime, jitter: float) -> str | None:
    """What a hub is answered; None where nothing of this kind was asked of it.

    A challenge is answered once, for the very topic and purpose that are pending (WebSub, 5.3). A denial is taken from
    whoever knows the callback at any time (5.2), and answered with nothing.
    """
    subscription = work.hubs.by_token(token)
    if subscription is None or said.topic != subscription.topic:
        return None
    if said.mode == "denied":
        return _denied(work, subscription, said.reason or "", now)
    challenge, asked_at = said.challenge, subscription.asked_at
    if not challenge or len(challenge) > LONGEST_CHALLENGE or asked_at is None or now - asked_at > PENDING:
        return None
    if subscription.pending is None or said.mode != subscription.pending.value:
        return None
    if subscription.pending is HubMode.UNSUBSCRIBE:
        work.hubs.forget(subscription.id)
        return challenge
    lease_s = granted_lease_s(said.lease)
    if lease_s is None:
        return None
    renew_at = now + timedelta(seconds=renew_after_s(lease_s, jitter))
    work.hubs.verified(subscription.id, lease_s, renew_at, now)
    return challenge


def _denied(work: Work, subscription: HubSubscription, reason: str, now: datetime) -> str | None:
    if subscription.state is HubState.LEAVING:
        work.hubs.forget(subscription.id)
        return ""
    why = f"The hub denied it: {reason_shown(reason)}." if reason.strip() else "The hub denied it without a reason."
    if has_another(subscription):
        work.hubs.pass_over(subscription.id, why, TRIES_OF_ONE, now)
    else:
        work.hubs.denied(subscription.id, why, now + DENIED_WAIT, now)
    return ""


class Taken(StrEnum):
    """What became of a push. DISCARDED is acknowledged like STORED: whoever forges is not told. GONE: not wanted any
    more. BUSY: later."""

    STORED = "stored"
    DISCARDED = "discarded"
    GONE = "gone"
    BUSY = "busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """A push as it came over the wire: the body still in its Content-Encoding, and the headers that matter."""

    body: bytes = field(repr=False)
    content_type: str | None = None
    encoding: str = ""
    signature: str | None = field(default=None, repr=False)
    links: Sequence[str] = ()


def take(work: Work, token: str, pushed: Pushed, largest: int, now: datetime) -> Taken:
    """Stores a push, durably once the transaction ends, and tells the worker of it.

    Only what is signed with our secret is stored (WebSub, chapter 8). What is signed and of no use (of another topic,
    too large, not to be decoded) still says that there is news: the feed is due to be polled. `largest` is in bytes.
    """
    subscription = work.hubs.by_token(token)
    if subscription is None or subscription.state is HubState.LEAVING or subscription.feed_id is None:
        return Taken.GONE
    if not signature_holds(pushed.signature, subscription.secret, pushed.body):
        work.hubs.discard(subscription.id, "What was pushed had no valid signature.", now, poll=False)
        return Taken.DISCARDED
    topics = topics_pushed(pushed.links)
    why = None
    if topics and subscription.topic not in topics:
        why = "What was pushed was of another topic."
    else:
        try:
            body = _decoded(pushed, largest)
        except UndecodableBody as error:
            why = f"What was pushed cannot be decoded: {error}."
    if why is not None:
        work.hubs.discard(subscription.id, why, now, poll=True)
        return Taken.DISCARDED
    if work.hubs.waiting_pushes(subscription.id) >= MOST_WAITING:
        return Taken.BUSY
    work.pushes.add(subscription.id, body, pushed.content_type, now)
    work.events.add(Subject.FEED_PUSHED, {"feed": subscription.feed_id}, now)
    return Taken.STORED


def refuse_as_too_large(work: Work, token: str, now: datetime) -> None:
    """A push that was not read to its end; the feed is due to be polled."""
    subscription = work.hubs.by_token(token)
    if subscription is not None:
        work.hubs.discard(subscription.id, "What was pushed was too large.", now, poll=True)


def _decoded(pushed: Pushed, largest: int) -> bytes:
    decoder = BodyDecoder(pushed.encoding)
    body = bytearray()
    for piece in decoder.feed(pushed.body):
        body += piece
        if len(body) > largest:
            raise UndecodableBody(f"it is larger than {largest / (1024 * 1024):.0f} MiB")
    decoder.finish()
    return bytes(body)
