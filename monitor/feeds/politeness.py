"""Manners towards hosts: few connections at once, a pause between them, and silence when a host asks for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]

_REMEMBERED_HOSTS = 10_000


@dataclass(slots=True)
class _Host:
    slots: asyncio.Semaphore
    next_start: float = 0.0
    held_until: float = 0.0
    held_why: str = ""
    timeouts: int = 0
    users: int = 0


@dataclass(slots=True)
class Politeness:
    """Keeps to `per_host` connections a host, `spacing_s` seconds between two starts, and what a host asked for.

    A host that let `timeouts_before_hold` fetches in a row run into the deadline is held for `hold_after_timeouts_s`
    seconds, so that its other feeds fail at once instead of each waiting for its own deadline. `clock` and `sleep` are
    there for tests.
    """

    per_host: int = 2
    spacing_s: float = 0.5
    timeouts_before_hold: int = 3
    hold_after_timeouts_s: float = 300.0
    clock: Clock = time.monotonic
    sleep: Sleep = asyncio.sleep
    _hosts: dict[str, _Host] = field(default_factory=dict)

    def _host(self, name: str) -> _Host:
        if name not in self._hosts:
            if len(self._hosts) >= _REMEMBERED_HOSTS:
                self._forget_idle()
            self._hosts[name] = _Host(asyncio.Semaphore(self.per_host))
        return self._hosts[name]

    def _forget_idle(self) -> None:
        now = self.clock()
        busy = {n: h for n, h in self._hosts.items() if h.users or max(h.next_start, h.held_until) > now or h.timeouts}
        self._hosts = busy

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn with this host and keep it for the length of the block."""
        state = self._host(host)
        state.users += 1
        try:
            async with state.slots:
                await self._space(state)
                yield
        finally:
            state.users -= 1

    async def _space(self, state: _Host) -> None:
        now = self.clock()
        start = max(now, state.next_start)
        state.next_start = start + self.spacing_s
        if start > now:
            await self.sleep(start - now)

    def crowded(self, host: str) -> bool:
        """Whether as many wait for a turn with this host as have one: whoever can come later should."""
        state = self._hosts.get(host)
        return state is not None and state.users >= 2 * self.per_host

    def hold(self, host: str, seconds: float, why: str) -> None:
        """Leave this host alone for so many seconds; a longer hold that is already there stays."""
        state = self._host(host)
        until = self.clock() + seconds
        if until > state.held_until:
            state.held_until, state.held_why = until, why

    def held(self, host: str) -> tuple[float, str] | None:
        """How many seconds this host is still to be left alone, and why; None when it is not."""
        state = self._hosts.get(host)
        left = state.held_until - self.clock() if state else 0.0
        return (left, state.held_why) if state and left > 0 else None

    def spaced(self) -> dict[str, float]:
        """The hosts that were asked a moment ago, and in how many seconds each may be asked again."""
        now = self.clock()
        return {name: host.next_start - now for name, host in self._hosts.items() if host.next_start > now}

    def held_hosts(self) -> set[str]:
        """The hosts that are left alone for now."""
        now = self.clock()
        return {name for name, host in self._hosts.items() if host.held_until > now}

    def answered(self, host: str) -> None:
        """Note that the host answered within the deadline."""
        state = self._hosts.get(host)
        if state:
            state.timeouts = 0

    def timed_out(self, host: str) -> None:
        """Note that the host let a fetch run into the deadline."""
        state = self._host(host)
        state.timeouts += 1
        if state.timeouts >= self.timeouts_before_hold:
            why = f"it did not answer in time {state.timeouts} times in a row"
            self.hold(host, self.hold_after_timeouts_s, why)
