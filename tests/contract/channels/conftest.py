"""The channels, each with its other end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.contract.channels.ends import AppriseEnd, EmailEnd, End, WebhookEnd, close_nursery, opened


@pytest.fixture(scope="session", autouse=True)
def _nursery_ends() -> Iterator[None]:
    yield
    close_nursery()


@pytest.fixture(params=["webhook", "email", "log", "apprise"])
async def end(request: pytest.FixtureRequest) -> AsyncIterator[End]:
    """Every channel in turn."""
    async with opened(request.param) as one:
        yield one


@pytest.fixture(params=["webhook", "email", "apprise"])
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


@pytest.fixture
async def apprise_end() -> AsyncIterator[AppriseEnd]:
    async with opened("apprise") as one:
        assert isinstance(one, AppriseEnd)
        yield one
