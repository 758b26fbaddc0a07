"""Unknown persons with an office near an issue's matter, counted over many items, and the actors they would make.

Memory is bounded: beyond `MOST_CANDIDATES` names those that were seen once are dropped, the longest unseen first.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from monitor.model.item import Item
from monitor.positions.suggestions.known import KnownNames, Likeness, same_given
from monitor.positions.suggestions.office_words import HELD_BY_MANY
from monitor.positions.suggestions.titled import TitledName
from monitor.positions.suggestions.values import MOST_PASSAGES, Passage, Suggestion, SuggestionKind, suggestion_id
from rules.fold import fold_wording
from rules.model import ActorKind, ActorRule, Office, RuleSet

MOST_CANDIDATES = 20_000
LEAST_ITEMS = 3
"""Stories that must name somebody before they are offered."""
LEAST_PUBLISHERS = 2
"""Publishers that must: one house's column is no news of the world."""
_LEAST_SURNAME = 4
_MOST_TITLES = 3
_SHORT_TITLE = 2
"""Words of a title that says no more than body and role: "Russian ambassador"; not "Norlandic Trade Minister"."""
_ALONE = 0.9
"""Share of the items with a word of a name that must hold the full name, too, for the word to be an alias."""


@dataclass(slots=True)
class Candidate:
    """What was seen of one name. Counters are by items; a story's copies count once in `stories`."""

    spelled: Counter[str] = field(default_factory=Counter)
    items: set[int] = field(default_factory=set)
    stories: set[int] = field(default_factory=set)
    publishers: set[str] = field(default_factory=set)
    issues: Counter[str] = field(default_factory=Counter)
    offices: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    shared: set[str] = field(default_factory=set)
    passages: list[Passage] = field(default_factory=list)
    first: date = date.max

    @property
    def body(self) -> str | None:
        """The body that the office is most often said to be of."""
        bodies: Counter[str] = Counter()
        for (_, body), count in self.offices.items():
            if body is not None:
                bodies[body] += count
        return bodies.most_common(1)[0][0] if bodies else None

    def add(self, seen: TitledName, item: Item, issues: Iterable[str], shown: Passage) -> None:
        """Counts a mention; another of the same item counts no more."""
        if item.id in self.items:
            return
        self.spelled[seen.name] += 1
        self.items.add(item.id)
        self.offices[seen.office, seen.body] += 1
        if fold_wording(seen.role) in HELD_BY_MANY and len(seen.office.split()) <= _SHORT_TITLE:
            self.shared.add(seen.office)
        self.issues.update(issues)
        self.first = min(self.first, item.day)
        news = item.story_id not in self.stories and item.publisher not in self.publishers
        if news and len(self.passages) < MOST_PASSAGES:
            self.passages.append(shown)
        self.stories.add(item.story_id)
        self.publishers.add(item.publisher)


class NameCounts:
    """Counts names as items go by; callers leave out those whom the rules know."""

    def __init__(self) -> None:
        self.candidates: dict[str, Candidate] = {}

    def add(self, seen: TitledName, item: Item, issues: Iterable[str], shown: Passage) -> None:
        """Counts a person named with an office in an item."""
        key = fold_wording(seen.name)
        candidate = self.candidates.pop(key, None) or Candidate()
        candidate.add(seen, item, issues, shown)
        self.candidates[key] = candidate  # the last seen stand last
        if len(self.candidates) > MOST_CANDIDATES:
            self._forget()

    def frequent(self, least_items: int = LEAST_ITEMS) -> dict[str, Candidate]:
        """Those seen often enough to be offered, by folded name; spellings of one person are put together."""
        joined: dict[str, Candidate] = {}
        for key, candidate in sorted(self.candidates.items(), key=lambda pair: (-len(pair[1].items), pair[0])):
            same = next((other for other in joined if _same_person(key, other, candidate, joined[other])), None)
            if same is None:
                joined[key] = candidate
            else:
                _join(joined[same], candidate)
        return {
            key: candidate
            for key, candidate in joined.items()
            if len(candidate.stories) >= least_items and len(candidate.publishers) >= min(LEAST_PUBLISHERS, least_items)
        }

    def _forget(self) -> None:
        once = [key for key, candidate in self.candidates.items() if len(candidate.items) == 1]
        for key in once[: max(len(once) // 2, 1)] or list(self.candidates)[:1]:
            del self.candidates[key]


def _same_person(one: str, other: str, a: Candidate, b: Candidate) -> bool:
    mine, theirs = one.split(), other.split()
    return mine[-1] == theirs[-1] and same_given(mine[0], theirs[0]) and (a.body is None or a.body == b.body)


def _join(to: Candidate, other: Candidate) -> None:
    for name in ("spelled", "issues", "offices"):
        getattr(to, name).update(getattr(other, name))
    to.items |= other.items
    to.shared |= other.shared
    to.stories |= other.stories
    to.publishers |= other.publishers
    to.passages = (to.passages + other.passages)[:MOST_PASSAGES]
    to.first = min(to.first, other.first)


@dataclass(slots=True)
class ShortName:
    """A word of a name: in how many items it stands, in how many of them with the full name, in how many apart too."""

    items: int = 0
    together: int = 0
    apart: int = 0

    @property
    def is_theirs(self) -> bool:
        """Whether the word is used for this person, and nearly always for them."""
        return self.apart > 0 and self.together >= self.items * _ALONE


Short = dict[str, dict[str, ShortName]]
"""By folded full name: the uses of its last word and its first."""


def offered_names(
    frequent: Mapping[str, Candidate], known: KnownNames, rules: RuleSet, short: Short
) -> Iterator[Suggestion]:
    """A suggestion for each: an alias of the actor whose name it spells otherwise, else a new actor."""
    words = Counter(word for key in frequent for word in {key.split()[0], key.split()[-1]})
    for key, candidate in frequent.items():
        like = known.like(key)
        if like is not None and like.same_given:
            yield _alias(key, candidate, like.actor)
            continue
        aliases = [name for name, _ in candidate.spelled.most_common()][1:]
        for word, use in short.get(key, {}).items():  # the last word first: East Asian surnames stand first
            alone = words[fold_wording(word)] == 1 and known.is_free(word) and len(word) >= _LEAST_SURNAME
            if alone and use.is_theirs:
                aliases.append(word)
                break
        yield _actor(key, candidate, tuple(aliases), like, rules)


def _alias(key: str, candidate: Candidate, actor: ActorRule) -> Suggestion:
    names = [name for name, _ in candidate.spelled.most_common()]
    return Suggestion(
        id=suggestion_id(SuggestionKind.ALIAS, actor.id, key),
        kind=SuggestionKind.ALIAS,
        subject=f"{actor.id}: {names[0]}",
        summary=f"“{', '.join(names)}” as another name of {actor.name} ({_office_of(candidate)})",
        items=len(candidate.items),
        publishers=len(candidate.publishers),
        issues=_issues(candidate),
        passages=tuple(candidate.passages),
        score=float(len(candidate.stories)),
        before=actor,
        after=ActorRule(
            actor.id, actor.name, actor.kind, actor.member_of, (*actor.aliases, *names), actor.offices, actor.examples
        ),
    )


def _actor(
    key: str, candidate: Candidate, aliases: tuple[str, ...], like: Likeness | None, rules: RuleSet
) -> Suggestion:
    name = candidate.spelled.most_common(1)[0][0]
    body = candidate.body
    notes = [f"the office is entered from {candidate.first} on, the first day on which an item says so"]
    if body is None:
        notes.append("no state or body of the rules is named with the office, so they would speak for themselves only")
    if like is not None:
        notes.append(f"{like.actor.name} ({like.actor.id}) has the same surname")
    titles, held = _titles(name, candidate, rules)
    notes += [f"“{title}” is {holder}'s in the rules, so it is not entered" for title, holder in held]
    after = ActorRule(
        id=_free_id(name, key, rules),
        name=name,
        kind=ActorKind.PERSON,
        member_of=body,
        aliases=aliases,
        offices=tuple(Office(title, candidate.first) for title in titles),
    )
    where = f" of {rules.actors[body].name}" if body else ""
    return Suggestion(
        id=suggestion_id(SuggestionKind.NAME, key),
        kind=SuggestionKind.NAME,
        subject=name,
        summary=f"{name}, {_office_of(candidate)}{where}: no actor has this name",
        items=len(candidate.items),
        publishers=len(candidate.publishers),
        issues=_issues(candidate),
        passages=tuple(candidate.passages),
        score=float(len(candidate.stories)),
        after=after,
        notes=tuple(notes),
    )


def _titles(name: str, candidate: Candidate, rules: RuleSet) -> tuple[list[str], list[tuple[str, str]]]:
    """Titles that name nobody else, the most frequent first; and those that somebody holds on the first day, or later.

    A bare "President" would name every president, and "Finnish minister" every minister of Finland, so these are titles
    only with the name behind them.
    """
    holders = {
        fold_wording(office.title): actor.id
        for actor in rules.actors.values()
        for office in actor.offices
        if office.until is None or office.until > candidate.first
    }
    titles: list[str] = []
    held: list[tuple[str, str]] = []
    for (office, body), _ in candidate.offices.most_common():
        if body is None or body != candidate.body:
            continue
        holder = holders.get(fold_wording(office))
        if office in candidate.shared:
            continue
        if holder is not None:
            held.append((office, holder))
        elif all(fold_wording(office) != fold_wording(title) for title in titles):
            titles.append(office)
    if not titles:
        titles = [f"{_office_of(candidate)} {name}"]
    return titles[:_MOST_TITLES], held


def _office_of(candidate: Candidate) -> str:
    """The office as it is said most often, with the body where one is named."""
    offices = candidate.offices.most_common()
    return next((office for (office, body), _ in offices if body == candidate.body), offices[0][0][0])


def _issues(candidate: Candidate) -> tuple[str, ...]:
    return tuple(issue for issue, _ in candidate.issues.most_common())


def _free_id(name: str, key: str, rules: RuleSet) -> str:
    """An id from the name that no rule has."""
    plain = unicodedata.normalize("NFKD", fold_wording(name)).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or suggestion_id(SuggestionKind.NAME, key)
    number, free = 2, made
    while free in rules.actors or free in rules.issues or free in rules.queries:
        free, number = f"{made}-{number}", number + 1
    return free


def count_short_names(texts: Iterable[str], frequent: Mapping[str, Candidate]) -> Short:
    """How the last and the first word of each candidate's name are used in texts, as they are written."""
    wanted: dict[str, list[tuple[str, Sequence[str]]]] = {}
    short: Short = {}
    for key, candidate in frequent.items():
        name = candidate.spelled.most_common(1)[0][0].split()
        short[key] = {word: ShortName() for word in (name[-1], name[0])}
        for word in short[key]:
            wanted.setdefault(word, []).append((key, tuple(candidate.spelled)))
    if not wanted:
        return short
    search = re.compile(r"(?<!\w)(?:" + "|".join(sorted(map(re.escape, wanted), key=len, reverse=True)) + r")(?!\w)")
    for text in texts:
        for word, count in Counter(search.findall(text)).items():
            for key, names in wanted[word]:
                use = short[key][word]
                full = sum(text.count(name) for name in names)
                use.items += 1
                use.together += full > 0
                use.apart += 0 < full < count
    return short
