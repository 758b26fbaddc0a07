"""A reading by a stand-in is marked wherever somebody could take it for the chosen one's."""

from __future__ import annotations

from datetime import timedelta

from monitor.model.statement import Fallback
from storage.engine import Database
from tests.integration.web.client import Client
from tests.integration.web.newsroom import NOW, Newsroom


def stand_in(newsroom: Newsroom, database: Database, *, again: bool = True) -> int:
    item = newsroom.publish("Title", "Text.", at=NOW)
    fallback = Fallback(
        wanted="llm", reason="answered 500: <b>oops</b>", again_at=NOW + timedelta(hours=1) if again else None
    )
    with database.work() as work:
        work.statements.replace_reading(item, "grammar", "1", "v", (), NOW, fallback)
        work.items.mark_done([item], NOW)
    return item.id


def test_the_item_says_who_read_it(client: Client, newsroom: Newsroom, database: Database) -> None:
    item = stand_in(newsroom, database)
    page = client.get(f"/items/{item}").text
    assert "Read by grammar in place of llm: answered 500: &lt;b&gt;oops&lt;/b&gt;." in page
    assert "To be read again from" in page
    reading = client.get(f"/api/items/{item}").json()["reading"]
    assert (reading["extractor"], reading["wanted"]) == ("grammar", "llm")
    assert reading["fallback_reason"] == "answered 500: <b>oops</b>"
    assert reading["again_at"] == (NOW + timedelta(hours=1)).isoformat().replace("+00:00", "Z")


def test_one_that_is_final_says_so_by_naming_no_time(client: Client, newsroom: Newsroom, database: Database) -> None:
    item = stand_in(newsroom, database, again=False)
    assert "To be read again" not in client.get(f"/items/{item}").text
    assert client.get(f"/api/items/{item}").json()["reading"]["again_at"] is None
    assert client.get("/readyz").json()["reading"] is None


def test_an_item_that_was_read_as_chosen_bears_no_mark(client: Client, newsroom: Newsroom, database: Database) -> None:
    item = newsroom.publish("Title", "Text.", at=NOW)
    assert client.get(f"/api/items/{item.id}").json()["reading"] is None
    newsroom.read(item)
    assert "in place of" not in client.get(f"/items/{item.id}").text
    assert client.get(f"/api/items/{item.id}").json()["reading"]["wanted"] is None


def test_the_item_says_how_well_its_language_is_read(client: Client, newsroom: Newsroom) -> None:
    german = newsroom.publish("Titel", "Der Kreml schweigt.", at=NOW, lang="de")
    dutch = newsroom.publish("Titel", "Het Kremlin zwijgt.", at=NOW, lang="nl")
    english = newsroom.publish("Title", "The Kremlin is silent.", at=NOW)
    assert "German is read with low accuracy: of " in client.get(f"/items/{german.id}").text
    assert "Not read: language nl. Statements are read in English, French, German, Italian and Spanish." in (
        client.get(f"/items/{dutch.id}").text
    )
    page = client.get(f"/items/{english.id}").text
    assert "low accuracy" not in page
    assert "Not read" not in page


def test_readiness_tells_how_many_wait(client: Client, newsroom: Newsroom, database: Database) -> None:
    stand_in(newsroom, database)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["reading"] == "1 read by grammar in place of llm: answered 500: <b>oops</b>"
