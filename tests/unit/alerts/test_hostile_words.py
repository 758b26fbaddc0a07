"""Words and links from the wire do nothing in a mail but be read."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.unit.alerts.contents import AFTER, BEFORE, CHANGE
from tests.unit.alerts.reading import LINKS, Read, composed_of

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}</p>"


def test_markup_from_the_wire_is_shown_not_run() -> None:
    nasty = replace(BEFORE, text=HOSTILE, title=HOSTILE, publisher=HOSTILE, holder=HOSTILE, claimed_by=HOSTILE)
    evil = replace(
        CHANGE,
        actor=HOSTILE,
        issue=HOSTILE,
        proposition=HOSTILE,
        before=nasty,
        after=nasty,
        also=(nasty,),
        moves=(HOSTILE,),
        reason=HOSTILE,
    )
    composed = composed_of(evil, label=HOSTILE)
    plain, read = Read(composed_of(replace(CHANGE, reason="x"), label="x").html), Read(composed.html)
    assert sorted(set(read.tags)) == sorted(set(plain.tags))
    assert not any(name.startswith("on") for name, _ in read.attributes)
    assert HOSTILE in read.text
    assert "".join(HOSTILE.split()) in "".join(composed.text.split())


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//evil.example/x",
        "https://user:pw@evil.example/",
        "https://evil.example\\@good.example/",
        "https://evil.example/\nhttps://x",
        "mailto:a@example.org",
        "https://",
        "https://[::1",
        "x",
        "",
        "https://example.org/" + "x" * 2_000,
    ],
)
def test_a_dangerous_link_is_left_out_everywhere(url: str) -> None:
    composed = composed_of(replace(CHANGE, before=None, also=(), after=replace(AFTER, url=url)))
    assert Read(composed.html).links == []
    assert "http" not in composed.text
    assert json.loads(composed.payload)["data"]["after"]["source"]["url"] is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.org/ä?q=ö#ü", "https://example.org/%C3%A4?q=%C3%B6#%C3%BC"),
        ("HTTPS://müller.example/x", "https://xn--mller-kva.example/x"),
        ('https://example.org/"><b>', "https://example.org/%22%3E%3Cb%3E"),
        ("https://example.org/\u202egnp", "https://example.org/%E2%80%AEgnp"),
        ("http://example.org/a%20b?c=d&e=f", "http://example.org/a%20b?c=d&e=f"),
    ],
)
def test_a_link_is_led_to_in_ascii(url: str, shown: str) -> None:
    composed = composed_of(replace(CHANGE, before=None, also=(), after=replace(AFTER, url=url)))
    assert [link["href"] for link in Read(composed.html).links] == [shown]
    assert json.loads(composed.payload)["data"]["after"]["source"]["url"] == shown


def test_html_loads_nothing_and_every_link_is_safe() -> None:
    html = composed_of(links=LINKS, label="x").html
    read = Read(html)
    assert not {"img", "script", "link", "iframe", "form", "object"} & set(read.tags)
    assert not {"src", "background", "srcset"} & {name for name, _ in read.attributes}
    assert "url(" not in html and "@import" not in html
    assert read.links and all("noopener" in (link["rel"] or "") for link in read.links)
    assert all((link["href"] or "").startswith(("https://", "http://")) for link in read.links)
