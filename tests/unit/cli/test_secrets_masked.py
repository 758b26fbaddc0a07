"""Secrets in addresses show nowhere: not in the log, a page, an answer of the API, a listing, an export or an error."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from monitor.settings import Settings
from monitor.web.app import create_app
from storage.engine import Database
from tests.integration.web.client import Client
from tests.unit.cli.conftest import Command

SECRET = "s3cr3t"
FEED = b"<rss version='2.0'><channel><title>Well</title><item><guid>1</guid><title>One</title></item></channel></rss>"
PAGES = ["/", "/feeds", "/items", "/changes", "/api/feeds", "/api/items", "/api/changes", "/readyz", "/healthz"]
COMMANDS = [
    ("feeds", "list"), ("feeds", "list", "--json"), ("feeds", "show", "1"), ("feeds", "show", "1", "--json"),
    ("feeds", "show", "4"), ("feeds", "export"), ("poll",), ("poll", "--json"), ("doctor",), ("doctor", "--settings"),
    ("subscriptions", "list"), ("subscriptions", "list", "--json"), ("deliveries", "list"), ("items", "--json"),
]  # fmt: skip


@pytest.fixture
def outlet() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            status = {"/locked": 401, "/moved": 301, "/inside": 302, "/well": 200}.get(path, 404)
            self.send_response(status)
            if path == "/moved":
                self.send_header("Location", f"/well?{query}&api_key={SECRET}-key")
            if path == "/inside":
                self.send_header("Location", f"http://u:{SECRET}-redirect@10.0.0.1/?token={SECRET}-hop")
            body = FEED if status == 200 else b""
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_no_secret_shows_anywhere(
    command: Command, tmp_path: Path, outlet: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOLTEFACE_LOG_FORMAT", "json")
    monkeypatch.setenv("VOLTEFACE_FEED_ALLOW", "127.0.0.0/8")
    monkeypatch.setenv("VOLTEFACE_HOST_SPACING_S", "0")
    monkeypatch.setenv("VOLTEFACE_SMTP_PASSWORD", f"{SECRET}-smtp")
    said: dict[str, str] = {}

    def run(*arguments: str) -> None:
        _, out, err = command(*arguments)
        said[" ".join(arguments).replace(SECRET, "…")] = out + err

    addresses = [
        f"http://anna:{SECRET}-password@{outlet}/locked",
        f"http://{outlet}/moved?token={SECRET}-token",
        f"http://{outlet}/inside?signature={SECRET}-signature",
        f"http://{SECRET}-name@{outlet}/gone?page=2&auth={SECRET}-auth",
        f"ftp://anna:{SECRET}-ftp@{outlet}/x",
        f"http://anna:{SECRET}-same@{outlet}/locked\\x",
    ]
    for address in addresses:
        run("feeds", "add", address)
    for address in (addresses[0], addresses[2], addresses[4]):
        run("feeds", "check", address)
    run("feeds", "discover", addresses[3])
    run("feeds", "add", addresses[1] + "#again")
    run("subscribe", "hook", "--webhook", f"http://x:{SECRET}-hook@{outlet}/hook?token={SECRET}-hook")
    run("poll")
    run("poll", "2")
    run("poll", "2", "--json")  # the third 301 moves the feed
    for line in COMMANDS:
        run(*line)
    database = Database(f"sqlite:///{tmp_path}/data/volteface.db")
    pages = Client(create_app(database, Settings(data_dir=tmp_path / "data", _env_file=None)))
    for page in PAGES:
        said[page] = pages.get(page).text
    with database.view() as work:
        said["audit"] = repr([(entry.what, entry.detail) for entry in work.audit.list()])
    database.close()
    for key in ("feeds list", "feeds export", "/feeds", "/api/feeds"):
        assert "127.0.0.1" in said[key], said[key]
    assert "already" in said[f"feeds add {addresses[1]}#again".replace(SECRET, "…")]
    assert "feed moved" in said["audit"]
    assert {place: text for place, text in said.items() if SECRET in text} == {}
