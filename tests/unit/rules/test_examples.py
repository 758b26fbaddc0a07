from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from rules.backtest import run_examples
from rules.compiler import compile_rules
from rules.loader import load_packs
from rules.model import (
    ActorKind,
    ActorRule,
    Example,
    ExampleStance,
    IssueRule,
    Match,
    Office,
    QueryRule,
    RuleSet,
)
from tests.unit.rules.conftest import PackMaker
from tests.unit.rules.test_loader import problems

TODAY = date(2025, 6, 1)
SUPPORTS, OPPOSES, NONE = ExampleStance.SUPPORTS, ExampleStance.OPPOSES, ExampleStance.NONE


def nothing(_example: Example, _matches: Sequence[Match]) -> list[tuple[str, str, str]]:
    return []


def test_reads_the_examples_of_a_pack(pack: PackMaker) -> None:
    files = {
        "actors/a.yaml": "- {id: mayor, name: Jane Doe, kind: person, examples: [{text: A doe ran., match: false}]}\n",
        "issues/i.yaml": (
            "- {id: tram, name: Tram, proposition: P., about: [tram], examples: [\n"
            "   {text: Doe wants the tram., holder: mayor, stance: supports, date: 2025-02-03},\n"
            "   {text: Die Tram kam., stance: none, lang: de}]}\n"
        ),
        "queries/q.yaml": "- {id: q, name: Q, query: bus, examples: [{text: The bus.}]}\n",
    }
    directory = pack(files)
    assert not problems(directory)
    rules = load_packs(directory, seed=False)
    assert rules.actors["mayor"].examples == (Example("A doe ran.", match=False),)
    assert rules.issues["tram"].examples == (
        Example("Doe wants the tram.", holder="mayor", stance=SUPPORTS, date=date(2025, 2, 3)),
        Example("Die Tram kam.", stance=NONE, lang="de"),
    )
    assert rules.queries["q"].examples == (Example("The bus."),)


@pytest.mark.parametrize(
    ("example", "says", "remedy"),
    [
        ("bus", "must be a table", "text:"),
        ("{match: true}", "without `text`", "add `text:`"),
        ("{text: ''}", "`text` is empty", "leave it out"),
        ("{text: A, expect: true}", "unknown key `expect`", "`match`?"),
        ("{text: A, zzz: 1}", "unknown key `zzz`", "leave it out"),
        ("{text: A, match: maybe}", "true or false", "`true`"),
        ("{text: A, stance: support}", "no stance", "`supports`?"),
        ("{text: A, match: false, stance: supports}", "can hold no stance", "leave `stance` out"),
        ("{text: A, holder: a}", "`holder` and without `stance`", "add `stance"),
        ("{text: A, holder: nobody, stance: none}", "names no actor", "add an actor"),
        ("{text: A, lang: english}", "no language", "its code"),
        ("{text: A, date: 2025}", "no whole day", "month"),
        (f"{{text: {'x' * 5001}}}", "longer than 5000", "shorten"),
    ],
)
def test_refuses_an_unsound_example(pack: PackMaker, example: str, says: str, remedy: str) -> None:
    rule = f"- {{id: i, name: I, proposition: P., about: [x], examples: [{example}]}}\n"
    found = problems(pack({"issues/i.yaml": rule}))
    assert [(says in p.message, remedy in p.remedy, p.fatal) for p in found] == [(True, True, True)], found


def test_an_example_of_an_actor_has_no_stance(pack: PackMaker) -> None:
    rule = "- {id: a, name: A, kind: state, examples: [{text: A, stance: none}]}\n"
    assert "unknown key `stance`" in problems(pack({"actors/a.yaml": rule}))[0].message


def _rules(*examples: Example) -> RuleSet:
    offices = (Office("Mayor", date(2025, 1, 1)),)
    return RuleSet(
        {"doe": ActorRule("doe", "Jane Doe", ActorKind.PERSON, None, (), offices, (Example("The Mayor came."),))},
        {"tram": IssueRule("tram", "T", "P.", ("tram",), examples=examples)},
        {"q": QueryRule("q", "Q", "bus", examples=(Example("A bus."), Example("A car.", match=False)))},
    )


def test_all_is_well_when_every_example_comes_out() -> None:
    rules = _rules(Example("The tram."), Example("The bus.", match=False), Example("The tram.", stance=NONE))
    result = run_examples(compile_rules(rules), nothing, TODAY)
    assert (result.run, result.failed) == (6, ())


def test_the_day_of_an_example_decides_who_holds_an_office() -> None:
    result = run_examples(compile_rules(_rules()), nothing, date(2024, 1, 1))
    assert [(f.rule, f.expected, f.got) for f in result.failed] == [("doe", "a match", "no match")]


@pytest.mark.parametrize(
    ("example", "expected", "got"),
    [
        (Example("The bus."), "a match", "no match"),
        (Example("The tram.", match=False), "no match", "a match"),
        (Example("The tram.", stance=OPPOSES), "opposes", "ann opposes, doe supports"),
        (Example("The tram.", holder="doe", stance=OPPOSES), "doe opposes", "ann opposes, doe supports"),
        (Example("The tram.", holder="doe", stance=NONE), "doe no statement", "ann opposes, doe supports"),
        (Example("The tram.", stance=NONE), "no statement", "ann opposes, doe supports"),
        (Example("The tram.", holder="bob", stance=SUPPORTS), "bob supports", "ann opposes, doe supports"),
    ],
)
def test_says_what_was_expected_and_what_came(example: Example, expected: str, got: str) -> None:
    def read(_example: Example, matches: Sequence[Match]) -> list[tuple[str, str, str]]:
        assert matches
        return [("doe", "tram", "supports"), ("ann", "tram", "opposes"), ("bob", "other", "supports")]

    failed = run_examples(compile_rules(_rules(example)), read, TODAY).failed
    assert [(f.number, f.expected, f.got) for f in failed] == [(1, expected, got)]
    assert str(failed[0]).startswith(f"issue tram, example 1: expected {expected}, got {got}: “The ")


def test_a_holder_who_is_read_as_expected_is_enough() -> None:
    def read(_example: Example, _matches: Sequence[Match]) -> list[tuple[str, str, str]]:
        return [("doe", "tram", "supports"), ("ann", "tram", "opposes")]

    examples = Example("The tram.", holder="doe", stance=SUPPORTS), Example("The tram.", holder="bob", stance=NONE)
    assert not run_examples(compile_rules(_rules(*examples)), read, TODAY).failed
