"""Lists of feeds are given away: without secrets, and without making dead feeds of those that had one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Command


def test_an_exported_address_has_no_userinfo_and_it_is_said(command: Command, tmp_path: Path) -> None:
    assert command("feeds", "add", "http://anna:s3cret@news.example:8080/feed?a=1", "--no-check")[0] == 0
    assert command("feeds", "add", "https://open.example/feed", "--no-check")[0] == 0
    code, opml, said = command("feeds", "export")
    assert code == 0
    assert 'xmlUrl="http://news.example:8080/feed?a=1"' in opml
    assert "s3cret" not in opml + said
    assert "Feed 1" in said
    assert "Feed 2" not in said
    (tmp_path / "feeds.opml").write_text(opml)
    assert [f["url"] for f in json.loads(command("feeds", "import", str(tmp_path / "feeds.opml"), "--json")[1])] == [
        "http://news.example:8080/feed?a=1"
    ]


@pytest.mark.parametrize("url", ["http://***@news.example/feed", "https://news.example/feed?token=***"])
def test_a_masked_address_is_refused_in_words(command: Command, tmp_path: Path, url: str) -> None:
    (tmp_path / "feeds.opml").write_text(f'<opml version="2.0"><body><outline xmlUrl="{url}"/></body></opml>')
    code, _, said = command("feeds", "import", str(tmp_path / "feeds.opml"))
    assert code == 2
    assert url in said
    assert "password or token" in said
    assert json.loads(command("feeds", "list", "--json")[1]) == []


def test_the_good_feeds_of_a_list_come_in_and_the_bad_ones_are_named(command: Command, tmp_path: Path) -> None:
    lines = [
        '<opml version="2.0"><body>',
        '<outline text="First" xmlUrl="https://a.example/feed"/>',
        '<outline text="By ftp" xmlUrl="ftp://b.example/feed"/>',
        '<outline text="Masked" xmlUrl="https://c.example/feed?token=***"/>',
        '<outline type="rss" text="Nowhere"/>',
        '<outline text="Last" xmlUrl="https://d.example/feed"/>',
        "</body></opml>",
    ]
    (tmp_path / "feeds.opml").write_text("\n".join(lines))
    code, out, said = command("feeds", "import", str(tmp_path / "feeds.opml"), "--json")
    assert code == 1
    assert [feed["title"] for feed in json.loads(out)] == ["First", "Last"]
    assert len(json.loads(command("feeds", "list", "--json")[1])) == 2
    for line, title, why in ((3, "By ftp", "only http"), (4, "Masked", "put the secret in"), (5, "Nowhere", "xmlUrl")):
        (named,) = [text for text in said.splitlines() if f"Line {line} ({title}): " in text]
        assert why in named
    assert "2 feeds added" in said
    assert "3 outlines could not be used" in said
    code, _, said = command("feeds", "import", str(tmp_path / "feeds.opml"))
    assert code == 1
    assert "0 feeds added, 2 there already" in said
