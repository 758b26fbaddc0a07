"""Which language an item is written in: from its words, with what its feed declares as a prior. Pure.

The model is py3langid's naive Bayes over byte n-grams (Lui and Baldwin 2012, retrained), which comes with the package:
nothing is fetched. It is loaded once, when the first item asks.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UNDETERMINED = "und"
"""ISO 639-2 for a language that could not be told."""

LEAST = 0.5
"""Probability from which a language is named that the feed does not declare. Of 1,036 titles of captured feeds in nine
languages 936 reach it, all of them rightly (`tests/acceptance/test_languages_of_titles.py` prints the table)."""

PRIOR = 8.0
"""How much more likely the declared language is than any other, before a word was read."""

_READ = 1_000
"""Characters of the text that are looked at after the title; more cost time and change nothing."""

_LATIN = "af az bs ca cs da de en es et eu fi fr ga gl hr hu id is it lt lv ms nl no pl pt ro sk sl sq sv sw tr vi"
_OTHER_SCRIPTS = """
    am ar be bg bn el fa gu he hi hy ja ka kk km kn ko lo mk ml mn mr my ne pa ps ru si sr ta te th uk ur zh
"""
_LANGUAGES = frozenset((_LATIN + _OTHER_SCRIPTS).split())
"""Languages that news is written in. With all 138 that the model knows, the small neighbours of a large one (Venetian,
Ladino, Norwegian Nynorsk) take short titles away from it."""

_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi", "sh": "hr", "tl": "fil", "mo": "ro"}


def detect(title: str, text: str, declared: str | None = None) -> str:
    """The primary language code of an item (ISO 639-1), or `und` where neither its words nor its feed tell.

    `declared` is what the feed says, which is often a default of its software: words that clearly speak another
    language outweigh it, a few names do not.
    """
    claimed = _code(declared)
    words = f"{title}\n{text[:_READ]}".strip()
    if not any(c.isalpha() for c in words):
        return claimed or UNDETERMINED
    chances: dict[str, float] = dict(_model().rank(words))
    if claimed and claimed not in chances:
        return claimed if max(chances.values()) < LEAST else max(chances, key=chances.__getitem__)
    if claimed:
        chances[claimed] *= PRIOR
    best = max(chances, key=chances.__getitem__)
    if best == claimed or chances[best] / sum(chances.values()) >= LEAST:
        return best
    return UNDETERMINED


def _code(declared: str | None) -> str | None:
    code = (declared or "").replace("_", "-").split("-")[0].strip().casefold()
    return _SAME.get(code, code) if 2 <= len(code) <= 3 and code.isalpha() and code != UNDETERMINED else None


@cache
def _model() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(_LANGUAGES)
    return model
