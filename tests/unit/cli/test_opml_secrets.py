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
