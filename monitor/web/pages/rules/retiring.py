"""/desk/rules/…/retire: a rule is switched off for good, after its operator has seen what hangs on it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from monitor.api.names import Names
from monitor.pipeline.rule_drafts import uses_of
from monitor.pipeline.rule_edits import ExamplesFailed, RuleChange, edited, must_come_out, save_edits
from monitor.web.pages.rules.bench import Bench, DraftFields, one, who_is
from monitor.web.pages.rules.editor import LONGEST_WHY, address_of
from rules.model import RuleKind
from storage.errors import NotFound, RuleSavedMeanwhile


class Retiring:
    """Asks, and retires."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._desk = bench.desk

    def ask(self, kind: RuleKind, rule_id: str) -> HTMLResponse:
        """What hangs on the rule, and a button."""
        return self._page(kind, rule_id)

    def retire(self, request: Request, kind: RuleKind, rule_id: str, sent: DraftFields) -> Response:
        """Switches the rule off, unless rules would be broken without it."""
        why, base = " ".join(one(sent, "why").split()), one(sent, "base")
        if not why or len(why) > LONGEST_WHY or not (base.isascii() and base.isdigit()):
            return self._page(kind, rule_id, problem="Say why, in at most 500 characters.", why=why, status=422)
        with self._desk.database.view() as work:
            rules = work.rules.current()
            standing = work.rules.standing_of(kind, rule_id)
            uses = uses_of(work, rules, kind, rule_id)
        if standing is None or standing.rule is None:
            raise NotFound(f"{kind} rule", rule_id)
        if uses.forbid:
            return self._page(kind, rule_id, problem="It was not retired: rules name it.", why=why, status=422)
        now = self._desk.clock()
        change = RuleChange(kind=kind, id=rule_id, before=standing.rule, after=None, edited=int(base))
        try:
            if one(sent, "despite") != "1":
                must_come_out(edited(rules, [change]), self._bench.examples, now)
            save_edits(
                self._desk.database, [change], who_is(request), why, now,
                extractor=self._bench.examples, despite_examples=True,
            )  # fmt: skip
        except ExamplesFailed as failed:
            return self._page(kind, rule_id, why=why, doubts=tuple(map(str, failed.failed)), status=422)
        except RuleSavedMeanwhile:
            said = "Somebody saved it meanwhile. Nothing was retired; look at what they made of it first."
            return self._page(kind, rule_id, problem=said, why=why, status=409)
        return RedirectResponse(f"{address_of(kind, rule_id)}/history", 303)

    def _page(
        self,
        kind: RuleKind,
        rule_id: str,
        *,
        problem: str = "",
        why: str = "",
        doubts: tuple[str, ...] = (),
        status: int = 200,
    ) -> HTMLResponse:
        with self._desk.database.view() as work:
            rules = work.rules.current()
            standing = work.rules.standing_of(kind, rule_id)
            if standing is None or standing.rule is None:
                raise NotFound(f"{kind} rule", rule_id)
            uses = uses_of(work, rules, kind, rule_id)
        values = {
            "kind": kind,
            "rule_id": rule_id,
            "rule": standing.rule,
            "standing": standing,
            "address": address_of(kind, rule_id),
            "uses": uses,
            "names": Names(rules),
            "problem": problem,
            "why": why,
            "doubts": doubts,
        }
        return self._desk.pages.page("rule_retire.html", values, status=status)
