"""What of a long text is shown to a model: the surroundings of what was matched."""

from __future__ import annotations

from collections.abc import Sequence

from rules.model import Match, RuleKind

GAP = "\n[…]\n"
"""What stands where text was left out."""

WIDTHS = (2400, 1600, 1000, 600, 300, 150)
"""Characters shown to each side of a match, widest first."""


def excerpts(text: str, matches: Sequence[Match], field: str) -> list[str]:
    """The text, then ever narrower cuts of it around its matches of issues, each shorter than the one before.

    Cuts fall between words. A field in which no issue was matched is cut around its actors.
    """
    found = [m for m in matches if m.field == field and m.kind is RuleKind.ISSUE]
    found = found or [m for m in matches if m.field == field and m.kind is RuleKind.ACTOR]
    cuts = [text]
    for width in WIDTHS:
        cut = _around(text, [(m.start - width, m.end + width) for m in found])
        if len(cut) < len(cuts[-1]):
            cuts.append(cut)
    return cuts


def _around(text: str, spans: Sequence[tuple[int, int]]) -> str:
    merged: list[tuple[int, int]] = []
    for start, end in sorted((_back(text, max(s, 0)), _forth(text, min(e, len(text)))) for s, e in spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    shown = GAP.join(text[start:end].strip() for start, end in merged)
    before = GAP if merged and merged[0][0] > 0 else ""
    after = GAP if merged and merged[-1][1] < len(text) else ""
    return f"{before}{shown}{after}"


def _back(text: str, place: int) -> int:
    """The begin of the word at a place; a "word" of more than 40 characters is cut."""
    for index in range(place, max(place - 40, 0), -1):
        if text[index - 1].isspace():
            return index
    return place if place > 40 else 0


def _forth(text: str, place: int) -> int:
    for index in range(place, min(place + 40, len(text))):
        if text[index].isspace():
            return index
    return place if place + 40 < len(text) else len(text)
