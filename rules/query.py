"""The query language of `about:` lines and of rules of kind query.

    peacekeep*  organi*ation        words that begin so, or with anything between; a word without `*` is compared by
                                    its stem in the item's language
    =nuclear  ="no deal"            these words exactly, not their stems; `stem:off` at the beginning says so for all
    "boots on the ground"           a phrase: these words in a row, whatever punctuation stands between them
    "(peacekeeping OR armed) force" a phrase with alternatives
    troops NEAR/8 Ukraine           at most 8 words between, in either order; a side is a word, a phrase, actor:,
                                    issue:, or such in parentheses joined by OR or NEAR
    Kyiv BEFORE/5 rejects           the same, and in this order
    send NEAR/3 troops NEAR/3 Kyiv  each near the one before: `send` near `troops`, those `troops` near `Kyiv`
    sanctions Russia                the same as `sanctions AND Russia`
    (a OR b) AND NOT c              operators are upper case; NOT binds closest, then NEAR, then AND, then OR
    title:ceasefire  text:(a OR b)  in this field only
    source:reuters.com  lang:de     who publishes the item (a domain with those below it, or an agency's name), and its
                                    language; beside something that stands in the text
    actor:nato  issue:military-aid  where the item names that actor, or that issue's matter, by their own rules; about
                                    lines may use actor: only

The `for:` and `against:` wordings of issues are one phrase each, of exact words without stemming; one that holds
operators, quotation marks, parentheses or `*` is a query of exact words.

NEAR, BEFORE and phrases are looked for within one field and one paragraph, AND and NOT over the whole item. What stands
after NOT only vetoes. The grammar is LALR and the matcher an automaton, so that no query can make either backtrack.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lark import Lark, UnexpectedCharacters, UnexpectedEOF, UnexpectedInput

from rules.fold import fold_wording
from rules.model import RuleKind
from rules.query_build import Negated, built, only_negative
from rules.query_tree import Has, Named, Query, Term, Word, has_place, nodes_of, terms_of
from rules.query_words import QueryInvalid
from rules.tokens import words_of

__all__ = ["QueryInvalid", "parse_about", "parse_query", "parse_wording"]

MOST_CHARACTERS = 2000
MOST_DEPTH = 20
MOST_TERMS = 200

_GRAMMAR = r"""
?start: either
?either: all (_OR all)*             -> either
?all: unary (_AND? unary)*          -> all
?unary: near
      | NOT near                    -> negated
?near: primary
     | primary (NEAR primary)+      -> near
?primary: WORD                      -> word
        | PHRASE                    -> phrase
        | EXACT WORD                -> exact_word
        | EXACT PHRASE              -> exact_phrase
        | SCOPE primary             -> scope
        | TRAIT _value              -> trait
        | TRAIT _OPEN _value (_OR _value)* _CLOSE -> trait
        | _OPEN either _CLOSE
_value: WORD | PHRASE

_OR.2: /OR(?=[\s()"]|$)/
_AND.2: /AND(?=[\s()"]|$)/
NOT.2: /NOT(?=[\s()"]|$)/
NEAR.2: /(NEAR|BEFORE)\/[0-9]+(?=[\s()"]|$)/
EXACT.2: /=(?=[^\s()=])/
SCOPE.2: /(title|text):/
TRAIT.2: /(source|lang|actor|issue):/
_OPEN: "("
_CLOSE: ")"
PHRASE: /"[^"]*"/
WORD: /[^\s"()]+/
%ignore /\s+/
"""
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_NAMES = {
    "_OR": "OR", "_AND": "AND", "NOT": "NOT", "NEAR": "NEAR/n or BEFORE/n", "_OPEN": "“(”", "_CLOSE": "“)”",
    "WORD": "a word", "PHRASE": "a phrase in quotation marks", "SCOPE": "title:",
    "TRAIT": "source:", "EXACT": "“=”", "$END": "the end",
}  # fmt: skip


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer="basic")


def _expected(names: set[str]) -> str:
    known = [word for name, word in _NAMES.items() if name in names]
    return "expected " + (", ".join(known[:-1]) + " or " + known[-1] if len(known) > 1 else "".join(known))


def _explain(error: UnexpectedInput, text: str) -> QueryInvalid:
    column = error.column if isinstance(error.column, int) and error.column > 0 else len(text) + 1
    if isinstance(error, UnexpectedCharacters):
        if text[column - 1 : column] == '"':
            return QueryInvalid(column, "the phrase that opens here is not closed", "add the closing quotation mark")
        return QueryInvalid(column, f"“{text[column - 1 : column]}” is not expected here", _expected(error.allowed))
    token = getattr(error, "token", None)
    names = set(getattr(error, "accepts", None) or getattr(error, "expected", None) or ())
    if isinstance(error, UnexpectedEOF) or token is None or token.type == "$END":
        return QueryInvalid(len(text) + 1, "the query ends too early", _expected(names))
    return QueryInvalid(column, f"“{str(token)[:40]}” is not expected here", _expected(names))


def _check_size(text: str) -> None:
    if not text.strip():
        raise QueryInvalid(1, "an empty query", "write at least one word")
    if len(text) > MOST_CHARACTERS:
        raise QueryInvalid(
            MOST_CHARACTERS + 1,
            f"{len(text)} characters are too many",
            f"keep to {MOST_CHARACTERS}; write several lines",
        )
    depth, quoted = [0, 0], False
    for column, character in enumerate(text, start=1):
        if character == '"':
            quoted = not quoted
            depth[True] = 0
        depth[quoted] += (character == "(") - (character == ")")
        if depth[quoted] > MOST_DEPTH:
            raise QueryInvalid(column, "too many parentheses", f"nest at most {MOST_DEPTH} deep")


@lru_cache(maxsize=8192)
def parse_query(text: str, exact: bool = False) -> Query:
    """The query as a tree; `exact` turns stemming off. Raises QueryInvalid: the column, and what was expected."""
    plain = re.sub(r"\s", " ", text.translate(_QUOTES))
    _check_size(plain)
    switch = _STEM.match(plain)
    if switch:
        exact = exact or switch[1] == "off"
        plain = " " * switch.end() + plain[switch.end() :]  # columns stay what they are
        _check_size(plain)
    try:
        tree = _parser().parse(plain)
    except UnexpectedInput as error:
        raise _explain(error, plain) from None
    root = built(tree, exact)
    if isinstance(root, Negated):
        raise only_negative(root.column)
    if not has_place(root):
        trait = next(node for node in nodes_of(root) if isinstance(node, Has))
        remedy = f"say what is wanted too: `ceasefire AND {trait.trait}:{trait.value}`"
        raise QueryInvalid(trait.column, f"{trait.trait}: alone would match every such item", remedy)
    terms = terms_of(root)
    if len(terms) > MOST_TERMS:
        raise QueryInvalid(
            terms[MOST_TERMS].column, f"{len(terms)} terms are too many", f"keep to {MOST_TERMS}; write several lines"
        )
    return Query(text, root)


def parse_about(text: str) -> Query:
    """An about line as a tree. Raises QueryInvalid; also for `issue:`, since issues are found by these very lines."""
    query = parse_query(text)
    _refuse_issue(query)
    return query


def _refuse_issue(query: Query) -> None:
    for node in nodes_of(query.root):
        if isinstance(node, Named) and node.kind is RuleKind.ISSUE:
            remedy = "write the words, or make a rule of kind query"
            raise QueryInvalid(node.column, "issue: has no place in an issue's own lines", remedy)


_LANGUAGE = re.compile(
    r'[()"*]|(?<!\S)(?:(?:AND|OR|NOT)(?!\S)|(?:NEAR|BEFORE)(?:/|(?!\S))|=\S|(?:title|text|source|lang|actor|issue|stem):)'
)
_STEM = re.compile(r"\s*stem:(on|off)(?=\s)")


def parse_wording(text: str) -> Query:
    """A `for` or `against` wording as a tree of exact words: one phrase, or a query when it uses the language's signs.

    Raises QueryInvalid.
    """
    plain = text.translate(_QUOTES)
    if _LANGUAGE.search(plain):
        query = parse_query(text, exact=True)
        _refuse_issue(query)
        return query
    _check_size(plain)
    words = words_of(fold_wording(text))
    if not words:
        raise QueryInvalid(1, "no letter or digit, so it could never be found", "write words")
    return Query(text, Term(tuple(Word(word, exact=True) for word in words)))
