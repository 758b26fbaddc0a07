"""Marks within a text: cuts it where any span begins or ends, so that overlapping spans never break the markup."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Mark:
    """A span that means something. Offsets in code points, end exclusive; `tone` is a class name, `label` its words."""

    start: int
    end: int
    tone: str
    label: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text under the same marks. `text` is not escaped: the template does that."""

    text: str
    tones: tuple[str, ...] = ()
    label: str = ""


def segments(text: str, marks: Iterable[Mark]) -> list[Segment]:
    """The text cut into segments, in order and without loss. Marks that do not lie within the text are cut to it."""
    cut = (Mark(max(0, m.start), min(len(text), m.end), m.tone, m.label) for m in marks)
    inside = sorted((m for m in cut if m.start < m.end), key=lambda m: (m.start, -m.end, m.tone, m.label))
    cuts = sorted({0, len(text), *(m.start for m in inside), *(m.end for m in inside)})
    opening: dict[int, list[Mark]] = {}
    for mark in inside:
        opening.setdefault(mark.start, []).append(mark)
    found: list[Segment] = []
    active: list[Mark] = []
    for start, end in pairwise(cuts):
        active = [m for m in active if m.end > start] + opening.get(start, [])
        tones = tuple(dict.fromkeys(m.tone for m in active))
        labels = dict.fromkeys(m.label for m in active if m.label)
        found.append(Segment(text[start:end], tones, "; ".join(labels)))
    return found
