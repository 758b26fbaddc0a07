"""What others wrote, made fit to be shown: no control characters, no line that was not meant, no dangerous link."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

ELLIPSIS = "…"
LONGEST_LINK = 2_000
"""Characters. A longer address is left out: mail clients and browsers cut it anyway."""

# How many times the length wanted is looked at; a text of megabytes is not cleaned to be thrown away.
_SPARE = 8
_SPACES = re.compile(r"\s+")
# Overrides and isolates turn what is around them (CVE-2021-42574). The marks U+200E and U+200F stay: scripts need them.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\u2060]")
_JOINER = "\u200d"
# The joiner itself, variation selectors are marks; tones of skin and the tags of flags of regions.
_JOINS = frozenset([_JOINER, *map(chr, range(0x1F3FB, 0x1F400)), *map(chr, range(0xE0020, 0xE0080))])
_LINK_ENDING = re.compile(r"[\x00-\x20\x7f\\]")
_UNSAFE_IN_LINK = re.compile(r"""[^\x21-\x7e]|["'<>`{}|^]""")


def encodable(text: str) -> str:
    """The text without what no encoding or database takes: lone surrogates become U+FFFD, NUL goes."""
    return text.replace("\x00", "").encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def one_line(text: str, most: int | None = None) -> str:
    """The text on one line: control characters and line breaks of every kind become a space, runs of spaces one.

    `most` is the greatest length in code points; what is cut ends with an ellipsis.
    """
    text = text.lstrip()
    if most is not None and len(text) > _SPARE * (most + 1):
        text = text[: _SPARE * (most + 1)] + ELLIPSIS
    plain = _TURNING.sub("", encodable(text))
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in plain)
    plain = _SPACES.sub(" ", plain).strip()
    return plain if most is None else cut(plain, most)


def cut(text: str, most: int) -> str:
    """At most `most` code points; what is cut ends with an ellipsis, and never within what is seen as one letter."""
    if len(text) <= most:
        return text
    end = max(most - 1, 0)
    while end > 0 and joined_to_previous(text, end):
        end -= 1
    return text[:end].rstrip() + ELLIPSIS


def joined_to_previous(text: str, place: int) -> bool:
    """Whether the character at this place is seen as one with that before it: an accent, a part of an emoji or flag.

    The cases of extended grapheme clusters (Unicode Standard Annex 29) that occur in names and quotes.
    """
    letter, before = text[place], text[place - 1]
    if unicodedata.category(letter) in ("Mn", "Me", "Mc") or letter in _JOINS or before == _JOINER:
        return True
    if not _is_flag_letter(letter) or not _is_flag_letter(before):
        return False
    begin = place
    while begin > 0 and _is_flag_letter(text[begin - 1]):
        begin -= 1
    return (place - begin) % 2 == 1


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def safe_link(url: str | None) -> str | None:
    """The address in ASCII if it is one that a reader may be led to, else None.

    http and https only, with a host and without user name or password, which only serve to disguise where it leads.
    """
    if not url:
        return None
    url = url.strip()
    if _LINK_ENDING.search(url):
        return None
    try:
        parts = urlsplit(encodable(url))
        host, _ = parts.hostname, parts.port
        netloc = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or "@" in netloc or _UNSAFE_IN_LINK.search(netloc):
        return None
    ascii_only = parts._replace(scheme=parts.scheme.lower(), netloc=netloc).geturl()
    safe = _UNSAFE_IN_LINK.sub(lambda found: quote(found.group()), ascii_only)
    return safe if len(safe) <= LONGEST_LINK else None
