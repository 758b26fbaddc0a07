"""Evidence is found where it stands, and only there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.positions.llm.spans import nearest, spans_of, within_quotation

TEXT = 'Holm said: “We’ll back\u00a0it – fully.”\n\nBerg said: "We\'ll back it." We’ll back it, soft\u00adly.'


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Holm said", ["Holm said"]),
        ("  Holm said \n", ["Holm said"]),
        ('"We\'ll back it - fully."', ["“We’ll back\u00a0it – fully.”"]),
        ("fully.”\nBerg", ["fully.”\n\nBerg"]),
        ("softly", ["soft\u00adly"]),
        ("“Berg said”", ["Berg said"]),
        ("We'll back it.", ["We'll back it."]),
        ("We'll back it", ["We'll back it"]),
        ("holm said", []),
        ("We will back it", []),
        ("Holm said … fully", []),
        ("", []),
        ("“”", []),
        (" ", []),
    ],
)
def test_where_words_stand(words: str, found: list[str]) -> None:
    assert [TEXT[start:end] for start, end in spans_of(words, TEXT)] == found


def test_every_occurrence_is_found() -> None:
    assert spans_of("aa", "aaa aa") == [(0, 2), (1, 3), (4, 6)]
    assert len(spans_of("We’ll  back it", TEXT)) == 3


def test_the_nearest_to_the_holder_counts() -> None:
    spans = [(0, 5), (50, 55), (90, 95)]
    assert nearest(spans, [(60, 64)]) == (50, 55)
    assert nearest(spans, [(92, 93)]) == (90, 95)
    assert nearest(spans, []) == (0, 5)


@given(st.text(alphabet="ab “”'\"’–-\n\u00a0\u00ad", max_size=40), st.text(alphabet="ab “”'\"’–-\n\u00a0", max_size=8))
def test_a_span_is_always_within_the_text_and_reads_alike(text: str, words: str) -> None:
    def bare(given: str) -> str:
        return "".join(c for c in given if c.isalnum())

    for start, end in spans_of(words, text):
        assert 0 <= start < end <= len(text)
        assert bare(text[start:end]) == bare(words)


@pytest.mark.parametrize(
    ("text", "words", "quoted"),
    [
        ("She said: “We back it. It is right,” and left.", "It is right", True),
        ("She said: “We back it.” It is right to say so.", "It is right", False),
        ('She said: "We back it. It is right," and left.', "It is right", True),
        ("“We back it.”\nIt is right.", "It is right", False),
        ("She “backs” it is right.", "“backs” it is right", True),
        ("Er sagt: „Das ist gut. Wir wollen es“", "Wir wollen es", True),
    ],
)
def test_direct_speech_is_told_by_its_marks(text: str, words: str, quoted: bool) -> None:
    start = text.index(words)
    assert within_quotation(text, start, start + len(words)) is quoted
