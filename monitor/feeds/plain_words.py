"""What went wrong with a fetch, in plain words and with a remedy."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator

import httpx

from monitor.feeds.decoding import UndecodableBody
from monitor.feeds.hops import BadRedirect
from monitor.net.guard import AddressRefused
from monitor.net.mask import mask

_STATUSES = {
    400: "the server does not understand the request (400); check the address",
    401: "the feed asks for a user name and password (401); put them into its address, as in https://name:password@…",
    402: "the feed asks for payment (402)",
    403: "the server refuses to show the feed (403); it may turn away feed readers, or the address needs a login",
    404: "there is nothing at this address (404); look for the feed's new address on its site",
    405: "the address does not answer to GET (405); it is hardly that of a feed",
    406: "the server has the feed in no form that was asked for (406)",
    407: "a proxy between here and the server asks for a login (407)",
    408: "the server gave up waiting for the request (408)",
    421: "the server is not responsible for this address (421)",
    429: "the server says that it is asked too often (429)",
    451: "the feed is withheld for legal reasons (451)",
    500: "the server has an internal error (500)",
    502: "the server behind the site does not answer properly (502)",
    503: "the server is out of service for the moment (503)",
    504: "the server behind the site does not answer in time (504)",
}


def status_in_words(status: int) -> str:
    """What a status that is no success means."""
    if status in _STATUSES:
        return _STATUSES[status]
    if status >= 500:
        return f"the server has trouble ({status})"
    if status >= 400:
        return f"the server refuses the request ({status}); check the address"
    return f"the server gave an unexpected answer ({status})"


def failure_in_words(error: BaseException, host: str) -> str:
    """What an exception of the fetch means. Any text of the other side in it is masked and cut."""
    if isinstance(error, AddressRefused):
        return error.reason
    if isinstance(error, UndecodableBody | BadRedirect):
        return str(error)
    for cause in _causes(error):
        words = _system_failure(cause, host)
        if words:
            return words
    return _http_failure(error, host)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        cause = waiting.pop()
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        if isinstance(cause, BaseExceptionGroup):
            waiting.extend(cause.exceptions)
        waiting.extend(c for c in (cause.__context__, cause.__cause__) if c is not None)


def _system_failure(cause: BaseException, host: str) -> str | None:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the certificate of {host} is not valid: {cause.verify_message}; the connection was not made"
    if isinstance(cause, ssl.SSLError):
        why = (cause.reason or "no reason given").replace("_", " ").lower()
        return f"no encrypted connection to {host} could be made ({why}); if it has no https, use http"
    if isinstance(cause, socket.gaierror):
        if cause.errno == socket.EAI_AGAIN:
            return f"{host} could not be looked up just now; check this machine's name server if it happens for all"
        return f"there is no host called {host}; check the address, and whether this machine reaches the internet"
    if isinstance(cause, ConnectionRefusedError):
        return f"{host} refuses connections at this port; the server may be down"
    if isinstance(cause, ConnectionResetError | BrokenPipeError):
        return f"{host} broke off the connection"
    if isinstance(cause, OSError) and cause.strerror and not isinstance(cause, TimeoutError):
        return f"{host} cannot be reached ({cause.strerror.lower()})"
    return None


def _http_failure(error: BaseException, host: str) -> str:
    detail = mask(" ".join(str(error).split()))[:200]
    if isinstance(error, httpx.ConnectTimeout):
        return f"{host} does not accept the connection in time"
    if isinstance(error, httpx.TimeoutException | TimeoutError | asyncio.TimeoutError):
        return f"{host} does not answer in time"
    if isinstance(error, httpx.ConnectError):
        return f"{host} cannot be reached ({detail or 'no reason given'})"
    if isinstance(error, httpx.RemoteProtocolError):
        if "incomplete" in detail or "without sending complete" in detail:
            return f"{host} broke off the connection in the middle of the answer"
        return f"{host} does not speak proper HTTP ({detail})"
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | httpx.LocalProtocolError):
        return f"the address cannot be used ({detail})"
    if isinstance(error, httpx.NetworkError):
        return f"{host} broke off the connection"
    return f"the fetch from {host} failed ({type(error).__name__}: {detail})"
