"""Rules in the database: it is the truth; packs are laid into it, and every save is a new version."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import col, select

from rules.model import ActorRule, AnyRule, IssueRule, QueryRule, RuleKind, RuleSet
from storage.errors import NotFound
from storage.rule_bodies import Body, all_rules, from_body, kind_of, set_version, to_body
from storage.rule_cache import current_rules
from storage.rule_merge import RuleConflict, merge
from storage.rule_rows import OPERATOR, Key
from storage.rule_shelf import RuleShelf, version_of
from storage.tables import RuleRow, RuleSetRow, RuleVersionRow
from storage.types import storable_json
from storage.values import RuleVersion

SEED = "seed"


class Rules(RuleShelf):
    """The rules. A rule belongs to its origin: the seed pack, an operator's pack (its path), or the operator.

    The seed gives way to a pack and both to the operator, so that importing the same packs in the same order at each
    start makes nothing new.
    """

    def import_rules(self, rules: RuleSet, origin: str, who: str, why: str, now: datetime) -> str:
        """Lays the rules of one origin into the database and gives the version of the set that is then in force.

        What differs from what the origin gave before becomes a new version, unless the rule belongs to somebody with
        more say. What the origin no longer has is disabled, or falls back to what another origin says of it. Where an
        operator edited a rule that the origin now gives anew, both edits are merged; what they changed each otherwise
        stays as the operator has it, and is one of `conflicts`.
        """
        self._lock("rules")
        stored = self._stored()
        given: dict[Key, Body] = {}
        for rule in all_rules(rules):
            given[kind_of(rule).value, rule.id] = storable_json(to_body(rule))
        for key, body in given.items():
            row = stored.get(key)
            if row is not None and row.origin == OPERATOR:
                self._merge_anew(row, key, body, origin, who, why, now)
            elif self._wants(row, key, origin, body):
                self._write(row, key, body, origin, who, why, now)
        for key, row in stored.items():
            if key in given:
                continue
            if row.origin == OPERATOR:
                self._merge_anew(row, key, None, origin, who, why, now)
            elif row.origin == origin and not row.disabled:
                fallback = self._fallback(key, origin)
                source = fallback.origin if fallback else origin
                self._write(row, key, fallback.body if fallback else None, source, who, why, now)
        self._session.flush()
        return self._record_set(now)

    def save(
        self,
        rule: AnyRule,
        who: str,
        why: str,
        now: datetime,
        *,
        edited: int | None = None,
        written: str | None = None,
    ) -> str:
        """Saves an operator's version of a rule; gives the version of the set. The same again makes nothing new.

        `edited` is the version that the edit was made from, 0 for none; None does not care. `written` is the rule as
        the operator wrote it. Raises RuleSavedMeanwhile.
        """
        self._lock("rules")
        key = (kind_of(rule).value, rule.id)
        row = self._session.get(RuleRow, key, populate_existing=True)
        self._must_be_at(key, row, edited)
        body = storable_json(to_body(rule))
        if row is None or row.disabled or row.origin != OPERATOR or self._body(row) != body or self._is_behind(row):
            self._write(row, key, body, OPERATOR, who, why, now, written)
        elif written is not None:  # other comments on the same rule
            self._row(RuleVersionRow, (*key, row.version), "rule version").written = written
        return self._record_set(now)

    def remove(
        self, kind: RuleKind, rule_id: str, who: str, why: str, now: datetime, *, edited: int | None = None
    ) -> str:
        """Switches a rule off for good, on the operator's word; gives the version of the set.

        Raises NotFound, and RuleSavedMeanwhile where it is not in the version `edited`.
        """
        self._lock("rules")
        row = self._row(RuleRow, (kind.value, rule_id), f"{kind.value} rule")
        self._must_be_at((kind.value, rule_id), row, edited)
        if not row.disabled or row.origin != OPERATOR:
            self._write(row, (kind.value, rule_id), None, OPERATOR, who, why, now)
        return self._record_set(now)

    def restore(
        self,
        kind: RuleKind,
        rule_id: str,
        version: int,
        who: str,
        why: str,
        now: datetime,
        *,
        edited: int | None = None,
    ) -> str:
        """Puts an earlier version of a rule in force again, as a new one; gives the version of the set.

        Raises NotFound, and RuleSavedMeanwhile where it is not in the version `edited`.
        """
        self._lock("rules")
        row = self._row(RuleRow, (kind.value, rule_id), f"{kind.value} rule")
        self._must_be_at((kind.value, rule_id), row, edited)
        earlier = self._row(RuleVersionRow, (kind.value, rule_id, version), "rule version")
        if row.version != version:
            self._write(row, (kind.value, rule_id), earlier.body, OPERATOR, who, why, now, earlier.written)
        return self._record_set(now)

    def conflicts(self) -> dict[Key, tuple[RuleConflict, ...]]:
        """The rules that both the operator and a pack have edited since they last agreed, field by field.

        A conflict ends when the operator saves the rule, whatever they make of it.
        """
        found: dict[Key, tuple[RuleConflict, ...]] = {}
        for row in self._session.exec(select(RuleRow).where(RuleRow.origin == OPERATOR)):
            key = (row.kind, row.rule_id)
            newer = self._last_by_packs(key)
            if newer is not None and newer.version > row.version:
                merged = merge(self._base(row), self._body(row), newer.body)
                if merged.conflicts:
                    found[key] = merged.conflicts
        return found

    def settle(self, kind: RuleKind, rule_id: str, *, pack: bool, who: str, why: str, now: datetime) -> str:
        """Ends a conflict: the pack's side of what both changed, or the operator's; all else is merged.

        Gives the version of the set. Raises NotFound when the rule is in no conflict.
        """
        self._lock("rules")
        key = (kind.value, rule_id)
        row = self._session.get(RuleRow, key, populate_existing=True)
        newer = self._last_by_packs(key)
        if row is None or row.origin != OPERATOR or newer is None or newer.version < row.version:
            raise NotFound("conflict of the rule", f"{kind.value} {rule_id}")
        merged = merge(self._base(row), self._body(row), newer.body)
        body = merged.body
        if pack:
            body = None if newer.body is None else {**(body or {}), **{c.field: c.pack for c in merged.conflicts}}
        self._write(row, key, body, OPERATOR, who, why, now)
        return self._record_set(now)

    def current(self) -> RuleSet:
        """The rules in force. They are shared: nobody changes the mappings."""
        return current_rules(self._session, self._load_current)

    def _load_current(self) -> RuleSet:
        bodies = [(kind, rule_id, body) for (kind, rule_id), (_, body) in self._in_force().items()]
        return _rule_set(bodies, set_version(bodies))

    def set_at(self, version: str) -> RuleSet:
        """The set that had this version. Raises NotFound."""
        row = self._row(RuleSetRow, version, "rule set")
        bodies: list[tuple[str, str, Body]] = []
        for kind, ids in row.body.items():
            for rule_id, number in ids.items():
                body = self._row(RuleVersionRow, (kind, rule_id, number), "rule version").body
                assert body is not None
                bodies.append((kind, rule_id, body))
        return _rule_set(bodies, version)

    def numbers(self) -> dict[tuple[RuleKind, str], int]:
        """Of each rule, those switched off too, the version that holds."""
        return {(RuleKind(row.kind), row.rule_id): row.version for row in self._stored().values()}

    def origins(self) -> dict[tuple[RuleKind, str], str]:
        """Whose each rule in force is."""
        rows = self._session.exec(select(RuleRow).where(col(RuleRow.disabled).is_(False)))
        return {(RuleKind(row.kind), row.rule_id): row.origin for row in rows}

    def history(self, kind: RuleKind, rule_id: str) -> list[RuleVersion]:
        """Every version of a rule, oldest first. Raises NotFound."""
        query = (
            select(RuleVersionRow)
            .where(RuleVersionRow.kind == kind.value, RuleVersionRow.rule_id == rule_id)
            .order_by(col(RuleVersionRow.version))
        )
        found = [version_of(row) for row in self._session.exec(query)]
        if not found:
            raise NotFound(f"{kind.value} rule", rule_id)
        return found

    def _wants(self, row: RuleRow | None, key: Key, origin: str, body: Body) -> bool:
        """Whether what the origin gives becomes a new version."""
        if row is None:
            return True
        if row.origin == origin or row.disabled:
            return row.disabled or self._body(row) != body
        if _say(row.origin) > _say(origin):
            return False
        # Two packs of equal say: the one that speaks anew is heard, the one that repeats itself is not.
        last = self._last_by(key, origin)
        return last is None or last.body != body

    def _merge_anew(
        self, row: RuleRow, key: Key, body: Body | None, origin: str, who: str, why: str, now: datetime
    ) -> None:
        """Keeps what a pack now says of a rule that the operator edited, and merges it where nothing contradicts."""
        last = self._last_by(key, origin)
        said = last.body if last is not None else None
        if body == said or (last is None and body is None):
            return
        base, mine = self._base(row), self._body(row)
        self._keep(key, body, origin, who, why, now)
        merged = merge(base, mine, body)
        if not merged.conflicts and not self._is_in_conflict_with(base, mine, key):
            self._write(row, key, merged.body, OPERATOR, who, f"merged: {why}", now)

    def _is_in_conflict_with(self, base: Body | None, mine: Body | None, key: Key) -> bool:
        newest = self._last_by_packs(key)
        return newest is not None and bool(merge(base, mine, newest.body).conflicts)

    def _fallback(self, key: Key, origin: str) -> RuleVersionRow | None:
        """What the origin with the most say among the others last said of the rule, if it did not take it back."""
        query = (
            select(RuleVersionRow)
            .where(RuleVersionRow.kind == key[0], RuleVersionRow.rule_id == key[1], RuleVersionRow.origin != origin)
            .order_by(col(RuleVersionRow.version))
        )
        last = {row.origin: row for row in self._session.exec(query)}
        standing = [row for row in last.values() if row.body is not None]
        return max(standing, key=lambda row: (_say(row.origin), row.version), default=None)


def _say(origin: str) -> int:
    return {SEED: 0, OPERATOR: 2}.get(origin, 1)


def _rule_set(bodies: Iterable[tuple[str, str, Body]], version: str) -> RuleSet:
    actors: dict[str, ActorRule] = {}
    issues: dict[str, IssueRule] = {}
    queries: dict[str, QueryRule] = {}
    for kind, _, body in bodies:
        rule = from_body(RuleKind(kind), body)
        if isinstance(rule, ActorRule):
            actors[rule.id] = rule
        elif isinstance(rule, IssueRule):
            issues[rule.id] = rule
        else:
            queries[rule.id] = rule
    return RuleSet(actors=actors, issues=issues, queries=queries, version=version)
