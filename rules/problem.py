"""What is wrong with a pack of rules, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path


class Severity(StrEnum):
    """An ERROR keeps the rules from being used; a WARNING is most likely a mistake."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file; line and column count from 1, and 0 stands for the file as a whole."""

    path: Path
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else str(self.path)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong. `line` and `column` count from 1; 0 stands for the file or folder as a whole."""

    path: Path
    line: int
    column: int
    message: str
    remedy: str
    severity: Severity = Severity.ERROR

    @property
    def fatal(self) -> bool:
        """Whether it keeps the rules from being used."""
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        return f"{Place(self.path, self.line, self.column)}: {self.severity}: {self.message}; {self.remedy}"


class RulesInvalid(ValueError):  # noqa: N818 - the name says what the rules are
    """Rules that cannot be used. `problems` holds all errors, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class Report:
    """Collects problems while a pack is read."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def error(self, place: Place, message: str, remedy: str) -> None:
        """Notes something that keeps the rules from being used."""
        self._problems.append(Problem(place.path, place.line, place.column, message, remedy))

    def warning(self, place: Place, message: str, remedy: str) -> None:
        """Notes something that is most likely a mistake."""
        self._problems.append(Problem(place.path, place.line, place.column, message, remedy, Severity.WARNING))

    @property
    def problems(self) -> list[Problem]:
        """All of them, by place, each once."""
        return sorted(set(self._problems))


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """A remedy that names the known word closest to a mistyped one."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else otherwise
