"""The lines of rules as the matcher needs them: names looked for as they are written, and queries as trees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from rules.fold import fold_wording
from rules.model import Office, RuleKind, RuleSet, Via
from rules.query import parse_about, parse_query, parse_wording
from rules.query_tree import Node

SHORT_CAPITALS = 4
"""A name in capitals of up to so many letters (US, IS, NATO) must stand in capitals: `us` is no state."""


class Case(Enum):
    """What a wording asks of the case of the text it is found in."""

    ANY = "any"
    CAPITAL = "begins with a capital"
    CAPITALS = "all in capitals"

    def admits(self, surface: str) -> bool:
        """Whether a surface in the original text will do. Letters without case pass."""
        if self is Case.ANY:
            return True
        letters = [character for character in surface if character.isalpha()]
        return not any(letter.islower() for letter in (letters[:1] if self is Case.CAPITAL else letters))


def case_of(wording: str, via: Via) -> Case:
    """The case that a name, alias or office title asks for."""
    letters = [character for character in wording if character.isalpha()]
    if not letters:
        return Case.ANY
    if len(letters) <= SHORT_CAPITALS and all(letter.isupper() for letter in letters):
        return Case.CAPITALS
    if via is not Via.OFFICE and len(wording.split()) == 1 and not letters[0].islower():
        return Case.CAPITAL
    return Case.ANY


@dataclass(frozen=True, slots=True)
class Literal:
    """A name that is looked for as it is written. `line` counts within the part of the actor that `via` names."""

    rule: str
    via: Via
    line: int
    wording: str
    case: Case = Case.ANY
    office: Office | None = None

    @property
    def folded(self) -> str:
        """The wording as it stands in folded text."""
        return fold_wording(self.wording)


@dataclass(frozen=True, slots=True)
class QueryLine:
    """An about line, a wording for or against, or the query of a rule."""

    kind: RuleKind
    rule: str
    via: Via
    line: int
    root: Node


def literals_of(rules: RuleSet) -> Iterator[Literal]:
    """The names, aliases and office titles of all actors."""
    for actor in rules.actors.values():
        wordings: list[tuple[Via, int, str, Office | None]] = [(Via.NAME, 0, actor.name, None)]
        wordings += [(Via.ALIAS, line, alias, None) for line, alias in enumerate(actor.aliases)]
        wordings += [(Via.OFFICE, line, office.title, office) for line, office in enumerate(actor.offices)]
        for via, line, wording, office in wordings:
            yield Literal(actor.id, via, line, wording, case_of(wording, via), office)


def query_lines_of(rules: RuleSet) -> Iterator[QueryLine]:
    """All queries of a set. Raises QueryInvalid for a set that did not come through the loader."""
    for issue in rules.issues.values():
        for via, lines in ((Via.ABOUT, issue.about), (Via.FOR, issue.for_), (Via.AGAINST, issue.against)):
            for number, line in enumerate(lines):
                query = parse_about(line) if via is Via.ABOUT else parse_wording(line)
                yield QueryLine(RuleKind.ISSUE, issue.id, via, number, query.root)
    for rule in rules.queries.values():
        yield QueryLine(RuleKind.QUERY, rule.id, Via.QUERY, 0, parse_query(rule.query).root)
