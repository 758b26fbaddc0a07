"""What is wrong between rules, although each by itself is sound."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from datetime import date
from itertools import combinations

from rules.fold import fold_wording
from rules.layers import Key, Layered
from rules.model import ActorKind, Example, Office, RuleKind
from rules.problem import Place, Report, did_you_mean
from rules.query import QueryInvalid, parse_about, parse_query, parse_wording
from rules.query_check import doubts_about
from rules.query_cover import Coverage
from rules.query_tree import Named, Query, nodes_of
from rules.values import Placed

Rules = Mapping[Key, Layered]


def check_rules(
    rules: Rules,
    broken: frozenset[str],
    report: Report,
    only: Collection[Key] | None = None,
    *,
    shadows: bool = True,
) -> None:
    """Reports what is wrong between rules. `broken` are ids whose entry was refused: they are not missing.

    `only` are the rules whose own lines are looked at, where the others are known to be sound; None is all.
    Without `shadows` nobody is warned of lines that others make needless, which takes the most time.
    """
    live = {key: rule for key, rule in rules.items() if rule.disabled is None}
    _check_memberships(rules, broken, report)
    _check_cycles(live, report)
    _check_names(live, report)
    _check_offices(live, report)
    for (kind, identity), rule in live.items():
        if only is not None and (kind, identity) not in only:
            continue
        if kind is RuleKind.ISSUE:
            _check_wordings(rule, report)
        for key in ("aliases", "about", "for", "against"):
            _check_repeats(rule, key, report)
        for key in ("about", "for", "against") if shadows else ():
            _check_shadows(rule, key, report)
        _check_queries(rule, live, broken, report)
        _check_holders(rule, live, broken, report)


def _check_memberships(rules: Rules, broken: frozenset[str], report: Report) -> None:
    actors = [identity for kind, identity in rules if kind is RuleKind.ACTOR]
    for (kind, identity), rule in rules.items():
        above = rule.value("in")
        if kind is not RuleKind.ACTOR or above is None or rule.disabled is not None:
            continue
        body = rules.get((RuleKind.ACTOR, str(above.value)))
        if above.value == identity:
            report.error(above.place, f"`{identity}` is in itself", "leave `in` out")
        elif body is None:
            if above.value not in broken:
                remedy = did_you_mean(str(above.value), actors, "add an actor of that id, or leave `in` out")
                report.error(above.place, f"`in: {above.value}` names no actor", remedy)
        elif body.disabled is not None:
            report.warning(
                above.place,
                f"`{above.value}` is switched off at {body.disabled}, so `{identity}` speaks for nobody else",
                f"switch `{identity}` off too, or put it into another body",
            )
        else:
            kind_above = body.value("kind")
            if kind_above is not None and kind_above.value in (ActorKind.PERSON, ActorKind.COMMENTATOR):
                report.error(
                    above.place, f"`in: {above.value}` is a {kind_above.value}", "name a state, institution or group"
                )


def _check_cycles(live: Rules, report: Report) -> None:
    reported: set[str] = set()
    for kind, identity in live:
        if kind is not RuleKind.ACTOR:
            continue
        chain = [identity]
        while (above := _above(live, chain[-1])) is not None and above not in chain:
            chain.append(above)
        if above == identity and len(chain) > 1 and identity not in reported:
            reported.update(chain)
            place = live[RuleKind.ACTOR, chain[-1]].value("in")
            where = place.place if place is not None else live[kind, identity].place
            ring = " → ".join((*chain, identity))
            report.error(where, f"`in` goes round in a circle: {ring}", "leave one `in` out")


def _above(live: Rules, identity: str) -> str | None:
    rule = live.get((RuleKind.ACTOR, identity))
    above = rule.value("in") if rule is not None else None
    return str(above.value) if above is not None else None


def _check_names(live: Rules, report: Report) -> None:
    """A name that two actors claim finds both: allowed, for it may be meant, but rarely is."""
    claimed: dict[str, dict[str, Placed[object]]] = defaultdict(dict)
    for (kind, identity), rule in live.items():
        name = rule.value("name")
        if kind is RuleKind.ACTOR:
            for wording in (*((name,) if name is not None else ()), *rule.entries("aliases")):
                claimed[fold_wording(str(wording.value))].setdefault(identity, wording)
    for by in claimed.values():
        if len(by) > 1:
            (first, known), *others = by.items()
            for identity, wording in others:
                message = f"“{wording.value}” names both `{identity}` and `{first}` ({known.place})"
                report.warning(wording.place, message, "keep it with one of them")


def _check_offices(live: Rules, report: Report) -> None:
    held: dict[str, list[tuple[str, Placed[object]]]] = defaultdict(list)
    for (kind, identity), rule in live.items():
        if kind is RuleKind.ACTOR:
            for entry in rule.entries("offices"):
                if isinstance(entry.value, Office):
                    held[fold_wording(entry.value.title)].append((identity, entry))
    for entries in held.values():
        for (first, known), (second, entry) in combinations(entries, 2):
            days = _days_in_common(known.value, entry.value)
            if days > 1 or (first == second and days):  # on the day of a handover both hold it
                message = f"`{_title(entry)}` is held by `{second}` and `{first}` ({known.place}) at once"
                if first == second:
                    message = f"`{_title(entry)}` is held twice by `{first}` at once (also {known.place})"
                report.warning(entry.place, message, "set `until` of the earlier one")


def _title(entry: Placed[object]) -> str:
    return entry.value.title if isinstance(entry.value, Office) else ""


def _days_in_common(one: object, other: object) -> int:
    if not isinstance(one, Office) or not isinstance(other, Office):
        return 0
    start = max(one.since or date.min, other.since or date.min)
    end = min(one.until or date.max, other.until or date.max)
    return max(0, end.toordinal() - start.toordinal() + 1)


def _check_wordings(rule: Layered, report: Report) -> None:
    supporting = {fold_wording(str(entry.value)): entry.place for entry in rule.entries("for")}
    for entry in rule.entries("against"):
        folded = fold_wording(str(entry.value))
        if folded in supporting:
            message = f"“{entry.value}” is both `for` and `against` ({supporting[folded]})"
            report.error(entry.place, message, "keep it on one side")


def _check_repeats(rule: Layered, key: str, report: Report) -> None:
    seen: dict[str, Place] = {}
    for entry in rule.entries(key):
        text = str(entry.value)
        if text in seen:
            report.warning(entry.place, f"“{text}” is there twice (first at {seen[text]})", "leave one out")
        seen.setdefault(text, entry.place)


def _parsed(rule: Layered, *keys: str) -> Iterator[tuple[Placed[object], Query]]:
    """The queries under these keys. One that does not parse was reported where it was read."""
    for key in keys:
        single = rule.value(key)
        parse = _PARSERS[key]
        for entry in (*rule.entries(key), *((single,) if single is not None else ())):
            with suppress(QueryInvalid):
                yield entry, parse(str(entry.value))


_PARSERS: Mapping[str, Callable[[str], Query]] = {
    "about": parse_about,
    "query": parse_query,
    "for": parse_wording,
    "against": parse_wording,
}


def _check_shadows(rule: Layered, key: str, report: Report) -> None:
    """A line that finds only items that a line beside it finds anyway."""
    lines = list(_parsed(rule, key))
    coverage = Coverage()
    for number, (entry, query) in enumerate(lines):
        for other, (known, wider) in enumerate(lines):
            if number == other or query.root == wider.root:  # the same twice is reported as such
                continue
            if coverage.covers(wider.root, query.root):
                message = f"“{entry.value}” finds nothing that “{known.value}” ({known.place}) does not find"
                report.warning(entry.place, message, "leave one out, or make the wider one narrower")
                break


def _check_queries(rule: Layered, live: Rules, broken: frozenset[str], report: Report) -> None:
    for entry, query in _parsed(rule, "about", "query", "for", "against"):
        for doubt in doubts_about(query):
            report.warning(entry.place, f"“{entry.value}”: column {doubt.column}: {doubt.message}", doubt.remedy)
        for node in nodes_of(query.root):
            if isinstance(node, Named) and (node.kind, node.rule) not in live and node.rule not in broken:
                known = [identity for kind, identity in live if kind is node.kind]
                remedy = did_you_mean(node.rule, known, f"add an {node.kind} of that id, or leave it out")
                report.error(
                    entry.place, f"“{entry.value}”: column {node.column}: no {node.kind} `{node.rule}`", remedy
                )


def _check_holders(rule: Layered, live: Rules, broken: frozenset[str], report: Report) -> None:
    for entry in rule.entries("examples"):
        holder = entry.value.holder if isinstance(entry.value, Example) else None
        if holder is not None and (RuleKind.ACTOR, holder) not in live and holder not in broken:
            known = [identity for kind, identity in live if kind is RuleKind.ACTOR]
            remedy = did_you_mean(holder, known, "add an actor of that id, or leave `holder` out")
            report.error(entry.place, f"`holder: {holder}` names no actor", remedy)
