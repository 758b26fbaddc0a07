"""Precision and recall over sentences in the manner of news agencies; the figures are printed by `-rP`."""

from __future__ import annotations

import pytest

from tests.unit.positions.agency_rows import AGENCY, SECOND
from tests.unit.positions.reader import read


@pytest.mark.parametrize(
    ("name", "sets", "precision", "recall"),
    [("first", AGENCY, 0.85, 0.85), ("second", SECOND, 0.80, 0.70)],
)
def test_floors(name: str, sets: dict[str, list[tuple[str, list[str]]]], precision: float, recall: float) -> None:
    right = given = wanted = 0
    for rows in sets.values():
        for text, expected in rows:
            found = {
                f"{s.holder} {s.issue} {s.stance.value}"
                + (f" < {s.claimed_by}" if s.claimed_by else "")
                + (" withdrawn" if s.withdraws else "")
                for s in read(text).statements
            }
            right += len(found & set(expected))
            given += len(found)
            wanted += len(set(expected))
    print(f"{name}: precision {right / given:.3f} ({right}/{given}) recall {right / wanted:.3f} ({right}/{wanted})")
    assert right / given >= precision
    assert right / wanted >= recall
