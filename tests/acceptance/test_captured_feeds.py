"""The captured feeds, served over loopback HTTP and polled by a running service: what is stored is what they say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.model.item import Item
from storage.engine import Database
from tests.acceptance.newspapers import Newspapers
from tests.acceptance.running import Service, environment, output, volteface, wait

FEEDS = Path(__file__).parents[2].parent / "shared" / "feeds"

pytestmark = pytest.mark.skipif(not FEEDS.is_dir(), reason="shared/feeds is not beside this checkout")


def test_what_is_stored_agrees_with_the_expectations(tmp_path: Path) -> None:
    records = json.loads((FEEDS / "expectations.json").read_text(encoding="utf-8"))
    env = environment(tmp_path / "data")
    with Newspapers() as papers:
        for record in records:
            body = (FEEDS / "news" / record["file"]).read_bytes()
            papers.documents["/" + record["file"]] = (body, "application/xml")
            added = volteface("feeds", "add", f"{papers.url}/{record['file']}", env=env)
            assert added.returncode == 0, added.stderr
        with Service("up", "--port", "0", env=env) as service:
            feeds = wait(lambda: _all_polled(env), seconds=120, alive=service)
            assert service.stop() == 0
            assert "Traceback" not in service.said()
    database = Database(f"sqlite:///{tmp_path}/data/volteface.db")
    with database.view() as work:
        items = work.items.search(None, 100_000, 0)
    database.close()
    by_file = {f["url"].rsplit("/", 1)[1]: f for f in feeds}
    wrong = []
    for record in records:
        feed = by_file[record["file"]]
        if record["must_fail"]:
            wrong += [f"{record['file']}: polled without an error"] if not feed["last_error"] else []
            continue
        stored = [i for i in items if i.feed_id == feed["id"]]
        wrong += [f"{record['file']}: {line}" for line in _differences(record["expect"], feed, stored)]
    assert wrong == []


def _all_polled(env: dict[str, str]) -> list[dict[str, Any]] | None:
    feeds: list[dict[str, Any]] = output("feeds", "list", env=env)
    return feeds if all(f["last_poll_at"] for f in feeds) else None


def _differences(expect: dict[str, Any], feed: dict[str, Any], stored: list[Item]) -> list[str]:
    found = []
    if expect.get("feed_title") and expect["feed_title"] != feed["title"]:
        found.append(f"title {feed['title']!r}, not {expect['feed_title']!r}")
    if expect["entry_count"] != len(stored):
        found.append(f"{len(stored)} items, not {expect['entry_count']}")
    by_title = {i.title: i for i in stored}
    for entry in expect["entries"]:
        item = by_title.get(entry.get("title") or "")
        if item is None:
            found.append(f"no item with the title {entry.get('title')!r}")
            continue
        if entry.get("published") and item.published_at != _moment(entry["published"]):
            found.append(f"{item.title!r}: published {item.published_at}, not {entry['published']}")
        if entry.get("link") and item.url != entry["link"]:
            found.append(f"{item.title!r}: link {item.url}, not {entry['link']}")
    return found


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
