"""Which way text runs, so that names of one script stand in sentences of another and both stay readable."""

from __future__ import annotations

import re
import unicodedata

# Subtags of languages that are written from right to left by default (IANA Language Subtag Registry, Suppress-Script
# and common use), and of the scripts that are.
_LANGUAGES = frozenset(["ar", "arc", "ckb", "dv", "fa", "glk", "he", "iw", "ji", "ks", "mzn", "nqo", "pnb"]).union(
    ["ps", "sd", "syr", "ug", "ur", "yi"]
)
_SCRIPTS = frozenset(["adlm", "arab", "hebr", "mand", "mend", "nkoo", "rohg", "samr", "syrc", "thaa"])
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_MARKS = {"ltr": "\u200e", "rtl": "\u200f"}
_STRONG = {"L": "ltr", "R": "rtl", "AL": "rtl"}


def language_tag(lang: str | None) -> str:
    """The language as an HTML `lang` attribute may name it (BCP 47); "" for what is no such tag or "und"."""
    tag = (lang or "").strip().replace("_", "-")
    return tag if len(tag) <= 35 and _TAG.fullmatch(tag) and tag.casefold() != "und" else ""


def direction_of(lang: str | None) -> str:
    """ "ltr" or "rtl" for a language; "auto", which lets the first letter decide, where it is not known."""
    subtags = language_tag(lang).casefold().split("-")
    if not subtags[0]:
        return "auto"
    scripts = [subtag for subtag in subtags[1:] if len(subtag) == 4 and subtag.isalpha()]
    right_to_left = scripts[0] in _SCRIPTS if scripts else subtags[0] in _LANGUAGES
    return "rtl" if right_to_left else "ltr"


def placed(name: str, direction: str) -> str:
    """A name for a place in a sentence that runs in `direction`: between two marks where it runs the other way.

    The marks (U+200E, U+200F) keep the punctuation around it where it belongs, and a subject that begins with such a
    name is not set from the wrong side. They are invisible, and known by all mail clients; isolates are not.
    """
    against = any(_STRONG.get(unicodedata.bidirectional(c), direction) != direction for c in name)
    mark = _MARKS[direction]
    return f"{mark}{name}{mark}" if against else name
