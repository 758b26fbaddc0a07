"""Mails about an account itself: what they are for, and the links in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class LetterPurpose(StrEnum):
    """What a mail about an account is for.

    SIGN_UP holds the link that makes an account. KNOWN answers an attempt to make one where there is one already.
    PASSWORD holds the link to a new password, ADDRESS the one that adds an address to an account. CHANGED tells that
    the password was changed; it holds no link. INVITED goes to whom an operator made an account for.
    """

    SIGN_UP = "sign-up"
    KNOWN = "known"
    PASSWORD = "password"  # noqa: S105 - it is a purpose
    ADDRESS = "address"
    CHANGED = "changed"
    INVITED = "invited"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedLetter:
    """A mail that this worker has leased and must now send. `attempt` counts from 1."""

    id: int
    purpose: LetterPurpose
    target: str = field(repr=False)
    account_id: int | None
    attempt: int
    created_at: datetime
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLink:
    """What a link from such a mail opens: whoever has it reads the mail of `target`."""

    purpose: LetterPurpose
    target: str = field(repr=False)
    account_id: int | None
