"""What is forgotten in time: items that nothing rests on, events that all have heard, tokens that expired."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.engine import Database

COUNTED_FOR = timedelta(days=2)
"""How long failed attempts to sign in, and mails about accounts, are kept: what is counted is counted within a day."""


LAST_RUN_KEY = "retention.last"
"""The meta key under which the worker writes when it last ran, and how many items and events were forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """How much was forgotten."""

    items: int
    events: int
    tokens: int = 0


def prune(
    database: Database, items_before: datetime, events_before: datetime, tokens_before: datetime | None = None
) -> Pruned:
    """Forgets items published, and last seen, before one moment and events dispatched before another.

    An item stays while a change or a position cites a statement from it (as what was said before or after, or in
    support), while one of its live statements feeds a fold, while an alert tells of it, and while it waits to be
    processed. What a change cites is never forgotten. Answers of models given before `items_before` go as well,
    and with `tokens_before` the tokens and sessions that expired before then, with what was counted against guessing
    and flooding until two days earlier.
    """
    forgotten, after = 0, 0
    while True:
        with database.work() as work:
            batch = work.retention.old_items(items_before, after)
            forgotten += work.retention.forget(batch)
        if not batch:
            break
        after = batch[-1]
    with database.work() as work:
        work.answers.forget_before(items_before)
        tokens = work.tokens.forget_expired(tokens_before) if tokens_before else 0
        if tokens_before:
            work.accounts.forget(tokens_before, tokens_before - COUNTED_FOR)
            work.account_letters.forget(tokens_before - COUNTED_FOR)
        return Pruned(items=forgotten, events=work.events.prune(events_before), tokens=tokens)
