"""Offices whose last day has passed, or is near, and that the rules give to nobody afterwards.

A handed-over office is no news: the next holder stands in the rules under the same title. What is left are titles that
name nobody from a day on, so that who is called by them speaks for nobody.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from monitor.model.statement import Statement
from monitor.positions.suggestions.values import MOST_PASSAGES, Passage, Suggestion, SuggestionKind, suggestion_id
from rules.fold import fold_wording
from rules.model import ActorKind, ActorRule, Office, RuleSet

SOON = timedelta(days=30)
"""How long ahead the end of an office is told."""
_BEGINNING = 4
LEAST_CALLED = 2
"""Stories that must call somebody by the title before that somebody is offered as who holds it."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Titles of one actor that end on one day, and that nobody has afterwards.

    `heir` is who has the actor's other titles of the same days afterwards, and from which day: the office was handed
    over in the rules, under some of its titles only.
    """

    actor: ActorRule
    since: date | None
    until: date
    titles: tuple[str, ...]
    heir: tuple[str, date] | None = None


@dataclass(slots=True)
class Called:
    """Whom stored items call by the titles after the last day. Stories by actor; `mentions` are all items that do."""

    holders: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    strangers: Counter[str] = field(default_factory=Counter)
    items: set[int] = field(default_factory=set)
    publishers: set[str] = field(default_factory=set)
    passages: list[Passage] = field(default_factory=list)

    def show(self, passage: Passage) -> None:
        """Keeps a passage, of a few."""
        if len(self.passages) < MOST_PASSAGES and all(passage.item_id != other.item_id for other in self.passages):
            self.passages.append(passage)


def endings(rules: RuleSet, today: date) -> Iterator[Ending]:
    """The offices that ended or end soon and that nobody has afterwards, by actor and day."""
    last: dict[str, date] = {}
    for actor in rules.actors.values():
        for office in actor.offices:
            title = fold_wording(office.title)
            last[title] = max(last.get(title, date.min), office.until or date.max)
    for actor in rules.actors.values():
        groups: dict[tuple[date | None, date], list[str]] = defaultdict(list)
        for office in actor.offices:
            if (
                office.until is not None
                and office.until <= today + SOON
                and last[fold_wording(office.title)] == office.until
                and actor.kind is not ActorKind.COMMENTATOR
            ):
                groups[office.since, office.until].append(office.title)
        for (since, until), listed in groups.items():
            titles = tuple(dict.fromkeys(listed))
            yield Ending(actor, since, until, titles, _heir(actor, (since, until), titles, rules))


def _heir(
    actor: ActorRule, days: tuple[date | None, date], titles: Sequence[str], rules: RuleSet
) -> tuple[str, date] | None:
    """The one actor who has other titles of the same days and the same office afterwards.

    Titles are of one office when they share a word that names no state or body: a minister may be vice-chancellor, too.
    """
    words = {word for title in titles for word in _office_words(title, rules)}
    handed = {
        fold_wording(office.title)
        for office in actor.offices
        if (office.since, office.until) == days and not words.isdisjoint(_office_words(office.title, rules))
    }
    heirs = {
        (other.id, office.since)
        for other in rules.actors.values()
        for office in other.offices
        if other.id != actor.id
        and office.since is not None
        and days[1] <= office.since <= days[1] + SOON
        and fold_wording(office.title) in handed
    }
    return next(iter(heirs)) if len(heirs) == 1 else None


def _office_words(title: str, rules: RuleSet) -> set[str]:
    """The words of a title that begin like no state or body: "chancellor" of the German Chancellor."""
    names = (
        fold_wording(name)
        for actor in rules.actors.values()
        if actor.kind in (ActorKind.STATE, ActorKind.INSTITUTION)
        for name in (actor.name, *actor.aliases)
    )
    bodies = {name[:_BEGINNING] for name in names if " " not in name}
    words = fold_wording(title).replace("-", " ").split()
    return {word for word in words if len(word) >= _BEGINNING and word[:_BEGINNING] not in bodies}


def offered_office(
    ending: Ending, called: Called, credited: Sequence[Statement], today: date, rules: RuleSet, *, since: date
) -> Suggestion | None:
    """What is to be done about an office, on the evidence from `since` on; None where none speaks of it and it is past.

    Who is still called so goes on, somebody else who is takes over; with neither, only a person can know.
    """
    passed = ending.until < today
    if ending.until < since and not called.items and not credited:
        return None
    after, word = _edit(ending, called, rules)
    state = f"ended on {ending.until}" if passed else f"ends on {ending.until}"
    titles = ", ".join(f"“{title}”" for title in ending.titles[:3]) + (" …" if len(ending.titles) > 3 else "")
    theirs = [s for s in credited if s.said_at.date() > ending.until] if passed else list(credited)
    passages = (*called.passages, *map(_passage, theirs))[: MOST_PASSAGES * 2]
    counted = f"{len(theirs)} statement{'' if len(theirs) == 1 else 's'}"
    notes = [f"{counted} credited to {ending.actor.name} {'since' if passed else 'of late'}"]
    strangers = called.strangers.most_common(3)
    notes += [f"{name} is called so in {count} items, and is no actor" for name, count in strangers]
    return Suggestion(
        id=suggestion_id(SuggestionKind.OFFICE, ending.actor.id, str(ending.since), str(ending.until), *ending.titles),
        kind=SuggestionKind.OFFICE,
        subject=f"{ending.actor.id}: {ending.titles[0]}",
        summary=f"{ending.actor.name}, {titles}: {state}, and nobody has it afterwards; {word}",
        items=len(called.items | {s.item_id for s in theirs}),
        publishers=len(called.publishers | {s.publisher for s in theirs}),
        issues=tuple(dict.fromkeys(s.read.issue for s in theirs)),
        passages=passages,
        score=float(len(called.items) + len(theirs)),
        before=None if after is None else rules.actors[after.id],
        after=after,
        notes=tuple(notes),
    )


def _edit(ending: Ending, called: Called, rules: RuleSet) -> tuple[ActorRule | None, str]:
    """The rule as it should be, and what that comes to."""
    counts: Mapping[str, int] = {actor: len(stories) for actor, stories in called.holders.items()}
    best = max(counts, key=lambda actor: (counts[actor], actor == ending.actor.id), default=None)
    if best is None or counts[best] < LEAST_CALLED:
        if ending.heir is None:
            return None, "who holds it now is for you to enter"
        heir, day = ending.heir
        word = f"{rules.actors[heir].name} has the other titles of the same days: these would be theirs, too"
        return _given(rules.actors[heir], ending, day), word
    if best == ending.actor.id:
        return _prolonged(ending), f"still called so in {counts[best]} stories: the last day would be taken off"
    word = f"{rules.actors[best].name} is called so in {counts[best]} stories: the titles would be theirs from then on"
    return _given(rules.actors[best], ending, ending.until + timedelta(days=1)), word


def _given(successor: ActorRule, ending: Ending, day: date) -> ActorRule:
    added = tuple(Office(title, day) for title in ending.titles)
    return replace(successor, offices=(*successor.offices, *added))


def _prolonged(ending: Ending) -> ActorRule:
    ended = {(title, ending.since, ending.until) for title in ending.titles}
    offices = tuple(
        Office(office.title, office.since) if (office.title, office.since, office.until) in ended else office
        for office in ending.actor.offices
    )
    return replace(ending.actor, offices=offices)


def _passage(statement: Statement) -> Passage:
    return Passage(
        item_id=statement.item_id,
        url=statement.url,
        title=statement.item_title,
        publisher=statement.publisher,
        published_at=statement.said_at,
        text=statement.read.evidence.text,
    )
