"""What is watched, as JSON: actors as readers know them, and rules with all that they say."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from rules.model import ActorKind, ActorRule, RuleKind
from rules.yaml_writer import entry_of, text_of
from storage.rule_bodies import to_body
from storage.values import RuleVersion

_BODY = {
    "id": "troops-ukraine",
    "name": "European troops in Ukraine",
    "proposition": "European troops are sent to Ukraine to secure a ceasefire.",
    "about": ["troops NEAR/8 ukraine"],
    "for": ["boots on the ground in Ukraine"],
    "against": ["no troops to Ukraine"],
    "examples": [],
}
_TEXT = """- id: troops-ukraine
  name: European troops in Ukraine
  proposition: European troops are sent to Ukraine to secure a ceasefire.
  about:
    - troops NEAR/8 ukraine
"""


class OfficeOut(BaseModel):
    """An office and the days on which it is held, both inclusive; null is open."""

    title: str = Field(examples=["Prime Minister"])
    since: date | None
    until: date | None


class ActorOut(BaseModel):
    """Somebody whose positions are watched. `member_of` is whom they speak for while they hold an office."""

    id: str = Field(examples=["keir-starmer"])
    name: str = Field(examples=["Keir Starmer"])
    kind: ActorKind
    member_of: str | None = Field(examples=["united-kingdom"])
    aliases: list[str] = Field(examples=[["Sir Keir"]])
    offices: list[OfficeOut]


class Actors(BaseModel):
    """All actors."""

    actors: list[ActorOut]


class RuleOut(BaseModel):
    """The version of a rule that holds. `active` is false for one that is switched off; it then has no name."""

    kind: RuleKind
    id: str = Field(examples=["troops-ukraine"])
    name: str | None = Field(examples=["European troops in Ukraine"])
    active: bool
    version: int
    origin: str = Field(description="Whose it is: of a pack, or of an operator.", examples=["operator"])
    saved_by: str = Field(examples=["ada"])
    saved_at: datetime


class RuleDetail(RuleOut):
    """A rule in full. `rule` is what it says, `text` the same as in a pack's file; null where it is off."""

    rule: dict[str, Any] | None = Field(examples=[_BODY])
    text: str | None = Field(examples=[_TEXT])
    written: str | None = Field(
        description="The text that an operator wrote last, with comments; what holds may say more by now.",
        examples=[_TEXT],
    )


class Rules(BaseModel):
    """All rules; `version` names the set of those in force."""

    version: str = Field(examples=["9f86d081884c7d65"])
    rules: list[RuleOut]


class RuleVersionOut(BaseModel):
    """One version of a rule. `rule` is null where it was switched off."""

    version: int
    at: datetime
    who: str = Field(examples=["ada"])
    why: str = Field(examples=["two more wordings seen this week"])
    origin: str = Field(examples=["operator"])
    rule: dict[str, Any] | None = Field(examples=[_BODY])


class RuleVersions(BaseModel):
    """All versions of a rule, newest first."""

    versions: list[RuleVersionOut]


def actor_of(rule: ActorRule) -> ActorOut:
    """An actor as readers know them."""
    return ActorOut(
        id=rule.id,
        name=rule.name,
        kind=rule.kind,
        member_of=rule.member_of,
        aliases=list(rule.aliases),
        offices=[OfficeOut(title=o.title, since=o.since, until=o.until) for o in rule.offices],
    )


def rule_of(standing: RuleVersion) -> RuleOut:
    """A rule in a list."""
    return RuleOut(
        kind=standing.kind,
        id=standing.rule_id,
        name=None if standing.rule is None else standing.rule.name,
        active=standing.rule is not None,
        version=standing.version,
        origin=standing.origin,
        saved_by=standing.who,
        saved_at=standing.at,
    )


def rule_detail(standing: RuleVersion, written: str | None) -> RuleDetail:
    """A rule with all that it says."""
    rule = standing.rule
    return RuleDetail(
        **rule_of(standing).model_dump(),
        rule=None if rule is None else to_body(rule),
        text=None if rule is None else text_of(entry_of(rule)),
        written=written,
    )


def version_of(version: RuleVersion) -> RuleVersionOut:
    """One version in a history."""
    return RuleVersionOut(
        version=version.version,
        at=version.at,
        who=version.who,
        why=version.why,
        origin=version.origin,
        rule=None if version.rule is None else to_body(version.rule),
    )
