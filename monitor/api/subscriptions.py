"""/api/subscriptions: what the owner of a token is told"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response

from monitor.alerts.channels.signing import new_secret
from monitor.alerts.targets import check_target, mask
from monitor.alerts.timing import NEVER_FOLDED, first_digest
from monitor.api.access import Caller, caller
from monitor.api.etag import must_match, tag_of_thing
from monitor.api.paging import Paged
from monitor.api.parameters import RowId
from monitor.api.problem import documented
from monitor.api.schema_subscriptions import (
    Alerts,
    Edit,
    MadeSubscription,
    NewSubscription,
    SubscriptionOut,
    SubscriptionsOut,
    TrialOut,
    alert_out,
    made_out,
    subscription_out,
    trial_out,
)
from monitor.model.account import Account
from monitor.model.alert import Audience, ChannelName, Filter, Subscription
from monitor.model.timing import Cadence
from monitor.pipeline.subscribing import edit as edited
from monitor.pipeline.trial import trial
from monitor.pipeline.why import state_of
from storage.engine import Database
from storage.errors import NotFound
from storage.work import Work

ENDED = "unsubscribed by the subscriber"
MOST_OF_ACCOUNT = 100
"""Subscriptions that one account may have at a time over the API."""

By = Annotated[Caller, Depends(caller)]


@dataclass(frozen=True, slots=True)
class SubscriptionOperations:
    """The operations. Nobody sees or touches what is another's: it is not there for them."""

    database: Database
    clock: Callable[[], datetime]
    channels: frozenset[ChannelName]

    def list(self, who: By) -> SubscriptionsOut:
        """All subscriptions of the token's owner, by id."""
        with self.database.view() as work:
            found = work.subscriptions.of_account(_account(who).id)
        return SubscriptionsOut(subscriptions=[subscription_out(one) for one in found])

    def one(self, subscription_id: RowId, who: By, response: Response) -> SubscriptionOut:
        """One subscription. The ETag is what a change of it has to name."""
        with self.database.view() as work:
            shown = subscription_out(_mine(work, subscription_id, who))
        response.headers["ETag"] = tag_of_thing(shown)
        return shown

    def make(self, new: NewSubscription, who: By, response: Response) -> MadeSubscription:
        """Subscribes, by mail to an address that the account has proven to be its own, or by webhook.

        The secret that signs webhooks is in this answer, and nowhere else from then on.
        """
        account, now = _account(who), self.clock()
        target = self._target(new)
        wanted, timing = new.filter.value(), new.timing.value()
        with self.database.work() as work:
            _must_be_known(work, wanted)
            there = [one for one in work.subscriptions.of_account(account.id) if one.disabled_at is None]
            if len(there) >= MOST_OF_ACCOUNT:
                raise HTTPException(409, f"An account has at most {MOST_OF_ACCOUNT} subscriptions; end one first.")
            if new.channel is ChannelName.EMAIL and not _is_proven(work, account, target):
                raise _invalid("target", "is no proven address of this account; prove it on the page of the account")
            made = work.subscriptions.add(
                account.name,
                new.channel,
                target,
                wanted,
                new_secret() if new.channel is ChannelName.WEBHOOK else None,
                now,
                timing=timing,
                next_digest_at=first_digest(timing, new.channel, now),
                who=who.who,
                account_id=account.id,
            )
            detail = {"channel": made.channel, "target": mask(made.channel, made.target), "audience": made.audience}
            work.audit.add(who.who, "subscribed", str(made.id), detail, now)
        response.headers["Location"] = f"/api/subscriptions/{made.id}"
        response.headers["Cache-Control"] = "no-store"
        return made_out(made)

    def replace(
        self, request: Request, subscription_id: RowId, edit: Edit, who: By, response: Response
    ) -> SubscriptionOut:
        """Puts another filter and timing in place, as a version. What waits comes by the new timing."""
        now = self.clock()
        wanted, timing = edit.filter.value(), edit.timing.value()
        with self.database.work() as work:
            was = _mine(work, subscription_id, who)
            must_match(request, tag_of_thing(subscription_out(was)))
            if was.channel in NEVER_FOLDED and timing.cadence is not Cadence.AT_ONCE:
                raise _invalid("timing", f"by {was.channel} each alert comes by itself; leave the cadence at at_once")
            _must_be_known(work, wanted, was.filter)
            made = edited(work, was.id, wanted, timing, who=who.who, why="over the API", now=now)
            if made != was:
                work.audit.add(who.who, "subscription edited", str(was.id), {}, now)
            shown = subscription_out(made)
        response.headers["ETag"] = tag_of_thing(shown)
        return shown

    def end(self, subscription_id: RowId, who: By) -> None:
        """Ends the alerts at once. What was told stays on record, and so does the subscription, as disabled."""
        with self.database.work() as work:
            mine = _mine(work, subscription_id, who)
            if mine.disabled_at is None:
                work.subscriptions.disable(mine.id, ENDED, self.clock())
                work.audit.add(who.who, "unsubscribed", str(mine.id), {}, self.clock())

    def dry_run(
        self,
        new: NewSubscription,
        who: By,
        days: Annotated[int, Query(ge=1, le=3_650, description="How far back.")] = 30,
    ) -> TrialOut:
        """What a subscription would have brought. Nothing is saved or sent; the target is not looked at."""
        now = self.clock()
        asked = Subscription(
            id=0,
            subscriber=_account(who).name,
            channel=new.channel,
            target="",
            filter=new.filter.value(),
            created_at=now,
            timing=new.timing.value(),
        )
        with self.database.view() as work:
            _must_be_known(work, asked.filter)
            return trial_out(trial(work, asked, work.rules.current(), now, days=days))

    def alerts(self, subscription_id: RowId, page: Paged, who: By) -> Alerts:
        """What a subscription was told or is to be, newest first, and what became of each."""
        with self.database.view() as work:
            mine = _mine(work, subscription_id, who)
            found = work.alerts.of_subscription(mine.id, page.limit + 1, page.named_moment())
            more, found = len(found) > page.limit, found[: page.limit]
            shown = [alert_out(alert, state_of(work, alert, mine)) for alert in found]
        following = page.after(found[-1].created_at, found[-1].id) if more else None
        return Alerts(alerts=shown, next=following)

    def _target(self, new: NewSubscription) -> str:
        if new.channel not in self.channels:
            there = ", ".join(sorted(self.channels)) or "none"
            raise _invalid("channel", f"is not offered here; there are: {there}")
        try:
            return check_target(new.channel, new.target)
        except ValueError as error:
            raise _invalid("target", str(error)) from None


def subscriptions_router(
    database: Database, clock: Callable[[], datetime], channels: Collection[ChannelName]
) -> APIRouter:
    """The subscriptions of whoever asks; `channels` are those that they may choose, mail and webhooks at most."""
    router = APIRouter(prefix="/subscriptions", tags=["subscriptions"])
    offered = frozenset(channels) & {ChannelName.EMAIL, ChannelName.WEBHOOK}
    mine = SubscriptionOperations(database, clock, offered)
    write = documented(409, 413, 415, 422)
    router.add_api_route("", mine.list, summary="Own subscriptions")
    router.add_api_route("", mine.make, methods=["POST"], status_code=201, summary="Subscribe", responses=write)
    router.add_api_route(
        "/dry-run", mine.dry_run, methods=["POST"], summary="What would have come", responses=documented(413, 415, 422)
    )
    path = "/{subscription_id}"
    router.add_api_route(path, mine.one, summary="One subscription", responses=documented(404, 422))
    router.add_api_route(
        path, mine.replace, methods=["PUT"], summary="Edit a subscription",
        responses=documented(404, 412, 413, 415, 422, 428),
    )  # fmt: skip
    router.add_api_route(
        path, mine.end, methods=["DELETE"], status_code=204, summary="End it", responses=documented(404, 422)
    )
    router.add_api_route(f"{path}/alerts", mine.alerts, summary="What it was told", responses=documented(404, 422))
    return router


def _account(who: Caller) -> Account:
    if who.account is None:
        raise HTTPException(403, "The token of the settings belongs to no account, and so has no subscriptions.")
    return who.account


def _mine(work: Work, subscription_id: int, who: Caller) -> Subscription:
    found = {one.id: one for one in work.subscriptions.of_account(_account(who).id)}.get(subscription_id)
    if found is None or found.audience is Audience.OPERATIONS:
        raise NotFound("subscription of yours", subscription_id)
    return found


def _is_proven(work: Work, account: Account, target: str) -> bool:
    return any(one.target == target for one in work.account_addresses.of(account.id))


def _must_be_known(work: Work, wanted: Filter, was: Filter | None = None) -> None:
    """A subscription to what is not watched would wait for ever; what it named before may stay."""
    rules, before = work.rules.current(), was or replace(wanted, actors=frozenset(), issues=frozenset())
    for name, ids, known in (
        ("actors", wanted.actors - before.actors, rules.actors),
        ("issues", wanted.issues - before.issues, rules.issues),
    ):
        unknown = sorted(ids - known.keys())
        if unknown:
            raise _invalid(f"filter.{name}", f"{unknown[0]!r} is not watched; /api/{name} lists what is")


def _invalid(name: str, what: str) -> RequestValidationError:
    return RequestValidationError([{"loc": ("body", name), "msg": what, "type": "value_error"}])
