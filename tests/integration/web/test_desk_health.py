"""/desk: what waits, what stands, what came in, on both databases; and the doctor's checks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from pydantic import SecretStr

from monitor.model.statement import Stance
from monitor.settings import Settings
from monitor.web.app import create_app
from monitor.web.desk_tools import DeskTools
from monitor.web.health import TICK, HealthProbe
from storage.engine import Database
from storage.overview import Count, filled
from storage.retention import LAST_RUN_KEY
from tests.integration.web.newsroom import NOW, Newsroom
from tests.integration.web.operator import Operator
from tests.integration.web.test_gets_change_nothing import contents
from tests.integration.web.test_security import DESK


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_an_empty_service_stands_with_words_for_each_thing(database: Database, settings: Settings) -> None:
    operator = Operator(create_app(database, settings, clock=lambda: NOW), database)
    page = text_of(operator.get("/desk").text)
    assert "The worker does not run." in page
    for words in ("none is late", "all are read", "all were made", "nothing was judged yet", "not set up"):
        assert words in page
    operator.close()


def test_what_waits_and_what_came_in_is_counted(database: Database, newsroom: Newsroom, settings: Settings) -> None:
    for hours in (1, 1, 3):
        newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW - timedelta(hours=hours))
    with database.work() as work:
        work.meta.set(TICK, NOW.isoformat())
        work.meta.set(LAST_RUN_KEY, f"{(NOW - timedelta(hours=1)).isoformat()} 1234 5")
        work.feeds.add("https://late.example/feed", "Late", "", NOW, due=NOW - timedelta(hours=2))
        detail = {"name": "Late", "words": "It fails <now>", "remedy": "Look"}
        work.alarms.raise_("feed failing", "feed 1", detail, NOW - timedelta(days=2))
        over = work.alarms.raise_("mail", "mail", {"name": "mail", "words": "No mail", "remedy": ""}, NOW)
        work.alarms.end(over.id, NOW)
    app = create_app(database, settings, clock=lambda: NOW, health=HealthProbe(worker_expected=True))
    operator = Operator(app, database)
    raw = operator.get("/desk").text
    page = text_of(raw)
    assert "1 trouble stands." in page
    assert "It fails &lt;now&gt;" in raw
    assert 'href="/desk/feeds/1"' in raw
    assert "Feeds that are due 1 the oldest for 2 h" in page
    assert "1,234 items forgotten" in page
    assert "Items in the last 48 hours: 3" in page
    assert "Statements in the last 4 weeks: 3" in page
    assert "No mail" in page
    operator.close()


def test_hours_and_days_are_told_apart(database: Database, newsroom: Newsroom) -> None:
    for hours in (1, 1, 30):
        newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW - timedelta(hours=hours))
    with database.view() as work:
        items = work.overview.items_per_hour(NOW - timedelta(hours=48))
        statements = work.overview.statements_per_day(NOW - timedelta(days=3))
        late = work.overview.items_per_hour(NOW - timedelta(hours=2))
        assert work.overview.size() > 10_000
    assert sum(count.number for count in items) == sum(count.number for count in statements) == 3
    assert all(count.at.minute == count.at.second == 0 for count in items)
    assert sum(count.number for count in late) == 2


def test_steps_without_any_are_filled_in() -> None:
    hour = timedelta(hours=1)
    counts = filled([Count(NOW - hour, 5)], NOW - 3 * hour + timedelta(minutes=10), NOW, hour)
    assert [(count.at, count.number) for count in counts] == [
        (NOW - 3 * hour, 0), (NOW - 2 * hour, 0), (NOW - hour, 5), (NOW, 0),
    ]  # fmt: skip


def test_to_look_at_the_desk_changes_nothing(
    database: Database, database_url: str, newsroom: Newsroom, settings: Settings
) -> None:
    newsroom.say("lemuria", "bridge", Stance.SUPPORTS, at=NOW)
    with database.work() as work:
        work.feeds.add("https://news.example/feed", "News", "", NOW)
    operator = Operator(create_app(database, settings, clock=lambda: NOW), database)
    before = contents(database_url)
    for path in DESK:
        assert operator.get(path).status_code in (200, 404, 503), path
    assert contents(database_url) == before
    operator.close()


@dataclass
class Found:
    part: str
    state: str
    found: str
    remedy: str = ""


def test_checks_come_with_the_worst_first(database: Database, settings: Settings) -> None:
    checks = [Found("rules", "ok", "fine"), Found("mail", "broken", "<down>", "mend it"), Found("disk", "warning", "x")]
    app = create_app(database, settings, clock=lambda: NOW, tools=DeskTools(checks=lambda: checks))
    operator = Operator(app, database)
    page = operator.get("/desk/checks").text
    assert re.findall(r'<th scope="row">(\w+)</th>', page) == ["mail", "disk", "rules"]
    assert "&lt;down&gt;" in page
    assert "1 broken, 1 warning." in page
    operator.close()


def test_the_doctors_own_checks_fit(database_url: str, settings: Settings) -> None:
    from monitor.cli.desk_tools import desk_tools

    tools = desk_tools(settings.model_copy(update={"database_url": SecretStr(database_url)}))
    assert tools.checks is not None
    assert {"settings", "rules", "database", "worker"} <= {check.part for check in tools.checks()}
