from __future__ import annotations

import pytest

from monitor.web.excerpt import excerpt, marks


def found(text: str, query: str) -> list[str]:
    return [text[m.start : m.end] for m in marks(text, query)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("bridge", ["Bridge", "bridge"]),
        ("bridg", []),
        ("bridg*", ["Bridge", "bridge"]),
        ('"the bridge"', ["the bridge"]),
        ("-bridge", []),
        ("arger zoll", ["Ärger", "Zoll"]),
        ("ÄRGER", ["Ärger"]),
        ("AND ( * .*", []),
        ("", []),
    ],
)
def test_the_words_of_a_search_are_marked_as_they_stand(query: str, expected: list[str]) -> None:
    assert found("Bridge: there is Ärger about the bridge, says Zoll.", query) == expected


def test_letters_that_are_two_when_folded_move_no_mark() -> None:
    assert found("Straße, ﬁnal toll", "toll") == ["toll"]


def test_an_excerpt_is_cut_at_words_and_holds_the_first_place() -> None:
    text = "filler " * 50 + "the bridge stands " + "more " * 80
    parts = excerpt(text, "bridge")
    said = "".join(part.text for part in parts)
    assert said.startswith("… filler")
    assert said.endswith(" …")
    assert [part.text for part in parts if part.tones] == ["bridge"]
    assert len(said) < 300


def test_a_short_text_stands_whole_and_one_without_the_words_not_at_all() -> None:
    assert "".join(part.text for part in excerpt("The bridge.", "bridge")) == "The bridge."
    assert excerpt("The bridge.", "tunnel") == []
    assert excerpt("The bridge.", "") == []
