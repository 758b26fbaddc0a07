"""How a rule lies in the database: a JSON object with everything that it says, and a hash over a whole set of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from rules.model import (
    ActorKind,
    ActorRule,
    AnyRule,
    Example,
    ExampleStance,
    IssueRule,
    Office,
    QueryRule,
    RuleKind,
    RuleSet,
)

Body = dict[str, Any]


def kind_of(rule: AnyRule) -> RuleKind:
    """The kind of the rule."""
    if isinstance(rule, ActorRule):
        return RuleKind.ACTOR
    return RuleKind.ISSUE if isinstance(rule, IssueRule) else RuleKind.QUERY


def all_rules(rules: RuleSet) -> list[AnyRule]:
    """Every rule of the set."""
    return [*rules.actors.values(), *rules.issues.values(), *rules.queries.values()]


def to_body(rule: AnyRule) -> Body:
    """The rule as a JSON object."""
    if isinstance(rule, ActorRule):
        return {
            "id": rule.id,
            "name": rule.name,
            "kind": rule.kind.value,
            "member_of": rule.member_of,
            "aliases": list(rule.aliases),
            "offices": [
                {"title": office.title, "since": _day_text(office.since), "until": _day_text(office.until)}
                for office in rule.offices
            ],
            **_examples(rule),
        }
    if isinstance(rule, IssueRule):
        return {
            "id": rule.id,
            "name": rule.name,
            "proposition": rule.proposition,
            "about": list(rule.about),
            "for": list(rule.for_),
            "against": list(rule.against),
            **({} if rule.family is None else {"family": rule.family}),
            **_examples(rule),
        }
    return {"id": rule.id, "name": rule.name, "query": rule.query, "alert": rule.alert, **_examples(rule)}


def from_body(kind: RuleKind, body: Body) -> AnyRule:
    """The rule that the JSON object describes."""
    if kind is RuleKind.ACTOR:
        return ActorRule(
            id=body["id"],
            name=body["name"],
            kind=ActorKind(body["kind"]),
            member_of=body["member_of"],
            aliases=tuple(body["aliases"]),
            offices=tuple(
                Office(office["title"], _day(office["since"]), _day(office["until"])) for office in body["offices"]
            ),
            examples=_read_examples(body),
        )
    if kind is RuleKind.ISSUE:
        return IssueRule(
            id=body["id"],
            name=body["name"],
            proposition=body["proposition"],
            about=tuple(body["about"]),
            for_=tuple(body["for"]),
            against=tuple(body["against"]),
            examples=_read_examples(body),
            family=body.get("family"),
        )
    return QueryRule(
        id=body["id"], name=body["name"], query=body["query"], alert=body["alert"], examples=_read_examples(body)
    )


def set_version(bodies: Iterable[tuple[str, str, Body]]) -> str:
    """The version of a set: 16 hex digits over (kind, id, body) of its rules, whatever their order."""
    text = json.dumps(sorted(bodies, key=lambda entry: entry[:2]), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _examples(rule: AnyRule) -> Body:
    """The examples, where there are any: bodies written before there were examples stay what they are."""
    if not rule.examples:
        return {}
    return {
        "examples": [
            {
                "text": example.text,
                "match": example.match,
                "holder": example.holder,
                "stance": example.stance.value if example.stance else None,
                "date": _day_text(example.date),
                "lang": example.lang,
            }
            for example in rule.examples
        ]
    }


def _read_examples(body: Body) -> tuple[Example, ...]:
    return tuple(
        Example(
            text=example["text"],
            match=example["match"],
            holder=example["holder"],
            stance=ExampleStance(example["stance"]) if example["stance"] else None,
            date=_day(example["date"]),
            lang=example["lang"],
        )
        for example in body.get("examples", ())
    )


def _day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
