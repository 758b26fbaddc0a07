"""What the pages of rules share: the desk, what drafts are read and previewed with, and who edits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, HTTPException
from starlette.requests import Request

from monitor.api.previews import Previews
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.protocol import Extractor
from monitor.web.desk import Desk
from monitor.web.door import Fields, read_form
from monitor.web.visitor import must_be_signed, seen
from rules.model import RuleKind

MOST_BYTES = 1024 * 1024
"""Of a draft's form: it holds the rule twice, as fields and as YAML."""

KINDS = {RuleKind.ACTOR: "actor", RuleKind.ISSUE: "issue", RuleKind.QUERY: "query"}


@dataclass(frozen=True, slots=True)
class Bench:
    """The parts that the pages of rules share. `previews` is None where the service was started without."""

    desk: Desk
    previews: Previews | None
    examples: Extractor = field(default_factory=GrammarExtractor)
    """Reads the examples of rules, as the command line does."""


def who_is(request: Request) -> str:
    """The name under which an edit is written down."""
    visitor = seen(request)
    if visitor is None:
        raise HTTPException(401, "Sign in first.")
    return visitor.account.name


async def draft_fields(request: Request) -> Fields:
    """What the form of a draft holds. Raises HTTPException for one that is too long or not from our page."""
    sent = await read_form(request, MOST_BYTES)
    must_be_signed(request, sent)
    return sent


DraftFields = Annotated[Fields, Depends(draft_fields)]


def one(sent: Fields, name: str) -> str:
    """The single value of a field; "" where it was not sent."""
    return (sent.get(name) or [""])[0]
