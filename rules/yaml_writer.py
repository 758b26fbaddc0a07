"""Rules → the YAML files of a pack. Files keep their comments, order and style; only what differs moves."""

from __future__ import annotations

import io
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from rules.model import ActorRule, AnyRule, Example, IssueRule, Office, RuleKind
from rules.yaml_comments import drop

NEW_FILE = "operator.yaml"
"""Where rules go that no file of the pack holds yet."""
_FOLDERS = {RuleKind.ACTOR: "actors", RuleKind.ISSUE: "issues", RuleKind.QUERY: "queries"}
_SUFFIXES = (".yaml", ".yml")
_LONG = 100

Plain = dict[str, Any]
Key = tuple[RuleKind, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What an export changed: files that were written, with the ids that differ in each."""

    path: Path
    ids: tuple[str, ...]


def entry_of(rule: AnyRule) -> Plain:
    """A rule as the table that a file holds; empty parts are left out."""
    if isinstance(rule, ActorRule):
        offices = [_office(office) for office in rule.offices]
        entry: Plain = {"id": rule.id, "name": rule.name, "kind": rule.kind.value, "in": rule.member_of}
        entry |= {"aliases": list(rule.aliases), "offices": offices}
    elif isinstance(rule, IssueRule):
        entry = {"id": rule.id, "name": rule.name, "proposition": rule.proposition, "family": rule.family}
        entry["about"] = list(rule.about)
        entry |= {"for": list(rule.for_), "against": list(rule.against)}
    else:
        entry = {"id": rule.id, "name": rule.name, "query": rule.query, "alert": rule.alert or None}
    entry["examples"] = [_example(example) for example in rule.examples]
    return {key: value for key, value in entry.items() if value not in (None, [])}


def text_of(entry: Plain) -> str:
    """An entry as the text of a file that holds it alone."""
    table = CommentedMap()
    for key, value in entry.items():
        table[key] = _styled(value)
    return _dumped(_yaml(), CommentedSeq([table]))


def rewritten(text: str, entry: Plain, known: Collection[str] | None = None) -> str:
    """The text of a file with one entry, changed into this one: comments, order and style stay.

    Keys that are not among `known` stay, too; None knows all. A text that holds no single entry gives way to a new one.
    """
    yaml = _yaml()
    try:
        document = _parsed(yaml, text)
    except Exception:  # the parser fails in several ways on what is no YAML; all mean that there is nothing to keep
        return text_of(entry)
    if not isinstance(document, CommentedSeq) or len(document) != 1 or not isinstance(document[0], CommentedMap):
        return text_of(entry)
    _fit_entry(document[0], entry, known)
    return _dumped(yaml, document)


def write_pack(folder: Path, rules: Mapping[Key, AnyRule | None]) -> list[Written]:
    """Writes rules into a pack's folder; None switches a rule off. Each file is replaced whole or not at all.

    Rules that are not named stay as they are. Raises OSError, and ruamel's YAMLError for a file that does not parse.
    """
    left = dict(rules)
    written = []
    for kind, name in _FOLDERS.items():
        for path in sorted((folder / name).iterdir()) if (folder / name).is_dir() else ():
            if path.suffix in _SUFFIXES:
                written += _update(path, kind, left)
        new = [(key, rule) for key, rule in left.items() if key[0] is kind]
        if new:
            written.append(_append(folder / name / NEW_FILE, new))
    return written


def _update(path: Path, kind: RuleKind, left: dict[Key, AnyRule | None]) -> list[Written]:
    yaml = _yaml()
    document = _loaded(yaml, path)
    changed: list[str] = []
    for entry in document if isinstance(document, CommentedSeq) else ():
        key = (kind, str(entry.get("id"))) if isinstance(entry, CommentedMap) else None
        if key in left and _fit(entry, left.pop(key)):
            changed.append(key[1])
    if not changed:
        return []
    _replace(path, _dumped(yaml, document))
    return [Written(path=path, ids=tuple(changed))]


def _append(path: Path, rules: Iterable[tuple[Key, AnyRule | None]]) -> Written:
    yaml = _yaml()
    document = _loaded(yaml, path) if path.exists() else None
    rows = document if isinstance(document, CommentedSeq) else CommentedSeq()
    ids = []
    for (_, identity), rule in rules:
        entry = CommentedMap()
        entry["id"] = identity
        _fit(entry, rule)
        rows.append(entry)
        ids.append(identity)
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, _dumped(yaml, rows))
    return Written(path=path, ids=tuple(ids))


def _fit(entry: CommentedMap, rule: AnyRule | None) -> bool:
    """Changes an entry into the rule; whether anything had to be changed."""
    if rule is None:
        changed = entry.get("disabled") is not True
        entry["disabled"] = True
        return changed
    return _fit_entry(entry, entry_of(rule))


def _fit_entry(entry: CommentedMap, wanted: Plain, known: Collection[str] | None = None) -> bool:
    changed = False
    gone = [key for key in entry if key not in wanted and (known is None or key in known)]
    for key in [key for key in gone if not (key == "disabled" and entry[key] is False)]:
        if _plain(entry[key]) not in (None, [], False):
            changed = True
            drop(entry, key)
    for key, value in wanted.items():
        if key not in entry or _plain(entry[key]) != value:
            changed = True
            _set(entry, key, value)
    return changed


def _set(entry: CommentedMap, key: str, value: Any) -> None:
    there = entry.get(key)
    if isinstance(there, CommentedSeq) and isinstance(value, list):
        _fit_row(there, value)
        return
    entry[key] = _styled(value)


def _fit_row(row: CommentedSeq, wanted: list[Any]) -> None:
    """Takes out what is gone and puts in what is new, so that the comments of the rest stay where they are."""
    for index in reversed(range(len(row))):
        if _plain(row[index]) not in wanted:
            drop(row, index)
    kept = [_plain(item) for item in row]
    if kept != [value for value in wanted if value in kept]:  # another order: no comment knows where it belongs
        del row[:]
        kept = []
    for index, value in enumerate(wanted):
        if value not in kept:
            row.insert(index, _styled(value))


def _styled(value: Any) -> Any:
    """Short lists of texts and tables of single values stand on one line, as people write them."""
    if isinstance(value, list):
        row = CommentedSeq([_styled(item) for item in value])
        if all(isinstance(item, str) for item in value) and sum(map(len, value)) + 2 * len(value) < _LONG:
            row.fa.set_flow_style()
        return row
    if isinstance(value, dict):
        table = CommentedMap(value)
        if sum(len(f"{key}: {item}, ") for key, item in value.items()) < _LONG:
            table.fa.set_flow_style()
        return table
    return value


def _office(office: Office) -> Plain:
    entry = {"title": office.title, "from": office.since, "until": office.until}
    return {key: value for key, value in entry.items() if value is not None}


def _example(example: Example) -> Plain:
    entry: Plain = {"text": example.text}
    if not example.match:
        entry["match"] = False
    entry |= {"holder": example.holder, "stance": example.stance.value if example.stance else None}
    entry |= {"date": example.date, "lang": None if example.lang == "en" else example.lang}
    return {key: value for key, value in entry.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, CommentedSeq):
        return [_plain(item) for item in value]
    if isinstance(value, CommentedMap):
        plain = {key: _plain(item) for key, item in value.items()}
        return {key: item for key, item in plain.items() if item is not None and (key, item) not in _IMPLIED}
    return value


_IMPLIED = (("match", True), ("lang", "en"))
"""What an example says although it goes without saying."""


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 10_000  # no line is folded that was not folded before
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


# ruamel.yaml indents all lists alike, comments by their column. The rules of a file begin at the margin though, and the
# lists within them are indented; so a file is read as if all of it stood two columns further in, and is put back.
_INDENT = "  "
_MARGIN_ONLY = ("---", "...", "%")


def _loaded(yaml: YAML, path: Path) -> Any:
    return _parsed(yaml, path.read_text(encoding="utf-8"))


def _parsed(yaml: YAML, text: str) -> Any:
    lines = text.splitlines(keepends=True)
    kept = (line if not line.strip() or line.startswith(_MARGIN_ONLY) else _INDENT + line for line in lines)
    return yaml.load("".join(kept))


def _dumped(yaml: YAML, document: Any) -> str:
    text = io.StringIO()
    yaml.dump(document, text)
    return "".join(line.removeprefix(_INDENT) for line in text.getvalue().splitlines(keepends=True))


def _replace(path: Path, text: str) -> None:
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=".", suffix=".tmp", delete=False) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
