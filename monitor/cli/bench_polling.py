"""`volteface bench poll` and `memory`: how quickly feeds are polled, beside a named reader, and what that leaves."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.logs import set_up_logs
from monitor.cli.talk import JsonFlag, counted, put_json, put_table, say

if TYPE_CHECKING:
    from monitor.bench.poll import Compared, Measured

EXTRA = "volteface[bench]"

Feeds = Annotated[int, typer.Option(min=1, max=10_000, help="Generated feeds, each with an address of its own.")]
Entries = Annotated[int, typer.Option(min=1, max=1_000, help="Entries in each document; 40 make some 70 kB.")]
Seed = Annotated[int, typer.Option(help="Seed of the generated texts.")]


def register(group: typer.Typer) -> None:
    """Adds the commands of this file."""
    group.command(name="poll")(poll)
    group.command(name="memory")(memory)


def poll(
    feeds: Feeds = 500,
    entries: Entries = 40,
    seed: Seed = 20250217,
    repeats: Annotated[int, typer.Option(min=1, help="Whole runs; the median of each figure counts.")] = 1,
    as_json: JsonFlag = False,
) -> None:
    """Feeds polled in a second on loopback: first poll, nothing changed, two new entries each; beside `reader`.

    Example: [bold]volteface bench poll --feeds 500[/]. The peer is in the extra volteface[bench].
    """
    from monitor.bench import poll as bench
    from monitor.bench.feed_documents import FeedDocuments

    set_up_logs("text")
    logging.getLogger("reader").setLevel(logging.CRITICAL)  # a line for each feed would slow the peer down
    if not bench.has_peer():
        say(f"`reader` is not installed, so ours is measured alone; install {EXTRA} to compare.")
    say(f"{counted(feeds, 'feed')} of {entries} entries; load of this machine: {_load()}")
    documents = FeedDocuments(entries=entries, seed=seed)
    runs = [asyncio.run(bench.compare(feeds, documents, _told)) for _ in range(repeats)]
    compared = [bench.median(phase) for phase in zip(*runs, strict=True)]
    if as_json:
        put_json([_as_row(c) for c in compared])
        return
    columns = ("phase", "volteface / s", "reader / s", "ratio", "new entries", "failed")
    put_table(columns, [_as_cells(c) for c in compared], empty="")


def memory(
    feeds: Feeds = 10,
    rounds: Annotated[int, typer.Option(min=2, help="Polls of each feed; its document changes each time.")] = 100,
    entries: Entries = 40,
    seed: Seed = 20250217,
    as_json: JsonFlag = False,
) -> None:
    """What many polls leave behind in this process: resident memory and living objects, after each tenth of them.

    Example: [bold]volteface bench memory --feeds 10 --rounds 100[/]
    """
    from monitor.bench.feed_documents import FeedDocuments
    from monitor.bench.poll_memory import follow

    set_up_logs("text")
    say(f"{counted(feeds, 'feed')}, {counted(rounds, 'round')}, {counted(feeds * rounds, 'poll')}…")
    footprints = asyncio.run(follow(feeds, rounds, FeedDocuments(entries=entries, seed=seed)))
    if as_json:
        put_json(footprints)
        return
    columns = ("polls", "resident MiB", "held by Python MiB", "objects", "of ours", "new entries")
    rows = [(f.polls, f"{f.resident_mib:.1f}", f"{f.traced_mib:.2f}", f.objects, f.own, f.new) for f in footprints]
    put_table(columns, rows, empty="")


def _told(measured: Measured, who: str) -> None:
    say(f"{who}, {measured.phase}: {measured.per_second:.1f} feeds a second")


def _load() -> str:
    return " ".join(f"{load:.1f}" for load in os.getloadavg()) + f" on {os.cpu_count()} cores"


def _as_row(compared: Compared) -> dict[str, object]:
    ours, peer = compared.ours, compared.peer
    return {
        "phase": ours.phase,
        "feeds": ours.feeds,
        "ours_per_s": ours.per_second,
        "reader_per_s": peer.per_second if peer else None,
        "ratio": compared.ratio,
        "new": ours.new,
        "failed": ours.failed,
        "reader_new": peer.new if peer else None,
        "reader_failed": peer.failed if peer else None,
    }


def _as_cells(compared: Compared) -> Sequence[str]:
    ours, peer, ratio = compared.ours, compared.peer, compared.ratio
    beside = (f"{peer.per_second:.1f}", f"{ratio:.2f}") if peer and ratio else ("", "")
    return (ours.phase, f"{ours.per_second:.1f}", *beside, str(ours.new), str(ours.failed))
