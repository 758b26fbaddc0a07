"""The composition of the pages: routes, errors, headers, the event stream. No GET changes any data."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, FastAPI, Header, HTTPException, Query
from fastapi.staticfiles import StaticFiles
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Scope

from monitor import version
from monitor.api.description import describe
from monitor.api.previews import Previews
from monitor.api.router import PREFIX, ApiParts, api_router
from monitor.model.alert import ChannelName
from monitor.net.schemes import scheme_set
from monitor.pipeline.redelivery import Redelivery
from monitor.pipeline.rulebook import RuleBook
from monitor.pipeline.tell import Teller
from monitor.pipeline.verdicts import Judge
from monitor.positions.filter import FilterModel
from monitor.positions.track import FilterTracker, TrackerConfig
from monitor.setting_pages import Readers
from monitor.settings import Settings
from monitor.web.api_gate import ApiConfig, ApiGate
from monitor.web.desk import Desk
from monitor.web.desk_tools import DeskTools
from monitor.web.door import Door
from monitor.web.errors import Errors
from monitor.web.headers import Boundary
from monitor.web.health import HealthProbe, health_router
from monitor.web.metrics import metrics_router
from monitor.web.pages.account import account_router
from monitor.web.pages.account_data import account_data_router
from monitor.web.pages.actors import actors_router
from monitor.web.pages.api import api_page_router
from monitor.web.pages.atom import Publisher, atom_router
from monitor.web.pages.changes import changes_router
from monitor.web.pages.confirm import confirm_router
from monitor.web.pages.desk_accounts import desk_accounts_router
from monitor.web.pages.desk_audit import desk_audit_router
from monitor.web.pages.desk_deliveries import deliveries_router
from monitor.web.pages.desk_feed import desk_feed_router
from monitor.web.pages.desk_feeds import desk_feeds_router
from monitor.web.pages.desk_feeds_add import desk_feeds_add_router
from monitor.web.pages.desk_health import desk_health_router
from monitor.web.pages.desk_reports import reports_router
from monitor.web.pages.desk_review import review_router
from monitor.web.pages.desk_tokens import desk_tokens_router
from monitor.web.pages.feeds import feeds_router
from monitor.web.pages.front import front_router
from monitor.web.pages.icons import icons_router
from monitor.web.pages.issues import issues_router
from monitor.web.pages.items import items_router
from monitor.web.pages.network import network_router
from monitor.web.pages.own import own_subscriptions_router
from monitor.web.pages.positions import positions_router
from monitor.web.pages.rules import rules_router
from monitor.web.pages.sign_in import sign_in_router
from monitor.web.pages.sign_up import sign_up_router
from monitor.web.pages.subscriptions import subscriptions_router
from monitor.web.pages.tokens import tokens_router
from monitor.web.pages.websub import websub_router
from monitor.web.pages.wrong import wrong_router
from monitor.web.patience import peer_of
from monitor.web.proxies import TrustedProxies
from monitor.web.render import STATIC, Renderer
from monitor.web.rights import Gate
from monitor.web.self_service import SelfService
from monitor.web.stream import EventStream, TooManyListenersError, TooManyOfOneError
from monitor.web.visitor import seen as visitor_of
from storage.engine import Database

_KEEP = "public, max-age=604800"


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    database: Database,
    settings: Settings,
    *,
    health: HealthProbe | None = None,
    clock: Callable[[], datetime] = _now,
    stream: EventStream | None = None,
    beside: Mapping[str, str] | None = None,
    previews: Previews | None = None,
    tools: DeskTools | None = None,
) -> FastAPI:
    """The application over a database that is already upgraded. The caller closes the database.

    `health` says whether a worker is expected. `beside` are addresses by name that stand next to the label.
    `previews` is what drafts of rules are previewed with, for whoever has the operators' token.
    `tools` are what operators' pages need beyond the database.
    `app.state.stream` is the event stream: `PageServer` closes it before it waits for connections to end.
    """
    pages = Renderer(label=settings.label, demo_url=settings.demo_url, clock=clock, beside=beside)
    desk = Desk(database, pages, clock)
    events = stream or EventStream(database, most_of_one=settings.events_per_peer)
    errors = Errors(pages)

    app = _bare(events, _around(database, clock, errors, settings))
    app.openapi = describe(app)  # type: ignore[method-assign]
    app.state.stream = events
    errors.register(app)
    _add_pages(app, desk, settings)
    probe = health or HealthProbe()
    _add_operations(app, desk, settings, probe, tools or DeskTools())
    _add_review_desk(app, desk, settings)
    app.include_router(rules_router(desk, previews, Teller(label=settings.label, public_url=settings.public_url)))
    _add_api(app, desk, settings, previews)
    app.include_router(health_router(database, probe, clock))
    app.include_router(_stream_router(events))
    app.mount("/static", _Static(directory=STATIC))
    return app


def _bare(events: EventStream, around: list[Middleware]) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        events.close()

    return FastAPI(
        title="Volteface",
        version=version(),
        summary="Who changed their position, and the words that show it.",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
        lifespan=lifespan,
        middleware=around,
    )


def _add_api(app: FastAPI, desk: Desk, settings: Settings, previews: Previews | None) -> None:
    app.include_router(api_page_router(desk, app.openapi))
    app.include_router(tokens_router(desk))
    app.include_router(api_router(_api_parts(desk, settings, previews)))
    app.include_router(metrics_router(desk.database, desk.clock, settings.metrics, _api_config(settings)))


def _around(database: Database, clock: Callable[[], datetime], errors: Errors, settings: Settings) -> list[Middleware]:
    """What every request passes on its way in, the outermost first."""
    api = _api_config(settings)
    return [
        Middleware(TrustedProxies, networks=settings.trusted_proxies),
        Middleware(Boundary, failure=errors.unexpected),
        Middleware(Gate, database=database, clock=clock, refusal=errors.http, open_to_all=api.open_to_all),
        Middleware(ApiGate, database=database, clock=clock, config=api),
    ]


def _api_config(settings: Settings) -> ApiConfig:
    return ApiConfig(
        operator_token=settings.operator_token,
        open_to_all=settings.readers is Readers.ANYBODY,
        per_minute=settings.api_per_minute,
        per_minute_of_token=settings.api_token_per_minute,
    )


def _add_pages(app: FastAPI, desk: Desk, settings: Settings) -> None:
    for part in (front_router, changes_router, feeds_router, items_router):
        app.include_router(part(desk))
    app.include_router(icons_router(desk, open_to_all=settings.readers is Readers.ANYBODY))
    for part in (positions_router, actors_router, issues_router, network_router):
        app.include_router(part(desk))
    app.include_router(websub_router(desk, largest=settings.fetch_max_bytes, deadline_s=settings.fetch_deadline_s))
    app.include_router(atom_router(desk, Publisher(public_url=settings.public_url, label=settings.label)))
    door = Door(desk)
    app.include_router(confirm_router(desk, door))
    app.include_router(subscriptions_router(desk, door, settings.public_url))
    app.include_router(wrong_router(desk))
    allowed = _self_service(settings)
    app.include_router(sign_in_router(desk, open_to_new=allowed.open))
    for mine in (sign_up_router, account_router, account_data_router, own_subscriptions_router):
        app.include_router(mine(desk, allowed))


def _add_operations(app: FastAPI, desk: Desk, settings: Settings, probe: HealthProbe, tools: DeskTools) -> None:
    app.include_router(desk_health_router(desk, settings, probe, tools))
    app.include_router(desk_audit_router(desk))
    app.include_router(desk_accounts_router(desk, settings.public_url, mail=settings.smtp_host is not None))
    app.include_router(desk_tokens_router(desk))
    app.include_router(desk_feeds_router(desk))
    app.include_router(desk_feeds_add_router(desk, tools))
    app.include_router(desk_feed_router(desk, tools.cadence, articles=settings.articles))


def _tracker(settings: Settings) -> FilterTracker:
    config = TrackerConfig(
        model=FilterModel(change_rate=settings.change_rate, changes_per_year=settings.changes_per_year),
        threshold=settings.threshold,
        first_threshold=settings.first_threshold,
    )
    return FilterTracker(config)


def _judge(desk: Desk, settings: Settings, tracker: FilterTracker) -> Judge:
    teller = Teller(label=settings.label, public_url=settings.public_url)
    return Judge(desk.database, RuleBook(desk.database), tracker, teller)


def _api_parts(desk: Desk, settings: Settings, previews: Previews | None) -> ApiParts:
    return ApiParts(
        database=desk.database,
        clock=desk.clock,
        previews=previews,
        judge=_judge(desk, settings, _tracker(settings)),
        channels=_self_service(settings).channels,
        again=_redelivery(settings),
    )


def _redelivery(settings: Settings) -> Redelivery:
    return Redelivery(label=settings.label, public_url=settings.public_url)


def _add_review_desk(app: FastAPI, desk: Desk, settings: Settings) -> None:
    tracker = _tracker(settings)
    judge = _judge(desk, settings, tracker)
    app.include_router(review_router(desk, judge, tracker))
    app.include_router(reports_router(desk, judge, tracker))
    app.include_router(deliveries_router(desk, _redelivery(settings)))


def _self_service(settings: Settings) -> SelfService:
    # Apprise's own guard knows no strangers: where it lets anybody into a private network, only operators use it.
    refused = {ChannelName.APPRISE} if settings.apprise_allow else set()
    return SelfService(
        sign_up=settings.sign_up,
        public_url=settings.public_url,
        mail=settings.smtp_host is not None,
        label=settings.label,
        channels=frozenset(ChannelName(name) for name in settings.subscriber_channels) - refused,
        schemes=scheme_set(settings.apprise_schemes),
    )


def _stream_router(events: EventStream) -> APIRouter:
    """/events, and an answer to the crawlers: nothing here is meant for an index."""
    router = APIRouter(include_in_schema=False)

    @router.get("/events")
    async def follow(
        request: Request,
        after: Annotated[int | None, Query(ge=0, le=2**63 - 1)] = None,
        last_event_id: Annotated[str | None, Header(max_length=200)] = None,
    ) -> Response:
        # A browser that reconnects asks for the same address again, and names in the header where it really was.
        seen = int(last_event_id) if last_event_id and last_event_id.isascii() and last_event_id.isdigit() else after
        try:
            frames = events.open(min(seen, 2**63 - 1) if seen is not None else None, _listener(request))
        except TooManyOfOneError:
            raise HTTPException(
                429, "Too many of your pages are listening; close some, and try again.", {"Retry-After": "30"}
            ) from None
        except TooManyListenersError:
            raise HTTPException(
                503, "Too many pages are listening; reload the page to see what is new.", {"Retry-After": "30"}
            ) from None
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(frames, media_type="text/event-stream", headers=headers)

    @router.get("/robots.txt")
    async def robots() -> PlainTextResponse:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")

    return router


def _listener(request: Request) -> str:
    """Whose places are counted together: those of an account, in all its browsers, else those of a peer."""
    visitor = visitor_of(request)
    return f"peer {peer_of(request)}" if visitor is None else f"account {visitor.account.id}"


class _Static(StaticFiles):
    """Our own files. Their addresses change with their contents, so a browser may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """See `StaticFiles.get_response`."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _KEEP if response.status_code in (200, 304) else "no-cache"
        return response
