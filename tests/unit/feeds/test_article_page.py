"""The article is found on a page, and a page without one says why."""

from __future__ import annotations

import pytest

from monitor.feeds.article import is_about
from monitor.feeds.article_page import ArticlePage, article_page

TITLE = "Harbour of Nordby stays open"
SAID = [
    "The harbour of Nordby stays open, the fisheries minister of Norland said on Monday in parliament.",
    "“We support the harbour and everybody who works there,” she told reporters, who had waited since the morning.",
    "The mole that the storm tore away in January will be rebuilt by a firm from the capital before the winter comes.",
    "Fishermen had feared that the town would lose its landing place, and with it the auction and the cold store.",
]


def page(body: str = "", *, head: str = "", paragraphs: list[str] = SAID) -> bytes:
    text = "".join(f"<p>{p}</p>" for p in paragraphs)
    menu = "".join(f'<li><a href="/{n}">{n}</a></li>' for n in ("Home", "World", "Sport", "Weather", "Jobs"))
    return (
        f"<!doctype html><html><head><title>{TITLE}</title>{head}</head><body><nav><ul>{menu}</ul></nav>"
        f"<article><h1>{TITLE}</h1>{text}</article>{body}<footer>All rights reserved. Imprint</footer></body></html>"
    ).encode()


def test_the_article_is_there_and_the_menu_is_not() -> None:
    found = article_page(page("<aside><a href='/x'>Buy a boat now, 99 €</a></aside>"), "text/html; charset=utf-8")
    assert [line for line in SAID if line not in found.text] == []
    assert "Weather" not in found.text
    assert "Imprint" not in found.text
    assert found.note == ""


@pytest.mark.parametrize(
    ("body", "kind", "note"),
    [
        (b"", "text/html", "the page is empty"),
        (b"%PDF-1.7 \x00\x01", "application/pdf", "to no web page but to application/pdf"),
        (b'{"a": 1}', "text/html", "leads to no web page"),
        (b"\x89PNG\r\n\x1a\n" * 100, None, "leads to no web page"),
        (page(paragraphs=["Log in to read on."]), "text/html", "without a login or scripts"),
        (page(head='<script>{"isAccessibleForFree": "False"}</script>', paragraphs=["More."]),
         "text/html", "for subscribers"),
        (b"<html><title>Just a moment...</title><body><p>Checking</p></body></html>", "text/html", "a check"),
    ],
)  # fmt: skip
def test_a_page_without_an_article_says_why(body: bytes, kind: str | None, note: str) -> None:
    found = article_page(body, kind)
    assert found.text == ""
    assert note in found.note


def test_the_open_part_of_a_paid_article_is_taken_and_said_to_be_a_part() -> None:
    found = article_page(page(head='<script>{"isAccessibleForFree":false}</script>'), "text/html")
    assert SAID[0] in found.text
    assert "the part that the site shows" in found.note


@pytest.mark.parametrize(
    "declared", ["<meta charset='windows-1251'>", "<meta content='text/html; charset=windows-1251'>"]
)
def test_the_charset_that_the_page_declares_is_used(declared: str) -> None:
    line = "Министр сказала в понедельник, что гавань останется открытой, а мол будет восстановлен до зимы. " * 4
    body = page(head=declared, paragraphs=[line]).decode().encode("windows-1251")
    assert line.strip() in article_page(body, "text/html").text


def test_text_is_clean() -> None:
    found = article_page(
        page(paragraphs=[*SAID, "Odd\u202e\x07 sign \x85 here, and the sentence goes on for a while."]), None
    )
    assert "\x07" not in found.text
    assert "\x85" not in found.text


@pytest.mark.parametrize(
    ("title", "text", "about"),
    [
        (TITLE, SAID[0], True),
        (TITLE, "We value your privacy. Accept all cookies or manage your choices with our partners.", False),
        ("Short title", "Anything at all.", True),
        ("", "Anything at all.", True),
        ("市长反对修建新大桥", "市长说。", True),
    ],
)
def test_a_page_about_something_else_is_told(title: str, text: str, about: bool) -> None:
    assert is_about(title, ArticlePage(text=text)) is about
