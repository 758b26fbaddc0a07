import pytest

from rules.model import RuleKind
from rules.query import MOST_TERMS, QueryInvalid, parse_about, parse_query, parse_wording
from rules.query_check import doubts_about
from rules.query_tree import And, Has, Named, Near, Node, Or, Term, Trait, Within, Word


def w(*texts: str) -> Term:
    return Term(tuple(Word(text.rstrip("*"), text.endswith("*")) for text in texts))


def e(*texts: str) -> Term:
    return Term(tuple(Word(text, exact=True) for text in texts))


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("Sanctions", w("sanctions")),
        ("peacekeep*", w("peacekeep*")),
        ('"boots on the ground"', w("boots", "on", "the", "ground")),
        ("“boots  on”", w("boots", "on")),
        ('"boot* on"', w("boot*", "on")),
        ("cease-fire", w("cease", "fire")),
        ("cease-fire*", w("cease", "fire*")),
        ("U.S.", w("u", "s")),
        ("don't", w("don't")),
        ("Ukraine’s", w("ukraine")),
        ("a b", And((w("a"), w("b")))),
        ("a AND b", And((w("a"), w("b")))),
        ("a OR b c", Or((w("a"), And((w("b"), w("c")))))),
        ("(a OR b) c", And((Or((w("a"), w("b"))), w("c")))),
        ("a AND NOT b NOT c", And((w("a"),), (w("b"), w("c")))),
        ("a NOT b NEAR/2 c", And((w("a"),), (Near((w("b"), w("c")), (2,)),))),
        ("NOT a AND b", And((w("b"),), (w("a"),))),
        ("troops NEAR/8 Ukraine", Near((w("troops"), w("ukraine")), (8,))),
        ("a NEAR/0 b NEAR/100 c", Near((w("a"), w("b"), w("c")), (0, 100))),
        ('(a OR "b c") NEAR/1 d', Near((Or((w("a"), w("b", "c"))), w("d")), (1,))),
        ("a NEAR/1 (b NEAR/2 c)", Near((w("a"), Near((w("b"), w("c")), (2,))), (1,))),
        ("ORACLE ANDROID NOTE NEARBY", And((w("oracle"), w("android"), w("note"), w("nearby")))),
        ("https://example.org", w("https", "example", "org")),
        ("ab*cd", Term((Word("ab*cd", inner=True),))),
        ("Organi*ation*", Term((Word("organi*ation", prefix=True, inner=True),))),
        ("=Nuclear", e("nuclear")),
        ('="no deal" b', And((e("no", "deal"), w("b")))),
        ("stem:off aa OR bb", Or((e("aa"), e("bb")))),
        ("stem:on aa", w("aa")),
        ("a BEFORE/3 b", Near((w("a"), w("b")), (3,), ordered=(True,))),
        ("a BEFORE/3 b NEAR/1 c", Near((w("a"), w("b"), w("c")), (3, 1), ordered=(True, False))),
        ('"(a OR b c) d"', Or((w("a", "d"), w("b", "c", "d")))),
        ('"a (b OR (c OR d) e)"', Or((w("a", "b"), w("a", "c", "e"), w("a", "d", "e")))),
        ('"(a OR a) d"', w("a", "d")),
        ('"(a OR b) d" NEAR/2 c', Near((Or((w("a", "d"), w("b", "d"))), w("c")), (2,))),
        ("title:a b", And((Within("title", w("a")), w("b")))),
        ("title: a", Within("title", w("a"))),
        ("title:(a OR b) NOT text:c", And((Within("title", Or((w("a"), w("b")))),), (Within("text", w("c")),))),
        ("a lang:DE", And((w("a"), Has(Trait.LANG, "de")))),
        (
            'a source:(reuters.com OR "Associated  Press")',
            And((w("a"), Or((Has(Trait.SOURCE, "reuters.com"), Has(Trait.SOURCE, "associated press"))))),
        ),
        ("actor:nato", Named(RuleKind.ACTOR, "nato")),
        ("actor:nato BEFORE/9 a", Near((Named(RuleKind.ACTOR, "nato"), w("a")), (9,), ordered=(True,))),
        ("NOT issue:x a", And((w("a"),), (Named(RuleKind.ISSUE, "x"),))),
        ("subtitle context", And((w("subtitle"), w("context")))),
        ("note: a", And((w("note"), w("a")))),
    ],
)
def test_reads(query: str, tree: Node) -> None:
    assert parse_query(query).root == tree


@pytest.mark.parametrize(
    ("query", "column", "says"),
    [
        ("", 1, "empty"),
        ("   ", 1, "empty"),
        ('""', 1, "empty phrase"),
        ("()", 2, "not expected"),
        ("a AND", 6, "ends too early"),
        ("OR a", 1, "not expected"),
        ("a AND OR b", 7, "not expected"),
        ("a NOT NOT b", 7, "not expected"),
        ("(a", 3, "ends too early"),
        ("a)", 2, "not expected"),
        ('a "b', 3, "not closed"),
        ("NOT a", 1, "only NOT"),
        ("NOT a NOT b", 1, "only NOT"),
        ("a OR NOT b", 6, "nearly every item"),
        ("a (NOT b OR c)", 4, "nearly every item"),
        ("a NEAR b", 3, "NEAR is not understood"),
        ("a NEAR/x b", 3, "NEAR/x is not understood"),
        ("a near/3 b", 3, "near/3 is not understood"),
        ("a NEAR/101 b", 3, "too far"),
        ("a NEAR/99999999999999999999 b", 3, "too far"),
        ("a NEAR/3", 9, "ends too early"),
        ("a NEAR/3 (b AND c)", 3, "beside NEAR"),
        ("a NEAR/3 (b NOT c)", 3, "beside NEAR"),
        ("a NEAR/3 NOT b", 10, "not expected"),
        ("a BEFORE b", 3, "BEFORE is not understood"),
        ("a before/3 b", 3, "before/3 is not understood"),
        ("a BEFORE/101 b", 3, "too far"),
        ("author:smith", 1, "field"),
        ("Title:ukraine", 1, "field"),
        ("a stem:off b", 3, "not understood here"),
        ("stem:english a", 1, "not understood here"),
        ("a title:", 9, "ends too early"),
        ("title:(a", 9, "ends too early"),
        ("title:NOT", 7, "not expected"),
        ("a NEAR/3 title:b", 3, "beside NEAR"),
        ("a NEAR/3 lang:de", 3, "beside NEAR"),
        ("lang:de", 6, "alone"),
        ("lang:de OR source:example.org", 6, "alone"),
        ("a OR lang:de", 11, "alone"),
        ("lang:german a", 6, "no language"),
        ('source:"" a', 8, "empty source"),
        ("actor:Nobody", 7, "no id"),
        ("actor:(nato OR ", 16, "ends too early"),
        ("a = b", 3, "before nothing"),
        ("a ==b", 3, "before nothing"),
        ("=ab*", 2, "contradict"),
        ("a -b", 3, "does not negate"),
        ("a && b", 3, "no operator"),
        ("a*", 1, "nearly everything"),
        ("*", 1, "no letter"),
        ("a*cd", 1, "nearly everything"),
        ("*cd", 1, "begins with"),
        ("ab**cd", 3, "within one word"),
        ("abcd**", 5, "no more than"),
        ("ab*-cd", 3, "within one word"),
        ("ab*cd-ef", 3, "within one word"),
        ("...", 1, "no letter"),
        ('"(a OR b c"', 2, "not closed in the phrase"),
        ('"a) c"', 3, "closes nothing"),
        ('"(a OR ) c"', 2, "without words"),
        ('"() c"', 2, "without words"),
        ('"' + "(a OR b)" * 7 + '"', 50, "too many alternatives"),
        ('"' + "(" * 21 + "a" + ")" * 21 + '"', 22, "too many parentheses"),
        ("(" * 21 + "a" + ")" * 21, 21, "too many parentheses"),
        ("a " * 1001, 2001, "too many"),
        ("a " * (MOST_TERMS + 1), 2 * MOST_TERMS + 1, "too many"),
    ],
)
def test_refuses_and_names_the_column(query: str, column: int, says: str) -> None:
    with pytest.raises(QueryInvalid) as refused:
        parse_query(query)
    assert (refused.value.column, says in refused.value.message) == (column, True), refused.value
    assert refused.value.remedy


def test_says_what_was_expected() -> None:
    with pytest.raises(QueryInvalid, match=r"expected NOT, “\(”, a word, a phrase in quotation marks, title:"):
        parse_query("a AND")


def test_twenty_parentheses_are_read() -> None:
    assert parse_query("(" * 20 + "a" + ")" * 20).root == w("a")


@pytest.mark.parametrize(
    ("wording", "tree"),
    [
        ("ready to send troops", e("ready", "to", "send", "troops")),
        ("boots-on-the-ground, now", e("boots", "on", "the", "ground", "now")),
        ("Russia and Ukraine", e("russia", "and", "ukraine")),
        ('"send troops" AND Kyiv', And((e("send", "troops"), e("kyiv")))),
        ("rul* NEAR/3 out", Near((w("rul*"), e("out")), (3,))),
    ],
)
def test_wordings_are_exact(wording: str, tree: Node) -> None:
    assert parse_wording(wording).root == tree


@pytest.mark.parametrize("wording", ["…", "a NEAR b", "NOT never", '"open', ""])
def test_refuses_wordings(wording: str) -> None:
    with pytest.raises(QueryInvalid):
        parse_wording(wording)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("troops and Ukraine", "`and` in lower case"),
        ("the", "nearly every item"),
        ("the OR troops", "nearly every item"),
        ("sanctions NOT sanction", "never match"),
        ("troops NOT troop*", "never match"),
        ('"send troops" NOT troops', "never match"),
        ("a OR (ceasefire NOT cease-fire)", "never match"),
        ("lang:de troops lang:fr", "one language"),
        ("title:troops NOT title:troop*", "never match"),
        ("actor:nato troops NOT actor:nato", "never match"),
        ("troops BEFORE/3 Kyiv NOT (troops NEAR/5 Kyiv)", "never match"),
        ("title:(the)", "nearly every item"),
    ],
)
def test_doubts(query: str, says: str) -> None:
    assert any(says in doubt.message for doubt in doubts_about(parse_query(query)))


@pytest.mark.parametrize(
    "query",
    [
        '"Nord Stream" AND NOT sabotage',
        "troops NEAR/8 Ukraine",
        "peacekeep*",
        'troops NEAR/3 Ukraine NOT "troops Ukraine"',
        'troops NEAR/0 Ukraine NOT "troops Ukraine"',
        "peacekeep* NOT peacekeeper",
        "(troops OR soldiers) NOT troops",
        "troops NEAR/5 Kyiv NOT (troops BEFORE/5 Kyiv)",
        "troops NOT title:troops",
        "troops (lang:de OR lang:fr)",
        "organi*ation NOT organisation",
    ],
)
def test_does_not_doubt_without_cause(query: str) -> None:
    assert not doubts_about(parse_query(query))


@pytest.mark.parametrize(
    ("query", "column"),
    [
        ("herring OR (herring AND fish)", 13),
        ('(fish AND herring) OR "red herring" OR herring', 2),
        ('troops AND ("peacekeeping force" OR forc*)', 13),
    ],
)
def test_an_alternative_that_another_one_shadows_is_doubted(query: str, column: int) -> None:
    doubts = [doubt for doubt in doubts_about(parse_query(query)) if "finds nothing that" in doubt.message]
    assert doubts[0].column == column


@pytest.mark.parametrize(
    "query",
    [
        "troop OR troops OR troop*",
        '"win back" OR "winning back"',
        "a1 AND b1 OR b1 AND c1",
        'cat NEAR/3 ("at home" OR "safe at home")',
    ],
)
def test_forms_of_a_word_side_by_side_are_not(query: str) -> None:
    assert not [doubt for doubt in doubts_about(parse_query(query)) if "finds nothing that" in doubt.message]


def test_about_lines_do_not_ask_for_issues() -> None:
    assert parse_about("actor:nato troops")
    with pytest.raises(QueryInvalid, match="column 14: issue: has no place"):
        parse_about("troops issue:x")
    with pytest.raises(QueryInvalid, match="issue: has no place"):
        parse_wording("issue:x")
