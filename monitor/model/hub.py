"""Hubs that push a feed's news (W3C WebSub, https://www.w3.org/TR/websub/): what was agreed with one, and what came."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class HubState(StrEnum):
    """WANTED: found, never asked. ASKED: it is to verify that we meant it. VERIFIED: it pushes, while the lease runs.

    DENIED: the hub does not want to. LAPSED: the lease ran out before it was renewed. LEAVING: to be given up.
    """

    WANTED = "wanted"
    ASKED = "asked"
    VERIFIED = "verified"
    DENIED = "denied"
    LAPSED = "lapsed"
    LEAVING = "leaving"


class HubMode(StrEnum):
    """What is asked of a hub."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSubscription:
    """What stands between us and a hub for one feed; without a feed it is being given up.

    `topic` is the feed's address as the hub knows it, `hub` the one that is asked of the `hubs` that the feed names.
    `pending` is what was asked at `asked_at` and not verified yet, `attempts` how often in a row it was asked, `base`
    the public address that the hub was told. `live_until` is when the lease ends, `lease_s` how long it was in seconds,
    `verified_at` since when the hub has pushed without a gap. `pushes` came, the last at `last_push_at`, the last with
    news at `last_news_at`; `discarded` more had no valid signature or could not be used. `missed` counts the polls in a
    row that found news which had not been pushed. `secret` signs what is pushed, and is never shown.
    """

    id: int
    feed_id: int | None
    topic: str
    hub: str
    hubs: tuple[str, ...]
    state: HubState
    secret: str = field(repr=False)
    base: str | None = None
    pending: HubMode | None = None
    asked_at: datetime | None = None
    attempts: int = 0
    next_attempt_at: datetime
    last_error: str | None = None
    lease_s: int | None = None
    live_until: datetime | None = None
    verified_at: datetime | None = None
    last_push_at: datetime | None = None
    last_news_at: datetime | None = None
    pushes: int = 0
    discarded: int = 0
    missed: int = 0

    @property
    def token(self) -> str:
        """What names the subscription in its callback: 256 bits that nobody can guess, the same for all renewals."""
        return callback_token(self.secret)

    def live(self, now: datetime) -> bool:
        """Whether the hub has agreed to push at this moment."""
        return self.state is HubState.VERIFIED and self.live_until is not None and now < self.live_until


def callback_token(secret: str) -> str:
    """The token that belongs to a secret, and tells nothing of it."""
    digest = hmac.digest(secret.encode("ascii"), b"volteface websub callback", hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A document that a hub pushed, as it came: stored, and not read yet. `attempts` counts this reading of it, too.

    `lease` names the claim.
    """

    id: int
    subscription_id: int
    feed_id: int
    topic: str
    received_at: datetime
    body: bytes = field(repr=False)
    content_type: str | None
    attempts: int
    lease: str = field(repr=False)
