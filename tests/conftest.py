"""For all tests: where nothing may be skipped (VOLTEFACE_NO_SKIP=1), a test that would be is a failure instead."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

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
