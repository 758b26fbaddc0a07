"""What an alert says, in a subject, a text, an HTML mail and a payload."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from monitor.alerts.compose import Composed, Links, compose
from monitor.alerts.texts import Texts
from monitor.model.alert import AlertContent, AlertKind, Holding, MatchContent, Movement
from tests.unit.alerts.contents import AFTER, AROUND, BEFORE, CHANGE, MADE_AT, MATCH

LINKS = Links(change="https://volteface.example/changes/3", wrong="https://volteface.example/changes/3/wrong")


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


def test_a_match_is_named_after_its_query_and_item() -> None:
    composed = _composed(MATCH)
    assert composed.subject == "Nord Stream: Pipeline talks resume"
    for said in (
        "Nord Stream was on the table",
        "Example Times",
        "2 March 2025, 08:00\N{NO-BREAK SPACE}UTC",
        "times.example/pipeline",
    ):
        assert said in composed.text
        assert said in composed.html


WHAT_IS_SAID = [
    "European troops in Ukraine",
    "Keir Starmer has softened: supports → conditional.",
    "“I am ready to put our own people on the ground if it is needed.”",
    "“Without an American guarantee, nobody will go.”",
    "— Keir Starmer, in direct speech",
    "Example Times, 17 February 2025 Starmer ready to send troops",
    "Example Wire, 24 February 2025, 14:05 UTC Starmer asks for guarantee first",
    "European troops are sent to Ukraine to secure a ceasefire.",
    "in direct speech, by 2 publishers: Example Wire, Example Post",
    "97.3%",
    "United Kingdom",
    "— Keir Starmer, according to Downing Street",
    "Since",
    "Military aid to Ukraine: supports, since 20 February 2025",
    "Arms production: opposes",
    "Emmanuel Macron: conditional → supports, 21 February 2025",
    "Friedrich Merz: now conditional, 11 February 2025",
]


@pytest.mark.parametrize("said", WHAT_IS_SAID)
def test_text_and_html_say_the_same(said: str) -> None:
    composed = _composed(AROUND)
    assert said in " ".join(composed.text.split())
    assert said in Read(composed.html).text.replace(" : ", ": ")


def test_before_comes_before_after_and_both_have_their_links() -> None:
    composed = _composed(links=LINKS)
    for shown in (composed.text, Read(composed.html.split("</h1>")[1]).text):
        assert shown.casefold().index("before") < shown.index(BEFORE.text) < shown.index(AFTER.text)
    assert BEFORE.url is not None and AFTER.url is not None
    for address in (BEFORE.url, AFTER.url, "https://post.example/9", *filter(None, (LINKS.change, LINKS.wrong))):
        assert address in composed.text
        assert address in [link["href"] for link in Read(composed.html).links]


def test_only_the_links_that_are_given_are_shown() -> None:
    assert "This is wrong:\nhttps://volteface.example/changes/3/wrong\n" in _composed(links=LINKS).text
    for shown in (_composed().text, _composed().html):
        assert "This is wrong" not in shown


def test_no_more_than_five_lines_say_what_else_is_held_and_who_else_moved() -> None:
    many = replace(AROUND, holds=AROUND.holds * 5, moved=AROUND.moved * 5)
    composed = _composed(many)
    for shown in (composed.text, composed.html):
        assert shown.count("Military aid to Ukraine") + shown.count("Arms production") == 5
        assert shown.count("Emmanuel Macron") + shown.count("Friedrich Merz") == 5
    for shown in (_composed().text, _composed().html):
        assert "they hold" not in shown.casefold() and "moved on this" not in shown.casefold()


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
        assert "We told you the following. It no longer holds: The article was revised." in " ".join(shown.split())
        assert "Taken back: Keir Starmer has softened: supports → conditional." in shown


@pytest.mark.parametrize(
    ("status", "reason"), [("retracted", "revised, rejected or outweighed."), ("pending", "no longer certain.")]
)
def test_a_correction_without_a_reason_of_its_own_says_what_became_of_the_change(status: str, reason: str) -> None:
    composed = _composed(replace(CHANGE, kind=AlertKind.CORRECTION, status=status))
    assert reason in " ".join(composed.text.split()) and reason in Read(composed.html).text
    assert json.loads(composed.payload)["data"]["change"]["reason"].endswith(reason)


def test_a_correction_says_what_stands_now() -> None:
    fallen = replace(CHANGE, kind=AlertKind.CORRECTION, status="retracted")
    stands = replace(AROUND.holds[0], issue=CHANGE.issue, issue_id=CHANGE.issue_id)
    said = _composed(replace(fallen, stands=stands))
    assert "What stands now: supports, since 20 February 2025" in said.text
    assert json.loads(said.payload)["data"]["stands"]["since"] == "2025-02-20T00:00:00Z"
    nothing = _composed(fallen)
    assert "What stands now: no position is certain enough" in nothing.text
    assert "What stands now" not in _composed().text


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
    for shown in (" ".join(composed.text.split()), Read(composed.html).text):
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
    assert not {"img", "script", "link", "iframe", "form", "object"} & set(read.tags)
    assert not {"src", "background", "srcset"} & {name for name, _ in read.attributes}
    assert "url(" not in html and "@import" not in html
    assert read.links and all("noopener" in (link["rel"] or "") for link in read.links)
    assert all((link["href"] or "").startswith(("https://", "http://")) for link in read.links)


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
    assert data["links"] == {"change": LINKS.change, "wrong": LINKS.wrong}
    assert data["before"]["text"] == BEFORE.text and data["before"]["cut"] is False
    assert data["after"]["source"] == {
        "publisher": "Example Wire",
        "title": "Starmer asks for guarantee first",
        "url": "https://wire.example/2",
    }
    around = json.loads(_composed(AROUND).payload)["data"]
    assert around["holds"][0] == {
        "issue": {"id": "military-aid", "name": "Military aid to Ukraine"},
        "stance": "supports",
        "since": "2025-02-20T00:00:00Z",
    }
    assert around["moved"][1] == {
        "id": 9,
        "actor": {"id": "friedrich-merz", "name": "Friedrich Merz"},
        "kind": "first",
        "before": None,
        "after": "conditional",
        "at": "2025-02-11T00:00:00Z",
    }


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
        holds=(Holding(issue_id=long, issue=long, stance=long, since=CHANGE.at),) * 100,
        moved=(
            Movement(
                change_id=10**18,
                actor_id=long,
                actor=long,
                change_kind=long,
                stance_before=long,
                stance_after=long,
                at=CHANGE.at,
            ),
        )
        * 100,
        stands=Holding(issue_id=long, issue=long, stance=long, since=CHANGE.at),
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
