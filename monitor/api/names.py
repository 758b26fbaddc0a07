"""What actors, issues and queries are called. Rules can go while what they found stays: then the id stands in."""

from __future__ import annotations

from dataclasses import dataclass

from rules.model import RuleKind, RuleSet


@dataclass(frozen=True, slots=True)
class Names:
    """The names of the rules in force."""

    rules: RuleSet

    def actor(self, actor: str) -> str:
        """The name of an actor."""
        rule = self.rules.actors.get(actor)
        return actor if rule is None else rule.name

    def issue(self, issue: str) -> str:
        """The name of an issue."""
        rule = self.rules.issues.get(issue)
        return issue if rule is None else rule.name

    def proposition(self, issue: str) -> str:
        """The sentence that an issue asks about; empty when the rule is gone."""
        rule = self.rules.issues.get(issue)
        return "" if rule is None else rule.proposition

    def rule(self, kind: RuleKind, rule: str) -> str:
        """The name of a rule of any kind."""
        if kind is RuleKind.ACTOR:
            return self.actor(rule)
        if kind is RuleKind.ISSUE:
            return self.issue(rule)
        query = self.rules.queries.get(rule)
        return rule if query is None else query.name
