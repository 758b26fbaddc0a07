"""People who sign in, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """An operator edits what is watched; a subscriber sees and changes what they themselves are told."""

    SUBSCRIBER = "subscriber"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who can sign in. `name` is what they type: a mail address, or any name.

    `signed_in_at` is when they last did, None if never.
    """

    id: int
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None = None
    signed_in_at: datetime | None = None
