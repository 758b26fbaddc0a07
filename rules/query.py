"""The query language of `about:` lines and of rules of kind query.

    peacekeep*                      words that begin so; a word without `*` is compared by its stem
    "boots on the ground"           a phrase: these words in a row, whatever punctuation stands between them
    troops NEAR/8 Ukraine           at most 8 words between, in either order; a side is a word, a phrase, or such in
                                    parentheses joined by OR or NEAR
    send NEAR/3 troops NEAR/3 Kyiv  each near the one before: `send` near `troops`, those `troops` near `Kyiv`
    sanctions Russia                the same as `sanctions AND Russia`
    (a OR b) AND NOT c              operators are upper case; NOT binds closest, then NEAR, then AND, then OR

The `for:` and `against:` wordings of issues are one phrase each, of exact words without stemming; one that holds
operators, quotation marks, parentheses or `*` is a query of exact words.

NEAR and phrases are looked for within one field and one paragraph, AND and NOT over the whole item. What stands after
NOT only vetoes. The grammar is LALR and the matcher an automaton, so that no query can make either backtrack.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, v_args
from lark.exceptions import VisitError

from rules.fold import fold_wording
from rules.query_tree import And, Near, Node, Or, Query, Term, Word, terms_of
from rules.query_words import MOST_DISTANCE, QueryInvalid, refuse_reserved, term_of
from rules.tokens import words_of

__all__ = ["QueryInvalid", "parse_query", "parse_wording"]

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
        | _OPEN either _CLOSE

_OR.2: /OR(?=[\s()"]|$)/
_AND.2: /AND(?=[\s()"]|$)/
NOT.2: /NOT(?=[\s()"]|$)/
NEAR.2: /NEAR\/[0-9]+(?=[\s()"]|$)/
_OPEN: "("
_CLOSE: ")"
PHRASE: /"[^"]*"/
WORD: /[^\s"()]+/
%ignore /\s+/
"""
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_NAMES = {
    "_OR": "OR", "_AND": "AND", "NOT": "NOT", "NEAR": "NEAR/n", "_OPEN": "“(”", "_CLOSE": "“)”", "WORD": "a word",
    "PHRASE": "a phrase in quotation marks", "$END": "the end",
}  # fmt: skip


class _Negated:
    """NOT and what it negates, until the AND around it takes it up."""

    def __init__(self, part: Node, column: int) -> None:
        self.part = part
        self.column = column


_Part = Node | _Negated


@v_args(inline=True)
class _Builder(Transformer[Token, Node]):
    """Lark's tree → ours. `exact` turns stemming off."""

    def __init__(self, exact: bool) -> None:
        super().__init__()
        self._exact = exact

    def word(self, token: Token) -> Term:
        column = token.column or 1
        refuse_reserved(str(token), column)
        return term_of([(str(token), column)], column, self._exact)

    def phrase(self, token: Token) -> Term:
        column = token.column or 1
        pieces = [(found[0], column + found.start()) for found in re.finditer(r'[^\s"]+', token)]
        for piece, at in pieces:
            if piece in ("(", ")") or re.search(r"[()]", piece):
                raise QueryInvalid(at, "parentheses inside a phrase", "write the alternatives as phrases joined by OR")
        if not pieces:
            raise QueryInvalid(column, "an empty phrase", "write words between the quotation marks")
        return term_of(pieces, column, self._exact)

    def near(self, *row: _Part | Token) -> Near:
        operators = [part for part in row if isinstance(part, Token)]
        column = operators[0].column or 1
        parts: list[Node] = []
        for part in row:
            if isinstance(part, Token):
                continue
            if isinstance(part, _Negated) or not _may_stand_near(part):
                raise QueryInvalid(
                    column,
                    "beside NEAR only words, phrases, and those joined by OR or NEAR in parentheses may stand",
                    "take AND and NOT out of the parentheses",
                )
            parts.append(part)
        return Near(tuple(parts), tuple(map(_distance, operators)), column)

    def negated(self, operator: Token, part: _Part) -> _Negated:
        column = operator.column or 1
        if isinstance(part, _Negated):
            raise QueryInvalid(column, "NOT twice", "leave both out")
        return _Negated(part, column)

    def all(self, *parts: _Part) -> _Part:
        if len(parts) == 1:
            return parts[0]
        wanted: list[Node] = []
        unwanted: list[Node] = []
        for part in parts:
            if isinstance(part, _Negated):
                unwanted.append(part.part)
            else:
                wanted.append(part)
        if not wanted:
            first = next(part for part in parts if isinstance(part, _Negated))
            raise _only_negative(first.column)
        return And(tuple(wanted), tuple(unwanted))

    def either(self, *parts: _Part) -> _Part:
        if len(parts) == 1:
            return parts[0]
        wanted: list[Node] = []
        for part in parts:
            if isinstance(part, _Negated):
                raise QueryInvalid(
                    part.column,
                    "NOT beside OR would match nearly every item",
                    "put NOT beside AND: `(a OR b) AND NOT c`",
                )
            wanted.append(part)
        return Or(tuple(wanted))


def _may_stand_near(node: Node) -> bool:
    return isinstance(node, Term | Near) or (isinstance(node, Or) and all(map(_may_stand_near, node.parts)))


def _distance(operator: Token) -> int:
    digits = operator.removeprefix("NEAR/").lstrip("0") or "0"
    if len(digits) > 3 or int(digits) > MOST_DISTANCE:
        raise QueryInvalid(operator.column or 1, f"{operator[:20]} is too far", f"use at most NEAR/{MOST_DISTANCE}")
    return int(digits)


def _only_negative(column: int) -> QueryInvalid:
    return QueryInvalid(
        column, "only NOT, so it would match nearly every item", "say what is wanted too: `a AND NOT b`"
    )


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
    depth, quoted = 0, False
    for column, character in enumerate(text, start=1):
        quoted ^= character == '"'
        if not quoted:
            depth += (character == "(") - (character == ")")
        if depth > MOST_DEPTH:
            raise QueryInvalid(column, "too many parentheses", f"nest at most {MOST_DEPTH} deep")


@lru_cache(maxsize=8192)
def parse_query(text: str, exact: bool = False) -> Query:
    """The query as a tree; `exact` turns stemming off. Raises QueryInvalid: the column, and what was expected."""
    plain = re.sub(r"\s", " ", text.translate(_QUOTES))
    _check_size(plain)
    try:
        built = _Builder(exact).transform(_parser().parse(plain))
    except UnexpectedInput as error:
        raise _explain(error, plain) from None
    except VisitError as error:
        if isinstance(error.orig_exc, QueryInvalid):
            raise error.orig_exc from None
        raise
    if isinstance(built, _Negated):
        raise _only_negative(built.column)
    terms = terms_of(built)
    if len(terms) > MOST_TERMS:
        raise QueryInvalid(
            terms[MOST_TERMS].column, f"{len(terms)} terms are too many", f"keep to {MOST_TERMS}; write several lines"
        )
    return Query(text, built)


_LANGUAGE = re.compile(r'[()"*]|(?<!\S)(?:AND|OR|NOT|NEAR|NEAR/\S*)(?!\S)')


def parse_wording(text: str) -> Query:
    """A `for` or `against` wording as a tree of exact words: one phrase, or a query when it uses the language's signs.

    Raises QueryInvalid.
    """
    plain = text.translate(_QUOTES)
    if _LANGUAGE.search(plain):
        return parse_query(text, exact=True)
    _check_size(plain)
    words = words_of(fold_wording(text))
    if not words:
        raise QueryInvalid(1, "no letter or digit, so it could never be found", "write words")
    return Query(text, Term(tuple(Word(word, exact=True) for word in words)))
