"""What a page may say about the request that it answers, without every view having to hand it on."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from monitor.model.account import Account


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in. `csrf` is in every form that is shown to them, and no other page can know it."""

    account: Account
    csrf: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, None for whoever is not signed in, and for which path."""

    visitor: Visitor | None = None
    path: str = ""


ASKED: ContextVar[Asked] = ContextVar("asked", default=Asked())  # noqa: B039 - frozen
"""Set by the gate for as long as it answers one request."""
