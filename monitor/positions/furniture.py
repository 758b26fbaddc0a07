"""What stands in a text and is not the article: advertisements, lists of other articles, menus, notices. Pure.

Scraped text runs on into classified advertisements, "read also" and the foot of the page; feeds glue them on too. The
text stays as it is, so that offsets hold: regions are only named, and nothing that stands in one becomes evidence.
What marks a region is its form. Sentences are never furniture, however many prices they name, save those that begin
with a label (`monitor/positions/furniture_labels.py`) and those that the feed's other items repeat word for word.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from monitor.model.item import Item
from monitor.positions.furniture_labels import BEFORE, LISTS, NOTICES, OFFERS

ADVERTISEMENT = "an advertisement or price list, not the article"
ELSEWHERE = "points to other articles or pages, not the article"
MENU = "a menu or list of links, not the article"
NOTICE = "a notice of the site (subscription, cookies, rights), not the article"
REPEATED = "repeated in other items of this feed, so it belongs to the page and not to the article"

WORDS_TO_A_MARK = 16
"""A stretch of fragments with prices, numbers to call or codes is a list of offers if it has one in so many words."""
LEAST_MARKS = 3
"""Marks that such a stretch needs: one price or two stand under any photograph."""
MENU_LINES = 6
MENU_WORDS = 4
LEAST_SHARING = 4
SHARE_SHARING = 0.3
LEAST_REPEATED = 25
"""Characters from which a repeated line says something about itself; shorter ones ("Berlin") recur by chance."""

_CURRENCY = r"(?:[€$£¥₽₴₹₺]|\b(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|RUB|UAH|CZK|HUF|euros?|zł|Kč|Ft|kr)\b)"
_AMOUNT = r"\d{1,3}(?:[.,'\u00a0\u202f ]\d{3})*(?:[.,]\d{1,2}|,[-–—])?"
_SCALE = (
    r"(?![\d.,]*\s?-?(?:bn|billion|million|mn|m\b|k\b|tn|trillion|thousand|Mi|Mrd|Mio|milliard|milion|mil|mld"
    r"|млрд|млн))"
)
_PRICE = re.compile(rf"{_CURRENCY}\s?{_AMOUNT}(?!\d){_SCALE}|(?<![\w.,]){_AMOUNT}\s?(?:€|{_CURRENCY})(?!\s?\d)", re.I)
_PHONE = re.compile(
    r"(?:(?<![\w.])(?:\+|00)\d{1,3}|\b(?:tel|phone|fax|call|tél|telefon|тел)\b[^\d\n]{0,6})[\d \u00a0().\/-]{6,18}\d"
    r"|(?<![\d.,-])0\d(?:[ .\u00a0-]?\d{2}){4}(?!\d)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,63}|\b(?:https?://|www\.)\S+", re.I)
_CODE = re.compile(r"(?<![\w.,€$£-])\d{5}(?![\d%]|[.,]\d)")
_MAYBE_MARKED = re.compile(r"[\d@]|www|http", re.IGNORECASE)
_MARKS = (_PRICE, _PHONE, _ADDRESS, _CODE)
_BREAK = re.compile(r"[\n\r\u2028\u2029\x0b\x0c\x85]+")
_STOP = re.compile(r"[.!?…。！？][\"”’'»)\]“]*(?=\s*$|\s+[^a-zà-ÿ\d\s]|[“„«\"(]?[A-ZÀ-ÞЀ-Я])")
_ENDED = re.compile(r"[.!?…。！？:;,][\"”’'»)\]“]*$")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of a field that is not the article; code points, end exclusive, and why."""

    start: int
    end: int
    why: str


@dataclass(slots=True)
class _Block:
    """A sentence, or a line or rest of one that has no full stop."""

    start: int
    end: int
    text: str
    words: int
    marks: int
    prose: bool
    leads_on: bool
    line: int


def furniture(text: str, repeated: Collection[str] = ()) -> tuple[Region, ...]:
    """The regions of a text that are not the article, in order, not overlapping. Linear in the text.

    `repeated` are lines that other items of the same feed hold as well, as `folded_line` gives them.
    """
    blocks = list(_blocks(text))
    why: list[str | None] = [None] * len(blocks)
    for mark in (_labelled, _offers, _menus):
        for first, last, reason in mark(blocks):
            for number in range(first, last):
                why[number] = why[number] or reason
    if repeated:
        for _, group in groupby(enumerate(blocks), key=lambda pair: pair[1].line):
            own = list(group)
            if folded_line(text[own[0][1].start : own[-1][1].end]) in repeated:
                for number, _ in own:
                    why[number] = why[number] or REPEATED
    return tuple(_joined(blocks, why))


def folded_line(line: str) -> str:
    """A line as it is compared with those of other items: case, blanks and digits do not count."""
    return re.sub(r"\d+", "0", " ".join(line.split())).casefold()


def repeated_lines(texts: Sequence[str]) -> frozenset[str]:
    """The lines, folded, that so many recent items of one feed share that they belong to its pages.

    Four items and three in ten: follow-ups of one story share a paragraph of background, but do not fill a feed.
    """
    counts = Counter(
        line
        for text in texts
        for line in {folded_line(part) for part in _BREAK.split(text) if len(part.strip()) >= LEAST_REPEATED}
    )
    least = max(LEAST_SHARING, math.ceil(SHARE_SHARING * len(texts)))
    return frozenset(line for line, count in counts.items() if count >= least)


def regions_of(item: Item) -> dict[str, tuple[Region, ...]]:
    """The regions of each field of an item."""
    return {name: furniture(text, item.repeated) for name, text in item.fields.items()}


def region_at(regions: Sequence[Region], start: int, end: int) -> Region | None:
    """The region that a stretch of the text reaches into, if any."""
    at = bisect_right(regions, end - 1, key=lambda r: r.start) - 1
    return regions[at] if at >= 0 and regions[at].end > start else None


def _blocks(text: str) -> Iterator[_Block]:
    begin = 0
    for number, found in enumerate([*_BREAK.finditer(text), None]):
        end = found.start() if found else len(text)
        start = begin
        for stop in _STOP.finditer(text, begin, end):
            if stop.end() < end:
                yield from _block(text, start, stop.end(), number)
                start = stop.end()
        yield from _block(text, start, end, number)
        begin = found.end() if found else end


def _block(text: str, start: int, end: int, line: int) -> Iterator[_Block]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        return
    inside = text[start:end]
    ended = _ENDED.search(inside)
    words = len(_WORD.findall(inside))
    marks = sum(len(kind.findall(inside)) for kind in _MARKS) if not ended and _MAYBE_MARKED.search(inside) else 0
    leads_on = inside.endswith((":", ";", ","))
    yield _Block(start, end, inside, words, marks, bool(ended), leads_on, line)


def _labelled(blocks: Sequence[_Block]) -> Iterator[tuple[int, int, str]]:
    """A label and what it labels: the rest of its line, or the lines without a full stop that follow it."""
    for number, block in enumerate(blocks):
        first_of_line = number == 0 or blocks[number - 1].line != block.line
        if not first_of_line:
            continue
        if LISTS.fullmatch(block.text):
            yield number, _end_of_list(blocks, number), ELSEWHERE
        elif OFFERS.fullmatch(block.text):
            # The heading of the next part may follow such a label; two lines and more are what is offered.
            last = _end_of_list(blocks, number)
            yield number, last if last > number + 2 else number + 1, ADVERTISEMENT
        elif BEFORE.match(block.text):
            yield number, _rest_of_line(blocks, number), ELSEWHERE
        elif NOTICES.match(block.text):
            yield number, number + 1, NOTICE


def _end_of_list(blocks: Sequence[_Block], number: int) -> int:
    last = number + 1
    while last < len(blocks) and (not blocks[last].prose or blocks[last].text.endswith("…")):
        last += 1
    return last


def _rest_of_line(blocks: Sequence[_Block], number: int) -> int:
    last = number + 1
    while last < len(blocks) and blocks[last].line == blocks[number].line:
        last += 1
    return last


def _offers(blocks: Sequence[_Block]) -> Iterator[tuple[int, int, str]]:
    """Stretches of fragments that are thick with prices, numbers to call, addresses and codes."""
    for first, last in _runs(blocks, lambda b: not b.prose):
        marked = [n for n in range(first, last) if blocks[n].marks]
        if not marked:
            continue
        # A heading may stand before the first offer's own title: of what bears no mark, only one line belongs to it.
        low, high = max(first, marked[0] - 1), marked[-1] + 1
        if low < marked[0] and blocks[low].words > 12:
            low += 1
        marks = sum(b.marks for b in blocks[low:high])
        if marks >= LEAST_MARKS and sum(b.words for b in blocks[low:high]) <= marks * WORDS_TO_A_MARK:
            yield low, last, ADVERTISEMENT


def _menus(blocks: Sequence[_Block]) -> Iterator[tuple[int, int, str]]:
    """Six and more lines of a few words each, and no sentence among them, that no colon leads up to."""
    for first, last in _runs(blocks, lambda b: not b.prose and b.words <= MENU_WORDS):
        led_up_to = first > 0 and blocks[first - 1].leads_on
        if last - first >= MENU_LINES and not led_up_to:
            yield first, last, MENU


def _runs(blocks: Sequence[_Block], belongs: Callable[[_Block], bool]) -> Iterator[tuple[int, int]]:
    first: int | None = None
    for number, block in enumerate(blocks):
        if belongs(block):
            first = number if first is None else first
        elif first is not None:
            yield first, number
            first = None
    if first is not None:
        yield first, len(blocks)


def _joined(blocks: Sequence[_Block], why: Sequence[str | None]) -> Iterator[Region]:
    open_: Region | None = None
    for block, reason in zip(blocks, why, strict=True):
        if open_ is not None and reason == open_.why:
            open_ = Region(open_.start, block.end, reason)
            continue
        if open_ is not None:
            yield open_
        open_ = Region(block.start, block.end, reason) if reason else None
    if open_ is not None:
        yield open_
