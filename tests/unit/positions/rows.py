"""Rows of reading: files in which a linguist writes texts and what is to be read in them.

    ## quote before                     a kind of wording
    "We will do it," said Keir Starmer.  a text on one line; "\\n\\n" parts paragraphs, "Headline || text" gives a title
        keir-starmer european-troops supports
        france military-aid opposes < donald-tusk
    Nobody said anything.
        -                                nothing is to be read

"withdrawn" ends a line where the stance is taken back, "@2019-01-01" where the date it was said at is to be that. A
text that begins with "[2022-05-01] " is of that day; one behind "? " is known not to be read right yet. The wording is
invented.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from monitor.model.statement import ReadStatement

FOLDER = Path(__file__).parent / "rows"
NOTHING = "-"
KNOWN = "? "
DAY = re.compile(r"\[(\d{4}-\d{2}-\d{2})\] ")
USUAL_DAY = "2025-03-01"


@dataclass(slots=True)
class Row:
    """A text, and what is to be read in it."""

    file: str
    line: int
    kind: str
    text: str
    known: bool = False
    expected: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The headline before "||"."""
        return self.text.split(" || ")[0] if " || " in self.text else ""

    @property
    def body(self) -> str:
        """The text without a headline."""
        return DAY.sub("", self.text).split(" || ")[-1].replace("\\n", "\n")

    @property
    def day(self) -> str:
        """The day of the text."""
        given = DAY.match(self.text)
        return given.group(1) if given else USUAL_DAY


def rows(file: Path) -> list[Row]:
    """The rows of a file. Raises ValueError with file and line where a text says nothing of what is to be read."""
    found: list[Row] = []
    kind = ""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("## "):
            kind = line[3:].strip()
        elif line.startswith("    "):
            found[-1].expected.append(line.strip())
        elif line.strip() and not line.startswith("#"):
            known = line.startswith(KNOWN)
            found.append(Row(file.stem, number, kind, line.removeprefix(KNOWN), known))
    for row in found:
        if not row.expected or not row.kind:
            raise ValueError(f"{file.name}:{row.line}: write below it what is to be read, or '-', under a '## kind'")
        row.expected = [] if row.expected == [NOTHING] else row.expected
    return found


def as_written(statement: ReadStatement, *, dated: bool = False) -> str:
    """A statement as a row names it."""
    return (
        f"{statement.holder} {statement.issue} {statement.stance.value}"
        + (f" < {statement.claimed_by}" if statement.claimed_by else "")
        + (" withdrawn" if statement.withdraws else "")
        + (f" @{statement.said_at.date()}" if dated else "")
    )
