"""The rules as values: what an operator edits, after loading and validation.

Kinds: *actor* (who), *issue* (a proposition that somebody may support or oppose) and *query* (a free boolean watch).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class RuleKind(StrEnum):
    """The three kinds of rule; also the names of the folders of a pack, in the plural."""

    ACTOR = "actor"
    ISSUE = "issue"
    QUERY = "query"


class ActorKind(StrEnum):
    """What an actor is. A commentator is tracked, but never stands for a government."""

    PERSON = "person"
    STATE = "state"
    INSTITUTION = "institution"
    GROUP = "group"
    COMMENTATOR = "commentator"


class Via(StrEnum):
    """Which part of a rule a match came from.

    NAME, ALIAS and OFFICE belong to actors; ABOUT, FOR and AGAINST to issues; QUERY to queries.
    """

    NAME = "name"
    ALIAS = "alias"
    OFFICE = "office"
    ABOUT = "about"
    FOR = "for"
    AGAINST = "against"
    QUERY = "query"


@dataclass(frozen=True, slots=True)
class Office:
    """An office and the days on which it is held; both ends inclusive, None is open."""

    title: str
    since: date | None = None
    until: date | None = None

    def covers(self, on: date) -> bool:
        """Whether the office is held on that day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


class ExampleStance(StrEnum):
    """The stance that an example expects; NONE that nobody, or not this holder, is read to hold one."""

    SUPPORTS = "supports"
    OPPOSES = "opposes"
    CONDITIONAL = "conditional"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Example:
    """A text, and what the rule that carries it should find in it.

    `match` is whether the rule is found at all. `stance` (issues only) is what is to be read, of `holder` if one is
    given. `date` decides who holds an office; without it, it is the day on which the example is run.
    """

    text: str
    match: bool = True
    holder: str | None = None
    stance: ExampleStance | None = None
    date: date | None = None
    lang: str = "en"


@dataclass(frozen=True, slots=True)
class ActorRule:
    """Somebody who can hold a position."""

    id: str
    name: str
    kind: ActorKind
    member_of: str | None = None
    aliases: tuple[str, ...] = ()
    offices: tuple[Office, ...] = ()
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class IssueRule:
    """A proposition; to support it is to want the sentence to be true.

    `about` are queries (stemmed) that find the matter; `for_` and `against` are exact wordings that state a position
    by themselves. `family` is the name of the subject under which pages show the issue beside others; None: no family.
    """

    id: str
    name: str
    proposition: str
    about: tuple[str, ...]
    for_: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    family: str | None = None


@dataclass(frozen=True, slots=True)
class QueryRule:
    """A free boolean watch; `alert` asks for an alert on each match."""

    id: str
    name: str
    query: str
    alert: bool = False
    examples: tuple[Example, ...] = ()


AnyRule = ActorRule | IssueRule | QueryRule


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules in force at one moment, by id. `version` names the set: items are matched under one whole set."""

    actors: Mapping[str, ActorRule] = field(default_factory=dict)
    issues: Mapping[str, IssueRule] = field(default_factory=dict)
    queries: Mapping[str, QueryRule] = field(default_factory=dict)
    version: str = "0"

    def holds_office(self, actor: str, on: date) -> bool:
        """Whether a person holds any office on that day."""
        rule = self.actors.get(actor)
        return rule is not None and any(office.covers(on) for office in rule.offices)

    def speaks_for(self, actor: str, on: date) -> tuple[str, ...]:
        """The bodies that an actor speaks for on a day, nearest first, without the actor itself.

        A person speaks for the body they are in, and for what that body is in, while an office of theirs covers the
        day. An institution always speaks for what it is in. Commentators, states and groups speak for themselves only.
        """
        rule = self.actors.get(actor)
        if rule is None or rule.kind in (ActorKind.COMMENTATOR, ActorKind.STATE, ActorKind.GROUP):
            return ()
        if rule.kind is ActorKind.PERSON and not self.holds_office(actor, on):
            return ()
        chain: list[str] = []
        above = rule.member_of
        while above is not None and above in self.actors and above not in (actor, *chain):
            chain.append(above)
            above = self.actors[above].member_of
        return tuple(chain)


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """Where a rule was found. Offsets are code points of the field's original text, end exclusive.

    `line` counts from 0 in the part of the rule that `via` names (which alias, which about line); -1 is not known.
    """

    field: str
    start: int
    end: int
    kind: RuleKind
    rule: str
    via: Via
    line: int = dataclasses.field(default=-1, compare=False)
