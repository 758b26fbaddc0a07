from __future__ import annotations

import pytest

from monitor.api.names import Names
from monitor.web.chosen import Chosen, families, groups, members
from rules.model import ActorKind, ActorRule, IssueRule, RuleSet
from storage.errors import NotFound


def actor(name: str, kind: ActorKind, member_of: str | None = None) -> ActorRule:
    return ActorRule(name, name.title(), kind, member_of=member_of)


ACTORS = (
    actor("utopia", ActorKind.STATE),
    actor("ministry", ActorKind.INSTITUTION, "utopia"),
    actor("minister", ActorKind.PERSON, "ministry"),
    actor("union", ActorKind.INSTITUTION),
    actor("envoy", ActorKind.PERSON, "union"),
    actor("pundit", ActorKind.COMMENTATOR),
)
RULES = RuleSet(
    actors={a.id: a for a in ACTORS},
    issues={i: IssueRule(i, i, i, (i,), family=f) for i, f in {"a": "war", "b": "Peace", "c": None}.items()},
)


def test_a_group_is_a_body_and_whoever_belongs_to_it_however_deep() -> None:
    assert members(RULES, "utopia") == {"utopia", "ministry", "minister"}
    assert members(RULES, "pundit") == {"pundit"}
    assert Chosen(group="utopia", kind=ActorKind.PERSON).actors(RULES) == frozenset({"minister"})


def test_bodies_in_a_circle_end() -> None:
    circle = RuleSet(actors={a.id: a for a in (actor("x", ActorKind.GROUP, "y"), actor("y", ActorKind.GROUP, "x"))})
    assert members(circle, "x") == {"x", "y"}


def test_nothing_chosen_is_all_of_it_those_without_a_rule_too() -> None:
    assert Chosen().actors(RULES) is None
    assert Chosen().issues(RULES) is None
    assert Chosen(family="war").issues(RULES) == frozenset({"a"})


def test_what_is_offered_can_be_chosen() -> None:
    assert groups(RULES) == [
        ("Governments", [("utopia", "Utopia")]),
        ("Institutions and groups", [("ministry", "Ministry"), ("union", "Union")]),
    ]
    assert families(RULES) == ["Peace", "war"]
    for _, bodies in groups(RULES):
        for body, _ in bodies:
            Chosen(group=body).check(RULES)


@pytest.mark.parametrize("wrong", [Chosen(group="atlantis"), Chosen(family="War")])
def test_a_slip_is_told(wrong: Chosen) -> None:
    with pytest.raises(NotFound):
        wrong.check(RULES)


def test_it_reads_back_as_an_address_and_as_words() -> None:
    chosen = Chosen(group="utopia", kind=ActorKind.PERSON, family="war")
    assert chosen.query() == {"group": "utopia", "actor_kind": "person", "family": "war"}
    assert chosen.words(Names(RULES)) == ["Utopia and whoever belongs to it", "persons", "issues of “war”"]
    assert Chosen().query() == {}
