"""An item, its rules and its matches, as all tests of the llm extractor have them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from monitor.model.item import Item
from monitor.positions.llm.schema import AnswerStatement
from rules.compiler import compile_rules
from rules.model import ActorKind, ActorRule, IssueRule, Match, Office, RuleSet

RULES = RuleSet(
    actors={
        "norland": ActorRule(id="norland", name="Norland", kind=ActorKind.STATE),
        "astrid-holm": ActorRule(
            id="astrid-holm",
            name="Astrid Holm",
            kind=ActorKind.PERSON,
            member_of="norland",
            aliases=("Holm",),
            offices=(
                Office("Norlandic Prime Minister", date(2020, 1, 1)),
                Office("mayor of Skarvik", None, date(2019, 12, 31)),
            ),
        ),
        "sten-berg": ActorRule(id="sten-berg", name="Sten Berg", kind=ActorKind.PERSON),
    },
    issues={
        "seabed-mining": IssueRule(
            id="seabed-mining",
            name="Seabed mining",
            proposition="Mining of the deep seabed is allowed.",
            about=('"seabed mining"',),
        ),
        "herring-quota": IssueRule(
            id="herring-quota",
            name="Herring quota",
            proposition="The herring quota is cut.",
            about=('"herring quota"',),
        ),
    },
    version="7",
)
COMPILED = compile_rules(RULES)


def item(text: str, title: str = "", lang: str | None = "en") -> Item:
    moment = datetime(2025, 6, 1, 9, tzinfo=UTC)
    return Item(
        id=1,
        revision=1,
        story_id=1,
        feed_id=None,
        identity="one",
        url=None,
        title=title,
        text=text,
        published_at=moment,
        seen_at=moment,
        lang=lang,
        publisher="paper.example",
    )


def matches(one: Item) -> list[Match]:
    return COMPILED.match(one.fields, one.day, one.lang)


def said(evidence: str, **more: object) -> AnswerStatement:
    fields: dict[str, object] = {"holder": "astrid-holm", "issue": "seabed-mining", "stance": "supports", **more}
    return AnswerStatement.model_validate({**fields, "evidence": evidence})
