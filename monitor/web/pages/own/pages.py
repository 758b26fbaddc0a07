"""The list of one's own subscriptions, and the page of one."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from monitor.alerts.timing_words import in_words
from monitor.alerts.wanted_words import wanted_words
from monitor.model.account import Account
from monitor.model.alert import Audience, ChannelName, Subscription
from monitor.pipeline.trial import trial
from monitor.pipeline.trial_words import trial_words
from monitor.web.desk import Desk
from monitor.web.door import HEADERS
from monitor.web.pages.subscriptions import OWN, offered
from monitor.web.self_service import SelfService, account_of
from monitor.web.settings_form import MARK, SettingsForm, form_of
from monitor.web.subscription_form import CHANNELS, SHORT, may_resume, shown_target
from rules.model import RuleSet
from storage.errors import NotFound
from storage.tokens import TokenPurpose
from storage.work import Work

SAID = {
    "saved": "Saved.",
    "same": "Nothing was changed.",
    "made": "Here it is. You are told from now on.",
    "deleted": "The subscription was deleted, with all that was kept of it.",
    "tested": "A test message is on its way; the history says whether it arrived.",
    "asked": "A mail is on its way to the address. Open the link in it.",
    "paused": "Paused. What changes in the meantime is not sent later; it stands on the pages.",
    "resumed": "The alerts are on again.",
    "revoked": "The address for feed readers no longer works.",
}
"""What is said after something was done, by the word for it in the address."""


class SubscriptionPages:
    """The pages that only show."""

    def __init__(self, desk: Desk, allowed: SelfService) -> None:
        self._desk = desk
        self._allowed = allowed

    def all(self, request: Request, done: str = "") -> HTMLResponse:
        """The list."""
        account = account_of(request)
        with self._desk.database.view() as work:
            mine, rules = work.subscriptions.of_account(account.id), work.rules.current()
            rows = [(one, self._row(one, rules)) for one in mine]
        return self.page("own_subscriptions.html", {"rows": rows, "note": SAID.get(done, "")})

    def one(self, request: Request, number: int, done: str = "") -> HTMLResponse:
        """The page of one. What the last 30 days would have brought is fetched by it, or shown by its button."""
        with self._desk.database.view() as work:
            return self.shown(work, own(work, account_of(request), number), note=SAID.get(done, ""))

    def shown(
        self,
        work: Work,
        subscription: Subscription,
        *,
        form: SettingsForm | None = None,
        tried: Subscription | None = None,
        note: str = "",
        problems: dict[str, str] | None = None,
        status: int = 200,
        once: dict[str, str] | None = None,
    ) -> HTMLResponse:
        """The page, with the form as it was sent, what was `tried`, and what is shown `once`: a secret, an address.

        Without `tried` the page comes without what it would have brought, which takes longer than all the rest, and
        fetches it: nobody waits for it who came to change something.
        """
        rules = work.rules.current()
        form = form or form_of(subscription)
        of_changes = subscription.audience is Audience.CHANGES
        versions = work.subscriptions.versions(subscription.id)
        now = self._desk.clock()
        values = {
            **self._row(subscription, rules),
            "subscription": subscription,
            "form": form,
            "mark": MARK,
            "version": versions[-1].n if versions else 0,
            "problems": problems or {},
            "note": note,
            "once": once or {},
            "of_changes": of_changes,
            "trial": None if tried is None else self.tried(work, tried, rules),
            "feeds": work.tokens.active(subscription.id, TokenPurpose.FEED, now),
            "both_sign": subscription.previous_secret_until
            if subscription.previous_secret_until and subscription.previous_secret_until > now
            else None,
            "no_mail": self._allowed.why_no_mail() or "",
            **offered(rules, form, subscription.filter),
        }
        return self.page("own_subscription.html", values, status)

    def tried(self, work: Work, subscription: Subscription, rules: RuleSet) -> dict[str, Any]:
        """What it would have brought, for its place on a page."""
        found = trial(work, subscription, rules, self._desk.clock())
        return {"words": trial_words(found), "sendings": found.sendings[::-1][:MOST_SHOWN], "all": len(found.sendings)}

    def page(self, template: str, values: dict[str, Any], status: int = 200) -> HTMLResponse:
        """A page that nothing keeps."""
        return self._desk.pages.page(template, values, status=status, headers=HEADERS)

    @staticmethod
    def _row(subscription: Subscription, rules: RuleSet) -> dict[str, Any]:
        wanted = wanted_words(
            subscription,
            {actor.id: actor.name for actor in rules.actors.values()},
            {issue.id: issue.name for issue in rules.issues.values()},
        )
        return {
            "channel": CHANNELS[subscription.channel],
            "by": SHORT[subscription.channel],
            "to": shown_target(subscription),
            "is_webhook": subscription.channel is ChannelName.WEBHOOK,
            "is_mail": subscription.channel is ChannelName.EMAIL,
            "wanted": wanted[:-1],
            "when": in_words(subscription.timing),
            "may_resume": may_resume(subscription, OWN),
        }


MOST_SHOWN = 50
"""Messages of a trial that are listed, the newest."""


def own(work: Work, account: Account, number: int) -> Subscription:
    """A subscription of this account. Raises NotFound, the same for one that is not there and somebody else's."""
    found = work.subscriptions.get(number)
    if found.account_id != account.id:
        raise NotFound("subscription", number)
    return found
