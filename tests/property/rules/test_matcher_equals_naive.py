"""The matcher finds what a naive evaluation of the query tree finds, spans included."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import permutations

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from rules.compiler import compile_rules
from rules.model import ActorKind, ActorRule, IssueRule, Match, QueryRule, RuleKind, RuleSet, Via
from rules.query import parse_about, parse_query, parse_wording
from rules.query_cover import Coverage
from rules.query_tree import Node
from tests.property.rules.naive import Interval, NaiveItem, stands

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
words = st.sampled_from([*WORDS, "troop*", "fi*", "cease-fire", "de*en*e", "tr*ps", "fi*e*", "=fire", "=troops"])
plain_words = words.filter(lambda word: not word.startswith("="))
groups = st.lists(plain_words, min_size=1, max_size=2).map(lambda row: f"({' OR '.join(row)})")
pieces = st.one_of(plain_words, plain_words, groups)
phrases = st.tuples(st.sampled_from(["", "", "="]), st.lists(pieces, min_size=1, max_size=3)).map(
    lambda row: f'{row[0]}"{" ".join(row[1])}"'
)
named = st.sampled_from(["actor:a1", "actor:a2", "issue:i0"])
terms = st.one_of(words, phrases, words, phrases, named)
sides = st.one_of(terms, st.lists(terms, min_size=2, max_size=3).map(lambda row: f"({' OR '.join(row)})"))
beside = st.sampled_from(["NEAR", "NEAR", "BEFORE"])
nears = st.tuples(sides, st.lists(st.tuples(beside, st.integers(0, 4), sides), min_size=1, max_size=2)).map(
    lambda row: row[0] + "".join(f" {operator}/{n} {side}" for operator, n, side in row[1])
)
inner_nears = st.tuples(nears, beside, st.integers(0, 3), terms).map(
    lambda row: f"({row[0]}) {row[1]}/{row[2]} {row[3]}"
)
traits = st.sampled_from(["lang:en", "lang:de", "source:example.org", "source:(example.net OR org)", "lang:(de OR en)"])


def _combined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(parts, parts)
    return st.one_of(
        two.map(lambda row: f"({row[0]}) ({row[1]})"),
        two.map(lambda row: f"({row[0]}) AND NOT ({row[1]})"),
        two.map(lambda row: f"({row[0]}) OR ({row[1]})"),
        st.tuples(st.sampled_from(["title", "text"]), parts).map(lambda row: f"{row[0]}:({row[1]})"),
        st.tuples(parts, st.sampled_from(["", "NOT "]), traits).map(lambda row: f"({row[0]}) {row[1]}{row[2]}"),
        st.tuples(*(parts,) * 3, traits).map(lambda row: f"({row[0]} OR {row[3]}) ({row[1]} OR ({row[2]}))"),
    )


queries = st.recursive(st.one_of(terms, nears, inner_nears), _combined, max_leaves=4)


ACTORS = {
    "a1": ActorRule("a1", "Kyiv", ActorKind.STATE),
    "a2": ActorRule("a2", "Troops on Fire", ActorKind.GROUP, None, ("ceasefire troop",)),
}


def matched(tree: Node, item: NaiveItem, kind: RuleKind, rule: str, via: Via) -> set[Match]:
    return {
        Match(name, *item.fields[name].span(interval), kind, rule, via)
        for name, intervals in stands(tree, item)[1].items()
        for interval in intervals
    }


def named_in(item: NaiveItem, matches: Iterable[Match]) -> dict[tuple[RuleKind, str], dict[str, set[Interval]]]:
    """Where rules stand, in words: all those that a match's span touches."""
    found: dict[tuple[RuleKind, str], dict[str, set[Interval]]] = {}
    for match in matches:
        field = item.fields[match.field]
        spans = [field.span((n, n + 1)) for n in range(len(field.tokens.words))]
        touched = [n for n, (start, end) in enumerate(spans) if start < match.end and match.start < end]
        where = found.setdefault((match.kind, match.rule), {}).setdefault(match.field, set())
        where.add((touched[0], touched[-1] + 1))
    return found


@settings(max_examples=300, deadline=None)
@given(st.lists(queries, min_size=1, max_size=3, unique=True), texts, texts, st.sampled_from(["en", None]))
@example(["fire AND troop"], "fire", "troop on troop", "en")  # across fields
@example(["fire AND Kyiv NOT on"], "fire on", "Kyiv", "en")
@example(['troop AND "Kyiv troop Kyiv"'], "", "Kyiv troop Kyiv troop", "en")  # one part within another
@example(['"troop Kyiv"', '"cease fire Kyiv"', "cease NEAR/4 fire"], "", "troop\n\nKyiv cease\n\nfire Kyiv", "en")
@example(["(fire NEAR/1 on) NEAR/2 (troop OR Kyiv)"], "", "fire on Kyiv on fire troop on on fire", "en")
@example(["troop BEFORE/1 Kyiv", "actor:a1 BEFORE/2 fire"], "", "Kyiv fire troop Kyiv", "en")
@example(["title:fire AND lang:en", "(fire OR lang:de) (troop OR on)"], "fire", "on fire", "en")
@example(["actor:a2", "issue:i0 NOT actor:a1"], "Troops on fire", "ceasefire troop", "en")
def test_queries(lines: list[str], title: str, text: str, lang: str | None) -> None:
    fields = {"title": title, "text": text}
    about = tuple(line for line in lines if "issue:" not in line) or ("xyzzy",)
    rules = RuleSet(
        actors=ACTORS,
        issues={"i0": IssueRule("i0", "I", "P.", about)},
        queries={f"q{n}": QueryRule(f"q{n}", "Q", line) for n, line in enumerate(lines)},
    )
    found = compile_rules(rules).match(fields, ON, lang, ["news.example.org"])
    actors = {match for match in found if match.kind is RuleKind.ACTOR}  # how names are found has tests of its own
    item = NaiveItem(fields, lang, "news.example.org")
    item.named = named_in(item, actors)
    issues: set[Match] = set()
    for line in about:
        issues |= matched(parse_about(line).root, item, RuleKind.ISSUE, "i0", Via.ABOUT)
    item.named = named_in(item, actors | issues)
    wanted: set[Match] = set()
    for number, line in enumerate(lines):
        wanted |= matched(parse_query(line).root, item, RuleKind.QUERY, f"q{number}", Via.QUERY)
    assert found == sorted(actors | issues | wanted)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join), queries), texts)
def test_exact_wordings(wording: str, text: str) -> None:
    assume("issue:" not in wording)
    rules = RuleSet(ACTORS, issues={"i": IssueRule("i", "I", "P.", ("xyzzy",), for_=(wording,))})
    found = compile_rules(rules).match({"text": text}, ON, "en")
    item = NaiveItem({"text": text})
    item.named = named_in(item, [match for match in found if match.kind is RuleKind.ACTOR])
    wanted = matched(parse_wording(wording).root, item, RuleKind.ISSUE, "i", Via.FOR)
    assert [match for match in found if match.kind is RuleKind.ISSUE] == sorted(wanted)


simple = st.one_of(terms, nears)


@settings(max_examples=150, deadline=None)
@given(simple, simple, st.lists(texts, min_size=1, max_size=4))
def test_a_query_that_covers_another_finds_all_that_it_finds(one: str, other: str, all_texts: list[str]) -> None:
    written = [one, other, f"({one}) ({other})", f"({one}) OR ({other})", f"({one}) NOT ({other})", f"title:({other})"]
    pairs = [pair for pair in permutations((parse_query(line).root for line in written), 2) if Coverage().covers(*pair)]
    assert pairs
    for text in all_texts:
        item = NaiveItem({"title": "troops on fire", "text": text}, "en", "example.org")
        item.named = {(RuleKind.ACTOR, "a1"): {"title": {(0, 1)}}, (RuleKind.ISSUE, "i0"): {"text": set()}}
        held = {tree: stands(tree, item)[0] for pair in pairs for tree in pair}
        assert [pair for pair in pairs if held[pair[1]] and not held[pair[0]]] == []
