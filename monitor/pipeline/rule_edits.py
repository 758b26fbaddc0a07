"""An operator's edits of the rules: several at once, checked together, in force from the next item on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.events import Subject
from monitor.positions.examples import backtest
from monitor.positions.protocol import Extractor
from rules.backtest import Failed
from rules.model import ActorRule, AnyRule, IssueRule, QueryRule, RuleKind, RuleSet
from storage.engine import Database
from storage.rule_bodies import all_rules, kind_of, to_body
from storage.rule_merge import Difference, differences
from storage.work import Work

Key = tuple[RuleKind, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """A rule that is not as it is in force: `before` is None for a new one, `after` None for one switched off.

    `edited` is the version that the edit was made from, 0 for a new rule; None where nobody looked. `written` is the
    rule's text with its comments, as the operator wrote it.
    """

    kind: RuleKind
    id: str
    before: AnyRule | None
    after: AnyRule | None
    edited: int | None = None
    written: str | None = None

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What differs, field by field."""
        return differences(*(to_body(rule) if rule is not None else None for rule in (self.before, self.after)))


class ExamplesFailed(ValueError):  # noqa: N818 - the name says what happened
    """Edits under which examples of the rules do not come out as expected. Nothing was saved."""

    def __init__(self, failed: Sequence[Failed]) -> None:
        super().__init__("\n".join(map(str, failed)))
        self.failed = tuple(failed)


def changes_between(before: RuleSet, after: Mapping[Key, AnyRule | None]) -> list[RuleChange]:
    """Those of the rules in `after` that are not so in `before`; None there means switched off."""
    there = by_key(before)
    found = []
    for (kind, identity), rule in after.items():
        known = there.get((kind, identity))
        if known != rule:
            found.append(RuleChange(kind=kind, id=identity, before=known, after=rule))
    return found


def by_key(rules: RuleSet) -> dict[Key, AnyRule | None]:
    """All rules of a set."""
    return {(kind_of(rule), rule.id): rule for rule in all_rules(rules)}


def edited(rules: RuleSet, changes: Sequence[RuleChange]) -> RuleSet:
    """The set with the changes made. Its version is not that which it would have in the database."""
    found = by_key(rules) | {(change.kind, change.id): change.after for change in changes}
    return replace(
        rules,
        actors={rule.id: rule for rule in found.values() if isinstance(rule, ActorRule)},
        issues={rule.id: rule for rule in found.values() if isinstance(rule, IssueRule)},
        queries={rule.id: rule for rule in found.values() if isinstance(rule, QueryRule)},
        version=f"{rules.version}+draft",
    )


def save_edits(
    database: Database,
    changes: Sequence[RuleChange],
    who: str,
    why: str,
    now: datetime,
    *,
    extractor: Extractor,
    despite_examples: bool = False,
) -> str:
    """Saves all changes in one transaction; gives the version of the set. What is the same already makes nothing new.

    Every example of the edited set is run first. Raises ExamplesFailed unless `despite_examples`; RuleSavedMeanwhile
    where a rule is in another version by now than its edit was made from.
    """
    with database.view() as work:
        before = work.rules.current()
    if not despite_examples:
        must_come_out(edited(before, changes), extractor, now)
    return _announced(database, lambda work: write_changes(work, changes, who, why, now) or before.version, now)


def must_come_out(rules: RuleSet, extractor: Extractor, now: datetime) -> None:
    """Runs every example of a set that is to be saved. Raises ExamplesFailed."""
    failed = backtest(rules, extractor, now.date()).failed
    if failed:
        raise ExamplesFailed(failed)


def write_changes(work: Work, changes: Sequence[RuleChange], who: str, why: str, now: datetime) -> str:
    """Writes the changes as versions, with a line each in the audit log; the version of the set, "" without changes."""
    version = ""
    for change in changes:
        if change.after is None:
            version = work.rules.remove(change.kind, change.id, who, why, now, edited=change.edited)
        else:
            version = work.rules.save(change.after, who, why, now, edited=change.edited, written=change.written)
        what = "rule switched off" if change.after is None else "rule saved"
        _audit(work, who, what, change.kind, change.id, why, now, {"fields": _fields(change)})
    return version


def restore(
    database: Database,
    kind: RuleKind,
    rule_id: str,
    version: int,
    who: str,
    why: str,
    now: datetime,
    *,
    edited: int | None = None,
) -> str:
    """Puts an earlier version in force again; gives the version of the set.

    Raises NotFound, and RuleSavedMeanwhile where the rule is not in the version `edited` any more.
    """

    def save(work: Work) -> str:
        found = work.rules.restore(kind, rule_id, version, who, why, now, edited=edited)
        _audit(work, who, "rule restored", kind, rule_id, why, now, {"version": version})
        return found

    return _announced(database, save, now)


def settle(database: Database, kind: RuleKind, rule_id: str, *, pack: bool, who: str, why: str, now: datetime) -> str:
    """Ends a conflict for the pack or for the operator; gives the version of the set. Raises NotFound."""

    def save(work: Work) -> str:
        found = work.rules.settle(kind, rule_id, pack=pack, who=who, why=why, now=now)
        _audit(work, who, "conflict settled", kind, rule_id, why, now, {"for": "pack" if pack else "operator"})
        return found

    return _announced(database, save, now)


def _announced(database: Database, save: Callable[[Work], str], now: datetime) -> str:
    with database.work() as work:
        before = work.rules.current().version
        version = save(work)
        if version != before:
            work.events.add(Subject.RULES_CHANGED, {"version": version}, now)
    return version


def _audit(
    work: Work, who: str, what: str, kind: RuleKind, rule_id: str, why: str, now: datetime, detail: Mapping[str, object]
) -> None:
    work.audit.add(who, what, f"{kind} {rule_id}", {"why": why, **detail}, now)


def _fields(change: RuleChange) -> list[str]:
    return [difference.field for difference in change.differences]
