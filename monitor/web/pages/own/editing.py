"""A new subscription, or another wish of one that is there: the form, what it would have brought, and saving."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.model.account import Account, Role
from monitor.model.alert import Audience, ChannelName, Filter, Subscription
from monitor.model.timing import Timing
from monitor.pipeline.own import MOST_OF_ACCOUNT, WHO, subscribe
from monitor.pipeline.subscribing import edit
from monitor.web.desk import Desk
from monitor.web.door import HEADERS, Fields
from monitor.web.pages.own.pages import SubscriptionPages, own
from monitor.web.pages.subscriptions import offered
from monitor.web.self_service import SelfService, account_of, field
from monitor.web.settings_form import MARK, SettingsForm, form_of, sent_form, understood
from monitor.web.subscription_form import CHANNELS, TargetForm, sent_target, understood_target
from monitor.web.visitor import signed_fields
from rules.model import RuleSet
from storage.work import Work

Sent = Annotated[Fields, Depends(signed_fields)]
Ids = Annotated[list[str] | None, Query(max_length=200)]

CHANGED_MEANWHILE = "It was changed meanwhile, here or by a link in a mail. Below is how it is now; change it again."


class SubscriptionEditing:
    """The forms. `do=try` in one shows what it would have brought, and saves nothing."""

    def __init__(self, desk: Desk, allowed: SelfService, pages: SubscriptionPages) -> None:
        self._desk = desk
        self._allowed = allowed
        self._pages = pages

    def new(self, request: Request, actor: Ids = None, issue: Ids = None) -> HTMLResponse:
        """The form; an address may name actors and issues to begin with, as pages about them do."""
        account = account_of(request)
        with self._desk.database.view() as work:
            rules = work.rules.current()
            wanted = Filter(
                actors=frozenset(actor or ()) & frozenset(rules.actors),
                issues=frozenset(issue or ()) & frozenset(rules.issues),
            )
            blank = self._blank(account, wanted)
            offered_channels = self._allowed.channels_for(account)
            first = offered_channels[0].value if offered_channels else ""
            return self._form(work, account, rules, form_of(blank), sent_target({"channel": [first]}), blank)

    def try_new(self, request: Request, sent: Sent) -> HTMLResponse:
        """What the form would have brought, as the part of the page that shows it."""
        account, target = account_of(request), sent_target(sent)
        with self._desk.database.view() as work:
            rules = work.rules.current()
            blank = self._blank(account, Filter(), target)
            meant = understood(sent_form(sent), blank, rules)
            return self._trial(work, rules, replace(blank, filter=meant.filter, timing=meant.timing), meant.problems)

    def make(self, request: Request, sent: Sent) -> Response:
        """Makes it, or shows what in the form cannot be meant, or with `do=try` what it would have brought."""
        account, form, target = account_of(request), sent_form(sent), sent_target(sent)
        _complete(sent)
        with self._desk.database.view() as work:
            rules = work.rules.current()
            addresses = [one.target for one in work.account_addresses.of(account.id)]
        blank = self._blank(account, Filter(), target)
        meant = understood(form, blank, rules)
        problems = dict(meant.problems)
        trying = field(sent, "do") == "try"
        # A host is looked up, which takes time and so holds no lock.
        channel, to = (
            (ChannelName.LOG, "") if trying else understood_target(target, account, self._allowed, addresses, problems)
        )
        asked = replace(blank, filter=meant.filter, timing=meant.timing)
        if trying or problems:
            with self._desk.database.view() as work:
                if problems:
                    return self._form(work, account, rules, form, target, asked, problems=problems, status=422)
                tried = self._pages.tried(work, asked, rules)
                return self._form(work, account, rules, form, target, asked, tried=tried)
        with self._desk.database.work() as work:
            if account.role is not Role.OPERATOR and len(work.subscriptions.of_account(account.id)) >= MOST_OF_ACCOUNT:
                problems = {"many": f"An account has {MOST_OF_ACCOUNT} subscriptions at most; delete one first."}
                return self._form(work, account, rules, form, target, asked, problems=problems, status=422)
            made = subscribe(work, account.id, channel, to, meant.filter, meant.timing, self._desk.clock())
            if made.secret is None:
                return _to(made.id, "made")
            return self._pages.shown(work, made, once={"secret": made.secret}, status=201)

    def try_edit(self, request: Request, number: int, sent: Sent) -> HTMLResponse:
        """What the form would have brought, as the part of the page that shows it."""
        with self._desk.database.view() as work:
            was, rules = own(work, account_of(request), number), work.rules.current()
            _of_changes(was)
            meant = understood(sent_form(sent), was, rules)
            return self._trial(work, rules, replace(was, filter=meant.filter, timing=meant.timing), meant.problems)

    def save(self, request: Request, number: int, sent: Sent) -> Response:
        """Saves another wish as a version, unless it was changed meanwhile."""
        _complete(sent)
        with self._desk.database.work() as work:
            was = own(work, account_of(request), number)
            form, now = sent_form(sent), self._desk.clock()
            meant = understood(form, was, work.rules.current())
            if meant.problems:
                return self._pages.shown(work, was, form=form, problems=dict(meant.problems), status=422)
            if field(sent, "do") == "try":
                asked = replace(was, filter=meant.filter, timing=meant.timing)
                return self._pages.shown(work, was, form=form, tried=asked)
            versions = work.subscriptions.versions(was.id)
            if versions and field(sent, "version") != str(versions[-1].n):
                return self._pages.shown(work, was, note=CHANGED_MEANWHILE, status=409)
            saved = edit(work, was.id, meant.filter, meant.timing, who=WHO, why="", now=now)
            if saved == was:
                return _to(was.id, "same")
            work.audit.add(WHO, "subscription edited", str(was.id), {}, now)
            return _to(was.id, "saved")

    def _blank(self, account: Account, wanted: Filter, target: TargetForm | None = None) -> Subscription:
        """The subscription before it is made: what a form is read against, and what is tried."""
        known = [channel for channel in ChannelName if target is not None and channel.value == target.channel]
        return Subscription(
            id=0,
            subscriber=account.name,
            channel=known[0] if known else ChannelName.EMAIL,
            target="",
            filter=wanted,
            created_at=self._desk.clock(),
            timing=Timing(),
        )

    def _form(
        self,
        work: Work,
        account: Account,
        rules: RuleSet,
        form: SettingsForm,
        target: TargetForm,
        asked: Subscription,
        *,
        problems: dict[str, str] | None = None,
        tried: dict[str, Any] | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        values: dict[str, Any] = {
            "form": form,
            "target": target,
            "mark": MARK,
            "problems": problems or {},
            "channels": [(channel.value, CHANNELS[channel]) for channel in self._allowed.channels_for(account)],
            "addresses": [one.target for one in work.account_addresses.of(account.id)],
            "of_changes": True,
            "trial": tried,
            "action": "/subscriptions/new",
            **offered(rules, form, asked.filter),
        }
        return self._pages.page("new_subscription.html", values, status)

    def _trial(self, work: Work, rules: RuleSet, asked: Subscription, problems: Any) -> HTMLResponse:
        found = None if problems else self._pages.tried(work, asked, rules)
        values = {"trial": found, "problems": problems, "action": f"/subscriptions/{asked.id or 'new'}"}
        return self._pages.page("subscription_trial.html", values)


def _complete(sent: Fields) -> None:
    if MARK not in sent:
        raise HTTPException(400, "The form is not complete; open it again.", dict(HEADERS))


def _of_changes(subscription: Subscription) -> None:
    if subscription.audience is not Audience.CHANGES:
        raise HTTPException(404, "Troubles of the past are not tried: a dry run is for changes.", dict(HEADERS))


def _to(number: int, done: str) -> RedirectResponse:
    return RedirectResponse(f"/subscriptions/{number}?done={done}", 303, dict(HEADERS))
