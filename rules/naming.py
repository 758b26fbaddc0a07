"""Which actor a name in a text names: the longest name wins, and an office names who holds it on the day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from rules.literals import Literal
from rules.model import ActorKind, RuleSet, Via

# A title behind one of these is not, or no longer, or not yet held: the words decide, not the day.
OUT_OF_OFFICE = (
    r"former|formerly|ex|one-time|onetime|erstwhile|then|late|previous|past|ousted|deposed|future|next|would-be|incoming"
    r"|aspiring|ehemalige[nrs]?|ancien(?:ne)?"
)
"""Words before a title that say that it is held no more, or not yet; folded, as a regular expression."""
_NOT_IN_OFFICE = re.compile(rf"(?:^|[^\w])(?:{OUT_OF_OFFICE}|deputy|vice|assistant|shadow)[\s-]+(?:the )?$")
_NOT_YET = re.compile(r"[\s-]*(?:elect|designate|candidate|hopeful|in waiting|in-waiting)\b")
_LOOK_BACK = 24


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in the folded text of a field, and the wordings found there whose case fits."""

    start: int
    end: int
    literals: tuple[Literal, ...]


def longest(hits: Iterable[Hit]) -> list[Hit]:
    """Those that no longer one overlaps, by start. Of two of one length the first wins."""
    kept: list[Hit] = []
    taken: set[int] = set()
    for hit in sorted(hits, key=lambda hit: (hit.start - hit.end, hit.start)):
        places = range(hit.start, hit.end)
        if taken.isdisjoint(places):
            kept.append(hit)
            taken.update(places)
    return sorted(kept, key=lambda hit: hit.start)


def named(hits: Sequence[Hit], folded: str, rules: RuleSet, on: date) -> list[tuple[Hit, Literal]]:
    """The actors that the names in a field name on a day, one wording for each actor and place.

    An office that is not held, or that stands beside "former" and the like, or right before the name of a person who
    does not hold it, names nobody; but it still covers the shorter names within it.
    """
    kept = longest(hits)
    found: list[tuple[Hit, Literal]] = []
    for index, hit in enumerate(kept):
        following = kept[index + 1] if index + 1 < len(kept) else None
        best: dict[str, Literal] = {}
        for literal in sorted(hit.literals, key=lambda literal: (_RANK[literal.via], literal.line)):
            if literal.office is not None and not (
                literal.office.covers(on)
                and _in_office(hit, folded)
                and not _somebody_else(literal, hit, following, folded, rules)
            ):
                continue
            best.setdefault(literal.rule, literal)
        found.extend((hit, literal) for literal in best.values())
    return found


_RANK = {Via.NAME: 0, Via.ALIAS: 1, Via.OFFICE: 2}


def _in_office(hit: Hit, folded: str) -> bool:
    before = folded[max(0, hit.start - _LOOK_BACK) : hit.start]
    return not (_NOT_IN_OFFICE.search(before) or _NOT_YET.match(folded, hit.end))


def _somebody_else(literal: Literal, hit: Hit, following: Hit | None, folded: str, rules: RuleSet) -> bool:
    """Whether the name of another person follows the title: “US President Barack Obama” is not today's president."""
    if following is None or folded[hit.end : following.start].strip():
        return False
    persons = {
        other.rule
        for other in following.literals
        if other.via is not Via.OFFICE and rules.actors[other.rule].kind in (ActorKind.PERSON, ActorKind.COMMENTATOR)
    }
    return bool(persons) and literal.rule not in persons
