"""`feeds parse` prints what our parser reads, as JSON that says as much as the captured feeds were expected to."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.model.feed import ParsedEntry, ParsedFeed
from tests.unit.cli.conftest import Command
from tests.unit.feeds.captured import FEEDS, RECORDS, differences


def _entry(printed: dict[str, Any]) -> ParsedEntry:
    at = printed["published"]
    published = datetime.strptime(at, "%Y-%m-%dT%H:%M:%S%z") if at else None
    return ParsedEntry(
        id=printed["id"], title=printed["title"], link=printed["link"], text="", published=published, updated=None
    )


@pytest.mark.skipif(not FEEDS.is_dir(), reason="shared/feeds is not beside this checkout")
def test_the_command_agrees_with_the_expectations(command: Command) -> None:
    wrong = []
    for record in RECORDS:
        base = ("--base-url", record["base_url"]) if record["base_url"] else ()
        code, out, _ = command("feeds", "parse", str(FEEDS / "news" / record["file"]), "--json", *base)
        printed = json.loads(out)
        feed = ParsedFeed(title=printed["feed_title"], entries=tuple(map(_entry, printed["entries"])))
        wrong += [f"{record['file']}: exit {code}"] if code else []
        wrong += [f"{record['file']}: {line}" for line in differences(record, feed)]
    assert RECORDS
    assert wrong == []


def test_what_is_no_feed_is_said_with_its_file(command: Command, tmp_path: Path) -> None:
    page = tmp_path / "page.xml"
    page.write_text("<html><body>Not here</body></html>", encoding="utf-8")
    code, out, said = command("feeds", "parse", str(page), "--json")
    assert (code != 0, out) == (True, "")
    assert "page.xml: it is a web page" in " ".join(said.split())


def test_a_document_that_takes_too_long_is_stopped_as_in_the_service(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = tmp_path / "endless.xml"
    items = "".join(f"<item><guid>{number}</guid><title>{'One &amp; two' * 9}</title></item>" for number in range(999))
    endless.write_text(f"<rss version='2.0'><channel>{items}</channel></rss>", encoding="utf-8")
    monkeypatch.setenv("VOLTEFACE_PARSE_DEADLINE_S", "0.05")
    for arguments in (("feeds", "parse"), ("extract", "--format", "feed")):
        code, out, said = command(*arguments, str(endless))
        assert (code != 0, out) == (True, "")
        assert "endless.xml: The parser did not finish within 0.05 seconds" in " ".join(said.split())
