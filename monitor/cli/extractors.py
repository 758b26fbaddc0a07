"""Who reads: the extractor of the settings, composed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from monitor import version
from monitor.cli.boot import open_database, tracker, utc_now
from monitor.settings import PREFIX, ExtractorName, Settings, SettingsError

if TYPE_CHECKING:
    from monitor.api.previews import Previews
    from monitor.completions.client import ChatClient, EndpointConfig
    from monitor.positions.protocol import Extractor
    from storage.engine import Database

ExtractorOption = Annotated[
    ExtractorName | None,
    typer.Option("--extractor", help="Who reads: grammar or llm. Setting VOLTEFACE_EXTRACTOR."),
]


def grammar(settings: Settings) -> Extractor:
    """The grammar with the judge of the settings. Raises SettingsError where there is no such judge."""
    from monitor.positions.grammar.extractor import GrammarExtractor
    from monitor.positions.judging import NoSuchJudge, load_judge

    try:
        return GrammarExtractor(load_judge(settings.judge))
    except NoSuchJudge as missing:
        raise SettingsError(f"{PREFIX}JUDGE: {missing}") from None


@contextmanager
def chosen_extractor(
    settings: Settings, database: Database | None = None, clock: Callable[[], datetime] = utc_now
) -> Iterator[Extractor]:
    """The extractor of the settings. `llm` keeps answers and its ledger in the database; None opens the settings' own.

    What a command reads without storing it is paid for out of the same budget, and once.
    """
    stand_in = grammar(settings)
    if settings.extractor is ExtractorName.GRAMMAR:
        yield stand_in
        return
    from anyio.from_thread import start_blocking_portal

    from monitor.pipeline.consult import ConsultConfig, LlmExtractor

    config = ConsultConfig(
        model=settings.llm_model,
        tokens_per_item=settings.llm_tokens_per_item,
        tokens_per_day=settings.llm_tokens_per_day,
        deadline_s=settings.llm_timeout_s,
    )
    opened = open_database(settings) if database is None else None
    try:
        with (
            start_blocking_portal() as portal,
            portal.wrap_async_context_manager(chat_client(settings, clock)) as client,
        ):
            kept_in = database or opened
            assert kept_in is not None
            yield LlmExtractor(kept_in, client, stand_in, config, portal, clock)
    finally:
        if opened is not None:
            opened.close()


def previews(settings: Settings, database: Database, clock: Callable[[], datetime] = utc_now) -> Previews:
    """What drafts are previewed with over the API: the worker's own extractor, tracker and packs."""
    from monitor.api.previews import Previews

    return Previews(
        database=database,
        packs=settings.packs,
        extractor=lambda: chosen_extractor(settings, database, clock),
        tracker=tracker(settings),
        follow_precision=settings.follow_precision,
        clock=clock,
    )


def endpoint_config(settings: Settings) -> EndpointConfig:
    """Where and how the model is asked. The address must be set."""
    from monitor.completions.client import EndpointConfig

    return EndpointConfig(
        url=settings.llm_url or "",
        model=settings.llm_model,
        key=settings.llm_key.get_secret_value() if settings.llm_key else None,
        deadline_s=settings.llm_timeout_s,
        user_agent=f"Volteface/{version()}",
        setting=f"{PREFIX}LLM",
    )


@asynccontextmanager
async def chat_client(settings: Settings, clock: Callable[[], datetime] = utc_now) -> AsyncIterator[ChatClient]:
    """A client whose connections go through the guard, with an allow-list of its own."""
    from monitor.completions.client import ChatClient
    from monitor.net.client import guarded_client
    from monitor.net.guard import Guard

    guard = Guard(settings.llm_allow, setting=f"{PREFIX}LLM_ALLOW")
    async with guarded_client(guard, timeout_s=settings.llm_timeout_s) as client:
        yield ChatClient(client, endpoint_config(settings), clock)
