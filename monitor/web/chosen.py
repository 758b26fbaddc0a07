"""Which actors and issues a page is asked for: by group, kind of actor and family of issues. Pure.

The same names and meanings on the matrix, in the stream of changes and in its feeds.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.api.names import Names
from rules.model import ActorKind, RuleSet
from storage.errors import NotFound

KIND_NAMES = {
    ActorKind.STATE: "States",
    ActorKind.INSTITUTION: "Institutions",
    ActorKind.GROUP: "Groups",
    ActorKind.PERSON: "Persons",
    ActorKind.COMMENTATOR: "Commentators",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What is chosen; None is all. `group` is a body: it, and whoever belongs to it, however deep."""

    group: str | None = None
    kind: ActorKind | None = None
    family: str | None = None

    def actors(self, rules: RuleSet) -> frozenset[str] | None:
        """The ids of the chosen actors; None: all, those that the rules no longer name too."""
        if self.group is None and self.kind is None:
            return None
        within = members(rules, self.group) if self.group is not None else frozenset(rules.actors)
        return frozenset(a for a in within if self.kind is None or rules.actors[a].kind is self.kind)

    def issues(self, rules: RuleSet) -> frozenset[str] | None:
        """The ids of the chosen issues; None: all, those that the rules no longer name too."""
        if self.family is None:
            return None
        return frozenset(issue for issue, rule in rules.issues.items() if rule.family == self.family)

    def check(self, rules: RuleSet) -> None:
        """Raises NotFound for a group or family that is not there: a slip would show an empty page."""
        if self.group is not None and self.group not in rules.actors:
            raise NotFound("group", self.group)
        if self.family is not None and self.family not in families(rules):
            raise NotFound("family of issues", self.family)

    def query(self) -> dict[str, str]:
        """What is chosen, as an address spells it."""
        kind = None if self.kind is None else self.kind.value
        given = (("group", self.group), ("actor_kind", kind), ("family", self.family))
        return {key: value for key, value in given if value is not None}

    def words(self, names: Names) -> list[str]:
        """What is chosen, in words for a heading."""
        said = [f"{names.actor(self.group)} and whoever belongs to it"] if self.group is not None else []
        said += [KIND_NAMES[self.kind].lower()] if self.kind is not None else []
        return said + ([f"issues of “{self.family}”"] if self.family is not None else [])


def members(rules: RuleSet, body: str) -> frozenset[str]:
    """A body and whoever belongs to it, by way of other bodies too."""
    below: dict[str, list[str]] = {}
    for rule in rules.actors.values():
        if rule.member_of is not None:
            below.setdefault(rule.member_of, []).append(rule.id)
    found: set[str] = set()
    ahead = [body] if body in rules.actors else []
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += below.get(one, [])
    return frozenset(found)


def groups(rules: RuleSet) -> list[tuple[str, list[tuple[str, str]]]]:
    """The bodies that somebody belongs to, as (heading, [(id, name)]), governments first, each by name."""
    bodies = {rule.member_of for rule in rules.actors.values() if rule.member_of in rules.actors}
    sides: dict[str, list[tuple[str, str]]] = {"Governments": [], "Institutions and groups": []}
    for body in bodies:
        if body is not None:
            rule = rules.actors[body]
            state = rule.kind is ActorKind.STATE
            sides["Governments" if state else "Institutions and groups"].append((rule.id, rule.name))
    return [(heading, sorted(found, key=lambda one: one[1].casefold())) for heading, found in sides.items() if found]


def families(rules: RuleSet) -> list[str]:
    """The families of issues, by name."""
    return sorted({rule.family for rule in rules.issues.values() if rule.family is not None}, key=str.casefold)
