"""What is read in German, French, Spanish and Italian: a page of rows each, and pages that were written blind."""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path

import pytest

from monitor.model.statement import Reading
from monitor.positions.grammar.language import load_language
from monitor.positions.read import read_item
from rules.compiler import CompiledRules, compile_rules
from rules.loader import load_packs
from tests.unit.positions.reader import extractor, item
from tests.unit.positions.rows import Row, as_written, rows

HERE = Path(__file__).parent
CODES = ("de", "fr", "es", "it")
LEAST_ROWS, LEAST_OF_NOTHING = 60, 20


@lru_cache(maxsize=1)
def seeds() -> CompiledRules:
    """The seed pack alone: it has the names in all five languages."""
    return compile_rules(load_packs())


def blind(code: str) -> tuple[Path, Path]:
    """The pages that were written and labelled before their first run: the second after the first was mended for."""
    return HERE / "blind" / f"{code}.rows", HERE / "blind2" / f"{code}.rows"


def reading_of(row: Row, code: str) -> Reading:
    """What is read in a row."""
    return read_item(item(row.body, title=row.title, lang=code), seeds(), extractor())


ROWS = [
    pytest.param(code, row, id=f"{code}-{row.line}-{row.kind}") for code in CODES for row in rows(HERE / f"{code}.rows")
]


@pytest.mark.parametrize(("code", "row"), ROWS)
def test_row(code: str, row: Row) -> None:
    reading = reading_of(row, code)
    given = {as_written(s) for s in reading.statements}
    assert given == set(row.expected), "\n".join(f"{s.outcome}: {s.why} {s.cues}" for s in reading.trace)


@pytest.mark.parametrize("code", CODES)
def test_a_page_holds_enough_rows_and_enough_that_give_nothing(code: str) -> None:
    page = rows(HERE / f"{code}.rows")
    assert len(page) >= LEAST_ROWS
    assert sum(not row.expected for row in page) >= LEAST_OF_NOTHING


@pytest.mark.parametrize("code", CODES)
def test_evidence_is_verbatim_whatever_the_word_order(code: str) -> None:
    for page in (HERE / f"{code}.rows", *blind(code)):
        for row in rows(page):
            for statement in reading_of(row, code).statements:
                seen = statement.evidence
                assert seen.text
                assert row.body[seen.start : seen.end] == seen.text


@pytest.mark.parametrize("code", CODES)
def test_mangled_text_is_read_without_harm(code: str) -> None:
    shuffled = random.Random(7)
    words = [word for row in rows(HERE / f"{code}.rows") for word in row.body.split()]
    between = ["", "", ",", " „", "“", "'", "\n", "\n\n", ".", "«", "»", " zu", " ab", " und"]
    for _ in range(150):
        count = shuffled.randint(1, 60)
        text = " ".join(shuffled.choice(words) + shuffled.choice(between) for _ in range(count))
        for statement in read_item(item(text, lang=code), seeds(), extractor()).statements:
            seen = statement.evidence
            assert text[seen.start : seen.end] == seen.text


@pytest.mark.parametrize("code", CODES)
def test_what_was_written_blind_is_read_no_worse_than_the_language_folder_says(code: str) -> None:
    right = given = expected = 0
    for row in [row for page in blind(code) for row in rows(page)]:
        found = {as_written(s) for s in reading_of(row, code).statements}
        right += len(found & set(row.expected))
        given += len(found)
        expected += len(row.expected)
    stated = load_language(code).traits.accuracy
    assert right / given >= stated.right / stated.statements
    assert right / expected >= stated.right / stated.expected
