"""What a model is asked. The item's words are data: fenced off by a mark that they cannot contain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from monitor.model.item import Item
from monitor.positions.llm.excerpt import excerpts
from monitor.positions.llm.offer import Offer
from monitor.positions.llm.schema import answer_schema
from monitor.positions.llm.tokens import estimate
from rules.model import Match

PROMPT_VERSION = "1"
"""Goes up with every change of what is asked or believed, so that readings say which one made them."""

LEAST_ANSWER, MOST_ANSWER = 500, 1500
"""Tokens an answer may have: what is left of the item's budget, within these bounds."""

_INSTRUCTIONS = (resources.files(__package__) / "instructions.txt").read_text(encoding="utf-8")
_MARK = "{mark}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is sent: messages as (role, text), the schema of the answer, and the most tokens the answer may have.

    `tokens` is the estimate of all that the question costs, its answer included. `shown` and `whole` count characters
    of the item's text.
    """

    messages: tuple[tuple[str, str], ...]
    schema: Mapping[str, Any]
    answer_tokens: int
    tokens: int
    shown: int
    whole: int

    def key(self, model: str) -> str:
        """What the answer is kept under: 64 hex digits over model, prompt version, rules and text.

        The messages are a function of the prompt's wording, of the matched rules and of the item's text, and of nothing
        else, so a change of any of these, and no other, gives another key.
        """
        body = [model, PROMPT_VERSION, self.messages, self.schema, self.answer_tokens]
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


class TooLong(Exception):  # noqa: N818 - it is what the item is
    """The item does not fit the budget of tokens, however its text is cut. `least` is what it would need."""

    def __init__(self, least: int) -> None:
        super().__init__(f"needs about {least} tokens")
        self.least = least


def question(item: Item, matches: Sequence[Match], offered: Offer, most_tokens: int) -> Question:
    """What to ask about an item, within a budget of tokens for question and answer. Raises TooLong."""
    schema = answer_schema(offered)
    least = 0
    for text in excerpts(item.text, matches, "text"):
        messages = _messages(item, text, offered)
        asked = estimate(*(words for _, words in messages), json.dumps(schema))
        least = asked + LEAST_ANSWER
        if least <= most_tokens:
            answer = min(MOST_ANSWER, most_tokens - asked)
            return Question(
                messages=messages,
                schema=schema,
                answer_tokens=answer,
                tokens=asked + answer,
                shown=len(text),
                whole=len(item.text),
            )
    raise TooLong(least)


def _messages(item: Item, text: str, offered: Offer) -> tuple[tuple[str, str], ...]:
    mark = _mark(item)
    lists = json.dumps(offered.as_json(), ensure_ascii=False, indent=1)
    body = f"published: {item.day.isoformat()}\ntitle: {' '.join(item.title.split())}\ntext:\n{text}"
    return (
        ("system", _INSTRUCTIONS.replace(_MARK, mark).strip()),
        ("user", f"{lists}\n\n{mark}\n{body}\n{mark}"),
    )


def _mark(item: Item) -> str:
    """A line that nobody can write into the item beforehand: a hash over the very text that would have to hold it."""
    digest = hashlib.sha256("\x1f".join((item.title, item.text)).encode("utf-8", "replace")).hexdigest()
    return f"ITEM-{digest[:32]}"
