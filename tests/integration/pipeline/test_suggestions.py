"""Suggestions over a real database: found with their evidence, accepted as an edit, dismissed for good."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from monitor.pipeline.preview import preview_matches
from monitor.pipeline.rule_edits import RuleChange, save_edits
from monitor.pipeline.suggestions import (
    ALL_KINDS,
    NothingToWrite,
    RuleMoved,
    accept,
    answered_suggestions,
    dismiss,
    draft_of,
    find_suggestion,
    find_suggestions,
    recall,
)
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.suggestions.values import Suggestion, SuggestionKind
from rules.model import ActorKind, ActorRule, IssueRule, Office, RuleKind
from storage.engine import Database
from storage.errors import NotFound
from storage.suggestions import Answer
from storage.values import VerdictKind
from tests.integration.pipeline.walking import NOW, Walk

LONG_AGO = NOW - timedelta(days=1000)
MINISTER = "Norlandic Trade Minister Elsa Lund"


@pytest.fixture
def walk(database: Database, tmp_path: Path) -> Walk:
    return Walk(database, tmp_path / "pack")


def found(walk: Walk, *kinds: SuggestionKind, progress: list[str] | None = None) -> list[Suggestion]:
    def note(what: str, _done: int, _total: int) -> None:
        if progress is not None:
            progress.append(what)

    return find_suggestions(walk.database, LONG_AGO, NOW, kinds=kinds or ALL_KINDS, progress=note)


def accepted(walk: Walk, suggestion: Suggestion) -> str:
    return accept(walk.database, suggestion, "ann", "seen often", NOW, extractor=GrammarExtractor())


def news_of(walk: Walk, who: str = MINISTER, *, papers: int = 3, matter: str = "seabed mining") -> list[int]:
    ids = [walk.put(f"{who} spoke about {matter} in town {n}. Lund left.", n) for n in range(papers)]
    walk.read()
    return ids


def test_an_unknown_minister_near_a_matter_becomes_a_whole_actor(walk: Walk) -> None:
    ids = news_of(walk)
    progress: list[str] = []
    (one,) = found(walk, progress=progress)
    assert (one.kind, one.subject, one.items, one.publishers) == (SuggestionKind.NAME, "Elsa Lund", 3, 3)
    assert one.issues == ("seabed-mining",)
    assert {p.item_id for p in one.passages} == set(ids)
    assert [one.passages[0].text[a:b] for a, b in one.passages[0].marks] == ["Norlandic Trade Minister", "Elsa Lund"]
    assert "Looking for names" in progress

    version = accepted(walk, one)
    with walk.database.view() as work:
        rules = work.rules.current()
        history = work.rules.history(RuleKind.ACTOR, "elsa-lund")
        audit = [(entry.who, entry.what) for entry in work.audit.list(2)]
    assert rules.version == version
    first = (NOW - timedelta(days=100)).date()
    assert rules.actors["elsa-lund"] == ActorRule(
        "elsa-lund", "Elsa Lund", ActorKind.PERSON, "norland", ("Lund",), (Office("Norlandic Trade Minister", first),)
    )
    assert [(v.who, v.why) for v in history] == [("ann", f"suggestion {one.id}: seen often")]
    assert audit == [("ann", "suggestion accepted"), ("ann", "rule saved")]
    assert found(walk) == []
    assert rules.speaks_for("elsa-lund", first) == ("norland",)


@pytest.mark.parametrize(
    ("who", "papers", "matter"),
    [
        (MINISTER, 2, "seabed mining"),
        (MINISTER, 3, "the herring"),
        ("Norlandic Prime Minister Astrid Holm", 3, "seabed mining"),
        ("Elsa Lund of Norland", 3, "seabed mining"),
        ("Former Norlandic Trade Minister Elsa Lund", 3, "seabed mining"),
    ],
)
def test_who_is_not_offered(walk: Walk, who: str, papers: int, matter: str) -> None:
    news_of(walk, who, papers=papers, matter=matter)
    assert found(walk, SuggestionKind.NAME, SuggestionKind.ALIAS) == []


def test_a_name_far_from_the_matter_is_not_offered(walk: Walk) -> None:
    for n in range(3):
        walk.put(f"Seabed mining was debated. It rained. It snowed in town {n}. {MINISTER} was ill.", n)
    walk.read()
    assert found(walk, SuggestionKind.NAME) == []


def test_one_paper_is_not_enough(walk: Walk) -> None:
    for n in range(4):
        walk.put(f"{MINISTER} spoke about seabed mining in town {n}.", n, paper="one.example")
    walk.read()
    assert found(walk, SuggestionKind.NAME) == []


def test_another_spelling_of_a_known_name_is_an_alias_of_it(walk: Walk) -> None:
    news_of(walk, "Norlandic prime minister Astrid Holmm")
    (one,) = found(walk)
    assert (one.kind, one.subject) == (SuggestionKind.ALIAS, "astrid-holm: Astrid Holmm")
    accepted(walk, one)
    assert walk.book.current().rules.actors["astrid-holm"].aliases == ("Holm", "Astrid Holmm")
    assert found(walk) == []


def test_a_namesake_is_somebody_else_and_said_to_be_one(walk: Walk) -> None:
    news_of(walk, "Norlandic Trade Minister Viktor Holm")
    (one,) = found(walk)
    assert (one.kind, one.subject) == (SuggestionKind.NAME, "Viktor Holm")
    assert "Astrid Holm (astrid-holm) has the same surname" in one.notes
    assert isinstance(one.after, ActorRule)
    assert one.after.aliases == ()


def test_a_bare_title_names_nobody_else(walk: Walk) -> None:
    news_of(walk, "President Elsa Lund")
    (one,) = found(walk)
    assert isinstance(one.after, ActorRule)
    assert [office.title for office in one.after.offices] == ["President Elsa Lund"]
    assert one.after.member_of is None


def test_what_was_dismissed_is_not_offered_again_until_it_is_recalled(walk: Walk) -> None:
    news_of(walk)
    (one,) = found(walk)
    dismiss(walk.database, one, "ann", "a namesake", NOW)
    news_of(walk, papers=2)
    assert found(walk) == []
    with pytest.raises(NotFound):
        find_suggestion(walk.database, one.id, LONG_AGO, NOW)
    (answer,) = answered_suggestions(walk.database)
    assert (answer.id, answer.answer, answer.why, answer.subject) == (
        one.id, Answer.DISMISSED, "a namesake", "Elsa Lund"
    )  # fmt: skip
    with walk.database.view() as work:
        assert work.audit.list(1)[0].what == "suggestion dismissed"
    recall(walk.database, one.id, "ann", "it is her", NOW)
    assert find_suggestion(walk.database, one.id, LONG_AGO, NOW).items == 5
    with pytest.raises(NotFound):
        recall(walk.database, one.id, "ann", "again", NOW)


def test_a_rule_that_was_edited_meanwhile_is_not_overwritten(walk: Walk) -> None:
    news_of(walk, "Norlandic prime minister Astrid Holmm")
    (one,) = found(walk)
    known = walk.book.current().rules.actors["astrid-holm"]
    other = ActorRule(known.id, known.name, known.kind, known.member_of, ("Holm", "the PM"), known.offices)
    edit = RuleChange(kind=RuleKind.ACTOR, id=known.id, before=known, after=other)
    save_edits(walk.database, [edit], "bob", "", NOW, extractor=GrammarExtractor())
    with pytest.raises(RuleMoved, match="astrid-holm was changed since"):
        accepted(walk, one)
    assert walk.book.current().rules.actors["astrid-holm"].aliases == ("Holm", "the PM")
    assert answered_suggestions(walk.database) == []


WORDINGS = (
    "Astrid Holm said that she supports seabed mining, since polymetallic nodules are worth billions.",
    "Astrid Holm said that she supports seabed mining wherever polymetallic nodules lie.",
    "Astrid Holm said that she supports seabed mining, and polymetallic nodules would pay for schools.",
    "Astrid Holm said that she supports seabed mining, as polymetallic nodules belong to everybody.",
)


def confirmed_talk(walk: Walk) -> None:
    items = [walk.put(text, n) for n, text in enumerate(WORDINGS)]
    for n in range(30):
        walk.put(f"The fishermen of Stavik landed {n} boxes of herring at the harbour on a cold morning. " * 3, 10 + n)
    walk.read()
    with walk.database.work() as work:
        for item in items:
            for statement in work.statements.for_item(item):
                work.statements.judge(statement.id, VerdictKind.CONFIRM, "ann", NOW)


def test_a_phrase_of_confirmed_statements_is_a_line_with_what_it_would_find(walk: Walk) -> None:
    new = walk.put("Whoever digs for polymetallic nodules needs a permit, a judge ruled.", 50)
    confirmed_talk(walk)
    (one,) = found(walk, SuggestionKind.PHRASE)
    assert (one.subject, one.would_gain, one.items) == ("seabed-mining: polymetallic nodules", 1, 4)
    assert {p.text[slice(*p.marks[0])] for p in one.passages} == {"polymetallic nodules"}
    preview = preview_matches(walk.database, draft_of(walk.book.current().rules, one), LONG_AGO)
    assert [item.item_id for item in preview.gained] == [new]
    accepted(walk, one)
    rule = walk.book.current().rules.issues["seabed-mining"]
    assert isinstance(rule, IssueRule)
    assert rule.about[-1] == '"polymetallic nodules"'
    assert found(walk, SuggestionKind.PHRASE) == []


def test_a_phrase_that_would_find_nothing_new_is_not_offered(walk: Walk) -> None:
    confirmed_talk(walk)
    assert found(walk, SuggestionKind.PHRASE) == []


def test_rejected_statements_give_no_phrases(walk: Walk) -> None:
    walk.put("Whoever digs for polymetallic nodules needs a permit, a judge ruled.", 50)
    confirmed_talk(walk)
    with walk.database.work() as work:
        for statement in work.suggested.confirmed(100):
            work.statements.judge(statement.id, VerdictKind.REJECT, "ann", NOW)
    assert found(walk, SuggestionKind.PHRASE) == []


def end_office(walk: Walk, until: date) -> None:
    known = walk.book.current().rules.actors["sten-berg"]
    office = Office("Norlandic fisheries minister", date(2020, 1, 1), until)
    other = ActorRule(known.id, known.name, known.kind, known.member_of, known.aliases, (office,))
    edit = RuleChange(kind=RuleKind.ACTOR, id=known.id, before=known, after=other)
    save_edits(walk.database, [edit], "bob", "", NOW, extractor=GrammarExtractor())


def test_an_office_goes_on_when_items_still_call_its_holder_so(walk: Walk) -> None:
    end_office(walk, (NOW - timedelta(days=90)).date())
    for n in range(3):
        walk.put(f"Norlandic fisheries minister Sten Berg said that he supports seabed mining off town {n}.", 20 + n)
    walk.put("Former Norlandic fisheries minister Ulf Dahl is ill.", 30)
    walk.read()
    (one,) = found(walk, SuggestionKind.OFFICE)
    assert (one.items, one.publishers) == (3, 3)
    assert "3 statements credited to Sten Berg since" in one.notes
    accepted(walk, one)
    assert walk.book.current().rules.actors["sten-berg"].offices[0].until is None
    assert found(walk, SuggestionKind.OFFICE) == []


def test_an_office_that_somebody_unknown_holds_is_for_a_person_to_enter(walk: Walk) -> None:
    end_office(walk, (NOW + timedelta(days=10)).date())
    (one,) = found(walk, SuggestionKind.OFFICE)
    assert "ends on 2025-06-11" in one.summary
    with pytest.raises(NothingToWrite, match="edit the rule by hand"):
        accepted(walk, one)
    with pytest.raises(NotFound):
        find_suggestion(walk.database, "nonsense", LONG_AGO, NOW)
