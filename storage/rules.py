"""Rules in the database: it is the truth; packs are laid into it, and every save is a new version."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import and_
from sqlmodel import col, select

from rules.model import ActorRule, AnyRule, IssueRule, QueryRule, RuleKind, RuleSet
from storage.errors import NotFound
from storage.repository import Repository
from storage.rule_bodies import Body, all_rules, from_body, kind_of, set_version, to_body
from storage.tables import RuleRow, RuleSetRow, RuleVersionRow
from storage.types import storable_json
from storage.values import RuleVersion

SEED = "seed"
OPERATOR = "operator"

Key = tuple[str, str]


class Rules(Repository):
    """The rules. A rule belongs to its origin: the seed pack, an operator's pack (its path), or the operator.

    The seed gives way to a pack and both to the operator, so that importing the same packs in the same order at each
    start makes nothing new.
    """

    def import_rules(self, rules: RuleSet, origin: str, who: str, why: str, now: datetime) -> str:
        """Lays the rules of one origin into the database and gives the version of the set that is then in force.

        What differs from what the origin gave before becomes a new version, unless the rule belongs to somebody with
        more say. What the origin no longer has is disabled, or falls back to what another origin says of it.
        """
        self._lock("rules")
        stored = self._stored()
        given: dict[Key, Body] = {}
        for rule in all_rules(rules):
            given[kind_of(rule).value, rule.id] = storable_json(to_body(rule))
        for key, body in given.items():
            if self._wants(stored.get(key), key, origin, body):
                self._write(stored.get(key), key, body, origin, who, why, now)
        for key, row in stored.items():
            if row.origin == origin and not row.disabled and key not in given:
                fallback = self._fallback(key, origin)
                source = fallback.origin if fallback else origin
                self._write(row, key, fallback.body if fallback else None, source, who, why, now)
        self._session.flush()
        return self._record_set(now)

    def save(self, rule: AnyRule, who: str, why: str, now: datetime) -> str:
        """Saves an operator's version of a rule; gives the version of the set. The same again makes nothing new."""
        self._lock("rules")
        key = (kind_of(rule).value, rule.id)
        row = self._session.get(RuleRow, key, populate_existing=True)
        body = storable_json(to_body(rule))
        if row is None or row.disabled or row.origin != OPERATOR or self._body(row) != body:
            self._write(row, key, body, OPERATOR, who, why, now)
        return self._record_set(now)

    def remove(self, kind: RuleKind, rule_id: str, who: str, why: str, now: datetime) -> str:
        """Switches a rule off for good, on the operator's word; gives the version of the set. Raises NotFound."""
        self._lock("rules")
        row = self._row(RuleRow, (kind.value, rule_id), f"{kind.value} rule")
        if not row.disabled or row.origin != OPERATOR:
            self._write(row, (kind.value, rule_id), None, OPERATOR, who, why, now)
        return self._record_set(now)

    def current(self) -> RuleSet:
        """The rules in force."""
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
        found = [_version(row) for row in self._session.exec(query)]
        if not found:
            raise NotFound(f"{kind.value} rule", rule_id)
        return found

    def _stored(self) -> dict[Key, RuleRow]:
        rows = self._session.exec(select(RuleRow).execution_options(populate_existing=True))
        return {(row.kind, row.rule_id): row for row in rows}

    def _body(self, row: RuleRow) -> Body | None:
        return self._row(RuleVersionRow, (row.kind, row.rule_id, row.version), "rule version").body

    def _wants(self, row: RuleRow | None, key: Key, origin: str, body: Body) -> bool:
        """Whether what the origin gives becomes a new version."""
        if row is None:
            return True
        if row.origin == origin or (row.disabled and row.origin != OPERATOR):
            return row.disabled or self._body(row) != body
        if _say(row.origin) > _say(origin):
            return False
        # Two packs of equal say: the one that speaks anew is heard, the one that repeats itself is not.
        last = self._last_by(key, origin)
        return last is None or last.body != body

    def _last_by(self, key: Key, origin: str) -> RuleVersionRow | None:
        query = (
            select(RuleVersionRow)
            .where(RuleVersionRow.kind == key[0], RuleVersionRow.rule_id == key[1], RuleVersionRow.origin == origin)
            .order_by(col(RuleVersionRow.version).desc())
        )
        return self._session.exec(query).first()

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

    def _write(
        self, row: RuleRow | None, key: Key, body: Body | None, origin: str, who: str, why: str, now: datetime
    ) -> None:
        if row is None:
            row = RuleRow(kind=key[0], rule_id=key[1], version=0, origin=origin)
        row.version += 1
        row.origin = origin
        row.disabled = body is None
        self._session.add(row)
        self._session.add(
            RuleVersionRow(
                kind=key[0], rule_id=key[1], version=row.version, body=body, origin=origin, who=who, why=why, at=now
            )
        )
        self._session.flush()

    def _in_force(self) -> dict[Key, tuple[int, Body]]:
        query = (
            select(RuleVersionRow)
            .join(
                RuleRow,
                and_(
                    col(RuleRow.kind) == RuleVersionRow.kind,
                    col(RuleRow.rule_id) == RuleVersionRow.rule_id,
                    col(RuleRow.version) == RuleVersionRow.version,
                ),
            )
            .where(col(RuleRow.disabled).is_(False))
            .order_by(col(RuleVersionRow.kind), col(RuleVersionRow.rule_id))
        )
        rows = self._session.exec(query)
        return {(row.kind, row.rule_id): (row.version, row.body) for row in rows if row.body is not None}

    def _record_set(self, now: datetime) -> str:
        in_force = self._in_force()
        version = set_version((kind, rule_id, body) for (kind, rule_id), (_, body) in in_force.items())
        if self._session.get(RuleSetRow, version) is None:
            numbers: dict[str, dict[str, int]] = {kind.value: {} for kind in RuleKind}
            for (kind, rule_id), (number, _) in in_force.items():
                numbers[kind][rule_id] = number
            self._session.add(RuleSetRow(version=version, at=now, body=numbers))
            self._session.flush()
        return version


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


def _version(row: RuleVersionRow) -> RuleVersion:
    kind = RuleKind(row.kind)
    return RuleVersion(
        kind=kind,
        rule_id=row.rule_id,
        version=row.version,
        rule=None if row.body is None else from_body(kind, row.body),
        origin=row.origin,
        who=row.who,
        why=row.why,
        at=row.at,
    )
