"""Lark's tree of a query → ours, with what the grammar alone cannot refuse."""

from __future__ import annotations

import re

from lark import Token, Transformer, Tree, v_args
from lark.exceptions import VisitError

from rules.model import RuleKind
from rules.query_phrase import wordings_of
from rules.query_tree import And, Has, Named, Near, Node, Or, Term, Trait, Within
from rules.query_words import MOST_DISTANCE, QueryInvalid, refuse_reserved, term_of

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANG = re.compile(r"[a-z]{2,3}")


class Negated:
    """NOT and what it negates, until the AND around it takes it up."""

    def __init__(self, part: Node, column: int) -> None:
        self.part = part
        self.column = column


_Part = Node | Negated


@v_args(inline=True)
class _Builder(Transformer[Token, Node]):
    def __init__(self, exact: bool) -> None:
        super().__init__()
        self._exact = exact

    def word(self, token: Token) -> Term:
        column = token.column or 1
        refuse_reserved(str(token), column)
        return term_of([(str(token), column)], column, self._exact)

    def phrase(self, token: Token) -> Node:
        return _phrase(token, self._exact)

    def exact_word(self, _sign: Token, token: Token) -> Term:
        column = token.column or 1
        if "*" in token:
            raise QueryInvalid(column, "“=” and “*” contradict each other", "keep one of them")
        return term_of([(str(token), column)], column, exact=True)

    def exact_phrase(self, _sign: Token, token: Token) -> Node:
        return _phrase(token, exact=True)

    def scope(self, field: Token, part: _Part) -> Within:
        name = field.removesuffix(":")
        if isinstance(part, Negated):
            raise QueryInvalid(part.column, f"only NOT within {field}", f"write NOT {field}(…) beside what is wanted")
        return Within(name, part)

    def trait(self, field: Token, *values: Token) -> Node:
        nodes = tuple(_trait(str(field).removesuffix(":"), value) for value in values)
        return nodes[0] if len(nodes) == 1 else Or(nodes)

    def near(self, *row: _Part | Token) -> Near:
        operators = [part for part in row if isinstance(part, Token)]
        column = operators[0].column or 1
        parts: list[Node] = []
        for part in row:
            if isinstance(part, Token):
                continue
            if isinstance(part, Negated) or not _may_stand_near(part):
                raise QueryInvalid(
                    column,
                    "beside NEAR and BEFORE only words, phrases, actor:, issue:, and those joined by OR or NEAR in "
                    "parentheses may stand",
                    "take AND and NOT out of the parentheses, and write title:(a NEAR/3 b)",
                )
            parts.append(part)
        ordered = tuple(operator.startswith("BEFORE") for operator in operators)
        return Near(tuple(parts), tuple(map(_distance, operators)), column, ordered if any(ordered) else ())

    def negated(self, operator: Token, part: _Part) -> Negated:
        column = operator.column or 1
        if isinstance(part, Negated):
            raise QueryInvalid(column, "NOT twice", "leave both out")
        return Negated(part, column)

    def all(self, *parts: _Part) -> _Part:
        if len(parts) == 1:
            return parts[0]
        wanted = tuple(part for part in parts if not isinstance(part, Negated))
        unwanted = tuple(part.part for part in parts if isinstance(part, Negated))
        if not wanted:
            raise only_negative(next(part for part in parts if isinstance(part, Negated)).column)
        return And(wanted, unwanted)

    def either(self, *parts: _Part) -> _Part:
        if len(parts) == 1:
            return parts[0]
        wanted: list[Node] = []
        for part in parts:
            if isinstance(part, Negated):
                raise QueryInvalid(
                    part.column,
                    "NOT beside OR would match nearly every item",
                    "put NOT beside AND: `(a OR b) AND NOT c`",
                )
            wanted.append(part)
        return Or(tuple(wanted))


def built(tree: Tree[Token], exact: bool) -> Node | Negated:
    """The tree as ours; `exact` turns stemming off. Raises QueryInvalid."""
    try:
        return _Builder(exact).transform(tree)
    except VisitError as error:
        if isinstance(error.orig_exc, QueryInvalid):
            raise error.orig_exc from None
        raise


def only_negative(column: int) -> QueryInvalid:
    """The refusal of a query that only says what is not wanted."""
    return QueryInvalid(
        column, "only NOT, so it would match nearly every item", "say what is wanted too: `a AND NOT b`"
    )


def _phrase(token: Token, exact: bool) -> Node:
    column = token.column or 1
    wordings = wordings_of(str(token)[1:-1], column + 1)
    terms = tuple(dict.fromkeys(term_of(list(wording), column, exact) for wording in wordings))
    return terms[0] if len(terms) == 1 else Or(terms)


def _trait(name: str, value: Token) -> Named | Has:
    column = value.column or 1
    text = " ".join(value.strip('"').split())
    if name in ("actor", "issue"):
        if not _ID.fullmatch(text):
            remedy = "write an id; `volteface rules list` shows them"
            raise QueryInvalid(column, f"“{text[:40]}” is no id of an {name}", remedy)
        return Named(RuleKind(name), text, column)
    folded = text.casefold()
    if name == "lang" and not _LANG.fullmatch(folded):
        raise QueryInvalid(column, f"“{text[:40]}” is no language", "write its code, as en, de or fr")
    if not folded:
        raise QueryInvalid(column, "an empty source", "write a domain, as reuters.com, or an agency's name")
    return Has(Trait(name), folded, column)


def _may_stand_near(node: Node) -> bool:
    return isinstance(node, Term | Near | Named) or (isinstance(node, Or) and all(map(_may_stand_near, node.parts)))


def _distance(operator: Token) -> int:
    digits = operator.partition("/")[2].lstrip("0") or "0"
    if len(digits) > 3 or int(digits) > MOST_DISTANCE:
        remedy = f"use at most {operator.partition('/')[0]}/{MOST_DISTANCE}"
        raise QueryInvalid(operator.column or 1, f"{operator[:20]} is too far", remedy)
    return int(digits)
