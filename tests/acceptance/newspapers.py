"""Newspapers on loopback for the acceptance tests: feeds whose entries the test prints as it goes."""

from __future__ import annotations

import threading
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from xml.sax.saxutils import escape


class Newspapers:
    """Serves documents by path; `print` adds an entry to an RSS feed. `links` goes out as the Link header of all."""

    def __init__(self) -> None:
        self.documents: dict[str, tuple[bytes, str]] = {}
        self.asked: list[str] = []
        self.links = ""
        self._entries: dict[str, list[str]] = {}
        papers = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                papers.asked.append(self.path)
                body, kind = papers.documents.get(self.path, (b"nothing here", "text/plain"))
                self.send_response(200 if self.path in papers.documents else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if papers.links:
                    self.send_header("Link", papers.links)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def prints(self, feed: str, paper: str, title: str, text: str, when: datetime) -> None:
        """Adds an entry that links to `paper`, newest first."""
        entries = self._entries.setdefault(feed, [])
        number = len(entries)
        entries.insert(
            0,
            f"<item><title>{escape(title)}</title><link>https://{paper}/{feed}/{number}</link>"
            f"<guid isPermaLink='false'>{feed}-{number}</guid><pubDate>{format_datetime(when)}</pubDate>"
            f"<description>{escape(text)}</description></item>",
        )
        document = (
            f"<?xml version='1.0' encoding='UTF-8'?><rss version='2.0'><channel><title>{feed}</title>"
            f"<link>{self.url}</link><description>test</description>{''.join(entries)}</channel></rss>"
        )
        self.documents[f"/{feed}.xml"] = (document.encode(), "application/rss+xml")
