"""For all tests: where nothing may be skipped (VOLTEFACE_NO_SKIP=1), a test that would be is a failure instead.

Examples of property tests have all the time they need, and where nothing may be skipped they are the same each time.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests.databases import (  # noqa: F401 - fixtures are found by being here
    database,
    database_url,
    empty_url,
    postgresql_cluster,
    postgresql_database,
    postgresql_url,
    sqlite_database,
    sqlite_url,
    upgraded_file,
)
from tests.in_memory import folder_in_memory

_NO_SKIP = os.environ.get("VOLTEFACE_NO_SKIP", "") not in {"", "0"}
_SHARED = Path(__file__).parents[1].parent / "shared"

# How long an example takes says more about who else uses the machine than about the program.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("no skip", settings.get_profile("here"), derandomize=True, database=None, print_blob=True)
settings.load_profile("no skip" if _NO_SKIP else "here")


def pytest_configure(config: pytest.Config) -> None:
    """Temporary folders are in memory, unless somebody said where they should be; what is compiled is kept.

    The command is started some hundred times. Where the environment forbids to keep what was compiled, as it is usual
    in images, each start would compile all of it again.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    chosen = config.option.basetemp or os.environ.get("PYTEST_DEBUG_TEMPROOT") or os.environ.get("TMPDIR")
    if not chosen and (folder := folder_in_memory()):
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(folder)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
    """A skip hides a missing program. Only tests over material that is no part of a checkout may be skipped."""
    report = yield
    if _NO_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not ("shared" in reason and not _SHARED.is_dir()):
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} would be skipped, and VOLTEFACE_NO_SKIP is set: {reason}"
    return report


@pytest.fixture(autouse=True)
def _logs_of_one_test() -> Iterator[None]:
    """A command that a test runs in this process sets up logs for good; the next test finds them as if it had not.

    What it set up writes to the stderr of its test, which is closed by then, and keeps loggers from `capture_logs`.
    """
    root, configure = logging.getLogger(), structlog.configure
    level, handlers = root.level, root.handlers[:]

    def for_now(**given: Any) -> None:
        configure(**given | {"cache_logger_on_first_use": False})

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(structlog, "configure", for_now)
        yield
    if structlog.is_configured():
        structlog.reset_defaults()
    root.setLevel(level)
    for handler in root.handlers[:]:
        if type(handler) is logging.StreamHandler and handler not in handlers:
            root.removeHandler(handler)
