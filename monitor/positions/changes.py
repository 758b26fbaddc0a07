"""The identity of a change over re-readings: what was told once is not told again because its first sentence moved.

A change is keyed by the statement that triggered it. When that statement falls (the article was revised), or an earlier
one turns up late, the fold names another trigger, though for whoever was told it is the same change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.model.position import ChangeKind, ChangeStatus, FoundChange

_LIVE = (ChangeStatus.CONFIRMED, ChangeStatus.PENDING)


def same_as_recorded(found: Sequence[FoundChange], recorded: Sequence[FoundChange]) -> tuple[FoundChange, ...]:
    """The changes that a fold found, under the identities that they are recorded by.

    A found change that is not recorded takes the trigger of a recorded one that the fold no longer finds, if both lead
    to the same stance and share a statement. Those that stand are taken before those that were dropped or retracted.
    """
    keys = {change.key for change in found}
    gone = sorted((r for r in recorded if r.key not in keys), key=lambda r: (r.status not in _LIVE, r.at, r.trigger))
    known = {r.key for r in recorded}
    named: list[FoundChange] = []
    for change in found:
        earlier = None if change.key in known else next((r for r in gone if _same(change, r)), None)
        if earlier is not None:
            gone.remove(earlier)
        named.append(change if earlier is None else replace(change, trigger=earlier.trigger))
    return tuple(named)


def _same(found: FoundChange, recorded: FoundChange) -> bool:
    return (
        found.after == recorded.after
        and (found.kind is ChangeKind.SPLIT) == (recorded.kind is ChangeKind.SPLIT)
        and not set(found.support).isdisjoint(recorded.support)
    )
