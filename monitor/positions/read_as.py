"""What readers are told of how well a language is read: nothing where it is read well enough."""

from __future__ import annotations

from monitor.positions.grammar.extractor import DEFAULT_LANGUAGE
from monitor.positions.grammar.language import Language, available, load_language
from monitor.positions.grammar.traits import ReadAs

_NOT_KNOWN = ("", "und")


def language_of(lang: str | None) -> Language | None:
    """The language that an item of this code is read as; None where it is not read. English where none is told."""
    code = (lang or "").casefold().replace("_", "-").split("-")[0]
    code = DEFAULT_LANGUAGE if code in _NOT_KNOWN else code
    return load_language(code) if code in available() else None


def poorly_read(lang: str | None) -> str:
    """The name of a language that is read with low accuracy, else ""."""
    language = language_of(lang)
    return language.name if language is not None and language.traits.accuracy.read_as is ReadAs.LOW else ""


def caution(lang: str | None) -> str:
    """A line for whoever looks at an item: that its language is not read, or read with low accuracy; else ""."""
    language = language_of(lang)
    if language is None:
        names = sorted(load_language(code).name for code in available())
        return f"Not read: language {lang}. Statements are read in {', '.join(names[:-1])} and {names[-1]}"
    return language.traits.accuracy.low(language.name)
