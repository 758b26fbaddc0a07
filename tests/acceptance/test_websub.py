"""News by push: the service as its user starts it, and a hub that is not ours (Flask-WebSub)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from monitor.model.hub import HubState, HubSubscription
from storage.engine import Database
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


def hub_of(data: Path, feed: int) -> tuple[HubSubscription | None, datetime]:
    """What stands between a feed and its hub, and when the feed is polled next; read beside the running service."""
    database = Database(f"sqlite:///{data / 'volteface.db'}")
    with database.view() as work:
        found = work.hubs.of_feeds([feed]).get(feed), work.feeds.get(feed).next_poll_at
    database.close()
    return found


def test_a_pushed_item_is_an_alert_without_a_poll_and_a_removed_feed_is_given_up(tmp_path: Path, pack: Path) -> None:
    port = closed_port()
    now = datetime.now(UTC)
    data = tmp_path / "data"
    with real_hub(tmp_path / "hub") as hub, Newspapers() as papers, Newspapers() as other, HttpSink() as sink:
        feed, topic = f"{papers.url}/norland.xml", f"{papers.url}/topic.xml"
        papers.links = f'<{hub.url}>; rel="hub", <{topic}>; rel="self"'
        printed(papers, BEFORE, now - timedelta(days=20))
        other.links = f'<{hub.url}>; rel="hub", <{other.url}/denied.xml>; rel="self"'
        other.prints("other", "other.example", "Nothing much", "It rained.", now - timedelta(days=1))
        env = environment(
            data,
            VOLTEFACE_PACKS=str(pack),
            VOLTEFACE_PUBLIC_URL=f"http://127.0.0.1:{port}",
            VOLTEFACE_WEBSUB_POLL_S=str(HOURS),
        )
        for url in (feed, f"{other.url}/other.xml"):
            assert volteface("feeds", "add", url, env=env).returncode == 0
        hook = output("subscribe", "desk", "--webhook", f"{sink.url}/hook", "--actor", "astrid-holm", env=env)

        def far_off() -> bool:
            later = datetime.now(UTC) + timedelta(minutes=30)
            one, next_poll = hub_of(data, 1)
            return one is not None and one.live(later) and next_poll > later

        def denied() -> bool:
            one, _ = hub_of(data, 2)
            return one is not None and one.state is HubState.DENIED

        with Service("up", "--port", str(port), env=env) as service:
            service.address()
            wait(far_off, alive=service, seconds=120)
            ((verified_topic, callback, secret),) = wait(hub.subscribers, alive=service, seconds=120)
            assert verified_topic == topic
            assert callback.startswith(f"http://127.0.0.1:{port}/websub/")
            assert len(callback.rpartition("/")[2]) >= 43  # 256 bits
            polls = papers.asked.count("/norland.xml")
            assert sink.requests == []

            printed(papers, AFTER, now - timedelta(days=2))
            papers.documents["/topic.xml"] = papers.documents["/norland.xml"]
            hub.publish(topic)
            request = wait(lambda: sink.requests, alive=service, seconds=120)[0]
            body = Webhook(hook["secret"]).verify(request.body, dict(request.headers))
            assert body["type"] == "change.confirmed"
            assert any(body["data"]["after"]["text"] in text for _, text in AFTER)
            assert papers.asked.count("/norland.xml") == polls  # nobody polled
            row = output("feeds", "show", "1", env=env)
            assert row["hub"]["pushes"] == 1
            assert "pushed by the hub" in row["hub"]["words"]

            wait(denied, alive=service, seconds=120)
            assert "not for such as you" in output("feeds", "show", "2", env=env)["hub"]["words"]
            assert volteface("feeds", "remove", "1", env=env).returncode == 0
            wait(lambda: hub.subscribers() == [], alive=service, seconds=120)
            assert service.stop() == 0
            said = service.said()
    assert "Traceback" not in said
    for private in (secret, callback.rpartition("/")[2]):
        assert private not in said
        assert private not in str(row)
