"""From a host's name to a connection: looked up and checked by the guard, and its addresses tried one after another."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from monitor.net.guard import Guard

CONNECT_S = 10.0
"""Seconds that it takes at most to get connected, looking up included."""

_FIRST_TRIES_S = 4.0

Connection = TypeVar("Connection")


async def dial(
    guard: Guard, host: str, port: int, patience_s: float | None, connect: Callable[[str], Awaitable[Connection]]
) -> Connection:
    """What `connect` gives for the first of the host's addresses that answers. An address that is silent leaves time
    for those behind it.

    Whoever calls still checks whom it got connected to. Raises AddressRefused, TimeoutError, OSError.
    """
    end = None if patience_s is None else time.monotonic() + patience_s
    try:
        async with asyncio.timeout(patience_s):
            addresses = await guard.addresses(host, port)
    except TimeoutError as error:
        raise TimeoutError(f"looking up {host} took too long") from error
    except UnicodeError as error:
        raise OSError(str(error)) from error
    for left, address in zip(range(len(addresses) - 1, -1, -1), addresses, strict=True):
        remaining = None if end is None else max(0.0, end - time.monotonic())
        patience = remaining if not left else _FIRST_TRIES_S if remaining is None else min(_FIRST_TRIES_S, remaining)
        try:
            async with asyncio.timeout(patience):
                return await connect(address)
        except TimeoutError as error:
            if not left:
                raise TimeoutError(f"connecting to {host} took too long") from error
        except OSError:
            if not left:
                raise
    raise OSError(f"{host} has no address")
