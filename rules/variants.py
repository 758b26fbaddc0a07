"""Spellings that count as one: Zelensky, Zelenskyy, Selenskyj. The groups are data, in `variants.yaml` beside this."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import product
from pathlib import Path

from ruamel.yaml import YAML

from rules.fold import fold_wording

MOST_SPELLINGS = 500
"""More spellings than this of one wording are refused: they multiply with each word that has variants."""

_FILE = Path(__file__).with_name("variants.yaml")


@lru_cache(maxsize=1)
def groups() -> tuple[tuple[str, ...], ...]:
    """The groups, each of folded spellings, in the order of the file."""
    loaded = YAML(typ="safe", pure=True).load(_FILE.read_text(encoding="utf-8"))
    return tuple(tuple(dict.fromkeys(fold_wording(spelling) for spelling in group)) for group in loaded)


@lru_cache(maxsize=1)
def by_spelling() -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """The words of a folded spelling (parted at spaces) → all spellings of its group."""
    return {tuple(spelling.split(" ")): group for group in groups() for spelling in group}


@lru_cache(maxsize=1)
def _longest() -> int:
    return max(map(len, by_spelling()))


def _choices(wording: str) -> list[tuple[str, ...]]:
    """The wording as a row of slots, each with the spellings it may have; longest known spelling first."""
    words = wording.split(" ")
    slots: list[tuple[str, ...]] = []
    at = 0
    while at < len(words):
        for length in range(min(_longest(), len(words) - at), 0, -1):
            group = by_spelling().get(tuple(words[at : at + length]))
            if group is not None:
                slots.append(group)
                break
        else:
            length = 1
            slots.append((words[at],))
        at += length
    return slots


def count_spellings(wording: str) -> int:
    """How many spellings a folded wording has."""
    count = 1
    for slot in _choices(wording):
        count *= len(slot)
    return count


def spellings(wording: str) -> tuple[str, ...]:
    """All spellings of a folded wording, itself among them. Raises ValueError beyond MOST_SPELLINGS."""
    if count_spellings(wording) > MOST_SPELLINGS:
        raise ValueError(f"“{wording}” has more than {MOST_SPELLINGS} spellings; write it as several shorter ones")
    return tuple(dict.fromkeys(" ".join(row) for row in product(*_choices(wording))))
