"""Needles never miss what the matcher finds."""

from __future__ import annotations

import importlib
import random
from datetime import date
from unittest import mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules.compiler import compile_rules
from rules.fold import fold
from rules.literals import query_lines_of
from rules.loader import load_packs
from rules.model import ActorKind, ActorRule, IssueRule, Office, QueryRule, RuleKind, RuleSet
from rules.needles import _REPLACED, Needles, _beginning, _Lookup, haystack
from rules.query_tree import terms_of
from rules.tokens import ENGLISH, stemmer, words_of
from rules.variants import groups

DAY = date(2025, 6, 1)
STEMS = (
    *(
        "hope",
        "study",
        "possible",
        "responsible",
        "rational",
        "die",
        "lie",
        "tie",
        "sky",
        "ski",
        "cry",
        "happy",
        "able",
    ),
    *(
        "relate",
        "nation",
        "general",
        "oper",
        "agree",
        "gently",
        "early",
        "only",
        "news",
        "force",
        "peacekeep",
        "stabilise",
    ),
    *(
        "drill",
        "mine",
        "ban",
        "veto",
        "strategy",
        "analogy",
        "fully",
        "hopeless",
        "sensitive",
        "Zelensky",
        "café",
        "Straße",
    ),
    *("naïve", "don't", "cease-fire", "Kyiv", "Øresund"),
)
ENDINGS = (
    *("", "s", "es", "ed", "ing", "ies", "ied", "y", "ily", "ability", "ibility", "bly", "ational", "ally", "fulness"),
    *("ousness", "iveness", "ization", "izer", "ator", "ogi", "ogist", "lessly", "ement", "er", "'s", "’s"),
)
MARKS = ("", "\u0301", "\u00ad", "\u200b", "\u0308")
BETWEEN = (
    " ",
    "  ",
    "\n",
    "\n\n",
    ", ",
    ". ",
    "-",
    "—",
    " “",
    "” ",
    "\u00a0",
    "\u2009",
    "/",
    "'",
    "\ud800",
    "_",
    "…",
    "€",
    "•",
)

words = st.one_of(
    st.builds(lambda s, e: s + e, st.sampled_from(STEMS), st.sampled_from(ENDINGS)),
    st.builds(lambda s, e, at, m: s[:at] + m + s[at:] + e, st.sampled_from(STEMS), st.sampled_from(ENDINGS),
              st.integers(0, 4), st.sampled_from(MARKS)),
    st.sampled_from(sorted({spelling for group in groups()[:20] for spelling in group})),
    st.text(alphabet="abeiyşłøæß", min_size=1, max_size=5),
)  # fmt: skip
cased = st.builds(lambda w, how: getattr(w, how)(), words, st.sampled_from(("lower", "upper", "title", "casefold")))
texts = st.lists(st.tuples(cased, st.sampled_from(BETWEEN)), max_size=12).map(lambda p: "".join(w + b for w, b in p))
simple = st.sampled_from(STEMS).flatmap(
    lambda s: st.sampled_from((s, f"={s}", f"{s[:3]}*", f'"{s} force"', f"{s[:2]}*{s[-1:]}", f"title:{s}"))
)
queries = st.recursive(
    simple,
    lambda q: st.one_of(
        st.builds("({} AND {})".format, q, q),
        st.builds("({} OR {})".format, q, q),
        st.builds("({} AND NOT {})".format, q, q),
        st.builds("({} AND actor:holm)".format, q),
        st.builds("({} OR issue:matter)".format, q),
        st.builds("({} AND lang:de)".format, q),
    ),
    max_leaves=4,
)
LANGUAGES = st.sampled_from(["en", None, "de", "nl", "fr", "it", "es", "ar"])


def rules_with(query: str) -> RuleSet:
    holm = ActorRule(
        id="holm", name="Zelensky", kind=ActorKind.PERSON, aliases=("café don't",), offices=(Office("PM"),)
    )
    issue = IssueRule(id="matter", name="M", proposition="P.", about=("study OR actor:holm",), for_=("hope happy",))
    rule = QueryRule(id="q", name="Q", query=query)
    return RuleSet(actors={"holm": holm}, issues={"matter": issue}, queries={"q": rule})


@settings(max_examples=400, deadline=None)
@example(query="study", title="", text="STUD\u00adIES", lang="en")
@example(query="possible", title="POSSIBILITY", text="", lang="en")
@given(query=queries, title=texts, text=texts, lang=LANGUAGES)
@pytest.mark.parametrize("few", [0, 24], ids=["automaton", "one by one"])
def test_what_is_found_was_not_ruled_out(few: int, query: str, title: str, text: str, lang: str | None) -> None:
    rules = rules_with(query)
    fields = {"title": title, "text": text}
    found = {(m.kind, m.rule) for m in compile_rules(rules).match(fields, DAY, lang)}
    for key in ((RuleKind.ACTOR, "holm"), (RuleKind.ISSUE, "matter"), (RuleKind.QUERY, "q")):
        if key in found:
            with mock.patch("rules.needles.FEW", few):
                assert Needles([rules], [key]).maybe(fields.values(), lang)


@settings(max_examples=400, deadline=None)
@given(text=texts)
def test_every_word_of_a_text_is_in_its_haystack(text: str) -> None:
    there = haystack(text)
    for word in words_of(fold(text).text):
        assert word.split("'")[0] in there


@pytest.mark.parametrize("ending", ENDINGS[:-2])
def test_an_english_word_begins_as_its_stem_says(ending: str) -> None:
    """Over the words of the seed pack's queries with every ending, real words and not."""
    stem = stemmer(ENGLISH)
    known = {w.text for line in query_lines_of(load_packs()) for t in terms_of(line.root) for w in t.words}
    for base in sorted(known | set(STEMS)):
        for cut in (base, base[:-1], base[:-2]):
            (word,) = words_of(cut.lower() + ending)[:1] or ("",)
            assert word.startswith(_beginning(stem(word))), word


def test_it_does_rule_out() -> None:
    needles = Needles([rules_with("tram* AND harbour")], [(RuleKind.QUERY, "q")])
    assert not needles.maybe(["The tram stopped."], "en")
    assert not needles.maybe(["The harbour froze."], "en")
    assert needles.maybe(["The TRAMWAY", "at the harbours"], "en")
    assert needles.maybe(["The tramway"], "nl"), "a Dutch stem can be another than its word's beginning"
    assert not needles.maybe(["The harbour"], "nl")
    assert not needles.maybe(["The tramway"], "de")


@pytest.mark.parametrize("algorithm", sorted(_REPLACED))
def test_a_word_of_another_language_holds_what_its_stem_says(algorithm: str) -> None:
    """Over random words with the endings that the stemmer itself knows, two and three behind one another."""
    drawn, stem, lookup = random.Random(5), stemmer(algorithm), _Lookup([], algorithm)
    name = f"{algorithm.capitalize()}Stemmer"
    stemmed = getattr(importlib.import_module(f"snowballstemmer.{algorithm}_stemmer"), name)
    tables = [value for key, value in vars(stemmed).items() if key.startswith("a_")]
    endings = ["", *sorted({fold(among.s).text for table in tables for among in table})]
    assert len(endings) > 30
    for _ in range(6000):
        letters = "".join(drawn.choices("aeiouaeiouybcdfghjklmnpqrstvwxz", k=drawn.randint(1, 7)))
        word = letters + "".join(drawn.choices(endings, k=drawn.randint(1, 3)))
        if word.isalnum() and fold(word).text == word:
            assert lookup._spelled(_beginning(stem(word), algorithm)) in lookup._spelled(word), word
