"""Who is who, in the rules: one actor made part of another, or some of an actor's wordings made another's. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rules.fold import fold_wording
from rules.model import ActorKind, ActorRule, Example, IssueRule, QueryRule, RuleSet

_PEOPLE = (ActorKind.PERSON, ActorKind.COMMENTATOR)
_PIECES = re.compile(r"[\w-]+|[^\w-]")
_NAMED = re.compile(r'"[^"]*"|actor:\s*(?:\([^()]*\)|"[^"]*"|[^\s"()]+)')


class Unfit(ValueError):  # noqa: N818 - the name says what the actors are
    """Actors that cannot be joined or parted so. The message says why, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Parted:
    """A set in which some wordings of an actor are another's; `names` as they were written there."""

    rules: RuleSet
    names: tuple[str, ...]


def must_fit(one: ActorRule, other: ActorRule) -> None:
    """A person is no body, and no body a person. Raises Unfit."""
    if (one.kind in _PEOPLE) != (other.kind in _PEOPLE):
        raise Unfit(
            f"{one.id} is a {one.kind}, {other.id} a {other.kind}: these cannot be one; correct statements instead"
        )


def joined(rules: RuleSet, gone: str, into: str) -> RuleSet:
    """The set in which `into` answers to the names, offices and examples of `gone`, which is no more.

    What names `gone` names `into`: members of a body, `actor:` in queries, holders in examples. Where the set lacks
    one of the two, the rest is done.
    """
    one, other = rules.actors.get(gone), rules.actors.get(into)
    actors = {key: rule for key, rule in rules.actors.items() if key != gone}
    if one is not None and other is not None:
        actors[into] = _answering_for(other, one)
    return replace(
        rules,
        actors={key: _renamed_actor(rule, gone, into) for key, rule in actors.items()},
        issues={key: _renamed_issue(rule, gone, into) for key, rule in rules.issues.items()},
        queries={key: _renamed_query(rule, gone, into) for key, rule in rules.queries.items()},
    )


def parted(rules: RuleSet, actor: str, into: ActorRule, wordings: Collection[str]) -> Parted:
    """The set in which these aliases and office titles of an actor are those of `into`, which may be new.

    Raises Unfit where the actor has no such alias or office, or the wording is its very name.
    """
    rule = rules.actors[actor]
    wanted = {fold_wording(wording): wording for wording in wordings}
    if fold_wording(rule.name) in wanted:
        raise Unfit(f"{rule.name} is the name of {actor}; give the rule another name first (`volteface rules apply`)")
    aliases = [alias for alias in rule.aliases if fold_wording(alias) in wanted]
    offices = [office for office in rule.offices if fold_wording(office.title) in wanted]
    found = {fold_wording(text) for text in (*aliases, *(office.title for office in offices))}
    if missing := [written for folded, written in wanted.items() if folded not in found]:
        there = ", ".join((*rule.aliases, *(office.title for office in rule.offices))) or "none"
        raise Unfit(f"{actor} has no alias or office {', '.join(missing)}; it has {there}")
    left = replace(
        rule,
        aliases=tuple(alias for alias in rule.aliases if alias not in aliases),
        offices=tuple(office for office in rule.offices if office not in offices),
    )
    theirs = replace(
        into,
        aliases=_added(into.aliases, aliases, fold_wording, {fold_wording(into.name)}),
        offices=tuple(dict.fromkeys((*into.offices, *offices))),
    )
    names = dict.fromkeys((*aliases, *(office.title for office in offices)))
    return Parted(replace(rules, actors={**rules.actors, actor: left, into.id: theirs}), tuple(names))


def names_of(rule: ActorRule) -> tuple[str, ...]:
    """The name, the aliases and the titles of an actor."""
    return tuple(dict.fromkeys((rule.name, *rule.aliases, *(office.title for office in rule.offices))))


def _answering_for(rule: ActorRule, gone: ActorRule) -> ActorRule:
    above = rule.member_of or gone.member_of
    return replace(
        rule,
        member_of=None if above in (gone.id, rule.id) else above,
        aliases=_added(rule.aliases, (gone.name, *gone.aliases), fold_wording, {fold_wording(rule.name)}),
        offices=tuple(dict.fromkeys((*rule.offices, *gone.offices))),
        examples=tuple(dict.fromkeys((*rule.examples, *gone.examples))),
    )


def _added(there: Sequence[str], more: Iterable[str], key: Callable[[str], str], known: set[str]) -> tuple[str, ...]:
    """The wordings, with those of `more` that say something else."""
    by_key: Mapping[str, str] = {key(text): text for text in there}
    come = {key(text): text for text in reversed(tuple(more)) if key(text) not in by_key and key(text) not in known}
    return (*there, *reversed(come.values()))


def _renamed_actor(rule: ActorRule, gone: str, into: str) -> ActorRule:
    above = into if rule.member_of == gone else rule.member_of
    return replace(rule, member_of=None if above == rule.id else above, examples=_examples(rule.examples, gone, into))


def _renamed_issue(rule: IssueRule, gone: str, into: str) -> IssueRule:
    about = tuple(_renamed_in(line, gone, into) for line in rule.about)
    return replace(rule, about=about, examples=_examples(rule.examples, gone, into))


def _renamed_query(rule: QueryRule, gone: str, into: str) -> QueryRule:
    query = _renamed_in(rule.query, gone, into)
    return replace(rule, query=query, examples=_examples(rule.examples, gone, into))


def _examples(examples: Sequence[Example], gone: str, into: str) -> tuple[Example, ...]:
    return tuple(replace(example, holder=into) if example.holder == gone else example for example in examples)


def _renamed_in(query: str, gone: str, into: str) -> str:
    """A query that names one actor where it named the other; phrases stay."""

    def named(found: re.Match[str]) -> str:
        field, colon, value = found[0].partition(":")
        if found[0].startswith('"'):
            return found[0]
        return f"{field}{colon}" + "".join(into if piece == gone else piece for piece in _PIECES.findall(value))

    return _NAMED.sub(named, query)
