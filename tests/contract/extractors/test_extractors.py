"""What every extractor keeps to, whoever reads: the grammar, a model that answers well, and one that answers wildly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from monitor.model.item import Item
from monitor.model.statement import Reading, Stance
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.protocol import Extractor
from rules.model import RuleKind, RuleSet
from storage.engine import Database
from tests.integration.pipeline.consulting import asking
from tests.sinks import Answer, Chat, ModelSink
from tests.unit.positions.llm.asked import COMPILED, RULES, item

TEXTS = {
    "plain": "Astrid Holm said that she supports seabed mining. Sten Berg opposes seabed mining, he told reporters.",
    "quoted": "“We reject seabed mining,” Astrid Holm said. “We support seabed mining,” Sten Berg said.",
    "nobody": "Seabed mining is debated. Somebody supports seabed mining.",
    "nothing": "",
    "odd": "Astrid Holm\u00a0supports\u200b seabed  mining \x00 “— and ‘so’ on.\r\n\r\n" * 3,
    "long": "Astrid Holm supports seabed mining. " + "The sea was calm. " * 3000,
    "foreign": "Astrid Holm unterstützt den Abbau, seabed mining, am Meeresgrund.",
}


def wild(chat: Chat) -> str:
    """Everything that an answer may get wrong, around one statement that is right."""
    lists, _, text = chat.user.partition("\n\nITEM-")
    actors = [actor["id"] for actor in json.loads(lists)["actors"]]
    words = text[text.index("text:\n") + 6 :][:60]
    base = {"issue": "seabed-mining", "stance": "supports", "field": "text", "quoted": True, "claimed_by": None}
    right = {**base, "holder": actors[0], "evidence": words, "withdraws": False, "said_on": None}
    wrong = [
        {**right, "holder": "norland"},
        {**right, "issue": "herring-quota"},
        {**right, "evidence": "words that stand nowhere"},
        {**right, "claimed_by": "the pope"},
        {**right, "stance": "maybe"},
        {**right, "said_on": "9999-12-31"},
        {},
        None,
    ]
    return "```json\n" + json.dumps({"statements": [*wrong, right, right]}) + "\n```"


def parrot(chat: Chat) -> str:
    """Gives the whole text as evidence for everybody who was offered."""
    lists, _, text = chat.user.partition("\n\nITEM-")
    actors = [actor["id"] for actor in json.loads(lists)["actors"]]
    words = text[text.index("text:\n") + 6 : text.rindex("\nITEM-")]
    base = {"issue": "seabed-mining", "stance": "opposes", "field": "title", "quoted": False, "claimed_by": None}
    rest = {"evidence": words, "withdraws": False, "said_on": None}
    return json.dumps({"statements": [{**base, **rest, "holder": actor} for actor in actors]})


@pytest.fixture(params=["grammar", "llm wild", "llm parrot", "llm down"])
def extractor(request: pytest.FixtureRequest, sqlite_database: Database) -> Iterator[Extractor]:
    if request.param == "grammar":
        yield GrammarExtractor()
        return
    reply = {"llm wild": wild, "llm parrot": parrot, "llm down": Answer(status=401)}[request.param]
    with ExitStack() as stack:
        sink = stack.enter_context(ModelSink())
        sink.replies(reply)
        clock = [datetime(2025, 6, 1, tzinfo=UTC)]
        yield stack.enter_context(asking(sqlite_database, sink, clock))


def read(extractor: Extractor, one: Item, rules: RuleSet = RULES) -> Reading:
    return extractor.read(one, COMPILED.match(one.fields, one.day, one.lang), rules)


@pytest.mark.parametrize("name", TEXTS)
def test_evidence_is_verbatim_and_nobody_is_named_who_was_not_matched(extractor: Extractor, name: str) -> None:
    one = item(TEXTS[name], title="Seabed mining: Holm speaks")
    matches = COMPILED.match(one.fields, one.day, one.lang)
    actors = {m.rule for m in matches if m.kind is RuleKind.ACTOR}
    issues = {m.rule for m in matches if m.kind is RuleKind.ISSUE}
    for statement in read(extractor, one).statements:
        evidence = statement.evidence
        assert one.fields[evidence.field][evidence.start : evidence.end] == evidence.text
        assert evidence.text.strip()
        assert statement.holder in actors
        assert statement.issue in issues
        assert statement.claimed_by is None or statement.claimed_by in actors
        assert statement.claimed_by != statement.holder
        assert statement.stance in Stance
        assert 0 < statement.confidence < 1
        assert statement.said_at.tzinfo is not None
        assert statement.said_at <= one.published_at


def test_something_is_read_at_all(extractor: Extractor) -> None:
    """Else the rules above would be kept by reading nothing."""
    assert read(extractor, item(TEXTS["plain"])).statements


@pytest.mark.parametrize("name", TEXTS)
def test_the_same_item_gives_the_same_reading(extractor: Extractor, name: str) -> None:
    one = item(TEXTS[name])
    first, second = read(extractor, one), read(extractor, one)
    assert first.statements == second.statements
    assert (first.extractor, first.version, first.rules_version) == (second.extractor, second.version, "7")


def test_statements_stand_in_the_order_of_the_text_and_once_each(extractor: Extractor) -> None:
    found = read(extractor, item(TEXTS["quoted"])).statements
    places = [(s.evidence.field != "title", s.evidence.start) for s in found]
    assert places == sorted(places)
    assert len({(s.holder, s.issue, s.evidence, s.withdraws) for s in found}) == len(found)


def test_who_stood_in_for_whom_is_said(extractor: Extractor) -> None:
    reading = read(extractor, item(TEXTS["plain"]))
    if reading.extractor == extractor.name:
        assert reading.fallback is None
    else:
        assert reading.fallback is not None
        assert reading.fallback.wanted == extractor.name
        assert reading.trace[0].why.startswith(f"read by {reading.extractor} in place of {extractor.name}: ")


def test_rules_that_are_gone_are_no_holders(extractor: Extractor) -> None:
    """The matches may be of a set of rules that has moved on."""
    assert read(extractor, item(TEXTS["plain"]), RuleSet(version="8")).statements == ()
