"""News by push: the service as its user starts it, and a hub that is not ours (Flask-WebSub)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tests.acceptance.newspapers import Newspapers
from tests.acceptance.running import Service, environment, output, volteface, wait
from tests.acceptance.test_walk import ACTORS, AFTER, BEFORE, ISSUES, printed
from tests.hubs.real import real_hub
from tests.sinks import HttpSink
from tests.sinks.http import closed_port

HOURS = 3 * 3600


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    for name, text in (("actors", ACTORS), ("issues", ISSUES)):
        (folder / name).mkdir(parents=True)
        (folder / name / "norland.yaml").write_text(text)
    return folder


def test_a_pushed_item_is_an_alert_without_a_poll_and_a_removed_feed_is_given_up(tmp_path: Path, pack: Path) -> None:
    port = closed_port()
    now = datetime.now(UTC)
    with real_hub(tmp_path / "hub") as hub, Newspapers() as papers, HttpSink() as sink:
        feed, topic = f"{papers.url}/norland.xml", f"{papers.url}/topic.xml"
        papers.links = f'<{hub.url}>; rel="hub", <{topic}>; rel="self"'
        printed(papers, BEFORE, now - timedelta(days=20))
        env = environment(
            tmp_path / "data",
            VOLTEFACE_PACKS=str(pack),
            VOLTEFACE_PUBLIC_URL=f"http://127.0.0.1:{port}",
            VOLTEFACE_WEBSUB_POLL_S=str(HOURS),
        )
        assert volteface("feeds", "add", feed, env=env).returncode == 0
        hook = output("subscribe", "desk", "--webhook", f"{sink.url}/hook", "--actor", "astrid-holm", env=env)

        def shown() -> Any:
            return output("feeds", "show", "1", env=env)

        def far_off() -> bool:
            row = shown()
            late = datetime.fromisoformat(row["next_poll_at"]) > datetime.now(UTC) + timedelta(minutes=30)
            return late and row["hub"] is not None and row["hub"]["live"]

        with Service("up", "--port", str(port), env=env) as service:
            service.address()
            wait(far_off, alive=service)
            ((verified_topic, callback, secret),) = wait(hub.subscribers, alive=service)
            assert verified_topic == topic
            assert callback.startswith(f"http://127.0.0.1:{port}/websub/")
            assert len(callback.rpartition("/")[2]) >= 43  # 256 bits
            polls = papers.asked.count("/norland.xml")
            assert sink.requests == []

            printed(papers, AFTER, now - timedelta(days=2))
            papers.documents["/topic.xml"] = papers.documents["/norland.xml"]
            hub.publish(topic)
            request = wait(lambda: sink.requests, alive=service)[0]
            body = Webhook(hook["secret"]).verify(request.body, dict(request.headers))
            assert body["type"] == "change.confirmed"
            assert any(body["data"]["after"]["text"] in text for _, text in AFTER)
            assert papers.asked.count("/norland.xml") == polls  # nobody polled
            row = shown()
            assert row["hub"]["pushes"] == 1
            assert "pushed by the hub" in row["hub"]["words"]

            assert volteface("feeds", "remove", "1", env=env).returncode == 0
            wait(lambda: hub.subscribers() == [], alive=service)
            assert service.stop() == 0
            said = service.said()
    assert "Traceback" not in said
    for private in (secret, callback.rpartition("/")[2]):
        assert private not in said
        assert private not in str(row)
