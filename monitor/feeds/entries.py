"""From what a document gives for an entry to a ParsedEntry, for XML and JSON alike: identity, link, bounds. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from urllib.parse import urljoin, urlsplit

from monitor.feeds.links import is_plain
from monitor.feeds.text import clean, one_line
from monitor.model.feed import ParsedEntry

LONGEST_TEXT = 200_000
LONGEST_TITLE = 2_000

_LONGEST_LINK = 4_000
_MOST_PROBLEMS = 100
_BLANKS = re.compile(r"[\s\x00-\x20]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """An entry as its document gives it, with its texts already made plain. `guid` and `link` are unchecked."""

    guid: str | None
    link: str | None
    title: str
    text: str
    author: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    lang: str | None = None
    source_url: str | None = None


def web_address(link: str | None, base: str | None) -> str | None:
    """A link as an absolute http(s) address; None when it is of another kind or cannot be made absolute."""
    if link and len(link) <= _LONGEST_LINK and is_plain(link):
        return link
    link = _BLANKS.sub(" ", clean(link or "")).strip().replace(" ", "%20")
    if not link or len(link) > _LONGEST_LINK:
        return None
    try:
        absolute = urljoin(base or "", link)
        parts = urlsplit(absolute)
        host = parts.hostname
    except ValueError:
        return None
    return absolute if parts.scheme in ("http", "https") and host else None


def language(code: str | None) -> str | None:
    """The primary language of a code such as `en-GB`, two or three small letters; None for nonsense."""
    primary = re.split(r"[-_\s]", (code or "").strip())[0].lower()
    return primary if re.fullmatch(r"[a-z]{2,3}", primary) else None


@dataclass(frozen=True, slots=True)
class Composed:
    """The entries of a document, each with an identity, and what was skipped or repaired.

    `given` are the entries with the ids that the document gives; in `entries` those that share one are told apart.
    `sound` maps the numbers of those that were taken just as they are, and whose id none of the others has, to them.
    """

    entries: tuple[ParsedEntry, ...]
    given: tuple[ParsedEntry, ...]
    problems: list[str]
    sound: dict[int, ParsedEntry]


def compose(raws: Sequence[RawEntry], base: str | None, numbers: Iterable[int] | None = None) -> Composed:
    """Make entries of raw ones. `numbers` are their places in the document, from 1, where they are not all of it."""
    problems: list[str] = []
    entries: list[ParsedEntry] = []
    sound: dict[int, ParsedEntry] = {}
    for number, raw in zip(numbers or count(1), raws, strict=False):
        troubles = len(problems)
        entries.append(entry := _entry(raw, base, number, problems))
        if len(problems) == troubles:
            sound[number] = entry
    times = Counter(entry.id for entry in entries)
    sound = {number: entry for number, entry in sound.items() if times[entry.id] == 1}
    return Composed(_told_apart(entries, problems), tuple(entries), problems, sound)


def _entry(raw: RawEntry, base: str | None, number: int, problems: list[str]) -> ParsedEntry:
    link = web_address(raw.link, base)
    if raw.link and raw.link.strip() and link is None:
        problems.append(f"entry {number}: its link is no http(s) address and was dropped: {raw.link.strip()[:80]!r}")
    guid = clean(raw.guid or "").strip()
    own = one_line(raw.link or "")[:_LONGEST_LINK]  # no address that we follow, such as magnet:, names its entry still
    if not (raw.title or raw.text or link or guid):
        problems.append(f"entry {number}: it has neither title, text, link nor id")
    if len(raw.text) > LONGEST_TEXT:
        problems.append(f"entry {number}: its text was cut after {LONGEST_TEXT} characters")
    return ParsedEntry(
        id=guid or link or own or "sha256:" + digest(*_words(raw)),
        title=raw.title[:LONGEST_TITLE],
        link=link,
        text=raw.text[:LONGEST_TEXT],
        author=raw.author or None,
        published=raw.published,
        updated=raw.updated,
        lang=raw.lang,
        guid_given=bool(guid),
        source_url=web_address(raw.source_url, None),
    )


def _words(raw: RawEntry) -> tuple[str, ...]:
    """What an entry without id and link is known by: what it says, or if that is nothing, when and by whom."""
    if raw.title or raw.text:
        return raw.title, raw.text
    return str(raw.published), str(raw.author)


def _told_apart(entries: list[ParsedEntry], problems: list[str]) -> tuple[ParsedEntry, ...]:
    """Give entries that share an id but are not the same ids of their own: all of them, whatever their order.

    What tells them apart is the link, and where that is shared too, the title. Entries that agree in both are one
    entry, listed twice; they keep one id, and admission takes them once.
    """
    variants: defaultdict[str, set[tuple[str | None, str]]] = defaultdict(set)
    for entry in entries:
        variants[entry.id].add((entry.link, entry.title))
    shared = {identity for identity, found in variants.items() if len(found) > 1}
    for identity in sorted(shared):
        count = sum(entry.id == identity for entry in entries)
        problems.append(f"{count} entries share the id {identity[:80]!r}; they are told apart by link and title")
    links = Counter((identity, link) for identity in shared for link, _ in variants[identity])

    def own(entry: ParsedEntry) -> ParsedEntry:
        if entry.id not in shared:
            return entry
        alone = entry.link is not None and links[entry.id, entry.link] == 1
        return replace(entry, id=f"{entry.id}#{digest(entry.link or '', '' if alone else entry.title)[:16]}")

    return tuple(own(entry) for entry in entries)


def told(problems: Sequence[str]) -> tuple[str, ...]:
    """The problems as they are passed on: the first hundred, and how many there are besides."""
    if len(problems) <= _MOST_PROBLEMS:
        return tuple(problems)
    return (*problems[:_MOST_PROBLEMS], f"and {len(problems) - _MOST_PROBLEMS} more problems of this kind")


def digest(*parts: str) -> str:
    """64 hex digits over the parts in their order."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()
