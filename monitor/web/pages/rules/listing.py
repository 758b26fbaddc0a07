"""/desk/rules: all rules, to be searched: where each comes from, who saved it last, how often it was found of late."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock, Thread
from typing import Annotated

from fastapi import Query
from starlette.responses import HTMLResponse

from monitor.api.parameters import Offset, address
from monitor.web.pages.rules.bench import Bench
from rules.checks import check_rules
from rules.fold import fold_wording
from rules.loader import FOLDERS, SEED
from rules.model import ActorRule, AnyRule, IssueRule, RuleKind, RuleSet
from rules.one_rule import layers_of
from rules.problem import Report
from storage.rule_rows import OPERATOR
from storage.values import RuleVersion

PAGE = 50
LATELY = timedelta(days=7)
Text = Annotated[str | None, Query(max_length=200)]

WHICHES = (("", "in force"), ("warned", "with warnings"), ("quiet", "not found of late"), ("retired", "retired"))
_OWN, _SEED, _PACK = "own", "seed", "pack"
ORIGINS = ((_OWN, "edited here"), (_SEED, "the seed pack"), (_PACK, "another pack"))
_ID = re.compile(r"^\s*- +\{? *id: *['\"]?([a-z0-9-]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRule:
    """A row of the list."""

    kind: str
    id: str
    name: str
    sort: str
    what: str
    families: frozenset[str]
    origin: str
    origin_kind: str
    who: str
    at: datetime
    hits: int
    warnings: tuple[str, ...]
    retired: bool
    words: str


class Warnings:
    """The warnings on rules in force, looked up once for each set, beside the page that asks for them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._of: str | None = None
        self._found: dict[tuple[RuleKind, str], tuple[str, ...]] | None = None

    def of(self, rules: RuleSet) -> Mapping[tuple[RuleKind, str], tuple[str, ...]] | None:
        """By rule; None while they are being looked up."""
        with self._lock:
            if self._of == rules.version:
                return self._found
            self._of, self._found = rules.version, None
        Thread(target=self._look, args=(rules,), name="rule warnings", daemon=True).start()
        return None

    def _look(self, rules: RuleSet) -> None:
        report = Report()
        check_rules(layers_of(rules), frozenset(), report)
        found: dict[tuple[RuleKind, str], tuple[str, ...]] = {}
        for problem in report.problems:
            kind, _, identity = str(problem.path).partition(" ")
            key = (RuleKind(kind), identity)
            found[key] = (*found.get(key, ()), f"{problem.message}; {problem.remedy}")
        with self._lock:
            if self._of == rules.version:
                self._found = found


class Listing:
    """The list."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._desk = bench.desk
        self._warnings = Warnings()
        self._packs: dict[tuple[RuleKind, str], str] | None = None
        self._words: dict[tuple[RuleKind, str, int], str] = {}

    def rules(
        self,
        q: Text = None,
        kind: Text = None,
        family: Text = None,
        origin: Text = None,
        which: Text = None,
        offset: Offset = 0,
    ) -> HTMLResponse:
        """The rules, by kind and name."""
        now = self._desk.clock()
        with self._desk.database.view() as work:
            in_force = work.rules.current()
            standing = work.rules.standing()
            hits = work.rules.found_since(now - LATELY)
            conflicts = sorted(work.rules.conflicts())
        warnings = self._warnings.of(in_force)
        rows = [self._row(version, in_force, hits, warnings or {}) for version in standing]
        asked = {"q": q or "", "kind": kind or "", "family": family or "", "origin": origin or "", "which": which or ""}
        found = [row for row in rows if _is_asked_for(row, asked)]
        found.sort(key=lambda row: (row.kind, row.name.casefold(), row.id))
        further = {name: value or None for name, value in asked.items()}
        values = {
            "asked": asked,
            "rows": found[offset : offset + PAGE],
            "found": len(found),
            "first": offset + 1,
            "checked": warnings is not None,
            "conflicts": conflicts,
            "totals": {k.value: sum(row.kind == k and not row.retired for row in rows) for k in RuleKind},
            "families": _families(in_force),
            "origins": ORIGINS,
            "whiches": WHICHES,
            "newer": None if not offset else address("/desk/rules", **further, offset=max(0, offset - PAGE) or None),
            "older": address("/desk/rules", **further, offset=offset + PAGE) if len(found) > offset + PAGE else None,
        }
        return self._desk.pages.page("rules.html", values)

    def _row(
        self,
        version: RuleVersion,
        in_force: RuleSet,
        hits: Mapping[tuple[RuleKind, str], int],
        warnings: Mapping[tuple[RuleKind, str], tuple[str, ...]],
    ) -> ListedRule:
        key, rule = (version.kind, version.rule_id), version.rule
        own = version.origin == OPERATOR
        pack = self._pack_of(key)
        return ListedRule(
            kind=version.kind.value,
            id=version.rule_id,
            name=version.rule_id if rule is None else rule.name,
            sort=rule.kind.value if isinstance(rule, ActorRule) else version.kind.value,
            what=_what(rule, in_force),
            families=frozenset(_families_of(rule, in_force)),
            origin="edited here" if own else pack,
            origin_kind=_OWN if own else _SEED if pack == "seed pack" else _PACK,
            who=version.who,
            at=version.at,
            hits=hits.get(key, 0),
            warnings=warnings.get(key, ()),
            retired=rule is None,
            words=self._words_of(version),
        )

    def _words_of(self, version: RuleVersion) -> str:
        """What a rule is searched by. A version never changes, so its words are folded once."""
        key = (version.kind, version.rule_id, version.version)
        if key not in self._words:
            self._words[key] = fold_wording(" ".join((version.rule_id, *_words(version.rule))))
        return self._words[key]

    def _pack_of(self, key: tuple[RuleKind, str]) -> str:
        """Which pack gives a rule, by its files; the uppermost of several. Packs are read at start only."""
        if self._packs is None:
            packs = self._bench.previews.packs if self._bench.previews is not None else ()
            self._packs = dict.fromkeys(_ids_in(SEED), "seed pack")
            for folder in packs:
                self._packs |= dict.fromkeys(_ids_in(folder), f"pack {folder.name}")
        return self._packs.get(key, "a pack")


def _ids_in(folder: Path) -> Iterator[tuple[RuleKind, str]]:
    for name, kind in FOLDERS.items():
        for file in sorted((folder / name).glob("*.yaml")):
            for found in _ID.finditer(file.read_text(encoding="utf-8", errors="replace")):
                yield kind, found[1]


def _is_asked_for(row: ListedRule, asked: Mapping[str, str]) -> bool:
    which = asked["which"]
    return (
        row.retired is (which == "retired")
        and (which != "warned" or bool(row.warnings))
        and (which != "quiet" or not row.hits)
        and asked["kind"] in ("", row.kind)
        and asked["origin"] in ("", row.origin_kind)
        and (not asked["family"] or asked["family"] in row.families)
        and all(word in row.words for word in fold_wording(asked["q"]).split())
    )


def _what(rule: AnyRule | None, rules: RuleSet) -> str:
    if isinstance(rule, ActorRule):
        above = rules.actors.get(rule.member_of or "")
        return "" if above is None else f"in {above.name}"
    return (rule.family or "") if isinstance(rule, IssueRule) else ""


def _families_of(rule: AnyRule | None, rules: RuleSet) -> Iterator[str]:
    """The family of an issue; of an actor its kind and the bodies above it."""
    if isinstance(rule, IssueRule) and rule.family:
        yield f"family {rule.family}"
    if isinstance(rule, ActorRule):
        yield f"kind {rule.kind.value}"
        above, seen = rule.member_of, {rule.id}
        while above is not None and above in rules.actors and above not in seen:
            yield f"in {above}"
            seen.add(above)
            above = rules.actors[above].member_of


def _families(rules: RuleSet) -> list[tuple[str, str]]:
    families = sorted({issue.family for issue in rules.issues.values() if issue.family})
    kinds = sorted({actor.kind.value for actor in rules.actors.values()})
    bodies = {actor.member_of for actor in rules.actors.values()} & set(rules.actors)
    named = sorted(((f"in {body}", rules.actors[body].name) for body in bodies if body), key=lambda one: one[1])
    return [
        *((f"family {family}", f"Issues: {family}") for family in families),
        *((f"kind {kind}", f"Actors: {kind}") for kind in kinds),
        *((identity, f"Actors in {name}") for identity, name in named),
    ]


def _words(rule: AnyRule | None) -> Sequence[str]:
    if rule is None:
        return ()
    if isinstance(rule, ActorRule):
        return (rule.name, *rule.aliases, *(office.title for office in rule.offices))
    if isinstance(rule, IssueRule):
        return (rule.name, rule.proposition, *rule.about, *rule.for_, *rule.against)
    return (rule.name, rule.query)
