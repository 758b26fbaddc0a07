"""Several alerts in one mail: what it says, in which order, and how it stays readable."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from monitor.alerts.compose import Composed, with_personal
from monitor.alerts.digest import LARGEST_HTML, DigestFrame, DigestPart, compose_digest
from monitor.alerts.letter import Links
from monitor.model.alert import AlertContent, AlertKind, Holding, MatchContent, PersonalLinks
from tests.unit.alerts.contents import AFTER, CHANGE, MATCH

UNTIL = datetime(2025, 2, 24, 6, 30, tzinfo=UTC)
FRAME = DigestFrame(
    since=UNTIL - timedelta(days=1),
    until=UNTIL,
    zone="Europe/Berlin",
    why="daily digest",
    coverage="31 of 33 feeds healthy since Sunday, 2 failing: BBC World (HTTP 503)",
    all_changes="https://volteface.example/changes",
)
ACTORS = ("Starmer", "Macron", "Merz", "Meloni", "Tusk")


def part(number: int, **different: Any) -> DigestPart:
    name = ACTORS[number % len(ACTORS)]
    content = replace(CHANGE, change_id=number, actor=name, actor_short=name, at=CHANGE.at - timedelta(hours=number))
    return DigestPart(
        alert_id=f"alt_{number}",
        content=replace(content, **different),
        links=Links(change=f"https://volteface.example/changes/{number}"),
    )


def composed(*parts: DigestPart, **different: Any) -> Composed:
    return compose_digest(parts, replace(FRAME, **different))


class Seen(HTMLParser):
    """What a reader of the HTML sees: words, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self._hidden = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in ("style", "title") or values.get("aria-hidden"):
            self._hidden = tag
        self.links += [values["href"] or ""] if tag == "a" else []
        self.ids += [values["id"] or ""] if "id" in values else []

    def handle_endtag(self, tag: str) -> None:
        self._hidden = "" if tag == self._hidden else self._hidden

    def handle_data(self, data: str) -> None:
        self.words += [] if self._hidden else data.split()


def words_of(text: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"[^\W\d_]+", text)}


def test_the_subject_counts_and_names_whom_it_is_about() -> None:
    assert composed(part(0)).subject == "Volteface, Monday 24 February: 1 change (Starmer)"
    assert composed(*map(part, range(5))).subject == "Volteface, Monday 24 February: 5 changes (Starmer, Macron, +3)"
    mixed = composed(part(0), part(1, status="pending"), part(2, kind=AlertKind.CORRECTION))
    assert mixed.subject == ("Volteface, Monday 24 February: 1 change, 1 unconfirmed, 1 correction (Merz, Starmer, +1)")


def test_nothing_is_said_plainly_and_with_what_was_watched() -> None:
    digest = composed()
    assert digest.subject == "Volteface, Monday 24 February: no change"
    assert "No change from Sunday 23 February, 07:30 to Monday 24 February, 07:30" in digest.text
    for said in (digest.text, " ".join(Seen(digest.html).words)):
        assert "31 of 33 feeds healthy since Sunday" in " ".join(said.split())


def test_a_digest_that_may_come_twice_a_day_names_its_hour_in_the_readers_zone() -> None:
    at_three = UNTIL.replace(hour=14, minute=0)
    digest = composed(part(0), until=at_three, clocked=True, why="burst")
    assert digest.subject == "Volteface, Monday 24 February, 15:00: 1 change (Starmer)"
    assert "These came up within minutes" in digest.text


def test_the_day_is_that_of_the_readers_zone() -> None:
    assert "Tuesday 25 February" in composed(until=UNTIL.replace(hour=20), zone="Asia/Tokyo").subject


def test_a_label_marks_the_whole() -> None:
    digest = composed(part(0), label="INVENTED DEMO DATA")
    assert digest.subject.startswith("[INVENTED DEMO DATA] ")
    assert "*** INVENTED DEMO DATA ***" in digest.text
    assert "INVENTED DEMO DATA" in digest.html
    assert json.loads(digest.payload)["data"]["label"] == "INVENTED DEMO DATA"


@pytest.mark.parametrize("count", [1, 8, 20, 100])
def test_text_and_html_are_of_equal_worth_and_each_alert_keeps_its_id_and_page(count: int) -> None:
    digest = composed(*map(part, range(count)))
    seen = Seen(digest.html)
    assert seen.ids == [f"alt_{n}" for n in range(count)]
    assert re.findall(r"Alert (alt_\d+)", " ".join(digest.text.split())) == seen.ids
    pages = [f"https://volteface.example/changes/{n}" for n in range(count)]
    assert [link for link in seen.links if link in pages] == pages
    assert [line.strip() for line in digest.text.splitlines() if line.strip() in pages] == pages
    assert words_of(" ".join(seen.words)) - words_of(digest.text) == {"evidence"}
    assert set(seen.links) <= set(digest.text.split())


def test_few_are_shown_with_both_quotes_more_with_the_new_one_many_by_one_line() -> None:
    both, new, one_line = (composed(*map(part, range(n))) for n in (2, 20, 60))
    assert CHANGE.before is not None
    for digest in (both, new, one_line):
        assert (CHANGE.before.text in digest.html) is (digest is both)
        assert (AFTER.text in digest.html) is (digest is not one_line)
        assert "Starmer has softened: supports → conditional." in digest.html
        assert "Example Wire" in digest.html


def test_beyond_a_hundred_they_are_counted_and_linked_to() -> None:
    digest = composed(*map(part, range(137)))
    seen = Seen(digest.html)
    assert len(seen.ids) == 100
    assert "and 37 more" in " ".join(seen.words)
    assert "and 37 more" in digest.text
    assert seen.links.count("https://volteface.example/changes") == 2
    assert "137 changes" in digest.subject


def test_alerts_stand_by_issue_what_is_taken_back_and_certain_first_then_the_newest() -> None:
    other = {"issue_id": "taurus", "issue": "Taurus missiles"}
    parts = [
        part(0, status="pending"),
        part(5),
        part(1),
        part(2, **other),
        part(9, kind=AlertKind.CORRECTION, **other),
        DigestPart(alert_id="alt_match", content=MATCH),
    ]
    digest = composed(*parts)
    assert Seen(digest.html).ids == ["alt_9", "alt_2", "alt_1", "alt_5", "alt_0", "alt_match"]
    places = [digest.text.index(heading) for heading in ("TAURUS", "EUROPEAN TROOPS", "FOUND BY THE WATCH")]
    assert places == sorted(places)
    assert composed(*reversed(parts)) == digest, "the order in which they came does not matter"


@pytest.mark.parametrize("count", [1, 20, 60])
def test_what_is_uncertain_or_taken_back_says_so_in_every_detail(count: int) -> None:
    stands = Holding(issue_id="i", issue="I", stance="opposes", since=datetime(2025, 1, 3, tzinfo=UTC))
    fallen = part(0, kind=AlertKind.CORRECTION, stands=stands)
    digest = composed(fallen, *(part(n, status="pending") for n in range(1, count)))
    for said in (" ".join(digest.text.split()), " ".join(Seen(digest.html).words)):
        assert "Taken back" in said or "no longer holds" in said
        assert "What stands now: opposes, since 3 January 2025." in said
        assert "Now: conditional" not in said.split("Not confirmed")[0].split("Unconfirmed")[0]
        assert len(re.findall("Not confirmed yet|Unconfirmed:", said)) == count - 1


def test_without_a_public_address_what_was_written_is_linked_to() -> None:
    alone = [replace(part(n), links=Links()) for n in range(60)]
    digest = compose_digest(alone, replace(FRAME, all_changes=None))
    assert set(Seen(digest.html).links) == {AFTER.url}


def test_personal_links_find_their_place() -> None:
    digest = composed(part(0))
    links = PersonalLinks(settings="https://v.example/s/t", unsubscribe="https://v.example/u/t")
    text, html = with_personal(digest.text, digest.html, links)
    assert text.index("https://v.example/u/t") < text.index("\n-- \n")
    assert html.count("https://v.example/u/t") == 1
    assert "<!--personal-->" in digest.html


LONG = "<b>&'\"" * 2_000


def test_the_worst_of_contents_stays_below_what_mailboxes_cut_off() -> None:
    worst = [
        part(n, actor=LONG, actor_short=LONG, issue=LONG + str(n), issue_id=str(n), after=replace(AFTER, text=LONG,
             title=LONG, publisher=LONG, holder=LONG, url="https://x.example/" + "a" * 1_900))
        for n in range(150)
    ]  # fmt: skip
    digest = compose_digest(worst, replace(FRAME, coverage=LONG, label=LONG))
    assert len(digest.html.encode()) <= LARGEST_HTML
    assert len(digest.payload.encode()) < 20_000
    assert "<b>" not in digest.html
    assert "\n" not in digest.subject
    assert re.search(r"and \d+ more", digest.text)


def test_what_others_wrote_cannot_break_out() -> None:
    evil = "x\r\nBcc: eve@example.org\u202e<script>alert(1)</script>"
    contents: list[AlertContent | MatchContent] = [
        replace(CHANGE, actor=evil, actor_short=evil, issue=evil, after=replace(AFTER, text=evil, url="javascript:1")),
        replace(MATCH, query=evil, item_title=evil, excerpt=evil, url="javascript:1"),
    ]
    for content in contents:
        digest = composed(DigestPart(alert_id="alt_x", content=content))
        assert "<script" not in digest.html
        assert "javascript:" not in digest.html + digest.text
        assert "\n" not in digest.subject
        assert not re.search("^Bcc", digest.text, re.MULTILINE)
        assert "\u202e" not in digest.subject + digest.text + digest.html


def test_the_payload_names_each_alert_by_id() -> None:
    told = json.loads(composed(*map(part, range(3))).payload)
    assert told["type"] == "digest"
    assert told["timestamp"] == told["data"]["until"] == "2025-02-24T06:30:00Z"
    assert [alert["id"] for alert in told["data"]["alerts"]] == ["alt_0", "alt_1", "alt_2"]
    assert told["data"]["alerts"][0]["url"] == "https://volteface.example/changes/0"
