"""A server in a thread, on a free loopback port."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self


async def _turns() -> None:
    """Some turns of the loop, however long one takes."""
    for _ in range(20):
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)


class Served:
    """A server on a free loopback port in a thread; whatever runs there is cancelled and awaited at the end."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)
        self._server: asyncio.Server | None = None
        self._news = threading.Condition()

    def _hang_up(self) -> None:
        """Abort the connections that the server's own end leaves open."""

    async def _serve(self, listening: socket.socket) -> asyncio.Server:
        raise NotImplementedError

    def __enter__(self) -> Self:
        listening = socket.create_server((self.host, 0))
        self.port = listening.getsockname()[1]
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._serve(listening), self._loop).result(timeout=60)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=60)
        assert not self._thread.is_alive(), f"{type(self).__name__} does not stop"

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        if self._server is not None:
            self._server.close()
        # Connections that are being accepted get their owner first, else nobody closes them.
        self._loop.run_until_complete(_turns())
        self._hang_up()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        # Transports close in callbacks of the next turns of the loop.
        self._loop.run_until_complete(_turns())
        self._loop.close()

    def _wait(self, count: int, arrived: Callable[[], int], timeout_s: float) -> None:
        with self._news:
            enough = self._news.wait_for(lambda: arrived() >= count, timeout_s)
        assert enough, f"{arrived()} of {count} arrived within {timeout_s} s"
