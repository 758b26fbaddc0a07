"""What goes to a process that sends by Apprise, and what comes back. Apart, because the service never loads Apprise."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A message to send, or with no `body` an address to look at; by `until` on the monotonic clock it is over."""

    url: str
    until: float
    title: str = ""
    body: str = ""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of a job. `unusable` says why the address is none; `refused` is the guard's; `log` is Apprise's own.

    `status`, `retry_after` and `answer` are those of the last answer that was no success, else of the last one;
    `posted` says that it answered a message and not a question.
    """

    ok: bool = False
    unusable: str | None = None
    refused: str | None = None
    failed: str | None = None
    status: int | None = None
    posted: bool = False
    retry_after: str | None = None
    answer: str | None = None
    log: list[str] = field(default_factory=list)
