"""Small documents to parse."""

from __future__ import annotations

ITEM = (
    "<item><title>{0}</title><link>https://example.org/{0}</link><guid>{0}</guid>"
    "<description>Text of {0}.</description></item>"
)


def rss(*items: str, head: str = "<title>T</title><link>https://example.org/</link>") -> bytes:
    """An RSS 2.0 document with these items."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'
    ).encode()


def atom(*entries: str) -> bytes:
    """An Atom document with these entries."""
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>{"".join(entries)}</feed>'.encode()
