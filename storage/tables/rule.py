"""Rules, their versions, and the whole sets that items are matched under."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field

from storage.tables.base import Table, json, moment, string


class RuleRow(Table, table=True):
    """A rule as it stands: which version holds, and who owns it ("seed", a pack's path, "operator")."""

    __tablename__ = "rule"

    kind: str = string(primary_key=True)
    rule_id: str = string(primary_key=True)
    version: int = Field()
    origin: str = string()
    disabled: bool = Field(default=False)


class RuleVersionRow(Table, table=True):
    """One version of a rule. `body` is null where the version says that the rule is gone.

    `written` is the text that an operator wrote it as, with comments; null where it came otherwise.
    """

    __tablename__ = "rule_version"

    kind: str = string(primary_key=True)
    rule_id: str = string(primary_key=True)
    version: int = Field(primary_key=True)
    body: dict[str, Any] | None = json(None)
    origin: str = string()
    who: str = string()
    why: str = string("")
    at: datetime = moment()
    written: str | None = string(None)


class RuleSetRow(Table, table=True):
    """A whole set by its version, which is a hash over its contents: {kind: {id: version}}."""

    __tablename__ = "rule_set"

    version: str = string(primary_key=True)
    at: datetime = moment()
    body: dict[str, Any] = json()
