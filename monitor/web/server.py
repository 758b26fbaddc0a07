"""The uvicorn server for the pages. Open event streams end before it waits, so that Ctrl-C never hangs."""

from __future__ import annotations

import socket

import uvicorn
from fastapi import FastAPI

from monitor.web.stream import EventStream

_GRACE_S = 5


class PageServer(uvicorn.Server):
    """Serves an application made by `create_app`. Stop it by `should_exit = True`, or by SIGINT or SIGTERM.

    uvicorn waits for open connections before it tells the application to shut down; an event stream never ends by
    itself, so it is told here first.
    """

    def __init__(self, config: uvicorn.Config, stream: EventStream) -> None:
        super().__init__(config)
        self._stream = stream

    @property
    def port(self) -> int:
        """The port that is really listened on, once `started` is true; of use when port 0 was asked for."""
        for server in self.servers:
            for listener in server.sockets:
                return int(listener.getsockname()[1])
        raise RuntimeError("the server does not listen yet; ask again once `started` is true")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See `uvicorn.Server.shutdown`."""
        self._stream.close()
        await super().shutdown(sockets)


def page_server(app: FastAPI, host: str, port: int) -> PageServer:
    """A server that is ready for `await server.serve()`. It sends no banner and leaves logging as it is set up."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        server_header=False,
        proxy_headers=False,  # the application reads them: see `monitor.web.proxies`
        access_log=False,
        log_config=None,
        lifespan="on",
        timeout_graceful_shutdown=_GRACE_S,
    )
    return PageServer(config, app.state.stream)
