"""What many polls leave behind in the process that polls: resident memory, and what Python holds.

Every poll brings a changed document, so all that polling keeps between polls (hosts, connections, what the parser is
handed again, statements that SQLAlchemy compiled) is met. The first tenth of the polls is for warming up.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
import tempfile
import tracemalloc
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from monitor.bench.feed_documents import FeedDocuments
from monitor.bench.feed_wire import feed_wire
from monitor.bench.poll import OurPolls

_MIB = 1024 * 1024
_OURS = ("monitor.", "storage.", "rules.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What the process holds after so many polls, garbage collected, and how many entries they brought.

    `resident_mib` is the operating system's figure, the tracing excepted where it can be told; `traced_mib` what Python
    allocated since the start and still holds; `objects` how many objects its collector knows, `own` how many of them
    are of our own types.
    """

    polls: int
    resident_mib: float
    traced_mib: float
    objects: int
    own: int
    new: int
    failed: int


async def follow(feeds: int, rounds: int, documents: FeedDocuments) -> list[Footprint]:
    """Polls so many feeds in so many rounds; the footprint after each tenth of the rounds."""
    footprints: list[Footprint] = []
    new = failed = 0
    every = max(1, rounds // 10)
    tracemalloc.start()
    try:
        async with AsyncExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="volteface-bench-"))
            wire = await stack.enter_async_context(feed_wire(feeds, documents))
            ours = await stack.enter_async_context(OurPolls(Path(folder), wire.addresses, documents.newest))
            for number in range(1, rounds + 1):
                reports = await ours.poll()
                new += sum(report.new for report in reports)
                failed += sum(1 for report in reports if report.error)
                if number % every == 0:
                    footprints.append(_footprint(number * feeds, new, failed))
                await wire.turn_to(number)
    finally:
        tracemalloc.stop()
    return footprints


def _footprint(polls: int, new: int, failed: int) -> Footprint:
    gc.collect()
    traced, _ = tracemalloc.get_traced_memory()
    objects = gc.get_objects()
    own = sum(1 for thing in objects if str(type(thing).__module__).startswith(_OURS))
    return Footprint(
        polls=polls,
        resident_mib=(_resident() - tracemalloc.get_tracemalloc_memory()) / _MIB,
        traced_mib=traced / _MIB,
        objects=len(objects),
        own=own,
        new=new,
        failed=failed,
    )


def _resident() -> int:
    """Bytes of memory that this process has in use; where the system does not tell, the most that it ever had."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
    return pages * os.sysconf("SC_PAGE_SIZE")
