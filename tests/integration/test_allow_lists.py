"""What is allowed to feeds is not allowed to webhooks or to Apprise, and the other way round, in the service itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.cli.boot import _channels, feed_guard, fetch_config
from monitor.feeds.fetch import Fetcher
from monitor.model.alert import ChannelName
from monitor.model.feed import Feed, FetchOutcome
from monitor.settings import Settings
from storage.engine import Database
from tests.contract.channels.deliveries import to_chat, to_webhook
from tests.sinks import HttpSink

NOW = datetime(2025, 2, 18, 12, 0, tzinfo=UTC)
HERE = ("127.0.0.0/8",)


@pytest.mark.parametrize("allowed", ["feed_allow", "webhook_allow", "apprise_allow", None])
async def test_each_setting_opens_one_way_and_no_other(sqlite_database: Database, allowed: str | None) -> None:
    chosen: dict[str, Any] = {allowed: HERE} if allowed else {}
    settings = Settings(apprise_schemes=("json",), host_spacing_s=0.0, **chosen)
    with HttpSink() as feeds, HttpSink() as hooks, HttpSink() as chats:
        async with Fetcher(fetch_config(settings), feed_guard(settings)) as fetcher:
            fetched = await fetcher.fetch(Feed(id=1, url=feeds.url, next_poll_at=NOW, added_at=NOW))
        async with _channels(settings, sqlite_database) as channels:
            hook = await channels[ChannelName.WEBHOOK].send(to_webhook(hooks.url), NOW)
            chat = await channels[ChannelName.APPRISE].send(to_chat(chats.port), NOW)
        met = {"feed_allow": feeds.connections, "webhook_allow": hooks.connections, "apprise_allow": chats.connections}
    assert {setting for setting, connections in met.items() if connections} == set(chosen)
    well = {"feed_allow": fetched.outcome is FetchOutcome.OK, "webhook_allow": hook.ok, "apprise_allow": chat.ok}
    assert {setting for setting, ok in well.items() if ok} == set(chosen)
    errors = {"feed_allow": fetched.error, "webhook_allow": hook.error, "apprise_allow": chat.error}
    for setting in set(errors) - set(chosen):
        assert f"VOLTEFACE_{setting.upper()}" in (errors[setting] or ""), errors
