"""Addresses in mails that act for a subscriber. Of a token only the hash is stored."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, or_, update
from sqlmodel import col, select

from storage.repository import Repository
from storage.tables import TokenRow

RANDOM_BYTES = 16
"""128 bits: not to be guessed, whatever the rate."""


class TokenPurpose(StrEnum):
    """What a token may do.

    CONFIRM says that the owner of an address wants mail. MANAGE shows and changes the settings of one subscription and
    ends it. FEED reads its changes as Atom or JSON.
    """

    CONFIRM = "confirm"
    MANAGE = "manage"
    FEED = "feed"


class Tokens(Repository):
    """The tokens. Whoever holds one may do what it is for; nobody can read one out of the database."""

    def mint(self, purpose: TokenPurpose, subscription_id: int, now: datetime, expires_at: datetime | None) -> str:
        """A new token, which is nowhere else from now on."""
        token = secrets.token_urlsafe(RANDOM_BYTES)
        row = {
            "hash": _hash(token),
            "purpose": purpose.value,
            "subscription_id": subscription_id,
            "created_at": now,
            "expires_at": expires_at,
        }
        self._insert("token", [row])
        return token

    def subscription(self, token: str, purpose: TokenPurpose, now: datetime) -> int | None:
        """Whose token it is; None for one that is unknown, of another purpose, expired or revoked."""
        query = select(TokenRow.subscription_id).where(
            TokenRow.hash == _hash(token),
            TokenRow.purpose == purpose.value,
            col(TokenRow.revoked_at).is_(None),
            or_(col(TokenRow.expires_at).is_(None), col(TokenRow.expires_at) > now),
        )
        return self._session.exec(query).first()

    def use(self, token: str, now: datetime) -> None:
        """Notes that the token was used."""
        self._session.exec(update(TokenRow).where(col(TokenRow.hash) == _hash(token)).values(used_at=now))

    def revoke(self, subscription_id: int, purpose: TokenPurpose, now: datetime) -> int:
        """Ends all tokens of the subscription for this purpose; gives how many."""
        which = (
            col(TokenRow.subscription_id) == subscription_id,
            col(TokenRow.purpose) == purpose.value,
            col(TokenRow.revoked_at).is_(None),
        )
        return self._session.exec(update(TokenRow).where(*which).values(revoked_at=now)).rowcount

    def forget_expired(self, before: datetime) -> int:
        """Forgets tokens that expired before; gives how many."""
        return self._session.exec(delete(TokenRow).where(col(TokenRow.expires_at) < before)).rowcount


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
