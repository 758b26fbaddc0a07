"""Parsing in processes that can be killed. The runaway and the crash are real processes, on a command of our own."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.feeds.parse import parse_document
from monitor.feeds.parser_pool import NotAFeed, ParseFailed, ParserPool, ParserPoolConfig, ParseTimeout
from monitor.model.feed import ParsedFeed
from tests.integration.feeds.open_files import open_files
from tests.unit.feeds.documents import ITEM, rss

ODD_WORKER = """
    import os, signal, sys, time
    from monitor.feeds import parser_worker
    real = parser_worker.parse_document
    def odd(body, content_type, base_url):
        if b"RUN AWAY" in body:
            while True:
                pass
        if b"SLEEP DEAF" in body:
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
            time.sleep(600)
        if b"CRASH" in body:
            os.kill(os.getpid(), signal.SIGSEGV)
        if b"EXIT" in body:
            os._exit(3)
        if b"RAISE" in body:
            raise ZeroDivisionError("odd")
        if b"PRINT" in body:
            print("noise", flush=True)
        if b"HUGE" in body:
            return "x" * (parser_worker.LARGEST_ANSWER + 1)
        if b"ALLOCATE" in body:
            b"x" * (4 * 1024 ** 3)
        return real(body, content_type, base_url)
    parser_worker.main(odd)
"""


@pytest.fixture
def odd(tmp_path: Path) -> ParserPoolConfig:
    script = tmp_path / "odd_worker.py"
    script.write_text(textwrap.dedent(ODD_WORKER), encoding="utf-8")
    return ParserPoolConfig(workers=2, limit_s=60.0, command=(sys.executable, str(script)))


@pytest.fixture
def strict(odd: ParserPoolConfig) -> ParserPoolConfig:
    """For documents that never end: a test waits as long as that."""
    return replace(odd, limit_s=2.0)


def document(word: str = "a") -> bytes:
    return rss(ITEM.format(word))


async def test_parses_as_the_parser_does() -> None:
    async with ParserPool() as pool:
        assert await pool.parse(document(), "text/xml", "https://example.org/") == parse_document(
            document(), "text/xml", "https://example.org/"
        )
        with pytest.raises(NotAFeed, match="a web page"):
            await pool.parse(b"<html>")


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="this system has no files in memory")
async def test_a_shared_file_shrinks_after_a_large_document_and_is_closed_with_its_worker(
    odd: ParserPoolConfig,
) -> None:
    before = open_files()
    large = rss(*(ITEM.format(f"{number}{'x' * 1_000}") for number in range(1_500)))
    async with ParserPool(ParserPoolConfig(workers=1)) as pool:
        assert len((await pool.parse(large)).entries) == 1_500
        (worker,) = pool._workers
        files = [file for file in worker._files if file is not None]
        assert len(files) == pool._config.at_hand
        assert {os.fstat(file).st_size for file in files} == {0}
        assert await pool.parse(document()) == parse_document(document())
    async with ParserPool(odd) as pool:
        with pytest.raises(ParseFailed):
            await pool.parse(document("CRASH"))
    assert open_files() <= before


async def test_what_is_known_is_handed_in_and_comes_back() -> None:
    address = "https://example.org/"
    async with ParserPool() as pool:
        first = await pool.parse(rss(ITEM.format("a"), ITEM.format("b")), None, address)
        again = await pool.parse(rss(ITEM.format("c"), ITEM.format("a"), ITEM.format("b")), None, address, first.known)
    assert (again.skipped, [entry.id for entry in again.entries]) == (2, ["c"])
    assert again.known != first.known


@pytest.mark.parametrize("word", ["RUN AWAY", "SLEEP DEAF"])
async def test_a_parser_that_runs_over_is_killed_and_replaced(strict: ParserPoolConfig, word: str) -> None:
    async with ParserPool(strict) as pool:
        await pool.parse(document())
        with pytest.raises(ParseTimeout, match="within 2 seconds"):
            await pool.parse(document(word))
        assert (await pool.parse(document("b"))).entries[0].title == "b"


async def test_a_runaway_does_not_hold_up_another_document(odd: ParserPoolConfig) -> None:
    async with ParserPool(odd) as pool:
        await asyncio.gather(pool.parse(document()), pool.parse(document()))
        runaway = asyncio.create_task(pool.parse(document("RUN AWAY")))
        for word in "bcdef":
            assert (await pool.parse(document(word))).entries[0].title == word
        assert not runaway.done()
        runaway.cancel()
        with pytest.raises(asyncio.CancelledError):
            await runaway


@pytest.mark.parametrize("word", ["RUN AWAY", "SLEEP DEAF", "CRASH", "EXIT"])
async def test_documents_behind_one_that_ends_its_worker_are_read_by_another(
    strict: ParserPoolConfig, word: str
) -> None:
    alone = replace(strict, workers=1, at_hand=4)
    async with ParserPool(alone) as pool:
        await pool.parse(document())
        (first,) = pool._workers
        calls = [pool.parse(document(said)) for said in ("b", word, "c", "d", "e", "f")]
        b, ended, *rest = await asyncio.gather(*calls, return_exceptions=True)
        assert isinstance(ended, ParseFailed)
        assert [feed.entries[0].title if isinstance(feed, ParsedFeed) else feed for feed in (b, *rest)] == list("bcdef")
        assert first not in pool._workers
        assert len(pool._workers) == 1


async def test_a_document_whose_caller_goes_while_it_waits_takes_nobody_elses_answer(odd: ParserPoolConfig) -> None:
    async with ParserPool(replace(odd, workers=1)) as pool:
        await pool.parse(document())
        a, gone, c = (asyncio.create_task(pool.parse(document(word))) for word in "abc")
        await asyncio.sleep(0)
        gone.cancel()
        found = await asyncio.gather(a, c)
        assert [feed.entries[0].title for feed in found] == ["a", "c"]
        with pytest.raises(asyncio.CancelledError):
            await gone


async def test_a_worker_that_cannot_be_started_is_not_blamed_on_the_document(odd: ParserPoolConfig) -> None:
    async with ParserPool(replace(odd, command=("/nowhere/python",))) as pool:
        with pytest.raises(FileNotFoundError):
            await pool.parse(document())


@pytest.mark.parametrize(
    ("word", "says"), [("CRASH", "exit status -11"), ("EXIT", "exit status 3"), ("RAISE", "ZeroDivisionError: odd")]
)
async def test_a_parser_that_crashes_fails_this_document_only(odd: ParserPoolConfig, word: str, says: str) -> None:
    async with ParserPool(odd) as pool:
        with pytest.raises(ParseFailed, match=says):
            await pool.parse(document(word))
        assert (await pool.parse(document("b"))).entries[0].title == "b"


async def test_what_a_library_prints_is_not_taken_for_an_answer(odd: ParserPoolConfig) -> None:
    async with ParserPool(odd) as pool:
        assert (await pool.parse(document("PRINT"))).entries[0].title == "PRINT"


async def test_memory_is_bounded(odd: ParserPoolConfig) -> None:
    async with ParserPool(odd) as pool:
        with pytest.raises(NotAFeed, match="more than 32 MiB"):
            await pool.parse(document("HUGE"))
        with pytest.raises(ParseFailed, match="MemoryError"):
            await pool.parse(document("ALLOCATE"))


async def test_a_call_that_is_cancelled_leaves_no_worker_in_the_middle_of_a_job(odd: ParserPoolConfig) -> None:
    async with ParserPool(odd) as pool:
        await pool.parse(document())
        call = asyncio.create_task(pool.parse(document("RUN AWAY")))
        await asyncio.sleep(0.05)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert (await pool.parse(document("b"))).entries[0].title == "b"


async def test_nothing_is_left_after_closing() -> None:
    pool = ParserPool()
    await asyncio.gather(*(pool.parse(document()) for _ in range(4)))
    workers = [worker.process for worker in pool._workers if worker.process]
    assert len(workers) == pool._config.workers
    await pool.aclose()
    assert all(process.returncode == 0 for process in workers)
    with pytest.raises(ParseFailed, match="shut down"):
        await pool.parse(document())


PARENT = """
    import asyncio, sys
    from monitor.feeds.parser_pool import ParserPool, ParserPoolConfig
    async def main():
        pool = ParserPool(ParserPoolConfig(workers=1, limit_s=5.0, command=(sys.executable, sys.argv[1])))
        await pool.parse(b"<rss version='2.0'><channel><title>T</title></channel></rss>")
        pid = pool._workers[0].process.pid
        if sys.argv[2] == "busy":
            asyncio.get_running_loop().call_later(0.2, lambda: print(pid, flush=True))
            await pool.parse(b"RUN AWAY")
        print(pid, flush=True)
        await asyncio.sleep(600)
    asyncio.run(main())
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="this system has no /proc to look for the child in")
@pytest.mark.parametrize("state", ["idle", "busy"])
def test_a_worker_ends_when_its_parent_is_killed(odd: ParserPoolConfig, tmp_path: Path, state: str) -> None:
    script = tmp_path / "parent.py"
    script.write_text(textwrap.dedent(PARENT), encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    parent = subprocess.Popen(
        [sys.executable, str(script), odd.command[1], state], stdout=subprocess.PIPE, env=env, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert _alive(child)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    for _ in range(600):
        if not _alive(child):
            return
        asyncio.run(asyncio.sleep(0.1))
    os.kill(child, signal.SIGKILL)
    pytest.fail("the worker outlived its parent")


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
