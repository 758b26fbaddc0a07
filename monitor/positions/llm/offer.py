"""What a model may answer with: the actors and issues that were matched in the item, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rules.model import ActorRule, IssueRule, Match, RuleKind, RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Actors and issues by id, in the order of their ids; empty on either side, there is nothing to ask."""

    actors: tuple[ActorRule, ...]
    issues: tuple[IssueRule, ...]
    day: date

    @property
    def actor_ids(self) -> tuple[str, ...]:
        """The ids that may hold or claim a position."""
        return tuple(actor.id for actor in self.actors)

    @property
    def issue_ids(self) -> tuple[str, ...]:
        """The ids of what a position may be on."""
        return tuple(issue.id for issue in self.issues)

    @property
    def empty(self) -> bool:
        """Whether no statement is possible."""
        return not (self.actors and self.issues)

    def as_json(self) -> dict[str, list[dict[str, object]]]:
        """How the model is told of them. Offices are those held on the item's day."""
        return {
            "actors": [
                {
                    "id": actor.id,
                    "name": actor.name,
                    "kind": actor.kind.value,
                    "also_called": list(actor.aliases),
                    "offices": [office.title for office in actor.offices if office.covers(self.day)],
                }
                for actor in self.actors
            ],
            "issues": [{"id": issue.id, "name": issue.name, "proposition": issue.proposition} for issue in self.issues],
        }


def offer(matches: Sequence[Match], rules: RuleSet, day: date) -> Offer:
    """The actors and issues among the matches of an item that was published on `day`."""
    actors = {m.rule for m in matches if m.kind is RuleKind.ACTOR and m.rule in rules.actors}
    issues = {m.rule for m in matches if m.kind is RuleKind.ISSUE and m.rule in rules.issues}
    return Offer(
        actors=tuple(rules.actors[key] for key in sorted(actors)),
        issues=tuple(rules.issues[key] for key in sorted(issues)),
        day=day,
    )
