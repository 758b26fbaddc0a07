"""kill -9 at twenty random moments while the demo runs: every change alerted, none lost, repeats under the same id."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

from monitor.alerts.channels.mail import message_id
from monitor.demo.sinks import Mailbox
from storage.engine import Database
from tests.acceptance.running import Service, environment
from tests.sinks import closed_port


def test_twenty_kills_lose_nothing(tmp_path: Path) -> None:
    dice = random.Random(20)
    folder = tmp_path / "demo"
    port = closed_port()  # and the wire's is the next one
    arguments = ("demo", "--port", str(port), "--data-dir", str(folder), "--seconds", "60")
    env = environment(tmp_path / "unused")
    kills = 0
    while kills < 20:
        with Service(*arguments, env=env) as service:
            service.address("Demo")
            time.sleep(dice.uniform(0.0, 2.0))
            assert service.process.poll() is None, service.said()
            service.process.kill()
            kills += 1
    # The story's clock runs on while the service starts: on a slow machine it may be told before the last kill.
    with Service(*arguments, "--once", env=env) as service:
        assert service.process.wait(timeout=600) == 0, service.said()
        assert "Traceback" not in service.said()
    _check(folder)


def _check(folder: Path) -> None:
    calls = [json.loads(line) for line in (folder / "webhooks.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [c["problem"] for c in calls if c["problem"]] == []
    bodies: dict[str, set[str]] = {}
    for call in calls:
        bodies.setdefault(call["id"], set()).add(call["body"])
    assert all(len(found) == 1 for found in bodies.values()), "a repeat came with another body"
    database = Database(f"sqlite:///{folder}/volteface.db")
    with database.view() as work:
        changes = [c for c in work.positions.changes(limit=100_000) if c.found.status == "confirmed"]
        alerts = {c.id: work.alerts.alerts_for_change(c.id) for c in changes}
        subscriptions = {s.id: s.channel for s in work.subscriptions.all(active_only=False)}
        deliveries = work.alerts.deliveries(limit=100_000)
    database.close()
    loud = [c for c in changes if not c.found.silent]
    assert len(loud) >= 5, "the demo tells too little for this test to mean anything"
    # A body that was moved by an utterance told as its speaker's change is not told again.
    told = {(c.found.issue, c.found.trigger) for c in loud if alerts[c.id]}
    assert [c.found for c in loud if (c.found.issue, c.found.trigger) not in told] == []
    hooked = {d.alert_id for d in deliveries if subscriptions[d.subscription_id] == "webhook"}
    assert hooked == set(bodies), "what was queued and what arrived differ"
    assert {d.status for d in deliveries} == {"delivered"}
    mailed = {message_id(d.alert_id, "volteface.example") for d in deliveries} - {
        message_id(alert, "volteface.example") for alert in hooked
    }
    mails = [mail.message_id for mail in Mailbox(folder / "mailbox").mails()]
    assert set(mails) == mailed
