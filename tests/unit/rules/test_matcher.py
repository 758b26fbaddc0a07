from datetime import date

import pytest

from rules.compiler import CompiledRules, compile_rules
from rules.model import ActorKind, ActorRule, IssueRule, Match, Office, QueryRule, RuleKind, RuleSet, Via

ON = date(2025, 2, 20)


def person(identity: str, name: str, *aliases: str, offices: tuple[Office, ...] = ()) -> ActorRule:
    return ActorRule(identity, name, ActorKind.PERSON, None, aliases, offices)


ACTORS = [
    ActorRule("united-states", "United States", ActorKind.STATE, None, ("US", "U.S.", "Washington")),
    ActorRule("us-defense-department", "US Department of Defense", ActorKind.INSTITUTION, "united-states", ()),
    ActorRule("germany", "Germany", ActorKind.STATE, None, ("German", "Berlin")),
    ActorRule("nato", "NATO", ActorKind.INSTITUTION, None, ("Nato", "OTAN")),
    ActorRule("g20", "G20", ActorKind.INSTITUTION),
    ActorRule("european-leaders", "European leaders", ActorKind.GROUP),
    person("zelensky", "Volodymyr Zelensky", "Zelensky"),
    person("will", "Will Smith", "Will"),
    person("obama", "Barack Obama", "Obama"),
    person("sanchez", "Pedro Sánchez"),
    person("trump", "Donald Trump", "Trump", offices=(Office("US President", date(2025, 1, 20)),)),
    person("biden", "Joe Biden", offices=(Office("US President", date(2021, 1, 20), date(2025, 1, 19)),)),
    person("scholz", "Olaf Scholz", offices=(Office("German Chancellor", date(2021, 12, 8), date(2025, 5, 6)),)),
    person("merz", "Friedrich Merz", offices=(Office("German Chancellor", date(2025, 5, 6)),)),
]


def compiled(
    *,
    about: tuple[str, ...] = ("xyzzy",),
    for_: tuple[str, ...] = (),
    against: tuple[str, ...] = (),
    query: str | None = None,
) -> CompiledRules:
    queries = {"q": QueryRule("q", "Q", query)} if query else {}
    issue = IssueRule("i", "I", "P.", about, for_, against)
    return compile_rules(RuleSet({actor.id: actor for actor in ACTORS}, {"i": issue}, queries))


def found(matches: list[Match], fields: dict[str, str], *, kind: RuleKind) -> list[tuple[str, str]]:
    return [(m.rule if kind is RuleKind.ACTOR else m.via.value, fields[m.field][m.start : m.end])
            for m in matches if m.kind is kind]  # fmt: skip


def actors_in(text: str, on: date = ON) -> list[tuple[str, str]]:
    fields = {"text": text}
    return found(compiled().match(fields, on), fields, kind=RuleKind.ACTOR)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ZELENSKY, Zelenskyy and Selenskyj’s", [("zelensky", s) for s in ("ZELENSKY", "Zelenskyy", "Selenskyj")]),
        ("Wolodymyr Selenskyj spoke", [("zelensky", "Wolodymyr Selenskyj")]),
        ("Volodymyr\nZe\u00adlensky spoke", [("zelensky", "Volodymyr\nZe\u00adlensky")]),
        ("Volodymyr.\n\nZelensky spoke", [("zelensky", "Zelensky")]),
        ("Pedro Sa\u0301nchez or Pedro Sanchez", [("sanchez", "Pedro Sa\u0301nchez"), ("sanchez", "Pedro Sanchez")]),
        ("the US Department of Defense", [("us-defense-department", "US Department of Defense")]),
        ("US-Department of Defense", [("united-states", "US")]),
        ("US and U.S. troops", [("united-states", "US"), ("united-states", "U.S.")]),
        ("U.S.A. and USA", []),
        ("give us time; Us too", []),
        ("Nato and NATO but nato", [("nato", "Nato"), ("nato", "NATO")]),
        ("otan OTAN Otan", [("nato", "OTAN")]),
        ("G20s, the G20, g20", [("g20", "G20")]),
        ("he will go, Will says", [("will", "Will")]),
        ("will smith, WILL SMITH", [("will", "will smith"), ("will", "WILL SMITH")]),
        ("the european leaders", [("european-leaders", "european leaders")]),
        ("Trumpism, Trump's, non-Trump, l’OTAN", [("trump", "Trump"), ("trump", "Trump"), ("nato", "OTAN")]),
        ("Washington-based", [("united-states", "Washington")]),
        ("", []),
    ],
)
def test_names(text: str, expected: list[tuple[str, str]]) -> None:
    assert actors_in(text) == expected


@pytest.mark.parametrize(
    ("on", "holders"),
    [
        (date(2021, 12, 7), []),
        (date(2021, 12, 8), ["scholz"]),
        (date(2025, 5, 5), ["scholz"]),
        (date(2025, 5, 6), ["merz", "scholz"]),
        (date(2025, 5, 7), ["merz"]),
    ],
)
def test_an_office_names_who_holds_it_on_the_day(on: date, holders: list[str]) -> None:
    assert actors_in("the German chancellor said", on) == [(h, "German chancellor") for h in holders]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("former US President Barack Obama", [("obama", "Barack Obama")]),
        ("ex-US President Trump", [("trump", "Trump")]),
        ("then-US President Joe Biden", [("biden", "Joe Biden")]),
        ("US President Barack Obama", [("obama", "Barack Obama")]),
        ("US President Donald Trump", [("trump", "US President"), ("trump", "Donald Trump")]),
        ("US President-elect Donald Trump", [("trump", "Donald Trump")]),
        ("the US president told Barack Obama", [("trump", "US president"), ("obama", "Barack Obama")]),
        ("the informed US president", [("trump", "US president")]),
    ],
)
def test_titles_that_name_somebody_else(text: str, expected: list[tuple[str, str]]) -> None:
    assert actors_in(text) == expected


def spans(rules: CompiledRules, fields: dict[str, str], lang: str | None = None) -> list[tuple[str, str]]:
    return found(rules.match(fields, ON, lang), fields, kind=RuleKind.ISSUE)


@pytest.mark.parametrize(
    ("about", "text", "expected"),
    [
        ("sanction", "Sanctions and sanctioned", ["Sanctions", "sanctioned"]),
        ("peacekeep*", "peacekeepers, peace-keeping, keep the peace", ["peacekeepers"]),
        ("peacekeeping", "peacekeepers, peace-keeping", ["peacekeepers", "peace-keeping"]),
        ("ceasefire", "a cease-fire, a cease fire, ceasefires", ["cease-fire", "cease fire", "ceasefires"]),
        ('"cease fire"', "one ceasefire", ["ceasefire"]),
        ("defence", "US defense, defences", ["defense", "defences"]),
        ("Kyiv", "Kiev’s, Kyjiw", ["Kiev", "Kyjiw"]),
        ('"boots on the ground"', "boots-on-the-ground", ["boots-on-the-ground"]),
        ('"boots on the ground"', "Boots on\nthe ground", ["Boots on\nthe ground"]),
        ('"boots on the ground"', "boots on\n\nthe ground", []),
        ("troops NEAR/2 Ukraine", "troops go to Ukraine's east", ["troops go to Ukraine"]),
        ("troops NEAR/2 Ukraine", "the Ukraine troops", ["Ukraine troops"]),
        ("troops NEAR/1 Ukraine", "troops go to Ukraine", []),
        ("troops NEAR/9 Ukraine", "troops\n\nUkraine", []),
        ("troop NEAR/0 troops", "troops", []),
        ("(troops OR soldiers) NEAR/1 Kyiv", "soldiers in Kyiv and not troops", ["soldiers in Kyiv"]),
        ("send NEAR/1 troops NEAR/1 Kyiv", "send troops to Kyiv\n\nsend troops\n\ntroops to Kyiv",
         ["send troops to Kyiv"]),
        ("a1 b1", "a1 x b1 y a1", ["a1 x b1", "b1 y a1"]),
        ("a1 OR b1", "b1 a1", ["b1", "a1"]),
        ("a1 AND NOT b1", "a1", ["a1"]),
        ("a1 AND NOT b1", "a1 b1", []),
        ('a1 OR "a1 b1"', "a1 b1", ["a1"]),
        ("U.S.", "the U.S. army, us", ["U.S"]),
    ],
)  # fmt: skip
def test_about(about: str, text: str, expected: list[str]) -> None:
    assert spans(compiled(about=(about,)), {"text": text}) == [("about", surface) for surface in expected]


def test_and_reaches_across_fields_and_not_too() -> None:
    rules = compiled(about=("ceasefire AND Kyiv", "Kyiv AND NOT forged"))
    assert spans(rules, {"title": "Ceasefire?", "text": "In Kyiv. Kyiv!"}) == [
        ("about", "Kyiv"), ("about", "Kyiv"), ("about", "Ceasefire"),
    ]  # fmt: skip
    assert spans(compiled(about=("Kyiv AND NOT forged",)), {"title": "Forged", "text": "In Kyiv."}) == []


def test_near_stays_within_a_field() -> None:
    assert spans(compiled(about=("ceasefire NEAR/9 Kyiv",)), {"text": "ceasefire", "title": "Kyiv"}) == []


def test_stems_in_the_language_of_the_item() -> None:
    rules = compiled(about=("Verhandlung",))
    assert spans(rules, {"text": "Verhandlungen beginnen"}, "de-AT") == [("about", "Verhandlungen")]
    assert spans(rules, {"text": "Verhandlungen beginnen"}, "en") == []
    assert spans(rules, {"text": "Verhandlung beginnt"}, "xx") == [("about", "Verhandlung")]


def test_wordings_are_exact_and_the_contrary_wins() -> None:
    rules = compiled(for_=("send troops", "rul* NEAR/2 out"), against=("not send troops",))
    text = "We will not send troops. They send troops, sent troops; ruled it out."
    assert spans(rules, {"text": text}) == [
        ("against", "not send troops"), ("for", "send troops"), ("for", "ruled it out"),
    ]  # fmt: skip


def test_one_match_for_each_rule_part_and_place() -> None:
    rules = compiled(about=("troops", "troop*", "troops OR soldiers"))
    (match,) = rules.match({"text": "troops"}, ON)
    assert match == Match("text", 0, 6, RuleKind.ISSUE, "i", Via.ABOUT)
    assert match.line == 0


def test_matches_are_sorted_and_explained() -> None:
    rules = compiled(about=("xyzzy", "Kyiv NEAR/3 troops"), for_=("send",), query="troops AND Kyiv")
    fields = {"title": "Will Trump send troops to Kyiv?", "text": "The US president."}
    matches = rules.match(fields, ON)
    assert matches == sorted(matches)
    assert [rules.explain(match) for match in matches] == [
        "actor trump: office 1: US President",
        "actor will: alias 1: Will",
        "actor trump: alias 1: Trump",
        "issue i: for 1: send",
        "issue i: about 2: Kyiv NEAR/3 troops",
        "query q: query 1: troops AND Kyiv",
    ]
    assert rules.explain(Match("text", 0, 1, RuleKind.ISSUE, "i", Via.ABOUT)) == "issue i: about"
    assert rules.explain(Match("text", 0, 1, RuleKind.ACTOR, "gone", Via.NAME, 3)) == "actor gone: name"


def test_a_set_without_rules_matches_nothing() -> None:
    assert compile_rules(RuleSet()).match({"text": "anything", "title": ""}, ON) == []


def test_knows_its_rules() -> None:
    rules = RuleSet(version="7")
    assert compile_rules(rules).rules is rules
