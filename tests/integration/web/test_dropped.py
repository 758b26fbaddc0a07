"""A change that was contradicted before it was confirmed leaves a trace that can be read."""

from __future__ import annotations

from datetime import timedelta

from monitor.model.position import Change, ChangeStatus
from monitor.model.statement import Stance
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, Newsroom

STRAY = "Perhaps the bridge should be built after all"


def contradicted(newsroom: Newsroom) -> Change:
    """Ada Quill opposes the bridge; one paper reads her the other way; two more days she opposes it as before."""
    says = [(Stance.OPPOSES, None)] * 3 + [(Stance.SUPPORTS, STRAY)] + [(Stance.OPPOSES, None)] * 2
    for day, (stance, stray) in enumerate(says):
        at = NOW - timedelta(days=20 - day)
        words = stray or f"There will be no bridge, not in {day + 5} years"
        newsroom.say("ada-quill", "bridge", stance, at=at, words=words, publisher=f"paper{day}.example")
    with newsroom.database.view() as work:
        found = work.positions.changes(actor="ada-quill", status=ChangeStatus.DROPPED)
    assert len(found) == 1
    return found[0]


def test_it_is_pending_until_the_contradiction_and_then_listed_as_dropped(client: Client, newsroom: Newsroom) -> None:
    change = contradicted(newsroom)
    assert (change.found.before, change.found.after) == (Stance.OPPOSES, Stance.SUPPORTS)
    page = client.get("/changes").text
    article = page.split(f'id="change-{change.id}"')[1].split("</article>")[0]
    assert "dropped" in article
    assert STRAY in article


def test_its_page_says_what_became_of_it_and_the_position_stands(client: Client, newsroom: Newsroom) -> None:
    change = contradicted(newsroom)
    page = client.get(f"/changes/{change.id}").text
    assert "Contradicted before it was confirmed." in page
    assert STRAY in page
    position = client.get("/positions/ada-quill/bridge").text
    assert STRAY in position
    assert "pending:" not in position


def test_programs_can_ask_for_it(client: Client, newsroom: Newsroom) -> None:
    change = contradicted(newsroom)
    listed = client.get("/api/changes?status=dropped").json()
    assert str(change.id) in str(listed)
    assert STRAY in str(listed)
