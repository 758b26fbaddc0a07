"""An operator at the pages of rules, over a real walk: opens a page, changes fields of its form, and sends it."""

from __future__ import annotations

import json
import re
from contextlib import nullcontext
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from fastapi import FastAPI

from monitor.api.previews import Previews
from monitor.model.account import Role
from monitor.positions.grammar.extractor import GrammarExtractor
from monitor.positions.track import FilterTracker
from monitor.settings import Settings
from monitor.web.app import create_app
from storage.engine import Database
from tests.integration.pipeline.walking import NOW, Walk
from tests.integration.web.client import Client


class FormReader(HTMLParser):
    """What a browser would send of a page's fields, buttons left out."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._area: str | None = None
        self._select: str | None = None
        self._disabled = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "fieldset":
            self._disabled += self._disabled > 0 or "disabled" in given
        if self._disabled:
            return
        name = given.get("name", "")
        if tag == "input" and name and (given.get("type") != "checkbox" or "checked" in given):
            self.fields.setdefault(name, given.get("value", ""))
        elif tag == "textarea":
            self._area = name
            self.fields[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and (self._select not in self.fields or "selected" in given):
            self.fields[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "fieldset" and self._disabled:
            self._disabled -= 1
        if tag == "textarea" and self._area is not None:
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")
            self._area = None
        if tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.fields[self._area] += data


def fields_of(page: httpx.Response) -> dict[str, str]:
    """The fields of a page's forms, as they stand."""
    reader = FormReader()
    reader.feed(page.text)
    return reader.fields


def words_of(page: httpx.Response) -> str:
    """What a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


class Operator:
    """Somebody who is signed in as an operator, under a name of their own."""

    def __init__(self, app: FastAPI, database: Database, name: str = "ops", role: Role = Role.OPERATOR) -> None:
        self._client = Client(app)
        with database.work() as work:
            account = work.accounts.add(name, role, None, NOW)
            token = work.accounts.sign_in(account.id, NOW, NOW + timedelta(days=1))
        self.headers = {"cookie": f"volteface={token}"}

    def get(self, path: str) -> httpx.Response:
        return self._client.get(path, headers=self.headers)

    def send(self, path: str, fields: dict[str, str], **more: str) -> httpx.Response:
        headers = {**self.headers, "content-type": "application/x-www-form-urlencoded"}
        return self._client.request("POST", path, content=urlencode({**fields, **more}), headers=headers)

    def draft(self, fields: dict[str, str], **more: str) -> list[dict[str, Any]]:
        """What the page is told while its form is typed into."""
        answer = self.send("/desk/rules/draft", fields, **more)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("application/x-ndjson")
        return [json.loads(line) for line in answer.text.splitlines()]


def previews_of(walk: Walk, folder: Path, tracker: FilterTracker | None = None) -> Previews:
    """What drafts are previewed with."""
    return Previews(
        database=walk.database,
        packs=[folder / "pack"],
        extractor=lambda: nullcontext(GrammarExtractor()),
        tracker=tracker or FilterTracker(),
        follow_precision=True,
        clock=lambda: NOW,
    )


def app_over(walk: Walk, folder: Path) -> FastAPI:
    """The pages with all that rules need."""
    settings = Settings(data_dir=folder, _env_file=None)
    return create_app(walk.database, settings, previews=previews_of(walk, folder), clock=lambda: NOW)
