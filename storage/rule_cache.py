"""The rules in force as values, kept from one reading transaction to the next while nothing was saved.

Every page names actors and issues; to make some two hundred rules from their rows takes longer than the page itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Pool
from sqlmodel import Session, func, select

from rules.model import RuleSet
from storage.tables import RuleRow

Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: Stamp
    rules: RuleSet


# Under the connections' pool: there is one to each opened database, and it goes with it.
_kept: WeakKeyDictionary[Pool, _Kept] = WeakKeyDictionary()


def current_rules(session: Session, load: Callable[[], RuleSet]) -> RuleSet:
    """The rules in force, by `load` where they were saved since the last look.

    Only reading transactions keep what they see: one that writes may see versions that are never committed.
    """
    connection = session.connection()
    if not connection.get_execution_options().get("volteface_reading"):
        return load()
    pool, stamp = connection.engine.pool, _stamp(session)
    kept = _kept.get(pool)
    if kept is None or kept.stamp != stamp:
        kept = _kept[pool] = _Kept(stamp, load())
    return kept.rules


def _stamp(session: Session) -> Stamp:
    """What differs after every save: a rule that is written gets a higher version, and no row ever goes."""
    rows, versions = session.exec(select(func.count(), func.sum(RuleRow.version))).one()
    return int(rows), int(versions or 0)
