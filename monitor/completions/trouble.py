"""What goes wrong between us and an endpoint, and whether asking again could help."""

from __future__ import annotations

from enum import StrEnum


class Trouble(StrEnum):
    """What kind of failure. All but UNANSWERABLE may pass, if only because an operator mends a setting."""

    UNREACHABLE = "unreachable"
    SLOW = "slow"
    BUSY = "busy"
    BROKEN = "broken"
    KEY = "key"
    UNKNOWN = "unknown"
    ADDRESS = "address"
    REFUSED = "refused"
    UNANSWERABLE = "unanswerable"

    @property
    def of_endpoint(self) -> bool:
        """Whether other questions would meet it, too."""
        return self is not Trouble.UNANSWERABLE


class EndpointFailed(Exception):  # noqa: N818 - it is what happened
    """There is no answer. The message is for operators, one plain line, without any secret.

    `retry_after_s` is what the endpoint asked for. `unanswered` counts requests that went out in full and brought
    nothing back: whoever pays by tokens has paid for these.
    """

    def __init__(self, trouble: Trouble, reason: str, *, retry_after_s: int | None = None, unanswered: int = 0) -> None:
        super().__init__(reason)
        self.trouble = trouble
        self.reason = reason
        self.retry_after_s = retry_after_s
        self.unanswered = unanswered
