"""A service with a mailbox at its other end: what subscribers do there by themselves, without a network."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from monitor.alerts.channels.email import EmailChannel, Security, SmtpConfig
from monitor.model.account import Role
from monitor.pipeline.letters import LetterStep
from monitor.settings import Settings
from monitor.web.app import create_app
from monitor.web.passwords import hashed
from monitor.web.visitor import csrf_of
from storage.engine import Database
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW
from tests.sinks import Mail, SmtpSink

PASSWORD = "a few words in a row"
URL = "https://desk.example"
_HASH = hashed(PASSWORD)


class Town:
    """A service at `URL`, its clock, and the mail server that it sends by."""

    def __init__(self, database: Database, folder: Path, sink: SmtpSink, **more: Any) -> None:
        self.database, self.sink, self.now = database, sink, NOW
        given: dict[str, Any] = {"public_url": URL, "smtp_host": "127.0.0.1", **more}
        self.settings = Settings(data_dir=folder, _env_file=None, **given)
        self.app = create_app(database, self.settings, clock=lambda: self.now)
        self.client = Client(self.app)
        config = SmtpConfig(host="127.0.0.1", port=sink.port, security=Security.PLAIN, sender="v@desk.example")
        self.letters = LetterStep(database, EmailChannel(config), public_url=URL)

    def later(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now

    def send(self) -> int:
        """What the worker does."""
        return asyncio.run(self.letters.step(self.now))

    def link(self, place: str) -> str:
        """The path of the link in the newest mail."""
        text = part(self.sink.mails[-1], "plain")
        found: str = re.search(rf"{URL}(/{place}/\S+)", text)[1]  # type: ignore[index]
        return found

    def reader(self, address: str) -> Reader:
        """Somebody with an account, as if they had signed up."""
        with self.database.work() as work:
            account = work.accounts.add(address, Role.SUBSCRIBER, _HASH, self.now)
            work.account_addresses.prove(account.id, address, self.now)
            token = work.accounts.sign_in(account.id, self.now, self.now + timedelta(days=14))
        return Reader(self, f"volteface={token}")

    def sign_up(self, address: str, password: str = PASSWORD, **form: str) -> Reader:
        """The whole way into an account."""
        assert self.client.request("POST", "/sign-up", data={"address": address}).status_code == 200
        self.send()
        made = self.client.request("POST", self.link("sign-up"), data={"name": address, "password": password, **form})
        assert made.status_code == 303, made.text
        return Reader(self, made.headers["set-cookie"].partition(";")[0])


class Reader:
    """A browser that is signed in."""

    def __init__(self, town: Town, cookie: str) -> None:
        self.town = town
        self.headers = {"cookie": cookie}

    def get(self, path: str) -> httpx.Response:
        return self.town.client.get(path, headers=self.headers)

    @property
    def csrf(self) -> str:
        """The token of their forms: of the session, as `csrf_of` makes it."""
        return csrf_of(self.headers["cookie"].partition("=")[2])

    def post(self, path: str, form: Mapping[str, str | list[str]] | None = None) -> httpx.Response:
        data = {"csrf": self.csrf, **(form or {})}
        return self.town.client.request("POST", path, headers=self.headers, data=data)


def part(mail: Mail, kind: str) -> str:
    """The text or the HTML of a mail."""
    body = mail.message.get_body((kind,))
    assert body is not None
    content: str = body.get_content()
    return content


def filled(page: str, action: str) -> dict[str, list[str]]:
    """The fields of the form with this action, as HTML says that they are sent."""
    form = re.search(rf'<form [^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert form is not None, action
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form[0]):
        given = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if given.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        found.setdefault(given["name"], []).append(given.get("value", "on"))
    for name, options in re.findall(r'<select [^>]*name="(\w+)"[^>]*>(.*?)</select>', form[0], re.DOTALL):
        found[name] = re.findall(r'value="([^"]*)" selected', options)
    return found
