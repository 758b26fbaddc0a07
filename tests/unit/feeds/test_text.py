"""Text that reaches people."""

from __future__ import annotations

import pytest

from monitor.feeds.text import clean, html_to_line, html_to_text, mended, one_line, plain


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One &amp; two</p><p>Three</p>", "One & two\nThree"),
        ("One<br>two<br/>three", "One\ntwo\nthree"),
        ("a <b>bold</b>ness", "a boldness"),
        ("<p>1 &lt;b&gt; 2</p>", "1 <b> 2"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),  # unescaped once
        ("<script>alert(1)</script>x<style>p{}</style>", "x"),
        ("<p>wrapped\n   line</p>", "wrapped line"),
        ("no tags\nbut a wrap\n\nand a paragraph", "no tags but a wrap\nand a paragraph"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\nb"),
        ("<div>half <p>open", "half\nopen"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("<!-- hidden -->shown", "shown"),
        ("<a href='x'>{{ 7*7 }}</a>", "{{ 7*7 }}"),
        ("", ""),
    ],
)
def test_html_as_text(markup: str, text: str) -> None:
    assert html_to_text(markup) == text


@pytest.mark.parametrize(
    ("markup", "line"),
    [
        ("AT&amp;T <i>wins</i>", "AT&T wins"),
        ("two\r\nlines\tand a tab", "two lines and a tab"),
        ("<img src=x onerror=alert(1)>Title", "Title"),
        ("a\x00b\x1b[31m\ud800c\ufffed", "ab[31mcd"),
        ("Bcc: x@example.org\r\nSubject: y", "Bcc: x@example.org Subject: y"),
    ],
)
def test_html_as_a_line(markup: str, line: str) -> None:
    assert html_to_line(markup) == line


def test_plain_text_keeps_its_markup_and_its_lines() -> None:
    assert plain(" a <b>  c \n\n\n d ") == "a <b> c\nd"
    assert one_line("a <b>\n c") == "a <b> c"


def test_no_character_that_a_database_refuses() -> None:
    cleaned = clean("".join(map(chr, range(0x20))) + "\x7f\x85\ud800\udfff\uffff\ufeff ok 𝄞")
    assert cleaned == "\t\n\n\n ok 𝄞"
    cleaned.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("CataluÃ±a", "Cataluña"),
        ("Donâ€™t", "Don’t"),
        ("Ð¯Ð½Ð´ÐµÐºÑ\x81", "Яндекс"),
        ("Ã©tÃ©", "été"),
        ("été", "été"),
        ("São Paulo – à Paris", "São Paulo – à Paris"),
        ("Ã quoi bon ?", "Ã quoi bon ?"),
        ("Выборы", "Выборы"),
        ("plain", "plain"),
    ],
)
def test_text_that_was_encoded_twice(text: str, right: str) -> None:
    assert mended(text) == right


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>'>x</a>",
        "<p style='background:url(javascript:1)' onclick=x()>x</p>",
        "<iframe src=//x></iframe><form action=//x><input></form>",
        "<math><mtext><script>alert(1)</script></mtext></math>",
    ],
)
def test_nothing_active_survives(markup: str) -> None:
    cleaned = html_to_text(markup).lower() + html_to_line(markup).lower()
    for bad in (
        "script",
        "onerror",
        "onload",
        "onclick",
        "javascript",
        "data:",
        "style",
        "iframe",
        "<form",
        "<input",
        "<img",
    ):
        assert bad not in cleaned
