"""The captured feeds, served over loopback HTTP and polled by a running service: what is stored is what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.feeds.opml import OutlineFeed, write_opml
from monitor.feeds.parse import parse_document
from monitor.model.feed import ParsedEntry, ParsedFeed
from monitor.model.item import Item
from storage.engine import Database
from tests.acceptance.newspapers import Newspapers
from tests.acceptance.running import Service, environment, output, wait
from tests.unit.feeds.captured import differences

FEEDS = Path(__file__).parents[2].parent / "shared" / "feeds"

pytestmark = pytest.mark.skipif(not FEEDS.is_dir(), reason="shared/feeds is not beside this checkout")


def test_what_is_stored_agrees_with_the_expectations(tmp_path: Path) -> None:
    records = json.loads((FEEDS / "expectations.json").read_text(encoding="utf-8"))
    env = environment(tmp_path / "data", VOLTEFACE_POLL_MIN_S="600", VOLTEFACE_POLL_MAX_S="600")
    with Newspapers() as papers:
        for record in records:
            body = (FEEDS / "news" / record["file"]).read_bytes()
            papers.documents["/" + record["file"]] = (body, "application/xml")
        outlines = [OutlineFeed(url=f"{papers.url}/{r['file']}", title="", folder="") for r in records]
        (tmp_path / "feeds.opml").write_bytes(write_opml(outlines))
        assert len(output("feeds", "import", str(tmp_path / "feeds.opml"), env=env)) == len(records)
        with Service("up", "--port", "0", env=env) as service:
            wait(lambda: _all_polled(tmp_path / "data" / "volteface.db"), seconds=180, alive=service)
            feeds = output("feeds", "list", env=env)
            assert service.stop() == 0
            assert "Traceback" not in service.said(), service.said()
    stored = _items(tmp_path / "data" / "volteface.db")
    by_file = {feed["url"].rsplit("/", 1)[1]: feed for feed in feeds}
    wrong = []
    for record in records:
        feed = by_file[record["file"]]
        if record["must_fail"]:
            wrong += [] if feed["last_error"] else [f"{record['file']}: polled without an error"]
            continue
        # An entry that stands in a document twice, word for word, is one item.
        record["expect"]["entry_count"] -= _repeats(record)
        found = differences(record, _as_parsed(feed, stored.get(feed["id"], []), record))
        wrong += [f"{record['file']}: {line}" for line in found]
    assert wrong == [], "\n".join(wrong)


def _all_polled(file: Path) -> bool:
    """Read beside the running service: a command for each look would keep it from its work."""
    database = Database(f"sqlite:///{file}")
    with database.view() as work:
        feeds = work.feeds.all()
    database.close()
    return bool(feeds) and all(feed.last_poll_at for feed in feeds)


def _items(file: Path) -> dict[int | None, list[Item]]:
    database = Database(f"sqlite:///{file}")
    with database.view() as work:
        items = work.items.search(None, 100_000, 0)
    database.close()
    by_feed: dict[int | None, list[Item]] = {}
    for item in items:
        by_feed.setdefault(item.feed_id, []).append(item)
    return by_feed


def _as_parsed(feed: dict[str, Any], items: list[Item], record: dict[str, Any]) -> ParsedFeed:
    """What is stored, in the order of the document as far as the expectation names entries."""
    entries = [
        ParsedEntry(id=i.identity, title=i.title, link=i.url, text=i.text, published=i.published_at) for i in items
    ]
    count, placed = len(entries), dict[int, ParsedEntry]()
    for expected in record["expect"]["entries"]:
        names = {expected.get("id"), expected.get("link")} - {None}
        found = next((e for e in entries if names & {e.id, e.link}), None)
        if found is not None:
            entries.remove(found)
            placed[expected["index"] % count] = found  # some indexes count from the end
    others = iter(entries)
    ordered = [placed[n] if n in placed else next(others, None) for n in range(count)]
    return ParsedFeed(title=feed["title"], entries=tuple(e for e in ordered if e is not None))


def _repeats(record: dict[str, Any]) -> int:
    entries = parse_document((FEEDS / "news" / record["file"]).read_bytes(), None, None).entries
    return len(entries) - len({(e.title, e.link, e.text, e.published) for e in entries})
