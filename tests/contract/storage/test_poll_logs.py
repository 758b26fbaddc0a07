"""The last polls of a feed: bounded, apart for each feed, gone with it."""

from __future__ import annotations

from datetime import timedelta

from monitor.model.feed import FetchOutcome
from monitor.model.polled import Polled
from storage.engine import Database
from storage.poll_logs import KEPT
from tests.integration.web.newsroom import NOW


def poll(number: int, error: str | None = None) -> Polled:
    outcome = FetchOutcome.FAILED if error else FetchOutcome.OK
    return Polled(at=NOW + timedelta(minutes=number), outcome=outcome, new=number, error=error)


def test_what_was_written_is_read_and_only_the_last_are_kept(database: Database) -> None:
    with database.work() as work:
        one, other = (work.feeds.add(f"https://{name}.example/feed", name, "", NOW).id for name in ("one", "other"))
    polls = [poll(number, "it is down" if number % 3 else None) for number in range(KEPT + 5)]
    for done in polls:
        with database.work() as work:
            work.poll_logs.add_all({one: done} | ({other: done} if done.new == 1 else {}))
    with database.view() as work:
        found = work.poll_logs.of([one, other, other + 1])
    assert found == {one: tuple(polls[-KEPT:]), other: (polls[1],)}


def test_errors_in_a_row_stay_whole_when_the_first_of_them_is_forgotten(database: Database) -> None:
    with database.work() as work:
        feed = work.feeds.add("https://one.example/feed", "", "", NOW).id
    for number in range(KEPT + 1):
        with database.work() as work:
            work.poll_logs.add_all({feed: poll(number, "x" * 400)})
    with database.view() as work:
        assert {done.error for done in work.poll_logs.of([feed])[feed]} == {"x" * 300}


def test_a_log_goes_with_its_feed(database: Database) -> None:
    with database.work() as work:
        feed = work.feeds.add("https://one.example/feed", "", "", NOW).id
        work.poll_logs.add_all({feed: poll(1)})
    with database.work() as work:
        work.feeds.remove(feed)
    with database.view() as work:
        assert work.poll_logs.of([feed]) == {}
