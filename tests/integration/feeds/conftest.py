"""A server that misbehaves to order, for each test its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.integration.feeds.wire import Wire


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    async with Wire() as server:
        yield server
