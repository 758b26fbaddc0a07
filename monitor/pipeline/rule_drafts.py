"""One rule on an operator's desk: its text as it was written, its examples, what hangs on it, and edits that met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from monitor.pipeline.rule_edits import RuleChange, edited
from monitor.positions.examples import backtest
from monitor.positions.protocol import Extractor
from rules.backtest import Failed
from rules.literals import query_lines_of
from rules.model import AnyRule, RuleKind, RuleSet
from rules.query_tree import Named, nodes_of
from rules.yaml_writer import entry_of, rewritten, text_of
from storage.rule_bodies import from_body, kind_of, to_body
from storage.rule_merge import RuleConflict, merge
from storage.values import RuleVersion
from storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """Two edits of one rule, joined: theirs was saved first. With conflicts, `rule` has mine in those fields.

    `rule` is None where they retired it, or where nothing is left of it.
    """

    rule: AnyRule | None
    theirs: RuleVersion
    conflicts: tuple[RuleConflict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """What hangs on a rule: rules that name it, by kind and id, and subscriptions that ask for it."""

    members: tuple[str, ...]
    named_by: tuple[tuple[RuleKind, str], ...]
    holder_in: tuple[str, ...]
    subscribers: tuple[str, ...]
    positions: int

    @property
    def forbid(self) -> bool:
        """Whether rules would be broken without it."""
        return bool(self.named_by or self.holder_in)


def text_to_edit(work: Work, rule: AnyRule) -> str:
    """The rule as a text to edit, with the comments of whoever last wrote it as one."""
    written = work.rules.written(kind_of(rule), rule.id)
    return text_of(entry_of(rule)) if written is None else rewritten(written, entry_of(rule))


def met_with(work: Work, mine: AnyRule, base: int) -> Met | None:
    """An edit made from the version `base`, joined with what was saved since; None where nothing was."""
    kind = kind_of(mine)
    theirs = work.rules.standing_of(kind, mine.id)
    if theirs is None or theirs.version == base:
        return None
    versions = {version.version: version.rule for version in work.rules.history(kind, mine.id)}
    was = versions.get(base)
    merged = merge(
        None if was is None else to_body(was), to_body(mine), None if theirs.rule is None else to_body(theirs.rule)
    )
    rule = None if merged.body is None else from_body(kind, merged.body)
    return Met(rule=rule, theirs=theirs, conflicts=merged.conflicts)


def failing_examples(rules: RuleSet, rule: AnyRule, extractor: Extractor, today: date) -> dict[int, Failed]:
    """Which examples of a draft rule do not come out as expected, by their number from 1."""
    change = RuleChange(kind=kind_of(rule), id=rule.id, before=None, after=rule)
    alone = edited(_without_examples(rules), [change])
    return {failed.number: failed for failed in backtest(alone, extractor, today).failed}


def uses_of(work: Work, rules: RuleSet, kind: RuleKind, rule_id: str) -> Uses:
    """What hangs on a rule that is to be retired."""
    subscriptions = work.subscriptions.all(active_only=True)
    asks = [one.subscriber for one in subscriptions if rule_id in _asked(kind, one.filter.actors, one.filter.issues)]
    actor = kind is RuleKind.ACTOR
    positions = (
        (work.positions.all(actor=rule_id) if actor else work.positions.all(issue=rule_id))
        if kind is not RuleKind.QUERY
        else []
    )
    return Uses(
        members=tuple(a.id for a in rules.actors.values() if a.member_of == rule_id) if actor else (),
        named_by=tuple(sorted(set(_naming(rules, kind, rule_id)))),
        holder_in=tuple(
            issue.id for issue in rules.issues.values() if actor and any(e.holder == rule_id for e in issue.examples)
        ),
        subscribers=tuple(sorted(set(asks))),
        positions=sum(position.stance is not None for position in positions),
    )


def _asked(kind: RuleKind, actors: frozenset[str], issues: frozenset[str]) -> frozenset[str]:
    return actors if kind is RuleKind.ACTOR else issues if kind is RuleKind.ISSUE else frozenset()


def _naming(rules: RuleSet, kind: RuleKind, rule_id: str) -> Iterator[tuple[RuleKind, str]]:
    for line in query_lines_of(rules):
        if any(isinstance(n, Named) and (n.kind, n.rule) == (kind, rule_id) for n in nodes_of(line.root)):
            yield line.kind, line.rule


def _without_examples(rules: RuleSet) -> RuleSet:
    return replace(
        rules,
        actors={rule.id: replace(rule, examples=()) for rule in rules.actors.values()},
        issues={rule.id: replace(rule, examples=()) for rule in rules.issues.values()},
        queries={rule.id: replace(rule, examples=()) for rule in rules.queries.values()},
    )
