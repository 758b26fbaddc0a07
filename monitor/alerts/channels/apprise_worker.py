"""The child's side of `apprise_nursery`: loads Apprise once and forks a process for every message.

    python -P -m monitor.alerts.channels.apprise_worker

Lines of JSON come in by stdin, the first with the settings, and go out by stdout. A fork of a process that does
nothing else and has one thread is safe, costs milliseconds and shares its memory; it begins with nothing that another
message left behind, and it can be killed. The kernel's timer ends it even where its parent is gone.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import selectors
import signal
import sys
import time
from collections.abc import Mapping
from typing import Any, NoReturn

from apprise.manager_plugins import NotificationManager

from monitor.alerts.channels.apprise_job import outcome_of
from monitor.alerts.channels.apprise_outcome import Job
from monitor.net.confined import Confinement
from monitor.net.guard import Guard

_LARGEST_OUTCOME = 64 * 1024
_LARGEST_JOB = 1024 * 1024


class Nursery:
    """Forks a child for every line that comes in, and says in a line what became of it."""

    def __init__(self, settings: Mapping[str, Any], answers: int) -> None:
        self._settings = settings
        self._answers = answers
        self._selector = selectors.DefaultSelector()
        self._selector.register(0, selectors.EVENT_READ)
        self._children: dict[int, tuple[str, int, bytearray]] = {}
        self._waiting = b""

    def run(self) -> None:
        """Until stdin ends; then nobody is left who would hear of a child."""
        while True:
            for key, _ in self._selector.select():
                if key.fd != 0:
                    self._hear(key.fd)
                elif not self._jobs():
                    for _, pid, _ in self._children.values():
                        os.kill(pid, signal.SIGKILL)
                    return

    def _jobs(self) -> bool:
        got = os.read(0, _LARGEST_JOB)
        *lines, self._waiting = (self._waiting + got).split(b"\n")
        for line in lines:
            self._take(json.loads(line))
        return bool(got)

    def _take(self, order: dict[str, Any]) -> None:
        if "cancel" in order:
            for name, pid, _ in self._children.values():
                if name == order["cancel"]:
                    os.kill(pid, signal.SIGKILL)
            return
        name = order.pop("id")
        if order["until"] <= time.monotonic():  # nobody waits for it any more
            self._say({"id": name, "outcome": None, "signal": signal.SIGALRM})
            return
        ours, theirs = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(ours)
            os.close(self._answers)
            _child(Job(**order), theirs, self._settings)
        os.close(theirs)
        self._children[ours] = (name, pid, bytearray())
        self._selector.register(ours, selectors.EVENT_READ)

    def _hear(self, pipe: int) -> None:
        name, pid, said = self._children[pipe]
        got = os.read(pipe, _LARGEST_OUTCOME)
        said += got
        if got and len(said) <= _LARGEST_OUTCOME:
            return
        self._selector.unregister(pipe)
        os.close(pipe)
        del self._children[pipe]
        _, ended = os.waitpid(pid, 0)
        whole = os.WIFEXITED(ended) and os.WEXITSTATUS(ended) == 0 and len(said) <= _LARGEST_OUTCOME
        killed = os.WTERMSIG(ended) if os.WIFSIGNALED(ended) else 0
        self._say({"id": name, "outcome": json.loads(said) if whole else None, "signal": killed})

    def _say(self, line: Mapping[str, Any]) -> None:
        said = json.dumps(line).encode() + b"\n"
        while said:
            said = said[os.write(self._answers, said) :]


def _child(job: Job, pipe: int, settings: Mapping[str, Any]) -> NoReturn:
    code = 1
    try:
        left_s = max(job.until - time.monotonic(), 0.001)
        signal.setitimer(signal.ITIMER_REAL, left_s)
        _bound(left_s, settings["memory_mib"])
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):  # what a plugin prints may hold what the address keeps secret
            os.dup2(nothing, descriptor)
        confinement = Confinement(Guard(settings["allow"], setting=settings["setting"]))
        confinement.close()
        said = json.dumps(outcome_of(job, confinement, settings["app"])).encode()
        while said:
            said = said[os.write(pipe, said) :]
        code = 0
    finally:
        os._exit(code)


def _bound(limit_s: float, memory_mib: int) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, memory_mib * 1024 * 1024),
        (resource.RLIMIT_CPU, int(limit_s) + 2),
        (resource.RLIMIT_CORE, 0),  # a core would hold what the address keeps secret
        (resource.RLIMIT_FSIZE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def main() -> None:
    """Take the settings, load all of Apprise, and go on to the messages. What a library prints goes to stderr."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which then closes stdin
    sys.dont_write_bytecode = True
    answers = os.dup(1)
    os.dup2(2, 1)
    head = b""
    while not head.endswith(b"\n"):
        got = os.read(0, 1)
        if not got:
            return
        head += got
    settings = json.loads(head)
    NotificationManager().schemas()  # type: ignore[no-untyped-call]
    gc.collect()
    gc.freeze()
    Nursery(settings, answers).run()


if __name__ == "__main__":
    main()
