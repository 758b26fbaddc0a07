"""What an alert says, in a subject, a text, an HTML mail and a payload."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from monitor.alerts.compose import Composed, Links, compose
from monitor.alerts.texts import Texts
from monitor.model.alert import AlertContent, AlertKind, MatchContent
from tests.unit.alerts.contents import AFTER, BEFORE, CHANGE, MADE_AT, MATCH

LINKS = Links(
    change="https://volteface.example/changes/3",
    wrong="https://volteface.example/changes/3/wrong",
    settings="https://volteface.example/settings/t",
    unsubscribe="https://volteface.example/unsubscribe/t",
)


def _composed(content: AlertContent | MatchContent = CHANGE, **more: Any) -> Composed:
    return compose(content, made_at=MADE_AT, **more)


class Read(HTMLParser):
    """What a reader of the HTML sees: texts, links and everything that would be loaded."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[dict[str, str | None]] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "a":
            self.links.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.mark.parametrize(
    ("different", "subject"),
    [
        ({}, "Starmer: European troops in Ukraine — supports → conditional"),
        ({"actor_short": ""}, "Keir Starmer: European troops in Ukraine — supports → conditional"),
        (
            {"change_kind": "first", "stance_before": None, "stance_after": "supports", "before": None},
            "Starmer: European troops in Ukraine — now supports",
        ),
        (
            {"change_kind": "withdrawn", "stance_after": None},
            "Starmer: European troops in Ukraine — no longer supports",
        ),
        (
            {"change_kind": "split", "stance_after": "opposes"},
            "Starmer: European troops in Ukraine — split: supports / opposes",
        ),
        (
            {"status": "pending"},
            "Unconfirmed: Starmer: European troops in Ukraine — supports → conditional",
        ),
        (
            {"kind": AlertKind.CORRECTION, "status": "retracted"},
            "CORRECTION: Starmer: European troops in Ukraine — taken back: supports → conditional",
        ),
        ({"issue": "a\r\nBcc: eve@example.org\x00"}, "Starmer: a Bcc: eve@example.org — supports → conditional"),
        ({"issue": "a\u2028b\u0085c\u202ed"}, "Starmer: a b cd — supports → conditional"),
        ({"issue": " \n "}, "Starmer: (no name) — supports → conditional"),
        ({"issue": "x" * 500}, f"Starmer: {'x' * 59}… — supports → conditional"),
        ({"issue": "{actor} {0} %s"}, "Starmer: {actor} {0} %s — supports → conditional"),
    ],
)
def test_subjects_can_be_read_in_a_list(different: dict[str, Any], subject: str) -> None:
    assert _composed(replace(CHANGE, **different)).subject == subject


def test_a_match_is_named_after_its_query_and_item() -> None:
    composed = _composed(MATCH)
    assert composed.subject == "Nord Stream: Pipeline talks resume"
    for said in ("Nord Stream was on the table", "Example Times", "2 March 2025, 08:00 UTC", "times.example/pipeline"):
        assert said in composed.text
        assert said in composed.html


WHAT_IS_SAID = [
    "European troops in Ukraine",
    "Keir Starmer has softened: supports → conditional.",
    "“I am ready to put our own people on the ground if it is needed.”",
    "“Without an American guarantee, nobody will go.”",
    "— Keir Starmer, in direct speech",
    "Example Times, 17 February 2025: Starmer ready to send troops",
    "Example Wire, 24 February 2025, 14:05 UTC: Starmer asks for guarantee first",
    "European troops are sent to Ukraine to secure a ceasefire.",
    "in direct speech, by 2 publishers: Example Wire, Example Post",
    "97.3%",
    "United Kingdom",
    "— Keir Starmer, according to Downing Street",
]


@pytest.mark.parametrize("said", WHAT_IS_SAID)
def test_text_and_html_say_the_same(said: str) -> None:
    composed = _composed()
    assert said in composed.text
    assert said in Read(composed.html).text


def test_before_comes_before_after_and_both_have_their_links() -> None:
    composed = _composed(links=LINKS)
    for shown in (composed.text, Read(composed.html).text):
        assert shown.casefold().index("before") < shown.index(BEFORE.text) < shown.index(AFTER.text)
    assert BEFORE.url is not None and AFTER.url is not None
    for address in (BEFORE.url, AFTER.url, "https://post.example/9", *filter(None, (LINKS.change, LINKS.wrong))):
        assert address in composed.text
        assert address in [link["href"] for link in Read(composed.html).links]


def test_only_the_links_that_are_given_are_shown() -> None:
    assert "Unsubscribe: https://volteface.example/unsubscribe/t" in _composed(links=LINKS).text
    for shown in (_composed().text, _composed().html):
        assert "Unsubscribe" not in shown and "settings" not in shown


def test_a_first_position_says_that_nothing_was_known() -> None:
    first = replace(CHANGE, change_kind="first", stance_before=None, before=None)
    composed = _composed(first)
    for shown in (composed.text, Read(composed.html).text):
        assert "No earlier position on record." in shown
        assert "First known position of Keir Starmer: conditional." in shown


def test_a_pending_change_says_so() -> None:
    composed = _composed(replace(CHANGE, status="pending", also=(), after=replace(AFTER, direct=False)))
    for shown in (composed.text, Read(composed.html).text):
        assert "Not confirmed yet." in shown
        assert "in indirect speech only, by one publisher: Example Wire" in shown


def test_a_correction_says_what_no_longer_holds_and_why() -> None:
    taken_back = replace(CHANGE, kind=AlertKind.CORRECTION, status="retracted", reason="The article was revised.")
    composed = _composed(taken_back)
    for shown in (composed.text, Read(composed.html).text):
        assert "We told you the following. It no longer holds: The article was revised." in shown


def test_the_label_of_invented_content_is_everywhere() -> None:
    composed = _composed(label="INVENTED DEMO DATA")
    assert composed.subject.startswith("[INVENTED DEMO DATA] Starmer: ")
    assert composed.text.startswith("*** INVENTED DEMO DATA ***\n")
    assert "INVENTED DEMO DATA" in Read(composed.html.split("<body")[1]).text
    assert json.loads(composed.payload)["data"]["label"] == "INVENTED DEMO DATA"
    assert "INVENTED" not in "".join((_composed().subject, _composed().text, _composed().html, _composed().payload))


def test_the_number_of_other_reports_is_bounded_and_the_rest_counted() -> None:
    many = replace(CHANGE, also=tuple(replace(AFTER, publisher=f"Paper {n}") for n in range(30)))
    composed = _composed(many)
    for shown in (composed.text, Read(composed.html).text):
        assert "and 22 more" in shown and "by 31 publishers: Example Wire, Paper 0" in shown
    data = json.loads(composed.payload)["data"]
    assert len(data["also"]) + data["also_left_out"] == 30


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
    composed = _composed(evil, label=HOSTILE)
    plain, read = Read(_composed(replace(CHANGE, reason="x"), label="x").html), Read(composed.html)
    assert sorted(set(read.tags)) == sorted(set(plain.tags))
    assert not any(name.startswith("on") for name, _ in read.attributes)
    assert HOSTILE in read.text
    assert HOSTILE in composed.text


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
    composed = _composed(replace(CHANGE, before=None, also=(), after=replace(AFTER, url=url)))
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
    composed = _composed(replace(CHANGE, before=None, also=(), after=replace(AFTER, url=url)))
    assert [link["href"] for link in Read(composed.html).links] == [shown]
    assert json.loads(composed.payload)["data"]["after"]["source"]["url"] == shown


def test_html_loads_nothing_and_every_link_is_safe() -> None:
    html = _composed(links=LINKS, label="x").html
    read = Read(html)
    assert not {"img", "script", "link", "iframe", "style", "form", "object"} & set(read.tags)
    assert not {"src", "background", "srcset"} & {name for name, _ in read.attributes}
    assert "url(" not in html and "@import" not in html
    assert read.links and all("noopener" in (link["rel"] or "") for link in read.links)
    assert all((link["href"] or "").startswith(("https://", "http://")) for link in read.links)


def test_html_leaves_the_colours_of_text_and_ground_to_the_reader() -> None:
    """A colour set without its counterpart is unreadable in dark mode; so none is, only rules and borders have one."""
    styles = ";".join(value or "" for name, value in Read(_composed(label="x").html).attributes if name == "style")
    properties = {style.split(":")[0].strip() for style in styles.split(";") if style.strip()}
    assert not properties & {"color", "background", "background-color"}
    assert "color-scheme" in properties
    widths = [style.split(":")[1] for style in styles.split(";") if style.startswith(("width", "min-width"))]
    assert set(widths) == {"100%", "50%", "calc((560px - 100%) * 560)"}, "a fixed width does not fit a phone"


def test_the_payload_is_by_standard_webhooks() -> None:
    body = json.loads(_composed(links=LINKS).payload)
    assert set(body) == {"type", "timestamp", "data"}
    assert body["type"] == "change.confirmed"
    assert body["timestamp"] == "2025-02-24T15:00:00Z"
    data = body["data"]
    assert data["change"] == {
        "id": 3,
        "key": "ab" * 16,
        "kind": "softened",
        "status": "confirmed",
        "at": "2025-02-24T14:05:00Z",
        "confidence": 0.9731,
        "reason": "",
    }
    assert data["actor"] == {"id": "keir-starmer", "name": "Keir Starmer"}
    assert data["issue"]["id"] == "european-troops"
    assert data["stance"] == {"before": "supports", "after": "conditional"}
    assert data["sequence"] == 2
    assert data["links"] == {"change": "https://volteface.example/changes/3"}
    assert data["before"]["text"] == BEFORE.text and data["before"]["cut"] is False
    assert data["after"]["source"] == {
        "publisher": "Example Wire",
        "title": "Starmer asks for guarantee first",
        "url": "https://wire.example/2",
    }
    assert "unsubscribe" not in _composed(links=LINKS).payload


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (CHANGE, "change.confirmed"),
        (replace(CHANGE, status="pending"), "change.pending"),
        (replace(CHANGE, kind=AlertKind.CORRECTION, status="retracted"), "change.corrected"),
        (MATCH, "item.matched"),
    ],
)
def test_types_of_event(content: AlertContent | MatchContent, kind: str) -> None:
    assert json.loads(_composed(content).payload)["type"] == kind


@pytest.mark.parametrize("letter", ["x", "\U0001f600", '"', "\x01", "\\"])
def test_the_payload_stays_below_20_kb_whatever_is_put_in(letter: str) -> None:
    long = letter * 30_000
    quote = replace(
        BEFORE,
        text=long,
        title=long,
        publisher=long,
        holder=long,
        claimed_by=long,
        stance=long,
        url="https://example.org/" + "x" * 1_900,
    )
    worst = AlertContent(
        kind=AlertKind.CHANGE,
        change_id=10**18,
        change_key=long,
        actor_id=long,
        actor=long,
        issue_id=long,
        issue=long,
        proposition=long,
        change_kind=long,
        status=long,
        stance_before=long,
        stance_after=long,
        at=CHANGE.at,
        confidence=1 / 3,
        before=quote,
        after=quote,
        also=(quote,) * 100,
        moves=(long,) * 100,
        reason=long,
        sequence=10**18,
    )
    composed = _composed(worst, label=long, links=Links(change="https://example.org/" + "x" * 1_900))
    assert len(composed.payload.encode()) < 20_000
    data = json.loads(composed.payload)["data"]
    assert data["before"]["cut"] is True and data["before"]["text"].endswith("…")
    assert data["also_left_out"] + len(data["also"]) == 100
    match = replace(MATCH, excerpt=long, item_title=long, publisher=long, query=long)
    assert len(_composed(match).payload.encode()) < 20_000


def test_same_content_same_bytes() -> None:
    assert _composed(links=LINKS, label="x") == _composed(links=LINKS, label="x")


@pytest.mark.parametrize(
    ("share", "shown"), [(0.99999, "99.9%"), (1.0, "100%"), (0.0, "0%"), (0.95, "95%"), (0.29, "29%")]
)
def test_what_is_not_certain_never_reads_as_certain(share: float, shown: str) -> None:
    assert f"Confidence: {shown}\n" in _composed(replace(CHANGE, confidence=share)).text


def test_a_quote_that_brings_its_marks_keeps_them() -> None:
    composed = _composed(replace(CHANGE, after=replace(AFTER, text="„Nein“")))
    assert "\n„Nein“\n" in composed.text


def test_a_quote_in_a_language_that_is_read_with_low_accuracy_says_so() -> None:
    composed = _composed(replace(CHANGE, after=replace(AFTER, poorly_read="German")))
    mark = "Keir Starmer, in direct speech (German, read with low accuracy)"
    assert composed.text.count(f"— {mark}\n") == 1
    assert composed.html.count(mark) == 1
    assert json.loads(composed.payload)["data"]["after"]["poorly_read"] == "German"
    assert json.loads(composed.payload)["data"]["before"]["poorly_read"] is None


def test_a_translation_is_another_set_of_texts() -> None:
    german = Texts(
        language="de",
        months=("Januar", "Februar", "März", *("-" for _ in range(9))),
        stances={"supports": "dafür", "conditional": "unter Bedingungen", "opposes": "dagegen"},
        day="{day}. {month} {year}",
        before="Vorher",
    )
    composed = _composed(texts=german)
    assert composed.subject.endswith("dafür → unter Bedingungen")
    assert "VORHER: dafür" in composed.text and "17. Februar 2025" in composed.text
    assert '<html lang="de"' in composed.html
    assert json.loads(composed.payload)["data"]["stance"]["before"] == "supports"
