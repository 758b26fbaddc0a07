"""A page in a browser of its own, with everything that went wrong in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from tests.browser.conftest import Tab


class Watched(Tab):
    """A page, with what the browser complained of and with every request that failed or was refused.

    A form with a mistake in it, sent to one of the paths in `mistaken`, may be answered as such.
    """

    def __init__(self, page: Page, mistaken: Sequence[str] = ()) -> None:
        super().__init__(page)
        self._mistaken = mistaken
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _failed(self, request: Request) -> None:
        # What the page itself gives up, such as its stream when it is left, did not fail.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not (response.status == 422 and self._may_be_mistaken(response.url)):
            self.complaints.append(f"{response.request.method} {response.url}: {response.status}")

    def _note(self, message: ConsoleMessage) -> None:
        if "status of 422" not in message.text or not self._may_be_mistaken(message.location["url"]):
            super()._note(message)

    def _may_be_mistaken(self, url: str) -> bool:
        return urlsplit(url).path in self._mistaken


def open_watched(browser: Browser, patience_ms: float, mistaken: Sequence[str] = (), **options: Any) -> Watched:
    """A page in a new context of the browser, which trusts the certificate of a test."""
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1280, "height": 900}, **options)
    context.set_default_timeout(patience_ms)
    return Watched(context.new_page(), mistaken)
