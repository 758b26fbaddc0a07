"""The real server on a free port in a thread of its own: for streams, browsers and shutdown."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import FastAPI

from monitor.web.server import PageServer, page_server

PATIENCE_S = 60


class Served:
    """A running server. `stop` ends it as SIGINT would, and fails when it hangs."""

    def __init__(self, app: FastAPI) -> None:
        self.server: PageServer = page_server(app, "127.0.0.1", 0)
        self._thread = threading.Thread(target=lambda: asyncio.run(self.server.serve()), daemon=True)
        self._thread.start()
        deadline = time.monotonic() + PATIENCE_S
        while not self.server.started:
            assert self._thread.is_alive(), "the server did not start"
            assert time.monotonic() < deadline, "the server did not start in time"
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{self.server.port}"

    def stop(self) -> None:
        self.server.should_exit = True
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive(), "the server hangs"


@contextmanager
def served(app: FastAPI) -> Iterator[Served]:
    running = Served(app)
    try:
        yield running
    finally:
        running.stop()
