"""What the grammar reads, by rows grouped as the kinds of wording that it must cope with."""

from __future__ import annotations

import pytest

from tests.unit.positions.reader import read
from tests.unit.positions.reading_rows import GROUPS

ROWS = [
    pytest.param(text, expected, id=f"{name}-{n}")
    for name, rows in GROUPS.items()
    for n, (text, expected) in enumerate(rows)
]


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_row(text: str, expected: list[str]) -> None:
    reading = read(text)
    given = {
        f"{s.holder} {s.issue} {s.stance.value}"
        + (f" < {s.claimed_by}" if s.claimed_by else "")
        + (" withdrawn" if s.withdraws else "")
        for s in reading.statements
    }
    assert given == set(expected), "\n".join(f"{step.outcome}: {step.why} {step.cues}" for step in reading.trace)


def test_each_group_has_fifteen_rows_and_some_that_give_nothing() -> None:
    for name, rows in GROUPS.items():
        assert len(rows) >= 15, name
        assert any(not expected for _, expected in rows), name
