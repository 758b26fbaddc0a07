"""Chat and push through Apprise (https://github.com/caronc/apprise), which knows more than a hundred services."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from datetime import datetime

import httpx

from monitor.alerts.apprise_targets import apprise_problem, without_secrets
from monitor.alerts.channels.apprise_nursery import AppriseNursery, NurseryEnded
from monitor.alerts.channels.apprise_outcome import Job, Outcome
from monitor.alerts.channels.chat import chat_message
from monitor.alerts.channels.protocol import ATTEMPT_DEADLINE_S, kept
from monitor.alerts.clean import one_line
from monitor.model.alert import AttemptResult, ChannelName, ClaimedDelivery
from monitor.net.retry_after import retry_after_s
from monitor.net.schemes import CHAT_SCHEMES

_LONGEST_REASON = 300


class AppriseChannel:
    """Sends each alert as one message by Apprise, in a process of its own that is killed at the deadline.

    False or an exception of the service's plugin is a failure, and tried again. `nursery` runs the processes; whoever
    made it closes it. `schemes` are the kinds of address that may be used.
    """

    name = ChannelName.APPRISE

    def __init__(
        self,
        nursery: AppriseNursery,
        *,
        schemes: Collection[str] = CHAT_SCHEMES,
        deadline_s: float = ATTEMPT_DEADLINE_S,
    ) -> None:
        self._nursery = nursery
        self._schemes = schemes
        self._deadline_s = deadline_s

    async def send(self, delivery: ClaimedDelivery, now: datetime) -> AttemptResult:
        """Send the message once."""
        problem = apprise_problem(delivery.target, self._schemes)
        if problem is not None:
            return AttemptResult(ok=False, permanent=True, error=problem)
        title, body = chat_message(delivery)
        until = time.monotonic() + self._deadline_s
        try:
            async with asyncio.timeout(self._deadline_s):
                outcome = await self._nursery.outcome(Job(url=delivery.target, title=title, body=body, until=until))
        except TimeoutError:
            return AttemptResult(ok=False, error=f"no end within {self._deadline_s:g} s")
        except (NurseryEnded, OSError) as error:
            late = time.monotonic() >= until
            return AttemptResult(ok=False, error=f"no end within {self._deadline_s:g} s" if late else str(error))
        return _result(outcome, delivery.target, now)


async def why_unusable(nursery: AppriseNursery, url: str, *, deadline_s: float = ATTEMPT_DEADLINE_S) -> str | None:
    """What Apprise's plugin for an address finds wrong with it, without sending anything; None where nothing is.

    Raises NurseryEnded and TimeoutError when it could not be asked.
    """
    async with asyncio.timeout(deadline_s):
        outcome = await nursery.outcome(Job(url=url, until=time.monotonic() + deadline_s))
    wrong = outcome.refused or outcome.unusable
    return None if wrong is None else without_secrets(one_line(wrong, _LONGEST_REASON), url)


def _result(outcome: Outcome, url: str, now: datetime) -> AttemptResult:
    said = without_secrets(outcome.answer or "", url)
    if outcome.ok:
        return AttemptResult(ok=True, status=outcome.status, answer=kept(said))
    gone = outcome.posted and outcome.status == httpx.codes.GONE
    return AttemptResult(
        ok=False,
        status=outcome.status,
        permanent=gone or (outcome.unusable is not None and outcome.refused is None),
        disable_target=gone,
        retry_after_s=retry_after_s(outcome.retry_after, now),
        error=without_secrets(one_line(_why(outcome), _LONGEST_REASON), url),
        answer=kept(said),
    )


def _why(outcome: Outcome) -> str:
    if outcome.refused is not None:
        return outcome.refused
    if outcome.unusable is not None:
        return outcome.unusable
    if outcome.status is not None and not 200 <= outcome.status < 300:
        if outcome.status == httpx.codes.GONE and outcome.posted:
            return "answered 410 Gone: the endpoint wants no more"
        name = httpx.codes.get_reason_phrase(outcome.status)
        moved = ": redirects are not followed; write the final address" if 300 <= outcome.status < 400 else ""
        return f"answered {outcome.status} {name}".rstrip() + moved
    return outcome.failed or "; ".join(outcome.log) or "Apprise could not deliver it, and says nothing more"
