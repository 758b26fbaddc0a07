"""What a walk leftwards from a matter meets, and where it stands meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.positions.grammar.analysis import CueGroup
from monitor.positions.grammar.mentions import Mention


@dataclass(slots=True)
class Owned:
    """A holder by a noun: "Rome's opposition to", "a proposal from France"; with the wordings from there on."""

    mentions: tuple[Mention, ...]
    cues: tuple[CueGroup, ...]


@dataclass(slots=True)
class Climb:
    """What a walk met. `subjects` is empty when nobody known governs; `unknown` when somebody unknown does."""

    subjects: tuple[Mention, ...] = ()
    cues: list[CueGroup] = field(default_factory=list)
    owned: list[Owned] = field(default_factory=list)
    unknown: bool = False
    embedded: int = 0
    evaluation: CueGroup | None = None
    stopped_at: int = 0
    why: str = ""


@dataclass(slots=True)
class Walk:
    """Where a walk stands. `governing` while wordings still bear on the matter, `in_adjunct` while nothing but the
    matter's own phrase was passed, `relative` right behind "who".
    """

    at: int
    low: int
    index: int
    result: Climb
    companions: list[Mention] = field(default_factory=list)
    governing: bool = True
    in_adjunct: bool = True
    relative: bool = False
    done: bool = False

    def stop(self, at: int, why: str) -> None:
        """Ends the walk at somebody or something that holds no known position."""
        self.result.unknown, self.result.why, self.result.stopped_at, self.done = True, why, at, True
