"""`volteface feeds articles`, and its way through a list of feeds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.feeds.opml import OutlineFeed, read_opml, write_opml
from tests.unit.cli.conftest import Command


def test_a_feed_is_set_apart_and_back(command: Command) -> None:
    assert command("feeds", "add", "https://a.example/feed", "--no-check")[0] == 0
    for choice, own, said in (
        ("on", True, "whole articles are fetched, set for this feed"),
        ("off", False, "whole articles are not fetched, set for this feed"),
        ("default", None, "whole articles are not fetched, as VOLTEFACE_ARTICLES says"),
    ):
        code, _, talk = command("feeds", "articles", "1", choice)
        assert (code, said in talk) == (0, True), talk
        assert json.loads(command("feeds", "show", "1", "--json")[1])["articles"] is own


@pytest.mark.parametrize(
    ("arguments", "code"), [(("7", "on"), 4), (("https://b.example/feed", "on"), 4), (("1", "perhaps"), 2)]
)
def test_a_wrong_feed_or_choice_is_refused(command: Command, arguments: tuple[str, str], code: int) -> None:
    assert command("feeds", "articles", *arguments)[0] == code


def test_the_choice_travels_in_opml(command: Command, tmp_path: Path) -> None:
    feeds = [
        OutlineFeed(url="https://a.example/feed", title="A", folder="", articles=True),
        OutlineFeed(url="https://b.example/feed", title="B", folder="", articles=False),
        OutlineFeed(url="https://c.example/feed", title="C", folder=""),
    ]
    written = write_opml(feeds)
    assert read_opml(written) == feeds
    assert b"volteface" not in write_opml(feeds[2:]).replace(b"Volteface", b""), "a plain list stays plain"
    (tmp_path / "feeds.opml").write_bytes(written)
    assert command("feeds", "import", str(tmp_path / "feeds.opml"))[0] == 0
    assert [f["articles"] for f in json.loads(command("feeds", "list", "--json")[1])] == [True, False, None]
    assert read_opml(command("feeds", "export")[1].encode()) == feeds
