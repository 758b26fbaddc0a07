"""A rule as the fields of a form, to and from the table of its YAML. Pure; nothing here judges what is in it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from monitor.web.door import Fields
from rules.model import RuleKind
from rules.one_rule import Part
from rules.yaml_reader import Row, Scalar, Table, Value
from rules.yaml_writer import Plain

SINGLE: Mapping[RuleKind, tuple[str, ...]] = {
    RuleKind.ACTOR: ("id", "name", "kind", "in"),
    RuleKind.ISSUE: ("id", "name", "proposition", "family"),
    RuleKind.QUERY: ("id", "name", "query", "alert"),
}
LINES: Mapping[RuleKind, tuple[str, ...]] = {
    RuleKind.ACTOR: ("aliases",),
    RuleKind.ISSUE: ("about", "for", "against"),
    RuleKind.QUERY: (),
}
_EXAMPLE = ("text", "match", "date", "lang")
TABLES: Mapping[RuleKind, Mapping[str, tuple[str, ...]]] = {
    RuleKind.ACTOR: {"offices": ("title", "from", "until"), "examples": _EXAMPLE},
    RuleKind.ISSUE: {"examples": ("text", "match", "holder", "stance", "date", "lang")},
    RuleKind.QUERY: {"examples": _EXAMPLE},
}
REQUIRED: Mapping[RuleKind, tuple[str, ...]] = {
    RuleKind.ACTOR: ("id", "name", "kind"),
    RuleKind.ISSUE: ("id", "name", "proposition"),
    RuleKind.QUERY: ("id", "name", "query"),
}
_DATES = ("from", "until", "date")
_UNSAID = {"match": "true", "lang": "en"}
"""What an example says where it says nothing."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class RuleForm:
    """What the fields of a form hold, all of it text; rows that hold nothing are left out.

    `numbers` are those that the rows of a list had where they were sent from; empty where they are as they stand.
    """

    kind: RuleKind
    single: Mapping[str, str]
    lines: Mapping[str, Sequence[str]]
    tables: Mapping[str, Sequence[Mapping[str, str]]]
    numbers: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def name_of(self, part: Part) -> str | None:
        """The name of the field that holds a part of the rule; None where the form has no such field."""
        if not part or part[0] not in known_keys(self.kind):
            return None
        key = str(part[0])
        if len(part) == 1:
            return key
        numbers, row = self.numbers.get(key), part[1]
        assert isinstance(row, int)
        if numbers is not None and row < len(numbers):
            row = numbers[row]
        if key in self.lines:
            return f"{key}.{row}"
        columns = TABLES[self.kind][key]
        column = part[2] if len(part) > 2 and part[2] in columns else columns[0]
        return f"{key}.{row}.{column}"

    @property
    def mark(self) -> str:
        """The same for forms that hold the same."""
        held = [dict(self.single), {k: list(v) for k, v in self.lines.items()}]
        tables = {k: [_said(row) for row in rows] for k, rows in self.tables.items()}
        return mark_of(json.dumps([*held, tables], sort_keys=True))


def mark_of(text: str) -> str:
    """A short mark of a text, to tell whether it was edited; line ends as browsers send them count as ours."""
    return hashlib.sha256(as_sent(text).encode()).hexdigest()[:16]


def as_sent(text: str) -> str:
    """A text of several lines with our line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def known_keys(kind: RuleKind) -> tuple[str, ...]:
    """The keys of a rule that the form has fields for."""
    return (*SINGLE[kind], *LINES[kind], *TABLES[kind])


def form_of(kind: RuleKind, table: Table | None) -> RuleForm:
    """The form that shows what stands in the YAML, sound or not."""
    entries = {key: value for key, (_, value) in table.entries.items()} if table is not None else {}
    return RuleForm(
        kind,
        {key: _single(key, entries.get(key)) for key in SINGLE[kind]},
        {key: [_one_line(_text(item)) for item in _items(entries.get(key))] for key in LINES[kind]},
        {key: [_row(item, columns) for item in _items(entries.get(key))] for key, columns in TABLES[kind].items()},
    )


def sent_form(kind: RuleKind, sent: Fields) -> RuleForm:
    """The form as it was sent."""
    rows: dict[str, dict[int, dict[str, str]]] = {key: {} for key in (*LINES[kind], *TABLES[kind])}
    for name, values in sent.items():
        key, _, rest = name.partition(".")
        number, _, column = rest.partition(".")
        if key in rows and number.isascii() and number.isdigit() and len(number) < 6:
            value = as_sent(values[0]).strip() if column == "text" else _one_line(values[0])
            rows[key].setdefault(int(number), {})[column] = value
    kept = {
        key: [(number, row) for number, row in sorted(found.items()) if _holds_something(row)]
        for key, found in rows.items()
    }
    return RuleForm(
        kind,
        {key: _one_line((sent.get(key) or [""])[0]) for key in SINGLE[kind]},
        {key: [row.get("", "") for _, row in kept[key]] for key in LINES[kind]},
        {key: [dict(row) for _, row in kept[key]] for key in TABLES[kind]},
        {key: [number for number, _ in found] for key, found in kept.items()},
    )


def entry_of_form(form: RuleForm) -> Plain:
    """The table that says what the form says."""
    entry: Plain = {}
    for key in SINGLE[form.kind]:
        if key == "alert":
            entry |= {"alert": True} if form.single[key] else {}
        elif form.single[key] or key in REQUIRED[form.kind]:
            entry[key] = form.single[key]
    for key in LINES[form.kind]:
        if form.lines[key] or key == "about":
            entry[key] = list(form.lines[key])
    for key in TABLES[form.kind]:
        if form.tables[key]:
            entry[key] = [_said(row) for row in form.tables[key]]
    return {key: [_dated(row) for row in value] if key in form.tables else value for key, value in entry.items()}


def _said(row: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in row.items() if value and _UNSAID.get(key) != value}


def _dated(row: Mapping[str, str]) -> Plain:
    """A row with its dates as dates and its flag as one; what is none stays the text that it is, to be refused."""
    found: Plain = dict(row)
    for key in _DATES:
        if _DATE.fullmatch(row.get(key, "")):
            try:
                found[key] = date.fromisoformat(row[key])
            except ValueError:
                continue
    if row.get("match") == "false":
        found["match"] = False
    return found


def _holds_something(row: Mapping[str, str]) -> bool:
    return any(value and _UNSAID.get(key) != value for key, value in row.items())


def _items(value: Value | None) -> Sequence[Value]:
    if value is None or (isinstance(value, Scalar) and value.type == "null"):
        return ()
    return value.items if isinstance(value, Row) else (value,)


def _single(key: str, value: Value | None) -> str:
    text = _one_line(_text(value))
    return ("true" if text.lower() == "true" else "") if key == "alert" else text


def _row(value: Value, columns: Sequence[str]) -> dict[str, str]:
    if not isinstance(value, Table):
        return {columns[0]: _one_line(_text(value))}
    row = {key: _text(entry).strip() for key, (_, entry) in value.entries.items()}
    row = {key: text if key == "text" else _one_line(text) for key, text in row.items()}
    if "match" in row:
        row["match"] = row["match"].lower()
    return row


def _text(value: Value | None) -> str:
    return value.text if isinstance(value, Scalar) and value.type != "null" else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
