"""/desk/rules/…: one rule, as a form and as YAML side by side: new, edited, checked, and saved as a version."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.api.names import Names
from monitor.pipeline.rule_drafts import Met, failing_examples, met_with, text_to_edit
from monitor.pipeline.rule_edits import ExamplesFailed, RuleChange, by_key, edited, must_come_out, save_edits
from monitor.web.door import Fields
from monitor.web.pages.rules.bench import Bench, DraftFields, one, who_is
from monitor.web.pages.rules.form import LINES, REQUIRED, TABLES, mark_of
from monitor.web.pages.rules.previewing import DAYS, DEFAULT_DAYS, days_of, shown_preview
from monitor.web.pages.rules.sides import BOTH, Sides, sent_sides, sides_of
from monitor.web.pages.rules.trying import tried
from rules.backtest import Failed
from rules.model import ActorKind, AnyRule, ExampleStance, RuleKind, RuleSet
from rules.one_rule import ReadRule
from rules.yaml_writer import Plain, entry_of, rewritten, text_of
from storage.errors import NotFound, RuleSavedMeanwhile
from storage.rule_bodies import kind_of

LONGEST_WHY = 500

BLANK: Mapping[RuleKind, Plain] = {
    RuleKind.ACTOR: {"id": "", "name": "", "kind": "person"},
    RuleKind.ISSUE: {"id": "", "name": "", "proposition": "", "about": []},
    RuleKind.QUERY: {"id": "", "name": "", "query": ""},
}
HINTS = {
    "id": "Lower-case letters, digits and hyphens. It stays the same for good.",
    "in": "The id of the state, institution or group that they speak for.",
    "proposition": "A sentence that somebody may support or oppose.",
    "family": "The heading under which pages show it beside others.",
    "alert": "Tell subscribers of every match.",
    "aliases": "Other names, as news write them.",
    "offices": "Titles with the days on which they are held; an open end is left empty.",
    "about": "Queries that find the matter.",
    "for": "Wordings that say by themselves that somebody supports it.",
    "against": "Wordings that say by themselves that somebody opposes it.",
    "query": "What items it finds.",
    "examples": "Texts, and what the rule should make of them. They are run before every save.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What an editor's page shows beside the two sides of the draft."""

    kind: RuleKind
    known_as: str | None
    base: int
    sides: Sides
    in_force: RuleSet
    why: str = ""
    note: str = ""
    problems: Mapping[str, str] | None = None
    doubts: tuple[str, ...] = ()
    met: Met | None = None
    preview: Mapping[str, Any] | None = None
    days: int = DEFAULT_DAYS
    tried: Mapping[str, Any] | None = None
    status: int = 200


class Editor:
    """The pages on which a rule is written."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._desk = bench.desk

    def fresh(self, kind: RuleKind, like: str | None = None) -> Response:
        """A page for a new rule; `like` names one of which it begins as a copy."""
        with self._desk.database.view() as work:
            in_force = work.rules.current()
            rule = by_key(in_force).get((kind, like)) if like else None
            if like and rule is None:
                raise NotFound(f"{kind} rule", like)
            text = text_of(BLANK[kind]) if rule is None else text_to_edit(work, rule)
        if rule is not None:
            text = rewritten(text, {**entry_of(rule), "id": _free(in_force, kind, rule.id)})
        sides = sides_of(kind, text, in_force, None)
        if rule is None:  # nothing is wrong with what nobody has written yet
            sides = replace(sides, read=ReadRule(rule=None, table=sides.read.table, problems=()))
        note = f"A copy of {rule.name}: give it an id and a name of its own." if rule is not None else ""
        return self._page(Page(kind=kind, known_as=None, base=0, sides=sides, in_force=in_force, note=note))

    def edit(self, kind: RuleKind, rule_id: str, saved: int = 0) -> Response:
        """The page of a rule that is in force; of one that is retired its versions."""
        with self._desk.database.view() as work:
            in_force = work.rules.current()
            standing = work.rules.standing_of(kind, rule_id)
            if standing is None:
                raise NotFound(f"{kind} rule", rule_id)
            if standing.rule is None:
                return RedirectResponse(f"{address_of(kind, rule_id)}/history", 303)
            text = text_to_edit(work, standing.rule)
        sides = sides_of(kind, text, in_force, rule_id)
        note = f"Saved as version {saved}. It holds for items that come in from now on." if saved else ""
        return self._page(
            Page(kind=kind, known_as=rule_id, base=standing.version, sides=sides, in_force=in_force, note=note)
        )

    def opened(self, rule: AnyRule, why: str) -> Response:
        """A page with a draft that somebody else made of a rule, new or not. Nothing is saved yet."""
        kind = kind_of(rule)
        with self._desk.database.view() as work:
            in_force = work.rules.current()
            standing = work.rules.standing_of(kind, rule.id)
            known = by_key(in_force).get((kind, rule.id))
            text = text_of(entry_of(rule)) if known is None else rewritten(text_to_edit(work, known), entry_of(rule))
        known_as = None if known is None else rule.id
        sides = sides_of(kind, text, in_force, known_as)
        base = 0 if standing is None else standing.version
        note = "As it was suggested: look at it, change it, and save it. Nothing is saved yet."
        return self._page(
            Page(kind=kind, known_as=known_as, base=base, sides=sides, in_force=in_force, why=why, note=note)
        )

    def act_on_new(self, request: Request, kind: RuleKind, sent: DraftFields) -> Response:
        """What the form of a new rule asks for."""
        return self._act(request, kind, None, sent)

    def act(self, request: Request, kind: RuleKind, rule_id: str, sent: DraftFields) -> Response:
        """What the form of a rule asks for."""
        return self._act(request, kind, rule_id, sent)

    def _act(self, request: Request, kind: RuleKind, known_as: str | None, sent: Fields) -> Response:
        with self._desk.database.view() as work:
            in_force = work.rules.current()
        sides = sent_sides(kind, sent, in_force, known_as)
        base = one(sent, "base")
        page = Page(
            kind=kind,
            known_as=known_as,
            base=int(base) if base.isascii() and base.isdigit() and len(base) < 9 else 0,
            sides=sides,
            in_force=in_force,
            why=" ".join(one(sent, "why").split()),
            days=days_of(sent),
        )
        if sides.taken is None:
            return self._page(replace(page, status=422))
        match one(sent, "do"):
            case "save":
                return self._save(page, sent, who_is(request))
            case "preview" if sides.rule is not None:
                return self._page(replace(page, preview=shown_preview(self._bench, sides.rule, in_force, sent)))
            case "try" if sides.rule is not None:
                return self._page(replace(page, tried=tried(self._bench, sides.rule, in_force, sent)))
            case _:
                return self._page(replace(page, status=422 if sides.read.fatal else 200))

    def _save(self, page: Page, sent: Fields, who: str) -> Response:
        rule = page.sides.rule
        if rule is None:
            return self._page(replace(page, status=422, note="Nothing was saved: what is marked cannot be used."))
        if not page.why or len(page.why) > LONGEST_WHY:
            said = "Say why, for whoever asks later." if not page.why else f"At most {LONGEST_WHY} characters."
            return self._page(replace(page, status=422, problems={"why": said}))
        before = by_key(page.in_force).get((page.kind, rule.id))
        change = RuleChange(
            kind=page.kind, id=rule.id, before=before, after=rule, edited=page.base, written=page.sides.text
        )
        now = self._desk.clock()
        doubts = self._doubts(page, change)
        if doubts and one(sent, "doubts") != _mark(doubts):
            return self._page(replace(page, status=422, doubts=doubts))
        try:
            save_edits(
                self._desk.database, [change], who, page.why, now,
                extractor=self._bench.examples, despite_examples=True,
            )  # fmt: skip
        except RuleSavedMeanwhile:
            return self._met(page, rule)
        with self._desk.database.view() as work:
            standing = work.rules.standing_of(page.kind, rule.id)
        assert standing is not None
        return RedirectResponse(f"{address_of(page.kind, rule.id)}?saved={standing.version}", 303)

    def _doubts(self, page: Page, change: RuleChange) -> tuple[str, ...]:
        """What speaks against saving, and has to be seen first: warnings, and examples of any rule that fail."""
        warnings = tuple(f"{m.message}; {m.remedy}" for m in page.sides.marks if not m.fatal)
        try:
            must_come_out(edited(page.in_force, [change]), self._bench.examples, self._desk.clock())
        except ExamplesFailed as failed:
            return (*warnings, *map(str, failed.failed))
        return warnings

    def _met(self, page: Page, mine: AnyRule) -> Response:
        """Somebody saved the rule meanwhile: both edits joined, to be looked at and saved again."""
        with self._desk.database.view() as work:
            in_force = work.rules.current()
            met = met_with(work, mine, page.base)
        assert met is not None
        text = page.sides.text if met.rule is None else rewritten(page.sides.text, entry_of(met.rule))
        sides = sides_of(page.kind, text, in_force, mine.id if met.theirs.rule is not None else None)
        known_as = mine.id if met.theirs.rule is not None else None
        return self._page(
            replace(
                page, in_force=in_force, sides=sides, base=met.theirs.version, met=met, known_as=known_as, status=409
            )
        )

    def _page(self, page: Page) -> HTMLResponse:
        rule = page.sides.rule
        failing: Mapping[int, Failed] = {}
        if rule is not None and rule.examples:
            failing = failing_examples(page.in_force, rule, self._bench.examples, self._desk.clock().date())
        with self._desk.database.view() as work:
            standing = work.rules.standing_of(page.kind, page.known_as) if page.known_as else None
        values = {
            **form_values(page.sides, page.in_force),
            "page": page,
            "rule": rule,
            "failing": failing,
            "standing": standing,
            "both": BOTH if page.sides.taken is None else "",
            "problems": page.problems or {},
            "doubts_mark": _mark(page.doubts) if page.doubts else "",
            "may_preview": self._bench.previews is not None,
            "days_offered": DAYS,
            "names": Names(page.in_force),
            "action": address_of(page.kind, page.known_as) if page.known_as else f"/desk/rules/new/{page.kind}",
        }
        return self._desk.pages.page(
            "rule_edit.html", values, status=page.status, headers={"Cache-Control": "no-store"}
        )


def form_values(sides: Sides, in_force: RuleSet) -> dict[str, Any]:
    """What the two sides of a draft are drawn from."""
    at_field: dict[str, list[Any]] = {}
    for mark in sides.marks:
        if mark.field is not None:
            at_field.setdefault(mark.field, []).append(mark)
    return {
        "sides": sides,
        "form": sides.form,
        "form_mark": sides.form.mark,
        "text_mark": mark_of(sides.text),
        "lines": sides.text.split("\n")[: -1 if sides.text.endswith("\n") else None],
        "at_field": at_field,
        "at_line": {m.line: m for m in sorted(sides.marks, key=lambda m: m.fatal)},
        "hints": HINTS,
        "required": (*REQUIRED[sides.form.kind], "about"),
        "line_keys": LINES[sides.form.kind],
        "tables": TABLES[sides.form.kind],
        "actor_kinds": [kind.value for kind in ActorKind],
        "stances": [stance.value for stance in ExampleStance],
        "actor_names": {a.id: a.name for a in sorted(in_force.actors.values(), key=lambda a: a.name.casefold())},
        "families": sorted({issue.family for issue in in_force.issues.values() if issue.family}),
    }


def address_of(kind: RuleKind, rule_id: str) -> str:
    """Where a rule is edited."""
    return f"/desk/rules/{kind.value}/{quote(rule_id, safe='')}"


def _mark(doubts: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(doubts).encode()).hexdigest()[:16]


def _free(rules: RuleSet, kind: RuleKind, rule_id: str) -> str:
    taken = {identity for known, identity in by_key(rules) if known is kind}
    return next(name for number in range(2, len(taken) + 3) if (name := f"{rule_id}-{number}") not in taken)
