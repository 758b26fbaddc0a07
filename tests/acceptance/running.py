"""The service as its user starts it: the console command in a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import httpx


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """The environment of a new installation in `folder`; nothing of the outer one's settings comes along."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("VOLTEFACE_")}
    defaults = {
        "VOLTEFACE_DATA_DIR": str(folder),
        "VOLTEFACE_DEFAULT_FEEDS": "false",
        "VOLTEFACE_FEED_ALLOW": "127.0.0.0/8,localhost",
        "VOLTEFACE_WEBHOOK_ALLOW": "127.0.0.0/8,localhost",
        "VOLTEFACE_HOST_SPACING_S": "0",
        "VOLTEFACE_POLL_MIN_S": "1",
        "VOLTEFACE_POLL_MAX_S": "1",
        "VOLTEFACE_TICK_S": "0.2",
    }
    return {**kept, **defaults, **settings}


def volteface(
    *arguments: str, env: Mapping[str, str] | None = None, text: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "monitor.cli", *arguments],
        env=dict(env) if env is not None else None,
        input=text,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def output(*arguments: str, env: Mapping[str, str] | None = None) -> Any:
    """The JSON that the command prints; it must end well."""
    ended = volteface(*arguments, "--json", env=env)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


class Service:
    """A running `volteface up`, `web`, `worker` or `demo`; its talk is read as it comes."""

    def __init__(self, *arguments: str, env: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "monitor.cli", *arguments],
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.talk: list[str] = []
        self.out: list[str] = []
        self._readers = [
            threading.Thread(target=self._read, args=(pipe, lines), daemon=True)
            for pipe, lines in ((self.process.stderr, self.talk), (self.process.stdout, self.out))
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, pipe: Any, lines: list[str]) -> None:
        lines.extend(iter(pipe.readline, ""))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for reader in self._readers:
            reader.join(timeout=60)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()

    def said(self) -> str:
        """Everything said on stderr so far."""
        return "".join(self.talk)

    def address(self, name: str = "Pages") -> str:
        """The address that it names as serving its pages."""
        found = wait(lambda: re.search(rf"{name}: (http\S+)", self.said()), alive=self)
        return str(found.group(1))

    def stop(self) -> int:
        """Asks it to end, as Ctrl-C does; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)


def wait(look: Callable[[], Any], *, seconds: float = 60.0, alive: Service | None = None) -> Any:
    """What `look` finds, once it finds something. The bound is generous: it only ends a test that hangs."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        if alive is not None and alive.process.poll() is not None:
            raise AssertionError(f"it ended with {alive.process.returncode}:\n{alive.said()}")
        time.sleep(0.1)
    raise AssertionError("waited in vain" + (f":\n{alive.said()}" if alive else ""))


def get(url: str) -> Any:
    """The JSON at an address of the service."""
    return httpx.get(url, timeout=60, trust_env=False).raise_for_status().json()
