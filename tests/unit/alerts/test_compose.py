"""What an alert says, in a subject, a text and an HTML mail."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from monitor.alerts.texts import Texts
from monitor.model.alert import AlertKind
from tests.unit.alerts.contents import AFTER, AROUND, BEFORE, CHANGE, MATCH
from tests.unit.alerts.reading import LINKS, Read, composed_of


def test_a_match_is_named_after_its_query_and_item() -> None:
    composed = composed_of(MATCH)
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
    composed = composed_of(AROUND)
    assert said in " ".join(composed.text.split())
    assert said in Read(composed.html).text.replace(" : ", ": ")


def test_before_comes_before_after_and_both_have_their_links() -> None:
    composed = composed_of(links=LINKS)
    for shown in (composed.text, Read(composed.html.split("</h1>")[1]).text):
        assert shown.casefold().index("before") < shown.index(BEFORE.text) < shown.index(AFTER.text)
    assert BEFORE.url is not None and AFTER.url is not None
    for address in (BEFORE.url, AFTER.url, "https://post.example/9", *filter(None, (LINKS.change, LINKS.wrong))):
        assert address in composed.text
        assert address in [link["href"] for link in Read(composed.html).links]


def test_only_the_links_that_are_given_are_shown() -> None:
    assert "This is wrong:\nhttps://volteface.example/changes/3/wrong\n" in composed_of(links=LINKS).text
    for shown in (composed_of().text, composed_of().html):
        assert "This is wrong" not in shown


def test_no_more_than_five_lines_say_what_else_is_held_and_who_else_moved() -> None:
    many = replace(AROUND, holds=AROUND.holds * 5, moved=AROUND.moved * 5)
    composed = composed_of(many)
    for shown in (composed.text, composed.html):
        assert shown.count("Military aid to Ukraine") + shown.count("Arms production") == 5
        assert shown.count("Emmanuel Macron") + shown.count("Friedrich Merz") == 5
    for shown in (composed_of().text, composed_of().html):
        assert "they hold" not in shown.casefold() and "moved on this" not in shown.casefold()


def test_a_first_position_says_that_nothing_was_known() -> None:
    first = replace(CHANGE, change_kind="first", stance_before=None, before=None)
    composed = composed_of(first)
    for shown in (composed.text, Read(composed.html).text):
        assert "No earlier position on record." in shown
        assert "First known position of Keir Starmer: conditional." in shown


def test_a_pending_change_says_so() -> None:
    composed = composed_of(replace(CHANGE, status="pending", also=(), after=replace(AFTER, direct=False)))
    for shown in (composed.text, Read(composed.html).text):
        assert "Not confirmed yet." in shown
        assert "in indirect speech only, by one publisher: Example Wire" in shown


def test_a_correction_says_what_no_longer_holds_and_why() -> None:
    taken_back = replace(CHANGE, kind=AlertKind.CORRECTION, status="retracted", reason="The article was revised.")
    composed = composed_of(taken_back)
    for shown in (composed.text, Read(composed.html).text):
        assert "We told you the following. It no longer holds: The article was revised." in " ".join(shown.split())
        assert "Taken back: Keir Starmer has softened: supports → conditional." in shown


@pytest.mark.parametrize(
    ("status", "reason"), [("retracted", "revised, rejected or outweighed."), ("pending", "no longer certain.")]
)
def test_a_correction_without_a_reason_of_its_own_says_what_became_of_the_change(status: str, reason: str) -> None:
    composed = composed_of(replace(CHANGE, kind=AlertKind.CORRECTION, status=status))
    assert reason in " ".join(composed.text.split()) and reason in Read(composed.html).text
    assert json.loads(composed.payload)["data"]["change"]["reason"].endswith(reason)


def test_a_correction_says_what_stands_now() -> None:
    fallen = replace(CHANGE, kind=AlertKind.CORRECTION, status="retracted")
    stands = replace(AROUND.holds[0], issue=CHANGE.issue, issue_id=CHANGE.issue_id)
    said = composed_of(replace(fallen, stands=stands))
    assert "What stands now: supports, since 20 February 2025" in said.text
    assert json.loads(said.payload)["data"]["stands"]["since"] == "2025-02-20T00:00:00Z"
    nothing = composed_of(fallen)
    assert "What stands now: no position is certain enough" in nothing.text
    assert "What stands now" not in composed_of().text


def test_the_label_of_invented_content_is_everywhere() -> None:
    composed = composed_of(label="INVENTED DEMO DATA")
    assert composed.subject.startswith("[INVENTED DEMO DATA] Starmer: ")
    assert composed.text.startswith("*** INVENTED DEMO DATA ***\n")
    assert "INVENTED DEMO DATA" in Read(composed.html.split("<body")[1]).text
    assert json.loads(composed.payload)["data"]["label"] == "INVENTED DEMO DATA"
    assert "INVENTED" not in "".join(
        (composed_of().subject, composed_of().text, composed_of().html, composed_of().payload)
    )


def test_the_number_of_other_reports_is_bounded_and_the_rest_counted() -> None:
    many = replace(CHANGE, also=tuple(replace(AFTER, publisher=f"Paper {n}") for n in range(30)))
    composed = composed_of(many)
    for shown in (" ".join(composed.text.split()), Read(composed.html).text):
        assert "and 22 more" in shown and "by 31 publishers: Example Wire, Paper 0" in shown
    data = json.loads(composed.payload)["data"]
    assert len(data["also"]) + data["also_left_out"] == 30


@pytest.mark.parametrize(
    ("share", "shown"), [(0.99999, "99.9%"), (1.0, "100%"), (0.0, "0%"), (0.95, "95%"), (0.29, "29%")]
)
def test_what_is_not_certain_never_reads_as_certain(share: float, shown: str) -> None:
    assert f"Confidence: {shown}\n" in composed_of(replace(CHANGE, confidence=share)).text


def test_a_quote_that_brings_its_marks_keeps_them() -> None:
    composed = composed_of(replace(CHANGE, after=replace(AFTER, text="„Nein“")))
    assert "\n„Nein“\n" in composed.text


def test_a_quote_in_a_language_that_is_read_with_low_accuracy_says_so() -> None:
    composed = composed_of(replace(CHANGE, after=replace(AFTER, poorly_read="German")))
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
    composed = composed_of(texts=german)
    assert composed.subject.endswith("dafür → unter Bedingungen")
    assert "VORHER: dafür" in composed.text and "17. Februar 2025" in composed.text
    assert '<html lang="de"' in composed.html
    assert json.loads(composed.payload)["data"]["stance"]["before"] == "supports"
