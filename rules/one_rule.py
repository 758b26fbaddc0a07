"""One rule's text by itself: read, checked beside all rules in force, and each problem led back to its part.

A pack is read whole from its folder; an operator edits one rule, and wants to know at every keystroke.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rules.checks import check_rules
from rules.drafts import Draft, read_draft
from rules.layers import Key, Layered
from rules.loader import rule_from
from rules.model import ActorRule, AnyRule, IssueRule, RuleKind, RuleSet
from rules.problem import Place, Problem, Report
from rules.values import Placed
from rules.yaml_reader import Row, Scalar, Table, Value, read_yaml_text

DRAFT = Path("this rule")
"""What the text is called in problems."""

Part = tuple[str | int, ...]
"""A part of a rule: a key, the number of an entry, a key within that; () is the rule as a whole."""

_MISSING = re.compile(r"`(\w+)` is missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRule:
    """A rule's text as it was understood.

    `rule` is None where it cannot be used; `table` is what stands in the text, sound or not, and None where there is no
    single entry. Problems are in the order of the text, their places in it.
    """

    rule: AnyRule | None
    table: Table | None
    problems: tuple[Problem, ...]

    @property
    def fatal(self) -> tuple[Problem, ...]:
        """Those that keep the rule from being saved."""
        return tuple(problem for problem in self.problems if problem.fatal)

    def part_of(self, problem: Problem) -> Part:
        """The part that a problem is about, as nearly as the text tells."""
        missing = _MISSING.match(problem.message)
        if missing:
            return (missing[1],)
        if self.table is None or not problem.line:
            return ()
        reached: Part = ()
        for place, part in _parts(self.table, ()):
            if (place.line, place.column) <= (problem.line, problem.column):
                reached = part
        return reached


def read_rule(kind: RuleKind, text: str, in_force: RuleSet, known_as: str | None) -> ReadRule:
    """Reads a rule that would take its place in the set. `known_as` is the id that it must keep; None for a new one."""
    report = Report()
    entry = _only_entry(text, report)
    if entry is None:
        return ReadRule(rule=None, table=None, problems=tuple(report.problems))
    draft = read_draft(kind, entry, report)
    table = entry if isinstance(entry, Table) else None
    if draft is None:
        return ReadRule(rule=None, table=table, problems=tuple(report.problems))
    rules = layers_of(in_force)
    _check_standing(draft, rules, known_as, report)
    key = (kind, draft.id)
    rules[key] = Layered(draft, None)
    check_rules(rules, frozenset({draft.id}), report, only={key})
    mine = [problem for problem in report.problems if problem.fatal or problem.path == DRAFT]
    sound = not any(problem.fatal for problem in mine)
    return ReadRule(rule=rule_from(rules[key], rules) if sound else None, table=table, problems=tuple(mine))


def layers_of(rules: RuleSet) -> dict[Key, Layered]:
    """Rules that are in force as entries; the place of each is called by its kind and id."""
    found: dict[Key, Layered] = {}
    every: list[AnyRule] = [*rules.actors.values(), *rules.issues.values(), *rules.queries.values()]
    for rule in every:
        draft = _draft_of(rule)
        found[draft.kind, draft.id] = Layered(draft, None)
    return found


def _only_entry(text: str, report: Report) -> Value | None:
    document = read_yaml_text(DRAFT, text, report)
    if report.problems:
        return None
    if document is None or (isinstance(document, Scalar) and document.type == "null"):
        report.error(Place(DRAFT, 1, 1), "there is no rule here", "begin it with `- id: …`")
        return None
    if not isinstance(document, Row) or not document.items:
        report.error(document.place, "a rule is written as the one entry of a list", "begin it with `- id: …`")
        return None
    for further in document.items[1:]:
        report.error(further.place, "a second rule", "keep to one here; make a page of its own for the other")
    return document.items[0] if len(document.items) == 1 else None


def _check_standing(draft: Draft, rules: dict[Key, Layered], known_as: str | None, report: Report) -> None:
    named = draft.values["id"].place
    disabled = draft.values.get("disabled")
    if draft.adds:
        report.error(draft.place, "this only adds to a rule; here the whole rule is written", "write all its keys")
    if disabled is not None and disabled.value:
        report.error(disabled.place, "a rule is not switched off in its text", "leave `disabled` out, and retire it")
    if known_as is not None and draft.id != known_as:
        remedy = f"write `{known_as}`; duplicate the rule to have it under another id"
        report.error(named, "the id of a rule stays what it is", remedy)
    if known_as is None and (draft.kind, draft.id) in rules:
        what = f"there is a rule `{draft.id}` of kind {draft.kind} already"
        report.error(named, what, "choose another id, or edit that one")


def _parts(table: Table, above: Part) -> Iterator[tuple[Place, Part]]:
    for key, (place, value) in table.entries.items():
        yield place, (*above, key)
        yield from _within(value, (*above, key))


def _within(value: Value, part: Part) -> Iterator[tuple[Place, Part]]:
    yield value.place, part
    if isinstance(value, Table):
        yield from _parts(value, part)
    elif isinstance(value, Row):
        for number, item in enumerate(value.items):
            yield from _within(item, (*part, number))


def _draft_of(rule: AnyRule) -> Draft:
    values: dict[str, object]
    lists: dict[str, tuple[object, ...]]
    if isinstance(rule, ActorRule):
        kind, values = RuleKind.ACTOR, {"id": rule.id, "name": rule.name, "kind": rule.kind, "in": rule.member_of}
        lists = {"aliases": rule.aliases, "offices": rule.offices, "examples": rule.examples}
    elif isinstance(rule, IssueRule):
        kind, values = RuleKind.ISSUE, {"id": rule.id, "name": rule.name, "proposition": rule.proposition}
        values["family"] = rule.family
        lists = {"about": rule.about, "for": rule.for_, "against": rule.against, "examples": rule.examples}
    else:
        kind, values = RuleKind.QUERY, {"id": rule.id, "name": rule.name, "query": rule.query, "alert": rule.alert}
        lists = {"examples": rule.examples}
    place = Place(Path(f"{kind} {rule.id}"))
    return Draft(
        kind,
        rule.id,
        place,
        {key: Placed(value, place) for key, value in values.items() if value is not None},
        {key: tuple(Placed(entry, place) for entry in entries) for key, entries in lists.items()},
        adds=False,
    )
