"""The subject line, as it stands in a list of mails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from monitor.alerts.subject import WIDEST, subject_of
from monitor.alerts.texts import ENGLISH, Texts
from monitor.alerts.width import columns
from monitor.model.alert import AlertKind
from tests.unit.alerts.contents import CHANGE, MATCH

FIRST = {"change_kind": "first", "stance_before": None, "stance_after": "supports", "before": None}
CORRECTION = {"kind": AlertKind.CORRECTION, "status": "retracted"}
LONG = "Use of immobilised Russian central bank assets for the reconstruction of Ukraine"
FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
ACCENTED = "e\u0301"
NETANYAHU = "נתניהו"


def _subject(texts: Texts = ENGLISH, label: str = "", **different: Any) -> str:
    return subject_of(replace(CHANGE, **different), label, texts)


@pytest.mark.parametrize(
    ("different", "subject"),
    [
        ({}, "Starmer: European troops in Ukraine — supports → conditional"),
        ({"actor_short": ""}, "Keir Starmer: European troops in Ukraine — supports → conditional"),
        (FIRST, "Starmer: European troops in Ukraine — now supports"),
        (
            {"change_kind": "withdrawn", "stance_after": None},
            "Starmer: European troops in Ukraine — no longer supports",
        ),
        (
            {"change_kind": "split", "stance_after": "opposes"},
            "Starmer: European troops in Ukraine — split: supports / opposes",
        ),
        ({"status": "pending"}, "Unconfirmed: Starmer: European troops in Ukraine — supports → conditional"),
        (CORRECTION, "Taken back: Starmer: European troops in Ukraine — supports → conditional"),
        ({"issue": "a\r\nBcc: eve@example.org\x00"}, "Starmer: a Bcc: eve@example.org — supports → conditional"),
        ({"issue": "a\u2028b\u0085c\u202ed"}, "Starmer: a b cd — supports → conditional"),
        ({"issue": " \n "}, "Starmer: (no name) — supports → conditional"),
        ({"issue": "{actor} {0} %s"}, "Starmer: {actor} {0} %s — supports → conditional"),
    ],
)
def test_subjects_can_be_read_in_a_list(different: dict[str, Any], subject: str) -> None:
    assert _subject(**different) == subject


@pytest.mark.parametrize(
    ("different", "subject"),
    [
        ({"issue": LONG}, "Starmer: Use of immobilised Russian central bank… — supports → conditional"),
        ({"issue": LONG, **CORRECTION}, "Taken back: Starmer: Use of immobilised Russian… — supports → conditional"),
        ({"issue": "x" * 500}, f"Starmer: {'x' * 41}… — supports → conditional"),
        (
            {"actor_short": "The High Representative for Foreign Affairs", "issue": LONG},
            "The High Representative for…: Use of immobilised… — supports → conditional",
        ),
        ({"issue": "漢" * 50}, f"Starmer: {'漢' * 20}… — supports → conditional"),
        ({"issue": FAMILY * 30}, None),
        ({"issue": ACCENTED * 80}, f"Starmer: {ACCENTED * 41}… — supports → conditional"),
    ],
)
def test_long_names_give_way_and_the_stances_never_do(different: dict[str, Any], subject: str | None) -> None:
    shown = _subject(**different)
    assert columns(shown) <= WIDEST
    assert shown.endswith(" — supports → conditional")
    if subject is not None:
        assert shown == subject


def test_an_emoji_is_not_cut_into_its_parts() -> None:
    issue = _subject(issue=FAMILY * 30).removeprefix("Starmer: ").partition("…")[0]
    assert issue and issue.replace(FAMILY, "") == ""


def test_both_names_are_kept_whole_where_there_is_room() -> None:
    actor, issue = "United Kingdom", "Territorial integrity of Ukraine"
    assert _subject(actor_short=actor, issue=issue) == f"{actor}: {issue} — supports → conditional"


def test_a_label_takes_no_room_from_the_names() -> None:
    assert _subject(label="INVENTED DEMO DATA") == f"[INVENTED DEMO DATA] {_subject()}"


def test_a_name_that_runs_the_other_way_does_not_turn_the_line() -> None:
    shown = _subject(actor_short=NETANYAHU)
    assert shown == f"\u200e{NETANYAHU}\u200e: European troops in Ukraine — supports → conditional"
    assert "\u200e" not in _subject()


def test_in_a_language_that_runs_from_the_right_latin_names_are_marked() -> None:
    hebrew = Texts(language="he", direction="rtl", stances={"supports": "בעד", "conditional": "בתנאי"})
    shown = _subject(hebrew, actor_short=NETANYAHU)
    assert f"{NETANYAHU}: \u200fEuropean troops in Ukraine\u200f — " in shown


def test_a_match_keeps_its_query_and_shortens_the_title() -> None:
    shown = subject_of(replace(MATCH, item_title="word " * 60), "", ENGLISH)
    assert shown.startswith("Nord Stream: word word") and shown.endswith("word…")
    assert columns(shown) <= WIDEST
