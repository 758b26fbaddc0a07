"""Apprise in processes that can be killed: one for every message, forked from one that has it loaded.

Apprise's plugins are blocking code of many hands. A thread that hangs cannot be ended, and what one message leaves
behind in a process another would find; so each has a process for itself, confined by `monitor.net.confined`. The one
they are forked from starts with the first message and holds some 50 MiB.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from typing import IO, Any

from monitor.alerts.channels.apprise_outcome import Job, Outcome

_CLOSING_S = 2.0
_KEPT_ENVIRONMENT = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME", "SSL_CERT_DIR", "SSL_CERT_FILE", "TZ")


class NurseryEnded(Exception):  # noqa: N818 - it is what happened
    """A message's process ended without saying what became of it. The message is in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NurseryConfig:
    """`allow` names hosts and networks that may be connected to though they are private; `setting` is where it is set.

    A process may take `memory_mib` MiB of address space. `app` is the name under which messages come. `command` is
    what is run; tests put something else there.
    """

    allow: Sequence[str] = ()
    setting: str = "VOLTEFACE_APPRISE_ALLOW"
    memory_mib: int = 1024
    app: str = "Volteface"
    command: Sequence[str] = (sys.executable, "-P", "-m", "monitor.alerts.channels.apprise_worker")


class AppriseNursery:
    """Does jobs, each in a process of its own; belongs to no event loop. Starts when first needed, and again."""

    def __init__(self, config: NurseryConfig | None = None) -> None:
        self._config = config or NurseryConfig()
        self._names = (f"job-{number}" for number in itertools.count(1))
        self._running: _Running | None = None
        self._closed = False

    def warm(self) -> None:
        """Start now what takes a second or more, so that the first message need not wait for it."""
        self._started()

    def _started(self) -> _Running:
        if self._running is None or self._running.ended:
            self._running = _Running(self._config)
        return self._running

    async def outcome(self, job: Job) -> Outcome:
        """What came of a job. Raises NurseryEnded. A job that is cancelled has its process killed."""
        if self._closed:
            raise NurseryEnded("the channel was shut down")
        running, name = self._started(), next(self._names)
        waits = asyncio.wrap_future(running.ask(name, job))
        try:
            return await waits
        except asyncio.CancelledError:
            running.say({"cancel": name})
            raise

    def close(self) -> None:
        """End all processes and wait until they are gone; what is under way is cut off."""
        self._closed = True
        if self._running is not None:
            self._running.close()
            self._running = None


class _Running:
    """A nursery's process. Two threads speak with it, so that the event loop never waits for a pipe."""

    def __init__(self, config: NurseryConfig) -> None:
        self.ended = False
        self._waiting: dict[str, Future[Outcome]] = {}
        self._lock = threading.Lock()
        self._orders: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
            config.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(os.environ),
            start_new_session=True,
        )
        self.say(
            {"allow": list(config.allow), "setting": config.setting, "memory_mib": config.memory_mib, "app": config.app}
        )
        self._threads = [
            threading.Thread(target=self._write, args=(self._process.stdin,), name="apprise-orders", daemon=True),
            threading.Thread(target=self._read, args=(self._process.stdout,), name="apprise-outcomes", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def ask(self, name: str, job: Job) -> Future[Outcome]:
        """Have a job done."""
        future: Future[Outcome] = Future()
        with self._lock:
            if self.ended:
                future.set_exception(NurseryEnded("the process that sends by Apprise ended; it is started again"))
                return future
            self._waiting[name] = future
        self.say({"id": name, **asdict(job)})
        return future

    def say(self, order: Mapping[str, Any]) -> None:
        """Queue an order."""
        self._orders.put(json.dumps(order).encode() + b"\n")

    def _write(self, stdin: IO[bytes]) -> None:
        with stdin:
            while (order := self._orders.get()) is not None:
                try:
                    stdin.write(order)
                    stdin.flush()
                except (OSError, ValueError):
                    return  # it is gone; the reader tells everybody

    def _read(self, stdout: IO[bytes]) -> None:
        with stdout:
            for line in stdout:
                self._settle(json.loads(line))
        with self._lock:
            self.ended = True
            left, self._waiting = self._waiting, {}
        self._orders.put(None)
        for future in left.values():
            _fail(future, "the process that sends by Apprise ended before it said what became of the message")

    def _settle(self, said: Mapping[str, Any]) -> None:
        with self._lock:
            future = self._waiting.pop(said["id"], None)
        if future is None or future.cancelled():
            return
        if said["outcome"] is not None:
            future.set_result(Outcome(**said["outcome"]))
        elif said["signal"] == signal.SIGALRM:
            _fail(future, "it took longer than it may, and was ended")
        else:
            how = f"signal {said['signal']}" if said["signal"] else "out of memory, or an error"
            _fail(future, f"the process that sent by Apprise died ({how})")

    def close(self) -> None:
        """Close its stdin, at which it ends with all its children; kill it when it does not in time."""
        self._orders.put(None)
        try:
            self._process.wait(_CLOSING_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            thread.join(_CLOSING_S)


def _fail(future: Future[Outcome], why: str) -> None:
    if not future.cancelled():
        future.set_exception(NurseryEnded(why))


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    """Of ours only what Python and TLS need: no settings with secrets, no proxy, which would connect for us unseen."""
    kept = {name: given[name] for name in _KEPT_ENVIRONMENT if name in given}
    own_trust = given.get("REQUESTS_CA_BUNDLE") or given.get("SSL_CERT_FILE") or given.get("SSL_CERT_DIR")
    if own_trust:
        kept["REQUESTS_CA_BUNDLE"] = own_trust  # requests knows neither of the other two
    return {
        **kept,
        "HOME": "/nonexistent",  # where there is no .netrc
        "NO_PROXY": "*",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
