"""Manners towards hosts, on a clock that only moves when somebody sleeps."""

from __future__ import annotations

import asyncio

from monitor.feeds.politeness import Politeness


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


async def test_at_most_two_at_a_host_and_others_do_not_wait() -> None:
    clock = Clock()
    manners = Politeness(per_host=2, spacing_s=0, clock=clock, sleep=clock.sleep)
    inside: dict[str, int] = {"a": 0, "b": 0}
    most: dict[str, int] = {"a": 0, "b": 0}
    gate = asyncio.Event()

    async def visit(host: str) -> None:
        async with manners.turn(host):
            inside[host] += 1
            most[host] = max(most[host], inside[host])
            await gate.wait()
            inside[host] -= 1

    visits = [asyncio.create_task(visit("a")) for _ in range(5)] + [asyncio.create_task(visit("b"))]
    for _ in range(20):
        await asyncio.sleep(0)
    assert inside == {"a": 2, "b": 1}
    gate.set()
    await asyncio.gather(*visits)
    assert most == {"a": 2, "b": 1}


async def test_visits_are_spaced() -> None:
    clock = Clock()
    manners = Politeness(per_host=2, spacing_s=0.5, clock=clock, sleep=clock.sleep)
    starts = []
    for _ in range(4):
        async with manners.turn("a"):
            starts.append(clock.now)
    assert starts == [0.0, 0.5, 1.0, 1.5]


async def test_a_hold_ends_by_itself_and_a_longer_one_stays() -> None:
    clock = Clock()
    manners = Politeness(clock=clock, sleep=clock.sleep)
    assert manners.held("a") is None
    manners.hold("a", 100, "it answered 429")
    manners.hold("a", 10, "it answered 503")
    assert manners.held("a") == (100, "it answered 429")
    assert manners.held("b") is None
    clock.now = 100
    assert manners.held("a") is None


async def test_a_host_that_hangs_is_held_after_three_deadlines_in_a_row() -> None:
    clock = Clock()
    manners = Politeness(clock=clock, sleep=clock.sleep)
    for _ in range(2):
        manners.timed_out("a")
    manners.answered("a")
    for _ in range(2):
        manners.timed_out("a")
    assert manners.held("a") is None
    manners.timed_out("a")
    assert manners.held("a") == (300, "it did not answer in time 3 times in a row")


async def test_hosts_are_forgotten_when_nothing_is_to_be_remembered() -> None:
    clock = Clock()
    manners = Politeness(spacing_s=0.1, clock=clock, sleep=clock.sleep)
    manners.hold("held", 10_000_000, "it asked for it")
    for n in range(20_050):
        clock.now += 1
        async with manners.turn(f"host-{n}"):
            pass
    assert len(manners._hosts) <= 10_001
    assert manners.held("held") is not None
