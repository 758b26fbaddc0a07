"""Rules: packs laid over one another, versions, and whole sets by name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from storage.engine import Database
from storage.errors import NotFound
from storage.rule_bodies import all_rules, from_body, kind_of, to_body
from tests.contract.storage.values import DAY, NOW

ACTOR = ActorRule(
    "minister", "The Minister", ActorKind.PERSON, "state", ("Min",), (Office("Minister", date(2025, 5, 6)),)
)
STATE = ActorRule("state", "State", ActorKind.STATE)
EXAMPLES = (
    Example("Send troops.", holder="minister", stance=ExampleStance.SUPPORTS, date=date(2025, 6, 1)),
    Example("Kein Wort.", match=False, lang="de"),
)
ISSUE = IssueRule(
    "troops", "Troops", "Troops are sent.", ("troops NEAR/8 Ukraine",), ("send troops",), ("no troops",), EXAMPLES
)
QUERY = QueryRule("nord", "Nord Stream", '"Nord Stream" AND NOT sabotage', alert=True, examples=EXAMPLES)


def rule_set(*rules: AnyRule) -> RuleSet:
    return RuleSet(
        actors={rule.id: rule for rule in rules if isinstance(rule, ActorRule)},
        issues={rule.id: rule for rule in rules if isinstance(rule, IssueRule)},
        queries={rule.id: rule for rule in rules if isinstance(rule, QueryRule)},
    )


def lay(database: Database, origin: str, *rules: AnyRule) -> str:
    with database.work() as work:
        return work.rules.import_rules(rule_set(*rules), origin, "start", "import", NOW)


def current(database: Database) -> RuleSet:
    with database.view() as work:
        return work.rules.current()


def renamed(name: str) -> QueryRule:
    return QueryRule("nord", name, "q")


def versions(database: Database) -> list[str | None]:
    with database.view() as work:
        found = work.rules.history(RuleKind.QUERY, "nord")
    assert [v.version for v in found] == list(range(1, len(found) + 1))
    return [v.rule.name if v.rule else None for v in found]


def test_rules_come_back_as_they_were_given(database: Database) -> None:
    given_rules = [ACTOR, STATE, ISSUE, QUERY]
    version = lay(database, "seed", *given_rules)
    found = current(database)
    assert all_rules(found) == given_rules
    assert found.version == version
    with database.view() as work:
        assert work.rules.set_at(version) == found
        assert work.rules.origins()[RuleKind.ISSUE, "troops"] == "seed"


def test_importing_the_same_again_makes_nothing_new(database: Database) -> None:
    version = lay(database, "seed", ACTOR, QUERY)
    assert lay(database, "seed", QUERY, ACTOR) == version
    with database.view() as work:
        assert [v.version for v in work.rules.history(RuleKind.ACTOR, "minister")] == [1]


def test_the_version_follows_from_the_contents_alone(database: Database) -> None:
    first = lay(database, "seed", renamed("one"))
    assert lay(database, "seed", renamed("two")) != first
    assert lay(database, "seed", renamed("one")) == first
    assert versions(database) == ["one", "two", "one"]


def test_a_rule_that_vanishes_is_disabled_and_can_return(database: Database) -> None:
    lay(database, "seed", ACTOR, renamed("one"))
    lay(database, "seed", ACTOR)
    assert current(database).queries == {}
    lay(database, "seed", ACTOR, renamed("one"))
    assert current(database).queries == {"nord": renamed("one")}
    assert versions(database) == ["one", None, "one"]


def test_a_pack_lies_over_the_seed_at_every_start(database: Database) -> None:
    for _ in range(3):
        lay(database, "seed", renamed("seed"))
        lay(database, "/packs/mine", renamed("pack"))
        assert current(database).queries["nord"].name == "pack"
    assert versions(database) == ["seed", "pack"]
    lay(database, "seed", renamed("newer seed"))  # an upgrade: the pack still has the say
    assert current(database).queries["nord"].name == "pack"


def test_without_its_pack_a_rule_falls_back_to_the_seed(database: Database) -> None:
    lay(database, "seed", renamed("seed"))
    lay(database, "/packs/mine", renamed("pack"))
    lay(database, "/packs/mine")
    assert current(database).queries["nord"].name == "seed"
    with database.view() as work:
        assert work.rules.origins()[RuleKind.QUERY, "nord"] == "seed"
    lay(database, "seed", renamed("newer seed"))
    assert current(database).queries["nord"].name == "newer seed"


def test_two_packs_do_not_take_a_rule_from_one_another_for_ever(database: Database) -> None:
    for _ in range(3):
        lay(database, "/packs/a", renamed("a"))
        lay(database, "/packs/b", renamed("b"))
    assert versions(database) == ["a", "b"]


def test_what_an_operator_saved_no_pack_takes_back(database: Database) -> None:
    lay(database, "seed", renamed("seed"))
    with database.work() as work:
        version = work.rules.save(renamed("mine"), "op", "better", NOW + DAY)
        assert work.rules.save(renamed("mine"), "op", "again", NOW + DAY) == version
        last = work.rules.history(RuleKind.QUERY, "nord")[-1]
        assert (last.origin, last.who, last.why, last.at) == ("operator", "op", "better", NOW + DAY)
    for _ in range(2):
        lay(database, "seed", renamed("newer"))
        lay(database, "/packs/mine", renamed("pack"))
    assert versions(database) == ["seed", "mine", "newer", "pack"]
    assert current(database).queries["nord"].name == "mine"


def test_what_an_operator_removed_stays_removed(database: Database) -> None:
    lay(database, "seed", renamed("seed"), ISSUE)
    with database.work() as work:
        work.rules.remove(RuleKind.QUERY, "nord", "op", "noise", NOW)
        work.rules.remove(RuleKind.QUERY, "nord", "op", "noise", NOW)
        with pytest.raises(NotFound, match="there is no query rule"):
            work.rules.remove(RuleKind.QUERY, "other", "op", "", NOW)
    lay(database, "seed", renamed("newer"), ISSUE)
    assert current(database).queries == {}
    assert versions(database) == ["seed", None, "newer", None]
    with database.work() as work:
        work.rules.save(renamed("back"), "op", "", NOW)
    assert current(database).queries["nord"].name == "back"


def test_an_old_set_can_be_had_again(database: Database) -> None:
    old = lay(database, "seed", renamed("one"), ACTOR)
    lay(database, "seed", renamed("two"))
    with database.view() as work:
        found = work.rules.set_at(old)
        assert found.queries["nord"].name == "one"
        assert found.actors == {"minister": ACTOR}
        with pytest.raises(NotFound, match="there is no rule set gone"):
            work.rules.set_at("gone")
        with pytest.raises(NotFound):
            work.rules.history(RuleKind.ISSUE, "nothing")


def test_a_rule_with_text_that_cannot_be_stored_is_not_new_each_time(database: Database) -> None:
    odd = renamed("a\x00\ud800")
    assert lay(database, "seed", odd) == lay(database, "seed", odd)
    assert versions(database) == ["a\ufffd\ufffd"]


words = st.text(max_size=12)
several = st.lists(words, max_size=3).map(tuple)
days = st.none() | st.dates()
rules = st.one_of(
    st.builds(
        ActorRule,
        words,
        words,
        st.sampled_from(ActorKind),
        st.none() | words,
        several,
        st.lists(st.builds(Office, words, days, days), max_size=3).map(tuple),
    ),
    st.builds(IssueRule, words, words, words, several, several, several),
    st.builds(QueryRule, words, words, words, st.booleans()),
)


@given(rule=rules)
def test_every_rule_survives_its_body(rule: AnyRule) -> None:
    assert from_body(kind_of(rule), to_body(rule)) == rule
