"""/s/…: what a subscriber sees and does by the links in their mails: settings, pause, unsubscribe, Atom. No cookies.

A GET never changes anything, as mail scanners follow links; a POST acts by the token in its path alone (see `door`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from monitor.alerts.targets import mask
from monitor.alerts.timing_words import WEEKDAYS
from monitor.alerts.wanted_words import wanted_words
from monitor.alerts.zones import zone_names
from monitor.model.alert import ACCOUNT_DISABLED, Audience, Filter, Subscription
from monitor.model.position import ChangeKind
from monitor.model.timing import Cadence
from monitor.pipeline.subscribing import AccountOff, edit, enable, end_pause
from monitor.web.desk import Desk
from monitor.web.door import HEADERS, Door, Fields, fields
from monitor.web.settings_form import MARK, SettingsForm, Understood, form_of, sent_form, understood
from monitor.web.words import KINDS
from rules.model import RuleSet
from storage.tokens import TokenPurpose
from storage.work import Work

SUBSCRIBER = "subscriber"
"""Who did it, in versions and in the audit trail."""

PAUSED, ENDED = "paused by the subscriber", "unsubscribed by the subscriber"
OWN = (PAUSED, ENDED)
"""Why a subscription is off that its subscriber may start again; what operators or failures stopped is not."""

CADENCES = {
    Cadence.AT_ONCE: "at once, each by itself",
    Cadence.HOURLY: "as a digest every hour",
    Cadence.DAILY: "as a digest every day",
    Cadence.WEEKLY: "as a digest every week",
}

Act = Callable[[Work, Subscription, datetime], str]


class SettingsPages:
    """The pages behind the personal links of a mail. `public_url` is where feed readers find us."""

    def __init__(self, desk: Desk, door: Door, public_url: str | None) -> None:
        self._desk = desk
        self._door = door
        self._public_url = public_url

    def settings(self, request: Request, token: str) -> HTMLResponse:
        """The settings, as a form."""
        with self._desk.database.view() as work:
            subscription = self._door.subscription(request, work, token, TokenPurpose.MANAGE)
            return self._settings(work, token, subscription)

    def save(self, request: Request, token: str, sent: Annotated[Fields, Depends(fields)]) -> HTMLResponse:
        """Saves the form as a version, or shows what in it cannot be meant."""
        now = self._desk.clock()
        with self._desk.database.work() as work:
            was = self._door.subscription(request, work, token, TokenPurpose.MANAGE)
            if MARK not in sent:
                raise HTTPException(400, "The form is not complete; open it again.", dict(HEADERS))
            form = sent_form(sent)
            meant = understood(form, was, work.rules.current())
            if meant.problems:
                return self._settings(work, token, was, form=form, problems=meant.problems, status=422)
            saved = self._saved(work, was, meant, token, now)
            note = "Saved." if saved != was else "Nothing was changed."
            return self._settings(work, token, saved, note=note)

    @staticmethod
    def _saved(work: Work, was: Subscription, meant: Understood, token: str, now: datetime) -> Subscription:
        work.tokens.use(token, now)
        saved = edit(work, was.id, meant.filter, meant.timing, who=SUBSCRIBER, why="", now=now)
        if saved != was:
            work.audit.add(SUBSCRIBER, "subscription edited", str(was.id), {}, now)
        return saved

    def act(self, what: Act) -> Callable[[Request, str], HTMLResponse]:
        """An endpoint that does one thing and shows the settings with word of it."""

        def endpoint(request: Request, token: str) -> HTMLResponse:
            with self._desk.database.work() as work:
                subscription = self._door.subscription(request, work, token, TokenPurpose.MANAGE)
                now = self._desk.clock()
                work.tokens.use(token, now)
                note = what(work, subscription, now)
                return self._settings(work, token, work.subscriptions.get(subscription.id), note=note)

        return endpoint

    def ask(self, request: Request, token: str) -> HTMLResponse:
        """Asks whether the alerts should end: a GET ends nothing."""
        with self._desk.database.view() as work:
            subscription = self._door.subscription(request, work, token, TokenPurpose.MANAGE)
            return self._unsubscribe(work, token, subscription, done=subscription.disabled_at is not None)

    def unsubscribe(self, request: Request, token: str) -> HTMLResponse:
        """Ends the alerts at once, whatever the body: RFC 8058's one click, or the button of our page."""
        now = self._desk.clock()
        with self._desk.database.work() as work:
            subscription = self._door.subscription(request, work, token, TokenPurpose.MANAGE)
            work.tokens.use(token, now)
            end(work, subscription, now)
            return self._unsubscribe(work, token, work.subscriptions.get(subscription.id), done=True)

    def new_feed(self, request: Request, token: str) -> HTMLResponse:
        """Makes a secret address for feed readers, in place of any before, and shows it this once."""
        now = self._desk.clock()
        with self._desk.database.work() as work:
            subscription = self._door.subscription(request, work, token, TokenPurpose.MANAGE)
            work.tokens.use(token, now)
            work.tokens.revoke(subscription.id, TokenPurpose.FEED, now)
            made = work.tokens.mint(TokenPurpose.FEED, subscription.id, now, None)
            work.audit.add(SUBSCRIBER, "feed address made", str(subscription.id), {}, now)
            base = self._public_url or str(request.base_url).rstrip("/")
            note = "The address for your feed reader stands below, this once. Any earlier one no longer works."
            return self._settings(work, token, subscription, note=note, feed=f"{base}/atom/{made}")

    def _unsubscribe(self, work: Work, token: str, subscription: Subscription, *, done: bool) -> HTMLResponse:
        rules = work.rules.current()
        values = {
            **_shown(subscription, rules),
            "token": token,
            "done": done,
            "may_resume": subscription.disabled_why in OWN,
        }
        return self._door.page("unsubscribe.html", values)

    def _settings(
        self,
        work: Work,
        token: str,
        subscription: Subscription,
        *,
        form: SettingsForm | None = None,
        note: str = "",
        feed: str | None = None,
        status: int = 200,
        problems: Any = None,
    ) -> HTMLResponse:
        rules = work.rules.current()
        # What is left out here stays as it was: the limits are for those who sign in.
        form = form or replace(form_of(subscription), burst=None, most_per_hour=None)
        values = {
            **_shown(subscription, rules),
            "token": token,
            "form": form,
            "mark": MARK,
            "problems": problems or {},
            "note": note,
            "feed": feed,
            "feeds": work.tokens.active(subscription.id, TokenPurpose.FEED, self._desk.clock()),
            "may_resume": subscription.disabled_why in OWN,
            **offered(rules, form, subscription.filter),
            "of_changes": subscription.audience is Audience.CHANGES,
        }
        return self._door.page("settings.html", values, status=status)


def pause(work: Work, subscription: Subscription, now: datetime) -> str:
    """Stops the alerts until the subscriber starts them again."""
    if subscription.disabled_at is not None and subscription.disabled_why != ACCOUNT_DISABLED:
        return "Nothing was changed: the alerts are off already."
    work.subscriptions.disable(subscription.id, PAUSED, now)
    work.audit.add(SUBSCRIBER, "paused", str(subscription.id), {}, now)
    return "Paused. What changes in the meantime is not sent later; it stands on the pages."


def resume(work: Work, subscription: Subscription, now: datetime) -> str:
    """Starts alerts that their subscriber stopped. What others stopped stays so."""
    if subscription.disabled_at is None:
        return "Nothing was changed: the alerts are on."
    if subscription.disabled_why not in OWN:
        return "Nothing was changed: the operators or a failure stopped these alerts; please ask the operators."
    try:
        enable(work, subscription.id, who=SUBSCRIBER, now=now)
    except AccountOff:
        return "Nothing was changed: your account is disabled; please ask the operators."
    return "The alerts are on again."


def end(work: Work, subscription: Subscription, now: datetime) -> None:
    """Unsubscribes. What others had stopped before cannot be started by an undo."""
    before = subscription.disabled_why
    if subscription.disabled_at is not None and (before or "").startswith(ENDED):
        return
    free = subscription.disabled_at is None or before in (PAUSED, ACCOUNT_DISABLED)
    why = ENDED if free else f"{ENDED}; before that: {before or 'off'}"
    # So that it is kept since when it was off before, and why.
    end_pause(work, subscription.id, who=SUBSCRIBER, now=now)
    work.subscriptions.disable(subscription.id, why, now)
    work.audit.add(SUBSCRIBER, "unsubscribed", str(subscription.id), {}, now)


def revoke_feed(work: Work, subscription: Subscription, now: datetime) -> str:
    """Ends the address for feed readers."""
    if not work.tokens.revoke(subscription.id, TokenPurpose.FEED, now):
        return "Nothing was changed: there is no address for feed readers."
    work.audit.add(SUBSCRIBER, "feed address revoked", str(subscription.id), {}, now)
    return "The address for feed readers no longer works."


def _shown(subscription: Subscription, rules: RuleSet) -> dict[str, Any]:
    """What every page says of a subscription. The address is masked: a link may be forwarded."""
    wanted = wanted_words(
        subscription,
        {actor.id: actor.name for actor in rules.actors.values()},
        {issue.id: issue.name for issue in rules.issues.values()},
    )
    return {
        "subscription": subscription,
        "target": mask(subscription.channel, subscription.target),
        "wanted": wanted,
    }


def offered(rules: RuleSet, form: SettingsForm, was: Filter) -> dict[str, Any]:
    """What the fields of a form can be chosen from."""
    return {
        "actors": _choices({a.id: a.name for a in rules.actors.values()}, form.actors | was.actors),
        "issues": _choices({i.id: i.name for i in rules.issues.values()}, form.issues | was.issues),
        "kinds": [(kind.value, KINDS[kind]) for kind in ChangeKind],
        "cadences": [(cadence.value, words) for cadence, words in CADENCES.items()],
        "weekdays": list(enumerate(WEEKDAYS)),
        "zones": zone_names(),
    }


def _choices(names: dict[str, str], chosen: frozenset[str]) -> list[tuple[str, str]]:
    """What can be chosen, by name; what was chosen and is no longer watched stays choosable under its id."""
    gone = {one: f"{one} (no longer watched)" for one in chosen - set(names)}
    return sorted({**names, **gone}.items(), key=lambda choice: choice[1].casefold())


def subscriptions_router(desk: Desk, door: Door, public_url: str | None) -> APIRouter:
    """The pages of the personal links."""
    router = APIRouter(prefix="/s/{token}", include_in_schema=False)
    pages = SettingsPages(desk, door, public_url)
    router.add_api_route("", pages.settings, methods=["GET", "HEAD"])
    router.add_api_route("", pages.save, methods=["POST"])
    router.add_api_route("/unsubscribe", pages.ask, methods=["GET", "HEAD"])
    router.add_api_route("/unsubscribe", pages.unsubscribe, methods=["POST"])
    router.add_api_route("/feed", pages.new_feed, methods=["POST"])
    for path, what in (("/pause", pause), ("/resume", resume), ("/feed/revoke", revoke_feed)):
        router.add_api_route(path, pages.act(what), methods=["POST"])
    return router
