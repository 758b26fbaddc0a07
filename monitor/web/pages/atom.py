"""/changes.atom and /changes.json: changes for feed readers, by any filter; /atom/…: those of one subscription."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Query
from starlette.requests import Request
from starlette.responses import Response

from monitor.alerts import atom, json_feed
from monitor.alerts.entries import FeedPage, entry_of, feed_id, feed_title
from monitor.api.names import Names
from monitor.api.told import cursor_of, installation_of, place_of, told_page
from monitor.model.alert import Filter, Subscription
from monitor.model.position import ChangeKind, ChangeStatus
from monitor.web.changes_asked import NARROWING, Narrowed, narrowed_by
from monitor.web.conditional import conditional
from monitor.web.desk import Desk
from rules.model import RuleSet
from storage.change_feed import Place
from storage.chosen_changes import ChangeChoice
from storage.errors import NotFound
from storage.tokens import TokenPurpose
from storage.work import Work

Ids = Annotated[list[str] | None, Query(max_length=100)]
Cursor = Annotated[str | None, Query(max_length=40)]

FORMATS = {
    "atom": (atom.MEDIA_TYPE, atom.atom_of),
    "json": (json_feed.MEDIA_TYPE, json_feed.json_feed_of),
}
_OTHER = {"atom": "json", "json": "atom"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Under which address readers reach us (None: the one that they asked), and the label of invented content."""

    public_url: str | None
    label: str

    def base(self, request: Request) -> str:
        """The address of the pages, without a last slash."""
        return self.public_url or str(request.base_url).rstrip("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Which feed is asked for: its paths by format, what its address goes on with, and its permanent name."""

    wanted: Filter
    paths: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    name: str
    title: str
    choice: ChangeChoice | None = None
    private: bool = False

    def address(self, base: str, form: str, before: str | None) -> str:
        """The address of one of its documents."""
        query = (*self.query, *((("before", before),) if before is not None else ()))
        return f"{base}{self.paths[form]}" + (f"?{urlencode(query)}" if query else "")

    def home(self, base: str) -> str:
        """The page that shows the same; it takes one actor, one issue and one kind."""
        wanted = self.wanted
        few = max(len(wanted.actors), len(wanted.issues), len(wanted.kinds)) <= 1
        known = {"actor", "issue", "kind", *NARROWING} if few else NARROWING
        query = [pair for pair in self.query if pair[0] in known]
        return f"{base}/changes" + (f"?{urlencode(query)}" if query else "")


def atom_router(desk: Desk, publisher: Publisher) -> APIRouter:
    """The feeds."""
    router = APIRouter(include_in_schema=False)

    def changes_as(form: str) -> Callable[..., Response]:
        def changes(
            request: Request,
            wanted: Annotated[Filter, Depends(wanted_by)],
            narrowed: Annotated[Narrowed, Depends(narrowed_by)],
            before: Cursor = None,
        ) -> Response:
            with desk.database.view() as work:
                rules = work.rules.current()
                _known(work, wanted, rules)
                asked = _of_filter(wanted, narrowed, rules)
                return _answer(desk, publisher, work, rules, request, form, asked, before)

        return changes

    def subscribed(request: Request, token: str, before: Cursor = None) -> Response:
        token, _, form = token.partition(".")
        with desk.database.view() as work:
            number = work.tokens.subscription(token, TokenPurpose.FEED, desk.clock())
            subscription = None if number is None else work.subscriptions.get(number)
            if subscription is None or work.accounts.is_disabled(subscription.account_id) or form not in ("", "json"):
                raise HTTPException(404, "There is no such feed; its address may have been revoked.")
            rules = work.rules.current()
            asked = _of_subscription(subscription, rules, token)
            return _answer(desk, publisher, work, rules, request, form or "atom", asked, before)

    for form in FORMATS:
        router.add_api_route(f"/changes.{form}", changes_as(form), methods=["GET", "HEAD"])
    router.add_api_route("/atom/{token}", subscribed, methods=["GET", "HEAD"])
    return router


def _answer(
    desk: Desk,
    publisher: Publisher,
    work: Work,
    rules: RuleSet,
    request: Request,
    form: str,
    asked: _Asked,
    before: str | None,
) -> Response:
    base = publisher.base(request)
    place = None if before is None else _place(before)
    listed = told_page(work, asked.wanted, place, rules, base, asked.choice)
    installation = installation_of(work)
    older = None if listed.older is None else asked.address(base, form, cursor_of(listed.older))
    page = FeedPage(
        id=feed_id(installation, asked.name),
        title=asked.title,
        home=asked.home(base),
        address=asked.address(base, form, before),
        current=asked.address(base, form, None),
        older=older,
        also_as=asked.address(base, _OTHER[form], before),
        entries=tuple(entry_of(told, installation, label=publisher.label) for told in listed.told),
    )
    media_type, rendered = FORMATS[form]
    # An entry that moves to the head leaves an archive without a trace that a date could show.
    changed_at = listed.changed_at if place is None else None
    return conditional(
        request, rendered(page), media_type, changed_at=changed_at, now=desk.clock(), private=asked.private
    )


def wanted_by(
    request: Request,
    actor: Ids = None,
    issue: Ids = None,
    kind: Annotated[list[ChangeKind] | None, Query(max_length=20)] = None,
    confidence: Annotated[float, Query(ge=0, le=1)] = 0.0,
    official: bool = False,
    pending: bool = False,
) -> Filter:
    """The filter that an address spells. A name that it does not know is refused: it would widen the feed unseen."""
    known = {"actor", "issue", "kind", "confidence", "official", "pending", "before", *NARROWING}
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        raise HTTPException(
            422, f"A feed knows no “{unknown[0][:100]}”. What it can be asked for: {', '.join(sorted(known))}."
        )
    return Filter(
        actors=frozenset(filter(None, actor or ())),
        issues=frozenset(filter(None, issue or ())),
        kinds=frozenset(kind or ()),
        least_confidence=confidence,
        pending=pending,
        commentators=not official,
    )


def query_of(wanted: Filter) -> tuple[tuple[str, str], ...]:
    """A filter as its address spells it, always in the same order: equal filters have one address and one name."""
    query = [("actor", actor) for actor in sorted(wanted.actors)]
    query += [("issue", issue) for issue in sorted(wanted.issues)]
    query += [("kind", kind.value) for kind in sorted(wanted.kinds)]
    if wanted.least_confidence > 0:
        query.append(("confidence", repr(wanted.least_confidence)))
    query += [("official", "true")] if not wanted.commentators else []
    query += [("pending", "true")] if wanted.pending else []
    return tuple(query)


def _of_filter(wanted: Filter, narrowed: Narrowed, rules: RuleSet) -> _Asked:
    """The feed of what a page shows. Of confirmed changes it tells which of them fell, and so keeps its readers right;
    who asks for pending or dropped ones alone wants them before they are confirmed."""
    query = (*query_of(wanted), *narrowed.query().items())
    choice = narrowed.choice(rules)
    if narrowed.status is ChangeStatus.CONFIRMED:
        choice = replace(choice, status=None)
    elif narrowed.status is not None:
        wanted = replace(wanted, pending=True)
    return _Asked(
        wanted=wanted,
        paths={form: f"/changes.{form}" for form in FORMATS},
        query=query,
        name=f"changes?{urlencode(query)}",
        title=" · ".join((_title(wanted, rules), *narrowed.said(Names(rules)))),
        choice=choice,
    )


def _of_subscription(subscription: Subscription, rules: RuleSet, token: str) -> _Asked:
    return _Asked(
        wanted=subscription.filter,
        paths={"atom": f"/atom/{token}", "json": f"/atom/{token}.json"},
        query=(),
        name=f"subscription/{subscription.id}",
        title=_title(subscription.filter, rules),
        private=True,
    )


def _title(wanted: Filter, rules: RuleSet) -> str:
    actors = [rules.actors[a].name if a in rules.actors else a for a in wanted.actors]
    issues = [rules.issues[i].name if i in rules.issues else i for i in wanted.issues]
    return feed_title(wanted, actors, issues)


def _known(work: Work, wanted: Filter, rules: RuleSet) -> None:
    """Raises NotFound for an id that is neither in the rules nor in any change: a slip would give an empty feed."""
    for actor in sorted(wanted.actors - rules.actors.keys()):
        if not work.change_feed.knows(actor=actor):
            raise NotFound("actor", actor)
    for issue in sorted(wanted.issues - rules.issues.keys()):
        if not work.change_feed.knows(issue=issue):
            raise NotFound("issue", issue)


def _place(before: str) -> Place:
    try:
        return place_of(before)
    except ValueError as error:
        raise HTTPException(422, str(error)) from None
