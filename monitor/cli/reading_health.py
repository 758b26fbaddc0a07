"""How reading is, for the doctor: the judge, the endpoint of the model, its budget, and what was read in its place."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from monitor.cli.doctor import Finding, State
from monitor.cli.extractors import chat_client, grammar
from monitor.cli.talk import counted
from monitor.completions.trouble import EndpointFailed
from monitor.settings import PREFIX, ExtractorName, Settings, SettingsError
from storage.work import Work

_NEARLY = 0.9
"""The share of a day's tokens from which the doctor warns."""


def of_extractor(settings: Settings) -> Iterator[Finding]:
    """The extractor of the settings. The endpoint is asked for its list of models, which costs nothing."""
    try:
        reader = grammar(settings)
    except SettingsError as error:
        yield Finding("extractor", State.BROKEN, str(error), "install it, or set VOLTEFACE_JUDGE to cues")
        return
    if settings.extractor is ExtractorName.GRAMMAR:
        yield Finding("extractor", State.OK, f"{reader.name} {reader.version}")
        return
    where = f"llm: {settings.llm_model} at {settings.llm_url}"
    if settings.llm_key and urlsplit(settings.llm_url or "").scheme == "http":
        yield Finding(
            "extractor", State.WARNING, f"{where}: the key is sent in the clear", f"use https in {PREFIX}LLM_URL"
        )
    try:
        models = asyncio.run(_models(settings))
    except EndpointFailed as failed:
        remedy = f"mend the {PREFIX}LLM_* settings or the endpoint; {reader.name} reads until then"
        yield Finding("extractor", State.BROKEN, f"{where}: {failed.reason}", remedy)
        return
    if models is None:
        yield Finding("extractor", State.OK, f"{where} answers; it lists no models, so the name is not checked")
    elif settings.llm_model in models:
        yield Finding("extractor", State.OK, f"{where} answers and has the model")
    else:
        shown = ", ".join(sorted(models)[:10]) or "none"
        yield Finding("extractor", State.WARNING, f"{where} lists other models", f"{PREFIX}LLM_MODEL; there: {shown}")


def of_readings(work: Work, settings: Settings, now: datetime) -> Iterator[Finding]:
    """What the model has cost today, and what was read in its place."""
    if settings.extractor is not ExtractorName.LLM:
        return
    spent, most = work.answers.spent(now.astimezone(UTC).date()), settings.llm_tokens_per_day
    words = f"{spent.tokens} of {most} tokens today, {counted(spent.questions, 'question')}"
    full = spent.tokens >= _NEARLY * most
    yield Finding(
        "tokens",
        State.WARNING if full else State.OK,
        words,
        f"raise {PREFIX}LLM_TOKENS_PER_DAY; what is over is read by the grammar today" if full else "",
    )
    stand_ins = work.readings.stand_ins()
    if stand_ins.latest is None:
        return
    due = f", {stand_ins.waiting} of them to be read again" if stand_ins.waiting else ""
    latest = stand_ins.latest
    found = f"{counted(stand_ins.count, 'item')} read by {latest.extractor} in place of {latest.wanted}{due}"
    yield Finding("readings", State.WARNING, f"{found}; the latest: {latest.fallback_reason}", "see extractor above")


async def _models(settings: Settings) -> list[str] | None:
    async with chat_client(settings) as client:
        return await client.models()
