"""Imports go downward only, and what is called pure is pure."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.architecture.project import PACKAGES, ROOT, module_name, python_files

_PURE_FEEDS = ("parse", "json_feed", "dates", "cadence", "opml")
_REACHES_OUT = {
    "aiosmtplib", "alembic", "apscheduler", "fastapi", "httpx", "psycopg", "requests", "smtplib", "socket",
    "sqlalchemy", "sqlite3", "sqlmodel", "starlette", "typer", "uvicorn",
}  # fmt: skip
_CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns",
    "time.monotonic", "time.perf_counter", "time.localtime", "time.gmtime",
}  # fmt: skip


def _pure_files() -> list[Path]:
    files = python_files("rules", "monitor/model", "monitor/items", "monitor/positions", "monitor/alerts")
    channels = Path("monitor/alerts/channels")
    return [path for path in files if channels not in path.parents] + [
        Path(f"monitor/feeds/{name}.py") for name in _PURE_FEEDS
    ]


def test_the_contracts_of_the_architecture_are_kept() -> None:
    """The contracts stand in pyproject.toml; what breaks one is printed with its file and line."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@functools.cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


def test_pure_modules_reach_nothing_outside() -> None:
    """Neither by themselves nor through another module of ours."""
    graph = _graph()
    libraries = sorted(_REACHES_OUT & graph.modules)
    assert {"httpx", "sqlmodel", "fastapi", "apscheduler"} <= set(libraries)
    chains = [
        " → ".join(chain)
        for path in _pure_files()
        for library in libraries
        if (chain := graph.find_shortest_chain(importer=module_name(path), imported=library))
    ]
    assert not chains, "a pure module must not reach these: " + "; ".join(chains)


def test_pure_modules_ask_no_clock() -> None:
    """`now` is an argument."""
    asked = [
        f"{path}:{line} asks {clock}"
        for path in _pure_files()
        for line, clock in clocks_asked((ROOT / path).read_text(encoding="utf-8"))
    ]
    assert not asked, asked


@pytest.mark.parametrize(
    ("code", "clock"),
    [
        ("from datetime import datetime\nx = datetime.now(UTC)", "datetime.now"),
        ("import datetime as dt\nx = dt.datetime.utcnow()", "datetime.utcnow"),
        ("import datetime\nx = datetime.date.today()", "date.today"),
        ("import time\nx = time.time()", "time.time"),
        ("from time import monotonic\nx = monotonic()", "time.monotonic"),
        ("from datetime import datetime as D\nf = D.now", "datetime.now"),
        ("import time as t\nf = t.time_ns", "time.time_ns"),
    ],
)
def test_the_search_for_clocks_finds_them(code: str, clock: str) -> None:
    assert clocks_asked(code) == [(2, clock)]


def test_the_search_for_clocks_finds_nothing_where_there_is_none() -> None:
    assert clocks_asked("from datetime import datetime, time\nx = datetime(2025, 1, 1)\ny = x.time()\n") == []


def clocks_asked(code: str) -> list[tuple[int, str]]:
    """(line, clock) for each place in the code that names a clock, under whatever name it was imported."""
    tree = ast.parse(code)
    full: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            full |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            full |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
            first, _, rest = ast.unparse(node).partition(".")
            name = ".".join(filter(None, (full.get(first, ""), rest)))
            short = ".".join(name.split(".")[-2:])
            if first in full and name.startswith(("datetime.", "time.")) and short in _CLOCKS:
                found.append((node.lineno, short))
    return found
