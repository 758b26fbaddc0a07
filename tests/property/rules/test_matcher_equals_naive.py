"""The matcher finds what a naive evaluation of the query tree finds, spans included."""

from __future__ import annotations

from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules.compiler import compile_rules
from rules.model import IssueRule, Match, QueryRule, RuleKind, RuleSet, Via
from rules.query import parse_query, parse_wording
from tests.property.rules.naive import NaiveField, stands

ON = date(2025, 2, 20)
# Few words, so that they meet: some share a stem, a beginning or a group of spellings.
WORDS = [
    "ceasefire",
    "cease",
    "fire",
    "fires",
    "troop",
    "Troops",
    "troopers",
    "Kyiv",
    "Kiev",
    "defence",
    "defense",
    "on",
]
SEPARATORS = [" ", " ", " ", "-", ", ", ". ", "\n", "\n\n", "’s ", "\u00ad", "  "]
texts = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(SEPARATORS)), max_size=14).map(
    lambda row: "".join(word + separator for word, separator in row)
)
words = st.sampled_from([*WORDS, "troop*", "fi*", "cease-fire"])
phrases = st.lists(words, min_size=1, max_size=3).map(lambda row: f'"{" ".join(row)}"')
terms = st.one_of(words, phrases)
sides = st.one_of(terms, st.lists(terms, min_size=2, max_size=3).map(lambda row: f"({' OR '.join(row)})"))
nears = st.tuples(sides, st.lists(st.tuples(st.integers(0, 4), sides), min_size=1, max_size=2)).map(
    lambda row: row[0] + "".join(f" NEAR/{n} {side}" for n, side in row[1])
)
inner_nears = st.tuples(nears, st.integers(0, 3), terms).map(lambda row: f"({row[0]}) NEAR/{row[1]} {row[2]}")


def _combined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(parts, parts)
    return st.one_of(
        two.map(lambda row: f"({row[0]}) ({row[1]})"),
        two.map(lambda row: f"({row[0]}) AND NOT ({row[1]})"),
        two.map(lambda row: f"({row[0]}) OR ({row[1]})"),
    )


queries = st.recursive(st.one_of(terms, nears, inner_nears), _combined, max_leaves=4)


def expected(tree: object, fields: dict[str, str], kind: RuleKind, rule: str, via: Via) -> set[Match]:
    naive = {name: NaiveField(text) for name, text in fields.items()}
    return {
        Match(name, *naive[name].span(interval), kind, rule, via)
        for name, intervals in stands(tree, naive).items()  # type: ignore[arg-type]
        for interval in intervals
    }


@settings(max_examples=200, deadline=None)
@given(st.lists(queries, min_size=1, max_size=3, unique=True), texts, texts)
@example(["fire AND troop"], "fire", "troop on troop")  # across fields
@example(["fire AND Kyiv NOT on"], "fire on", "Kyiv")
@example(['troop AND "Kyiv troop Kyiv"'], "", "Kyiv troop Kyiv troop")  # one part within another
@example(['"troop Kyiv"', '"cease fire Kyiv"', "cease NEAR/4 fire"], "", "troop\n\nKyiv cease\n\nfire Kyiv")
@example(["(fire NEAR/1 on) NEAR/2 (troop OR Kyiv)"], "", "fire on Kyiv on fire troop on on fire")
def test_queries(lines: list[str], title: str, text: str) -> None:
    fields = {"title": title, "text": text}
    rules = RuleSet(
        issues={"i": IssueRule("i", "I", "P.", tuple(lines))},
        queries={f"q{n}": QueryRule(f"q{n}", "Q", line) for n, line in enumerate(lines)},
    )
    wanted: set[Match] = set()
    for number, line in enumerate(lines):
        tree = parse_query(line).root
        wanted |= expected(tree, fields, RuleKind.ISSUE, "i", Via.ABOUT)
        wanted |= expected(tree, fields, RuleKind.QUERY, f"q{number}", Via.QUERY)
    assert compile_rules(rules).match(fields, ON, "en") == sorted(wanted)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join), queries), texts)
def test_exact_wordings(wording: str, text: str) -> None:
    rules = RuleSet(issues={"i": IssueRule("i", "I", "P.", ("xyzzy",), for_=(wording,))})
    fields = {"text": text}
    wanted = expected(parse_wording(wording).root, fields, RuleKind.ISSUE, "i", Via.FOR)
    assert compile_rules(rules).match(fields, ON, "en") == sorted(wanted)
