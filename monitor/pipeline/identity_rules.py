"""The rules side of a verdict on who is who: what may be joined, what is saved, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.pipeline.changes import bodies_above
from monitor.pipeline.identity_report import CannotJoin, Word
from monitor.pipeline.rule_edits import RuleChange, by_key, changes_between, edited, write_changes
from monitor.positions.bodies import may_speak_for
from rules.model import ActorKind, ActorRule, AnyRule, RuleKind, RuleSet
from storage.actor_verdicts import ActorVerdict, RuleStep
from storage.rule_bodies import Body, from_body, to_body
from storage.rule_merge import RuleConflict, merge
from storage.work import Work

Pair = tuple[str, str]


def new_actor(identity: str, like: ActorRule, name: str, kind: ActorKind | None, member_of: str | None) -> ActorRule:
    """A rule for an actor that is split off; of what kind, unless it is said, as the one it was taken for."""
    return ActorRule(id=identity, name=name, kind=kind or like.kind, member_of=member_of)


def must_be_apart(work: Work, rules: RuleSet, actor: str, into: str) -> None:
    """Both have to be actors of their own. Raises CannotJoin."""
    if actor == into:
        raise CannotJoin(f"{actor} is {into} already")
    for merge_ in work.actor_verdicts.merges():
        if merge_.actor in (actor, into):
            raise CannotJoin(
                f"{merge_.actor} was merged into {merge_.into} on {merge_.at:%Y-%m-%d}; `volteface verdict undo "
                f"{merge_.id}` takes that back"
            )
    if actor not in rules.actors:
        raise CannotJoin(f"no actor has the id {actor}; `volteface rules list` shows them")


def saved(work: Work, before: RuleSet, after: RuleSet, word: Word) -> tuple[list[RuleChange], tuple[RuleStep, ...]]:
    """Writes the rules that differ, and gives them with their versions before and after."""
    changes = changes_between(before, {**dict.fromkeys(by_key(before)), **by_key(after)})
    numbers = work.rules.numbers()
    write_changes(work, changes, word.who, word.why, word.now)
    now = work.rules.numbers()
    return changes, tuple((c.kind.value, c.id, numbers.get((c.kind, c.id)), now[c.kind, c.id]) for c in changes)


def as_before(work: Work, verdict: ActorVerdict, rules: RuleSet) -> tuple[RuleSet, tuple[RuleConflict, ...]]:
    """The set without what the verdict did to it. What was edited since stays, and comes as a conflict where the
    verdict had touched the same field.
    """
    now = {key: to_body(rule) for key, rule in by_key(rules).items() if rule is not None}
    changes: list[RuleChange] = []
    conflicts: list[RuleConflict] = []
    for kind_name, rule_id, old, new in verdict.rules:
        kind = RuleKind(kind_name)
        versions: dict[int | None, AnyRule | None] = {v.version: v.rule for v in work.rules.history(kind, rule_id)}
        was, became = (_body(versions.get(number)) for number in (old, new))
        merged = merge(became, now.get((kind, rule_id)), was)
        conflicts += merged.conflicts
        after = None if merged.body is None else from_body(kind, merged.body)
        before = by_key(rules).get((kind, rule_id))
        if after != before:
            changes.append(RuleChange(kind=kind, id=rule_id, before=before, after=after))
    return edited(rules, changes), tuple(conflicts)


def concerned(actors: Sequence[str], sets: Sequence[RuleSet], pairs: Iterable[Pair]) -> set[Pair]:
    """The positions that can move when these actors are others than before: theirs, of those who speak for them, and
    of the bodies above, under the rules before and after.
    """
    speakers = {who for actor in actors for rules in sets for who in may_speak_for(actor, rules)}
    above = {body for actor in actors for rules in sets for body in bodies_above(actor, rules)}
    own = {pair for pair in pairs if pair[0] in speakers}
    return own | {(body, issue) for _, issue in own for body in above}


def _body(rule: AnyRule | None) -> Body | None:
    return None if rule is None else to_body(rule)
