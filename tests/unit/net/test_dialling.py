"""From a host's name to a connection, over both transports' one way."""

from __future__ import annotations

import asyncio

import pytest

from monitor.net.dialling import dial
from monitor.net.guard import AddressRefused, Guard


def guard(*addresses: str) -> Guard:
    async def resolve(host: str, port: int) -> list[str]:
        return list(addresses)

    return Guard(resolve=resolve)


async def test_an_address_that_is_silent_leaves_time_for_the_next_one() -> None:
    tried: list[str] = []

    async def connect(address: str) -> str:
        tried.append(address)
        if address == "1.1.1.1":
            await asyncio.Event().wait()
        return f"connected to {address}"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("monitor.net.dialling._FIRST_TRIES_S", 0.01)
        assert await dial(guard("1.1.1.1", "8.8.8.8"), "two.example", 80, 60.0, connect) == "connected to 8.8.8.8"
        assert await dial(guard("1.1.1.1", "8.8.8.8"), "two.example", 80, None, connect) == "connected to 8.8.8.8"
    assert tried == ["1.1.1.1", "8.8.8.8"] * 2


async def test_what_the_last_address_fails_with_is_what_failed() -> None:
    async def refused(address: str) -> str:
        raise ConnectionRefusedError(f"no {address}")

    async def silent(address: str) -> str:
        await asyncio.Event().wait()
        return ""

    with pytest.raises(ConnectionRefusedError, match="no 8"):
        await dial(guard("1.1.1.1", "8.8.8.8"), "two.example", 80, 60.0, refused)
    with pytest.raises(TimeoutError, match=r"connecting to slow.example took too long"):
        await dial(guard("1.1.1.1"), "slow.example", 80, 0.01, silent)
    with pytest.raises(OSError, match=r"nowhere.example"):
        await dial(guard(), "nowhere.example", 80, 60.0, silent)


async def test_a_look_up_that_is_silent_ends_and_a_private_address_is_refused_before_anything_is_connected() -> None:
    async def never(address: str) -> str:
        raise AssertionError("nothing is connected to")

    async def resolve(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    with pytest.raises(TimeoutError, match=r"looking up slow.example took too long"):
        await dial(Guard(resolve=resolve), "slow.example", 80, 0.01, never)
    with pytest.raises(AddressRefused):
        await dial(guard("8.8.8.8", "127.0.0.1"), "mixed.example", 80, 60.0, never)
