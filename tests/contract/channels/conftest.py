"""The channels, each with its other end."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.contract.channels.ends import EmailEnd, End, WebhookEnd, opened


@pytest.fixture(params=["webhook", "email", "log"])
async def end(request: pytest.FixtureRequest) -> AsyncIterator[End]:
    """Every channel in turn."""
    async with opened(request.param) as one:
        yield one


@pytest.fixture(params=["webhook", "email"])
async def remote(request: pytest.FixtureRequest) -> AsyncIterator[End]:
    """Every channel that goes over the wire."""
    async with opened(request.param) as one:
        yield one


@pytest.fixture
async def webhook_end() -> AsyncIterator[WebhookEnd]:
    async with opened("webhook") as one:
        assert isinstance(one, WebhookEnd)
        yield one


@pytest.fixture
async def email_end() -> AsyncIterator[EmailEnd]:
    async with opened("email") as one:
        assert isinstance(one, EmailEnd)
        yield one
