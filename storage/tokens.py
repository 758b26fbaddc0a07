"""Addresses in mails that act for a subscriber. Of a token only the hash is stored."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, or_, update
from sqlmodel import col, func, select

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
        (token,) = self.mint_all([(purpose, subscription_id, expires_at)], now)
        return token

    def mint_all(self, wanted: Sequence[tuple[TokenPurpose, int, datetime | None]], now: datetime) -> list[str]:
        """A new token for each purpose, subscription and end, in one statement however many they are."""
        tokens = [secrets.token_urlsafe(RANDOM_BYTES) for _ in wanted]
        rows = [
            {
                "hash": _hash(token),
                "purpose": purpose.value,
                "subscription_id": subscription_id,
                "created_at": now,
                "expires_at": expires_at,
            }
            for token, (purpose, subscription_id, expires_at) in zip(tokens, wanted, strict=True)
        ]
        self._insert("token", rows)
        return tokens

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

    def active(self, subscription_id: int, purpose: TokenPurpose, now: datetime) -> int:
        """How many tokens of the subscription may be used for this purpose."""
        query = select(func.count()).where(
            TokenRow.subscription_id == subscription_id,
            TokenRow.purpose == purpose.value,
            col(TokenRow.revoked_at).is_(None),
            or_(col(TokenRow.expires_at).is_(None), col(TokenRow.expires_at) > now),
        )
        return self._session.exec(query).one()

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
