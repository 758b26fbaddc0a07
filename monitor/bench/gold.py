"""Gold files: who holds which position in which document, one JSON object a line, and what an extractor gave instead.

The keys are doc, actor, issue, stance; "alt" holds further stances that count as right, and what is "optional" costs
nothing when it is missed and nothing when it is found.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.model.statement import Stance

Key = tuple[str, str, str]
"""Document, actor, issue."""


class GoldError(Exception):
    """A gold file cannot be used. The message names file and line."""


@dataclass(frozen=True, slots=True)
class GoldRow:
    """What is held. `right` are all stances that count as right, the first one among them `stance`."""

    key: Key
    stance: Stance
    right: frozenset[Stance]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What an extractor gave; confidence 0..1."""

    key: Key
    stance: Stance
    confidence: float


def load_gold(*files: Path) -> dict[Key, GoldRow]:
    """The rows of all files by document, actor and issue; the last one counts. Raises GoldError."""
    rows: dict[Key, GoldRow] = {}
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise GoldError(f"{file} cannot be read: {error}") from None
        for number, line in enumerate(lines, start=1):
            if line.strip():
                row = _row(line, f"{file}, line {number}")
                rows[row.key] = row
    if not rows:
        raise GoldError(f"{', '.join(map(str, files))}: no row; each needs doc, actor, issue and stance")
    return rows


def _row(line: str, where: str) -> GoldRow:
    try:
        found = json.loads(line)
        stance, alt = Stance(found["stance"]), [Stance(s) for s in found.get("alt", [])]
        key = tuple(found[name] for name in ("doc", "actor", "issue"))
    except json.JSONDecodeError as error:
        raise GoldError(f"{where}: not JSON ({error.msg} at column {error.colno})") from None
    except (KeyError, TypeError, AttributeError):
        raise GoldError(f"{where}: needs an object with doc, actor, issue and stance") from None
    except ValueError as error:
        raise GoldError(f"{where}: {error}; the stances are {', '.join(Stance)}") from None
    if not all(isinstance(part, str) for part in key):
        raise GoldError(f"{where}: doc, actor and issue must be strings")
    return GoldRow((key[0], key[1], key[2]), stance, frozenset({stance, *alt}), bool(found.get("optional")))


def surest(given: Iterable[Given], gold: Mapping[Key, GoldRow]) -> dict[Key, Given]:
    """One for each key, the most confident, the later of equals; documents without a gold row do not count."""
    documents = {key[0] for key in gold}
    best: dict[Key, Given] = {}
    for one in given:
        known = best.get(one.key)
        if one.key[0] in documents and (known is None or one.confidence >= known.confidence):
            best[one.key] = one
    return best
