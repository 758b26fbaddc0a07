"""An alert put into words, and its HTML as a reader sees it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from monitor.alerts.compose import Composed, Links, compose
from monitor.model.alert import AlertContent, MatchContent
from tests.unit.alerts.contents import CHANGE, MADE_AT

LINKS = Links(change="https://volteface.example/changes/3", wrong="https://volteface.example/changes/3/wrong")


def composed_of(content: AlertContent | MatchContent = CHANGE, **more: Any) -> Composed:
    return compose(content, made_at=MADE_AT, **more)


class Read(HTMLParser):
    """What a reader of the HTML sees: texts, links and everything that would be loaded."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[dict[str, str | None]] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "a":
            self.links.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())
