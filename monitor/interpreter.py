"""How the interpreter is to treat a process that runs for weeks: said once, when all that it needs is loaded."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_SWITCH_S = 0.0005


@contextmanager
def loading() -> Iterator[None]:
    """While a command is loaded nothing is looked through for garbage, and what it holds is set apart afterwards.

    Modules leave next to none; to look for it takes a quarter of the time in which a command starts.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def settle() -> None:
    """Sets what is loaded by now apart from garbage, and lets a waiting thread have its turn sooner.

    Some 200,000 objects live as long as the process; a full collection that looks through them keeps every thread
    waiting, a page or a poll for a quarter of a second. The interpreter's own five milliseconds between threads are
    long for an event loop that waits for its turn after each call of the system, beside a thread that writes.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(_SWITCH_S)
