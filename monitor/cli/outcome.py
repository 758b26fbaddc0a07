"""How a command ends: its exit code, and one clear message instead of a traceback for what users can mend.

0 done · 1 it did not work (the message says why) · 2 wrong usage or wrong input · 3 another worker runs on this
database file · 4 what was named does not exist · 130 interrupted · 141 the reader of our output went away
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
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


class CommandError(Exception):
    """Ends a command with a message for people and an exit code."""

    def __init__(self, message: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.code = code


def run(arguments: Sequence[str]) -> int:
    """Runs the command line; returns the exit code. Only faults of ours show a traceback."""
    import click

    from monitor.cli.app import app
    from monitor.cli.talk import complain

    try:
        ended = app(args=list(arguments), prog_name="volteface", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as ended_early:
        return ended_early.exit_code
    except click.ClickException as error:
        error.show()
        return Exit.USAGE
    except (KeyboardInterrupt, click.Abort):
        complain("interrupted")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # What is still buffered must not fail again when the interpreter closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.BROKEN_PIPE
    except Exception as error:
        known = _known(error)
        if known is None:
            raise
        complain(str(error))
        return known
    return ended if isinstance(ended, int) else Exit.OK


def _known(error: Exception) -> Exit | None:
    """The exit code of a failure that the user can mend; None for a fault of ours."""
    from monitor.settings import SettingsError
    from rules.loader import RulesInvalid
    from storage.errors import NotFound, StorageError, WorkerRunning

    if isinstance(error, CommandError):
        return error.code
    if isinstance(error, WorkerRunning):
        return Exit.WORKER_RUNS
    if isinstance(error, NotFound):
        return Exit.NOT_FOUND
    if isinstance(error, (SettingsError, RulesInvalid)):
        return Exit.USAGE
    return Exit.FAILED if isinstance(error, StorageError) else None
