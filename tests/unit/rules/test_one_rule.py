"""One rule's text by itself: checked beside the rules in force, each problem led back to its part; and rewritten."""

from __future__ import annotations

import pytest

from rules.loader import load_packs
from rules.model import ActorKind, ActorRule, AnyRule, Example, ExampleStance, IssueRule, QueryRule, RuleKind, RuleSet
from rules.one_rule import ReadRule, layers_of, read_rule
from rules.yaml_writer import entry_of, rewritten, text_of

IN_FORCE = RuleSet(
    actors={
        "norland": ActorRule("norland", "Norland", ActorKind.STATE),
        "holm": ActorRule("holm", "Astrid Holm", ActorKind.PERSON, "norland", ("Holm",)),
    },
    issues={"mining": IssueRule("mining", "Mining", "Mining is allowed.", ("mining", "seabed AND nodules"))},
    queries={"herring": QueryRule("herring", "Herring", "herring AND actor:holm")},
)


def read(text: str, kind: RuleKind = RuleKind.ISSUE, known_as: str | None = None) -> ReadRule:
    return read_rule(kind, text, IN_FORCE, known_as)


@pytest.fixture(scope="module")
def seed() -> RuleSet:
    return load_packs()


def test_every_rule_of_the_seed_comes_back_from_its_text_without_an_error(seed: RuleSet) -> None:
    some: list[AnyRule] = [*list(seed.actors.values())[::40], *list(seed.issues.values())[::5]]
    for rule in some:
        kind = RuleKind.ACTOR if isinstance(rule, ActorRule) else RuleKind.ISSUE
        found = read_rule(kind, text_of(entry_of(rule)), seed, rule.id)
        assert found.rule == rule
        assert not found.fatal
    assert len(layers_of(seed)) == len(seed.actors) + len(seed.issues) + len(seed.queries)


def test_each_problem_is_led_back_to_its_line_and_part() -> None:
    text = (
        "- id: mining\n  name: ''\n  about:\n    - mining\n    - nodules AND\n  forr: [x]\n"
        "  examples:\n    - {text: Yes, holder: nobody, stance: supports}\n"
    )
    found = read(text, known_as="mining")
    assert found.rule is None
    assert [(p.line, found.part_of(p)) for p in found.problems] == [
        (1, ("proposition",)),
        (2, ("name",)),
        (5, ("about", 1)),
        (6, ("forr",)),
        (8, ("examples", 0)),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no rule here"),
        ("name: x", "the one entry of a list"),
        ("- {id: a, name: A}\n- {id: b, name: B}", "a second rule"),
        ("- id: [", "not valid YAML"),
        ("- a text", "must be a table of keys"),
        ("- {id: mining, about+: [sea]}", "only adds to a rule"),
        ("- {id: mining, name: M, proposition: P., about: [sea], disabled: true}", "not switched off in its text"),
        ("- {id: other, name: M, proposition: P., about: [sea]}", "stays what it is"),
    ],
)
def test_what_is_no_whole_rule_of_this_id_is_refused(text: str, said: str) -> None:
    found = read(text, known_as="mining")
    assert found.rule is None
    assert any(said in problem.message for problem in found.fatal), found.problems


def test_an_id_in_use_is_refused_for_a_new_rule_only() -> None:
    text = text_of(entry_of(IN_FORCE.issues["mining"]))
    assert read(text, known_as="mining").rule == IN_FORCE.issues["mining"]
    assert "already" in read(text).fatal[0].message


def test_it_is_checked_beside_the_other_rules() -> None:
    named = read("- {id: q, name: Q, query: sea actor:hulm}", RuleKind.QUERY)
    assert "did you mean `holm`?" in named.fatal[0].remedy
    above = read("- {id: x, name: X, kind: person, in: holm}", RuleKind.ACTOR)
    assert "is a person" in above.fatal[0].message
    twice = read("- {id: x, name: Holm, kind: person}", RuleKind.ACTOR)
    assert twice.rule is not None
    assert "names both" in twice.problems[0].message
    shadow = read("- {id: s, name: S, proposition: P., about: [sea, sea AND nodules]}")
    assert [problem.fatal for problem in shadow.problems] == [False]


def test_a_text_that_is_far_too_long_is_refused_and_not_read() -> None:
    assert "longer than" in read("- id: x" + " " * 1_000_001).fatal[0].message


def test_rewriting_keeps_comments_order_and_unknown_keys() -> None:
    text = (
        "# on top\n- about: [sea] # the matter\n  id: mining\n  nmae: x\n  # its name\n  name: Mining\n  family: Old\n"
    )
    entry = {"id": "mining", "name": "Deep-sea mining", "about": ["sea", "nodules"]}
    after = rewritten(text, entry, known=("id", "name", "about", "family"))
    assert after == (
        "# on top\n- about: [sea, nodules] # the matter\n  id: mining\n  nmae: x\n  # its name\n"
        "  name: Deep-sea mining\n"
    )
    assert rewritten(after, entry, known=("id", "name", "about")) == after
    assert "nmae" not in rewritten(text, entry)


@pytest.mark.parametrize("text", ["", "- a\n- b", "- id: [", "x: 1", "\x00"])
def test_a_text_that_holds_no_single_entry_gives_way_to_a_new_one(text: str) -> None:
    entry = {"id": "a", "name": "A", "about": ["sea"]}
    assert rewritten(text, entry) == text_of(entry) == "- id: a\n  name: A\n  about: [sea]\n"


def test_examples_come_back_as_they_were() -> None:
    rule = IssueRule(
        "m", "M", "P.", ("sea",), examples=(Example("Holm says yes: now.", True, "holm", ExampleStance.SUPPORTS),)
    )
    assert read(text_of(entry_of(rule))).rule == rule
