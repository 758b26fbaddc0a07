"""Full-text search: what is found, on both databases alike, and that no input is an error."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from storage.engine import Database
from tests.contract.storage.values import DAY, NOW, new_item

ITEMS = {
    "merz": ("Merz lehnt Bodentruppen ab", "Der Kanzler sagte, Deutschland werde keine Soldaten schicken."),
    "meloni": ("Meloni contro l'invio di truppe", "«Non invieremo soldati in Ucraina», ha detto la premier."),
    "cafe": ("Café diplomacy", "Talks at the CAFE went on; U.S. envoys left for nord-stream.example.com/site"),
    "kyiv": ("Київ", "Зеленський їде до Києва 2025"),
    "street": ("Straße", "Die Straße von Hormus e\u0301tat"),
}


@pytest.fixture
def searched(database: Database) -> Database:
    with database.work() as work:
        for n, (identity, (title, text)) in enumerate(ITEMS.items()):
            work.items.add(new_item(identity, title=title, text=text, published_at=NOW - n * DAY), None)
    return database


def found(database: Database, query: str | None) -> list[str]:
    with database.view() as work:
        return [item.identity for item in work.items.search(query, 50)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (None, list(ITEMS)),
        ("  ", list(ITEMS)),
        ("merz", ["merz"]),
        ("MERZ kanzler", ["merz"]),
        ("merz meloni", []),
        ("soldaten", ["merz"]),
        ("solda*", ["merz", "meloni"]),
        ("cafe", ["cafe"]),
        ("CAFÉ", ["cafe"]),
        ('"keine soldaten"', ["merz"]),
        ('"soldaten keine"', []),
        ('"keine soldaten', ["merz"]),
        ("u.s.", ["cafe"]),
        ("nord-stream", ["cafe"]),
        ("example.com", ["cafe"]),
        ("l'invio", ["meloni"]),
        ("київ", ["kyiv"]),
        ("ЗЕЛЕНСЬКИЙ", ["kyiv"]),
        ("2025", ["kyiv"]),
        ("straße", ["street"]),
        ("état", ["street"]),
        ("etat", ["street"]),
        ("soldat* -ucraina", ["merz"]),
        ("-solda*", ["cafe", "kyiv", "street"]),
        ("-\"keine soldaten\" -café -київ", ["meloni", "street"]),
        ("the", ["cafe"]),  # no word is too common to be looked for
    ],
)  # fmt: skip
def test_what_is_found_newest_first(searched: Database, query: str | None, expected: list[str]) -> None:
    assert found(searched, query) == expected


ODD = [
    '"', '""', '"""', "'", "''", "NEAR(", "NEAR(a b, 3)", "*", "**", "a*b", "*a", "-", "--", "-*", '-"', "(", ")",
    "a AND", "OR", "NOT", "AND OR NOT", "title:merz", "{a b}:c", "^merz", "merz + kanzler", "a:b", "!", "&", "|",
    "<->", ":*", "\\", "%", "_", "\x00", "a\x00b", "\ud800", "\n", ";", "--merz", "/* */", "a" * 5_000, "x " * 5_000,
    "\u0301", "½", "ﬁ", "²", "ß", "İ", "😀", "🇺🇦",
]  # fmt: skip


@pytest.mark.parametrize("query", ODD)
def test_no_query_is_an_error(searched: Database, query: str) -> None:
    found(searched, query)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(query=st.text(alphabet=st.one_of(st.sampled_from("\"'*-():&|!<>^{}+ \x00a"), st.characters()), max_size=30))
def test_no_query_is_ever_an_error(searched: Database, query: str) -> None:
    found(searched, query)


def test_only_the_present_words_are_found(database: Database) -> None:
    with database.work() as work:
        item = work.items.add(new_item(title="Old heading"), None)
        work.items.revise(item.id, "New heading", "body", "h", None, NOW)
    assert found(database, "old") == []
    assert found(database, "new heading") == ["a"]


def test_pages_follow_one_another(searched: Database) -> None:
    with searched.view() as work:
        pages = [work.items.search("-nothing", 2, offset) for offset in (0, 2, 4, 6)]
    assert [[item.identity for item in page] for page in pages] == [
        ["merz", "meloni"],
        ["cafe", "kyiv"],
        ["street"],
        [],
    ]


def test_a_text_of_any_length_can_be_stored_and_is_found(database: Database) -> None:
    long = " ".join(f"wort{n}" for n in range(200_000))
    with database.work() as work:
        work.items.add(new_item("long", text=long), None)
        work.items.add(new_item("one", text="x" * 3_000_000), None)
        work.items.add(new_item("signs", text=" ".join(chr(0x20000 + n) for n in range(40_000)) * 8), None)
    assert found(database, "wort77 wort5000") == ["long"]


def index(database: Database, limit: int = 1_000) -> int:
    with database.work() as work:
        return work.items.index_rest(limit)


QUERIES = ["solda*", "-solda*", "merz -kanzler", "soldaten -meloni", '"keine soldaten"', "ЗЕЛЕНСЬКИЙ", "-nothing"]


@pytest.mark.parametrize("indexed", range(len(ITEMS) + 1))
def test_a_search_finds_the_same_however_much_is_in_the_index(searched: Database, indexed: int) -> None:
    before = [found(searched, query) for query in QUERIES]
    done = index(searched, indexed) if indexed else 0
    assert done == (indexed if searched.backend == "sqlite" else 0)
    assert [found(searched, query) for query in QUERIES] == before
    assert any(before)


def test_what_is_indexed_later_is_indexed_once_and_in_order(sqlite_database: Database) -> None:
    with sqlite_database.work() as work:
        work.items.add_all([new_item(f"n{n}", title=f"Heading {n}") for n in range(5)])
    assert [index(sqlite_database, 2) for _ in range(4)] == [2, 2, 1, 0]
    assert found(sqlite_database, "heading -3 -4") == ["n2", "n1", "n0"]
    with sqlite_database._engine.connect() as connection:
        connection.execute(text("INSERT INTO item_search (item_search, rank) VALUES ('integrity-check', 1)"))


@pytest.mark.parametrize("indexed", [0, 1, 3])
def test_what_is_removed_or_changed_before_it_is_indexed_leaves_nothing_behind(
    sqlite_database: Database, indexed: int
) -> None:
    with sqlite_database.work() as work:
        ids = work.items.add_all([new_item(f"n{n}", title=f"Heading {n}", text=f"wort{n}") for n in range(4)])
    if indexed:
        index(sqlite_database, indexed)
    with sqlite_database.work() as work:
        session = work._session
        session.execute(
            text("UPDATE item_revision SET text = 'anders' WHERE item_id IN (:a, :b)"), {"a": ids[0], "b": ids[2]}
        )
        session.execute(text("DELETE FROM item WHERE id IN (:a, :b)"), {"a": ids[1], "b": ids[3]})
    for _ in range(2):
        assert found(sqlite_database, "anders") == ["n2", "n0"]
        assert found(sqlite_database, "wort*") == []
        assert found(sqlite_database, "heading") == ["n2", "n0"]
        index(sqlite_database)
    with sqlite_database._engine.connect() as connection:
        connection.execute(text("INSERT INTO item_search (item_search, rank) VALUES ('integrity-check', 1)"))
