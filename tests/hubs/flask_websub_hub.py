"""A hub as its makers ship it: Flask-WebSub, with Celery for its work, in a process of its own.

    python -m tests.hubs.flask_websub_hub FOLDER [LEAST_LEASE MOST_LEASE]

It says its port on stdout, and ends when stdin does. A POST to /hub with hub.mode=publish makes it fetch the topic and
push it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from celery import Celery
from celery.contrib.testing.worker import start_worker
from flask import Flask
from flask_websub.hub import Hub, SQLite3HubStorage
from werkzeug.serving import make_server

_A_MINUTE, _A_MONTH = 60, 31 * 86_400


def main() -> None:
    """Serve until stdin closes."""
    folder = Path(sys.argv[1])
    least, most = (int(sys.argv[2]), int(sys.argv[3])) if sys.argv[3:] else (_A_MINUTE, _A_MONTH)
    app = Flask(__name__)
    app.config.update(
        PUBLISH_SUPPORTED=True,
        BACKOFF_BASE=0.2,
        REQUEST_TIMEOUT=30,
        HUB_MIN_LEASE_SECONDS=least,
        HUB_DEFAULT_LEASE_SECONDS=most,
        HUB_MAX_LEASE_SECONDS=most,
    )
    celery = Celery("hub", broker="memory://", backend="cache+memory://")
    hub = Hub(SQLite3HubStorage(str(folder / "hub.db")), celery, **app.config)

    @hub.register_validator
    def denies(_callback: str, topic: str, *_: object) -> str | None:
        return "not for such as you" if "denied" in topic else None

    app.register_blueprint(hub.build_blueprint(url_prefix="/hub"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    with start_worker(celery, pool="threads", concurrency=4, perform_ping_check=False, loglevel="warning"):
        import threading

        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"port {server.port}", flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
