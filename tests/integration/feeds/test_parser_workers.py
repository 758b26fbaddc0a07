"""The workers of a parser pool: how many there are, when they are replaced, what is left of them."""

from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path

import pytest

from monitor.feeds import parser_process
from monitor.feeds.parse import parse_document
from monitor.feeds.parser_pool import ParserPool, ParserPoolConfig
from tests.integration.feeds.open_files import open_files
from tests.unit.feeds.documents import ITEM, rss


def document(word: str = "a") -> bytes:
    return rss(ITEM.format(word))


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="this system has no /proc to look for the children in")
@pytest.mark.parametrize("gone", [0, 1])
async def test_a_caller_that_goes_while_its_worker_starts_leaves_no_process_behind(gone: int) -> None:
    files, others = open_files(), _children()
    async with ParserPool(ParserPoolConfig(workers=1)) as pool:
        calls = [asyncio.create_task(pool.parse(document(word))) for word in "ab"]
        await asyncio.sleep(0)
        calls[gone].cancel()
        stays = await calls[1 - gone]
        assert stays.entries[0].title == "ba"[gone]
        assert len(_children() - others) == 1
    assert _children() <= others
    with pytest.raises(asyncio.CancelledError):
        await calls[gone]
    assert open_files() <= files


async def test_there_are_no_more_workers_than_there_may_be_when_they_are_replaced() -> None:
    async with ParserPool(ParserPoolConfig(workers=1, at_hand=4, jobs_per_worker=1)) as pool:
        calls = [asyncio.create_task(pool.parse(document(word))) for word in "abcdef"]
        numbers = set()
        while not all(call.done() for call in calls):
            numbers.add(len(pool._workers))
            await asyncio.sleep(0.005)
        assert [(await call).entries[0].title for call in calls] == list("abcdef")
    assert max(numbers) == 1


async def test_where_some_files_can_be_shared_and_others_cannot_all_goes_through_pipes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, asked = parser_process._shared_file, iter(range(1_000))
    monkeypatch.setattr(parser_process, "_shared_file", lambda: None if next(asked) == 5 else real())
    async with ParserPool(ParserPoolConfig(workers=1)) as pool:
        found = await asyncio.gather(*(pool.parse(document(word)) for word in "abcdefgh"))
        assert [feed.entries[0].title for feed in found] == list("abcdefgh")
        assert set(pool._workers[0]._files) == {None}


async def test_a_worker_that_was_killed_while_it_had_nothing_to_do_is_not_blamed_on_the_next_document() -> None:
    async with ParserPool(ParserPoolConfig(workers=1)) as pool:
        await pool.parse(document())
        process = pool._workers[0].process
        assert process is not None
        process.kill()
        await process.wait()
        found = await asyncio.gather(*(pool.parse(document(word)) for word in "abc"))
        assert [feed.entries[0].title for feed in found] == list("abc")
        assert len(pool._workers) == 1


async def test_workers_that_were_started_ahead_are_the_ones_that_read() -> None:
    async with ParserPool(ParserPoolConfig(workers=2)) as pool:
        await pool.start()
        started = {worker.process.pid for worker in pool._workers if worker.process}
        await asyncio.gather(*(pool.parse(document()) for _ in range(4)))
        assert {worker.process.pid for worker in pool._workers if worker.process} == started
        assert len(started) == 2


async def test_workers_are_replaced_after_so_many_documents() -> None:
    async with ParserPool(ParserPoolConfig(workers=1, jobs_per_worker=2)) as pool:
        pids = []
        for word in "abcd":
            await pool.parse(document(word))
            pids.append([worker.process.pid for worker in pool._workers if worker.process])
        assert pids[0]
        assert pids[1] == []
        assert pids[2]
        assert pids[2] != pids[0]


async def test_one_worker_has_several_documents_and_each_gets_its_own_answer() -> None:
    async with ParserPool(ParserPoolConfig(workers=1, at_hand=3)) as pool:
        words = [f"entry {number}" for number in range(20)]
        calls = asyncio.gather(*(pool.parse(document(word)) for word in words))
        await asyncio.sleep(0)
        assert [worker.busy for worker in pool._workers] == [3]
        assert [feed.entries[0].title for feed in await calls] == words


async def test_where_no_file_can_be_shared_all_goes_through_pipes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser_process, "_shared_file", lambda: None)
    long = rss(*(ITEM.format(f"{number}{'x' * 1_000}") for number in range(300)))
    async with ParserPool() as pool:
        bodies = (long, document(), long, *(document(word) for word in "bcdefgh"))
        assert await asyncio.gather(*map(pool.parse, bodies)) == list(map(parse_document, bodies))


async def test_nothing_is_started_before_it_is_needed() -> None:
    async with ParserPool() as pool:
        assert pool._workers == []


def _children() -> set[int]:
    """Our own processes that have not ended."""
    parts = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parts[int(path.parent.name)] = path.read_text(encoding="utf-8").rpartition(")")[2].split()
    return {pid for pid, (state, parent, *_) in parts.items() if int(parent) == os.getpid() and state != "Z"}
