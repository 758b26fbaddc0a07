"""A newspaper with feeds, a hub, and the database of those who follow both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from storage.engine import Database
from tests.integration.feeds.wire import Wire
from tests.sinks import HttpSink
from tests.sinks.http import Answer


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """What is asked of a database here is tried on both kinds in tests/contract/storage."""
    return sqlite_database


@pytest.fixture
async def paper() -> AsyncIterator[Wire]:
    async with Wire() as server:
        yield server


@pytest.fixture
def hub() -> Iterator[HttpSink]:
    with HttpSink() as sink:
        sink.answers(Answer(status=202))
        yield sink
