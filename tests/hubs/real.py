"""The real hub, started and asked to push."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx


@dataclass(frozen=True)
class RealHub:
    """Flask-WebSub in a process of its own."""

    url: str
    folder: Path

    def publish(self, topic: str) -> None:
        """Tell the hub that the topic has news; it fetches and pushes it."""
        form = {"hub.mode": "publish", "hub.topic": topic}
        httpx.post(self.url, data=form, trust_env=False, timeout=60).raise_for_status()

    def subscribers(self) -> list[tuple[str, str, str]]:
        """Topic, callback and secret of those that the hub has verified, as they stand in its database."""
        with contextlib.closing(sqlite3.connect(self.folder / "hub.db")) as database:
            return list(database.execute("SELECT topic_url, callback_url, secret FROM hub"))


@contextlib.contextmanager
def real_hub(folder: Path, *lease_bounds: int) -> Iterator[RealHub]:
    """A hub that listens, ended with the block. `lease_bounds` are the shortest and the longest lease, in seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.hubs.flask_websub_hub", str(folder), *map(str, lease_bounds)]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            command, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("port "), (folder / "log").read_text()
            yield RealHub(f"http://127.0.0.1:{line.split()[1]}/hub", folder)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
