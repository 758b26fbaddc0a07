"""The drawing of polls, how many items a day they brought, and the form of a feed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.model.feed import FetchOutcome
from monitor.model.polled import Polled
from monitor.web.differences import told
from monitor.web.feed_form import FeedForm, read_form
from monitor.web.strips import BAR, GAP, HEIGHT, SHOWN, items_per_day, strip
from storage.feed_edits import FeedSettings
from storage.poll_logs import KEPT

NOW = datetime(2025, 3, 10, 12, tzinfo=UTC)


def polls(*news: int | None, gap: timedelta = timedelta(hours=1)) -> list[Polled]:
    """The last polls up to now, with so many new items each; None failed."""
    return [
        Polled(
            at=NOW - gap * (len(news) - number),
            outcome=FetchOutcome.FAILED if count is None else FetchOutcome.OK,
            new=count or 0,
            error="down" if count is None else None,
        )
        for number, count in enumerate(news)
    ]


def test_the_newest_poll_stands_at_the_right_end_and_more_news_stand_higher() -> None:
    drawn = strip(polls(1, 0, None, 1000))
    right = (SHOWN - 1) * (BAR + GAP)
    assert f"M{right} 0h{BAR}v{HEIGHT}" in drawn.news
    assert drawn.news.count("M") == 2
    assert drawn.nothing.startswith(f"M{right - 2 * (BAR + GAP)} ")
    assert drawn.failed.startswith(f"M{right - (BAR + GAP)} ")
    assert drawn.words == "Last 4 polls: 1001 new items, 1 failed"
    assert strip([]).words == "Not polled yet"
    assert strip(polls(*[1] * (SHOWN + 9))).news.count("M") == SHOWN


def test_what_a_feed_held_when_it_was_added_is_no_daily_news() -> None:
    assert items_per_day(polls(None, 500, *[1] * 23), NOW) == pytest.approx(23, rel=0.1)
    assert items_per_day(polls(500, 1, 1), NOW) is None  # too short a time to say
    assert items_per_day([], NOW) is None
    full = polls(*[2] * KEPT)
    assert items_per_day(full, NOW) == pytest.approx(2 * 24 * (KEPT - 1) / KEPT)


def test_a_form_says_what_it_was_made_from() -> None:
    settings = FeedSettings(title="T", lang="de", shortest_s=90, longest_s=3600, articles=False)
    read = read_form(FeedForm.of(settings))
    assert (read.settings, read.problems) == (settings, {})
    assert read_form(FeedForm(shortest="20", longest="10")).problems.keys() == {"longest"}
    for minutes in ("0", "-1", "nan", "inf", "1e999", "1441", "x"):
        assert read_form(FeedForm(shortest=minutes)).problems.keys() == {"shortest"}, minutes


def test_settings_that_differ_have_other_marks() -> None:
    assert FeedSettings(title="a").mark == FeedSettings(title="a").mark
    assert len({FeedSettings(**one).mark for one in ({}, {"title": "a"}, {"folder": "a"}, {"articles": True})}) == 4


def test_only_what_differs_is_a_difference() -> None:
    found = told({"from": {"a": 1, "b": [1, 2]}, "to": {"a": 1, "b": [2]}, "why": "so", "empty": ""})
    assert [(one.name, [(p.kind, p.text) for p in one.parts]) for one in found.differences] == [
        ("b", [("gone", "1, 2"), ("new", "2")])
    ]
    assert found.facts == (("why", "so"),)
    alone = told({"before": "x", "after": "y"}).differences
    assert [(p.kind, p.text) for p in alone[0].parts] == [("gone", "x"), ("new", "y")]
