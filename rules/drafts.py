"""One entry of a pack's file, checked by itself: known keys, right types, sound values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rules.example_values import read_match_example, read_stance_example
from rules.model import RuleKind
from rules.problem import Place, Report, did_you_mean
from rules.values import (
    Placed,
    UnsoundError,
    describe,
    read_about,
    read_actor_kind,
    read_family,
    read_flag,
    read_id,
    read_office,
    read_query,
    read_stance_wording,
    read_text,
    read_wording,
)
from rules.yaml_reader import Row, Scalar, Table, Value

MOST_ENTRIES = 500

Reader = Callable[[Value, str], object]


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that names its id, as far as it could be read: single values and lists by key.

    `adds` is true for an entry that only adds to lists of the rule below (`aliases+:`) or switches it on or off.
    """

    kind: RuleKind
    id: str
    place: Place
    values: Mapping[str, Placed[object]]
    lists: Mapping[str, tuple[Placed[object], ...]]
    adds: bool


SINGLE: Mapping[RuleKind, Mapping[str, Reader]] = {
    RuleKind.ACTOR: {
        "id": read_id, "name": read_wording, "kind": read_actor_kind, "in": read_id, "disabled": read_flag,
    },
    RuleKind.ISSUE: {
        "id": read_id, "name": read_text, "proposition": read_text, "family": read_family, "disabled": read_flag,
    },
    RuleKind.QUERY: {
        "id": read_id, "name": read_text, "query": read_query, "alert": read_flag, "disabled": read_flag,
    },
}  # fmt: skip
LISTS: Mapping[RuleKind, Mapping[str, Reader]] = {
    RuleKind.ACTOR: {"aliases": read_wording, "offices": read_office, "examples": read_match_example},
    RuleKind.ISSUE: {
        "about": read_about, "for": read_stance_wording, "against": read_stance_wording,
        "examples": read_stance_example,
    },
    RuleKind.QUERY: {"examples": read_match_example},
}  # fmt: skip
REQUIRED: Mapping[RuleKind, tuple[str, ...]] = {
    RuleKind.ACTOR: ("name", "kind"),
    RuleKind.ISSUE: ("name", "proposition", "about"),
    RuleKind.QUERY: ("name", "query"),
}
_OPTIONAL = {"in", "family"}
_MEANT = {
    "member_of": "in", "member-of": "in", "country": "in", "party": "in", "type": "kind", "title": "name",
    "label": "name", "names": "aliases", "alias": "aliases", "office": "offices", "phrases": "about",
    "keywords": "about", "pro": "for", "cues_for": "for", "con": "against", "contra": "against", "q": "query",
    "enabled": "disabled", "thesis": "proposition", "example": "examples", "tests": "examples",
    "subject": "family", "topic": "family", "category": "family", "tag": "family", "tags": "family",
}  # fmt: skip


def read_draft(kind: RuleKind, entry: Value, report: Report) -> Draft | None:
    """An entry as a draft; None when it names no id. What is wrong with it is reported, all of it."""
    if not isinstance(entry, Table):
        report.error(entry.place, f"a rule must be a table of keys, not {describe(entry)}", "write `- id: …`")
        return None
    adds = _adds(entry, report)
    values: dict[str, Placed[object]] = {}
    lists: dict[str, tuple[Placed[object], ...]] = {}
    for key, (place, value) in entry.entries.items():
        plain = key.removesuffix("+")
        if plain in LISTS[kind]:
            lists[key] = tuple(_list(value, key, LISTS[kind][plain], report))
        elif key in SINGLE[kind]:
            read = _single(value, key, SINGLE[kind][key], report)
            if read is not None:
                values[key] = read
        else:
            _unknown(kind, key, place, report)
    if "id" not in entry.entries:
        report.error(entry.place, "a rule without `id`", "give it an id, which then stays the same")
    if not adds:
        _require(kind, entry, report)
    identity = values.get("id")
    return Draft(kind, str(identity.value), entry.place, values, lists, adds) if identity is not None else None


def _single(value: Value, key: str, reader: Reader, report: Report) -> Placed[object] | None:
    if key in _OPTIONAL and isinstance(value, Scalar) and value.type == "null":
        return None
    try:
        return Placed(reader(value, key), value.place)
    except UnsoundError as reason:
        report.error(reason.place, reason.message, reason.remedy)
        return None


def _list(value: Value, key: str, reader: Reader, report: Report) -> list[Placed[object]]:
    if isinstance(value, Scalar) and value.type == "null":
        return []
    if not isinstance(value, Row):
        report.error(value.place, f"`{key}` must be a list, not {describe(value)}", f"write `{key}: [ … ]`")
        return []
    if len(value.items) > MOST_ENTRIES:
        report.error(value.place, f"`{key}` has more than {MOST_ENTRIES} entries", "split the rule")
        return []
    placed = (_single(item, key, reader, report) for item in value.items)
    return [item for item in placed if item is not None]


def _adds(entry: Table, report: Report) -> bool:
    others = entry.entries.keys() - {"id", "disabled"}
    added = sorted(key for key in others if key.endswith("+"))
    plain = sorted(key for key in others if not key.endswith("+"))
    if added and plain:
        report.error(
            entry.entries[added[0]][0],
            f"`{added[0]}` adds to the rule below, but `{plain[0]}` replaces it",
            f"leave out {', '.join(f'`{key}`' for key in plain)}, or write `{added[0].removesuffix('+')}` without `+`",
        )
    return bool(added) or (not others and "disabled" in entry.entries)


def _require(kind: RuleKind, entry: Table, report: Report) -> None:
    for key in REQUIRED[kind]:
        if key not in entry.entries:
            report.error(entry.place, f"`{key}` is missing", f"add `{key}:`")
    about = entry.entries.get("about")
    if kind is RuleKind.ISSUE and about is not None and _is_empty(about[1]):
        report.error(about[1].place, "`about` is empty, so the issue could never be found", "write at least one query")


def _is_empty(value: Value) -> bool:
    return (isinstance(value, Row) and not value.items) or (isinstance(value, Scalar) and value.type == "null")


def _unknown(kind: RuleKind, key: str, place: Place, report: Report) -> None:
    plain = key.removesuffix("+")
    known = [*SINGLE[kind], *LISTS[kind]]
    if plain in SINGLE[kind]:
        report.error(place, f"`{key}`: only lists can be added to", f"write `{plain}:`, and the whole rule")
        return
    meant = _MEANT.get(plain.lower())
    otherwise = f"the keys here are {', '.join(known)}"
    remedy = f"did you mean `{meant}`?" if meant in known else did_you_mean(plain, known, otherwise)
    report.error(place, f"unknown key `{key[:40]}`", remedy)
