"""Serving an ASGI application on loopback from within a running event loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp


class _EmbeddedServer(uvicorn.Server):
    """Leaves the signals to the program that it is a part of, and says when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@asynccontextmanager
async def serve_http(app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serves the application while the context is open and yields its address; port 0 takes a free one.

    Raises OSError when the port is taken, before anything is started. Logging is left to the program.
    """
    bound = socket.create_server((host, port), backlog=128)
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none")
    server = _EmbeddedServer(config)
    task = asyncio.create_task(server.serve(sockets=[bound]), name="demo-http")
    ready = asyncio.create_task(server.ready.wait())
    try:
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
            raise OSError(f"The HTTP server on {host}:{port} stopped before it was ready.")
        yield f"http://{host}:{bound.getsockname()[1]}"
    finally:
        ready.cancel()
        server.should_exit = True
        await task
        bound.close()
