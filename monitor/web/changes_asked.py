"""Which changes a page or a feed is asked for, by one set of names for both."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from fastapi import Depends
from pydantic import StringConstraints

from monitor.api.names import Names
from monitor.model.position import ChangeStatus
from monitor.web.chosen import Chosen
from monitor.web.parameters import Blank, Day, chosen, end_of, in_order, start_of
from rules.model import RuleSet
from storage.chosen_changes import ChangeChoice

Text = Annotated[Annotated[str, StringConstraints(max_length=200)] | None, Blank]

NARROWING = frozenset({"group", "actor_kind", "family", "status", "since", "until", "q"})
"""The names of what `Narrowed` holds, as an address spells them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What narrows changes beyond actor, issue and kind; None is all."""

    wanted: Chosen = field(default_factory=Chosen)
    status: ChangeStatus | None = None
    since: date | None = None
    until: date | None = None
    words: str | None = None

    def choice(self, rules: RuleSet) -> ChangeChoice:
        """What the repository is asked for. Raises NotFound for a group or family that is not there."""
        self.wanted.check(rules)
        return ChangeChoice(
            actors=self.wanted.actors(rules),
            issues=self.wanted.issues(rules),
            status=self.status,
            since=None if self.since is None else start_of(self.since),
            until=None if self.until is None else end_of(self.until),
            words=self.words or "",
        )

    def query(self) -> dict[str, str]:
        """The same as an address spells it, always in the same order."""
        status = None if self.status is None else self.status.value
        days = (None if day is None else day.isoformat() for day in (self.since, self.until))
        given = zip(("status", "since", "until", "q"), (status, *days, self.words), strict=True)
        return {**self.wanted.query(), **{key: value for key, value in given if value is not None}}

    def said(self, names: Names) -> list[str]:
        """The same in words for a title."""
        said = self.wanted.words(names)
        said += [f"{self.status.value} only"] if self.status is not None else []
        said += [f"since {self.since}"] if self.since is not None else []
        said += [f"until {self.until}"] if self.until is not None else []
        return said + ([f"with “{self.words}”"] if self.words is not None else [])


def narrowed_by(
    wanted: Annotated[Chosen, Depends(chosen)],
    status: Annotated[ChangeStatus | None, Blank] = None,
    since: Day = None,
    until: Day = None,
    q: Text = None,
) -> Narrowed:
    """What an address asks for."""
    in_order(since, until)
    return Narrowed(wanted=wanted, status=status, since=since, until=until, words=q)
