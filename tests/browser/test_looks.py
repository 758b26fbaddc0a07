"""Every page that there is, as an operator sees it: nothing sticks out, nothing is complained of, all can use it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser

from monitor.model.account import Role
from monitor.model.alert import AttemptResult, ChannelName, DeliveryStatus, Filter
from monitor.model.letter import LetterPurpose
from monitor.model.report import ReportReason
from monitor.settings import Settings
from monitor.web.app import create_app
from storage.engine import Database
from storage.tokens import TokenPurpose
from tests.browser.accessible import serious_faults
from tests.browser.conftest import PATIENCE_MS, Tab
from tests.integration.web.newsroom import Newsroom, turn
from tests.integration.web.served import served
from tests.integration.web.test_desk_deliveries import deliver
from tests.integration.web.test_security import routes_of

WIDTHS = (390, 1024, 1600)
NO_PAGES = re.compile(
    r"^/(api/.|healthz|readyz|metrics|events|robots\.txt|icons/|atom/|websub/)|\.(csv|json|atom|graphml|opml)$"
)
"""What programs read."""

Scheme = Literal["light", "dark"]
MISSING = "/no-such-page"

ELSEWHERE = {
    "/desk/feeds/look-up/{lookup_id}": "needs a site to look up: test_whole_way",
    "/desk/checks": "needs the whole service: test_whole_way",
    "/account/export": "a file",
    "/account/deleted": "for whoever is no longer signed in",
    "/desk/deliveries/{delivery_id}/message.html": "somebody's mail as it was sent, in a frame that runs nothing",
}


class House:
    """A service in which every page has something to show."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.now = now = datetime.now(UTC)
        self.database = database
        newsroom = Newsroom(database)
        self.change = turn(newsroom, now=now)
        newsroom.publish("A" * 300, "https://example.org/" + "a" * 400, at=now, publisher="p" * 80)
        refused = AttemptResult(ok=False, status=500, error="The endpoint answered 500.")
        self.delivery = deliver(database, refused, change=self.change, status=DeliveryStatus.DEAD)
        settings = Settings(
            data_dir=folder, label="INVENTED", public_url="https://desk.example", smtp_host="127.0.0.1", _env_file=None
        )
        self.app: FastAPI = create_app(database, settings)
        self._fill()

    def _fill(self) -> None:
        soon = self.now + timedelta(hours=1)
        with self.database.work() as work:
            work.feeds.add("https://paper.example/" + "f" * 120, "The Paper", "", self.now)
            work.reports.add(self.change.id, ReportReason.MISREAD, "She said the opposite.", self.now)
            ops = work.accounts.add("ops", Role.OPERATOR, None, self.now)
            self.session = work.accounts.sign_in(ops.id, self.now, soon)
            address = "ops@desk.example"
            work.account_addresses.prove(ops.id, address, self.now)
            mine = work.subscriptions.add(address, ChannelName.EMAIL, address, Filter(), None, self.now)
            self.mine = mine.id
            self.tokens = {p: work.tokens.mint(p, mine.id, self.now, None) for p in TokenPurpose}
            self.invitation = work.accounts.invite(Role.SUBSCRIBER, None, self.now, soon)
            self.letters: dict[LetterPurpose, str] = {}
            for purpose in (LetterPurpose.SIGN_UP, LetterPurpose.PASSWORD, LetterPurpose.ADDRESS):
                account = None if purpose is LetterPurpose.SIGN_UP else ops.id
                work.account_letters.queue(purpose, f"{purpose}@desk.example", account, self.now)
                (letter,) = work.account_letters.claim_due(self.now, 1, timedelta(hours=1))
                self.letters[purpose] = work.account_letters.mint(letter, purpose, self.now, soon)

    def address(self, route: str) -> str:
        """The path of a page with something on it."""
        tokens = {
            "/s/confirm/": self.tokens[TokenPurpose.CONFIRM],
            "/s/": self.tokens[TokenPurpose.MANAGE],
            "/invitation/": self.invitation,
            "/sign-up/": self.letters[LetterPurpose.SIGN_UP],
            "/forgotten/": self.letters[LetterPurpose.PASSWORD],
            "/account/address/": self.letters[LetterPurpose.ADDRESS],
        }
        values = {
            "token": next((token for place, token in tokens.items() if route.startswith(place)), ""),
            "actor": "ada-quill",
            "issue": "bridge",
            "change_id": str(self.change.id),
            "item_id": "7",
            "feed_id": "1",
            "statement_id": "1",
            "delivery_id": str(self.delivery),
            "report_id": "1",
            "number": str(self.mine),
            "kind": "issue",
            "rule_id": "bridge",
        }
        return re.sub(r"{(\w+)[^}]*}", lambda found: values[found[1]], route)

    def pages(self) -> list[str]:
        """The paths of all pages, by the routes there are."""
        routes = [r.path for r in routes_of(self.app) if "GET" in (getattr(r, "methods", None) or ())]
        paths = [self.address(r) for r in routes if not NO_PAGES.search(r) and r not in ELSEWHERE]
        return [
            *paths,
            "/items/1",
            "/items?q=bridge",
            "/positions/lemuria/tolls",
            "/no-such-page",
            "/desk/rules/actor/ada-quill",
        ]


@pytest.fixture
def house(sqlite_database: Database, tmp_path: Path) -> House:
    return House(sqlite_database, tmp_path)


@pytest.fixture
def url(house: House) -> Iterator[str]:
    with served(house.app) as running:
        yield running.url


def open_tab(browser: Browser, house: House, url: str, width: int, scheme: Scheme) -> Tab:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    context.add_cookies([{"name": "volteface", "value": house.session, "url": url}])
    return Tab(context.new_page())


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1024, "dark"), (1600, "light")])
def test_no_page_sticks_out_and_everybody_can_use_it(
    house: House, url: str, browser: Browser, width: int, scheme: Scheme, tmp_path: Path
) -> None:
    tab = open_tab(browser, house, url, width, scheme)
    pages = house.pages()
    assert len(pages) > 45
    faults: dict[str, list[str]] = {}
    for path in pages:
        answer = tab.page.goto(url + path)
        assert answer is not None
        name = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")[:60] or "front"
        tab.page.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)
        wrong = [] if answer.status == (404 if path == MISSING else 200) else [f"answers {answer.status}"]
        beyond = tab.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        wrong += [f"{beyond} px too wide"] if beyond > 0 else []
        wrong += serious_faults(tab.page)
        wrong += [said for said in tab.complaints if not ("404" in said and path == MISSING)]
        tab.complaints.clear()
        if wrong:
            faults[path] = wrong
    said = "\n".join(f"{path}: {what}" for path, found in faults.items() for what in found)
    assert not said, said
