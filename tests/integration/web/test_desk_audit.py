"""The audit log: filters, pages, what changed, and the log as files."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest

from storage.engine import Database
from tests.integration.web.newsroom import NOW
from tests.integration.web.operator import Operator


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The pages are the same over both; the stores are tested over both."""
    return sqlite_database


def ids(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'id="entry-(\d+)"', page)]


def test_the_newest_come_first_in_pages_that_miss_none(operator: Operator, database: Database) -> None:
    with database.work() as work:
        for number in range(120):
            work.audit.add("ada" if number % 3 else "eve", "feed added", str(number), {}, NOW)
    page, seen = operator.get("/desk/audit").text, []
    while True:
        seen += ids(page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        if older is None:
            break
        page = operator.get(older.group(1).replace("&amp;", "&")).text
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 120
    assert len(ids(operator.get("/desk/audit?who=eve&what=feed+added").text)) == 40
    assert ids(operator.get("/desk/audit?target=7").text) == [8]
    assert ids(operator.get("/desk/audit?who=mallory").text) == []


def test_a_period_has_both_its_days(operator: Operator, database: Database) -> None:
    with database.work() as work:
        for days in range(5):
            work.audit.add("ada", "feed added", "1", {}, NOW + timedelta(days=days))
    assert ids(operator.get("/desk/audit?since=2025-03-11&until=2025-03-12").text) == [3, 2]
    wrong = operator.get("/desk/audit?since=yesterday")
    assert wrong.status_code == 422
    assert 'id="problem-since"' in wrong.text


def test_what_changed_is_drawn_and_no_secret_with_it(operator: Operator, database: Database) -> None:
    long = "the quick brown fox jumps over the lazy dog and runs far away"
    detail = {
        "before": {"title": "<Old>", "text": long, "same": 1},
        "after": {"title": "New", "text": long.replace("lazy", "sleepy"), "same": 1},
        "url": "https://ada:hunter2@x.example/?token=s3cret",
        "nothing": None,
    }
    with database.work() as work:
        work.audit.add("ada", "feed edited", "1", detail, NOW)
    page = operator.get("/desk/audit").text
    assert "before: </span>&lt;Old&gt;</del>" in page
    assert "before: </span>lazy</del>" in page
    assert "after: </span>sleepy</ins>" in page
    assert 'href="/desk/feeds/1"' in page
    assert "<dt>nothing" not in page
    for path in ("/desk/audit", "/desk/audit.csv", "/desk/audit.json"):
        told = operator.get(path).text
        assert "x.example" in told
        assert "hunter2" not in told
        assert "s3cret" not in told


def test_files_hold_what_is_asked_for_and_nothing_that_a_spreadsheet_runs(
    operator: Operator, database: Database
) -> None:
    with database.work() as work:
        work.audit.add("=cmd|' /C calc'!A0", "feed added", "+1", {"a": "=1+1"}, NOW)
        work.audit.add("ada", "feed added", "2", {}, NOW)
    answer = operator.get("/desk/audit.csv")
    assert answer.headers["cache-control"] == "no-store"
    head, ada, evil = csv.reader(io.StringIO(answer.text))
    assert head == ["id", "at", "who", "what", "object", "detail"]
    assert (ada[2], evil[2], evil[4]) == ("ada", "'=cmd|' /C calc'!A0", "'+1")
    listed = operator.get("/desk/audit.json?who=ada").json()["entries"]
    assert [(entry["who"], entry["object"], entry["detail"]) for entry in listed] == [("ada", "2", {})]


def test_names_in_the_log_are_found_on_both_databases(sqlite_url: str, postgresql_url: str) -> None:
    for url in (sqlite_url, postgresql_url):
        database = Database(url)
        with database.work() as work:
            assert work.audit.names().who == []
            for who, what in (("eve", "b"), ("ada", "a"), ("eve", "a")):
                work.audit.add(who, what, "", {}, NOW)
            names = work.audit.names()
        database.close()
        assert (names.who, names.what) == (["ada", "eve"], ["a", "b"])
