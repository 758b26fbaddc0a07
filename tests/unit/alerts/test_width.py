"""Columns, cutting and wrapping."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.clean import cut, one_line
from monitor.alerts.scripts import direction_of, language_tag, placed
from monitor.alerts.width import LINE, columns, fitted, wrapped

FLAGS = "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7"  # of Germany and of France
LINES = st.text(st.characters(codec="utf-8"), max_size=400).map(one_line)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 9, [""]),
        ("one two three", 9, ["one two", "  three"]),
        ("a https://example.org/a/very/long/way b", 9, ["a", "  https://example.org/a/very/long/way", "  b"]),
        ("abcdefghijklm", 10, ["abcdefgh", "  ijklm"]),
        ("漢字漢字漢字", 8, ["漢字漢字", "  漢字"]),
        ("漢字漢字。漢字", 8, ["漢字漢", "  字。漢", "  字"]),
        ("漢字漢「字", 8, ["漢字漢", "  「字"]),
    ],
)
def test_lines_break_where_they_may(text: str, width: int, lines: list[str]) -> None:
    assert wrapped(text, "  ", width) == "\n".join(lines)


@given(text=LINES)
def test_wrapping_loses_nothing_and_keeps_to_the_width(text: str) -> None:
    shown = wrapped(text)
    assert "".join(shown.split()) == "".join(text.split())
    for line in shown.split("\n"):
        # What closes stays with what it closes, so a line may end in a row of such signs beyond the width.
        assert columns(line) <= LINE or " " not in line.strip()
        assert line == line.rstrip()


@given(text=LINES, most=st.integers(2, 80))
def test_what_is_fitted_fits_and_begins_as_the_text_does(text: str, most: int) -> None:
    shown = fitted(text, most)
    assert columns(shown) <= most
    assert shown == text or text.startswith(shown.removesuffix("…"))


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        (f"ab{FLAGS}c", 6, f"ab{FLAGS[:2]}…"),
        (f"ab{FLAGS}c", 4, "ab…"),
        ("ab\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}cd", 5, "ab…"),
        ("ab\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}c", 4, "ab…"),
        ("abe\u0301cd", 4, "ab…"),
    ],
)
def test_nothing_is_cut_within_what_is_seen_as_one(text: str, most: int, shown: str) -> None:
    assert cut(text, most) == shown


@pytest.mark.parametrize(
    ("lang", "tag", "direction"),
    [
        ("de", "de", "ltr"),
        ("ar", "ar", "rtl"),
        ("he_IL", "he-IL", "rtl"),
        ("uz-Arab", "uz-Arab", "rtl"),
        ("ar-Latn", "ar-Latn", "ltr"),
        ("zh-Hant-TW", "zh-Hant-TW", "ltr"),
        (None, "", "auto"),
        ("und", "", "auto"),
        ('de" onclick="x', "", "auto"),
        ("english", "", "auto"),
    ],
)
def test_languages_and_how_they_run(lang: str | None, tag: str, direction: str) -> None:
    assert language_tag(lang) == tag
    assert direction_of(lang) == direction


@pytest.mark.parametrize(
    ("name", "direction", "marked"),
    [("Starmer", "ltr", False), ("123", "rtl", False), ("نتنياهو", "ltr", True), ("Ann نتنياهو", "ltr", True)],
)
def test_names_are_marked_only_where_they_run_the_other_way(name: str, direction: str, marked: bool) -> None:
    assert (placed(name, direction) != name) is marked
