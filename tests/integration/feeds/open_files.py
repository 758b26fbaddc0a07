"""What this process has open, told apart from what other tests in it left to the garbage collector."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path


def open_files() -> Counter[tuple[int, int]]:
    """How often each file, pipe and socket is open, by device and inode.

    What is closed meanwhile, as by the garbage collector, is missing in a later count: `later <= earlier` says that
    nothing that was opened between the two is open still.
    """
    found: Counter[tuple[int, int]] = Counter()
    for number in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the folder itself, which was open while it was read
            stat = os.fstat(int(number.name))
            found[stat.st_dev, stat.st_ino] += 1
    return found
