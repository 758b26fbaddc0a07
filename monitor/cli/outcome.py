"""How a command ends: its exit code, and one clear message instead of a traceback for what users can mend.

0 done · 1 it did not work (the message says why) · 2 wrong usage or wrong input · 3 another worker runs on this
database file · 4 what was named does not exist · 130 interrupted · 141 the reader of our output went away
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from enum import IntEnum


class Exit(IntEnum):
    """The exit codes."""

    OK = 0
    FAILED = 1
    USAGE = 2
    WORKER_RUNS = 3
    NOT_FOUND = 4
    INTERRUPTED = 130
    BROKEN_PIPE = 141


_CANNOT_WRITE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What a write to a file without a name, which is stdout, fails with when there is no room."""


class CommandError(Exception):
    """Ends a command with a message for people and an exit code."""

    def __init__(self, message: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.code = code


def run(arguments: Sequence[str], *, alone: bool = False) -> int:
    """Runs the command line; returns the exit code. Only faults of ours show a traceback.

    `alone`: the process is this command's own, and is set up for it.
    """
    from monitor.cli.app import build
    from monitor.cli.talk import complain
    from monitor.interpreter import loading

    try:
        try:
            with loading() if alone else nullcontext():
                app = build(arguments)
            app(args=list(arguments), prog_name="volteface")
        except SystemExit as ended:
            # typer and rich end so when stdout breaks, whatever code they choose.
            if isinstance(ended.__context__, BrokenPipeError):
                raise ended.__context__ from None
            sys.stdout.flush()
            return _code(ended)
    except BrokenPipeError:
        _close_stdout()
        return Exit.BROKEN_PIPE
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except Exception as error:
        known = _known(error)
        if known is None:
            raise
        if isinstance(error, OSError):
            _close_stdout()
            complain(f"the output could not be written: {error.strerror}")
            return known
        complain(str(error))
        return known
    return Exit.OK


def _close_stdout() -> None:
    """What is still buffered must not fail again when the interpreter closes stdout."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115


def _code(ended: SystemExit) -> int:
    return ended.code if isinstance(ended.code, int) else Exit.OK if ended.code is None else Exit.FAILED


def _known(error: Exception) -> Exit | None:
    """The exit code of a failure that the user can mend; None for a fault of ours."""
    from monitor.feeds.address import BadAddress
    from monitor.feeds.opml import BadOpml
    from monitor.settings import SettingsError
    from rules.loader import RulesInvalid
    from storage.errors import NotFound, StorageError, WorkerRunning

    if isinstance(error, CommandError):
        return error.code
    if isinstance(error, WorkerRunning):
        return Exit.WORKER_RUNS
    if isinstance(error, NotFound):
        return Exit.NOT_FOUND
    if isinstance(error, (SettingsError, RulesInvalid, BadAddress, BadOpml)):
        return Exit.USAGE
    if isinstance(error, OSError) and error.filename is None and error.errno in _CANNOT_WRITE:
        return Exit.FAILED
    return Exit.FAILED if isinstance(error, StorageError) else None
