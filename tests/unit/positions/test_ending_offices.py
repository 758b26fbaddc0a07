"""Offices that end: which of them are nobody's afterwards, and what the evidence says is to be done."""

from __future__ import annotations

from datetime import UTC, date, datetime

from monitor.model.statement import Evidence, ReadStatement, Stance, Statement
from monitor.positions.suggestions.offices import Called, endings, offered_office
from monitor.positions.suggestions.values import Suggestion
from rules.model import ActorKind, ActorRule, Office, RuleSet

TODAY = date(2025, 6, 1)
ENDED = date(2025, 3, 1)


def person(name: str, *offices: Office) -> ActorRule:
    return ActorRule(name, name.title(), ActorKind.PERSON, "norland", offices=offices)


def rules(*actors: ActorRule) -> RuleSet:
    return RuleSet(actors={actor.id: actor for actor in (ActorRule("norland", "Norland", ActorKind.STATE), *actors)})


def ending(*actors: ActorRule) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.actor.id, one.titles) for one in endings(rules(*actors), TODAY)]


def test_an_office_that_was_handed_over_is_no_news() -> None:
    holm = person("holm", Office("Premier", None, ENDED), Office("Head of Government", None, ENDED))
    berg = person("berg", Office("premier", date(2025, 3, 2)))
    assert ending(holm, berg) == [("holm", ("Head of Government",))]


def test_what_ends_within_thirty_days_is_told_and_what_ends_later_is_not() -> None:
    soon, later = (
        person("soon", Office("Mayor", None, date(2025, 7, 1))),
        person("later", Office("Judge", None, date(2025, 7, 2))),
    )
    assert ending(soon, later, person("open", Office("Abbot"))) == [("soon", ("Mayor",))]


def test_a_second_term_is_not_an_end() -> None:
    assert ending(person("holm", Office("Premier", None, ENDED), Office("Premier", date(2025, 5, 1)))) == []


def statement(holder: str, day: date) -> Statement:
    said = datetime.combine(day, datetime.min.time(), UTC)
    read = ReadStatement(
        holder=holder, issue="mining", stance=Stance.SUPPORTS, evidence=Evidence("text", 0, 4, "Yes."), confidence=0.9,
        said_at=said,
    )  # fmt: skip
    return Statement(
        id=1, item_id=7, revision=1, story_id=7, publisher="p", url=None, item_title="", seen_at=said, baseline=False,
        fingerprint="f", read=read,
    )  # fmt: skip


def offer(called: Called, *credited: Statement, since: date = date(2025, 3, 2)) -> Suggestion | None:
    offices = (Office("Premier", date(2020, 1, 1), ENDED), Office("Abbot", date(2019, 1, 1)))
    known = rules(person("holm", *offices), person("berg"))
    (one,) = endings(known, TODAY)
    return offered_office(one, called, credited, TODAY, known, since=since)


def called(**stories: int) -> Called:
    found = Called(items=set(range(sum(stories.values()))))
    for actor, count in stories.items():
        found.holders[actor] = set(range(count))
    return found


def test_whoever_is_still_called_so_goes_on() -> None:
    made = offer(called(holm=3, berg=2))
    assert made is not None
    assert made.after is not None
    assert made.after.id == "holm"
    assert isinstance(made.after, ActorRule)
    assert made.after.offices == (Office("Premier", date(2020, 1, 1)), Office("Abbot", date(2019, 1, 1)))


def test_whoever_else_is_called_so_takes_over_on_the_next_day() -> None:
    made = offer(called(holm=1, berg=2))
    assert made is not None
    assert isinstance(made.after, ActorRule)
    assert (made.after.id, made.after.offices) == ("berg", (Office("Premier", date(2025, 3, 2)),))


def test_where_nobody_is_called_so_nothing_is_written() -> None:
    lone = called(holm=1)
    lone.strangers["Ann Kern"] = 4
    made = offer(lone, statement("holm", date(2025, 4, 1)))
    assert made is not None
    assert made.after is None
    assert made.notes == (
        "1 statement credited to Holm since", "Ann Kern is called so in 4 items, and is no actor"
    )  # fmt: skip
    assert [p.item_id for p in made.passages] == [7]
    assert made.issues == ("mining",)


def test_a_past_office_of_which_nobody_speaks_is_let_be() -> None:
    assert offer(Called()) is None
    assert offer(Called(), since=ENDED) is not None


def test_the_id_hangs_on_the_office_and_not_on_the_evidence() -> None:
    one, other = offer(called(holm=3)), offer(called(berg=2))
    assert one is not None
    assert other is not None
    assert one.id == other.id


def test_titles_that_were_forgotten_at_a_handover_go_to_whoever_has_the_others() -> None:
    titles = ("Norlandic Premier", "Premier of Norland", "Norlandic Treasurer")
    holm = person("holm", *(Office(title, None, ENDED) for title in titles[:2]))
    known = rules(holm, person("berg", Office("norlandic premier", date(2025, 3, 2))))
    (one,) = endings(known, TODAY)
    made = offered_office(one, Called(), (), TODAY, known, since=ENDED)
    assert made is not None
    assert isinstance(made.after, ActorRule)
    assert made.after.id == "berg"
    assert made.after.offices[-1] == Office("Premier of Norland", date(2025, 3, 2))
    two = rules(*known.actors.values(), person("dahl", Office("Norlandic Premier", date(2025, 3, 2))))
    assert [one.heir for one in endings(two, TODAY)] == [None]
    both = person("holm", Office(titles[0], None, ENDED), Office(titles[2], None, ENDED))
    assert [(one.titles, one.heir) for one in endings(rules(both, known.actors["berg"]), TODAY)] == [
        ((titles[2],), None)
    ]
