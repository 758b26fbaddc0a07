"""Whatever stands behind a line of reason: read for many changes and subscriptions at once, it is the same line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from monitor.model.alert import ChannelName, DeliveryStatus, Filter, Subscription
from monitor.model.position import ChangeKind
from monitor.model.timing import Cadence, Timing
from monitor.pipeline.subscribing import edit, enable
from monitor.pipeline.why import state_of, states_of, why, why_all, whys
from storage.engine import Database
from tests.integration.pipeline.test_why import BEFORE, DAY, HOUR, ILL, NOW, attempt, found
from tests.integration.pipeline.walking import Walk

HOOK = "https://hook.example/secret"


def test_the_lines_of_many_are_those_of_each(database: Database, tmp_path: Path) -> None:
    walk = Walk(database, tmp_path / "pack")
    first, *_ = made = subscribed(walk)
    found(walk)
    attempt(walk, ILL, DeliveryStatus.PENDING, NOW, NOW + HOUR)
    with database.work() as work:
        enable(work, made[-1].id, who="cli", now=NOW + DAY)
        edit(work, made[1].id, Filter(), Timing(), who="kay", why="all of it", now=NOW + HOUR)
    with database.view() as work:
        rules, changes = work.rules.current(), work.positions.changes()
        subscriptions = work.subscriptions.all(active_only=False)
        alone = [why(work, change, one, rules) for change in changes for one in subscriptions]
        assert whys(work, changes, subscriptions, rules) == alone
        assert [line for change in changes for line in why_all(work, change, rules)] == alone
        alerts = work.alerts.of_subscription(first.id)
        assert states_of(work, alerts, first) == [state_of(work, alert, first) for alert in alerts]
        assert whys(work, [], subscriptions, rules) == whys(work, changes, [], rules) == []
    begun = {" ".join(one.line.split()[:2]).rstrip(":") for one in alone}
    assert len(changes) >= 4
    assert begun >= {"tried once", "told with", "filtered by", "waiting until", "subscribed later"}
    assert begun >= {"subscription disabled", "address not"}


def subscribed(walk: Walk) -> list[Subscription]:
    """Subscriptions of which each has another reason; the last one is off."""
    mail, hook = (ChannelName.EMAIL, "kay@example.org"), (ChannelName.WEBHOOK, HOOK)
    splits, berg = Filter(kinds=frozenset({ChangeKind.SPLIT})), Filter(actors=frozenset({"sten-berg"}))
    daily, soon = Timing(cadence=Cadence.DAILY), timedelta(hours=1)
    with walk.database.work() as work:
        add = work.subscriptions.add
        made = [
            add("kay", *mail, Filter(), None, BEFORE),
            add("kay", *mail, splits, None, BEFORE),
            add("kay", *mail, Filter(), None, BEFORE, timing=daily, next_digest_at=NOW + soon),
            add("kay", *mail, Filter(), None, NOW + DAY),
            add("kay", *mail, berg, None, BEFORE),
            add("ola", ChannelName.EMAIL, "ola@example.org", Filter(), None, BEFORE, confirmed=False),
            add("kay", *hook, Filter(), None, BEFORE),
        ]
        work.subscriptions.disable(made[-1].id, "by the operator", BEFORE + HOUR)
    return made
