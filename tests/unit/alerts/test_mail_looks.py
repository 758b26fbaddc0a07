"""The HTML mail: its colours in light and dark, its languages, its headings, what it does on a phone."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from monitor.alerts.compose import compose, with_personal
from monitor.model.alert import AlertContent, AlertKind, PersonalLinks
from tests.unit.alerts.contents import AFTER, AROUND, BEFORE, CHANGE, MADE_AT, MATCH

AA = 4.5
"""The least contrast of text (WCAG 2.2, 1.4.3)."""

PERSONAL = PersonalLinks(settings="https://volteface.example/s/t", unsubscribe="https://volteface.example/u/t")
SHOWN = {
    "all": replace(AROUND, before=replace(BEFORE, stance="opposes")),
    "pending": replace(CHANGE, status="pending"),
    "first": replace(CHANGE, before=None, stance_before=None, change_kind="first"),
    "correction": replace(CHANGE, kind=AlertKind.CORRECTION, status="retracted"),
    "strange stance": replace(CHANGE, after=replace(AFTER, stance="perhaps")),
}
_VOID = frozenset(["meta", "br", "hr"])


def _html(content: AlertContent) -> str:
    composed = compose(content, made_at=MADE_AT, label="INVENTED")
    return with_personal(composed.text, composed.html, PERSONAL)[1]


class Painted(HTMLParser):
    """Every text with the colour that it has and the ground that it stands on, as a browser would reckon it.

    `dark`: the rules of the media query hold, and win over what the elements say.
    """

    def __init__(self, html: str, *, dark: bool) -> None:
        super().__init__()
        query = html.partition("@media (prefers-color-scheme:dark){")[2].partition("</style>")[0]
        self._rules = dict(re.findall(r"\.(v-[a-z]+)\{([^}]*)\}", query)) if dark else {}
        self._stack: list[tuple[str, str, str]] = [("", "", "")]
        self.texts: list[tuple[str, str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        given = dict(attrs)
        _, colour, ground = self._stack[-1]
        style = given.get("style") or ""
        for name in self._rules:  # in the order of the style sheet, as they are equally specific
            if name in (given.get("class") or "").split():
                style += ";" + self._rules[name]
        for part in style.split(";"):
            name, _, value = part.partition(":")
            value = value.replace("!important", "").strip()
            colour = value if name == "color" else colour
            ground = value if name == "background" else ground
        self._stack.append((tag, colour, ground))

    def handle_endtag(self, tag: str) -> None:
        assert self._stack.pop()[0] == tag, "elements are closed in their order"

    def handle_data(self, data: str) -> None:
        if data.strip() and self._stack[-1][0] not in ("style", "title"):
            self.texts.append((data.strip(), *self._stack[-1][1:]))


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    assert re.fullmatch("#[0-9a-f]{6}", colour), colour
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", SHOWN)
def test_every_text_can_be_read_in_light_and_in_dark(name: str, dark: bool) -> None:
    painted = Painted(_html(SHOWN[name]), dark=dark).texts
    assert len(painted) > 20
    faint = {(text, colour, ground) for text, colour, ground in painted if _contrast(colour, ground) < AA}
    assert faint == set()


def test_dark_is_dark_and_light_is_light() -> None:
    html = _html(SHOWN["all"])
    for dark in (False, True):
        for _, colour, ground in Painted(html, dark=dark).texts:
            assert (_luminance(ground) < _luminance(colour)) is dark


def test_the_mail_says_that_it_knows_both() -> None:
    html = _html(CHANGE)
    assert '<meta name="color-scheme" content="light dark">' in html
    assert '<meta name="supported-color-schemes" content="light dark">' in html


class Outline(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_quotes_and_titles_say_their_language_and_how_they_run() -> None:
    arabic = replace(AFTER, text="لن نرسل قواتنا", title="ضمانات أولاً", lang="ar")
    german = replace(BEFORE, text="Wir sind bereit.", lang="de")
    unknown = replace(AFTER, lang=None)
    tags = Outline(_html(replace(CHANGE, before=german, after=arabic, also=(unknown,)))).tags
    quotes = [given for tag, given in tags if tag == "blockquote"]
    assert [(q.get("lang"), q["dir"]) for q in quotes] == [("de", "ltr"), ("ar", "rtl")]
    titles = [given for tag, given in tags if tag == "a" and "dir" in given]
    assert [(t.get("lang"), t["dir"]) for t in titles] == [("de", "ltr"), ("ar", "rtl"), (None, "auto")]


def test_headings_are_one_of_the_first_and_then_of_the_second_rank() -> None:
    ranks = [tag for tag, _ in Outline(_html(AROUND)).tags if re.fullmatch("h[1-6]", tag)]
    assert ranks == ["h1", *["h2"] * 5]


def test_tables_that_only_lay_out_say_so_and_rows_of_facts_have_headings() -> None:
    tags = Outline(_html(AROUND)).tags
    tables = [given for tag, given in tags if tag == "table"]
    assert [given.get("role") for given in tables] == ["presentation", None]
    assert {given["scope"] for tag, given in tags if tag == "th"} == {"row"}


def test_nothing_is_wider_than_a_phone() -> None:
    """Widths outside of the comments that only Outlook reads are shares, or at most what they may grow to."""
    html = re.sub(r"<!--\[if mso\]>.*?<!\[endif\]-->", "", _html(AROUND))
    assert set(re.findall(r"[;\"\s]width:([^;\"]+)", html)) == {"100%", "calc((560px - 100%) * 560)", "78%"}
    assert set(re.findall(r"\bmin-width:([^;\"]+)", html)) == {"50%"}
    assert set(re.findall(r'\bwidth="([^"]+)"', html)) == {"100%"}
    assert "white-space:nowrap" not in html


def test_outlook_gets_tables_that_are_closed() -> None:
    for content in (AROUND, MATCH):
        html = compose(content, made_at=MADE_AT).html
        seen = "".join(re.findall(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", html))
        for tag in ("table", "tr", "td"):
            assert len(re.findall(f"<{tag}[ >]", seen)) == seen.count(f"</{tag}>") > 0


def test_what_a_list_shows_beside_the_subject_is_the_new_quote() -> None:
    shown = [text for text, *_ in Painted(_html(CHANGE), dark=False).texts]
    assert shown[0] == f"“{AFTER.text}”"
