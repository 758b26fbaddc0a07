"""/desk/rules/…/history: the versions of a rule, what differs between any two, rolling back; and the latest of all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Annotated, Any

from fastapi import HTTPException, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.pipeline.rule_edits import ExamplesFailed, RuleChange, by_key, edited, must_come_out, restore, settle
from monitor.web.pages.rules.bench import Bench, DraftFields, one, who_is
from monitor.web.pages.rules.editor import LONGEST_WHY, address_of
from rules.model import AnyRule, RuleKind
from storage.errors import NotFound, RuleSavedMeanwhile
from storage.rule_merge import Difference
from storage.values import RuleVersion

LATEST = 100
Number = Annotated[int | None, Query(ge=0, le=10**9)]
Piece = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Line:
    """An entry that went or came, cut where it differs from its counterpart."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """How one field changed."""

    field: str
    removed: tuple[Line, ...]
    added: tuple[Line, ...]


class Versions:
    """The pages of versions."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._desk = bench.desk

    def latest(self) -> HTMLResponse:
        """The latest saves of all rules."""
        with self._desk.database.view() as work:
            newest = work.rules.newest_versions(LATEST)
            edits = {(version.kind, version.rule_id) for version in newest if version.version > 1}
            earlier = {key: {v.version: v.rule for v in work.rules.history(*key)} for key in edits}
        shown = [(v, drawn(v, earlier.get((v.kind, v.rule_id), {}).get(v.version - 1))) for v in newest]
        return self._desk.pages.page("rules_history.html", {"versions": shown})

    def history(self, kind: RuleKind, rule_id: str, old: Number = None, new: Number = None) -> HTMLResponse:
        """The versions of one rule, newest first; with `old` and `new` what differs between these two."""
        return self._history(kind, rule_id, old, new)

    def roll_back(self, request: Request, kind: RuleKind, rule_id: str, sent: DraftFields) -> Response:
        """Puts an earlier version in force again, or settles a conflict with a pack."""
        why, base = " ".join(one(sent, "why").split()), one(sent, "base")
        if not why or len(why) > LONGEST_WHY:
            said = "Say why, for whoever asks later." if not why else f"At most {LONGEST_WHY} characters."
            return self._history(kind, rule_id, problem=said, why=why, status=422)
        now, who, keep = self._desk.clock(), who_is(request), one(sent, "keep")
        if keep in ("pack", "operator"):
            settle(self._desk.database, kind, rule_id, pack=keep == "pack", who=who, why=why, now=now)
            return RedirectResponse(f"{address_of(kind, rule_id)}/history", 303)
        version = one(sent, "version")
        if not (version.isascii() and version.isdigit() and base.isascii() and base.isdigit()):
            raise HTTPException(422, "Say to which version.")
        failing = self._failing(kind, rule_id, int(version))
        if failing and one(sent, "despite") != version:
            return self._history(kind, rule_id, doubts=failing, despite=version, why=why, status=422)
        try:
            restore(self._desk.database, kind, rule_id, int(version), who, why, now, edited=int(base))
        except RuleSavedMeanwhile as moved:
            said = f"Somebody saved version {moved.version} meanwhile. Nothing was rolled back; look at it first."
            return self._history(kind, rule_id, problem=said, why=why, status=409)
        return RedirectResponse(f"{address_of(kind, rule_id)}/history", 303)

    def _failing(self, kind: RuleKind, rule_id: str, version: int) -> tuple[str, ...]:
        with self._desk.database.view() as work:
            in_force = work.rules.current()
            found = next((v for v in work.rules.history(kind, rule_id) if v.version == version), None)
        if found is None:
            raise NotFound("rule version", version)
        change = RuleChange(kind=kind, id=rule_id, before=by_key(in_force).get((kind, rule_id)), after=found.rule)
        try:
            must_come_out(edited(in_force, [change]), self._bench.examples, self._desk.clock())
        except ExamplesFailed as failed:
            return tuple(map(str, failed.failed))
        return ()

    def _history(
        self,
        kind: RuleKind,
        rule_id: str,
        old: int | None = None,
        new: int | None = None,
        *,
        problem: str = "",
        doubts: Sequence[str] = (),
        despite: str = "",
        why: str = "",
        status: int = 200,
    ) -> HTMLResponse:
        with self._desk.database.view() as work:
            versions = work.rules.history(kind, rule_id)
            standing = work.rules.standing_of(kind, rule_id)
            conflicts = work.rules.conflicts().get((kind.value, rule_id), ())
        assert standing is not None
        by_number = {version.version: version for version in versions}
        compared: dict[str, Any] | None = None
        if old in by_number and new in by_number:
            between = drawn(by_number[new], by_number[old].rule)
            compared = {"old": by_number[old], "new": by_number[new], "between": between}
        steps = [(v, drawn(v, by_number[v.version - 1].rule if v.version - 1 in by_number else None)) for v in versions]
        values = {
            "kind": kind,
            "rule_id": rule_id,
            "address": address_of(kind, rule_id),
            "standing": standing,
            "versions": list(reversed(steps)),
            "compared": compared,
            "conflicts": conflicts,
            "problem": problem,
            "doubts": doubts,
            "despite": despite,
            "why": why,
            "name": next((v.rule.name for v in reversed(versions) if v.rule is not None), rule_id),
        }
        return self._desk.pages.page("rule_history.html", values, status=status)


def drawn(version: RuleVersion, before: AnyRule | None) -> list[Drawn]:
    """What a version made of the one before, field by field."""
    return drawn_change(RuleChange(kind=version.kind, id=version.rule_id, before=before, after=version.rule))


def drawn_change(change: RuleChange) -> list[Drawn]:
    """What an edit changes, field by field; nothing for a rule that is switched off whole."""
    return [_drawn(difference) for difference in change.differences] if change.after is not None else []


def _drawn(difference: Difference) -> Drawn:
    removed, added = ([_said(entry) for entry in side] for side in (difference.removed, difference.added))
    if len(removed) != len(added):
        return Drawn(difference.field, tuple(map(_whole, removed)), tuple(map(_whole, added)))
    pairs = [_cut(old, new) for old, new in zip(removed, added, strict=True)]
    return Drawn(difference.field, tuple(old for old, _ in pairs), tuple(new for _, new in pairs))


def _whole(text: str) -> Line:
    return Line(((text, False),))


def _cut(old: str, new: str) -> tuple[Line, Line]:
    """Both texts cut into what they share and what they do not, word by word."""
    one_side, other = (re.findall(r"\s+|\w+|[^\w\s]", text) for text in (old, new))
    match = SequenceMatcher(None, one_side, other, autojunk=False)
    if match.ratio() < 0.5:
        return _whole(old), _whole(new)
    codes = match.get_opcodes()
    return (
        Line(tuple(_pieces(one_side, [(i, j, code != "equal") for code, i, j, _, _ in codes]))),
        Line(tuple(_pieces(other, [(i, j, code != "equal") for code, _, _, i, j in codes]))),
    )


def _pieces(words: Sequence[str], cuts: Sequence[tuple[int, int, bool]]) -> Iterator[Piece]:
    for start, end, differs in cuts:
        if start < end:
            yield "".join(words[start:end]), differs


def _said(entry: Any) -> str:
    if isinstance(entry, dict):
        return ", ".join(f"{key}: {value}" for key, value in entry.items() if value is not None)
    return str(entry)
