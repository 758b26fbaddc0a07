"""Where words that a model gives as evidence stand in a text, if they do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»‹›″〝〞＂", '"'),
        **dict.fromkeys("‘’‚‛′`´＇ʼ", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)
_UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_MARKS = "\"'“”„‟«»‹›‘’‚‛"
_OPENING, _CLOSING = "“„«‹", "”»›"

Span = tuple[int, int]


def spans_of(words: str, text: str) -> list[Span]:
    """Every place where the words stand, in the order of the text.

    Exactly; else however white space, quotation marks, apostrophes, dashes and unseen characters are written; else
    without quotation marks that were put around them. The span always covers the text's own characters.
    """
    words = words.strip()
    for wanted in dict.fromkeys((words, words.strip(_MARKS).strip())):
        if wanted:
            found = list(_exact(wanted, text)) or list(_tolerant(wanted, text))
            if found:
                return found
    return []


def nearest(spans: Sequence[Span], places: Sequence[Span]) -> Span:
    """Of several spans the one that is nearest to any of the places; the first one where there are no places."""
    return min(spans, key=lambda span: (min((_gap(span, place) for place in places), default=0), span))


def _gap(one: Span, other: Span) -> int:
    return max(0, other[0] - one[1], one[0] - other[1])


def within_quotation(text: str, start: int, end: int) -> bool:
    """Whether a span is, or holds, direct speech as far as the quotation marks of its paragraph tell."""
    if any(mark in text[start:end] for mark in '“”„«»"'):
        return True
    begin = max(text.rfind("\n", 0, start) + 1, 0)
    before = text[begin:start]
    depth = 0
    for character in before:
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth = max(depth - 1, 0)
    return depth > 0 or before.count('"') % 2 == 1


def _exact(words: str, text: str) -> Iterator[Span]:
    place = text.find(words)
    while place >= 0:
        yield place, place + len(words)
        place = text.find(words, place + 1)


def _tolerant(words: str, text: str) -> Iterator[Span]:
    wanted, _ = _plain(words)
    folded, origin = _plain(text)
    for start, end in _exact(wanted, folded) if wanted else ():
        yield origin[start], origin[end - 1] + 1


def _plain(text: str) -> tuple[str, list[int]]:
    """A text with one kind of space, quotation mark and dash, and for each of its characters where it came from."""
    kept: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text.translate(_ALIKE)):
        if character in _UNSEEN:
            continue
        if character.isspace():
            if not kept or kept[-1] == " ":
                continue
            character = " "  # noqa: PLW2901
        kept.append(character)
        origin.append(index)
    if kept and kept[-1] == " ":
        kept.pop()
        origin.pop()
    return "".join(kept), origin
