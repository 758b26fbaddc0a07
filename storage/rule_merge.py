"""What differs between two versions of a rule, and three-way merging of an operator's edit with a pack's. Pure.

Lists (aliases, about lines, examples, …) are merged entry by entry, other fields whole.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storage.rule_bodies import Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How one field changed: entries that went and came; a field that is no list has at most one of each."""

    field: str
    removed: tuple[Any, ...] = ()
    added: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleConflict:
    """A field that both sides changed, each otherwise: what it was, what the operator and what the pack made of it.

    The field "disabled" stands for the whole rule, where one side took it away and the other edited it.
    """

    field: str
    base: Any
    operator: Any
    pack: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What a merge came to. With conflicts, `body` holds the operator's side of them."""

    body: Body | None
    conflicts: tuple[RuleConflict, ...] = ()


def differences(before: Body | None, after: Body | None) -> tuple[Difference, ...]:
    """What changed from one version to another; None is a rule that is not there."""
    old, new = before or {}, after or {}
    found = []
    for field in dict.fromkeys((*old, *new)):
        removed, added = _entries(old.get(field)), _entries(new.get(field))
        gone = tuple(entry for entry in removed if entry not in added)
        come = tuple(entry for entry in added if entry not in removed)
        if gone or come:
            found.append(Difference(field=field, removed=gone, added=come))
    return tuple(found)


def merge(base: Body | None, operator: Body | None, pack: Body | None) -> Merged:
    """The operator's version with what the pack changed since `base`."""
    if pack in (base, operator):
        return Merged(body=operator)
    if operator == base:
        return Merged(body=pack)
    if operator is None:
        return Merged(body=None)  # switched off: what is in it matters to nobody
    if pack is None:
        return Merged(
            body=operator, conflicts=(RuleConflict(field="disabled", base=base, operator=operator, pack=None),)
        )
    body: Body = {}
    conflicts: list[RuleConflict] = []
    was = base or {}
    for field in dict.fromkeys((*operator, *pack)):
        values = was.get(field), operator.get(field), pack.get(field)
        if any(isinstance(value, list) for value in values):
            merged: Any = _merged_entries(*(value or [] for value in values))
            if merged or field in operator:
                body[field] = merged
            continue
        old, mine, theirs = values
        body[field] = theirs if mine == old else mine
        if old != mine != theirs != old:
            conflicts.append(RuleConflict(field=field, base=old, operator=mine, pack=theirs))
    return Merged(body=body, conflicts=tuple(conflicts))


def _entries(value: Any) -> Sequence[Any]:
    if isinstance(value, list):
        return value
    return () if value is None else (value,)


def _merged_entries(base: list[Any], operator: list[Any], pack: list[Any]) -> list[Any]:
    """The operator's entries without those that the pack took away, then those that the pack added."""
    known, mine, theirs = ({_key(entry) for entry in entries} for entries in (base, operator, pack))
    kept = [entry for entry in operator if _key(entry) in theirs or _key(entry) not in known]
    return [*kept, *(entry for entry in pack if _key(entry) not in known and _key(entry) not in mine)]


def _key(entry: Any) -> str:
    return json.dumps(entry, sort_keys=True)
