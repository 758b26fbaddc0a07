"""What an entry of the audit log says: facts, and where something was changed, how it was before and after. Pure."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from monitor.net.mask import mask

_PAIRS = (("before", "after"), ("from", "to"), ("was", "is"))
_LONG = 60
"""Characters from which a changed text is shown as a comparison word by word."""

_MOST_PARTS = 400


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text: `same`, `gone` or `new`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that changed, in parts, in their order."""

    name: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What an entry says."""

    facts: tuple[tuple[str, str], ...]
    differences: tuple[Difference, ...]


def told(detail: Mapping[str, Any]) -> Told:
    """The detail of an entry, without secrets that addresses in it may hold."""
    for before, after in _PAIRS:
        if before in detail and after in detail:
            rest = {name: value for name, value in detail.items() if name not in (before, after)}
            return Told(tuple(_facts(rest)), tuple(_differences(detail[before], detail[after])))
    return Told(tuple(_facts(detail)), ())


def _facts(detail: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in detail.items():
        if value not in (None, "", [], {}):
            yield name.replace("_", " "), _shown(value)


def _differences(before: Any, after: Any) -> Iterator[Difference]:
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        before, after = {"": before}, {"": after}
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        if was != now:
            yield Difference(str(name).replace("_", " "), tuple(_parts(_shown(was), _shown(now))))


def _parts(was: str, now: str) -> Iterator[Part]:
    if len(was) + len(now) < _LONG or not was or not now:
        yield from (Part(kind, text) for kind, text in (("gone", was), ("new", now)) if text)
        return
    old, new = was.split(" "), now.split(" ")
    if len(old) + len(new) > _MOST_PARTS * 10:
        yield from (Part("gone", was), Part("new", now))
        return
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Part("same", " ".join(old[a:b]))
            continue
        if b > a:
            yield Part("gone", " ".join(old[a:b]))
        if d > c:
            yield Part("new", " ".join(new[c:d]))


def _shown(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple) and all(isinstance(one, str | int | float) for one in value):
        return mask(", ".join(str(one) for one in value))
    if isinstance(value, str | int | float):
        return mask(str(value))
    return mask(json.dumps(value, ensure_ascii=False, sort_keys=True))
