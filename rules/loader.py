"""Packs of YAML files → rules, with all problems at once.

A pack is a folder with `actors/`, `issues/` and `queries/`, each with YAML files that hold a list of rules. Packs are
laid one over the other, the seed pack lowest: the same id replaces the whole rule, a new id adds one, an entry of
`id` and `disabled: true` switches one off, and `aliases+:` (or any other list with `+`) adds to the rule below.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeVar

from rules.checks import check_rules
from rules.drafts import Draft, read_draft
from rules.layers import Key, Layered, lay_over
from rules.model import ActorKind, ActorRule, AnyRule, Example, IssueRule, Office, QueryRule, RuleKind, RuleSet
from rules.problem import Place, Problem, Report, RulesInvalid, Severity, did_you_mean
from rules.values import describe
from rules.yaml_reader import Row, Scalar, read_yaml

__all__ = [
    "Problem",
    "Reading",
    "RulesInvalid",
    "Severity",
    "check_packs",
    "load_packs",
    "read_packs",
    "version_of",
]

SEED = Path(__file__).with_name("seed")
FOLDERS = {"actors": RuleKind.ACTOR, "issues": RuleKind.ISSUE, "queries": RuleKind.QUERY}
_DOCUMENTS = ("README", "LICENSE", "LICENCE", "CHANGELOG", "NOTICE", "COPYING")
"""Files of these names may stand in a pack beside its folders."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading packs gave: the rules, or None when there are errors; and all problems, warnings too."""

    rules: RuleSet | None
    problems: tuple[Problem, ...]


def load_packs(*directories: Path, seed: bool = True) -> RuleSet:
    """The rules of the packs, each laid over those before it. Raises RulesInvalid with all errors; warnings pass."""
    reading = read_packs(*directories, seed=seed, shadows=False)
    if reading.rules is None:
        raise RulesInvalid(problem for problem in reading.problems if problem.fatal)
    return reading.rules


def check_packs(*directories: Path, seed: bool = True) -> list[Problem]:
    """All errors and warnings in the packs, by place."""
    return list(read_packs(*directories, seed=seed).problems)


def read_packs(*directories: Path, seed: bool = True, shadows: bool = True) -> Reading:
    """The rules and the problems of the packs, `shadows` among them or not. Never raises for what is in them."""
    report = Report()
    rules: dict[Key, Layered] = {}
    broken: set[str] = set()
    for directory in [*([SEED] if seed else []), *directories]:
        drafts = list(_read_pack(Path(directory), report))
        rules = lay_over(rules, drafts, report)
        broken.update(draft.id for draft in drafts)
    check_rules(rules, frozenset(broken), report, shadows=shadows)
    problems = tuple(report.problems)
    if any(problem.fatal for problem in problems):
        return Reading(None, problems)
    return Reading(_rule_set(rules), problems)


def _read_pack(directory: Path, report: Report) -> Iterator[Draft]:
    place = Place(directory)
    try:
        if not directory.is_dir():
            what = "is a file" if directory.exists() else "does not exist"
            report.error(place, f"the pack {what}", "name a folder with actors/, issues/ or queries/ in it")
            return
        entries = sorted(directory.iterdir())
    except OSError as error:
        report.error(place, f"the pack cannot be read ({error.strerror})", "check its permissions")
        return
    found = 0
    for entry in entries:
        kind = FOLDERS.get(entry.name)
        if kind is not None and entry.is_dir():
            for draft in _read_folder(entry, kind, report):
                found += 1
                yield draft
        elif not _may_stand_beside(entry):
            otherwise = "put rules into actors/, issues/ or queries/; remove what is not part of the pack"
            remedy = did_you_mean(entry.name, FOLDERS, otherwise)
            report.error(Place(entry), f"not known in a pack: {entry.name}", remedy)
    if not found and not any(problem.path.is_relative_to(directory) for problem in report.problems):
        report.error(place, "the pack holds no rule", "add a list of rules such as actors/people.yaml")


def _may_stand_beside(entry: Path) -> bool:
    return entry.name.startswith(".") or entry.suffix == ".md" or entry.stem in _DOCUMENTS


def _read_folder(folder: Path, kind: RuleKind, report: Report) -> Iterator[Draft]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        report.error(Place(folder), f"cannot be read ({error.strerror})", "check its permissions")
        return
    for entry in entries:
        if _may_stand_beside(entry):
            continue
        if entry.suffix == ".yaml" and entry.is_file():
            yield from _read_file(entry, kind, report)
        elif entry.suffix.lower() in (".yml", ".yaml") and entry.is_file():
            report.error(Place(entry), f"{entry.name} would not be read", f"rename it to {entry.stem}.yaml")
        else:
            report.error(Place(entry), f"{entry.name} is no YAML file", "keep only *.yaml files here")


def _read_file(path: Path, kind: RuleKind, report: Report) -> Iterator[Draft]:
    before = len(report.problems)
    document = read_yaml(path, report)
    if document is None or (isinstance(document, Scalar) and document.type == "null"):
        if len(report.problems) == before:
            report.warning(Place(path), "holds no rule", "add a list of rules, or remove the file")
        return
    if not isinstance(document, Row):
        message = f"must hold a list of rules, not {describe(document)}"
        report.error(document.place, message, "begin each rule with `- id: …`")
        return
    for item in document.items:
        draft = read_draft(kind, item, report)
        if draft is not None:
            yield draft


def _rule_set(rules: dict[Key, Layered]) -> RuleSet:
    live = {key: rule for key, rule in rules.items() if rule.disabled is None}
    actors = {identity: _actor(rule, live) for (kind, identity), rule in live.items() if kind is RuleKind.ACTOR}
    issues = {identity: _issue(rule) for (kind, identity), rule in live.items() if kind is RuleKind.ISSUE}
    queries = {identity: _query(rule) for (kind, identity), rule in live.items() if kind is RuleKind.QUERY}
    found = RuleSet(actors, issues, queries)
    return replace(found, version=version_of(found))


def rule_from(rule: Layered, live: Container[Key]) -> AnyRule:
    """An entry that was checked, as the rule that it says. `live` are the rules that are switched on."""
    if rule.draft.kind is RuleKind.ACTOR:
        return _actor(rule, live)
    return _issue(rule) if rule.draft.kind is RuleKind.ISSUE else _query(rule)


def version_of(rules: RuleSet) -> str:
    """The version of a set: 16 hex digits over its contents, the same whatever the order of rules and files."""
    contents = [
        sorted((asdict(rule) for rule in part.values()), key=lambda rule: str(rule["id"]))
        for part in (rules.actors, rules.issues, rules.queries)
    ]
    canonical = json.dumps(contents, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _one(rule: Layered, key: str, type_: type[T]) -> T:
    placed = rule.value(key)
    if placed is None or not isinstance(placed.value, type_):
        raise TypeError(f"{rule.place}: `{key}` was not checked")
    return placed.value


def _many(rule: Layered, key: str, type_: type[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(entry.value for entry in rule.entries(key) if isinstance(entry.value, type_)))


def _actor(rule: Layered, live: Container[Key]) -> ActorRule:
    above = rule.value("in")
    member_of = str(above.value) if above is not None and (RuleKind.ACTOR, str(above.value)) in live else None
    return ActorRule(
        rule.draft.id,
        _one(rule, "name", str),
        _one(rule, "kind", ActorKind),
        member_of,
        _many(rule, "aliases", str),
        _many(rule, "offices", Office),
        _many(rule, "examples", Example),
    )


def _issue(rule: Layered) -> IssueRule:
    about, for_, against = (_many(rule, key, str) for key in ("about", "for", "against"))
    proposition, examples = _one(rule, "proposition", str), _many(rule, "examples", Example)
    named = rule.value("family")
    family = None if named is None else str(named.value)
    return IssueRule(rule.draft.id, _one(rule, "name", str), proposition, about, for_, against, examples, family)


def _query(rule: Layered) -> QueryRule:
    alert = rule.value("alert")
    alerting = bool(alert is not None and alert.value)
    examples = _many(rule, "examples", Example)
    return QueryRule(rule.draft.id, _one(rule, "name", str), _one(rule, "query", str), alerting, examples)
