"""The invented wire as values: its outlets and items, read from `wire/*.yaml` and checked as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from monitor.model.moment import parse_moment

LABEL = "Invented wording on the true course of events in 2025. None of the quotations was ever spoken."
"""Said wherever an item of this wire is shown."""

LIVE_FROM = datetime(2025, 2, 14, tzinfo=UTC)
"""What is dated earlier is already there when the demo starts: the silent baseline."""

FORMATS = ("rss", "atom", "rdf", "json")
_OUTLET_KEYS = frozenset({"id", "name", "domain", "format", "language", "encoding", "agency"})
_ITEM_KEYS = frozenset({"key", "feed", "date", "title", "text", "author", "copy_of", "revises", "edits", "quiet"})


class WireError(ValueError):
    """The wire's files are not sound. The message lists every problem with its file and key."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("The demo's wire cannot be used:\n" + "\n".join(f"- {p}" for p in self.problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """An invented newspaper or agency. `format` is the kind of feed: rss (2.0), atom, rdf (RSS 1.0) or json."""

    id: str
    name: str
    domain: str
    format: str
    language: str
    encoding: str = "utf-8"
    agency: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WireItem:
    """One item as an outlet publishes it.

    `copy_of` names the item that this one reprints. `revises` names the item whose later version this is: both have
    the same `guid`. `quiet` marks noise, in which nobody who is watched takes a position.
    """

    key: str
    feed: str
    date: datetime
    title: str
    text: str
    author: str | None = None
    copy_of: str | None = None
    revises: str | None = None
    quiet: bool = False

    @property
    def guid(self) -> str:
        """The key under which the item was first published."""
        return self.revises or self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a feed shows of an item at a moment: its newest version so far, and when it was first published."""

    item: WireItem
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """All outlets, by id, and all items, in the order of their dates."""

    outlets: Mapping[str, Outlet]
    items: tuple[WireItem, ...]

    def entries(self, outlet: str, now: datetime, *, window: int | None = None) -> tuple[Entry, ...]:
        """What the outlet has published until now, newest first; `window` keeps only so many."""
        shown: dict[str, Entry] = {}
        for item in self.items:
            if item.feed == outlet and item.date <= now:
                first = shown.get(item.guid)
                shown[item.guid] = Entry(item=item, published=first.published if first else item.date)
        newest_first = sorted(shown.values(), key=lambda entry: entry.published, reverse=True)
        return tuple(newest_first[:window])

    def original(self, item: WireItem) -> Outlet | None:
        """The outlet that a copy was taken from; None for what is no copy."""
        if item.copy_of is None:
            return None
        return next(self.outlets[other.feed] for other in self.items if other.key == item.copy_of)

    def entry(self, key: str, now: datetime) -> Entry | None:
        """The item of that key as it stands now; None while it is not published."""
        versions = [item for item in self.items if item.guid == key and item.date <= now]
        return Entry(item=versions[-1], published=versions[0].date) if versions else None


def load_wire(folder: Traversable | None = None) -> Wire:
    """The wire in a folder (the project's own by default). Raises WireError with all that is wrong at once."""
    folder = folder if folder is not None else files("monitor.demo") / "wire"
    problems: list[str] = []
    outlets: dict[str, Outlet] = {}
    for place, row in _rows(folder, "outlets.yaml", problems):
        outlet = _outlet(place, row, problems)
        if outlet is not None:
            outlets[outlet.id] = outlet
    raw: dict[str, tuple[str, dict[str, Any]]] = {}
    for name in sorted(path.name for path in folder.iterdir() if path.name[:1].isdigit()):
        for place, row in _rows(folder, name, problems):
            _admit(place, row, raw, problems)
    items = [item for key in raw if (item := _item(key, raw, outlets, problems)) is not None]
    items.sort(key=lambda item: (item.date, item.key))
    problems += _clashes(items)
    if problems:
        raise WireError(problems)
    return Wire(outlets=outlets, items=tuple(items))


def _rows(folder: Traversable, name: str, problems: list[str]) -> list[tuple[str, dict[str, Any]]]:
    """The mappings of one file's list, each with its place for messages."""
    try:
        loaded = YAML(typ="safe").load((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(f"{name}: the file is missing.")
        return []
    except (YAMLError, UnicodeDecodeError) as error:
        problems.append(f"{name}: not readable as YAML: {error}")
        return []
    if not isinstance(loaded, list) or not all(isinstance(row, dict) for row in loaded):
        problems.append(f"{name}: must be a list of mappings.")
        return []
    return [(f"{name}: entry {number}", row) for number, row in enumerate(loaded, start=1)]


def _outlet(place: str, row: dict[str, Any], problems: list[str]) -> Outlet | None:
    missing = [key for key in ("id", "name", "domain", "format", "language") if not row.get(key)]
    unknown = sorted(set(row) - _OUTLET_KEYS)
    if missing or unknown:
        problems.append(f"{place}: missing {missing}, unknown {unknown}.")
        return None
    if row["format"] not in FORMATS:
        problems.append(f"{place}: format {row['format']!r} is none of {', '.join(FORMATS)}.")
        return None
    if not str(row["domain"]).endswith(".example"):
        problems.append(f"{place}: domain {row['domain']!r} must end in .example, so that it can be nobody's.")
        return None
    return Outlet(**row)


def _admit(place: str, row: dict[str, Any], raw: dict[str, tuple[str, dict[str, Any]]], problems: list[str]) -> None:
    key = row.get("key")
    unknown = sorted(set(row) - _ITEM_KEYS)
    if not isinstance(key, str) or unknown:
        problems.append(f"{place}: needs a key; unknown fields: {unknown}.")
    elif key in raw:
        problems.append(f"{place}: the key {key!r} was used before, in {raw[key][0]}.")
    else:
        raw[key] = (f"{place} ({key})", row)


def _item(
    key: str,
    raw: Mapping[str, tuple[str, dict[str, Any]]],
    outlets: Mapping[str, Outlet],
    problems: list[str],
) -> WireItem | None:
    place, row = raw[key]
    found = [f"{place}: no such outlet: {row.get('feed')!r}."] if row.get("feed") not in outlets else []
    found += [
        f"{place}: {link} names {row[link]!r}, which is no other item."
        for link in ("copy_of", "revises")
        if link in row and (row[link] not in raw or row[link] == key)
    ]
    try:
        date = parse_moment(str(row.get("date")))
    except ValueError:
        found.append(f"{place}: the date {row.get('date')!r} is not ISO 8601.")
        date = LIVE_FROM
    if found:
        problems += found
        return None
    item = WireItem(
        key=key,
        feed=row["feed"],
        date=date,
        title=str(row.get("title") or ""),
        text=str(row.get("text") or ""),
        author=row.get("author"),
        copy_of=row.get("copy_of"),
        revises=row.get("revises"),
        quiet=bool(row.get("quiet")),
    )
    if item.copy_of is not None:
        item = _reprint(place, item, row, raw[item.copy_of][1], problems)
    if not item.title or not item.text:
        problems.append(f"{place}: needs a title and a text.")
    return item


def _reprint(
    place: str, item: WireItem, row: dict[str, Any], original: dict[str, Any], problems: list[str]
) -> WireItem:
    """The copy: the original's words with the reprinting desk's small edits."""
    if item.text:
        problems.append(f"{place}: a copy has edits, not a text of its own.")
    text = str(original.get("text") or "")
    for edit in row.get("edits") or ():
        old, new = edit.get("from"), edit.get("to")
        if not old or old == new or text.count(old) != 1:
            problems.append(f"{place}: the edit of {old!r} changes nothing, or fits not exactly once.")
        else:
            text = text.replace(old, new)
    return replace(item, title=item.title or str(original.get("title") or ""), text=text)


def _clashes(items: list[WireItem]) -> list[str]:
    """Problems between items: a revision must follow in the same outlet, a copy must follow its original.

    No two items of an outlet share a second, or Last-Modified could not tell them apart.
    """
    problems = []
    by_key = {item.key: item for item in items}
    taken: dict[tuple[str, datetime], str] = {}
    for item in items:
        original = by_key.get(item.copy_of or item.revises or "")
        if original is not None and original.date >= item.date:
            problems.append(f"{item.key}: is dated before {original.key}, which it follows.")
        if item.revises and original is not None and original.feed != item.feed:
            problems.append(f"{item.key}: revises an item of another outlet.")
        other = taken.setdefault((item.feed, item.date.replace(microsecond=0)), item.key)
        if other != item.key:
            problems.append(f"{item.key}: has the very second of {other}; move one of them.")
    return problems
