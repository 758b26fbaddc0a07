"""What somebody held when, and when they spoke: the light values that pictures are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model.statement import Stance


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """From `since` on an actor holds `stance` on an issue; None: they withdrew what they held.

    `probability` is the filter's when the change was confirmed, or, where `pending`, as far as it has come.
    `change` is the row of the change, `statement` that of the statement that spoke for it first.
    """

    actor: str
    issue: str
    stance: Stance | None
    since: datetime
    probability: float
    change: int
    statement: int
    pending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A statement without its words, as operators left it: who took which stance on what, and when."""

    id: int
    holder: str
    issue: str
    stance: Stance
    said_at: datetime
    withdraws: bool = False
    claimed_by: str | None = None
