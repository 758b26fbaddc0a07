"""What proxies say of a request is believed of those that are trusted, and of nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse

from monitor.model.account import Role
from monitor.settings import Settings
from monitor.web.app import create_app
from monitor.web.passwords import hashed
from monitor.web.patience import peer_of
from monitor.web.proxies import TrustedProxies
from storage.engine import Database
from tests.integration.web.newsroom import NOW

TRUSTED = ("192.0.2.0/24", "2001:db8::1")
READER = "203.0.113.7"


async def seen(scope: Any, receive: Any, send: Any) -> None:
    request = Request(scope)
    said = {"peer": peer_of(request), "url": str(request.url), "headers": dict(request.headers)}
    await JSONResponse(said)(scope, receive, send)


def ask(peer: str, headers: list[tuple[str, str]], networks: tuple[str, ...] = TRUSTED) -> dict[str, Any]:
    async def asked() -> dict[str, Any]:
        transport = httpx.ASGITransport(TrustedProxies(seen, networks=networks), client=(peer, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://inside:8400") as client:
            answer: dict[str, Any] = (await client.get("/x", headers=headers)).json()
            return answer

    return asyncio.run(asked())


FORWARDED = [("X-Forwarded-For", READER), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "desk.example")]


@pytest.mark.parametrize("peer", ["192.0.2.9", "2001:db8::1", "::ffff:192.0.2.9"])
def test_a_trusted_proxy_is_believed(peer: str) -> None:
    found = ask(peer, FORWARDED)
    assert (found["peer"], found["url"]) == (READER, "https://desk.example/x")


@pytest.mark.parametrize("peer", ["198.51.100.1", "127.0.0.1", "2001:db8::2", "testclient"])
def test_nobody_else_is(peer: str) -> None:
    for networks in (TRUSTED, ()):
        found = ask(peer, FORWARDED, networks)
        assert READER not in found["peer"]
        assert found["url"] == "http://inside:8400/x"
        assert not any(name.startswith("x-forwarded") for name in found["headers"])


def test_what_a_client_made_up_before_the_proxy_does_not_count() -> None:
    both = [("X-Forwarded-For", f"10.6.6.6, {READER}"), ("X-Forwarded-Proto", "https")]
    assert ask("192.0.2.9", both)["peer"] == READER
    apart = [("X-Forwarded-For", "10.6.6.6"), ("X-Forwarded-For", READER)]
    assert ask("192.0.2.9", apart)["peer"] == READER
    chain = [("X-Forwarded-For", f"10.6.6.6, {READER}, 192.0.2.30")]  # two proxies of ours, one behind the other
    assert ask("192.0.2.9", chain)["peer"] == READER


@pytest.mark.parametrize("host", ["a b", "evil.example/path", "x, desk.example", "user@x", "", "x\t.example", "[::1"])
def test_what_is_no_host_is_not_believed(host: str) -> None:
    found = ask("192.0.2.9", [("X-Forwarded-Proto", "gopher"), ("X-Forwarded-Host", host)])
    assert found["url"] == "http://inside:8400/x"


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    opened = Database(sqlite_url)
    yield opened
    opened.close()


def signed_in(database: Database, settings: Settings, **headers: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        app = create_app(database, settings, clock=lambda: NOW)
        transport = httpx.ASGITransport(app, client=("192.0.2.9", 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://inside:8400") as client:
            data = {"name": "ada", "password": "a few words in a row"}
            return await client.post("/sign-in", data=data, headers=headers)

    return asyncio.run(asked())


def test_behind_a_trusted_proxy_with_tls_the_session_is_secure(database: Database, settings: Settings) -> None:
    with database.work() as work:
        work.accounts.add("ada", Role.SUBSCRIBER, hashed("a few words in a row"), NOW)
    behind = settings.model_copy(update={"trusted_proxies": TRUSTED})
    headers = {**dict(FORWARDED), "origin": "https://desk.example"}
    cookie = signed_in(database, behind, **headers).headers["set-cookie"]
    assert cookie.startswith("__Host-volteface=")
    assert "; Secure" in cookie
    assert signed_in(database, settings, **headers).status_code == 403  # it seems to come from another site
    plain = signed_in(database, settings, **dict(FORWARDED)).headers["set-cookie"]
    assert "Secure" not in plain


def test_readers_behind_a_proxy_wait_each_for_themselves(database: Database, settings: Settings) -> None:
    with database.work() as work:
        work.accounts.add("ada", Role.SUBSCRIBER, hashed("another password here"), NOW)
    behind = settings.model_copy(update={"trusted_proxies": TRUSTED})
    codes = [signed_in(database, behind, **{"X-Forwarded-For": READER}).status_code for _ in range(6)]
    assert codes == [403] * 5 + [429]
    assert signed_in(database, behind, **{"X-Forwarded-For": "203.0.113.8"}).status_code == 403


def test_the_setting_takes_addresses_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOLTEFACE_TRUSTED_PROXIES", "127.0.0.1, 10.1.2.3/8,::1")
    assert Settings(_env_file=None).trusted_proxies == ("127.0.0.1/32", "10.0.0.0/8", "::1/128")
    for wrong in ("proxy.example", "*", "10.0.0.0/40"):
        monkeypatch.setenv("VOLTEFACE_TRUSTED_PROXIES", wrong)
        with pytest.raises(ValidationError, match="separated by commas"):
            Settings(_env_file=None)
