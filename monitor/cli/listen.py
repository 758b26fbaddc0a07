"""Sockets to serve on, with an error that says what to do."""

from __future__ import annotations

import errno
import socket

from monitor.cli.outcome import CommandError


def listening_socket(host: str, port: int) -> socket.socket:
    """A bound socket. Raises CommandError where the address is taken, not ours, or not allowed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        remedy = {
            errno.EADDRINUSE: "something else serves there; stop it or choose another with --port",
            errno.EACCES: "ports below 1024 need more rights; choose another with --port",
            errno.EADDRNOTAVAIL: "this machine has no such address; choose another with --host",
        }.get(error.errno or 0, error.strerror or "choose another with --host and --port")
        raise CommandError(f"cannot serve on {host}:{port}: {remedy}") from None
    except OverflowError:
        sock.close()
        raise CommandError(f"{port} is no port; ports go from 0 to 65535") from None
    return sock


def address_of(sock: socket.socket) -> str:
    """The http address of a bound socket, for people on this machine."""
    host, port = sock.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"
