"""What a spreadsheet would run as a formula is a text in the files that we hand out."""

from __future__ import annotations

import csv
import io

import pytest

from monitor.web.downloads import csv_of

CALL = "cmd|' /C calc'!A0"


@pytest.mark.parametrize(
    "begins",
    [
        "=",
        "+",
        "-",
        "@",
        "\t",
        "\r",
        "\n",
        " =",
        "\u00a0=",
        "\u3000@",
        "\ufeff=",
        "\u200b=",
        "\x0b=",
        "＝",
        "＋",
        "－",
        "＠",
    ],
)
def test_what_looks_like_a_formula_is_defused(begins: str) -> None:
    (_, row) = csv.reader(io.StringIO(csv_of(["title"], [[begins + CALL]]).decode(), newline=""))
    assert row == ["'" + begins + CALL]


@pytest.mark.parametrize("text", ["", " ", "a = b", "mail@example.org", "1-2", "„so“", "  two  words "])
def test_what_is_none_stays_as_it_is(text: str) -> None:
    (_, row) = csv.reader(io.StringIO(csv_of(["n", "title"], [[-1.5, text]]).decode(), newline=""))
    assert row == ["-1.5", text]
